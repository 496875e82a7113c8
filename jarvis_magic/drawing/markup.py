"""The few pieces of HTML everything is built of.

Made to pass JupyterLab's sanitizer for untrusted notebooks: only tags and inline styles it keeps, no stylesheet, no
script, no inline SVG, no address outside. Words take the page's own colour, lines and grounds are translucent grey, and
what has a colour of its own brings its own ground, so that everything is legible on any theme without knowing it.

An argument called ``inner`` or ``html`` is markup; every other text is escaped here.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

from .palette import State
from .words import count, cut, escape, one_line

LINE = "rgba(128,128,128,0.35)"
GROUND = "rgba(128,128,128,0.1)"
_FAINT = "opacity:0.75;font-size:12px"
_CELL = f"padding:4px 10px;text-align:left;vertical-align:top;border-bottom:1px solid {LINE}"
_SHORT = 14
"""Characters of a cell that stays on one line."""


def box(inner: str, style: str = "") -> str:
    """A block."""
    return f'<div style="{style}">{inner}</div>' if style else f"<div>{inner}</div>"


def faint(text: object) -> str:
    """Words of less weight."""
    return f'<span style="opacity:0.75">{escape(text)}</span>'


def small(text: object) -> str:
    """A line of less weight, below something."""
    return f'<div style="{_FAINT};margin-top:4px">{escape(text)}</div>'


def code(text: object) -> str:
    """A name as it is typed."""
    return f'<code style="background-color:{GROUND};padding:1px 4px;border-radius:4px">{escape(text)}</code>'


def unbroken(inner: str) -> str:
    """Words that stay on one line."""
    return f'<span style="white-space:nowrap">{inner}</span>'


def sentence(text: object) -> str:
    """A sentence, in which what stands between backquotes is code."""
    pieces = one_line(text).split("`")
    if len(pieces) % 2 == 0:
        return escape("`".join(pieces))
    return "".join(code(piece) if i % 2 else escape(piece) for i, piece in enumerate(pieces))


def chip(state: State, words: str) -> str:
    """A state: mark and words on a ground of their own."""
    ink, ground = state.light
    return (
        f'<span style="display:inline-block;background-color:{ground};color:{ink};border-radius:9px;padding:0 8px;'
        f'font-size:12px;line-height:18px;white-space:nowrap">{state.mark} {escape(words)}</span>'
    )


def mark(text: object, label: str = "") -> str:
    """A stretch of a text that stands out, with what it is."""
    said = f'<span style="font-size:10px;margin-left:4px">{escape(label)}</span>' if label else ""
    return f'<mark style="background-color:#fff3bf;color:#1f2328;border-radius:3px;padding:0 2px">{escape(text)}{said}</mark>'


def heading(text: str) -> str:
    """A heading within an output; a paragraph, so that it stays out of the notebook's table of contents."""
    return f'<p style="font-weight:600;margin:14px 0 6px 0">{escape(text)}</p>'


def prose(text: str, longest: int = 4000) -> str:
    """A text as it is, lines kept, cut after `longest` characters with a line that says so."""
    rest = len(text) - longest
    said = (
        f'<div style="white-space:pre-wrap;overflow-wrap:break-word;max-height:320px;overflow-y:auto">'
        f"{escape(cut(text, longest))}</div>"
    )
    return said + (small(f"and {count(rest, 'more character')}") if rest > 0 else "")


def pre(text: str, longest: int = 4000) -> str:
    """Code or data, lines kept."""
    return (
        f'<pre style="background-color:{GROUND};padding:8px 10px;border-radius:6px;font-size:12px;max-height:320px;'
        f'overflow:auto;margin:4px 0">{escape(cut(text, longest))}</pre>'
    )


def bullets(items: Iterable[str]) -> str:
    """A list of pieces of markup."""
    return "".join(
        ['<ul style="margin:4px 0;padding-left:20px">', *(f'<li style="margin:2px 0">{i}</li>' for i in items), "</ul>"]
    )


def table(caption: str, head: Sequence[str], rows: Iterable[Sequence[str]], *, row_heads: bool = True) -> str:
    """A table; the cells of `rows` are markup.

    Its caption is a figure's: JupyterLab gives a ``<caption>`` a colour that is not legible on its dark theme.

    Parameters
    ----------
    caption
        What the table shows, above it.
    head
        The names of its columns.
    rows
        Its cells; the first of each row is its heading if `row_heads`.
    """
    columns = "".join(f'<th scope="col" style="{_style(name)};font-weight:600">{escape(name)}</th>' for name in head)
    body = "".join(f"<tr>{_cells(row, row_heads=row_heads)}</tr>" for row in rows)
    return (
        f'<figure style="margin:4px 0;overflow-x:auto"><figcaption style="{_FAINT}">{sentence(caption)}</figcaption>'
        '<table style="border-collapse:collapse;font-size:13px;margin:2px 0">'
        f"<thead><tr>{columns}</tr></thead><tbody>{body}</tbody></table></figure>"
    )


def _cells(row: Sequence[str], *, row_heads: bool) -> str:
    first = f'<th scope="row" style="{_style(row[0])};font-weight:normal">{row[0]}</th>' if row and row_heads else ""
    return first + "".join(f'<td style="{_style(cell)}">{cell}</td>' for cell in row[bool(first) :])


def _style(cell: str) -> str:
    """A short cell stays on one line: "2 min 4 s"."""
    return f"{_CELL};white-space:{'nowrap' if len(cell) <= _SHORT else 'normal'}"


def details(summary: str, html: str, *, is_open: bool = False) -> str:
    """Something folded away behind a line."""
    opened = ' open="open"' if is_open else ""
    return (
        f'<details{opened} style="margin:8px 0"><summary style="cursor:pointer">{escape(summary)}</summary>'
        f"{html}</details>"
    )


def bar(start: float, part: float, colour: str) -> str:
    """A bar from `start` over `part` of a track, both in [0, 1]."""
    part = part if math.isfinite(part) else 0
    left, width = 100 * min(max(start, 0), 0.99), 100 * min(max(part, 0.01), 1)
    return (
        f'<div style="background-color:{GROUND};width:120px;height:8px;border-radius:4px;margin-top:6px">'
        f'<div style="margin-left:{left:.1f}%;width:{min(width, 100 - left):.1f}%;height:8px;border-radius:4px;'
        f'background-color:{colour}"></div></div>'
    )


def image(source: str, alt: str, style: str = "") -> str:
    """A picture from a data URI."""
    return f'<img src="{escape(source)}" alt="{escape(alt)}" style="max-width:100%;{style}">'
