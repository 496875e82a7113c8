"""A chat model at any endpoint that speaks OpenAI's chat completions."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from time import monotonic
from typing import TYPE_CHECKING, Any

from jarvis_magic.contracts import ChatMessage, ChatReply
from jarvis_magic.errors import ControllerUnavailable, close_matches, either
from jarvis_magic.keys import Keys, host_of

from .abilities import KNOWN, Abilities, Ability
from .addresses import Address, address_of
from .client import client_for
from .failures import may_be_form, server_words, translated
from .reading import LONGEST, Reading, chunks

if TYPE_CHECKING:
    import openai

LONGEST_WAIT = 60.0
"""Seconds that are waited at most for a server that asks to be asked later."""


def chat_model(
    model: str = "",
    *,
    base_url: str | None = None,
    keys: Keys,
    timeout: float = 300.0,
    retries: int = 2,
    backoff: float = 0.5,
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
    backoff
        Seconds before it is made again the first time; each wait after that is twice as long.

    Raises
    ------
    ConfigurationError
        If the base URL is none, or a key is missing.
    """
    address = address_of(model, base_url, keys=keys)
    of_openai = address.host == host_of(keys.openai_url)
    return OpenAIChat(address, timeout=timeout, retries=retries, backoff=backoff, of_openai=of_openai)


class OpenAIChat:
    """A `jarvis_magic.contracts.ChatModel` on the ``openai`` package.

    Parameters
    ----------
    address
        Where it is, and the key for its host.
    timeout, retries, backoff
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
        backoff: float = 0.5,
        of_openai: bool = False,
        abilities: Abilities = KNOWN,
    ) -> None:
        self.address = address
        self._timeout, self._retries, self._backoff = timeout, retries, backoff
        self._of_openai, self._abilities = of_openai, abilities
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
        call, deadline, tries = _Call(messages, schema, emit, most), monotonic() + self._timeout, 0
        while True:
            try:
                return await self._once(call, deadline)
            except ControllerUnavailable as failure:
                wait = failure.retry_after if failure.retry_after is not None else self._backoff * 2**tries
                late = wait > LONGEST_WAIT or monotonic() + wait > deadline
                if call.answered or not failure.passing or tries == self._retries or late:
                    raise
            tries += 1
            await asyncio.sleep(wait)

    async def close(self) -> None:
        """Close its connections; the next `stream` opens new ones."""
        client, self._client = self._client, None
        if client is not None:
            await client.close()

    async def _once(self, call: _Call, deadline: float) -> ChatReply:
        """One try, its failure as ours."""
        import httpx2
        import openai

        try:
            async with asyncio.timeout(max(0.0, deadline - monotonic())):
                await self._find_model()
                return await self._in_its_form(call)
        except openai.NotFoundError as error:
            raise await self._unknown_model(error) from None
        except (openai.OpenAIError, httpx2.TransportError, TimeoutError, ValueError) as error:
            raise translated(error, self.address) from None

    async def _in_its_form(self, call: _Call) -> ChatReply:
        """Ask in the strictest form the endpoint is known to take, less strictly where it refuses."""
        import openai

        at = self.address.url, self.address.model
        ability = self._abilities.of(*at, otherwise=Ability(temperature=self.address.takes_temperature))
        while True:
            try:
                reply = await self._request(call, ability)
            except openai.APIStatusError as error:
                words = f"{error.param or ''} {server_words(error)}"
                less = ability.without_refused(words, shaped=call.schema is not None, limited=call.most is not None)
                if less is None or not may_be_form(error):
                    raise
                ability = less
            else:
                self._abilities.found(*at, ability)
                return reply

    async def _request(self, call: _Call, ability: Ability) -> ChatReply:
        begun, reading = monotonic(), Reading(call.take, self.address)
        stream = await self._connected().chat.completions.create(
            model=self.address.model,
            messages=[_wire(message) for message in call.messages],
            stream=True,
            **ability.parameters(call.schema, call.most),
        )
        async with stream:
            async for chunk in chunks(stream, self.address):
                reading.take(chunk)
                if reading.length > LONGEST:
                    break
        return reading.reply(self.name, call.messages, monotonic() - begun)

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
        try:
            names = [model.id async for model in self._connected().models.list()]
        except (AttributeError, TypeError) as error:  # the package takes any JSON for a list of models
            raise ValueError("no list of models") from error
        return [self.address.masked(name) for name in names if isinstance(name, str)]

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
            self._client, self._loop = client_for(self.address, of_openai=self._of_openai), loop
        return self._client


@dataclass
class _Call:
    """What is asked, who takes the pieces of the reply, and whether any was taken."""

    messages: Sequence[ChatMessage]
    schema: Mapping[str, Any] | None
    emit: Callable[[str], None]
    most: int | None
    answered: bool = False

    def take(self, piece: str) -> None:
        """Pass on a piece of the reply."""
        self.answered = True
        self.emit(piece)


def _wire(message: ChatMessage) -> Any:
    """A message as the protocol writes it."""
    if not message.images:
        return {"role": message.role, "content": message.text}
    pictures = [{"type": "image_url", "image_url": {"url": url}} for url in message.images]
    return {"role": message.role, "content": [{"type": "text", "text": message.text}, *pictures]}
