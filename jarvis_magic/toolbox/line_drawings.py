"""Drawings of a picture's lines, as control pictures for generation have them: soft edges, straight lines, a scribble.

They go by changes of colour and light alone. The networks they stand beside (HED, M-LSD) were trained on what people draw
round things; these know nothing of things.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from .colours import as_lab
from .loading import Knobs
from .pictures import as_rgb

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from PIL.Image import Image

_LOOKED_AT = 1024  # pixels of the longer side; larger pictures are made smaller for it
_SCALES = (1.0, 2.0, 4.0)  # spreads of the blurs in pixels
_PLAIN = 0.04  # hundredths of CIE Lab: a change that an eye takes for one
_SMALLEST = 3  # pixels of a side


def soft_edges(image: Image, options: Mapping[str, object] | None = None) -> Image:
    """Draw where colour or light changes, the brighter the more it does.

    An edge counts as far as it is one at several scales, which leaves fine texture and noise behind.

    Parameters
    ----------
    image
        A picture of any mode.

    Returns
    -------
    PIL.Image.Image
        Of mode RGB and the same size, white on black.

    Raises
    ------
    EndpointRejected
        If the picture has no pixels.
    """
    Knobs(options)
    picture = as_rgb(image)
    return _drawn(_softness(_small(picture)), picture.size)


def straight_lines(image: Image, options: Mapping[str, object] | None = None) -> Image:
    """Draw the straight lines of a picture, such as those of buildings and rooms.

    Found by the probabilistic Hough transform among the edges of Canny's method.

    Parameters
    ----------
    image
        A picture of any mode.
    options
        ``shortest``: the shortest line, as a share of the picture's longer side, 0.1 if left out.

    Returns
    -------
    PIL.Image.Image
        Of mode RGB and the same size: thin white lines on black.

    Raises
    ------
    EndpointRejected
        If the picture has no pixels.
    """
    import numpy as np
    from PIL import Image as Images
    from PIL import ImageDraw
    from skimage.feature import canny
    from skimage.transform import probabilistic_hough_line

    shortest = Knobs(options, "shortest").number("shortest", 0.1, 0.01, 1)
    picture = as_rgb(image)
    drawing = Images.new("RGB", picture.size)
    small = _small(picture)
    if min(small.size) < _SMALLEST:
        return drawing
    edges = np.any([canny(c, sigma=2.0, low_threshold=0.03, high_threshold=0.08) for c in _channels(small)], axis=0)  # type: ignore[no-untyped-call]  # scikit-image is typed in part
    length = max(8, round(shortest * max(small.size)))
    lines = probabilistic_hough_line(edges, threshold=length // 2, line_length=length, line_gap=2, rng=0)  # type: ignore[no-untyped-call]  # as above
    across, down = picture.width / small.width, picture.height / small.height
    pen = ImageDraw.Draw(drawing)
    for line in lines:
        pen.line([(x * across, y * down) for x, y in line], fill="white", width=max(1, round(across)))
    return drawing


def scribble(image: Image, options: Mapping[str, object] | None = None) -> Image:
    """Draw a picture as a hand would in a hurry: its strongest outlines in thick strokes, nothing of the rest.

    Parameters
    ----------
    image
        A picture of any mode.

    Returns
    -------
    PIL.Image.Image
        Of mode RGB and the same size: thick white strokes on black.

    Raises
    ------
    EndpointRejected
        If the picture has no pixels.
    """
    import numpy as np
    from scipy.ndimage import binary_dilation
    from skimage.filters import apply_hysteresis_threshold
    from skimage.measure import label
    from skimage.morphology import disk, thin

    Knobs(options)
    picture = as_rgb(image)
    softness = _softness(_small(picture))
    lines: NDArray[np.bool_] = thin(apply_hysteresis_threshold(softness, 0.28, 0.5))  # type: ignore[no-untyped-call]  # scikit-image is typed in part
    strokes = label(lines, connectivity=2)  # type: ignore[no-untyped-call]  # as above
    long = np.bincount(strokes.ravel()) >= max(softness.shape) / 16
    long[0] = False  # what is no stroke
    thick = binary_dilation(long[strokes], disk(max(1, round(max(softness.shape) / 300))))  # type: ignore[no-untyped-call]  # as above
    return _drawn(thick.astype(np.float64), picture.size)


def _small(picture: Image) -> Image:
    small = picture.copy()
    small.thumbnail((_LOOKED_AT, _LOOKED_AT))
    return small


def _channels(picture: Image) -> Iterator[NDArray[np.float64]]:
    """Lightness and the two colour channels of CIE Lab, as hundredths."""
    lab = as_lab(picture)
    yield from (lab[..., channel] / 100 for channel in range(3))


def _softness(picture: Image) -> NDArray[np.float64]:
    """How much of an edge each pixel is, from 0 to 1."""
    import numpy as np
    from scipy.ndimage import gaussian_gradient_magnitude

    channels = list(_channels(picture))
    changes = [
        scale * np.max([gaussian_gradient_magnitude(channel, scale, mode="nearest") for channel in channels], axis=0)
        for scale in _SCALES
    ]
    change = np.prod(changes, axis=0) ** (1 / len(_SCALES))
    full = max(_PLAIN, float(np.quantile(change, 0.99)))
    softness: NDArray[np.float64] = (change / full).clip(0, 1)
    return softness


def _drawn(softness: NDArray[np.float64], size: tuple[int, int]) -> Image:
    import numpy as np
    from PIL import Image as Images
    from PIL.Image import Resampling

    return Images.fromarray((softness * 255).astype(np.uint8)).resize(size, Resampling.BILINEAR).convert("RGB")
