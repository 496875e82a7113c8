"""Early start: a task that would run in any case runs while the plan is still being written."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import pytest

from jarvis_magic.errors import EndpointError, JarvisCancelled, JarvisError
from jarvis_magic.events import Approved, Event, Noted, Planned, TaskEnded, TaskStarted
from jarvis_magic.jarvis import Jarvis
from jarvis_magic.keys import Keys
from jarvis_magic.options import Options
from jarvis_magic.testing import ListCatalogue, RecordingEndpoint, candidate
from jarvis_magic.values import Candidate, Failure, Proposal, Run, Skipped, Success
from tests.servers.scripted import Says, ScriptedServer

ONE, TWO = [candidate("only")], [candidate("first", "toolbox"), candidate("second", "toolbox")]
LETTER = "Rain fell all day."


def written(task_id: str, task_type: str = "summarization", text: str = "@letter", **more: Any) -> dict[str, Any]:
    """A task as a chat model writes it."""
    return {"id": task_id, "type": task_type, "arguments": [{"name": "text", "value": text}], **more}


SHORT, LOUD = written("short"), written("loud", "text-generation", "@short")


class Watched:
    """What happens in a run, to be waited for."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self._news = threading.Condition()

    def __call__(self, event: Event) -> None:
        """Take an event."""
        with self._news:
            self.events.append(event)
            self._news.notify_all()

    def until(self, seen: Callable[[Event], bool]) -> None:
        """Wait for an event."""
        with self._news:
            assert self._news.wait_for(lambda: any(map(seen, self.events)), 20)

    def place(self, kind: type, task_id: str = "") -> int:
        """Where the first event of a kind stands, of a task if one is named."""
        return next(
            i for i, e in enumerate(self.events) if isinstance(e, kind) and getattr(e, "task_id", task_id) == task_id
        )


def has_ended(task_id: str) -> Callable[[Event], bool]:
    """Whether an event is the end of a task."""
    return lambda event: isinstance(event, TaskEnded) and event.task_id == task_id


@contextmanager
def planning(
    *plans: Says,
    by_type: Mapping[str, list[Candidate]] | None = None,
    expert: Callable[..., Any] = str.upper,
    **options: Any,
) -> Iterator[tuple[Jarvis, RecordingEndpoint, ScriptedServer]]:
    """A Jarvis whose chat model writes these plans one after another."""
    waiting = list(plans)

    def reply(body: Mapping[str, Any]) -> Says:
        schema = json.dumps(body.get("response_format", ""))
        if '"choices"' in schema:
            return Says(json.dumps({"choices": []}))
        return (waiting.pop(0) if len(waiting) > 1 else waiting[0]) if '"tasks"' in schema else Says("Done.")

    experts = RecordingEndpoint(lambda text: expert(text))
    catalogue = ListCatalogue(by_type or {"summarization": ONE, "text-generation": ONE})
    with ScriptedServer(reply) as server:
        jarvis = Jarvis(
            "tiny", base_url=server.url, api_key="sk-none-0123", options=Options(**options), keys=Keys(), catalogue=catalogue,
            endpoints={"function": experts, "toolbox": experts},
        )  # fmt: skip
        with jarvis:
            yield jarvis, experts, server


def plan(*tasks: Mapping[str, Any], held: Mapping[str, threading.Event] | None = None) -> Says:
    """A reply with a plan, which waits for events before some of its text."""
    return Says(json.dumps({"tasks": tasks, "notes": []}), piece=4, stops=held or {})


def ended(ongoing: Any) -> Run:
    """The run, once it has ended."""
    run = ongoing.future.result(30)
    assert isinstance(run, Run)
    return run


def test_the_first_result_is_there_before_the_plan_has_ended() -> None:
    """The rest of the plan is written only after the first task has its result; it is computed once, and told again."""
    go_on, seen = threading.Event(), Watched()
    with planning(plan(SHORT, LOUD, held={'"loud"': go_on})) as (jarvis, experts, _):
        ongoing = jarvis.start("Shorten @letter, then louder.", letter=LETTER, on_event=seen)
        seen.until(has_ended("short"))
        assert not any(isinstance(event, Planned) for event in seen.events)
        go_on.set()
        run = ended(ongoing)
    assert [call.task_id for call in experts.calls] == ["short", "loud"]
    assert run["loud"] == LETTER.upper()
    short = run.outcomes["short"]
    assert isinstance(short, Success)
    assert not short.reused
    assert len(short.attempts) == 1
    assert seen.place(TaskEnded, "short") < seen.place(Planned) < seen.place(Approved)
    assert [e.task_id for e in seen.events[seen.place(Approved) :] if isinstance(e, TaskEnded)] == ["short", "loud"]
    assert run.notes == ()
    assert run.usage.experts.calls == 2


def test_what_is_under_way_when_the_plan_is_whole_is_waited_for() -> None:
    """A task that takes longer than the plan is not begun a second time, whatever its expert is."""
    gate, seen = threading.Event(), Watched()

    async def slow(text: str) -> str:
        import asyncio

        await asyncio.to_thread(gate.wait, 20)
        return text.upper()

    with planning(plan(SHORT, LOUD), expert=slow) as (jarvis, experts, _):
        ongoing = jarvis.start("Shorten @letter, then louder.", letter=LETTER, on_event=seen)
        seen.until(lambda event: isinstance(event, Approved))
        gate.set()
        run = ended(ongoing)
    assert [call.task_id for call in experts.calls] == ["short", "loud"]
    assert run["loud"] == LETTER.upper()
    assert sum(map(has_ended("short"), seen.events)) == 1


def test_a_task_that_needs_another_starts_early_too() -> None:
    """A chain is begun link by link, as far as it is written."""
    go_on, seen = threading.Event(), Watched()
    last = written("last", "text-generation", "@loud")
    with planning(plan(SHORT, LOUD, last, held={'"last"': go_on})) as (jarvis, experts, _):
        ongoing = jarvis.start("Shorten @letter, louder, louder.", letter=LETTER, on_event=seen)
        seen.until(has_ended("loud"))
        go_on.set()
        ended(ongoing)
    assert [call.task_id for call in experts.calls] == ["short", "loud", "last"]


def test_a_task_that_may_still_grow_is_not_begun() -> None:
    """Before its brace closes, an argument may be added: nothing runs on half of them."""
    go_on, seen = threading.Event(), Watched()
    task = {**SHORT, "purpose": "shorten it"}
    with planning(plan(task, held={"shorten it": go_on})) as (jarvis, experts, _):
        ongoing = jarvis.start("Shorten @letter.", letter=LETTER, on_event=seen)
        seen.until(lambda event: type(event).__name__ == "Drafted")
        assert not experts.calls
        go_on.set()
        assert list(ended(ongoing).outcomes) == ["short"]


@pytest.mark.parametrize(
    "by_type",
    [
        {"summarization": TWO},
        {"summarization": [candidate("big", "local", download=10)]},
        {"summarization": []},
    ],
    ids=["two candidates", "a download", "no expert"],
)
def test_without_a_clear_choice_nothing_starts_early(by_type: Mapping[str, list[Candidate]]) -> None:
    """Where the controller may choose, where something would be downloaded, or where nobody can do it."""
    seen = Watched()
    with planning(plan(SHORT), by_type=by_type, max_download=0) as (jarvis, _, _):
        run = ended(jarvis.start("Shorten @letter.", letter=LETTER, on_event=seen))
    assert list(run.outcomes) == ["short"]
    started = [i for i, event in enumerate(seen.events) if isinstance(event, TaskStarted)]
    assert all(i > seen.place(Approved) for i in started)


def test_a_model_that_was_named_is_a_clear_choice() -> None:
    """Of several, the one the request names."""
    go_on, seen = threading.Event(), Watched()
    named = {**SHORT, "model": "second"}
    with planning(
        plan(named, LOUD, held={'"loud"': go_on}), by_type={"summarization": TWO, "text-generation": ONE}
    ) as (jarvis, experts, _):
        ongoing = jarvis.start("Shorten @letter with second, then louder.", letter=LETTER, on_event=seen)
        seen.until(has_ended("short"))
        go_on.set()
        ended(ongoing)
    assert experts.calls[0].model == "second"


def test_where_somebody_is_asked_nothing_starts_before_the_yes() -> None:
    """An approver is shown a plan of which nothing has run."""
    ran: list[int] = []

    def approve(asked: Proposal) -> Proposal:
        ran.append(len(experts.calls))
        return asked

    with planning(plan(SHORT)) as (jarvis, experts, _):
        jarvis.run("Shorten @letter.", letter=LETTER, approve=approve)
    assert ran == [0]


def test_a_plan_that_is_corrected_keeps_what_is_the_same() -> None:
    """The first reply ends with a task that cannot be; its good task has run, and is not run again in the second."""
    wrong = written("wrong", "text-generation", "@nothing")
    with planning(plan(SHORT, wrong), plan(SHORT, LOUD)) as (jarvis, experts, server):
        run = jarvis.run("Shorten @letter, then louder.", letter=LETTER)
        assert len([r for r in server.requests if '"tasks"' in json.dumps(r.body.get("response_format", ""))]) == 2
    assert [call.task_id for call in experts.calls] == ["short", "loud"]
    assert run["loud"] == LETTER.upper()
    assert not any("had already run" in note for note in run.notes)


def test_what_ran_in_vain_is_told() -> None:
    """A task that the corrected plan has no more is named with its model; its calls are counted."""
    wrong = written("wrong", "text-generation", "@nothing")
    fix, seen = threading.Event(), Watched()
    other = written("brief", text="Briefly: @letter")
    with planning(plan(SHORT, wrong, held={'"wrong"': fix}), plan(other)) as (jarvis, experts, _):
        ongoing = jarvis.start("Shorten @letter.", letter=LETTER, on_event=seen)
        seen.until(has_ended("short"))
        fix.set()
        run = ended(ongoing)
    assert [call.task_id for call in experts.calls] == ["short", "brief"]
    assert list(run.outcomes) == ["brief"]
    [note] = run.notes
    assert note == "'short' had already run on only, and gave a result. The plan is another now, and it is not used."
    assert Noted(note) in seen.events
    assert run.usage.experts.calls == 2


def test_an_error_of_planning_tells_what_has_run() -> None:
    """A name that the plan has not is found when it is whole; the error says what was done before."""
    hold, seen = threading.Event(), Watched()
    with planning(plan(SHORT, held={'"notes"': hold})) as (jarvis, _, _):
        from jarvis_magic.request_reading import read_request

        request = read_request("Shorten @letter.", {}, {"letter": LETTER}, uses={"nobody": "only"})
        ongoing = jarvis.start(request, on_event=seen)
        seen.until(has_ended("short"))
        hold.set()
        with pytest.raises(JarvisError, match="nobody") as told:
            ended(ongoing)
    assert told.value.__notes__ == ["'short' had already run on only, and gave a result."]
    assert "had already run" in "".join(told.value._render_traceback_())


def test_stopped_while_planning_it_tells_what_has_run() -> None:
    """Nothing runs on after it."""
    never, seen = threading.Event(), Watched()
    with planning(plan(SHORT, LOUD, held={'"loud"': never})) as (jarvis, experts, _):
        ongoing = jarvis.start("Shorten @letter, then louder.", letter=LETTER, on_event=seen)
        seen.until(has_ended("short"))
        ongoing.stop()
        with pytest.raises(JarvisCancelled, match="'short' had already run on only"):
            ended(ongoing)
        never.set()
    assert len(experts.calls) == 1


def test_a_failure_is_a_failure_of_the_plan() -> None:
    """A task that failed early is not tried once more when the plan is whole."""

    def fail(text: str) -> str:
        msg = f"{text} is too long."
        raise EndpointError(msg)

    with planning(plan(SHORT, LOUD), expert=fail) as (jarvis, experts, _):
        run = jarvis.run("Shorten @letter, then louder.", letter=LETTER)
    assert [call.task_id for call in experts.calls] == ["short"]
    assert isinstance(run.outcomes["short"], Failure)
    assert isinstance(run.outcomes["loud"], Skipped)
