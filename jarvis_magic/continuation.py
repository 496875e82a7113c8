"""Going on after something has run: which results still hold for a changed proposal, and what is left of it. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace

from .plans import Plan
from .tasks import FrozenMap, Task
from .values import Assignment, Outcome, Proposal, Success


def still_valid(
    before: Proposal, after: Proposal, outcomes: Mapping[str, Outcome], changed: Collection[str] = ()
) -> dict[str, Success]:
    """Return the results of `before` that hold for `after`: of tasks that are as they were, model and sources too.

    ``changed`` are the inputs that are not what they were.
    """
    kept: dict[str, Success] = {}
    for task in after.plan.in_order:
        outcome = outcomes.get(task.id)
        same = before.plan.by_id.get(task.id) == task and _model(before, task) == _model(after, task)
        same = same and not any(reference.name in changed for reference in task.references)
        if same and isinstance(outcome, Success) and all(name in kept for name in after.plan.dependencies(task.id)):
            kept[task.id] = outcome
    return kept


def remaining(proposal: Proposal, kept: Mapping[str, Success]) -> Proposal:
    """Return what is left of a proposal where some tasks have results: those have become inputs."""
    plan = proposal.plan
    inputs = {**plan.inputs, **{name: success.resource.kind for name, success in kept.items()}}
    tasks = [_without_order(task, kept) for task in plan.tasks if task.id not in kept]
    outputs = {variable: w for variable, w in plan.outputs.items() if plan.output_references[variable].name not in kept}
    left = Plan(plan.request, inputs, tasks, outputs, plan.notes)
    return Proposal(left, FrozenMap({task.id: proposal.assignments[task.id] for task in tasks}))


def _model(proposal: Proposal, task: Task) -> object:
    """What tells the expert of a task from every other; what else is known of one may change from day to day."""
    assignment = proposal.assignments.get(task.id)
    if not isinstance(assignment, Assignment):
        return None
    candidate = assignment.candidate
    return candidate.endpoint, candidate.model, candidate.provider, candidate.revision


def _without_order(task: Task, kept: Mapping[str, Success]) -> Task:
    return replace(task, after=[name for name in task.after if name not in kept])
