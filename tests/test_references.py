"""References: what is one, what its path reads, and of which kind that is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import PIL.Image
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jarvis_magic.errors import UsageError
from jarvis_magic.kinds import Answer, Box, Kind, Label, Missing, Unread
from jarvis_magic.media import Audio, Video
from jarvis_magic.references import (
    Every,
    Field,
    Found,
    Index,
    Key,
    Reference,
    Slice,
    escape,
    kind_at,
    parse_reference,
    references_in,
    scan,
    value_at,
    whole_reference,
)

places = st.none() | st.integers(-999, 999)
names = st.from_regex(r"[a-zA-Z_][a-zA-Z0-9_]{0,8}", fullmatch=True)
fields = st.from_regex(r"[a-zA-Z][a-zA-Z0-9_]{0,8}", fullmatch=True)
parts = st.one_of(
    st.builds(Key, st.text()),
    st.builds(Field, fields),
    st.builds(Index, st.integers(-999, 999)),
    st.builds(Slice, places, places),
    st.builds(Every),
)
references = st.builds(Reference, names, st.lists(parts, max_size=4).map(tuple))


@given(references)
def test_a_reference_is_what_is_written(reference: Reference) -> None:
    """Every reference reads back from its written form, whatever its keys hold."""
    assert parse_reference(str(reference)) == reference


@given(st.text())
def test_scanning_loses_nothing(text: str) -> None:
    """The stretches of a text cover it from end to end, in order."""
    found = list(scan(text))
    assert [f.start for f in found] == [0, *(f.end for f in found[:-1])][: len(found)]
    assert (found[-1].end if found else 0) == len(text)


@given(st.text(alphabet="@ab.[]0 '\"") | st.text())
def test_escaped_text_holds_no_reference(text: str) -> None:
    """What is escaped reads back as itself and refers to nothing."""
    found = list(scan(escape(text)))
    assert all(isinstance(f.piece, str) for f in found)
    assert "".join(str(f.piece) for f in found) == text


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("Describe @photo.", ["@photo"]),
        ("Describe @photo, then @notes!", ["@photo", "@notes"]),
        ("(@photo)", ["@photo"]),
        ("@photos[0] and @photos[1:3]", ["@photos[0]", "@photos[1:3]"]),
        ("@photos[ -1 ]", ["@photos[-1]"]),
        ("@photos[:2] @photos[2:] @photos[:]", ["@photos[:2]", "@photos[2:]", "@photos[:]"]),
        ("""@r["text"] @r['a b']""", ['@r["text"]', '@r["a b"]']),
        ("@objects[*].label", ["@objects[*].label"]),
        ("@df.price is high", ["@df.price"]),
        ("@text[see below]", ["@text"]),
        ("@text [0]", ["@text"]),
        ("@text.strip()", ["@text"]),
        ("@text._secret", ["@text"]),
        ("@text.__class__", ["@text"]),
        ("mail me@example.org", []),
        ("a@@b and @@name", []),
        ("@@@photo", ["@photo"]),
        ("@ photo, @1, @", []),
        ("@été and @写真", ["@été", "@写真"]),
        ("{@photo} $@photo$ \\@photo", ["@photo", "@photo", "@photo"]),
        ("描述@photo里的文字", ["@photo"]),
        ("把@photos[0]和@été变成黑白，然后@写真 翻译", ["@photos[0]", "@été", "@写真"]),
        ("@photoを説明して。@memo의 요약 و@photo อ่าน@memoให้ฟัง", ["@photo", "@memo", "@photo", "@memo"]),
        ("联系support@example.com或josé@example.com、123@qq.com", []),
    ],
)
def test_what_is_a_reference(text: str, written: list[str]) -> None:
    """References are read as people write them; e-mail addresses, calls and doubled signs are none."""
    assert [str(reference) for reference in references_in(text)] == written


def test_the_longest_known_name_counts_where_letters_touch() -> None:
    """Names are told from the words behind them by what there is; a letter of the same word never divides one."""
    assert references_in("比较@数据里的@photo里", {"数据", "photo"}) == (Reference("数据"), Reference("photo"))
    assert references_in("描述@photo里", {"photo", "photo里"}) == (Reference("photo里"),)
    assert references_in("@photos", {"photo"}) == (Reference("photos"),)
    assert references_in("@数据里", ()) == (Reference("数据里"),)


def test_a_doubled_sign_is_a_sign() -> None:
    """``@@`` stands for a literal @."""
    assert [f.piece for f in scan("a @@b @c")] == ["a @", "b ", Reference("c")]
    assert next(scan("@@")) == Found("@", 0, 2)


def test_a_whole_reference_has_nothing_around_it() -> None:
    """Only a text that is a reference from end to end passes the object."""
    assert whole_reference("@photo[0]") == Reference("photo", (Index(0),))
    assert whole_reference("@photo.") is None
    assert whole_reference(" @photo") is None
    assert whole_reference("photo") is None
    with pytest.raises(UsageError, match="is not a reference; write @ and a name"):
        parse_reference("photo")


RECORD = {"text": "hi", "items": [{"n": 1}, {"n": 2}], "a key": True}
TABLE = pd.DataFrame({"name": ["a", "b", None], "price": [1.5, 2.5, float("nan")]})
BOXES = [Box("dog", 0.9, 1, 2, 3, 4), Box("cat", 0.8, 5, 6, 7, 8)]


@pytest.mark.parametrize(
    ("value", "path", "found"),
    [
        (["a", "b", "c"], "[0]", "a"),
        (["a", "b", "c"], "[-1]", "c"),
        (["a", "b", "c"], "[1:3]", ["b", "c"]),
        (RECORD, '["text"]', "hi"),
        (RECORD, ".text", "hi"),
        (RECORD, ".items[*].n", [1, 2]),
        (RECORD, '["a key"]', True),
        (BOXES, "[*].label", ["dog", "cat"]),
        (BOXES, "[1].xmin", 5),
        (TABLE, ".name", ["a", "b", Missing("the cell is empty")]),
        (TABLE, '["price"][:2]', [1.5, 2.5]),
        (TABLE, "[0].name", "a"),
        (Answer("Paris"), ".answer", "Paris"),
        (Audio([0.0, 0.5], 8000), ".rate", 8000),
        (PIL.Image.new("RGB", (3, 2)), ".width", 3),
        (np.array([1.0, 2.0]), "[1]", 2.0),
    ],
)
def test_paths_read_data(value: Any, path: str, found: Any) -> None:
    """A path leads to items, entries, columns and fields."""
    assert value_at(value, parse_reference(f"@x{path}").path) == found


def test_a_slice_of_a_table_is_a_table() -> None:
    """The rows a slice names stay a table."""
    assert value_at(TABLE, (Slice(1, 2),)).name.tolist() == ["b"]


@pytest.mark.parametrize(
    ("value", "path", "sentence"),
    [
        (["a"], "[1]", "the list has 1 items"),
        (RECORD, ".txt", "did you mean 'text'"),
        (TABLE, ".prices", "did you mean 'price'"),
        (BOXES, "[0].lable", "did you mean 'label'"),
        ("hello", "[0]", "has no"),
        ("hello", ".upper", "has no 'upper'"),
        (PIL.Image.new("RGB", (3, 2)), ".getpixel", "has no 'getpixel'"),
        (PIL.Image.new("RGB", (3, 2)), ".info", "has no 'info'"),
        (Audio([0.0], 8000), ".to_wav", "has no 'to_wav'"),
    ],
)
def test_paths_that_lead_nowhere(value: Any, path: str, sentence: str) -> None:
    """A wrong path is a sentence with what there is; methods and other attributes are never reached."""
    with pytest.raises(UsageError, match=sentence):
        value_at(value, parse_reference(f"@x{path}").path)


def test_what_is_missing_stays_missing() -> None:
    """A path through an item without a value leads to the same reason."""
    gone = Missing("the file is damaged")
    assert value_at([[Label("a", 1.0)], gone], (Every(), Index(0), Field("label"))) == ["a", gone]


def test_paths_read_what_is_not_read_yet() -> None:
    """Only the item that a path goes through is read."""
    read: list[str] = []

    def later(name: str) -> Unread:
        def reading() -> PIL.Image.Image:
            read.append(name)
            return PIL.Image.new("L", (7, 5))

        return Unread(Kind("image"), name, reading)

    pictures = [later("a"), later("b")]
    assert value_at(pictures, (Index(1), Field("width"))) == 7
    assert value_at(pictures, (Slice(0, 2),)) == pictures
    assert read == ["b"]


@pytest.mark.parametrize(
    ("kind", "path", "found"),
    [
        ("image", "", "image"),
        ("image", ".width", "number"),
        ("image", ".mode", "text"),
        ("list[image]", "[0]", "image"),
        ("list[image]", "[1:]", "list[image]"),
        ("list[image]", "[*].height", "list[number]"),
        ("boxes", "[*].label", "list[text]"),
        ("boxes", "[0].xmin", "number"),
        ("boxes", "[:3]", "boxes"),
        ("labels", "[0]", "json"),
        ("masks", "[*].mask", "list[image]"),
        ("masks", "[0].mask.width", "number"),
        ("video", ".frames", "list[image]"),
        ("video", ".frames[0]", "image"),
        ("video", ".audio", "audio"),
        ("audio", ".duration", "number"),
        ("answer", ".answer", "text"),
        ("answer", ".score", "number"),
        ("table", ".price", "list[json]"),
        ("table", "[0]", "json"),
        ("table", "[:5]", "table"),
        ("vector", "[0]", "number"),
        ("json", ".anything[0].at.all", "json"),
        ("json", "[*].x", "list[json]"),
        ("list[boxes]", "[*][*].label", "list[list[text]]"),
    ],
)
def test_the_kind_a_path_leads_to(kind: str, path: str, found: str) -> None:
    """The plan knows the kind of every path before there is a value."""
    assert kind_at(Kind(kind), parse_reference(f"@x{path}").path) == found


@pytest.mark.parametrize(
    ("kind", "path", "sentence"),
    [
        ("image", ".widht", "did you mean 'width'"),
        ("image", "[0]", "it has 'width', 'height' and 'mode'"),
        ("list[image]", ".width", r"write '\[\*\].width'"),
        ("boxes", ".label", r"write '\[\*\].label'"),
        ("boxes", "[0].name", "A Box has no 'name'"),
        ("text", "[0]", "Text has no"),
        ("number", ".real", "A number has no 'real'"),
    ],
)
def test_paths_no_value_of_the_kind_has(kind: str, path: str, sentence: str) -> None:
    """A path that cannot lead anywhere is refused before there is a value."""
    with pytest.raises(UsageError, match=sentence):
        kind_at(Kind(kind), parse_reference(f"@x{path}").path)


def test_the_sound_of_a_silent_video_is_missing(clip: Callable[..., bytes]) -> None:
    """What needs it has no result, with the reason; in a list of videos the others have theirs."""
    silent = Video(clip())
    missing = Missing("The video has no sound.")
    assert value_at(silent, parse_reference("@x.audio").path) == missing
    assert value_at([silent], parse_reference("@x[*].audio").path) == [missing]
