"""Choices of expert models as language models write them."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jarvis_magic.errors import ReplyError
from jarvis_magic.replies import read_choices
from jarvis_magic.testing import candidate

OPEN = {
    "caption": [candidate("Salesforce/blip-base"), candidate("Salesforce/blip-large"), candidate("toolbox/ocr")],
    "speech": [candidate("toolbox/espeak"), candidate("suno/bark")],
}
GOOD = [
    {"task": "caption", "model": "toolbox/ocr", "reason": "it's a sign"},
    {"task": "speech", "model": "suno/bark", "reason": ""},
]


@pytest.mark.parametrize(
    "written",
    [
        json.dumps({"choices": GOOD}),
        json.dumps(GOOD),
        json.dumps({"choices": [{"reason": "it's a sign", "model": "toolbox/ocr", "task": "caption"}, GOOD[1]]}),
        json.dumps({"caption": {"id": "toolbox/ocr", "reason": "it's a sign"}, "speech": "suno/bark"}),
        f"I choose:\n```json\n{json.dumps(GOOD)}\n```\nbecause the width fits.",
        "{'task': 'caption', 'model': 'toolbox/ocr', 'reason': 'it's a sign'}\n{'task': 'speech', 'model': 'BARK'}",
    ],
)
def test_case_28_however_it_is_written(written: str) -> None:
    """Hard case 28: keys in another order, prose around, apostrophes in the reason, other wrappings."""
    chosen, problems = read_choices(written, OPEN)
    assert {task: choice.model for task, choice in chosen.items()} == {"caption": "toolbox/ocr", "speech": "suno/bark"}
    assert chosen["caption"].reason == "it's a sign"
    assert problems == ()


@pytest.mark.parametrize("model", ["Salesforce/blip", "openai/clip", "blip-base-2", "", "1"])
def test_case_28_a_choice_outside_the_list_is_refused(model: str) -> None:
    """Hard case 28: an id that is not listed, also one that is nearly, is refused with the list."""
    chosen, problems = read_choices(json.dumps([{"task": "caption", "model": model, "reason": ""}]), OPEN)
    assert chosen == {}
    assert problems == (
        f"For task 'caption', {model!r} is not one of its candidates; choose 'Salesforce/blip-base', 'Salesforce/blip-large' or 'toolbox/ocr'.",
        "Task 'speech' has no choice.",
    )


def test_tasks_nobody_asked_about_are_ignored() -> None:
    """A choice for a task that is not open changes nothing."""
    chosen, _ = read_choices(json.dumps([*GOOD, {"task": "other", "model": "suno/bark", "reason": ""}]), OPEN)
    assert set(chosen) == {"caption", "speech"}


def test_one_open_task_needs_no_name() -> None:
    """The reference's own form, without the task, is clear where there is one task."""
    chosen, problems = read_choices('{"id": "suno/bark", "reason": "warm"}', {"speech": OPEN["speech"]})
    assert chosen["speech"].model == "suno/bark"
    assert not problems


@pytest.mark.parametrize("written", ["", "The first one is best.", "[]", "[1, 2]", '{"choices": []}'])
def test_no_choice_at_all(written: str) -> None:
    """Prose and empty lists are no choice."""
    with pytest.raises(ReplyError, match="no JSON of choices"):
        read_choices(written, OPEN)


JUNK = st.recursive(
    st.none() | st.integers() | st.sampled_from(["caption", "speech", "suno/bark", "toolbox/ocr", "x"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["task", "model", "id", "reason", "choices", "caption"]), inner, max_size=4)
    ),
    max_leaves=15,
)


@given(JUNK)
def test_any_reply_at_all(value: object) -> None:
    """Whatever comes, nothing but a listed candidate is ever chosen."""
    try:
        chosen, _ = read_choices(json.dumps(value), OPEN)
    except ReplyError:
        return
    for task, choice in chosen.items():
        assert choice.model in {known.model for known in OPEN[task]}
