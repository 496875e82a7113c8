"""Edge maps by Canny's method, from scikit-image: white lines on black, as control pictures for generation have them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from .loading import Knobs
from .pictures import as_rgb

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from PIL.Image import Image

_SMALLEST = 3  # pixels of a side


def find_edges(image: Image, options: Mapping[str, object] | None = None) -> Image:
    """Draw the edges in a picture as thin white lines on black.

    Parameters
    ----------
    image
        A picture of any mode.
    options
        ``smoothing``: the spread of the blur before in pixels, 2 if left out; more of it leaves fewer edges.

    Returns
    -------
    PIL.Image.Image
        Of mode RGB and the same size.

    Raises
    ------
    EndpointRejected
        If the picture has no pixels.
    """
    import numpy as np
    from PIL import Image as Images
    from skimage.feature import canny

    smoothing = Knobs(options, "smoothing").number("smoothing", 2.0, 0.1, 20)
    grey = np.asarray(as_rgb(image).convert("L"), dtype=np.float64) / 255
    if min(grey.shape) < _SMALLEST:
        return Images.new("RGB", image.size)
    edges: NDArray[np.bool_] = canny(  # type: ignore[no-untyped-call]  # scikit-image is typed in part
        grey, sigma=smoothing, low_threshold=0.05, high_threshold=0.12
    )
    return Images.fromarray(edges.astype(np.uint8) * 255).convert("RGB")
