"""A run as plain Python: a few lines against the libraries that did the work, with nothing of this package in them."""

from __future__ import annotations

import builtins
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from jarvis_magic.errors import UsageError
from jarvis_magic.formats import MEDIA
from jarvis_magic.kinds import Kind
from jarvis_magic.options import Options
from jarvis_magic.plans import Plan
from jarvis_magic.references import Field, Key, Reference, whole_reference
from jarvis_magic.task_types import TASK_TYPES
from jarvis_magic.tasks import Task
from jarvis_magic.values import Assignment, Candidate, Run, Success

from .bundling import Bundle
from .calls import Calls, writes
from .expressions import Expressions, repeated
from .layout import apart, line_laid_out
from .opening import addresses_in, opened

__all__ = ["to_python"]


def to_python(
    run: Run,
    *,
    base_url: str | None = None,
    variables: Mapping[str, Any] | None = None,
    files: Mapping[str, str] | None = None,
    options: Options | None = None,
) -> str:
    """Return a run as plain Python that does the same again.

    The inputs are variables of the same names. What the toolbox does stands in the code as functions; the user's own
    functions, and the libraries of other experts, are called as they are.

    Parameters
    ----------
    run
        The run; a task that had no expert, and what needs it, is left out with a comment.
    base_url
        Where the chat model is that did tasks; by default as its host tells.
    variables
        What the inputs' variables hold, as far as they are there: a path or URL in one is opened by the code.
    files
        Paths and URLs that stood in the request itself, by the input they were read for.
    options
        ``device``, ``dtype`` and ``model_folder``, where the run had others than usual.

    Raises
    ------
    UsageError
        If it is no run, or has no tasks, or there is no plain Python for one of its experts.
    """
    if not isinstance(run, Run):
        msg = f"Code is written of a run, not of a {type(run).__name__}; run it first: to_python(Jarvis().run(…))."
        raise UsageError(msg)
    plan = run.plan
    if not plan.tasks:
        msg = "This run has no tasks, so there is nothing to write as Python; it was answered as chat."
        raise UsageError(msg)
    bundle = Bundle({*plan.inputs, *plan.by_id, *plan.outputs, *dir(builtins)})
    experts = {task.id: _done_by(run, task) for task in plan.tasks}
    expressions, calls = Expressions(plan, bundle, _kinds(plan, experts)), Calls(bundle, options or Options(), base_url)
    inputs = _opened(plan, bundle, variables or {}, files or {})
    lines = list(inputs.values())
    left_out: set[str] = set()
    for task in plan.in_order:
        candidate = experts[task.id]
        if candidate is None or left_out.intersection(plan.dependencies(task.id)):
            left_out.add(task.id)
            lines.append(f"# {task.id}: no expert did this {task.type}")
            continue
        arguments, loops = expressions.arguments(task)
        purpose = f"  # {' '.join(task.purpose.split())}" if task.purpose else ""
        written = repeated(calls.written(task, candidate, arguments), loops)
        lines.append(f"{task.id} = {written}{purpose}")
    lines += _other_names(plan, expressions, left_out)
    yours = {name: kind for name, kind in plan.inputs.items() if name not in inputs or name not in (files or {})}
    return _page(plan, yours, bundle, calls, lines)


def _done_by(run: Run, task: Task) -> Candidate | None:
    """The expert that gave the result, else the one that was to."""
    assigned, outcome = run.assignments.get(task.id), run.outcomes.get(task.id)
    if not isinstance(assigned, Assignment):
        return None
    known = (assigned.candidate, *assigned.alternatives)
    model = outcome.model if isinstance(outcome, Success) else assigned.candidate.model
    return next((candidate for candidate in known if candidate.model == model), assigned.candidate)


def _kinds(plan: Plan, experts: Mapping[str, Candidate | None]) -> dict[str, Kind]:
    """The kind of each input and result; an answer that a model wrote is a text in plain Python."""
    chats = {task_id for task_id, candidate in experts.items() if candidate and writes(plan.by_id[task_id], candidate)}
    return {
        name: Kind("text").listed(kind.depth) if name in chats and kind.base == "answer" else kind
        for name, kind in plan.kinds.items()
    }


def _other_names(plan: Plan, expressions: Expressions, left_out: set[str]) -> list[str]:
    """Outputs that have another name than their task, or are a part of its result."""
    return [
        f"{variable} = {expressions.referred(reference).code}"
        for variable, reference in plan.output_references.items()
        if str(reference) != f"@{variable}" and reference.name not in left_out
    ]


def _opened(plan: Plan, bundle: Bundle, variables: Mapping[str, Any], files: Mapping[str, str]) -> dict[str, str]:
    """The lines that open inputs which are files or URLs, by the input."""
    lines: dict[str, str] = {}
    for name, kind in plan.inputs.items():
        held = variables.get(name)
        is_address = isinstance(held, Path) or (isinstance(held, str) and kind != "text")
        address = files.get(name) or (str(held) if is_address else None)
        expression = opened(bundle, kind, address, repr(address) if name in files else name) if address else None
        if kind.depth == 1 and kind.base != "text" and (addresses := addresses_in(held)):
            one = opened(bundle, kind.listed(-1), addresses[0], "one")
            expression = f"[{one} for one in {name}]" if one else None
        if kind == "table" and not expression and (columns := _opened_columns(plan, bundle, name, held)):
            expression = f"{name}.assign(**{{{', '.join(columns)}}})"
        if expression:
            lines[name] = f"{name} = {expression}"
    return lines


def _opened_columns(plan: Plan, bundle: Bundle, table: str, held: Any) -> list[str]:
    """The entries that open the columns of a table which hold paths or URLs of what tasks take."""
    entries: dict[str, str] = {}
    for task in plan.tasks:
        for port in TASK_TYPES[task.type].ports:
            match whole_reference(str(task.arguments.get(port.name, ""))):
                case Reference(name, (Key(column) | Field(column),)) if name == table and port.kind.base in MEDIA:
                    addresses = addresses_in(held[column]) if held is not None and column in held else []
                    one = opened(bundle, Kind(port.kind.base), addresses[0], "one") if addresses else None
                    entries |= {column: f"{column!r}: [{one} for one in {table}[{column!r}]]"} if one else {}
    return list(entries.values())


def _page(plan: Plan, yours: Mapping[str, Kind], bundle: Bundle, calls: Calls, lines: list[str]) -> str:
    lines = [*calls.setup, *lines]
    imports, definitions, lines = bundle.written(lines)
    request = [f"# {line}".rstrip() for line in plan.request.strip().splitlines()]
    inputs = [f"# {name} is a variable of yours: {kind.phrase}" for name, kind in yours.items()]
    heading = ["# What the toolbox does, written out" if calls.uses_toolbox else "# What the lines at the end call"]
    parts = [
        "\n".join([*request, *inputs]),
        "\n".join(imports),
        *([*heading, apart(definitions) + "\n", "# The run"] if definitions else []),
        "\n".join(map(line_laid_out, lines)),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"
