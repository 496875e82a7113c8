"""Calls that can always be left: sync ones in daemon threads of ours, async ones on the loop.

Python cannot stop a running thread, nor a coroutine that will not be cancelled. Whoever waits here can leave at any
time: the call is abandoned then, its result dropped, and it is counted by `abandoned` until it ends. (The threads of
``concurrent.futures`` would keep the interpreter from exiting.)
"""

from __future__ import annotations

import asyncio
import contextlib
import contextvars
import queue
import threading
import time
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from typing import Any, TypeVar

T = TypeVar("T")

IDLE = 10.0
"""Seconds a thread waits for its next call before it ends."""

GRACE = 0.5
"""Seconds a cancelled coroutine has to end, before it is abandoned."""


@dataclass(frozen=True, eq=False)
class Abandoned:
    """A call that nobody waits for any more: what it does, since when (``time.time()``), and whether it has ended."""

    name: str
    since: float = field(default_factory=time.time)
    ended: threading.Event = field(default_factory=threading.Event, repr=False)


_abandoned: set[Abandoned] = set()
_lock = threading.Lock()


def abandoned() -> tuple[Abandoned, ...]:
    """Return the calls that were abandoned and still run, the oldest first."""
    with _lock:
        return tuple(sorted(_abandoned, key=lambda call: call.since))


def _is_over(call: Abandoned) -> None:
    with _lock:
        _abandoned.discard(call)
    call.ended.set()


async def in_thread(function: Callable[[], T], name: str) -> T:
    """Call a function in a daemon thread, with the caller's context copied.

    Parameters
    ----------
    function
        What to call.
    name
        What `abandoned` calls it, for example the model's id.

    Returns
    -------
    object
        What it returns; what it raises is raised here. When the caller is cancelled, the call is abandoned.
    """
    call = ThreadCall(function, name)
    call.start()
    return await call.result()  # type: ignore[no-any-return]  # a queue of calls has no one type


class ThreadCall:
    """One call on its way through a thread, and back to the loop that waits.

    Parameters
    ----------
    function, name
        See `in_thread`.
    """

    def __init__(self, function: Callable[[], Any], name: str) -> None:
        self._function, self._name = function, name
        self._context = contextvars.copy_context()
        self.loop = asyncio.get_running_loop()
        self._future: asyncio.Future[Any] = self.loop.create_future()
        self._returned = False
        self._left: Abandoned | None = None

    @property
    def is_waited_for(self) -> bool:
        """Whether somebody still waits for its result."""
        return not self._future.done()

    def start(self) -> None:
        """Have a thread make the call."""
        _idle_thread().jobs.put(self)

    def next(self) -> ThreadCall | None:
        """Return the call that the thread makes next, after this one; ``None``: it is free."""
        return None

    async def result(self) -> Any:
        """Wait for the call, and return what it returns or raise what it raises; cancelled, abandon it."""
        try:
            returned, raised = await self._future
        except asyncio.CancelledError:
            self.leave()
            raise
        if raised is not None:
            raise raised
        return returned

    def leave(self) -> None:
        """Abandon the call."""
        with _lock:
            if not self._returned:
                self._left = Abandoned(self._name)
                _abandoned.add(self._left)

    def run(self) -> Callable[[], None]:
        """Make the call, in the thread; return what delivers its result."""
        returned, raised = None, None
        try:
            returned = self._context.run(self._function)
        except BaseException as error:  # noqa: BLE001 - whatever it raises belongs to the one who waits
            raised = error
        with _lock:
            self._returned = True
        if self._left is not None:
            _is_over(self._left)
        return lambda: self._deliver((returned, raised))

    def _deliver(self, ending: tuple[Any, BaseException | None]) -> None:
        def set_result() -> None:
            if not self._future.done():
                self._future.set_result(ending)

        with contextlib.suppress(RuntimeError):  # the loop has closed: nobody waits
            self.loop.call_soon_threadsafe(set_result)


class _Thread(threading.Thread):
    """A daemon thread that serves one call after another and ends when there has been none for a while.

    Threads are used again because libraries keep state by thread (OpenMP's teams, for one) that is dear to set up.
    """

    def __init__(self) -> None:
        super().__init__(name="jarvis call", daemon=True)
        self.jobs: queue.SimpleQueue[ThreadCall] = queue.SimpleQueue()

    def run(self) -> None:
        while call := self._next():
            while call:
                deliver, following = call.run(), call.next()
                if following is None:
                    with _lock:
                        _idle.append(self)  # before it delivers, so that the next call finds it
                deliver()
                call = following
                del deliver  # holds the result, which is the caller's now

    def _next(self) -> ThreadCall | None:
        while True:
            try:
                return self.jobs.get(timeout=IDLE)
            except queue.Empty:
                with _lock:
                    if self in _idle:
                        _idle.remove(self)
                        return None


_idle: list[_Thread] = []


def _idle_thread() -> _Thread:
    with _lock:
        if _idle:
            return _idle.pop()
    thread = _Thread()
    thread.start()
    return thread


_left_coroutines: set[asyncio.Task[Any]] = set()


async def on_loop(coroutine: Coroutine[Any, Any, T], name: str) -> T:
    """Await a coroutine that may not let itself be cancelled; cancelled, it has `GRACE` seconds and is abandoned then.

    Parameters
    ----------
    coroutine
        What to await.
    name
        What `abandoned` calls it, for example the model's id.
    """
    task = asyncio.ensure_future(coroutine)
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await asyncio.wait([task], timeout=GRACE)
        _let_go(task, name)
        raise


def _let_go(task: asyncio.Task[Any], name: str) -> None:
    left = Abandoned(name)

    def ended(task: asyncio.Task[Any]) -> None:
        _is_over(left)
        _left_coroutines.discard(task)
        if not task.cancelled():
            task.exception()  # seen, so that the loop does not speak of it

    if not task.done():
        with _lock:
            _abandoned.add(left)
        _left_coroutines.add(task)  # the loop itself holds tasks weakly
    task.add_done_callback(ended)
