"""Which task of a plan may start, and which must be skipped: no clock, no I/O.

A task may start when every task it waits for has ended. One that *refers* to a task without a result is skipped,
because of the task at the root of it; one that only comes *after* it (`Task.after`) runs all the same: order is about
when, not about what.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from graphlib import TopologicalSorter

from .plans import Plan
from .tasks import FrozenMap


@dataclass(frozen=True)
class Due:
    """What follows from what has ended.

    Parameters
    ----------
    start
        Ids of the tasks that may start now, in the plan's order.
    skip
        Ids of the tasks that never can, each with the id of the task whose lack of a result is the cause.
    """

    start: tuple[str, ...] = ()
    skip: Mapping[str, str] = field(default_factory=FrozenMap)


class Schedule:
    """Follows a plan: told which task has ended, it says which are due. Every task is due exactly once.

    Parameters
    ----------
    plan
        The plan that is carried out.
    done
        Ids of tasks that have results already; they are not due, and nobody waits for them.
    """

    def __init__(self, plan: Plan, done: Collection[str] = ()) -> None:
        self._position = {task.id: i for i, task in enumerate(plan.tasks)}
        self._needs = {task.id: [r.name for r in task.references if r.name in plan.by_id] for task in plan.tasks}
        self._causes: dict[str, str] = {}
        waits = {
            task.id: set(plan.dependencies(task.id)).difference(done) for task in plan.tasks if task.id not in done
        }
        self._sorter = TopologicalSorter(waits)
        self._sorter.prepare()

    def due(self) -> Due:
        """Return the tasks that may start or must be skipped since it was asked last."""
        start: list[str] = []
        skip: dict[str, str] = {}
        while ready := self._sorter.get_ready():
            for task_id in ready:
                cause = next((self._causes[need] for need in self._needs[task_id] if need in self._causes), None)
                if cause is None:
                    start.append(task_id)
                else:
                    skip[task_id] = self._causes[task_id] = cause
                    self._sorter.done(task_id)
        return Due(tuple(sorted(start, key=self._position.__getitem__)), FrozenMap(skip))

    def ended(self, task_id: str, *, has_result: bool) -> None:
        """Take note that a task that was due to start has ended."""
        if not has_result:
            self._causes[task_id] = task_id
        self._sorter.done(task_id)
