"""Pictures: Pillow images of every mode, and the bytes of picture files."""

from __future__ import annotations

import io
import re
import struct
from typing import TYPE_CHECKING, Any, cast

from ..errors import ConversionError

if TYPE_CHECKING:
    from PIL.Image import Image

_FORMATS = ("PNG", "JPEG", "GIF", "WEBP", "BMP", "TIFF", "AVIF", "ICO", "PPM", "JPEG2000")
_ORIENTATION = 0x0112
_KEPT_MODES = frozenset({"1", "L", "RGB", "RGBA"})

# What Pillow's decoders raise on broken files.
_BROKEN = (
    OSError,
    SyntaxError,
    ValueError,
    TypeError,
    LookupError,
    EOFError,
    ArithmeticError,
    RuntimeError,
    struct.error,
)


def image_of_bytes(data: bytes) -> Image:
    """Decode a picture file.

    Raises
    ------
    ConversionError
        If it is broken, or has too many pixels (`PIL.Image.MAX_IMAGE_PIXELS`).
    """
    import PIL.Image

    try:
        image = PIL.Image.open(io.BytesIO(data), formats=_FORMATS)
    except PIL.Image.DecompressionBombError as error:
        raise ConversionError(_too_large(str(error))) from error
    except _BROKEN as error:
        msg = f"The picture is damaged, or of a format that Pillow does not read ({_said(error)})."
        raise ConversionError(msg) from error
    return upright(image)


def upright(image: Image) -> Image:
    """Return a picture as tasks take it: decoded, turned as its EXIF orientation says, in mode 1, L, RGB or RGBA.

    Raises
    ------
    ConversionError
        If it is empty, broken, or has too many pixels.
    """
    import PIL.ImageOps

    check_pixels(*image.size)
    try:
        image.load()
        if image.getexif().get(_ORIENTATION, 1) != 1:
            image = PIL.ImageOps.exif_transpose(image)
        return image if image.mode in _KEPT_MODES else _in_kept_mode(image)
    except _BROKEN as error:
        msg = f"The picture is damaged: it cannot be decoded ({_said(error)})."
        raise ConversionError(msg) from error


def check_pixels(width: int, height: int) -> None:
    """Check a picture's size before it is decoded or made.

    Raises
    ------
    ConversionError
        If it has no pixels, or more than `PIL.Image.MAX_IMAGE_PIXELS`.
    """
    import PIL.Image

    if width < 1 or height < 1:
        msg = f"The picture has no pixels (it is {width}×{height})."
        raise ConversionError(msg)
    most = PIL.Image.MAX_IMAGE_PIXELS
    if most is not None and width * height > most:
        raise ConversionError(_too_large(f"it has {width}×{height} pixels"))


def _too_large(how: str) -> str:
    import PIL.Image

    most = PIL.Image.MAX_IMAGE_PIXELS or 0
    return (
        f"The picture is too large ({how}): at most {most / 1e6:.0f} million pixels are decoded; "
        "make it smaller, or raise `PIL.Image.MAX_IMAGE_PIXELS`."
    )


def _in_kept_mode(image: Image) -> Image:
    if image.mode in ("LA", "La", "PA", "RGBa") or "transparency" in image.info:
        return image.convert("RGBA")
    if image.mode.startswith("I") or image.mode == "F":
        from .arrays import image_of_array

        return image_of_array(cast("Any", image))
    return image.convert("RGB")


def _said(error: BaseException) -> str:
    """What a library said, in a line, without the place in memory of the file it was given."""
    said = re.sub(r"\s*<[\w.]+ object at 0x[0-9a-f]+>", " it", str(error))
    return said.splitlines()[0][:120] if said else type(error).__name__


def image_png(image: Image) -> bytes:
    """The picture as a PNG file, as experts take it over a wire."""
    file = io.BytesIO()
    image.save(file, "PNG")
    return file.getvalue()
