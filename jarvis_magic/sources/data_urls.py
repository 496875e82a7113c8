"""``data:`` URLs: what is read stands in the name itself."""

from __future__ import annotations

import base64
import binascii
from urllib.parse import unquote_to_bytes

from ..errors import SourceError
from .found import Source, suffix_by, too_large


def data_in_url(url: str, limit: int) -> Source:
    """Return what a ``data:`` URL holds.

    Raises
    ------
    SourceError
        If it holds more than `limit` bytes, or is none.
    """
    head, comma, body = url[5:].partition(",")
    media_type, *parameters = head.split(";")
    if not comma:
        msg = "A data URL is 'data:', a media type, perhaps ';base64', a comma and the data; this one has no comma."
        raise SourceError(msg)
    if len(body) > 3 * limit:
        raise SourceError(too_large("The data URL", limit))
    if "base64" not in parameters:
        data = unquote_to_bytes(body)
    else:
        try:
            data = base64.b64decode(unquote_to_bytes(body), validate=True)
        except binascii.Error as error:
            msg = f"The data URL is not valid base64 ({error})."
            raise SourceError(msg) from error
    if len(data) > limit:
        raise SourceError(too_large("The data URL", limit, len(data)))
    return Source(data, "the data URL", suffix_by("", media_type))
