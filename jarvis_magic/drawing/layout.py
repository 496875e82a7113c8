"""Where each task, input and output of a plan is drawn, and the routes between them.

`ordering` says in which rank and at which slot each shape stands; here slots become pixels and routes. A layout is a pure
function of the plan's graph and of the lengths of its names: the same in every process, for drafts too, and cached.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from typing import Literal, TypeAlias

from ..plans import Draft, Plan, own_outputs
from ..references import whole_reference
from .ordering import Part, connected_parts
from .words import drawn_width, one_line

Role: TypeAlias = Literal["input", "task", "output"]
Direction: TypeAlias = Literal["down", "right"]

MARGIN = 16
TASK_HEIGHT = 68
PILL_HEIGHT = 32
ICON_ROOM = 58
BADGE_RISE = 4.0
"""Pixels that the badge of a state stands above its task."""
WIDEST = 980
"""Pixels a layout tries to stay within: the width of a notebook's output area."""

_NARROWEST_TASK, _WIDEST_TASK = 232, 300
_GAP_ALONG = {"down": 40, "right": 52}
_GAP_ACROSS = 28
_GAP_OF_ROUTES = 14


@dataclass(frozen=True)
class Shape:
    """Something drawn: its key, role and name, and the rectangle it takes, in pixels from the top left.

    The key is the name of a task or input, and ``=`` and the name of an output.
    """

    key: str
    role: Role
    name: str
    x: float = 0
    y: float = 0
    width: float = 0
    height: float = 0


@dataclass(frozen=True)
class Route:
    """A line from one shape to another, by keys; ``order`` if it carries no data."""

    source: str
    target: str
    order: bool
    points: tuple[tuple[float, float], ...]
    direction: Direction

    @property
    def path(self) -> str:
        """The line as the ``d`` of an SVG path."""
        return "".join(self.strokes)

    @cached_property
    def strokes(self) -> tuple[str, ...]:
        """The line in pieces, each a path of its own; routes that share bends share pieces."""
        return tuple(self._stroke(a, b) for a, b in itertools.pairwise(self.points))

    def _stroke(self, start: tuple[float, float], stop: tuple[float, float]) -> str:
        (x, y), (to_x, to_y) = start, stop
        if round(x) == round(to_x) or round(y) == round(to_y):
            return f"M{x:.0f} {y:.0f}L{to_x:.0f} {to_y:.0f}"
        if self.direction == "down":
            middle = (y + to_y) / 2
            return f"M{x:.0f} {y:.0f}C{x:.0f} {middle:.0f} {to_x:.0f} {middle:.0f} {to_x:.0f} {to_y:.0f}"
        middle = (x + to_x) / 2
        return f"M{x:.0f} {y:.0f}C{middle:.0f} {y:.0f} {middle:.0f} {to_y:.0f} {to_x:.0f} {to_y:.0f}"


@dataclass(frozen=True)
class Layout:
    """A drawn plan: its size in pixels, its shapes in the plan's order (inputs, tasks, outputs), and its routes."""

    width: float
    height: float
    direction: Direction
    shapes: tuple[Shape, ...]
    routes: tuple[Route, ...]

    @cached_property
    def by_key(self) -> Mapping[str, Shape]:
        """The shapes by key."""
        return {shape.key: shape for shape in self.shapes}


Edge: TypeAlias = tuple[str, str, bool]


def layout(plan: Plan | Draft, direction: Direction | None = None, widest: int = WIDEST) -> Layout:
    """Return where everything of a plan or draft is drawn.

    Parameters
    ----------
    plan
        References of a draft to what is not there are left out; in a circle, one route points back.
    direction
        ``"down"`` or ``"right"``; ``None`` takes what fits `widest` and is less high.
    widest
        Pixels to stay within where the graph allows it.
    """
    shapes = tuple(_shapes(plan))
    edges = tuple(_edges(plan, {shape.key for shape in shapes}))
    directions: tuple[Direction, ...] = (direction,) if direction else ("right", "down")
    return min((_arranged(shapes, edges, d, widest) for d in directions), key=lambda found: _worth(found, widest))


def _worth(found: Layout, widest: int) -> tuple[float, float]:
    """What counts against a layout: first width that does not fit, then height."""
    return max(0.0, found.width - widest), found.height


def named_outputs(plan: Plan | Draft) -> dict[str, str]:
    """The outputs that are drawn: variable to the name it refers to, unless every task just binds its own id."""
    if dict(plan.outputs) == own_outputs(plan.tasks):
        return {}
    references = {variable: whole_reference(written) for variable, written in plan.outputs.items()}
    return {variable: reference.name for variable, reference in references.items() if reference}


def _shapes(plan: Plan | Draft) -> Iterable[Shape]:
    task_width = _task_width(plan)
    for name in plan.inputs:
        yield Shape(name, "input", name, width=_pill_width(f"@{name}", task_width), height=PILL_HEIGHT)
    for task_id in plan.by_id:
        yield Shape(task_id, "task", task_id, width=task_width, height=TASK_HEIGHT)
    for variable in named_outputs(plan):
        yield Shape(f"={variable}", "output", variable, width=_pill_width(variable, task_width), height=PILL_HEIGHT)


def _task_width(plan: Plan | Draft) -> int:
    """One width for all tasks: the longest name or type decides, within bounds."""
    longest = max((max(drawn_width(t.id, 13, mono=True), drawn_width(t.type, 11)) for t in plan.tasks), default=0.0)
    return round(min(_WIDEST_TASK, max(_NARROWEST_TASK, longest + ICON_ROOM + 16)) / 2) * 2


def _pill_width(name: str, widest: int) -> int:
    return round(min(widest, drawn_width(one_line(name), 12, mono=True) + 54) / 2) * 2


def _edges(plan: Plan | Draft, keys: set[str]) -> Iterable[Edge]:
    seen: set[tuple[str, str]] = set()
    data = [(reference.name, task.id, False) for task in plan.by_id.values() for reference in task.references]
    order = [(before, task.id, True) for task in plan.by_id.values() for before in task.after]
    bound = [(name, f"={variable}", False) for variable, name in named_outputs(plan).items()]
    for source, target, kind in (*data, *order, *bound):
        # An edge from a shape to itself ends the whole process inside fast-sugiyama, and means nothing in a drawing.
        if source in keys and source != target and (source, target) not in seen:
            seen.add((source, target))
            yield source, target, kind


@dataclass(frozen=True)
class _Block:
    """A part in pixels, from (0, 0) on: the centres of its shapes and bends, and from where to where each rank goes."""

    part: Part
    centres: Mapping[str, tuple[float, float]]
    bands: Mapping[int, tuple[float, float]]
    width: float
    height: float


@lru_cache(maxsize=128)
def _arranged(shapes: tuple[Shape, ...], edges: tuple[Edge, ...], direction: Direction, widest: int) -> Layout:
    by_key = {shape.key: shape for shape in shapes}
    parts = connected_parts(tuple(by_key), tuple((source, target) for source, target, _ in edges))
    blocks = [_block(part, by_key, direction) for part in parts]
    offsets, width, height = _shelve(blocks, widest)
    home = {key: i for i, block in enumerate(blocks) for key in block.part.ranks if key in by_key}
    centres = {key: _moved(blocks[i].centres[key], offsets[i]) for key, i in home.items()}
    drawn = tuple(replace(s, x=centres[s.key][0] - s.width / 2, y=centres[s.key][1] - s.height / 2) for s in shapes)
    placed = {shape.key: shape for shape in drawn}
    routes = []
    for source, target, order in edges:
        block, offset = blocks[home[source]], offsets[home[source]]
        bends = [_moved(point, offset) for point in _bend_points(block, source, target, direction)]
        ends = _leaving(placed[source], direction), _entering(placed[target], direction)
        routes.append(Route(source, target, order, (ends[0], *bends, ends[1]), direction))
    return Layout(width, height, direction, drawn, tuple(routes))


# Pixels ----------------------------------------------------------------------------------------------------------


def _block(part: Part, shapes: Mapping[str, Shape], direction: Direction) -> _Block:
    """Turn slots and ranks into pixels; "across" and "along" are x and y where the plan runs down."""

    def sides(key: str) -> tuple[float, float]:
        if key not in shapes:
            return _GAP_OF_ROUTES, 0
        shape = shapes[key]
        return (shape.width, shape.height) if direction == "down" else (shape.height, shape.width)

    rows = part.rows
    across = _across(rows, part.slots, {key: sides(key)[0] for key in part.slots})
    first = min(across[key] - sides(key)[0] / 2 for key in across)
    last = max(across[key] + sides(key)[0] / 2 for key in across)
    centres: dict[str, tuple[float, float]] = {}
    bands: dict[int, tuple[float, float]] = {}
    depth = 0.0
    for row in rows:
        thick = max(sides(key)[1] for key in row)
        bands[part.ranks[row[0]]] = (depth, depth + thick)
        centres |= {key: _turned(across[key] - first, depth + thick / 2, direction) for key in row}
        depth += thick + _GAP_ALONG[direction]
    width, height = _turned(last - first, depth - _GAP_ALONG[direction], direction)
    return _Block(part, centres, bands, width, height)


def _across(rows: Sequence[Sequence[str]], slots: Mapping[str, float], sides: Mapping[str, float]) -> dict[str, float]:
    """Where each shape and bend stands across: at its slot, and never nearer to its neighbour than the gap.

    (fast-sugiyama now and then gives two neighbours the same slot.)
    """
    slot = max(sides.values()) + _GAP_ACROSS
    across: dict[str, float] = {}
    for row in rows:
        free = float("-inf")
        for key in row:
            gap = _GAP_OF_ROUTES if key.startswith("~") else _GAP_ACROSS
            across[key] = max(slots[key] * slot, free + sides[key] / 2)
            free = across[key] + sides[key] / 2 + gap
    return across


def _turned(across: float, along: float, direction: Direction) -> tuple[float, float]:
    return (across, along) if direction == "down" else (along, across)


def _moved(point: tuple[float, float], offset: tuple[float, float]) -> tuple[float, float]:
    return point[0] + offset[0], point[1] + offset[1]


def _bend_points(block: _Block, source: str, target: str, direction: Direction) -> Iterable[tuple[float, float]]:
    """Two points for each bend, so that the line passes straight between the shapes of that rank."""
    for key in block.part.bends.get((source, target), ()):
        across = block.centres[key][0 if direction == "down" else 1]
        for along in block.bands[block.part.ranks[key]]:
            yield _turned(across, along, direction)


def _leaving(shape: Shape, direction: Direction) -> tuple[float, float]:
    if direction == "down":
        return shape.x + shape.width / 2, shape.y + shape.height
    return shape.x + shape.width, shape.y + shape.height / 2


def _entering(shape: Shape, direction: Direction) -> tuple[float, float]:
    if direction == "down":
        return shape.x + shape.width / 2, shape.y
    return shape.x, shape.y + shape.height / 2


def _shelve(blocks: Sequence[_Block], widest: int) -> tuple[list[tuple[float, float]], float, float]:
    """Stand the blocks beside each other, and below where a row is full; return where, and the size of the whole."""
    offsets: list[tuple[float, float]] = []
    x, y = float(MARGIN), MARGIN + BADGE_RISE
    row_height = right = 0.0
    for block in blocks:
        if x > MARGIN and x + block.width + MARGIN > widest:
            x, y, row_height = float(MARGIN), y + row_height + _GAP_ACROSS, 0.0
        offsets.append((x, y))
        right = max(right, x + block.width)
        x += block.width + _GAP_ACROSS
        row_height = max(row_height, block.height)
    return offsets, right + MARGIN, y + row_height + MARGIN
