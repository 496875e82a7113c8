"""Objects of the notebook: what ``IPython.display``, ipywidgets and others show, by their looks, without importing them."""

from __future__ import annotations

import base64
import binascii
from typing import Any

from ..errors import ConversionError


def is_display(value: object) -> bool:
    """Whether a value is an ``IPython.display`` or ipywidgets Image, Audio or Video, or a kind of one."""
    return any(
        base.__name__ in ("Image", "Audio", "Video") and base.__module__.partition(".")[0] in ("IPython", "ipywidgets")
        for base in type(value).__mro__
    )


def shown(value: Any) -> bytes | str:
    """What such an object shows: its bytes, or the path or URL it was made with.

    Raises
    ------
    ConversionError
        If it shows nothing.
    """
    data = getattr(value, "data", None) if hasattr(value, "data") else getattr(value, "value", None)
    if isinstance(data, bytes | bytearray | memoryview) and len(data):
        return bytes(data)
    if isinstance(data, str) and data:
        return _of_base64(data)
    named = getattr(value, "filename", None) or getattr(value, "url", None)
    if not named:
        msg = f"The {type(value).__name__} shows nothing."
        raise ConversionError(msg)
    return str(named)


def _of_base64(data: str) -> bytes:
    """Embedded data; ``IPython.display.Video`` keeps it as base64."""
    try:
        return base64.b64decode(data, validate=True)
    except (binascii.Error, ValueError) as error:
        msg = "The object's data is neither bytes nor base64."
        raise ConversionError(msg) from error


def shows_picture(value: object) -> bool:
    """Whether a notebook would show a value as a picture, as those of graphviz or a plotting library."""
    return hasattr(value, "_repr_png_") or hasattr(value, "_repr_jpeg_")


def picture_shown(value: Any) -> bytes:
    """The bytes of the picture that a notebook would show.

    Raises
    ------
    ConversionError
        If it shows none after all.
    """
    for name in ("_repr_png_", "_repr_jpeg_"):
        found = getattr(value, name)() if hasattr(value, name) else None
        found = found[0] if isinstance(found, tuple) else found
        if isinstance(found, str):
            found = _of_base64(found)
        if isinstance(found, bytes):
            return found
    msg = f"The {type(value).__name__} shows no picture."
    raise ConversionError(msg)
