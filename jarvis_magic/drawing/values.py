"""A value as HTML: what it looks, sounds or reads like, in a bounded number of characters.

``room`` is how many characters there are for it (media use it, everything else is short anyway), ``about`` what it tells
something about: the picture its boxes were found in, the text its tokens stand in.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ..errors import ConversionError
from ..kinds import Answer, Box, Label, Mask, Missing, Token, Unread
from ..media import Audio, Video
from ..tasks import thawed
from ..values import Resource
from . import markup
from .palette import ON_PICTURES
from .pictures import sheet, size_words, thumbnail_uri, with_boxes, with_masks
from .sound import audio_uri
from .words import corners, count, cut, escape, number, one_line, percent, seconds, size

if TYPE_CHECKING:
    from PIL.Image import Image

ROOM = 200_000
"""Characters the view of one value takes at most."""
_ROWS, _COLUMNS, _CELL = 10, 12, 60
_ITEMS = 24
_RECORDS = 10
_BAR = "#4c6ef5"


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
            return _image(value, name, room)
        case "audio":
            return _audio(value, name, room)
        case "video":
            return _video(value, name, room)
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
    return _findings(value, base, name, about, room)


def _findings(value: Sequence[Any], base: str, name: str, about: Resource | None, room: int) -> str:
    match base:
        case "labels":
            return _labels(value)
        case "boxes":
            return _boxes(value, name, about, room)
        case "masks":
            return _masks(value, name, about, room)
    return _tokens(value, about, room)


def _items(values: Sequence[Any], depth: int, base: str, name: str, about: Resource | None, room: int) -> str:
    """A list as a grid, each item with its position and its share of the room that is left."""
    shown = values[:_ITEMS]
    wide = depth or base in ("text", "table", "json", "answer", "tokens")
    style = f"border:1px solid {markup.LINE};border-radius:8px;padding:8px;min-width:0" + (
        "" if wide else ";max-width:300px"
    )
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
    if not values:
        return markup.small("an empty list")
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
    written = json.dumps(thawed(value), ensure_ascii=False, indent=2, default=str)
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


# Findings ---------------------------------------------------------------------------------------------------------


def _labels(value: Sequence[Label]) -> str:
    rows = [
        [escape(cut(one_line(found.label), 80)), markup.bar(0, found.score, _BAR), escape(percent(found.score))]
        for found in value[:_RECORDS]
    ]
    return _records("Labels and their scores", ("label", "", "score"), rows, len(value))


def _boxes(value: Sequence[Box], name: str, about: Resource | None, room: int) -> str:
    rows = [
        [
            f"{_swatch(i)}\u00a0{i + 1}.\u00a0{escape(cut(one_line(found.label), 60))}",
            escape(percent(found.score)),
            escape(corners(found).replace(" ", "\u00a0")),
        ]
        for i, found in enumerate(value[:_RECORDS])
    ]
    listing = _records("What was found", ("label", "score", "corners in pixels"), rows, len(value))
    picture = _about(about, "image")
    if picture is None or not value:
        return listing
    words = ", ".join(f"{i + 1} {one_line(found.label)}" for i, found in enumerate(value[:_RECORDS]))
    return _picture(with_boxes(picture, value), f"{name}: {words}", room - len(listing)) + listing


def _masks(value: Sequence[Mask], name: str, about: Resource | None, room: int) -> str:
    def part(mask: Mask) -> float:
        histogram = mask.mask.convert("L").histogram()
        return sum(histogram[128:]) / max(1, sum(histogram))

    rows = [
        [
            f"{_swatch(i)} {escape(cut(one_line(m.label), 60) or 'region')}",
            escape(percent(m.score)),
            escape(percent(part(m))),
        ]
        for i, m in enumerate(value[:_RECORDS])
    ]
    listing = _records("Regions", ("region", "score", "of the picture"), rows, len(value))
    if not value:
        return listing
    words = ", ".join(one_line(m.label) or "region" for m in value[:_RECORDS])
    return _picture(with_masks(value, _about(about, "image")), f"{name}: {words}", room - len(listing)) + listing


def _tokens(value: Sequence[Token], about: Resource | None, room: int) -> str:
    rows = [
        [markup.mark(cut(one_line(t.text), 80)), escape(cut(one_line(t.label), 40)), escape(percent(t.score))]
        for t in value[:_RECORDS]
    ]
    listing = _records("Stretches found", ("text", "what it is", "score"), rows, len(value))
    text = _about(about, "text")
    if text is None or not value:
        return listing
    return _highlighted(text, value, min(3_000, room // 16)) + markup.details(
        count(len(value), "stretch", "stretches"), listing
    )


def _highlighted(text: str, tokens: Sequence[Token], longest: int) -> str:
    """The text with its tokens marked, each with what it is."""
    said: list[str] = []
    done = 0
    for token in sorted(tokens, key=lambda t: t.start):
        if token.start < done or token.end > min(len(text), longest) or len(said) > 200:
            continue
        said.append(escape(text[done : token.start]))
        said.append(markup.mark(text[token.start : token.end], cut(one_line(token.label), 24)))
        done = token.end
    said.append(escape(cut(text[done:], max(1, longest - done))))
    return f'<div style="white-space:pre-wrap;overflow-wrap:break-word">{"".join(said)}</div>'


def _records(caption: str, head: Sequence[str], rows: Sequence[Sequence[str]], total: int) -> str:
    if not total:
        return markup.small("nothing found")
    more = markup.small(f"and {number(total - len(rows))} more") if total > len(rows) else ""
    return markup.table(caption, head, rows) + more


def _swatch(position: int) -> str:
    colour = ON_PICTURES[position % len(ON_PICTURES)]
    return (
        f'<span style="display:inline-block;width:10px;height:10px;border:1px solid #495057;'
        f'background-color:{colour}"></span>'
    )


def _about(about: Resource | None, kind: str) -> Any:
    return about.value if about is not None and about.kind == kind else None


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


# Media ------------------------------------------------------------------------------------------------------------


def _image(value: Image, name: str, room: int) -> str:
    return _picture(value, f"{name}: a picture of {size_words(value)}", room) + markup.small(size_words(value))


def _picture(value: Image, alt: str, room: int) -> str:
    alt = cut(one_line(alt), 300)
    uri = thumbnail_uri(value, room - 1_000 - len(alt))
    if uri is None:
        return markup.small("no room for its picture here; the variable holds it")
    return markup.image(uri, alt, "height:auto;border-radius:6px;display:block")


def _audio(value: Audio, name: str, room: int) -> str:
    channels = {1: "mono", 2: "stereo"}.get(value.channels, f"{value.channels} channels")
    facts = f"{seconds(value.duration)}, {channels}, {value.rate:,} Hz"
    found = audio_uri(value, room - 1_000)
    if found is None:
        return markup.small(f"{facts}; no room for its sound here, the variable holds it")
    uri, phrase = found
    title = escape(cut(one_line(name), 100))
    player = (
        f'<audio controls="controls" preload="metadata" title="{title}" src="{uri}" style="max-width:100%"></audio>'
    )
    return player + markup.small(f"{facts} ({phrase}; the variable holds all of it)" if phrase else facts)


_VIDEO_MIMES: Sequence[tuple[int, bytes, str]] = ((4, b"ftyp", "mp4"), (0, b"\x1aE\xdf\xa3", "webm"))


def _video(value: Video, name: str, room: int) -> str:
    """Small files as a player, others as a sheet of frames."""
    width, height = value.size
    rate = f", {value.rate:.4g} frames a second" if value.rate else ""
    facts = f"{seconds(value.duration)}, {width:,} × {height:,} pixels{rate}"
    data = value.data
    mime = next((name for at, magic, name in _VIDEO_MIMES if data[at : at + len(magic)] == magic), None)
    if mime and len(data) * 4 / 3 + 1_000 <= room:
        title, coded = escape(cut(one_line(name), 100)), base64.b64encode(data).decode()
        player = (
            f'<video controls="controls" title="{title}" src="data:video/{mime};base64,{coded}" '
            'style="max-width:100%"></video>'
        )
        return player + markup.small(facts)
    frames = sheet(value.frames(6))
    return _picture(frames, f"{name}: frames of a video", room) + markup.small(
        f"{facts}; a file of {size(len(data))}, of which six frames are shown and the variable holds all"
    )
