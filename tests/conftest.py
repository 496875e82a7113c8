"""Recordings that several rooms' tests are made with."""

from __future__ import annotations

import io
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import av
import numpy as np
import pytest

from jarvis_magic.media import Audio


@pytest.fixture(scope="session")
def tone() -> Callable[..., Audio]:
    """A function that makes a tone of 440 Hz."""

    def make(seconds: float = 0.5, rate: int = 16_000, channels: int = 1) -> Audio:
        wave = 0.5 * np.sin(2 * np.pi * 440 * np.arange(round(seconds * rate)) / rate)
        return Audio(wave if channels == 1 else np.stack([wave] * channels), rate)

    return make


@pytest.fixture(scope="session")
def clip() -> Callable[..., bytes]:
    """A function that makes an MP4 whose frames grow brighter one by one."""

    def make(frames: int = 12, size: tuple[int, int] = (64, 48), rate: int = 12, sound: Audio | None = None) -> bytes:
        file = io.BytesIO()
        with av.open(file, "w", format="mp4") as container:
            stream: Any = container.add_stream("mpeg4", rate=rate)
            stream.width, stream.height, stream.pix_fmt, stream.gop_size = *size, "yuv420p", 4
            voice: Any = container.add_stream("aac", rate=sound.rate, layout="mono") if sound else None
            for i in range(frames):
                shade = np.full((size[1], size[0], 3), 20 * i, np.uint8)
                container.mux(stream.encode(av.VideoFrame.from_ndarray(shade, format="rgb24")))
            container.mux(stream.encode(None))
            if sound:
                samples: Any = np.atleast_2d(sound.samples)
                frame = av.AudioFrame.from_ndarray(samples, format="fltp", layout="mono")
                frame.sample_rate, frame.pts, frame.time_base = sound.rate, 0, Fraction(1, sound.rate)
                container.mux([*voice.encode(frame), *voice.encode(None)])
        return file.getvalue()

    return make
