"""Regions of a picture by colour, named by colour and place: Felzenszwalb's graph segmentation from scikit-image."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from jarvis_magic.kinds import Mask

from .colours import as_lab, colour_name
from .loading import Knobs
from .pictures import as_rgb

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from PIL.Image import Image

_GRID = 320  # pixels of the longer side that are looked at
_LEAST_SHARE = 0.01  # of the picture that a region has
_THICK = 5  # pixels
_COARSENESS = 300  # Felzenszwalb's scale: how different neighbours must be to stay apart


def find_regions(image: Image, options: Mapping[str, object] | None = None) -> list[Mask]:
    """Divide a picture into regions of one colour or pattern of colours.

    Parameters
    ----------
    image
        A picture of any mode.
    options
        ``most``: how many regions at most, 30 if left out.

    Returns
    -------
    list of Mask
        Largest first, labelled by colour and place such as ``"light blue, top"``; the score is the share of the
        picture. Masks have the size of the picture and do not overlap.

    Raises
    ------
    EndpointRejected
        If the picture has no pixels.
    """
    import numpy as np

    most = Knobs(options, "most").whole("most", 30, 1, 200)
    picture = as_rgb(image)
    small = picture.copy()
    small.thumbnail((_GRID, _GRID))
    regions, lab = _regions(small), as_lab(small)
    sizes = np.bincount(regions.ravel())
    largest = [n for n in np.argsort(-sizes, kind="stable") if sizes[n]][:most]
    return [_mask(regions == n, lab, picture.size) for n in largest]


def _regions(picture: Image) -> NDArray[np.int64]:
    """Number the pixels by region."""
    import numpy as np
    from skimage.segmentation import felzenszwalb

    smallest = max(2, round(picture.width * picture.height * _LEAST_SHARE))
    regions: NDArray[np.int64] = felzenszwalb(np.asarray(picture), scale=_COARSENESS, sigma=1.0, min_size=smallest)
    return _without_rims(regions)


def _without_rims(regions: NDArray[np.int64]) -> NDArray[np.int64]:
    """Give regions that are nowhere thick, such as the blur between two colours, to their neighbours."""
    import numpy as np
    from scipy.ndimage import maximum_filter, minimum_filter
    from skimage.segmentation import expand_labels

    inside = minimum_filter(regions, _THICK) == maximum_filter(regions, _THICK)
    thick = np.isin(regions, regions[inside])
    if not thick.any():
        return regions
    kept = np.where(thick, regions + 1, 0)
    grown: NDArray[np.int64] = expand_labels(kept, distance=max(regions.shape))  # type: ignore[no-untyped-call]  # typed in part
    return grown - 1


def _mask(inside: NDArray[np.bool_], lab: NDArray[np.float64], size: tuple[int, int]) -> Mask:
    import numpy as np
    from PIL import Image as Images
    from PIL.Image import Resampling

    label = f"{colour_name(np.median(lab[inside], axis=0))}, {_place(inside)}"
    mask = Images.fromarray(inside.astype(np.uint8) * 255).resize(size, Resampling.NEAREST)
    return Mask(label, round(float(inside.mean()), 4), mask)


def _place(inside: NDArray[np.bool_]) -> str:
    """Where the middle of a region is: "top left", "left", "centre"…; "all over" if it reaches every side."""
    import numpy as np

    ys, xs = np.nonzero(inside)
    height, width = inside.shape
    if min(xs) == min(ys) == 0 and max(xs) == width - 1 and max(ys) == height - 1:
        return "all over" if inside.mean() > 0.9 else "around"
    down = _third(ys.mean() / height, "top", "bottom")
    across = _third(xs.mean() / width, "left", "right")
    return " ".join(word for word in (down, across) if word) or "centre"


def _third(position: float, low: str, high: str) -> str:
    return low if position < 0.36 else high if position > 0.64 else ""
