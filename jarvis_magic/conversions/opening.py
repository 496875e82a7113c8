"""From bytes, files and URLs to resources: the content says what they are, whatever their suffix."""

from __future__ import annotations

import json
import re
from functools import partial
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import urlsplit

from ..errors import ConversionError
from ..formats import HEAD, MEDIA, Format, kind_of_suffix, sniff
from ..kinds import Kind, Unread
from ..media import Video
from ..sources import LIMIT, Source, exists, files_in, first_bytes, is_folder, is_url, read, regular_file, stamp_of
from ..tasks import is_deeper
from ..values import Resource
from .pages import text_of_page
from .pillow import image_of_bytes
from .recordings import recording
from .tables import table_of_bytes, table_of_text

MOST_CHARACTERS = 50_000_000
"""How many characters a text may have."""
MOST_LEVELS = 100
"""How many levels deep the JSON of a file may be nested."""


def open_named(named: str, *, typed: bool = True) -> Resource:
    """Open what the user named: a file, a folder, or a URL.

    Parameters
    ----------
    named
        A path, or a ``file:``, ``http(s):`` or ``data:`` URL.
    typed
        Whether the user typed it where it is used; see `jarvis_magic.sources.read`.

    Raises
    ------
    SourceError
        If it cannot be read.
    ConversionError
        If what it holds is of no kind, or broken.
    """
    if is_folder(named):
        return open_folder(named)
    if not is_url(named):
        path = regular_file(named)
        found = sniff(first_bytes(path))
        if found and found.holds == "video":
            return recording(path, found)  # stays on disk
    return of_source(read(named, typed=typed))


def of_source(source: Source) -> Resource:
    """The resource in what was read.

    Raises
    ------
    ConversionError
        If it is of no kind, or broken; the sentence begins with the file's name.
    """
    try:
        return of_bytes(source.data, source.suffix)
    except ConversionError as error:
        msg = f"{source.name!r}: {error}"
        raise ConversionError(msg) from error


def of_bytes(data: bytes, suffix: str = "") -> Resource:
    """The resource in bytes. The suffix only tells kinds of text apart: a table, JSON, a page, plain text.

    Raises
    ------
    ConversionError
        If they are empty, of no kind, or broken.
    """
    if not data:
        msg = "There are no bytes in it."
        raise ConversionError(msg)
    found = sniff(data[:HEAD])
    if found is None:
        return _of_text(decoded(data), suffix)
    if found.holds == "image":
        return Resource(Kind("image"), image_of_bytes(data))
    if found.holds in MEDIA:
        return recording(data, found)
    if found.holds == "table" or (found.name == "ZIP" and suffix == ".xlsx"):
        return Resource(Kind("table"), table_of_bytes(data, suffix))
    raise ConversionError(_no_kind(found))


def of_file(file: Any) -> Resource:
    """What an open file holds, from its start; its position is put back.

    Raises
    ------
    ConversionError
        If it is closed, too large, or its content is of no kind.
    """
    try:
        position = file.tell() if file.seekable() else None
        if position is not None:
            file.seek(0)
        content = file.read(LIMIT + 1)
        if position is not None:
            file.seek(position)
    except (OSError, ValueError) as error:
        msg = f"The file object cannot be read ({error})."
        raise ConversionError(msg) from error
    if len(content) > LIMIT:
        msg = f"The file object holds more than {LIMIT / 1e6:,.0f} MB; give a part of it."
        raise ConversionError(msg)
    written = getattr(file, "name", "")
    suffix = suffix_of(written) if isinstance(written, str) else ""
    return of_bytes(content.encode() if isinstance(content, str) else bytes(content), suffix)


def _no_kind(found: Format) -> str:
    return f"The format {found.name} is of no kind; {found.advice}."


def _of_text(text: str, suffix: str) -> Resource:
    kind = kind_of_suffix(suffix)
    if kind == "table":
        return Resource(Kind("table"), table_of_text(text, suffix))
    if kind == "json":
        return Resource(Kind("json"), _json(text, lines=suffix != ".json"))
    if suffix in (".html", ".htm"):
        return Resource(Kind("text"), text_of_page(text))
    return Resource(Kind("text"), text)


def _json(text: str, *, lines: bool) -> Any:
    try:
        value = [json.loads(line) for line in text.splitlines() if line.strip()] if lines else json.loads(text)
    except (ValueError, RecursionError) as error:
        msg = f"It is not valid JSON ({error})."
        raise ConversionError(msg) from error
    if is_deeper(value, MOST_LEVELS):
        msg = f"The JSON is nested more than {MOST_LEVELS} levels deep; give a part of it."
        raise ConversionError(msg)
    return value


_CONTROL = re.compile("[\x00-\x08\x0e-\x1a\x1c-\x1f]")


def decoded(data: bytes) -> str:
    """The text in bytes: UTF-8, or UTF-16 where a byte order mark says so.

    Raises
    ------
    ConversionError
        If it is neither, too long, or no text.
    """
    encoding = "utf-16" if data.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig"
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        msg = (
            f"It is no known media format and no UTF-8 text (byte {data[error.start]:#04x} at {error.start:,}); if it is "
            "text, read it with `open(…, encoding=…)` and give the str."
        )
        raise ConversionError(msg) from error
    if len(text) > MOST_CHARACTERS:
        msg = f"A text may have {MOST_CHARACTERS:,} characters, and this has {len(text):,}; give a part of it."
        raise ConversionError(msg)
    if _CONTROL.search(text[:100_000]):
        msg = "It is no known media format, and no text: there are control characters in it."
        raise ConversionError(msg)
    return text.replace("\r\n", "\n")


# --- folders and lists of names


def open_folder(named: str) -> Resource:
    """The files of a folder as a list, each read when it is used; they must be of one kind.

    Files of no kind we know are left out, and so are texts and tables beside media.

    Raises
    ------
    ConversionError
        If it holds media of several kinds, or nothing of a kind.
    """
    files = files_in(named)
    by_kind: dict[str | None, list[Path]] = {}
    for file in files:
        by_kind.setdefault(kind_of_suffix(file.suffix), []).append(file)
    known = [kind for kind in by_kind if kind]
    chosen = [kind for kind in known if kind in MEDIA] or known
    if len(chosen) != 1:
        held = " and ".join(f"{len(by_kind[kind]):,} of {kind}" for kind in chosen) or "none of a kind"
        msg = f"The folder {named!r} holds {len(files):,} files, {held}; give a list of those meant, for example `sorted(Path({named!r}).glob('*.jpg'))`."
        raise ConversionError(msg)
    kind = Kind(chosen[0])
    return Resource(kind.listed(), [unread_file(str(file), file.name, kind) for file in by_kind[kind]])


def suffix_of(named: str) -> str:
    """The suffix of a path or URL."""
    return PurePosixPath(urlsplit(named).path if is_url(named) else named.replace("\\", "/")).suffix


def unread(named: str, kind: Kind) -> Unread:
    """An item that is opened when it is used, and must be of `kind` then."""
    if is_url(named):
        return Unread(kind, named[:80], partial(open_as, named, kind))
    return unread_file(named, Path(named).name, kind)


def unread_file(path: str, name: str, kind: Kind) -> Unread:
    """A file that is opened when it is used."""
    return Unread(kind, name, partial(open_as, path, kind), partial(stamp_of, path))


def open_as(named: str, kind: Kind) -> Any:
    """Open what a list names, and return its value.

    Raises
    ------
    ConversionError
        If it is of another kind.
    """
    resource = open_named(named, typed=False)
    if resource.kind == kind:
        return resource.value
    if kind == "audio" and isinstance(resource.value, Video) and resource.value.audio is not None:
        return resource.value.audio
    msg = f"{Path(named).name!r} holds {resource.kind.phrase}, not {kind.phrase}."
    raise ConversionError(msg)


_MOST_NAME = 4096


def names_source(text: str, *, in_list: bool = False) -> bool:
    """Whether a text, as the value of an input, is the name of a file, folder or URL, and not words.

    A URL is; so is a path with the suffix of a medium, there or not, and any path of a known suffix that is there.
    In a list only what has the suffix of a medium is: a column of words or of links is left alone.
    """
    kind = kind_of_suffix(suffix_of(text)) if len(text) <= _MOST_NAME else None
    if is_url(text):
        return not in_list or kind in MEDIA or text[:5].lower() == "data:"
    if not 0 < len(text) <= _MOST_NAME or text != text.strip() or not text.isprintable():
        return False
    if kind in MEDIA:
        return exists(text) or not re.search(r"\s", text)
    if in_list:
        return False
    return exists(text) if kind else bool(re.search(r"\w[/\\]|[/\\]\w", text)) and is_folder(text)
