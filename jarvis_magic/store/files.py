"""Small JSON values kept on disk from one kernel to the next, each with its age."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Aged:
    """A value that was kept, and how many seconds ago."""

    value: Any
    age: float


class FileCache:
    """Keeps JSON values in files of one folder; what cannot be written is not kept, what cannot be read is not there.

    A value is replaced in one step, so that several kernels may read and write at once.

    Parameters
    ----------
    folder
        Where the files are; it is made when the first value is kept.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def get(self, key: str) -> Aged | None:
        """Return the value kept under a key with its age, or ``None``."""
        try:
            written = json.loads(self._path(key).read_bytes())
            if written["key"] != key:
                return None
            return Aged(written["value"], max(0.0, time.time() - float(written["at"])))
        except (OSError, ValueError, LookupError, TypeError):
            return None

    def put(self, key: str, value: Any) -> None:
        """Keep a value under a key, in place of what was there."""
        content = json.dumps({"key": key, "at": time.time(), "value": value})
        with contextlib.suppress(OSError):  # a full disk, a folder that is not ours: nothing is kept
            self._folder.mkdir(parents=True, exist_ok=True)
            handle, name = tempfile.mkstemp(dir=self._folder, suffix=".tmp")
            try:
                with os.fdopen(handle, "w", encoding="utf-8") as file:
                    file.write(content)
                Path(name).replace(self._path(key))
            except OSError:
                Path(name).unlink(missing_ok=True)
                raise

    def _path(self, key: str) -> Path:
        return self._folder / f"{hashlib.sha256(key.encode()).hexdigest()[:24]}.json"


def cache_folder(environment: Mapping[str, str]) -> Path:
    """Return this user's folder for what may be deleted at any time, by the custom of the system."""
    base = environment.get("XDG_CACHE_HOME") or environment.get("LOCALAPPDATA")
    return (Path(base) if base else Path.home() / ".cache") / "jarvis_magic"
