"""The results of a run as cards with their views, which share the room there is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TypeAlias

from ..errors import UsageError
from ..kinds import Kind, Missing
from ..references import Part, kind_at, value_at, whole_reference
from ..values import Outcome, Resource, Run, Success
from . import markup, sections
from .icons import picture
from .palette import kind_colour
from .svg import data_uri
from .texts import value_line
from .values import value_html
from .words import cut, escape, one_line

_LEAST_ROOM = 2_500
_MOST_CARDS = 40
_APPETITE = {"audio": 6, "video": 8, "image": 3, "boxes": 3, "masks": 3}
"""How much more room than others a kind is given."""

Found: TypeAlias = tuple[str, str, Resource]
"""A result that is bound: its variable, the task it comes from, and the value."""


def results(run: Run, inputs: Mapping[str, Resource], room: int) -> str:
    """The outputs as cards with their views, as far as there is room; then in a line each; then their number."""
    found = list(_outputs(run))
    if not found:
        return ""
    cards = _cards(run, found[:_MOST_CARDS], inputs, room - 1_000)
    left = room - sum(map(len, cards.values()))
    in_lines = [item for item in found if item[0] not in cards]
    rest = [
        f"{markup.code(variable)} {escape(value_line(resource))}"
        for variable, _, resource in in_lines[: max(5, min(60, left // 400))]
    ]
    more = sections.more(len(in_lines) - len(rest), "result")
    in_order = "".join(cards[variable] for variable, *_ in found if variable in cards)
    flow = f'<div style="display:flex;flex-wrap:wrap;gap:10px;align-items:stretch">{in_order}</div>'
    return markup.heading("Results") + (flow if cards else "") + (markup.bullets(rest) if rest else "") + more


def _cards(run: Run, found: Sequence[Found], inputs: Mapping[str, Resource], room: int) -> dict[str, str]:
    """A card for each result by its variable, while there is room: first what needs little, media share what is left."""
    appetite = {
        variable: _APPETITE.get(resource.kind.base, 1) * (1 + resource.kind.depth) for variable, _, resource in found
    }
    waiting = sum(appetite.values())
    cards: dict[str, str] = {}
    for variable, source, resource in sorted(found, key=lambda item: appetite[item[0]]):
        share = room * appetite[variable] // waiting
        waiting -= appetite[variable]
        if share < _LEAST_ROOM:
            continue
        view = value_html(resource, name=variable, about=_about(run, source, inputs), room=share - 1_300)
        cards[variable] = _card(variable, resource, view, run.outcomes[source])
        room -= len(cards[variable])
    return cards


def _outputs(run: Run) -> Iterable[Found]:
    """The outputs that have a value: variable, the task it comes from, and the value."""
    for variable, reference in run.plan.output_references.items():
        outcome = run.outcomes.get(reference.name)
        if isinstance(outcome, Success):
            yield variable, reference.name, _referred(outcome.resource, reference.path)


def _referred(resource: Resource, path: Sequence[Part]) -> Resource:
    """What a path leads to in a value; an item that is not there is missing, and says so."""
    kind = kind_at(resource.kind, path)
    try:
        return Resource(kind, value_at(resource.value, path))
    except UsageError as error:
        return Resource(kind, Missing(str(error)))


def _card(variable: str, resource: Resource, view: str, outcome: Outcome) -> str:
    style = f"flex:1 1 280px;max-width:520px;min-width:0;border:1px solid {markup.LINE};border-radius:10px;padding:10px 12px"
    model = one_line(outcome.model).removeprefix("toolbox/") if isinstance(outcome, Success) else ""
    what = " · ".join(word for word in (str(resource.kind), model) if word)
    head = f"{_icon(resource.kind)} {markup.code(variable)} {markup.faint(cut(what, 120))}"
    return f'<div style="{style}"><div style="margin-bottom:6px">{head}</div>{view}</div>'


def _icon(kind: Kind) -> str:
    source = data_uri(picture(kind.base, kind_colour(kind.base, "light")))
    style = "width:20px;height:20px;box-sizing:border-box;vertical-align:text-bottom;background-color:#ffffff;border-radius:4px;padding:2px"
    return markup.image(source, "", style)


def _about(run: Run, task_id: str, inputs: Mapping[str, Resource]) -> Resource | None:
    """What a task's findings are about: the value its ``image`` or ``text`` was, where that is at hand."""
    task = run.plan.by_id[task_id]
    for port in ("image", "text"):
        written = task.arguments.get(port)
        reference = whole_reference(written) if isinstance(written, str) else None
        if reference is None:
            continue
        outcome = run.outcomes.get(reference.name)
        source = outcome.resource if isinstance(outcome, Success) else inputs.get(reference.name)
        if source is not None:
            return _referred(source, reference.path)
    return None
