"""A task of a plan: a frozen value that knows what it refers to."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from math import isfinite
from typing import Any, TypeAlias

from .references import Reference, references_in, whole_reference

Argument: TypeAlias = Any
"""What JSON can say: a string (with references in it), a number, true, false, null, a list or an object of these."""


class FrozenList(tuple[Any, ...]):
    """A list that does not change; equal to a list of the same items."""

    __slots__ = ()

    def __eq__(self, other: object) -> bool:
        return tuple.__eq__(self, tuple(other)) if isinstance(other, list | tuple) else NotImplemented

    def __hash__(self) -> int:
        return tuple.__hash__(self)

    def __repr__(self) -> str:
        return repr(list(self))


class FrozenMap(Mapping[str, Any]):
    """A mapping that does not change; equal to a dict of the same entries, and hashable if they are."""

    __slots__ = ("_entries",)

    def __init__(self, entries: Mapping[str, Any] | None = None) -> None:
        self._entries = dict(entries or {})

    def __getitem__(self, key: str) -> Any:
        return self._entries[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._entries)

    def __len__(self) -> int:
        return len(self._entries)

    def __hash__(self) -> int:
        return hash(frozenset(self._entries.items()))

    def __repr__(self) -> str:
        return repr(self._entries)


def frozen(value: Any) -> Any:
    """Return a JSON-like value with its lists and objects frozen, at any depth."""
    if isinstance(value, Mapping):
        return FrozenMap({str(key): frozen(item) for key, item in value.items()})
    if isinstance(value, Sequence) and not isinstance(value, str | bytes):
        return FrozenList(frozen(item) for item in value)
    return value


def thawed(value: Any) -> Any:
    """Return a frozen value as plain lists and dicts, for ``json``."""
    if isinstance(value, Mapping):
        return {key: thawed(item) for key, item in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str | bytes):
        return [thawed(item) for item in value]
    return value


@dataclass(frozen=True)
class Task:
    """One piece of work of a plan.

    Parameters
    ----------
    id
        The variable it binds; see `jarvis_magic.ids`.
    type
        Its task type, a key of `jarvis_magic.task_types.TASK_TYPES`.
    arguments
        By port name: what JSON can say, with references in its strings.
    purpose
        What it is for, a short phrase in the user's words ("read printed text"); selection reads it.
    model
        The expert model asked for, or ``None``.
    after
        Ids of tasks that must end before it, although it uses nothing of them.
    each
        ``None``: a value deeper than its port runs the task once per item. ``()``: never, the whole list goes in one
        call. Port names: just these are split.
    """

    id: str
    type: str
    arguments: Mapping[str, Argument] = field(default_factory=FrozenMap)
    purpose: str = ""
    model: str | None = None
    after: Sequence[str] = ()
    each: Sequence[str] | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "arguments", frozen(self.arguments))
        object.__setattr__(self, "after", frozen(self.after))
        object.__setattr__(self, "each", frozen(self.each))

    @cached_property
    def references(self) -> tuple[Reference, ...]:
        """Every reference of its arguments, in order."""
        return tuple(references_within(self.arguments))

    def to_dict(self) -> dict[str, Any]:
        """The task as JSON says it, without what is at its default (``model`` is always said)."""
        said = {"id": self.id, "type": self.type, "arguments": thawed(self.arguments)}
        if self.purpose:
            said["purpose"] = self.purpose
        said["model"] = self.model
        if self.after:
            said["after"] = thawed(self.after)
        if self.each is not None:
            said["each"] = thawed(self.each)
        return said


def references_within(argument: Argument) -> Iterator[Reference]:
    """Every reference in the strings of an argument, at any depth."""
    if isinstance(argument, str):
        yield from references_in(argument)
    elif isinstance(argument, Mapping):
        for item in argument.values():
            yield from references_within(item)
    elif isinstance(argument, Sequence):
        for item in argument:
            yield from references_within(item)


def is_plain(argument: object) -> bool:
    """Whether an argument is what JSON can say."""
    if isinstance(argument, Mapping):
        return all(isinstance(key, str) and is_plain(item) for key, item in argument.items())
    if isinstance(argument, Sequence) and not isinstance(argument, str | bytes):
        return all(is_plain(item) for item in argument)
    return (
        argument is None
        or isinstance(argument, str | bool | int)
        or (isinstance(argument, float) and isfinite(argument))
    )


def is_deeper(value: object, levels: int) -> bool:
    """Whether JSON is nested more than so many levels deep, found out without recursion."""
    at_level: list[object] = [value]
    for _ in range(levels):
        at_level = [
            inner
            for item in at_level
            if isinstance(item, dict | list)
            for inner in (item.values() if isinstance(item, dict) else item)
        ]
        if not at_level:
            return False
    return any(isinstance(item, dict | list) for item in at_level)


def is_whole_reference(argument: Argument) -> bool:
    """Whether an argument is one reference and nothing else, so that it passes the object."""
    return isinstance(argument, str) and whole_reference(argument) is not None


def digest_text(value: Any) -> str:
    """The canonical JSON text of a JSON-like value, for digests."""
    return json.dumps(thawed(value), sort_keys=True, ensure_ascii=False, separators=(",", ":"), default=str)
