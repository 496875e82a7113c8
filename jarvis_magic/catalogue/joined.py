"""Several catalogues as one."""

from __future__ import annotations

import asyncio

from jarvis_magic.contracts import Catalogue
from jarvis_magic.values import Candidate


class JoinedCatalogue:
    """Asks several catalogues at once and gives their candidates in the catalogues' order."""

    def __init__(self, *catalogues: Catalogue) -> None:
        self._catalogues = catalogues

    async def candidates(self, task_type: str, limit: int, search: str = "") -> tuple[Candidate, ...]:
        """Return up to `limit` candidates of each catalogue; see `jarvis_magic.contracts.Catalogue`."""
        found = await asyncio.gather(*(c.candidates(task_type, limit, search) for c in self._catalogues))
        return tuple(candidate for each in found for candidate in each)


def joined(*catalogues: Catalogue) -> Catalogue:
    """Return several catalogues as one; of candidates that are ranked alike, those of the first come first."""
    return JoinedCatalogue(*catalogues)
