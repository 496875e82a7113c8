"""How every file of ours is written: whole, or not at all, whenever the process ends and whoever else writes."""

from __future__ import annotations

import contextlib
import os
import secrets
import time
from collections.abc import Iterator
from pathlib import Path

STALE = 3600.0
"""Seconds after which a file that was begun and never finished is taken away: its process was killed."""


def replace_whole(path: Path, content: bytes, *, mode: int | None = None, lasting: bool = True) -> None:
    """Write a file so that a reader finds the old one or the new one, and never a part.

    Parameters
    ----------
    path
        The file; of a link, what it leads to.
    content
        What it will hold.
    mode
        The permissions it gets; ``None``: its owner's alone.
    lasting
        Whether it is on the disk, and not only on its way there, when this returns.

    Raises
    ------
    OSError
        If it cannot be written; what was there before stays.
    """
    path = path.resolve()
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(8)}.tmp")
    try:
        with open(temporary, "xb", opener=_for_its_owner) as file:
            file.write(content)
            file.flush()
            if lasting:
                os.fsync(file.fileno())
        if mode is not None:
            temporary.chmod(mode)
        temporary.replace(path)
    except BaseException:  # an interrupt too leaves nothing behind
        temporary.unlink(missing_ok=True)
        raise


@contextlib.contextmanager
def alone_in(folder: Path) -> Iterator[None]:
    """Keep other processes and threads that come this way with the same folder waiting, where the system can do that.

    For what is read, changed and written back: without it, one of two who do so at once would lose its change.
    """
    try:
        import fcntl

        handle = os.open(folder, os.O_RDONLY)
    except (ImportError, OSError):  # Windows; a folder that is not there, which the writer will say
        yield
        return
    try:
        with contextlib.suppress(OSError):  # a file system that has no locks
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _for_its_owner(name: str, flags: int) -> int:
    return os.open(name, flags, 0o600)


def take_away_stale(folder: Path, name: str | None = None) -> None:
    """Take away what killed processes left in a folder of a file; in a folder of ours, of any file."""
    for left in folder.glob(f".{_as_it_is(name) if name else '*'}.*.tmp"):
        with contextlib.suppress(OSError):  # somebody else took it away
            if time.time() - left.stat().st_mtime > STALE:
                left.unlink()


def _as_it_is(name: str) -> str:
    """A name as a pattern that fits itself only."""
    return "".join(f"[{letter}]" if letter in "*?[" else letter for letter in name)
