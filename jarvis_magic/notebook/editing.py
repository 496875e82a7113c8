"""Editing a proposal before it runs: every edit makes a new `Edition`; `History` remembers them.

Nothing here knows of a browser or of Jupyter. What an edit breaks shows up as a `Problem` at the task and port where it
is, because an edition holds a `Draft`, which may be wrong; only one without problems becomes a `Proposal` again.
"""

from __future__ import annotations

import contextlib
import json
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from graphlib import CycleError, TopologicalSorter
from typing import Any

from jarvis_magic.errors import UsageError
from jarvis_magic.ids import id_problem, valid_id
from jarvis_magic.kinds import Kind
from jarvis_magic.plans import Draft
from jarvis_magic.references import Reference, kind_at, parse_reference, scan, whole_reference
from jarvis_magic.task_types import TASK_TYPES, Port
from jarvis_magic.tasks import Argument, FrozenMap, Task, is_whole_reference, thawed
from jarvis_magic.values import Assignment, Candidate, EndpointKind, NoExpert, Proposal
from jarvis_magic.wellformed import Problem, output_kind, takes

MODEL = "model"
"""Where a problem with a task's expert model stands: no port has this name."""

VARIABLE = "variable"
"""Where a problem with the name of a task's variable stands: no port has this name."""


@dataclass(frozen=True)
class Edition:
    """A proposal while it is edited: a draft, and who would run its tasks.

    Parameters
    ----------
    draft
        The plan as it stands, perhaps with problems.
    assignments
        By task id; a task that was just added may have none yet.
    misfits
        By task id, why the model the user asked for cannot run it.
    """

    draft: Draft
    assignments: Mapping[str, Assignment | NoExpert] = field(default_factory=FrozenMap)
    misfits: Mapping[str, str] = field(default_factory=FrozenMap)

    @classmethod
    def of(cls, proposal: Proposal) -> Edition:
        """Begin to edit a proposal."""
        return cls(proposal.plan.draft(), proposal.assignments)

    @cached_property
    def problems(self) -> tuple[Problem, ...]:
        """Everything that keeps it from being run, each at its task and port."""
        unsuited = [Problem(task, MODEL, sentence) for task, sentence in self.misfits.items()]
        misnamed = [Problem(task.id, VARIABLE, s) for task in self.draft.tasks if (s := self._misnamed(task.id))]
        said = {self.variable(problem.task) for problem in misnamed if problem.task}
        drafted = [problem for problem in self.draft.problems if problem.task or problem.port not in said]
        return (*drafted, *unsuited, *misnamed)

    def _misnamed(self, task_id: str) -> str | None:
        fault = id_problem(variable) if (variable := self.variable(task_id)) else None
        return f"{variable!r} {fault}." if fault else None

    @cached_property
    def kinds(self) -> Mapping[str, Kind]:
        """The kind of every input and result, as far as it can be told."""
        kinds = dict(self.draft.inputs)
        for task in _in_order(self.draft):
            kinds[task.id] = _likely_kind(task, kinds)
        return kinds

    @property
    def can_run(self) -> bool:
        """Whether it may be run: well formed, every task looked after, and at least one has an expert."""
        assignments = [self.assignments.get(task_id) for task_id in self.draft.by_id]
        found = any(isinstance(assignment, Assignment) for assignment in assignments)
        return found and None not in assignments and not self.problems and not self.unanswered

    @property
    def unanswered(self) -> Mapping[str, Candidate]:
        """By task id, the models that are large downloads which nobody has said yes to."""
        found = {task_id: self.assignments.get(task_id) for task_id in self.draft.by_id}
        return {t: a.candidate for t, a in found.items() if isinstance(a, Assignment) and a.needs_yes}

    @property
    def open_tasks(self) -> tuple[str, ...]:
        """The ids of the tasks that no expert has been looked for yet."""
        return tuple(t for t in self.draft.by_id if t not in self.assignments and t not in self.misfits)

    def proposal(self) -> Proposal:
        """Return the proposal.

        Raises
        ------
        PlanError
            If there are problems.
        """
        plan = self.draft.plan()
        return Proposal(plan, FrozenMap({t.id: self.assignments[t.id] for t in plan.tasks}))

    def variable(self, task_id: str) -> str | None:
        """The variable a task's whole result is bound to, if any."""
        return self._variables.get(f"@{task_id}")

    @cached_property
    def _variables(self) -> Mapping[str, str]:
        """The first variable of each reference."""
        return {reference: name for name, reference in reversed([*self.draft.outputs.items()])}

    def port(self, task_id: str, name: str) -> Port | None:
        """A port of a task's type, if there is such a task, type and port."""
        task = self.draft.by_id.get(task_id)
        return TASK_TYPES[task.type].by_name.get(name) if task and task.type in TASK_TYPES else None

    def waits_for(self, task_id: str) -> frozenset[str]:
        """The ids of the tasks that wait for a task, directly or through others, and its own."""
        found, size = {task_id}, 0
        while len(found) != size:
            size = len(found)
            found |= {t.id for t in self.draft.tasks if found.intersection(self.draft.dependencies(t.id))}
        return frozenset(found)

    def _with(self, **changes: Any) -> Edition:
        return replace(self, draft=replace(self.draft, **changes))

    def _with_task(self, task_id: str, **changes: Any) -> Edition:
        return self._with(tasks=[replace(task, **changes) if task.id == task_id else task for task in self.draft.tasks])

    # Edits of a task -------------------------------------------------------------------------------------------

    def with_argument(self, task_id: str, port: str, argument: Argument) -> Edition:
        """Another argument at a port; ``None`` takes it away."""
        arguments = {**self.draft.by_id[task_id].arguments, port: argument}
        return self._with_task(task_id, arguments={k: v for k, v in arguments.items() if k != port or v is not None})

    def with_purpose(self, task_id: str, purpose: str) -> Edition:
        """Another purpose, which ranking reads."""
        return self._with_task(task_id, purpose=purpose.strip())

    def with_each(self, task_id: str, each: Sequence[str] | None) -> Edition:
        """Another rule for lists: ``None`` once per item, ``()`` the whole list in one call, or the ports to split."""
        return self._with_task(task_id, each=each)

    def with_after(self, task_id: str, after: Sequence[str]) -> Edition:
        """Other tasks that must end first, although it uses nothing of them."""
        return self._with_task(task_id, after=after)

    def with_variable(self, task_id: str, variable: str) -> Edition:
        """Bind a task's result to another variable, at the same place among the outputs."""
        old, written = self.variable(task_id), f"@{task_id}"
        if old is None:
            return self._with(outputs={**self.draft.outputs, variable: written})
        others = {name for name in self.draft.outputs if name != old}
        name = variable if variable not in others else valid_id(variable, others)
        return self._with(outputs={name if k == old else k: v for k, v in self.draft.outputs.items()})

    def with_bound(self, task_id: str, *, bound: bool) -> Edition:
        """Bind a task's result to a variable of its name, or to none."""
        variable = self.variable(task_id)
        if bound and variable is None:
            return self.with_variable(task_id, valid_id(task_id, {*self.draft.outputs, *self.draft.inputs}))
        return self._with(outputs={k: v for k, v in self.draft.outputs.items() if bound or k != variable})

    def moved(self, task_id: str, places: int) -> Edition:
        """Move a task up or down in the order of the plan."""
        tasks = list(self.draft.tasks)
        position = next(i for i, task in enumerate(tasks) if task.id == task_id)
        task = tasks.pop(position)
        tasks.insert(max(0, position + places), task)
        return self._with(tasks=tasks)

    # Edits of the graph ----------------------------------------------------------------------------------------

    def with_task(self, type_name: str, near: str | None = None) -> tuple[Edition, str]:
        """Add a task of a type behind the task `near`, with what fits filled in.

        Returns
        -------
        edition, id
            The edition, and the id of the new task.
        """
        taken = {*self.draft.by_id, *self.draft.inputs, *self.draft.outputs}
        task_id = valid_id(type_name, taken)
        sources = [name for name in (near, *reversed([*self.kinds])) if name is not None and name in self.kinds]
        arguments = {}
        for port in TASK_TYPES[type_name].ports:
            fitting = next((r for name in sources for r in _ways(name, self.kinds[name], port.kind)), None)
            if fitting and not port.optional and port.name not in _WRITTEN_BY_HAND:
                arguments[port.name] = fitting
        task = Task(task_id, type_name, arguments)
        outputs = {**self.draft.outputs, task_id: f"@{task_id}"}
        return self._with(tasks=[*self.draft.tasks, task], outputs=outputs), task_id

    def without(self, task_id: str) -> Edition:
        """Remove a task; those that used it use what it was made from, where that is of the same kind."""
        bridge = self._bridge(task_id)
        tasks = [_without_task(task, task_id, bridge) for task in self.draft.tasks if task.id != task_id]
        outputs = {v: written for v, written in self.draft.outputs.items() if parse_reference(written).name != task_id}
        return self._with(tasks=tasks, outputs=outputs).unassigned(task_id)

    def _bridge(self, task_id: str) -> Reference | None:
        task = self.draft.by_id[task_id]
        whole = [r for a in task.arguments.values() if isinstance(a, str) and (r := whole_reference(a))]
        same = [r for r in whole if kind_of(r, self.kinds) == self.kinds[task_id]]
        return same[0] if len(same) == 1 else None

    def connected(self, source: str, task_id: str) -> Edition:
        """Make a task use a result or input, at the first port it fits: an empty one before one that is rewired.

        Raises
        ------
        UsageError
            If it fits none, or the tasks would wait for each other.
        """
        task, kind = self.draft.by_id[task_id], self.kinds[source]
        if source in self.waits_for(task_id):
            msg = f"{task_id!r} cannot use '@{source}': the tasks would wait for each other in a circle."
            raise UsageError(msg)
        ports = [port for port in TASK_TYPES[task.type].ports if list(_ways(source, kind, port.kind))]
        ports = [port for port in ports if port.name != "options"]
        if not ports:
            msg = f"{task_id!r} ({task.type}) takes nothing that is {kind.phrase}, so it cannot use '@{source}'."
            raise UsageError(msg)
        port = min(ports, key=lambda port: (_rewiring(task.arguments.get(port.name)), port.optional))
        return self.with_argument(task_id, port.name, next(iter(_ways(source, kind, port.kind))))

    # Who runs it -----------------------------------------------------------------------------------------------

    def assigned(self, assignments: Mapping[str, Assignment | NoExpert]) -> Edition:
        """Other assignments for some tasks."""
        return replace(self, assignments=FrozenMap({**self.assignments, **assignments}))

    def unassigned(self, *task_ids: str) -> Edition:
        """Some tasks without the experts they had, so that others are looked for."""
        return replace(self, assignments=_less(self.assignments, task_ids), misfits=_less(self.misfits, task_ids))

    def with_model(self, task_id: str, model: str, *, all_of_type: bool = False) -> Edition:
        """Ask for a model by its id or URL, for a task or for all tasks of its type; it has to be looked up."""
        chosen = self._of_type(task_id) if all_of_type else (task_id,)
        tasks = [replace(t, model=model or None) if t.id in chosen else t for t in self.draft.tasks]
        return self._with(tasks=tasks).unassigned(*chosen)

    def with_misfit(self, task_id: str, sentence: str) -> Edition:
        """Take note that the model asked for cannot run a task, and why."""
        return replace(self, misfits=FrozenMap({**self.misfits, task_id: sentence}))

    def with_download(self, task_id: str) -> Edition:
        """Say yes to the download of a task's model, for every task that it runs: it comes once."""
        wanted = self.unanswered.get(task_id)
        agreed = {t: self.assignments[t] for t, candidate in self.unanswered.items() if candidate == wanted}
        return self.assigned({t: replace(a, agreed=True) for t, a in agreed.items() if isinstance(a, Assignment)})

    def _of_type(self, task_id: str) -> tuple[str, ...]:
        wanted = self.draft.by_id[task_id].type
        return tuple(task.id for task in self.draft.tasks if task.type == wanted)

    def with_candidate(self, task_id: str, candidate: Candidate, *, all_of_type: bool = False) -> Edition:
        """Let a candidate run a task, or all tasks of its type; one that cannot run becomes a problem there."""
        chosen = self._of_type(task_id) if all_of_type else (task_id,)
        edition = self.with_model(task_id, candidate.model, all_of_type=all_of_type)
        if candidate.unavailable:
            misfits = dict.fromkeys(chosen, candidate.unavailable)
            return replace(edition, assignments=self.assignments, misfits=FrozenMap({**edition.misfits, **misfits}))
        return edition.assigned({t: self._assigned_to(t, candidate) for t in chosen})

    def _assigned_to(self, task_id: str, candidate: Candidate) -> Assignment:
        """The user's choice, with the same ranked rest behind it."""
        old = self.assignments.get(task_id)
        known = (old.candidate, *old.alternatives) if isinstance(old, Assignment) else ()
        rest = tuple(other for other in known if other.model != candidate.model)
        type_name = self.draft.by_id[task_id].type
        return Assignment(task_id, type_name, candidate, "You chose it.", "user", rest, old.rejected if old else ())

    def up_to(self, task_id: str) -> Edition:
        """Only a task and those it waits for, with the outputs that are theirs."""
        kept, waiting = {task_id}, [task_id]
        while waiting:
            needed = set(self.draft.dependencies(waiting.pop())) - kept
            kept |= needed
            waiting += needed
        tasks = [task for task in self.draft.tasks if task.id in kept]
        outputs = {v: written for v, written in self.draft.outputs.items() if parse_reference(written).name in kept}
        edition = self._with(tasks=tasks, outputs=outputs)
        return replace(edition, misfits=FrozenMap({t: s for t, s in self.misfits.items() if t in kept}))


@dataclass
class History:
    """The editions so far, for undo and redo; typing on at one place is one change."""

    present: Edition
    past: list[Edition] = field(default_factory=list)
    future: list[Edition] = field(default_factory=list)
    place: object = None

    def change(self, edition: Edition, place: object = None) -> None:
        """Go on to an edition; `place` names what was typed at, ``None`` an edit of its own."""
        if edition == self.present:
            return
        if place is None or place != self.place:
            self.past.append(self.present)
        self.present, self.future, self.place = edition, [], place

    def amend(self, edition: Edition) -> None:
        """Complete the present edition, without a change to be undone."""
        self.present = edition

    def undo(self) -> None:
        """Go back one change, if there is one."""
        if self.past:
            self.future.append(self.present)
            self.present, self.place = self.past.pop(), None

    def redo(self) -> None:
        """Go forward one change, if there is one."""
        if self.future:
            self.past.append(self.present)
            self.present, self.place = self.future.pop(), None


# Arguments as text ---------------------------------------------------------------------------------------------


def argument_from(written: str, port: Port) -> Argument:
    """Read what was typed into a port's field; what cannot be read stays text, and the draft says what is wrong."""
    if not written.strip():
        return None
    if is_whole_reference(written):
        return written
    readers: dict[str, Callable[[str], Argument]] = {"number": _number, "json": json.loads}
    read = _list if port.kind.depth else readers.get(port.kind.base, str)
    try:
        return read(written)
    except ValueError:
        return written


def _number(written: str) -> int | float:
    try:
        return int(written)
    except ValueError:
        value = float(written)
        if not math.isfinite(value):
            raise
        return value


def _list(written: str) -> Argument:
    """One item per line; a single line is divided at its commas; a list in JSON is that list."""
    if written.lstrip().startswith("["):
        with contextlib.suppress(ValueError):
            return json.loads(written)
    items = written.splitlines() if "\n" in written else written.split(",")
    return [item.strip() for item in items if item.strip()]


def argument_text(argument: Argument) -> str:
    """How an argument stands in its field; `argument_from` reads it back."""
    if argument is None:
        return ""
    if isinstance(argument, str):
        return argument
    if _is_plain_list(argument):
        simple = len(argument) > 1 and not any("," in item for item in argument)
        return ", ".join(argument) if simple else "\n".join([*argument, ""])
    return json.dumps(thawed(argument), ensure_ascii=False)


def _is_plain_list(argument: Argument) -> bool:
    return (
        isinstance(argument, Sequence)
        and all(isinstance(i, str) and i and i == i.strip() and len(i.splitlines()) == 1 for i in argument)
        and not (argument and argument[0].startswith("["))
    )


# References that fit -------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Fitting:
    """A reference that a port can take, and the kind of what it passes."""

    reference: str
    kind: Kind


def fitting(edition: Edition, task_id: str, port: Port) -> tuple[Fitting, ...]:
    """The references a port of a task can take: inputs, and results of tasks that do not wait for it."""
    later = edition.waits_for(task_id)
    found = []
    for name, kind in edition.kinds.items():
        if name not in later:
            ways = _ways(name, kind, port.kind)
            found += [Fitting(written, kind_of(parse_reference(written), edition.kinds)) for written in ways]
    return tuple(found)


_PATHS: dict[str, tuple[str, ...]] = {
    "labels": ("[*].label", "[0].score"),
    "boxes": ("[*].label",),
    "masks": ("[*].label", "[0].mask"),
    "tokens": ("[*].text",),
    "answer": (".answer", ".score"),
    "image": (".width", ".height"),
    "audio": (".duration",),
    "video": (".frames", ".audio", ".duration"),
}
"""Paths worth offering, by the kind they start from."""

_WRITTEN_BY_HAND = frozenset({"question", "labels", "target", "target_language"})
"""Ports that take the user's own words, so that adding a task does not fill them."""


def _ways(name: str, kind: Kind, port: Kind) -> Iterable[str]:
    """How a port can take a name: as it is if it fits, else by a path that leads to the port's kind."""
    whole = Reference(name)
    if takes(port, kind):
        yield str(whole)
        if kind.depth > port.depth:
            yield f"{whole}[0]"
        return
    item = "[0]" * kind.depth
    for path in _PATHS.get(kind.base, ()):
        written = f"{whole}{item}{path}"
        if kind_of(parse_reference(written), {name: kind}).base == port.base:
            yield written


def kind_of(reference: Reference, kinds: Mapping[str, Kind]) -> Kind:
    """The kind a reference leads to, as far as it can be told."""
    try:
        return kind_at(kinds[reference.name], reference.path) if reference.name in kinds else Kind("json")
    except UsageError:
        return Kind("json")


def _likely_kind(task: Task, kinds: Mapping[str, Kind]) -> Kind:
    if task.type not in TASK_TYPES:
        return Kind("json")
    try:
        return output_kind(task, kinds)
    except UsageError:
        return TASK_TYPES[task.type].output


def _in_order(draft: Draft) -> Sequence[Task]:
    graph = {task.id: draft.dependencies(task.id) for task in draft.tasks}
    try:
        return [draft.by_id[name] for name in TopologicalSorter(graph).static_order()]
    except CycleError:
        return draft.tasks


def _rewiring(argument: Argument) -> int:
    """How much of the user's would be lost by another argument: nothing, a reference, words."""
    return 0 if argument is None else 1 if is_whole_reference(argument) else 2


def _without_task(task: Task, gone: str, bridge: Reference | None) -> Task:
    arguments = _bridged(task.arguments, gone, bridge) if bridge else task.arguments
    return replace(task, arguments=arguments, after=[name for name in task.after if name != gone])


def _bridged(argument: Argument, gone: str, bridge: Reference) -> Argument:
    """The argument with every reference to a task that is gone led to `bridge` instead."""
    if isinstance(argument, str):
        return "".join(
            str(Reference(bridge.name, (*bridge.path, *f.piece.path)))
            if isinstance(f.piece, Reference) and f.piece.name == gone
            else argument[f.start : f.end]
            for f in scan(argument)
        )
    if isinstance(argument, Mapping):
        return {key: _bridged(item, gone, bridge) for key, item in argument.items()}
    if isinstance(argument, Sequence):
        return [_bridged(item, gone, bridge) for item in argument]
    return argument


def _less(entries: Mapping[str, Any], gone: Sequence[str]) -> FrozenMap:
    return FrozenMap({name: value for name, value in entries.items() if name not in gone})


def free_candidate(model: str) -> Candidate:
    """The candidate that an id or URL typed by the user stands for, where no catalogue knows it."""
    endpoint: EndpointKind = "url" if model.startswith(("http://", "https://")) else "provider"
    return Candidate(model, endpoint, "as you typed it")
