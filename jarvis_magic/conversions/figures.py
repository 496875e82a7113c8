"""Figures of matplotlib, and what belongs to one, by their looks, without importing it."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

from .pillow import check_pixels, image_of_bytes

if TYPE_CHECKING:
    from PIL.Image import Image


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
