"""Results kept on disk, so that a kernel that was killed goes on where it was.

A file is JSON: kind, digest and content, media as their decoded bytes. Nothing in it is code, and what is read is used
only if its content has the digest it was written with.
"""

from __future__ import annotations

import base64
import contextlib
import os
import re
import threading
import zlib
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from jarvis_magic.kinds import RECORDS, Answer, Kind, Missing
from jarvis_magic.media import Audio, Video
from jarvis_magic.values import Resource

from .files import FileCache
from .results import ResultCache

FORMAT = 1
MOST_FILES = 100_000
"""How many results are kept in a folder."""
_LEFT = 0.9
"""The part of what may be kept that is left when some of it has to go."""
_RECORDS = {record.__name__: record for record in (*RECORDS.values(), Answer, Missing)}


class LastingResults:
    """Results in memory, and behind them on disk: a `KeptResults`.

    On disk there are as many bytes at most as in memory, or little more while several kernels write.

    Parameters
    ----------
    memory
        The results in memory.
    folder
        Where the others are; it is made when the first is kept.
    """

    is_quick = False

    def __init__(self, memory: ResultCache, folder: Path) -> None:
        self._memory, self._folder = memory, folder
        self._files = FileCache(folder)
        self._sizing = threading.Lock()
        self._room = self._places = -1  # not known yet

    def __contains__(self, key: object) -> bool:
        return key in self._memory or self._files.has(str(key))

    def get(self, key: str) -> Resource | None:
        """Return the result kept under a key, from memory or from its file; ``None`` if there is none or it is damaged."""
        found = self._memory.get(key)
        if found is not None:
            return found
        aged = self._files.get(key)
        found = self._read(key, aged.value) if aged else None
        if found is not None:
            self._memory.put(key, found)
            self._files.used(key)
        return found

    def put(self, key: str, resource: Resource) -> None:
        """Keep a result in memory and, if its content can be written and read again as it is, on disk."""
        self._memory.put(key, resource)
        with contextlib.suppress(TypeError, ValueError):  # an object that is more than its kind says is computed again
            value = {
                "format": FORMAT,
                "kind": resource.kind,
                "digest": resource.digest,
                "value": _written(resource.value),
            }
            if _resource(value).digest == resource.digest:
                self._make_room(self._files.put(key, value))

    def forget(self, keys: Iterable[str]) -> None:
        """Let go of the results kept under some keys."""
        listed = list(keys)
        self._memory.forget(listed)
        for key in listed:
            self._files.drop(key)

    def said(self) -> tuple[str, ...]:
        """What there is to say of the files: that one was damaged, or none can be kept."""
        return self._files.said()

    def _read(self, key: str, value: Any) -> Resource | None:
        if not isinstance(value, Mapping) or value.get("format") != FORMAT:
            self._files.refuse(key, "is of another version")
            return None
        try:
            found = _resource(value)
            if found.digest == value["digest"]:
                return found
        except (
            TypeError,
            ValueError,
            LookupError,
            zlib.error,
            AttributeError,
            ArithmeticError,
            RecursionError,
            SyntaxError,
        ):
            pass  # told below, as what has another digest is
        self._files.refuse(key, "is damaged")
        return None

    def _make_room(self, written: int) -> None:
        """Take away what was used longest ago, where there are too many bytes or files.

        The folder is looked at only when there may be too many, and left with some room: it may hold very many files.
        """
        with self._sizing:
            self._room -= written
            self._places -= 1
            if self._room < 0 or self._places < 0:
                with contextlib.suppress(OSError):
                    self._look_and_clear()

    def _look_and_clear(self) -> None:
        most, places = self._memory.most, MOST_FILES
        with os.scandir(self._folder) as entries:
            files = [(s.st_mtime, s.st_size, e.path) for e in entries if e.name.endswith(".json") and (s := e.stat())]
        size, count = sum(size for _, size, _ in files), len(files)
        if size > most or count > places:
            most, places = int(_LEFT * most), int(_LEFT * places)
        for _, bytes_, path in sorted(files):
            if size <= most and count <= places:
                break
            Path(path).unlink(missing_ok=True)
            size, count = size - bytes_, count - 1
        self._room, self._places = self._memory.most - size, MOST_FILES - count


def _resource(value: Mapping[str, Any]) -> Resource:
    return Resource(Kind(value["kind"]), _restored(value["value"]))


# Values as JSON: objects are {"is": what it is, …}, so that none of the user's can be taken for one of ours


def _written(value: Any) -> Any:
    if value is None or type(value) in (bool, int, float, str):
        return value
    if isinstance(value, list | tuple):
        return [_written(item) for item in value]
    if isinstance(value, Mapping):
        return {"is": "object", "entries": [[str(key), _written(item)] for key, item in value.items()]}
    if type(value) in _RECORDS.values():
        return {"is": type(value).__name__, **{name: _written(item) for name, item in vars(value).items()}}
    if isinstance(value, Audio):
        return {"is": "audio", "rate": value.rate, "samples": _array(value.samples)}
    if isinstance(value, Video):
        return {"is": "video", "data": _packed(value.data)}
    return _foreign(value)


def _foreign(value: Any) -> Any:
    """A value of another library, recognised by its looks; a `TypeError` for what is of none."""
    if hasattr(value, "getbands"):
        palette = _packed(bytes(value.getpalette() or ())) if value.mode == "P" else ""
        return {"is": "image", "mode": value.mode, "size": list(value.size), "data": _packed(value.tobytes()), "palette": palette}  # fmt: skip
    if hasattr(value, "columns") and hasattr(value, "iloc"):
        columns = [
            [str(name), str(value.dtypes.iloc[i]), _cells(value.iloc[:, i])] for i, name in enumerate(value.columns)
        ]
        return {"is": "table", "index": _cells(value.index), "columns": columns}
    if hasattr(value, "dtype") and hasattr(value, "shape"):
        return {"is": "array", **_array(value)}
    msg = f"{type(value).__name__} is not kept on disk."
    raise TypeError(msg)


def _cells(column: Any) -> list[Any]:
    return [_written(cell) for cell in column.tolist()]


def _array(value: Any) -> dict[str, Any]:
    return {"dtype": str(value.dtype), "shape": list(value.shape), "data": _packed(value.tobytes())}


def _packed(data: bytes) -> str:
    return base64.b64encode(zlib.compress(data, 1)).decode()


def _unpacked(written: str) -> bytes:
    unpacking = zlib.decompressobj()
    data = unpacking.decompress(base64.b64decode(written), _MOST_UNPACKED)
    if not unpacking.eof:
        raise ValueError("it is cut off, or too large")
    return data


_MOST_UNPACKED = 1 << 31
"""Bytes a result may have when it is unpacked, whatever its file would unpack to."""


def _restored(value: Any) -> Any:
    if isinstance(value, list):
        return [_restored(item) for item in value]
    if not isinstance(value, Mapping):
        return value
    what = value["is"]
    if what in _RECORDS:
        return _RECORDS[what](**{name: _restored(item) for name, item in value.items() if name != "is"})
    return _RESTORED[what](value)


def _image(value: Mapping[str, Any]) -> Any:
    from PIL import Image

    (width, height), data = value["size"], _unpacked(value["data"])
    if width * height > 8 * len(data):  # before there is room made for it
        raise ValueError("its pixels are not there")
    image = Image.frombytes(value["mode"], (width, height), data)
    if value["palette"]:
        image.putpalette(_unpacked(value["palette"]))
    return image


def _table(value: Mapping[str, Any]) -> Any:
    import pandas as pd

    columns = {name: pd.Series(_restored(cells)).astype(dtype) for name, dtype, cells in value["columns"]}
    return pd.DataFrame(columns).set_axis(_restored(value["index"]), axis="index")


def _numbers(value: Mapping[str, Any]) -> Any:
    import numpy as np

    if not re.fullmatch(
        r"(?:float|u?int|bool|complex)\d*", value["dtype"]
    ):  # NumPy has a language of its own for these
        raise ValueError("its numbers are of no type")
    return np.frombuffer(_unpacked(value["data"]), value["dtype"]).reshape(value["shape"]).copy()


_RESTORED: Mapping[str, Callable[[Mapping[str, Any]], Any]] = {
    "object": lambda value: {name: _restored(item) for name, item in value["entries"]},
    "audio": lambda value: Audio(_numbers(value["samples"]), value["rate"]),
    "video": lambda value: Video(_unpacked(value["data"])),
    "image": _image,
    "table": _table,
    "array": _numbers,
}
