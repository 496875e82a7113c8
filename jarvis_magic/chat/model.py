"""A chat model at any endpoint that speaks OpenAI's chat completions."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import replace
from time import monotonic
from typing import TYPE_CHECKING, Any

from jarvis_magic.contracts import ChatMessage, ChatReply
from jarvis_magic.errors import ControllerUnavailable, ReplyError, close_matches, either
from jarvis_magic.keys import Keys, host_of
from jarvis_magic.values import Tally

from .abilities import KNOWN, Abilities, Ability
from .addresses import Address, address_of
from .failures import may_be_form, server_words, translated, web_page
from .thoughts import Thoughts

if TYPE_CHECKING:
    import openai

LONGEST_WAIT = 60.0
"""Seconds that are waited at most for a server that asks to be asked later."""


def chat_model(
    model: str = "", *, base_url: str | None = None, keys: Keys, timeout: float = 300.0, retries: int = 2
) -> OpenAIChat:
    """Return a chat model; nothing is connected yet.

    Parameters
    ----------
    model, base_url, keys
        As in `address_of`.
    timeout
        Seconds a reply may take, all its tries together.
    retries
        How often a call is made again that failed for a passing reason.

    Raises
    ------
    ConfigurationError
        If the base URL is none, or a key is missing.
    """
    address = address_of(model, base_url, keys=keys)
    return OpenAIChat(address, timeout=timeout, retries=retries, of_openai=address.host == host_of(keys.openai_url))


class OpenAIChat:
    """A `jarvis_magic.contracts.ChatModel` on the ``openai`` package.

    Parameters
    ----------
    address
        Where it is, and the key for its host.
    timeout, retries
        As in `chat_model`.
    of_openai
        Whether the environment's other ``OPENAI_`` variables (organisation, project, extra headers) are for this host.
    abilities
        What was found out about endpoints.
    """

    def __init__(
        self,
        address: Address,
        *,
        timeout: float = 300.0,
        retries: int = 2,
        of_openai: bool = False,
        abilities: Abilities = KNOWN,
    ) -> None:
        self.address = address
        self._timeout, self._retries, self._of_openai, self._abilities = timeout, retries, of_openai, abilities
        self._client: openai.AsyncOpenAI | None = None
        self._loop: asyncio.AbstractEventLoop | None = None

    def __repr__(self) -> str:
        return f"<OpenAIChat {self.name!r} at {self.address.place}>"

    @property
    def name(self) -> str:
        """The model's name; the server's until the server was asked which model it has."""
        return self.address.model or self.address.place

    @property
    def place(self) -> str:
        """The host it is at."""
        return self.address.place

    @property
    def is_here(self) -> bool:
        """Whether it is on this machine, so that nothing leaves it."""
        return self.address.is_here

    @property
    def sees(self) -> bool:
        """Whether it takes pictures, as far as its name tells."""
        return self.address.sees

    async def stream(
        self,
        messages: Sequence[ChatMessage],
        schema: Mapping[str, Any] | None,
        emit: Callable[[str], None],
        *,
        most: int | None = None,
    ) -> ChatReply:
        """Send messages and return the reply; see `jarvis_magic.contracts.ChatModel`.

        ``most`` limits the reply's length, in tokens. A call that fails for a passing reason before anything of its
        reply was given to `emit` is made again, after the time the server asks for.
        """
        deadline, tries = monotonic() + self._timeout, 0
        while True:
            given: list[str] = []
            try:
                return await self._once(messages, schema, _noting(given, emit), most, deadline)
            except ControllerUnavailable as failure:
                wait = failure.retry_after if failure.retry_after is not None else 0.5 * 2**tries
                late = wait > LONGEST_WAIT or monotonic() + wait > deadline
                if given or not failure.passing or tries == self._retries or late:
                    raise
            tries += 1
            await asyncio.sleep(wait)

    async def close(self) -> None:
        """Close its connections; the next `stream` opens new ones."""
        client, self._client = self._client, None
        if client is not None:
            await client.close()

    async def _once(
        self,
        messages: Sequence[ChatMessage],
        schema: Mapping[str, Any] | None,
        emit: Callable[[str], None],
        most: int | None,
        deadline: float,
    ) -> ChatReply:
        """One try: the request in the strictest form the endpoint is known to take, less strict where it refuses."""
        import openai

        try:
            async with asyncio.timeout(max(0.0, deadline - monotonic())):
                await self._find_model()
                ability = self._abilities.of(
                    self.address.url, self.address.model, otherwise=Ability(temperature=self.address.takes_temperature)
                )
                while True:
                    try:
                        reply = await self._request(messages, ability.parameters(schema, most), emit)
                    except (openai.BadRequestError, openai.UnprocessableEntityError) as error:
                        ability = self._less(ability, error, shaped=schema is not None, limited=most is not None)
                        continue
                    self._abilities.found(self.address.url, self.address.model, ability)
                    return reply
        except openai.NotFoundError as error:
            raise await self._unknown_model(error) from None
        except (openai.OpenAIError, TimeoutError, ValueError) as error:
            raise translated(error, self.address) from None

    def _less(self, ability: Ability, error: openai.APIStatusError, *, shaped: bool, limited: bool) -> Ability:
        """What to try after a request was refused; raises if the fault is not in the form that was asked for."""
        words = f"{error.param or ''} {server_words(error)}"
        less = ability.without_refused(words, shaped=shaped, limited=limited) if may_be_form(error) else None
        if less is None:
            raise error
        return less

    async def _request(
        self, messages: Sequence[ChatMessage], parameters: Mapping[str, Any], emit: Callable[[str], None]
    ) -> ChatReply:
        begun, reading = monotonic(), _Reading(emit)
        stream = await self._connected().chat.completions.create(
            model=self.address.model, messages=[_wire(message) for message in messages], stream=True, **parameters
        )
        async with stream:
            async for chunk in _chunks(stream, self.address):
                reading.take(chunk)
        return reading.reply(self.name, messages, monotonic() - begun)

    async def _find_model(self) -> None:
        """Ask the server which model it has, where none was named."""
        if self.address.model:
            return
        models = await self._models()
        if not models:
            msg = f"{self.place} lists no models; name one with -m."
            raise ControllerUnavailable(msg)
        self.address = replace(self.address, model=models[0])

    async def _models(self) -> list[str]:
        return [model.id async for model in self._connected().models.list()]

    async def _unknown_model(self, error: openai.NotFoundError) -> Exception:
        """What a 404 means; where the server lists its models, with those whose names are close."""
        import openai

        models: list[str] = []
        with contextlib.suppress(openai.OpenAIError, TimeoutError, ValueError):
            async with asyncio.timeout(5):
                models = await self._models()
        if not models or self.address.model in models:
            return translated(error, self.address)
        close = close_matches(self.address.model, models) or tuple(models[:3])
        return ControllerUnavailable(
            f"{self.place} has no model {self.address.model!r}; did you mean {either(close)}? Name one with -m."
        )

    def _connected(self) -> openai.AsyncOpenAI:
        """The client, made anew for another event loop."""
        loop = asyncio.get_running_loop()
        if self._client is None or self._loop is not loop:
            self._client, self._loop = _client(self.address, of_openai=self._of_openai), loop
        return self._client


_OURS = frozenset({"host", "accept", "accept-encoding", "connection", "content-type", "content-length", "user-agent"})
"""The headers that every request may carry."""

_NO_KEY = "none"
"""What the client is given in place of a key: it never holds the real one."""


def _client(address: Address, *, of_openai: bool) -> openai.AsyncOpenAI:
    """A client that sends the key to its host and nothing of the environment to any other.

    The package reads ``OPENAI_ORG_ID``, ``OPENAI_CUSTOM_HEADERS`` and more of the environment for whatever host it is
    pointed at, and follows redirects; so the last door before the network decides what goes out.
    """
    import openai

    async def guarded(request: Any) -> None:
        for name in list(request.headers):
            if name not in _OURS and not of_openai:
                del request.headers[name]
        if request.headers.get("authorization") == f"Bearer {_NO_KEY}":
            del request.headers["authorization"]
        if address.key and host_of(str(request.url)) == address.host:
            name, value = ("api-key", "{}") if address.is_azure else ("authorization", "Bearer {}")
            request.headers.setdefault(name, value.format(address.key.reveal()))

    transport = openai.DefaultAsyncHttpxClient(follow_redirects=False, event_hooks={"request": [guarded]})
    return openai.AsyncOpenAI(
        api_key=_NO_KEY,
        base_url=address.url,
        default_query=dict(address.query),
        http_client=transport,
        max_retries=0,
        timeout=openai.Timeout(None, connect=10.0),
    )


def _wire(message: ChatMessage) -> Any:
    """A message as the protocol writes it."""
    if not message.images:
        return {"role": message.role, "content": message.text}
    pictures = [{"type": "image_url", "image_url": {"url": url}} for url in message.images]
    return {"role": message.role, "content": [{"type": "text", "text": message.text}, *pictures]}


async def _chunks(stream: openai.AsyncStream[Any], address: Address) -> AsyncIterator[Any]:
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

    if not isinstance(body, dict) or not body.get("choices"):
        words = next(
            (str(body[name]) for name in ("error", "message", "detail") if isinstance(body, dict) and body.get(name)),
            "",
        )
        msg = f"{address.place} answered with JSON that is no reply{f' ({words[:200]})' if words else ''}; check the base URL."
        raise ControllerUnavailable(msg)
    choices = [{**choice, "delta": choice.get("message") or {}} for choice in body["choices"]]
    return ChatCompletionChunk.construct(**{**body, "choices": choices})


class _Reading:
    """A reply while it is read."""

    def __init__(self, emit: Callable[[str], None]) -> None:
        self._emit, self._thoughts = emit, Thoughts()
        self._text: list[str] = []
        self._refusal = ""
        self._finish: str | None = None
        self._usage: Any = None

    def take(self, chunk: Any) -> None:
        """Read a chunk, passing on the text that is new."""
        self._usage = getattr(chunk, "usage", None) or self._usage
        for choice in (getattr(chunk, "choices", None) or [])[:1]:
            self._finish = getattr(choice, "finish_reason", None) or self._finish
            delta = getattr(choice, "delta", None)
            self._refusal += getattr(delta, "refusal", None) or ""
            self._give(self._thoughts.take(_content(getattr(delta, "content", None))))

    def reply(self, model: str, messages: Sequence[ChatMessage], seconds: float) -> ChatReply:
        """The whole reply.

        Raises
        ------
        ReplyError
            If the model refused, or a filter stopped it.
        """
        self._give(self._thoughts.rest())
        text = "".join(self._text)
        if self._refusal and not text:
            msg = f"{model!r} refused to answer: {self._refusal.strip()[:300]}"
            raise ReplyError(msg, self._refusal)
        if self._finish == "content_filter":
            msg = f"{model!r} refused to answer: its content filter stopped the reply; put the request in other words."
            raise ReplyError(msg, text)
        return ChatReply(text, self._tally(messages, text, seconds), cut=self._finish in (None, "length"))

    def _give(self, text: str) -> None:
        if text:
            self._text.append(text)
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
        return "".join(part.get("text") or "" for part in content if isinstance(part, dict))
    return content if isinstance(content, str) else ""


def _noting(given: list[str], emit: Callable[[str], None]) -> Callable[[str], None]:
    def note(piece: str) -> None:
        given.append(piece)
        emit(piece)

    return note
