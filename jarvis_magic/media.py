"""Sound and moving pictures as values: `Audio` and `Video`."""

from __future__ import annotations

import hashlib
import io
import itertools
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from .errors import ConversionError
from .formats import HEAD, Format, sniff

if TYPE_CHECKING:
    import av.container
    import av.stream
    import numpy as np
    from numpy.typing import ArrayLike, NDArray
    from PIL.Image import Image

MOST_SAMPLES = 2**28
"""How many samples of sound are decoded, all channels together: an hour and a half of mono at 48,000 Hz (1 GiB)."""
MOST_FRAME_PIXELS = 2**28
"""How many pixels the frames of a video may have together when they are decoded at once (768 MiB)."""


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
        """The same sound at another rate in Hz (band-limited, by FFmpeg's resampler).

        Raises
        ------
        ConversionError
            If it would have more than `MOST_SAMPLES`: a file may say that its few samples last for days.
        """
        if rate == self.rate or not self.samples.shape[-1]:
            return Audio(self.samples, rate)
        if self.samples.size * rate > MOST_SAMPLES * self.rate:
            msg = f"The sound lasts {self.duration / 60:,.0f} minutes by its rate of {self.rate} Hz, which is too long at {rate} Hz; give a part of it, or its true rate."
            raise ConversionError(msg)
        import av
        import numpy as np

        layout = "mono" if self.channels == 1 else "stereo" if self.channels == 2 else f"{self.channels}c"
        samples: Any = np.atleast_2d(self.samples).copy()
        frame = av.AudioFrame.from_ndarray(samples, format="fltp", layout=layout)
        frame.sample_rate = self.rate
        resampler = av.AudioResampler(format="fltp", layout=layout, rate=rate)
        planes = list(_planar([*resampler.resample(frame), *resampler.resample(None)]))
        joined = np.concatenate([samples[:, :0], *planes], axis=1)  # of a few samples nothing may be left
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
        digest = hashlib.sha256(f"audio {self.rate} {self.samples.shape}".encode())
        digest.update(self.samples.tobytes())
        return digest.hexdigest()

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

    @cached_property
    def _facts(self) -> tuple[tuple[int, int], float, float]:
        with open_recording(self.source) as container:
            if not container.streams.video:
                msg = "The file holds no moving picture; give its sound as an Audio."
                raise ConversionError(msg)
            stream = container.streams.video[0]
            _check_codec(stream)
            if not 0 < stream.width * stream.height <= MOST_FRAME_PIXELS:
                msg = f"The video's frames have {stream.width}×{stream.height} pixels, which cannot be decoded."
                raise ConversionError(msg)
            seconds = (container.duration or 0) / 1_000_000
            return (stream.width, stream.height), float(stream.average_rate or 0), seconds

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

    @property
    def frame_count(self) -> int:
        """About how many frames it has, at least one."""
        return max(1, round(self.duration * self.rate))

    @property
    def fits(self) -> bool:
        """Whether all its frames can be held at once."""
        width, height = self.size
        return self.frame_count * width * height <= MOST_FRAME_PIXELS

    def frames(self, count: int | None = None) -> list[Image]:
        """Decode frames as RGB pictures.

        Parameters
        ----------
        count
            How many, evenly spread over the video; ``None`` decodes all of them.

        Raises
        ------
        ConversionError
            If they cannot be decoded, or are too many to be held at once.
        """
        wanted = self.frame_count if count is None else count
        width, height = self.size
        most = max(1, MOST_FRAME_PIXELS // (width * height))
        if wanted > most:
            msg = f"{wanted:,} frames of {width}×{height} are too many to hold at once; take at most {most:,}, for example with `.frames({most})`."
            raise ConversionError(msg)
        step = 1 if count is None else max(1, self.frame_count // max(1, count))
        frames: list[Image] = []
        room = MOST_FRAME_PIXELS
        for frame in itertools.islice(self._decoded(0), 0, None if count is None else count * step, step):
            room -= frame.width * frame.height
            if room < 0:
                msg = f"The video holds more than it says: its first {len(frames):,} frames are all that can be held at once; take some, for example with `.frames(8)`."
                raise ConversionError(msg)
            frames.append(frame)
        return frames

    def frame(self, position: int) -> Image:
        """Decode the frame at a position, from 0 on; the last one if the video ends before.

        Raises
        ------
        ConversionError
            If it cannot be decoded.
        """
        seconds = position / self.rate if self.rate else 0.0
        last: Image | None = None
        for image in self._decoded(seconds):
            last = image
            break
        if last is None:
            msg = "The video holds no frame that can be decoded there."
            raise ConversionError(msg)
        return last

    def _decoded(self, start: float) -> Iterator[Image]:
        """The frames from a second on."""
        import av

        with open_recording(self.source) as container:
            stream = container.streams.video[0]
            try:
                if start:
                    container.seek(round(start * 1_000_000), backward=True)
                last = None
                for frame in container.decode(stream):
                    if frame.width * frame.height > MOST_FRAME_PIXELS:
                        msg = f"A frame of the video has {frame.width}×{frame.height} pixels, which are too many."
                        raise ConversionError(msg)
                    last = frame
                    # A seek lands on the key frame before; half a frame's time is the clocks' rounding.
                    if start and frame.time is not None and frame.time + 0.5 / (self.rate or 1) <= start:
                        continue
                    yield frame.to_image()  # type: ignore[no-untyped-call]
                    start = 0.0
                if start and last is not None:
                    yield last.to_image()  # type: ignore[no-untyped-call]
            except av.FFmpegError as error:
                msg = f"The video cannot be decoded ({error.strerror})."
                raise ConversionError(msg) from error

    @cached_property
    def audio(self) -> Audio | None:
        """Its sound, or ``None`` if it is silent."""
        with open_recording(self.source) as container:
            return read_audio(container) if container.streams.audio else None

    @cached_property
    def digest(self) -> str:
        """A digest of the content."""
        if isinstance(self.source, bytes):
            return hashlib.sha256(self.source).hexdigest()
        with self.source.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()

    def __eq__(self, other: object) -> bool:
        return self.digest == other.digest if isinstance(other, Video) else NotImplemented

    def __hash__(self) -> int:
        return hash(self.digest)

    def __reduce__(self) -> tuple[type[Video], tuple[Path | bytes]]:
        return Video, (self.source,)

    def __repr__(self) -> str:
        where = f"{len(self.source):,} bytes" if isinstance(self.source, bytes) else str(self.source)
        return f"<Video {where}>"


@contextmanager
def open_recording(source: Path | bytes, found: Format | None = None) -> Iterator[av.container.InputContainer]:
    """Open a sound or video file for decoding.

    FFmpeg is told the format, so that it never takes a file for a playlist of other files or addresses.

    Raises
    ------
    ConversionError
        If it is none, or broken.
    """
    import av

    name = "The data" if isinstance(source, bytes) else repr(source.name)
    try:
        file = io.BytesIO(source) if isinstance(source, bytes) else source.open("rb")
    except OSError as error:
        msg = f"{name} cannot be read ({error.strerror})."
        raise ConversionError(msg) from error
    with file:
        found = found or sniff(file.read(HEAD))
        file.seek(0)
        if found is None or found.demuxer is None:
            msg = f"{name} is no sound or video file{f' but {found.name}' if found else ''}."
            raise ConversionError(msg)
        try:
            container = av.open(file, "r", format=found.demuxer, metadata_errors="replace")
        except (av.FFmpegError, ValueError) as error:
            msg = f"{name} is damaged: it begins like {found.name}, but cannot be decoded ({_said(error)})."
            raise ConversionError(msg) from error
        with container:
            yield container


def read_audio(container: av.container.InputContainer) -> Audio:
    """Decode the first sound stream of an open recording, at its own rate and channels.

    Raises
    ------
    ConversionError
        If it cannot be decoded, is empty, or has more than `MOST_SAMPLES`.
    """
    import av
    import numpy as np

    stream = container.streams.audio[0]
    _check_codec(stream)
    rate = stream.rate
    parts: list[NDArray[np.float32]] = []
    samples = 0
    try:
        for part in _planar(_resampled(container)):
            samples += part.size
            if samples > MOST_SAMPLES:
                minutes = MOST_SAMPLES / len(part) / rate / 60
                msg = f"The sound is longer than the {minutes:.0f} minutes that can be held at once; give a part of it."
                raise ConversionError(msg)
            if len(part) != len(parts[0] if parts else part):
                msg = "The sound changes its number of channels on the way; save it with one number."
                raise ConversionError(msg)
            parts.append(part)
    except (av.FFmpegError, ValueError) as error:  # a ValueError: its rate or form changes on the way
        msg = f"The sound cannot be decoded ({_said(error)})."
        raise ConversionError(msg) from error
    if not samples:
        msg = "The sound is empty: it has no samples."
        raise ConversionError(msg)
    joined = np.concatenate(parts, axis=1)
    return Audio(joined[0] if len(joined) == 1 else joined, rate)


def _check_codec(stream: av.stream.Stream) -> None:
    if stream.codec_context is None:
        msg = "The recording is damaged, or of a codec that FFmpeg does not know."
        raise ConversionError(msg)


def _resampled(container: av.container.InputContainer) -> Iterator[av.AudioFrame]:
    import av

    resampler = av.AudioResampler(format="fltp")
    frame = None
    for frame in container.decode(audio=0):
        yield from resampler.resample(frame)
    if frame is not None:  # a resampler that has seen nothing cannot be drained
        yield from resampler.resample(None)


def _planar(frames: Iterable[av.AudioFrame]) -> Iterator[NDArray[np.float32]]:
    """The samples of planar float frames, each of shape (channels, n)."""
    for frame in frames:
        yield cast("NDArray[np.float32]", frame.to_ndarray())


def _said(error: Exception) -> str:
    return str(getattr(error, "strerror", None) or error)


def _as_float32(array: NDArray[Any]) -> NDArray[np.float32]:
    """Copy to float32: integers scaled by their type's range, floats as they are, NaN as silence."""
    import numpy as np

    kind, width = array.dtype.kind, array.dtype.itemsize
    if kind == "f":
        return np.nan_to_num(array.astype(np.float32, copy=True), copy=False, posinf=1, neginf=-1)
    if kind not in "iu" or width > 4:
        msg = f"Audio samples are floats in [-1, 1], or integers of 8, 16 or 32 bits, not {array.dtype}."
        raise ConversionError(msg)
    scale = 2.0 ** (8 * width - 1)
    floats: NDArray[np.float32] = (array / scale - (1 if kind == "u" else 0)).astype(np.float32)
    return floats
