"""What a well-formed plan is: the one place that knows, used by drafts, plans and every edit.

`problems` looks at ids, types, ports, references, kinds and circles, and says for each fault at which task and port it
is and what to write instead.
"""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from itertools import islice

from .errors import UsageError, close_matches, either
from .ids import id_problem
from .kinds import RECORDS, Kind
from .references import Reference, kind_at, whole_reference
from .task_types import TASK_TYPES, WITHOUT_KIND, Port, TaskType
from .tasks import Argument, Task, is_plain, is_whole_reference, references_within


@dataclass(frozen=True)
class Problem:
    """Something wrong with a draft: at which task and port (``None``: at the whole), and the sentence for the user."""

    task: str | None
    port: str | None
    sentence: str


def problems(inputs: Mapping[str, Kind], tasks: Sequence[Task], outputs: Mapping[str, str]) -> tuple[Problem, ...]:
    """Return what keeps these from being a well-formed plan, in the order of the plan; of very much, the beginning."""
    return tuple(islice(_Check(inputs, tasks, outputs).problems(), MOST_PROBLEMS))


MOST_PROBLEMS = 50
"""How many problems are looked for: each names what would be right instead, which takes its time."""


def dependencies(task: Task, ids: Container[str]) -> tuple[str, ...]:
    """The ids of `ids` that a task waits for: those it refers to, then those it comes after; each once."""
    named = [reference.name for reference in task.references] + list(task.after)
    return tuple(dict.fromkeys(name for name in named if name in ids))


def depths(task: Task, kinds: Mapping[str, Kind]) -> Mapping[str, int]:
    """How many levels of list each port is split by when the task runs, from the kinds of what it refers to.

    Parameters
    ----------
    task
        A task whose type exists.
    kinds
        The kind of each input and earlier task, by name.
    """
    found = {}
    for name, argument in task.arguments.items():
        port = TASK_TYPES[task.type].by_name.get(name)
        if port is None or task.each == ():
            continue
        if task.each is not None:
            found[name] = int(name in task.each)
        elif port.name != "options":
            found[name] = max(0, argument_kind(argument, port, kinds).depth - port.kind.depth)
    return found


def output_kind(task: Task, kinds: Mapping[str, Kind]) -> Kind:
    """The kind of a task's result: its type's output, in as many lists as its ports are split by."""
    return TASK_TYPES[task.type].output.listed(max(depths(task, kinds).values(), default=0))


def argument_kind(argument: Argument, port: Port, kinds: Mapping[str, Kind]) -> Kind:
    """The kind of an argument as it stands in a plan; that of the port where only its value can tell.

    Raises
    ------
    UsageError
        If a path does not fit, or the argument cannot be of the port's kind.
    """
    if isinstance(argument, str):
        reference = whole_reference(argument)
        return _reference_kind(reference, kinds) if reference else Kind("text")
    if isinstance(argument, bool) or argument is None or isinstance(argument, Mapping):
        return Kind("json")
    if isinstance(argument, int | float):
        return Kind("number")
    items = [argument_kind(item, port, kinds) for item in argument]
    deepest = max(items, key=lambda kind: kind.depth, default=Kind(port.kind.base))
    return deepest.listed()


def _reference_kind(reference: Reference, kinds: Mapping[str, Kind]) -> Kind:
    return kind_at(kinds[reference.name], reference.path) if reference.name in kinds else Kind("json")


WITH_TEXT_FORM = frozenset({"text", "number", "labels", "boxes", "tokens", "answer", "table", "json"})
"""The kinds that have a text form, so that they may stand inside a text."""

_TAKES: dict[str, frozenset[str]] = {
    "text": WITH_TEXT_FORM,
    "audio": frozenset({"audio", "video", "json"}),
    "table": frozenset({"table", "labels", "boxes", "tokens", "json"}),
    "json": WITH_TEXT_FORM | {"vector"},
}


def takes(port: Kind, kind: Kind) -> bool:
    """Whether a port of kind `port` can take a value of `kind`, lists apart; ``json`` is tried when it is there."""
    return kind.base == port.base or kind == "json" or kind.base in _TAKES.get(port.base, {"json"})


_MIDDLE = {
    ("text", "image"): "an image-to-text task (a caption)",
    ("text", "audio"): "an automatic-speech-recognition task (a transcript)",
    ("text", "video"): "a video-classification task, or image-to-text on its '.frames',",
    ("text", "masks"): "its labels, '[*].label',",
    ("image", "text"): "a text-to-image task",
    ("audio", "text"): "a text-to-speech task",
    ("image", "video"): "its frames, '.frames',",
    ("image", "masks"): "its masks, '[*].mask',",
}


_NAMED = 20
"""How many names a sentence lists."""


class _Check:
    """One pass over a plan's parts."""

    def __init__(self, inputs: Mapping[str, Kind], tasks: Sequence[Task], outputs: Mapping[str, str]) -> None:
        self.inputs, self.tasks, self.outputs = inputs, tasks, outputs
        self.ids = dict.fromkeys(task.id for task in tasks)  # in the plan's order, for messages
        self.kinds: dict[str, Kind] = dict(inputs)

    def problems(self) -> Iterator[Problem]:
        yield from self._inputs()
        yield from self._ids()
        doubled = len(self.ids) < len(self.tasks)  # then nobody can tell which of two tasks a reference means
        circle = [] if doubled else list(self._circle())
        yield from circle
        for task in self.tasks if doubled or circle else self._in_order():
            yield from self._task(task)
        if not doubled:
            yield from self._outputs()

    def _inputs(self) -> Iterator[Problem]:
        for name in self.inputs:
            if not name.isidentifier():
                yield Problem(None, None, f"The input {name!r} is not a Python name, so no reference can name it.")

    def _ids(self) -> Iterator[Problem]:
        seen: set[str] = set()
        for task in self.tasks:
            fault = id_problem(task.id)
            if fault:
                yield Problem(task.id, None, f"{task.id!r} {fault}.")
            elif task.id in self.inputs:
                yield Problem(
                    task.id,
                    None,
                    f"{task.id!r} is an input already; give the task another id, for example '{task.id}_2'.",
                )
            elif task.id in seen:
                yield Problem(
                    task.id, None, f"Two tasks are called {task.id!r}; give one another id, for example '{task.id}_2'."
                )
            seen.add(task.id)

    def _circle(self) -> Iterator[Problem]:
        graph = {task.id: dependencies(task, self.ids) for task in self.tasks}
        try:
            TopologicalSorter(graph).prepare()
        except CycleError as error:
            circle: list[str] = error.args[1]
            way = " → ".join(reversed(circle if len(circle) <= _NAMED else [*circle[:_NAMED], "…", circle[0]]))
            yield Problem(
                circle[0], None, f"The tasks wait for each other in a circle: {way}; remove one of these references."
            )

    def _in_order(self) -> list[Task]:
        by_id = {task.id: task for task in self.tasks}
        order = TopologicalSorter({task.id: dependencies(task, self.ids) for task in self.tasks}).static_order()
        return [by_id[name] for name in order]

    def _task(self, task: Task) -> Iterator[Problem]:
        task_type = TASK_TYPES.get(task.type)
        if task_type is None:
            yield Problem(task.id, None, unknown_type(task.type, task.id))
            self.kinds.setdefault(task.id, Kind("json"))
            return
        ports = list(self._ports(task, task_type))
        yield from ports
        yield from self._order(task)
        if ports:
            self.kinds.setdefault(task.id, task_type.output)
        else:
            self.kinds.setdefault(task.id, output_kind(task, self.kinds))

    def _ports(self, task: Task, task_type: TaskType) -> Iterator[Problem]:
        named = [port.name for port in task_type.ports]
        for name in task.arguments:
            if name not in task_type.by_name:
                close = close_matches(name, named)
                hint = f"did you mean {either(close)}?" if close else f"it has {either(named, 'and')}."
                yield Problem(task.id, name, f"Task {task.id!r} ({task.type}) has no port {name!r}; {hint}")
        for name in task.each or ():
            if name not in task.arguments:
                yield Problem(task.id, name, f"Task {task.id!r} splits {name!r} in 'each', but has no such argument.")
        for port in task_type.ports:
            if task.arguments.get(port.name) is not None:
                yield from self._argument(task, port, task.arguments[port.name])
            elif not port.optional:
                sentence = (
                    f"Task {task.id!r} ({task.type}) needs {port.kind.phrase} for {port.name!r}; {self._offer(port)}."
                )
                yield Problem(task.id, port.name, sentence)

    def _offer(self, port: Port) -> str:
        fitting = [f"@{name}" for name, kind in self.inputs.items() if takes(port.kind, kind)]
        if fitting:
            return f"write {either(fitting[:3])}"
        written = "write it, or " if port.kind.base in ("text", "number") and not port.kind.depth else ""
        return f"{written}refer to a variable or an earlier task, for example '@name'"

    def _argument(self, task: Task, port: Port, argument: Argument) -> Iterator[Problem]:
        if not is_plain(argument):
            sentence = f"Task {task.id!r}, {port.name!r}: an argument is what JSON can say; make the object an input, and refer to it as '@name'."
            yield Problem(task.id, port.name, sentence)
            return
        unknown = [r for r in references_within(argument) if r.name not in self.inputs and r.name not in self.ids]
        for reference in unknown:
            close = close_matches(reference.name, [*self.inputs, *self.ids])
            hint = (
                f"did you mean {either(['@' + c for c in close])}?"
                if close
                else "inputs and tasks are " + self._names() + "."
            )
            yield Problem(
                task.id,
                port.name,
                f"Task {task.id!r} refers to '@{reference.name}', which is no input and no task; {hint}",
            )
        if unknown:
            return
        try:
            misfit = self._misfit(task, port, argument)
        except UsageError as error:
            misfit = f"Task {task.id!r}, {port.name!r}: {error}"
        if misfit:
            yield Problem(task.id, port.name, misfit)

    def _names(self) -> str:
        names = [f"@{name}" for name in (*self.inputs, *self.ids)]
        return (
            either(names, "and")
            if len(names) <= _NAMED
            else f"{', '.join(names[:_NAMED])} and {len(names) - _NAMED:,} more"
        )

    def _misfit(self, task: Task, port: Port, argument: Argument) -> str | None:
        for reference in _embedded(argument):
            kind = _reference_kind(reference, self.kinds)
            if kind.base not in WITH_TEXT_FORM:
                return self._between(
                    task, port, f"'{reference}' stands inside a text, but is {kind.phrase}", Kind("text"), kind
                )
        kind = argument_kind(argument, port, self.kinds)
        if port.name == "options":
            return (
                None
                if kind == "json"
                else f"Task {task.id!r} takes an object as 'options', for example {{\"speed\": 150}}."
            )
        if not takes(port.kind, kind):
            return self._between(
                task,
                port,
                f"needs {port.kind.phrase} for {port.name!r}, but {_said(argument)} is {kind.phrase}",
                port.kind,
                kind,
            )
        return self._each_misfit(task, port, kind, _said(argument)) if task.each is not None else None

    def _each_misfit(self, task: Task, port: Port, kind: Kind, said: str) -> str | None:
        split = port.name in (task.each or ())
        if split and not kind.depth and kind not in (*RECORDS, "table", "json"):
            return f"Task {task.id!r} splits {port.name!r} in 'each', but {said} is {kind.phrase}, not a list; leave it out of 'each'."
        if kind.depth - split > port.kind.depth and port.kind != "text":
            return f"Task {task.id!r} takes {port.kind.phrase} for {port.name!r}, but {said} is {kind.phrase}; add {port.name!r} to 'each'."
        return None

    def _between(self, task: Task, port: Port, sentence: str, wanted: Kind, kind: Kind) -> str:
        middle = _MIDDLE.get((wanted.base, kind.base))
        hint = f"put {middle} between" if middle else self._offer(Port(port.name, wanted))
        subject = f"Task {task.id!r}" if sentence.startswith("needs") else f"In task {task.id!r},"
        return f"{subject} {sentence}; {hint}."

    def _order(self, task: Task) -> Iterator[Problem]:
        for name in task.after:
            if name not in self.ids:
                yield Problem(task.id, None, f"Task {task.id!r} comes after {name!r}, which is no task.")

    def _outputs(self) -> Iterator[Problem]:
        for variable, written in self.outputs.items():
            reference = whole_reference(written) if isinstance(written, str) else None
            if not variable.isidentifier():
                yield Problem(None, variable, f"The output {variable!r} is not a Python name.")
            if reference is None or (reference.name not in self.kinds and reference.name not in self.ids):
                yield Problem(
                    None,
                    variable,
                    f"The output {variable!r} is {written!r}, which is no reference to a task; write for example '@{variable}'.",
                )
                continue
            try:
                _reference_kind(reference, self.kinds)
            except UsageError as error:
                yield Problem(None, variable, f"The output {variable!r}: {error}")


def _embedded(argument: Argument) -> Iterator[Reference]:
    """References inside longer text, which insert their text form."""
    if isinstance(argument, str):
        if not is_whole_reference(argument):
            yield from references_within(argument)
    elif isinstance(argument, Mapping):
        for item in argument.values():
            yield from _embedded(item)
    elif isinstance(argument, Sequence):
        for item in argument:
            yield from _embedded(item)


def _said(argument: Argument) -> str:
    text = str(argument)
    return repr(text if len(text) <= 60 else text[:57] + "…")


def unknown_type(name: str, task_id: str | None = None) -> str:
    """The sentence for a task type that does not exist, with close ones."""
    subject = f"Task {task_id!r} has the task type {name!r}, which" if task_id else f"{name!r}"
    if name in WITHOUT_KIND:
        return f"{subject} cannot be planned: {WITHOUT_KIND[name]}."
    close = close_matches(str(name), TASK_TYPES)
    return f"{subject} is no task type; " + (
        f"did you mean {either(close)}?" if close else "`%jarvis tasks` lists them."
    )
