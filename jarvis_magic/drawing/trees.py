"""A proposal or run as a tree in plain text, for terminals: at most 100 columns, one line for each task.

A task stands below the last of the tasks and inputs it uses; ``+`` names the others.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeAlias

from ..plans import Plan
from ..values import NoExpert, Outcome, Proposal
from .palette import state_of, state_words
from .words import columns, count, done_by, fit, listed, model_name, one_line, place, where

WIDTH = 100
_DEEPEST = 8
_LEAST_NAME, _LEAST_MODEL = 16, 24


def text_tree(proposal: Proposal, outcomes: Mapping[str, Outcome] | None = None, *, longest: int = 200) -> str:
    """Return the tree.

    Parameters
    ----------
    proposal
        The plan and its assignments; without assignments the models are left out.
    outcomes
        How tasks ended; ``None``: nothing has run.
    longest
        How many lines at most; the last one says how many tasks are not shown.
    """
    plan = proposal.plan
    rows = [_row(branch, proposal, outcomes) for branch in _branches(plan)]
    shown = rows if len(rows) <= longest else rows[: longest - 1]
    widths = _widths(shown)
    lines = ["  ".join(fit(cell, width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in shown]
    if len(shown) < len(rows):
        lines.append(f"… and {count(len(rows) - len(shown), 'more line')}")
    return "\n".join(lines)


def _widths(rows: Sequence[Row]) -> list[int]:
    """The columns each cell gets: states and types what they need, names most of the rest, models what is left."""
    name, kind, model, state = (max((columns(row[i]) for row in rows), default=0) for i in range(4))
    room = WIDTH - 6 - kind - state
    name = min(name, max(room - min(model, _LEAST_MODEL), _LEAST_NAME))
    return [name, kind, min(model, max(0, room - name)), state]


Row: TypeAlias = tuple[str, str, str, str]
Branch: TypeAlias = tuple[str, str, Sequence[str]]
"""What stands before the name, the name, and what else it uses."""


def _branches(plan: Plan) -> list[Branch]:
    """Every input and task once, depth first."""
    position = {name: i for i, name in enumerate((*plan.inputs, *(task.id for task in plan.in_order)))}
    below: dict[str, list[str]] = {name: [] for name in position}
    others: dict[str, Sequence[str]] = {}
    roots = list(plan.inputs)
    for task in plan.in_order:
        sources = sorted({*(r.name for r in task.references), *task.after}, key=position.__getitem__)
        (below[sources[-1]] if sources else roots).append(task.id)
        others[task.id] = sources[:-1]
    branches: list[Branch] = []
    waiting = [("", "", name) for name in reversed(roots)]
    while waiting:
        before, mark, name = waiting.pop()
        branches.append((before + mark, name, others.get(name, ())))
        indent = before + {"": "", "├─ ": "│  ", "└─ ": "   "}[mark]
        if len(indent) > 3 * _DEEPEST:
            indent = indent[3:]
        children = below[name]
        marks = ["├─ "] * (len(children) - 1) + ["└─ "] * bool(children)
        waiting += [(indent, m, child) for m, child in reversed(list(zip(marks, children, strict=True)))]
    return branches


def _row(branch: Branch, proposal: Proposal, outcomes: Mapping[str, Outcome] | None) -> Row:
    before, name, others = branch
    plan = proposal.plan
    if name in plan.inputs:
        return f"{before}@{one_line(name)}", str(plan.inputs[name]), "", ""
    task, assignment, outcome = plan.by_id[name], proposal.assignments.get(name), (outcomes or {}).get(name)
    extra = f" + {listed(others)}" if others else ""
    if isinstance(assignment, NoExpert):
        model = ""
    else:
        candidate = done_by(assignment, outcome) if assignment else None
        model = f"{model_name(candidate)} ({where(candidate) if outcomes else place(candidate)})" if candidate else ""
    state = state_of(name, proposal.assignments, outcomes)
    said = f"{state.mark} {state_words(state, outcome)}" if state else ""
    return f"{before}{name}{extra}", task.type, model, said
