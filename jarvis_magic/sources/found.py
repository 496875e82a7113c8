"""What was read, how much may be, and how both are said."""

from __future__ import annotations

import mimetypes
import re
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote

LIMIT = 500_000_000
"""How many bytes a file or a download may have."""
MOST_FILES = 100_000
"""How many files a folder may hold."""

URL = re.compile(r"(?:https?|file|data):", re.IGNORECASE)
"""How a name begins that is no path."""


@dataclass(frozen=True)
class Source:
    """What was read: the bytes, a name for messages ("cat.jpg"), and the suffix (".jpg", or "")."""

    data: bytes
    name: str
    suffix: str


def suffix_by(path: str, media_type: str) -> str:
    """The suffix of a URL's path, or that of its media type where the path has none that we would know."""
    written = Path(unquote(path)).suffix.lower()
    media_type = media_type.split(";")[0].strip().lower()
    if media_type in ("", "application/octet-stream", "text/plain") and written:
        return written
    return mimetypes.guess_extension(media_type) or written


def too_large(name: str, limit: int, size: int | None = None) -> str:
    """The sentence for what has more bytes than are read."""
    has = f"has {_megabytes(size)}" if size else "is larger"
    return f"{name!r} {has}, and at most {_megabytes(limit)} are read; give a smaller one, or a part of it."


def _megabytes(size: int) -> str:
    return f"{size / 1e6:,.0f} MB" if size >= 1e6 else f"{size:,} bytes"


def shown(url: str) -> str:
    """A URL for a message: without user, password, query and fragment, which may hold secrets."""
    scheme, _, rest = url.partition("://")
    if not rest:
        return url[:80]
    place = re.split(r"[?#]", rest, maxsplit=1)[0]
    host, slash, path = place.partition("/")
    return f"{scheme}://{host.rpartition('@')[2]}{slash}{path}"
