"""Train the offline planner's learned model on the public TaskBench benchmark, and measure it by cross-validation.

    python scripts/train_planner.py REQUESTS.jsonl            # 5-fold cross-validation, then train on all and write the weights
    python scripts/train_planner.py REQUESTS.jsonl --measure  # cross-validation only

REQUESTS.jsonl is TaskBench's Hugging Face domain: one object a line with `request`, `nodes` and `links`. A label outside the
23 tools is read as the nearest of them where its words say which, for training only; scores are taken on the others. Folds
keep near-duplicate requests together. Needs scikit-learn (and the SciPy it brings).
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import scipy.sparse as sp
from scipy.optimize import minimize
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.multiclass import OneVsRestClassifier

from jarvis_magic.controllers.offline import graphs
from jarvis_magic.controllers.offline.learned import BUCKETS, Signals
from jarvis_magic.controllers.offline.taskbench import TOOLS
from jarvis_magic.evaluation import inputs_named, link_f1, node_f1

OUTSIDE = {
    "Audio-to-Audio": r"audio.?enhance|speech enhance|(?:audio|speech) quality|noise",
    "Automatic Speech Recognition": r"transcri|(?:audio|speech).?to.?text",
    "Text-to-Speech": r"text-to-(?:audio|speech)",
    "Text-to-Video": r"video",
    "Text-to-Image": r"text-to-(?:image|visual)|image creation|based image",
    "Summarization": r"summar",
    "Sentence Similarity": r"similarity|comparison",
    "Tabular Classification": r"tabular|table",
    "Image-to-Text": r"ocr|image.to.text|text extraction|image text",
    "Object Detection": r"object.?(?:detect|recogn|identif)|image annotation",
    "Audio Classification": r"(?:audio|speech) emotion|audio.*classif",
    "Image Segmentation": r"segment",
    "Image Classification": r"(?:object|image).*(?:classif|categor)",
    "Image-to-Image": r"style|image.?(?:enhance|to.image|quality|transform|process)",
    "Image Editing": r"image (?:modif|recolor|custom|compos|overlay)|colou?r adjust",
    "Token Classification": r"entit|token|sentiment|extraction|annotate",
    "Text Generation": r"paraphras|story|text generation|creative",
    "Conversational": r"conversation|response",
}
"""Words of labels outside the 23 tools, by the nearest tool; the first that fits counts."""
FOLDS = 5
SEEN = 2  # a feature counts if this many requests have it


@dataclass(frozen=True)
class Example:
    """A labelled request and how the planner sees it; ``inside`` says that its labels were within the 23 tools."""

    request: str
    nodes: tuple[str, ...]
    links: frozenset[tuple[str, str]]
    view: graphs.View
    inside: bool


def examples(path: Path) -> list[Example]:
    """Read the labelled requests; those with a label that is no tool, and near none, are left out."""
    found = []
    for line in path.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        tools = {label: nearest(label) for label in row["nodes"]}
        if all(tools.values()):
            view = graphs.view_of(*inputs_named(row["request"]))
            links = {(tools.get(a) or "", tools.get(b) or "") for a, b in row["links"]}
            nodes = tuple(dict.fromkeys(tools[label] or "" for label in row["nodes"]))
            found.append(Example(row["request"], nodes, frozenset(links), view, set(row["nodes"]) <= set(TOOLS)))
    return found


def nearest(label: str) -> str | None:
    """The tool a label names, or is nearest to."""
    if label in TOOLS:
        return label
    return next((tool for tool, words in OUTSIDE.items() if re.search(words, label, re.IGNORECASE)), None)


def folds(rows: Sequence[Example]) -> np.ndarray:
    """The fold of each request; near duplicates (cosine above 0.7 of word pairs) share one."""
    texts = TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True).fit_transform(row.request.lower() for row in rows)
    near = sp.csr_matrix(texts @ texts.T > 0.7)
    count, group = sp.csgraph.connected_components(near, directed=False)
    sizes = np.bincount(group, minlength=count)
    order = np.random.default_rng(0).permutation(count)
    fold_of, filled = np.zeros(count, int), np.zeros(FOLDS, int)
    for one in sorted(order, key=lambda g: -sizes[g]):
        fold_of[one] = filled.argmin()
        filled[filled.argmin()] += sizes[one]
    return fold_of[group]


def matrix(rows: Sequence[dict[int, float]], width: int = BUCKETS) -> sp.csr_matrix:
    """Rows of features as a sparse matrix."""
    starts = np.cumsum([0, *(len(row) for row in rows)])
    return sp.csr_matrix(
        ([w for row in rows for w in row.values()], [b for row in rows for b in row], starts), shape=(len(rows), width)
    )


def train_clauses(
    found: Sequence[Signals], wanted: np.ndarray, penalty: float = 1.5, rounds: int = 120
) -> tuple[np.ndarray, np.ndarray]:
    """Train the clause classifier: a tool is wanted of a request as likely as of at least one of its clauses."""
    clauses = matrix([clause for one in found for clause in one.clauses])
    owner = np.repeat(np.arange(len(found)), [len(one.clauses) for one in found])
    group = sp.csr_matrix((np.ones(len(owner)), (owner, np.arange(len(owner)))), shape=(len(found), len(owner)))
    used = np.flatnonzero(np.asarray(((group @ clauses) > 0).sum(axis=0)).ravel() >= SEEN)
    rows = clauses[:, used].tocsr()
    columns, ungroup = rows.T.tocsr(), group.T.tocsr()
    tools = wanted.shape[1]

    def loss(flat: np.ndarray) -> tuple[float, np.ndarray]:
        weights, bias = flat[:-tools].reshape(len(used), tools), flat[-tools:]
        logits = rows @ weights + bias
        log_none = np.minimum(group @ -np.logaddexp(0, logits), -1e-9)
        some = -np.expm1(log_none)
        value = -(wanted * np.log(some) + (1 - wanted) * log_none).sum() + penalty * (weights**2).sum()
        slope = (ungroup @ ((1 - wanted) - wanted * np.exp(log_none) / some)) / (1 + np.exp(-logits))
        return value, np.concatenate([(columns @ slope + 2 * penalty * weights).ravel(), slope.sum(axis=0)])

    start = np.zeros(len(used) * tools + tools)
    start[-tools:] = -4.0
    best = minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": rounds}).x
    weights = np.zeros((BUCKETS, tools))
    weights[used] = best[:-tools].reshape(len(used), tools)
    return weights, best[-tools:]


def train_whole(found: Sequence[Signals], wanted: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Train the classifier of requests as a whole."""
    rows = matrix([one.whole for one in found])
    seen = np.asarray((rows > 0).sum(axis=0)).ravel() >= SEEN
    model = OneVsRestClassifier(LogisticRegression(C=30, solver="liblinear")).fit(
        rows @ sp.diags(seen.astype(float)), wanted
    )
    return np.vstack([one.coef_[0] for one in model.estimators_]).T, np.array(
        [one.intercept_[0] for one in model.estimators_]
    )


def train_links(rows: Sequence[Example], clauses: Sequence[np.ndarray]) -> tuple[np.ndarray, float]:
    """Train the scorer of links on the right nodes, with clause logits from folds that did not see the request."""
    pairs: list[dict[int, float]] = []
    linked: list[bool] = []
    for row, logits in zip(rows, clauses, strict=True):
        order = graphs.in_order(row.view, row.nodes, logits)
        for source, target, features in graphs.link_features(row.view, order, logits):
            pairs.append(features)
            linked.append((source, target) in row.links)
    model = LogisticRegression(C=0.3, max_iter=3000).fit(matrix(pairs, graphs.LINK_BUCKETS), linked)
    return model.coef_[0], float(model.intercept_[0])


def train(rows: Sequence[Example], held: Sequence[np.ndarray] | None = None) -> graphs.Weights:
    """Train everything; ``held`` are clause logits of models that did not see their request."""
    wanted = np.array([[tool in row.nodes for tool in TOOLS] for row in rows], float)
    found = [row.view.signals for row in rows]
    clause, clause_bias = train_clauses(found, wanted)
    whole, whole_bias = train_whole(found, wanted)
    unlinked = graphs.Weights(clause, clause_bias, whole, whole_bias, np.zeros(graphs.LINK_BUCKETS), 0.0)
    logits = held or [graphs.clause_logits(one, unlinked) for one in found]
    return graphs.Weights(clause, clause_bias, whole, whole_bias, *train_links(rows, logits))


def cross_validate(rows: Sequence[Example]) -> list[np.ndarray]:
    """Print the scores on unseen requests; return their clause logits."""
    fold = folds(rows)
    held: list[Any] = [None] * len(rows)
    predicted: list[Any] = [None] * len(rows)
    for one in range(FOLDS):
        weights = train([row for row, at in zip(rows, fold, strict=True) if at != one])
        for i in np.flatnonzero(fold == one):
            held[i] = graphs.clause_logits(rows[i].view.signals, weights)
            predicted[i] = graphs.graph_in(rows[i].view, weights)
        print(f"fold {one + 1} of {FOLDS}", file=sys.stderr)
    inside = [(p, row) for p, row in zip(predicted, rows, strict=True) if row.inside]
    nodes = node_f1((set(p.nodes), set(row.nodes)) for p, row in inside)
    links = link_f1((set(p.links), set(row.links)) for p, row in inside)
    print(f"{len(inside)} requests, {FOLDS}-fold, near duplicates together: n-F1 {nodes:.4f}, e-F1 {links:.4f}")
    return held


def small(weights: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Weights as signed bytes, and the scale of each tool's."""
    scale = np.abs(weights).max(axis=0) / 127
    return np.round(weights / scale).astype(np.int8), scale.astype(np.float32)


def write(weights: graphs.Weights, path: Path) -> None:
    """Write the weights as plain arrays."""
    clause, clause_scale = small(weights.clause)
    whole, whole_scale = small(weights.whole)
    np.savez_compressed(
        path, clause=clause, clause_scale=clause_scale, clause_bias=weights.clause_bias, whole=whole, whole_scale=whole_scale,
        whole_bias=weights.whole_bias, link=weights.link.astype(np.float32), link_bias=np.float32(weights.link_bias),
    )  # fmt: skip
    print(f"{path}: {path.stat().st_size / 1e6:.2f} MB")


def main() -> None:
    """Read, measure, train, write."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("requests", type=Path, help="TaskBench's Hugging Face requests, JSON lines")
    options.add_argument("--measure", action="store_true", help="cross-validate only")
    chosen = options.parse_args()
    rows = examples(chosen.requests)
    held = cross_validate(rows)
    if not chosen.measure:
        write(train(rows, held), graphs.WEIGHTS)


if __name__ == "__main__":
    main()
