"""The composed answer: what was done, by whom, with what result; numbers and names only from the results."""

from __future__ import annotations

from collections.abc import Mapping

from ...plans import Plan
from ...values import Outcome, Success


def compose(plan: Plan, outcomes: Mapping[str, Outcome]) -> str:
    """Return the answer to a run in markdown."""
    if not plan.tasks:
        return "\n\n".join(plan.notes)
    lines = []
    for task in plan.in_order:
        outcome = outcomes.get(task.id)
        if isinstance(outcome, Success):
            value = outcome.resource.value
            said = value if isinstance(value, str) else outcome.resource.kind.phrase
            lines.append(f"- **{task.id}** ({task.type}, by {outcome.model}): {said}")
        elif outcome is not None:
            lines.append(f"- **{task.id}** ({task.type}): no result. {outcome.sentence}")
    return "\n".join(lines)
