"""Pictures of every mode as plain RGB, for experts that know nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jarvis_magic.errors import EndpointRejected

if TYPE_CHECKING:
    from PIL.Image import Image

_DEEP_MODES = ("I", "F")  # and "I;16" with its byte orders: more than 8 bits a channel
_TRANSPARENT_MODES = ("RGBA", "LA", "PA", "RGBa", "La")


def as_rgb(image: Image) -> Image:
    """Return a picture of any mode as RGB: transparency on white, deep greys scaled to 8 bits.

    Raises
    ------
    EndpointRejected
        If the picture has no pixels.
    """
    if not image.width or not image.height:
        msg = f"The picture has no pixels: it is {image.width} by {image.height}."
        raise EndpointRejected(msg)
    if image.mode in _DEEP_MODES or image.mode.startswith("I;"):
        return _scaled_to_8_bits(image).convert("RGB")
    if has_transparency(image):
        return on_white(image)
    return image.convert("RGB")


def has_transparency(image: Image) -> bool:
    """Whether any pixel may be see-through."""
    return image.mode in _TRANSPARENT_MODES or "transparency" in image.info


def on_white(image: Image) -> Image:
    """Lay a see-through picture on white."""
    from PIL import Image as Images

    layer = image.convert("RGBA")
    return Images.alpha_composite(Images.new("RGBA", layer.size, "white"), layer).convert("RGB")


def _scaled_to_8_bits(image: Image) -> Image:
    """Greys of 16 bits by their range; others by what they look like: up to 1, up to 255, or by the largest."""
    import numpy as np
    from PIL import Image as Images

    values = np.nan_to_num(np.asarray(image, dtype=np.float64), posinf=0, neginf=0).clip(min=0)
    largest = 65535 if image.mode.startswith("I;16") else float(values.max(initial=0))
    full = 1 if largest <= 1 else 255 if largest <= 255 else max(65535, largest)
    return Images.fromarray((values / full * 255).round().astype(np.uint8))
