"""Files, folders and names: what is opened, when, and as what."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import PIL.Image
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jarvis_magic.conversions import image_png, open_named, to_resource
from jarvis_magic.errors import ConfigurationError, ConversionError, JarvisError, SourceError
from jarvis_magic.kinds import Unread, opened
from jarvis_magic.media import Audio

RED = PIL.Image.new("RGB", (6, 4), "red")
TONE = Audio(0.1 * np.sin(np.arange(800) / 3), 8000)


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A current folder with a file of every kind."""
    monkeypatch.chdir(tmp_path)
    RED.save("red.png")
    Path("tone.wav").write_bytes(TONE.to_wav())
    Path("notes.txt").write_text("some words\n", encoding="utf-8")
    Path("prices.csv").write_text("name;price\na;1\nb;2\n", encoding="utf-8")
    Path("facts.json").write_text('{"a": [1, 2]}', encoding="utf-8")
    Path("rows.jsonl").write_text('{"a": 1}\n\n{"a": 2}\n', encoding="utf-8")
    Path("page.html").write_text(
        "<html><head><title>Cats</title><style>p{}</style></head><body><h1>On cats</h1><p>They\n<b>purr</b>.<p>Often."
        "<script>evil()</script></body></html>",
        encoding="utf-8",
    )
    return tmp_path


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("red.png", "image"),
        ("tone.wav", "audio"),
        ("notes.txt", "text"),
        ("prices.csv", "table"),
        ("facts.json", "json"),
        ("rows.jsonl", "json"),
        ("page.html", "text"),
    ],
)
def test_the_kind_of_a_file(here: Path, name: str, kind: str) -> None:
    """A file is of the kind of its content, whether it is named by str, path or URL."""
    assert to_resource(name, name="x").kind == kind
    assert to_resource(Path(name), name="x").kind == kind
    assert to_resource(f"./{name}", name="x").kind == kind
    assert open_named(name).kind == kind
    assert open_named((here / name).as_uri()).kind == kind


@pytest.mark.usefixtures("here")
def test_what_files_hold() -> None:
    """Delimiters are found, pages read without their markup, lines of JSON together."""
    assert open_named("prices.csv").value.price.tolist() == [1, 2]
    assert open_named("page.html").value == "Cats\nOn cats\nThey purr.\nOften."
    assert open_named("rows.jsonl").value == [{"a": 1}, {"a": 2}]
    assert open_named("notes.txt").value == "some words\n"


@pytest.mark.usefixtures("here")
def test_the_content_counts_not_the_suffix(clip: Callable[..., bytes]) -> None:
    """A picture named as a sound is a picture, and a video without pictures a sound."""
    Path("red.wav").write_bytes(image_png(RED))
    Path("noname").write_bytes(TONE.to_wav())
    Path("film").write_bytes(clip())
    assert open_named("red.wav").kind == "image"
    assert open_named("noname").kind == "audio"
    assert open_named("film").kind == "video"
    assert to_resource("red.wav", name="x").kind == "image"


@pytest.mark.usefixtures("here")
def test_a_video_file_stays_on_disk(clip: Callable[..., bytes]) -> None:
    """A video is not read into memory before it is used."""
    Path("film.mp4").write_bytes(clip())
    assert open_named("film.mp4").value.source == Path("film.mp4")


@pytest.mark.usefixtures("here")
@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("a.png", b"", r"'a.png' is empty"),
        ("a.png", image_png(RED)[:40], "'a.png': The picture is damaged"),
        ("a.jpg", b"\xff\xd8\xff\xe0 nothing more", "'a.jpg': The picture is damaged"),
        ("a.wav", TONE.to_wav()[:40], "'a.wav'"),
        ("a.mp3", b"ID3\x04\x00\x00\x00\x00\x00\x00" + b"x" * 500, "'a.mp3'"),
        ("a.mp4", b"\x00\x00\x00\x1cftypisom" + b"x" * 500, "damaged"),
        ("a.csv", b"a,b\n1,2\n1,2,3,4\n", r"'a.csv': The table cannot be read.*pandas.read_csv"),
        ("a.csv", b"\n", "'a.csv': The table cannot be read"),
        ("a.json", b"{'a': 1}", "'a.json': It is not valid JSON"),
        ("a.txt", "é".encode("latin-1"), r"no UTF-8 text \(byte 0xe9 at 0\)"),
        ("a.txt", b"\x00\x01\x02\x03", "control characters"),
        ("a.parquet", b"PAR1" + b"x" * 50, "pyarrow"),
        ("a.xlsx", b"PK\x03\x04" + b"x" * 50, "openpyxl"),
        ("a.zip", b"PK\x03\x04" + b"x" * 50, "The format ZIP is of no kind; unpack it"),
    ],
)
def test_files_that_are_broken(name: str, content: bytes, sentence: str) -> None:
    """An empty, broken or foreign file is one sentence with its name."""
    Path(name).write_bytes(content)
    with pytest.raises((ConversionError, SourceError, ConfigurationError), match=sentence):
        open_named(name)


@pytest.mark.usefixtures("here")
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_text_with_a_byte_order_mark(encoding: str) -> None:
    """Text files of Windows programs are read as what they say."""
    Path("a.txt").write_bytes("naïve — 猫\r\n".encode(encoding))
    assert open_named("a.txt").value == "naïve — 猫\n"


@pytest.mark.usefixtures("here")
@pytest.mark.parametrize(
    "words",
    [
        "see notes.txt",
        "notes",
        "notes.md",
        "a.b",
        "red.png is red",
        "",
        "nothing/here",
        "1.5",
        "e.g. notes.txt\nred.png",
        "~",
        "/",
    ],
)
def test_words_are_not_opened(words: str) -> None:
    """A text that is no name of anything stays a text, also where it has one in it."""
    assert to_resource(words, name="x").value == words


@pytest.mark.usefixtures("here")
def test_a_name_of_a_medium_that_is_not_there() -> None:
    """A misspelt picture is an error with the close name, not a text."""
    with pytest.raises(SourceError, match=r"@x: There is no file 'rde.png' .* did you mean 'red.png'\?"):
        to_resource("rde.png", name="x")


@pytest.mark.usefixtures("here")
def test_what_a_model_wrote_is_not_opened() -> None:
    """Where opening is not allowed, names stay words, and paths are refused."""
    assert to_resource("red.png", name="x", opening=False).kind == "text"
    assert to_resource(["red.png"], name="x", opening=False).kind == "list[text]"
    assert to_resource({"bytes": None, "path": "red.png"}, name="x", opening=False).kind == "json"
    with pytest.raises(ConversionError, match="not opened here"):
        to_resource(Path("red.png"), name="x", opening=False)


# --- folders and lists


@pytest.mark.usefixtures("here")
def test_a_folder_is_a_list_of_its_media() -> None:
    """Files come sorted, are read when they are used, and texts beside media are left out."""
    Path("photos").mkdir()
    for name in ("b.png", "a.PNG", ".hidden.png"):
        Path("photos", name).write_bytes(image_png(RED))
    Path("photos", "README.txt").write_text("About these.")
    for named in (Path("photos"), "photos/", "./photos"):
        found = to_resource(named, name="x")
        assert found.kind == "list[image]"
        assert [item.name for item in found.value] == ["a.PNG", "b.png"]
        assert opened(found.value)[0].size == RED.size
    assert to_resource("photos", name="x").kind == "text"


@pytest.mark.usefixtures("here")
def test_folders_that_are_no_list() -> None:
    """A folder of several kinds of media, or of none, is a sentence that says what to write."""
    with pytest.raises(ConversionError, match=r"@x: .* 1 of image and 1 of audio.*sorted\(Path"):
        to_resource(Path(), name="x")
    Path("nothing").mkdir()
    with pytest.raises(ConversionError, match="none of a kind"):
        open_named("nothing")


@pytest.mark.usefixtures("here")
def test_names_in_a_list_are_read_when_they_are_used() -> None:
    """A list of names of media is a list of media; each is there, and none is read yet."""
    for names in (["red.png", "red.png"], [Path("red.png")], pd.Series(["red.png"])):
        found = to_resource(names, name="x")
        assert found.kind == "list[image]"
        assert all(isinstance(item, Unread) for item in found.value)
    with pytest.raises(SourceError, match=r"There is no file 'rad\.png'"):
        to_resource(["red.png", "rad.png"], name="x")


@pytest.mark.usefixtures("here")
def test_words_in_a_list_are_words() -> None:
    """A column of words is left alone, even where a file is called so."""
    assert to_resource(["notes.txt", "prices.csv"], name="x").kind == "list[text]"
    assert opened(to_resource([Path("notes.txt")], name="x").value) == ["some words\n"]


def test_links_in_a_list_are_words() -> None:
    """A column of links is not downloaded; links to media are, each when it is used."""
    assert to_resource(["https://example.org/a", "https://example.org/b"], name="x").kind == "list[text]"
    assert to_resource(["https://example.org/a.png"], name="x").kind == "list[image]"


@pytest.mark.parametrize(
    ("text", "column"), [("a,b\n1,2\n", [1]), ("a;b\n1;2,5\n", [1]), ("a\tb\n1\t2\n", [1]), ("a\n1\n2\n", [1, 2])]
)
def test_the_delimiter_of_a_table(tmp_path: Path, text: str, column: list[int]) -> None:
    """Commas, semicolons, tabs, or none at all: the delimiter is found."""
    (tmp_path / "a.csv").write_text(text)
    assert open_named(str(tmp_path / "a.csv")).value.a.tolist() == column


@pytest.mark.usefixtures("here")
def test_an_item_that_is_something_else() -> None:
    """An item whose content is not of the list's kind says so when it is used."""
    Path("fake.png").write_bytes(TONE.to_wav())
    found = to_resource(["red.png", "fake.png"], name="x")
    assert found.value[0].read().size == RED.size
    with pytest.raises(ConversionError, match=r"'fake.png' holds audio, not an image"):
        found.value[1].read()


@pytest.mark.usefixtures("here")
def test_ten_thousand_files_are_not_decoded() -> None:
    """A long list of files is a list of names until its items are used."""
    found = to_resource(["red.png"] * 10_000, name="x")
    assert len(found.value) == 10_000
    assert {type(item) for item in found.value} == {Unread}


def test_a_data_url_in_a_variable() -> None:
    """A data URL is the medium in it."""
    import base64

    url = "data:image/png;base64," + base64.b64encode(image_png(RED)).decode()
    assert to_resource(url, name="x").value.size == RED.size


def test_an_address_in_a_variable_is_not_this_machine() -> None:
    """Only what is typed in the cell may be an address of this machine."""
    with pytest.raises(SourceError, match="type it in the cell"):
        to_resource("http://127.0.0.1:9/cat.png", name="x")


@pytest.mark.usefixtures("here")
def test_without_pandas_a_table_says_what_brings_it() -> None:
    """On an installation without the toolbox, a table is one sentence with the command to run."""
    code = (
        "import sys; sys.modules['pandas'] = None\n"
        "from jarvis_magic.conversions import open_named, to_resource\n"
        "from jarvis_magic.errors import MissingExtra\n"
        "try: open_named('prices.csv')\n"
        "except MissingExtra as error: print(error)\n"
        "print(to_resource(['a'], name='x').kind)"
    )
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert 'needs pandas, which is not installed: run `pip install "jarvis_magic[toolbox]"`' in said.stdout
    assert "list[text]" in said.stdout


# --- what PyAV reads


@pytest.mark.parametrize("container", ["flac", "mp3", "ogg", "adts", "matroska"])
def test_sound_files_of_many_formats(container: str) -> None:
    """Sound comes at its own rate, about as long as it was."""
    import av

    codec = {"mp3": "libmp3lame", "ogg": "libopus", "adts": "aac", "matroska": "pcm_s16le"}.get(container, container)
    file = io.BytesIO()
    with av.open(file, "w", format=container) as out:
        stream: Any = out.add_stream(codec, rate=48_000, layout="mono")
        samples: Any = (0.3 * np.sin(np.arange(48_000) / 20)).astype(np.float32)[None]
        frame = av.AudioFrame.from_ndarray(samples, format="fltp", layout="mono")
        frame.sample_rate = 48_000
        resampler = av.AudioResampler(
            format=stream.format, layout="mono", rate=48_000, frame_size=stream.frame_size or None
        )
        for part in [*resampler.resample(frame), *resampler.resample(None)]:
            out.mux(stream.encode(part))
        out.mux(stream.encode(None))
    audio = to_resource(file.getvalue(), name="x").value
    assert audio.rate == 48_000
    assert audio.duration == pytest.approx(1.0, abs=0.1)


def test_the_cover_of_a_song_is_no_video() -> None:
    """A recording whose only picture is attached is sound."""
    import av

    file = io.BytesIO()
    with av.open(file, "w", format="mp3") as out:
        voice: Any = out.add_stream("libmp3lame", rate=16_000, layout="mono")
        cover: Any = out.add_stream("png", rate=1)
        cover.width, cover.height, cover.pix_fmt = 6, 4, "rgb24"
        cover.disposition = av.stream.Disposition.attached_pic
        samples: Any = np.zeros((1, 8000), np.float32)
        frame = av.AudioFrame.from_ndarray(samples, format="fltp", layout="mono")
        frame.sample_rate = 16_000
        out.mux([*voice.encode(frame), *voice.encode(None)])
        picture = av.VideoFrame.from_ndarray(np.asarray(RED), format="rgb24")
        out.mux([*cover.encode(picture), *cover.encode(None)])
    assert to_resource(file.getvalue(), name="x").kind == "audio"


def _picture(name: str) -> bytes:
    file = io.BytesIO()
    PIL.Image.effect_noise((48, 32), 50).convert("RGB").save(file, name)
    return file.getvalue()


UNKNOWN_CODEC = TONE.to_wav()[:20] + b"\x34\x12" + TONE.to_wav()[22:]
WHOLE_FILES = [_picture(name) for name in ("PNG", "JPEG", "GIF", "WEBP", "TIFF", "AVIF", "BMP")] + [TONE.to_wav()]


@given(
    st.sampled_from(WHOLE_FILES),
    st.lists(st.tuples(st.integers(0, 300), st.integers(0, 255)), max_size=12),
    st.none() | st.integers(1, 400),
)
@settings(deadline=None)
def test_damaged_files_are_read_or_refused(data: bytes, changes: list[tuple[int, int]], end: int | None) -> None:
    """However a file is damaged, it is read as far as it can be, or refused in one sentence."""
    damaged = bytearray(data[:end])
    for place, byte in changes:
        damaged[place % len(damaged)] = byte
    try:
        assert to_resource(bytes(damaged), name="x").digest
    except JarvisError as error:
        assert str(error).startswith("@x: ")  # noqa: PT017


def test_a_codec_nobody_knows() -> None:
    """A sound file in an unknown codec is a sentence."""
    with pytest.raises(ConversionError, match=r"codec that FFmpeg does not know|cannot be decoded"):
        to_resource(UNKNOWN_CODEC, name="x")


def test_json_of_any_depth_is_read_or_refused(tmp_path: Path) -> None:
    """A deeply nested JSON file is a sentence."""
    path = tmp_path / "deep.json"
    path.write_text("[" * 100_000 + "]" * 100_000)
    with pytest.raises(ConversionError, match="not valid JSON"):
        open_named(str(path))
    path.write_text("[" * 200 + "]" * 200)
    with pytest.raises(ConversionError, match="more than 100 levels deep"):
        open_named(str(path))
    path.write_text(json.dumps({"a": 1}))
    assert open_named(str(path)).value == {"a": 1}
