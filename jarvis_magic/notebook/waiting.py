"""How a cell waits: for a person, for the page, for work on other threads, and for the stop button.

A cell that awaits lets the kernel go on: the page's messages arrive (ipykernel 7.4 and later hands them over itself;
for ipykernel 6 `ticking` does). A cell under ``%%time``, or in a terminal, cannot await; it blocks. Both run the same
coroutine: an `Inbox` made with ``blocking=True`` waits without suspending, so that `run_blocking` can carry it through.

The stop button is a signal that ipykernel turns into the cancelling of the cell's task, delivered when the event loop
next wakes: hence the tick, and hence `interruptible`.
"""

from __future__ import annotations

import asyncio
import contextlib
import signal
import sys
import threading
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterator
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

T = TypeVar("T")
M = TypeVar("M")

TICK = 0.1
"""Seconds between two looks at the world while a cell waits: an interrupt is seen within this."""

_PUMP = 0.02  # ipykernel 6: how often the page's messages are handed over
_COMM = {"comm_open", "comm_msg", "comm_close"}


@dataclass(frozen=True)
class Surroundings:
    """Where a cell runs.

    Parameters
    ----------
    kernel
        The version of ipykernel, as numbers; ``None`` in a terminal or a script.
    person
        Whether somebody is there who can be asked.
    awaited
        Whether the cell awaits, so that the kernel goes on meanwhile.
    """

    kernel: tuple[int, ...] | None
    person: bool
    awaited: bool

    @property
    def page_reaches(self) -> bool:
        """Whether messages of the page can reach the cell while it waits."""
        return self.person and self.awaited and self.kernel is not None and self.kernel >= (6, 30)


def surroundings(shell: Any, *, awaited: bool) -> Surroundings:
    """Look where the cell that is starting runs; call it on the main thread, before the first wait."""
    return Surroundings(kernel_version(shell), person_there(shell), awaited)


def person_there(shell: Any) -> bool:
    """Whether somebody can be asked: the request allows input, or the terminal is one."""
    kernel = getattr(shell, "kernel", None)
    if kernel is None:
        return bool(sys.stdin and sys.stdin.isatty())
    return bool(kernel.get_parent().get("content", {}).get("allow_stdin"))


def kernel_version(shell: Any) -> tuple[int, ...] | None:
    """The version of ipykernel, as numbers; ``None`` where there is no kernel."""
    module = sys.modules.get("ipykernel")
    if getattr(shell, "kernel", None) is None or module is None:
        return None
    return tuple(int(part) for part in module.__version__.split(".")[:3] if part.isdigit())


def kernel_advice(version: tuple[int, ...] | None) -> str | None:
    """Return what to say about a version of ipykernel that waits badly; ``None`` if it waits well."""
    if version is None or (6, 30) <= version < (7,) or version >= (7, 4):
        return None
    written = ".".join(map(str, version))
    if version < (6, 30):
        return f'ipykernel {written} cannot wait for the page, so plans are shown without the widget; run `pip install -U "ipykernel>=7.4"`.'
    return (
        f'ipykernel {written} may lose messages of the page while a cell waits; run `pip install -U "ipykernel>=7.4"`.'
    )


class Inbox(Generic[M]):
    """Where the page and other threads leave messages for the thread that runs the cell.

    Parameters
    ----------
    blocking
        Whether the cell cannot await. If it can, make the inbox inside its event loop.
    """

    def __init__(self, *, blocking: bool) -> None:
        self._messages: deque[M] = deque()
        self._loop = None if blocking else asyncio.get_running_loop()
        self._awake = asyncio.Event()
        self._arrived = threading.Event()

    def put(self, message: M) -> None:
        """Leave a message; on any thread."""
        self._messages.append(message)
        self.wake()

    def wake(self) -> None:
        """End the wait of `arrival` without a message; on any thread."""
        if self._loop is None:
            self._arrived.set()
        else:
            with contextlib.suppress(RuntimeError):  # the loop has ended, and nobody waits any more
                self._loop.call_soon_threadsafe(self._awake.set)

    def take(self) -> list[M]:
        """Return all messages there are, oldest first."""
        taken = []
        with contextlib.suppress(IndexError):
            while True:
                taken.append(self._messages.popleft())
        return taken

    async def arrival(self, seconds: float = TICK) -> None:
        """Wait until something arrives, at most `seconds`."""
        if self._loop is None:
            self._arrived.wait(seconds)
            self._arrived.clear()
            return
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._awake.wait()
        self._awake.clear()


async def wait_for(future: Future[T], inbox: Inbox[M], handle: Callable[[list[M]], Awaitable[None]]) -> T:
    """Wait for work on another thread, handling the messages that arrive meanwhile, and return its result.

    `handle` is called on every tick, also with no messages, so that it may draw.
    """
    future.add_done_callback(lambda _: inbox.wake())
    while not future.done():
        await inbox.arrival()
        await handle(inbox.take())
    await handle(inbox.take())
    return future.result()


def in_thread(function: Callable[..., T], *arguments: Any) -> Future[T]:
    """Call a function in a daemon thread of its own, and return its future."""
    future: Future[T] = Future()

    def call() -> None:
        try:
            future.set_result(function(*arguments))
        except BaseException as error:  # noqa: BLE001 - it is raised again where the future is waited for
            future.set_exception(error)

    threading.Thread(target=call, name="jarvis-reading", daemon=True).start()
    return future


def run_blocking(work: Coroutine[Any, Any, T]) -> T:
    """Carry a coroutine through whose waits all block, without an event loop."""
    try:
        work.send(None)
    except StopIteration as end:
        result: T = end.value
        return result
    work.close()
    msg = "A wait suspended where nothing can resume it."
    raise RuntimeError(msg)


@contextlib.contextmanager
def interruptible() -> Iterator[None]:
    """Turn the cancelling of the cell's task, which is how the stop button arrives, into a `KeyboardInterrupt`."""
    try:
        yield
    except asyncio.CancelledError:
        task = asyncio.current_task()
        if task is not None:
            task.uncancel()
        raise KeyboardInterrupt from None


@contextlib.asynccontextmanager
async def blocking(*, awaited: bool) -> AsyncIterator[None]:
    """Let the stop button raise `KeyboardInterrupt` at once, for code that blocks inside an awaiting cell.

    An interrupt that came shortly before is delivered on entering; otherwise it would wait behind what blocks.
    """
    if not awaited or threading.current_thread() is not threading.main_thread():
        yield
        return
    await asyncio.sleep(_PUMP)
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


@contextlib.asynccontextmanager
async def ticking(shell: Any) -> AsyncIterator[None]:
    """Keep the event loop waking while the cell awaits; on ipykernel 6, hand over the page's messages."""
    kernel = getattr(shell, "kernel", None)
    task = asyncio.ensure_future(_tick(kernel, getattr(kernel, "msg_queue", None)))
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def _tick(kernel: Any, queue: Any) -> None:
    """Tick; `queue` is where ipykernel 6 keeps messages that wait for the cell to end (later versions have none)."""
    while True:
        await asyncio.sleep(TICK if queue is None else _PUMP)
        if queue is None:
            continue
        waiting = [queue.get_nowait() for _ in range(queue.qsize())]
        comms = [item for item in waiting if _is_comm(kernel, item)]
        for item in waiting:
            if item not in comms:
                queue.put_nowait(item)  # requests to execute keep their order
        for _, dispatch, arguments in comms:
            await _dispatch(kernel, dispatch, arguments)


def _is_comm(kernel: Any, item: Any) -> bool:
    """Whether an item of ipykernel 6's queue is a message of a widget; one that cannot be read is left to the kernel."""
    try:
        _, frames = kernel.session.feed_identities(item[2][0], copy=False)
        header = kernel.session.deserialize(frames, content=False, copy=False)["header"]
    except (ValueError, TypeError, IndexError, KeyError):
        return False
    return header["msg_type"] in _COMM


async def _dispatch(kernel: Any, dispatch: Callable[..., Awaitable[None]], arguments: Any) -> None:
    """Hand a message over as ipykernel 6 would, and put back what it sets for the cell that runs."""
    ident, parent, handler = kernel._parent_ident["shell"], kernel.get_parent(), kernel.saved_sigint_handler  # noqa: SLF001
    try:
        await dispatch(*arguments)
    finally:
        kernel.set_parent(ident, parent)
        kernel.saved_sigint_handler = handler
