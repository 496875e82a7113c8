"""The code of models at providers and of servers at a URL: executed against the same loopback servers as the endpoints."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from jarvis_magic import Plan, Run, Task, to_python
from jarvis_magic.catalogue.chat import SEES, WRITES
from jarvis_magic.endpoints.messages import pictures, words
from jarvis_magic.endpoints.urls import CALLABLE
from jarvis_magic.errors import EndpointRejected
from jarvis_magic.kinds import Answer, Kind
from jarvis_magic.prompts import expert_instruction
from jarvis_magic.task_types import TASK_TYPES
from jarvis_magic.tasks import FrozenMap
from jarvis_magic.values import Assignment, Candidate

from ..endpoints import test_providers, test_urls
from ..endpoints.test_providers import values_for, ways
from ..servers.hub import TOKEN, HubServer
from ..servers.hub import said as server_says
from .alone import Alone, comparable

INPUTS = [
    "text", "other", "labels", "question", "context", "target_language", "target", "table", "image", "images", "audio",
    "width", "height", "mask",
]  # fmt: skip

BEFORE = f"""
import types
import huggingface_hub, httpx2, numpy, pandas
from PIL import Image

class Rerouted(httpx2.HTTPTransport):
    def handle_request(self, request):
        request.url = request.url.copy_with(scheme="http", host="127.0.0.1", port={{port}})
        return super().handle_request(request)

def client():
    return httpx2.Client(transport=Rerouted(verify=False), follow_redirects=True, timeout=60)

huggingface_hub.set_client_factory(client)
image = Image.new("RGB", (64, 48), "white")
image.paste("black", (10, 12, 30, 40))
images = [image, image]
audio = types.SimpleNamespace(samples=numpy.full(4000, 0.1, numpy.float32), rate=8000)
table = pandas.DataFrame({{{{"n": [1, 2], "label": ["", ""]}}}})
text, other, mask = {values_for("summarization")["text"]!r}, "Something else.", "The [MASK] is wide."
labels, question, context = ["ship", "64"], "How much?", "It costs ten crowns."
target_language, target, width, height = "fr", "label", 40, 30
"""


def each_way() -> Iterator[tuple[str, str, str]]:
    """Each task type with a provider: hf-inference, which does it as itself, and one of the others."""
    found: dict[tuple[str, bool], tuple[str, str, str]] = {}
    for task_type, provider, task in ways():
        found.setdefault((task_type, provider == "hf-inference"), (task_type, provider, task))
    yield from found.values()


def run_of(task_type: str, candidate: Candidate) -> Run:
    """A run whose one task was done by a candidate, given the inputs that its ports are called by."""
    values = values_for(task_type)
    arguments = {
        port: "@mask" if values[port] == "The [MASK] is wide." else f"@{port}" for port in values if port != "table"
    }
    arguments |= {"table": "@table"} if "table" in values else {}
    ports = TASK_TYPES[task_type].by_name
    inputs = {said[1:]: Kind(ports[port].kind) for port, said in arguments.items()}
    plan = Plan(f"Do {task_type}.", inputs, [Task("result", task_type, arguments)])
    return Run(plan, FrozenMap({"result": Assignment("result", task_type, candidate)}))


def said(value: Any, run: Run) -> Any:
    """What is compared of a value; what a chat model answers is a text."""
    chats = "chat" in to_python(run)
    return comparable(value.answer if chats and isinstance(value, Answer) else value)


async def test_every_type_at_providers_and_at_urls(hub: HubServer, serves: Callable[..., str], tmp_path: Path) -> None:
    """The same values as the endpoint gives, with the user's token at the Hub and none elsewhere."""
    process = Alone(tmp_path, BEFORE.format(port=hub.port), INPUTS, {"HF_TOKEN": TOKEN})
    expected: dict[str, Any] = {}
    for task_type, provider, task in each_way():
        candidate = Candidate(serves(task), "provider", provider=provider)
        run, name = run_of(task_type, candidate), f"{task_type}_at_{provider}"
        expected[name] = {"result": said(await test_providers.run(task_type, candidate), run)}
        process.add(name, to_python(run), ["result"])
    for task_type in sorted(CALLABLE):
        url = f"{hub.url}/{'text-generation' if task_type.startswith('text2') else task_type}"
        run, name = run_of(task_type, Candidate(url, "url")), f"{task_type}_at_a_url"
        expected[name] = {"result": said(await test_urls.run(task_type, url), run)}
        process.add(name, to_python(run), ["result"])
    assert process.run() == expected
    assert hub.wrong == []


async def test_every_type_that_a_chat_model_does(hub: HubServer, tmp_path: Path) -> None:
    """By the openai package, told what the endpoint tells it, with the same pictures."""
    process = Alone(tmp_path, BEFORE.format(port=hub.port), INPUTS)
    types = [*WRITES, *SEES]
    for task_type in types:
        candidate = Candidate("tiny", "chat", provider=f"127.0.0.1:{hub.port}")
        process.add(task_type, to_python(run_of(task_type, candidate)), ["result"])
    found = process.run()
    for task_type, seen in zip(types, hub.seen, strict=True):
        values, (system, user) = values_for(task_type), seen.json["messages"]
        shown = [{"type": "image_url", "image_url": {"url": picture}} for picture in pictures(values)]
        assert system["content"] == expert_instruction(task_type, values)
        assert user["content"] == ([{"type": "text", "text": words(values)}, *shown] if shown else words(values))
        assert found[task_type] == {"result": server_says(seen.json["messages"]).strip()}
    assert hub.wrong == []


@pytest.mark.parametrize(
    ("task_type", "arguments", "line"),
    [
        ("text-to-image", {"text": "a @letter", "seed": 7}, "at_p.text_to_image(prompt='a ' + letter, seed=7, model='a/b')"),
        ("summarization", {"text": "@letter"}, "at_p.summarization(text=letter, model='a/b').summary_text"),
        ("text-to-image", {"text": "x", "options": {"guidance_scale": 2}}, "at_p.text_to_image(prompt='x', guidance_scale=2, model='a/b')"),
        ("text-to-speech", {"text": "x", "voice": "nova"}, "sound_in(at_p.text_to_speech(text='x', extra_body={'voice': 'nova'}, model='a/b'))"),
    ],
)  # fmt: skip
def test_calls_are_a_line(task_type: str, arguments: dict[str, Any], line: str) -> None:
    """The client's method with the names it has for the ports."""
    plan = Plan(
        "Do it.", {"letter": Kind("text")} if "@" in str(arguments) else {}, [Task("result", task_type, arguments)]
    )
    candidate = Candidate("a/b", "provider", provider="p")
    code = to_python(Run(plan, FrozenMap({"result": Assignment("result", task_type, candidate)})))
    assert code.endswith(f"result = {line}\n")
    assert "hf_" not in code


def code_with(task_type: str, option: str) -> str:
    """The code of a call at a provider that a plan gave an option."""
    task = Task("result", task_type, {"text": "x", "options": {option: "https://elsewhere.example"}})
    assigned = Assignment("result", task_type, Candidate("a/b", "provider", provider="p"))
    return to_python(Run(Plan("Do it.", {}, [task]), FrozenMap({"result": assigned})))


HOSTILE = "x=__import__('os').abort(), y"


@pytest.mark.parametrize(
    ("task_type", "option"),
    [("text-generation", "model"), ("text-generation", "extra_body"), ("summarization", "model"), ("summarization", HOSTILE)],
)  # fmt: skip
def test_options_of_a_plan_send_nothing_elsewhere(task_type: str, option: str) -> None:
    """What the endpoint refuses is not written either: above all another model, which might be an address."""
    with pytest.raises(EndpointRejected, match="is none of this expert's"):
        code_with(task_type, option)


def test_options_of_a_plan_are_no_code() -> None:
    """A name that is none stays a text, where servers take options of any name."""
    code = code_with("text-generation", HOSTILE)
    assert "__import__" not in {node.id for node in ast.walk(ast.parse(code)) if isinstance(node, ast.Name)}
    assert "extra_body={" in code
