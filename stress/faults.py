"""What can go wrong with a reply on its way, and a server that does it: at any byte, and the same for the same seed."""

from __future__ import annotations

import asyncio
import contextlib
import json
import random
import socket
import struct
import threading
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, Self

PASSING = ("500", "502", "503", "504", "429", "408", "refused", "reset", "dropped", "truncated", "cut in its head")
"""What another try may get past."""

HARMLESS = ("late", "in drops", "in chunks", "until closed", "twice")
"""What is unusual, and right all the same."""

LASTING = (
    "400", "401", "402", "403", "404", "410", "413", "422", "a page", "an error in 200", "garbage", "nothing", "another shape",
    "another type", "too short a length", "too long a length", "no end of JSON", "204",
)  # fmt: skip
"""What is wrong in a way that another try is not expected to get past."""

ENDLESS = ("silent", "stalled")
"""What ends at the deadline only."""

_WORDS: Mapping[str, Any] = {
    "503": {"error": "Model is loading", "estimated_time": 0.01},
    "429": {"error": "Too many requests"},
    "402": {"error": "You have exceeded your monthly included credits"},
}
_PAGE = b"<!doctype html><html><head><title>502</title></head><body><h1>Bad Gateway</h1></body></html>"


@dataclass(frozen=True)
class Fault:
    """What happens to one reply; `part` says where in it, `seconds` how long it takes."""

    kind: str
    part: float = 0.5
    seconds: float = 0.02


@dataclass(frozen=True)
class Profile:
    """How often calls fail, and in which ways.

    Parameters
    ----------
    share
        The share of calls that something happens to.
    kinds
        What may happen, each as likely as the others.
    """

    share: float
    kinds: Sequence[str]

    def draw(self, chance: random.Random) -> Fault | None:
        """What happens to one call."""
        if chance.random() >= self.share:
            return None
        return Fault(chance.choice(self.kinds), chance.random(), 0.02 * chance.random())


class Faults:
    """Draws a fault for each call, by what is called and for the how-manieth time: not by when.

    Parameters
    ----------
    seed
        Where everything is drawn from.
    profile
        How often, and what.
    """

    def __init__(self, seed: int, profile: Profile) -> None:
        self.seed, self.profile = seed, profile
        self.count: Counter[str] = Counter()
        self.calls = 0
        self._times: Counter[str] = Counter()
        self._lock = threading.Lock()

    def next(self, called: str) -> Fault | None:
        """What happens to the next call of this kind."""
        with self._lock:
            self._times[called] += 1
            self.calls += 1
            fault = self.profile.draw(random.Random(f"{self.seed}/{called}/{self._times[called]}"))
            if fault is not None:
                self.count[fault.kind] += 1
        return fault

    def forget(self) -> None:
        """Forget how often what was called."""
        with self._lock:
            self._times.clear()


@dataclass(frozen=True)
class Received:
    """A request as it came in."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        """Its JSON."""
        return json.loads(self.body)


@dataclass(frozen=True)
class Reply:
    """A right reply: JSON, unless the body is bytes."""

    body: Any
    content_type: str = "application/json"
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def content(self) -> bytes:
        """The body as it is sent."""
        return self.body if isinstance(self.body, bytes) else json.dumps(self.body).encode()


Answering = Callable[[Received], Reply]
Drawing = Callable[[Received], Fault | None]


class FaultyServer:
    """A server on loopback that answers, and spoils what it answers.

    Parameters
    ----------
    answer
        The right reply to a request.
    fault
        What happens to it.
    """

    def __init__(self, answer: Answering, fault: Drawing) -> None:
        self._answer, self._fault = answer, fault
        self._ready = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._main()), name="faulty server", daemon=True)
        self.bugs: list[BaseException] = []

    def __enter__(self) -> Self:
        self._thread.start()
        self._ready.wait()
        return self

    def __exit__(self, *error: object) -> None:
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join()

    @property
    def url(self) -> str:
        """Its address."""
        return f"http://127.0.0.1:{self.port}"

    def hang_up(self) -> None:
        """End every connection that is open, so that whoever waits for a reply waits no longer."""
        for writer in tuple(self._writers):
            self._loop.call_soon_threadsafe(writer.close)

    async def _main(self) -> None:
        self._loop, self._stop, self._writers = asyncio.get_running_loop(), asyncio.Event(), set[asyncio.StreamWriter]()
        server = await asyncio.start_server(self._connection, "127.0.0.1", 0, backlog=512)
        self.port = int(server.sockets[0].getsockname()[1])
        self._ready.set()
        await self._stop.wait()
        server.close()
        for task in asyncio.all_tasks() - {asyncio.current_task()}:
            task.cancel()

    async def _connection(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writers.add(writer)
        try:
            while received := await _read(reader):
                fault = self._fault(received)
                reply = self._answer(received)
                if received.method == "HEAD":
                    goes_on = await _wrote(writer, _written(reply)[: -len(reply.content) or None])
                else:
                    goes_on = await _send(writer, reader, reply, fault)
                if not goes_on:
                    break
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass
        except Exception as bug:  # noqa: BLE001 - told by whoever runs the campaign
            self.bugs.append(bug)
        finally:
            self._writers.discard(writer)
            writer.close()


async def _read(reader: asyncio.StreamReader) -> Received | None:
    head = await reader.readuntil(b"\r\n\r\n") if not reader.at_eof() else b""
    if not head:
        return None
    first, *lines = head.decode("latin-1").strip().split("\r\n")
    headers = {name.strip().casefold(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    body = await reader.readexactly(int(headers.get("content-length", 0)))
    method, path, _ = first.split(" ")
    return Received(method, path, headers, body)


def _written(reply: Reply, **changed: str | None) -> bytes:
    """A whole reply as bytes; a header that is changed to ``None`` is left out."""
    content = reply.content
    usual = {"content-type": reply.content_type, "content-length": str(len(content)), **reply.headers}
    headers = {**usual, **{name.replace("_", "-"): value for name, value in changed.items()}}
    lines = [f"{name}: {value}" for name, value in headers.items() if value is not None]
    first = f"HTTP/1.1 {reply.status} {HTTPStatus(reply.status).phrase}"
    return "\r\n".join([first, *lines, "", ""]).encode() + content


async def _send(writer: asyncio.StreamWriter, reader: asyncio.StreamReader, reply: Reply, fault: Fault | None) -> bool:
    """Send a reply, spoilt; say whether the connection stays open."""
    whole = _written(reply)
    if fault is None:
        return await _wrote(writer, whole)
    head = len(whole) - len(reply.content)
    cut = min(head + int(fault.part * len(reply.content)), len(whole) - 1)
    broken_off = {"refused": 0, "reset": cut, "dropped": 0, "truncated": cut, "silent": 0, "stalled": cut, "cut in its head": int(fault.part * head)}  # fmt: skip
    if fault.kind in broken_off:
        await _wrote(writer, whole[: broken_off[fault.kind]])
        if fault.kind in ENDLESS:
            await reader.read(1)  # until the client goes
        if fault.kind in ("refused", "reset"):
            _reset(writer)
        return False
    pieces, goes_on = _spoilt(reply, fault, cut - head)
    if fault.kind == "late":
        await asyncio.sleep(fault.seconds)
    for piece in pieces:
        await _wrote(writer, piece)
        await asyncio.sleep(0)
    return goes_on


def _spoilt(reply: Reply, fault: Fault, cut: int) -> tuple[Sequence[bytes], bool]:
    """What is sent in place of a reply, in pieces, and whether the connection stays open after it."""
    whole, length = _written(reply), len(reply.content)
    if fault.kind.isdigit():
        return [_refusal(int(fault.kind), fault)], True
    match fault.kind:
        case "too short a length":
            return [_written(reply, content_length=str(cut))], True
        case "too long a length":
            return [_written(reply, content_length=str(length + 1 + cut))], False
        case "no end of JSON":
            return [_written(reply, content_length=None, connection="close")[: cut - length]], False
        case "until closed":
            return [_written(reply, content_length=None, connection="close")], False
        case "another type":
            return [_written(reply, content_type="text/html")], True
        case "in drops":
            return [whole[i : i + 40] for i in range(0, len(whole), 40)], True
        case "in chunks":
            return _chunks(reply), True
        case "late" | "twice":
            return [whole] * (2 if fault.kind == "twice" else 1), True
    return [_written(_instead(fault.kind, reply))], True


async def _wrote(writer: asyncio.StreamWriter, content: bytes) -> bool:
    writer.write(content)
    await writer.drain()
    return True


def _chunks(reply: Reply) -> list[bytes]:
    content = reply.content
    pieces = [content[i : i + 50] for i in range(0, len(content), 50)]
    head = _written(Reply(b"", reply.content_type, reply.status), content_length=None, transfer_encoding="chunked")
    return [head, *(f"{len(piece):x}\r\n".encode() + piece + b"\r\n" for piece in pieces), b"0\r\n\r\n"]


def _refusal(status: int, fault: Fault) -> bytes:
    """An error, as JSON, as a page, or without a word."""
    words = _WORDS.get(str(status), {"error": HTTPStatus(status).phrase})
    headers = {"retry-after": "0.01"} if status == HTTPStatus.TOO_MANY_REQUESTS else {}
    if status == HTTPStatus.NO_CONTENT:
        return b"HTTP/1.1 204 No Content\r\n\r\n"
    if fault.part < 0.5 or status in (402, 503):
        return _written(Reply(words, status=status, headers=headers))
    return _written(Reply(_PAGE if fault.part < 0.8 else b"", "text/html", status, headers))


def _instead(kind: str, reply: Reply) -> Reply:
    """What comes in the place of a right reply."""
    match kind:
        case "a page":
            return Reply(_PAGE, "text/html")
        case "an error in 200":
            return Reply({"error": "Something went wrong"})
        case "garbage":
            return Reply(bytes(range(256)), reply.content_type)
        case "nothing":
            return Reply(b"", reply.content_type)
        case "another shape":
            return Reply([[{"unexpected": [None, 1.5, {"deep": []}]}]])
    msg = f"no such fault: {kind}"
    raise ValueError(msg)


def _reset(writer: asyncio.StreamWriter) -> None:
    """End the connection so that the other side gets an error in place of an end."""
    with contextlib.suppress(OSError):
        writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()
