"""What the offline planner makes of requests."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd
import PIL.Image
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jarvis_magic.controllers import OfflineController
from jarvis_magic.controllers.offline.controller import plan_text
from jarvis_magic.controllers.offline.doubts import sureness
from jarvis_magic.controllers.offline.drafting import Drafting
from jarvis_magic.controllers.offline.makers import MAKERS
from jarvis_magic.controllers.offline.reading import read
from jarvis_magic.evaluation import Case, argument_f1, held_out, predict, predictor, score
from jarvis_magic.events import Drafted, Event
from jarvis_magic.ids import id_problem
from jarvis_magic.kinds import Kind
from jarvis_magic.media import Audio
from jarvis_magic.plans import Plan
from jarvis_magic.values import Menu, Request, Resource

from .requests import ambiguous, everyday, notebook


def plan(text: str, outputs: tuple[str, ...] = (), offered: Mapping[str, str] | None = None, /, **kinds: str) -> Plan:
    """Plan a request, given the kinds of its inputs."""
    inputs = {name: Resource(Kind(kind), None) for name, kind in kinds.items()}
    earlier = {name: Resource(Kind(kind), None) for name, kind in (offered or {}).items()}
    request = Request(text, inputs, outputs, earlier)
    return asyncio.run(OfflineController().plan(request, Menu(), lambda _: None))


def said(planned: Plan) -> list[tuple[str, dict[str, Any]]]:
    """Types and arguments of a plan's tasks."""
    return [(task.type, task.to_dict()["arguments"]) for task in planned.tasks]


# The labelled requests


@pytest.mark.parametrize("case", everyday(), ids=lambda case: case.id)
async def test_everyday_requests_are_planned_as_labelled(case: Case) -> None:
    """Every everyday request gets exactly the graph and the arguments a careful person would write."""
    (found,) = await predict([case], predictor(OfflineController()))
    assert sorted(found.nodes) == sorted(case.nodes)
    assert set(found.links) == set(case.links)
    assert argument_f1([(found, case)]) == 1.0


@pytest.mark.parametrize(("held", "nodes", "links", "arguments"), [(False, 0.98, 0.96, 0.96), (True, 0.93, 0.87, 0.86)])
async def test_requests_of_notebooks(*, held: bool, nodes: float, links: float, arguments: float) -> None:
    """The planner keeps its scores on the requests it was tuned on, and on the third it was not."""
    cases = [case for case in notebook() if held_out(case.id) == held]
    scores = score(await predict(cases, predictor(OfflineController())), cases)
    assert scores.nodes >= nodes
    assert scores.links >= links
    assert scores.arguments is not None
    assert scores.arguments >= arguments


def test_a_third_is_held_out() -> None:
    """About a third of the requests is kept from tuning, the same third every time."""
    held = [case for case in notebook() if held_out(case.id)]
    assert 0.28 < len(held) / len(notebook()) < 0.39
    assert len(notebook()) >= 200


# Any text at all

KINDS = {"photo": "image", "text_1": "text", "df": "table", "calls": "list[audio]", "clip": "video", "box": "boxes"}
WORDS = [
    "describe", "@photo", "@photo.wav", "@text_1[0].x", "first", "@text_1", "@df", "@calls[0]", "@clip", "@box[*].label", "@df.col", "@nobody", "and", "then", ",", ".", "?", "\n- ", "translate", "into",
    "French", "it", "the summary", "read", "aloud", "'", '"', "“", "don't", "is", "a", "or", "b", "predict", "what", "@", "@@", "{{x}}", "notes.txt", "für", "每个",
    "把", "翻译", "résume", "¿", "compare", "draw", "in", "of", "each", "all", "make", "black", "and white", "768x512", "seed 3", "\\", "</b>", "$x^2$", "\x00",
]  # fmt: skip


def check(planned: Plan) -> None:
    """A plan is closed over its inputs, its ids may be bound, and it says something if it does nothing."""
    again = Plan.from_json(planned.to_json())
    assert again == planned
    assert all(id_problem(task.id) is None for task in planned.tasks)
    assert planned.tasks or planned.notes


@settings(deadline=None)
@given(st.lists(st.sampled_from(WORDS), max_size=40).map(" ".join))
def test_any_mixture_of_known_words_gives_a_plan(text: str) -> None:
    """However the words of the lexicon are mixed, a well-formed plan comes of it, the same every time."""
    first = plan(text, **KINDS)
    check(first)
    assert plan(text, **KINDS) == first


@given(st.text(max_size=300))
def test_any_text_gives_a_plan(text: str) -> None:
    """No text makes the planner fail."""
    check(plan(text, **KINDS))


@pytest.mark.parametrize(
    "text",
    [
        "",
        " \n\t",
        "describe",
        "@photo " * 2000,
        "describe @photo and then " * 4000,
        "“" * 50_000,
        "is it a, b or c? " * 5000,
        "a.b/" * 25_000,
        "描述@photo里的文字，" * 8_000,
        "same pose as @photo but a robot, " * 3_000,
        "x = describe(photo)\n" * 5_000,
    ],
    ids=range(11),
)
def test_empty_and_endless_requests(text: str) -> None:
    """Nothing, one word, and a hundred thousand characters are planned or answered."""
    check(plan(text, photo="image"))


@pytest.mark.parametrize("filler", [" ", "\n", ", ", "the ", "a, ", "or ", "- ", "@photo "])
@pytest.mark.parametrize(
    "text",
    [
        "is @photo{}happy or{}sad?", "predict the{}price{}in @df", "draw{}a cat,{}768x512", "read {} @text_1{}aloud", "what{}is{}in{}@photo{}?",
        "translate{}@text_1{}from German{}to French", "sort @text_1 into{}a,{}b or{}c", "don't{}read it, please{}thanks",
    ],
)  # fmt: skip
def test_long_runs_of_nothing(text: str, filler: str) -> None:
    """Thousands of spaces, commas or articles within a phrase are read in no time, where careless patterns would hang."""
    check(plan(text.replace("{}", f" {filler * 3000}"), **KINDS))


@pytest.mark.parametrize(
    "text",
    [
        "import os\nos.system('rm -rf /')",
        '{"tasks": [{"id": "x", "type": "translation"}]}',
        "def summarise(text):\n    '''Summarise a text and translate it.'''\n    return text[:100]\n",
        "for photo in photos:\n    caption = describe(photo)\n    speak(caption)",
        "df = pd.read_csv('x.csv')\nmodel.predict(df)\nprint(translate(text))",
        "<html>\n<body><p>Describe</p></body>\n</html>",
        'Traceback (most recent call last):\n  File "x.py", line 3, in <module>\n    translate(None)\nValueError: no text',
    ],
)
def test_pasted_code_and_json(text: str) -> None:
    """Code in a request is never evaluated, nor carried out by its names; a sentence says what to do with it."""
    planned = plan(text)
    assert not planned.tasks
    assert "explain @code" in notes(planned)


def test_a_request_with_a_little_code_is_a_request() -> None:
    """A call in prose, or a list of wishes, is not taken for code."""
    assert plan("Describe @p (please), then translate(it) into French.", p="image").tasks
    assert plan("Please:\n1. describe @p\n2. read it aloud", p="image").tasks
    assert plan("Write a haiku about rain;\nthen read it aloud.").tasks


# Ids and outputs


def test_ids_are_good_variables() -> None:
    """Results are called by their nouns, in the plural for lists, apart from one another, and never like an input."""
    assert [t.id for t in plan("Describe @photo and read it aloud.", photo="image").tasks] == ["caption", "speech"]
    assert [t.id for t in plan("Describe each of @photos.", photos="list[image]").tasks] == ["captions"]
    assert [t.id for t in plan("Describe @caption.", caption="image").tasks] == ["caption_2"]
    assert [t.id for t in plan("Translate @t into French and German.", t="text").tasks] == [
        "translation_french",
        "translation_german",
    ]
    assert [t.id for t in plan("Caption @left and @right.", left="image", right="image").tasks] == [
        "caption_left",
        "caption_right",
    ]
    assert [t.id for t in plan("Write a haiku about rain.").tasks] == ["haiku"]


def test_purposes_are_words_experts_know() -> None:
    """A purpose says in English what a task is for, also where the request is in another language."""
    assert plan("Describe @p.", p="image").tasks[0].purpose == "describe"
    assert plan("Was steht auf @p?", p="image").tasks[0].purpose == "read printed text"
    assert "dates" in plan("Trouve les dates dans @t.", t="text").tasks[0].purpose
    assert "grey" in plan("Mach @p schwarzweiß.", p="image").tasks[0].purpose
    assert plan("What language is @t in?", t="text").tasks[0].purpose == "language"


# What a wish works on


def test_a_pronoun_means_the_last_result_of_a_fitting_kind() -> None:
    """A pronoun is the last result if that is of the kind needed, else what is further back."""
    assert said(plan("Blur @p and rotate it.", p="image"))[1][1]["image"] == "@edited"
    assert said(plan("Segment @p and estimate its depth.", p="image"))[1][1]["image"] == "@p"


def test_what_is_between_is_put_between() -> None:
    """A recording is transcribed, a scan read, and a photo described, before a text is needed of it."""
    assert [t for t, _ in said(plan("Summarise @talk.", talk="audio"))] == [
        "automatic-speech-recognition",
        "summarization",
    ]
    assert [t for t, _ in said(plan("Translate @p into French.", p="image"))] == ["image-to-text", "translation"]
    assert plan("Translate @p into French.", p="image").tasks[0].purpose == "read printed text"


def test_before_and_after() -> None:
    """The word "before" turns the order round."""
    assert [t for t, _ in said(plan("Before you summarise @t, translate it into English.", t="text"))] == [
        "translation",
        "summarization",
    ]


def test_what_is_not_wanted_is_not_planned() -> None:
    """A negation takes a wish away."""
    assert [t for t, _ in said(plan("Summarise @t but don't translate it.", t="text"))] == ["summarization"]
    assert [t for t, _ in said(plan("Beschreibe @p, aber lies es nicht vor.", p="image"))] == ["image-to-text"]


def test_lists_together_or_one_by_one() -> None:
    """A list runs once per item; "all together" goes into one call."""
    one_by_one = plan("Summarise each of @ts.", ts="list[text]")
    assert one_by_one.tasks[0].each is None
    assert one_by_one.kinds["summaries"] == "list[text]"
    together = plan("Summarise all of @ts in one paragraph.", ts="list[text]")
    assert together.tasks[0].each == ()
    assert together.kinds["summary"] == "text"


def test_offered_results_are_used_where_nothing_else_is_named() -> None:
    """An earlier result is what "it" means in a cell that names nothing, and enters the plan's inputs only then."""
    planned = plan("Now read it aloud.", (), {"summary": "text"})
    assert said(planned) == [("text-to-speech", {"text": "@summary"})]
    assert dict(planned.inputs) == {"summary": "text"}
    assert dict(plan("Describe @p.", (), {"summary": "text"}, p="image").inputs) == {"p": "image"}


def test_a_new_id_hides_an_offered_name() -> None:
    """An earlier result does not take the good name from the new one, unless the plan uses it."""
    assert [task.id for task in plan("Describe @p.", (), {"caption": "text"}, p="image").tasks] == ["caption"]
    used = plan("Describe @p and compare it with @caption.", (), {"caption": "text", "text": "text"}, p="image")
    assert [task.id for task in used.tasks] == ["caption_2", "similarity"]


def test_its_is_that_of_the_whole() -> None:
    """What a summary is of has its own sentiment; a transcript has that of its recording."""
    whole = said(plan("Summarise @report, then find its sentiment.", report="text"))
    assert whole[1] == ("text-classification", {"text": "@report"})
    heard = said(plan("Transcribe @talk and find its sentiment.", talk="audio"))
    assert heard[1] == ("text-classification", {"text": "@transcript"})


# Arguments


@pytest.mark.parametrize(
    ("text", "kinds", "type_name", "arguments"),
    [
        ("Translate @t from Dutch to Greek.", {"t": "text"}, "translation", {"text": "@t", "target_language": "Greek", "source_language": "Dutch"}),
        ("Read @t aloud in a deep voice.", {"t": "text"}, "text-to-speech", {"text": "@t", "voice": "deep"}),
        ("Draw a fox, 512x768, seed 42.", {}, "text-to-image", {"text": "a fox", "width": 512, "height": 768, "seed": 42}),
        ("Is @s music, speech or noise?", {"s": "audio"}, "zero-shot-audio-classification", {"audio": "@s", "labels": ["music", "speech", "noise"]}),
        ("Label @t as 'very good' or 'bad'.", {"t": "text"}, "zero-shot-classification", {"text": "@t", "labels": ["very good", "bad"]}),
        ("Predict the price in @h.", {"h": "table"}, "tabular-regression", {"table": "@h", "target": "price"}),
        ('Predict "class" in @h.', {"h": "table"}, "tabular-classification", {"table": "@h", "target": "class"}),
        ("Who signed @contract?", {"contract": "image"}, "document-question-answering", {"image": "@contract", "question": "Who signed it?"}),
        ('Say "See you @@ eight".', {}, "text-to-speech", {"text": "See you @@ eight"}),
    ],
)  # fmt: skip
def test_arguments(text: str, kinds: dict[str, str], type_name: str, arguments: dict[str, Any]) -> None:
    """Languages, voices, sizes, labels, columns, questions and quoted texts are found in the words."""
    assert said(plan(text, **kinds)) == [(type_name, arguments)]


def test_a_table_at_hand_says_what_its_columns_are() -> None:
    """A column is spelled as the table spells it, numbers are told from classes, and one that is not there is said."""
    pandas = pytest.importorskip("pandas")
    frame = pandas.DataFrame({"Survived": [0, 1], "Fare": [1.5, 2.5], "Cabin Class": ["a", "b"]})

    def planned(text: str) -> Plan:
        request = Request(text, {"df": Resource(Kind("table"), frame)})
        return asyncio.run(OfflineController().plan(request, Menu(), lambda _: None))

    assert said(planned("Predict survived from @df.")) == [
        ("tabular-classification", {"table": "@df", "target": "Survived"})
    ]
    assert said(planned("Predict the fare in @df.")) == [("tabular-regression", {"table": "@df", "target": "Fare"})]
    assert said(planned("Train a classifier for cabin class on @df."))[0][1]["target"] == "Cabin Class"
    missing = planned("Forecast the column demand of @df.")
    assert not missing.tasks
    assert "no column 'demand'" in notes(missing)


@pytest.mark.parametrize(
    ("text", "type_name"),
    [
        ("Describe each picture of @df.photo.", "image-to-text"),
        ("Describe @df.file.", "image-to-text"),
        ("Describe each picture in the column path of @df.", "image-to-text"),
        ("Transcribe @df.call.", "automatic-speech-recognition"),
        ("Summarise @df.note.", "summarization"),
    ],
)
def test_a_table_at_hand_says_which_columns_hold_media(text: str, type_name: str) -> None:
    """A column of pictures or sounds, or of their file names, is worked on as what it is, whatever its first rows lack."""
    frame = pd.DataFrame({
        "photo": [None, PIL.Image.new("RGB", (2, 2))], "file": ["a.png", "b.png"], "path": [Path("a.png"), None],
        "call": [float("nan"), Audio([0.0], 8000)], "note": ["see a.png", "see b.png"],
    })  # fmt: skip
    request = Request(text, {"df": Resource(Kind("table"), frame)})
    made = asyncio.run(OfflineController().plan(request, Menu(), lambda _: None))
    assert [task.type for task in made.tasks] == [type_name]


def test_text_that_only_looks_like_a_reference_stays_text() -> None:
    """A name that the request does not bring in is literal text in an argument."""
    planned = plan("Write a tweet that mentions @somebody.")
    assert planned.inputs == {}
    assert planned.tasks[0].references == ()


def test_a_path_that_leads_nowhere_ends_where_it_leads() -> None:
    """A picture has no "wav": the reference is to the picture, and what follows is only text."""
    assert said(plan("Describe @photo.wav", photo="image")) == [("image-to-text", {"image": "@photo"})]


def test_quotes_within_quotes_are_one_text() -> None:
    """A quotation mark behind a backslash ends nothing, and JSON asks for nothing by what it quotes."""
    planned = plan(r'Summarise "He said \"translate this into French\" and left early"')
    assert said(planned) == [("summarization", {"text": 'He said "translate this into French" and left early'})]
    assert not plan(r'{"text": "He said \"translate it\" and \"summarise @t\"", "task": "summarise"}', t="text").tasks


def test_a_picture_is_transcribed_by_reading_it() -> None:
    """What is written in a picture is read, and the purpose says so."""
    (task,) = plan("Transcribe @p", p="image").tasks
    assert (task.type, task.purpose) == ("image-to-text", "read printed text")


def test_a_correction_counts() -> None:
    """What is taken back in the same breath is not done."""
    planned = plan("Translate @t into French, no, into German.", t="text")
    assert said(planned) == [("translation", {"text": "@t", "target_language": "German"})]


def test_chinese_stands_at_a_reference() -> None:
    """Words on both sides of a reference are words of the request, and not part of its name."""
    assert said(plan("描述@photo里的内容，然后翻译成英文。", photo="image")) == [
        ("image-to-text", {"image": "@photo"}),
        ("translation", {"text": "@caption", "target_language": "English"}),
    ]
    asked = said(plan("@photo里有几个人？", photo="image"))
    assert asked == [("visual-question-answering", {"image": "@photo", "question": "有几个人？"})]


def test_an_item_said_before_a_list() -> None:
    """An item is named by its place in the list."""
    assert said(plan("Describe the last of @photos.", photos="list[image]"))[0][1] == {"image": "@photos[-1]"}
    assert said(plan("Take the second text in @ts and summarise it.", ts="list[text]"))[0][1] == {"text": "@ts[1]"}


# Honesty


def notes(planned: Plan) -> str:
    """A plan's notes in one."""
    return " ".join(planned.notes)


def test_what_is_not_understood_is_said() -> None:
    """The rest is planned, and the part that nobody here can do is quoted."""
    planned = plan("Describe @p and e-mail the description to Anna.", p="image")
    assert [task.type for task in planned.tasks] == ["image-to-text"]
    assert "“e-mail the description to Anna”" in notes(planned)


def test_files_in_prose_are_offered_as_references() -> None:
    """A bare file name is not read; the note says how to use it."""
    assert '@"notes.txt"' in notes(plan("Summarise notes.txt"))
    assert "@https://example.org/a.png" in notes(plan("Describe https://example.org/a.png"))


def test_clear_requests_have_no_notes() -> None:
    """Where nothing is unclear nothing is said, in any of the everyday requests that can be done entirely."""
    noted = {case.id: planned.notes for case in everyday() if (planned := plan(case.request, **case.inputs)).notes}
    assert sorted(noted) == ["everyday-31", "everyday-39"], "chat, and an e-mail that nobody here can send"


@pytest.mark.parametrize("case", ambiguous(), ids=lambda case: case["id"])
def test_ambiguous_requests_name_the_other_reading(case: dict[str, Any]) -> None:
    """A request that can be read in two ways gets the likelier plan, and a note that says how to write the other."""
    planned = plan(case["request"], **case["inputs"])
    assert sorted(task.type for task in planned.tasks) == sorted(case["nodes"])
    told = [note for note in planned.notes if case["alternative"] in note]
    assert told
    assert "% sure)" in told[0]
    assert told[0].split("'")[1] in planned.by_id


def test_each_clause_has_its_own_confidence() -> None:
    """The clause that is unclear is less sure, the one beside it is not."""
    kinds = {"report": Kind("text")}
    drafting = Drafting(read("Summarise @report, then find its sentiment.", kinds), kinds, MAKERS)
    drafting.draft()
    summary, sentiment = (sureness(drafting, clause) for clause in drafting.clauses)
    assert summary == 1.0
    assert 0.4 < sentiment < 0.7


def test_what_is_missing_is_said() -> None:
    """A wish that names nothing to work on, and one that nobody understands, are told apart."""
    missing = plan("Describe the picture.")
    assert "name it with @, for example @photo" in notes(missing)
    assert "can describe" not in notes(missing)
    assert "no word of this asks for what I can do" in notes(plan("asdf qwer"))
    assert "not to be wanted" in notes(plan("Do not describe @p.", p="image"))


def test_notes_show_a_plain_at() -> None:
    """In a plan's text ``@@`` is a plain @; a note for people shows it so."""
    planned = plan("Describe @p and e-mail it to me@@example.org.", p="image")
    assert "me@example.org" in notes(planned)


def test_unused_inputs_and_usual_tasks_are_said() -> None:
    """An input that nothing is done with is named, and so is one that no word says what to do with."""
    assert "@b" in notes(plan("Summarise @a. I also have @b.", a="text", b="text"))
    usual = plan("umpf @p", p="image")
    assert usual.tasks[0].type == "image-to-text"
    assert "usual" in notes(usual)


def test_a_misfit_is_said() -> None:
    """A wish whose input cannot be turned into what is needed is left out with a sentence."""
    planned = plan("Segment @t.", t="text")
    assert not planned.tasks
    assert "needs an image" in notes(planned)


@pytest.mark.parametrize("text", ["hello", "Thanks!", "What is the capital of France?", "asdf qwer", "你好", ""])
def test_chat_is_answered(text: str) -> None:
    """Small talk gets a sentence and no tasks."""
    planned = plan(text)
    assert not planned.tasks
    assert planned.notes


@pytest.mark.parametrize(
    "text", ["What can you do?", "help", "who are you?", "Hi, what can you do for me?", "Was kannst du?"]
)
def test_a_question_about_the_planner_is_not_about_earlier_results(text: str) -> None:
    """What can be asked is answered, whatever was made before."""
    planned = plan_text(text, {}, {"summary": Kind("text"), "picture": Kind("image")})
    assert not planned.tasks
    assert "It can describe pictures" in notes(planned)


@pytest.mark.parametrize("offered", ["audio", "text"])
def test_a_question_behind_a_colon_is_the_question(offered: str) -> None:
    """What earlier cells made is not taken for a question that the cell asks itself."""
    earlier = {"speech": Kind(offered)}
    planned = plan_text("Answer from the document @invoice: what is the total?", {"invoice": Kind("image")}, earlier)
    asked = [(task.type, dict(task.arguments)) for task in planned.tasks]
    assert asked == [("document-question-answering", {"image": "@invoice", "question": "what is the total?"})]


def test_contradictions_and_mixed_languages() -> None:
    """Contradictions are planned as they stand; several languages in one request are understood."""
    assert plan("Make @p brighter and make it darker.", p="image").tasks
    mixed = plan("Bitte beschreibe @p and then traduis le texte en anglais.", p="image")
    assert [task.type for task in mixed.tasks] == ["image-to-text", "translation"]


async def test_the_draft_is_shown() -> None:
    """The plan is emitted as a draft, for those who watch."""
    events: list[Event] = []
    request = Request("Summarise @t.", {"t": Resource(Kind("text"), "…")})
    planned = await OfflineController().plan(request, Menu(), events.append)
    assert [event.draft.plan() for event in events if isinstance(event, Drafted)] == [planned]


def test_plans_are_json() -> None:
    """What the planner writes can be saved."""
    assert json.loads(plan("Translate @t into French.", t="text").to_json())["tasks"][0]["arguments"] == {
        "text": "@t",
        "target_language": "French",
    }


def test_an_accent_is_no_translation() -> None:
    """British English is how it is to sound, and asks for no other language."""
    planned = plan("Summarize @note and read the summary aloud in British English.", note="text")

    assert [task.type for task in planned.tasks] == ["summarization", "text-to-speech"]


@pytest.mark.parametrize("words", ["each picture in @photos", "each of @photos", "@photos", "every picture in @photos"])
def test_each_picture_is_edited(words: str) -> None:
    """However many pictures are told of, it is they that are edited; nothing new is drawn."""
    planned = plan(f"Make {words} grey.", photos="list[image]")

    assert [(task.type, task.arguments["image"]) for task in planned.tasks] == [("image-to-image", "@photos")]


def test_what_cannot_be_done_with_a_kind_is_not_replaced_by_the_usual() -> None:
    """A text cannot be made grey; it is not summarised instead."""
    assert plan("Make @note grey.", note="text").tasks == []


# What is said in passing, taken back, or not wanted


@pytest.mark.parametrize(
    ("text", "types"),
    [
        ("Tell me what it says in @photo", ["image-to-text"]),
        ("Tell me what you see in @photo", ["image-to-text"]),
        ("Describe @photo and wait five minutes", ["image-to-text"]),
        ("Draw what @talk is about", ["automatic-speech-recognition", "text-to-image"]),
        ("Find faces in @photo", ["object-detection"]),
        ("Finde alle Autos in @photo", ["object-detection"]),
        ('Find "traffic light" in @photo', ["zero-shot-object-detection"]),
        ("Find the average price in @df", ["table-question-answering"]),
        ("Find the total in @invoice", ["document-question-answering"]),
        ("Which of @texts are negative?", ["text-classification"]),
        ("Who speaks in @talk?", ["audio-classification"]),
        ("What sound is in @talk?", ["audio-classification"]),
        ("What do the people say in @clip?", ["automatic-speech-recognition"]),
        ("Write a reply to @notes", ["text-generation"]),
        ("Do @notes and @report say the same thing?", ["sentence-similarity"]),
        ("Make @notes shorter and more polite", ["text2text-generation"]),
        ("Give me @notes in simple English", ["text2text-generation"]),
        ("Make @photo look like a Van Gogh painting and describe it", ["image-to-image", "image-to-text"]),
        ("Describe @photo;summarise @notes", ["image-to-text", "summarization"]),
        ("Describe @photo -> translate to German -> read aloud", ["image-to-text", "translation", "text-to-speech"]),
        ("Read @scan but not aloud", ["image-to-text"]),
        ("Worum geht es in @notes?", ["summarization"]),
        ("Zusammenfassung von @notes auf Englisch", ["summarization", "translation"]),
        ("Bitte @notes ins Italienische und dann vorlesen", ["translation", "text-to-speech"]),
        ("De quoi parle @notes ?", ["summarization"]),
        ("¿Qué dice @scan?", ["image-to-text"]),
        ("¿Es @notes positiva o negativa?", ["text-classification"]),
        ("@notes是正面还是负面？", ["text-classification"]),
        ("请把@photo的背景去掉，然后描述它", ["image-to-image", "image-to-text"]),
        ("Delete @photo", []),
    ],
)
def test_everyday_words(text: str, types: list[str]) -> None:
    """What people say in everyday words is planned as what they mean, and nothing beside it."""
    kinds = {"photo": "image", "scan": "image", "invoice": "image", "talk": "audio", "clip": "video", "df": "table"}
    kinds |= {"notes": "text", "report": "text", "texts": "list[text]"}
    named = {name: kind for name, kind in kinds.items() if f"@{name}" in text}
    assert [task.type for task in plan(text, **named).tasks] == types


@pytest.mark.parametrize(
    ("text", "types"),
    [
        ("Summarise @letter, no wait, translate it into French", ["translation"]),
        ("Summarise @letter. No, translate it to French.", ["translation"]),
        ("Don't translate @letter, just summarise it", ["summarization"]),
        ("I don't want a summary of @letter, I want keywords", ["token-classification"]),
        ("Neither translate nor summarise @letter", []),
        ("Schreib keine Zusammenfassung von @letter, sondern übersetze ihn ins Englische", ["translation"]),
    ],
)
def test_what_is_taken_back_or_not_wanted(text: str, types: list[str]) -> None:
    """What a request takes back, or says it does not want, is not done; and it is not called a part that was not understood."""
    planned = plan(text, letter="text")
    assert [task.type for task in planned.tasks] == types
    assert all("@letter" in value for task in planned.tasks for name, value in task.arguments.items() if name == "text")
    assert not any("Not understood" in note for note in planned.notes)


def test_a_correction_is_told() -> None:
    """A plan that leaves out what was taken back says how to have both."""
    (note,) = plan("Summarise @letter, no wait, translate it into French", letter="text").notes
    assert "instead of what stands before it" in note


@pytest.mark.parametrize(
    ("text", "languages"),
    [
        ("Describe @photo in German and in French", ["German", "French"]),
        ("Translate @notes into French, not into German", ["French"]),
        ("Übersetze @notes nach Spanisch, nicht ins Englische", ["Spanish"]),
        ("Translate and read aloud @notes in Spanish", ["Spanish"]),
        ("Translate this into Korean: good morning everyone", ["Korean"]),
    ],
)
def test_the_languages_that_are_wanted(text: str, languages: list[str]) -> None:
    """Every language that is wanted, and none that is said not to be, is translated into; nothing is doubted."""
    planned = plan(text, **{name: kind for name, kind in (("photo", "image"), ("notes", "text")) if f"@{name}" in text})
    found = [task.arguments["target_language"] for task in planned.tasks if task.type == "translation"]
    assert found == languages
    assert not planned.notes


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Make the dark one brighter: @dark", "make it brighter"),
        ("Make it brighter, no, darker: @dark", "make darker"),
        ("Blur @dark before describing it", "blur"),
        ('Put "SALE" on @dark', 'put "SALE"'),
        ("Make @dark 100 pixels wide.", "make 100 pixels wide"),
        ("Make @dark half the size", "make half the size"),
    ],
)
def test_what_an_edit_says(text: str, said: str) -> None:
    """An edit says what is to change, in the words that count; what the picture is called is no doubt about it."""
    planned = plan(text, dark="image")
    assert planned.tasks[0].arguments["text"] == said
    assert not planned.notes


@pytest.mark.parametrize(
    ("text", "question"),
    [
        ("Wer hat @notes geschrieben?", "Wer hat es geschrieben?"),
        ("¿Quién firmó @notes?", "¿Quién firmó esto?"),
        ("Where was @notes written?", "Where was it written?"),
        ("回答：@notes里谁赢了？", "谁赢了？"),
    ],
)
def test_a_question_keeps_its_language(text: str, question: str) -> None:
    """What is pointed at is called by a pronoun of the question's own language."""
    assert plan(text, notes="text").tasks[0].arguments["question"] == question


def test_verbs_that_share_what_they_are_done_to() -> None:
    """Verbs with one object behind the last pass each result on, and "all captions" are summarised in one call."""
    found = plan("Summarise, translate to German and read aloud @report", report="text")
    assert [task.arguments["text"] for task in found.tasks] == ["@report", "@summary", "@translation"]
    whole = plan("Summarise all captions of @photos", photos="list[image]")
    assert whole.tasks[-1].each == ()


def test_what_is_written_is_not_what_there_is() -> None:
    """To write "a product description" makes a new text; "both descriptions" are the two there are."""
    new = plan("Write a product description for @photo in German", photo="image")
    assert new.tasks[-1].arguments["text"] == "Write a product description for @caption in German"
    both = plan(
        "Describe @left and @right, then write a story that combines both descriptions", left="image", right="image"
    )
    assert both.tasks[-1].arguments["text"].endswith("both @caption_left and @caption_right")


@pytest.mark.parametrize("again", ["Translate them into French and German. ", "in French and in German "])
def test_what_doubles_ends(again: str) -> None:
    """Wishes that each make two of every result before them end after as many tasks as anybody reads, and that is said."""
    planned = plan("Translate @notes into French and German. " + again * 400, notes="text")
    assert 200 <= len(planned.tasks) < 300
    assert any("are left out" in note for note in planned.notes)
