"""Results kept in memory, bounded by bytes, so that what was computed once need not be computed again."""

from __future__ import annotations

import copy
import sys
import threading
from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from jarvis_magic.values import Resource


class KeptResults(Protocol):
    """Where results are kept from run to run, by key."""

    @property
    def is_quick(self) -> bool:
        """Whether a small result is kept at once; if not, that is for a thread."""

    def __contains__(self, key: object) -> bool:
        """Whether there is a result; it may be gone when it is asked for."""

    def get(self, key: str) -> Resource | None:
        """Return a result that may be changed, or ``None``."""

    def put(self, key: str, resource: Resource) -> None:
        """Keep a result."""

    def forget(self, keys: Iterable[str]) -> None:
        """Let go of some results."""

    def said(self) -> Sequence[str]:
        """Return what there was to say since this was asked last, a sentence each."""


@dataclass(frozen=True)
class _Kept:
    resource: Resource
    digest: str
    size: int


class ResultCache:
    """Keeps the results used last, up to a number of bytes.

    Values are the user's Python objects, which a later cell may change in place: a result is given back only if its
    content still is what was kept, and as a copy.

    Parameters
    ----------
    most
        How many bytes to keep; 0 keeps nothing.
    """

    is_quick = True

    def __init__(self, most: int) -> None:
        self.most = most
        self.size = 0
        self._kept: OrderedDict[str, _Kept] = OrderedDict()
        self._lock = threading.Lock()

    def __contains__(self, key: object) -> bool:
        return key in self._kept

    def __len__(self) -> int:
        return len(self._kept)

    def get(self, key: str) -> Resource | None:
        """Return a copy of the result kept under a key, or ``None``."""
        kept = self._kept.get(key)
        if kept is None:
            return None
        found = Resource(kept.resource.kind, copy.deepcopy(kept.resource.value))
        with self._lock:
            if found.digest != kept.digest:
                self._drop(key)
                return None
            if key in self._kept:
                self._kept.move_to_end(key)
        return found

    def put(self, key: str, resource: Resource) -> None:
        """Keep a result, and let go of those used longest ago if there are too many bytes."""
        kept = _Kept(resource, resource.digest, bytes_of(resource.value))
        with self._lock:
            self._drop(key)
            self._kept[key] = kept
            self.size += kept.size
            while self.size > self.most:
                self._drop(next(iter(self._kept)))

    def forget(self, keys: Iterable[str]) -> None:
        """Let go of the results kept under some keys."""
        with self._lock:
            for key in keys:
                self._drop(key)

    def clear(self) -> None:
        """Let go of everything."""
        with self._lock:
            self._kept.clear()
            self.size = 0

    def said(self) -> tuple[str, ...]:
        """Nothing: memory says nothing."""
        return ()

    def _drop(self, key: str) -> None:
        kept = self._kept.pop(key, None)
        if kept is not None:
            self.size -= kept.size


def bytes_of(value: Any) -> int:
    """Return about how many bytes a value of any kind takes in memory."""
    if hasattr(value, "memory_usage"):  # a table
        return int(value.memory_usage(deep=True).sum())
    if hasattr(value, "getbands"):  # a picture
        return int(value.width * value.height * len(value.getbands()))
    if hasattr(value, "samples"):
        return int(value.samples.nbytes)
    if hasattr(value, "nbytes"):
        return int(value.nbytes)
    parts: Iterable[Any] = ()
    if isinstance(value, Mapping):
        parts = value.values()
    elif isinstance(value, list | tuple):
        parts = value
    elif hasattr(value, "__dataclass_fields__"):
        parts = (getattr(value, name) for name in value.__dataclass_fields__)
    elif isinstance(getattr(value, "source", None), bytes):  # a video in memory
        parts = (value.source,)
    return sys.getsizeof(value) + sum(map(bytes_of, parts))
