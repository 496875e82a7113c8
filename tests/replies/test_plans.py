"""Plans as language models write them: what can be understood is, what is wrong is said."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jarvis_magic.errors import ReplyError
from jarvis_magic.events import Drafted
from jarvis_magic.replies import growing_draft, plan_schema, read_draft
from jarvis_magic.task_types import TASK_TYPES
from jarvis_magic.testing import resource
from jarvis_magic.values import Request

REQUEST = Request(
    "Describe @photo and read it aloud; see @notes.",
    {"photo": resource("image", None), "notes": resource("text", "x")},
    offered={"poster": resource("image", None)},
)
CAPTION = {"id": "caption", "type": "image-to-text", "arguments": [{"name": "image", "value": "@photo"}], "purpose": "describe", "model": None, "after": [], "each": None}  # fmt: skip
SPEECH = {"id": "speech", "type": "text-to-speech", "arguments": [{"name": "text", "value": "@caption"}], "purpose": "", "model": None, "after": [], "each": None}  # fmt: skip
PLAN = {"tasks": [CAPTION, SPEECH], "notes": []}


def wire(*tasks: Any, **more: Any) -> str:
    """A reply."""
    return json.dumps({"tasks": tasks, "notes": [], **more})


def problems(text: str, request: Request = REQUEST) -> str:
    """What is wrong with a reply's plan."""
    return " ".join(problem.sentence for problem in read_draft(text, request).problems)


def test_a_plan_in_its_wire_form() -> None:
    """The strict form becomes a plan whose inputs are those of the request."""
    plan = read_draft(json.dumps(PLAN), REQUEST).plan()
    assert [(task.id, task.type, dict(task.arguments)) for task in plan.tasks] == [
        ("caption", "image-to-text", {"image": "@photo"}),
        ("speech", "text-to-speech", {"text": "@caption"}),
    ]
    assert plan.inputs == {"photo": "image", "notes": "text"}
    assert plan.request == REQUEST.text


@pytest.mark.parametrize(
    "written",
    [
        json.dumps([CAPTION, SPEECH]),
        json.dumps({"plan": {"tasks": [CAPTION, SPEECH]}}),
        json.dumps({"result": [CAPTION, SPEECH]}),
        json.dumps({"tasks": {"caption": {**CAPTION, "id": "caption"}, "speech": SPEECH}}),
        json.dumps(CAPTION) + "\n" + json.dumps(SPEECH),
        json.dumps(PLAN) + json.dumps(PLAN),
        json.dumps([CAPTION, SPEECH])[1:],
        json.dumps(PLAN)[:-1],
        "First I thought of " + wire(CAPTION) + "\nbut better is\n```json\n" + json.dumps(PLAN) + "\n```",
        str(PLAN),
    ],
)
def test_case_13_however_it_is_wrapped(written: str) -> None:
    """Hard case 13: bare lists, wrapped objects, tasks one by one, doubled plans, lost brackets, second thoughts."""
    assert [task.id for task in read_draft(written, REQUEST).plan().tasks] == ["caption", "speech"]


@pytest.mark.parametrize(
    "written", [json.dumps(CAPTION), json.dumps({"tasks": CAPTION}), json.dumps({"task": CAPTION})]
)
def test_case_13_a_single_task(written: str) -> None:
    """Hard case 13: one task without its list."""
    assert [task.id for task in read_draft(written, REQUEST).plan().tasks] == ["caption"]


@pytest.mark.parametrize(
    "written", ["[]", "{}", "null", '{"tasks": []}', '{"tasks": null, "notes": ["no"]}', "```json\n[]\n```"]
)
def test_case_13_nothing_to_do(written: str) -> None:
    """Hard case 13: an empty list, object or null is a plan without tasks: chat."""
    assert read_draft(written, REQUEST).plan().tasks == ()


@pytest.mark.parametrize(
    ("written", "sentence"),
    [
        ("", "no JSON of a plan"),
        ("I would describe the photo first.", "no JSON of a plan"),
        ('{"answer": 42}', "no JSON of a plan"),
        ('["a", "b"]', "no JSON of a plan"),
        ("Описание фотографии: кот.", "no JSON of a plan"),
        (json.dumps(PLAN)[:150], "stops in the middle"),
        ('{"tasks": [', "stops in the middle"),
    ],
)
def test_case_13_no_plan_at_all(written: str, sentence: str) -> None:
    """Hard case 13: prose, other JSON and half a plan are no plan, and never chat by mistake."""
    with pytest.raises(ReplyError, match=sentence):
        read_draft(written, REQUEST)


def test_case_14_numbers_for_ids_in_the_reference_form() -> None:
    """Hard case 14: numeric ids with gaps and the reference's names for fields become ids, and references follow."""
    tasks = [
        {"task": "image-to-text", "id": 3, "dep": [-1], "args": {"image": "@photo"}},
        {"task": "text-to-speech", "id": "7", "dep": ["3", -1], "args": {"text": "Look: @3!"}},
        {"task": "summarization", "id": 9, "dep": None, "args": {"text": "@notes"}},
    ]
    plan = read_draft(json.dumps(tasks), REQUEST).plan()
    assert [task.id for task in plan.tasks] == ["t_3", "t_7", "t_9"]
    assert plan.by_id["t_7"].arguments["text"] == "Look: @t_3!"
    assert plan.dependencies("t_7") == ("t_3",)


@pytest.mark.parametrize(
    ("tasks", "sentence"),
    [
        ([CAPTION, {**SPEECH, "after": ["nothing"]}], "comes after 'nothing', which is no task"),
        ([CAPTION, {**SPEECH, "after": ["speech"]}], "in a circle"),
        ([{**CAPTION, "after": ["speech"]}, SPEECH], "in a circle"),
        ([CAPTION, {**SPEECH, "arguments": {"text": "@speech"}}], "in a circle"),
        ([CAPTION, {**SPEECH, "arguments": {"text": "@captoin"}}], "did you mean '@caption'?"),
        ([CAPTION, {**CAPTION, "purpose": "again"}, SPEECH], "Two tasks are called 'caption'"),
    ],
)
def test_case_14_dependencies_that_cannot_be(tasks: list[Any], sentence: str) -> None:
    """Hard case 14: unknown, self, forward and circular dependencies, and doubled ids somebody refers to, are said."""
    assert sentence in problems(wire(*tasks))


def test_case_14_ids_that_cannot_be_are_renamed_with_a_note() -> None:
    """Hard case 14: an id that is no name, reserved, doubled or an input's gets another, and its references follow."""
    draft = read_draft(
        wire(
            {**CAPTION, "id": "Image Caption"},
            {**SPEECH, "id": "print", "arguments": {"text": "@Image Caption"}},
            {**CAPTION, "id": "photo"},
            {**SPEECH, "id": "photo", "arguments": {"text": "x"}},
        ),
        REQUEST,
    )
    plan = draft.plan()
    assert [task.id for task in plan.tasks] == ["image_caption", "print_2", "photo_2", "photo_3"]
    assert plan.by_id["print_2"].arguments["text"] == "@image_caption"
    assert plan.by_id["photo_2"].arguments["image"] == "@photo"
    assert len(plan.notes) == 4
    assert "'Image Caption' is called 'image_caption'" in plan.notes[0]


def test_case_14_forward_references_are_an_order_and_no_fault() -> None:
    """Hard case 14: a task that is written before the one it uses is understood."""
    assert [task.id for task in read_draft(wire(SPEECH, CAPTION), REQUEST).plan().in_order] == ["caption", "speech"]


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"type": "image-to-txt"}, "did you mean 'image-to-text'"),
        ({"type": "make-coffee"}, "is no task type"),
        ({"type": "keypoint-detection"}, "cannot be planned: points in a picture are not a kind"),
        (
            {"arguments": [{"name": "picture", "value": "@photo"}]},
            "has no port 'picture'; it has 'image' and 'options'.",
        ),
        ({"arguments": []}, "needs an image for 'image'; write '@photo'."),
        ({"arguments": [{"name": "image", "value": None}]}, "needs an image for 'image'"),
        ({"arguments": [{"name": "image", "value": 3}]}, "needs an image for 'image', but '3' is a number"),
        ({"arguments": [{"name": "image", "value": "@photo"}] * 2}, "has the argument 'image' twice"),
        ({"arguments": "@photo"}, "'arguments' that are neither an object nor a list"),
        ({"type": None}, "Task number 1 has no 'id' and 'type'"),
    ],
)
def test_case_15_types_and_arguments_that_cannot_be(change: Any, sentence: str) -> None:
    """Hard case 15: unknown types, wrong, missing, null and doubled arguments are said with what to write instead."""
    assert sentence in problems(wire({**CAPTION, **change}))


@pytest.mark.parametrize("written", ["Image-To-Text", "image_to_text", " image to text "])
def test_case_15_near_misses_that_mean_one_thing(written: str) -> None:
    """Hard case 15: a type that differs only in case, spaces and underscores is that type."""
    assert read_draft(wire({**CAPTION, "type": written}), REQUEST).plan().tasks[0].type == "image-to-text"


def test_case_15_arguments_that_mean_one_thing() -> None:
    """Hard case 15: a bare name at a port for pictures refers; numbers are text; null is left out; options are read."""
    translate = {"name": "target_language", "value": "German"}
    plan = read_draft(
        wire(
            {
                **CAPTION,
                "arguments": [{"name": "image", "value": "photo"}, {"name": "options", "value": '{"words": 9}'}],
            },
            {**SPEECH, "arguments": {"text": 42, "voice": None}},
            {**SPEECH, "id": "t", "type": "translation", "arguments": [{"name": "text", "value": "photo"}, translate]},
        ),
        REQUEST,
    ).plan()
    assert plan.by_id["caption"].arguments == {"image": "@photo", "options": {"words": 9}}
    assert plan.by_id["speech"].arguments == {"text": 42}
    assert plan.by_id["t"].arguments["text"] == "photo"


def test_case_16_order_without_data() -> None:
    """Hard case 16: an order that no reference says is kept, and one that a reference says too is no fault."""
    plan = read_draft(
        wire(CAPTION, {**SPEECH, "arguments": {"text": "hi"}, "after": ["caption", "caption"]}), REQUEST
    ).plan()
    assert plan.dependencies("speech") == ("caption",)
    assert read_draft(wire(CAPTION, {**SPEECH, "after": ["caption"]}), REQUEST).plan().dependencies("speech") == (
        "caption",
    )


def test_offered_results_enter_only_if_used() -> None:
    """A result of an earlier cell is an input if the plan uses it, and hidden by a new id of its name."""
    unused = read_draft(wire(CAPTION), REQUEST).plan()
    used = read_draft(wire({**CAPTION, "arguments": {"image": "@poster"}}), REQUEST).plan()
    hidden = read_draft(wire({**CAPTION, "id": "poster"}, {**SPEECH, "arguments": {"text": "@poster"}}), REQUEST).plan()
    assert "poster" not in unused.inputs
    assert used.inputs["poster"] == "image"
    assert "poster" not in hidden.inputs


def test_case_23_invented_files_and_names_are_refused() -> None:
    """Hard case 23: a file or variable that nobody named is no reference, and never opened."""
    assert "which is no input and no task" in problems(wire({**CAPTION, "arguments": {"image": "@cat"}}))
    for invented in ("cat.jpg", "/etc/passwd", "https://example.org/cat.jpg"):
        assert "needs an image for 'image'" in problems(wire({**CAPTION, "arguments": {"image": invented}}))


@pytest.mark.parametrize(
    ("said", "model", "kept"),
    [
        ("with Salesforce/blip-base", "Salesforce/blip-base", "Salesforce/blip-base"),
        ("with my-captioner", "my-captioner", "my-captioner"),
        ("", "Salesforce/blip-base", None),
        ("with https://evil.example/m", "https://evil.example/m", None),
        ("with ../../secret", "../../secret", None),
        ("with /etc/model", "/etc/model", None),
    ],
)
def test_a_model_is_taken_only_if_the_user_named_it(said: str, model: str, kept: str | None) -> None:
    """Models are named by the user; URLs and folders never come from a reply."""
    request = Request(f"Describe @photo {said}", REQUEST.inputs)
    assert read_draft(wire({**CAPTION, "model": model}), request).plan().tasks[0].model == kept


def test_outputs_under_the_names_that_are_wanted() -> None:
    """The reply says which result each wanted variable is, also where it has the name of an input."""
    request = Request("Describe @photo", REQUEST.inputs, outputs=("photo", "voice"))
    outputs = [
        {"name": "photo", "value": "@photo"},
        {"name": "voice", "value": "speech"},
        {"name": "x", "value": "@speech"},
    ]
    tasks = [{**CAPTION, "id": "photo"}, {**SPEECH, "arguments": {"text": "@notes"}}]
    plan = read_draft(wire(*tasks, outputs=outputs), request).plan()
    assert plan.outputs == {"photo": "@photo_2", "voice": "@speech"}
    assert "say in 'outputs' which result is each" in problems(wire(CAPTION), request)


def test_each_says_something_only_where_it_can() -> None:
    """An empty 'each' passes a whole list, and is nothing where no list could be."""
    whole = read_draft(wire({**SPEECH, "arguments": {"text": "@notes"}, "each": []}), REQUEST).plan()
    nothing = read_draft(wire({**SPEECH, "arguments": {"text": "hi"}, "each": []}), REQUEST).plan()
    named = read_draft(wire({**CAPTION, "each": ["picture"]}), REQUEST).plan()
    assert [plan.tasks[0].each for plan in (whole, nothing, named)] == [(), None, None]


def test_notes_are_kept() -> None:
    """What cannot be done is said in the plan's notes."""
    assert read_draft(wire(CAPTION, notes=["No flights here.", ""]), REQUEST).plan().notes == ("No flights here.",)


def test_a_plan_grows() -> None:
    """While a reply is written, each task shows as soon as its type is there, and the last draft is the plan."""
    text = json.dumps(PLAN)
    drafts = grown(text)
    shown = [[task.id for task in drafted.draft.tasks] for drafted in drafts]
    assert shown[0] == ["caption"]
    assert sorted(shown, key=len) == shown
    assert drafts[-1].draft.plan().tasks == read_draft(text, REQUEST).plan().tasks


def grown(text: str) -> list[Drafted]:
    """What can be seen of a reply after each of its characters."""
    drafts = [growing_draft(text[:end], REQUEST) for end in range(1, len(text) + 1)]
    return [drafted for drafted in drafts if drafted]


@pytest.mark.parametrize(
    "text",
    [
        json.dumps(PLAN),
        f"```json\n{json.dumps(PLAN, indent=2)}\n```",
        json.dumps(PLAN["tasks"]),
        json.dumps({"plan": PLAN}),
        "\n".join(json.dumps(task) for task in PLAN["tasks"]),
        json.dumps(PLAN).replace('"', "'"),
        json.dumps({**PLAN, "notes": ['He said "}, {" and no more.', "Second."]}),
    ],
)
def test_what_is_whole_does_not_change(text: str) -> None:
    """A task that is said to be written to its end is as it will be, in whatever form the reply is; each is, in time."""
    drafts = grown(text)
    final = {task.id: task for task in drafts[-1].draft.tasks}
    for drafted in drafts:
        assert all(drafted.draft.by_id[task_id] == final[task_id] for task_id in drafted.whole)
    assert drafts[-1].whole == set(final)


def test_a_task_is_whole_as_soon_as_its_brace_closes() -> None:
    """Before it, its arguments may still grow; after it, nothing of the rest of the plan is waited for."""
    text = json.dumps(PLAN)
    end = text.index("}, {", text.index("purpose")) + 1
    before, after = growing_draft(text[: end - 1], REQUEST), growing_draft(text[:end], REQUEST)
    assert before is not None
    assert after is not None
    assert not before.whole
    assert after.whole == {"caption"}


JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.sampled_from(["@photo", "caption", "image-to-text", "text", "@caption", "", "é😀"]),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(
        st.sampled_from(["id", "type", "task", "tasks", "arguments", "args", "name", "value", "after", "each", "model", "notes", "outputs", "image", "text"]),
        inner,
        max_size=6,
    ),
    max_leaves=25,
)  # fmt: skip


@given(JUNK)
def test_any_reply_at_all(value: Any) -> None:
    """Whatever JSON comes, it is a draft that says what is wrong with it, or a reply that does not fit."""
    for text in (json.dumps(value), json.dumps({"tasks": value}), json.dumps({"tasks": [value, value]})):
        try:
            draft = read_draft(text, REQUEST)
        except ReplyError:
            continue
        growing_draft(text, REQUEST)
        if not draft.problems:
            draft.plan()


def test_the_schema_is_strict() -> None:
    """Every object of the schema lists all its fields as required and allows no other, as strict endpoints want it."""

    def check(schema: Any) -> None:
        if isinstance(schema, dict):
            if schema.get("type") == "object":
                assert schema["required"] == list(schema["properties"])
                assert schema["additionalProperties"] is False
            for inner in schema.values():
                check(inner)

    check(plan_schema())
    check(plan_schema(["a"], list(TASK_TYPES)))
    assert set(plan_schema()["properties"]["tasks"]["items"]["properties"]) == set(CAPTION)
