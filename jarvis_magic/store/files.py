"""Small JSON values kept on disk from one kernel to the next, each with its age."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .whole_files import replace_whole, take_away_stale


@dataclass(frozen=True)
class Aged:
    """A value that was kept, and how many seconds ago."""

    value: Any
    age: float


class FileCache:
    """Keeps JSON values in files of one folder, each replaced in one step, so that several kernels may read and write.

    What cannot be kept is not kept, and what cannot be read is as if it were not there; `said` tells both.

    Parameters
    ----------
    folder
        Where the files are; it is made when the first value is kept.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._said: dict[str, None] = {}
        self._lock = threading.Lock()
        self._is_clear = False

    def get(self, key: str) -> Aged | None:
        """Return the value kept under a key with its age, or ``None``."""
        path = self._path(key)
        try:
            written = json.loads(path.read_bytes())
            if written["key"] != key:
                return None
            return Aged(written["value"], max(0.0, time.time() - float(written["at"])))
        except (FileNotFoundError, NotADirectoryError):
            return None
        except OSError as error:
            self._say_once(f"What is kept in {str(path)!r} cannot be read ({_reason(error)}), and is not used.")
        except (ValueError, LookupError, TypeError, RecursionError):
            self.refuse(key, "is damaged")
        return None

    def has(self, key: str) -> bool:
        """Whether a value is kept under a key; it may turn out damaged."""
        return self._path(key).exists()

    def used(self, key: str) -> None:
        """Take note that what is kept under a key was used now."""
        with contextlib.suppress(OSError):
            os.utime(self._path(key))

    def drop(self, key: str) -> None:
        """Let go of what is kept under a key."""
        with contextlib.suppress(OSError):
            self._path(key).unlink(missing_ok=True)

    def refuse(self, key: str, why: str) -> None:
        """Say that what is kept under a key is not used, and take it away."""
        self._say(f"What was kept in {str(self._path(key))!r} {why}, and is not used.")
        self.drop(key)

    def put(self, key: str, value: Any) -> int:
        """Keep a value under a key, in place of what was there, and return how many bytes it takes."""
        content = json.dumps({"key": key, "at": time.time(), "value": value})
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            if not self._is_clear:
                take_away_stale(self._folder)
                self._is_clear = True
            replace_whole(self._path(key), content.encode(), lasting=False)
        except OSError as error:
            self._say_once(f"Nothing is kept in {str(self._folder)!r} for the next time: {_reason(error)}.")
        return len(content)

    def said(self) -> tuple[str, ...]:
        """Return what there was to say since this was asked last, a sentence each."""
        with self._lock:
            sentences, self._said = tuple(self._said), {}
        return sentences

    def _say(self, sentence: str) -> None:
        with self._lock:
            self._said[sentence] = None

    def _say_once(self, sentence: str) -> None:
        """Say what will be so the next time too, which is said once in the life of the process."""
        with self._lock:
            if sentence not in _ONCE:
                _ONCE.add(sentence)
                self._said[sentence] = None

    def _path(self, key: str) -> Path:
        return self._folder / f"{hashlib.sha256(key.encode()).hexdigest()[:24]}.json"


_ONCE: set[str] = set()


def _reason(error: OSError) -> str:
    return (error.strerror or type(error).__name__).lower()


def cache_folder(environment: Mapping[str, str]) -> Path:
    """Return this user's folder for what may be deleted at any time, by the custom of the system."""
    base = environment.get("XDG_CACHE_HOME") or environment.get("LOCALAPPDATA")
    return (Path(base) if base else Path.home() / ".cache") / "jarvis_magic"
