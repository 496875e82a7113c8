"""Measuring how well a controller plans: its predictions for labelled requests, and their scores.

From a shell::

    python -m jarvis_magic.evaluation predict --controller offline --tools huggingface REQUESTS.jsonl > PREDICTIONS.jsonl
    python -m jarvis_magic.evaluation score PREDICTIONS.jsonl LABELS.jsonl

A request is a line of JSON with ``id`` and ``request``, perhaps ``inputs`` (name to kind) and ``outputs``. A prediction has
``id``, ``nodes`` and ``links``: with ``--tools types`` in our task types, and with the ``tasks`` themselves; with
``--tools huggingface`` in the 23 tool names of TaskBench (arXiv 2311.18760), whose requests name files that need not exist.
Labels have the same form. Scores are TaskBench's (node, link and argument F1, edit distance) and those of the HuggingGPT
paper (arXiv 2303.17580: accuracy, precision, recall and F1 for single, sequential and graph plans).
"""

from __future__ import annotations

import argparse
import asyncio
import hashlib
import json
import re
import sys
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, TextIO, TypeAlias

from .contracts import Controller
from .controllers import OfflineController
from .controllers.offline.graphs import graph_of
from .controllers.offline.reading import FILE_KINDS
from .controllers.offline.taskbench import TOOLS, tool_of
from .equipment import equipment, find_chat
from .errors import JarvisError, UsageError
from .events import nowhere
from .keys import Keys
from .kinds import Kind
from .references import escape, references_in, scan
from .settings import environment, resolve
from .task_types import TASK_TYPES
from .tasks import references_within
from .values import Menu, Request, Resource

Link: TypeAlias = tuple[str, str]
Pairs: TypeAlias = Iterable[tuple[Iterable[Hashable], Iterable[Hashable]]]
"""Predicted and wanted things, request by request."""


@dataclass(frozen=True)
class Case:
    """A request to plan, or the label or the prediction of one.

    Parameters
    ----------
    id, request
        Its id and words.
    inputs
        Name to kind of what the words refer to.
    outputs
        The variables wanted.
    nodes, links
        The names of its tasks' types or tools, and pairs of them where one uses the other's result.
    tasks
        The tasks as in a plan, if they are known.
    """

    id: str
    request: str = ""
    inputs: Mapping[str, str] = field(default_factory=dict)
    outputs: Sequence[str] = ()
    nodes: tuple[str, ...] = ()
    links: tuple[Link, ...] = ()
    tasks: tuple[Mapping[str, Any], ...] | None = None

    @classmethod
    def read(cls, row: Mapping[str, Any]) -> Case:
        """Read a line; nodes and links follow from the tasks where it has those."""
        tasks = tuple(row["tasks"]) if row.get("tasks") is not None else None
        nodes, links = _graph(tasks) if tasks is not None else ((), ())
        if row.get("nodes") is not None:
            nodes, links = tuple(row["nodes"]), tuple((a, b) for a, b in row.get("links") or ())
        return cls(
            str(row["id"]),
            row.get("request", ""),
            row.get("inputs") or {},
            tuple(row.get("outputs") or ()),
            nodes,
            links,
            tasks,
        )

    def line(self) -> str:
        """The prediction as a line of JSON."""
        row: dict[str, Any] = {"id": self.id, "nodes": self.nodes, "links": self.links}
        if self.tasks is not None:
            row["tasks"] = self.tasks
        return json.dumps(row, ensure_ascii=False)


def _graph(tasks: Sequence[Mapping[str, Any]]) -> tuple[tuple[str, ...], tuple[Link, ...]]:
    types = {task["id"]: task["type"] for task in tasks}
    links = (
        (types[r.name], task["type"])
        for task in tasks
        for r in references_within(task.get("arguments", {}))
        if r.name in types
    )
    return tuple(types.values()), tuple(dict.fromkeys(links))


def read_cases(path: Path) -> list[Case]:
    """Read a file of JSON lines.

    Raises
    ------
    UsageError
        If the file cannot be read, or a line is not JSON with an ``id``.
    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        msg = f"{str(path)!r} cannot be read: {error}."
        raise UsageError(msg) from error
    cases = []
    for number, line in enumerate(lines, 1):
        if line.strip():
            try:
                cases.append(Case.read(json.loads(line)))
            except (ValueError, KeyError, TypeError, AttributeError) as error:
                msg = f"Line {number} of {str(path)!r} is not a JSON object with an 'id' ({error})."
                raise UsageError(msg) from error
    return cases


def held_out(case_id: str) -> bool:
    """Whether a request of our own set is in the third that nothing is tuned on; its id alone decides."""
    return int(hashlib.sha256(case_id.encode()).hexdigest(), 16) % 3 == 0


# Predicting

Predictor: TypeAlias = Callable[[Case], Awaitable[Case]]

_FILE = re.compile(r"(?<![\w@./])\w[\w-]*\.(?P<ending>" + "|".join(FILE_KINDS) + r")\b", re.IGNORECASE)


def inputs_named(text: str) -> tuple[str, dict[str, Kind]]:
    """A request in which file names stand for inputs, with those as references, and their kinds by ending."""
    kinds: dict[str, Kind] = {}

    def reference(match: re.Match[str]) -> str:
        name = re.sub(r"\W", "_", match[0]).lower()
        name = name if name[0].isalpha() else f"file_{name}"
        kinds[name] = Kind(FILE_KINDS[match["ending"].lower()])
        return f"@{name}"

    return _FILE.sub(reference, escape(text)), kinds


def predictor(controller: Controller, tools: str = "types") -> Predictor:
    """Return what plans a case with a controller, in the names of `tools`: ``"types"`` or ``"huggingface"``."""
    if tools == "types":
        return lambda case: _by_types(controller, case)
    if isinstance(controller, OfflineController):
        return _by_words
    return lambda case: _by_tools(controller, case)


async def _by_types(controller: Controller, case: Case) -> Case:
    kinds = {name: Kind(kind) for name, kind in case.inputs.items()}
    menu = Menu({name: task_type.description for name, task_type in TASK_TYPES.items()})
    plan = await controller.plan(_request(case.request, kinds, case.outputs), menu, nowhere)
    tasks = tuple(task.to_dict() for task in plan.tasks)
    return Case(case.id, case.request, case.inputs, case.outputs, *_graph(tasks), tasks)


async def _by_tools(controller: Controller, case: Case) -> Case:
    text, kinds = inputs_named(case.request)
    menu = Menu({name: task_type.description for name, task_type in TASK_TYPES.items() if name not in _NO_TOOL})
    plan = await controller.plan(_request(text, kinds, ()), menu, nowhere)
    names = {task.id: tool_of(task) for task in plan.in_order}
    links = ((names[r.name], names[task.id]) for task in plan.in_order for r in task.references if r.name in names)
    return Case(case.id, case.request, nodes=tuple(dict.fromkeys(names.values())), links=tuple(dict.fromkeys(links)))


_NO_TOOL = frozenset(name for name in TASK_TYPES if name.endswith(("-control", "-text-to-image")))


async def _by_words(case: Case) -> Case:
    graph = graph_of(*inputs_named(case.request))
    return Case(case.id, case.request, nodes=graph.nodes, links=graph.links)


def _request(text: str, kinds: Mapping[str, Kind], outputs: Sequence[str]) -> Request:
    named = {reference.name for reference in references_in(text)}
    closed = "".join(
        escape(p) if isinstance(p, str) else str(p) if p.name in kinds else escape(str(p))
        for p in (found.piece for found in scan(text))
    )
    return Request(
        closed, {name: Resource(kind, _stand_in(kind)) for name, kind in kinds.items() if name in named}, outputs
    )


def _stand_in(kind: Kind) -> Any:
    """A value of a kind, as small as can be: a request is planned from what it says and the kinds alone."""
    if kind.depth:
        return [_stand_in(kind.listed(-1))]
    match kind:
        case "text":
            return "…"
        case "image":
            from PIL import Image

            return Image.new("RGB", (1, 1))
        case "labels" | "boxes" | "masks" | "tokens":
            return []
        case "number":
            return 0
    return None


async def predict(
    cases: Sequence[Case], planner: Predictor, *, limit: int = 8, told: TextIO | None = None
) -> list[Case]:
    """Plan cases, `limit` at a time; results come in the order of the cases. See `predictions` for them as they come."""
    found = {case.id: case async for case in predictions(cases, planner, limit=limit, told=told)}
    return [found[case.id] for case in cases]


async def predictions(
    cases: Sequence[Case], planner: Predictor, *, limit: int = 8, told: TextIO | None = None
) -> AsyncIterator[Case]:
    """Plan cases, `limit` at a time, and yield each when it is there.

    A case whose controller fails is predicted as an empty graph, and said on `told`, where progress is shown too.
    """
    turn = asyncio.Semaphore(limit)

    async def one(case: Case) -> Case:
        async with turn:
            try:
                return await planner(case)
            except JarvisError as error:
                if told:
                    told.write(f"\n{case.id}: {error}\n")
                return Case(case.id, case.request)

    running = [asyncio.ensure_future(one(case)) for case in cases]
    try:
        for done, finished in enumerate(asyncio.as_completed(running), 1):
            yield await finished
            if told and (done % 20 == 0 or done == len(running)):
                told.write(f"\r{done} of {len(running)}" + "\n" * (done == len(running)))
                told.flush()
    finally:
        for task in running:
            task.cancel()


# Scoring


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


# The command


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; the exit status is 0, or 1 after a sentence on stderr."""
    options = _parser().parse_args(arguments)
    try:
        if options.command == "predict":
            asyncio.run(_predict_command(options))
        else:
            _score_command(options)
    except JarvisError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m jarvis_magic.evaluation", description="Measure how well a controller plans."
    )
    commands = parser.add_subparsers(dest="command", required=True)
    one = commands.add_parser("predict", help="plan requests, a JSON object a line")
    one.add_argument("requests", type=Path, help="JSON lines with id and request")
    one.add_argument("--controller", default="offline", help="'offline', or the name of a chat model")
    one.add_argument("--base-url", help="the chat model's endpoint")
    one.add_argument("--key-env", help="the environment variable that holds its key")
    one.add_argument(
        "--tools", choices=("types", "huggingface"), default="types", help="our task types, or TaskBench's 23 tools"
    )
    one.add_argument("--limit", type=int, default=8, help="requests planned at a time")
    one.add_argument(
        "--output", type=Path, help="write here instead of to the terminal; what it holds already is not planned again"
    )
    one.add_argument("--quiet", action="store_true", help="no progress")
    other = commands.add_parser("score", help="compare predictions with labels")
    other.add_argument("predictions", type=Path)
    other.add_argument("labels", type=Path)
    other.add_argument("--json", action="store_true", help="the scores as JSON")
    return parser


async def _predict_command(options: argparse.Namespace) -> None:
    cases = read_cases(options.requests)
    done = {case.id for case in read_cases(options.output)} if options.output and options.output.exists() else set()
    planner = predictor(_controller(options), options.tools)
    told = None if options.quiet else sys.stderr
    rest = [case for case in cases if case.id not in done]
    if options.output:
        with options.output.open("a", encoding="utf-8") as written:
            await _write(rest, planner, options.limit, told, written)
    else:
        await _write(rest, planner, options.limit, told, sys.stdout)


async def _write(cases: Sequence[Case], planner: Predictor, limit: int, told: TextIO | None, written: TextIO) -> None:
    async for case in predictions(cases, planner, limit=limit, told=told):
        written.write(case.line() + "\n")
        written.flush()


def _controller(options: argparse.Namespace) -> Controller:
    knobs, keys = resolve(), Keys(environment())
    if options.key_env and options.base_url:
        keys = keys.with_variable(options.base_url, options.key_env)
    return equipment(None, find_chat(options.controller, knobs, keys, options.base_url), knobs).controllers[0]


def _score_command(options: argparse.Namespace) -> None:
    predicted, labels = read_cases(options.predictions), read_cases(options.labels)
    inside = (
        [label for label in labels if not set(label.nodes) - set(TOOLS)]
        if any(set(c.nodes) & set(TOOLS) for c in labels)
        else labels
    )
    parts = (
        {"all requests": labels}
        if len(inside) == len(labels)
        else {"requests within the 23 tools": inside, "all requests": labels}
    )
    found = {name: score(predicted, part) for name, part in parts.items()}
    if options.json:
        sys.stdout.write(json.dumps({name: asdict(one) for name, one in found.items()}, indent=2) + "\n")
    else:
        sys.stdout.write("\n\n".join(f"{name}\n{report(one)}" for name, one in found.items()) + "\n")


if __name__ == "__main__":
    sys.exit(main())
