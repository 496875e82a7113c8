"""A real inference server, llama.cpp's, with a model of a few kilobytes: its nonsense is survived, its constrained output is a plan.

``make test-inference`` builds the server and runs these tests.
"""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from jarvis_magic.chat import OpenAIChat, chat_model
from jarvis_magic.chat.abilities import Abilities, Ability
from jarvis_magic.contracts import ChatMessage
from jarvis_magic.controllers import LLMController
from jarvis_magic.errors import ReplyError
from jarvis_magic.jarvis import Jarvis
from jarvis_magic.keys import Keys
from jarvis_magic.options import Options
from jarvis_magic.task_types import TASK_TYPES
from jarvis_magic.testing import ListCatalogue, Recorder, RecordingEndpoint, candidate, texts
from jarvis_magic.values import Menu, Request

from .tiny_model import write_model

pytestmark = pytest.mark.inference

BUILT = Path(__file__).parent.parent.parent / "build" / "llama" / "bin" / "llama-server"
MENU = Menu(dict.fromkeys(TASK_TYPES, ""))
REQUEST = Request("Summarise @letter, then say the summary in German.", texts(letter="It rained all day."))

NONSENSE = ["Sure! ", "Here it is: ", "{soon} ", "and [more]."]
SUMMARY = '{"id":"summary","type":"summarization","arguments":[{"name":"text","value":"@letter"}],"purpose":"summarise","model":null,"after":[],"each":null}'
GERMAN = '{"id":"german","type":"translation","arguments":[{"name":"text","value":"@summary"},{"name":"target_language","value":"German"}],"purpose":"into German","model":null,"after":[],"each":null}'
PLAN = ['{"tasks":[', SUMMARY[:40], SUMMARY[40:], ",", GERMAN[:60], GERMAN[60:], '],"notes":[]}']
CHOICES = ['{"choices":[', '{"task":"summary","model":"second","reason":"short"},', '{"task":"german","model":"second","reason":"fluent"}', "]}"]  # fmt: skip


@contextmanager
def serving(model: Path, context: int = 16384) -> Iterator[str]:
    """The base URL of a llama.cpp server that serves a model."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    program = BUILT if BUILT.exists() else shutil.which("llama-server")
    assert program, "llama.cpp's server is not there; run `make test-inference`, which builds it."
    asked = ["--model", model, "--port", port, "--ctx-size", context, "--parallel", 1, "--threads", 2, "--no-webui"]
    server = subprocess.Popen([str(part) for part in (program, *asked)], stderr=subprocess.PIPE, text=True)
    try:
        assert server.stderr is not None
        said = []
        for line in server.stderr:
            said.append(line)
            if "listening on" in line:
                break
        else:
            pytest.fail("".join(said[-20:]))
        yield f"http://127.0.0.1:{port}/v1"
    finally:
        server.kill()
        server.communicate()


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server whose model would rather talk nonsense, and can be made to plan, choose and answer."""
    model = tmp_path_factory.mktemp("model") / "tiny.gguf"
    write_model(model, [NONSENSE, PLAN, CHOICES])
    with serving(model) as base_url:
        yield base_url


async def test_constrained_output_becomes_a_plan(url: str) -> None:
    """Held to our schema, a model that knows nothing of it writes a well-formed plan, streamed."""
    chat = chat_model("tiny", base_url=url, keys=Keys())
    seen = Recorder()
    plan = await LLMController(chat, Options()).plan(REQUEST, MENU, seen)
    await chat.close()
    assert [(task.id, task.type) for task in plan.tasks] == [("summary", "summarization"), ("german", "translation")]
    assert plan.dependencies("german") == ("summary",)
    assert plan.notes == ()


async def test_nonsense_is_survived(url: str) -> None:
    """Without a schema the same model talks nonsense, which is corrected twice and then given up."""
    abilities = Abilities()
    address = chat_model("tiny", base_url=url, keys=Keys()).address
    abilities.found(address.url, "tiny", Ability(form="text"))
    chat = OpenAIChat(address, abilities=abilities)
    with pytest.raises(ReplyError, match="no reply that can be used, after 2 corrections") as caught:
        await LLMController(chat, Options()).plan(REQUEST, MENU, Recorder())
    await chat.close()
    assert caught.value.reply == "".join(NONSENSE)


def test_a_whole_run(url: str) -> None:
    """Plan, choice and answer come from the real server; the server's own counts are the account."""
    experts = RecordingEndpoint(lambda text, **_: text.upper())
    by_type = {name: [candidate("first"), candidate("second")] for name in ("summarization", "translation")}
    with Jarvis("tiny", base_url=url, options=Options(), keys=Keys(), catalogue=ListCatalogue(by_type), endpoints={"function": experts}) as jarvis:  # fmt: skip
        run = jarvis.run(REQUEST.text, letter="It rained all day.")
    assert run["german"] == "IT RAINED ALL DAY."
    assert {call.model for call in experts.calls} == {"second"}
    assert run.assignments["german"].reason == "fluent"
    assert run.response == "".join(NONSENSE)
    assert run.usage.plan.tokens_in > 1000
    assert run.usage.repairs.calls == 0


async def test_the_server_is_asked_which_model_it_has(url: str) -> None:
    """No model named: the one that is loaded."""
    chat = chat_model("", base_url=url, keys=Keys())
    await chat.stream([ChatMessage("user", "hello")], None, lambda _: None)
    await chat.close()
    assert "tiny" in chat.name


async def test_a_limit_is_kept(url: str) -> None:
    """A reply that may have few tokens stops there, and is known to."""
    chat = chat_model("tiny", base_url=url, keys=Keys())
    reply = await chat.stream([ChatMessage("user", "hello")], None, lambda _: None, most=2)
    await chat.close()
    assert (reply.text, reply.cut) == ("".join(NONSENSE[:2]), True)


async def test_a_request_that_is_too_long(tmp_path: Path) -> None:
    """A server with a small context says so, and the sentence tells what to do."""
    write_model(tmp_path / "tiny.gguf", [NONSENSE])
    with serving(tmp_path / "tiny.gguf", context=512) as base_url:
        chat = chat_model("tiny", base_url=base_url, keys=Keys())
        with pytest.raises(ReplyError, match="put long texts into variables and refer to them as @name"):
            await LLMController(chat, Options()).plan(REQUEST, MENU, Recorder())
        await chat.close()


def test_the_plan_is_what_our_schema_allows() -> None:
    """What the model is made to say is JSON in the schema's order of fields."""
    assert [task["id"] for task in json.loads("".join(PLAN))["tasks"]] == ["summary", "german"]
