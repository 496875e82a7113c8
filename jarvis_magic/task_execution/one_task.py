"""A task that is carried out: one call, or one for each item of a list."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from operator import setitem
from typing import Any, TypeVar

from ..arguments import Given, converted, gathered, how_many, is_light, missing, read, split_levels, spread, stamps
from ..errors import EndpointError, JarvisError
from ..kinds import Missing
from ..runners import Tries, Watch, in_thread
from ..task_types import TASK_TYPES
from ..tasks import Task
from ..values import Assignment, Candidate, Failure, Outcome, Resource, Skipped, Success
from .known import Key, Known, call_digest, expert_digest, is_repeatable, work_digest

T = TypeVar("T")

STOPPED = "It was stopped."

_AHEAD = 2
"""How many items are made ready beyond those that run, so that a call that ends is followed by the next at once."""


@dataclass
class OneTask:
    """A task on its way, and what its outcome will say of it.

    Parameters
    ----------
    task, assignment
        What is done, and by whom.
    watch
        What is seen of it.
    tries, known
        How calls are made, and what need not be computed again.
    """

    task: Task
    assignment: Assignment
    watch: Watch
    tries: Tries
    known: Known
    candidate: Candidate = field(init=False)
    expert: str = field(init=False)
    work: str = field(init=False)
    done: int = 0
    reused: int = 0
    resumed: int = 0

    def __post_init__(self) -> None:
        self.candidate = self.assignment.candidate
        self.expert = expert_digest(self.task.type, self.candidate)
        self.work = work_digest(self.task, self.candidate)

    async def outcome(self, values: Mapping[str, Resource], named: Collection[str]) -> Outcome:
        """Carry it out on the inputs and results so far; `named` are those the user named."""
        try:
            arguments = await self._read(values, named)
            levels = split_levels(self.task, values)
            absent = missing(arguments)
            if absent is not None:
                return Skipped(f"It needs a value that is missing: {absent.reason}")
            resource = await (self._for_each(arguments, levels) if levels else self._result(arguments))
        except JarvisError as error:
            watch = self.watch
            return Failure(error, self.assignment.candidate.model, watch.started, watch.seconds, tuple(watch.attempts))
        return self._success(resource)

    def _success(self, resource: Resource) -> Success:
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

    async def _read(self, values: Mapping[str, Resource], named: Collection[str]) -> dict[str, Given]:
        decodes = any(r.path and values[r.name].kind.base == "video" for r in self.task.references)
        return await self._away(lambda: read(self.task, values, named), here=not decodes)

    # A list: the task once for each item

    async def _for_each(self, arguments: Mapping[str, Given], levels: Mapping[str, int]) -> Resource:
        values: list[Any] = [Missing(STOPPED)] * how_many(arguments, levels)
        todo = enumerate(spread(arguments, levels))
        try:
            async with asyncio.TaskGroup() as group:
                for _ in range(min(self.tries.limit + _AHEAD, len(values))):
                    group.create_task(self._next_items(todo, values))
        except asyncio.CancelledError:
            if all(isinstance(value, Missing) for value in values):
                raise
        self._tell_of(values)
        output = TASK_TYPES[self.task.type].output.listed(max(levels.values()))
        return Resource(output, gathered(iter(values), arguments, levels))

    async def _next_items(self, todo: Iterator[tuple[int, Mapping[str, Given]]], values: list[Any]) -> None:
        """Take items as long as there are any; a few of these run, however many items there are."""
        for position, arguments in todo:
            absent = missing(arguments)
            take = partial(setitem, values, position)
            try:
                take(absent if absent is not None else (await self._result(arguments, take)).value)
            except JarvisError as error:
                values[position] = Missing(str(error))
            self.done += 1
            self.watch.progressed(self.done, len(values))

    def _tell_of(self, values: list[Any]) -> None:
        """Say what a list lacks, and what of it is from before.

        Raises
        ------
        EndpointError
            If it lacks everything.
        """
        absent = [value for value in values if isinstance(value, Missing)]
        if absent and len(absent) == len(values):
            msg = f"None of the {len(values):,} items has a result. The first: {absent[0].reason}"
            raise EndpointError(msg)
        if absent:
            has = "has" if len(absent) == 1 else "have"
            self.watch.noted(f"{len(absent):,} of {len(values):,} items {has} no result; the first: {absent[0].reason}")
        if self.resumed:
            self.watch.noted(
                f"{self.resumed:,} of {len(values):,} items were computed by a run that was not finished; --refresh computes them anew."
            )

    # One call

    async def _result(self, arguments: Mapping[str, Given], take: Callable[[Any], None] | None = None) -> Resource:
        """The result of a call; of an item of a list, `take` has it before it is kept, which a stop may cut short."""
        here = is_light(self.task.type, arguments)
        ready = await self._away(lambda: self._prepared(arguments, item=take is not None), here=here)
        for note in ready.notes:
            self.watch.noted(note)
        key = ready.key
        if key is None:
            return (await self._tried(ready))[0]
        resource, was_known = await self.known.result(key, self.task.id, lambda: self._tried(ready, take))
        self.reused += was_known
        self.resumed += was_known and not key.lasts
        return resource

    def _prepared(self, arguments: Mapping[str, Given], *, item: bool) -> _Prepared:
        """Make a call ready; files whose result is known are not read."""
        unread = stamps(arguments)
        call = converted(self.task.type, {port: given for port, given in arguments.items() if port not in unread})
        key = self._key(call.resources, unread, item=item)
        if unread and not (key and self.known.has(key)):
            files = converted(self.task.type, {port: arguments[port] for port in unread})
            return _Prepared({**call.resources, **files.resources}, tuple(call.notes), key)
        return _Prepared(call.resources, tuple(call.notes), key, {port: arguments[port] for port in unread})

    def _key(self, resources: Mapping[str, Resource], unread: Mapping[str, str], *, item: bool) -> Key | None:
        lasts = is_repeatable(self.assignment.candidate, resources)
        if not lasts and not (item and self.known.lasts):
            return None
        marks = {port: resource.digest for port, resource in resources.items()}
        return self.known.key(call_digest(self.expert, marks | dict(unread)), self.work, lasts=lasts)

    async def _tried(self, ready: _Prepared, take: Callable[[Any], None] | None = None) -> tuple[Resource, bool]:
        """The result, and whether the assigned candidate gave it."""
        resources = ready.resources
        if ready.unread:  # its result was known, and is not any more
            files = await self._away(lambda: converted(self.task.type, ready.unread), here=False)
            resources = {**resources, **files.resources}
        resource, candidate = await self.tries.run(self.assignment, resources, self.watch)
        self.candidate = candidate
        if take is not None:
            take(resource.value)
        return resource, candidate == self.assignment.candidate

    async def _away(self, function: Callable[[], T], *, here: bool) -> T:
        """Call a function in a thread, or here if it returns at once."""
        return function() if here else await in_thread(function, self.task.id)


@dataclass(frozen=True)
class _Prepared:
    """The resources of a call, the key of its result, if it may be used again, and the files not read because of it."""

    resources: Mapping[str, Resource]
    notes: tuple[str, ...]
    key: Key | None
    unread: Mapping[str, Given] = field(default_factory=dict)
