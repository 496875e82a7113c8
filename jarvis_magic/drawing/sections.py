"""The pieces that the pages of proposals and runs have in common, and how a page is kept within its bound."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar

from ..plans import Plan
from ..values import Assignment, Candidate, NoExpert, Outcome, Proposal
from . import markup
from .layout import WIDEST, layout
from .palette import NO_EXPERT
from .svg import alt_text, data_uri, svg
from .words import as_asked, count, cut, escape, listed, model_name, one_line, place, says, where

T = TypeVar("T")

LARGEST = 250_000
"""Bytes of HTML in a saved cell; the plain text beside it has the rest of 300 kB."""
_ROOMS = (220_000, 120_000, 60_000, 30_000, 12_000)
MOST_ROWS = 40
_SMALLEST_SCALE = 0.7
"""How far a graph is made smaller to fit the page before it scrolls instead, so that its words can be read."""
_WIDEST_READABLE = 4_000
_CHOSEN_BY = {"user": "you chose it", "controller": "the controller chose it", "lock": "from the lock file"}


def fitted(build: Callable[[int], str]) -> str:
    """The page with the most room that stays within `LARGEST` bytes as a notebook writes it."""
    for room in _ROOMS:
        page = build(room)
        if len(json.dumps(page, ensure_ascii=False).encode()) <= LARGEST:
            break
    return page


def page(*sections: str) -> str:
    """Put sections together as one page."""
    return f'<div style="max-width:{WIDEST + 20}px;line-height:1.45">{"".join(sections)}</div>'


def request(plan: Plan, room: int) -> str:
    """The request, as it was asked."""
    said = escape(cut(as_asked(plan.request).strip(), min(1_000, room // 20)))
    style = f"border-left:3px solid {markup.LINE};padding:2px 0 2px 10px;margin:4px 0 10px 0;white-space:pre-wrap"
    return f'<div style="{style};overflow-wrap:break-word">{said}</div>' if said else ""


def graph(proposal: Proposal, outcomes: Mapping[str, Outcome] | None, room: int) -> str:
    """The graph as a picture; it scrolls where it would be too small to read. A picture that takes half the room is left out."""
    if not proposal.plan.tasks:
        return ""
    source = data_uri(svg(proposal, outcomes))
    if len(source) > room // 2:
        return ""
    readable = round(_SMALLEST_SCALE * layout(proposal.plan).width)
    least = f";min-width:{readable}px" if readable <= _WIDEST_READABLE else ""
    drawn = markup.image(source, alt_text(proposal, outcomes), f"height:auto;display:block{least}")
    return f'<div style="overflow:auto;max-height:720px;margin:4px 0">{drawn}</div>'


def no_experts(proposal: Proposal, room: int, answer: str = "") -> str:
    """The tasks that no expert can do here, why, and what is skipped with them, as far as the answer does not say it."""

    def line(lacking: NoExpert) -> str:
        waiting = proposal.plan.dependents(lacking.task_id)
        behind = f" Skipped with it: {cut(listed(waiting), 200)}." if waiting else ""
        said = markup.sentence(cut(one_line(lacking.reason), 500) + behind)
        return f"{markup.chip(NO_EXPERT, 'no expert here yet')} {markup.code(lacking.task_id)} {said}"

    lacking = [a for a in proposal.assignments.values() if isinstance(a, NoExpert) and not says(answer, a.reason)]
    return lines(line, lacking, room)


def lines(line: Callable[[T], str], tasks: Sequence[T], room: int) -> str:
    """A line for each task, as far as their share of the room goes, then how many more there are."""
    shown = tasks[: max(3, min(20, room // 8_000))]
    rows = "".join(f'<div style="margin:6px 0;overflow-wrap:break-word">{line(task)}</div>' for task in shown)
    return rows + more(len(tasks) - len(shown), "task")


def notes(notes: Sequence[str]) -> str:
    """Sentences for the user."""
    if not notes:
        return ""
    shown = [markup.sentence(cut(one_line(note), 400)) for note in notes[:12]]
    return markup.heading("Notes") + markup.bullets(shown) + more(len(notes) - len(shown), "note")


def more(hidden: int, noun: str) -> str:
    """How many more there are."""
    return markup.small(f"and {count(hidden, f'more {noun}')}") if hidden > 0 else ""


def model(candidate: Candidate, *, ran: bool = True) -> str:
    """An expert model, and where it ran or will run."""
    return f"{escape(model_name(candidate))}<br>{markup.faint(where(candidate) if ran else place(candidate))}"


def reason(assignment: Assignment) -> str:
    """Why a model was chosen, and by whom."""
    parts = [one_line(assignment.reason), _CHOSEN_BY.get(assignment.chosen_by, "")]
    return escape(cut("; ".join(part for part in parts if part), 240))
