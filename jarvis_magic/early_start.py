"""Early start: tasks that run while the plan is still being written, because they would run in any case.

That takes a plan that needs nobody's yes, a task that is written to its end, and an expert nobody has to choose. When
the plan is whole, what was begun is a part of it or it is not, and then the user is told what has run.
"""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from types import TracebackType
from typing import Protocol, Self

from .continuation import same_expert
from .contracts import Catalogue
from .errors import JarvisCancelled, JarvisError, PlanError
from .events import Drafted, Emit, Event, Noted, TaskEnded, Used
from .kinds import Kind
from .model_selection import clear_choice
from .options import Options
from .plans import Draft, Plan
from .tasks import FrozenMap, Task
from .values import Assignment, Failure, Outcome, Proposal, Request, Skipped, Tally


class Execute(Protocol):
    """Carries out a proposal; see `jarvis_magic.task_execution.Execution.run`."""

    async def __call__(
        self, proposal: Proposal, *, under_way: Mapping[str, asyncio.Task[Outcome]]
    ) -> dict[str, Outcome]:
        """Return how each task ended."""


@dataclass(eq=False)
class _Begun:
    """A task that was begun, and those whose results it needs. Without an assignment, it waits for the plan."""

    task: Task
    needs: tuple[_Begun, ...]
    assignment: Assignment | None = None
    ending: asyncio.Task[Outcome] = field(init=False)

    @property
    def outcome(self) -> Outcome | None:
        """How it ended, if it did."""
        return self.ending.result() if self.ending.done() and not self.ending.cancelled() else None

    @property
    def has_run(self) -> bool:
        """Whether it has done something the user should know of."""
        return self.outcome is not None and not isinstance(self.outcome, Skipped)

    def used(self) -> Used:
        """What its calls are counted as."""
        attempts = () if self.outcome is None or isinstance(self.outcome, Skipped) else self.outcome.attempts
        return Used("experts", Tally(calls=len(attempts), seconds=sum(attempt.seconds for attempt in attempts)))

    def told(self) -> str:
        """What a user is told of it."""
        model = self.assignment.candidate.model if self.assignment else ""
        how = f"failed: {self.outcome.sentence}" if isinstance(self.outcome, Failure) else "gave a result."
        return f"{self.task.id!r} had already run on {model}, and {how}"

    def closure(self) -> dict[str, _Begun]:
        """Itself and all it needs, by id, what is needed first."""
        return {name: begun for need in self.needs for name, begun in need.closure().items()} | {self.task.id: self}


class EarlyStart:
    """An `Emit` that passes on what it takes, and begins the tasks that can be begun; nothing of it outlives its block.

    Parameters
    ----------
    request
        What the plan is for.
    catalogue, options
        Where experts are found, and how they may be used.
    execute
        Carries out a proposal with the request's inputs.
    emit
        Receives every event, and a note on what ran in vain.
    allowed
        Whether anything may start before the plan is approved.
    """

    def __init__(
        self, request: Request, catalogue: Catalogue, options: Options, execute: Execute, emit: Emit, *, allowed: bool
    ) -> None:
        self._request, self._catalogue, self._options = request, catalogue, options
        self._execute, self._emit, self._allowed = execute, emit, allowed
        self._begun: dict[tuple[Task, tuple[_Begun | None, ...]], _Begun] = {}

    async def __aenter__(self) -> Self:
        return self

    def __call__(self, event: Event) -> None:
        """Take an event."""
        self._emit(event)
        if self._allowed and isinstance(event, Drafted):
            self._begin(event.draft, event.whole)

    def _begin(self, draft: Draft, whole: frozenset[str]) -> None:
        """Begin the tasks that are whole, and whose needs have begun; what has begun before goes on."""
        here: dict[str, _Begun] = {}
        for task in draft.tasks:
            names = _needs(task, draft)
            if task.id not in whole or task.id in here or not here.keys() >= names:
                continue
            key = task, tuple(here[name] for name in sorted(names))
            if key not in self._begun:
                begun = self._begun[key] = _Begun(*key)
                begun.ending = asyncio.ensure_future(self._carry_out(begun))
            here[task.id] = self._begun[key]

    async def _carry_out(self, begun: _Begun) -> Outcome:
        parts = begun.closure()
        try:
            plan = Plan(self._request.text, self._kinds(parts), [part.task for part in parts.values()])
        except PlanError:  # it is told when the plan is whole
            return Skipped("It is not well formed.")
        begun.assignment = await clear_choice(begun.task, self._request, self._catalogue, self._options)
        if begun.needs:
            await asyncio.wait([need.ending for need in begun.needs])
        assignments = {name: part.assignment for name, part in parts.items() if part.assignment}
        if len(assignments) < len(parts):
            return Skipped("Its expert is chosen when the plan is whole.")
        needed = {name: part.ending for name, part in parts.items() if part is not begun}
        outcomes = await self._execute(Proposal(plan, FrozenMap(assignments)), under_way=needed)
        return outcomes[begun.task.id]

    def _kinds(self, without: Collection[str]) -> dict[str, Kind]:
        """The kinds of what may be referred to; a task's id hides an earlier result."""
        offered = {name: resource.kind for name, resource in self._request.offered.items() if name not in without}
        return {**offered, **self._request.kinds}

    def under_way(self, approved: Proposal) -> dict[str, asyncio.Task[Outcome]]:
        """Return the tasks of an approved proposal that were begun as they are, by id; stop and tell of the others."""
        held: dict[str, _Begun] = {}
        for task in approved.plan.in_order:
            needs = tuple(held.get(name) for name in sorted(approved.plan.dependencies(task.id)))
            begun = self._begun.get((task, needs))
            if begun and begun.assignment and same_expert(begun.assignment, approved.assignments[task.id]):
                held[task.id] = begun
        others = [begun for begun in self._begun.values() if begun not in held.values()]
        for begun in others:
            begun.ending.cancel()
            if begun.has_run:
                self._emit(begun.used())
                self._emit(Noted(f"{begun.told()} The plan is another now, and it is not used."))
        for name, begun in held.items():
            if begun.outcome:  # after an approval, what holds is told again
                self._emit(TaskEnded(name, begun.outcome))
        return {name: begun.ending for name, begun in held.items()}

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop what still runs; an error tells what has run."""
        told = " ".join(begun.told() for begun in self._begun.values() if begun.has_run)
        endings = [begun.ending for begun in self._begun.values()]
        for ending in endings:
            ending.cancel()
        for bug in await asyncio.gather(*endings, return_exceptions=True):
            if error is None and isinstance(bug, Exception):
                raise bug
        if told and isinstance(error, JarvisCancelled) and error.run is None:
            msg = f"Stopped before the plan was whole. {told}"
            raise JarvisCancelled(msg) from None
        if told and isinstance(error, JarvisError):
            error.add_note(told)


def _needs(task: Task, draft: Draft) -> set[str]:
    """The ids of the tasks it waits for."""
    return {*(r.name for r in task.references if r.name in draft.by_id), *task.after}
