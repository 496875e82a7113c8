"""One line about a resource for the controller, saying only as much as the user shares."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Literal, TypeAlias

from ..kinds import Kind, Missing, Unread
from ..values import Resource
from .media_seen import medium_seen
from .plurals import plural
from .texts import has_text_form, text_form

Share: TypeAlias = Literal["kinds", "shapes", "excerpts"]

_ROWS_LOOKED_AT = 100


def describe(resource: Resource, share: Share, limit: int) -> str:
    """Describe a resource in one line of at most `limit` characters, never with bytes of its media.

    Parameters
    ----------
    resource
        What is described.
    share
        ``"kinds"``: the kind alone; ``"shapes"``: sizes, lengths and column names too; ``"excerpts"``: also the
        beginning of what has a text form.
    limit
        How many characters the line may have.
    """
    parts: list[str] = [resource.kind]
    if share != "kinds":
        parts += _shape(resource.value, resource.kind)
    line = ", ".join(parts)
    if share == "excerpts" and has_text_form(resource.kind) and not _is_unread(resource.value):
        line += ": " + text_form(_beginning(resource.value, limit), resource.kind)
    return cut(_one_line(line), limit)


def cut(text: str, limit: int) -> str:
    """A text of at most `limit` characters, with "…" where it was cut."""
    return text if len(text) <= limit else text[: max(0, limit - 1)].rstrip() + "…"


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _beginning(value: Any, limit: int) -> Any:
    """No more of a long text or list than an excerpt can show."""
    return value[: limit + 1] if isinstance(value, str | list) else value


def _is_unread(value: Any) -> bool:
    return isinstance(value, Unread) or (isinstance(value, list) and any(_is_unread(item) for item in value))


def _shape(value: Any, kind: Kind) -> list[str]:
    if isinstance(value, Missing | Unread):
        return []
    if not kind.depth:
        return _SHAPES[kind](value) if kind in _SHAPES else []
    first = next((item for item in value if not isinstance(item, Missing)), None)
    told = [] if first is None else _shape(first, kind.listed(-1))
    return [_count(len(value), "item"), *([f"the first {' and '.join(told)}"] if told else [])]


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun if number == 1 else plural(noun)}"


def _image(image: Any) -> list[str]:
    return [f"{image.width}×{image.height}"]


def _audio(audio: Any) -> list[str]:
    return [f"{audio.duration:.1f} s", f"{audio.rate} Hz", _count(audio.channels, "channel")]


def _video(video: Any) -> list[str]:
    width, height = video.size
    return [f"{video.duration:.1f} s", f"{width}×{height}", f"{video.rate:.4g} frames a second"]


def _table(table: Any) -> list[str]:
    columns = "; ".join(f"{name} ({_column(table.iloc[:, i])})" for i, name in enumerate(table.columns))
    return [_count(len(table), "row"), f"{_count(len(table.columns), 'column')} ({columns})"]


def _column(column: Any) -> str:
    """What stands in a column: pictures, sounds or videos, or their names; else its dtype."""
    medium = medium_seen(list(column.iloc[:_ROWS_LOOKED_AT])) if column.dtype.kind == "O" else None
    return str(medium.base if medium else column.dtype)


def _json(value: Any) -> list[str]:
    if isinstance(value, Mapping):
        return [f"an object with {', '.join(map(str, value))}" if value else "an empty object"]
    if isinstance(value, list):
        return [_count(len(value), "item"), *(_json(value[0]) if value and isinstance(value[0], Mapping) else [])]
    return [{"str": "a text", "bool": "true or false", "NoneType": "null"}.get(type(value).__name__, "a number")]


_SHAPES: Mapping[str, Callable[[Any], list[str]]] = {
    "text": lambda text: [_count(len(text), "character")],
    "image": _image,
    "audio": _audio,
    "video": _video,
    "table": _table,
    "labels": lambda labels: [_count(len(labels), "label")],
    "boxes": lambda boxes: [_count(len(boxes), "box")],
    "masks": lambda masks: [_count(len(masks), "mask")],
    "tokens": lambda tokens: [_count(len(tokens), "token")],
    "vector": lambda vector: [_count(len(vector), "number")],
    "json": _json,
}
