"""What can be said of a picture without recognising anything: its size, colours, light, sharpness, and printed text."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from .colours import colour_shares
from .loading import Knobs
from .ocr import read_rows
from .pictures import as_rgb, has_transparency

if TYPE_CHECKING:
    from PIL.Image import Image

_MOST_COLOURS, _LEAST_SHARE, _NEARLY_ALL = 4, 0.08, 0.99
_MOST_TEXT = 200  # characters
_GREY_CHROMA = 3  # the mean difference of the channels below which a picture has no colours


def describe_facts(image: Image, options: Mapping[str, object] | None = None) -> str:
    """Describe what can be measured in a picture, and the text printed in it; nothing is guessed.

    Parameters
    ----------
    image
        A picture of any mode.

    Returns
    -------
    str
        Two to four sentences.

    Raises
    ------
    EndpointRejected
        If the picture has no pixels.
    """
    Knobs(options)
    picture = as_rgb(image)
    sentences = [_shape(image, picture), _colours(picture), _text(picture)]
    return " ".join(sentence for sentence in sentences if sentence)


def _shape(image: Image, picture: Image) -> str:
    kind = "colour picture" if _has_colours(picture) else "black and white picture"
    light = _light(picture)
    manner = f", {' and '.join(light)}" if light else ""
    see_through = ", with see-through parts" if has_transparency(image) and _is_see_through(image) else ""
    return f"A {_format(picture)} {kind} of {picture.width} by {picture.height} pixels{manner}{see_through}."


def _format(picture: Image) -> str:
    ratio = picture.width / picture.height
    if 0.97 < ratio < 1.03:
        return "square"
    return "wide" if ratio > 2.2 else "landscape" if ratio > 1 else "tall" if ratio < 1 / 2.2 else "portrait"


def _has_colours(picture: Image) -> bool:
    import numpy as np

    channels = np.asarray(picture.resize((64, 64)), dtype=float)
    return float(np.ptp(channels, axis=2).mean()) >= _GREY_CHROMA


def _light(picture: Image) -> list[str]:
    """What stands out in brightness and contrast, by mean and spread of the greys from 0 to 255."""
    from PIL import ImageStat

    greys = ImageStat.Stat(picture.convert("L"))
    mean, spread = greys.mean[0], greys.stddev[0]
    bright = (
        "very dark"
        if mean < 40
        else "dark"
        if mean < 85
        else "very bright"
        if mean > 225
        else "bright"
        if mean > 175
        else ""
    )
    contrast = "low in contrast" if spread < 25 else "high in contrast" if spread > 85 else ""
    return [word for word in (bright, contrast) if word]


def _is_see_through(image: Image) -> bool:
    return image.convert("RGBA").getchannel("A").histogram()[255] < image.width * image.height


def _colours(picture: Image) -> str:
    shares = list(colour_shares(picture).items())
    shown = [f"{name} ({share:.0%})" for name, share in shares[:_MOST_COLOURS] if share >= _LEAST_SHARE]
    if not shown:
        return "No colour prevails."
    if shares[0][1] > _NEARLY_ALL:
        return f"It is {shares[0][0]} all over."
    return f"Its main colour is {shown[0]}." if len(shown) == 1 else f"Its main colours are {_listed(shown)}."


def _text(picture: Image) -> str:
    text = " ".join(box.label for row in read_rows(picture) for box in row)
    if not text:
        return "No printed text was found in it."
    return (
        f'It has the text "{text}".'
        if len(text) <= _MOST_TEXT
        else f'It has a text that begins "{text[:_MOST_TEXT].rstrip()}…".'
    )


def _listed(words: list[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"
