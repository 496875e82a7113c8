"""How many calls run at once: a limit is an object that is passed in, and there is no other."""

from __future__ import annotations

import asyncio
import threading
from collections import deque

from jarvis_magic.values import Candidate


class Limit:
    """Lets a number of holders in at a time, first come, first served; for any number of event loops.

    (``asyncio.Semaphore`` belongs to one loop; the limit of a user's function holds for every `Jarvis`.)

    Parameters
    ----------
    most
        How many hold it at once; ``None``: any number.
    """

    def __init__(self, most: int | None) -> None:
        self.most = most
        self._holders = 0
        self._waiting: deque[_Waiting] = deque()
        self._lock = threading.Lock()

    async def __aenter__(self) -> None:
        with self._lock:
            if self.most is None or self._holders < self.most:
                self._holders += 1
                return
            waiting = _Waiting()
            self._waiting.append(waiting)
        try:
            await waiting.future
        except asyncio.CancelledError:
            self._give_up(waiting)
            raise

    async def __aexit__(self, *error: object) -> None:
        self._pass_on()

    def _pass_on(self) -> None:
        """Give the place to the next in line, or take it away."""
        with self._lock:
            while self._waiting:
                waiting = self._waiting.popleft()
                if waiting.admit():
                    return
            self._holders -= 1

    def _give_up(self, waiting: _Waiting) -> None:
        with self._lock:
            if not waiting.admitted:
                self._waiting.remove(waiting)
                return
        self._pass_on()


class _Waiting:
    """One in the line: a future of the loop it waits on."""

    def __init__(self) -> None:
        self.admitted = False
        self._loop = asyncio.get_running_loop()
        self.future: asyncio.Future[None] = self._loop.create_future()

    def admit(self) -> bool:
        if self._loop is asyncio.get_running_loop():
            self._set()
        else:
            try:
                self._loop.call_soon_threadsafe(self._set)
            except RuntimeError:  # its loop has closed: nobody waits
                return False
        self.admitted = True
        return True

    def _set(self) -> None:
        if not self.future.done():
            self.future.set_result(None)


_UNLIMITED = Limit(None)
_limits: dict[tuple[str, str, str | None], Limit] = {}


def limit_of(candidate: Candidate) -> Limit:
    """Return the limit that all calls of a candidate share, in every run of this process."""
    if candidate.limit is None:
        return _UNLIMITED
    key = (candidate.endpoint, candidate.model, candidate.provider)
    limit = _limits.get(key)
    if limit is None or limit.most != candidate.limit:
        limit = _limits[key] = Limit(candidate.limit)
    return limit
