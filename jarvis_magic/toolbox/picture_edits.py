"""Picture edits from an instruction in words, by Pillow: `instructions` reads the words, this carries them out.

Colour edits leave transparency as it is. The result has the mode RGB, or RGBA if the picture is see-through.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from jarvis_magic.errors import EndpointRejected

from .instructions import read_instruction
from .loading import Knobs
from .pictures import as_rgb, has_transparency

if TYPE_CHECKING:
    from PIL.Image import Image

_MOST_PIXELS = 100_000_000


def edit_picture(image: Image, text: str, options: Mapping[str, object] | None = None) -> Image:
    """Change a picture as an instruction says, one edit after another.

    Parameters
    ----------
    image
        A picture of any mode.
    text
        Such as ``"crop to a square, make it a bit brighter and add a 10 px white border"``. Plain degrees turn
        clockwise; a size without a place is cut from the centre.

    Raises
    ------
    EndpointRejected
        If a word of the instruction is not understood, or an edit does not fit the picture.
    """
    Knobs(options)
    edits = read_instruction(text)
    picture = ready(image)
    for edit in edits:
        picture = _EDITS[edit.name](picture, **edit.values)
    return picture


def ready(image: Image) -> Image:
    """Return a picture of any mode in the one that edits work on."""
    return image.convert("RGBA") if has_transparency(image) else as_rgb(image)


# Colours ----------------------------------------------------------------------------------------------------------


def _on_colours(change: Callable[..., Image]) -> Callable[..., Image]:
    """Let a change see the colours only, and put the transparency back."""

    def changed(picture: Image, **values: object) -> Image:
        result = change(picture.convert("RGB"), **values).convert("RGB")
        if picture.mode == "RGBA":
            result.putalpha(picture.getchannel("A"))
        return result

    return changed


def _grey(picture: Image) -> Image:
    return picture.convert("L")


def _sepia(picture: Image) -> Image:
    from PIL import ImageOps

    return ImageOps.colorize(picture.convert("L"), black="#2b1a0c", mid="#a5834f", white="#fff1d0")


def _invert(picture: Image) -> Image:
    from PIL import ImageOps

    return ImageOps.invert(picture)


def _blur(picture: Image, radius: float | None, strength: float) -> Image:
    from PIL import ImageFilter

    usual = max(1.0, max(picture.size) / 150)
    return picture.filter(ImageFilter.GaussianBlur(usual * strength if radius is None else min(radius, 1000)))


def _sharpen(picture: Image, strength: float) -> Image:
    from PIL import ImageFilter

    return picture.filter(
        ImageFilter.UnsharpMask(radius=max(1.0, max(picture.size) / 500), percent=round(150 * strength))
    )


def _denoise(picture: Image) -> Image:
    from PIL import ImageFilter

    return picture.filter(ImageFilter.MedianFilter(3))


def _edges(picture: Image) -> Image:
    """How much the brightest and the darkest neighbour of each pixel differ."""
    from PIL import ImageChops, ImageFilter, ImageOps

    smooth = picture.convert("L").filter(ImageFilter.GaussianBlur(1))
    difference = ImageChops.subtract(smooth.filter(ImageFilter.MaxFilter(3)), smooth.filter(ImageFilter.MinFilter(3)))
    return ImageOps.autocontrast(difference, cutoff=(0, 1))


def _emboss(picture: Image) -> Image:
    from PIL import ImageFilter

    return picture.filter(ImageFilter.EMBOSS)


def _solarize(picture: Image) -> Image:
    from PIL import ImageOps

    return ImageOps.solarize(picture)


def _equalize(picture: Image) -> Image:
    from PIL import ImageOps

    return ImageOps.equalize(picture)


def _autocontrast(picture: Image) -> Image:
    from PIL import ImageOps

    return ImageOps.autocontrast(picture, cutoff=0.5, preserve_tone=True)


def _posterize(picture: Image, count: int) -> Image:
    """Round each channel to `count` levels from black to white."""
    if not 2 <= count <= 256:
        msg = f"A picture is posterized to 2 to 256 levels, not {count}."
        raise EndpointRejected(msg)
    levels = [round(round(value / 255 * (count - 1)) / (count - 1) * 255) for value in range(256)]
    return picture.point(levels * 3)


def _quantize(picture: Image, count: int) -> Image:
    if not 2 <= count <= 256:
        msg = f"A picture is reduced to 2 to 256 colours, not {count}."
        raise EndpointRejected(msg)
    return picture.quantize(count)


def _tone(picture: Image, quality: str, factor: float) -> Image:
    from PIL import ImageEnhance

    if quality == "warmth":
        return _warmed(picture, factor)
    enhance = {
        "brightness": ImageEnhance.Brightness,
        "contrast": ImageEnhance.Contrast,
        "saturation": ImageEnhance.Color,
    }
    return enhance[quality](picture).enhance(factor)


def _warmed(picture: Image, factor: float) -> Image:
    red = [min(255, round(v * factor)) for v in range(256)]
    blue = [min(255, round(v / factor)) if factor else v for v in range(256)]
    return picture.point([*red, *range(256), *blue])


# Shape ------------------------------------------------------------------------------------------------------------


def _pixelate(picture: Image, size: float | None, strength: float) -> Image:
    from PIL.Image import Resampling

    block = max(2, round(size or max(picture.size) / 40 * strength))
    small = (max(1, picture.width // block), max(1, picture.height // block))
    return picture.resize(small, Resampling.BOX).resize(picture.size, Resampling.NEAREST)


def _rotate(picture: Image, degrees: float) -> Image:
    from PIL.Image import Resampling, Transpose

    quarter_turns = {0.0: None, 90.0: Transpose.ROTATE_270, 180.0: Transpose.ROTATE_180, 270.0: Transpose.ROTATE_90}
    if degrees in quarter_turns:
        turn = quarter_turns[degrees]
        return picture if turn is None else picture.transpose(turn)
    background = (0, 0, 0, 0) if picture.mode == "RGBA" else "white"
    return picture.rotate(-degrees, resample=Resampling.BICUBIC, expand=True, fillcolor=background)


def _flip(picture: Image, vertically: bool, horizontally: bool) -> Image:
    from PIL import ImageOps

    picture = ImageOps.flip(picture) if vertically else picture
    return ImageOps.mirror(picture) if horizontally else picture


def _crop_ratio(picture: Image, ratio: tuple[float, float]) -> Image:
    wide, high = ratio
    if not wide or not high:
        msg = f"A picture cannot be cropped to {wide:g}:{high:g}; give a ratio such as 16:9."
        raise EndpointRejected(msg)
    unit = min(picture.width / wide, picture.height / high)
    return _crop_size(picture, max(1, round(unit * wide)), max(1, round(unit * high)), "centre")


def _crop_size(picture: Image, width: int, height: int, place: str) -> Image:
    if not (0 < width <= picture.width and 0 < height <= picture.height):
        msg = f"A piece of {width} by {height} does not fit into a picture of {picture.width} by {picture.height}; ask for a smaller one."
        raise EndpointRejected(msg)
    left = 0 if "left" in place else picture.width - width if "right" in place else (picture.width - width) // 2
    top = 0 if "top" in place else picture.height - height if "bottom" in place else (picture.height - height) // 2
    return picture.crop((left, top, left + width, top + height))


def _crop_box(picture: Image, box: tuple[int, int, int, int]) -> Image:
    left, top, right, bottom = box
    if not (0 <= left < right <= picture.width and 0 <= top < bottom <= picture.height):
        msg = (
            f"The box {box} (left, top, right, bottom) does not lie in a picture of {picture.width} by {picture.height}; "
            "give corners inside it."
        )
        raise EndpointRejected(msg)
    return picture.crop(box)


def _keep_centre(picture: Image, share: float) -> Image:
    return _crop_size(picture, max(1, round(picture.width * share)), max(1, round(picture.height * share)), "centre")


def _keep_side(picture: Image, side: str, share: float) -> Image:
    along = side in {"left", "right"}
    width = _part(picture.width, share) if along else picture.width
    height = picture.height if along else _part(picture.height, share)
    return _crop_size(picture, width, height, side)


def _cut_off(picture: Image, side: str, pixels: float | None, share: float | None) -> Image:
    width, height = picture.size
    across = round(pixels if pixels is not None else width * (share or 0))
    down = round(pixels if pixels is not None else height * (share or 0))
    left, right = (across if side in {"all", name} else 0 for name in ("left", "right"))
    top, bottom = (down if side in {"all", name} else 0 for name in ("top", "bottom"))
    if left + right >= width or top + bottom >= height:
        msg = f"Cutting that much off leaves nothing of a picture of {width} by {height}; cut less."
        raise EndpointRejected(msg)
    return picture.crop((left, top, width - right, height - bottom))


def _part(length: int, share: float) -> int:
    if not 0 < share <= 1:
        msg = f"A part of a picture is more than 0 % and at most 100 %, not {share:.0%}."
        raise EndpointRejected(msg)
    return max(1, round(length * share))


def _trim(picture: Image) -> Image:
    """Cut off margins of the top left corner's colour."""
    from PIL import Image as Images
    from PIL import ImageChops

    margin = Images.new(picture.mode, picture.size, picture.getpixel((0, 0)))
    difference = (
        ImageChops.difference(picture, margin).convert("RGB").convert("L").point(lambda value: 255 if value > 16 else 0)
    )
    return picture.crop(difference.getbbox() or (0, 0, *picture.size))


def _resize(
    picture: Image,
    width: int | None = None,
    height: int | None = None,
    longest: int | None = None,
    scale: float | None = None,
    within: tuple[int, int] | None = None,
) -> Image:
    from PIL.Image import Resampling

    if longest is not None:
        scale = longest / max(picture.size)
    elif within is not None:
        scale = min(within[0] / picture.width, within[1] / picture.height)
    elif width is not None and height is None:
        scale = width / picture.width
    elif height is not None and width is None:
        scale = height / picture.height
    size = (
        (width or 0, height or 0)
        if scale is None
        else (max(1, round(picture.width * scale)), max(1, round(picture.height * scale)))
    )
    if not all(size) or (scale is not None and scale <= 0) or size[0] * size[1] > _MOST_PIXELS:
        msg = f"A picture cannot be resized to {size[0]:,} by {size[1]:,}; ask for at least 1 by 1 and at most {_MOST_PIXELS:,} pixels."
        raise EndpointRejected(msg)
    return picture.resize(size, Resampling.LANCZOS)


def _thumbnail(picture: Image, longest: int) -> Image:
    return _resize(picture, longest=min(longest, max(picture.size)))


def _border(picture: Image, colour: str, width: int | None, strength: float) -> Image:
    from PIL import ImageOps

    border = max(1, round(max(picture.size) / 50 * strength)) if width is None else width
    if (picture.width + 2 * border) * (picture.height + 2 * border) > _MOST_PIXELS:
        msg = f"A border of {border:,} pixels is too wide; ask for a smaller one."
        raise EndpointRejected(msg)
    return ImageOps.expand(picture, border, fill=colour)


_EDITS: Mapping[str, Callable[..., Image]] = {
    "grey": _on_colours(_grey),
    "sepia": _on_colours(_sepia),
    "invert": _on_colours(_invert),
    "blur": _on_colours(_blur),
    "sharpen": _on_colours(_sharpen),
    "denoise": _on_colours(_denoise),
    "edges": _on_colours(_edges),
    "emboss": _on_colours(_emboss),
    "solarize": _on_colours(_solarize),
    "equalize": _on_colours(_equalize),
    "autocontrast": _on_colours(_autocontrast),
    "posterize": _on_colours(_posterize),
    "quantize": _on_colours(_quantize),
    "tone": _on_colours(_tone),
    "pixelate": _pixelate,
    "rotate": _rotate,
    "flip": _flip,
    "crop_ratio": _crop_ratio,
    "crop_size": _crop_size,
    "crop_box": _crop_box,
    "keep_centre": _keep_centre,
    "keep_side": _keep_side,
    "cut_off": _cut_off,
    "trim": _trim,
    "resize": _resize,
    "thumbnail": _thumbnail,
    "border": _border,
}
