"""From the arguments a task is written with to those an expert is called with.

`read` follows the references of an argument; `spread` divides what is deeper than its port into the arguments of one
call each, and `gathered` puts their results back in the same nesting; `converted` makes the resources a call passes.
Nothing is changed in place, and nothing is opened or decoded before the call that needs it.
"""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from .conversions import for_port, text_form
from .errors import UsageError
from .kinds import RECORDS, Kind, Missing, Unread
from .references import Every, Reference, kind_at, scan, value_at, whole_reference
from .task_types import TASK_TYPES, Port
from .tasks import Argument, Task
from .values import Resource
from .wellformed import depths


@dataclass(frozen=True)
class Given:
    """What an argument says.

    Parameters
    ----------
    value
        The value; of a list that is written in the plan, a tuple of what each item says.
    kind
        Its kind.
    said
        How a sentence names it: ``"@photos[2]"``.
    from_input
        Whether it is (a part of) what the user named, so that a path or URL in it may be opened.
    """

    value: Any
    kind: Kind
    said: str
    from_input: bool = False


def read(task: Task, values: Mapping[str, Resource], named: Container[str]) -> dict[str, Given]:
    """Follow the references of a task's arguments; those that are null are left out.

    Parameters
    ----------
    task
        The task.
    values
        The inputs and the results so far, by name.
    named
        Which of them the user named, so that a path or URL in them may be opened.

    Raises
    ------
    UsageError, ConversionError
        If a path leads nowhere in the value, or a value inside a text has no text form.
    """
    ports = TASK_TYPES[task.type].by_name
    reader = _Reader(values, named)
    return {name: reader.given(a, ports[name], name) for name, a in task.arguments.items() if a is not None}


@dataclass(frozen=True)
class _Reader:
    values: Mapping[str, Resource]
    named: Container[str]

    def given(self, argument: Argument, port: Port, said: str) -> Given:
        if isinstance(argument, str):
            reference = whole_reference(argument)
            return self._referred(reference) if reference else Given(self._filled(argument), Kind("text"), said)
        if port.kind == "json" or isinstance(argument, Mapping | bool):
            return Given(self._plain(argument), Kind("json"), said)
        if isinstance(argument, int | float):
            return Given(argument, Kind("number"), said)
        items = tuple(self.given(item, port, f"{said}[{i}]") for i, item in enumerate(argument))
        deepest = max((item.kind for item in items), key=lambda kind: kind.depth, default=Kind(port.kind.base))
        return Given(items, deepest.listed(), said)

    def _referred(self, reference: Reference) -> Given:
        resource = self.values[reference.name]
        value = value_at(resource.value, reference.path)
        kind = kind_at(resource.kind, reference.path)
        return Given(value, kind, str(reference), reference.name in self.named)

    def _filled(self, text: str) -> str | Missing:
        """The text with the text form of each reference in it; missing if one of them has no value."""
        pieces: list[str] = []
        for found in scan(text):
            if isinstance(found.piece, str):
                pieces.append(found.piece)
                continue
            given = self._referred(found.piece)
            if isinstance(given.value, Missing):
                return given.value
            pieces.append(text_form(_without_missing(given.value, given.kind), given.kind))
        return "".join(pieces)

    def _plain(self, argument: Argument) -> Any:
        """A JSON argument with its references replaced, at any depth."""
        if isinstance(argument, str):
            reference = whole_reference(argument)
            return self._referred(reference).value if reference else self._filled(argument)
        if isinstance(argument, Mapping):
            return {key: self._plain(item) for key, item in argument.items()}
        if isinstance(argument, Sequence):
            return [self._plain(item) for item in argument]
        return argument


def split_levels(task: Task, values: Mapping[str, Resource]) -> dict[str, int]:
    """How many levels of list each argument is split by, for those that are."""
    kinds = {reference.name: values[reference.name].kind for reference in task.references}
    return {name: depth for name, depth in depths(task, kinds).items() if depth and task.arguments[name] is not None}


def how_many(arguments: Mapping[str, Given], levels: Mapping[str, int]) -> int:
    """Return how many calls `spread` makes.

    Raises
    ------
    UsageError
        If what is to be split is no list, or lists in step have different lengths.
    """
    if not levels or missing(arguments) is not None:
        return 1
    inner = _inner(levels)
    if not inner:
        return _length(_split(arguments, levels))
    return sum(how_many(step, inner) for step in _steps(arguments, levels))


def spread(arguments: Mapping[str, Given], levels: Mapping[str, int]) -> Iterator[Mapping[str, Given]]:
    """Yield the arguments of each call, in order, made when its turn comes; arguments that are split go in step."""
    if not levels or missing(arguments) is not None:
        yield arguments
        return
    inner = _inner(levels)
    for step in _steps(arguments, levels):
        yield from spread(step, inner)


def gathered(results: Iterator[Any], arguments: Mapping[str, Given], levels: Mapping[str, int]) -> Any:
    """Take results, one for each of `spread`, and return them in the nesting of the arguments."""
    if not levels or missing(arguments) is not None:
        return next(results)
    inner = _inner(levels)
    if not inner:
        return list(islice(results, _length(_split(arguments, levels))))
    return [gathered(results, step, inner) for step in _steps(arguments, levels)]


def _inner(levels: Mapping[str, int]) -> dict[str, int]:
    return {name: level - 1 for name, level in levels.items() if level > 1}


def _steps(arguments: Mapping[str, Given], levels: Mapping[str, int]) -> Iterator[Mapping[str, Given]]:
    split = _split(arguments, levels)
    for position in range(_length(split)):
        yield {**arguments, **{name: items[position] for name, items in split.items()}}


def _split(arguments: Mapping[str, Given], levels: Mapping[str, int]) -> dict[str, _Items]:
    return {name: _items(arguments[name]) for name in levels}


def _length(split: Mapping[str, _Items]) -> int:
    lengths = {name: len(items) for name, items in split.items()}
    if len(set(lengths.values())) > 1:
        counts = " and ".join(f"{n} for {name!r}" for name, n in lengths.items())
        msg = (
            f"Lists that go in step have equal lengths, but there are {counts}; say in 'each' which of them are split."
        )
        raise UsageError(msg)
    return next(iter(lengths.values()))


@dataclass(frozen=True)
class _Items:
    """What each item of a list says, put in words only when its turn comes: there may be very many."""

    given: Given
    values: Sequence[Any]
    kind: Kind

    def __len__(self) -> int:
        return len(self.values)

    def __getitem__(self, position: int) -> Given:
        value = self.values[position]
        if _is_written(self.given):
            return value  # type: ignore[no-any-return]  # items of what a plan says
        return Given(value, self.kind, f"{self.given.said}[{position}]", self.given.from_input)


def _items(given: Given) -> _Items:
    """The items of a list; a kind that is one value (a table, boxes) is divided where `each` asks for it."""
    if _is_written(given):
        return _Items(given, given.value, given.kind)
    if given.kind.depth == 0 and given.kind not in (*RECORDS, "table", "json"):
        msg = f"{given.said!r} is {given.kind.phrase}, not a list; leave it out of 'each'."
        raise UsageError(msg)
    kind = given.kind.listed(-1) if given.kind.depth else Kind("json")
    return _Items(given, value_at(given.value, (Every(),)), kind)


@dataclass(frozen=True)
class Converted:
    """The resources of one call, and what a user should know of how they came about."""

    resources: Mapping[str, Resource] = field(default_factory=dict)
    notes: Sequence[str] = ()


def missing(arguments: Mapping[str, Given]) -> Missing | None:
    """Return why an argument has no value, if there is one that has none."""
    return next((given.value for given in arguments.values() if isinstance(given.value, Missing)), None)


def stamps(arguments: Mapping[str, Given]) -> dict[str, str]:
    """Return the stamps of the arguments that are files not read yet, by port; see `Unread`."""
    unread = {name: given.value for name, given in arguments.items() if isinstance(given.value, Unread)}
    return {name: stamp for name, item in unread.items() if item.stamp and (stamp := item.stamp())}


def converted(task_type: str, arguments: Mapping[str, Given]) -> Converted:
    """Make the resources of one call, each of its port's kind; items without a value are left out of whole lists.

    May open what the user named, and decode it, so it may take its time.

    Raises
    ------
    JarvisError
        If a value cannot be of its port's kind, or what the user named cannot be read.
    """
    ports = TASK_TYPES[task_type].by_name
    resources = {name: _resource(given, ports[name].kind) for name, given in arguments.items()}
    notes = [note for given in arguments.values() for note in _left_out(given)]
    return Converted(resources, tuple(notes))


LIGHT = frozenset({"text", "number", "json", "labels", "boxes", "tokens", "answer"})
"""Base kinds whose conversion into each other opens and decodes nothing."""


def is_light(task_type: str, arguments: Mapping[str, Given]) -> bool:
    """Whether `converted` returns at once."""
    ports = TASK_TYPES[task_type].by_name
    return all(ports[n].kind.base in LIGHT and given.kind.base in LIGHT for n, given in arguments.items())


def _resource(given: Given, port: Kind) -> Resource:
    if port.depth and _is_written(given):  # each of its items says for itself whether it is from an input
        item_port = port.listed(-1)
        items = (item for item in given.value if not isinstance(item.value, Missing))
        return Resource(port, [_resource(item, item_port).value for item in items])
    value = _without_missing(_value(given), given.kind)
    return for_port(value, given.kind, port, name=given.said.removeprefix("@"), from_input=given.from_input)


def _value(given: Given) -> Any:
    """The Python value of what is given, with the items of a list written in the plan put together."""
    return [_value(item) for item in given.value] if _is_written(given) else given.value


def _is_written(given: Given) -> bool:
    """Whether it is a list written in the plan, each item with what it says."""
    return isinstance(given.value, tuple) and all(isinstance(item, Given) for item in given.value)


def _without_missing(value: Any, kind: Kind) -> Any:
    if not kind.depth or not isinstance(value, list | tuple):
        return value
    return [_without_missing(item, kind.listed(-1)) for item in value if not isinstance(item, Missing)]


def _left_out(given: Given) -> Iterator[str]:
    if given.kind.depth and isinstance(given.value, list):
        absent = sum(isinstance(item, Missing) for item in given.value)
        if absent:
            yield f"{absent} of {len(given.value)} items of {given.said} have no value and were left out."
