"""A run under way: what was asked, what has been used so far, and how it is stopped."""

from __future__ import annotations

import asyncio
import contextlib
from collections import Counter
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias, cast

from .contracts import Approve, Review
from .errors import JarvisCancelled, UsageError
from .event_loop import EventLoop
from .events import Emit, Event, Noted, Used
from .plans import Plan
from .request_reading import read_request, request_for_plan
from .runners import abandoned
from .tasks import FrozenMap
from .values import Attempt, Outcome, Proposal, Request, Run, Skipped, Success, Tally, Usage

Asked: TypeAlias = str | Plan | Request
"""What can be asked: words with references, a plan that exists, or a request that was read already."""


@dataclass(frozen=True)
class Replay:
    """A proposal that was approved before, to be carried out again: nothing is planned and nothing is chosen.

    Parameters
    ----------
    proposal
        What to run.
    kept
        Results of tasks that need not run again.
    responds
        Whether the controller writes the answer; if not, it is composed without it.
    """

    proposal: Proposal
    kept: Mapping[str, Success] = field(default_factory=FrozenMap)
    responds: bool = False


class Ongoing:
    """A run under way: its future, and how to stop it."""

    def __init__(self, future: Future[Run], loop: EventLoop, stop: asyncio.Event) -> None:
        self.future = future
        self._loop, self._stop = loop, stop

    def stop(self) -> None:
        """Stop it: nothing more starts, and the future raises `JarvisCancelled` with what had finished."""
        if not self.future.done():
            self._loop.submit(_set(self._stop))


@dataclass(frozen=True)
class Asking:
    """The arguments of one run, and its stop."""

    request: Asked
    variables: Mapping[str, Any]
    named: Mapping[str, Any]
    approve: Approve | Literal["auto"]
    on_event: Emit
    stop: asyncio.Event
    review: Review | None = None
    replay: Replay | None = None
    approved: bool = False

    def __post_init__(self) -> None:
        if self.approve != "auto" and not callable(self.approve):
            msg = f"'approve' is \"auto\" or a function that is shown the proposal, not {self.approve!r}; to plan only, call plan(…)."
            raise UsageError(msg)

    @property
    def is_sure(self) -> bool:
        """Whether what is planned will run, whatever it is."""
        return self.approved or self.approve == "auto"

    @property
    def plan(self) -> Plan | None:
        """The plan, if one was given in place of words."""
        return self.request if isinstance(self.request, Plan) else None

    def read(self) -> Request:
        """The request, with every reference looked up; files and URLs are read here."""
        if isinstance(self.request, Request):
            return self.request
        if isinstance(self.request, Plan):
            return request_for_plan(self.request, self.variables, self.named)
        return read_request(self.request, self.variables, self.named)


class Accounts:
    """An `Emit` that passes every event on, adds up what was used, and keeps the notes."""

    def __init__(self, emit: Emit) -> None:
        self.notes: list[str] = []
        self._emit = emit
        self._tallies: dict[str, Tally] = {}

    def __call__(self, event: Event) -> None:
        """Take an event."""
        if isinstance(event, Used):
            self._tallies[event.part] = self._tallies.get(event.part, Tally()) + event.tally
        elif isinstance(event, Noted):
            self.notes.append(event.sentence)
        self._emit(event)

    def run(self, proposal: Proposal, outcomes: Mapping[str, Outcome], response: str = "") -> Run:
        """The run as it stands."""
        usage = Usage(**{**self._tallies, "experts": _experts(outcomes) + self._tallies.get("experts", Tally())})
        return Run(proposal.plan, proposal.assignments, outcomes, response, usage, tuple(self.notes))


def _experts(outcomes: Mapping[str, Outcome]) -> Tally:
    attempts = [attempt for outcome in outcomes.values() for attempt in _attempts(outcome)]
    return Tally(calls=len(attempts), seconds=sum(attempt.seconds for attempt in attempts))


def _attempts(outcome: Outcome) -> Sequence[Attempt]:
    return () if isinstance(outcome, Skipped) else outcome.attempts


async def _set(stop: asyncio.Event) -> None:
    stop.set()


@contextlib.asynccontextmanager
async def until_stopped(stop: asyncio.Event, run: Run | None = None) -> AsyncIterator[None]:
    """Cancel what is awaited inside when `stop` is set, and say that it was stopped; `run` is what had finished."""
    inside = cast("asyncio.Task[object]", asyncio.current_task())
    watch = asyncio.ensure_future(stop.wait())
    watch.add_done_callback(lambda done: None if done.cancelled() else inside.cancel())
    try:
        yield
    except asyncio.CancelledError:
        if stop.is_set():
            inside.uncancel()
            raise (stopped(run) if run else JarvisCancelled("Stopped before anything ran.")) from None
        raise
    finally:
        watch.cancel()


def _calls(names: Iterable[str]) -> str:
    """Names with how often each comes: "clip (10 calls)"."""
    return ", ".join(f"{name} ({times} calls)" if times > 1 else name for name, times in Counter(names).items())


def stopped(run: Run) -> JarvisCancelled:
    """The error of a run that was stopped: what had finished, and calls that could not be stopped."""
    finished = [task_id for task_id, outcome in run.outcomes.items() if not isinstance(outcome, Skipped)]
    kept = f"finished: {', '.join(finished)}" if finished else "nothing had finished"
    left = abandoned()
    still = f"; still running, its result dropped: {_calls(call.name for call in left)}" if left else ""
    return JarvisCancelled(f"Stopped; {kept}{still}.", run)
