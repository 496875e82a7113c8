"""Sound for the page: as it is where there is room, else compressed, else only its beginning."""

from __future__ import annotations

import base64
import io
from collections.abc import Iterator

from ..media import Audio
from .words import seconds

_LEAST_SECONDS = 1.0


def audio_uri(audio: Audio, room: int) -> tuple[str, str] | None:
    """A sound as a data URI of at most `room` characters, and a phrase on what was done to it; ``None`` if none fits.

    WAV where it fits; else MP3, mono, at 64 and then 24 kbit/s; else as much of the beginning as fits.
    """
    if _base64_length(44 + 2 * audio.samples.size) + 22 <= room:
        return _uri("wav", audio.to_wav()), ""
    for kept, phrase in _shorter(audio, room):
        for rate, bits in ((44_100, 64_000), (16_000, 24_000)):
            if _base64_length(round(kept.duration * bits / 8) + 2_000) > room:
                continue
            uri = _uri("mpeg", _mp3(kept.mono().resampled(rate), bits))
            if len(uri) <= room:
                return uri, phrase
    return None


def _shorter(audio: Audio, room: int) -> Iterator[tuple[Audio, str]]:
    """The sound, then the beginning that should fit at 24 kbit/s, then less."""
    yield audio, "compressed for this page"
    fitting = (room * 3 / 4 - 2_500) / 3_000
    for length in (fitting, fitting * 0.8):
        if _LEAST_SECONDS <= length < audio.duration:
            beginning = Audio(audio.samples[..., : int(length * audio.rate)], audio.rate)
            yield beginning, f"the first {seconds(length)} of {seconds(audio.duration)}, compressed for this page"


def _mp3(audio: Audio, bits: int) -> bytes:
    import av
    import numpy as np

    file = io.BytesIO()
    with av.open(file, "w", format="mp3") as container:
        stream = container.add_stream("libmp3lame", rate=audio.rate, layout="mono", bit_rate=bits)
        frame = av.AudioFrame.from_ndarray(np.atleast_2d(audio.samples).copy(), format="fltp", layout="mono")
        frame.sample_rate = audio.rate
        resampler = av.AudioResampler(format="s16p", layout="mono", rate=audio.rate, frame_size=1152)
        for part in (*resampler.resample(frame), *resampler.resample(None)):
            container.mux(stream.encode(part))
        container.mux(stream.encode(None))
    return file.getvalue()


def _uri(mime: str, data: bytes) -> str:
    return f"data:audio/{mime};base64,{base64.b64encode(data).decode()}"


def _base64_length(size: int) -> int:
    return -(-size // 3) * 4
