"""Files and folders of this machine: what was checked is what is read."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import BinaryIO
from urllib.parse import unquote, urlsplit

from ..errors import SourceError, close_matches, either
from ..formats import HEAD
from .found import LIMIT, MOST_FILES, URL, Source, shown, too_large

_SCHEME = re.compile(r"([a-z][a-z0-9+.-]+)://", re.IGNORECASE)


def regular_file(named: str, *, limit: int = LIMIT) -> Path:
    """Return the path of an existing, regular, readable file within the limit, without reading it.

    Raises
    ------
    SourceError
        If there is none.
    """
    with _open(named, limit) as (path, _file):
        return path


def stamp_of(named: str) -> str:
    """What changes when a file does, found out without reading it; empty if it cannot be found out."""
    try:
        path = os.path.abspath(os.path.expanduser(named))  # noqa: PTH100, PTH111 - asked of ten thousand files at once
        found = os.stat(path)  # noqa: PTH116
    except (OSError, ValueError):
        return ""
    return f"{path} {found.st_size} {found.st_mtime_ns}"


def first_bytes(path: Path) -> bytes:
    """The first bytes of a file, enough to tell its format."""
    with _open(str(path), LIMIT) as (_path, file):
        return file.read(HEAD)


def files_in(folder: str) -> list[Path]:
    """Return the files of a folder, sorted by name, not those in folders below nor hidden ones.

    Raises
    ------
    SourceError
        If it is no folder, cannot be read, holds too many, or a link in it leads to a file elsewhere, which the user
        did not name.
    """
    path = _path(folder)
    try:
        with os.scandir(path) as entries:
            found = [e for e in entries if not e.name.startswith(".") and e.is_file()]
        _check_links(path, [e.name for e in found if e.is_symlink()])
        names = sorted(e.name for e in found)
    except OSError as error:
        if isinstance(error, SourceError):
            raise
        raise SourceError(_why(path, error)) from error
    if len(names) > MOST_FILES:
        msg = f"The folder {path.name!r} holds {len(names):,} files, more than the {MOST_FILES:,} allowed; give a list of paths."
        raise SourceError(msg)
    return [path / name for name in names]


def _check_links(folder: Path, names: list[str]) -> None:
    home = folder.resolve()
    for name in names:
        target = (folder / name).resolve()
        if not target.is_relative_to(home):
            msg = f"In the folder {folder.name!r}, {name!r} is a link to {str(target)!r}, outside of it; if that is meant, give a list of paths, for example `sorted(Path({str(folder)!r}).iterdir())`."
            raise SourceError(msg)


def is_folder(named: str) -> bool:
    """Whether a path names a folder."""
    try:
        return not URL.match(named) and _path(named).is_dir()
    except (SourceError, OSError, ValueError):
        return False


def exists(named: str) -> bool:
    """Whether a path names a file that is there."""
    try:
        return not URL.match(named) and _path(named).is_file()
    except (SourceError, OSError, ValueError):
        return False


def read_file(named: str, limit: int) -> Source:
    """Read a file.

    Raises
    ------
    SourceError
        If it is not there, too large, or no regular file.
    """
    with _open(named, limit) as (path, file):
        data = file.read(limit + 1)
    if len(data) > limit:
        raise SourceError(too_large(path.name, limit))
    return Source(data, path.name, path.suffix.lower())


@contextmanager
def _open(named: str, limit: int) -> Iterator[tuple[Path, BinaryIO]]:
    """Open a regular file: what was checked is what is read, since both look at the same open file."""
    path = _path(named)
    try:
        # A pipe would block on opening, a device might do anything: open without waiting, then look.
        number = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    except (OSError, ValueError) as error:
        raise SourceError(_why(path, error)) from error
    try:
        found = os.fstat(number)
        if not stat.S_ISREG(found.st_mode):
            what = "folder" if stat.S_ISDIR(found.st_mode) else "pipe, device or socket"
            msg = f"{str(path)!r} is a {what}, not a file that can be read."
            raise SourceError(msg)
        if found.st_dev in _kernels_own():
            msg = f"{str(path)!r} is what the system says of itself, not a file; read it yourself, and give what is meant of it."
            raise SourceError(msg)
        if found.st_size > limit:
            raise SourceError(too_large(path.name, limit, found.st_size))
    except SourceError:
        os.close(number)
        raise
    with os.fdopen(number, "rb") as file:
        yield path, file


@cache
def _kernels_own() -> frozenset[int]:
    """Where regular files are none: ``/proc`` shows the environment, with its keys, and the memory of processes."""
    return frozenset(Path(place).stat().st_dev for place in ("/proc", "/sys") if os.path.ismount(place))


def _path(named: str) -> Path:
    """The path a name means on this machine, or a sentence why it means none."""
    if named.startswith(("\\\\", "//")):
        msg = f"{named!r} names a file of another computer, which is not read; copy it here first."
        raise SourceError(msg)
    if os.name != "nt" and re.match(r"[A-Za-z]:[\\/]", named):
        msg = f"{named!r} is a Windows path, and this machine is none; upload the file and write its name here."
        raise SourceError(msg)
    if match := _SCHEME.match(named):
        msg = f"{shown(named)!r} cannot be read: only files, http, https and data URLs are, not {match[1]!r}."
        raise SourceError(msg)
    try:
        return Path(named).expanduser()
    except RuntimeError as error:
        msg = f"{named!r} names the home folder of a user who does not exist."
        raise SourceError(msg) from error


def _why(path: Path, error: OSError | ValueError) -> str:
    """Why a file could not be opened, with close names from its folder where it is not there."""
    if isinstance(error, FileNotFoundError):
        return _missing(path)
    if isinstance(error, PermissionError):
        return f"{str(path)!r} may not be read by you (permission denied)."
    if isinstance(error, NotADirectoryError):
        return f"{str(path.parent)!r} is a file, not a folder, so there is no {path.name!r} in it."
    said = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    return f"{str(path)!r} cannot be read ({said})."


def _missing(path: Path) -> str:
    if not path.parent.is_dir():
        return f"There is no folder {str(path.parent)!r}, so no {path.name!r} in it; folders are looked for from {str(Path.cwd())!r}."
    with os.scandir(path.parent) as entries:
        names = [entry.name for entry, _ in zip(entries, range(10_000), strict=False)]
    where = "the current folder" if path.parent == Path() else f"{str(path.parent)!r}"
    sentence = f"There is no file {path.name!r} in {where}"
    close = close_matches(path.name, names)
    return f"{sentence}; did you mean {either(close)}?" if close else f"{sentence}."


def path_of_file_url(url: str) -> str:
    """The path that a ``file:`` URL names.

    Raises
    ------
    SourceError
        If it is one of another computer, or no URL.
    """
    try:
        parts = urlsplit(url)
    except ValueError as error:
        msg = f"{url!r} is not a URL ({error})."
        raise SourceError(msg) from error
    if parts.netloc not in ("", "localhost"):
        msg = f"{url!r} names a file of another computer, which is not read; copy it here first."
        raise SourceError(msg)
    path = unquote(parts.path)
    return path.removeprefix("/") if os.name == "nt" else path
