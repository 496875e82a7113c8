"""Values, plans and runs in plain text, for terminals and for viewers that show no HTML."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ..kinds import Box, Label, Mask, Missing, Token, Unread
from ..plans import Plan
from ..values import Failure, NoExpert, Proposal, Resource, Run, Skipped, Success
from .lacks import lacking_lines
from .trees import WIDTH, text_tree
from .words import (
    as_asked,
    clean,
    columns,
    corners,
    count,
    cut,
    fit,
    json_text,
    number,
    one_line,
    percent,
    run_notes,
    says,
    seconds,
    unescaped,
    used,
)

_LONGEST = 2_000
_LONGEST_PAGE = 12_000
_SHOWN = 10


def value_text(resource: Resource, longest: int = _LONGEST) -> str:
    """Return a value in plain text, at most about `longest` characters."""
    return cut(_text(resource.value, resource.kind.depth, resource.kind.base), longest)


def value_line(resource: Resource, longest: int = 80) -> str:
    """Return a value in one line, cut with …."""
    return cut(one_line(value_text(resource, 4 * longest)), longest)


def _text(value: Any, depth: int, base: str) -> str:
    if isinstance(value, Missing):
        return f"(no value: {one_line(value.reason)})"
    if isinstance(value, Unread):
        return f"({one_line(value.name)}, not read yet)"
    if depth:
        shown = [f"[{i}] {_text(item, depth - 1, base)}" for i, item in enumerate(value[:_SHOWN])]
        return "\n".join(shown + _more(len(value) - len(shown))) or "(empty list)"
    return clean(_of_kind(value, base))


def _of_kind(value: Any, base: str) -> str:
    match base:
        case "text":
            return str(value)
        case "image":
            return f"<image {value.width} × {value.height} pixels>"
        case "table":
            return _table(value)
        case "answer":
            return f"{value.answer}" + (f"  (score {percent(value.score)})" if value.score < 1 else "")
        case "vector":
            return f"<vector of {count(len(value), 'number')}: {', '.join(f'{n:.3f}' for n in value[:5])}{', …' if len(value) > 5 else ''}>"
        case "number":
            return number(value)
        case "json":
            return json_text(value)
        case "audio" | "video":
            return repr(value)
    lines = [f"{percent(found.score):>6}  {_finding(found)}" for found in value[:_SHOWN]]
    return "\n".join([*lines, *_more(len(value) - len(lines))]) or "(nothing found)"


def _finding(found: Label | Box | Mask | Token) -> str:
    match found:
        case Box():
            return f"{one_line(found.label)}  {corners(found)}"
        case Token():
            return f"{one_line(found.label)}: {one_line(found.text)}"
    return one_line(found.label) or "region"


def _more(hidden: int) -> list[str]:
    return [f"… and {number(hidden)} more"] if hidden > 0 else []


def _table(value: Any) -> str:
    rows, wide = value.shape
    part = value.iloc[:_SHOWN, :8]
    cells = [[one_line(name) for name in part.columns]]
    cells += [[cut(one_line(cell), 24) for cell in row] for row in part.itertuples(index=False, name=None)]
    widths = [max(columns(row[i]) for row in cells) for i in range(len(part.columns))]
    lines = ["  ".join(fit(c, w) for c, w in zip(row, widths, strict=True)).rstrip() for row in cells]
    return "\n".join([*lines, f"[{count(rows, 'row')}, {count(wide, 'column')}]"])


def plan_text(plan: Plan) -> str:
    """Return a plan in plain text: the request, the tree, its notes."""
    return proposal_text(Proposal(plan))


def proposal_text(proposal: Proposal) -> str:
    """Return a proposal in plain text: the request, the tree with its models, what has no expert, notes."""
    plan = proposal.plan
    missing = [
        f"{task_id}: {one_line(a.reason)}" for task_id, a in proposal.assignments.items() if isinstance(a, NoExpert)
    ]
    return _page(
        cut(as_asked(plan.request), 600),
        text_tree(proposal) or "(no tasks: answered as chat)",
        _block("No expert here yet", missing),
        _block("Notes", plan.notes),
    )


def run_text(run: Run, bound: Mapping[str, str] | None = None, *, shows_results: bool = True) -> str:
    """Return a run in plain text: the request, the answer, the tree with states, results, what failed, what was bound;
    a sentence that the answer says is not said again.

    ``bound`` are the variables that were bound, and what each holds; see `run_html`.
    """
    outcomes = run.outcomes
    ended = [o for o in outcomes.values() if isinstance(o, Success | Failure)]
    took = max((o.started + o.seconds for o in ended), default=0.0)
    results = [
        f"{task_id} = {value_line(outcome.resource, WIDTH - len(task_id) - 3)}"
        for task_id, outcome in outcomes.items()
        if isinstance(outcome, Success)
    ]
    answer = cut(clean(run.response), 4_000) if shows_results else ""
    ill = {i: o.sentence for i, o in outcomes.items() if isinstance(o, Failure | Skipped)}
    troubles = [f"{i}: {one_line(sentence)}" for i, sentence in ill.items() if not says(answer, sentence)]
    names = [f"{one_line(variable)} ({one_line(what)})" for variable, what in (bound or {}).items()]
    page = _page(
        cut(as_asked(run.plan.request), 600),
        text_tree(Proposal(run.plan, run.assignments), outcomes, longest=40),
        unescaped(answer),
        _block("Results", results if shows_results else [], 30),
        _block("Not done", troubles, 12),
        _block("Items without a value", lacking_lines(run), 12),
        _block("Notes", [note for note in run_notes(run) if not says(answer, note)], 12),
        "; ".join([*([f"Took {seconds(took)}"] if ended else []), *used(run.usage)]),
        f"Bound: {cut(', '.join(names), 1_000)}" if names else "",
    )
    return cut(page, _LONGEST_PAGE)


def _block(title: str, lines: Sequence[str], longest: int = 20) -> str:
    shown = [f"  {cut(one_line(line), 300)}" for line in lines[:longest]]
    more = [f"  {line}" for line in _more(len(lines) - len(shown))]
    return "\n".join([f"{title}:", *shown, *more]) if lines else ""


def _page(*blocks: str) -> str:
    return "\n\n".join(block.strip("\n") for block in blocks if block)
