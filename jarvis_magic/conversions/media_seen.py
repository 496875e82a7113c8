"""What a value is before it is read: a picture, a sound or a video, or the name of one."""

from __future__ import annotations

from pathlib import PurePath

from ..errors import ConversionError, SourceError
from ..formats import MEDIA, kind_of_suffix
from ..kinds import Kind, Missing
from .inputs import is_absent, read_value
from .opening import names_source, suffix_of
from .plain import simple


def medium_seen(value: object) -> Kind | None:
    """Return the kind of the picture, sound or video that a value is or names; nothing is opened for it.

    Parameters
    ----------
    value
        What a reference leads to: in a list, the first item that is there tells for all.

    Returns
    -------
    Kind or None
        ``image``, ``audio``, ``video``, or a list of them; ``None`` for anything else.
    """
    if isinstance(value, list):
        item = medium_seen(next((one for one in value if not (isinstance(one, Missing) or is_absent(one))), None))
        return item.listed() if item else None
    value = simple(value)
    if isinstance(value, str | PurePath):
        named = kind_of_suffix(suffix_of(str(value)))
        is_name = isinstance(value, PurePath) or names_source(value, in_list=True)
        return Kind(named) if is_name and named in MEDIA else None
    try:
        kind = read_value(value, opening=False).kind
    except (ConversionError, SourceError):
        return None  # where it is used, this is said
    return kind if kind in MEDIA else None
