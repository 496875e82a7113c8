"""One run's tokens: counted for controller and experts together, and stopped in time."""

from __future__ import annotations

import asyncio

import pytest

from jarvis_magic.chat import Metered
from jarvis_magic.contracts import ChatMessage
from jarvis_magic.errors import ControllerUnavailable
from tests.servers.scripted import Breaks, Says, ScriptedServer

from .conftest import MakeChat

LONG = [ChatMessage("user", "word " * 160)]  # about 200 tokens


async def test_it_stops_before_the_call_that_would_exceed_the_limit(chat_at: MakeChat) -> None:
    """The call that would go over is not made, and the sentence says how far the run came."""
    with ScriptedServer(Says("ok", usage=(200, 100))) as server:
        chat = Metered(chat_at(server), max_tokens=600)
        await chat.stream(LONG, None, lambda _: None)
        assert chat.used == 300
        await chat.stream(LONG, None, lambda _: None)
        with pytest.raises(ControllerUnavailable, match=r"would exceed the 600 tokens this run may use \(600 are used"):
            await chat.stream(LONG, None, lambda _: None)
        limits = [request.body["max_completion_tokens"] for request in server.requests]
    assert len(limits) == 2
    assert limits[1] < limits[0] < 600


async def test_calls_at_the_same_time_share_the_limit(chat_at: MakeChat) -> None:
    """Two calls that would fit one by one, and not together, are not both made."""
    with ScriptedServer(Says("ok", usage=(200, 10), after=0.1)) as server:
        chat = Metered(chat_at(server), max_tokens=350)
        calls = [chat.stream(LONG, None, lambda _: None) for _ in range(2)]
        ended = await asyncio.gather(*calls, return_exceptions=True)
        assert sum(isinstance(end, ControllerUnavailable) for end in ended) == 1
        assert len(server.requests) == 1


async def test_a_call_that_fails_costs_nothing(chat_at: MakeChat) -> None:
    """What was set aside for a call that failed is free again."""
    with ScriptedServer(Breaks("x", "drop"), Says("ok", usage=(200, 10))) as server:
        chat = Metered(chat_at(server), max_tokens=350)
        with pytest.raises(ControllerUnavailable):
            await chat.stream(LONG, None, lambda _: None)
        assert (await chat.stream(LONG, None, lambda _: None)).text == "ok"


async def test_without_a_limit_nothing_is_limited(chat_at: MakeChat) -> None:
    """No limit: replies may be as long as the endpoint lets them."""
    with ScriptedServer(Says("ok")) as server:
        await Metered(chat_at(server)).stream(LONG, None, lambda _: None)
        assert "max_completion_tokens" not in server.requests[0].body
