"""Weaknesses of the reference that no hard case shows: chat endpoints that err, model names, servers, and being imported."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from jarvis_magic import Jarvis, Options
from jarvis_magic.keys import Keys
from tests.servers.scripted import Answers, Says, ScriptedServer, error

from .support import Experts, chat, plan_of, replies, task

PLAN = plan_of(task("short", "summarization", text="@letter"))
REQUEST = "Summarise @letter."
TROUBLES = {
    "an error object": Answers(200, {"error": {"message": "the engine stopped", "code": 500}}),
    "no body": Answers(200, ""),
    "a page": Answers(502, "<html><title>Bad gateway</title></html>"),
    "plain words": Answers(200, "service unavailable"),
    "another object": Answers(200, {"detail": [1, 2, 3]}),
    "overloaded": error(503, "overloaded"),
}


@pytest.fixture
def two(experts: Experts) -> Experts:
    """Two experts of one type, so that there is a choice."""
    experts.add("summarization", "short", name="one")
    experts.add("summarization", "short", name="other")
    return experts


@pytest.mark.parametrize("trouble", TROUBLES)
@pytest.mark.parametrize("stage", ["plan", "select", "respond"])
def test_w28_w29_an_endpoint_that_errs_costs_no_result(two: Experts, stage: str, trouble: str) -> None:
    """Whatever a chat endpoint answers in whichever stage, the work is done, and the user told in a sentence."""
    said: dict[str, Any] = {"plan": PLAN, "select": '{"choices": []}', "respond": "It is short.", stage: TROUBLES[trouble]}  # fmt: skip
    with chat(said["plan"], said["select"], said["respond"]) as talk:
        run = talk.jarvis.run(REQUEST, letter="It rains. It pours.").check()
    assert list(run.outputs.values()) == ["short"]
    assert any("tiny" in note or "127.0.0.1" in note for note in run.notes), run.notes
    assert run.response


@pytest.mark.parametrize("name", ["gpt-99-ultra", "owner/my-model-7B-Q4_K_M.gguf", "claude", "llama3:8b", "модель"])
def test_w30_w58_a_chat_model_of_any_name(two: Experts, name: str) -> None:
    """Names are passed on as they are; no list of models, no token ids, no completions endpoint."""
    with (
        ScriptedServer(replies(Says(PLAN))) as server,
        Jarvis(name, base_url=server.url, options=Options(where="local"), keys=Keys()) as jarvis,
    ):
        assert list(jarvis.run(REQUEST, letter="x").check().outputs.values()) == ["short"]
        assert {request.body["model"] for request in server.requests} == {name}
        assert all(request.path.endswith("/chat/completions") for request in server.requests)
        assert not any("logit_bias" in request.body for request in server.requests)


def test_w50_nothing_listens(two: Experts, jarvis: Jarvis) -> None:
    """A run opens no port: there is no server to bind, to protect or to forget."""
    import psutil

    def listening() -> set[Any]:
        return {c.laddr for c in psutil.Process().net_connections(kind="inet") if c.status == psutil.CONN_LISTEN}

    before = listening()
    seen = set[Any]()
    jarvis.run(REQUEST, letter="x", on_event=lambda _event: seen.update(listening())).check()
    assert seen <= before


IMPORTED = """
import sys
sys.argv = ["ipykernel_launcher.py", "-f", "kernel.json", "--mode", "server"]
before = set(sys.modules)
import jarvis_magic
from jarvis_magic import Jarvis, Options
with Jarvis("offline", options=Options(where="local")) as jarvis:
    print([task.type for task in jarvis.plan("Read 'hello' aloud.").tasks])
print(sys.argv[1], {"torch", "diffusers", "flask", "gradio", "openai"} & set(sys.modules))
"""


def test_w61_w62_importing_it_asks_for_nothing(tmp_path: Path) -> None:
    """No arguments, keys or configuration are read; nothing is printed, written or loaded that is heavy; it is a library."""
    environment = {"PATH": "/usr/bin:/bin", "HOME": str(tmp_path), "PYTHONPATH": str(Path.cwd())}
    done = subprocess.run(
        [sys.executable, "-c", IMPORTED], cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
    )
    assert (done.stderr, done.stdout) == ("", "['text-to-speech']\n-f set()\n")
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []
