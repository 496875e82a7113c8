"""The metrics of TaskBench: F1 of nodes, links and arguments, and the edit distance; and what a plan looks like."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from typing import Any, TypeAlias

from .cases import Case

Pairs: TypeAlias = Iterable[tuple[Iterable[Hashable], Iterable[Hashable]]]
"""Predicted and wanted things, request by request."""


def node_f1(pairs: Pairs) -> float:
    """Micro-F1 over the sets of nodes."""
    return _micro_f1((Counter(set(p)), Counter(set(w))) for p, w in pairs)


def link_f1(pairs: Pairs) -> float:
    """Micro-F1 over the sets of links."""
    return node_f1(pairs)


def argument_f1(pairs: Iterable[tuple[Case, Case]]) -> float:
    """Micro-F1 over arguments: (task type, port, value), where a reference to a task counts as what that task is."""
    return _micro_f1((Counter(_arguments(p)), Counter(_arguments(label))) for p, label in pairs)


def _micro_f1(pairs: Iterable[tuple[Counter[Any], Counter[Any]]]) -> float:
    hits = guessed = wanted = 0
    for predicted, label in pairs:
        hits += (predicted & label).total()
        guessed += predicted.total()
        wanted += label.total()
    return 2 * hits / (guessed + wanted) if guessed + wanted else 1.0


def _arguments(case: Case) -> Iterator[tuple[str, str, str]]:
    types = {task["id"]: task["type"] for task in case.tasks or ()}
    for task in case.tasks or ():
        for port, value in task.get("arguments", {}).items():
            yield task["type"], port, _normal(value, types)


def _normal(value: Any, types: Mapping[str, str]) -> str:
    if isinstance(value, str):
        value = re.sub(r"@(\w+)", lambda m: f"<{types[m[1]]}>" if m[1] in types else m[0], value)
        return re.sub(r"\s+", " ", re.sub(r"\s*([?.!,;:？。])\s*", r"\1 ", value.casefold())).strip(" .!?？。'\"")
    if isinstance(value, Sequence):
        return json.dumps(sorted(_normal(item, types) for item in value), ensure_ascii=False)
    return json.dumps(value)


def edit_distance(first: Sequence[str], second: Sequence[str]) -> float:
    """The Levenshtein distance of two sequences, divided by the longer's length; 0 for two empty ones."""
    row = list(range(len(second) + 1))
    for i, a in enumerate(first, 1):
        above, row[0] = row[0], i
        for j, b in enumerate(second, 1):
            above, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, above + (a != b))
    return row[-1] / max(len(first), len(second), 1)


def shape(case: Case) -> str:
    """What a plan looks like: "none", "single", "sequential" (a chain) or "graph"."""
    if len(case.nodes) < 2:
        return "single" if case.nodes else "none"
    out, into = Counter(a for a, _ in case.links), Counter(b for _, b in case.links)
    chain = len(set(case.links)) == len(case.nodes) - 1 and max([*out.values(), *into.values()], default=0) <= 1
    return "sequential" if chain else "graph"
