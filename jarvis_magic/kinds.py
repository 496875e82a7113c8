"""The kinds of value that flow between tasks, and the small records some of them are made of.

A kind is written as in plans: ``"image"``, ``"list[image]"``, ``"list[list[text]]"``. In Python:

====================  ==========================================================================
text                  ``str``
image                 ``PIL.Image.Image``
audio, video          `jarvis_magic.Audio`, `jarvis_magic.Video`
table                 ``pandas.DataFrame``
labels                ``list[Label]``
boxes, masks, tokens  ``list[Box]``, ``list[Mask]``, ``list[Token]``
answer                `Answer`
vector                one-dimensional ``numpy.ndarray`` of float32
number                ``int`` or ``float``
json                  anything JSON can say
lists of them         ``list``, with `Missing` where an item has no value, and in inputs `Unread` where it is not read yet
====================  ==========================================================================
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from typing import Self

    from PIL.Image import Image

BASES = (
    "text",
    "image",
    "audio",
    "video",
    "table",
    "labels",
    "boxes",
    "masks",
    "tokens",
    "answer",
    "vector",
    "number",
    "json",
)

_WRITTEN = re.compile(r"((?:list\[)*)([a-z]+)(\]*)")


class Kind(str):
    """The kind of a value: one of `BASES`, or a list of a kind.

    A string, so that it compares, sorts and serialises as it is written.

    Raises
    ------
    ValueError
        If the text is not a kind.
    """

    __slots__ = ()

    def __new__(cls, written: str) -> Self:
        """Check that `written` is a kind."""
        match = _WRITTEN.fullmatch(written)
        if not match or match[2] not in BASES or len(match[1]) != 5 * len(match[3]):
            msg = f"{written!r} is not a kind; kinds are {', '.join(BASES)} and lists of them, such as 'list[image]'."
            raise ValueError(msg)
        return super().__new__(cls, written)

    @property
    def base(self) -> str:
        """The kind without its lists: ``"image"`` for ``"list[image]"``."""
        return _base_and_depth(self)[0]

    @property
    def depth(self) -> int:
        """How many lists are around it: 0 for ``"image"``."""
        return _base_and_depth(self)[1]

    def listed(self, times: int = 1) -> Kind:
        """The kind of a list of these; a negative number takes lists away."""
        depth = self.depth + times
        return Kind("list[" * depth + self.base + "]" * depth)

    @property
    def phrase(self) -> str:
        """How a sentence names one such value: ``"an image"``, ``"a list of images"``."""
        if self.depth:
            return "a list of " + "lists of " * (self.depth - 1) + _PLURAL.get(self.base, self.base)
        return _ONE.get(self.base, self.base)


@lru_cache(256)
def _base_and_depth(written: str) -> tuple[str, int]:
    """Asked for several times for each of ten thousand items."""
    return written.strip("]").rsplit("[", 1)[-1], written.count("[")


_ONE = {
    "image": "an image", "video": "a video", "table": "a table", "answer": "an answer",
    "vector": "a vector", "number": "a number",
}  # fmt: skip
_PLURAL = {
    "text": "texts", "image": "images", "video": "videos", "table": "tables", "answer": "answers",
    "vector": "vectors", "number": "numbers", "json": "json values",
}  # fmt: skip


@dataclass(frozen=True)
class Label:
    """A class name with its score in [0, 1]."""

    label: str
    score: float


@dataclass(frozen=True)
class Box:
    """Something found in an image: its label, its score in [0, 1] and its corners in pixels."""

    label: str
    score: float
    xmin: float
    ymin: float
    xmax: float
    ymax: float


@dataclass(frozen=True)
class Mask:
    """A region of an image: its label, its score in [0, 1], and `mask`, an "L" image that is white inside."""

    label: str
    score: float
    mask: Image = field(repr=False)


@dataclass(frozen=True)
class Token:
    """A stretch of a text: the words, what they are, the score in [0, 1], and where (characters, end excluded)."""

    text: str
    label: str
    score: float
    start: int
    end: int


@dataclass(frozen=True)
class Answer:
    """An answer with its score in [0, 1], and where it stands in the context if it was taken from there."""

    answer: str
    score: float = 1.0
    start: int | None = None
    end: int | None = None


RECORDS: dict[str, type] = {"labels": Label, "boxes": Box, "masks": Mask, "tokens": Token}


@dataclass(frozen=True)
class Missing:
    """Stands in a list for the item that has no value, and says why."""

    reason: str

    def __bool__(self) -> bool:
        return False


@dataclass(frozen=True, eq=False)
class Unread:
    """Stands in a list of inputs for an item that is read when it is used: ten thousand files are not all decoded at once.

    Parameters
    ----------
    kind
        What it will be.
    name
        What to call it in a message: the file's name.
    read
        Reads it; raises `SourceError` or `ConversionError` if that fails.
    stamp
        Returns what tells its content from another without reading it, ``""`` if there is nothing: of a file its path,
        size and time of change, so that what changes a file and puts its time back is not seen. ``None``: nothing does.
    """

    kind: Kind
    name: str
    read: Callable[[], Any] = field(repr=False)
    stamp: Callable[[], str] | None = field(default=None, repr=False)


def opened(value: Any) -> Any:
    """Return a value with everything `Unread` in it read, at any depth of lists and objects."""
    if isinstance(value, Unread):
        return value.read()
    if type(value) is dict:
        return {key: opened(item) for key, item in value.items()}
    return [opened(item) for item in value] if type(value) is list else value


@dataclass(frozen=True)
class WithNotes:
    """What an expert returns when it has something to tell beside its value.

    Parameters
    ----------
    value
        The value, of the task type's output kind.
    notes
        Sentences for the user: a score reached, a language not available.
    """

    value: object
    notes: tuple[str, ...] = ()
