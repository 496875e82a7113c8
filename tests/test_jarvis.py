"""The program through its doors: scripts, running loops, approval, stopping, and what a run says."""

from __future__ import annotations

import asyncio
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import replace
from typing import Any, cast

import pytest
from PIL import Image

from jarvis_magic.errors import (
    ConfigurationError,
    ControllerUnavailable,
    EndpointRejected,
    JarvisCancelled,
    PlanError,
    ReplyError,
    RunFailed,
    UnknownName,
    UsageError,
)
from jarvis_magic.events import Approved, Emit, Event, Planned, Proposed, TaskEnded, TaskStarted
from jarvis_magic.jarvis import Jarvis
from jarvis_magic.kinds import Kind
from jarvis_magic.options import Options
from jarvis_magic.plans import Plan
from jarvis_magic.request_reading import read_request
from jarvis_magic.tasks import Task
from jarvis_magic.testing import FunctionController, ListCatalogue, RecordingEndpoint, approving, candidate, refusing
from jarvis_magic.values import Failure, Menu, Proposal, Request, Skipped, Success

CAPTION = Task("caption", "image-to-text", {"image": "@photo"})
SPEECH = Task("summary", "summarization", {"text": "@caption"})
PLAN = Plan("Describe @photo and shorten it.", {"photo": Kind("image")}, [CAPTION, SPEECH])


def picture() -> Image.Image:
    """A small red picture."""
    return Image.new("RGB", (4, 3), "red")


def jarvis(*, plans: Any = PLAN, caption: Any = lambda **_: "a red thing", **options: Any) -> Jarvis:
    """A Jarvis whose controller always makes `plan`, and whose experts are functions."""
    return Jarvis(
        FunctionController(plans=plans),
        options=Options(**options),
        catalogue=ListCatalogue({"image-to-text": [candidate("captioner")], "summarization": [candidate("shortener")]}),
        endpoints={"function": RecordingEndpoint({"captioner": caption, "shortener": lambda text: text.upper()})},
    )


@pytest.fixture
def ready() -> Iterator[Jarvis]:
    """A Jarvis that works."""
    with jarvis() as made:
        yield made


def test_a_request_becomes_results(ready: Jarvis) -> None:
    """Words and a picture go in; Python objects come out, by id, as attributes, and all together."""
    run = ready.run("Describe @photo and shorten it.", photo=picture())

    assert run["caption"] == "a red thing"
    assert run.summary == "A RED THING"
    assert run.outputs == {"caption": "a red thing", "summary": "A RED THING"}
    assert run.check() is run
    assert run.usage.experts.calls == 2


def test_variables_are_looked_up_only_where_they_are_named(ready: Jarvis) -> None:
    """A namespace may be handed over whole."""
    run = ready.run("Describe @photo and shorten it.", variables={"photo": picture(), "other": object()})

    assert set(run.plan.inputs) == {"photo"}


def test_an_input_may_have_the_name_of_what_start_takes() -> None:
    """A keyword of `run` is an input, whatever else it is the name of."""
    plan = Plan("Shorten @review and @replay.", {"review": Kind("text"), "replay": Kind("text")}, [Task("short", "summarization", {"text": "@review @replay"})])  # fmt: skip
    with jarvis(plans=plan) as made:
        assert made.run(plan.request, review="good", replay="again")["short"] == "GOOD AGAIN"


async def test_the_doors_can_be_awaited_in_a_running_loop(ready: Jarvis) -> None:
    """`aplan` and `arun` work where a loop runs already, and so do the others."""
    plan = await ready.aplan("Describe @photo and shorten it.", photo=picture())
    run = await ready.arun(plan, photo=picture())

    assert ready.run(plan, photo=picture()).outputs == run.outputs


def test_events_come_in_the_order_of_the_stages(ready: Jarvis) -> None:
    """Whoever watches sees the plan, the proposal, the approval, and each task start and end."""
    seen: list[type[Event]] = []
    ready.run("Describe @photo and shorten it.", photo=picture(), on_event=lambda event: seen.append(type(event)))

    stages = [kind for kind in seen if kind in (Planned, Proposed, Approved, TaskStarted, TaskEnded)]
    assert stages == [Planned, Proposed, Approved, TaskStarted, TaskEnded, TaskStarted, TaskEnded]


def test_what_is_approved_is_what_runs(ready: Jarvis) -> None:
    """An approver's change of the plan is followed."""

    def only_caption(asked: Proposal) -> Proposal:
        return Proposal(asked.plan.without("summary"), asked.assignments)

    run = ready.run("Describe @photo and shorten it.", photo=picture(), approve=approving(only_caption))

    assert run.outputs == {"caption": "a red thing"}


def test_what_is_not_approved_does_not_run(ready: Jarvis) -> None:
    """A no is a sentence, and nothing has run."""
    started: list[Event] = []
    with pytest.raises(JarvisCancelled, match="nothing was run"):
        ready.run(
            "Describe @photo and shorten it.",
            photo=picture(),
            approve=refusing,
            on_event=lambda event: started.append(event) if isinstance(event, TaskStarted) else None,
        )
    assert started == []


def test_a_failed_task_is_an_outcome_and_skips_what_waits_for_it() -> None:
    """The run returns; the failed result raises its own error when asked for; check() names what is missing."""

    def fails(image: Image.Image) -> str:
        message = "too dark"
        raise EndpointRejected(message)

    with jarvis(caption=fails) as made:
        run = made.run("Describe @photo and shorten it.", photo=picture())

    assert isinstance(run.outcomes["caption"], Failure)
    assert isinstance(run.outcomes["summary"], Skipped)
    with pytest.raises(Exception, match="too dark"):
        run["caption"]
    with pytest.raises(RunFailed, match=r"caption.*summary") as failed:
        run.check()
    assert failed.value.run is run


def test_an_unknown_result_names_those_there_are(ready: Jarvis) -> None:
    """A result that the plan does not have is told with those it has."""
    run = ready.run("Describe @photo and shorten it.", photo=picture())

    with pytest.raises(UnknownName, match="caption"):
        run["captoin"]
    with pytest.raises(AttributeError):
        run.captoin  # noqa: B018 - reading it is what raises


def test_a_stopped_run_keeps_what_had_finished() -> None:
    """Stopping lets nothing more start, and hands over the results there are."""
    reached = threading.Event()
    never = threading.Event()

    async def waits(text: str) -> str:
        reached.set()
        await asyncio.Event().wait()
        never.set()
        return text

    made = Jarvis(
        FunctionController(plans=PLAN),
        catalogue=ListCatalogue({"image-to-text": [candidate("captioner")], "summarization": [candidate("shortener")]}),
        endpoints={"function": RecordingEndpoint({"captioner": lambda **_: "red", "shortener": waits})},
    )
    with made:
        ongoing = made.start("Describe @photo and shorten it.", photo=picture())
        assert reached.wait(10)
        ongoing.stop()
        with pytest.raises(JarvisCancelled, match="finished: caption") as stopped:
            ongoing.future.result(10)

    run = stopped.value.run
    assert run is not None
    assert isinstance(run.outcomes["caption"], Success)
    assert isinstance(run.outcomes["summary"], Skipped)
    assert not never.is_set()


def test_stopping_while_it_reads_does_not_wait_for_the_server(ready: Jarvis) -> None:
    """A file on a server that says nothing holds nothing up."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        ongoing = ready.start(f'Describe @"http://127.0.0.1:{silent.getsockname()[1]}/photo.png"')
        visitor, _ = silent.accept()
        with visitor:
            ongoing.stop()
            with pytest.raises(JarvisCancelled, match="before anything ran"):
                ongoing.future.result(timeout=10)


def test_stopping_while_it_plans_runs_nothing() -> None:
    """A stop before the plan is there is told as such."""
    planning = threading.Event()

    class Slow(FunctionController):
        """Never ends planning."""

        async def plan(self, request: Request, menu: Menu, emit: Emit) -> Plan:
            planning.set()
            await asyncio.Event().wait()
            return PLAN

    with Jarvis(Slow()) as made:
        ongoing = made.start("Describe @photo.", photo=picture())
        assert planning.wait(10)
        ongoing.stop()
        with pytest.raises(JarvisCancelled, match="before anything ran"):
            ongoing.future.result(10)


def test_asking_from_inside_its_own_loop_is_refused(ready: Jarvis) -> None:
    """A sync door on Jarvis's own thread would wait for itself; it says so instead."""
    errors: list[Exception] = []

    def asks(image: Image.Image) -> str:
        return "fine"

    def on_event(event: Event) -> None:
        if isinstance(event, Planned):
            try:
                ready.plan("Describe @photo", photo=picture())
            except UsageError as error:
                errors.append(error)

    ready.run("Describe @photo and shorten it.", photo=picture(), on_event=on_event)
    assert "await `arun`" in str(errors[0])


def test_a_reply_that_does_not_fit_hands_over_to_the_offline_planner() -> None:
    """The offline plan stands in, and the user is told why."""

    def cannot(request: object) -> Plan:
        message = "it wrote a poem instead of a plan"
        raise ReplyError(message)

    with jarvis(plans=cannot) as made:
        plan = made.plan("Summarize @text", text="One. Two.")

    assert [task.type for task in plan.tasks] == ["summarization"]
    assert "poem" in plan.notes[0]
    assert "offline" in plan.notes[0]


@pytest.mark.parametrize("wrong", [{"controller": 5}, {"controller": None}, {"options": {"timeout": 3}}])
def test_what_is_no_controller_or_no_options(wrong: dict[str, Any]) -> None:
    """Refused when it is made, in a sentence that says what is taken."""
    with pytest.raises(ConfigurationError, match=r"A controller is 'auto'|options=Options"):
        Jarvis(**wrong)


def test_a_plan_cannot_reach_what_the_request_does_not_name() -> None:
    """A controller that plans with another variable is refused, whatever there is by that name."""
    greedy = Plan("", {"secret": Kind("text")}, [Task("summary", "summarization", {"text": "@secret"})])
    with jarvis(plans=greedy) as made, pytest.raises((PlanError, ControllerUnavailable), match="secret"):
        made.plan("Summarize @text", variables={"text": "a", "secret": "b"})


def test_wanted_outputs_name_the_last_results() -> None:
    """Names that are no ids are given to the plan's last results, in order."""
    with jarvis() as made:
        request = read_request("Describe @photo and shorten it.", {"photo": picture()}, outputs=["short"])
        run = made.run(request)

    assert run.outputs == {"short": "A RED THING"}


def test_more_names_than_results_is_a_sentence() -> None:
    """Names that no result is left for are told before anything runs, with what the plan leaves out."""
    with jarvis(plans=replace(PLAN, notes=["Not understood: “fly”."])) as made:
        request = read_request("Describe @photo.", {"photo": picture()}, outputs=["a", "b", "c"])
        with pytest.raises(PlanError, match=r"2 results.*3 names.*Not understood: “fly”\."):
            made.run(request)


def test_wanted_outputs_of_nothing_to_do_are_a_sentence() -> None:
    """Where the controller finds no task, names that were wanted are not quietly left unbound."""
    with jarvis(plans=Plan("…", {}, [], notes=["There is nothing to do."])) as made:
        request = read_request("Do @photo.", {"photo": picture()}, outputs=["done"])
        with pytest.raises(PlanError, match=r"nothing can become 'done'\. There is nothing to do\."):
            made.run(request)


@pytest.mark.parametrize("nothing", [None, 5, b"Describe @photo."])
def test_what_is_no_request_is_a_sentence(ready: Jarvis, nothing: Any) -> None:
    """A request is words or a plan, at every door."""
    for door in (ready.run, ready.plan):
        with pytest.raises(UsageError, match="A request is words or a Plan"):
            door(nothing)


def test_approval_is_automatic_or_a_function(ready: Jarvis) -> None:
    """The magic's words for approval are refused with what to write, before anything is planned."""
    with pytest.raises(UsageError, match=r"not 'plan'; to plan only, call plan"):
        ready.run("Describe @photo.", photo=picture(), approve=cast("Any", "plan"))


def test_a_script_without_ipython_works() -> None:
    """The doors work in a plain script, which ends by itself and never imports IPython."""
    code = (
        "import sys\n"
        "from jarvis_magic import Jarvis\n"
        "run = Jarvis().run('Summarize @text', text='The cat sat. The dog ran. The cat sat again on the mat.')\n"
        "print(len(run.plan.tasks), 'IPython' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=100, check=False)

    assert done.stdout.split() == ["1", "False"], done.stderr


def test_names_are_given_in_the_order_of_the_plan() -> None:
    """The first name is the first result that nothing else waits for, however long its chain is."""
    text = {"text": "@note"}
    plan = Plan(
        "",
        {"note": Kind("text")},
        [
            Task("short", "summarization", text),
            Task("shorter", "summarization", {"text": "@short"}),
            Task("other", "summarization", text),
        ],
    )
    with jarvis(plans=plan) as made:
        run = made.run(read_request("Shorten @note twice, and once.", {"note": "a"}, outputs=["twice", "once"]))

    assert dict(run.plan.outputs) == {"twice": "@shorter", "once": "@other"}
