"""Prompts: nothing that is said is altered, nothing is sent that was not shared, and everything fits its budget."""

from __future__ import annotations

import difflib
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jarvis_magic.assets import text as asset_text
from jarvis_magic.errors import EndpointError
from jarvis_magic.kinds import Kind
from jarvis_magic.plans import Plan
from jarvis_magic.prompts import (
    chat_messages,
    correction,
    demonstrations,
    expert_instruction,
    fill,
    menu_text,
    nearest,
    plan_messages,
    response_messages,
    select_messages,
)
from jarvis_magic.replies import read_draft
from jarvis_magic.task_types import TASK_TYPES
from jarvis_magic.tasks import Task
from jarvis_magic.testing import candidate, resource
from jarvis_magic.values import Failure, Menu, Outcome, Request, Resource, Skipped, Success

ALL = Menu(dict.fromkeys(TASK_TYPES, ""))
NASTY = (
    'it\'s "quoted" {x} {{menu}} {{request}} {input} \\frac{a}{b} \\n $\\alpha_1$ %s %(x)s\n\tline\r\n'
    '```json\n{"tasks": []}\n``` </s> <|im_end|> 😀 שלום עולם مرحبا \u202e\u200f error @@you'
)
PLAN = Plan("Describe @photo", {"photo": Kind("image")}, [Task("caption", "image-to-text", {"image": "@photo"})])


def said(messages: object) -> str:
    """Everything some messages say."""
    return "\n".join(message.text for message in messages)  # type: ignore[attr-defined]


def test_case_25_a_request_arrives_unchanged() -> None:
    """Hard case 25: quotes, braces, backslashes, LaTeX, JSON, slot names, emoji and right-to-left text stay as they are."""
    for messages in (
        plan_messages(Request(NASTY), ALL, "excerpts", 6000),
        chat_messages(Request(NASTY), ALL, "excerpts", 6000),
        select_messages(Plan(NASTY), {}, 6000),
        response_messages(Request(NASTY), Plan(), {}, "excerpts", 6000),
    ):
        assert messages[-1].text.startswith(NASTY)


def test_case_25_results_arrive_unchanged() -> None:
    """Hard case 25: captions and transcripts with quotes, code or slot names reach the answer as they are."""
    outcome = Success(resource("text", NASTY))
    assert NASTY in said(response_messages(Request("Describe @photo"), PLAN, {"caption": outcome}, "excerpts", 6000))


@given(st.text(), st.text())
def test_case_25_no_text_is_taken_for_a_slot(request: str, context: str) -> None:
    """Hard case 25: whatever fills a slot is not filled again."""
    assert fill("request", request=request, context=context) == f"{request}\n{context}"


@pytest.mark.parametrize("slots", [{}, {"request": "a"}, {"request": "a", "context": "b", "more": "c"}])
def test_templates_are_strict(slots: dict[str, str]) -> None:
    """A slot too few or too many is a bug that shows at once."""
    with pytest.raises(ValueError, match="has the slots"):
        fill("request", **slots)


@pytest.mark.parametrize("shown", demonstrations(), ids=lambda shown: shown.request[:30])
def test_every_demonstration_is_a_plan_by_our_own_parser(shown: object) -> None:
    """What we show a model is what we take from it, without a note or a problem."""
    inputs = {name: Resource(Kind(kind), None) for name, kind in shown.inputs.items()}  # type: ignore[attr-defined]
    request = Request(shown.request, inputs, tuple(shown.outputs))  # type: ignore[attr-defined]
    plan = read_draft(json.dumps(shown.reply), request).plan()  # type: ignore[attr-defined]
    assert list(plan.notes) == shown.reply.get("notes", [])  # type: ignore[attr-defined]
    assert all(task.purpose for task in plan.tasks)
    if request.outputs:
        assert set(plan.outputs) == set(request.outputs)


@pytest.mark.parametrize(
    ("text", "inputs", "expected"),
    [
        (
            "Caption each image in @pics and then summarise the captions",
            {"pics": "list[image]"},
            "Caption every picture in @album",
        ),
        (
            "Write down what @meeting is about and summarise it",
            {"meeting": "audio"},
            "Write down what is said in @call",
        ),
        ("hello, what can you do?", {}, "Thanks! What can you do"),
        ("Which product sold most in @df?", {"df": "table"}, "Which city in @sales sold most?"),
        ("Beschreibe @foto", {"foto": "image"}, "Beschreibe @bild"),
    ],
)
def test_the_nearest_demonstrations_are_shown(text: str, inputs: dict[str, str], expected: str) -> None:
    """A request is shown what resembles it in kinds and words, nearest last."""
    request = Request(text, {name: resource(kind, None) for name, kind in inputs.items()})
    shown = nearest(request, ALL, 650)
    assert 1 <= len(shown) <= 4
    assert shown[-1].request.startswith(expected)


def test_demonstrations_show_only_what_can_run() -> None:
    """A type that nothing here can run is not demonstrated."""
    menu = Menu({"image-to-text": "", "summarization": ""})
    shown = nearest(Request("Describe @photo and read it aloud", {"photo": resource("image", None)}), menu, 650)
    assert all(demonstration.types <= {"image-to-text", "summarization"} for demonstration in shown)


def test_only_what_can_run_is_offered() -> None:
    """The menu has the runnable types that the inputs can lead to, and no others."""
    menu = Menu(
        {"image-to-text": "", "text-to-speech": "", "automatic-speech-recognition": "", "video-classification": ""}
    )
    text = menu_text(menu, Request("x", {"photo": resource("image", None)}), 2000)
    assert "image-to-text" in text
    assert "automatic-speech-recognition" in text  # speech can be made of text
    assert "video-classification" not in text  # nothing leads to a video
    assert "summarization" not in text


def test_every_type_can_be_offered() -> None:
    """With all kinds at hand, the menu has every task type."""
    inputs = {kind: resource(kind, None) for kind in ("image", "audio", "video", "table")}
    text = menu_text(ALL, Request("x", inputs), 2000)
    families = {f"{{canny,hed,mlsd,openpose,normal,depth,seg,scribble}}{end}" for end in ("-control", "-text-to-image")}
    for name in TASK_TYPES:
        assert name in text or any(name.partition("-")[0] in family and family in text for family in families)


def test_what_experts_are_good_at_is_said_as_far_as_there_is_room() -> None:
    """Every type gets the same room for what its experts do; where that is too little, nothing is said."""
    menu = Menu({"image-to-text": "Reads printed text.", "summarization": "Takes whole sentences. " * 20})
    request = Request("x", {"photo": resource("image", None)})
    roomy = menu_text(menu, request, 400)
    assert "image-to-text: Reads printed text." in roomy
    assert "summarization: Takes whole" in roomy
    assert len(roomy) <= 400
    assert "Takes" not in menu_text(menu, request, 100)


@pytest.mark.parametrize(
    ("share", "present", "absent"),
    [
        ("kinds", ["@letter: text", "@df: table"], ["15 characters", "salary", "Dear"]),
        ("shapes", ["15 characters", "salary"], ["Dear", "4711"]),
        ("excerpts", ["Dear Ms Miller", "4711"], []),
    ],
)
def test_inputs_are_told_as_far_as_they_are_shared(share: str, present: list[str], absent: list[str]) -> None:
    """Kinds, shapes or excerpts: what is not shared is in no message."""
    pandas = pytest.importorskip("pandas")
    inputs = {
        "letter": resource("text", "Dear Ms Miller,"),
        "df": resource("table", pandas.DataFrame({"salary": [4711]})),
    }
    text = said(plan_messages(Request("Sum up @letter and @df", inputs), ALL, share, 6000))  # type: ignore[arg-type]
    for words in present:
        assert words in text
    for words in absent:
        assert words not in text


@pytest.mark.parametrize("tokens", [1000, 1500, 6000])
def test_case_26_the_request_is_never_cut(tokens: int) -> None:
    """Hard case 26: however long request, inputs, history and results are, the request is whole and the rest bounded."""
    long = "word " * 40_000
    inputs = {f"input_{i}": resource("text", long) for i in range(300)}
    offered = {f"result_{i}": resource("text", long) for i in range(300)}
    messages = plan_messages(Request(long, inputs, offered=offered), ALL, "excerpts", tokens)
    assert messages[-1].text.startswith(long)
    assert len(said(messages)) - len(long) < tokens * 4 + 200
    outcomes: dict[str, Outcome] = {"caption": Success(resource("text", long))}
    answer = response_messages(Request(long), PLAN, outcomes, "excerpts", tokens)
    assert long in answer[-1].text
    assert len(said(answer)) - len(long) < tokens * 4 + 1000


def test_case_26_many_masks_are_no_longer_than_few() -> None:
    """Hard case 26: two thousand masks or boxes take no more room than their budget."""
    from jarvis_magic.kinds import Box, Mask

    masks = Success(resource("masks", [Mask("dog", 0.9, None)] * 2000))  # type: ignore[arg-type]
    boxes = Success(resource("boxes", [Box(f"thing {i}", 0.9, 0, 0, 1, 1) for i in range(2000)]))
    plan = Plan(
        "x",
        {"photo": Kind("image")},
        [
            Task("parts", "image-segmentation", {"image": "@photo"}),
            Task("things", "object-detection", {"image": "@photo"}),
        ],
    )
    assert len(said(response_messages(Request("x"), plan, {"parts": masks, "things": boxes}, "excerpts", 1000))) < 4500


def test_earlier_results_are_offered_newest_first() -> None:
    """What earlier cells made is offered as references, in order, without what the request names itself."""
    offered = {"newest": resource("image", None), "photo": resource("image", None), "older": resource("text", "x")}
    request = Request("Make it brighter", {"photo": resource("image", None)}, offered=offered)
    asked = plan_messages(request, ALL, "kinds", 6000)[-1].text
    assert "Earlier results, newest first: @newest: image; @older: text" in asked


def test_candidates_are_bounded_and_listed_once() -> None:
    """Descriptions are cut, and tasks with the same candidates share one list."""
    candidates = [candidate(f"owner/model-{i}", description="word " * 500) for i in range(5)]
    tasks = [Task(f"t{i}", "image-to-text", {"image": "@photo"}, purpose=f"purpose {i}") for i in range(12)]
    plan = Plan("Describe @photo", {"photo": Kind("image")}, tasks)
    text = said(select_messages(plan, {task.id: candidates for task in tasks}, 6000))
    assert text.count("owner/model-3") == 1
    assert all(f"t{i} (purpose {i})" in text for i in range(12))
    assert len(text) < 2000


def test_what_is_told_of_candidates() -> None:
    """A candidate's place, languages, strengths and weakness are told."""
    options = [candidate("toolbox/ocr", "toolbox", description="Reads printed text.", weakness="handwriting", languages=("en", "de")), candidate("b")]  # fmt: skip
    assert "- toolbox/ocr: local; en de; Reads printed text; weak: handwriting" in said(
        select_messages(PLAN, {"caption": options}, 6000)
    )


def test_every_outcome_is_told() -> None:
    """Results, failures and skips, notes of the plan, and results that are no text: each has its line."""
    tasks = [Task(name, "image-to-text", {"image": "@photo"}, purpose="describe") for name in ("a", "b", "c", "d")]
    plan = Plan("x", {"photo": Kind("image")}, tasks, notes=["No flights here."])
    outcomes: dict[str, Outcome] = {
        "a": Success(resource("text", "a dog"), "captioner"),
        "b": Failure(EndpointError("The endpoint is down.")),
        "c": Skipped("It needs 'b', which failed.", "b"),
    }
    text = said(response_messages(Request("x"), plan, outcomes, "excerpts", 6000))
    for line in (
        "- a (describe, by captioner): a dog",
        "- b (describe): no result: The endpoint is down.",
        "- c (describe): no result: It needs 'b', which failed.",
        "- d (describe): no result: it did not run.",
        "Note: No flights here.",
    ):
        assert line in text


def test_results_are_told_as_far_as_they_are_shared() -> None:
    """With shapes, an answer is made without the results' words."""
    outcomes: dict[str, Outcome] = {"caption": Success(resource("text", "secret words"))}
    text = said(response_messages(Request("x"), PLAN, outcomes, "shapes", 6000))
    assert "secret" not in text
    assert "text, 12 characters" in text


def test_a_correction_shows_the_reply_and_its_fault() -> None:
    """A reply that does not fit goes back as it was, bounded, with what is wrong."""
    shown, asked = correction(NASTY, "Task 'x' is wrong.", 6000)
    assert (shown.role, shown.text) == ("assistant", NASTY)
    assert "Task 'x' is wrong." in asked.text
    assert len(correction("x" * 10**6, "y" * 10**6, 1000)[0].text) <= 2000


@pytest.mark.parametrize("name", sorted(json.loads(asset_text("prompts", "experts.json"))))
def test_chat_experts_are_told_what_to_do(name: str) -> None:
    """Every type that the chat model does itself has its instruction."""
    assert expert_instruction(name, {"target_language": "German"}).endswith(".")


def test_translation_is_told_its_languages() -> None:
    """A language that looks like a slot is a language."""
    told = expert_instruction("translation", {"target_language": "{{source_language}}", "source_language": "Dutch"})
    assert "into {{source_language}} from Dutch." in told


def test_no_demonstration_is_a_labelled_request() -> None:
    """What plans are judged by is not shown to who makes them."""
    folder = Path(__file__).parent / "data" / "requests"
    labelled = [
        json.loads(line)["request"] for file in folder.glob("*.jsonl") for line in file.read_text("utf-8").splitlines()
    ]
    for shown in demonstrations():
        alike = difflib.get_close_matches(
            shown.request.casefold(), [request.casefold() for request in labelled], 1, 0.85
        )
        assert not alike, (shown.request, alike)
