"""What every expert here needs: heavy libraries loaded once and quietly, and options read strictly."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Generic, NoReturn, TypeVar

from jarvis_magic.errors import EndpointRejected, UnknownName, either

T = TypeVar("T")


class Loaded(Generic[T]):
    """A heavy object made on first use, once, by whichever thread comes first.

    Parameters
    ----------
    make
        Imports the library and returns the object; called with logging left as it was.
    """

    def __init__(self, make: Callable[[], T]) -> None:
        self._make = make
        self._lock = threading.Lock()
        self._made: list[T] = []

    def __call__(self) -> T:
        """Return the object, making it if this is the first call."""
        if not self._made:
            with self._lock:
                if not self._made:
                    with undisturbed_logging():
                        self._made.append(self._make())
        return self._made[0]


@contextmanager
def undisturbed_logging() -> Iterator[None]:
    """Keep a library that calls ``logging.basicConfig`` on import from printing everybody's log lines in the cell."""
    root, placeholder = logging.getLogger(), logging.NullHandler()
    root.addHandler(placeholder)  # basicConfig does nothing if there is a handler
    try:
        yield
    finally:
        root.removeHandler(placeholder)


class Knobs:
    """The `options` of a task, read strictly: a name that does not exist is an error, not silence.

    Parameters
    ----------
    options
        As they stand in the task; ``None`` for none.
    names
        The options this expert has.

    Raises
    ------
    EndpointRejected
        If there is an option of another name; by the readers, if a value has the wrong type or is out of range.
    """

    def __init__(self, options: Mapping[str, object] | None, *names: str) -> None:
        self._options = dict(options or {})
        for name in self._options:
            if name not in names:
                has = f"it has {either(names, 'and')}" if names else "it has none"
                msg = f"This expert has no option {name!r}; {has}."
                raise EndpointRejected(msg)

    def number(self, name: str, default: float, low: float, high: float) -> float:
        """Read a number between `low` and `high`."""
        value = self._options.get(name, default)
        if isinstance(value, bool) or not isinstance(value, (int, float)) or not low <= value <= high:
            msg = f"Option {name!r} is a number from {low:g} to {high:g}, not {value!r}."
            raise EndpointRejected(msg)
        return value

    def whole(self, name: str, default: int, low: int, high: int) -> int:
        """Read a whole number between `low` and `high`."""
        value = self.number(name, default, low, high)
        if value != int(value):
            msg = f"Option {name!r} is a whole number from {low} to {high}, not {value!r}."
            raise EndpointRejected(msg)
        return int(value)


def some_text(text: str, purpose: str) -> str:
    """Return the text, or say that there is nothing to do with an empty one.

    Parameters
    ----------
    text
        What the task was given.
    purpose
        What it was given for, as in ``"to summarise"``.
    """
    if not text.strip():
        msg = f"There is nothing {purpose}: the text is empty."
        raise EndpointRejected(msg)
    return text


def refuse_unknown(what: str, name: str, known: Iterable[str], advice: str) -> NoReturn:
    """Raise the error for a name that does not exist, with the close ones."""
    raise EndpointRejected(str(UnknownName(what, name, known, advice)))
