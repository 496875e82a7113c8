"""Requests planned by a controller, several at a time: its plans in our task types, or in the tools of TaskBench."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from typing import Any, TextIO, TypeAlias

from ..contracts import Controller
from ..controllers import OfflineController
from ..controllers.offline.graphs import graph_of
from ..controllers.offline.reading import FILE_KINDS
from ..controllers.offline.taskbench import tool_of
from ..errors import JarvisError, UsageError
from ..events import nowhere
from ..kinds import Kind, Unread
from ..references import escape, references_in, scan
from ..task_types import TASK_TYPES
from ..values import Menu, Request, Resource
from .cases import Case, graph_of_tasks

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
    return Case(case.id, case.request, case.inputs, case.outputs, *graph_of_tasks(tasks), tasks)


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


def _stand_in(kind: Kind) -> Unread:
    """What stands for a value that need not exist: a request is planned from what it says and the kinds alone."""

    def read() -> Any:
        msg = "The request is only planned: there is nothing to read."
        raise UsageError(msg)

    return Unread(kind, "not read", read)


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
                return Case(case.id, case.request, error=str(error))

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
