"""Everything we expect to go wrong, as one tree.

::

    JarvisError                    shown as one sentence, without a traceback
    ├── UsageError                 the cell, the magic's line or a call is wrong
    │   └── UnknownName            a name that does not exist, with close matches
    ├── ConfigurationError         a setting, a key or an extra package is missing or wrong
    │   └── MissingExtra           a library of an extra is not installed
    ├── SourceError                a file or URL the user named cannot be read
    ├── ConversionError            an object is not of the kind that is needed
    ├── PlanError                  the plan is not well formed (keeps ``.problems``)
    ├── ControllerError            the controller could not do its part
    │   ├── ControllerUnavailable  it cannot be reached, or refuses the key
    │   └── ReplyError             its reply did not fit (keeps ``.reply``)
    ├── SelectionError             a model that was asked for cannot be used
    ├── EndpointError              an expert failed (keeps ``.task_id``, ``.model``)
    │   ├── EndpointUnavailable    not reachable, loading, or over its limit: may pass
    │   ├── EndpointTimeout        no result within the deadline
    │   └── EndpointRejected       it answered: this input is not acceptable
    ├── RunFailed                  a wanted output has no value (keeps ``.run``)
    └── JarvisCancelled            stopped by the user (keeps ``.run``)

A message says what happened, with names, and what to type next. A bug is none of these: it is a traceback.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .values import Run
    from .wellformed import Problem


class JarvisError(Exception):
    """Every failure a user can cause or meet; notebooks show its sentence and no traceback."""

    def __str__(self) -> str:
        """The sentence; what a server or file had put into it for a terminal to obey is shown as �."""
        return _OBEYED.sub("\ufffd", super().__str__())

    def _render_traceback_(self) -> list[str]:
        """Lines IPython shows (and papermill keeps) in place of a traceback."""
        return [f"{type(self).__name__}: {self}", *getattr(self, "__notes__", ())]

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickled as its sentence and what it keeps, whatever its class is made from."""
        return _unpickled, (type(self), self.args), self.__dict__


def _unpickled(kind: type[JarvisError], arguments: tuple[Any, ...]) -> JarvisError:
    error = kind.__new__(kind, *arguments)
    error.args = arguments
    return error


_OBEYED = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")


class UsageError(JarvisError, ValueError):
    """The cell, the magic's line or a call is not understood."""


class UnknownName(UsageError):
    """A name that does not exist where it was looked for.

    Parameters
    ----------
    what
        What kind of name it is, for example ``"variable"``.
    name
        The name as the user wrote it.
    known
        The names that exist; close ones are offered.
    advice
        The next thing to do, a sentence without its full stop.
    """

    def __init__(self, what: str, name: str, known: Iterable[str], advice: str = "") -> None:
        self.name = name
        self.close = close_matches(name, known)
        sentence = f"There is no {what} {name!r}"
        if self.close:
            sentence += f"; did you mean {either(self.close)}?"
        super().__init__(
            sentence
            + (
                f" {advice[0].upper()}{advice[1:]}."
                if self.close and advice
                else f"; {advice}."
                if advice
                else ""
                if self.close
                else "."
            )
        )


class ConfigurationError(JarvisError):
    """A setting, a key or an extra package is missing or wrong."""


class MissingExtra(ConfigurationError):
    """A library that belongs to one of our extras is not installed.

    Parameters
    ----------
    subject
        What needs it, for example ``"Reading text in pictures"``.
    library
        The library's name.
    extra
        The extra of ``jarvis_magic`` that brings it.
    """

    def __init__(self, subject: str, library: str, extra: str) -> None:
        self.library, self.extra = library, extra
        super().__init__(
            f'{subject} needs {library}, which is not installed: run `pip install "jarvis_magic[{extra}]"`.'
        )


class SourceError(JarvisError, OSError):
    """A file or URL that the user named cannot be read."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)


class ConversionError(JarvisError, TypeError):
    """An object is not of the kind that is needed, and cannot be turned into it."""


class PlanError(JarvisError, ValueError):
    """A plan that is not well formed.

    Parameters
    ----------
    problems
        Everything that is wrong with it, each a sentence at a task and port.
    """

    def __init__(self, problems: Sequence[Problem] | str) -> None:
        self.problems: tuple[Problem, ...] = () if isinstance(problems, str) else tuple(problems)
        super().__init__(problems if isinstance(problems, str) else _together([p.sentence for p in problems]))


def _together(sentences: Sequence[str], most: int = 12) -> str:
    """The sentences of a plan's problems; of very many, the first."""
    rest = len(sentences) - most
    return " ".join([*sentences[:most], *([f"And {rest:,} more."] if rest > 0 else [])])


class ControllerError(JarvisError):
    """The controller could not do its part; ``said`` tells whether the same was met, and said, earlier in the run."""

    said = False


class ControllerUnavailable(ControllerError):
    """The controller cannot be reached, is over its limit, or refuses the key.

    ``passing`` says whether asking again may help, ``retry_after`` after how many seconds.
    """

    def __init__(self, sentence: str, *, passing: bool = False, retry_after: float | None = None) -> None:
        self.passing, self.retry_after = passing, retry_after
        super().__init__(sentence)


class ReplyError(ControllerError):
    """The controller's reply did not fit; ``reply`` keeps what it wrote."""

    def __init__(self, sentence: str, reply: str = "") -> None:
        self.reply = reply
        super().__init__(sentence)


class SelectionError(JarvisError, ValueError):
    """An expert model that was asked for cannot be used."""


class EndpointError(JarvisError):
    """An expert failed on a task.

    ``task_id`` and ``model`` are attached by task execution; adapters raise with the sentence alone.
    ``passing`` says whether the same call may succeed later, ``retry_after`` after how many seconds.
    """

    passing = False

    def __init__(self, sentence: str, *, passing: bool | None = None, retry_after: float | None = None) -> None:
        self.task_id: str | None = None
        self.model: str | None = None
        self.passing = type(self).passing if passing is None else passing
        self.retry_after = retry_after
        super().__init__(sentence)


class EndpointUnavailable(EndpointError):
    """The endpoint is not reachable, still loading, or over its limit."""

    passing = True


class EndpointTimeout(EndpointError, TimeoutError):
    """No result came within the deadline."""


class EndpointRejected(EndpointError):
    """The expert answered that this input is not acceptable."""


class RunFailed(JarvisError):
    """A wanted output has no value; ``run`` holds everything that did finish."""

    def __init__(self, sentence: str, run: Run) -> None:
        self.run = run
        super().__init__(sentence)


class JarvisCancelled(JarvisError):
    """The user stopped it; ``run`` holds what had finished, if anything had started."""

    def __init__(self, sentence: str = "Cancelled.", run: Run | None = None) -> None:
        self.run = run
        super().__init__(sentence)


def close_matches(name: str, known: Iterable[str], count: int = 3) -> tuple[str, ...]:
    """Return the known names nearest to `name`, nearest first, ignoring case; none where names are endless."""
    if len(name) > _LONGEST_NAME:
        return ()
    by_fold = {k.casefold(): k for k in known if len(k) <= _LONGEST_NAME}
    return tuple(by_fold[m] for m in difflib.get_close_matches(name.casefold(), by_fold, n=count, cutoff=0.6))


_LONGEST_NAME = 200
"""The time two names take to be compared grows with the square of their length."""


def either(names: Sequence[str], conjunction: str = "or") -> str:
    """Return ``'a', 'b' or 'c'`` for a message."""
    quoted = [repr(n) for n in names]
    return (
        quoted[0]
        if len(quoted) == 1
        else f"{', '.join(quoted[:-1])} {conjunction} {quoted[-1]}"
        if quoted
        else "nothing"
    )
