"""Predictions scored against labels, for all requests and by the shape of their plans."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from ..errors import UsageError
from .cases import Case
from .metrics import argument_f1, edit_distance, link_f1, node_f1, shape


@dataclass(frozen=True)
class Scores:
    """How well predictions fit labels; everything is between 0 and 1, and better when higher, but for ``edit_distance``.

    Parameters
    ----------
    requests
        How many were scored.
    nodes, links
        Micro-F1 over the sets of nodes, and over the sets of links.
    arguments
        Micro-F1 over arguments with their values, where labels have tasks; else ``None``.
    edit_distance
        Mean of the edit distance between the node sequences, divided by the longer.
    shapes
        The paper's figures for "single", "sequential" and "graph" plans.
    """

    requests: int
    nodes: float
    links: float
    arguments: float | None
    edit_distance: float
    shapes: Mapping[str, ShapeScores]


@dataclass(frozen=True)
class ShapeScores:
    """The paper's figures for plans of one shape: exact plans; precision, recall and F1 of task types, averaged over requests; edit distance."""

    requests: int
    accuracy: float
    precision: float
    recall: float
    f1: float
    edit_distance: float


def score(predicted: Iterable[Case], labels: Iterable[Case]) -> Scores:
    """Score predictions against labels by id; a label without a prediction counts as an empty one.

    Raises
    ------
    UsageError
        If there is no label.
    """
    by_id = {case.id: case for case in predicted}
    pairs = [(by_id.get(label.id, Case(label.id)), label) for label in labels]
    if not pairs:
        msg = "There are no labels to score against."
        raise UsageError(msg)
    shapes: dict[str, list[tuple[Case, Case]]] = {}
    for pair in pairs:
        shapes.setdefault(shape(pair[1]), []).append(pair)
    return Scores(
        len(pairs),
        node_f1((p.nodes, label.nodes) for p, label in pairs),
        link_f1((p.links, label.links) for p, label in pairs),
        argument_f1(pairs) if all(label.tasks is not None for _, label in pairs) else None,
        _mean(edit_distance(p.nodes, label.nodes) for p, label in pairs),
        {name: _shape_scores(shapes[name]) for name in ("none", "single", "sequential", "graph") if name in shapes},
    )


def _shape_scores(pairs: Sequence[tuple[Case, Case]]) -> ShapeScores:
    exact = [Counter(p.nodes) == Counter(label.nodes) and set(p.links) == set(label.links) for p, label in pairs]
    both = [(set(p.nodes), set(label.nodes)) for p, label in pairs]
    precision = _mean(len(p & w) / len(p) if p else float(not w) for p, w in both)
    recall = _mean(len(p & w) / len(w) if w else float(not p) for p, w in both)
    f1 = _mean(2 * len(p & w) / (len(p) + len(w)) if p or w else 1.0 for p, w in both)
    return ShapeScores(
        len(pairs), _mean(exact), precision, recall, f1, _mean(edit_distance(p.nodes, w.nodes) for p, w in pairs)
    )


def _mean(values: Iterable[float]) -> float:
    found = list(values)
    return sum(found) / len(found)


def report(scores: Scores) -> str:
    """The scores as a table for people."""
    arguments = "" if scores.arguments is None else f"   argument F1 {scores.arguments:.4f}"
    lines = [
        f"requests {scores.requests}   n-F1 {scores.nodes:.4f}   e-F1 {scores.links:.4f}{arguments}   edit distance {scores.edit_distance:.4f}",
        f"{'':12}{'requests':>9}{'accuracy':>10}{'precision':>10}{'recall':>10}{'F1':>10}{'edit dist.':>11}",
    ]
    for name, s in scores.shapes.items():
        figures = "".join(f"{value:10.4f}" for value in (s.accuracy, s.precision, s.recall, s.f1))
        lines.append(f"{name:12}{s.requests:9}{figures}{s.edit_distance:11.4f}")
    return "\n".join(lines)
