"""What a file is: by its first bytes, and by its suffix."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import numpy as np
import PIL.Image
import pytest

from jarvis_magic.formats import kind_of_suffix, sniff


@pytest.mark.parametrize("name", ["PNG", "JPEG", "GIF", "WEBP", "BMP", "TIFF", "AVIF", "ICO", "PPM", "JPEG2000"])
def test_pictures_are_known_by_their_first_bytes(name: str) -> None:
    """Every picture format that Pillow writes for us is known."""
    file = io.BytesIO()
    PIL.Image.new("RGB", (32, 32), "red").save(file, name)
    found = sniff(file.getvalue())
    assert found is not None
    assert (found.holds, found.name.upper().replace(" ", "")) == ("image", name)


@pytest.mark.parametrize(
    ("container", "codec", "holds"),
    [
        ("wav", "pcm_s16le", "audio"),
        ("flac", "flac", "audio"),
        ("mp3", "libmp3lame", "audio"),
        ("adts", "aac", "audio"),
        ("aiff", "pcm_s16be", "audio"),
        ("au", "pcm_s16be", "audio"),
        ("ipod", "aac", "audio"),
        ("ogg", "libopus", "video"),
        ("matroska", "pcm_s16le", "video"),
    ],
)
def test_recordings_are_known_by_their_first_bytes(container: str, codec: str, holds: str) -> None:
    """Every sound format is known; what may hold pictures too is looked into later."""
    import av

    file = io.BytesIO()
    with av.open(file, "w", format=container) as out:
        stream: Any = out.add_stream(codec, rate=48_000, layout="mono")
        samples: Any = np.zeros((1, 4800), np.float32)
        frame = av.AudioFrame.from_ndarray(samples, format="fltp", layout="mono")
        frame.sample_rate = 48_000
        out.mux([*stream.encode(frame), *stream.encode(None)])
    found = sniff(file.getvalue())
    assert found is not None
    assert found.holds == holds
    assert found.demuxer


def test_videos_are_known_by_their_first_bytes(clip: Callable[..., bytes]) -> None:
    """An MP4 is one whatever it is called."""
    found = sniff(clip(frames=1))
    assert found is not None
    assert (found.name, found.holds) == ("MP4", "video")


@pytest.mark.parametrize(
    ("head", "name"),
    [
        (b"%PDF-1.7\n", "PDF"),
        (b"PK\x03\x04....", "ZIP"),
        (b"\x80\x04\x95", "pickle"),
        (b"\x93NUMPY\x01", "NumPy"),
        (b'<?xml version="1.0"?>\n<svg xmlns="http://www.w3.org/2000/svg">', "SVG"),
        (b"\x00\x00\x00\x18ftypheic", "HEIF"),
    ],
)
def test_what_is_no_kind_says_what_to_do(head: bytes, name: str) -> None:
    """Formats that hold no kind are named, with a next step."""
    found = sniff(head)
    assert found is not None
    assert (found.name, found.holds) == (name, "")
    assert found.advice


@pytest.mark.parametrize(
    "head",
    [
        b"",
        b"hello",
        b"BMW makes cars, and has done so for a hundred years.",
        b"ID: 3",
        b"P5 is a prime",
        b"GIF me",
        b"\xff",
    ],
)
def test_words_are_of_no_format(head: bytes) -> None:
    """Text is never taken for a medium because of its first letters."""
    assert sniff(head) is None


def test_suffixes() -> None:
    """A suffix says what a file usually holds, in either case."""
    assert kind_of_suffix(".JPG") == "image"
    assert kind_of_suffix(".mp3") == "audio"
    assert kind_of_suffix(".csv") == "table"
    assert kind_of_suffix(".exe") is None
