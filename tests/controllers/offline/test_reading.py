"""How a request is read: what is put away, what is folded."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jarvis_magic.controllers.offline.choices import choices
from jarvis_magic.controllers.offline.languages import language_named
from jarvis_magic.controllers.offline.lexicon import ACTIONS, mentions
from jarvis_magic.controllers.offline.makers import MAKERS
from jarvis_magic.controllers.offline.reading import read
from jarvis_magic.kinds import Kind
from jarvis_magic.task_types import TASK_TYPES

KINDS = {"photo": Kind("image"), "df": Kind("table")}


@given(st.text(max_size=200) | st.text("@photo.d[f]'\"“” x/", max_size=80))
def test_a_skeleton_is_as_long_as_its_request(text: str) -> None:
    """Places in the skeleton are places in the request, whatever stands there."""
    reading = read(text, KINDS)
    assert len(reading.skeleton) == len(text)
    assert all(a.end <= b.start for a, b in zip(reading.spans, reading.spans[1:], strict=False))


def test_what_is_covered() -> None:
    """References, quotes, file names and addresses are covered, and nothing in them is searched for words."""
    reading = read("Say 'translate @photo', see @df[\"a b\"], 'my.csv' and https://a.b/x.png, or don't.", KINDS)
    assert [(span.what, span.value) for span in reading.spans] == [
        ("quote", "translate @photo"),
        ("reference", '@df["a b"]'),
        ("file", "my.csv"),
        ("file", "https://a.b/x.png"),
    ]
    assert not [m for m in mentions(reading.skeleton) if m.action == "translate"]


def test_a_quoted_reference_is_a_reference() -> None:
    """Quotation marks around a reference change nothing."""
    (span,) = read("describe '@photo'", KINDS).spans
    assert (span.what, span.value, span.kind) == ("reference", "@photo", "image")


@pytest.mark.parametrize(
    ("text", "labels"),
    [
        ("Sort @x into red, green or blue", [("red", "green", "blue")]),
        ("Is it a cat, a dog or a rabbit?", [("cat", "dog", "rabbit")]),
        ("Which genre is it: rock, jazz, folk?", [("rock", "jazz", "folk")]),
        ("Mark each as urgent or not urgent", [("urgent", "not urgent")]),
        ("Is it positive or negative?", []),
        ("Translate it into French and German", []),
        ("Describe it, summarise it and read it", []),
    ],
)
def test_lists_of_labels(text: str, labels: list[tuple[str, ...]]) -> None:
    """Labels to choose from are found, and other lists are not taken for such."""
    assert [found.labels for found in choices(read(text, KINDS))] == labels


@pytest.mark.parametrize(
    ("word", "name"),
    [
        ("french", "French"),
        ("franzosische", "French"),
        ("aleman", "German"),
        ("日语", "Japanese"),
        ("pt", "Portuguese"),
        ("klingon", None),
    ],
)
def test_languages_are_known_by_several_names(word: str, name: str | None) -> None:
    """A language is known by its English, German, French, Spanish and Chinese name, and by its code."""
    assert language_named(word) == name


def test_every_action_is_made_of_task_types() -> None:
    """The lexicon names only task types that exist, and each action can be carried out."""
    assert set(MAKERS) == set(ACTIONS)
    assert all(set(action.types.values()) <= set(TASK_TYPES) for action in ACTIONS.values())


@pytest.mark.parametrize(
    ("words", "actions"),
    [
        ("denoise it, transcribe it, and find the dates", ["enhance", "transcribe", "entities"]),
        ("I want the classified text summarised", ["summarise"]),
        ("fasse den text zusammen", ["summarise"]),
        ("把描述翻译成英文", ["translate"]),
    ],
)
def test_what_words_ask_for(words: str, actions: list[str]) -> None:
    """Verbs ask for something; a participle behind an article does not."""
    assert [m.action for m in mentions(words) if not m.names_result] == actions
