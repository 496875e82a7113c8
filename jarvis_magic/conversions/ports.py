"""From the value of a reference to the resource a port takes."""

from __future__ import annotations

import re
from typing import Any

from ..errors import ConversionError
from ..formats import MEDIA
from ..kinds import RECORDS, Kind, Missing, Unread, opened
from ..media import Video
from ..values import Resource
from .inputs import read_value, saying
from .opening import open_named
from .plain import simple
from .tables import table_of_records
from .texts import text_form


def for_port(value: Any, kind: Kind, port: Kind, *, name: str, from_input: bool) -> Resource:
    """Return what a port gets of a value that a whole-argument reference leads to.

    Parameters
    ----------
    value
        The value.
    kind
        Its kind, as the plan knows it; ``json`` where only the value can tell.
    port
        The kind of the port. A list port takes a single value as a list of one; a port that is no list takes a list
        only as a text, numbered.
    name
        The reference's name, for messages.
    from_input
        Whether the value belongs to what the user gave, so that a str in it may name a file or URL.

    Raises
    ------
    ConversionError
        If it cannot be of the port's kind; the sentence begins with ``@name``.
    SourceError
        If it names a file or URL that cannot be read.
    """
    with saying(f"@{name}"):
        return _for_port(value, kind, port, from_input)


_OPENED = MEDIA | {"table"}


def _for_port(value: Any, kind: Kind, port: Kind, from_input: bool) -> Resource:
    if isinstance(value, Missing):
        return Resource(port, value)
    if isinstance(value, Unread):
        value = value.read()
    if port.base == "json":
        return Resource(port, opened(simple(value)))
    if kind.base == "json" or from_input:
        value, kind = _found(value, kind, port, from_input)
    if port.depth:
        return Resource(port, _items(value, kind, port, from_input))
    if kind.depth and port != "text":
        msg = f"It is {kind.phrase}, and {port.phrase} is needed; take one item, or run the task for each."
        raise ConversionError(msg)
    return Resource(port, _coerced(value, kind, port))


def _found(value: Any, kind: Kind, port: Kind, from_input: bool) -> tuple[Any, Kind]:
    """The value and kind of what only its value can tell, opened if it is a name the user gave."""
    if isinstance(value, str) and from_input and port.base in _OPENED:
        found = open_named(value, typed=False)
    elif kind.base != "json":
        return value, kind
    else:
        found = read_value(value, opening=from_input and not isinstance(value, str))
    return found.value, found.kind


def _items(value: Any, kind: Kind, port: Kind, from_input: bool) -> list[Any]:
    item = port.listed(-1)
    if kind.depth:
        whole = [one for one in value if not isinstance(one, Missing)]
        return [_for_port(one, kind.listed(-1), item, from_input).value for one in whole]
    if item == "text" and kind in ("labels", "boxes", "tokens", "masks"):
        return list(dict.fromkeys(record.label for record in value))
    if item == "text" and kind == "text":
        return [part for part in (part.strip() for part in re.split(r"[,;\n]", value)) if part]
    if item == "text" and kind == "json" and isinstance(value, list):
        return [text_form(one, kind) for one in value]
    return [_for_port(value, kind, item, from_input).value]


def _coerced(value: Any, kind: Kind, port: Kind) -> Any:
    if port == "text":
        return text_form(value, kind)
    if kind == port:
        return value
    if port == "audio" and isinstance(value, Video):
        return _sound(value)
    if port == "table" and (kind in RECORDS or kind == "json"):
        return table_of_records(value)
    msg = f"It is {kind.phrase}, and {port.phrase} is needed."
    raise ConversionError(msg)


def _sound(video: Video) -> Any:
    if video.audio is None:
        msg = "The video has no sound."
        raise ConversionError(msg)
    return video.audio
