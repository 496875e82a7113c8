"""Kinds, and the small records some of them are made of."""

from __future__ import annotations

import pickle

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jarvis_magic.kinds import BASES, Box, Kind, Label, Missing, Token, Unread, opened

kinds = st.builds(lambda base, depth: Kind(base).listed(depth), st.sampled_from(BASES), st.integers(0, 4))


@given(kinds)
def test_a_kind_is_what_is_written(kind: Kind) -> None:
    """A kind is written as in plans, and reads back from it."""
    assert Kind(str(kind)) == kind
    assert kind.listed(3).listed(-3) == kind
    assert kind.base in BASES
    assert kind.listed().depth == kind.depth + 1
    assert pickle.loads(pickle.dumps(kind)) == kind  # noqa: S301


@pytest.mark.parametrize(
    "written", ["", "picture", "list", "list[]", "list[image", "image]", "list[image]]", "Image", " image"]
)
def test_what_is_no_kind(written: str) -> None:
    """Anything else is refused with the names of the kinds."""
    with pytest.raises(ValueError, match="kinds are text, image"):
        Kind(written)


@pytest.mark.parametrize(
    ("kind", "phrase"),
    [
        ("image", "an image"),
        ("text", "text"),
        ("list[image]", "a list of images"),
        ("list[list[text]]", "a list of lists of texts"),
        ("list[boxes]", "a list of boxes"),
    ],
)
def test_how_sentences_name_a_kind(kind: str, phrase: str) -> None:
    """Messages name a value of a kind in plain words."""
    assert Kind(kind).phrase == phrase


def test_records_make_a_data_frame() -> None:
    """A list of records is a table for pandas as it stands."""
    boxes = [Box("dog", 0.9, 1, 2, 3, 4), Box("cat", 0.8, 5, 6, 7, 8)]
    frame = pd.DataFrame(boxes)
    assert list(frame.columns) == ["label", "score", "xmin", "ymin", "xmax", "ymax"]
    assert list(frame.label) == ["dog", "cat"]
    assert list(pd.DataFrame([Label("a", 0.5)]).columns) == ["label", "score"]
    assert len(pd.DataFrame([Token("a", "b", 1.0, 0, 1)]).columns) == 5


def test_missing_is_false() -> None:
    """A missing item can be filtered out as anything empty."""
    assert [item for item in ["a", Missing("no")] if item] == ["a"]


def test_opened_reads_what_is_not_read_yet() -> None:
    """Unread items are read at any depth, and everything else is left."""
    later = Unread(Kind("text"), "note.txt", lambda: "words")
    assert opened([later, [later, 1], "x"]) == ["words", ["words", 1], "x"]
    assert opened(later) == "words"
    assert "note.txt" in repr(later)
