"""What experts find, as HTML: labels, boxes, masks and tokens, each as a table, and where it can be, on what it is about."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from ..kinds import Box, Label, Mask, Missing, Token, Unread
from ..values import Resource
from . import markup
from .media import picture
from .palette import ON_PICTURES
from .pictures import with_boxes, with_masks
from .words import corners, count, cut, escape, number, one_line, percent

if TYPE_CHECKING:
    from PIL.Image import Image

_RECORDS = 10
_OTHERS = 4
"""How many labels behind the first are told of an item of a list."""
_BAR = "#4c6ef5"


def findings_html(value: Sequence[Any], base: str, name: str, about: Resource | None, room: int) -> str:
    """Return labels, boxes, masks or tokens as HTML, on what they are about if that is known."""
    match base:
        case "labels":
            return _labels(value)
        case "boxes":
            return _boxes(value, name, about, room)
        case "masks":
            return _masks(value, name, about, room)
    return _tokens(value, about, room)


def _labels(value: Sequence[Label]) -> str:
    rows = [
        [escape(cut(one_line(found.label), 80)), markup.bar(0, found.score, _BAR), escape(percent(found.score))]
        for found in value[:_RECORDS]
    ]
    return _records("Labels and their scores", ("label", "", "score"), rows, len(value))


def labels_listed(values: Sequence[Any], about: Resource | None, room: int) -> str:
    """Return the labels of each item of a list as HTML, a row each, beside the texts they are about if those are known."""
    texts = about.value if about and str(about.kind) == "list[text]" and len(about.value) == len(values) else None
    rows = [
        [str(position), *([escape(cut(one_line(texts[position]), 80))] if texts is not None else []), *_best(found)]
        for position, found in enumerate(values[:_RECORDS])
    ]
    head = ["", *(["text"] if texts is not None else []), "label", "score", "others"]
    if not any(row[-1] for row in rows):
        head, rows = head[:-1], [row[:-1] for row in rows]
    pages = (_records("Labels and their scores", head, rows[:most], len(values)) for most in range(len(rows), 0, -1))
    return next((page for page in pages if len(page) <= room), markup.small(count(len(values), "item")))


def _best(found: Any) -> list[str]:
    """The first label of an item with its score, and the others in words; or why there is none."""
    if isinstance(found, Missing | Unread) or not found:
        why = f"∅ no value: {cut(found.reason, 200)}" if isinstance(found, Missing) else "∅ none"
        return [markup.faint(why), "", ""]
    first, *others = found
    said = [f"{cut(one_line(other.label), 40)} {percent(other.score)}" for other in others[:_OTHERS]]
    more = [f"{number(len(others) - _OTHERS)} more"] if len(others) > _OTHERS else []
    return [
        escape(cut(one_line(first.label), 80)),
        escape(percent(first.score)),
        markup.faint(", ".join([*said, *more])) if said else "",
    ]


def _boxes(value: Sequence[Box], name: str, about: Resource | None, room: int) -> str:
    rows = [
        [
            markup.unbroken(f"{_swatch(i)} {i + 1}. {escape(cut(one_line(found.label), 60))}"),
            escape(percent(found.score)),
            markup.unbroken(escape(corners(found))),
        ]
        for i, found in enumerate(value[:_RECORDS])
    ]
    listing = _records("What was found", ("label", "score", "corners in pixels"), rows, len(value))
    image = _about(about, "image")
    if image is None or not value:
        return listing
    words = ", ".join(f"{i + 1} {one_line(found.label)}" for i, found in enumerate(value[:_RECORDS]))
    return picture(with_boxes(image, value), f"{name}: {words}", room - len(listing)) + listing


def _masks(value: Sequence[Mask], name: str, about: Resource | None, room: int) -> str:
    rows = [
        [
            f"{_swatch(i)} {escape(cut(one_line(m.label), 60) or 'region')}",
            escape(percent(m.score)),
            escape(percent(_covered(m.mask))),
        ]
        for i, m in enumerate(value[:_RECORDS])
    ]
    listing = _records("Regions", ("region", "score", "of the picture"), rows, len(value))
    if not value:
        return listing
    words = ", ".join(one_line(m.label) or "region" for m in value[:_RECORDS])
    return picture(with_masks(value, _about(about, "image")), f"{name}: {words}", room - len(listing)) + listing


def _covered(mask: Image) -> float:
    """The part of a picture that a mask covers."""
    histogram = mask.convert("L").histogram()
    return sum(histogram[128:]) / max(1, sum(histogram))


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
        if not done <= token.start < token.end <= min(len(text), longest) or len(said) > 200:
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
    """What the findings are about, if it is of that kind and at hand."""
    if about is None or about.kind != kind or isinstance(about.value, Missing | Unread):
        return None
    return about.value
