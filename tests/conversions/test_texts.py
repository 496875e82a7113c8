"""Text forms, and the lines that describe resources to a controller."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
import pandas as pd
import PIL.Image
import pytest

from jarvis_magic.conversions import describe, has_text_form, text_form, to_resource
from jarvis_magic.conversions.plurals import counted, plural
from jarvis_magic.errors import ConversionError
from jarvis_magic.kinds import BASES, Answer, Box, Kind, Label, Mask, Missing, Token, Unread
from jarvis_magic.media import Audio, Video
from jarvis_magic.values import Resource
from jarvis_magic.wellformed import WITH_TEXT_FORM

RED = PIL.Image.new("RGB", (6, 4), "red")
TABLE = pd.DataFrame(
    {"name": ["a|b", "long " * 40], "price": [1.5, 2.0], "day": pd.to_datetime(["2026-01-01", "2026-01-02"])}
)


def box(label: str) -> Box:
    """A box around something."""
    return Box(label, 0.9, 0, 0, 1, 1)


@pytest.mark.parametrize(
    ("value", "kind", "words"),
    [
        ("As it is,\nwith lines.", "text", "As it is,\nwith lines."),
        (3, "number", "3"),
        (3.0, "number", "3"),
        (0.1 + 0.2, "number", "0.3"),
        (1234567.891, "number", "1234567.89"),
        (-0.000123456789, "number", "-0.000123457"),
        (
            [Label("dog", 0.974), Label("cat", 0.02), Label("eel", 0.0001)],
            "labels",
            "dog (97%), cat (2%), eel (under 1%)",
        ),
        ([Label(str(i), 0.1) for i in range(9)], "labels", "0 (10%), 1 (10%), 2 (10%), 3 (10%), 4 (10%)"),
        ([], "labels", "no label"),
        ([box("person"), box("dog"), box("person")], "boxes", "2 people, 1 dog"),
        ([], "boxes", "nothing"),
        ([Token("Paris", "location", 1.0, 0, 5)] * 2, "tokens", "Paris (location)"),
        (Answer("Paris"), "answer", "Paris"),
        ({"a": [1, None, True], "é": "ü"}, "json", '{"a": [1, null, true], "é": "ü"}'),
        ("words", "json", "words"),
        (2.0, "json", "2"),
        (True, "json", "true"),
        (None, "json", "null"),
        ({"picture": RED, "box": box("dog")}, "json", None),
        (["one", "two\nlines"], "list[text]", "1. one\n2. two\n   lines"),
        ([["a", "b"], ["c"]], "list[list[text]]", "1. 1. a\n   2. b\n2. 1. c"),
        ([], "list[text]", ""),
        ([[box("dog")], Missing("gone"), []], "list[boxes]", "1. 1 dog\n2. nothing"),
    ],
)
def test_how_values_read(value: Any, kind: str, words: str | None) -> None:
    """Each kind has words that read well in a prompt and aloud."""
    said = text_form(value, Kind(kind))
    assert said == words if words is not None else '"<image 6×4>"' in said


def test_a_table_is_shown_in_part() -> None:
    """A table is Markdown of its beginning, and says how much more there is."""
    said = text_form(TABLE, Kind("table")).splitlines()
    assert said[0] == "| name | price | day |"
    assert said[2].startswith("| a\\|b | 1.5 | 2026-01-01")
    assert max(map(len, said)) < 140
    large = pd.DataFrame(np.zeros((500, 30)), columns=[f"c{i}" for i in range(30)])
    said = text_form(large, Kind("table")).splitlines()
    assert len(said) == 23
    assert said[-1] == "… and 480 more rows and 18 more columns"


@pytest.mark.parametrize("base", BASES)
def test_the_kinds_with_a_text_form_are_those_of_plans(base: str) -> None:
    """What a plan allows inside a text has words, and nothing else."""
    assert has_text_form(Kind(base)) == (base in WITH_TEXT_FORM)
    assert has_text_form(Kind(base).listed()) == has_text_form(Kind(base))


@pytest.mark.parametrize(
    ("kind", "sentence"),
    [
        ("image", "An image has no text form; put an image-to-text task"),
        ("audio", "transcript"),
        ("video", "frames"),
        ("masks", r"\[\*\].label"),
        ("vector", "what it was made from"),
        ("list[image]", "A list of images has no text form"),
    ],
)
def test_what_has_no_words_says_what_to_do(kind: str, sentence: str) -> None:
    """A picture has no text form, and the error says which task makes one."""
    with pytest.raises(ConversionError, match=sentence):
        text_form(None, Kind(kind))


@pytest.mark.parametrize(
    ("one", "many"),
    [
        ("dog", "dogs"), ("person", "people"), ("fire hydrant", "fire hydrants"), ("bus", "buses"), ("wine glass", "wine glasses"),
        ("bench", "benches"), ("sandwich", "sandwiches"), ("knife", "knives"), ("mouse", "mice"), ("sheep", "sheep"),
        ("scissors", "scissors"), ("teddy bear", "teddy bears"), ("toothbrush", "toothbrushes"), ("box", "boxes"),
        ("baby", "babies"), ("key", "keys"), ("policewoman", "policewomen"), ("Person", "People"), ("tv", "tvs"),
        ("LABEL_1", "LABEL_1"), ("", ""), ("猫", "猫"), ("human", "humans"), ("cow", "cows"),
    ],
)  # fmt: skip
def test_plurals(one: str, many: str) -> None:
    """The names that detectors give are counted as people would."""
    assert plural(one).lower() == many.lower()


def test_counting() -> None:
    """Names are counted, most frequent first."""
    assert counted(["cat", "dog", "dog"]) == "2 dogs, 1 cat"
    assert counted([]) == ""


# --- descriptions


@pytest.mark.parametrize(
    ("value", "shapes", "excerpts"),
    [
        ("Some  words\nhere", "text, 16 characters", "text, 16 characters: Some words here"),
        (5, "number", "number: 5"),
        (RED, "image, 6×4", "image, 6×4"),
        (Audio(np.zeros((2, 8000)), 8000), "audio, 1.0 s, 8000 Hz, 2 channels", None),
        (np.zeros(384), "vector, 384 numbers", None),
        ([box("dog")], "boxes, 1 box", "boxes, 1 box: 1 dog"),
        ([Mask("sky", 1.0, RED)] * 2, "masks, 2 masks", None),
        ({"a": 1, "b": 2}, "json, an object with a, b", 'json, an object with a, b: {"a": 1, "b": 2}'),
        ([{"a": 1}], "json, 1 item, an object with a", None),
        ([RED, RED, Missing("gone")], "list[image], 3 items, the first 6×4", None),
        ([], "list[json], 0 items", None),
        (
            pd.DataFrame({"price": [1.5], "name": ["a"]}),
            "table, 1 row, 2 columns (price (float64); name (str))",
            "table, 1 row, 2 columns (price (float64); name (str)): | price | name | | --- | --- | | 1.5 | a |",
        ),
        (
            pd.DataFrame({"photo": [None, RED], "file": ["a.wav", "b.wav"]}),
            "table, 2 rows, 2 columns (photo (image); file (audio))",
            None,
        ),
    ],
    ids=lambda value: str(value)[:30].partition(" object at ")[0],
)
def test_how_resources_are_described(value: Any, shapes: str, excerpts: str | None) -> None:
    """A line says as much as is shared: the kind, its shape, or the beginning of its words."""
    resource = to_resource(value, name="x")
    assert describe(resource, "kinds", 200) == resource.kind
    assert describe(resource, "shapes", 200) == shapes
    assert describe(resource, "excerpts", 200) == (
        excerpts if excerpts is not None else describe(resource, "excerpts", 200)
    )


def test_a_video_is_described_by_its_shape(clip: Any) -> None:
    """Length, size and rate of a video are told."""
    assert describe(Resource(Kind("video"), Video(clip())), "shapes", 200) == "video, 1.0 s, 64×48, 12 frames a second"


@pytest.mark.parametrize("share", ["kinds", "shapes", "excerpts"])
def test_a_description_keeps_its_limit(share: Literal["kinds", "shapes", "excerpts"]) -> None:
    """A line is never longer than it may be, nor more than one."""
    for value in ("word " * 10_000, {"k" * 500: "\n" * 500}, TABLE, ["a\nb"] * 1000):
        line = describe(to_resource(value, name="x"), share, 60)
        assert len(line) <= 60
        assert "\n" not in line


def test_nothing_is_read_to_describe_it() -> None:
    """Files of a list that are not read yet are counted and left."""

    def never() -> Any:
        raise AssertionError

    items = [Unread(Kind("text"), "a.txt", never)] * 3
    assert describe(Resource(Kind("list[text]"), items), "excerpts", 100) == "list[text], 3 items"
