"""Stage three, task execution: from an approved proposal to one outcome for every task.

A task starts the moment its inputs exist. One whose argument is deeper than its port runs once for each item. Where an
expert is deterministic, the same work is done once.
"""

from __future__ import annotations

import asyncio
import copy
import hashlib
import json
from collections.abc import Awaitable, Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from .arguments import Given, converted, gathered, is_light, missing, read, split_levels, spread
from .contracts import Endpoint
from .errors import EndpointError, JarvisError
from .events import Emit, TaskEnded
from .kinds import Missing
from .options import Options
from .runners import Backoff, Tries, Watch, in_thread
from .schedule import Schedule
from .store import ResultCache
from .task_types import TASK_TYPES
from .tasks import Task
from .values import (
    Assignment,
    Candidate,
    EndpointKind,
    Failure,
    NoExpert,
    Outcome,
    Proposal,
    Resource,
    Skipped,
    Success,
)

T = TypeVar("T")

STOPPED = "It was stopped."


async def execute_tasks(
    proposal: Proposal,
    inputs: Mapping[str, Resource],
    endpoints: Mapping[EndpointKind, Endpoint],
    options: Options,
    emit: Emit,
    stop: asyncio.Event | None = None,
    *,
    offered: Collection[str] = (),
    results: ResultCache | None = None,
    backoff: Backoff | None = None,
) -> dict[str, Outcome]:
    """Carry out every task of a proposal, and return how each ended, by id, in the plan's order.

    Parameters
    ----------
    proposal
        The plan, and an assignment for each of its tasks.
    inputs
        A resource for every input of the plan.
    endpoints
        The ways to run an expert, by kind.
    options
        ``limit`` calls run at once. A task, or each item of a list it runs for, has ``timeout`` seconds for all its
        tries together, not counting the wait for its turn.
    emit
        Receives what happens to each task; last, and exactly once for each, `TaskEnded`.
    stop
        When it is set, nothing more starts, what can stop stops, and the outcomes are returned: those that finished as
        they are, a list in the middle of its items with those it has, the rest skipped. Cancelling the caller does the
        same, but raises ``CancelledError``; the outcomes are in the events then.
    offered
        Which of the inputs are results of earlier requests: what a model wrote is never opened as a path or URL.
    results
        Where results of deterministic experts are kept from run to run; ``None``: within this run only.
    backoff
        How long to wait before another try.
    """
    tries = Tries(endpoints, options, backoff or Backoff())
    named = frozenset(inputs).difference(offered)
    return await _Execution(proposal, inputs, named, tries, options.limit, emit, results).run(stop)


class _Execution:
    """One run of a proposal: the schedule, the values so far, the outcomes so far."""

    def __init__(
        self,
        proposal: Proposal,
        inputs: Mapping[str, Resource],
        named: Collection[str],
        tries: Tries,
        limit: int,
        emit: Emit,
        results: ResultCache | None,
    ) -> None:
        self.plan, self.assignments = proposal.plan, proposal.assignments
        self.values, self.named = dict(inputs), named
        self.outcomes: dict[str, Outcome] = {}
        self.tries, self.limit, self.emit = tries, limit, emit
        self.schedule = Schedule(self.plan)
        self.known = _Known(results)
        self.stopped = False
        self.running: set[asyncio.Task[None]] = set()
        self.now = asyncio.get_running_loop().time
        self.began = self.now()

    async def run(self, stop: asyncio.Event | None) -> dict[str, Outcome]:
        self.stopped = stop is not None and stop.is_set()
        watch = asyncio.ensure_future(self._stop_at(stop)) if stop else None
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

    def _end(self, task: Task, outcome: Outcome) -> None:
        self.outcomes[task.id] = outcome
        if isinstance(outcome, Success):
            self.values[task.id] = outcome.resource
        self.emit(TaskEnded(task.id, outcome))

    async def _outcome(self, task: Task) -> Outcome:
        assignment = self.assignments[task.id]
        if isinstance(assignment, NoExpert):
            return Skipped(assignment.reason)
        watch = Watch(task.id, self.emit, lambda: self.now() - self.began)
        work = _Work(task, assignment, watch)
        try:
            arguments = await self._read(task)
            levels = split_levels(task, self.values)
            absent = missing(arguments)
            if absent is not None:
                return Skipped(f"It needs a value that is missing: {absent.reason}")
            if levels:
                resource = await self._for_each(work, arguments, levels)
            else:
                resource = await self._result(work, arguments)
        except JarvisError as error:
            return Failure(error, assignment.candidate.model, watch.started, watch.seconds, tuple(watch.attempts))
        return work.success(resource)

    async def _read(self, task: Task) -> dict[str, Given]:
        decodes = any(r.path and self.values[r.name].kind.base == "video" for r in task.references)
        return await _away(lambda: read(task, self.values, self.named), task.id, here=not decodes)

    # A list: the task once for each item

    async def _for_each(self, work: _Work, arguments: Mapping[str, Given], levels: Mapping[str, int]) -> Resource:
        items = list(spread(arguments, levels))
        values: list[Any] = [Missing(STOPPED)] * len(items)
        todo = enumerate(items)
        try:
            async with asyncio.TaskGroup() as group:
                for _ in range(min(self.limit, len(items))):
                    group.create_task(self._next_items(work, todo, values))
        except asyncio.CancelledError:
            self.stopped = True
            if all(isinstance(value, Missing) for value in values):
                raise
        absent = [value for value in values if isinstance(value, Missing)]
        if absent:
            work.watch.noted(_absence(absent, len(values)))
        if absent and len(absent) == len(values):
            msg = f"None of the {len(values)} items has a result. The first: {absent[0].reason}"
            raise EndpointError(msg)
        output = TASK_TYPES[work.task.type].output.listed(max(levels.values()))
        return Resource(output, gathered(iter(values), arguments, levels))

    async def _next_items(
        self, work: _Work, todo: Iterator[tuple[int, Mapping[str, Given]]], values: list[Any]
    ) -> None:
        """Take items as long as there are any; as many of these run as calls may, however many items there are."""
        for position, arguments in todo:
            absent = missing(arguments)
            try:
                values[position] = absent if absent is not None else (await self._result(work, arguments)).value
            except JarvisError as error:
                values[position] = Missing(str(error))
            work.done += 1
            work.watch.progressed(work.done, len(values))

    # One call

    async def _result(self, work: _Work, arguments: Mapping[str, Given]) -> Resource:
        prepared = await _away(
            lambda: _prepared(work, arguments), work.task.id, here=is_light(work.task.type, arguments)
        )
        for note in prepared.notes:
            work.watch.noted(note)
        if prepared.key is None:
            return (await self._tried(work, prepared))[0]
        return await self.known.result(prepared.key, work, lambda: self._tried(work, prepared))

    async def _tried(self, work: _Work, prepared: _Prepared) -> tuple[Resource, bool]:
        """The result, and whether the assigned candidate gave it."""
        resource, candidate = await self.tries.run(work.assignment, prepared.resources, work.watch)
        work.candidate = candidate
        return resource, candidate == work.assignment.candidate


def _alone(bug: BaseException) -> BaseException:
    """A bug without the groups around it, if it is the only one: its own traceback says most."""
    while isinstance(bug, BaseExceptionGroup) and len(bug.exceptions) == 1:
        bug = bug.exceptions[0]
    return bug


@dataclass
class _Work:
    """A task that is carried out, and what its outcome will say of it."""

    task: Task
    assignment: Assignment
    watch: Watch
    candidate: Candidate = field(init=False)
    done: int = 0
    computed: int = 0
    reused: int = 0

    def __post_init__(self) -> None:
        self.candidate = self.assignment.candidate

    def success(self, resource: Resource) -> Success:
        watch = self.watch
        return Success(
            resource,
            self.candidate.model,
            self.candidate.endpoint,
            watch.started,
            watch.seconds,
            tuple(watch.attempts),
            tuple(watch.notes),
            reused=self.reused > 0 and not watch.attempts,
        )


def _absence(absent: list[Missing], total: int) -> str:
    return f"{len(absent)} of {total} items {'has' if len(absent) == 1 else 'have'} no result; the first: {absent[0].reason}"


@dataclass(frozen=True)
class _Prepared:
    """The resources of a call, and the key of its result, if the result may be used again."""

    resources: Mapping[str, Resource]
    notes: tuple[str, ...]
    key: str | None


def _prepared(work: _Work, arguments: Mapping[str, Given]) -> _Prepared:
    call = converted(work.task.type, arguments)
    key = _key(work, call.resources) if _is_repeatable(work.assignment.candidate, call.resources) else None
    return _Prepared(call.resources, tuple(call.notes), key)


def _is_repeatable(candidate: Candidate, arguments: Mapping[str, Resource]) -> bool:
    """Whether the same call gives the same result: the expert says so, or was given a seed.

    Only its author knows of a user's function.
    """
    return candidate.deterministic or (candidate.endpoint != "function" and _is_seeded(arguments))


def _is_seeded(arguments: Mapping[str, Resource]) -> bool:
    options = arguments["options"].value if "options" in arguments else {}
    return "seed" in arguments or (isinstance(options, Mapping) and options.get("seed") is not None)


def _key(work: _Work, arguments: Mapping[str, Resource]) -> str:
    expert = work.assignment.candidate
    parts = [work.task.type, expert.endpoint, expert.model, expert.provider, expert.revision]
    parts += [f"{port}={arguments[port].digest}" for port in sorted(arguments)]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


class _Known:
    """Results that are known: of this run, and of earlier ones if they are kept. What is under way is waited for."""

    def __init__(self, kept: ResultCache | None) -> None:
        self._kept = kept
        self._here: dict[str, Resource] = {}
        self._under_way: dict[str, asyncio.Event] = {}

    async def result(self, key: str, work: _Work, compute: Callable[[], Awaitable[tuple[Resource, bool]]]) -> Resource:
        kept = self._kept
        while key in self._under_way:
            await self._under_way[key].wait()
        ended = self._under_way[key] = asyncio.Event()
        try:
            if self._has(key):
                found = await in_thread(lambda: self._find(key), work.task.id)
                if found is not None:
                    work.reused += 1
                    return found
            resource, keep = await compute()
            if keep:
                self._here[key] = resource
                if kept is not None:
                    await in_thread(lambda: kept.put(key, resource), work.task.id)
            return resource
        finally:
            del self._under_way[key]
            ended.set()

    def _has(self, key: str) -> bool:
        return key in self._here or (self._kept is not None and key in self._kept)

    def _find(self, key: str) -> Resource | None:
        if key in self._here:
            return Resource(self._here[key].kind, copy.deepcopy(self._here[key].value))
        return self._kept.get(key) if self._kept is not None else None


async def _away(function: Callable[[], T], name: str, *, here: bool) -> T:
    """Call a function in a thread, or here if it returns at once."""
    return function() if here else await in_thread(function, name)
