"""Calls of ``huggingface_hub``'s ``AsyncInferenceClient``, each on a line of its own.

The client asks the Hub, blocking, while it prepares a request, and polls slow providers in threads that would keep the
interpreter from exiting. On a line (a client and an event loop that serve one call at a time, in a daemon thread of
ours) neither holds anything up: what waits for a reply is closed when it is cancelled, and what polls is abandoned.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from typing import Any

from jarvis_magic.bounded_replies import UNPACKED, bounding
from jarvis_magic.errors import EndpointRejected
from jarvis_magic.keys import Key
from jarvis_magic.runners import in_thread

CONNECT = 10.0
"""Seconds a connection may take; how long a reply may take, the task's deadline says."""

MOST = 512_000_000
"""How many bytes the reply of an expert may have."""

KEPT = 8
"""How many idle lines are kept, with their connections, for the calls to come."""


_ALONE = {"connection": "close"}
"""One connection for each call, where that costs next to nothing: what a server sends beyond the end of its reply would
be read as the reply to the next call."""


@dataclass(frozen=True)
class Destination:
    """Where a call goes: a model's id at a provider, or a URL; and the key of that host.

    Parameters
    ----------
    model
        The Hub's id of a model, or a URL.
    provider
        The provider that runs the model; ``None`` for a URL.
    key
        The key that belongs to the host; ``None``: no key is sent, whatever the library would find.
    """

    model: str
    provider: str | None
    key: Key | None


async def called(destination: Destination, method: str, arguments: Mapping[str, Any]) -> Any:
    """Call a method of the client, and return what it returns.

    Cancelled while it waits for a reply, it closes the connection.

    Raises
    ------
    Exception
        What the library raises; see `failures`.
    """
    call = _Call(destination, method, arguments)
    try:
        return await in_thread(call.run, destination.model)
    except asyncio.CancelledError:
        call.cancel()
        raise


class _Call:
    """One call, which another thread may cancel at any time."""

    def __init__(self, destination: Destination, method: str, arguments: Mapping[str, Any]) -> None:
        self._destination, self._method, self._arguments = destination, method, arguments
        self._lock = threading.Lock()
        self._cancelled = False
        self._stop: Callable[[], object] | None = None

    def run(self) -> Any:
        """Make the call, in this thread."""
        line = _line()
        try:
            return line.loop.run_until_complete(self._awaited(line))
        finally:
            with self._lock:
                self._stop = None
            _keep(line)

    def cancel(self) -> None:
        """Stop the call if it waits for a reply."""
        with self._lock:
            self._cancelled = True
            if self._stop is not None:
                self._stop()

    async def _awaited(self, line: _Line) -> Any:
        task, loop = asyncio.current_task(), asyncio.get_running_loop()
        with self._lock:
            if self._cancelled or task is None:
                raise asyncio.CancelledError
            self._stop = lambda: loop.call_soon_threadsafe(task.cancel)
        line.turn_to(self._destination)
        # where a server of the user's sends calls on to, somebody else said: it may be this machine
        connection = await line.client._get_async_client()  # noqa: SLF001
        connection.follow_redirects = self._destination.provider is not None
        return await getattr(line.client, self._method)(**self._arguments)


class _Line:
    """A client with its connections, and the loop they belong to."""

    def __init__(self) -> None:
        from httpx2 import Timeout

        self.loop = asyncio.new_event_loop()
        self.loop.set_default_executor(_Here())
        self.client = _client_class()(timeout=Timeout(None, connect=CONNECT))  # passed on as it is

    def turn_to(self, destination: Destination) -> None:
        """Direct the client at a model. Its own way to find a token is never taken: a key belongs to a host."""
        client = self.client
        client.model, client.provider = destination.model, destination.provider
        client.token = destination.key.reveal() if destination.key else "none"
        headers: dict[str, Any] = {} if destination.key else {"authorization": None}  # sends no such header
        client.headers = {**headers, **UNPACKED, **(_ALONE if destination.model.startswith("http://") else {})}

    def close(self) -> None:
        """Close its connections and its loop."""
        self.loop.run_until_complete(self.client.close())
        self.loop.close()


@cache
def _client_class() -> type[Any]:
    """The library's client, whose replies end."""
    from huggingface_hub import AsyncInferenceClient

    class Client(AsyncInferenceClient):
        async def _get_async_client(self) -> Any:
            is_new = self._async_client is None
            client = await super()._get_async_client()  # type: ignore[no-untyped-call]
            if is_new:
                hooks = client.event_hooks
                client.event_hooks = {**hooks, "response": [*hooks["response"], bounding(MOST, _refused)]}
            return client

    return Client


def _refused(what: str) -> EndpointRejected:
    return EndpointRejected(f"It {what}; choose another expert.")


class _Here(ThreadPoolExecutor):
    """Runs what asyncio would put in a thread right here: the line's thread has nothing else to do."""

    def submit(self, function: Callable[..., Any], /, *args: Any, **named: Any) -> Future[Any]:
        """Call a function, and return its result as a future."""
        future: Future[Any] = Future()
        try:
            future.set_result(function(*args, **named))
        except Exception as error:  # noqa: BLE001 - it is raised where the future is awaited
            future.set_exception(error)
        return future


_idle: list[_Line] = []
_lock = threading.Lock()


def _line() -> _Line:
    with _lock:
        if _idle:
            return _idle.pop()
    return _Line()


def _keep(line: _Line) -> None:
    with _lock:
        if len(_idle) < KEPT:
            _idle.append(line)
            return
    line.close()


def close_idle() -> None:
    """Close the connections that are kept for calls to come."""
    with _lock:
        lines, _idle[:] = _idle[:], []
    for line in lines:
        line.close()
