"""Ids are the variables they bind: which ones are allowed, and how a free one is found."""

from __future__ import annotations

import builtins
import keyword
import re
from collections.abc import Container

LONGEST = 40
_WRITTEN = re.compile(r"[a-z][a-z0-9_]{0,39}")

RUN_ATTRIBUTES = frozenset(
    {"assignments", "check", "missing", "notes", "outcomes", "outputs", "plan", "response", "usage"}
)
"""The public attributes of `Run`, whose results are attributes too."""

_IPYTHON = frozenset({"display", "exit", "get_ipython", "open", "quit"})
RESERVED = (
    frozenset(keyword.kwlist) | frozenset(keyword.softkwlist) | frozenset(dir(builtins)) | _IPYTHON | RUN_ATTRIBUTES
)
"""Names that no task may have, because binding them would hide something."""


def id_problem(name: str) -> str | None:
    """Say why `name` cannot be an id, as the end of a sentence; ``None`` if it can."""
    if not _WRITTEN.fullmatch(name):
        return f"cannot be a name: names are 1 to {LONGEST} of a-z, 0-9 and _, starting with a letter"
    if name in RESERVED:
        return "would hide a name of Python, of IPython or of the run"
    return None


def valid_id(wanted: str, taken: Container[str] = ()) -> str:
    """Return the allowed, untaken id nearest to `wanted`: folded, cut, and numbered from 2 if need be."""
    folded = re.sub(r"[^a-z0-9]+", "_", wanted.casefold()).strip("_") or "result"
    base = (folded if folded[0].isalpha() else f"t_{folded}")[:LONGEST]
    candidate, number = base, 2
    while candidate in taken or id_problem(candidate):
        suffix = f"_{number}"
        candidate, number = base[: LONGEST - len(suffix)] + suffix, number + 1
    return candidate
