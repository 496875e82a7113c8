"""A plan as a Mermaid flowchart, for a README or a page that draws Mermaid."""

from __future__ import annotations

from collections.abc import Mapping

from ..plans import Plan
from ..values import Outcome
from .layout import named_outputs
from .palette import STATES, state_of
from .words import one_line

_SPECIAL = {"#": "#35;", '"': "#quot;", "<": "#lt;", ">": "#gt;", "&": "#amp;", "`": "#96;", "\\": "#92;"}


def to_mermaid(plan: Plan, outcomes: Mapping[str, Outcome] | None = None) -> str:
    """Return the plan as a Mermaid flowchart; with outcomes, each task says how it ended.

    Inputs are stadiums, tasks boxes, named outputs flags; an order without data is a dotted line.
    """
    keys = {name: f"in{i}" for i, name in enumerate(plan.inputs)}
    keys |= {task.id: f"t{i}" for i, task in enumerate(plan.tasks)}
    lines = ["flowchart TD"]
    lines += [f'    {keys[name]}(["{_said(f"@{name}")}<br/>{kind}"])' for name, kind in plan.inputs.items()]
    used = set()
    for task in plan.tasks:
        state = state_of(task.id, {}, outcomes)
        lines.append(
            f'    {keys[task.id]}["{_said(task.id)}<br/>{_said(task.type)}'
            + (f'<br/>{state.mark} {state.word}"]:::s{STATES.index(state)}' if state else '"]')
        )
        used |= {state} if state else set()
    lines += [f'    out{i}>"{_said(variable)}"]' for i, variable in enumerate(named_outputs(plan))]
    lines += _arrows(plan, keys)
    for number, state in enumerate(STATES):
        ink, ground = state.light
        lines += [f"    classDef s{number} fill:{ground},stroke:{ink},color:{ink}"] if state in used else []
    return "\n".join(lines) + "\n"


def _arrows(plan: Plan, keys: Mapping[str, str]) -> list[str]:
    used = {(reference.name, task.id): None for task in plan.tasks for reference in task.references}
    data = [f"    {keys[name]} --> {keys[task_id]}" for name, task_id in used]
    order = [
        f"    {keys[before]} -.-> {keys[task.id]}"
        for task in plan.tasks
        for before in task.after
        if (before, task.id) not in used
    ]
    bound = [f"    {keys[name]} --> out{i}" for i, name in enumerate(named_outputs(plan).values())]
    return [*data, *order, *bound]


def _said(text: str) -> str:
    return "".join(_SPECIAL.get(character, character) for character in one_line(text))
