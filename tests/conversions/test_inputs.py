"""What each Python object is: the kind that is inferred, and what is refused."""

from __future__ import annotations

import collections
import dataclasses
import datetime as dt
import decimal
import enum
import importlib
import io
import os
import subprocess
import sys
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import PIL.Image
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jarvis_magic import conversions
from jarvis_magic.conversions import image_png
from jarvis_magic.errors import ConversionError, JarvisError, SourceError
from jarvis_magic.kinds import Answer, Box, Kind, Label, Mask, Missing, Token, Unread
from jarvis_magic.media import Audio, Video
from jarvis_magic.values import Resource

RED = PIL.Image.new("RGB", (6, 4), "red")
NOISE = PIL.Image.effect_noise((60, 40), 50)


def to_resource(value: object, **options: Any) -> Resource:
    """The resource of a variable called x."""
    return conversions.to_resource(value, name="x", **options)


def refusal(value: object) -> str:
    """The sentence with which a variable called x is refused."""
    with pytest.raises((ConversionError, SourceError)) as caught:
        to_resource(value)
    sentence = str(caught.value)
    assert sentence.startswith("@x: ")
    assert sentence.endswith((".", "?", "`"))
    return sentence


class Colour(enum.Enum):
    """A thing with a value."""

    RED = "red"


class Point(NamedTuple):
    """A record of two numbers."""

    x: int
    y: int


@dataclasses.dataclass
class Card:
    """A record with a picture in it."""

    title: str
    picture: PIL.Image.Image


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        ("Some words.", "text"),
        ("", "text"),
        (np.str_("words"), "text"),
        (dt.date(2026, 1, 2), "text"),
        (Colour.RED, "text"),
        (3, "number"),
        (2.5, "number"),
        (np.float32(2.5), "number"),
        (np.array(4), "number"),
        (decimal.Decimal("2.5"), "number"),
        (True, "json"),
        (None, "json"),
        (RED, "image"),
        (image_png(RED), "image"),
        (bytearray(image_png(RED)), "image"),
        (memoryview(image_png(RED)), "image"),
        (io.BytesIO(image_png(RED)), "image"),
        (np.zeros((4, 6)), "image"),
        (np.zeros((4, 6, 1), np.uint8), "image"),
        (np.zeros((4, 6, 3), np.uint8), "image"),
        (np.zeros((4, 6, 4), np.float32), "image"),
        (np.zeros((4, 6), bool), "image"),
        (np.arange(5.0), "vector"),
        (np.arange(5), "vector"),
        (np.array(["a", "b"]), "list[text]"),
        ((16_000, np.zeros(100, np.int16)), "audio"),
        ((np.zeros(100), 16_000), "audio"),
        ((np.zeros((100, 2)), np.int64(16_000)), "audio"),
        (Audio([0.0], 8000), "audio"),
        (Audio([0.0], 8000).to_wav(), "audio"),
        (b"some words", "text"),
        (io.StringIO("some words"), "text"),
        (pd.DataFrame({"a": [1]}), "table"),
        (pl.DataFrame({"a": [1]}), "table"),
        (pd.Series(["a", "b"]), "list[text]"),
        (pd.Index(["a", "b"]), "list[text]"),
        (pl.Series([1, 2]), "list[number]"),
        (["a", "b"], "list[text]"),
        (("a", "b"), "list[text]"),
        (range(3), "list[number]"),
        (collections.deque([RED]), "list[image]"),
        ([RED, np.zeros((4, 6))], "list[image]"),
        ([["a"], ["b", "c"]], "list[list[text]]"),
        ([["a"], []], "list[list[text]]"),
        ([np.arange(3.0)], "list[vector]"),
        ([pd.DataFrame({"a": [1]})], "list[table]"),
        ([(8000, np.zeros(9))], "list[audio]"),
        ([], "list[json]"),
        ([1, "a"], "json"),
        ([1, [2]], "json"),
        ([[], 0], "json"),
        ([[], []], "list[list[json]]"),
        ([{"a": 1}, {"a": 2}], "json"),
        ({"a": [1, None]}, "json"),
        (Point(1, 2), "json"),
        ({"bytes": 10**12}, "json"),
        ({"bytes": "abc", "path": "x"}, "json"),
        (Card("a", RED), "json"),
        (Label("a", 1.0), "labels"),
        ([Label("a", 1.0)], "labels"),
        ([Box("a", 1.0, 0, 0, 1, 1)], "boxes"),
        ([Mask("a", 1.0, RED)], "masks"),
        ([Token("a", "b", 1.0, 0, 1)], "tokens"),
        ([[Label("a", 1.0)], []], "list[labels]"),
        (Answer("Paris"), "answer"),
        ([Answer("Paris")], "list[answer]"),
        (Resource(Kind("number"), 1), "number"),
    ],
    ids=lambda value: value if isinstance(value, str) and len(value) < 60 else type(value).__name__,
)
def test_the_kind_of_an_object(value: object, kind: str) -> None:
    """Every usual object of a notebook is of the kind that a reader would expect."""
    assert to_resource(value).kind == kind
    assert to_resource(value) == to_resource(value)


@pytest.mark.parametrize(
    ("value", "sentence"),
    [
        (b"", "no bytes"),
        (b"\x00\x01\x02", "no known media format, and no text"),
        (b"\xe9\xe8\xfa", "no known media format and no UTF-8 text"),
        (image_png(NOISE)[:-500], "The picture is damaged"),
        (b"%PDF-1.7", "The format PDF is of no kind; turn its pages into pictures"),
        (b"\x80\x04\x95abc", "The format pickle is of no kind; load it yourself if you trust it"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'></svg>", "save it as PNG"),
        (np.zeros((3, 40, 60)), "put the channels last"),
        (np.zeros((2, 40, 60, 3)), "give a list of pictures"),
        (np.zeros((0, 5)), "no pixels"),
        (np.full((2, 2), -1.0), "values go from -1 to -1"),
        (np.full((2, 2), np.nan), "scale them"),
        (np.full((2, 2), 1000), "scale them"),
        (np.zeros((2, 2), complex), "values are numbers"),
        ((16_000, np.zeros(0)), "no samples"),
        (Audio([], 8000), "empty"),
        (Video(b"nothing"), "no sound or video file"),
        (10**5000, "thousands of digits"),
        ({"a": [10**5000]}, "thousands of digits"),
        (float("nan"), "no value"),
        (pd.NA, "no value"),
        (1j, "complex"),
        ({"array": [[0.0], [0.0, 1.0]], "sampling_rate": 8000}, "samples and a rate"),
        ({"array": [0.0], "sampling_rate": "high"}, "samples and a rate"),
        ({"array": [0.0], "sampling_rate": -1}, "a positive number"),
        ({1, 2}, "no order"),
        ((n for n in range(3)), "generator"),
        (print, "function"),
        (dict, "class"),
        (object(), "An object of type object is of no kind"),
        (uuid.uuid4(), "is of no kind"),
        ([RED, b""], r"^@x: item \[1\]: There are no bytes"),
        ({"a": {"b": b""}}, "^@x: entry 'a': entry 'b': There are no bytes"),
        ([RED, "a"], r"different kinds \(1 × image and 1 × text\)"),
        (Missing("the file is damaged"), "no value: the file is damaged"),
        (pd.DataFrame(), "no columns"),
        (pl.LazyFrame({"a": [1]}), r"give `.collect\(\)`"),
        ("x" * 60_000_000, "60,000,000 characters"),
    ],
    ids=lambda value: value if isinstance(value, str) and len(value) < 60 else type(value).__name__,
)
def test_what_is_of_no_kind(value: object, sentence: str) -> None:
    """What cannot be used is one sentence with the variable's name and a next step."""
    import re

    assert re.search(sentence, refusal(value))


def test_what_contains_itself() -> None:
    """A list within itself is a sentence."""
    endless: list[Any] = []
    endless.append(endless)
    assert "contains itself" in refusal(endless)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner) | st.tuples(inner, inner),
)


@given(json_values)
def test_whatever_json_says_has_a_kind(value: Any) -> None:
    """Any JSON-like value is a resource with a digest and a description, or refused in one sentence."""
    try:
        resource = to_resource(value, opening=False)
    except ConversionError:
        return
    assert resource.digest
    assert "\n" not in conversions.describe(resource, "excerpts", 80)
    if conversions.has_text_form(resource.kind):
        assert isinstance(conversions.text_form(resource.value, resource.kind), str)


@given(st.binary(max_size=200) | st.binary(max_size=80).map(lambda tail: image_png(RED)[:40] + tail))
def test_any_bytes_are_something_or_refused(data: bytes) -> None:
    """Whatever bytes there are, nothing but our sentence comes out."""
    try:
        assert to_resource(data).digest
    except JarvisError as error:
        assert str(error)  # noqa: PT017


# --- pictures


@pytest.mark.parametrize(
    "mode", ["1", "L", "LA", "P", "PA", "RGB", "RGBA", "RGBX", "CMYK", "YCbCr", "HSV", "LAB", "I;16", "I", "F"]
)
def test_pictures_of_every_mode(mode: str) -> None:
    """Whatever its mode, a picture comes as 1, L, RGB or RGBA, of the same size."""
    image = to_resource(PIL.Image.new(mode, (6, 4))).value
    assert image.mode in ("1", "L", "RGB", "RGBA")
    assert image.size == (6, 4)


def test_sixteen_bits_keep_their_shades() -> None:
    """A picture of 16 bits is scaled to eight, not cut off."""
    ramp = np.linspace(0, 65535, 12, dtype=np.uint16).reshape(3, 4)
    eight = np.asarray(to_resource(ramp).value)
    assert eight.min() == 0
    assert eight.max() == 255
    assert (np.diff(eight.ravel().astype(int)) > 0).all()
    file = io.BytesIO()
    PIL.Image.fromarray(ramp).save(file, "PNG")
    assert np.array_equal(np.asarray(to_resource(file.getvalue()).value), eight)


def test_floats_are_shades() -> None:
    """Floats from 0 to 1 and from 0 to 255 mean the same."""
    unit = np.array([[0.0, 0.5], [0.25, 1.0]])
    assert to_resource(unit) == to_resource(unit * 255)


def test_a_picture_is_turned_upright() -> None:
    """The EXIF orientation of a camera is applied, once."""
    exif = PIL.Image.Exif()
    exif[0x0112] = 6
    file = io.BytesIO()
    RED.save(file, "JPEG", exif=exif)
    image = to_resource(file.getvalue()).value
    assert image.size == (4, 6)
    assert to_resource(image).value.size == (4, 6)


def test_a_picture_that_needs_no_change_is_the_same_object() -> None:
    """Nothing is copied without need."""
    assert to_resource(RED).value is RED


def test_a_bomb_is_refused_before_it_is_decoded(monkeypatch: pytest.MonkeyPatch) -> None:
    """A small file with a huge picture is a sentence, and nothing is decoded."""
    file = io.BytesIO()
    PIL.Image.new("1", (400, 300)).save(file, "PNG")
    monkeypatch.setattr(PIL.Image, "MAX_IMAGE_PIXELS", 100_000)
    for bomb in (file.getvalue(), np.zeros((400, 300), bool)):
        assert "too large" in refusal(bomb)
        assert "MAX_IMAGE_PIXELS" in refusal(bomb)


def test_a_damaged_picture_is_told_in_words() -> None:
    """What the library says of the file in memory stays out of the sentence."""
    said = refusal(b"\x89PNG\r\n\x1a\n nothing more")
    assert "The picture is damaged" in said
    assert "0x" not in said


@pytest.mark.parametrize("name", ["PNG", "JPEG", "GIF", "WEBP", "BMP", "TIFF", "AVIF", "ICO", "PPM", "JPEG2000"])
def test_picture_files_of_every_format(name: str) -> None:
    """The formats that are known are decoded, whole or not at all."""
    file = io.BytesIO()
    NOISE.convert("RGB").resize((64, 64)).save(file, name)
    assert to_resource(file.getvalue()).value.size == (64, 64)
    assert "damaged" in refusal(file.getvalue()[:200])


def test_the_first_picture_of_an_animation() -> None:
    """An animated GIF is its first picture."""
    file = io.BytesIO()
    RED.save(file, "GIF", save_all=True, append_images=[PIL.Image.new("RGB", (6, 4), "blue")])
    assert to_resource(file.getvalue()).value.convert("RGB").getpixel((0, 0)) == (255, 0, 0)


# --- tensors, figures and displays, by their looks


class Tensor:
    """What a torch tensor looks like from outside."""

    __module__ = "torch"

    class _Type:
        is_floating_point = True

    dtype = _Type()

    def __init__(self, array: np.ndarray[Any, Any]) -> None:
        self.array, self.shape = array, array.shape

    def detach(self) -> Tensor:
        """Without its gradient."""
        return self

    cpu = float = detach

    def numpy(self) -> np.ndarray[Any, Any]:
        """Its array."""
        return self.array

    def __array__(self) -> np.ndarray[Any, Any]:
        """Refuses, as a tensor on a device does."""
        raise TypeError


def test_tensors_have_their_channels_first() -> None:
    """A tensor of shape (3, h, w) is a picture; one of numbers in a row a vector."""
    assert to_resource(Tensor(np.zeros((3, 40, 60)))).value.size == (60, 40)
    assert to_resource(Tensor(np.zeros((40, 60)))).value.size == (60, 40)
    assert to_resource(Tensor(np.arange(5.0))).kind == "vector"


def test_figures_of_matplotlib() -> None:
    """A figure, its axes and what is drawn in them are its picture."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(3, 2), dpi=50)
    axes = figure.subplots()
    (line,) = axes.plot([1, 2, 3])
    for shown in (figure, axes, line):
        image = to_resource(shown).value
        assert image.mode == "RGBA"
        assert 80 < image.width <= 150
    assert "too large" in refusal(Figure(figsize=(500, 500), dpi=100))


def test_displays_of_ipython(tmp_path: Path, clip: Callable[..., bytes]) -> None:
    """What a notebook displays is what it shows: embedded data, or the file it was made with."""
    display: Any = importlib.import_module("IPython.display")
    file = tmp_path / "red.png"
    RED.save(file)
    film = tmp_path / "film.mp4"
    film.write_bytes(clip())
    assert to_resource(display.Image(data=image_png(RED))).kind == "image"
    assert to_resource(display.Image(filename=str(file))).kind == "image"
    assert to_resource(display.Audio(np.sin(np.arange(800)), rate=8000)).value.rate == 8000
    assert to_resource(display.Video(str(film))).kind == "video"
    assert to_resource(display.Video(str(film), embed=True)).kind == "video"
    assert "of no kind" in refusal(display.HTML("<b>x</b>"))


def test_what_shows_itself_as_a_picture() -> None:
    """An object with a PNG for the notebook is that picture."""

    class Drawing:
        def _repr_png_(self) -> bytes:
            return image_png(RED)

    assert to_resource(Drawing()).value.size == RED.size


def test_media_of_data_sets_and_uploads(tmp_path: Path) -> None:
    """The objects in which data sets and upload widgets keep media are those media."""
    file = tmp_path / "red.png"
    RED.save(file)
    assert to_resource({"array": np.zeros(100), "sampling_rate": 8000, "path": None}).kind == "audio"
    assert to_resource({"bytes": image_png(RED), "path": "red.png"}).kind == "image"
    assert to_resource({"bytes": None, "path": str(file)}).kind == "image"
    upload = {"name": "red.png", "type": "image/png", "size": 1, "content": memoryview(image_png(RED))}
    assert to_resource((upload, upload)).kind == "list[image]"


# --- tables and series


def test_a_polars_frame_becomes_one_of_pandas() -> None:
    """Columns, values and gaps are kept."""
    frame = to_resource(pl.DataFrame({"name": ["a", None], "n": [1, 2], "day": [dt.date(2026, 1, 1)] * 2})).value
    assert isinstance(frame, pd.DataFrame)
    assert frame.n.tolist() == [1, 2]
    assert frame.name.isna().tolist() == [False, True]


@pytest.mark.parametrize("series", [pd.Series(["a", None, "b"]), pl.Series(["a", None, "b"])], ids=["pandas", "polars"])
def test_gaps_of_a_series_are_missing(series: object) -> None:
    """An empty cell is an item without a value, at its place."""
    assert to_resource(series).value == ["a", Missing("the cell is empty"), "b"]


def test_gaps_of_a_list_are_missing() -> None:
    """None and NaN among things of one kind are items without a value; what is missing already says why."""
    assert to_resource([1.5, float("nan"), None]).kind == "list[number]"
    assert [bool(item) for item in to_resource(["a", None]).value] == [True, False]
    assert to_resource([RED, Missing("damaged")]).value == [RED, Missing("damaged")]


# --- objects


def test_an_object_may_hold_media() -> None:
    """JSON objects and records keep what they hold, as values of its kind."""
    held = to_resource({"photo": np.zeros((4, 6)), "when": dt.date(2026, 1, 2), "n": np.int64(3), 4: [RED, "x"]}).value
    assert held["photo"].size == (6, 4)
    assert (held["when"], held["n"]) == ("2026-01-02", 3)
    assert held["4"] == [RED, "x"]
    assert to_resource(Card("a", RED)).value == {"title": "a", "picture": RED}
    assert to_resource(Point(1, 2)).value == {"x": 1, "y": 2}


def test_words_in_an_object_are_words(tmp_path: Path) -> None:
    """A str within an object is never opened, a path is."""
    file = tmp_path / "red.png"
    RED.save(file)
    held = to_resource({"name": str(file), "path": file}).value
    assert held["name"] == str(file)
    assert isinstance(held["path"], Unread)
    assert held["path"].read().size == RED.size


def test_an_open_file_is_left_where_it_was(tmp_path: Path) -> None:
    """A file object is read from its start, and its position put back."""
    path = tmp_path / "notes.txt"
    path.write_text("some words")
    with path.open("rb") as file:
        file.read(5)
        assert to_resource(file).value == "some words"
        assert file.tell() == 5
    assert "cannot be read" in refusal(file)


def test_no_library_is_loaded_to_find_out_that_it_is_not_needed() -> None:
    """Words and numbers become resources without NumPy, pandas, Pillow, PyAV or IPython."""
    code = (
        "import sys; from jarvis_magic.conversions import to_resource; to_resource('words', name='x');"
        "to_resource([1, {'a': None}], name='x');"
        "print([m for m in ('numpy', 'pandas', 'PIL', 'av', 'IPython', 'matplotlib', 'polars') if m in sys.modules])"
    )
    said = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env=dict(os.environ)
    )
    assert said.stdout.strip() == "[]"


def test_video_objects_are_videos(clip: Callable[..., bytes]) -> None:
    """A Video is taken as it is."""
    video = Video(clip(frames=1))
    assert to_resource(video).value is video
