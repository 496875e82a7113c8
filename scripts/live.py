"""Twenty labelled requests against a real chat model: how well it plans, and what that costs.

Run with ``make live``, with a key in the environment or a model and a base URL named::

    python scripts/live.py [MODEL] [--base-url URL] [--key-env NAME]

It prints n-F1 (task types) and e-F1 (which type's result goes into which), as TaskBench does, and calls, tokens and
seconds, so that models can be compared.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import time
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jarvis_magic import settings
from jarvis_magic.chat import usual_url
from jarvis_magic.controllers import LLMController
from jarvis_magic.equipment import find_chat
from jarvis_magic.errors import JarvisError, ReplyError
from jarvis_magic.events import Event, Used
from jarvis_magic.keys import Keys
from jarvis_magic.kinds import Kind, Unread
from jarvis_magic.options import Options
from jarvis_magic.plans import Draft, Plan
from jarvis_magic.task_types import TASK_TYPES
from jarvis_magic.values import Menu, Request, Resource, Tally

REQUESTS = Path(__file__).parent.parent / "tests" / "data" / "requests"
TWENTY = [
    "everyday-01", "everyday-05", "everyday-07", "everyday-11", "everyday-12", "everyday-15", "everyday-18",
    "everyday-21", "everyday-28", "everyday-31", "everyday-35", "everyday-38", "everyday-39", "notebook-036",
    "notebook-111", "notebook-116", "notebook-131", "notebook-139", "notebook-197", "notebook-198",
]  # fmt: skip
MENU = Menu({name: task_type.description for name, task_type in TASK_TYPES.items()})


@dataclass(frozen=True)
class Labelled:
    """A request and the plan that is expected."""

    id: str
    request: Request
    plan: Draft


def labelled() -> Iterable[Labelled]:
    """The twenty requests, with something for each of their inputs."""
    for file in ("everyday.jsonl", "notebook.jsonl"):
        for line in (REQUESTS / file).read_text("utf-8").splitlines():
            row = json.loads(line)
            if row["id"] in TWENTY:
                inputs = {name: Resource(Kind(kind), sample(Kind(kind), name)) for name, kind in row["inputs"].items()}
                yield Labelled(row["id"], Request(row["request"], inputs), Draft.from_dict(row))


def sample(kind: Kind, name: str) -> Any:
    """Something of a kind that a description can be made of; media are never looked at."""
    from PIL import Image

    if kind.depth:
        return [sample(kind.listed(-1), name)] * 3
    if kind == "table":
        import pandas as pd

        return pd.DataFrame({"name": ["a", "b"], "price": [1.5, 2.5], "year": [2024, 2025]})
    if kind == "image":
        return Image.new("RGB", (640, 480))
    return f"The text of {name}." if kind == "text" else Unread(kind, name, lambda: None)


def nodes(plan: Plan | Draft) -> Counter[Any]:
    """The task types of a plan."""
    return Counter(task.type for task in plan.tasks)


def links(plan: Plan | Draft) -> Counter[Any]:
    """Which type's result goes into which."""
    types = {task.id: task.type for task in plan.tasks}
    used = (
        (types[name], task.type) for task in plan.tasks for name in {r.name for r in task.references} if name in types
    )
    return Counter(used)


def f1(pairs: Iterable[tuple[Counter[Any], Counter[Any]]]) -> float:
    """The harmonic mean of precision and recall over all requests together."""
    common = found = wanted = 0
    for got, expected in pairs:
        common, found, wanted = common + (got & expected).total(), found + got.total(), wanted + expected.total()
    return 2 * common / (found + wanted) if found + wanted else 1.0


async def main(model: str, base_url: str, key_env: str) -> int:
    """Plan the twenty requests and print the numbers; return the exit status."""
    keys = Keys(settings.environment())
    if key_env:
        keys = keys.with_variable(base_url or usual_url(model, keys), key_env)
    found = find_chat(model or "auto", Options(base_url=base_url), keys)
    if found is None:
        print("No chat model: set OPENAI_API_KEY or HF_TOKEN, or name one with MODEL and --base-url.")
        return 1
    controller = LLMController(found.chat, Options())
    used: list[Used] = []

    def account(event: Event) -> None:
        used.extend([event] if isinstance(event, Used) else [])

    judged, begun = [], time.perf_counter()
    for row in labelled():
        try:
            plan: Plan | Draft = await controller.plan(row.request, MENU, account)
        except ReplyError as error:
            plan = Draft()
            print(f"{row.id}: {error}", flush=True)
        else:
            print(f"{row.id}: {', '.join(nodes(plan).elements()) or 'chat'}", flush=True)
        judged.append((plan, row.plan))
    await found.chat.close()
    spent = sum((event.tally for event in used), Tally())
    corrected = sum(event.part == "repairs" for event in used)
    print(
        f"\n{found.chat.name} at {found.chat.place}: "
        f"n-F1 {f1((nodes(got), nodes(expected)) for got, expected in judged):.3f}, "
        f"e-F1 {f1((links(got), links(expected)) for got, expected in judged):.3f}, "
        f"{spent.calls} calls ({corrected} corrections), {spent.tokens_in} tokens in, {spent.tokens_out} out, "
        f"{time.perf_counter() - begun:.1f} s for {len(judged)} requests"
    )
    return 0


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("model", nargs="?", default="", metavar="MODEL")
    parser.add_argument("--base-url", default="", metavar="URL")
    parser.add_argument("--key-env", default="", metavar="NAME")
    given = parser.parse_args()
    try:
        sys.exit(asyncio.run(main(given.model, given.base_url, given.key_env)))
    except JarvisError as failure:
        sys.exit(str(failure))
