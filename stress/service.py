"""The other side of a campaign: a provider, servers at URLs, the Hub and a chat model, all of which answer rightly."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any
from urllib.parse import parse_qs, urlsplit

from .drawn import Drawn
from .experts import MAIN_PORT, made, opened, png, signature
from .faults import Received, Reply

MODEL = "stress"
"""The owner of the models that the Hub lists: ``stress/healthy-summarization``, ``stress/dead-summarization``."""

OTHERS_BUSINESS = "/api/agent-harnesses"
"""What ``huggingface_hub`` asks for itself once a day. Whatever comes it keeps on disk, and a reply of another shape makes
all its calls fail for that day; so this one reply is left whole."""

_TEXT_FIELD = {"summarization": "summary_text", "translation": "translation_text", "image-to-text": "generated_text"}


class Service:
    """Answers every request of a campaign.

    Parameters
    ----------
    drawn
        The request of a number, for the chat model to plan.
    """

    def __init__(self, drawn: Callable[[int], Drawn]) -> None:
        self._drawn = drawn
        self.files: dict[str, Reply] = {}

    def __call__(self, received: Received) -> Reply:
        """The right reply to a request."""
        path = urlsplit(received.path).path
        if path.endswith("/chat/completions"):
            return _streamed(self._said(received.json))
        if path.startswith("/api/models/"):
            return Reply(_listed(path.removeprefix("/api/models/")))
        if path.endswith("/v1/models"):
            return Reply(
                {"object": "list", "data": [{"id": "tiny", "object": "model", "created": 0, "owned_by": "us"}]}
            )
        if path == OTHERS_BUSINESS:
            return Reply({"standardEnvVars": [], "harnesses": {}})
        if path == "/api/models":
            task = parse_qs(urlsplit(received.path).query)["pipeline_tag"][0]
            return Reply(
                [_found(f"{MODEL}/{health}-{task}", task) for health in ("dead", "healthy") if task in MAIN_PORT]
            )
        if path.startswith("/files/"):
            return Reply(png(self._drawn(_number(path)).values["photo"]), "image/png")
        if received.method == "GET":
            return self.files.get(path, Reply({"error": "Not found"}, status=404))
        task_type, value = _asked(path, received)
        return _result(task_type, made(task_type, value))

    def _said(self, request: Mapping[str, Any]) -> str:
        heard = json.dumps(request["messages"])
        found = re.findall(r"run (\d+) of \d+", heard)
        tasks = self._drawn(int(found[-1])).plan.tasks if found else ()
        if "Plan the work of expert models" in heard:
            return json.dumps({"tasks": [_wire(task) for task in tasks], "notes": []})
        if "For each task choose" in heard:
            chosen = [{"task": task.id, "model": f"sync-{task.type}", "reason": "quick"} for task in tasks]
            return json.dumps({"choices": chosen})
        return "It is done, and here is what came of it."


def path_of(number: int) -> str:
    """Where the picture of a request is."""
    return f"/files/{number}.png"


def _number(path: str) -> int:
    return int(path.removeprefix("/files/").removesuffix(".png"))


def called(received: Received) -> str:
    """What a request calls, so that the same call gets the same faults, whenever it comes."""
    path = urlsplit(received.path).path
    if received.method == "POST" and not path.endswith("/chat/completions"):
        task_type, value = _asked(path, received)
        return f"{path} {signature(task_type, value)}"
    if received.method == "POST":
        found = re.findall(rb"run \d+ of \d+", received.body)
        return f"{path} {found[-1].decode() if found else ''}"
    return received.path


def _asked(path: str, received: Received) -> tuple[str, Any]:
    """The task type of a call, and the value of its main port."""
    name = path.rpartition("/")[2]
    task_type = next(t for t in MAIN_PORT if name.endswith(t))
    if "json" not in received.headers.get("content-type", ""):
        return task_type, opened(received.body)
    return task_type, received.json["inputs"]


def _result(task_type: str, value: Any) -> Reply:
    if task_type in _TEXT_FIELD:
        return Reply([{_TEXT_FIELD[task_type]: value}])
    if task_type == "automatic-speech-recognition":
        return Reply({"text": value})
    if task_type == "text-to-image":
        return Reply(png(value), "image/png")
    return Reply(value.to_wav(), "audio/wav")


def _listed(model: str) -> dict[str, Any]:
    """A model as the Hub lists it."""
    task = next(t for t in MAIN_PORT if model.endswith(t))
    mapping = {"hf-inference": {"providerId": model, "status": "live", "task": task}}
    return {"id": model, "pipeline_tag": task, "tags": [task], "inferenceProviderMapping": mapping}


def _found(model: str, task: str) -> dict[str, Any]:
    """A model as the Hub lists it among others."""
    mapping = {"provider": "hf-inference", "providerId": model, "status": "live", "task": task}
    return {**_listed(model), "downloads": 10, "likes": 1, "inferenceProviderMapping": [mapping]}


def _wire(task: Any) -> dict[str, Any]:
    """A task as a chat model writes it."""
    arguments = [{"name": name, "value": value} for name, value in task.arguments.items()]
    return {"id": task.id, "type": task.type, "arguments": arguments, "purpose": "", "model": None, "after": list(task.after), "each": None}  # fmt: skip


def _streamed(text: str) -> Reply:
    return Reply("".join(f"data: {event}\n\n" for event in _events(text)).encode(), "text/event-stream")


def _events(text: str) -> Iterator[str]:
    for start in range(0, len(text), 100):
        yield _chunk({"content": text[start : start + 100]})
    yield _chunk({}, "stop")
    yield "[DONE]"


def _chunk(delta: Mapping[str, Any], finish: str | None = None) -> str:
    choice = {"index": 0, "delta": delta, "finish_reason": finish}
    return json.dumps(
        {"id": "c", "object": "chat.completion.chunk", "created": 0, "model": "tiny", "choices": [choice]}
    )
