"""A request as a graph of the benchmark's tools: the rules' reading and the learned model's, put together.

Nodes are the tools the model finds likely enough; it knows what the rules have planned. Links are scored pair by pair, by
which tools they are, what these take and give, which is asked for first, and whether the rules link them; the likeliest
are kept that make no circle.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from ...kinds import Kind
from .drafting import Drafting
from .learned import Signals, signals
from .makers import MAKERS
from .reading import read
from .taskbench import GIVES, TAKES, TOOLS, tool_of

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

WEIGHTS = Path(__file__).with_name("weights.npz")
LINK_BUCKETS = 1 << 14
LIKELY_NODE = 0.35
JOINING_LINK, LIKELY_LINK = 0.27, 0.45
"""How likely a link is that joins two parts of the graph, and one within a part: 98 of 100 graphs have one way between any two tools."""
_KIN = {
    "Visual Question Answering": "asked", "Document Question Answering": "asked", "Question Answering": "asked",
    "Image Editing": "edited", "Image-to-Image": "edited", "Tabular Classification": "classed", "Image Classification": "classed",
}  # fmt: skip


@dataclass(frozen=True)
class Graph:
    """Tools in the order they are asked for, and links from one whose result another uses."""

    nodes: tuple[str, ...]
    links: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Weights:
    """The learned model: weights by bucket and tool of both classifiers, with their biases, and those of links."""

    clause: Floats
    clause_bias: Floats
    whole: Floats
    whole_bias: Floats
    link: Floats
    link_bias: float


@dataclass(frozen=True)
class View:
    """A request as both see it: the rules' draft, with the place of each tool they planned and the pairs they linked, and the signals."""

    signals: Signals
    places: Mapping[str, int]
    linked: frozenset[tuple[str, str]]


def graph_of(text: str, kinds: Mapping[str, Kind]) -> Graph:
    """Return the graph of a request, given the kinds of its inputs."""
    return graph_in(view_of(text, kinds), load_weights())


def graph_in(view: View, weights: Weights) -> Graph:
    """Return the graph of a request that has been read."""
    clauses = clause_logits(view.signals, weights)
    chances = chance_of_each(view.signals, clauses, weights)
    likely = [tool for tool in TOOLS if chances[tool] >= LIKELY_NODE] or [max(TOOLS, key=chances.__getitem__)]
    order = in_order(view, likely, clauses)
    scored = []
    for source, target, features in link_features(view, order, clauses):
        chance = _sigmoid(sum(weights.link[b] * w for b, w in features.items()) + weights.link_bias)
        score = chance * min(1.0, 1.3 * chances[source]) * min(1.0, 1.3 * chances[target])
        if score >= JOINING_LINK:
            scored.append((score, source, target))
    return Graph(tuple(order), tuple(_grown(sorted(scored, reverse=True))))


def view_of(text: str, kinds: Mapping[str, Kind]) -> View:
    """Read a request by the rules, and what the model reads of it."""
    reading = read(text, kinds)
    drafting = Drafting(reading, kinds, MAKERS, assume=True)
    draft = drafting.draft()
    tools = {task.id: tool_of(task) for task in draft.tasks}
    places: dict[str, int] = {}
    for name, tool in tools.items():
        places.setdefault(tool, drafting.places[name])
        places.setdefault(_KIN.get(tool, tool), drafting.places[name])
    linked = {
        (_kin(tools[r.name]), _kin(tools[task.id])) for task in draft.tasks for r in task.references if r.name in tools
    }
    return View(signals(reading, drafting), places, frozenset(linked))


def _kin(tool: str) -> str:
    return _KIN.get(tool, tool)


@cache
def load_weights() -> Weights:
    """Read the weights: plain arrays of small integers with a scale for each tool, no pickles."""
    import numpy as np

    with np.load(WEIGHTS, allow_pickle=False) as stored:
        clause, whole = (stored[name].astype(np.float32) * stored[f"{name}_scale"] for name in ("clause", "whole"))
        return Weights(
            clause, stored["clause_bias"], whole, stored["whole_bias"], stored["link"], float(stored["link_bias"])
        )


def clause_logits(found: Signals, weights: Weights) -> Floats:
    """How much each clause asks for each tool: (clauses, tools)."""
    import numpy as np

    rows = [np.array(list(c.values())) @ weights.clause[list(c)] + weights.clause_bias for c in found.clauses]
    return np.array(rows, dtype=np.float64)


def chance_of_each(found: Signals, clauses: Floats, weights: Weights) -> dict[str, float]:
    """How likely each tool is."""
    import numpy as np

    nowhere = np.exp(-np.logaddexp(0, clauses).sum(axis=0))
    whole = found.whole
    words = np.array(list(whole.values())) @ weights.whole[list(whole)] + weights.whole_bias
    logit = 0.5 * _logit(1 - nowhere) + 0.5 * _logit(1 / (1 + np.exp(-words)))
    return dict(zip(TOOLS, (1 / (1 + np.exp(-logit))).tolist(), strict=True))


def _logit(chance: Floats) -> Floats:
    import numpy as np

    clipped = np.clip(chance, 1e-4, 1 - 1e-4)
    return np.log(clipped / (1 - clipped))


def _sigmoid(logit: float) -> float:
    from math import exp

    return 1 / (1 + exp(-max(-50.0, min(50.0, logit))))


def in_order(view: View, tools: Sequence[str], clauses: Floats) -> list[str]:
    """The tools in the order the request asks for them: where the rules saw them, or in the clause the model finds likeliest."""

    def place(tool: str) -> int:
        known = view.places.get(tool, view.places.get(_kin(tool)))
        return known if known is not None else view.signals.places[int(clauses[:, TOOLS.index(tool)].argmax())][0]

    return sorted(tools, key=lambda tool: (place(tool), TOOLS.index(tool)))


def link_features(view: View, order: Sequence[str], clauses: Floats) -> Iterator[tuple[str, str, dict[int, float]]]:
    """Each pair of tools in question, and the features of a link from the first to the second."""
    earlier = _earlier(order, clauses)
    soft = sorted(order, key=lambda tool: sum(earlier[other, tool] for other in order if other != tool))
    for source in order:
        for target in order:
            if source != target:
                named = dict(_pair(view, order, soft, source, target, earlier[source, target]))
                yield (
                    source,
                    target,
                    {zlib.crc32(name.encode()) % LINK_BUCKETS: weight for name, weight in named.items()},
                )


def _earlier(tools: Sequence[str], clauses: Floats) -> dict[tuple[str, str], float]:
    """How likely one tool is asked for before another, from how the model spreads them over the clauses."""
    import numpy as np

    spread = 1 / (1 + np.exp(-clauses))
    spread /= spread.sum(axis=0, keepdims=True)
    before = np.cumsum(spread, axis=0) - 0.5 * spread
    column = {tool: TOOLS.index(tool) for tool in tools}
    return {(a, b): float(spread[:, column[b]] @ before[:, column[a]]) for a in tools for b in tools if a != b}


def _pair(
    view: View, order: Sequence[str], soft: Sequence[str], source: str, target: str, earlier: float
) -> Iterator[tuple[str, float]]:
    fits = bool(GIVES[source] & TAKES[target])
    few = min(len(order), 6)
    yield f"{source} > {target}", 1.0
    yield f"from {source}", 1.0
    yield f"to {target}", 1.0
    yield f"fits {fits}", 1.0
    yield f"of {few} fits {fits}", 1.0
    yield f"earlier {fits}", earlier
    yield f"earlier to {target}", earlier
    for name, row in (("rules", order), ("model", soft)):
        step = max(-3, min(4, row.index(target) - row.index(source)))
        low, high = sorted((row.index(source), row.index(target)))
        between = min(3, sum(bool(GIVES[tool] & TAKES[target]) for tool in row[low + 1 : high]))
        yield f"{name} step {step}", 1.0
        yield f"{name} step {step} fits {fits}", 1.0
        yield f"{name} step {step} of {few}", 1.0
        yield f"{name} between {between} {step > 0} {fits}", 1.0
        yield f"{name} first {row.index(source) == 0} {row.index(target) == 0}", 1.0
        if step == 1:
            yield f"{name} next to {target}", 1.0
            yield f"{name} next from {source}", 1.0
    pair = (_kin(source), _kin(target))
    known = source in view.places, target in view.places
    yield f"known {known}", 1.0
    yield f"linked {pair in view.linked}", 1.0
    yield f"linked otherwise {pair not in view.linked and any(b == pair[1] for _, b in view.linked)}", 1.0


def _grown(scored: Sequence[tuple[float, str, str]]) -> Iterator[tuple[str, str]]:
    """The links, best first: those that join two parts, and likely ones within a part that close no circle."""
    reached: dict[str, set[str]] = {}
    parts: dict[str, set[str]] = {}
    for score, source, target in scored:
        left, right = parts.get(source, {source}), parts.get(target, {target})
        if source not in reached.get(target, ()) and (left != right or score >= LIKELY_LINK):
            parts |= dict.fromkeys(left | right, left | right)
            onward = {target} | reached.get(target, set())
            for tool in [source, *(t for t, found in reached.items() if source in found)]:
                reached.setdefault(tool, set()).update(onward)
            yield source, target
