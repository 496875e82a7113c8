"""Sound and moving pictures as values: `Audio` and `Video`."""

from __future__ import annotations

import hashlib
import io
import itertools
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from .errors import ConversionError

if TYPE_CHECKING:
    import av.container
    import numpy as np
    from numpy.typing import ArrayLike, NDArray
    from PIL.Image import Image


class Audio:
    """Sound, held as samples.

    Parameters
    ----------
    samples
        Shape ``(n,)`` or ``(channels, n)``; floats in [-1, 1], or integers, which are scaled by their type's range.
    rate
        Samples a second, in Hz.

    Raises
    ------
    ConversionError
        If the samples have another shape, or the rate is not positive.
    """

    __slots__ = ("__dict__", "rate", "samples")

    samples: NDArray[np.float32]
    rate: int

    def __init__(self, samples: ArrayLike, rate: int) -> None:
        import numpy as np

        array = np.asarray(samples)
        if array.ndim not in (1, 2) or (array.ndim == 2 and array.shape[0] > 64):
            msg = (
                f"Audio samples have shape (n,) or (channels, n), not {array.shape}; transpose an (n, channels) array."
            )
            raise ConversionError(msg)
        if not rate > 0:
            msg = f"An audio rate is a positive number of samples a second, not {rate!r}."
            raise ConversionError(msg)
        floats = _as_float32(array)
        floats.setflags(write=False)
        object.__setattr__(self, "samples", floats)
        object.__setattr__(self, "rate", int(rate))

    def __setattr__(self, name: str, value: object) -> None:
        msg = f"An Audio does not change; make a new one to give it another {name!r}."
        raise AttributeError(msg)

    @property
    def channels(self) -> int:
        """How many channels it has."""
        return 1 if self.samples.ndim == 1 else int(self.samples.shape[0])

    @property
    def duration(self) -> float:
        """Its length in seconds."""
        return float(self.samples.shape[-1] / self.rate)

    def mono(self) -> Audio:
        """The same sound with its channels averaged into one, shape ``(n,)``."""
        return self if self.samples.ndim == 1 else Audio(self.samples.mean(axis=0), self.rate)

    def resampled(self, rate: int) -> Audio:
        """The same sound at another rate in Hz (band-limited, by FFmpeg's resampler)."""
        if rate == self.rate or not self.samples.shape[-1]:
            return Audio(self.samples, rate)
        import av
        import numpy as np

        layout = "mono" if self.channels == 1 else "stereo" if self.channels == 2 else f"{self.channels}c"
        frame = av.AudioFrame.from_ndarray(np.atleast_2d(self.samples).copy(), format="fltp", layout=layout)
        frame.sample_rate = self.rate
        resampler = av.AudioResampler(format="fltp", layout=layout, rate=rate)
        parts = [f.to_ndarray() for f in [*resampler.resample(frame), *resampler.resample(None)]]
        joined = np.concatenate(parts, axis=1)
        return Audio(joined[0] if self.samples.ndim == 1 else joined, rate)

    def to_wav(self) -> bytes:
        """The sound as a 16-bit PCM WAV file."""
        import wave

        import numpy as np

        pcm = (np.clip(np.atleast_2d(self.samples), -1, 1) * 32767).round().astype("<i2")
        file = io.BytesIO()
        with wave.open(file, "wb") as out:
            out.setnchannels(self.channels)
            out.setsampwidth(2)
            out.setframerate(self.rate)
            out.writeframes(pcm.T.tobytes())
        return file.getvalue()

    @cached_property
    def digest(self) -> str:
        """A digest of the content."""
        return _sha256(f"audio {self.rate} {self.samples.shape}".encode(), self.samples.tobytes())

    def __eq__(self, other: object) -> bool:
        return self.digest == other.digest if isinstance(other, Audio) else NotImplemented

    def __hash__(self) -> int:
        return hash(self.digest)

    def __reduce__(self) -> tuple[type[Audio], tuple[object, int]]:
        return Audio, (self.samples, self.rate)

    def __repr__(self) -> str:
        channels = {1: "mono", 2: "stereo"}.get(self.channels, f"{self.channels} channels")
        return f"<Audio {self.duration:.2f} s, {channels}, {self.rate} Hz>"


class Video:
    """A video file, on disk or in memory.

    Parameters
    ----------
    source
        A path to a file, or the bytes of one, in a format FFmpeg reads.

    Raises
    ------
    ConversionError
        By everything that decodes, if it is no video.
    """

    __slots__ = ("__dict__", "source")

    source: Path | bytes

    def __init__(self, source: str | Path | bytes) -> None:
        object.__setattr__(self, "source", source if isinstance(source, bytes) else Path(source))

    def __setattr__(self, name: str, value: object) -> None:
        msg = f"A Video does not change; make a new one to give it another {name!r}."
        raise AttributeError(msg)

    @property
    def data(self) -> bytes:
        """The bytes of the file."""
        return self.source if isinstance(self.source, bytes) else self.source.read_bytes()

    def _open(self) -> av.container.InputContainer:
        import av

        try:
            return av.open(io.BytesIO(self.source) if isinstance(self.source, bytes) else str(self.source))
        except (av.FFmpegError, OSError) as error:
            name = "These bytes are" if isinstance(self.source, bytes) else f"{self.source.name!r} is"
            msg = f"{name} not a video that FFmpeg can read ({error})."
            raise ConversionError(msg) from error

    @cached_property
    def _facts(self) -> tuple[tuple[int, int], float, float]:
        with self._open() as container:
            if not container.streams.video:
                msg = "This file holds no moving picture; give its sound as an Audio."
                raise ConversionError(msg)
            stream = container.streams.video[0]
            rate = float(stream.average_rate or 0)
            seconds = (container.duration or 0) / 1_000_000
            return (stream.width, stream.height), rate, seconds

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels."""
        return self._facts[0]

    @property
    def rate(self) -> float:
        """Frames a second; 0 if the file does not say."""
        return self._facts[1]

    @property
    def duration(self) -> float:
        """Its length in seconds."""
        return self._facts[2]

    def frames(self, count: int | None = None) -> list[Image]:
        """Decode frames as RGB pictures.

        Parameters
        ----------
        count
            How many, evenly spread over the video; ``None`` decodes all of them.
        """
        total = max(1, round(self.duration * self.rate))
        step = 1 if count is None else max(1, total // count)
        return list(itertools.islice(self._decoded(), 0, None if count is None else count * step, step))

    def _decoded(self) -> Iterator[Image]:
        import av

        with self._open() as container:
            try:
                for frame in container.decode(video=0):
                    yield frame.to_image()
            except av.FFmpegError as error:
                msg = f"This video cannot be decoded ({error})."
                raise ConversionError(msg) from error

    @cached_property
    def audio(self) -> Audio | None:
        """Its sound, or ``None`` if it is silent."""
        with self._open() as container:
            return decode_audio(container) if container.streams.audio else None

    @cached_property
    def digest(self) -> str:
        """A digest of the content."""
        return _sha256(b"video", self.data)

    def __eq__(self, other: object) -> bool:
        return self.digest == other.digest if isinstance(other, Video) else NotImplemented

    def __hash__(self) -> int:
        return hash(self.digest)

    def __reduce__(self) -> tuple[type[Video], tuple[Path | bytes]]:
        return Video, (self.source,)

    def __repr__(self) -> str:
        where = f"{len(self.source):,} bytes" if isinstance(self.source, bytes) else str(self.source)
        return f"<Video {where}>"


def decode_audio(container: av.container.InputContainer) -> Audio:
    """Decode the first sound stream of an open container, at its own rate and channels.

    Raises
    ------
    ConversionError
        If it cannot be decoded.
    """
    import av
    import numpy as np

    resampler = av.AudioResampler(format="fltp")
    parts: list[NDArray[np.float32]] = []
    rate = container.streams.audio[0].rate
    try:
        for frame in container.decode(audio=0):
            parts += [f.to_ndarray() for f in resampler.resample(frame)]
        parts += [f.to_ndarray() for f in resampler.resample(None)] if parts else []
    except av.FFmpegError as error:
        msg = f"This sound cannot be decoded ({error})."
        raise ConversionError(msg) from error
    joined = np.concatenate(parts, axis=1) if parts else np.zeros((1, 0), np.float32)
    return Audio(joined[0] if len(joined) == 1 else joined, rate)


def _as_float32(array: NDArray[np.generic]) -> NDArray[np.float32]:
    """Copy to float32 in [-1, 1]: integers by their type's range, floats as they are, NaN as silence."""
    import numpy as np

    if array.dtype.kind == "i":
        return (array / (np.iinfo(array.dtype).max + 1.0)).astype(np.float32)
    if array.dtype.kind == "u":
        half = (np.iinfo(array.dtype).max + 1.0) / 2
        return (array / half - 1).astype(np.float32)
    if array.dtype.kind != "f":
        msg = f"Audio samples are floats or integers, not {array.dtype}."
        raise ConversionError(msg)
    return np.nan_to_num(array.astype(np.float32, copy=True), posinf=1, neginf=-1)


def _sha256(*parts: bytes) -> str:
    digest = hashlib.sha256()
    for part in parts:
        digest.update(part)
    return digest.hexdigest()
