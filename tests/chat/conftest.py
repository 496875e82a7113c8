"""What tests of chat models share."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any, TypeAlias

import pytest

from jarvis_magic.chat import OpenAIChat, chat_model
from jarvis_magic.keys import Keys
from tests.servers.scripted import ScriptedServer

MakeChat: TypeAlias = Callable[..., OpenAIChat]


@pytest.fixture
async def chat_at() -> AsyncIterator[MakeChat]:
    """Make chat models at scripted servers; they are closed at the end."""
    made: list[OpenAIChat] = []

    def make(server: ScriptedServer, model: str = "tiny", keys: Keys | None = None, **known: Any) -> OpenAIChat:
        made.append(chat_model(model, base_url=server.url, keys=keys or Keys(), **known))
        return made[-1]

    yield make
    closing: list[Awaitable[None]] = [chat.close() for chat in made]
    for close in closing:
        await close
