"""Counting things in English: ``"2 people, 1 dog"``."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

_IRREGULAR = {
    "child": "children", "foot": "feet", "goose": "geese", "half": "halves", "knife": "knives", "leaf": "leaves",
    "life": "lives", "loaf": "loaves", "man": "men", "mouse": "mice", "ox": "oxen", "person": "people",
    "shelf": "shelves", "thief": "thieves", "tooth": "teeth", "wife": "wives", "wolf": "wolves", "woman": "women",
    "potato": "potatoes", "tomato": "tomatoes",
}  # fmt: skip
_UNCHANGED = frozenset(
    [
        "aircraft",
        "broccoli",
        "deer",
        "fish",
        "fruit",
        "scissors",
        "sheep",
        "skis",
        "spacecraft",
        "species",
        "text",
        "trousers",
    ]
)


def counted(names: Iterable[str]) -> str:
    """Say how many there are of each name, most frequent first; empty for none."""
    return ", ".join(f"{n} {name if n == 1 else plural(name)}" for name, n in Counter(names).most_common())


def plural(name: str) -> str:
    """The plural of an English noun, or of the last word of several."""
    head, last = re.fullmatch(r"(.*?)(\w*)", name, re.DOTALL).groups()  # type: ignore[union-attr]  # always matches
    lower = last.lower()
    irregular = next((singular for singular in _IRREGULAR if lower in (singular, f"police{singular}")), None)
    if irregular:
        return head + last[: len(last) - len(irregular)] + _IRREGULAR[irregular]
    if not lower.isalpha() or not lower.isascii() or lower in _UNCHANGED:
        return name
    if re.search(r"(?:s|x|z|ch|sh)$", lower):
        return name + "es"
    return name[:-1] + "ies" if re.search(r"[^aeiou]y$", lower) else name + "s"
