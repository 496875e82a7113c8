"""References: ``@name`` and its path, in requests and in arguments.

``@photo``, ``@photos[0]``, ``@photos[1:3]``, ``@record["text"]``, ``@objects[*].label``, ``@table.column``. A reference
starts at an ``@`` that follows no word character (so an e-mail address is none); ``@@`` is a literal ``@``; a dot or
bracket that is not followed by a valid path ends it. Scripts that put no spaces between words may touch a reference on
both sides: ``描述@photo里的文字``. Paths read data and never call anything: `value_at` follows one in a value, `kind_at`
says what kind it leads to.
"""

from __future__ import annotations

import dataclasses
import json
import re
from collections.abc import Callable, Collection, Container, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, cast

from .errors import UsageError, close_matches, either
from .kinds import RECORDS, Answer, Kind, Mask, Missing, Unread
from .media import Audio, Video


@dataclass(frozen=True)
class Key:
    """``["text"]``: an entry of a record, a JSON object or a table."""

    name: str

    def __str__(self) -> str:
        return f"[{json.dumps(self.name, ensure_ascii=False)}]"


@dataclass(frozen=True)
class Field:
    """``.label``: a data field; in tables and JSON objects the same as a key."""

    name: str

    def __str__(self) -> str:
        return f".{self.name}"


@dataclass(frozen=True)
class Index:
    """``[0]``: an item of a list, from the end if negative."""

    position: int

    def __str__(self) -> str:
        return f"[{self.position}]"


@dataclass(frozen=True)
class Slice:
    """``[1:3]``: some items of a list."""

    start: int | None
    stop: int | None

    def __str__(self) -> str:
        return f"[{'' if self.start is None else self.start}:{'' if self.stop is None else self.stop}]"


@dataclass(frozen=True)
class Every:
    """``[*]``: each item of a list; the rest of the path applies to every one."""

    def __str__(self) -> str:
        return "[*]"


Part = Key | Field | Index | Slice | Every


@dataclass(frozen=True)
class Reference:
    """A name and the path that leads from its value to what is meant; ``str()`` gives its written form."""

    name: str
    path: tuple[Part, ...] = ()

    def __str__(self) -> str:
        return "@" + self.name + "".join(map(str, self.path))

    def renamed(self, name: str) -> Reference:
        """The same path from another name."""
        return Reference(name, self.path)


_TOUCHING = (
    "\u0590-\u06ff\u0e00-\u0fff\u1000-\u109f\u1780-\u17ff\u3005-\u3007\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff"
    "\uac00-\ud7af\uf900-\ufaff\uff66-\uff9f\U00020000-\U0003ffff"
)
"""Letters of scripts in which words, or the particles at them, touch their neighbours: Chinese, Japanese, Korean, Thai, Arabic…"""
IN_WORD = rf"[^\W{_TOUCHING}]"
"""A letter, digit or ``_`` that does not touch the word beside it, as a regular expression."""
OUTSIDE_WORDS = f"(?<!{IN_WORD})"
"""A place where a reference may start, as the beginning of a regular expression: not inside a word, nor an e-mail address."""
_AT = re.compile(rf"@@|{OUTSIDE_WORDS}@(?P<name>(?!\d){IN_WORD}+|[^\W\d]\w*)")
_RUN = re.compile(r"\w*")
_TOUCHES = re.compile(f"[{_TOUCHING}]")
_LONGEST_NAME = 80
_PART = re.compile(
    r"""\.(?P<field>[^\W\d_]\w*)(?!\w*\()
      | \[\s*(?:
            (?P<index>-?\d{1,9})
          | (?P<start>-?\d{1,9})?\s*:\s*(?P<stop>-?\d{1,9})?
          | (?P<every>\*)
          | (?P<key>"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*')
        )\s*\]""",
    re.VERBOSE,
)


@dataclass(frozen=True)
class Found:
    """A stretch of a text: a reference, or literal text (with ``@@`` already made ``@``), and where it stands."""

    piece: Reference | str
    start: int
    end: int


def scan(text: str, known: Container[str] = ()) -> Iterator[Found]:
    """Divide a text into its literal stretches and its references, in order.

    Of letters that touch, the longest name that is `known` counts: ``@数据里`` refers to ``数据`` where there is one. Where
    none is, a name ends where such letters begin, unless it begins with one.
    """
    literal_from, position = 0, 0
    while match := _AT.search(text, position):
        if match["name"] is None:
            yield Found(text[literal_from : match.start() + 1], literal_from, match.end())
            literal_from = position = match.end()
            continue
        if match.start() > literal_from:
            yield Found(text[literal_from : match.start()], literal_from, match.start())
        name = _known_name(text, match.start("name"), known) or match["name"]
        path, end = _path(text, match.start("name") + len(name))
        yield Found(Reference(name, path), match.start(), end)
        literal_from = position = end
    if literal_from < len(text):
        yield Found(text[literal_from:], literal_from, len(text))


def _known_name(text: str, start: int, known: Container[str]) -> str | None:
    """The longest known name at a place; it ends with its word, or where letters that touch begin."""
    word = cast("re.Match[str]", _RUN.match(text, start, start + _LONGEST_NAME))[0]
    ends = [place.start() for place in _TOUCHES.finditer(word)]
    return next((word[:end] for end in [len(word), *reversed(ends)] if end and word[:end] in known), None)


def _path(text: str, position: int) -> tuple[tuple[Part, ...], int]:
    parts: list[Part] = []
    while match := _PART.match(text, position):
        parts.append(_part(match))
        position = match.end()
    return tuple(parts), position


def _part(match: re.Match[str]) -> Part:
    groups = match.groupdict()
    if groups["field"] is not None:
        return Field(groups["field"])
    if groups["index"] is not None:
        return Index(int(groups["index"]))
    if groups["every"] is not None:
        return Every()
    if groups["key"] is not None:
        return Key(_unquoted(groups["key"]))
    return Slice(*(int(n) if n else None for n in (groups["start"], groups["stop"])))


def _unquoted(key: str) -> str:
    """The text of a quoted key, with JSON's escapes read where they are JSON's."""
    inner = key[1:-1] if key.startswith('"') else key[1:-1].replace("\\'", "'").replace('"', '\\"')
    try:
        return str(json.loads(f'"{inner}"', strict=False))
    except ValueError:
        return re.sub(r"\\(.)", r"\1", key[1:-1])


def references_in(text: str, known: Container[str] = ()) -> tuple[Reference, ...]:
    """Every reference of a text, in order; `known` as in `scan`."""
    return tuple(found.piece for found in scan(text, known) if isinstance(found.piece, Reference))


def whole_reference(text: str) -> Reference | None:
    """The reference that a text is, from end to end; ``None`` if there is anything else in it."""
    if not text.startswith("@"):
        return None
    pieces = list(scan(text))
    return pieces[0].piece if len(pieces) == 1 and isinstance(pieces[0].piece, Reference) else None


def parse_reference(text: str) -> Reference:
    """Return the reference that `text` is.

    Raises
    ------
    UsageError
        If it is none.
    """
    reference = whole_reference(text)
    if reference is None:
        msg = f"{text!r} is not a reference; write @ and a name, for example '@caption' or '@photos[0]'."
        raise UsageError(msg)
    return reference


def escape(text: str) -> str:
    """Return `text` so that `scan` finds no reference in it."""
    return text.replace("@", "@@")


def unescape(text: str) -> str:
    """Return `text` as people read it, ``@@`` as a plain @."""
    return text.replace("@@", "@")


# What a path may read of each kind. Records (a label, a box…) are what the list-like kinds are made of.
_FACTS: dict[str, dict[str, str]] = {
    "image": {"width": "number", "height": "number", "mode": "text"},
    "audio": {"rate": "number", "channels": "number", "duration": "number"},
    "video": {"frames": "list[image]", "audio": "audio", "rate": "number", "duration": "number"},
}
_TEXT_FIELDS = {"label", "text", "answer"}


def kind_at(kind: Kind, path: Sequence[Part]) -> Kind:
    """Return the kind a path leads to from a value of `kind`; ``json`` where only the value can tell.

    Raises
    ------
    UsageError
        If no value of that kind has such a path.
    """
    if not path:
        return kind
    part, rest = path[0], path[1:]
    if kind == "json":
        return _every(kind, rest) if isinstance(part, Every) else kind_at(kind, rest)
    if kind.depth:
        return _in_list(kind, part, rest)
    if kind in RECORDS:
        return _in_records(kind, part, rest)
    if kind == "table":
        return _in_table(part, rest)
    if kind == "answer" and isinstance(part, Field | Key):
        return kind_at(_record_field(Answer, part), rest)
    if kind == "vector" and isinstance(part, Index):
        return kind_at(Kind("number"), rest)
    facts = _FACTS.get(kind, {})
    if isinstance(part, Field) and part.name in facts:
        return kind_at(Kind(facts[part.name]), rest)
    raise UsageError(_no_path(kind.phrase, part, facts))


def _every(item: Kind, rest: Sequence[Part]) -> Kind:
    return kind_at(item, rest).listed()


def _in_list(kind: Kind, part: Part, rest: Sequence[Part]) -> Kind:
    match part:
        case Index():
            return kind_at(kind.listed(-1), rest)
        case Slice():
            return kind_at(kind, rest)
        case Every():
            return _every(kind.listed(-1), rest)
    msg = f"{kind.phrase} has no {str(part)!r} itself; write '[*]{part}' for that of each item."
    raise UsageError(msg[0].upper() + msg[1:])


def _in_records(kind: Kind, part: Part, rest: Sequence[Part]) -> Kind:
    record = RECORDS[kind]
    match part:
        case Index():
            return _in_record(record, rest)
        case Slice():
            return kind_at(kind, rest)
        case Every():
            return _in_record(record, rest).listed()
    msg = f"{kind} is a list of {record.__name__} records; write '[*]{part}' for that of each, or '[0]{part}' for the first."
    raise UsageError(msg)


def _in_record(record: type, path: Sequence[Part]) -> Kind:
    if not path:
        return Kind("json")
    return kind_at(_record_field(record, path[0]), path[1:])


def _record_field(record: type, part: Part) -> Kind:
    names = [f.name for f in dataclasses.fields(record)]
    if not isinstance(part, Field | Key) or part.name not in names:
        raise UsageError(_no_path(f"a {record.__name__}", part, names))
    if record is Mask and part.name == "mask":
        return Kind("image")
    return Kind("text" if part.name in _TEXT_FIELDS else "number")


def _in_table(part: Part, rest: Sequence[Part]) -> Kind:
    match part:
        case Key() | Field():
            return kind_at(Kind("list[json]"), rest)
        case Slice():
            return kind_at(Kind("table"), rest)
        case Every():
            return _every(Kind("json"), rest)
    return kind_at(Kind("json"), rest)


def _no_path(owner: str, part: Part, known: Mapping[str, str] | Sequence[str]) -> str:
    wanted = part.name if isinstance(part, Field | Key) else str(part)
    sentence = f"{owner[0].upper()}{owner[1:]} has no {wanted!r}"
    close = close_matches(wanted, known)
    if close:
        return f"{sentence}; did you mean {either(close)}?"
    return f"{sentence}; it has {either(list(known), 'and')}." if known else f"{sentence}."


def value_at(value: Any, path: Sequence[Part]) -> Any:
    """Follow a path in a value, reading data only; what is missing stays missing.

    Raises
    ------
    UsageError
        If the value has no such item, entry or field; the sentence names what it has.
    """
    for position, part in enumerate(path):
        if isinstance(value, Unread):
            value = value.read()
        if isinstance(value, Missing):
            return value
        if isinstance(part, Every):
            return [value_at(item, path[position + 1 :]) for item in _items(value, part)]
        value = _step(value, part)
    return value


def _step(value: Any, part: Part) -> Any:
    match part:
        case Index(position):
            items = _items(value, part)
            if not -len(items) <= position < len(items):
                msg = f"There is no item [{position}]: the list has {len(items)} items, from 0 on."
                raise UsageError(msg)
            return items[position]
        case Slice(start, stop):
            return value.iloc[start:stop] if _is_table(value) else _items(value, part)[start:stop]
        case Key(name) | Field(name):
            return _entry(value, part, name)
    raise AssertionError(part)


def _items(value: Any, part: Part) -> Sequence[Any]:
    if _is_table(value):
        return [dict(zip(value.columns, row, strict=True)) for row in value.itertuples(index=False, name=None)]
    if isinstance(value, Mapping):
        return list(value.values())
    if isinstance(value, str | bytes) or not hasattr(value, "__getitem__") or not hasattr(value, "__len__"):
        raise UsageError(_no_path(f"a {type(value).__name__}", part, ()))
    return list(value)


def _entry(value: Any, part: Part, name: str) -> Any:
    names, read = _reader(value)
    if name not in names:
        raise UsageError(_no_path(f"a {type(value).__name__}", part, list(map(str, names))))
    return read(name)


def _reader(value: Any) -> tuple[Collection[str], Callable[[str], Any]]:
    """What can be read of a value by name, and how."""
    if isinstance(value, Mapping):
        return value.keys(), value.__getitem__
    if _is_table(value):
        return list(map(str, value.columns)), partial(_column, value)
    if isinstance(value, Video):
        return _FACTS["video"], partial(_fact_of_video, value)
    if isinstance(value, Audio):
        return _FACTS["audio"], partial(getattr, value)
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return [f.name for f in dataclasses.fields(value)], partial(getattr, value)
    if hasattr(value, "mode") and hasattr(value, "tobytes"):
        return _FACTS["image"], partial(getattr, value)
    return (), partial(getattr, value)


def _column(table: Any, name: str) -> list[Any]:
    places = [i for i, column in enumerate(table.columns) if str(column) == name]
    if len(places) > 1:
        msg = f"{len(places)} columns of the table are called {name!r}; give them different names."
        raise UsageError(msg)
    return _cells(table.iloc[:, places[0]])


def _cells(column: Any) -> list[Any]:
    """The cells of a table's column; where one is empty, `Missing`."""
    return [
        Missing("the cell is empty") if no else cell for cell, no in zip(column.tolist(), column.isna(), strict=True)
    ]


def _fact_of_video(video: Video, name: str) -> Any:
    if name == "frames":
        return _frames(video)
    return Missing("The video has no sound.") if name == "audio" and video.audio is None else getattr(video, name)


def _frames(video: Video) -> list[Any]:
    """The frames of a video, at once if they fit into memory, otherwise each when it is used."""
    if video.fits:
        return video.frames()
    return [Unread(Kind("image"), f"frame {i}", partial(video.frame, i)) for i in range(video.frame_count)]


def _is_table(value: Any) -> bool:
    return hasattr(value, "columns") and hasattr(value, "iloc")
