"""Plans as files."""

from __future__ import annotations

import os
from pathlib import Path

from jarvis_magic.errors import PlanError, SourceError, UsageError
from jarvis_magic.plans import Plan
from jarvis_magic.sources import regular_file

from .whole_files import replace_whole, take_away_stale

MOST_BYTES = 100_000_000
"""How many bytes the file of a plan or lock may have."""


def save_plan(plan: Plan, path: str | os.PathLike[str]) -> None:
    """Save a plan as JSON, format 1, to be read, compared, edited and loaded again.

    Parameters
    ----------
    plan
        The plan.
    path
        The file; what was there before is replaced, at once.

    Raises
    ------
    UsageError
        If it is no plan, or the file cannot be written.
    """
    if not isinstance(plan, Plan):
        msg = f"A plan is saved, not a {type(plan).__name__}; of a run it is save_plan(run.plan, {str(path)!r})."
        raise UsageError(msg)
    write_whole(Path(path), plan.to_json() + "\n")


def load_plan(path: str | os.PathLike[str]) -> Plan:
    """Load a plan that was saved.

    Raises
    ------
    SourceError
        If the file cannot be read.
    PlanError
        If it holds no plan, one from a newer format, or one that is not well formed.
    """
    text = read_text(Path(path))
    try:
        return Plan.from_json(text)
    except PlanError as error:
        msg = f"In {str(path)!r}: {error}"
        raise PlanError(msg) from error


def read_text(path: Path) -> str:
    """Return what a text file of ours holds.

    Raises
    ------
    SourceError
        If it cannot be read, is no regular file, too large, or no text.
    """
    try:
        if path.exists():  # in a project of somebody else's it may be a link to a pipe, or to what never ends
            regular_file(str(path.absolute()), limit=MOST_BYTES)
        return path.read_text(encoding="utf-8")
    except SourceError:
        raise
    except (OSError, UnicodeDecodeError) as error:
        msg = f"{str(path)!r} cannot be read: {_reason(error)}."
        raise SourceError(msg) from error


def write_whole(path: Path, text: str) -> None:
    """Write a text file so that a reader finds the old one or the new one, and never a part.

    Raises
    ------
    UsageError
        If it cannot be written.
    """
    try:
        if path.exists() and not path.is_file():
            msg = f"{str(path)!r} cannot be written: it is no file."
            raise UsageError(msg)
        take_away_stale(path.resolve().parent, path.resolve().name)
        replace_whole(path, text.encode(), mode=_mode(path))
    except OSError as error:
        raise _unwritten(path, error) from error


def _mode(path: Path) -> int:
    """The permissions of a file that is replaced; of a new one, what is usual for documents."""
    return path.stat().st_mode & 0o777 if path.exists() else 0o644


def _unwritten(path: Path, error: OSError) -> UsageError:
    return UsageError(f"{str(path)!r} cannot be written: {_reason(error)}.")


def _reason(error: OSError | UnicodeDecodeError) -> str:
    said = error.strerror if isinstance(error, OSError) else "it is no text"
    return (said or type(error).__name__).lower()
