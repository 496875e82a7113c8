"""How a cell is repeated without planning: from its lock file, or from what it gave before in this session."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from jarvis_magic.continuation import still_valid
from jarvis_magic.digests import digest
from jarvis_magic.equipment import Equipment
from jarvis_magic.errors import UsageError
from jarvis_magic.kinds import Unread
from jarvis_magic.ongoing import Replay
from jarvis_magic.options import Options
from jarvis_magic.plans import Plan
from jarvis_magic.replaying import Repetition, locked_cell, renewed, repeat
from jarvis_magic.store import LockedCell, cell_digest, read_lock, write_locked
from jarvis_magic.values import Proposal, Request, Resource, Run, Success

from .session import Cell, Digests, Last

_PLANNING = ("base_url", "controller", "share", "where")
"""The options that what is planned and chosen depends on."""

_MOST_FETCHED = 200
"""How much that was not read yet is read to find out whether it has changed."""


@dataclass(frozen=True)
class Again:
    """A cell that ran before and is to be brought up to date.

    Parameters
    ----------
    last
        The cell, and how it ended.
    ids
        Tasks to run in any case.
    note
        What is said of it.
    """

    last: Last
    ids: Collection[str] = ()
    note: str = ""

    async def repetition(
        self, request: Request, variables: Mapping[str, Any], means: Equipment, options: Options
    ) -> Repetition:
        """What is to be run for a request as it reads now."""
        return await renewed(self.last.run, request, variables, means, options)

    def replay(self, repetition: Repetition) -> Replay:
        """What is run of it, with its inputs as they are now: the rest is reused. It may take its time."""
        run, before = self.last.run, self.last.digests.result()
        now = digests_of({**repetition.request.offered, **repetition.request.inputs})
        changed = {name for name, found in now.items() if found is None or found != before.get(name)}
        held = {task_id: o for task_id, o in run.outcomes.items() if task_id not in self.ids and is_whole(o)}
        kept = still_valid(Proposal(run.plan, run.assignments), repetition.proposal, held, changed)
        reused = {
            task_id: replace(s, started=0.0, seconds=0.0, attempts=(), reused=True) for task_id, s in kept.items()
        }
        return Replay(repetition.proposal, reused, responds=len(reused) < len(run.plan.tasks))


@dataclass(frozen=True)
class Locked:
    """A cell that a lock file holds.

    Parameters
    ----------
    kept
        What the file holds of it.
    note
        What is said of it.
    responds
        Whether the controller writes the answer.
    """

    kept: LockedCell | Plan
    note: str
    responds: bool = False

    async def repetition(
        self, request: Request, variables: Mapping[str, Any], means: Equipment, options: Options
    ) -> Repetition:
        """What is to be run for a request as it reads now."""
        return await repeat(self.kept, request, variables, means, options)

    def replay(self, repetition: Repetition) -> Replay:
        """What is run of it: everything."""
        return Replay(repetition.proposal, responds=self.responds)


def is_whole(outcome: object) -> bool:
    """Whether an outcome is a result in which nothing is missing."""
    return isinstance(outcome, Success) and not outcome.lacking


def digests_of(inputs: Mapping[str, Resource]) -> Digests:
    """A digest of each input; ``None`` where making one would mean to fetch very much.

    Files of a list are told apart by path, size and time of change, without reading them.
    """
    return {
        name: None
        if _fetched(resource.value) > _MOST_FETCHED
        else f"{resource.kind}:{digest(resource.value, reading=False)}"
        for name, resource in inputs.items()
    }


def _fetched(value: object) -> int:
    """How much would have to be read, because nothing else tells whether it has changed: what a URL names."""
    if isinstance(value, list):
        return sum(map(_fetched, value))
    return isinstance(value, Unread) and value.stamp is None


def read_locked(cell: Cell, *, refresh: bool) -> Locked | None:
    """What the cell's lock file holds of it; ``None`` for nothing, or if it is to be planned anew.

    Raises
    ------
    UsageError
        If the folder that is to hold the file does not exist, so that a run would not be kept.
    """
    file = cell.flags.lock
    if file and not Path(file).absolute().parent.is_dir():
        msg = f"There is no folder {str(Path(file).parent)!r} for the lock {file!r}; make it, or name another file."
        raise UsageError(msg)
    if not file or refresh:
        return None
    found = read_lock(Path(file))
    kept = found if isinstance(found, Plan) else found.get(_key(cell))
    return Locked(kept, f"Repeated from {file!r}; --refresh plans it anew.", cell.flags.responds) if kept else None


def keep_locked(cell: Cell, run: Run) -> None:
    """Keep a run in the cell's lock file."""
    write_locked(Path(cell.flags.lock), _key(cell), locked_cell(run))


def _key(cell: Cell) -> str:
    flags = cell.flags
    given = {name: value for name in _PLANNING if (value := flags.options.get(name)) is not None}
    return cell_digest(cell.body, {"names": flags.names, "uses": dict(flags.uses), **given})
