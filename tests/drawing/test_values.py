"""Every kind of value as HTML and as text."""

from __future__ import annotations

import base64
import io
import re
from pathlib import Path
from typing import Any

import av
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from jarvis_magic.drawing import value_html, value_line, value_text
from jarvis_magic.kinds import BASES, Answer, Box, Kind, Label, Mask, Missing, Token, Unread
from jarvis_magic.media import Audio, Video, open_recording
from jarvis_magic.values import Resource
from tests.drawing.pages import Page
from tests.drawing.samples import CAPTION, HOSTILE, photo, resource


def tone(seconds: float, rate: int = 16_000, channels: int = 1) -> Audio:
    """A sound."""
    wave = 0.4 * np.sin(np.arange(int(seconds * rate)) * 0.05)
    return Audio(wave if channels == 1 else np.stack([wave] * channels), rate)


def film(frames: int = 24, size: tuple[int, int] = (96, 64)) -> Video:
    """A short film whose pictures are noise, so that it does not compress well."""
    file = io.BytesIO()
    noise = np.random.default_rng(0)
    with av.open(file, "w", format="mp4") as container:
        stream: Any = container.add_stream("libx264", rate=12)
        stream.width, stream.height, stream.pix_fmt = *size, "yuv420p"
        for _ in range(frames):
            picture = Image.fromarray(noise.integers(0, 255, (size[1], size[0], 3), dtype=np.uint8))
            frame: Any = av.VideoFrame
            container.mux(stream.encode(frame.from_image(picture)))
        container.mux(stream.encode(None))
    return Video(file.getvalue())


def mask() -> Mask:
    """The left half of the photo."""
    picture = Image.new("L", (300, 200))
    picture.paste(255, (0, 0, 150, 200))
    return Mask("wall", 0.9, picture)


VALUES = {
    "text": "A line.\nAnd another.",
    "image": photo(),
    "audio": tone(2),
    "video": film(),
    "table": pd.DataFrame({"city": ["Oslo", "Lima"] * 9, "heat": [4.25, float("nan")] * 9}),
    "labels": [Label(f"label {i}", 1 / (i + 1)) for i in range(14)],
    "boxes": [Box("house", 0.93, 20, 60, 80, 120)],
    "masks": [mask()],
    "tokens": [Token("Oslo", "place", 0.97, 16, 20)],
    "answer": Answer("42 apples", 0.87),
    "vector": np.linspace(0, 1, 256, dtype=np.float32),
    "number": 0.8731,
    "json": {"a": [1, 2, {"b": "c"}] * 9},
}


@pytest.mark.parametrize("base", BASES)
def test_every_kind_is_shown(base: str) -> None:
    """Each kind has a view that passes the sanitizer, and a text; lists of it too."""
    one = resource(base, VALUES[base])
    several = Resource(Kind(base).listed(), [VALUES[base]] * 30)
    for shown in (one, several, Resource(several.kind.listed(), [several.value, []])):
        html = value_html(shown, name="thing")
        assert Page(html).found
        assert len(html) <= 200_000
        assert value_text(shown)
        assert "\n" not in value_line(shown)


def test_text_is_shown_as_written_and_cut() -> None:
    """Lines stay lines, markup stays text, and what is left out is counted."""
    assert "A <b>line</b>" in Page(value_html(resource("text", "A <b>line</b>"))).text
    assert "and 6,000 more characters" in Page(value_html(resource("text", "x" * 10_000))).text


def test_a_picture_is_a_thumbnail_with_words() -> None:
    """The picture is small, and its alternative text says what it is called and how large it is."""
    page = Page(value_html(resource("image", photo(3000, 2000)), name="edited"))
    assert page.attributes("img", "alt") == ["edited: a picture of 3,000 × 2,000 pixels"]
    assert len(page.attributes("img", "src")[0]) < 60_000


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGBA", "CMYK", "YCbCr", "HSV", "LAB", "I", "F", "I;16"])
def test_pictures_of_every_mode_are_shown(mode: str) -> None:
    """Palettes, depth maps and print colours too."""
    picture = (
        Image.new(mode, (40, 30))
        if mode in ("I;16", "F", "I")
        else photo(40, 30).convert("L" if mode == "LAB" else mode)
    )
    assert Page(value_html(resource("image", picture))).attributes("img", "src")


def test_a_depth_map_is_stretched_from_black_to_white() -> None:
    """Deep numbers that differ little can be seen."""
    page = Page(
        value_html(resource("image", Image.fromarray(np.linspace(5, 6, 1200, dtype=np.float32).reshape(30, 40))))
    )
    shown = np.asarray(Image.open(io.BytesIO(_data(page.attributes("img", "src")[0]))).convert("L"))
    assert shown.min() < 20
    assert shown.max() > 235


def _data(uri: str) -> bytes:
    return base64.b64decode(uri.partition(",")[2])


def test_a_picture_with_a_thin_side_is_shown() -> None:
    """A line of pixels keeps at least one."""
    assert Page(value_html(resource("image", Image.new("RGB", (5000, 1))))).attributes("img", "src")


def test_a_short_sound_is_played_as_it_is() -> None:
    """A plain player with the whole sound."""
    page = Page(value_html(resource("audio", tone(2)), name="speech"))
    assert page.attributes("audio", "src")[0].startswith("data:audio/wav;base64,")
    assert page.attributes("audio", "title") == ["speech"]
    assert "2.0 s, mono, 16,000 Hz" in page.text


def test_a_longer_sound_is_compressed_and_says_so() -> None:
    """All of it is heard, at a lower quality."""
    page = Page(value_html(resource("audio", tone(15, 44_100, 2))))
    assert page.attributes("audio", "src")[0].startswith("data:audio/mpeg;base64,")
    assert "15 s, stereo, 44,100 Hz (compressed for this page; the variable holds all of it)" in page.text


def test_a_long_sound_is_cut_and_says_so() -> None:
    """Only the beginning is heard, and how much is said."""
    page = Page(value_html(resource("audio", tone(60)), room=60_000))
    assert re.search(r"the first \d+ s of 1 min 0 s, compressed for this page", page.text)
    heard = _data(page.attributes("audio", "src")[0])
    with open_recording(heard) as container:
        assert 8_000_000 < (container.duration or 0) < 60_000_000


def test_a_sound_without_samples_is_shown() -> None:
    """Nothing to hear is no failure."""
    assert "0.00 s" in Page(value_html(resource("audio", Audio(np.zeros(0), 8000)))).text


def test_a_small_film_plays_and_a_large_one_is_a_sheet_of_frames() -> None:
    """Within its room the file itself, beyond it six frames and a sentence."""
    small = Page(value_html(resource("video", film(6, (64, 48)))))
    assert small.attributes("video", "src")[0].startswith("data:video/mp4;base64,")
    large = Page(value_html(resource("video", film()), room=40_000))
    assert "video" not in large.tags
    assert large.attributes("img", "alt") == ["video: frames of a video"]
    assert "six frames are shown" in large.text


def test_a_film_that_cannot_be_read_says_so() -> None:
    """A broken file is a sentence in its place."""
    assert "no sound or video" in Page(value_html(resource("video", Video(b"no film")))).text
    assert value_text(resource("video", Video(Path("gone.mp4"))))


def test_a_table_shows_its_beginning_and_its_size() -> None:
    """Ten rows and twelve columns, and how many there are."""
    page = Page(
        value_html(resource("table", pd.DataFrame(np.zeros((500, 30)), columns=[f"<c{i}>" for i in range(30)])))
    )
    assert "500 rows, 30 columns; the first 10 rows and the first 12 columns are shown" in page.text
    assert page.tags.count("tr") == 11
    assert "<c0>" in page.text


def test_the_labels_of_a_list_are_one_table() -> None:
    """A row for each item, beside its text; what is missing says why, and the rest is counted."""
    moods = [[Label("good", 0.9), Label("bad", 0.1)], Missing("It was stopped."), [], *[[Label("fair", 1)]] * 30]
    texts = resource("list[text]", [f"review {i}" for i in range(33)])
    page = Page(value_html(resource("list[labels]", moods), about=texts))
    assert page.tags.count("table") == 1
    for said in ("review 0 good 90% bad 10%", "review 1 ∅ no value: It was stopped.", "review 2 ∅ none", "and 23 more"):
        assert said in page.text
    assert "review" not in Page(value_html(resource("list[labels]", moods))).text


def test_labels_have_bars_and_the_rest_is_counted() -> None:
    """Scores can be compared at a glance."""
    page = Page(value_html(resource("labels", VALUES["labels"])))
    assert "label 0" in page.text
    assert "100%" in page.text
    assert "and 4 more" in page.text


def test_boxes_are_drawn_on_their_picture_if_it_is_known() -> None:
    """Alone they are a table."""
    boxes = resource("boxes", VALUES["boxes"])
    assert "img" not in Page(value_html(boxes)).tags
    page = Page(value_html(boxes, name="found", about=resource("image", photo())))
    assert page.attributes("img", "alt") == ["found: 1 house"]


def test_boxes_of_several_pictures_are_drawn_each_on_its_own() -> None:
    """Item by item, and not where a picture has no value."""
    boxes = resource("list[boxes]", [VALUES["boxes"]] * 3)
    pictures = resource("list[image]", [photo(), Missing("gone"), photo()])
    assert Page(value_html(boxes, about=pictures)).tags.count("img") == 2


def test_tokens_are_marked_in_their_text_if_it_is_known() -> None:
    """What was found stands where it was found."""
    page = Page(value_html(resource("tokens", VALUES["tokens"]), about=resource("text", CAPTION)))
    assert "Two houses near Oslo place under" in page.text
    assert "mark" in page.tags


def test_tokens_that_do_not_fit_their_text_do_no_harm() -> None:
    """Stretches that overlap or lie outside are listed, not marked."""
    tokens = [Token("x", "a", 1, 0, 5), Token("y", "b", 1, 2, 4), Token("z", "c", 1, 90, 99), Token("w", "d", 1, 7, 3)]
    assert Page(value_html(resource("tokens", tokens), about=resource("text", "short text")))


def test_masks_say_how_much_of_the_picture_they_cover() -> None:
    """A region has a size."""
    assert "wall 90% 50%" in Page(value_html(resource("masks", VALUES["masks"]))).text


def test_an_item_without_a_value_says_why() -> None:
    """A list keeps the place of what failed."""
    listed = resource("list[text]", ["one", Missing("the file is empty")])
    assert "[1] ∅ no value: the file is empty" in Page(value_html(listed)).text
    assert "[1] (no value: the file is empty)" in value_text(listed)


def test_an_item_that_is_not_read_yet_is_not_read_for_its_picture() -> None:
    """Showing a folder opens none of its files."""

    def read() -> object:
        raise AssertionError

    listed = resource("list[image]", [Unread(Kind("image"), "a.png", read)])
    assert "a.png, not read yet" in Page(value_html(listed)).text
    assert "a.png, not read yet" in value_text(listed)


def test_a_long_list_shows_its_beginning_and_counts_the_rest() -> None:
    """Twenty-four of a hundred, and 76 more."""
    assert "and 76 more" in Page(value_html(resource("list[number]", list(range(100))))).text


def test_empty_values_are_said() -> None:
    """Nothing is not shown as nothing at all."""
    for base in ("labels", "boxes", "masks", "tokens"):
        assert "nothing found" in Page(value_html(resource(base, []))).text
        assert value_text(resource(base, [])) == "(nothing found)"
    assert "an empty text" in Page(value_html(resource("text", ""))).text
    assert "an empty list" in Page(value_html(resource("list[image]", []))).text


def test_numbers_that_are_none_do_no_harm() -> None:
    """A model that gives NaN, infinity or corners outside the picture is shown all the same."""
    nan, far = float("nan"), 1e12
    Page(value_html(resource("labels", [Label("a", nan), Label("b", float("inf")), Label("c", -1)])))
    boxes = [Box("a", nan, nan, 0, 5, 5), Box("b", 1, -far, -far, far, far), Box("c", 1, 9, 9, 3, 3)]
    for size in ((300, 200), (1, 1)):
        Page(value_html(resource("boxes", boxes), about=resource("image", photo(300, 200).resize(size))))
    Page(value_html(resource("number", nan)))
    Page(value_html(resource("vector", np.array([nan, 1, far], dtype=np.float32))))
    Page(value_html(resource("image", Image.fromarray(np.full((9, 9), nan, dtype=np.float32)))))
    Page(value_html(resource("image", Image.new("RGB", (0, 0)))))


def test_hostile_words_stay_words_in_every_kind() -> None:
    """Nothing a model writes becomes markup, wherever it stands."""
    hostile = {
        "text": HOSTILE,
        "labels": [Label(HOSTILE, 0.5)],
        "boxes": [Box(HOSTILE, 0.5, 0, 0, 5, 5)],
        "masks": [Mask(HOSTILE, 0.5, Image.new("L", (9, 9)))],
        "tokens": [Token(HOSTILE, HOSTILE, 0.5, 0, 3)],
        "answer": Answer(HOSTILE, 0.5),
        "json": {HOSTILE: [HOSTILE] * 9},
        "table": pd.DataFrame({HOSTILE: [HOSTILE]}, index=[HOSTILE]),
    }
    for base, value in hostile.items():
        Page(value_html(resource(base, value), name=HOSTILE, about=resource("text", HOSTILE)))
        assert "\x1b" not in value_text(resource(base, value))
    Page(value_html(resource("list[text]", [Missing(HOSTILE)]), name=HOSTILE))
    Page(value_html(resource("image", photo()), name=HOSTILE))
    Page(value_html(resource("audio", tone(0.1)), name=HOSTILE))


@given(st.sampled_from(BASES), st.integers(2_000, 60_000), st.integers(0, 2))
@settings(max_examples=60, deadline=None)
def test_a_view_stays_within_its_room(base: str, room: int, depth: int) -> None:
    """However little room there is, the view fits."""
    value: Any = VALUES[base]
    for _ in range(depth):
        value = [value] * 7
    html = value_html(Resource(Kind(base).listed(depth), value), room=room)
    Page(html)
    assert len(html) <= room
