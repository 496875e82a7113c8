"""Pictures as small data URIs: thumbnails, boxes and masks drawn on them, sheets of a video's frames."""

from __future__ import annotations

import base64
import io
import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from ..kinds import Box, Mask
from .palette import ON_PICTURES
from .words import one_line

if TYPE_CHECKING:
    from PIL.Image import Image
    from PIL.ImageDraw import ImageDraw

_SIDES = (480, 360, 256, 160, 96, 48)
_FEW_COLOURS = 64
_MOST_DRAWN = 40


def thumbnail_uri(image: Image, room: int, side: int = _SIDES[0]) -> str | None:
    """A picture, no side longer than `side`, as a data URI of at most `room` characters; ``None`` if none is so small."""
    for longest in _SIDES:
        if longest > side or 0 in image.size:
            continue
        data, mime = _encoded(shrunk(image, longest))
        uri = f"data:image/{mime};base64,{base64.b64encode(data).decode()}"
        if len(uri) <= room:
            return uri
    return None


def shrunk(image: Image, side: int) -> Image:
    """A copy for the screen, RGB or RGBA, no side longer than `side` (nor enlarged)."""
    from PIL import Image as Pillow

    scale = min(1.0, side / max(image.size))
    size = max(1, round(image.width * scale)), max(1, round(image.height * scale))
    screen = _for_screen(image)
    return screen if size == screen.size else screen.resize(size, Pillow.Resampling.LANCZOS, reducing_gap=2.0)


def _for_screen(image: Image) -> Image:
    if image.mode in ("RGB", "RGBA"):
        return image
    if image.mode.startswith(("I", "F")):
        return _stretched(image)
    has_alpha = image.mode in ("LA", "PA", "La", "RGBa") or "transparency" in image.info
    return image.convert("RGBA" if has_alpha else "RGB")


def _stretched(image: Image) -> Image:
    """A picture of deep numbers (a depth map), from its least to its greatest as black to white."""
    import numpy as np
    from PIL import Image as Pillow

    deep = np.nan_to_num(np.asarray(image, dtype=np.float64))
    least, greatest = float(deep.min()), float(deep.max())
    grey = (deep - least) * (255 / (greatest - least) if greatest > least else 0)
    return Pillow.fromarray(grey.astype(np.uint8)).convert("RGB")


def _encoded(image: Image) -> tuple[bytes, str]:
    """PNG where there is transparency or there are few colours (drawings, screens), else JPEG."""
    file = io.BytesIO()
    if image.mode == "RGBA" or image.getcolors(_FEW_COLOURS) is not None:
        image.save(file, "PNG", optimize=True)
        return file.getvalue(), "png"
    image.save(file, "JPEG", quality=80)
    return file.getvalue(), "jpeg"


def with_boxes(image: Image, boxes: Sequence[Box], side: int = _SIDES[0]) -> Image:
    """A small copy with numbered frames at `boxes`."""
    from PIL import ImageDraw

    small = shrunk(image, side).convert("RGB")
    scale, draw = small.width / image.width, ImageDraw.Draw(small)
    for number, found in enumerate(boxes[:_MOST_DRAWN]):
        corners = [scale * corner for corner in (found.xmin, found.ymin, found.xmax, found.ymax)]
        if all(map(math.isfinite, corners)):
            _frame(draw, corners, number)
    return small


def _frame(draw: ImageDraw, corners: Sequence[float], number: int) -> None:
    width, height = draw.im.size
    left, right = sorted(min(max(x, 1), width - 2) for x in (corners[0], corners[2]))
    top, bottom = sorted(min(max(y, 1), height - 2) for y in (corners[1], corners[3]))
    colour, words = ON_PICTURES[number % len(ON_PICTURES)], str(number + 1)
    draw.rectangle((left - 1, top - 1, right + 1, bottom + 1), outline="black", width=1)
    draw.rectangle((left, top, right, bottom), outline=colour, width=2)
    draw.rectangle((left, top, left + 6 + 9 * len(words), top + 18), fill=colour)
    draw.text((left + 4, top), words, fill="black", font_size=15)


def with_masks(masks: Sequence[Mask], image: Image | None = None, side: int = _SIDES[0]) -> Image:
    """A small picture with each mask as a colour over `image`, or over grey."""
    from PIL import Image as Pillow

    small = shrunk(masks[0].mask if image is None else image, side).convert("RGB")
    if image is None:
        small = Pillow.new("RGB", small.size, "#868e96")
    for number, found in enumerate(masks[:_MOST_DRAWN]):
        veil = (
            found.mask.convert("L")
            .resize(small.size, reducing_gap=2.0)
            .point([round(grey * 0.6) for grey in range(256)])
        )
        small.paste(Pillow.new("RGB", small.size, ON_PICTURES[number % len(ON_PICTURES)]), mask=veil)
    return small


def sheet(frames: Sequence[Image], across: int = 3, side: int = 200) -> Image:
    """Frames beside and below each other, as one picture."""
    from PIL import Image as Pillow

    small = [shrunk(frame, side).convert("RGB") for frame in frames]
    width, height = small[0].size
    rows = -(-len(small) // across)
    whole = Pillow.new("RGB", (min(across, len(small)) * (width + 4) - 4, rows * (height + 4) - 4), "#868e96")
    for number, frame in enumerate(small):
        whole.paste(frame, ((number % across) * (width + 4), (number // across) * (height + 4)))
    return whole


def size_words(image: Image) -> str:
    """``"640 × 480 pixels"``."""
    return one_line(f"{image.width:,} × {image.height:,} pixels")
