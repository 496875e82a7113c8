"""The only opener of files and URLs, and only of those the user named.

A name is a path (relative to the current folder, ``~`` allowed), ``file:``, ``http(s):`` or ``data:``. Files must be
regular and of a bearable size. A URL's host is resolved once, its address checked, and that address connected to, so
that a second answer of the name server cannot lead elsewhere; every redirect is checked in the same way.
"""

from __future__ import annotations

import re

from ..errors import SourceError
from .addresses import Resolve, addresses_of, allowed_addresses
from .data_urls import data_in_url
from .fetching import PATIENCE, Fetching, fetch
from .files import exists, files_in, first_bytes, is_folder, path_of_file_url, read_file, regular_file, stamp_of
from .found import LIMIT, MOST_FILES, URL, Source

__all__ = [
    "LIMIT",
    "MOST_FILES",
    "Resolve",
    "Source",
    "allowed_addresses",
    "exists",
    "files_in",
    "first_bytes",
    "is_folder",
    "is_url",
    "read",
    "regular_file",
    "stamp_of",
]


def read(
    named: str,
    *,
    limit: int = LIMIT,
    typed: bool = False,
    resolve: Resolve = addresses_of,
    patience: float = PATIENCE,
) -> Source:
    """Read what a path or URL names.

    Parameters
    ----------
    named
        A path, or a ``file:``, ``http:``, ``https:`` or ``data:`` URL, as the user named it.
    limit
        How many bytes it may have.
    typed
        Whether the user typed it where it is used, and not a file or table said it: only then may it be an address of
        this machine or of its network.
    resolve
        Asks the name server for the addresses of a host; it is asked once for each host a URL leads to.
    patience
        Seconds a whole download may take, redirects and all.

    Raises
    ------
    SourceError
        If it is not there, too large, empty, no regular file, not allowed, or does not answer.
    """
    source = (
        _read_url(named, Fetching(limit, typed, resolve, patience)) if URL.match(named) else read_file(named, limit)
    )
    if not source.data:
        msg = f"{source.name!r} is empty (0 bytes)."
        raise SourceError(msg)
    return source


def _read_url(url: str, how: Fetching) -> Source:
    scheme = url.split(":", 1)[0].lower()
    if scheme == "data":
        return data_in_url(url, how.limit)
    if scheme == "file":
        return read_file(path_of_file_url(url), how.limit)
    return fetch(url, how)


def is_url(text: str) -> bool:
    """Whether a text is, from end to end, a URL that `read` may read."""
    return bool(re.fullmatch(r"(?:https?|file)://[^\s<>\"]+|data:[\w.+/-]*(?:;[\w.+=-]+)*,[^\s]*", text, re.IGNORECASE))
