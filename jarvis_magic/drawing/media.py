"""Pictures, sounds and videos as HTML, within the room there is."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from typing import TYPE_CHECKING

from ..media import Audio, Video
from . import markup
from .pictures import sheet, size_words, thumbnail_uri
from .sound import audio_uri
from .words import cut, escape, one_line, seconds, size

if TYPE_CHECKING:
    from PIL.Image import Image

_VIDEO_MIMES: Sequence[tuple[int, bytes, str]] = ((4, b"ftyp", "mp4"), (0, b"\x1aE\xdf\xa3", "webm"))


def image(value: Image, name: str, room: int) -> str:
    """Return a picture with its size."""
    return picture(value, f"{name}: a picture of {size_words(value)}", room) + markup.small(size_words(value))


def picture(value: Image, alt: str, room: int) -> str:
    """Return a thumbnail of a picture, with its alternative text."""
    alt = cut(one_line(alt), 300)
    uri = thumbnail_uri(value, room - 1_000 - len(alt))
    if uri is None:
        return markup.small("no room for its picture here; the variable holds it")
    return markup.image(uri, alt, "height:auto;border-radius:6px;display:block")


def audio(value: Audio, name: str, room: int) -> str:
    """Return a player for a sound, or for as much of it as there is room for, and its facts."""
    channels = {1: "mono", 2: "stereo"}.get(value.channels, f"{value.channels} channels")
    facts = f"{seconds(value.duration)}, {channels}, {value.rate:,} Hz"
    found = audio_uri(value, room - 1_000)
    if found is None:
        return markup.small(f"{facts}; no room for its sound here, the variable holds it")
    uri, phrase = found
    title = escape(cut(one_line(name), 100))
    player = (
        f'<audio controls="controls" preload="metadata" title="{title}" src="{uri}" style="max-width:100%"></audio>'
    )
    return player + markup.small(f"{facts} ({phrase}; the variable holds all of it)" if phrase else facts)


def video(value: Video, name: str, room: int) -> str:
    """Return a player for a small video, a sheet of frames for others, and its facts."""
    width, height = value.size
    rate = f", {value.rate:.4g} frames a second" if value.rate else ""
    facts = f"{seconds(value.duration)}, {width:,} × {height:,} pixels{rate}"
    data = value.data
    mime = next((name for at, magic, name in _VIDEO_MIMES if data[at : at + len(magic)] == magic), None)
    if mime and len(data) * 4 / 3 + 1_000 <= room:
        title, coded = escape(cut(one_line(name), 100)), base64.b64encode(data).decode()
        player = (
            f'<video controls="controls" title="{title}" src="data:video/{mime};base64,{coded}" '
            'style="max-width:100%"></video>'
        )
        return player + markup.small(facts)
    frames = sheet(value.frames(6))
    return picture(frames, f"{name}: frames of a video", room) + markup.small(
        f"{facts}; a file of {size(len(data))}, of which six frames are shown and the variable holds all"
    )
