"""The labelled requests of ``tests/data/requests``, as cases."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

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


@cache
def ambiguous() -> tuple[dict[str, Any], ...]:
    """The requests that can be read in two ways: the best reading's nodes, and words of the note that names the other."""
    return tuple(map(json.loads, (DATA / "ambiguous.jsonl").read_text(encoding="utf-8").splitlines()))
