"""Digests of what flows between tasks: values compare by content, media by their decoded content."""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from .kinds import Unread


def digest(value: Any, *, reading: bool = True) -> str:
    """Return a digest of a value of any kind: equal content, equal digest.

    Parameters
    ----------
    value
        The value.
    reading
        Whether what is `Unread` is read; if not, its stamp stands for it where it has one.

    Raises
    ------
    TypeError
        If the value is of no kind.
    """
    found = hashlib.sha256()
    for part in _parts(value, reading):
        found.update(len(part).to_bytes(8, "big"))
        found.update(part)
    return found.hexdigest()


def _parts(value: Any, reading: bool) -> Iterator[bytes]:
    scalar = _scalar(value)
    if scalar is not None:
        yield scalar
    elif isinstance(value, Unread):
        stamp = "" if reading or value.stamp is None else value.stamp()
        yield from [b"unread " + stamp.encode("utf-8", "surrogateescape")] if stamp else _parts(value.read(), reading)
    elif isinstance(value, Mapping):
        yield f"object {len(value)}".encode()
        for key in sorted(value, key=str):
            yield from _parts(str(key), reading)
            yield from _parts(value[key], reading)
    elif dataclasses.is_dataclass(value) and not isinstance(value, type):
        yield type(value).__name__.encode()
        for field in dataclasses.fields(value):
            yield from _parts(getattr(value, field.name), reading)
    elif isinstance(value, Sequence):
        yield f"list {len(value)}".encode()
        for item in value:
            yield from _parts(item, reading)
    else:
        yield from _content(value)


def _scalar(value: Any) -> bytes | None:
    """What tells a scalar from every other; ``None`` for what is none."""
    if value is None or isinstance(value, bool):
        return str(value).encode()
    if isinstance(value, str):
        return b"text " + value.encode("utf-8", "surrogatepass")
    if isinstance(value, int):
        return f"int {int(value):x}".encode()  # in hexadecimal, which has no limit
    if isinstance(value, float):
        return f"float {float(value)!r}".encode()
    return b"bytes " + value if isinstance(value, bytes) else None


def _content(value: Any) -> Iterator[bytes]:
    """The parts of values whose libraries we do not import: recognised by what they can do."""
    if hasattr(value, "digest") and isinstance(value.digest, str):
        yield value.digest.encode()
    elif hasattr(value, "mode") and hasattr(value, "tobytes") and hasattr(value, "size"):
        yield f"image {value.mode} {value.size}".encode()
        yield bytes(value.getpalette() or ()) if value.mode == "P" else b""
        yield value.tobytes()
    elif hasattr(value, "columns") and hasattr(value, "iloc"):
        yield from _parts([str(column) for column in value.columns], reading=True)
        yield from _parts([str(kind) for kind in value.dtypes], reading=True)
        yield value.to_csv(na_rep="\0").encode("utf-8", "surrogatepass")
    elif hasattr(value, "dtype") and hasattr(value, "tobytes"):
        yield f"array {value.dtype} {getattr(value, 'shape', ())}".encode()
        yield value.tobytes()
    else:
        msg = f"{type(value).__name__} is of no kind and has no digest."
        raise TypeError(msg)
