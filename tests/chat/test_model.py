"""Chat models over HTTP: streams, forms, limits, retries, cancellation, keys."""

from __future__ import annotations

import asyncio
import json

import httpx2
import pytest

from jarvis_magic.chat import Address, OpenAIChat, chat_model
from jarvis_magic.chat.abilities import Abilities
from jarvis_magic.chat.client import guard
from jarvis_magic.contracts import ChatMessage
from jarvis_magic.errors import ControllerUnavailable, ReplyError
from jarvis_magic.keys import Key, Keys
from tests.servers.scripted import Answers, Breaks, Reply, Says, ScriptedServer, completion, error

from .conftest import MakeChat

HELLO = [ChatMessage("user", "Hello")]
SCHEMA = {"type": "object", "properties": {}, "required": [], "additionalProperties": False}
NASTY = "braces {x} {{slot}} \"quotes\" 'single' back\\slash \\frac{a}{b} $\\alpha$\n\ttab\r\n😀 שלום مرحبا \u2028 {{request}}"


async def told(chat: OpenAIChat, schema: dict[str, object] | None = None) -> tuple[str, list[str]]:
    """The reply's text, and the pieces it came in."""
    pieces: list[str] = []
    reply = await chat.stream(HELLO, schema, pieces.append)
    assert "".join(pieces) == reply.text
    return reply.text, pieces


@pytest.mark.parametrize("split", [0, 1, 2, 3, 7, 1000])
async def test_a_stream_is_read_wherever_it_is_split(chat_at: MakeChat, split: int) -> None:
    """Text arrives whole and piece by piece, even if bytes of one character come in different packets."""
    with ScriptedServer(Says(NASTY, piece=3, split=split)) as server:
        text, pieces = await told(chat_at(server))
    assert text == NASTY
    assert len(pieces) > 10


async def test_what_is_said_arrives_unchanged(chat_at: MakeChat) -> None:
    """Braces, quotes, backslashes, LaTeX, newlines, emoji and right-to-left script reach the model as they are."""
    with ScriptedServer(Says("ok")) as server:
        await chat_at(server).stream([ChatMessage("system", NASTY), ChatMessage("user", NASTY)], None, lambda _: None)
    assert [message["content"] for message in server.requests[0].body["messages"]] == [NASTY, NASTY]


async def test_usage_is_what_the_server_counts_else_estimated(chat_at: MakeChat) -> None:
    """Tokens are the server's numbers; a server that does not count is counted as characters / 4."""
    with ScriptedServer(Says("four" * 10, usage=(11, 22)), Says("four" * 10, usage=None)) as server:
        chat = chat_at(server)
        counted = (await chat.stream(HELLO, None, lambda _: None)).tally
        estimated = (await chat.stream(HELLO, None, lambda _: None)).tally
    assert (counted.calls, counted.tokens_in, counted.tokens_out) == (1, 11, 22)
    assert (estimated.tokens_in, estimated.tokens_out) == (1, 10)


async def test_reasoning_is_left_out(chat_at: MakeChat) -> None:
    """What a model thinks aloud, in its own field or in a leading tag, is no part of the reply."""
    with ScriptedServer(
        Says("42", reasoning="hm"), Says("<think>\nhm {1}\n</think>\n\n42", piece=1), Says("<b>42")
    ) as server:
        chat = chat_at(server)
        assert [(await told(chat))[0] for _ in range(3)] == ["42", "42", "<b>42"]


async def test_a_server_that_does_not_stream(chat_at: MakeChat) -> None:
    """A whole completion is a reply too."""
    with ScriptedServer(completion("Hi.")) as server:
        assert await told(chat_at(server)) == ("Hi.", ["Hi."])


async def test_the_form_is_asked_for_as_strictly_as_the_server_takes_it_and_that_is_remembered(
    chat_at: MakeChat,
) -> None:
    """JSON schema, else JSON object, else text: found out by the first request, and used at once by the next."""
    refusals: list[Reply] = [error(400, "json_schema is not supported"), error(422, "response_format: unknown")]
    with ScriptedServer(*refusals, Says("{}")) as server:
        chat = chat_at(server)
        await told(chat, SCHEMA)
        await told(chat_at(server), SCHEMA)
        forms = [request.body.get("response_format", {}).get("type") for request in server.requests]
    assert forms == ["json_schema", "json_object", None, None]


async def test_parameters_that_a_server_minds_are_left_out(chat_at: MakeChat) -> None:
    """Temperature, stream options and the limit's newer name are dropped where a server refuses them."""
    refusals: list[Reply] = [
        error(400, "Unsupported value: 'temperature' does not support 0", param="temperature"),
        error(400, "Unrecognized request argument supplied: stream_options"),
        error(400, "Unrecognized request argument supplied: max_completion_tokens"),
    ]
    with ScriptedServer(*refusals, Says("{}")) as server:
        await chat_at(server).stream(HELLO, SCHEMA, lambda _: None, most=50)
        last = server.requests[-1].body
    assert last["max_tokens"] == 50
    assert last["response_format"]["type"] == "json_schema"
    assert not {"temperature", "stream_options", "max_completion_tokens"} & set(last)


async def test_a_fault_that_is_not_in_the_form_is_not_blamed_on_it(chat_at: MakeChat) -> None:
    """A request that is too long fails at once, and teaches nothing about the endpoint."""
    with ScriptedServer(error(400, "This model's maximum context length is 8192 tokens"), Says("{}")) as server:
        chat = chat_at(server)
        with pytest.raises(ReplyError, match=r"longer than 'tiny' at .* can read; put long texts into variables"):
            await told(chat, SCHEMA)
        await told(chat, SCHEMA)
        assert [request.body["response_format"]["type"] for request in server.requests] == ["json_schema"] * 2


async def test_rate_limits_are_waited_for(chat_at: MakeChat) -> None:
    """A call that is over the rate limit is made again after the time the server asks for."""
    with ScriptedServer(error(429, "slow down", retry_after_ms="20"), Says("ok")) as server:
        assert (await told(chat_at(server)))[0] == "ok"
        assert len(server.requests) == 2


async def test_a_wait_that_is_too_long_is_said_instead(chat_at: MakeChat) -> None:
    """A server that wants to be asked in an hour is not waited for; the error keeps when."""
    with ScriptedServer(error(429, "slow down", retry_after="3600")) as server:
        with pytest.raises(ControllerUnavailable, match="over its rate limit; ask again") as caught:
            await told(chat_at(server))
        assert len(server.requests) == 1
    assert caught.value.passing
    assert caught.value.retry_after == 3600


async def test_what_was_given_is_never_given_twice(chat_at: MakeChat) -> None:
    """A stream that breaks after it began is not begun again: the reader would see its beginning twice."""
    with ScriptedServer(Breaks("Once upon", "drop"), Says("again")) as server:
        with pytest.raises(ControllerUnavailable, match="ended the connection before the reply was whole"):
            await told(chat_at(server))
        assert len(server.requests) == 1


async def test_a_stream_that_breaks_before_it_began_is_asked_again(chat_at: MakeChat) -> None:
    """A connection that drops before the first piece costs only time."""
    with ScriptedServer(Breaks("", "drop"), Says("ok")) as server:
        assert (await told(chat_at(server)))[0] == "ok"


async def test_a_length_stop_is_known(chat_at: MakeChat) -> None:
    """A reply that stops at the length limit, or without saying why, is known not to be whole."""
    with ScriptedServer(Says("half", finish="length"), Breaks("half", "end"), Says("whole")) as server:
        chat = chat_at(server)
        assert [(await chat.stream(HELLO, None, lambda _: None)).cut for _ in range(3)] == [True, True, False]


@pytest.mark.parametrize("refusal", [Says("", refusal="I cannot."), Says("no", finish="content_filter"), error(400, "content_filter", "content_filter")])  # fmt: skip
async def test_refusals(chat_at: MakeChat, refusal: Reply) -> None:
    """A model that refuses, and a filter that stops it, are said to have refused."""
    with ScriptedServer(refusal) as server, pytest.raises(ReplyError, match="'tiny' refused to answer"):
        await told(chat_at(server))


async def test_the_deadline(chat_at: MakeChat) -> None:
    """A reply that never ends is given up at the deadline."""
    with ScriptedServer(Breaks("begin", "stall")) as server:
        with pytest.raises(ControllerUnavailable, match="did not answer in time"):
            await told(chat_at(server, timeout=0.3))
        assert server.disconnected.wait(5)


async def test_cancelling_closes_the_connection(chat_at: MakeChat) -> None:
    """Who stops waiting also stops the server's work: it sees the connection close."""
    begun = asyncio.Event()
    with ScriptedServer(Breaks("begin", "stall")) as server:
        call = asyncio.create_task(chat_at(server).stream(HELLO, None, lambda _: begun.set()))
        await begun.wait()
        call.cancel()
        with pytest.raises(asyncio.CancelledError):
            await call
        assert await asyncio.to_thread(server.disconnected.wait, 5)


async def test_a_server_is_asked_which_model_it_has(chat_at: MakeChat) -> None:
    """Where no model is named, the first one the server lists is asked, and named from then on."""
    with ScriptedServer(Says("ok"), models=["qwen3:8b", "other"]) as server:
        chat = chat_at(server, model="")
        await told(chat)
        assert chat.name == server.requests[0].body["model"] == "qwen3:8b"


async def test_an_unknown_model_is_met_with_those_the_server_has(chat_at: MakeChat) -> None:
    """A slip in a model's name is met with close ones."""
    known = ["llama3.1:8b", "qwen3:8b"]
    close = r"has no model 'qwen3:8'; did you mean 'qwen3:8b'\?"
    with (
        ScriptedServer(error(404, "not found"), models=known) as server,
        pytest.raises(ControllerUnavailable, match=close),
    ):
        await told(chat_at(server, model="qwen3:8"))


async def test_pictures_are_sent_as_data(chat_at: MakeChat) -> None:
    """Pictures go inside the message, as data URLs."""
    with ScriptedServer(Says("a dog")) as server:
        message = ChatMessage("user", "What is it?", images=("data:image/png;base64,AAAA",))
        await chat_at(server).stream([message], None, lambda _: None)
        content = server.requests[0].body["messages"][0]["content"]
    assert content == [
        {"type": "text", "text": "What is it?"},
        {"type": "image_url", "image_url": {"url": "data:image/png;base64,AAAA"}},
    ]


async def test_only_the_hosts_own_key_and_nothing_else_is_sent(
    chat_at: MakeChat, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A foreign server gets its own key and none of what the environment holds for OpenAI."""
    for name in ("OPENAI_API_KEY", "OPENAI_ORG_ID", "OPENAI_PROJECT_ID", "OPENAI_ADMIN_KEY"):
        monkeypatch.setenv(name, f"secret of {name}")
    monkeypatch.setenv("OPENAI_CUSTOM_HEADERS", "X-Gateway: secret of gateway\nAuthorization: Bearer secret of gateway")
    with ScriptedServer(Says("ok")) as server:
        await told(chat_at(server))
        await told(chat_at(server, keys=Keys().with_typed("127.0.0.1", "own")))
        without, with_key = (request.headers for request in server.requests)
    assert "authorization" not in without
    assert with_key["authorization"] == "Bearer own"
    assert "secret" not in json.dumps([dict(without), dict(with_key)])
    assert not [name for name in with_key if name.startswith("x-")]


async def test_the_environments_headers_go_to_the_host_they_are_for(
    chat_at: MakeChat, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The organisation of the environment goes to the host of OPENAI_BASE_URL."""
    monkeypatch.setenv("OPENAI_ORG_ID", "our-organisation")
    with ScriptedServer(Says("ok")) as server:
        await told(chat_at(server, keys=Keys({"OPENAI_BASE_URL": server.url, "OPENAI_API_KEY": "own"})))
        headers = server.requests[0].headers
    assert (headers["authorization"], headers["openai-organization"]) == ("Bearer own", "our-organisation")


async def test_a_redirect_is_not_followed(chat_at: MakeChat) -> None:
    """A key never travels to where a server points."""
    with ScriptedServer(Says("stolen")) as other, ScriptedServer(Answers(307, "", {"location": other.url})) as server:
        with pytest.raises(ControllerUnavailable, match="sends requests on to another address"):
            await told(chat_at(server, keys=Keys().with_typed("127.0.0.1", "own")))
        assert other.requests == []


async def test_it_works_from_one_event_loop_after_another() -> None:
    """A chat model outlives the event loop it was first used in."""
    with ScriptedServer(Says("ok")) as server:
        chat = chat_model("tiny", base_url=server.url, keys=Keys())
        texts = [await asyncio.to_thread(asyncio.run, told(chat)) for _ in range(2)]
    assert [text for text, _ in texts] == ["ok", "ok"]


async def test_what_one_endpoint_takes_says_nothing_of_another() -> None:
    """Abilities are those of a base URL and a model."""
    abilities = Abilities()
    with ScriptedServer(error(400, "no schema"), Says("{}")) as strict, ScriptedServer(Says("{}")) as other:
        for server in (strict, other):
            address = chat_model("tiny", base_url=server.url, keys=Keys()).address
            chat = OpenAIChat(address, abilities=abilities)
            await told(chat, SCHEMA)
            await chat.close()
        assert other.requests[0].body["response_format"]["type"] == "json_schema"


async def test_a_server_that_breaks_on_a_form_is_asked_without_it(chat_at: MakeChat) -> None:
    """Some servers fail with 500 or 404 over a form they do not know, and say so in words."""
    refusals: list[Reply] = [error(500, "failed to parse grammar"), error(404, "No endpoint supports response_format")]
    with ScriptedServer(*refusals, Says("{}")) as server:
        assert (await told(chat_at(server), SCHEMA))[0] == "{}"
        assert len(server.requests) == 3


def test_azures_key_goes_into_its_own_header() -> None:
    """Azure takes the key as 'api-key'; no other host ever gets it."""
    azure = Address("https://me.openai.azure.com/openai/v1", "gpt", Key("own", "typed"))
    for url, expected in (("https://me.openai.azure.com/openai/v1/x", "own"), ("https://evil.example/x", None)):
        request = httpx2.Request("POST", url, headers={"Authorization": "Bearer none", "X-Stainless-OS": "Linux"})
        guard(request, azure, of_openai=False)
        assert request.headers.get("api-key") == expected
        assert "authorization" not in request.headers
        assert "x-stainless-os" not in request.headers
