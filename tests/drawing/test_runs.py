"""Proposals and runs as pages of one cell."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jarvis_magic.controllers.offline.summary import compose
from jarvis_magic.drawing import plan_html, proposal_html, run_html, run_text
from jarvis_magic.errors import EndpointError
from jarvis_magic.kinds import Kind, Label, Missing
from jarvis_magic.media import Audio
from jarvis_magic.plans import Plan
from jarvis_magic.tasks import Task
from jarvis_magic.values import (
    Assignment,
    Candidate,
    Failure,
    NoExpert,
    Outcome,
    Proposal,
    Resource,
    Run,
    Skipped,
    Success,
)
from tests.drawing.pages import Page
from tests.drawing.samples import ASSIGNMENTS, CAPTION, HOSTILE, PLAN, PROPOSAL, RUN, photo, resource


def test_a_run_shows_request_answer_results_and_bindings() -> None:
    """What a user looks for after a run is there."""
    page = Page(run_html(RUN, {"caption": "text"}))
    for said in (PLAN.request, "two houses", CAPTION, "Bound: caption text", "controller: 1 call, 1,000 tokens"):
        assert said in page.text
    assert "strong" in page.tags


def test_results_may_be_left_out() -> None:
    """Without results, how they were come by is shown, and what was bound."""
    page = Page(run_html(RUN, {"caption": "text"}, shows_results=False))
    assert page.attributes("img", "alt")[0].startswith("Graph of 8 tasks.")
    assert "Bound: caption text" in page.text
    assert CAPTION not in page.text


def test_the_graph_is_a_picture_with_words() -> None:
    """The graph is a data image, with an alternative text that tells it."""
    page = Page(run_html(RUN))
    assert page.attributes("img", "src")[0].startswith("data:image/svg+xml;base64,")
    assert page.attributes("img", "alt")[0].startswith("Graph of 8 tasks.")


def test_failures_and_skips_are_sentences_with_a_next_step() -> None:
    """What was not done says why, failures first."""
    text = Page(run_html(RUN)).text
    assert "speech No result came within 60 s; give it longer with --timeout 120." in text
    assert text.index("✗ failed speech") < text.index("? no expert here yet french")
    assert "? no expert here yet french No expert here translates: set HF_TOKEN, or run pip install x ." in text
    assert "Skipped with it: aloud." in text
    assert "» skipped aloud" not in text, "it is told with what it waits for"
    behind_a_failure = replace(RUN, assignments={k: a for k, a in RUN.assignments.items() if k != "french"})
    text = Page(run_html(behind_a_failure)).text
    assert text.index("✗ failed speech") < text.index("» skipped aloud")


def test_what_the_answer_says_is_not_said_again() -> None:
    """Why there is no expert, and what was noted, stand once on the page: in the answer if it has them, else below."""
    reason, note = 'No expert here makes films: write `@expert("text-to-video")`.', "A dog_park is meant, not a *dog*."
    plan = Plan("A film of a dog.", {}, [Task("film", "text-to-video", {"text": "a dog"})], notes=[note])
    told = f"film: no result. {reason}\n\nA dog\\_park is meant, not a \\*dog\\*."
    for answer in ("", "There is no film.", told):
        run = Run(plan, {"film": NoExpert("film", "text-to-video", reason)}, {"film": Skipped(reason)}, answer)
        for page in (Page(run_html(run)).text, " ".join(run_text(run).split())):
            assert page.count("No expert here makes films") == 1
            assert page.count("A dog_park is meant, not a *dog*.") == 1


def test_an_answer_composed_of_the_results_is_not_shown_beside_them() -> None:
    """What succeeded, failed and was noted stands once on the page, where the answer only lists the same."""
    plan = Plan(
        "@t in words.", {"t": Kind("text")}, [Task("caption_2", "summarization", {"text": "@t"})], notes=["A note."]
    )
    outcomes = {"caption_2": Success(resource("text", "A harbour."), model="toolbox/x")}
    run = Run(plan, {}, outcomes, compose(plan, outcomes))
    text = Page(run_html(run)).text
    assert (text.count("A harbour."), text.count("A note."), "succeeded" in text) == (1, 1, False)

    own = replace(run, response="The **caption_2** is of a harbour.")
    assert "caption_2 is of a harbour" in Page(run_html(own)).text


def test_choices_have_reasons_and_times() -> None:
    """Who did what, why, and how long it took."""
    text = Page(run_html(RUN)).text
    assert "Salesforce/blip-image-captioning-large hf-inference knows its work ✓ done 1.2 s" in text


def test_notes_of_the_plan_the_run_the_experts_and_what_failed_on_the_way_are_shown() -> None:
    """Nothing that a user should know is kept back."""
    text = Page(run_html(RUN)).text
    for note in (*PLAN.notes, *RUN.notes, "names: Only places.", "caption: other/model failed: 503 from the provider"):
        assert note in text


def test_findings_are_shown_on_what_they_are_about() -> None:
    """Tokens stand in the caption of the same run; boxes on the input, where it is given."""
    assert "Two houses near Oslo place under" in Page(run_html(RUN)).text
    page = Page(run_html(RUN, inputs={"photo": resource("image", photo())}))
    assert "objects: 1 house" in page.attributes("img", "alt")


def test_only_named_outputs_are_shown_as_results() -> None:
    """With names, the results are those variables, read along their references."""
    tasks = [Task("moods", "text-classification", {"text": "x"}), Task("other", "text-generation", {"text": "x"})]
    plan = Plan(tasks=tasks, outputs={"best": "@moods[0].label"})
    outcomes: dict[str, Outcome] = {
        "moods": Success(resource("labels", [Label("happy", 0.9)])),
        "other": Success(resource("text", "not wanted")),
    }
    text = Page(run_html(Run(plan, outcomes=outcomes))).text
    assert "best text happy" in text
    assert "not wanted" not in text


def test_a_variable_whose_reference_leads_nowhere_says_so() -> None:
    """The first of no labels is not there; the page is."""
    plan = Plan(tasks=[Task("moods", "text-classification", {"text": "x"})], outputs={"best": "@moods[0].label"})
    page = Page(run_html(Run(plan, outcomes={"moods": Success(resource("labels", []))})))
    assert "best text ∅ no value: There is no item [0]" in page.text


def test_a_chat_answer_is_a_page_of_its_own() -> None:
    """A plan without tasks is just the answer."""
    page = Page(run_html(Run(Plan(request="Hello"), response="Hi *there*.")))
    assert page.text == "Hello Hi there ."
    assert "img" not in page.tags


def test_a_proposal_says_what_would_leave_this_machine() -> None:
    """Before approval it is plain what is sent where."""
    text = Page(proposal_html(PROPOSAL)).text
    assert "Leaves this machine: the inputs of caption to hf-inference; summary to chat model." in text
    local = Proposal(PLAN, {"speech": ASSIGNMENTS["speech"]})
    assert "Nothing leaves this machine." in Page(proposal_html(local)).text


def test_a_proposal_lists_tasks_with_arguments_models_and_reasons() -> None:
    """The table says what the graph says."""
    text = Page(proposal_html(PROPOSAL)).text
    assert 'french translation text = @caption, target_language = "fr" ? no expert' in text
    assert "knows its work" in text


def test_a_plan_lists_tasks_without_models() -> None:
    """Nothing is said of what is not chosen yet."""
    text = Page(plan_html(PLAN)).text
    assert "caption image-to-text image = @photo" in text
    assert "Expert model" not in text
    assert "leaves this machine" not in text.lower()


def _everything_is(text: str, count: int) -> tuple[Run, dict[str, str]]:
    """A run in which every word anywhere is `text`."""
    tasks = [Task(f"t{i}", "text-generation", {"text": text.replace("@", "@@")}, text) for i in range(count)]
    candidate = Candidate(text, "provider", provider=text)
    assignments: dict[str, Assignment | NoExpert] = {}
    outcomes: dict[str, Outcome] = {}
    for i, task in enumerate(tasks):
        assignments[task.id] = Assignment(task.id, task.type, candidate, text, alternatives=(candidate,))
        if i % 4 == 0:
            assignments[task.id] = NoExpert(task.id, task.type, text)
        ends: list[Outcome] = [
            Skipped(text),
            Success(resource("text", text), text, "provider", notes=(text,)),
            Failure(EndpointError(text), text),
            Success(resource("json", {text: text}), text, "provider"),
        ]
        outcomes[task.id] = ends[i % 4]
    plan = Plan(text, tasks=tasks, notes=[text] * 40)
    return Run(plan, assignments, outcomes, text, notes=[text] * 40), {f"{text}{i}": text for i in range(count)}


@pytest.mark.parametrize(
    "text", [HOSTILE, "x" * 5_000, "😀" * 5_000, "'\"<&>" * 1_000, "|a" * 3_000, "- *a*\n" * 2_000, "\\" * 5_000]
)
@pytest.mark.parametrize("count", [3, 300])
def test_a_cell_stays_within_300_kb_whatever_is_said_in_it(text: str, count: int) -> None:
    """Saved as a notebook saves it, HTML and plain text together."""
    run, bound = _everything_is(text, count)
    html = run_html(run, bound)
    Page(html)
    saved = json.dumps({"text/html": html, "text/plain": run_text(run, bound)}, ensure_ascii=False)
    assert len(saved.encode()) <= 300_000
    proposed = proposal_html(Proposal(run.plan, run.assignments))
    Page(proposed)
    assert len(json.dumps(proposed, ensure_ascii=False).encode()) <= 300_000


def _results(values: list[tuple[str, Any]]) -> Run:
    types = {
        "image": "image-to-image",
        "audio": "text-to-audio",
        "text": "text-generation",
        "labels": "text-classification",
    }
    tasks = [
        Task(f"t{i}", types[kind], {"text": "x", **({"image": "@photo"} if kind == "image" else {})})
        for i, (kind, _) in enumerate(values)
    ]
    outcomes = {f"t{i}": Success(Resource(Kind(kind), value), seconds=0.1) for i, (kind, value) in enumerate(values)}
    return Run(Plan("Make them.", {"photo": Kind("image")}, tasks), outcomes=outcomes)


LARGE: dict[str, Any] = {
    "image": photo(1600, 1200),
    "audio": Audio(np.sin(np.arange(16_000 * 8) * 0.05), 16_000),
    "text": "word " * 4_000,
    "labels": [Label("label", 0.5)] * 30,
}


@given(st.lists(st.sampled_from(sorted(LARGE)), min_size=1, max_size=25))
@settings(max_examples=8, deadline=None)
def test_media_share_the_room_of_a_cell(kinds: list[str]) -> None:
    """Any mixture of large results stays within the bound, and every result is named."""
    run = _results([(kind, LARGE[kind]) for kind in kinds])
    page = Page(run_html(run))
    assert len(page.html) <= 250_000
    for i in range(len(kinds)):
        assert f"t{i}" in page.text


def test_a_thousand_results_are_shown_as_far_as_there_is_room_and_counted() -> None:
    """Cards, then lines, then a number."""
    page = Page(run_html(_results([("text", f"result {i}") for i in range(1_000)])))
    assert "result 0" in page.text
    assert "more results" in page.text
    assert len(page.html) <= 250_000


def test_two_thousand_tasks_make_a_page() -> None:
    """A large run is bounded too."""
    run, bound = _everything_is("word", 2_000)
    assert len(run_html(run, bound).encode()) <= 250_000
    assert len(run_text(run, bound)) <= 12_000


def test_items_without_a_value_are_listed_by_reason() -> None:
    """How many, why, and which come first: in HTML and in text; of one, its task's note says enough."""
    plan = Plan("Read @texts.", {"texts": Kind("list[text]")}, [Task("read", "summarization", {"text": "@texts"})])
    lost: list[Any] = [Missing(f"'p{i}.jpg' is no picture.") for i in range(1_200)]
    run = Run(plan, outcomes={"read": Success(Resource(Kind("list[text]"), ["a", *lost]), "m", "toolbox")})
    assert "1,200 'p0.jpg' is no picture. 1, 2, 3, 4, 5 and 1,195 more" in Page(run_html(run)).text
    assert "read: 1,200 × 'p0.jpg' is no picture. (rows 1, 2, 3, 4, 5 and 1,195 more)" in run_text(run)
    one = Run(plan, outcomes={"read": Success(Resource(Kind("list[text]"), ["a", lost[0]]), "m", "toolbox")})
    assert "Items without a value" not in run_html(one) + run_text(one)
