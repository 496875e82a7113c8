"""Printed text in pictures, by RapidOCR, whose PP-OCR models are in its wheel and run on ONNX Runtime."""

from __future__ import annotations

import statistics
import threading
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, cast

from jarvis_magic.kinds import Box, WithNotes

from .loading import Knobs, Loaded
from .pictures import as_rgb

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from PIL.Image import Image
    from rapidocr import RapidOCR
    from rapidocr.utils.output import RapidOCROutput

_SURE, _SURE_OF_A_LETTER = 0.6, 0.9
_SHORTEST_SIDE, _USUAL_SIDE, _LONGEST_SIDE = 64, 1000, 2400  # pixels
_LARGEST_SCALE = 2.0
_TWO_COLUMNS = 2 * 3  # boxes
_PROSE = 8  # widths of its height that a line of prose has at least


def _load() -> RapidOCR:
    from rapidocr import RapidOCR

    quiet = {"Global.log_level": "critical", "Global.text_score": _SURE}
    as_given = {
        "Det.limit_type": "max",
        "Det.limit_side_len": 2 * _LONGEST_SIDE,
        "Global.max_side_len": 2 * _LONGEST_SIDE,
    }
    return RapidOCR(params=quiet | as_given)


_engine = Loaded(_load)
_turn = threading.Lock()  # an engine keeps settings of the call in itself


def read_text(image: Image, options: Mapping[str, object] | None = None) -> str | WithNotes:
    """Read the printed text in a picture, in reading order, a line for a line.

    Parameters
    ----------
    image
        A photo, a scan or a screenshot.
    options
        ``sure``: the score from 0 to 1 below which a line is dropped, 0.6 if left out.

    Returns
    -------
    str
        The text; empty, with a note, if there is none.

    Raises
    ------
    EndpointRejected
        If the picture has no pixels.
    """
    sure = Knobs(options, "sure").number("sure", _SURE, 0, 1)
    text = "\n".join(" ".join(box.label for box in row) for row in read_rows(image, sure))
    return text or WithNotes("", ("No text was found in the picture.",))


def read_rows(image: Image, sure: float = _SURE) -> list[list[Box]]:
    """Find the printed pieces of text, as rows in reading order; the label of a box is its text."""
    return _in_reading_order(_pieces(image, sure))


def _pieces(image: Image, sure: float) -> list[Box]:
    import numpy as np

    picture = as_rgb(image)
    scaled, scale = _well_scaled(picture)
    blue_green_red = np.ascontiguousarray(np.asarray(scaled)[:, :, ::-1])
    engine = _engine()
    with _turn:
        found = cast("RapidOCROutput", engine(blue_green_red, text_score=sure))
    if found.boxes is None or found.txts is None or found.scores is None:
        return []
    pieces = [
        _box(text, score, corners / scale)
        for text, score, corners in zip(found.txts, found.scores, found.boxes, strict=True)
    ]
    return [p for p in pieces if not _mistaken(p, picture)]


def _well_scaled(picture: Image) -> tuple[Image, float]:
    """Bring a picture to a size whose letters are read well, and a strip to a width; the engine's own way is slower.

    The engine enlarges by the shorter side: a small page becomes large and slow, its letters huge and worse read, and
    a strip of one pixel fills the memory.
    """
    from PIL import Image as Images
    from PIL.Image import Resampling

    longest = max(picture.size)
    scale = _LONGEST_SIDE / longest if longest > _LONGEST_SIDE else min(_LARGEST_SCALE, max(1.0, _USUAL_SIDE / longest))
    width, height = (max(1, round(side * scale)) for side in picture.size)
    scaled = picture.resize((width, height), Resampling.LANCZOS) if scale != 1 else picture
    if min(width, height) >= _SHORTEST_SIDE:
        return scaled, scale
    paper = Images.new("RGB", (max(width, _SHORTEST_SIDE), max(height, _SHORTEST_SIDE)), scaled.getpixel((0, 0)))
    paper.paste(scaled)
    return paper, scale


def _box(text: str, score: float, corners: NDArray[np.float32]) -> Box:
    (left, top), (right, bottom) = corners.min(axis=0), corners.max(axis=0)
    return Box(text.strip(), float(score), float(left), float(top), float(right), float(bottom))


def _mistaken(piece: Box, picture: Image) -> bool:
    """A round or huge thing is at times taken for a letter."""
    area = (piece.xmax - piece.xmin) * (piece.ymax - piece.ymin)
    huge = area > picture.width * picture.height / 4
    return not piece.label or (len(piece.label) <= 2 and (huge or piece.score < _SURE_OF_A_LETTER))


def _in_reading_order(boxes: Sequence[Box]) -> list[list[Box]]:
    """Rows from the top, or, where columns of prose begin, column by column."""
    rows = _rows(boxes)
    for start in range(len(rows)):
        below = [box for row in rows[start:] for box in row]
        columns = _columns_of_prose(below)
        if columns:
            return rows[:start] + [row for column in columns for row in _in_reading_order(column)]
    return rows


def _rows(boxes: Sequence[Box]) -> list[list[Box]]:
    """Boxes whose middles are at one height make a row, read from the left."""
    rows: list[list[Box]] = []
    for box in sorted(boxes, key=_middle):
        if rows and rows[-1][-1].ymin < _middle(box) < rows[-1][-1].ymax:
            rows[-1].append(box)
        else:
            rows.append([box])
    return [sorted(row, key=lambda b: b.xmin) for row in rows]


def _columns_of_prose(boxes: Sequence[Box]) -> tuple[list[Box], list[Box]] | None:
    """Left and right of a gap that no box crosses, if long lines stand on both sides (else it is a table)."""
    if len(boxes) < _TWO_COLUMNS:
        return None
    by_left = sorted(boxes, key=lambda b: b.xmin)
    for i in range(_TWO_COLUMNS // 2, len(by_left) - _TWO_COLUMNS // 2 + 1):
        left, right = by_left[:i], by_left[i:]
        if max(b.xmax for b in left) < right[0].xmin and _is_prose(left) and _is_prose(right):
            return left, right
    return None


def _is_prose(boxes: Sequence[Box]) -> bool:
    return statistics.median((b.xmax - b.xmin) / max(b.ymax - b.ymin, 1) for b in boxes) > _PROSE


def _middle(box: Box) -> float:
    return (box.ymin + box.ymax) / 2
