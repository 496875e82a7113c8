"""What a port gets of the value that a reference leads to."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import PIL.Image
import pytest

from jarvis_magic.conversions import for_port, to_resource
from jarvis_magic.errors import ConversionError, SourceError
from jarvis_magic.kinds import Answer, Box, Kind, Label, Missing, Token
from jarvis_magic.media import Audio, Video

RED = PIL.Image.new("RGB", (6, 4), "red")
BOXES = [Box("person", 0.9, 0, 0, 1, 1), Box("dog", 0.8, 0, 0, 1, 1), Box("person", 0.7, 0, 0, 1, 1)]


def port(value: Any, kind: str, wanted: str, *, from_input: bool = False) -> Any:
    """The value that a port of kind `wanted` gets."""
    resource = for_port(value, Kind(kind), Kind(wanted), name="x", from_input=from_input)
    assert resource.kind == wanted
    return resource.value


@pytest.mark.parametrize(
    ("value", "kind"), [("words", "text"), (RED, "image"), (3, "number"), ({"a": 1}, "json"), ([RED], "list[image]")]
)
def test_what_fits_is_passed_as_it_is(value: Any, kind: str) -> None:
    """A value of the port's kind is the very object."""
    assert port(value, kind, kind) is value or port(value, kind, kind) == value


@pytest.mark.parametrize(
    ("value", "kind", "words"),
    [
        (BOXES, "boxes", "2 people, 1 dog"),
        ([Label("dog", 0.97)], "labels", "dog (97%)"),
        (Answer("Paris", 0.9), "answer", "Paris"),
        (2.50, "number", "2.5"),
        (["a dog", "a cat"], "list[text]", "1. a dog\n2. a cat"),
        (["a dog", Missing("gone"), "a cat"], "list[text]", "1. a dog\n2. a cat"),
        ("words", "json", "words"),
        ({"a": 1}, "json", '{"a": 1}'),
        (BOXES[0], "json", "1 person"),
        (["a", "b"], "json", "1. a\n2. b"),
        (pd.DataFrame({"a": [1]}), "table", "| a |\n| --- |\n| 1 |"),
    ],
)
def test_text_ports_get_the_text_form(value: Any, kind: str, words: str) -> None:
    """What has a text form goes into a text port as words; a list is numbered."""
    assert port(value, kind, "text") == words


def test_sound_ports_take_videos(clip: Callable[..., bytes], tone: Callable[..., Audio]) -> None:
    """A video gives its sound; a silent one is a sentence."""
    assert port(Video(clip(sound=tone(1.0))), "video", "audio").rate == 16_000
    with pytest.raises(ConversionError, match="@x: The video has no sound"):
        port(Video(clip()), "video", "audio")


def test_table_ports_take_records() -> None:
    """Records, rows and columns make a table."""
    assert list(port(BOXES, "boxes", "table").label) == ["person", "dog", "person"]
    assert port([{"a": 1}, {"a": 2}], "json", "table").a.tolist() == [1, 2]
    assert port({"a": [1, 2]}, "json", "table").a.tolist() == [1, 2]
    with pytest.raises(ConversionError, match=r"@x: .*a list of objects"):
        port({"a": 1}, "json", "table")


@pytest.mark.parametrize(
    ("value", "kind", "found"),
    [
        (["cat", "dog"], "list[text]", ["cat", "dog"]),
        ("cat, dog", "text", ["cat", "dog"]),
        ("cat\ndog\n", "text", ["cat", "dog"]),
        (["cat", Missing("gone")], "list[text]", ["cat"]),
        ([Label("cat", 0.5), Label("dog", 0.4)], "labels", ["cat", "dog"]),
        (BOXES, "boxes", ["person", "dog"]),
        (["cat", "dog"], "json", ["cat", "dog"]),
        (["cat", 1], "json", ["cat", "1"]),
        ([1, 2], "list[number]", ["1", "2"]),
    ],
)
def test_list_ports_take_what_lists_texts(value: Any, kind: str, found: list[str]) -> None:
    """A list of texts is taken from lists, from a text with commas or lines, and from what has labels."""
    assert port(value, kind, "list[text]") == found


def test_a_list_port_takes_one_value_as_a_list_of_it() -> None:
    """One picture is a list of one for a port of pictures."""
    assert port(RED, "image", "list[image]") == [RED]
    assert port([RED, Missing("gone")], "list[image]", "list[image]") == [RED]


def test_only_the_value_tells_what_json_holds() -> None:
    """An entry of an object is what it turns out to be, of any library."""
    assert port(RED, "json", "image") is RED
    assert port(np.zeros((4, 6)), "json", "image").size == (6, 4)
    assert port({"array": np.zeros(9), "sampling_rate": 8000}, "json", "audio").rate == 8000
    assert port(3, "json", "number") == 3
    with pytest.raises(ConversionError, match="@x: It is text, and an image is needed"):
        port("words", "json", "image")
    with pytest.raises(ConversionError, match="@x: It is a list of images, and an image is needed; take one item"):
        port([RED, RED], "json", "image")


def test_names_are_opened_only_if_the_user_gave_them(tmp_path: Path) -> None:
    """A name in an input leads to its file at a media port; in a result it is words, as at a text port."""
    file = tmp_path / "red.png"
    RED.save(file)
    assert port(str(file), "json", "image", from_input=True).size == (6, 4)
    assert port(str(file), "json", "text", from_input=True) == str(file)
    with pytest.raises(ConversionError, match="It is text, and an image is needed"):
        port(str(file), "json", "image")
    with pytest.raises(ConversionError, match="not opened here"):
        port(file, "json", "image")
    with pytest.raises(SourceError, match="@x: There is no file"):
        port(str(tmp_path / "gone.png"), "json", "image", from_input=True)


def test_unread_items_are_read(tmp_path: Path) -> None:
    """An item of a list of files is read when a port takes it; a broken one is a sentence."""
    RED.save(tmp_path / "a.png")
    (tmp_path / "b.png").write_bytes(b"broken")
    first, second = to_resource(tmp_path, name="x").value
    assert port(first, "image", "image", from_input=True).size == (6, 4)
    with pytest.raises(ConversionError, match=r"@x: 'b.png' holds text, not an image"):
        port(second, "image", "image", from_input=True)


def test_what_is_missing_passes_through() -> None:
    """A missing item stays missing, with its reason."""
    assert port(Missing("gone"), "image", "text") == Missing("gone")


@pytest.mark.parametrize(
    ("value", "kind", "wanted", "sentence"),
    [
        (RED, "image", "text", "An image has no text form; put an image-to-text task"),
        (Audio([0.0], 8000), "audio", "text", "transcript"),
        ("words", "text", "image", "It is text, and an image is needed"),
        ([Token("a", "b", 1.0, 0, 1)], "tokens", "number", "It is tokens, and a number is needed"),
        ([RED], "list[image]", "text", "no text form"),
    ],
)
def test_what_does_not_fit(value: Any, kind: str, wanted: str, sentence: str) -> None:
    """A value that cannot be of the port's kind is one sentence with its reference."""
    with pytest.raises(ConversionError, match=f"^@x: .*{sentence}"):
        port(value, kind, wanted)
