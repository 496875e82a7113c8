"""The graph of a proposal or run as one SVG picture on its own opaque card, which stays legible on any theme.

Shape, mark and word say what colour says too. Large plans are drawn with less in each shape, so that the picture stays
small: first everything, then names only, then plain shapes.
"""

from __future__ import annotations

import base64
import math
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass

from ..plans import Plan
from ..references import kind_at
from ..task_types import TASK_TYPES
from ..values import NoExpert, Outcome, Proposal
from .icons import symbol
from .layout import ICON_ROOM, TASK_HEIGHT, Layout, Route, Shape, layout
from .palette import CARDS, NO_EXPERT, SKIPPED, STATES, Card, State, Theme, kind_colour, state_of, state_words
from .words import count, cut, cut_to_width, done_by, drawn_width, escape, listed, model_name, one_line, place, where

MONO = "ui-monospace,SFMono-Regular,Menlo,Consolas,'Liberation Mono','DejaVu Sans Mono',monospace"
SANS = "system-ui,-apple-system,'Segoe UI',Roboto,'Noto Sans','Liberation Sans',Arial,sans-serif"
LARGEST = 75_000
"""Characters from which on a picture is drawn with less; base64 adds a third."""
_SMALLER = 8


@dataclass(frozen=True)
class _Scene:
    """What is drawn: a proposal, how each task stands, and the colours."""

    proposal: Proposal
    outcomes: Mapping[str, Outcome] | None
    running: Collection[str]
    theme: Theme

    @property
    def card(self) -> Card:
        return CARDS[self.theme]

    def state(self, task_id: str) -> State | None:
        return state_of(task_id, self.proposal.assignments, self.outcomes, self.running)

    def kind(self, shape: Shape) -> str:
        """The base kind whose icon a shape carries."""
        if shape.role == "task":
            return TASK_TYPES[self.proposal.plan.by_id[shape.key].type].output.base
        if shape.role == "input":
            return self.proposal.plan.inputs[shape.key].base
        reference = self.proposal.plan.output_references[shape.name]
        return kind_at(self.proposal.plan.kinds[reference.name], reference.path).base


def svg(
    proposal: Proposal,
    outcomes: Mapping[str, Outcome] | None = None,
    *,
    running: Collection[str] = (),
    theme: Theme = "light",
) -> str:
    """Return the graph as an SVG document.

    Parameters
    ----------
    proposal
        The plan and its assignments; without assignments, the plan alone is drawn.
    outcomes
        How tasks ended; ``None``: nothing has run, and no state is shown but "no expert".
    running
        The ids of the tasks that run now.
    theme
        The colours of the card.
    """
    scene = _Scene(proposal, outcomes, running, theme)
    drawn = layout(proposal.plan)
    for draw, scale in ((_full, 1), (_named, 1), (_plain, _SMALLER)):
        picture = _document(round(drawn.width / scale), round(drawn.height / scale), theme, draw(drawn, scene))
        if len(picture) <= LARGEST:
            break
    return picture


def data_uri(picture: str) -> str:
    """An SVG document as a data URI."""
    return "data:image/svg+xml;base64," + base64.b64encode(picture.encode()).decode()


def alt_text(proposal: Proposal, outcomes: Mapping[str, Outcome] | None = None, longest: int = 600) -> str:
    """The graph in words, for those who do not see it."""
    plan = proposal.plan
    said = [f"Graph of {count(len(plan.tasks), 'task')}."]
    for task in plan.in_order[:20]:
        sources = listed(list(dict.fromkeys(f"{reference.name}" for reference in task.references)))
        state = state_of(task.id, proposal.assignments, outcomes)
        words = f", {state_words(state, (outcomes or {}).get(task.id))}" if state else ""
        said.append(f"{task.id}: {task.type}{f' from {sources}' if sources else ''}{words}.")
    return cut(one_line(" ".join(said)), longest)


def _document(width: int, height: int, theme: Theme, body: str) -> str:
    card = CARDS[theme]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}">'
        f"<style>{_style(theme)}</style>"
        f'<rect x=".5" y=".5" width="{width - 1}" height="{height - 1}" rx="10" fill="{card.ground}" '
        f'stroke="{card.line}"/>{body}</svg>'
    )


def _style(theme: Theme) -> str:
    card = CARDS[theme]
    states = "".join(
        f".s{number}{{fill:{ink}}}.g{number}{{fill:{ground};stroke:{ink}}}.e{number}{{stroke:{ink}}}"
        for number, (ink, ground) in enumerate(state.colours(theme) for state in STATES)
    )
    return (
        f"text{{font:11px {SANS};fill:{card.faint}}}.n{{font:600 13px {MONO};fill:{card.ink}}}"
        f".p{{font:12px {MONO};fill:{card.ink}}}.b{{font:600 10.5px {SANS}}}"
        f".t{{fill:{card.box};stroke:{card.line};stroke-width:1.2}}.i{{fill:{card.input};stroke:{card.line}}}"
        f".o{{fill:{card.box};stroke:{card.faint}}}.r{{fill:none;stroke:{card.route};stroke-width:1.3}}"
        f".a{{fill:{card.route}}}{states}.w{{stroke-width:1.6}}.d{{stroke-dasharray:5 4}}"
    )


# Everything -------------------------------------------------------------------------------------------------------


def _full(drawn: Layout, scene: _Scene) -> str:
    kinds = sorted({scene.kind(shape) for shape in drawn.shapes})
    symbols = f"<defs>{''.join(map(symbol, kinds))}</defs>" if kinds else ""
    draw: Mapping[str, Callable[[Shape, _Scene], str]] = {"task": _task, "input": _input, "output": _output}
    return symbols + _routes(drawn.routes) + "".join(draw[shape.role](shape, scene) for shape in drawn.shapes)


def _routes(routes: Iterable[Route]) -> str:
    """All lines as one path for data, one for order, and one for the heads; what routes share is drawn once."""
    data: dict[str, None] = {}
    order: dict[str, None] = {}
    heads: dict[str, None] = {}
    for route in routes:
        (order if route.order else data).update(dict.fromkeys(route.strokes))
        heads[_head(route)] = None
    return (
        f'<path class="r" d="{"".join(data)}"/><path class="r d" d="{"".join(order)}"/>'
        f'<path class="a" d="{"".join(heads)}"/>'
    )


def _head(route: Route) -> str:
    x, y = route.points[-1]
    if route.direction == "down":
        return f"M{x:.0f} {y:.0f}l-3.5-7h7z"
    return f"M{x:.0f} {y:.0f}l-7-3.5v7z"


def _task(shape: Shape, scene: _Scene) -> str:
    task, state = scene.proposal.plan.by_id[shape.key], scene.state(shape.key)
    x, y, kind = round(shape.x), round(shape.y), scene.kind(shape)
    colour, room = kind_colour(kind, scene.theme), shape.width - ICON_ROOM - 10
    outline = f"t w e{STATES.index(state)}{' d' if state in (NO_EXPERT, SKIPPED) else ''}" if state else "t"
    lines = [line for line in (task.type, _runs_by(shape.key, scene, room)) if line]
    first = y + 41 if len(lines) == 1 else y + 33
    return (
        f'<rect class="{outline}" x="{x}" y="{y}" width="{shape.width:.0f}" height="{shape.height:.0f}" rx="10"/>'
        f'<rect x="{x + 11}" y="{y + 16}" width="36" height="36" rx="9" fill="{colour}" fill-opacity=".13"/>'
        f'<use href="#i-{kind}" x="{x + 18}" y="{y + 23}" width="22" height="22" color="{colour}"/>'
        + _text("n", x + ICON_ROOM, first - 9, cut_to_width(shape.name, room, 13, mono=True))
        + "".join(
            _text("", x + ICON_ROOM, first + 8 + 16 * i, cut_to_width(said, room, 11)) for i, said in enumerate(lines)
        )
        + (_badge(shape, state, scene) if state else "")
    )


def _runs_by(task_id: str, scene: _Scene, pixels: float) -> str:
    """The model and where it runs; of a name too long, the owner goes first, then the end."""
    assignment = scene.proposal.assignments.get(task_id)
    if assignment is None:
        return ""
    if isinstance(assignment, NoExpert):
        return "no expert here yet"
    candidate = done_by(assignment, (scene.outcomes or {}).get(task_id))
    runs = f" · {where(candidate) if scene.outcomes else place(candidate)}"
    room = max(pixels - drawn_width(runs, 11), pixels / 2)
    name = model_name(candidate)
    if drawn_width(name, 11) > room:
        name = name.rpartition("/")[2]
    return cut_to_width(cut_to_width(name, room, 11) + runs, pixels, 11)


def _badge(shape: Shape, state: State, scene: _Scene) -> str:
    """The state on the upper edge of its task: mark and word, and how long it took."""
    words = f"{state.mark} {state_words(state, (scene.outcomes or {}).get(shape.key))}"
    width = round(drawn_width(words, 10.5)) + 14
    x, y, number = round(shape.x + shape.width) - width - 10, round(shape.y) - 9, STATES.index(state)
    return (
        f'<rect class="g{number}" x="{x}" y="{y}" width="{width}" height="17" rx="8.5"/>'
        f'<text class="b s{number}" x="{x + width / 2:g}" y="{y + 12.3:g}" text-anchor="middle">{escape(words)}</text>'
    )


def _input(shape: Shape, scene: _Scene) -> str:
    """A pill: what comes in."""
    return _pill(shape, scene, "i", shape.height / 2, f"@{shape.name}")


def _output(shape: Shape, scene: _Scene) -> str:
    """A flag: the variable that is bound."""
    x, y, width, half = round(shape.x), round(shape.y), round(shape.width), round(shape.height / 2)
    flag = f'<path class="o" d="M{x} {y}h{width - 10}l10 {half}l-10 {half}h-{width - 10}z"/>'
    return flag + _pill_text(shape, scene, shape.name)


def _pill(shape: Shape, scene: _Scene, style: str, radius: float, name: str) -> str:
    x, y = round(shape.x), round(shape.y)
    rect = (
        f'<rect class="{style}" x="{x}" y="{y}" width="{shape.width:.0f}" height="{shape.height:.0f}" rx="{radius:g}"/>'
    )
    return rect + _pill_text(shape, scene, name)


def _pill_text(shape: Shape, scene: _Scene, name: str) -> str:
    x, y, kind = round(shape.x), round(shape.y), scene.kind(shape)
    colour = kind_colour(kind, scene.theme)
    icon = f'<use href="#i-{kind}" x="{x + 10}" y="{y + 7}" width="18" height="18" color="{colour}"/>'
    return icon + _text("p", x + 34, y + 20.5, cut_to_width(one_line(name), shape.width - 44, 12, mono=True))


def _text(style: str, x: float, y: float, words: str) -> str:
    named = f' class="{style}"' if style else ""
    return f'<text{named} x="{x:g}" y="{y:g}">{escape(words)}</text>' if words else ""


# Less -------------------------------------------------------------------------------------------------------------


def _named(drawn: Layout, scene: _Scene) -> str:
    """Shapes with the mark of their state and their name."""
    said = []
    for shape in drawn.shapes:
        state = scene.state(shape.key) if shape.role == "task" else None
        words = one_line(f"{state.mark} {shape.name}" if state else shape.name)
        fitting = cut_to_width(words, shape.width - 20, 13, mono=True)
        said.append(_text("n", round(shape.x + 12), round(shape.y + shape.height / 2 + 4), fitting))
    return _boxes(drawn, scene) + _routes(drawn.routes) + "".join(said)


def _boxes(drawn: Layout, scene: _Scene) -> str:
    """The rectangles, one path for all of a state."""
    paths: dict[str, list[str]] = {}
    for shape in drawn.shapes:
        state = scene.state(shape.key) if shape.role == "task" else None
        style = f"g{STATES.index(state)}" if state else "i" if shape.role == "input" else "t"
        width, height = round(shape.width), round(shape.height)
        paths.setdefault(style, []).append(f"M{shape.x:.0f} {shape.y:.0f}h{width}v{height}h-{width}z")
    return "".join(f'<path class="{style}" d="{"".join(found)}"/>' for style, found in paths.items())


def _plain(drawn: Layout, scene: _Scene) -> str:
    """A small picture without a word: bars, one path for all of a state, and straight lines, the shortest first."""
    bars: dict[str, list[str]] = {}
    for shape in drawn.shapes:
        state = scene.state(shape.key) if shape.role == "task" else None
        colour = state.colours(scene.theme)[0] if state else scene.card.route
        x, y = round(shape.x / _SMALLER), round((shape.y + shape.height / 2) / _SMALLER)
        bars.setdefault(colour, []).append(f"M{x} {y}h{shape.width / _SMALLER:.0f}")
    lines: dict[str, None] = {}
    room = LARGEST // 2
    for route in sorted(drawn.routes, key=lambda route: math.dist(route.points[0], route.points[-1])):
        ends = (f"{x / _SMALLER:.0f} {y / _SMALLER:.0f}" for x, y in (route.points[0], route.points[-1]))
        line = f"M{'L'.join(ends)}"
        room -= len(line)
        if room < 0:
            break
        lines[line] = None
    return f'<path class="r" d="{"".join(lines)}"/>' + "".join(
        f'<path stroke="{colour}" stroke-width="{TASK_HEIGHT // _SMALLER}" d="{"".join(found)}"/>'
        for colour, found in bars.items()
    )


def plan_svg(plan: Plan, *, theme: Theme = "light") -> str:
    """Return the graph of a plan alone."""
    return svg(Proposal(plan), theme=theme)
