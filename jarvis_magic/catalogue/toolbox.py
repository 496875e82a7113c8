"""Candidates that are the experts of the toolbox."""

from __future__ import annotations

from dataclasses import replace

from jarvis_magic.errors import either
from jarvis_magic.toolbox import ToolboxExpert, toolbox_experts
from jarvis_magic.values import Candidate

from .search import for_others, matching

_MEGABYTE = 1_000_000


class ToolboxCatalogue:
    """The experts of the toolbox; those whose libraries are not installed say how to install them."""

    async def candidates(self, task_type: str, limit: int, search: str = "") -> tuple[Candidate, ...]:
        """Return the toolbox's experts for a task type; see `jarvis_magic.contracts.Catalogue`."""
        named = [expert for expert in toolbox_experts() if expert.id == search]
        if named and all(expert.type != task_type for expert in named):
            why_not = for_others((expert.type for expert in named), task_type)
            return (replace(_candidate(named[0]), unavailable=why_not),)
        return matching((_candidate(expert) for expert in toolbox_experts() if expert.type == task_type), search, limit)


def _candidate(expert: ToolboxExpert) -> Candidate:
    return Candidate(
        model=expert.id,
        endpoint="toolbox",
        description=expert.description,
        weakness=expert.weakness,
        purposes=expert.purposes,
        partly=expert.partly,
        languages=expert.languages,
        unavailable=_lack(expert),
        deterministic=expert.deterministic,
        licence=expert.licence,
        size=expert.size * _MEGABYTE,
    )


def _lack(expert: ToolboxExpert) -> str | None:
    if not expert.missing:
        return None
    return f'It needs {either(expert.missing, "and")}: run `pip install "jarvis_magic[toolbox]"`.'
