"""Names of colours, and how much of a picture has each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .loading import Loaded

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from PIL.Image import Image
    from scipy.spatial import KDTree

# A name may have several shades; a colour has the name of the shade nearest to it as the eye sees it (CIE L*a*b*).
NAMED_COLOURS: dict[str, tuple[str, ...]] = {
    "black": ("#000000", "#141414"),
    "dark grey": ("#3c3c3c", "#505050"),
    "grey": ("#808080", "#969696"),
    "light grey": ("#c0c0c0", "#d6d6d6"),
    "white": ("#ffffff", "#f2f2f2"),
    "red": ("#ff0000", "#dc143c", "#cc2222"),
    "dark red": ("#8b0000", "#6e1020"),
    "pink": ("#ffc0cb", "#ff69b4", "#f4a6b8"),
    "orange": ("#ffa500", "#ff7f24", "#e8751a"),
    "brown": ("#8b4513", "#6b4423", "#a0693c"),
    "dark brown": ("#3d2314", "#4a2c17"),
    "beige": ("#f5deb3", "#d2b48c", "#e6d5b8"),
    "yellow": ("#ffff00", "#ffd700", "#f0e040"),
    "olive": ("#808000", "#6b6b2f"),
    "green": ("#008000", "#2e8b57", "#32b432"),
    "light green": ("#90ee90", "#7cfc00", "#9acd6a"),
    "dark green": ("#00400a", "#1f3d1f"),
    "turquoise": ("#40e0d0", "#00c8c8", "#008b8b"),
    "light blue": ("#add8e6", "#87ceeb", "#9fc5e8"),
    "blue": ("#0000ff", "#1e90ff", "#2f5fc4"),
    "dark blue": ("#000080", "#1b2a4d"),
    "purple": ("#800080", "#8a2be2", "#6a3d9a"),
    "magenta": ("#ff00ff", "#c71585"),
}
_NAMES = tuple(name for name, shades in NAMED_COLOURS.items() for _ in shades)
_GRID = 128  # pixels of the longer side that are looked at


def colour_shares(image: Image) -> dict[str, float]:
    """Return how much of an RGB picture has each named colour, most first; the shares sum to 1."""
    import numpy as np

    small = image.copy()
    small.thumbnail((_GRID, _GRID))
    counts = np.bincount(_nearest(as_lab(small).reshape(-1, 3)), minlength=len(_NAMES))
    shares: dict[str, float] = {}
    for name, count in zip(_NAMES, counts, strict=True):
        shares[name] = shares.get(name, 0.0) + float(count / counts.sum())
    return {name: share for name, share in sorted(shares.items(), key=lambda pair: -pair[1]) if share}


def colour_name(lab: NDArray[np.float64]) -> str:
    """Return the name of one colour, given as L*, a*, b*."""
    return _NAMES[int(_nearest(lab.reshape(1, 3))[0])]


def as_lab(image: Image) -> NDArray[np.float64]:
    """Return an RGB picture as L*, a*, b* values of shape (height, width, 3)."""
    import numpy as np
    from skimage.color import rgb2lab

    lab: NDArray[np.float64] = rgb2lab(np.asarray(image))
    return lab


def _nearest(lab: NDArray[np.float64]) -> NDArray[np.int64]:
    indices: NDArray[np.int64] = _shades().query(lab)[1]
    return indices


def _load() -> KDTree:
    import numpy as np
    from PIL import ImageColor
    from scipy.spatial import KDTree
    from skimage.color import rgb2lab

    shades = [ImageColor.getrgb(shade) for shades in NAMED_COLOURS.values() for shade in shades]
    return KDTree(rgb2lab(np.array([shades], dtype=np.uint8))[0])


_shades = Loaded(_load)
