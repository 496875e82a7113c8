"""Requests with the replies a careful controller would give, and those of them that are nearest to a request."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property
from typing import Any

from jarvis_magic.assets import text as asset_text
from jarvis_magic.contracts import ChatMessage
from jarvis_magic.values import Menu, Request

from .templates import asked


@dataclass(frozen=True)
class Demonstration:
    """A request and the reply a careful controller would give.

    Parameters
    ----------
    request, inputs, outputs
        The words, the kind of each input by name, and the variables wanted.
    reply
        The plan in its wire form.
    """

    request: str
    reply: Mapping[str, Any]
    inputs: Mapping[str, str] = field(default_factory=dict)
    outputs: Sequence[str] = ()

    @property
    def types(self) -> frozenset[str]:
        """The task types of its reply."""
        return frozenset(task["type"] for task in self.reply["tasks"])

    @cached_property
    def traits(self) -> frozenset[str]:
        """What it is compared by."""
        return _traits(self.request, self.inputs.values())

    @cached_property
    def length(self) -> int:
        """How many characters it takes in a prompt."""
        return sum(len(message.text) for message in self.messages())

    def messages(self) -> tuple[ChatMessage, ChatMessage]:
        """The demonstration as a question and its answer."""
        lines = {name: f"@{name}: {kind}" for name, kind in self.inputs.items()}
        question = asked(self.request, lines.values(), (), self.outputs)
        return ChatMessage("user", question), ChatMessage("assistant", _compact(self.reply))


@cache
def demonstrations() -> tuple[Demonstration, ...]:
    """Every demonstration of ``prompts/demonstrations.json``."""
    return tuple(Demonstration(**written) for written in json.loads(asset_text("prompts", "demonstrations.json")))


def nearest(request: Request, menu: Menu, room: int) -> tuple[Demonstration, ...]:
    """Return the demonstrations that together are nearest to a request, of those the menu can run, the nearest last.

    Each is the one that has most of what the request has and those before it have not, if there is room for it; what
    few demonstrations have weighs more.
    """
    left = [shown for shown in demonstrations() if shown.types <= set(menu.runnable)]
    counts = Counter(trait for shown in left for trait in shown.traits)
    weight = {trait: 1.0 if trait.startswith("kind ") else 1 / count for trait, count in counts.items()}
    wanted = _traits(request.text, request.kinds.values())
    chosen: list[Demonstration] = []
    while left := [shown for shown in left if shown.length <= room and shown not in chosen]:
        best = max(left, key=lambda shown: sum(weight[t] for t in shown.traits & wanted) / len(shown.traits) ** 0.5)
        wanted -= best.traits
        room -= best.length
        chosen.insert(0, best)
    return tuple(chosen)


def _traits(text: str, kinds: Iterable[str]) -> frozenset[str]:
    """What requests are compared by: the kinds at hand, and the three-letter stretches of their words."""
    words = re.sub(r"@\w+", "@", f" {text.casefold()} ")
    return frozenset(words[i : i + 3] for i in range(len(words) - 2)) | {f"kind {kind}" for kind in kinds}


def _compact(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
