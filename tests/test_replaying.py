"""Repeating a lock: without a controller, on the same experts, and only on what the request names."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from jarvis_magic import Jarvis, Plan, Task
from jarvis_magic.equipment import Equipment
from jarvis_magic.errors import ConversionError, SelectionError, UnknownName, UsageError
from jarvis_magic.kinds import Kind
from jarvis_magic.ongoing import Replay
from jarvis_magic.options import Options
from jarvis_magic.replaying import Repetition, locked_cell, repeat
from jarvis_magic.store import LockedCell, LockedExpert
from jarvis_magic.testing import FunctionController, ListCatalogue, RecordingEndpoint, candidate, texts
from jarvis_magic.values import Assignment, NoExpert, Request, Resource, Run, Success

PLAN = Plan("Summarise @letter", {"letter": Kind("text")}, [Task("short", "summarization", {"text": "@letter"})])
LOCKED = LockedCell(PLAN, {"short": LockedExpert("mine", "function")})
HERE = ListCatalogue({"summarization": [candidate("better"), candidate("mine", revision="7")]})


def repeated(
    request: Request, locked: LockedCell | Plan = LOCKED, options: Options | None = None, **variables: Any
) -> Repetition:
    """What the lock makes of a request."""
    return asyncio.run(repeat(locked, request, variables, Equipment((), HERE, HERE, {}), options or Options()))


def request(text: str = "Summarise @letter", **named: str) -> Request:
    """A request over texts."""
    return Request(text, texts(**named))


def test_the_same_expert_and_new_contents() -> None:
    """The plan and the experts are those of the lock; the inputs are the request's."""
    found = repeated(request(letter="another letter"))
    assigned = found.proposal.assignments["short"]
    assert isinstance(assigned, Assignment)
    assert (assigned.candidate.model, assigned.chosen_by, assigned.alternatives) == ("mine", "lock", ())
    assert found.request.inputs == texts(letter="another letter")
    assert found.doubts == ()


def test_an_input_may_have_another_name_now() -> None:
    """What a file or an expression is called depends on what else there is; its place in the words tells."""
    found = repeated(request("Summarise @letter_2", letter_2="a file's text", unrelated="x"))
    assert found.request.inputs == texts(letter="a file's text")


def test_an_input_of_another_kind() -> None:
    """A number where a text was is refused, with the way out."""
    asked = Request("Summarise @letter", {"letter": Resource(Kind("number"), 5)})
    with pytest.raises(ConversionError, match="'@letter' is text, and now it is a number; plan it anew with --refresh"):
        repeated(asked)


def test_an_input_that_the_request_does_not_name() -> None:
    """It is doubted, found in the variables without opening it, and reaches no expert as a path."""
    found = repeated(request("Summarise this"), letter="/etc/hostname")
    assert found.doubts == ("The lock uses '@letter', which this cell does not name.",)
    assert (found.request.inputs, found.request.offered) == ({}, texts(letter="/etc/hostname"))
    with pytest.raises(UnknownName, match="--refresh"):
        repeated(request("Summarise this"))


def test_places_that_the_user_did_not_name() -> None:
    """A stranger's lock that sends elsewhere or loads a folder is doubted; a host of the user's own settings is not."""
    there = LockedCell(PLAN, {"short": LockedExpert("https://far.example/summary", "url")})
    assert repeated(request(letter="x"), there).doubts == (
        "The lock sends to far.example, which none of your settings names.",
    )
    folder = LockedCell(PLAN, {"short": LockedExpert("../models/theirs", "local")})
    assert "the folder '../models/theirs'" in repeated(request(letter="x"), folder).doubts[0]
    assert repeated(request(letter="x"), LockedCell(PLAN, {"short": LockedExpert("a/b", "local")})).doubts == ()
    known = Options(keys={"far.example": "FAR_KEY"})
    assert repeated(request(letter="x"), there, known).doubts == ()


def test_experts_that_are_not_here() -> None:
    """One that is gone, or cannot run, is a sentence; one of a provider needs no catalogue; none stays none."""
    gone = LockedCell(PLAN, {"short": LockedExpert("theirs", "function")})
    with pytest.raises(SelectionError, match="locked to 'theirs', which is not here"):
        repeated(request(letter="x"), gone)
    far = repeated(request(letter="x"), LockedCell(PLAN, {"short": LockedExpert("a/b", "provider", "p", "7")}))
    assigned = far.proposal.assignments["short"]
    assert isinstance(assigned, Assignment)
    assert (assigned.candidate.provider, assigned.candidate.revision) == ("p", "7")
    assert isinstance(repeated(request(letter="x"), LockedCell(PLAN)).proposal.assignments["short"], NoExpert)


def test_a_saved_plan() -> None:
    """A saved plan is repeated for its own request, with the experts it names or the best there are."""
    assigned = repeated(request(letter="x"), PLAN).proposal.assignments["short"]
    assert isinstance(assigned, Assignment)
    assert assigned.candidate.model == "better"
    asked = repeated(request(letter="x"), PLAN.with_model("short", "mine")).proposal.assignments["short"]
    assert isinstance(asked, Assignment)
    assert asked.candidate.model == "mine"
    with pytest.raises(UsageError, match="of another request"):
        repeated(request("Translate @letter", letter="x"), PLAN)


def test_what_is_kept() -> None:
    """The expert that gave the result is kept, which may be another than the first; a function without its revision."""
    first = candidate("first", "provider", provider="p")
    assigned = Assignment("short", "summarization", first, alternatives=(candidate("mine", revision="7"),))
    done = Success(texts(x="short")["x"], "mine", "function")
    run = Run(PLAN, {"short": assigned}, {"short": done})
    assert locked_cell(run) == LOCKED
    assert locked_cell(replace(run, outcomes={})).experts == {"short": LockedExpert("first", "provider", "p")}


def test_nothing_is_planned_and_nothing_chosen() -> None:
    """A replay asks its controller nothing, unless for the answer; what is kept is not run, and shown as reused."""
    controller, endpoint = FunctionController(), RecordingEndpoint(lambda text: text[:3])
    jarvis = Jarvis(controller, catalogue=HERE, endpoints={"function": endpoint})
    found = repeated(request(letter="another letter"))
    with jarvis:
        run = jarvis.start(found.request, replay=Replay(found.proposal)).future.result()
        assert (run["short"], controller.asked) == ("ano", [])
        before = run.outcomes["short"]
        assert isinstance(before, Success)
        replay = Replay(found.proposal, {"short": replace(before, reused=True)}, responds=True)
        after = jarvis.start(found.request, replay=replay).future.result().outcomes["short"]
    assert isinstance(after, Success)
    assert (after.resource.value, after.reused, len(endpoint.calls)) == ("ano", True, 1)
    assert [stage for stage, _ in controller.asked] == ["respond"]


def test_refreshing() -> None:
    """With refresh, what was kept of a deterministic expert is left alone."""
    here = ListCatalogue({"summarization": [candidate("mine", deterministic=True)]})
    endpoint = RecordingEndpoint(lambda text: text[:3])
    with Jarvis(FunctionController(), catalogue=here, endpoints={"function": endpoint}) as jarvis:
        for _ in range(2):
            jarvis.run(PLAN, letter="a letter")
        assert len(endpoint.calls) == 1
        jarvis.with_options(replace(jarvis.options, refresh=True)).run(PLAN, letter="a letter")
    assert len(endpoint.calls) == 2
