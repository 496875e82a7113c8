"""The objects in which data sets and upload widgets keep media."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..formats import kind_of_suffix
from .opening import suffix_of

_BYTES = (bytes, bytearray, memoryview)


def media_of_dict(entry: Mapping[Any, Any]) -> Any | None:
    """What an object of a data set or an upload stands for: bytes, a path, or samples with their rate.

    ``{"bytes", "path"}`` and ``{"array", "sampling_rate"}`` are how the datasets library writes media, and ``{"name",
    "type", "content"}`` how an upload widget does. ``None`` for any other object.
    """
    keys = {key for key in entry if isinstance(key, str)}
    if keys and keys <= {"bytes", "path"} and isinstance(entry.get("bytes"), _BYTES):
        return bytes(entry["bytes"])
    if keys == {"bytes", "path"} and isinstance(entry["path"], str) and kind_of_suffix(suffix_of(entry["path"])):
        return entry["path"]
    if "sampling_rate" in keys and keys <= {"array", "raw", "audio", "path", "sampling_rate"}:
        samples = next((entry[key] for key in ("array", "raw", "audio") if entry.get(key) is not None), None)
        return None if samples is None else (entry["sampling_rate"], samples)
    if {"name", "type", "content"} <= keys and isinstance(entry["content"], _BYTES):
        return bytes(entry["content"])
    return None
