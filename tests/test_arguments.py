"""From the arguments a task is written with to those an expert is called with."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from jarvis_magic.arguments import converted, gathered, missing, read, split_levels, spread
from jarvis_magic.errors import ConversionError, UsageError
from jarvis_magic.kinds import Box, Kind, Label, Missing
from jarvis_magic.tasks import Task, thawed
from jarvis_magic.testing import resource, texts
from jarvis_magic.values import Resource

BOXES = resource("boxes", [Box("person", 0.9, 0, 0, 5, 5), Box("person", 0.8, 1, 1, 4, 4), Box("dog", 0.7, 2, 2, 9, 9)])


def passed(task: Task, values: dict[str, Resource], named: tuple[str, ...] = ()) -> list[dict[str, Any]]:
    """The Python values of each call of a task."""
    arguments = read(task, values, named)
    calls = spread(arguments, split_levels(task, values))
    return [{n: r.value for n, r in converted(task.type, call).resources.items()} for call in calls]


def test_two_references_and_a_literal_at_in_one_text() -> None:
    """Every reference in a text is filled in, `@@` is an @, an e-mail address is left alone."""
    task = Task("t", "text-generation", {"text": "Compare @a with @b for me@home.org, @@nobody"})
    (call,) = passed(task, texts(a="one", b="two"))
    assert call == {"text": "Compare one with two for me@home.org, @nobody"}


def test_what_a_text_says_is_not_read_again() -> None:
    """A reference that came in by a value is plain text: results are data."""
    (call,) = passed(Task("t", "text-generation", {"text": "Say @a"}), texts(a="@b {c} @@", b="secret"))
    assert call == {"text": "Say @b {c} @@"}


def test_kinds_with_words_stand_in_texts() -> None:
    """Boxes inside a text are counted."""
    (call,) = passed(Task("t", "text-generation", {"text": "There are @found."}), {"found": BOXES})
    assert call["text"] == "There are 2 persons, 1 dog." or call["text"] == "There are 2 people, 1 dog."


def test_a_whole_reference_passes_the_object() -> None:
    """A picture goes to its port as it is."""
    picture = Image.new("RGB", (4, 4))
    (call,) = passed(Task("t", "image-to-text", {"image": "@p"}), {"p": resource("image", picture)})
    assert call["image"] is picture


def test_references_in_options_at_any_depth() -> None:
    """Objects and lists are filled in without changing the task."""
    task = Task("t", "summarization", {"text": "@a", "options": {"style": ["@a", {"like": "a @b"}], "most": 3}})
    before = thawed(task.arguments)
    (call,) = passed(task, texts(a="one", b="two"))
    assert call["options"] == {"style": ["one", {"like": "a two"}], "most": 3}
    assert thawed(task.arguments) == before


def test_null_arguments_are_left_out() -> None:
    """An optional port that is null is not passed."""
    (call,) = passed(Task("t", "text-to-speech", {"text": "@a", "voice": None}), texts(a="one"))
    assert call == {"text": "one"}


def test_a_list_runs_the_task_once_per_item_with_the_rest_the_same() -> None:
    """A list of texts at a text port is split; the other ports stay."""
    task = Task("t", "translation", {"text": "@a", "target_language": "French"})
    calls = passed(task, {"a": resource("list[text]", ["one", "two"])})
    assert calls == [
        {"text": "one", "target_language": "French"},
        {"text": "two", "target_language": "French"},
    ]


def test_lists_go_in_step() -> None:
    """Two lists of equal length are paired."""
    values = {"a": resource("list[text]", ["1", "2"]), "b": resource("list[text]", ["x", "y"])}
    calls = passed(Task("t", "sentence-similarity", {"text": "@a", "other": "@b"}), values)
    assert [(c["text"], c["other"]) for c in calls] == [("1", "x"), ("2", "y")]


def test_lists_of_different_lengths_are_told_apart() -> None:
    """The sentence says both lengths, and what to write."""
    values = {"a": resource("list[text]", ["1", "2"]), "b": resource("list[text]", ["x"])}
    with pytest.raises(UsageError, match=r"2 for 'text' and 1 for 'other'; say in 'each'"):
        passed(Task("t", "sentence-similarity", {"text": "@a", "other": "@b"}), values)


def test_each_names_the_ports_that_are_split() -> None:
    """With each = ["text"], the other list goes whole, as a numbered text."""
    values = {"a": resource("list[text]", ["1", "2"]), "b": resource("list[text]", ["x", "y"])}
    calls = passed(Task("t", "sentence-similarity", {"text": "@a", "other": "@b"}, each=["text"]), values)
    assert [c["text"] for c in calls] == ["1", "2"]
    assert calls[0]["other"] == calls[1]["other"] == "1. x\n2. y"


def test_each_empty_passes_the_whole_list() -> None:
    """Summarise all captions: one call, the list as a numbered text."""
    calls = passed(Task("t", "summarization", {"text": "@a"}, each=[]), {"a": resource("list[text]", ["x", "y"])})
    assert calls == [{"text": "1. x\n2. y"}]


def test_each_divides_a_kind_that_is_one_value() -> None:
    """Boxes are one value, unless `each` splits them."""
    calls = passed(Task("t", "text-generation", {"text": "@found"}, each=["text"]), {"found": BOXES})
    assert len(calls) == 3


def test_each_of_what_is_no_list_is_told() -> None:
    """A value of unknown kind that turns out to be none is a sentence."""
    task = Task("t", "summarization", {"text": '@a["b"]'}, each=["text"])
    with pytest.raises(UsageError):
        passed(task, {"a": resource("json", {"b": 3})})


def test_a_list_port_takes_a_list_written_in_the_plan() -> None:
    """Several pictures go into one call, from inputs and results alike; those without a value are left out."""
    one, two = Image.new("RGB", (2, 2)), Image.new("RGB", (3, 3))
    task = Task("t", "image-text-to-text", {"text": "Compare.", "images": ["@a", "@b[1]", "@b[0]"]})
    values = {"a": resource("image", one), "b": resource("list[image]", [Missing("broken"), two])}
    (call,) = passed(task, values, ("a",))
    assert call["images"] == [one, two]


def test_whole_lists_leave_out_what_is_missing_and_say_so() -> None:
    """A note tells how many of how many."""
    values = {"a": resource("list[text]", ["x", Missing("broken"), "z"])}
    task = Task("t", "summarization", {"text": "@a"}, each=[])
    call = converted(task.type, read(task, values, ()))
    assert call.resources["text"].value == "1. x\n2. z"
    assert call.notes == ("1 of 3 items of @a have no value and were left out.",)


def test_an_item_that_is_missing_is_seen() -> None:
    """Picked by itself or inside a text, it leaves the argument without a value."""
    values = {"a": resource("list[text]", [Missing("broken"), "z"])}
    for text in ("@a[0]", "a poster of @a[0]"):
        assert missing(read(Task("t", "summarization", {"text": text}), values, ())) == Missing("broken")


def test_strings_of_the_user_are_opened_and_those_of_a_model_never(tmp_path: Path) -> None:
    """A column of file names is read where the user named it; the same words from a result are no picture."""
    Image.new("RGB", (5, 5)).save(tmp_path / "a.png")
    task = Task("t", "image-to-text", {"image": '@a["files"]'})
    values = {"a": resource("json", {"files": str(tmp_path / "a.png")})}
    (call,) = passed(task, values, ("a",))
    assert call["image"].size == (5, 5)
    with pytest.raises(ConversionError):
        passed(task, values, ())


@settings(deadline=None)
@given(st.lists(st.lists(st.text(min_size=1, max_size=3), max_size=3), max_size=4))
def test_results_come_back_in_the_nesting_of_the_arguments(lists: list[list[str]]) -> None:
    """Whatever the lengths, item by item in, the same nesting out."""
    task = Task("t", "summarization", {"text": "@a"})
    values = {"a": Resource(Kind("list[list[text]]"), lists)}
    arguments, levels = read(task, values, ()), split_levels(task, values)
    assert levels == {"text": 2}
    results = [call["text"].value.upper() for call in spread(arguments, levels)]
    assert gathered(iter(results), arguments, levels) == [[text.upper() for text in inner] for inner in lists]


def test_labels_split_per_text_stay_labels() -> None:
    """A list of labels is a list of one-value results, not of their records."""
    values = {"a": resource("list[labels]", [[Label("x", 1.0)], [Label("y", 0.5)]])}
    calls = passed(Task("t", "text-generation", {"text": "@a"}), values)
    assert len(calls) == 2
