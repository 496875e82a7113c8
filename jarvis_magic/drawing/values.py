"""A value as HTML: what it looks, sounds or reads like, in a bounded number of characters.

``room`` is how many characters there are for it (media use it, everything else is short anyway), ``about`` what it tells
something about: the picture its boxes were found in, the text its tokens stand in.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ..errors import ConversionError
from ..kinds import Answer, Missing, Unread
from ..values import Resource
from . import markup, media
from .findings import findings_html, labels_listed
from .words import count, cut, escape, json_text, number, one_line, percent

ROOM = 200_000
"""Characters the view of one value takes at most."""
_ROWS, _COLUMNS, _CELL = 10, 12, 60
_ITEMS = 24
_WIDE = ("text", "table", "json", "answer", "tokens")
_WIDTHS = {"image": 210, "number": 100, "masks": 260}


def value_html(resource: Resource, *, name: str = "", about: Resource | None = None, room: int = ROOM) -> str:
    """Return a value as static, safe HTML.

    Parameters
    ----------
    resource
        The value and its kind.
    name
        What it is called; alternative texts begin with it.
    about
        What it tells something about, if known: a picture for boxes and masks, a text for tokens and answers.
    room
        Characters to stay within; at least 2,000.
    """
    return _value(resource.value, resource.kind.depth, resource.kind.base, name or resource.kind.base, about, room)


def _value(value: Any, depth: int, base: str, name: str, about: Resource | None, room: int) -> str:
    if isinstance(value, Missing):
        return markup.faint(f"∅ no value: {cut(value.reason, 300)}")
    if isinstance(value, Unread):
        return markup.faint(f"{cut(one_line(value.name), 200)}, not read yet")
    if depth:
        return _items(value, depth - 1, base, name, about, room)
    try:
        html = _view(value, base, name, about, room)
    except ConversionError as error:  # a video that cannot be decoded says so in its place
        return markup.box(escape(cut(str(error), 500)))
    return html if len(html) <= room else markup.small(f"{name}: too long to be shown here")


def _view(value: Any, base: str, name: str, about: Resource | None, room: int) -> str:
    match base:
        case "text":
            return _text(value, room)
        case "image":
            return media.image(value, name, room)
        case "audio":
            return media.audio(value, name, room)
        case "video":
            return media.video(value, name, room)
        case "table":
            return _table(value)
        case "answer":
            return _answer(value, room)
        case "vector":
            return _vector(value)
        case "number":
            return f'<span style="font-size:20px;font-weight:600">{escape(number(value))}</span>'
        case "json":
            return _json(value, room)
    return findings_html(value, base, name, about, room)


def _items(values: Sequence[Any], depth: int, base: str, name: str, about: Resource | None, room: int) -> str:
    """A list as a grid, each item with its position and its share of the room that is left."""
    if not values:
        return markup.small("an empty list")
    if base == "labels" and not depth:
        return labels_listed(values, about, room)
    shown = values[:_ITEMS]
    wide = depth or base in _WIDE
    width = "" if wide else f";width:{_WIDTHS.get(base, 300)}px;max-width:100%"
    style = f"border:1px solid {markup.LINE};border-radius:8px;padding:8px;min-width:0{width}"
    cells: list[str] = []
    left = room - 600
    for position, value in enumerate(shown):
        share = left // (len(shown) - position) - 300
        if share < 500:
            break
        inner = _value(value, depth, base, f"{name}[{position}]", _at(about, position, len(values)), share)
        cells.append(f'<div style="{style}">{markup.small(f"[{position}]")}{inner}</div>')
        left -= len(cells[-1])
    hidden = len(values) - len(cells)
    more = markup.small(f"and {number(hidden)} more" if cells else count(hidden, "item")) if hidden else ""
    flow = "display:grid;gap:8px" if wide else "display:flex;flex-wrap:wrap;gap:8px;align-items:flex-start"
    return f'<div style="{flow}">{"".join(cells)}</div>{more}'


def _at(about: Resource | None, position: int, length: int) -> Resource | None:
    """What the item at a position of a list is about: the item there, if that is a list of the same length."""
    if about is None or not about.kind.depth:
        return about
    if len(about.value) != length or isinstance(about.value[position], Missing | Unread):
        return None
    return Resource(about.kind.listed(-1), about.value[position])


# Texts and numbers ------------------------------------------------------------------------------------------------


def _text(value: str, room: int) -> str:
    return markup.prose(value, min(4_000, room // 8)) if value else markup.small("an empty text")


def _answer(value: Answer, room: int) -> str:
    said = markup.prose(value.answer or "no answer", min(4_000, room // 8))
    return said + markup.small(f"score {percent(value.score)}") if value.score < 1 else said


def _vector(value: Any) -> str:
    numbers = [float(n) for n in value[:8]]
    length = sum(float(n) ** 2 for n in value) ** 0.5
    more = ", …" if len(value) > len(numbers) else ""
    said = f"{', '.join(f'{n:.3f}' for n in numbers)}{more}"
    return markup.code(f"[{said}]") + markup.small(f"{count(len(value), 'number')}, length {length:.3f}")


def _json(value: Any, room: int) -> str:
    written = json_text(value)
    if len(written) <= 80:
        return markup.code(one_line(written))
    what = (
        f"object with {count(len(value), 'entry', 'entries')}"
        if isinstance(value, Mapping)
        else f"list of {count(len(value), 'item')}"
        if isinstance(value, Sequence) and not isinstance(value, str)
        else "json"
    )
    return markup.details(what, markup.pre(written, min(4_000, room // 8)))


# Tables -----------------------------------------------------------------------------------------------------------


def _table(value: Any) -> str:
    part = value.iloc[:_ROWS, :_COLUMNS]
    head = ["", *(cut(one_line(column), 40) for column in part.columns)]
    rows = [
        [escape(cut(one_line(index), 40)), *(escape(_cell(cell)) for cell in row)]
        for index, row in zip(part.index, part.itertuples(index=False, name=None), strict=True)
    ]
    total_rows, total_columns = value.shape
    caption = f"{count(total_rows, 'row')}, {count(total_columns, 'column')}"
    hidden = [
        words
        for total, shown, words in (
            (total_rows, len(rows), f"the first {len(rows)} rows"),
            (total_columns, len(head) - 1, f"the first {len(head) - 1} columns"),
        )
        if total > shown
    ]
    return markup.table(caption + (f"; {' and '.join(hidden)} are shown" if hidden else ""), head, rows)


def _cell(value: Any) -> str:
    if isinstance(value, float):
        return "" if value != value else f"{value:.6g}"  # NaN alone differs from itself
    return cut(one_line(value), _CELL)
