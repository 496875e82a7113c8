"""Candidates that are the user's own functions."""

from __future__ import annotations

from dataclasses import replace

from jarvis_magic.experts import UserExpert, registered, registered_as
from jarvis_magic.values import Candidate

from .search import for_others, matching


class FunctionCatalogue:
    """What `jarvis_magic.expert` has registered in this process, latest first."""

    async def candidates(self, task_type: str, limit: int, search: str = "") -> tuple[Candidate, ...]:
        """Return the user's functions for a task type; see `jarvis_magic.contracts.Catalogue`."""
        named = registered_as(search)
        if named and named.type != task_type:
            return (replace(_candidate(named), unavailable=for_others([named.type], task_type)),)
        return matching((_candidate(expert) for expert in registered(task_type)), search, limit)


def _candidate(expert: UserExpert) -> Candidate:
    return Candidate(
        model=expert.name,
        endpoint="function",
        description=expert.description or f"Your function {expert.name}.",
        revision=expert.revision,
        deterministic=expert.cache,
        limit=expert.limit,
    )
