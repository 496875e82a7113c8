"""Requests with their labels or predictions, and the files of JSON lines that hold them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeAlias

from ..errors import UsageError
from ..tasks import references_within

Link: TypeAlias = tuple[str, str]


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
    error
        Why it could not be planned.
    """

    id: str
    request: str = ""
    inputs: Mapping[str, str] = field(default_factory=dict)
    outputs: Sequence[str] = ()
    nodes: tuple[str, ...] = ()
    links: tuple[Link, ...] = ()
    tasks: tuple[Mapping[str, Any], ...] | None = None
    error: str = ""

    @classmethod
    def read(cls, row: Mapping[str, Any]) -> Case:
        """Read a line; nodes and links follow from the tasks where it has those."""
        tasks = tuple(row["tasks"]) if row.get("tasks") is not None else None
        nodes, links = graph_of_tasks(tasks) if tasks is not None else ((), ())
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
            row.get("error") or "",
        )

    def line(self) -> str:
        """The prediction as a line of JSON."""
        row: dict[str, Any] = {"id": self.id, "nodes": self.nodes, "links": self.links}
        if self.tasks is not None:
            row["tasks"] = self.tasks
        if self.error:
            row["error"] = self.error
        return json.dumps(row, ensure_ascii=False)


def graph_of_tasks(tasks: Sequence[Mapping[str, Any]]) -> tuple[tuple[str, ...], tuple[Link, ...]]:
    """The nodes and links of tasks as a plan writes them."""
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
        lines = path.read_text(encoding="utf-8").split("\n")
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
