"""Hard cases 41 to 44, the answer: it says what happened, and nothing else, in the language it was asked in."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from jarvis_magic import Jarvis
from jarvis_magic.errors import EndpointError, RunFailed
from jarvis_magic.kinds import Answer, Box, Label
from tests.drawing.pages import Page
from tests.notebook.kernels import Kernel
from tests.servers.scripted import Says, ScriptedServer

from .support import Experts, chat, offline, picture, plan_of, replies, sound, task


@pytest.fixture
def telling(tmp_path: Path) -> Iterator[Jarvis]:
    """A Jarvis without a chat model, which composes its answers."""
    with offline(tmp_path, response=True) as made:
        yield made


def test_case_41_the_answer_is_made_of_the_results(telling: Jarvis, experts: Experts) -> None:
    """The final text claims only what ran; every path in it exists and is shown; numbers equal the results.

    Reference: narrates a Python repr; readers got a step that was never asked for, and a literal "[path]" (W13).
    Here: the answer is asked from the tasks and their results alone; results are named, not pathed, and shown beside it.
    """
    experts.add("text-classification", [Label("glad", 0.8137), Label("sad", 0.1863)])
    experts.add("image-to-text", "a red square")
    run = telling.run("Is @review positive or negative? Describe @photo.", review="I like it.", photo=picture()).check()
    for fact in ("glad (81%), sad (19%)", "a red square", *run.plan.by_id):
        assert fact in run.response
    written = plan_of(task("mood", "text-classification", text="@review"))
    with chat(written, respond="It is **glad** (0.8137).") as talk:
        answered = talk.jarvis.run("Is @review glad or sad?", review="I like it.").check()
        (asked,) = talk.asked("respond")
    assert answered.response == "It is **glad** (0.8137)."
    assert "0.8137" in asked or "glad (81%)" in asked
    assert "image-to-text" not in asked
    assert "Names and numbers only as in the results" in asked
    assert "without links or files" in asked


@pytest.mark.kernel
@pytest.mark.xdist_group("hard_cases")
def test_case_41_a_path_in_the_answer_leads_nowhere(notebook: Kernel) -> None:
    """A chat model that names files and pictures anyway is shown in words: nothing is loaded, no link hides its address."""
    told = "See ![chart](public/images/1f2e.png) and [here](file:///etc/passwd), at [our site](https://evil.example/x)."
    script = replies(plan_of(task("short", "summarization", text="@letter")), respond=told)
    with ScriptedServer(script) as server:
        notebook.run(f"%config JarvisMagics.base_url = {server.url!r}\n%config JarvisMagics.controller = 'tiny'")
        notebook.run("%jarvis reset\nfrom jarvis_magic import expert\nletter = 'It rains.'")
        notebook.run("@expert('summarization')\ndef shorten(text):\n    return 'Rain.'")
        cell = notebook.run("%%jarvis -y\nSummarise @letter.", cell_id="41")
        notebook.run("%config JarvisMagics.base_url = None\n%config JarvisMagics.controller = None")
    assert cell.status == "ok", cell.error
    page = Page(cell.shown[-1]["text/html"])
    assert all(source.startswith("data:") for source in page.attributes("img", "src"))
    assert page.attributes("a", "href") == ["https://evil.example/x"]
    assert "our site (https://evil.example/x)" in page.text


def test_case_42_results_that_disagree_are_both_told(telling: Jarvis, experts: Experts) -> None:
    """The caption says two, the detector three: both are reported.

    Reference: asks for a critical judgement of results of which it shows a repr.
    Here: both results reach the answer with what made them, and a chat model is told to give both where they disagree.
    """
    experts.add("image-to-text", "two people on a bench")
    experts.add("object-detection", [Box("person", 0.9, 0, 0, 1, 1)] * 3)
    run = telling.run("Describe @photo and detect the objects in @photo.", photo=picture()).check()
    assert "two people on a bench" in run.response
    assert "3 people" in run.response or "3 persons" in run.response
    written = plan_of(
        task("caption", "image-to-text", image="@photo"), task("people", "object-detection", image="@photo")
    )
    with chat(written) as talk:
        talk.jarvis.run("How many people are in @photo?", photo=picture()).check()
        (asked,) = talk.asked("respond")
    assert "two people on a bench" in asked
    assert "3 people" in asked or "3 persons" in asked
    assert "where they disagree, give both" in asked


def test_case_43_that_everything_failed_is_said(telling: Jarvis, experts: Experts) -> None:
    """All tasks failed: said plainly.

    Reference: still asks the narrator, with an empty list.
    Here: the answer says of each task why it has no result; in a notebook the cell raises, so that nothing goes on from it.
    """

    def fail(**_: object) -> str:
        msg = "the lens is broken"
        raise ValueError(msg)

    experts.add("image-to-text", fail)
    experts.add("text-to-speech", sound())
    written = plan_of(
        task("caption", "image-to-text", image="@photo"), task("speech", "text-to-speech", text="@caption")
    )
    with chat(written, respond="Nothing worked: the lens is broken.") as talk:
        run = talk.jarvis.run("Describe @photo and read it aloud.", photo=picture())
        (asked,) = talk.asked("respond")
    assert run.outputs == {}
    assert "- caption (image-to-text): no result: " in asked
    assert "the lens is broken" in asked
    assert "- speech (text-to-speech): no result: It needs the result of 'caption', which failed." in asked
    with pytest.raises(RunFailed, match="the lens is broken"):
        run.check()
    with pytest.raises(EndpointError, match="It needs the result of 'caption'"):
        _ = run["speech"]


def test_case_43_offline_too(telling: Jarvis, experts: Experts) -> None:
    """Without a chat model: how many of how many, and why."""

    def fail(**_: object) -> str:
        msg = "no ink"
        raise ValueError(msg)

    experts.add("text-to-image", fail)
    said = telling.run("Draw a wave.").response
    assert "0 of 1 task succeeded" in said
    assert "no ink" in said


@pytest.mark.parametrize(
    ("request_", "types"),
    [
        ("Beschreibe @photo und lies die Beschreibung vor.", ["image-to-text", "text-to-speech"]),
        ("Décris @photo puis traduis la description en anglais.", ["image-to-text", "translation"]),
        ("Describe @photo y traduce la descripción al inglés.", ["image-to-text", "translation"]),
        ("描述 @photo,然后把描述翻译成英文。", ["image-to-text", "translation"]),
    ],
)
def test_case_44_a_request_in_another_language_is_planned(jarvis: Jarvis, experts: Experts, request_: str, types: list[str]) -> None:  # fmt: skip
    """A request in another language is answered in it, and models are fed in theirs.

    Reference: nothing is done about languages; the field is commented out.
    Here: requests are planned in five languages without a chat model; languages are named in English to experts; a chat model answers in the request's.
    """
    experts.add("image-to-text", "a red square")
    experts.add("text-to-speech", sound())
    experts.add("translation", lambda text, target_language, **_: f"{text} in {target_language}")
    run = jarvis.run(request_, photo=picture()).check()
    assert [t.type for t in run.plan.tasks] == types
    if "translation" in types:
        assert "a red square in English" in run.outputs.values()


def test_case_44_a_chat_model_answers_in_the_requests_language(experts: Experts) -> None:
    """It is asked in the user's own words, told to answer in their language, and its answer arrives as it is."""
    experts.add("image-to-text", "a dog")
    experts.add("translation", "ein Hund")
    experts.add("visual-question-answering", Answer("一只狗"))
    request = "描述 @photo,然后把描述翻译成德语。"
    written = plan_of(
        task("caption", "image-to-text", image="@photo"),
        task("german", "translation", text="@caption", target_language="German"),
    )
    with chat(Says(written, split=1), respond=Says("一只狗。", split=1)) as talk:
        run = talk.jarvis.run(request, photo=picture()).check()
        assert request in talk.asked("plan")[0]
        assert "Write in the request's language; name languages in English." in talk.asked("plan")[0]
        assert "in its language" in talk.asked("respond")[0]
    assert run.response == "一只狗。"
    assert experts.given("translation")[0]["target_language"] == "German"
