"""Which task runs when: the tasks of a proposal in their order, each to its outcome."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Mapping
from typing import Any

from ..contracts import Endpoint
from ..events import Emit, TaskEnded
from ..options import Options
from ..runners import Backoff, Tries, Watch
from ..schedule import Schedule
from ..store import KeptResults
from ..tasks import FrozenMap, Task
from ..values import (
    Assignment,
    EndpointKind,
    Failure,
    NoExpert,
    Outcome,
    Proposal,
    Resource,
    Skipped,
    Success,
)
from .known import Known, Unfinished, work_digest
from .one_task import STOPPED, OneTask


async def execute_tasks(
    proposal: Proposal,
    inputs: Mapping[str, Resource],
    endpoints: Mapping[EndpointKind, Endpoint],
    options: Options,
    emit: Emit,
    stop: asyncio.Event | None = None,
    *,
    offered: Collection[str] = (),
    results: KeptResults | None = None,
    backoff: Backoff | None = None,
) -> dict[str, Outcome]:
    """Carry out every task of a proposal, and return how each ended, by id, in the plan's order.

    For the parameters see `Execution` and `Execution.run`.
    """
    execution = Execution(endpoints, options, emit, stop, results=results, backoff=backoff)
    return await execution.run(proposal, inputs, offered=offered)


class Execution:
    """Carries out the proposals of one run: usually one, more if parts of it start early or it is changed and goes on.

    They share what is known, the number of calls at once, and the clock. It is made where an event loop runs.

    Parameters
    ----------
    endpoints
        The ways to run an expert, by kind.
    options
        ``limit`` calls run at once. A task, or each item of a list it runs for, has ``timeout`` seconds for all its
        tries together, not counting the wait for its turn. With ``refresh``, nothing of earlier runs is used.
    emit
        Receives what happens to each task; last, and exactly once for each, `TaskEnded`.
    stop
        When it is set, nothing more starts, what can stop stops, and the outcomes are returned: those that finished as
        they are, a list in the middle of its items with those it has, the rest skipped. Cancelling the caller does the
        same, but raises ``CancelledError``; the outcomes are in the events then.
    results
        Where results are kept from run to run: of deterministic experts, and of lists that were not finished; ``None``:
        within this run only.
    unfinished
        What is known of those lists from run to run.
    backoff
        How long to wait before another try.
    """

    def __init__(
        self,
        endpoints: Mapping[EndpointKind, Endpoint],
        options: Options,
        emit: Emit,
        stop: asyncio.Event | None = None,
        *,
        results: KeptResults | None = None,
        unfinished: Unfinished | None = None,
        backoff: Backoff | None = None,
    ) -> None:
        self.tries = Tries(endpoints, options, backoff or Backoff(first=options.backoff))
        self.known = Known(results, {} if unfinished is None else unfinished, looks_back=not options.refresh)
        self.options, self.emit, self.stop = options, emit, stop
        self._now = asyncio.get_running_loop().time
        self._began = self._now()

    def clock(self) -> float:
        """Seconds since the execution began."""
        return self._now() - self._began

    async def run(
        self,
        proposal: Proposal,
        inputs: Mapping[str, Resource],
        *,
        offered: Collection[str] = (),
        kept: Mapping[str, Success] = FrozenMap(),
        under_way: Mapping[str, asyncio.Task[Outcome]] = FrozenMap(),
    ) -> dict[str, Outcome]:
        """Carry out every task of a proposal, and return how each ended, by id, in the plan's order.

        Parameters
        ----------
        proposal
            The plan, and an assignment for each of its tasks.
        inputs
            A resource for every input of the plan.
        offered
            Which of the inputs are results of earlier requests: what a model wrote is never opened as a path or URL.
        kept
            Tasks that have results already, by id: they end at once.
        under_way
            Tasks that are carried out already, by id: how they end is awaited, and told by whoever began them.
        """
        named = frozenset(inputs).difference(offered)
        return await _Course(self, proposal, inputs, named, kept, under_way).run()

    def ended(self, proposal: Proposal, outcomes: Mapping[str, Outcome]) -> None:
        """Take note of how the run ended: if it is whole, items of its lists are computed anew the next time."""
        if not any(map(_is_unfinished, outcomes.values())):
            given = {task: proposal.assignments[task.id] for task in proposal.plan.tasks}
            self.known.finished(work_digest(t, a.candidate) for t, a in given.items() if isinstance(a, Assignment))


def _is_unfinished(outcome: Outcome) -> bool:
    if isinstance(outcome, Success):
        return bool(outcome.lacking)
    return isinstance(outcome, Failure) or outcome == Skipped(STOPPED)


class _Course:
    """One proposal on its way: the schedule, the values so far, the outcomes so far."""

    def __init__(
        self,
        execution: Execution,
        proposal: Proposal,
        inputs: Mapping[str, Resource],
        named: Collection[str],
        kept: Mapping[str, Success],
        under_way: Mapping[str, asyncio.Task[Outcome]],
    ) -> None:
        self.execution, self.kept, self.under_way = execution, kept, under_way
        self.values, self.named = dict(inputs), named
        self.plan, self.assignments = proposal.plan, proposal.assignments
        self.outcomes: dict[str, Outcome] = {}
        self.schedule = Schedule(self.plan, kept)
        self.stopped = False
        self.running: set[asyncio.Task[None]] = set()

    async def run(self) -> dict[str, Outcome]:
        stop = self.execution.stop
        self.stopped = stop is not None and stop.is_set()
        watch = asyncio.ensure_future(self._stop_at(stop)) if stop else None
        for task_id, success in self.kept.items():
            self._end(self.plan.by_id[task_id], success)
        try:
            async with asyncio.TaskGroup() as self.group:
                self._start_what_is_due()
        except BaseExceptionGroup as bugs:
            raise _alone(bugs) from None
        finally:
            if watch:
                watch.cancel()
            for task in self.plan.tasks:
                if task.id not in self.outcomes:
                    self._end(task, Skipped(STOPPED))
        return {task.id: self.outcomes[task.id] for task in self.plan.tasks}

    async def _stop_at(self, stop: asyncio.Event) -> None:
        await stop.wait()
        self.stopped = True
        for running in self.running:
            running.cancel()

    def _start_what_is_due(self) -> None:
        if self.stopped:
            return
        due = self.schedule.due()
        for task_id, cause in due.skip.items():
            self._end(self.plan.by_id[task_id], Skipped(self._without(cause), cause))
        for task_id in due.start:
            started = self.group.create_task(self._carry_out(self.plan.by_id[task_id]))
            if task_id not in self.under_way:  # who began it stops it
                self.running.add(started)
                started.add_done_callback(self.running.discard)

    def _without(self, cause: str) -> str:
        no_expert = isinstance(self.assignments[cause], NoExpert)
        return f"It needs the result of {cause!r}, which {'has no expert' if no_expert else 'failed'}."

    async def _carry_out(self, task: Task) -> None:
        try:
            outcome = await self._outcome(task)
        except asyncio.CancelledError:
            self.stopped = True
            self._end(task, Skipped(STOPPED))
            raise
        self._end(task, outcome)
        self.stopped |= bool(asyncio.current_task().cancelling())  # type: ignore[union-attr]  # an expert may swallow it
        self.schedule.ended(task.id, has_result=isinstance(outcome, Success))
        self._start_what_is_due()

    async def _outcome(self, task: Task) -> Outcome:
        if task.id in self.under_way:
            return await asyncio.shield(self.under_way[task.id])
        assignment: Any = self.assignments[task.id]
        if not isinstance(assignment, Assignment):
            return Skipped(assignment.reason)
        watch = Watch(task.id, self.execution.emit, self.execution.clock)
        one = OneTask(task, assignment, watch, self.execution.tries, self.execution.known)
        return await one.outcome(self.values, self.named)

    def _end(self, task: Task, outcome: Outcome) -> None:
        self.outcomes[task.id] = outcome
        if isinstance(outcome, Success):
            self.values[task.id] = outcome.resource
        if task.id not in self.under_way:
            self.execution.emit(TaskEnded(task.id, outcome))


def _alone(bug: BaseException) -> BaseException:
    """A bug without the groups around it, if it is the only one: its own traceback says most."""
    while isinstance(bug, BaseExceptionGroup) and len(bug.exceptions) == 1:
        bug = bug.exceptions[0]
    return bug
