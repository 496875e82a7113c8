"""A reply while it comes in: from chunks, in the forms that servers send them, to text."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from typing import TYPE_CHECKING, Any

from jarvis_magic.contracts import ChatMessage, ChatReply
from jarvis_magic.errors import ControllerUnavailable, ReplyError
from jarvis_magic.values import Tally

from .addresses import Address
from .failures import web_page
from .masking import Masking
from .thoughts import Thoughts

if TYPE_CHECKING:
    import openai

LONGEST = 400_000
"""How many characters of a reply are read; a model that never stops is stopped there."""


async def chunks(stream: openai.AsyncStream[Any], address: Address) -> AsyncIterator[Any]:
    """The chunks of a reply; that of a server that does not stream is one."""
    kind = stream.response.headers.get("content-type", "").partition(";")[0].strip().casefold()
    if kind == "application/json":
        await stream.response.aread()
        yield _as_chunk(stream.response.json(), address)
    elif kind == "text/html":
        raise web_page(address)
    else:
        async for chunk in stream:
            yield chunk


def _as_chunk(body: Any, address: Address) -> Any:
    """A whole completion in the form of one chunk."""
    from openai.types.chat import ChatCompletionChunk

    listed = body.get("choices") if isinstance(body, dict) else None
    if not isinstance(listed, list) or not listed or not all(isinstance(choice, dict) for choice in listed):
        words = next(
            (str(body[name]) for name in ("error", "message", "detail") if isinstance(body, dict) and body.get(name)),
            "",
        )
        msg = f"{address.place} answered with JSON that is no reply{f' ({address.masked(words)[:200]})' if words else ''}; check the base URL."
        raise ControllerUnavailable(msg)
    choices = [{**choice, "delta": choice.get("message") or {}} for choice in listed]
    return ChatCompletionChunk.construct(**{**body, "choices": choices})


class Reading:
    """A reply while it is read; the key that went to the server is left out of it."""

    def __init__(self, emit: Callable[[str], None], address: Address) -> None:
        self._emit, self._thoughts, self._address = emit, Thoughts(), address
        self._mask = Masking(address.key.reveal() if address.key else "")
        self._text: list[str] = []
        self.length = 0
        self._refusal = ""
        self._finish: str | None = None
        self._usage: Any = None

    def take(self, chunk: Any) -> None:
        """Read a chunk, passing on the text that is new."""
        self._usage = getattr(chunk, "usage", None) or self._usage
        choices = getattr(chunk, "choices", None)
        for choice in choices[:1] if isinstance(choices, list) else []:
            self._finish = getattr(choice, "finish_reason", None) or self._finish
            delta = getattr(choice, "delta", None)
            self._refusal += _content(getattr(delta, "refusal", None))
            self._give(self._mask.take(self._thoughts.take(_content(getattr(delta, "content", None)))))

    def reply(self, model: str, messages: Sequence[ChatMessage], seconds: float) -> ChatReply:
        """The whole reply.

        Raises
        ------
        ReplyError
            If the model refused, or a filter stopped it.
        """
        self._give(self._mask.take(self._thoughts.rest()) + self._mask.rest())
        text = "".join(self._text)
        if self._refusal and not text:
            msg = f"{model!r} refused to answer: {self._address.masked(self._refusal).strip()[:300]}"
            raise ReplyError(msg, self._refusal)
        if self._finish == "content_filter":
            msg = f"{model!r} refused to answer: its content filter stopped the reply; put the request in other words."
            raise ReplyError(msg, text)
        return ChatReply(text, self._tally(messages, text, seconds), cut=self._finish in (None, "length"))

    def _give(self, text: str) -> None:
        if text:
            self._text.append(text)
            self.length += len(text)
            self._emit(text)

    def _tally(self, messages: Sequence[ChatMessage], text: str, seconds: float) -> Tally:
        """What the server counted; where it does not count, characters / 4."""
        said = getattr(self._usage, "prompt_tokens", None), getattr(self._usage, "completion_tokens", None)
        estimated = sum(len(message.text) for message in messages) // 4, len(text) // 4
        tokens_in, tokens_out = (s if isinstance(s, int) else e for s, e in zip(said, estimated, strict=True))
        return Tally(1, tokens_in, tokens_out, seconds)


def _content(content: Any) -> str:
    """The text of a piece, which some servers write as a list of parts."""
    if isinstance(content, list):
        return "".join(map(_content, (part.get("text") for part in content if isinstance(part, dict))))
    return content if isinstance(content, str) else ""
