"""Replies that do not end, or unpack without end: from an expert, and from a chat model."""

from __future__ import annotations

import gzip

import httpx2
import pytest

from jarvis_magic.bounded_replies import UNPACKED, bounding
from jarvis_magic.chat import chat_model
from jarvis_magic.contracts import ChatMessage
from jarvis_magic.endpoints import UrlEndpoint
from jarvis_magic.errors import ControllerUnavailable, EndpointRejected
from jarvis_magic.keys import Keys
from jarvis_magic.testing import candidate, resource
from jarvis_magic.values import Assignment
from stress.faults import FaultyServer, Reply

BOMB = gzip.compress(b" " * 10_000_000)
PACKED = {"content-encoding": "gzip"}


async def asked(reply: Reply, most: int) -> bytes:
    """What comes of a reply of which so many bytes are read."""
    hooks = {"response": [bounding(most, LookupError)]}
    with FaultyServer(lambda _: reply, lambda _: None) as server:
        async with httpx2.AsyncClient(event_hooks=hooks, headers=UNPACKED) as client:
            return (await client.get(server.url)).content


async def test_a_reply_is_read_up_to_its_bound() -> None:
    """One that fits is what it was; one that goes on is left."""
    assert await asked(Reply(b"x" * 5000), 5000) == b"x" * 5000
    with pytest.raises(LookupError, match="more than the 1 MB that a reply may have"):
        await asked(Reply(b"x" * 2_000_000), 1_000_000)


async def test_a_packed_reply_is_not_unpacked() -> None:
    """It was asked for as it is, and a few bytes may unpack to all the memory there is."""
    with pytest.raises(LookupError, match=r"packed \(gzip\)"):
        await asked(Reply(BOMB, headers=PACKED), 1_000_000)


async def test_experts_and_chat_models_are_bound() -> None:
    """Both refuse in a sentence, once."""
    with FaultyServer(lambda _: Reply(BOMB, headers=PACKED), lambda _: None) as server:
        assignment = Assignment("t", "summarization", candidate(f"{server.url}/summarization", "url"))
        with pytest.raises(EndpointRejected, match="sends its reply packed"):
            await UrlEndpoint(Keys()).run(assignment, {"text": resource("text", "words")}, lambda _: None)
        chat = chat_model("tiny", base_url=f"{server.url}/v1", keys=Keys())
        with pytest.raises(ControllerUnavailable, match="sends its reply packed"):
            await chat.stream([ChatMessage("user", "Hello.")], None, lambda _: None)
        await chat.close()
