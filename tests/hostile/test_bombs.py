"""Small files that are large inside, files that are two things at once, and heads that lie."""

from __future__ import annotations

import io
import struct
import subprocess
import sys
import textwrap
import zipfile
import zlib
from pathlib import Path
from typing import Any

import av
import numpy as np
import PIL.Image
import pytest

from jarvis_magic.conversions import image_png, open_named, to_resource
from jarvis_magic.conversions.tables import table_of_bytes
from jarvis_magic.errors import ConfigurationError, ConversionError, JarvisError
from jarvis_magic.media import Audio, Video


def png(width: int, height: int, *, text: bytes = b"") -> bytes:
    """A PNG whose head says a size, with a little data, perhaps a packed text beside it."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    more = chunk(b"zTXt", b"a\0\0" + text) if text else b""
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + more
        + chunk(b"IDAT", zlib.compress(b"\0" * 1000))
        + chunk(b"IEND", b"")
    )


def icon(inner: bytes) -> bytes:
    """An icon that says it is small, with a picture in it that says something else."""
    return struct.pack("<HHH", 0, 1, 1) + struct.pack("<BBBBHHII", 16, 16, 0, 0, 1, 32, len(inner), 22) + inner


def saved(name: str, picture: PIL.Image.Image, **more: Any) -> bytes:
    """A picture as a file."""
    file = io.BytesIO()
    picture.save(file, name, **more)
    return file.getvalue()


PICTURES = {
    "a head of 60,000 × 60,000": (png(60_000, 60_000), "too large"),
    "a head of 2^31": (png(2**31 - 1, 2**31 - 1), "too large"),
    "no pixels": (png(0, 5), "damaged|no pixels"),
    "real pixels, packed a thousandfold": (saved("PNG", PIL.Image.new("1", (12_000, 12_000))), "too large"),
    "a packed text": (png(4, 4, text=zlib.compress(b"x" * 100_000_000)), "damaged"),
    "an icon with a giant in it": (icon(png(60_000, 60_000)), "too large"),
    "a drawing": (b"<svg xmlns='http://www.w3.org/2000/svg' width='99999999' height='99999999'><script>alert(1)</script></svg>", "it is a drawing"),
    "a drawing behind entities": (b"<?xml version='1.0'?><!-- x --><svg>", "it is a drawing"),
}  # fmt: skip


@pytest.mark.parametrize("name", PICTURES)
@pytest.mark.filterwarnings("ignore::PIL.Image.DecompressionBombWarning")
def test_pictures_are_measured_before_they_are_decoded(name: str) -> None:
    """A picture of too many pixels is a sentence, whatever its format hides it in."""
    data, sentence = PICTURES[name]
    with pytest.raises(ConversionError, match=sentence):
        to_resource(data, name="photo")


@pytest.mark.filterwarnings("ignore::PIL.Image.DecompressionBombWarning")
def test_bombs_take_no_memory() -> None:
    """All of these together, in a process that may have a gigabyte of it for data."""
    script = textwrap.dedent(
        """
        import resource, warnings
        from tests.hostile.test_bombs import PICTURES
        from jarvis_magic.conversions import to_resource
        from jarvis_magic.errors import JarvisError
        warnings.simplefilter("ignore")
        bombs = [data for data, _ in PICTURES.values()]
        used = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        for data in bombs:
            try:
                to_resource(data, name="x")
            except JarvisError:
                pass
        grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - used
        assert grown < 150_000, grown
        """
    )
    subprocess.run([sys.executable, "-c", script], check=True, cwd=Path(__file__).parents[2])


def recording(rate: int, seconds_of_samples: int = 1) -> bytes:
    """A WAV file that says its samples come at a rate."""
    samples = b"\0\0" * 16_000 * seconds_of_samples
    form = struct.pack("<HHIIHH", 1, 1, rate, 2 * rate, 2, 16)
    return b"RIFF" + struct.pack("<I", 36 + len(samples)) + b"WAVEfmt " + struct.pack("<I", 16) + form + b"data" + struct.pack("<I", len(samples)) + samples  # fmt: skip


def test_sound_that_says_it_lasts_for_days() -> None:
    """32 kB at one sample a second would be a gigabyte for a model that hears 16,000: it is refused before."""
    sound = to_resource(recording(1, 2), name="clip").value
    assert sound.duration == 32_000
    with pytest.raises(ConversionError, match=r"lasts 533 minutes by its rate of 1 Hz, which is too long at 16000 Hz"):
        sound.resampled(16_000)


@pytest.mark.parametrize("size", [0xFFFFFFFF, 0x7FFFFFFF, 0])
def test_a_head_that_lies_about_length(size: int) -> None:
    """A sound file that says another length gives what is there."""
    data = bytearray(recording(16_000))
    data[40:44] = struct.pack("<I", size)
    try:
        assert to_resource(bytes(data), name="clip").value.duration <= 1.01
    except ConversionError as error:
        assert "@clip" in str(error)  # noqa: PT017 - both are fine


def test_silence_packed_thousandfold(monkeypatch: pytest.MonkeyPatch) -> None:
    """Sound is decoded up to a length and no further, however little its file takes."""
    file = io.BytesIO()
    with av.open(file, "w", format="flac") as container:
        stream: Any = container.add_stream("flac", rate=16_000, layout="mono")
        for _ in range(40):
            frame = av.AudioFrame.from_ndarray(np.zeros((1, 160_000), np.int16), format="s16", layout="mono")
            frame.sample_rate = 16_000
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    packed = file.getvalue()
    assert len(packed) < 100_000
    monkeypatch.setattr("jarvis_magic.media.MOST_SAMPLES", 1_000_000)
    with pytest.raises(ConversionError, match="longer than the 1 minutes that can be held at once"):
        to_resource(packed, name="clip")


def film(frames: int) -> bytes:
    """A video of black frames that says in its head that it has one."""
    file = io.BytesIO()
    with av.open(file, "w", format="avi") as container:
        stream: Any = container.add_stream("mpeg4", rate=10)
        stream.width, stream.height, stream.pix_fmt = 640, 480, "yuv420p"
        for _ in range(frames):
            container.mux(stream.encode(av.VideoFrame.from_ndarray(np.zeros((480, 640, 3), np.uint8), format="rgb24")))
        container.mux(stream.encode(None))
    return file.getvalue()


def test_a_video_that_holds_more_than_it_says(monkeypatch: pytest.MonkeyPatch) -> None:
    """The frames are counted while they are decoded, since a head says what it likes."""

    class Modest(Video):
        frame_count = property(lambda _self: 1)  # what its head says

    monkeypatch.setattr("jarvis_magic.media.MOST_FRAME_PIXELS", 640 * 480 * 3)
    with pytest.raises(ConversionError, match="holds more than it says: its first 3 frames are all that can be held"):
        Modest(film(12)).frames()
    assert len(Video(film(12)).frames(2)) == 2


@pytest.mark.parametrize("data", [b"#EXTM3U\n#EXTINF:1,\n/etc/passwd\n", b"ffconcat version 1.0\nfile /etc/passwd\n", b"<?xml version='1.0'?><MPD><BaseURL>/etc/passwd</BaseURL></MPD>"])  # fmt: skip
@pytest.mark.parametrize("suffix", [".mp4", ".mp3", ".m3u8", ".mkv"])
def test_playlists_play_nothing(tmp_path: Path, data: bytes, suffix: str) -> None:
    """A file that lists other files or addresses is a text, whatever it is called; FFmpeg never sees it."""
    file = tmp_path / f"a{suffix}"
    file.write_bytes(data)
    found = to_resource(data, name="clip")
    assert found.kind == "text"
    assert "root:" not in found.value
    with pytest.raises(JarvisError):
        _ = Video(file).size


def workbook(unpacked: int) -> bytes:
    """A workbook whose one sheet is very long once it is unpacked."""
    file = io.BytesIO()
    with (
        zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as packed,
        packed.open("xl/sharedStrings.xml", "w", force_zip64=True) as part,
    ):
        for _ in range(unpacked // 1_000_000):
            part.write(b" " * 1_000_000)
    return file.getvalue()


def test_workbooks_are_measured_before_they_are_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    """A workbook of a few kilobytes that holds gigabytes is refused, by what its directory says and nothing more."""
    monkeypatch.setattr("jarvis_magic.conversions.tables.MOST_UNPACKED", 10_000_000)
    monkeypatch.setattr("importlib.util.find_spec", lambda _name: object())
    with pytest.raises(ConversionError, match="too large once it is unpacked"):
        table_of_bytes(workbook(20_000_000), ".xlsx")
    for damaged in (b"PK\x03\x04", workbook(1_000_000)[:-30]):
        with pytest.raises(ConversionError, match="damaged"):
            table_of_bytes(damaged, ".xlsx")


@pytest.mark.parametrize("text", ["a," * 50_000 + "\n1", "a\n" + "1;" * 50_000, "\n".join(["a\t" * 20_000] * 3)])
def test_tables_of_very_many_columns(tmp_path: Path, text: str) -> None:
    """A line of commas is refused at once; pandas would take minutes for it."""
    file = tmp_path / "a.csv"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(ConversionError, match=r"more than 10,000 columns"):
        open_named(str(file))


# --- two things at once


def test_a_file_is_what_its_first_bytes_say(tmp_path: Path) -> None:
    """A picture with a page, an archive or a program behind it, under any name, is a picture and is read as one."""
    picture = image_png(PIL.Image.new("RGB", (3, 2), "red"))
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as packed:
        packed.writestr("../evil.py", "x")
    for number, tail in enumerate(
        (b"<script>alert(1)</script>", archive.getvalue(), b"\x80\x04cos\nsystem\n(S'id'\ntR.", b"%PDF-1.7")
    ):
        for suffix in (".html", ".zip", ".wav", ".pkl"):
            file = tmp_path / f"{number}{suffix}"
            file.write_bytes(picture + tail)
            found = open_named(str(file))
            assert (found.kind, found.value.size) == ("image", (3, 2))
            assert image_png(found.value) == picture or b"script" not in image_png(found.value)


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"\x80\x04\x95cos\nsystem\n", "load it yourself if you trust it"),
        (b"\x93NUMPY\x01\x00", "numpy.load"),
        (b"PK\x03\x04", "unpack it"),
        (b"\x1f\x8b\x08\x00", "unpack it"),
        (b"%PDF-1.7", "turn its pages into pictures"),
        (b"\x89HDF\r\n", "load it with its own library"),
        (b"SQLite format 3\0", "pandas.read_sql"),
        (b"MZ\x90\0", "control characters|no UTF-8"),
        (b"\x7fELF\x02\x01", "control characters|no UTF-8"),
    ],
)
def test_what_runs_or_unpacks_is_left_to_the_user(data: bytes, sentence: str) -> None:
    """Pickles, archives, databases and programs are never opened."""
    with pytest.raises(ConversionError, match=sentence):
        to_resource(data, name="x")


def test_values_that_hold_themselves() -> None:
    """Lists and objects without end are one sentence."""
    endless: list[Any] = []
    endless.append(endless)
    with pytest.raises(ConversionError, match="nested too deeply, or contains itself"):
        to_resource(endless, name="x")
    with pytest.raises(ConversionError, match="thousands of digits"):
        to_resource(10**20_000, name="x")
    with pytest.raises(ConversionError, match="Audio samples have shape"):
        Audio(np.zeros((65, 10)), 8000)


def test_a_table_without_its_library_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is read of a workbook where nothing can read it."""
    monkeypatch.setattr("importlib.util.find_spec", lambda name: object() if name == "pandas" else None)
    with pytest.raises(ConfigurationError, match="pip install"):
        table_of_bytes(b"PK\x03\x04", ".xlsx")
