"""What the hard cases are told with: a user's experts, a chat model that says what a case needs, and small values."""

from __future__ import annotations

import functools
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeAlias

from PIL import Image

from jarvis_magic import Audio, Jarvis, Options, expert
from jarvis_magic.keys import Keys
from tests.servers.hub import TOKEN
from tests.servers.scripted import Reply, Says, ScriptedServer

KEY = "sk-hard-cases-0123456789"
"""The key that chat models get here; it opens nothing."""


@dataclass
class Experts:
    """A user's functions that do tasks, made experts by the package's own door, and what they were given."""

    calls: list[tuple[str, dict[str, Any]]] = field(default_factory=list)

    def add(self, task_type: str, does: Any, name: str = "", **known: Any) -> None:
        """Make a function an expert, or a value what an expert always gives; under the name of its task type or its own."""
        called = name or task_type
        function: Callable[..., Any] = does if callable(does) else lambda **_: does

        @functools.wraps(function)
        def watched(**given: Any) -> Any:
            self.calls.append((called, given))
            return function(**given)

        expert(task_type, name=called, **known)(watched)

    def given(self, name: str) -> list[dict[str, Any]]:
        """What the expert of a name was given, call by call, by port."""
        return [given for called, given in self.calls if called == name]

    @property
    def called(self) -> list[str]:
        """The names of the experts that were called, in order."""
        return [name for name, _ in self.calls]


def offline(folder: Path, **options: Any) -> Jarvis:
    """A Jarvis without chat model, key or network, as on a fresh machine; its caches are in `folder`."""
    return Jarvis(
        "offline",
        options=Options(**{"where": "local", "response": False, **options}),
        keys=Keys({"XDG_CACHE_HOME": str(folder)}),
    )


def online(folder: Path, **options: Any) -> Jarvis:
    """A Jarvis without chat model that sends everything to the Hub's providers, with a token."""
    return Jarvis(
        "offline",
        options=Options(**{"where": "remote", "response": False, **options}),
        keys=Keys({"HF_TOKEN": TOKEN, "XDG_CACHE_HOME": str(folder)}),
    )


# A chat model

Told: TypeAlias = str | Reply
Stage: TypeAlias = Told | Sequence[Told]
"""What a stage is answered with; of several, one after another, and the last from then on."""


def task(id_: str, type_: str, after: Sequence[str] = (), each: Sequence[str] | None = None, **arguments: Any) -> dict[str, Any]:  # fmt: skip
    """A task as a chat model writes it."""
    pairs = [{"name": name, "value": value} for name, value in arguments.items()]
    return {"id": id_, "type": type_, "arguments": pairs, "purpose": "", "model": None, "after": list(after), "each": each}  # fmt: skip


def plan_of(*tasks: Mapping[str, Any], notes: Sequence[str] = ()) -> str:
    """A plan as a chat model writes it."""
    return json.dumps({"tasks": tasks, "notes": list(notes)}, ensure_ascii=False)


@dataclass(frozen=True)
class Talk:
    """A Jarvis whose controller is a chat model on loopback, and what that was asked."""

    jarvis: Jarvis
    server: ScriptedServer

    def asked(self, stage: str) -> list[str]:
        """All that the messages of each request of a stage said: "plan", "select" or "respond"."""
        return [request.words for request in self.server.requests if stage_of(request.body) == stage]


def stage_of(body: Mapping[str, Any]) -> str:
    """Which stage a request is of."""
    schema = json.dumps(body.get("response_format", ""))
    return "select" if '"choices"' in schema else "plan" if '"tasks"' in schema else "respond"


def replies(plan: Stage, select: Stage = '{"choices": []}', respond: Stage = "It is done.") -> Callable[[Mapping[str, Any]], Reply]:  # fmt: skip
    """A script that answers each stage with what it is given here."""
    left = {
        stage: [told] if isinstance(told, str) or not isinstance(told, Sequence) else list(told)
        for stage, told in (("plan", plan), ("select", select), ("respond", respond))
    }

    def reply(body: Mapping[str, Any]) -> Reply:
        script = left[stage_of(body)]
        told = script.pop(0) if len(script) > 1 else script[0]
        return Says(told) if isinstance(told, str) else told

    return reply


@contextmanager
def chat(plan: Stage, select: Stage = '{"choices": []}', respond: Stage = "It is done.", folder: Path | None = None, **options: Any) -> Iterator[Talk]:  # fmt: skip
    """A Jarvis that asks a chat model, which says what it is given here.

    Experts are on this machine; or, with `folder` for its caches, at the Hub's providers too.
    """
    settled = Options(**{"where": "local", "retries": 0, **options})
    keys = Keys({"HF_TOKEN": TOKEN, "XDG_CACHE_HOME": str(folder)} if folder else {})
    with (
        ScriptedServer(replies(plan, select, respond)) as server,
        Jarvis("tiny", base_url=server.url, api_key=KEY, options=settled, keys=keys) as jarvis,
    ):
        yield Talk(jarvis, server)


# Small values


def picture(colour: str = "red", size: tuple[int, int] = (40, 30)) -> Image.Image:
    """A picture of one colour."""
    return Image.new("RGB", size, colour)


def colour_of(image: Image.Image) -> tuple[int, ...]:
    """The colour of its first point."""
    found: Any = image.convert("RGB").getpixel((0, 0))
    return tuple(found)


def sound(seconds: float = 0.1) -> Audio:
    """A recording of so many seconds."""
    return Audio([0.1] * round(8000 * seconds), 8000)
