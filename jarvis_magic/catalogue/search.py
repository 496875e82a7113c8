"""How a catalogue that holds its candidates in memory answers."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice

from jarvis_magic.errors import either
from jarvis_magic.values import Candidate


def matching(candidates: Iterable[Candidate], search: str, limit: int) -> tuple[Candidate, ...]:
    """Return the first candidates whose model or description has every word of the search."""
    words = search.casefold().split()
    found = (c for c in candidates if all(word in f"{c.model} {c.description}".casefold() for word in words))
    return tuple(islice(found, limit))


def for_others(types: Iterable[str], task_type: str) -> str:
    """Why an expert for some task types is none for another."""
    return f"It is for {either(list(types), 'and')}, not for {task_type!r}."
