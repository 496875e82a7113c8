"""The values that flow through the four stages.

A `Request` becomes a `Plan` (see `plans.py`); each of its tasks gets an `Assignment`, and together they are a
`Proposal`; each ends as an `Outcome`; all of it is a `Run`. Values are frozen, compare by content, do no I/O, and know
nothing of Jupyter.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, Literal, TypeAlias

from .digests import digest
from .errors import EndpointError, JarvisError, RunFailed, UnknownName, UsageError
from .keys import host_of
from .kinds import Kind, Missing, opened
from .plans import Plan
from .references import Reference, value_at
from .tasks import FrozenMap


@dataclass(frozen=True, eq=False)
class Resource:
    """A value and its kind: what ports take and tasks give. Compares by content."""

    kind: Kind
    value: Any

    @cached_property
    def digest(self) -> str:
        """A digest of kind and content."""
        return f"{self.kind}:{digest(self.value)}"

    def __eq__(self, other: object) -> bool:
        return self.digest == other.digest if isinstance(other, Resource) else NotImplemented

    def __hash__(self) -> int:
        return hash(self.digest)


@dataclass(frozen=True)
class Request:
    """What the user asked, ready for a controller.

    Parameters
    ----------
    text
        The words, in which every input is a reference ``@name``.
    inputs
        The resources the words name, by name.
    outputs
        The variables wanted, in order; empty: every task's id.
    offered
        Results of earlier requests that may be used, by name, newest first.
    uses
        Expert models the user asked for, by task type or id: ``"model"`` or ``"model@provider"``.
    made
        The inputs that are results of earlier requests: models wrote what is in them.
    """

    text: str
    inputs: Mapping[str, Resource] = field(default_factory=FrozenMap)
    outputs: Sequence[str] = ()
    offered: Mapping[str, Resource] = field(default_factory=FrozenMap)
    uses: Mapping[str, str] = field(default_factory=FrozenMap)
    made: frozenset[str] = frozenset()

    @property
    def kinds(self) -> dict[str, Kind]:
        """The kind of each input, by name."""
        return {name: resource.kind for name, resource in self.inputs.items()}

    @property
    def only_offered(self) -> set[str]:
        """The names of earlier results, named or not: what a model wrote is never opened as a path or URL."""
        return ({*self.offered} - {*self.inputs}) | {*self.made}


@dataclass(frozen=True)
class Menu:
    """What can run here and now: task types, each with a line on what its experts are good at."""

    runnable: Mapping[str, str] = field(default_factory=FrozenMap)

    def __contains__(self, type_name: object) -> bool:
        return type_name in self.runnable


EndpointKind: TypeAlias = Literal["function", "toolbox", "local", "provider", "url", "chat"]
"""Where an expert model runs: the user's function, the toolbox, a pipeline here, a Hub provider, a URL, the chat model."""

LOCAL_ENDPOINTS: frozenset[EndpointKind] = frozenset({"function", "toolbox", "local"})
"""Endpoint kinds that send nothing away from this machine."""

_THIS_MACHINE = frozenset({"localhost", "127.0.0.1", "::1"})


@dataclass(frozen=True)
class Candidate:
    """An expert model that might do a task, and what is known of it.

    Parameters
    ----------
    model
        Its id: ``"owner/name"``, ``"toolbox/rapidocr"``, a function's name, a URL.
    endpoint, provider, revision
        How it is run; ``provider`` and ``revision`` for Hub models.
    description, weakness
        One line each: what it does and is good at; what it is bad at.
    purposes, partly
        Words of a task's purpose it is right for; of those it does only a part of, standing in for an expert that does
        the whole.
    languages
        Language codes it knows; empty: any, or not known.
    unavailable
        Why it cannot run here and now, with the next step; ``None`` if it can.
    behind
        Why it was ranked behind the first of its task, a sentence; ``None`` for the first, and before there is a rank.
        It is the same candidate wherever it is ranked.
    remedy
        What would change that, the end of a sentence: ``"set HF_TOKEN to …"``.
    deterministic
        Whether the same input always gives the same output, so that results may be reused.
    limit
        How many of its calls may run at once; ``None``: no limit of its own.
    licence, downloads, likes, size, gated
        From the model's card: ``size`` in bytes, ``gated`` if its terms must be accepted first.
    download, is_large
        How many bytes must be downloaded before it can run, 0: nothing; and whether that is more than may come without a
        person's yes.
    """

    model: str
    endpoint: EndpointKind
    description: str = ""
    weakness: str = ""
    purposes: Sequence[str] = ()
    partly: Sequence[str] = ()
    languages: Sequence[str] = ()
    provider: str | None = None
    revision: str | None = None
    unavailable: str | None = None
    behind: str | None = field(default=None, compare=False)
    remedy: str | None = None
    deterministic: bool = False
    limit: int | None = None
    licence: str | None = None
    downloads: int | None = None
    likes: int | None = None
    size: int | None = None
    gated: bool = False
    download: int = 0
    is_large: bool = False

    @property
    def is_local(self) -> bool:
        """Whether it sends nothing away from this machine: also a server that runs here, a chat model's or an expert's."""
        address = {"url": self.model, "chat": self.provider or ""}.get(self.endpoint, "")
        return self.endpoint in LOCAL_ENDPOINTS or host_of(address) in _THIS_MACHINE


@dataclass(frozen=True)
class Choice:
    """A controller's choice for a task: the id of a candidate, and why."""

    model: str
    reason: str = ""


ChosenBy: TypeAlias = Literal["user", "ranking", "controller", "lock"]


@dataclass(frozen=True)
class Assignment:
    """The expert model a task will be run by, why, and which come next if it fails.

    Parameters
    ----------
    task_id, type
        The task and its type.
    candidate, reason, chosen_by
        The choice.
    alternatives
        The ranked rest that can run, best first, each with why it is ``behind``; execution falls back along them.
    rejected
        Candidates that cannot run here and now; each says why in ``unavailable``.
    agreed
        Whether a person has said yes to the download of the candidate.
    """

    task_id: str
    type: str
    candidate: Candidate
    reason: str = ""
    chosen_by: ChosenBy = "ranking"
    alternatives: Sequence[Candidate] = ()
    rejected: Sequence[Candidate] = ()
    agreed: bool = False

    @property
    def needs_yes(self) -> bool:
        """Whether its model is a large download that nobody has said yes to."""
        return self.candidate.is_large and not self.agreed

    def fallbacks(self) -> Sequence[Assignment]:
        """The assignment itself, then one for each alternative, in order."""
        return self._fallbacks

    @cached_property
    def _fallbacks(self) -> tuple[Assignment, ...]:  # asked for by each item of a list
        return (
            self,
            *(
                replace(self, candidate=c, alternatives=self.alternatives[i + 1 :], agreed=False)
                for i, c in enumerate(self.alternatives)
            ),
        )


@dataclass(frozen=True)
class NoExpert:
    """Stands for an assignment where no expert can do a task; the reason ends with what would bring one."""

    task_id: str
    type: str
    reason: str
    rejected: Sequence[Candidate] = ()


@dataclass(frozen=True)
class Proposal:
    """A plan with its ranked assignments: what is shown, edited and approved before anything runs."""

    plan: Plan
    assignments: Mapping[str, Assignment | NoExpert] = field(default_factory=FrozenMap)

    @property
    def unanswered(self) -> Sequence[Assignment]:
        """The assignments whose models are large downloads that nobody has said yes to."""
        return [a for a in self.assignments.values() if isinstance(a, Assignment) and a.needs_yes]


@dataclass(frozen=True)
class Attempt:
    """One try of a candidate at a task: how long it took in seconds, and the sentence if it failed."""

    model: str
    endpoint: EndpointKind
    seconds: float
    failure: str | None = None


@dataclass(frozen=True)
class Lack:
    """Items of a list that have no value for the same reason.

    Parameters
    ----------
    reason
        The reason of the first of them; those of the others may differ from it in names and numbers.
    count
        How many they are.
    rows
        The places of the first of them in the list.
    """

    reason: str
    count: int
    rows: tuple[int, ...]


_DIFFERING = re.compile(r"'[^']*'|\"[^\"]*\"|\d+")
_FIRST_ROWS = 5


def lacks_of(value: object) -> tuple[Lack, ...]:
    """Return what a list lacks, by reason, the most frequent first; of lists in it, the rows are those of the outer one."""
    found: dict[str, list[tuple[int, str]]] = {}
    for row, item in enumerate(value if isinstance(value, list) else ()):
        for reason in _reasons(item):
            found.setdefault(_DIFFERING.sub("…", reason), []).append((row, reason))
    lacks = [Lack(items[0][1], len(items), tuple(row for row, _ in items[:_FIRST_ROWS])) for items in found.values()]
    return tuple(sorted(lacks, key=lambda lack: -lack.count))


def _reasons(item: object) -> Iterator[str]:
    if isinstance(item, Missing):
        yield item.reason
    for inner in item if isinstance(item, list) else ():
        yield from _reasons(inner)


@dataclass(frozen=True)
class Success:
    """A task that has its result.

    ``started`` is in seconds after execution began, ``seconds`` how long it took; ``reused`` says that the result was
    computed before; ``notes`` are the expert's own sentences.
    """

    resource: Resource
    model: str = ""
    endpoint: EndpointKind | None = None
    started: float = 0.0
    seconds: float = 0.0
    attempts: Sequence[Attempt] = ()
    notes: Sequence[str] = ()
    reused: bool = False

    @cached_property
    def lacking(self) -> tuple[Lack, ...]:
        """What a list lacks, by reason, the most frequent first; ``pandas.DataFrame(outcome.lacking)`` is a table."""
        return lacks_of(self.resource.value)


@dataclass(frozen=True, eq=False)
class Failure:
    """A task that failed: the error, and what was tried."""

    error: JarvisError
    model: str = ""
    started: float = 0.0
    seconds: float = 0.0
    attempts: Sequence[Attempt] = ()

    @property
    def sentence(self) -> str:
        """What went wrong, and what to do next."""
        return str(self.error)


@dataclass(frozen=True)
class Skipped:
    """A task that did not run, and because of what.

    ``cause`` is the id of the failed task it waited for; ``None`` where it has no expert, or was stopped.
    """

    because: str
    cause: str | None = None

    @property
    def sentence(self) -> str:
        """Why it did not run."""
        return self.because


Outcome: TypeAlias = Success | Failure | Skipped


@dataclass(frozen=True)
class Tally:
    """What one part of a run used: calls, tokens in and out, seconds."""

    calls: int = 0
    tokens_in: int = 0
    tokens_out: int = 0
    seconds: float = 0.0

    def __add__(self, other: Tally) -> Tally:
        return Tally(
            self.calls + other.calls,
            self.tokens_in + other.tokens_in,
            self.tokens_out + other.tokens_out,
            self.seconds + other.seconds,
        )


@dataclass(frozen=True)
class Usage:
    """What a run used, by stage; `repairs` are controller calls made because a reply did not fit."""

    plan: Tally = Tally()
    select: Tally = Tally()
    respond: Tally = Tally()
    repairs: Tally = Tally()
    experts: Tally = Tally()

    @property
    def total(self) -> Tally:
        """All of it together."""
        return self.plan + self.select + self.respond + self.repairs + self.experts


class Outputs(dict[str, Any]):
    """The outputs of a run that have a value; any other of its results raises why it has none."""

    def __init__(self, run: Run, values: Mapping[str, Any]) -> None:
        super().__init__(values)
        self._run = run

    def __missing__(self, name: str) -> Any:
        return self._run[name]

    def __reduce__(self) -> tuple[type[Outputs], tuple[Run, dict[str, Any]]]:
        return Outputs, (self._run, dict(self))


@dataclass(frozen=True)
class Run:
    """A request that was carried out: its plan, who did what, how each task ended, and the answer.

    ``run["caption"]`` and ``run.caption`` give a result as a Python object.
    """

    plan: Plan
    assignments: Mapping[str, Assignment | NoExpert] = field(default_factory=FrozenMap)
    outcomes: Mapping[str, Outcome] = field(default_factory=FrozenMap)
    response: str = ""
    usage: Usage = Usage()
    notes: Sequence[str] = ()

    def __getitem__(self, task_id: str) -> Any:
        """Return the result of a task.

        Raises
        ------
        UnknownName
            If the plan has no such task.
        JarvisError
            The task's own error if it failed or was skipped.
        """
        if task_id in self.plan.outputs and task_id not in self.plan.by_id:
            return self._referred(self.plan.output_references[task_id])
        if task_id not in self.plan.by_id:
            raise UnknownName(
                "task", task_id, self.plan.by_id, f"the plan has {', '.join(self.plan.by_id) or 'no tasks'}"
            )
        outcome = self.outcomes.get(task_id)
        if isinstance(outcome, Success):
            return outcome.resource.value
        if isinstance(outcome, Failure):
            raise outcome.error
        error = EndpointError(f"Task {task_id!r} has no result: {outcome.because if outcome else 'it did not run.'}")
        error.task_id = task_id
        raise error

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_") or name not in self.plan.by_id:
            msg = f"a Run has no {name!r}"
            raise AttributeError(msg)
        return self[name]

    def __dir__(self) -> list[str]:
        return [*super().__dir__(), *self.plan.by_id]

    @property
    def outputs(self) -> Outputs:
        """The outputs that have a value, by variable, as Python objects; asked for another, it raises why it has none."""
        found = {}
        for variable, reference in self.plan.output_references.items():
            if isinstance(self.outcomes.get(reference.name), Success):
                with contextlib.suppress(UsageError):  # its path leads nowhere, which `missing` says
                    found[variable] = self._referred(reference)
        return Outputs(self, found)

    def _referred(self, reference: Reference) -> Any:
        return opened(value_at(self[reference.name], reference.path))

    @property
    def missing(self) -> dict[str, str]:
        """The outputs without a value that no one announced before approval: variable to sentence."""
        return {v: s for v, r in self.plan.output_references.items() if (s := self._lack(v, r)) is not None}

    def _lack(self, variable: str, reference: Reference) -> str | None:
        outcome = self.outcomes.get(reference.name)
        if isinstance(outcome, Success):
            return _nowhere(outcome.resource, reference)
        named = variable != reference.name or dict(self.plan.outputs) != {t.id: f"@{t.id}" for t in self.plan.tasks}
        announced = isinstance(outcome, Skipped) and self._announced(reference.name)
        if announced and not named:
            return None
        return f"{reference.name}: {self._why(reference, outcome) if outcome else 'it did not run.'}"

    def _why(self, reference: Reference, outcome: Failure | Skipped) -> str:
        """Why a task has no result; of one that waited for another, what ended that one, unless it is told itself."""
        cause, root = reference.name, self.outcomes.get(reference.name)
        while isinstance(root, Skipped) and root.cause is not None:
            cause, root = root.cause, self.outcomes.get(root.cause)
        told = any(other.name == cause for other in self.plan.output_references.values())
        return (
            outcome.sentence
            if told or root is None or isinstance(root, Success)
            else f"{outcome.sentence} {cause}: {root.sentence}"
        )

    def _announced(self, task_id: str) -> bool:
        """Whether a task was skipped for want of an expert, its own or that of one it waits for: known before approval."""
        outcome = self.outcomes.get(task_id)
        if isinstance(self.assignments.get(task_id), NoExpert):
            return True
        return isinstance(outcome, Skipped) and outcome.cause is not None and self._announced(outcome.cause)

    def check(self) -> Run:
        """Return this run if every wanted output has a value.

        Raises
        ------
        RunFailed
            If not; a sentence for each, and ``run`` attached. A task that was announced as having no expert counts
            only if the outputs were named.
        """
        if self.missing:
            raise RunFailed(" ".join(self.missing.values()), self)
        return self


def _nowhere(resource: Resource, reference: Reference) -> str | None:
    """Why there is nothing where a reference leads in a result; ``None`` if there is."""
    try:
        value_at(resource.value, reference.path)
    except UsageError as error:
        return f"'{reference}' leads nowhere: {error}"
    return None
