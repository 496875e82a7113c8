"""What a call under way may say and ask."""

from __future__ import annotations

from collections.abc import Callable

from ..errors import JarvisCancelled

Watching = Callable[[int, int], None]
"""Takes the steps done and the steps there are; raises `Stopped` when nobody waits for the result any more."""


class Stopped(JarvisCancelled):
    """Nobody waits for the result of a call."""


def unwatched(done: int, total: int) -> None:
    """Take how far a call is, and do nothing."""
