"""What a kernel remembers of its cells: what they bound and how they ended, which keys were typed, what was said once."""

from __future__ import annotations

import copy
from collections import deque
from collections.abc import Collection, Mapping, MutableMapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any, TypeAlias

from jarvis_magic.errors import UsageError
from jarvis_magic.kinds import Missing
from jarvis_magic.tasks import FrozenMap
from jarvis_magic.values import Failure, Outcome, Resource, Run, Success

from .binding import Bindings

if TYPE_CHECKING:
    from concurrent.futures import Future

    from jarvis_magic.keys import Key

    from .flags import Flags
    from .waiting import Surroundings

NOTHING = "There is no run in this session; write a request in a cell that begins with %%jarvis."

REMEMBERED = 200
"""How many runs are remembered, without their results."""


@dataclass(frozen=True)
class Cell:
    """A cell that is to run: its flags and body, what it is known by, and where it runs."""

    flags: Flags
    body: str
    key: str
    where: Surroundings


@dataclass(frozen=True)
class Former:
    """A run of this kernel: when it ended, and all of it but the results themselves, which may be large."""

    run: Run
    at: datetime = field(default_factory=datetime.now)


Digests: TypeAlias = Mapping[str, "str | None"]
"""A digest of each input; ``None`` where none was made, so that the input counts as changed."""


@dataclass(frozen=True)
class Last:
    """The last cell that ran, and what its inputs were.

    Parameters
    ----------
    cell, run
        The cell, and how it ended, its plan without what the cell had to say itself.
    digests
        What its inputs were.
    """

    cell: Cell
    run: Run
    digests: Future[Digests]


class Session:
    """What is remembered from cell to cell.

    Parameters
    ----------
    namespace
        The user's variables.
    """

    def __init__(self, namespace: MutableMapping[str, Any]) -> None:
        self.bindings = Bindings(namespace)
        self.typed: Mapping[str, Key] = {}
        self.cell: Cell | None = None
        self.last: Last | None = None
        self._runs: deque[Former] = deque(maxlen=REMEMBERED)
        self._said: set[str] = set()

    def begins(self, cell: Cell, refers_to: Collection[str]) -> None:
        """A cell begins to run: what it bound before is let go of, except what it refers to."""
        self.cell = cell
        self.bindings.begin(cell.key, refers_to)

    def offered(self, cell: Cell) -> dict[str, Resource]:
        """The earlier results that a cell may use without naming them, newest first."""
        stands_alone = cell.flags.fresh or cell.flags.lock or not cell.where.person
        return {} if stands_alone else self.bindings.offered(cell.key)

    def ended(self, last: Last) -> None:
        """Remember how a cell ended."""
        self.last = last
        self._runs.append(Former(_without_results(last.run)))

    @property
    def runs(self) -> tuple[Former, ...]:
        """What was run, oldest first.

        Raises
        ------
        UsageError
            If nothing was.
        """
        if not self._runs:
            raise UsageError(NOTHING)
        return tuple(self._runs)

    def once(self, about: str, sentence: str) -> tuple[str, ...]:
        """The sentence, or nothing if one about the same was said before."""
        new = about not in self._said
        self._said.add(about)
        return (sentence,) if new else ()

    def forget(self) -> None:
        """Forget what was run, and offer nothing of it to later requests; variables and keys stay."""
        self._runs.clear()
        self.cell = self.last = None
        self.bindings.forget()


def _without_results(run: Run) -> Run:
    return replace(run, outcomes=FrozenMap({task: _without_result(ended) for task, ended in run.outcomes.items()}))


def _without_result(outcome: Outcome) -> Outcome:
    """An outcome without its result, and without the traceback of its error, which holds all that was passed."""
    if isinstance(outcome, Failure):
        return replace(outcome, error=copy.copy(outcome.error))
    if not isinstance(outcome, Success):
        return outcome
    return replace(outcome, resource=Resource(outcome.resource.kind, Missing("it is not kept in the history")))
