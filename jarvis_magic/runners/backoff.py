"""How long to wait before a call that failed for a passing reason is made again."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Backoff:
    """Waits that double, spread by chance so that many who failed together do not come back together.

    Parameters
    ----------
    first, longest
        Seconds of the first wait, and of the longest.
    sleep, chance
        How to wait, and a number in [0, 1): what a test replaces.
    """

    first: float = 0.5
    longest: float = 30.0
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    chance: Callable[[], float] = random.random

    def delay(self, tries: int, retry_after: float | None = None) -> float:
        """Return the seconds to wait after a number of tries; `retry_after`, what the endpoint asked for, goes first."""
        if retry_after is not None:
            return max(0.0, retry_after)
        doubled = min(self.longest, self.first * 2.0 ** (tries - 1))
        return doubled * (0.5 + self.chance() / 2)
