"""How many calls run at once: a limit is an object that is passed in, and there is no other."""

from __future__ import annotations

import asyncio
import threading
from collections import deque
from collections.abc import Callable
from typing import Any, Literal, TypeVar

from jarvis_magic.values import Candidate

from .calls import ThreadCall

T = TypeVar("T")


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
        self._line: deque[_Waiting | _CallInLine] = deque()
        self.lock = threading.RLock()

    async def __aenter__(self) -> None:
        waiting = _Waiting()
        if self._enters(waiting):
            return
        try:
            await waiting.future
        except asyncio.CancelledError:
            if not self.leaves(waiting):
                self.pass_on()
            raise

    async def __aexit__(self, *error: object) -> None:
        self.pass_on()

    async def in_thread(self, function: Callable[[], T], name: str, begins: Callable[[], None]) -> T:
        """Call a function in a thread, as `jarvis_magic.runners.in_thread` does, in its turn.

        The thread of a call that has ended goes on with the next in line at once: no loop is asked.

        Parameters
        ----------
        function, name
            See there.
        begins
            Called on the loop when the call begins.
        """
        call = _CallInLine(function, name, self, begins)
        if self._enters(call):
            call.admit()
        return await call.result()  # type: ignore[no-any-return]  # a line of calls has no one type

    def _enters(self, who: _Waiting | _CallInLine) -> bool:
        """Whether there is a place; otherwise it stands in line now."""
        with self.lock:
            if self.most is None or self._holders < self.most:
                self._holders += 1
                return True
            self._line.append(who)
            return False

    def leaves(self, who: _Waiting | _CallInLine) -> bool:
        """Whether it stood in line until now."""
        with self.lock:
            if who in self._line:
                self._line.remove(who)
                return True
            return False

    def pass_on(self) -> None:
        """Give a place to the next in line."""
        with self.lock:
            while following := self._next():
                if following.admit():
                    return

    def after(self, call: _CallInLine) -> _CallInLine | None:
        """Return the call that a thread makes after one of its calls, in the same place."""
        if not call.gives_place():
            return None
        with self.lock:
            while following := self._next():
                if isinstance(following, _CallInLine):
                    if following.takes_place():
                        return following
                elif following.admit():
                    return None
        return None

    def _next(self) -> _Waiting | _CallInLine | None:
        """Return the next in line, whom the place belongs to now; ``None``: nobody waits, and nobody has it.

        Called with the lock, so that they begin in the order of the line.
        """
        if self._line:
            return self._line.popleft()
        self._holders -= 1
        return None


class _Waiting:
    """One in the line: a future of the loop it waits on."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self.future: asyncio.Future[None] = self._loop.create_future()

    def admit(self) -> bool:
        """Let it in; ``False``: its loop has closed, and nobody waits."""
        if _runs_here(self._loop):
            self._set()
            return True
        return _soon(self._loop, self._set)

    def _set(self) -> None:
        if not self.future.done():
            self.future.set_result(None)


class _CallInLine(ThreadCall):
    """A call that stands in line, has a place, or is out of both."""

    def __init__(self, function: Callable[[], Any], name: str, limit: Limit, begins: Callable[[], None]) -> None:
        super().__init__(function, name)
        self._limit, self._begins = limit, begins
        self._is: Literal["in line", "in a place", "out"] = "in line"

    def admit(self) -> bool:
        """Have a thread make the call; ``False``: nobody waits for it."""
        taken = self.takes_place()
        if taken:
            self.start()
        return taken

    def takes_place(self) -> bool:
        """Take a place, and have it said that the call begins; ``False``: nobody waits for it."""
        with self._limit.lock:
            if self._is == "out":
                return False
            self._is = "in a place"
        return _soon(self.loop, self._begin)

    def gives_place(self) -> bool:
        """Go out; whether it had a place until now, which is whoever's asked."""
        with self._limit.lock:
            had_place, self._is = self._is == "in a place", "out"
        return had_place

    def next(self) -> ThreadCall | None:
        """Return the next in line."""
        return self._limit.after(self)

    def leave(self) -> None:
        """Go out of the line; a call that has begun is abandoned, and its place is the next one's."""
        self._limit.leaves(self)
        if self.gives_place():
            super().leave()
            self._limit.pass_on()

    def _begin(self) -> None:
        if self.is_waited_for:
            self._begins()


def _runs_here(loop: asyncio.AbstractEventLoop) -> bool:
    """Whether this is called on a loop."""
    try:
        return asyncio.get_running_loop() is loop
    except RuntimeError:
        return False


def _soon(loop: asyncio.AbstractEventLoop, function: Callable[[], None]) -> bool:
    """Have a loop call a function, after what it was asked before; ``False``: it has closed."""
    try:
        loop.call_soon_threadsafe(function)
    except RuntimeError:
        return False
    return True


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
