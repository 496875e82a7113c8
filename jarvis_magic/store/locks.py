"""Lock files: for each cell its plan, and the expert model of each task, so that it can be repeated without a controller.

A lock file is JSON to be read and compared; one holds the cells of a notebook, each under a digest of its literal body
and of what its line says of planning::

    {"format": 1, "cells": {"5f0c…": {"plan": {…}, "experts": {"caption": {"model": "…", "endpoint": "toolbox"}}}}}
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast, get_args

from jarvis_magic.errors import JarvisError, PlanError, either
from jarvis_magic.plans import FORMAT, Draft, Plan, other_format
from jarvis_magic.tasks import FrozenMap
from jarvis_magic.values import EndpointKind

from .plan_files import read_text, write_whole
from .whole_files import alone_in


@dataclass(frozen=True)
class LockedExpert:
    """What is kept of a candidate: enough to find the same expert again."""

    model: str
    endpoint: EndpointKind
    provider: str | None = None
    revision: str | None = None

    def to_dict(self) -> dict[str, str]:
        """As JSON says it, without what is not known."""
        return {name: value for name, value in vars(self).items() if value is not None}


@dataclass(frozen=True)
class LockedCell:
    """A cell that can be repeated: its plan, and the expert of each task that had one."""

    plan: Plan
    experts: Mapping[str, LockedExpert] = field(default_factory=FrozenMap)

    def to_dict(self) -> dict[str, Any]:
        """As JSON says it."""
        return {
            "plan": self.plan.to_dict(),
            "experts": {task_id: expert.to_dict() for task_id, expert in self.experts.items()},
        }


def cell_digest(body: str, line: Mapping[str, Any]) -> str:
    """Return what a cell is known by in a lock: a digest of its literal body, and of what its line says of planning."""
    written = json.dumps([body.strip(), line], sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(written.encode()).hexdigest()[:16]


def read_lock(path: Path) -> Mapping[str, LockedCell] | Plan:
    """Return the cells of a lock file by their digests; none if there is no file. A file with a saved plan is that plan.

    Raises
    ------
    SourceError
        If the file cannot be read.
    PlanError
        If it holds no lock, one from a newer version, or a plan that is not well formed.
    """
    if not path.exists():
        return {}
    try:
        data = json.loads(read_text(path))
        if isinstance(data, Mapping) and "tasks" in data:
            return Draft.from_dict(data).plan()
        return {key: _cell(written) for key, written in _cells(data).items()}
    except (ValueError, RecursionError) as error:
        if isinstance(error, JarvisError) and not isinstance(error, PlanError):
            raise
        msg = f"The lock {str(path)!r} cannot be used: {error if isinstance(error, PlanError) else f'it is not JSON ({error}).'}"
        raise PlanError(msg) from error


def write_locked(path: Path, key: str, cell: LockedCell) -> None:
    """Write a cell into a lock file, in the place of what it holds under the same key.

    Raises
    ------
    PlanError, UsageError
        If the file holds something else, or cannot be written.
    """
    with alone_in(path.parent):
        cells = read_lock(path)
        if isinstance(cells, Plan):
            msg = f"{str(path)!r} holds the plan of another request; name another file for the lock."
            raise PlanError(msg)
        said = {key: locked.to_dict() for key, locked in {**cells, key: cell}.items()}
        write_whole(path, json.dumps({"format": FORMAT, "cells": said}, ensure_ascii=False, indent=2) + "\n")


def _cells(data: object) -> Mapping[str, Any]:
    if not isinstance(data, Mapping) or not isinstance(data.get("cells"), Mapping):
        msg = "a lock is a JSON object with 'cells'."
        raise PlanError(msg)
    found = data.get("format", FORMAT)
    if found != FORMAT:
        msg = f"it {other_format(found)}"
        raise PlanError(msg)
    return cast("Mapping[str, Any]", data["cells"])


def _cell(written: object) -> LockedCell:
    if not isinstance(written, Mapping) or not isinstance(written.get("experts"), Mapping):
        msg = "each of its cells is an object with a 'plan' and 'experts'."
        raise PlanError(msg)
    plan = Draft.from_dict(written.get("plan")).plan()
    experts = {task_id: _expert(task_id, said) for task_id, said in written["experts"].items()}
    unknown = [task_id for task_id in experts if task_id not in plan.by_id]
    if unknown:
        msg = f"it names an expert for {unknown[0]!r}, which is no task of its plan."
        raise PlanError(msg)
    return LockedCell(plan, FrozenMap(experts))


def _expert(task_id: str, written: object) -> LockedExpert:
    fields = LockedExpert.__dataclass_fields__
    if (
        not isinstance(written, Mapping)
        or not {"model", "endpoint"} <= written.keys() <= fields.keys()
        or not all(isinstance(value, str) for value in written.values())
    ):
        msg = f"the expert of {task_id!r} has a 'model' and an 'endpoint', and may have a 'provider' and a 'revision', all texts."
        raise PlanError(msg)
    if written["endpoint"] not in get_args(EndpointKind):
        msg = f"the expert of {task_id!r} has the endpoint {written['endpoint']!r}; it is {either(get_args(EndpointKind))}."
        raise PlanError(msg)
    return LockedExpert(**written)
