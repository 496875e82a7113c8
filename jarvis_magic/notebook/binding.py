"""Binding outputs to the user's variables, and letting go of them when the cell runs again.

A name is Jarvis's while it is the object that Jarvis bound. Names the user asked for may replace anything; a task's own
id never replaces a variable of the user's: the result gets another name, which is said before approval.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, MutableMapping
from dataclasses import dataclass, replace
from typing import Any

from jarvis_magic.errors import UsageError
from jarvis_magic.ids import valid_id
from jarvis_magic.kinds import Kind
from jarvis_magic.plans import Plan
from jarvis_magic.references import kind_at
from jarvis_magic.values import Resource, Run

RUN_NAME = "_jarvis"
"""The variable that is always the last `Run`."""


@dataclass(frozen=True)
class _Bound:
    """What was bound to a name, and by which cell; `offered` to later requests until they are to begin afresh."""

    value: Any
    kind: Kind
    cell: str
    offered: bool = True


class Bindings:
    """The variables that Jarvis bound in a namespace.

    Parameters
    ----------
    namespace
        The user's variables.
    """

    def __init__(self, namespace: MutableMapping[str, Any]) -> None:
        self._namespace = namespace
        self._bound: dict[str, _Bound] = {}

    def owns(self, name: str) -> bool:
        """Whether a name is Jarvis's: it still is the object that Jarvis bound."""
        return name in self._bound and self._namespace.get(name) is self._bound[name].value

    def begin(self, cell: str, refers_to: Collection[str]) -> None:
        """Remove what a cell bound when it ran before, except what it refers to now."""
        self._bound = {name: bound for name, bound in self._bound.items() if self.owns(name)}
        for name in [name for name, bound in self._bound.items() if bound.cell == cell and name not in refers_to]:
            del self._namespace[name], self._bound[name]

    def offered(self, cell: str) -> dict[str, Resource]:
        """What other cells bound and still is bound, newest first: what a later request may mean without naming it."""
        newest_first = reversed(self._bound.items())
        return {
            name: Resource(bound.kind, bound.value)
            for name, bound in newest_first
            if bound.offered and bound.cell != cell and self.owns(name)
        }

    def made(self) -> dict[str, Resource]:
        """Every variable that holds what Jarvis bound, or the same text: models wrote it, so it names no file or URL."""
        results = [bound for name, bound in self._bound.items() if self.owns(name)]
        objects = {id(bound.value): bound for bound in results}
        texts = {bound.value: bound for bound in results if isinstance(bound.value, str)}
        found = {}
        for name, value in list(self._namespace.items()):
            bound = texts.get(value) if isinstance(value, str) else objects.get(id(value))
            if bound is not None:
                found[name] = Resource(bound.kind, bound.value)
        return found

    def forget(self) -> None:
        """Offer nothing that is bound by now to later requests; the variables stay, but there is no last run."""
        self._namespace.pop(RUN_NAME, None)
        self._bound = {name: replace(bound, offered=False) for name, bound in self._bound.items()}

    def names_for(self, plan: Plan, wanted: Iterable[str]) -> dict[str, str]:
        """Return the name each output of a plan is bound to.

        An output that the user named (`wanted`) keeps its name; any other keeps it unless that is a variable of the
        user's.
        """
        named = set(wanted)
        taken = {*self._namespace, *plan.inputs, *plan.by_id, *plan.outputs}
        return {
            variable: variable if variable in named or self._is_free(variable) else valid_id(variable, taken)
            for variable in plan.outputs
        }

    def _is_free(self, name: str) -> bool:
        return name not in self._namespace or self.owns(name)

    def bind(self, run: Run, names: Mapping[str, str], cell: str) -> dict[str, str]:
        """Bind the outputs of a run that have a value, and ``_jarvis``; return the names bound, with their kinds."""
        outputs = run.outputs
        for variable, value in outputs.items():
            name = names.get(variable, variable)
            self._namespace[name] = value
            self._bound.pop(name, None)  # so that the newest stands last
            self._bound[name] = _Bound(value, _kind(run, variable), cell)
        self._namespace[RUN_NAME] = run
        return {names.get(variable, variable): str(_kind(run, variable)) for variable in outputs}


def _kind(run: Run, variable: str) -> Kind:
    reference = run.plan.output_references[variable]
    return kind_at(run.plan.kinds[reference.name], reference.path)


def renamed_notes(names: Mapping[str, str]) -> tuple[str, ...]:
    """A note for each output that cannot have its name, because a variable of the user's has it."""
    return tuple(
        f"{variable!r} is a variable of yours and stays; the result will be {name!r}."
        for variable, name in names.items()
        if name != variable
    )


def refuse_renaming(names: Mapping[str, str]) -> None:
    """Refuse to bind outputs under other names when nobody is there to see it.

    Raises
    ------
    UsageError
        If there are such outputs; it says how to name them.
    """
    renamed = [variable for variable, name in names.items() if name != variable]
    if renamed:
        wanted = ", ".join(names.values())
        msg = f"{renamed[0]!r} is a variable of yours, and nobody is here to be told another name: name the results, for example `%%jarvis {wanted} <<`."
        raise UsageError(msg)


def bound_sentence(bound: Collection[str]) -> str:
    """The one line that says what was bound."""
    return f"Bound: {', '.join(bound)}."
