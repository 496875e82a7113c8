"""Models of the Hub that are known without asking it: those it listed last, else well-known ones from the package."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

from jarvis_magic.keys import Keys
from jarvis_magic.store import Aged, FileCache
from jarvis_magic.values import Candidate

from .search import matching


@dataclass(frozen=True)
class Lack:
    """Why candidates cannot run now, and what would change that, the end of a sentence."""

    reason: str
    remedy: str


WITHOUT_TOKEN = Lack(
    "It needs a Hugging Face token: make one at https://huggingface.co/settings/tokens and set HF_TOKEN.",
    "set HF_TOKEN to run it on Hugging Face's providers",
)

_KEPT = "hub 1"
"""Begins the keys of what is kept; another number when its form changes."""


class KnownCatalogue:
    """What is known of the Hub's models without a network.

    Parameters
    ----------
    keys
        Where the token is; without one nothing of this can run, and says so.
    kept
        What the Hub listed last.
    """

    def __init__(self, keys: Keys, kept: FileCache) -> None:
        self._keys, self._kept = keys, kept

    async def candidates(self, task_type: str, limit: int, search: str = "") -> tuple[Candidate, ...]:
        """Return the models known for a task type; see `jarvis_magic.contracts.Catalogue`."""
        kept = self.listed(task_type)
        known = kept.value if kept else packaged().get(task_type, ())
        return self.marked(matching(known, search, limit))

    def listed(self, task_type: str) -> Aged | None:
        """Return the candidates the Hub listed last for a task type, and how long ago."""
        key = f"{_KEPT} {task_type}"
        kept = self._kept.get(key)
        try:
            return kept and Aged(tuple(_candidate(written) for written in kept.value), kept.age)
        except (TypeError, LookupError, ValueError):
            self._kept.refuse(key, "was written by another version")
            return None

    def keep(self, task_type: str, candidates: Iterable[Candidate]) -> None:
        """Keep what the Hub listed for a task type."""
        self._kept.put(f"{_KEPT} {task_type}", [asdict(candidate) for candidate in candidates])

    def marked(self, candidates: Iterable[Candidate], lack: Lack | None = None) -> tuple[Candidate, ...]:
        """Return candidates that say why they cannot run: for want of a token, or of what is given."""
        lack = lack if self.has_token else WITHOUT_TOKEN
        if lack is None:
            return tuple(candidates)
        return tuple(replace(c, unavailable=lack.reason, remedy=lack.remedy) for c in candidates)

    @property
    def has_token(self) -> bool:
        """Whether there is a token for Hugging Face."""
        return self._keys.hugging_face is not None


@cache
def packaged() -> Mapping[str, tuple[Candidate, ...]]:
    """Return the well-known models that come with the package, by task type, best first."""
    written = json.loads((Path(__file__).parent / "known_models.json").read_text(encoding="utf-8"))
    return {task_type: tuple(map(_candidate, models)) for task_type, models in written.items()}


def _candidate(written: Mapping[str, Any]) -> Candidate:
    lists = {name: tuple(written[name]) for name in ("languages", "purposes", "partly") if name in written}
    return Candidate(**{"endpoint": "provider", **written, **lists})
