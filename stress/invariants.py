"""What must hold for every run, whatever went wrong: read off its events and its outcomes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from jarvis_magic.events import Event, TaskEnded, TaskStarted
from jarvis_magic.kinds import Missing
from jarvis_magic.plans import Plan
from jarvis_magic.tasks import Task
from jarvis_magic.values import Failure, NoExpert, Outcome, Run, Skipped, Success

from .experts import MAIN_PORT, made, same


def violations(run: Run, events: Sequence[Event], values: Mapping[str, Any], *, stopped: bool) -> Iterator[str]:
    """What does not hold, a sentence each.

    Parameters
    ----------
    run
        What ran, and how each task ended.
    events
        All that was emitted, in order.
    values
        The inputs.
    stopped
        Whether the run was stopped.
    """
    plan, outcomes = run.plan, run.outcomes
    no_expert = {task_id for task_id, assigned in run.assignments.items() if isinstance(assigned, NoExpert)}
    if set(outcomes) != set(plan.by_id):
        yield f"outcomes of {sorted(outcomes)}, tasks {sorted(plan.by_id)}"
        return
    yield from _of_events(plan, outcomes, events)
    for task in plan.tasks:
        yield from _of_outcome(plan, task, outcomes, no_expert, stopped=stopped)
        if isinstance(outcomes[task.id], Success):
            yield from _of_result(task, outcomes, values)


def _of_events(plan: Plan, outcomes: Mapping[str, Outcome], events: Sequence[Event]) -> Iterator[str]:
    """Every task ends once, as its outcome says, and begins when what it refers to has a result."""
    ended: dict[str, Outcome] = {}
    for event in events:
        if isinstance(event, TaskEnded):
            if event.task_id in ended:
                yield f"{event.task_id} ended twice"
            ended[event.task_id] = event.outcome
        elif isinstance(event, TaskStarted):
            if event.task_id in ended:
                yield f"{event.task_id} started after its end"
            needs = plan.dependencies(event.task_id)
            late = [need for need in needs if need not in ended]
            lacking = [need for need in _refers(plan, event.task_id) if not isinstance(ended.get(need), Success)]
            if late or lacking:
                yield f"{event.task_id} started before {late or lacking}"
    for task_id, outcome in outcomes.items():
        if ended.get(task_id) is not outcome:
            yield f"{task_id} ended as {type(outcome).__name__}, and its event says {ended.get(task_id)}"


def _refers(plan: Plan, task_id: str) -> set[str]:
    """The tasks whose results a task uses."""
    return {reference.name for reference in plan.by_id[task_id].references} & set(plan.by_id)


def _of_outcome(
    plan: Plan, task: Task, outcomes: Mapping[str, Outcome], no_expert: set[str], *, stopped: bool
) -> Iterator[str]:
    """Skipped for the right cause, and for no other."""
    outcome = outcomes[task.id]
    lacking = {need for need in _refers(plan, task.id) if not isinstance(outcomes[need], Success)}
    if not isinstance(outcome, Skipped):
        if lacking:
            yield f"{task.id} ended as {type(outcome).__name__} without {sorted(lacking)}"
        return
    if outcome.cause is None:
        if not stopped and task.id not in no_expert:
            yield f"{task.id} was skipped for no cause: {outcome.because}"
    elif not lacking:
        yield f"{task.id} was skipped because of {outcome.cause}, and lacks nothing"
    elif outcome.cause not in _roots(plan, lacking, outcomes, no_expert):
        yield f"{task.id} was skipped because of {outcome.cause}, which is no cause of it"


def _roots(plan: Plan, lacking: set[str], outcomes: Mapping[str, Outcome], no_expert: set[str]) -> set[str]:
    """The failures behind tasks without a result, and the tasks that have no expert."""
    found: set[str] = set()
    todo = list(lacking)
    while todo:
        task_id = todo.pop()
        if isinstance(outcomes[task_id], Failure) or task_id in no_expert:
            found.add(task_id)
        todo += [need for need in _refers(plan, task_id) if not isinstance(outcomes[need], Success)]
    return found


def _of_result(task: Task, outcomes: Mapping[str, Outcome], values: Mapping[str, Any]) -> Iterator[str]:
    """A result is what the task's type makes of its inputs, item by item."""
    known = {**values, **{k: o.resource.value for k, o in outcomes.items() if isinstance(o, Success)}}
    if task.type not in MAIN_PORT or any(reference.path for reference in task.references):
        return  # planned by another controller
    written = task.arguments[MAIN_PORT[task.type]]
    found = outcomes[task.id].resource.value  # type: ignore[union-attr]  # a success
    given = known[written[1:]] if written[1:] in known else _filled(written, known)
    if not isinstance(given, list):
        if not same(found, made(task.type, given)):
            yield f"{task.id} has another result than {task.type} makes of its input: {found!r:.80}"
        return
    for position, (item, result) in enumerate(zip(given, found, strict=True)):
        if not isinstance(result, Missing) and (isinstance(item, Missing) or not same(result, made(task.type, item))):
            yield f"item {position} of {task.id} has another result than {task.type} makes of it: {result!r:.80}"


def _filled(written: str, known: Mapping[str, Any]) -> str:
    """A text with what its references stand for."""
    for name in sorted(known, key=len, reverse=True):
        if isinstance(known[name], str):
            written = written.replace(f"@{name}", known[name])
    return written
