"""When the first result is there, of a plan that a chat model takes three seconds to write.

Run with ``python benchmarks/early_start.py``; part of ``make bench``. The chat model is a double that writes a plan of
three tasks evenly over its time; the experts are functions.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from jarvis_magic.catalogue import FunctionCatalogue
from jarvis_magic.contracts import ChatMessage, ChatReply
from jarvis_magic.controllers import LLMController
from jarvis_magic.events import Event, Planned, TaskEnded
from jarvis_magic.experts import expert
from jarvis_magic.jarvis import Jarvis
from jarvis_magic.options import Options

WRITING, WORK = 3.0, 0.5  # seconds


@expert("summarization", name="shorten")
def shorten(text: str) -> str:
    time.sleep(WORK)
    return text[:20]


@expert("translation", name="translate")
def translate(text: str, target_language: str) -> str:
    time.sleep(WORK)
    return f"{target_language}: {text}"


def task(task_id: str, task_type: str, **arguments: str) -> dict[str, Any]:
    """A task as a chat model writes it."""
    pairs = [{"name": name, "value": value} for name, value in arguments.items()]
    return {
        "id": task_id,
        "type": task_type,
        "arguments": pairs,
        "purpose": "",
        "model": None,
        "after": [],
        "each": None,
    }


PLAN = json.dumps({
    "tasks": [
        task("short", "summarization", text="@letter"),
        task("german", "translation", text="@short", target_language="German"),
        task("french", "translation", text="@short", target_language="French"),
    ],
    "notes": [],
})  # fmt: skip


class SlowChat:
    """A chat model that writes evenly."""

    name = "slow"

    async def stream(
        self,
        messages: Sequence[ChatMessage],  # noqa: ARG002 - the contract's names
        schema: Mapping[str, Any] | None,  # noqa: ARG002
        emit: Callable[[str], None],
        *,
        most: int | None = None,  # noqa: ARG002
    ) -> ChatReply:
        """Write the plan; see `jarvis_magic.contracts.ChatModel`."""
        for start in range(0, len(PLAN), 4):
            emit(PLAN[start : start + 4])
            await asyncio.sleep(4 * WRITING / len(PLAN))
        return ChatReply(PLAN)


def main() -> None:
    times: dict[str, float] = {}

    def seen(event: Event) -> None:
        name = event.task_id if isinstance(event, TaskEnded) else type(event).__name__
        times.setdefault(name, time.perf_counter() - began)

    options = Options(response=False)
    controller = LLMController(SlowChat(), options)
    with Jarvis(controller=controller, options=options, catalogue=FunctionCatalogue()) as jarvis:
        began = time.perf_counter()
        jarvis.run(
            "Shorten @letter, then translate it.", letter="It rained all day, and then some more.", on_event=seen
        )
        whole = time.perf_counter() - began
    planned, first = times[Planned.__name__], times["short"]
    print(
        f"a plan written over {planned:.1f} s: its first result after {first:.2f} s, {first / planned:.2f} of that time (less than 1); "
        f"all of it after {whole:.2f} s, where one after the other takes {planned + 2 * WORK:.2f} s"
    )


if __name__ == "__main__":
    main()
