"""In which rank each shape of a graph stands, and where in its rank, so that few routes cross.

Ranks are ours: as far down as the longest way to it, and what nothing leads to stands just above what needs it. Long
edges get a bend in every rank they cross, and the edges of one source share them, as lines of a bundle. The order within
ranks is fast-sugiyama's.
"""

from __future__ import annotations

import itertools
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

_MOST_BENDS = 8_000
"""Through how many bends all routes together go; beyond, the longest go straight."""


@dataclass(frozen=True)
class Part:
    """A connected part: the slot across and the rank along of its shapes and bends, and the bends of its long edges."""

    slots: Mapping[str, float]
    ranks: Mapping[str, int]
    bends: Mapping[tuple[str, str], Sequence[str]]

    @cached_property
    def rows(self) -> Sequence[Sequence[str]]:
        """The keys of each rank, from the first slot to the last."""
        rows: dict[int, list[str]] = defaultdict(list)
        for key in sorted(self.slots, key=lambda key: (self.slots[key], key)):
            rows[self.ranks[key]].append(key)
        return [rows[rank] for rank in sorted(rows)]


@lru_cache(maxsize=128)
def connected_parts(keys: tuple[str, ...], edges: tuple[tuple[str, str], ...]) -> tuple[Part, ...]:
    """Divide a graph into its connected parts, in the order of their first shapes.

    Parameters
    ----------
    keys
        The shapes, in the order they should be read.
    edges
        From key to key; none leads to its own source, for that would end the whole process inside fast-sugiyama.
    """
    ranks = _ranks(keys, edges)
    bends = _bends(edges, ranks)
    steps = list(dict.fromkeys(step for edge, between in bends.items() for step in _steps(edge, between)))
    position = {key: i for i, key in enumerate(keys)}
    laid_out = [_part(slots, ranks, bends, position) for slots in _slots(steps)]
    connected = {key for part in laid_out for key in part.ranks}
    alone = [Part({key: 0.0}, {key: 0}, {}) for key in keys if key not in connected]
    return tuple(sorted((*laid_out, *alone), key=lambda part: min(position[k] for k in part.ranks if k in position)))


def _ranks(keys: Sequence[str], edges: Sequence[tuple[str, str]]) -> dict[str, int]:
    """How many edges lead to each shape on the longest way; what has none before it stands just above what needs it.

    What stands in a circle, or behind one, stays at the top.
    """
    after: dict[str, list[str]] = defaultdict(list)
    for source, target in edges:
        after[source].append(target)
    waiting = Counter(target for _, target in edges)
    ranks = dict.fromkeys(keys, 0)
    ready = [key for key in keys if not waiting[key]]
    first = len(ready)
    for key in ready:  # it grows as we go
        for target in after[key]:
            ranks[target] = max(ranks[target], ranks[key] + 1)
            waiting[target] -= 1
            ready += [] if waiting[target] else [target]
    for key in ready[:first]:
        ranks[key] = max(0, min((ranks[target] for target in after[key]), default=1) - 1)
    return ranks


def _bends(edges: Sequence[tuple[str, str]], ranks: Mapping[str, int]) -> dict[tuple[str, str], Sequence[str]]:
    """The bends of each edge that leads down, one for every rank between; the edges of one source share them.

    Where there would be too many, the longest edges are left out, and go straight.
    """
    spans = {edge: ranks[edge[1]] - ranks[edge[0]] for edge in edges}
    bends: dict[tuple[str, str], Sequence[str]] = {}
    room = _MOST_BENDS
    for edge in sorted((edge for edge in edges if spans[edge] > 0), key=lambda edge: spans[edge]):
        room -= spans[edge] - 1
        if room < 0:
            break
        source = edge[0]
        bends[edge] = [f"~{source}/{rank}" for rank in range(ranks[source] + 1, ranks[edge[1]])]
    return bends


def _steps(edge: tuple[str, str], between: Sequence[str]) -> Iterable[tuple[str, str]]:
    way = [edge[0], *between, edge[1]]
    return itertools.pairwise(way)


def _slots(steps: Sequence[tuple[str, str]]) -> Iterable[dict[str, float]]:
    """Where fast-sugiyama puts everything across, in slots, by connected part.

    Names become dense numbers in their order of appearance, so that the result is the same in every process.
    """
    from fast_sugiyama import from_edges

    keys = list(dict.fromkeys(key for step in steps for key in step))
    numbers = {key: i for i, key in enumerate(keys)}
    found = from_edges([(numbers[a], numbers[b]) for a, b in steps], vertex_spacing=100) if steps else []
    for positions, *_ in found:
        yield {keys[int(n)]: x / 100 for n, (x, _) in sorted(positions) if int(n) < len(keys)}


def _part(
    slots: Mapping[str, float],
    ranks: Mapping[str, int],
    bends: Mapping[tuple[str, str], Sequence[str]],
    position: Mapping[str, int],
) -> Part:
    own = {key: ranks[key] if key in ranks else int(key.rpartition("/")[2]) for key in slots}
    part = Part(slots, own, bends)
    return Part({key: -slot for key, slot in slots.items()}, own, bends) if _is_mirrored(part, position) else part


def _is_mirrored(part: Part, position: Mapping[str, int]) -> bool:
    """Whether more neighbours stand against the order of the keys than with it."""
    against = 0
    for row in part.rows:
        named = [position[key] for key in row if key in position]
        against += sum(1 if left > right else -1 for left, right in itertools.pairwise(named))
    return against > 0
