"""The values of the four stages: how they compare, and what a Run says."""

from __future__ import annotations

import copy
import io
from typing import Any

import numpy as np
import pandas as pd
import PIL.Image
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jarvis_magic.errors import EndpointError, RunFailed, UnknownName
from jarvis_magic.kinds import Box, Kind, Label, Mask, Missing, Unread
from jarvis_magic.media import Audio
from jarvis_magic.plans import Plan
from jarvis_magic.tasks import FrozenList, FrozenMap, Task, frozen, thawed
from jarvis_magic.testing import resource
from jarvis_magic.values import (
    Assignment,
    Candidate,
    Failure,
    Lack,
    NoExpert,
    Resource,
    Run,
    Skipped,
    Success,
    Tally,
    Usage,
)

CAPTION = Task("caption", "image-to-text", {"image": "@photo"})
SPEECH = Task("speech", "text-to-speech", {"text": "@caption"})
FRENCH = Task("french", "translation", {"text": "@caption", "target_language": "French"})


def run_of(outcomes: dict[str, Any], *, outputs: dict[str, str] | None = None, without_expert: str = "french") -> Run:
    """A run of caption, speech and translation, in which one has no expert."""
    plan = Plan("…", {"photo": Kind("image")}, [CAPTION, SPEECH, FRENCH], outputs)  # type: ignore[arg-type]
    assigned = {
        t.id: NoExpert(t.id, t.type, "no translator here")
        if t.id == without_expert
        else Assignment(t.id, t.type, Candidate("toolbox/x", "toolbox"))
        for t in plan.tasks
    }
    return Run(plan, assigned, outcomes)


def text(words: str) -> Success:
    """A task that gave these words."""
    return Success(Resource(Kind("text"), words))


# --- resources


def png(image: PIL.Image.Image) -> PIL.Image.Image:
    """The same picture, written to a file and read back."""
    file = io.BytesIO()
    image.save(file, "PNG")
    return PIL.Image.open(file)


RED, BLUE = PIL.Image.new("RGB", (3, 2), "red"), PIL.Image.new("RGB", (3, 2), "blue")
PALETTES = [PIL.Image.new("P", (2, 2)), PIL.Image.new("P", (2, 2))]
PALETTES[0].putpalette([255, 0, 0])
PALETTES[1].putpalette([0, 255, 0])


@pytest.mark.parametrize(
    ("kind", "value", "same"),
    [
        ("image", RED, png(RED)),
        ("audio", Audio([0.0, 0.5], 8000), Audio(np.array([0, 0.5]), 8000)),
        ("table", pd.DataFrame({"a": [1, 2]}), pd.DataFrame({"a": [1, 2]})),
        ("boxes", [Box("a", 1.0, 1, 2, 3, 4)], [Box("a", 1.0, 1, 2, 3, 4)]),
        ("masks", [Mask("a", 1.0, RED)], [Mask("a", 1.0, png(RED))]),
        ("vector", np.array([1.0, 2.0]), np.array([1.0, 2.0])),
        ("number", 0.5, np.float64(0.5)),
        ("json", {"a": [1, None], "b": RED}, {"b": png(RED), "a": [1, None]}),
        ("list[image]", [RED, Missing("gone")], [png(RED), Missing("gone")]),
        ("list[image]", [Unread(Kind("image"), "red.png", lambda: RED)], [RED]),
    ],
)
def test_resources_are_equal_by_content(kind: str, value: Any, same: Any) -> None:
    """Equal content is an equal resource, however it came about."""
    assert Resource(Kind(kind), value) == Resource(Kind(kind), same)
    assert hash(Resource(Kind(kind), value)) == hash(Resource(Kind(kind), same))


@pytest.mark.parametrize(
    ("kind", "value", "other"),
    [
        ("image", RED, BLUE),
        ("image", PALETTES[0], PALETTES[1]),
        ("image", RED, PIL.Image.new("RGB", (2, 3), "red")),
        ("audio", Audio([0.0, 0.5], 8000), Audio([0.0, 0.5], 16000)),
        ("table", pd.DataFrame({"a": ["", "x"]}), pd.DataFrame({"a": [None, "x"]})),
        ("table", pd.DataFrame({"a": [1]}), pd.DataFrame({"a": [1.0]})),
        ("table", pd.DataFrame({"a": [1]}), pd.DataFrame({"b": [1]})),
        ("labels", [Label("a", 0.5)], [Label("a", 0.6)]),
        ("json", ["ab"], ["a", "b"]),
        ("json", "1", 1),
        ("json", 1, True),
        ("json", [[], []], [[[]]]),
        ("text", "a", "b"),
    ],
)
def test_different_content_is_a_different_resource(kind: str, value: Any, other: Any) -> None:
    """What differs anywhere is not taken for the same."""
    assert Resource(Kind(kind), value) != Resource(Kind(kind), other)


def test_what_has_no_content_is_a_bug() -> None:
    """A value of no kind has no digest: whoever made such a resource is at fault."""
    with pytest.raises(TypeError, match="is of no kind"):
        _ = Resource(Kind("json"), object()).digest


@given(
    st.recursive(
        st.none() | st.booleans() | st.text() | st.integers(), lambda x: st.lists(x) | st.dictionaries(st.text(), x)
    )
)
def test_frozen_values_equal_what_they_were(value: Any) -> None:
    """Freezing keeps content, makes it hashable, and can be undone."""
    assert frozen(value) == value
    assert thawed(frozen(value)) == value
    assert hash(frozen(value)) == hash(frozen(thawed(value)))


def test_frozen_containers_say_what_they_hold() -> None:
    """They show and compare as the list and dict they stand for."""
    assert repr(FrozenList([1, 2])) == "[1, 2]"
    assert repr(FrozenMap({"a": 1})) == "{'a': 1}"
    assert FrozenList([1]) != [2]
    assert FrozenMap({"a": 1}) != {"a": 2}


# --- runs


def test_a_run_gives_its_results_as_objects() -> None:
    """Results are had by id, as items and as attributes; outputs by variable."""
    run = run_of({"caption": text("a dog"), "speech": Success(Resource(Kind("audio"), Audio([0.0], 8000)))})
    assert run["caption"] == run.caption == "a dog"
    assert run.outputs == {"caption": "a dog", "speech": Audio([0.0], 8000)}
    assert "caption" in dir(run)
    assert not hasattr(run, "_secret")
    with pytest.raises(UnknownName, match="did you mean 'caption'"):
        run["captoin"]
    with pytest.raises(AttributeError, match="no 'captoin'"):
        _ = run.captoin


def test_an_output_without_a_value_raises_why() -> None:
    """It is not among those that have one; asked for by its name, it raises the error of its task."""
    run = run_of({"caption": text("a dog"), "speech": Failure(EndpointError("The voice is gone."))})
    assert list(run.outputs) == ["caption"]
    assert copy.deepcopy(run.outputs) == run.outputs
    with pytest.raises(EndpointError, match=r"The voice is gone\."):
        run.outputs["speech"]
    with pytest.raises(UnknownName, match="did you mean 'caption'"):
        run.outputs["captoin"]


def test_outputs_follow_their_references() -> None:
    """A variable may be bound to a part of a result."""
    found = Task("found", "object-detection", {"image": "@photo"})
    plan = Plan("…", {"photo": Kind("image")}, [found], {"names": "@found[*].label", "first": "@found[0].label"})
    run = Run(plan, {}, {"found": Success(Resource(Kind("boxes"), [Box("dog", 1.0, 0, 0, 1, 1)]))})
    assert run.outputs == {"names": ["dog"], "first": "dog"}
    assert run["first"] == "dog"


def test_an_output_that_leads_nowhere_has_no_value() -> None:
    """The first of no boxes is no value: the other outputs are there, and it is missing, with why."""
    find = Task("found", "object-detection", {"image": "@photo"})
    plan = Plan("…", {"photo": Kind("image")}, [find], {"found": "@found", "first": "@found[0].label"})
    run = Run(plan, outcomes={"found": Success(Resource(Kind("boxes"), []))})
    assert run.outputs == {"found": []}
    with pytest.raises(RunFailed, match=r"'@found\[0\].label' leads nowhere: .*the list has 0 items"):
        run.check()


def test_a_failed_result_raises_its_error() -> None:
    """Asking for a result that is not there says why."""
    error = EndpointError("The model is broken.")
    run = run_of({"caption": Failure(error), "speech": Skipped("It waited for 'caption', which failed.", "caption")})
    with pytest.raises(EndpointError, match="broken"):
        run["caption"]
    with pytest.raises(EndpointError, match="waited for 'caption'"):
        run["speech"]
    with pytest.raises(EndpointError, match="it did not run"):
        run["french"]


def test_a_run_with_every_wanted_output_passes_its_check() -> None:
    """A task that was announced as having no expert does not count, unless its output was named."""
    outcomes = {"caption": text("a dog"), "speech": text("x"), "french": Skipped("no translator here")}
    run = run_of(outcomes)
    assert run.missing == {}
    assert run.check() is run
    named = run_of(outcomes, outputs={"french": "@french"})
    with pytest.raises(RunFailed, match="french: no translator here") as caught:
        named.check()
    assert caught.value.run is named


def test_failures_are_never_announced() -> None:
    """A task that failed, and one that was skipped because of it, are missing."""
    run = run_of(
        {
            "caption": Failure(EndpointError("The model is broken.")),
            "speech": Skipped("It waited for 'caption', which failed.", "caption"),
            "french": Skipped("no translator here"),
        }
    )
    assert list(run.missing) == ["caption", "speech"]
    with pytest.raises(RunFailed, match=r"caption: The model is broken\. speech: It waited"):
        run.check()


def test_a_named_output_says_what_ended_the_task_it_waited_for() -> None:
    """Whoever reads only the error learns the first cause, not only that something else failed."""
    outcomes = {
        "caption": Failure(EndpointError("The model is broken.")),
        "speech": Skipped("It waited for 'caption', which failed.", "caption"),
        "french": Skipped("no translator here"),
    }
    with pytest.raises(RunFailed, match=r"^speech: It waited for .*failed\. caption: The model is broken\.$"):
        run_of(outcomes, outputs={"aloud": "@speech"}).check()


def test_what_waits_for_a_task_without_expert_is_announced_too() -> None:
    """Dependents of a task without expert were known not to run."""
    run = run_of(
        {
            "caption": Skipped("no captioner here"),
            "speech": Skipped("It waited for 'caption'.", "caption"),
            "french": Skipped("It waited for 'caption'.", "caption"),
        },
        without_expert="caption",
    )
    assert run.missing == {}


# --- assignments and usage


def test_execution_falls_back_along_the_alternatives() -> None:
    """Each fallback is the next candidate, with those after it as its alternatives."""
    first, second, third = (Candidate(name, "toolbox") for name in "abc")
    chain = Assignment("t", "summarization", first, alternatives=(second, third)).fallbacks()
    assert [a.candidate.model for a in chain] == ["a", "b", "c"]
    assert [[c.model for c in a.alternatives] for a in chain] == [["b", "c"], ["c"], []]


def test_what_stays_on_this_machine() -> None:
    """Only providers, URLs and the chat model send something away, unless the server is this machine."""
    kinds = ["function", "toolbox", "local", "provider", "url", "chat"]
    local = {kind: Candidate("m", kind).is_local for kind in kinds}  # type: ignore[arg-type]
    assert local == dict.fromkeys(kinds[:3], True) | dict.fromkeys(kinds[3:], False)
    assert Candidate("http://localhost:8080/predict", "url").is_local
    assert Candidate("llama3", "chat", provider="localhost:11434").is_local
    assert Candidate("llama3", "chat", provider="[::1]:8080").is_local
    assert not Candidate("llama3", "chat", provider="llm.example.org").is_local


def test_usage_adds_up() -> None:
    """The total is that of all stages."""
    usage = Usage(plan=Tally(1, 100, 20, 0.5), repairs=Tally(1, 50, 10, 0.25), experts=Tally(3, 0, 0, 2.0))
    assert usage.total == Tally(5, 150, 30, 2.75)


def test_what_a_list_lacks_is_told_by_reason() -> None:
    """Reasons that differ in names and numbers only are one; the most frequent is first; it makes a table."""
    value: list[Any] = ["a", *(Missing(f"'photo_{i}.jpg' is no picture.") for i in range(7)), Missing("Too dark."), "b"]
    lacking = Success(resource("list[text]", value)).lacking
    assert lacking == (Lack("'photo_0.jpg' is no picture.", 7, (1, 2, 3, 4, 5)), Lack("Too dark.", 1, (8,)))
    assert list(pd.DataFrame(lacking).columns) == ["reason", "count", "rows"]
    assert Success(resource("list[list[text]]", [["a"], [Missing("x"), "b"]])).lacking == (Lack("x", 1, (1,)),)
    assert Success(resource("text", "a")).lacking == ()
