"""NumPy arrays, and what turns into one: torch tensors and everything with ``__array__``.

An array of shape (h, w), (h, w, 1), (h, w, 3) or (h, w, 4) is a picture; a torch tensor may be (channels, h, w) too. A
one-dimensional array of numbers is a vector, of other things a list; one without dimensions is its single value.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..errors import ConversionError
from ..media import Audio
from .pillow import check_pixels

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from PIL.Image import Image

    Array = NDArray[Any]

MOST_NUMBERS = 100_000_000
"""How many numbers a vector may have."""


def is_array(value: object) -> bool:
    """Whether a value is a NumPy array or turns into one, without importing a library to find out."""
    return hasattr(type(value), "__array__") and hasattr(value, "shape") and hasattr(value, "dtype")


def array_of(value: Any) -> Array:
    """The NumPy array of an array or tensor; a torch tensor's channels come last."""
    import numpy as np

    if type(value).__module__.partition(".")[0] != "torch":
        return np.asarray(value)
    tensor = value.detach().cpu()
    if tensor.dtype.is_floating_point:
        tensor = tensor.float()  # NumPy has no bfloat16
    array: Array = tensor.numpy()
    if array.ndim == 3 and array.shape[0] in (1, 3, 4) and array.shape[-1] not in (1, 3, 4):
        return np.moveaxis(array, 0, -1)
    return array


def image_of_array(value: Any) -> Image:
    """A picture from an array of shape (h, w[, 1 or 3 or 4]): 8-bit values, floats in [0, 1] or [0, 255], or 16-bit.

    Raises
    ------
    ConversionError
        If it has another shape, or values outside these ranges.
    """
    import PIL.Image

    array = array_of(value)
    if array.ndim == 3 and array.shape[2] == 1:
        array = array[:, :, 0]
    if array.ndim not in (2, 3) or (array.ndim == 3 and array.shape[2] not in (3, 4)):
        raise ConversionError(_not_a_picture(array))
    check_pixels(array.shape[1], array.shape[0])
    return PIL.Image.fromarray(_eight_bit(array))


def _not_a_picture(array: Array) -> str:
    advice = "give shape (height, width), (height, width, 3) or (height, width, 4)"
    if array.ndim == 3 and array.shape[0] in (1, 3, 4):
        advice = "put the channels last, with `numpy.moveaxis(array, 0, -1)`"
    elif array.ndim == 4:
        advice = "give a list of pictures, with `list(array)`"
    return f"An array of shape {array.shape} is no picture; {advice}."


def _eight_bit(array: Array) -> NDArray[np.uint8]:
    import numpy as np

    if array.dtype == np.uint8:
        return np.ascontiguousarray(array)
    if array.dtype == np.bool_:
        return array.astype(np.uint8) * 255
    if array.dtype == np.uint16:
        return np.round(array / 257).astype(np.uint8)
    if array.dtype.kind not in "iuf":
        msg = f"An array of {array.dtype} is no picture; its values are numbers."
        raise ConversionError(msg)
    low, high = float(array.min()), float(array.max())
    if not (low >= 0 and high <= 255):  # also false where there is a NaN
        msg = (
            f"The array's values go from {low:g} to {high:g}, and a picture's from 0 to 1 or from 0 to 255; scale them, "
            "for example with `(a - a.min()) / (a.max() - a.min())`."
        )
        raise ConversionError(msg)
    scale = 255.0 if array.dtype.kind == "f" and high <= 1 else 1.0
    return np.round(array * scale).astype(np.uint8)


def vector_of(value: Any) -> NDArray[np.float32]:
    """A vector from a one-dimensional array or sequence of numbers; outer dimensions of length one are dropped.

    Raises
    ------
    ConversionError
        If it is no vector.
    """
    import numpy as np

    try:
        array = array_of(value) if is_array(value) else np.asarray(value)
    except (ValueError, TypeError) as error:
        msg = f"A vector is a sequence of numbers, not {type(value).__name__} ({error})."
        raise ConversionError(msg) from error
    while array.ndim > 1 and array.shape[0] == 1:
        array = array[0]
    if array.ndim != 1 or array.dtype.kind not in "iufb" or not 0 < array.size <= MOST_NUMBERS:
        msg = f"A vector is a sequence of numbers, not an array of shape {array.shape} and type {array.dtype}."
        raise ConversionError(msg)
    return array.astype(np.float32)


def audio_of_array(samples: Any, rate: Any) -> Audio:
    """Sound from samples of shape (n,), (channels, n) or (n, channels) and their rate in Hz.

    Raises
    ------
    ConversionError
        If they are not samples, or empty.
    """
    import numpy as np

    try:
        array, hertz = array_of(samples) if is_array(samples) else np.asarray(samples), int(rate)
    except (ValueError, TypeError, OverflowError) as error:
        msg = f"Sound is an array of samples and a rate in Hz ({error})."
        raise ConversionError(msg) from error
    if array.ndim == 2 and array.shape[1] < array.shape[0]:
        array = array.T
    if array.dtype.kind not in "iuf" or array.size == 0:
        msg = f"The sound has no samples: its array has shape {array.shape} and type {array.dtype}."
        raise ConversionError(msg)
    return Audio(array, hertz)
