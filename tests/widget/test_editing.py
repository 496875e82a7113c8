"""Editing a proposal: every edit is checked at once, and says what is wrong where it is wrong."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jarvis_magic.errors import UsageError
from jarvis_magic.kinds import Kind
from jarvis_magic.notebook.editing import MODEL, VARIABLE, Edition, History, argument_from, argument_text, fitting
from jarvis_magic.task_types import TASK_TYPES, Port
from jarvis_magic.tasks import Task
from jarvis_magic.values import Assignment

from .proposals import BLIP, LARGE, READER, proposal


@pytest.fixture
def edition() -> Edition:
    """The caption that is read aloud."""
    return Edition.of(proposal())


def sentences(edition: Edition, task: str | None, port: str | None) -> list[str]:
    """What is wrong at a place."""
    return [p.sentence for p in edition.problems if (p.task, p.port) == (task, port)]


def test_an_untouched_edition_is_the_proposal(edition: Edition) -> None:
    """What was not edited is approved as it was proposed."""
    assert edition.can_run
    assert edition.proposal() == proposal()


def test_an_argument_of_the_wrong_kind_is_said_at_its_port(edition: Edition) -> None:
    """The sentence stands at the argument, names what is needed, and keeps the plan from running."""
    wrong = edition.with_argument("speech", "text", "@photo")

    (sentence,) = sentences(wrong, "speech", "text")
    assert "'@photo' is an image" in sentence
    assert "image-to-text" in sentence
    assert not wrong.can_run


def test_a_circle_drawn_by_hand_is_refused_with_its_names(edition: Edition) -> None:
    """A wire that would make tasks wait for each other is explained and changes nothing."""
    with pytest.raises(UsageError, match=r"'caption' cannot use '@speech'.*circle"):
        edition.connected("speech", "caption")


def test_a_wire_takes_the_first_port_it_fits() -> None:
    """Connecting fills an empty port before it rewires another."""
    made = (
        Edition.of(proposal()).with_task("question-answering")[0].with_argument("question_answering", "context", None)
    )

    wired = made.connected("caption", "question_answering")

    assert wired.draft.by_id["question_answering"].arguments["question"] == "@caption"


def test_a_wire_that_fits_nowhere_says_so(edition: Edition) -> None:
    """The sentence names the task, its type, and the kind it cannot take."""
    added, task_id = edition.with_task("image-to-text")

    with pytest.raises(UsageError, match=r"'image_to_text' \(image-to-text\) takes nothing that is text"):
        added.connected("caption", task_id)


def test_a_removed_task_is_bridged() -> None:
    """Who used a summary in the middle uses the text it was made from, when a text takes its place."""
    tasks = (
        Task("caption", "image-to-text", {"image": "@photo"}),
        Task("short", "summarization", {"text": "@caption"}),
        Task("speech", "text-to-speech", {"text": "In short: @short!"}),
    )

    left = Edition.of(proposal(*tasks)).without("short")

    assert left.draft.by_id["speech"].arguments["text"] == "In short: @caption!"
    assert list(left.draft.outputs) == ["caption", "speech"]
    assert left.can_run


def test_a_task_that_cannot_be_bridged_leaves_a_problem(edition: Edition) -> None:
    """Without the caption, the speech has nothing to read: said at its port, and undone by undo."""
    left = edition.without("caption")

    assert "'@caption', which is no input and no task" in sentences(left, "speech", "text")[0]


def test_an_added_task_is_filled_with_what_fits(edition: Edition) -> None:
    """A new summary takes the text beside it, has a free id and binds it, and waits for an expert."""
    added, task_id = edition.with_task("summarization", near="caption")

    assert added.draft.by_id[task_id].arguments == {"text": "@caption"}
    assert added.variable(task_id) == task_id
    assert added.open_tasks == (task_id,)
    assert not added.problems
    assert not added.can_run  # until an expert is found


def test_words_of_the_user_are_never_filled_in(edition: Edition) -> None:
    """A new question is left for the user to write, and asked for."""
    added, task_id = edition.with_task("visual-question-answering")

    assert added.draft.by_id[task_id].arguments == {"image": "@photo"}
    assert "needs text for 'question'" in sentences(added, task_id, "question")[0]


def test_a_variable_can_be_renamed_and_left_unbound(edition: Edition) -> None:
    """The name keeps its place among the outputs; unbound results keep flowing to other tasks."""
    renamed = edition.with_variable("caption", "words")
    assert list(renamed.draft.outputs.items()) == [("words", "@caption"), ("speech", "@speech")]

    unbound = renamed.with_bound("caption", bound=False)
    assert list(unbound.draft.outputs) == ["speech"]
    assert unbound.can_run
    assert unbound.with_bound("caption", bound=True).variable("caption") == "caption"


def test_a_variable_that_cannot_be_one_is_said_at_its_field(edition: Edition) -> None:
    """A keyword or a sentence is no variable."""
    assert "would hide a name of Python" in sentences(edition.with_variable("caption", "print"), "caption", VARIABLE)[0]
    (once,) = edition.with_variable("caption", "2bad name").problems
    assert "'2bad name' cannot be a name" in once.sentence


def test_two_results_never_get_one_variable(edition: Edition) -> None:
    """A name that another output has gets a number."""
    assert edition.with_variable("caption", "speech").variable("caption") == "speech_2"


def test_a_chosen_model_keeps_the_ranked_rest(edition: Edition) -> None:
    """The user's choice comes first, and what was first is the next to fall back to."""
    chosen = edition.with_candidate("caption", READER).assignments["caption"]

    assert isinstance(chosen, Assignment)
    assert (chosen.candidate, chosen.chosen_by) == (READER, "user")
    assert [c.model for c in chosen.alternatives] == ["toolbox/facts"]


def test_a_model_that_cannot_run_says_why_at_the_model(edition: Edition) -> None:
    """It is not run quietly by another: the user hears the reason and decides."""
    wrong = edition.with_candidate("caption", BLIP)

    assert sentences(wrong, "caption", MODEL) == ["It needs a key: set HF_TOKEN."]
    assert wrong.with_candidate("caption", READER).can_run


def test_a_model_for_all_tasks_of_a_type() -> None:
    """One choice goes to every task of the type, and to no other."""
    tasks = [Task(f"caption_{i}", "image-to-text", {"image": "@photo"}) for i in range(3)]
    edition = Edition.of(proposal(*tasks, Task("speech", "text-to-speech", {"text": "@caption_0"})))

    changed = edition.with_candidate("caption_0", READER, all_of_type=True)

    models = {i: a.candidate.model for i, a in changed.assignments.items() if isinstance(a, Assignment)}
    assert models == {**{task.id: "toolbox/reader" for task in tasks}, "speech": "toolbox/voice"}


def test_running_up_to_a_task_leaves_the_rest_out(edition: Edition) -> None:
    """Only what the task needs runs, and only that is bound."""
    part = edition.with_task("summarization", near="caption")[0].up_to("caption").proposal()

    assert list(part.plan.by_id) == ["caption"]
    assert list(part.plan.outputs) == ["caption"]


def test_undo_and_redo_go_through_the_editions(edition: Edition) -> None:
    """Typing on at one place is one change; a new edit ends what could be redone."""
    history = History(edition)
    for text in ("H", "He", "Hello"):
        history.change(history.present.with_argument("speech", "text", text), ("speech", "text"))
    history.change(history.present.with_variable("speech", "voice"))

    history.undo()
    assert history.present.draft.by_id["speech"].arguments["text"] == "Hello"
    history.undo()
    assert history.present == edition
    history.redo()
    assert history.present.draft.by_id["speech"].arguments["text"] == "Hello"
    history.change(edition)
    assert not history.future


def test_the_picker_offers_only_what_fits_and_comes_before(edition: Edition) -> None:
    """An image port is offered the photo and no text, a text port no result that waits for it."""
    image = TASK_TYPES["image-to-text"].by_name["image"]
    text = TASK_TYPES["text-to-speech"].by_name["text"]

    assert [f.reference for f in fitting(edition, "caption", image)] == ["@photo"]
    assert [f.reference for f in fitting(edition, "speech", text)] == ["@caption"]


def test_the_picker_offers_paths_where_the_whole_does_not_fit() -> None:
    """Masks are no picture, but each of them has one; a list of pictures has a first."""
    masks = Task("regions", "image-segmentation", {"image": "@photo"})
    caption = Task("caption", "image-to-text", {"image": "@photo"})
    edition = Edition.of(proposal(masks, caption))
    image = TASK_TYPES["image-to-text"].by_name["image"]

    assert [f.reference for f in fitting(edition, "caption", image)] == ["@photo", "@regions[0].mask"]


LISTS = Port("labels", Kind("list[text]"))


@pytest.mark.parametrize(
    ("port", "written", "read"),
    [
        (Port("text", Kind("text")), "a poster of @caption", "a poster of @caption"),
        (Port("text", Kind("text")), "  ", None),
        (Port("seed", Kind("number")), "12", 12),
        (Port("seed", Kind("number")), "0.5", 0.5),
        (Port("seed", Kind("number")), "many", "many"),
        (Port("seed", Kind("number")), "nan", "nan"),
        (LISTS, "cat, dog", ["cat", "dog"]),
        (LISTS, "a cat, black\na dog", ["a cat, black", "a dog"]),
        (LISTS, "@labels", "@labels"),
        (Port("options", Kind("json")), '{"speed": 150}', {"speed": 150}),
        (Port("options", Kind("json")), "{speed", "{speed"),
    ],
)
def test_what_is_typed_becomes_an_argument(port: Port, written: str, read: Any) -> None:
    """Numbers, lists and objects are read; what cannot be read stays text, which the draft then faults."""
    assert argument_from(written, port) == read


texts = st.text(max_size=12)


@given(st.lists(texts, max_size=4))
def test_a_list_survives_its_field(items: list[str]) -> None:
    """What a field shows of a list is read back as that list."""
    assert (argument_from(argument_text(items), LISTS) or []) == items


@given(st.recursive(st.none() | st.booleans() | st.integers() | texts, lambda inner: st.dictionaries(texts, inner)))
def test_an_object_survives_its_field(value: Any) -> None:
    """What a field shows of an object is read back as that object."""
    port = Port("options", Kind("json"))
    if isinstance(value, dict):
        assert argument_from(argument_text(value), port) == json.loads(json.dumps(value))


def test_one_yes_is_for_all_tasks_of_the_model() -> None:
    """What is downloaded once is asked for once; another large model has its own question."""
    tasks = [Task(name, "image-to-text", {"image": "@photo"}) for name in ("a", "b", "c")]
    edition = Edition.of(proposal(*tasks))
    edition = edition.with_candidate("a", LARGE).with_candidate("b", LARGE)
    edition = edition.with_candidate("c", replace(LARGE, model="owner/other"))

    agreed = edition.with_download("a")

    assert (set(edition.unanswered), set(agreed.unanswered)) == ({"a", "b", "c"}, {"c"})
    assert not agreed.can_run
    assert set(agreed.with_candidate("a", replace(LARGE, model="owner/third")).unanswered) == {"a", "c"}
