"""`Plan`, which is closed and well formed, and `Draft`, which may not be; their JSON (format 1)."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from graphlib import TopologicalSorter
from typing import Any, cast

from .errors import PlanError, UnknownName
from .kinds import Kind
from .references import Reference, parse_reference
from .tasks import Argument, FrozenList, FrozenMap, Task, frozen, is_deeper, thawed
from .wellformed import Problem, dependencies, output_kind, problems

FORMAT = 1
DEEPEST = 32
"""How many levels deep the JSON of a plan may be nested."""
MOST_TASKS = 10_000
"""How many tasks the JSON of a plan may have."""


@dataclass(frozen=True)
class _Parts:
    """The fields that plans and drafts share."""

    request: str = ""
    inputs: Mapping[str, Kind] = field(default_factory=FrozenMap)
    tasks: Sequence[Task] = ()
    outputs: Mapping[str, str] = cast("Mapping[str, str]", None)  # derived from the tasks below
    notes: Sequence[str] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "inputs", FrozenMap({name: Kind(kind) for name, kind in self.inputs.items()}))
        object.__setattr__(self, "tasks", FrozenList(self.tasks))
        object.__setattr__(self, "outputs", frozen(own_outputs(self.tasks) if self.outputs is None else self.outputs))
        object.__setattr__(self, "notes", FrozenList(self.notes))

    @cached_property
    def by_id(self) -> Mapping[str, Task]:
        """The tasks by id."""
        return {task.id: task for task in self.tasks}

    def dependencies(self, task_id: str) -> tuple[str, ...]:
        """The ids of the tasks that a task waits for."""
        return dependencies(self.by_id[task_id], self.by_id)


@dataclass(frozen=True)
class Plan(_Parts):
    """A closed, well-formed graph of tasks.

    Parameters
    ----------
    request
        What was asked, in the user's words.
    inputs
        Name to kind of every ``@name`` that is no task.
    tasks
        The tasks, in any order in which no circle stands.
    outputs
        Variable to reference; by default every id to itself.
    notes
        Sentences for the user: what was not understood, another reading.

    Raises
    ------
    PlanError
        If anything is not well formed; ``problems`` says what, where, and what to write instead.
    """

    def __post_init__(self) -> None:
        super().__post_init__()
        found = problems(self.inputs, self.tasks, self.outputs)
        if found:
            raise PlanError(found)

    @cached_property
    def output_references(self) -> Mapping[str, Reference]:
        """The outputs: variable to reference."""
        return {variable: parse_reference(written) for variable, written in self.outputs.items()}

    @cached_property
    def kinds(self) -> Mapping[str, Kind]:
        """The kind of every input and of every task's result, by name."""
        kinds = dict(self.inputs)
        for task in self.in_order:
            kinds[task.id] = output_kind(task, kinds)
        return kinds

    @cached_property
    def in_order(self) -> tuple[Task, ...]:
        """The tasks so that each comes after those it waits for; otherwise in the plan's order."""
        position = {task.id: i for i, task in enumerate(self.tasks)}
        sorter = TopologicalSorter({task.id: self.dependencies(task.id) for task in self.tasks})
        sorter.prepare()
        order: list[Task] = []
        while sorter.is_active():
            ready = sorted(sorter.get_ready(), key=position.__getitem__)
            order += [self.by_id[task_id] for task_id in ready]
            sorter.done(*ready)
        return tuple(order)

    def dependents(self, task_id: str) -> tuple[str, ...]:
        """The ids of every task that waits for a task, directly or through others, in order."""
        found = {task_id}
        for task in self.in_order:
            if found.intersection(self.dependencies(task.id)):
                found.add(task.id)
        return tuple(task.id for task in self.in_order if task.id in found and task.id != task_id)

    def draft(self) -> Draft:
        """The same fields as a draft, to be edited."""
        return Draft(self.request, self.inputs, self.tasks, self.outputs, self.notes)

    def with_model(self, task_id: str, model: str | None) -> Plan:
        """A plan in which a task asks for an expert model; ``None`` leaves the choice to selection."""
        return self._with_changed(task_id, model=model)

    def with_argument(self, task_id: str, port: str, argument: Argument) -> Plan:
        """A plan in which a task has another argument at a port; ``None`` takes it away."""
        arguments = {**self._task(task_id).arguments, port: argument}
        return self._with_changed(task_id, arguments={k: v for k, v in arguments.items() if k != port or v is not None})

    def with_task(self, task: Task) -> Plan:
        """A plan with one more task, whose id becomes an output; a task of the same id is replaced."""
        kept = [task if task.id == other.id else other for other in self.tasks]
        tasks = kept if task.id in self.by_id else [*self.tasks, task]
        outputs = self.outputs if task.id in self.by_id else {**self.outputs, task.id: f"@{task.id}"}
        return replace(self, tasks=tasks, outputs=outputs)

    def without(self, task_id: str) -> Plan:
        """A plan without a task and the outputs that are its own.

        Raises
        ------
        PlanError
            If another task refers to it.
        """
        self._task(task_id)
        tasks = [task for task in self.tasks if task.id != task_id]
        outputs = {v: written for v, written in self.outputs.items() if self.output_references[v].name != task_id}
        return replace(self, tasks=tasks, outputs=outputs)

    def _task(self, task_id: str) -> Task:
        if task_id not in self.by_id:
            raise UnknownName("task", task_id, self.by_id, f"the plan has {', '.join(self.by_id) or 'no tasks'}")
        return self.by_id[task_id]

    def _with_changed(self, task_id: str, **changes: Any) -> Plan:
        changed = replace(self._task(task_id), **changes)
        return replace(self, tasks=[changed if task.id == task_id else task for task in self.tasks])

    def to_dict(self) -> dict[str, Any]:
        """The plan as JSON says it; see `to_json`."""
        said: dict[str, Any] = {"format": FORMAT, "request": self.request, "inputs": thawed(self.inputs)}
        said |= {"tasks": [task.to_dict() for task in self.tasks], "outputs": thawed(self.outputs)}
        return said | ({"notes": list(self.notes)} if self.notes else {})

    def to_json(self, *, indent: int | None = 2) -> str:
        """The plan as JSON text, format 1."""
        return json.dumps(self.to_dict(), ensure_ascii=False, indent=indent)

    @classmethod
    def from_json(cls, text: str) -> Plan:
        """Read a plan from JSON text.

        Only ``tasks`` is required. Arguments may be an object, or a list of ``{"name", "value"}``.

        Raises
        ------
        PlanError
            If the text is not JSON, not a plan, from a newer format, or the plan is not well formed.
        """
        return Draft.from_json(text).plan()


@dataclass(frozen=True)
class Draft(_Parts):
    """The fields of a plan, unchecked, with what is wrong with them: streams, edits and repairs are drafts.

    Parameters
    ----------
    request, inputs, tasks, outputs, notes
        As in `Plan`.
    faults
        What was found wrong before it became a draft, for example by a parser.
    """

    faults: Sequence[Problem] = ()

    @cached_property
    def problems(self) -> tuple[Problem, ...]:
        """Everything that keeps it from being a plan: task, port and sentence."""
        return (*self.faults, *problems(self.inputs, self.tasks, self.outputs))

    def plan(self) -> Plan:
        """Return the plan.

        Raises
        ------
        PlanError
            If there are problems.
        """
        if self.problems:
            raise PlanError(self.problems)
        return Plan(self.request, self.inputs, self.tasks, self.outputs, self.notes)

    @classmethod
    def from_json(cls, text: str) -> Draft:
        """Read a draft from JSON text; what its tasks lack or have wrong becomes problems.

        Raises
        ------
        PlanError
            If the text is not JSON, or has not the form of a plan.
        """
        try:
            data = json.loads(text, object_pairs_hook=_no_duplicates, parse_constant=_no_constant)
        except (ValueError, RecursionError) as error:
            msg = f"The text is not the JSON of a plan ({error})."
            raise PlanError(msg) from error
        return cls.from_dict(data)

    @classmethod
    def from_dict(cls, data: object) -> Draft:
        """Read a draft from what JSON says; see `from_json`."""
        if not isinstance(data, Mapping) or not isinstance(data.get("tasks"), list):
            msg = "A plan is a JSON object with a list of 'tasks'."
            raise PlanError(msg)
        if data.get("format", FORMAT) != FORMAT:
            msg = f"The plan {other_format(data['format'])}"
            raise PlanError(msg)
        if len(data["tasks"]) > MOST_TASKS:
            msg = f"The plan has {len(data['tasks']):,} tasks, and at most {MOST_TASKS:,} are read; divide it."
            raise PlanError(msg)
        if is_deeper(data, DEEPEST):
            msg = f"The plan's JSON is nested more than {DEEPEST} levels deep; no argument needs that."
            raise PlanError(msg)
        if not _can_be_written(data):
            msg = "The plan has half of a character in it (a lone surrogate), which no file can hold; write the character whole."
            raise PlanError(msg)
        faults: list[Problem] = []
        tasks = [task for i, item in enumerate(data["tasks"]) if (task := _read_task(item, i, faults))]
        inputs = _read_inputs(data.get("inputs"), faults)
        written = data.get("outputs")
        outputs = own_outputs(tasks) if written is None else _strings(written, "outputs", faults)
        notes = _read_notes(data.get("notes"), faults)
        return cls(_text(data, "request", None, faults), inputs, tasks, outputs, notes, tuple(faults))


def _can_be_written(data: object) -> bool:
    try:
        json.dumps(data, ensure_ascii=False, default=str, skipkeys=True).encode()
    except UnicodeEncodeError:
        return False
    return True


def own_outputs(tasks: Iterable[Task]) -> dict[str, str]:
    """The default outputs: every task's id bound to its result."""
    return {task.id: f"@{task.id}" for task in tasks}


_TASK_FIELDS = {"id", "type", "arguments", "purpose", "model", "after", "each"}


def _read_task(item: object, position: int, faults: list[Problem]) -> Task | None:
    if not isinstance(item, Mapping) or not isinstance(item.get("id"), str) or not isinstance(item.get("type"), str):
        faults.append(Problem(None, None, f"Task number {position + 1} has no 'id' and 'type' that are strings."))
        return None
    name = item["id"]
    has = ", ".join(sorted(_TASK_FIELDS))
    faults += [
        Problem(name, None, f"Task {name!r} has a field {unknown!r}; a task has {has}.")
        for unknown in sorted(set(item) - _TASK_FIELDS)
    ]
    return Task(
        name,
        item["type"],
        _read_arguments(name, item.get("arguments"), faults),
        _text(item, "purpose", name, faults),
        _text(item, "model", name, faults) or None,
        _read_names(name, "after", item.get("after") or [], faults),
        None if item.get("each") is None else _read_names(name, "each", item["each"], faults),
    )


def _text(item: Mapping[str, Any], field_name: str, task: str | None, faults: list[Problem]) -> str:
    """A field that is a string or left out."""
    written = item.get(field_name)
    if written is None or isinstance(written, str):
        return written or ""
    owner = f"Task {task!r}" if task else "The plan"
    faults.append(Problem(task, None, f"{owner} has the {field_name} {written!r}, which is no string."))
    return ""


def _read_arguments(task: str, written: object, faults: list[Problem]) -> dict[str, Argument]:
    if written is None:
        return {}
    if isinstance(written, Mapping):
        return dict(written)
    pairs = written if isinstance(written, list) else None
    if pairs is None or not all(isinstance(pair, Mapping) and isinstance(pair.get("name"), str) for pair in pairs):
        faults.append(
            Problem(
                task, None, f"Task {task!r} has 'arguments' that are neither an object nor a list of name and value."
            )
        )
        return {}
    counts = Counter(pair["name"] for pair in pairs)
    faults += [
        Problem(task, name, f"Task {task!r} has the argument {name!r} twice.") for name, n in counts.items() if n > 1
    ]
    return {pair["name"]: pair.get("value") for pair in pairs}


def _read_names(task: str, name: str, written: object, faults: list[Problem]) -> list[str]:
    if isinstance(written, list) and all(isinstance(item, str) for item in written):
        return written
    faults.append(Problem(task, None, f"Task {task!r} has {name!r} that is not a list of names."))
    return []


def _read_inputs(written: object, faults: list[Problem]) -> dict[str, Kind]:
    inputs = {}
    for name, kind in _strings({} if written is None else written, "inputs", faults).items():
        try:
            inputs[name] = Kind(kind)
        except ValueError as error:
            faults.append(Problem(None, None, f"The input {name!r}: {error}"))
    return inputs


def _read_notes(written: object, faults: list[Problem]) -> list[str]:
    if written is None or (isinstance(written, list) and all(isinstance(note, str) for note in written)):
        return written or []
    faults.append(Problem(None, None, "The plan's 'notes' are not a list of strings."))
    return []


def _strings(written: object, name: str, faults: list[Problem]) -> dict[str, str]:
    if isinstance(written, Mapping) and all(isinstance(value, str) for value in written.values()):
        return dict(written)
    faults.append(Problem(None, None, f"The plan's {name!r} is not an object of strings."))
    return {}


def _no_constant(name: str) -> Any:
    msg = f"{name} is no number of JSON"
    raise ValueError(msg)


def _no_duplicates(pairs: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            msg = f"the name {key!r} stands twice in one object"
            raise ValueError(msg)
        found[key] = value
    return found


def other_format(found: object) -> str:
    """What is said of a file whose format is not this version's, behind its name."""
    is_newer = isinstance(found, int) and found > FORMAT
    advice = "update jarvis_magic" if is_newer else "no version wrote that, so make the file anew"
    return f"has the format {found!r}, and this version of jarvis_magic reads format {FORMAT}; {advice}."
