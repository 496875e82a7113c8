"""Going on after something has run: which results still hold for a changed proposal. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from .values import Assignment, NoExpert, Outcome, Proposal, Success


def still_valid(
    before: Proposal, after: Proposal, outcomes: Mapping[str, Outcome], changed: Collection[str] = ()
) -> dict[str, Success]:
    """Return the results of `before` that hold for `after`: of tasks that are as they were, model and sources too.

    ``changed`` are the inputs that are not what they were.
    """
    kept: dict[str, Success] = {}
    for task in after.plan.in_order:
        outcome = outcomes.get(task.id)
        same = before.plan.by_id.get(task.id) == task
        same = same and same_expert(before.assignments.get(task.id), after.assignments.get(task.id))
        same = same and not any(reference.name in changed for reference in task.references)
        if same and isinstance(outcome, Success) and all(name in kept for name in after.plan.dependencies(task.id)):
            kept[task.id] = outcome
    return kept


def same_expert(one: Assignment | NoExpert | None, other: Assignment | NoExpert | None) -> bool:
    """Whether two assignments are to the same expert, or both to none; what else is known of it may change."""
    return _expert(one) == _expert(other)


def _expert(assignment: Assignment | NoExpert | None) -> object:
    if not isinstance(assignment, Assignment):
        return None
    candidate = assignment.candidate
    return candidate.endpoint, candidate.model, candidate.provider, candidate.revision
