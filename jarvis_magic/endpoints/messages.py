"""What a chat model is shown of the values of a task: their words, and their pictures."""

from __future__ import annotations

import base64
from collections.abc import Iterator, Mapping
from typing import Any

from jarvis_magic.conversions import image_png

LARGEST_SIDE = 1280
"""Pictures are sent no larger than this, in pixels."""


def words(values: Mapping[str, Any]) -> str:
    """Return what the user message says: the text, or the question with what it is about."""
    if "question" in values:
        context = f"\n\nContext:\n{values['context']}" if "context" in values else ""
        return f"Question: {values['question']}{context}"
    return str(values.get("text", "The picture:"))


def pictures(values: Mapping[str, Any]) -> Iterator[str]:
    """Yield the pictures among the values, as data URLs."""
    for picture in values.get("images") or [values[port] for port in ("image",) if port in values]:
        shown = picture.copy()
        shown.thumbnail((LARGEST_SIDE, LARGEST_SIDE))
        yield f"data:image/png;base64,{base64.b64encode(image_png(shown)).decode()}"
