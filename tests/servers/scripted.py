"""A server on loopback that speaks the chat completions protocol and replies as a script says.

It writes the bytes itself, so that a reply can be split anywhere, stall, drop, or be something else altogether.
"""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Literal, Self, TypeAlias


@dataclass(frozen=True)
class Says:
    """A streamed reply.

    Parameters
    ----------
    text
        What the model says.
    piece
        How many characters each event carries.
    split
        After how many bytes the stream is cut into writes, wherever that falls; 0: one write for each event.
    after
        Seconds before the reply begins.
    finish
        The finish reason; ``None``: none is sent.
    usage
        Tokens in and out, if they are counted.
    refusal
        What is said in refusal.
    reasoning
        What is sent as reasoning beside the text.
    stops
        Events that are waited for, each before the first piece in which its text begins.
    """

    text: str
    piece: int = 12
    split: int = 0
    after: float = 0.0
    finish: str | None = "stop"
    usage: tuple[int, int] | None = (100, 20)
    refusal: str = ""
    reasoning: str = ""
    stops: Mapping[str, threading.Event] = field(default_factory=dict)


@dataclass(frozen=True)
class Answers:
    """A reply that is not streamed: a status, headers and a body, which is JSON unless it is a text."""

    status: int = 200
    body: Any = ""
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Breaks:
    """A stream that begins with some text, then is left open or dropped, with or without its proper end."""

    text: str = ""
    then: Literal["stall", "drop", "end", "error", "garbage"] = "drop"


Reply: TypeAlias = Says | Answers | Breaks
Script: TypeAlias = Callable[[Mapping[str, Any]], Reply]


def completion(text: str) -> Answers:
    """A reply of a server that does not stream."""
    message = {"role": "assistant", "content": text}
    usage = {"prompt_tokens": 7, "completion_tokens": 3, "total_tokens": 10}
    return Answers(body={"id": "c", "object": "chat.completion", "choices": [{"index": 0, "message": message, "finish_reason": "stop"}], "usage": usage})  # fmt: skip


def error(status: int, message: str, code: str | None = None, param: str | None = None, **headers: str) -> Answers:
    """An error as OpenAI writes it."""
    body = {"error": {"message": message, "type": "error", "code": code, "param": param}}
    return Answers(status, body, {name.replace("_", "-"): value for name, value in headers.items()})


@dataclass(frozen=True)
class Received:
    """A request as it came in."""

    path: str
    headers: Mapping[str, str]
    raw: bytes

    @property
    def body(self) -> dict[str, Any]:
        """Its JSON."""
        found: dict[str, Any] = json.loads(self.raw)
        return found

    @property
    def tokens(self) -> float:
        """Its size as the issue counts it: characters of the whole body / 4."""
        return len(self.raw.decode()) / 4

    @property
    def words(self) -> str:
        """All that its messages say."""
        return "\n".join(str(message["content"]) for message in self.body["messages"])


class ScriptedServer:
    """Replies to chat completions one after another as scripted; keeps what it was asked.

    Parameters
    ----------
    *script
        The replies in order, the last one for all that come after; or one function from a request's body to its reply.
    models
        The models it lists.
    """

    def __init__(self, *script: Reply | Script, models: Sequence[str] = ("tiny",)) -> None:
        self.requests: list[Received] = []
        self.asked, self.disconnected = threading.Event(), threading.Event()
        self._script, self._models = list(script), models
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._serve, daemon=True)

    @property
    def url(self) -> str:
        """Its base URL."""
        return f"http://127.0.0.1:{self.port}/v1"

    def __enter__(self) -> Self:
        self._thread.start()
        self._ready.wait()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join()

    def _serve(self) -> None:
        asyncio.run(self._main())

    async def _main(self) -> None:
        self._loop, self._stop = asyncio.get_running_loop(), asyncio.Event()
        server = await asyncio.start_server(self._connection, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        self._ready.set()
        await self._stop.wait()
        server.close()
        for task in asyncio.all_tasks() - {asyncio.current_task()}:
            task.cancel()

    async def _connection(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while received := await _read(reader):
                if not await self._reply(received, reader, writer):
                    break
        except (ConnectionError, asyncio.IncompleteReadError):
            self.disconnected.set()
        except asyncio.CancelledError:
            pass
        finally:
            writer.transport.abort() if not writer.is_closing() else None

    async def _reply(self, received: Received, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        """Send the next reply; say whether the connection stays open."""
        if received.path.partition("?")[0].endswith("/models"):
            listed = [{"id": name, "object": "model", "created": 0, "owned_by": "us"} for name in self._models]
            await _answer(writer, Answers(body={"object": "list", "data": listed}))
            return True
        self.requests.append(received)
        self.asked.set()
        step = self._script.pop(0) if len(self._script) > 1 else self._script[0]
        reply = step(received.body) if callable(step) else step
        if isinstance(reply, Answers):
            await _answer(writer, reply)
            return True
        stream = asyncio.ensure_future(_stream(writer, reply))
        gone = asyncio.ensure_future(reader.read(1))
        await asyncio.wait({gone, stream}, return_when=asyncio.FIRST_COMPLETED)
        whole = stream.done() and not stream.exception()
        if not whole:
            self.disconnected.set()
        for task in (gone, stream):
            task.cancel()
        await asyncio.gather(gone, stream, return_exceptions=True)
        return whole and not (isinstance(reply, Breaks) and reply.then == "drop")


async def _read(reader: asyncio.StreamReader) -> Received | None:
    head = await reader.readuntil(b"\r\n\r\n") if not reader.at_eof() else b""
    if not head:
        return None
    first, *lines = head.decode("latin-1").strip().split("\r\n")
    headers = {name.strip().casefold(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    body = await reader.readexactly(int(headers.get("content-length", 0)))
    return Received(first.split(" ")[1], headers, body)


async def _answer(writer: asyncio.StreamWriter, reply: Answers) -> None:
    text = reply.body if isinstance(reply.body, str) else json.dumps(reply.body)
    kind = (
        "text/html"
        if text.lstrip().startswith("<")
        else "text/plain"
        if isinstance(reply.body, str)
        else "application/json"
    )
    headers = {"content-type": kind, **reply.headers, "content-length": str(len(text.encode()))}
    lines = [f"HTTP/1.1 {reply.status} Scripted", *(f"{name}: {value}" for name, value in headers.items())]
    writer.write("\r\n".join([*lines, "", text]).encode())
    await writer.drain()


async def _stream(writer: asyncio.StreamWriter, reply: Says | Breaks) -> None:
    if isinstance(reply, Says) and reply.after:
        await asyncio.sleep(reply.after)
    writer.write(b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n")
    async for part in _parts(reply):
        writer.write(f"{len(part):x}\r\n".encode() + part + b"\r\n")
        await writer.drain()
    if isinstance(reply, Breaks) and reply.then == "stall":
        await asyncio.Event().wait()
    if not (isinstance(reply, Breaks) and reply.then == "drop"):
        writer.write(b"0\r\n\r\n")
        await writer.drain()


async def _parts(reply: Says | Breaks) -> AsyncIterator[bytes]:
    """The bytes of a stream, as they are written one after another."""
    events = [f"data: {event}\n\n".encode() for event in _events(reply)]
    split = reply.split if isinstance(reply, Says) else 0
    if not split:
        stops = _stops(reply)
        for number, event in enumerate(events):
            for stop in stops.get(number, ()):
                await asyncio.to_thread(stop.wait, 30)
            yield event
        return
    whole = b"".join(events)
    for start in range(0, len(whole), split):
        yield whole[start : start + split]
        await asyncio.sleep(0)


def _stops(reply: Says | Breaks) -> dict[int, list[threading.Event]]:
    """What is waited for before which of the events."""
    found: dict[int, list[threading.Event]] = {}
    if isinstance(reply, Says):
        for text, stop in reply.stops.items():
            found.setdefault(1 + bool(reply.reasoning) + reply.text.index(text) // reply.piece, []).append(stop)
    return found


def _events(reply: Says | Breaks) -> Iterator[str]:
    def chunk(delta: Mapping[str, Any], finish: str | None = None) -> str:
        return json.dumps({"id": "c", "object": "chat.completion.chunk", "created": 0, "model": "tiny", "choices": [{"index": 0, "delta": delta, "finish_reason": finish}]}, ensure_ascii=False)  # fmt: skip

    piece = reply.piece if isinstance(reply, Says) else 12
    yield chunk({"role": "assistant", "content": ""})
    if isinstance(reply, Says) and reply.reasoning:
        yield chunk({"reasoning_content": reply.reasoning})
    for start in range(0, len(reply.text), piece):
        yield chunk({"content": reply.text[start : start + piece]})
    if isinstance(reply, Breaks):
        yield from {
            "error": ['{"error": {"message": "the engine stopped", "code": 500}}'],
            "garbage": ["{not json"],
        }.get(reply.then, [])
        return
    if reply.refusal:
        yield chunk({"refusal": reply.refusal})
    if reply.finish:
        yield chunk({}, reply.finish)
    if reply.usage:
        counted = dict(zip(("prompt_tokens", "completion_tokens"), reply.usage, strict=True))
        yield json.dumps({"id": "c", "object": "chat.completion.chunk", "created": 0, "model": "tiny", "choices": [], "usage": {**counted, "total_tokens": sum(reply.usage)}})  # fmt: skip
    yield "[DONE]"
