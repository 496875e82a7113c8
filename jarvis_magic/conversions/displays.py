"""Objects of the notebook: what ``IPython.display``, ipywidgets and matplotlib show, by their looks, without importing them."""

from __future__ import annotations

import base64
import binascii
import io
from typing import TYPE_CHECKING, Any

from ..errors import ConversionError
from ..formats import kind_of_suffix
from .pillow import check_pixels, image_of_bytes

if TYPE_CHECKING:
    from PIL.Image import Image


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


def is_figure(value: object) -> bool:
    """Whether a value is a matplotlib figure, or belongs to one, as Axes and seaborn's grids do."""
    if hasattr(value, "savefig") and hasattr(value, "get_size_inches"):
        return True
    return type(value).__module__.partition(".")[0] in ("matplotlib", "seaborn") and _figure(value) is not None


def _figure(value: Any) -> Any:
    return value if hasattr(value, "get_size_inches") else getattr(value, "figure", None)


def image_of_figure(value: Any) -> Image:
    """The picture of a matplotlib figure, as its ``savefig`` draws it.

    Raises
    ------
    ConversionError
        If it is too large.
    """
    figure = _figure(value)
    width, height = (round(side * figure.dpi) for side in figure.get_size_inches())
    check_pixels(width, height)
    file = io.BytesIO()
    figure.savefig(file, format="png", dpi=figure.dpi, bbox_inches="tight")
    return image_of_bytes(file.getvalue())


def media_of_dict(entry: Any) -> Any | None:
    """What an object of a data set or an upload stands for: bytes, a path, or samples with their rate.

    ``{"bytes", "path"}`` and ``{"array", "sampling_rate"}`` are how the datasets library writes media, and ``{"name",
    "type", "content"}`` how an upload widget does. ``None`` for any other object.
    """
    keys = {key for key in entry if isinstance(key, str)}
    if keys and keys <= {"bytes", "path"} and entry.get("bytes") is not None:
        return bytes(entry["bytes"])
    if keys == {"bytes", "path"} and isinstance(entry["path"], str) and kind_of_suffix(_suffix(entry["path"])):
        return entry["path"]
    if "sampling_rate" in keys and keys <= {"array", "raw", "audio", "path", "sampling_rate"}:
        samples = next((entry[key] for key in ("array", "raw", "audio") if entry.get(key) is not None), None)
        return None if samples is None else (entry["sampling_rate"], samples)
    if {"name", "type", "content"} <= keys and isinstance(entry["content"], bytes | memoryview):
        return bytes(entry["content"])
    return None


def _suffix(path: str) -> str:
    return path[path.rfind(".") :] if "." in path else ""
