"""What a process holds now: threads, files and sockets, children, memory, temporary files."""

from __future__ import annotations

import gc
import os
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

_FD = Path("/proc/self/fd")


@dataclass(frozen=True)
class Levels:
    """What is held.

    Parameters
    ----------
    threads, files, sockets, children, temporary
        How many of each; ``temporary`` counts the entries of the folder for temporary files.
    memory
        Resident bytes.
    names
        How many threads of each name.
    """

    threads: int
    files: int
    sockets: int
    children: int
    temporary: int
    memory: int
    names: Counter[str]

    def __str__(self) -> str:
        return (
            f"{self.threads} threads, {self.files} files, {self.sockets} sockets, {self.children} children, "
            f"{self.temporary} temporary files, {self.memory / 1e6:.0f} MB"
        )

    def above(self, other: Levels) -> str:
        """What of threads, files, sockets, children and temporary files is more than in another; empty if nothing is."""
        counted = ("threads", "files", "sockets", "children", "temporary")
        more = {name: getattr(self, name) - getattr(other, name) for name in counted}
        names = f" {dict(self.names - other.names)}" if more["threads"] > 0 else ""
        return ", ".join(f"{count} more {name}" for name, count in more.items() if count > 0) + names


def levels() -> Levels:
    """What this process holds now."""
    gc.collect()
    links = [_target(link) for link in _FD.iterdir()]
    sockets = sum(link.startswith("socket:") for link in links)
    names = Counter(thread.name.partition("-")[0] for thread in threading.enumerate())
    return Levels(
        threading.active_count(),
        sum(link.startswith("/") for link in links),
        sockets,
        _children(),
        len(list(Path(tempfile.gettempdir()).iterdir())),
        resident(),
        names,
    )


def resident() -> int:
    """Resident bytes of this process."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def settled(enough: Callable[[], bool], patience: float) -> bool:
    """Whether something comes true in time."""
    until = time.monotonic() + patience
    while not enough():
        if time.monotonic() > until:
            return False
        time.sleep(0.05)
    return True


def _target(link: Path) -> str:
    try:
        return str(link.readlink())
    except OSError:  # the one that lists them
        return ""


def _children() -> int:
    return len(Path(f"/proc/self/task/{os.getpid()}/children").read_text().split())
