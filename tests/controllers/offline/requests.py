"""The labelled requests of ``tests/data/requests``, as cases."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from jarvis_magic.evaluation import Case, read_cases

DATA = Path(__file__).parent.parent.parent / "data" / "requests"


@cache
def everyday() -> tuple[Case, ...]:
    """The forty everyday requests."""
    return tuple(read_cases(DATA / "everyday.jsonl"))


@cache
def notebook() -> tuple[Case, ...]:
    """The requests of notebooks."""
    return tuple(read_cases(DATA / "notebook.jsonl"))
