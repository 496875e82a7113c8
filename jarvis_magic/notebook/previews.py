"""Results as the live panel shows them: plain dicts, bounded, made by kind."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping
from typing import Any

from jarvis_magic.conversions import has_text_form, text_form
from jarvis_magic.drawing.pictures import sheet, size_words, thumbnail_uri, with_masks
from jarvis_magic.drawing.sound import audio_uri
from jarvis_magic.drawing.words import seconds
from jarvis_magic.kinds import Kind, Missing
from jarvis_magic.values import Resource

from .sound import OUTSIDE

PICTURE_ROOM = 400_000
SOUND_ROOM = 6_000_000
"""Characters of a data URI in the live panel; what stays in the saved cell is much smaller."""

_LONGEST_TEXT = 4_000
_MOST_ROWS, _MOST_COLUMNS, _MOST_ITEMS = 8, 12, 12
_SIDE = 480


def preview(resource: Resource) -> dict[str, Any]:
    """Return how a result is shown; ``form`` says as what."""
    return _shown(resource.value, resource.kind)


def _shown(value: Any, kind: Kind) -> dict[str, Any]:
    if isinstance(value, Missing):
        return {"form": "text", "text": f"nothing: {value.reason}"}
    if kind.depth:
        return _list(value, kind)
    make = _MAKERS.get(kind.base)
    if make:
        return make(value)
    return _text(text_form(value, kind)) if has_text_form(kind) else _text(repr(value))


def _list(values: Any, kind: Kind) -> dict[str, Any]:
    items = [_shown(value, kind.listed(-1)) for value in itertools.islice(values, _MOST_ITEMS)]
    note = f"the first {_MOST_ITEMS} of {len(values)}" if len(values) > _MOST_ITEMS else ""
    return {"form": "list", "items": items, "note": note}


def _text(text: str) -> dict[str, Any]:
    rest = len(text) - _LONGEST_TEXT
    return {"form": "text", "text": text[:_LONGEST_TEXT], "note": f"and {rest:,} more characters" if rest > 0 else ""}


def _picture(image: Any) -> dict[str, Any]:
    return {"form": "image", "src": thumbnail_uri(image, PICTURE_ROOM, _SIDE), "note": size_words(image)}


def _masks(masks: Any) -> dict[str, Any]:
    if not masks:
        return _text("nothing found")
    labels = ", ".join(mask.label for mask in masks[:_MOST_ITEMS])
    return {**_picture(with_masks(masks)), "note": labels}


def _audio(audio: Any) -> dict[str, Any]:
    found = audio_uri(audio, SOUND_ROOM)
    shown = {
        "form": "audio",
        "offer": f"ipyaudio's player; {OUTSIDE}",
        "note": f"{seconds(audio.duration)}, {audio.rate:,} Hz",
    }
    return (
        {**shown, "src": found[0], "cut": found[1]} if found else {**shown, "src": None, "cut": "too long to play here"}
    )


def _video(video: Any) -> dict[str, Any]:
    return {**_picture(sheet(video.frames(6))), "note": f"{seconds(video.duration)}; six of its frames"}


def _table(table: Any) -> dict[str, Any]:
    columns, rows = len(table.columns), len(table)
    cut = table.iloc[:_MOST_ROWS, :_MOST_COLUMNS]
    return {
        "form": "table",
        "columns": [str(name) for name in cut.columns],
        "rows": [[str(value) for value in row] for row in cut.itertuples(index=False, name=None)],
        "note": f"{rows:,} rows, {columns} columns",
    }


def _vector(vector: Any) -> dict[str, Any]:
    return _text(f"{len(vector)} numbers: {', '.join(f'{number:.3g}' for number in vector[:8])}, …")


_MAKERS: Mapping[str, Callable[[Any], dict[str, Any]]] = {
    "image": _picture,
    "masks": _masks,
    "audio": _audio,
    "video": _video,
    "table": _table,
    "vector": _vector,
}
