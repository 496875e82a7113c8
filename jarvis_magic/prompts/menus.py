"""The task types that a controller may plan with, in few words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from jarvis_magic.kinds import Kind
from jarvis_magic.task_types import OPTIONS_PORT, TASK_TYPES, Port, TaskType
from jarvis_magic.values import Menu, Request
from jarvis_magic.wellformed import takes

_SHORTEST = 30
"""The shortest line on what experts are good at that is worth its place, in characters."""
_ENDINGS = ("-control", "-text-to-image")
"""What the names of the two large families of types end in."""


def menu_text(menu: Menu, request: Request, room: int) -> str:
    """The runnable task types that a request's inputs can lead to, grouped by what they take and give.

    What the experts of a type are good at is said as far as there is room.
    """
    reachable = _reachable(menu, request)
    groups: dict[str, dict[str, list[str]]] = {}
    for task_type in reachable:
        ports = ", ".join(map(_port, (port for port in task_type.ports if port != OPTIONS_PORT)))
        groups.setdefault(ports, {}).setdefault(task_type.output, []).append(task_type.name)
    lines = [
        f"({ports}): " + "; ".join(f"{family(names)} → {output}" for output, names in outputs.items())
        for ports, outputs in groups.items()
    ]
    each = (room - sum(map(len, lines))) // max(1, len(reachable))
    for task_type in reachable:
        said = menu.runnable[task_type.name]
        if said and each >= _SHORTEST:
            lines.append(f"{task_type.name}: {said}"[:each])
    return "\n".join(lines)


def _port(port: Port) -> str:
    implied = port.name in (port.kind, f"{port.kind.base}s") or port.kind in ("text", "number") or port.name == "labels"
    return port.name + ("?" if port.optional else "") + ("" if implied else f": {port.kind}")


def family(names: Sequence[str]) -> str:
    """Names in a row, those of one family in one pair of braces: ``{canny,hed}-control``."""
    alone = [name for name in names if name == "text-to-image" or not name.endswith(_ENDINGS)]
    together = []
    for ending in _ENDINGS:
        members = [name.removesuffix(ending) for name in names if name.endswith(ending) and name not in alone]
        together += [f"{{{','.join(members)}}}{ending}"] if members else []
    return ", ".join([*alone, *together])


_LEADS_TO: Mapping[str, frozenset[str]] = {"video": frozenset({"image", "audio"}), "masks": frozenset({"image"})}
"""What parts of a value are of, where they are of another kind: a video's frames and sound, a mask's picture."""


_FED_BY: Mapping[str, frozenset[str]] = {"table": frozenset({"table", "json"})}
"""Which kinds are worth planning for, where a port could take more: labels are a table, but hardly one to ask."""

_ORDER = {name: position for position, name in enumerate(TASK_TYPES)}


def _reachable(menu: Menu, request: Request) -> list[TaskType]:
    """The runnable task types whose ports the inputs, or what can be made of them, may fill."""
    at_hand = {
        "text",
        "number",
        *(resource.kind.base for resource in (*request.inputs.values(), *request.offered.values())),
    }
    at_hand |= {"json"} if at_hand & {"json", "table"} else set()
    waiting = [TASK_TYPES[name] for name in menu.runnable if name in TASK_TYPES]
    found: list[TaskType] = []
    while True:
        at_hand |= {part for kind in at_hand for part in _LEADS_TO.get(kind, ())}
        ready = [task_type for task_type in waiting if _can_be_filled(task_type, at_hand)]
        if not ready:
            return sorted(found, key=lambda task_type: _ORDER[task_type.name])
        found += ready
        at_hand |= {task_type.output.base for task_type in ready}
        waiting = [task_type for task_type in waiting if task_type not in ready]


def _can_be_filled(task_type: TaskType, at_hand: set[str]) -> bool:
    needed = (port.kind for port in task_type.ports if not port.optional)
    return all(any(takes(port, Kind(kind)) for kind in _FED_BY.get(port, at_hand) & at_hand) for port in needed)
