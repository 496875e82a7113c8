"""Values as JSON says them: records as objects, media as a short description."""

from __future__ import annotations

import dataclasses
import datetime as dt
import enum
from collections.abc import Mapping, Sequence
from typing import Any

from ..errors import ConversionError
from ..kinds import Missing, Unread
from ..media import Audio, Video


def fields_of(value: object) -> dict[str, Any] | None:
    """The fields of a dataclass instance or named tuple; ``None`` for anything else."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {f.name: getattr(value, f.name) for f in dataclasses.fields(value)}
    if isinstance(value, tuple) and hasattr(value, "_fields"):
        return dict(zip(value._fields, value, strict=True))
    return None


_LONGEST_INT = 10_000  # bits; Python itself writes no longer ones than about 14,000


def simple(value: Any) -> Any:
    """A scalar of Python or its libraries as str, number, bool or None; anything else as it is.

    Raises
    ------
    ConversionError
        If it is an integer of thousands of digits.
    """
    if isinstance(value, enum.Enum):
        return simple(value.value)
    if isinstance(value, dt.date | dt.time):
        return value.isoformat()
    library = type(value).__module__
    if library == "numpy" and hasattr(value, "item") and getattr(value, "shape", None) == ():
        return simple(value.item())
    if library in ("decimal", "fractions"):
        return float(value)
    if isinstance(value, int) and value.bit_length() > _LONGEST_INT:
        raise ConversionError("The number has thousands of digits; give it as a text.")
    return value


def jsonable(value: Any) -> Any:
    """Return a value as ``json`` can write it."""
    value = simple(value)
    if value is None or isinstance(value, str | bool | int | float):
        return value
    if isinstance(value, Missing):
        return None
    if isinstance(value, Audio | Video | Unread):
        return repr(value)
    if isinstance(value, Mapping):
        return {str(key): jsonable(item) for key, item in value.items()}
    if (fields := fields_of(value)) is not None:
        return jsonable(fields)
    if isinstance(value, Sequence) and not isinstance(value, bytes):
        return [jsonable(item) for item in value]
    if hasattr(value, "iloc") and hasattr(value, "columns"):
        return jsonable(value.to_dict("records"))
    if hasattr(value, "mode") and hasattr(value, "size"):
        return f"<image {value.size[0]}×{value.size[1]}>"
    return value.tolist() if hasattr(value, "tolist") else f"<{type(value).__name__}>"
