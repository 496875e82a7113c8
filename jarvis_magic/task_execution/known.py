"""Results that are known already: of this run, of earlier ones, and of lists that were not finished."""

from __future__ import annotations

import asyncio
import copy
import hashlib
import json
import threading
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from ..arguments import LIGHT
from ..runners import in_thread
from ..store import KeptResults
from ..tasks import Task
from ..values import Candidate, Resource


@dataclass(frozen=True)
class Key:
    """What a result is known by.

    Parameters
    ----------
    name
        A digest of everything the result depends on.
    lasts
        Whether the same call always gives the same result, so that it is computed once. If not, it is an item of a
        list, and its result is used again only when a run that was not finished is run again.
    work
        What it is an item of; see `work_digest`.
    """

    name: str
    lasts: bool
    work: str


def is_repeatable(candidate: Candidate, arguments: Mapping[str, Resource]) -> bool:
    """Whether the same call gives the same result: the expert says so, or was given a seed.

    Only its author knows of a user's function.
    """
    return candidate.deterministic or (candidate.endpoint != "function" and _is_seeded(arguments))


def _is_seeded(arguments: Mapping[str, Resource]) -> bool:
    options = arguments["options"].value if "options" in arguments else {}
    return "seed" in arguments or (isinstance(options, Mapping) and options.get("seed") is not None)


def expert_digest(task_type: str, expert: Candidate) -> str:
    """A digest of what is done in a call, and by whom."""
    return _digest([task_type, expert.endpoint, expert.model, expert.provider, expert.revision])


def work_digest(task: Task, expert: Candidate) -> str:
    """A digest of what a task is to do and by whom, whatever its inputs are."""
    said = {**task.to_dict(), "id": "", "purpose": "", "after": []}
    return _digest([expert_digest(task.type, expert), said])


def call_digest(expert: str, arguments: Mapping[str, str]) -> str:
    """A digest of a call: an `expert_digest`, and what it is given, by port."""
    marks = "\0".join([expert, *(f"{port}={arguments[port]}" for port in sorted(arguments))])
    return hashlib.sha256(marks.encode("utf-8", "surrogateescape")).hexdigest()


def _digest(said: object) -> str:
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()


Unfinished: TypeAlias = dict[str, set[str]]
"""The names of keys of items whose results are kept because a run was not finished, by the digest of their work."""


class Known:
    """What is known in one run. What is under way is waited for.

    Parameters
    ----------
    kept
        Where results are kept from run to run; ``None``: within this run only.
    unfinished
        Which of them are items of lists.
    looks_back
        Whether what earlier runs kept is used.
    """

    def __init__(self, kept: KeptResults | None, unfinished: Unfinished, *, looks_back: bool = True) -> None:
        self._kept, self._unfinished, self._looks_back = kept, unfinished, looks_back
        self._here: dict[str, Resource] = {}
        self._under_way: dict[str, asyncio.Event] = {}
        self._times: Counter[str] = Counter()
        self._lock = threading.Lock()

    def key(self, digest: str, work: str, *, lasts: bool) -> Key:
        """The key of a call; calls that are the same and may end differently get one each, in their order.

        May be called in any thread.
        """
        if lasts:
            return Key(digest, lasts, work)
        with self._lock:
            self._times[digest] += 1
            name = f"{digest} {self._times[digest]}"
            self._unfinished.setdefault(work, set()).add(name)
        return Key(name, lasts, work)

    @property
    def lasts(self) -> bool:
        """Whether anything is kept from run to run."""
        return self._kept is not None

    def has(self, key: Key) -> bool:
        """Whether there is a result; it may be gone when it is asked for."""
        if key.name in self._here:
            return True
        return self._kept is not None and self._looks_back and key.name in self._kept

    async def result(
        self, key: Key, name: str, compute: Callable[[], Awaitable[tuple[Resource, bool]]]
    ) -> tuple[Resource, bool]:
        """Return a result, and whether it was known; what `compute` gives is kept where it says so.

        ``name`` is what the call is called, should it be abandoned.
        """
        while key.name in self._under_way:
            await self._under_way[key.name].wait()
        ended = self._under_way[key.name] = asyncio.Event()
        try:
            found = await in_thread(lambda: self._find(key), name) if self.has(key) else None
            if found is not None:
                return found, True
            resource, keep = await compute()
            if keep or not key.lasts:
                await self._keep(key, resource, name)
            return resource, False
        finally:
            del self._under_way[key.name]
            ended.set()

    def finished(self, works: Iterable[str]) -> None:
        """Let go of the items of some work: the run is whole, and the next time its lists are computed anew."""
        for work in works:
            names = self._unfinished.pop(work, set())
            if self._kept is not None:
                self._kept.forget(names)

    def _find(self, key: Key) -> Resource | None:
        if key.name in self._here:
            return Resource(self._here[key.name].kind, copy.deepcopy(self._here[key.name].value))
        return self._kept.get(key.name) if self._kept is not None else None

    async def _keep(self, key: Key, resource: Resource, name: str) -> None:
        kept = self._kept
        if key.lasts:
            self._here[key.name] = resource
        if kept is None:
            return
        if kept.is_quick and resource.kind in LIGHT:
            kept.put(key.name, resource)
        else:
            await in_thread(lambda: kept.put(key.name, resource), name)
