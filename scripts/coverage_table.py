"""Write ``docs/coverage.md``: which task types can be done, and by which kinds of endpoint, as the code says.

python scripts/coverage_table.py           # write it
python scripts/coverage_table.py --check   # say whether it is fresh
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from jarvis_magic.catalogue.chat import SEES, WRITES
from jarvis_magic.catalogue.served import BY_URL, CALLABLE, CHAT, SEEN_BY_CHAT, WRITTEN_BY_CHAT, does
from jarvis_magic.model_files import LOCAL_TYPES
from jarvis_magic.task_types import TASK_TYPES, WITHOUT_KIND, TaskType
from jarvis_magic.toolbox import toolbox_experts

PAGE = Path(__file__).parent.parent / "docs" / "coverage.md"

MOST_NAMED = 10

HEAD = """# What can be done, and where

Every task type, and the kinds of endpoint that can do it. This page is written by `scripts/coverage_table.py` from the
code, and a test keeps it fresh.

- **toolbox**: the experts of `jarvis_magic[toolbox]`, on this machine, without key or network.
- **chat model**: the controller itself; those marked *sees* need one that takes pictures.
- **providers**: models of the Hub at these providers, with a Hugging Face token (through the Hub's own client).
- **URL**: an Inference Endpoint, TEI, TGI, or a server like them, named by `--use TASK=https://…`.
- **here**: a model of `transformers` or `diffusers` on this machine (`jarvis_magic[local]`).
- **function**: your own, by `@expert("…")`; it can do any of them.

A **video** is a kind of its own: `@clip.frames` are pictures and `@clip.audio` is sound, for any task that takes them.

"""


def providers_of(name: str) -> str:
    """The providers that do a task type."""
    tasks = {name} | ({CHAT} if name in WRITTEN_BY_CHAT | SEEN_BY_CHAT else set())
    names = [provider for provider in CALLABLE if any(does(provider, task, name) for task in tasks)]
    return ", ".join(names) if len(names) < MOST_NAMED else f"{len(names)} of them, by chat models"


def toolbox_of(name: str) -> str:
    """The toolbox's experts for a task type."""
    return ", ".join(expert.id.removeprefix("toolbox/") for expert in toolbox_experts() if expert.type == name)


def chat_of(name: str) -> str:
    """Whether a chat model does a task type."""
    return "yes" if name in WRITES else "sees" if name in SEES else ""


COLUMNS: Mapping[str, Callable[[str], str]] = {
    "toolbox": toolbox_of,
    "chat model": chat_of,
    "providers": providers_of,
    "URL": lambda name: "yes" if name in BY_URL else "",
    "here": lambda name: "yes" if name in LOCAL_TYPES else "",
    "function": lambda _name: "yes",
}
"""What each kind of endpoint says of a task type; empty: it does not do it."""


def signature(task_type: TaskType) -> str:
    """What a task type takes and gives."""
    ports = ", ".join(f"{p.name}{'?' * p.optional}: {p.kind}" for p in task_type.ports if p.name != "options")
    return f"{ports} → {task_type.output}"


def lines() -> Iterator[str]:
    """The page's lines."""
    yield HEAD + "| task type | takes → gives | " + " | ".join(COLUMNS) + " |"
    yield "| --- | --- | " + " | ".join("---" for _ in COLUMNS) + " |"
    for task_type in TASK_TYPES.values():
        cells = [column(task_type.name) for column in COLUMNS.values()]
        yield f"| `{task_type.name}` | {signature(task_type)} | " + " | ".join(cells) + " |"
    yield "\n## Task types of the Hub and of `transformers` without a kind here\n"
    yield "| task type | why, and what to use |"
    yield "| --- | --- |"
    yield from (f"| `{name}` | {why} |" for name, why in WITHOUT_KIND.items())


def page() -> str:
    """The whole page."""
    return "\n".join(lines()) + "\n"


if __name__ == "__main__":
    if "--check" in sys.argv:
        fresh = PAGE.exists() and PAGE.read_text(encoding="utf-8") == page()
        sys.exit(0 if fresh else f"{PAGE} is not what the code says; run python {sys.argv[0]}.")
    PAGE.parent.mkdir(exist_ok=True)
    PAGE.write_text(page(), encoding="utf-8")
