"""Sound and moving pictures: what they say of themselves, and what is refused."""

from __future__ import annotations

import io
import pickle
import wave
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from jarvis_magic.errors import ConversionError
from jarvis_magic.media import Audio, Video

Make = Callable[..., Any]


# --- Audio


@pytest.mark.parametrize(
    ("samples", "loudest"),
    [
        (np.array([0, 32767, -32768], np.int16), 1.0),
        (np.array([0, 2**31 - 1], np.int32), 1.0),
        (np.array([128, 255, 0], np.uint8), 1.0),
        (np.array([0.0, 0.25]), 0.25),
        ([0.0, -0.5], 0.5),
    ],
)
def test_samples_of_any_usual_type(samples: Any, loudest: float) -> None:
    """Integers are scaled by their type's range, floats taken as they are."""
    audio = Audio(samples, 8000)
    assert audio.samples.dtype == np.float32
    assert np.abs(audio.samples).max() == pytest.approx(loudest, abs=1e-4)


def test_silence_is_silence_in_every_type() -> None:
    """The middle of unsigned samples is silence."""
    assert not Audio(np.full(3, 128, np.uint8), 8000).samples.any()
    assert not Audio(np.zeros(3, np.int16), 8000).samples.any()


@pytest.mark.parametrize(
    ("samples", "rate", "sentence"),
    [
        (np.zeros((2, 3, 4)), 8000, r"shape \(n,\) or \(channels, n\)"),
        (np.zeros((8000, 2)), 8000, "transpose"),
        (np.zeros(3), 0, "a positive number of samples a second"),
        (np.zeros(3), -1, "a positive number"),
        (np.array(["a"]), 8000, "floats in"),
        ([0, 1000, -1000], 8000, "8, 16 or 32 bits, not int64"),
    ],
)
def test_what_is_no_sound(samples: Any, rate: int, sentence: str) -> None:
    """Wrong shapes, types and rates are one sentence."""
    with pytest.raises(ConversionError, match=sentence):
        Audio(samples, rate)


def test_a_sound_says_what_it_is(tone: Make) -> None:
    """Length, channels and rate are read off, and shown."""
    stereo = tone(0.5, channels=2)
    assert (stereo.duration, stereo.channels, stereo.rate) == (0.5, 2, 16_000)
    assert repr(stereo) == "<Audio 0.50 s, stereo, 16000 Hz>"
    assert stereo.mono().samples.shape == (8000,)


def test_a_sound_never_changes() -> None:
    """Neither its fields nor its samples can be changed, and it keeps its own copy."""
    samples = np.zeros(4)
    audio = Audio(samples, 8000)
    samples[0] = 1
    assert not audio.samples.any()
    with pytest.raises(AttributeError, match="make a new one"):
        audio.rate = 1
    with pytest.raises(ValueError, match="read-only"):
        audio.samples[0] = 1


def test_sounds_compare_by_content(tone: Make) -> None:
    """Equal samples at an equal rate are equal sounds."""
    assert tone() == tone()
    assert hash(tone()) == hash(tone())
    assert tone() != tone(rate=8000)
    assert tone() != "tone"
    assert pickle.loads(pickle.dumps(tone())) == tone()  # noqa: S301


def test_a_wav_file_of_it(tone: Make) -> None:
    """The WAV file has the same length, rate, channels and, but for rounding, samples."""
    with wave.open(io.BytesIO(tone(channels=2).to_wav())) as file:
        assert (file.getnchannels(), file.getframerate(), file.getsampwidth()) == (2, 16_000, 2)
        pcm = np.frombuffer(file.readframes(file.getnframes()), "<i2").reshape(-1, 2) / 32767
    assert np.allclose(pcm.T, tone(channels=2).samples, atol=1e-4)


@pytest.mark.parametrize("channels", [1, 2])
def test_another_rate_is_the_same_sound(channels: int, tone: Make) -> None:
    """Resampling keeps length, channels and pitch."""
    again = tone(1.0, channels=channels).resampled(8000)
    assert (again.rate, again.channels) == (8000, channels)
    assert again.duration == pytest.approx(1.0, abs=0.01)
    spectrum = np.abs(np.fft.rfft(again.mono().samples))
    assert spectrum.argmax() / again.duration == pytest.approx(440, abs=3)


# --- Video


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory, clip: Make, tone: Make) -> Path:
    """A video of one second with sound, as a file."""
    path = tmp_path_factory.mktemp("media") / "film.mp4"
    path.write_bytes(clip(sound=tone(1.0)))
    return path


def test_a_video_says_what_it_is(film: Path) -> None:
    """Size, rate, length and sound are read off the file."""
    video = Video(film)
    assert video.size == (64, 48)
    assert video.rate == 12
    assert video.duration == pytest.approx(1.0, abs=0.15)
    assert video.audio is not None
    assert video.audio.duration == pytest.approx(1.0, abs=0.15)
    assert "film.mp4" in repr(video)


def test_all_frames_or_a_few(film: Path) -> None:
    """Frames are RGB pictures in order; a count spreads them over the video."""
    frames = Video(film).frames()
    assert len(frames) == 12
    assert {frame.mode for frame in frames} == {"RGB"}
    shades = [frame.getpixel((0, 0))[0] for frame in frames]  # type: ignore[index]
    assert shades == sorted(shades)
    few = [frame.getpixel((0, 0))[0] for frame in Video(film).frames(3)]  # type: ignore[index]
    assert len(few) == 3
    assert few[-1] > shades[6]


def test_one_frame_is_the_same_as_among_all(film: Path) -> None:
    """A frame by its position is the frame at that position, wherever the key frames are."""
    video = Video(film)
    for position, frame in enumerate(video.frames()):
        assert video.frame(position).tobytes() == frame.tobytes()
    assert video.frame(99).tobytes() == video.frames()[-1].tobytes()


def test_too_many_frames_are_refused(clip: Make) -> None:
    """A video that would not fit into memory says how many frames can be had."""
    video = Video(clip(frames=2, size=(4096, 2304), rate=1))
    assert len(video.frames(1)) == 1
    with pytest.raises(ConversionError, match=r"take at most 28, for example with `.frames\(28\)`"):
        video.frames(100)


def test_videos_compare_by_content(film: Path) -> None:
    """A file and its bytes are the same video."""
    assert Video(film) == Video(film.read_bytes())
    assert hash(Video(film)) == hash(Video(str(film)))
    assert pickle.loads(pickle.dumps(Video(film))) == Video(film)  # noqa: S301


def test_a_silent_video_has_no_sound(clip: Make) -> None:
    """Without a sound stream the sound is None."""
    assert Video(clip(frames=2)).audio is None


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "no sound or video file"),
        (b"hello", "no sound or video file"),
        (b"\x89PNG\r\n\x1a\n" + b"0" * 50, "but PNG"),
        (b"#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\n/etc/passwd\n", "no sound or video file"),
        (b"\x00\x00\x00\x1cftypisom\x00\x00\x02\x00isomiso2mp41" + b"0" * 50, "damaged"),
        (Audio([0.0, 0.1], 8000).to_wav(), "no moving picture"),
    ],
)
def test_what_is_no_video(data: bytes, sentence: str) -> None:
    """Other files, playlists of files and broken ones are one sentence when they are used."""
    with pytest.raises(ConversionError, match=sentence):
        _ = Video(data).size


def test_a_file_that_is_gone(tmp_path: Path) -> None:
    """A video whose file is not there says its name."""
    with pytest.raises(ConversionError, match=r"'gone.mp4' cannot be read"):
        Video(tmp_path / "gone.mp4").frames()
