"""Everything a chat endpoint can do wrong is one sentence with the next thing to do."""

from __future__ import annotations

import json
import ssl
from collections.abc import Iterator

import httpx2
import openai
import pytest

from jarvis_magic.chat import Address, chat_model
from jarvis_magic.chat.failures import translated
from jarvis_magic.errors import ControllerError, ControllerUnavailable, ReplyError
from jarvis_magic.keys import Key, Keys
from stress.faults import FaultyServer, Received
from stress.faults import Reply as AnyReply
from tests.servers.scripted import Answers, Breaks, Reply, Says, ScriptedServer, error

from .conftest import MakeChat
from .test_model import told

SECRET = "sk-secret0123456789"  # noqa: S105 (no real one)
AT = Address("https://chat.example/v1", "tiny", Key(SECRET, "MY_KEY"))
REQUEST = httpx2.Request("POST", "https://chat.example/v1/chat/completions")


def every_class(root: type[Exception]) -> Iterator[type[Exception]]:
    """A class and all that are made from it."""
    yield root
    for inner in root.__subclasses__():
        yield from every_class(inner)


def example(kind: type[Exception]) -> Exception:
    """An error of a class of the package, with words that repeat the key."""
    message = f"Something about {SECRET}"
    if issubclass(kind, openai.APIStatusError):
        status = getattr(kind, "status_code", 500)
        response = httpx2.Response(status if isinstance(status, int) else 500, request=REQUEST)
        body = {"message": message}
        if issubclass(kind, openai.OAuthError):
            return kind(response=response, body=body)
        return kind(message, response=response, body=body)
    if issubclass(kind, openai.APITimeoutError):
        return kind(request=REQUEST)
    if issubclass(kind, openai.APIConnectionError):
        return kind(message=message, request=REQUEST)
    if issubclass(kind, openai.APIResponseValidationError):
        return kind(httpx2.Response(200, request=REQUEST), {"message": message})
    if issubclass(kind, openai.APIError):
        return kind(message, REQUEST, body={"message": message})
    made = kind.__new__(kind)
    Exception.__init__(made, message)
    return made


KINDS = {kind.__name__: kind for kind in every_class(openai.OpenAIError)}


@pytest.mark.parametrize("name", sorted(KINDS))
def test_every_error_of_the_package_is_translated(name: str) -> None:
    """Whatever the package can raise becomes our own error: one sentence, who it is about, and no key."""
    failure = translated(example(KINDS[name]), AT)
    assert isinstance(failure, ControllerUnavailable | ReplyError)
    sentence = str(failure)
    assert sentence.endswith(".")
    assert "chat.example" in sentence or "'tiny'" in sentence
    assert SECRET not in sentence


@pytest.mark.parametrize("status", [*range(300, 309), *range(400, 452), *range(500, 530)])
def test_every_status_is_translated(status: int) -> None:
    """Every HTTP status that is no success becomes one sentence; those that may pass say so."""
    response = httpx2.Response(status, request=REQUEST)
    failure = translated(openai.APIStatusError("no", response=response, body=None), AT)
    assert isinstance(failure, ControllerError)
    assert str(failure).endswith(".")
    if isinstance(failure, ControllerUnavailable):
        assert failure.passing == (status in (408, 409, 425, 429) or status >= 500)


def caused(cause: Exception) -> openai.APIConnectionError:
    """A connection error as the package raises it."""
    failure = openai.APIConnectionError(request=REQUEST)
    failure.__cause__ = cause
    return failure


@pytest.mark.parametrize(
    ("failure", "words"),
    [
        (caused(httpx2.ConnectError("[Errno 111] Connection refused")), "takes no connection; check the base URL"),
        (caused(httpx2.ConnectError("All connection attempts failed")), "takes no connection"),
        (caused(httpx2.ConnectError("[Errno -2] Name or service not known")), "is not known to the network"),
        (caused(httpx2.ConnectError("[Errno 11001] getaddrinfo failed")), "is not known to the network"),
        (
            caused(ssl.SSLCertVerificationError("certificate verify failed: self-signed")),
            "TLS certificate does not fit",
        ),
        (caused(httpx2.ProxyError("407 Proxy Authentication Required")), "through the proxy; check HTTPS_PROXY"),
        (caused(httpx2.RemoteProtocolError("peer closed connection")), "before the reply was whole; ask again"),
        (TimeoutError(), "did not answer in time"),
        (json.JSONDecodeError("x", "y", 0), "is not a reply of the chat completions protocol; check the base URL"),
    ],
)
def test_failures_of_the_connection(failure: Exception, words: str) -> None:
    """A host that is down or unknown, a certificate, a proxy, a drop: each says which it is."""
    assert words in str(translated(failure, AT))


PAGE = "<!DOCTYPE html><html><head><title>Sign in</title></head><body>Proxy login</body></html>"


@pytest.mark.parametrize(
    ("reply", "words"),
    [
        (
            error(401, "Incorrect API key provided: sk-secr*****6789."),
            "refuses the key from what was typed; set a valid one",
        ),
        (error(403, "You are not allowed to sample from this model"), "does not let this key use 'tiny'; name another"),
        (
            error(402, "You have exceeded your monthly included credits"),
            "has no credit left for this key; add some there",
        ),
        (error(429, "You exceeded your current quota", "insufficient_quota"), "has no credit left for this key"),
        (
            error(404, "The model `tiny` does not exist", "model_not_found"),
            "has no model 'tiny'; name one it has with -m",
        ),
        (error(400, "tiny is not a valid model ID"), "has no model 'tiny'"),
        (error(404, "Not Found"), "check the base URL, which often ends in /v1"),
        (error(503, "Model tiny is currently loading"), "is still loading 'tiny'; ask again"),
        (error(500, "CUDA error"), "is in trouble (500); ask again"),
        (Answers(200, PAGE), "answered with a web page, not with a reply: a proxy or a login stands between"),
        (Answers(403, PAGE), "answered with a web page"),
        (
            Answers(200, {"error": "no such route"}),
            "answered with JSON that is no reply (no such route); check the base URL",
        ),
        (Breaks("begin", "error"), 'stopped in the middle of its reply (it says: "the engine stopped")'),
        (Breaks("begin", "garbage"), "is not a reply of the chat completions protocol"),
    ],
)
async def test_what_servers_say(chat_at: MakeChat, reply: Reply, words: str) -> None:
    """No key, wrong key, no quota, no model, a proxy's page, half a stream: over real HTTP, each its own sentence."""
    with ScriptedServer(reply, models=["tiny"]) as server, pytest.raises(ControllerError) as caught:
        await told(chat_at(server, keys=Keys().with_typed("127.0.0.1", SECRET), retries=0))
    assert words in str(caught.value)
    assert "sk-secr" not in str(caught.value)
    assert "<" not in str(caught.value)


async def test_a_server_that_wants_a_key(chat_at: MakeChat) -> None:
    """Without a key for its host: how to give one."""
    with (
        ScriptedServer(error(401, "No auth credentials found")) as server,
        pytest.raises(
            ControllerUnavailable,
            match=r"wants a key; name its variable with --key-env, or type `%jarvis key 127\.0\.0\.1`",
        ),
    ):
        await told(chat_at(server))


async def test_a_host_that_is_down() -> None:
    """A local server that is not started: start it."""
    with ScriptedServer(Says("")) as server:
        url = server.url
    from jarvis_magic.chat import chat_model

    with pytest.raises(ControllerUnavailable, match="takes no connection; start the server, or check its port"):
        await told(chat_model("tiny", base_url=url, keys=Keys(), retries=0))


async def test_a_server_whose_list_of_models_is_none() -> None:
    """It has no such address, and where its models should be is something else: the first is what is said."""

    def answer(received: Received) -> AnyReply:
        return AnyReply([[1]]) if received.path.endswith("/models") else AnyReply({"error": "Not Found"}, status=404)

    with (
        FaultyServer(answer, lambda _: None) as server,
        pytest.raises(ControllerUnavailable, match="no chat completions"),
    ):
        await told(chat_model("tiny", base_url=f"{server.url}/v1", keys=Keys()))
