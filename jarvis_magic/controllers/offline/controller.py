"""The embedded controller: plans, selects and responds without a language model."""

# ruff: noqa: ARG002  (the protocol's arguments; this controller needs fewer)

from __future__ import annotations

import contextlib
import re
from collections.abc import Mapping
from typing import Any

from ...contracts import OpenChoices
from ...conversions import medium_seen
from ...errors import UsageError
from ...events import Drafted, Emit, ResponseGrew
from ...kinds import Kind
from ...plans import Draft, Plan
from ...references import Key, Reference, kind_at, references_in, unescape, value_at
from ...values import Choice, Menu, Outcome, Request
from .drafting import Columns, Drafting
from .makers import MAKERS
from .moods import is_code
from .reading import Reading, read
from .remarks import chat_answer, is_about_itself, remarks
from .summary import compose

MOST_CLASSES = 20
"""A column of more different whole numbers than this is one of numbers, not of classes."""

_ROWS_SEEN = 10_000
_ROWS_LOOKED_AT, _COLUMNS_LOOKED_AT = 100, 100


CODE = (
    "This reads like code, and none of it is run; to have it worked on, keep it as text in a variable and say what to do with it, "
    "for example: explain @code."
)
"""What is said to pasted code."""


class OfflineController:
    """Plans by rules in milliseconds, the same every time, and says what it did not understand."""

    name = "offline"

    async def plan(self, request: Request, menu: Menu, emit: Emit) -> Plan:
        """Turn a request into a plan; one without tasks carries the answer in its notes."""
        offered = {name: resource.kind for name, resource in request.offered.items()}
        plan = plan_text(request.text, request.kinds, offered, _columns(request), _seen(request))
        emit(Drafted(plan.draft()))
        return plan

    async def select(self, plan: Plan, open_choices: OpenChoices, emit: Emit) -> Mapping[str, Choice]:
        """Leave every choice to the ranking."""
        return {}

    async def respond(self, request: Request, plan: Plan, outcomes: Mapping[str, Outcome], emit: Emit) -> str:
        """Compose the answer from the plan and the results."""
        answer = compose(plan, outcomes)
        emit(ResponseGrew(answer))
        return answer


def plan_text(
    text: str,
    kinds: Mapping[str, Kind],
    offered: Mapping[str, Kind] | None = None,
    columns: Mapping[str, Columns] | None = None,
    seen: Mapping[str, Kind] | None = None,
) -> Plan:
    """Plan a request, given the kinds of its inputs and of the earlier results it may use, and what their values tell."""
    if is_code(text) and not any(reference.name in kinds for reference in references_in(text, kinds)):
        return Plan(text, notes=[CODE])
    if is_about_itself(text):
        offered = None
    reading = read(text, {**(offered or {}), **kinds}, seen)
    drafting, draft = _drafted(reading, kinds, offered or {}, columns)
    while draft.problems:
        draft = _without_problems(draft)
    notes = [*draft.notes, *remarks(drafting, drafting.division)]
    if not draft.tasks and not draft.notes and not drafting.division.unwanted:
        notes = [*notes, chat_answer(drafting.reading)]
    return Plan(text, draft.inputs, draft.tasks, notes=[unescape(note) for note in dict.fromkeys(notes)])


def _drafted(
    reading: Reading,
    kinds: Mapping[str, Kind],
    offered: Mapping[str, Kind],
    columns: Mapping[str, Columns] | None,
) -> tuple[Drafting, Draft]:
    """The plan of a request as drafted; a new id hides an earlier result that is offered and not used."""
    drafting = Drafting(reading, kinds, MAKERS, offered, columns)
    draft = drafting.draft()
    used = {name: kind for name, kind in offered.items() if name in draft.inputs}
    if any(re.sub(r"_\d+$", "", task.id) in offered.keys() - used.keys() for task in draft.tasks):
        return _drafted(reading, kinds, used, columns)
    return drafting, draft


def _columns(request: Request) -> dict[str, Columns]:
    """The columns of each table of a request: whether they hold numbers, rather than a few classes."""
    tables = {name: resource.value for name, resource in request.inputs.items() if hasattr(resource.value, "iloc")}
    return {
        name: {str(column): _is_measured(table.iloc[:_ROWS_SEEN, i]) for i, column in enumerate(table.columns)}
        for name, table in tables.items()
    }


def _seen(request: Request) -> dict[str, Kind]:
    """Which references into tables and objects lead to pictures, sounds or videos, or to their names."""
    found: dict[str, Kind | None] = {}
    for reference in references_in(request.text, request.inputs):
        resource = request.inputs.get(reference.name)
        with contextlib.suppress(UsageError):  # one that leads nowhere is told where it is planned
            if resource and kind_at(resource.kind, reference.path).base == "json":
                found[str(reference)] = medium_seen(value_at(resource.value, reference.path))
    for name, resource in request.inputs.items():
        if hasattr(resource.value, "iloc"):
            rows = resource.value.iloc[:_ROWS_LOOKED_AT, :_COLUMNS_LOOKED_AT]
            paths = {column: (Key(str(column)),) for column in rows.columns}
            found |= {str(Reference(name, path)): medium_seen(list(rows[column])) for column, path in paths.items()}
    return {written: kind for written, kind in found.items() if kind}


def _is_measured(column: Any) -> bool:
    return column.dtype.kind == "f" or (column.dtype.kind in "iu" and column.nunique() > MOST_CLASSES)


def _without_problems(draft: Draft) -> Draft:
    """The draft without the tasks that are not well formed, and a note for each."""
    wrong = {problem.task for problem in draft.problems}
    kept = [task for task in draft.tasks if task.id not in wrong]
    used = {reference.name for task in kept for reference in task.references}
    inputs = {name: kind for name, kind in draft.inputs.items() if name in used}
    notes = [*draft.notes, *(problem.sentence for problem in draft.problems)]
    return Draft(draft.request, inputs, kept, notes=notes)
