"""A chat model for one run, which stops before a call that would use more tokens than the run may."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from jarvis_magic.contracts import ChatMessage, ChatModel, ChatReply
from jarvis_magic.errors import ControllerUnavailable
from jarvis_magic.values import Tally


def estimated_tokens(messages: Sequence[ChatMessage], schema: Mapping[str, Any] | None = None) -> int:
    """Return about how many tokens a request is: its characters / 4."""
    said = sum(len(message.text) + 30 for message in messages)
    return (said + (len(json.dumps(schema)) if schema else 0)) // 4


class Metered:
    """A `jarvis_magic.contracts.ChatModel` that counts what one run uses, by its controller and its experts together.

    Parameters
    ----------
    chat
        The chat model it passes calls on to.
    max_tokens
        How many tokens the run may use, in and out; ``None``: any number.

    Attributes
    ----------
    tally
        What its calls used together.
    lack
        Why the last call got no reply; ``None``: it got one, or there was none.
    """

    def __init__(self, chat: ChatModel, max_tokens: int | None = None) -> None:
        self._chat, self._max = chat, max_tokens
        self._set_aside = 0
        self.tally = Tally()
        self.lack: str | None = None

    @property
    def used(self) -> int:
        """How many tokens were used, or are set aside for calls under way."""
        return self.tally.tokens_in + self.tally.tokens_out + self._set_aside

    @property
    def name(self) -> str:
        """The model's name."""
        return self._chat.name

    async def stream(
        self,
        messages: Sequence[ChatMessage],
        schema: Mapping[str, Any] | None,
        emit: Callable[[str], None],
        *,
        most: int | None = None,
    ) -> ChatReply:
        """Pass a call on if the run may still make it, its reply no longer than what is left.

        Raises
        ------
        ControllerUnavailable
            If the request alone would exceed what is left.
        """
        asking = estimated_tokens(messages, schema) if self._max else 0
        if self._max:
            left = self._max - self.used - asking
            if left <= 0:
                msg = f"The next call to {self.name!r} would exceed the {self._max} tokens this run may use ({self.used} are used, it needs about {asking}); raise max_tokens (--max-tokens)."
                raise ControllerUnavailable(msg)
            most = min(left, most or left)
        self._set_aside += asking  # others may call at the same time
        try:
            reply = await self._chat.stream(messages, schema, emit, most=most)
        except ControllerUnavailable as error:
            self.lack = str(error)
            raise
        finally:
            self._set_aside -= asking
        self.lack = None
        self.tally += reply.tally
        return reply
