"""One event loop in one daemon thread: where everything asynchronous of a `Jarvis` happens."""

from __future__ import annotations

import asyncio
import contextlib
import threading
import weakref
from collections.abc import Callable, Coroutine
from concurrent.futures import Future
from typing import Any, TypeVar

T = TypeVar("T")


class EventLoop:
    """An event loop that starts with its first work and ends with `close`, or with its owner."""

    def __init__(self, name: str = "jarvis") -> None:
        self._name = name
        self._lock = threading.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._finish: Callable[[], object] | None = None  # runs once, by `close` or when the owner is gone

    def submit(self, work: Coroutine[Any, Any, T]) -> Future[T]:
        """Start work, in the caller's context, and return at once; cancelling the future cancels the work."""
        with self._lock:
            if self._loop is None:
                self._loop = asyncio.new_event_loop()
                thread = threading.Thread(target=_run_forever, args=(self._loop,), name=self._name, daemon=True)
                thread.start()
                self._finish = weakref.finalize(self, _end, self._loop)
            return asyncio.run_coroutine_threadsafe(work, self._loop)

    @property
    def is_current(self) -> bool:
        """Whether the caller is inside it, where waiting for it would wait for ever."""
        with contextlib.suppress(RuntimeError):
            return asyncio.get_running_loop() is self._loop
        return False

    def close(self) -> None:
        """Cancel what runs and end the thread; a later `submit` starts anew."""
        with self._lock:
            finish, self._loop, self._finish = self._finish, None, None
        if finish is not None:
            finish()


def _run_forever(loop: asyncio.AbstractEventLoop) -> None:
    asyncio.set_event_loop(loop)
    try:
        loop.run_forever()
    finally:
        left = asyncio.all_tasks(loop)
        for task in left:
            task.cancel()
        loop.run_until_complete(asyncio.gather(*left, return_exceptions=True))
        loop.run_until_complete(loop.shutdown_asyncgens())
        loop.close()


def _end(loop: asyncio.AbstractEventLoop) -> None:
    with contextlib.suppress(RuntimeError):  # it has ended already
        loop.call_soon_threadsafe(loop.stop)
