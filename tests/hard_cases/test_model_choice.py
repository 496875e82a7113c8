"""Hard cases 27 to 30, model choice: whatever becomes of a model, the next one does it, and whatever is chosen was on the list."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from jarvis_magic import Jarvis, Options, Plan, Run, Task
from jarvis_magic.catalogue import HubCatalogue, LocalCatalogue
from jarvis_magic.errors import SelectionError
from jarvis_magic.keys import Keys
from jarvis_magic.kinds import Kind
from jarvis_magic.store import FileCache
from jarvis_magic.testing import resource
from jarvis_magic.values import Assignment, Failure, NoExpert, Outcome, Request, Skipped, Success
from tests.servers.hub import TOKEN, Answer, HubServer, Seen, listed
from tests.servers.model_host import ModelHost
from tests.servers.scripted import Says

from .support import Experts, chat, online, picture, plan_of, sound, task

PAGE = b"<!DOCTYPE html><html><title>Bad gateway</title></html>"
SHORTEN = Plan("…", {"letter": Kind("text")}, [Task("short", "summarization", {"text": "@letter"})])
LETTER = "It rains. It pours."


def called(hub: HubServer) -> list[str]:
    """The models that were called, in order."""
    return [seen.path.partition("/models/")[2] for seen in hub.seen if seen.method == "POST"]


def only_of(model: str, answer: Answer | Callable[[], Answer | None]) -> Callable[[Seen], Answer | None]:
    """Give this answer for every call of one model."""

    def instead(seen: Seen) -> Answer | None:
        if seen.method == "POST" and model in seen.path:
            return answer if isinstance(answer, Answer) else answer()
        return None

    return instead


def shortened(folder: Path, **options: Any) -> Run:
    """The run of a summary by models of the Hub."""
    with online(folder, **options) as jarvis:
        return jarvis.run(SHORTEN, letter=LETTER)


def outcome(run: Run) -> Outcome:
    """How its only task ended."""
    (ended,) = run.outcomes.values()
    return ended


MISBEHAVIOURS = {
    "gone": (Answer({"error": "The requested model is deprecated"}, 410), "is no longer served"),
    "gated": (Answer({"error": "gated"}, 403, headers={"X-Error-Code": "GatedRepo"}), "is gated: accept its terms at"),
    "unknown": (Answer({"error": "Not found"}, 404), "has no a/first"),
    "cold": (Answer({"error": "Model a/first is currently loading"}, 503), "is loading or too busy"),
    "rate-limited": (Answer({"error": "Too many requests"}, 429), "asked too often"),
    "a page": (Answer(PAGE, 200, "text/html"), "answered with a web page"),
    "an error with 200": (Answer({"error": "CUDA out of memory"}, 200), "a/first"),
    "dropped": (Answer(drop=True), "cannot be reached"),
    "credits used up": (Answer({"error": "You have exceeded your monthly included credits"}, 402), "used up; add some at"),
}  # fmt: skip


@pytest.mark.parametrize("misbehaviour", MISBEHAVIOURS)
def test_case_27_when_a_model_fails_the_next_one_does_it(hub: HubServer, tmp_path: Path, misbehaviour: str) -> None:
    """No candidate live, or one, or all fail in turn; a model that is gone, gated, renamed, cold, rate-limited, answers HTML, or 200 with an error.

    Reference: one try, no second model; a cold model's error is final, and is shown as "0" (W33, W37).
    Here: what may pass is tried again, anything else goes to the next candidate at once; each attempt keeps its sentence.
    """
    hub.models = {m: listed(m, "summarization", downloads=d) for m, d in (("a/first", 9000), ("b/second", 10))}
    answer, words = MISBEHAVIOURS[misbehaviour]
    hub.instead = only_of("a/first", answer)
    ended = outcome(shortened(tmp_path, retries=1, backoff=0.0))
    assert isinstance(ended, Success), ended
    assert (ended.model, ended.resource.value) == ("b/second", "It rains")
    assert words in str(ended.attempts[0].failure)
    assert ended.attempts[-1].failure is None


def test_case_27_a_cold_model_is_waited_for(hub: HubServer, tmp_path: Path) -> None:
    """One that loads and then answers needs no second candidate."""
    hub.models = {"a/only": listed("a/only", "summarization")}
    answers = iter([Answer({"error": "loading"}, 503), None])
    hub.instead = only_of("a/only", lambda: next(answers))
    ended = outcome(shortened(tmp_path, retries=2, backoff=0.0))
    assert isinstance(ended, Success)
    assert called(hub) == ["a/only", "a/only"]


def test_case_27_all_fail_in_turn(hub: HubServer, tmp_path: Path) -> None:
    """The outcome names each in its order, and why."""
    hub.models = {m: listed(m, "summarization", downloads=d) for m, d in (("a/first", 9000), ("b/second", 10))}
    hub.instead = lambda seen: Answer({"error": "gone"}, 410) if seen.method == "POST" else None
    ended = outcome(shortened(tmp_path))
    assert isinstance(ended, Failure)
    assert ended.sentence.index("a/first: ") < ended.sentence.index("b/second: ")
    assert called(hub) == ["a/first", "b/second"]


def test_case_27_none_is_live(hub: HubServer, tmp_path: Path) -> None:
    """A task that nobody serves is skipped with a reason, before anything is called."""
    hub.models = {"a/sleeping": listed("a/sleeping", "summarization", inferenceProviderMapping=[])}
    run = shortened(tmp_path)
    assert isinstance(run.assignments["short"], NoExpert)
    ended = outcome(run)
    assert isinstance(ended, Skipped)
    assert "No expert here yet for summarization" in ended.because
    assert called(hub) == []


def test_case_27_a_renamed_model_is_told_by_its_new_name(hub: HubServer, tmp_path: Path) -> None:
    """The Hub sends old names on; whoever asks for one is told the new one, which runs."""
    hub.models = {"b/new": listed("b/new", "summarization")}
    there = {"Location": "https://huggingface.co/api/models/b/new"}
    hub.instead = lambda seen: Answer(status=307, headers=there) if seen.path == "/api/models/a/old" else None
    keys, options = Keys({"HF_TOKEN": TOKEN}), Options(response=False)
    elsewhere = HubCatalogue(keys, FileCache(tmp_path), options)
    with Jarvis("offline", keys=keys, options=options, catalogue=elsewhere) as jarvis:
        asked = Request("Summarise @letter.", {"letter": resource("text", LETTER)})
        with pytest.raises(SelectionError, match="The Hub calls it 'b/new' now; write that"):
            jarvis.run(replace(asked, uses={"summarization": "a/old"}))
        run = jarvis.run(replace(asked, uses={"summarization": "b/new"}))
    assert list(run.check().outputs.values()) == ["It rains"]


CHOICE = {"task": "short", "model": "careful", "reason": "It keeps names, dates and the width of \"things\"; it's good."}  # fmt: skip


@pytest.mark.parametrize(
    "said",
    [
        json.dumps({"choices": [CHOICE]}),
        f"I would take the careful one.\n```json\n{json.dumps(CHOICE)}\n```\nIt is best.",
        json.dumps({"reason": CHOICE["reason"], "model": "careful", "task": "short"}),
        json.dumps({"short": "careful"}),
        json.dumps({"id": "careful", "reason": "it's the best, isn't it"}),
        str({"choices": [CHOICE]}),
    ],
    ids=["as asked", "prose", "other order", "by task", "id", "python"],
)
def test_case_28_a_choice_is_understood_however_it_is_written(experts: Experts, said: str) -> None:
    """A chosen id that is not on the list, a near-duplicate, prose, keys in another order, apostrophes in the reason.

    Reference: prose kills the thread; a reason with "width" gave the model id ","; an invented id is posted to the Hub (W23, W24).
    Here: a choice is a listed candidate or nothing; what is not goes back with the list, then the ranking decides.
    """
    experts.add("summarization", "quick", name="hasty")
    experts.add("summarization", "with care", name="careful")
    with chat(plan_of(task("short", "summarization", text="@letter")), select=said) as talk:
        run = talk.jarvis.run("Summarise @letter.", letter=LETTER).check()
        assert len(talk.asked("select")) == 1
    assert run["short"] == "with care"


@pytest.mark.parametrize(
    "invented", ["openai/clip", "carefull", "careful-2", "https://evil.example/model", "../../etc"]
)
def test_case_28_what_is_not_on_the_list_is_never_called(experts: Experts, invented: str) -> None:
    """Invented and nearly right ids are refused with the list; the ranking chooses, and the user is told."""
    experts.add("summarization", "quick", name="hasty")
    experts.add("summarization", "with care", name="careful")
    wrong = json.dumps({"choices": [{**CHOICE, "model": invented}]})
    with chat(plan_of(task("short", "summarization", text="@letter")), select=wrong) as talk:
        run = talk.jarvis.run("Summarise @letter.", letter=LETTER).check()
        assert f"{invented!r} is not one of its candidates" in talk.asked("select")[1]
        corrected = [wrong, json.dumps({"choices": [CHOICE]})]
    assigned = run.assignments["short"]
    assert isinstance(assigned, Assignment)
    assert (assigned.chosen_by, assigned.candidate.model in ("hasty", "careful")) == ("ranking", True)
    assert any("chosen by ranking" in note for note in run.notes)
    with chat(
        plan_of(task("short", "summarization", text="@letter")), select=[Says(said) for said in corrected]
    ) as talk:
        assert talk.jarvis.run("Summarise @letter.", letter=LETTER)["short"] == "with care"


def test_case_29_a_description_says_what_a_model_does(hub: HubServer, tmp_path: Path) -> None:
    """Descriptions of badges and headings, languages that do not match, licences and sizes, most-liked is not best, a local copy preferred.

    Reference: shows the first 100 characters of the card, of which 77 begin with HTML or badges, and the same endpoints for each (W11).
    Here: a candidate's line is the first sentence of its card that says something, where it runs, its languages and its weakness.
    """
    hub.models = {
        "a/badges": listed("a/badges", "summarization", downloads=9000),
        "b/plain": listed("b/plain", "summarization", downloads=10),
    }
    badges = '<p align="center"><img src="https://img.example/badge.svg"/></p>\n[![CI](https://x.example/b)](https://x.example)\n'
    hub.cards = {
        "a/badges": f"---\nlicense: mit\n---\n# Badges\n\n{badges}\nThis model shortens news articles to one sentence.\n",
        "b/plain": "---\nlicense: mit\n---\nIt shortens minutes of meetings.\n",
    }
    with chat(plan_of(task("short", "summarization", text="@letter")), where="remote", folder=tmp_path) as talk:
        run = talk.jarvis.run("Summarise @letter.", letter=LETTER)
        asked = talk.asked("select")[0]
    assert "img.example" not in asked
    assert "a/badges: This model shortens news articles to one sentence" in asked
    assert "b/plain: It shortens minutes of meetings" in asked
    assigned = run.assignments["short"]
    assert isinstance(assigned, Assignment)
    assert assigned.candidate.licence == "mit"


def test_case_29_the_most_liked_is_not_the_best(hub: HubServer, tmp_path: Path) -> None:
    """A famous model of another language is set apart with the reason; one that knows it is taken."""
    hub.models = {
        "a/opus-mt-en-fr": listed("a/opus-mt-en-fr", "translation", downloads=9_999_999, cardData={"language": ["en", "fr"]}),
        "b/opus-mt-en-de": listed("b/opus-mt-en-de", "translation", downloads=10, cardData={"language": ["en", "de"]}),
    }  # fmt: skip
    tasks = [Task("german", "translation", {"text": "@letter", "target_language": "German"})]
    with online(tmp_path) as jarvis:
        run = jarvis.run(Plan("…", {"letter": Kind("text")}, tasks), letter=LETTER)
    assigned = run.assignments["german"]
    assert isinstance(assigned, Assignment)
    assert assigned.candidate.model == "b/opus-mt-en-de"
    assert "It does not know 'de'; it knows 'fr'." in [candidate.unavailable for candidate in assigned.rejected]


@pytest.mark.parametrize(
    ("text", "language"),
    [("你好,世界。", "Chinese"), ("Привет", "Russian"), ("Guten Morgen, heute regnet es den ganzen Tag.", "German"), ("Good morning.", "")],
)  # fmt: skip
def test_case_29_a_text_is_read_in_its_own_language(jarvis: Jarvis, text: str, language: str) -> None:
    """Chinese is not read by an English voice: the embedded speaker takes the text's language, and says which."""
    run = jarvis.run("Read @text aloud.", text=text).check()
    ended = outcome(run)
    assert isinstance(ended, Success)
    assert (f"Read as {language}" in " ".join(ended.notes)) == bool(language)


def test_case_29_what_is_here_goes_before_its_like_elsewhere(hub: HubServer, tmp_path: Path, experts: Experts) -> None:
    """The toolbox before a famous model of the Hub; the user's own function before both."""
    hub.models = {"a/famous": listed("a/famous", "text-classification", downloads=10**8)}
    mood = Plan("…", {"letter": Kind("text")}, [Task("short", "text-classification", {"text": "@letter"}, "sentiment")])
    with online(tmp_path, where="any") as jarvis:
        here = outcome(jarvis.run(mood, letter=LETTER))
        experts.add("text-classification", "mine")
        own = outcome(jarvis.run(mood, letter=LETTER))
    assert isinstance(here, Success)
    assert isinstance(own, Success)
    assert (here.endpoint, own.endpoint) == ("toolbox", "function")
    assert called(hub) == []


def test_case_29_a_large_download_needs_to_be_asked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A model beyond the limit is named with its size and the flag that allows it, and nothing is downloaded."""
    from huggingface_hub import constants

    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path / "cache"))
    (tmp_path / "large").mkdir()
    (tmp_path / "large" / "config.json").write_text('{"architectures": ["BartForConditionalGeneration"], "model_type": "bart"}')  # fmt: skip
    (tmp_path / "large" / "model.safetensors").write_bytes(b"7" * 5_000_000)
    options = Options(max_download=0.001, response=False)
    with (
        ModelHost({"owner/large": tmp_path / "large"}) as host,
        Jarvis("offline", options=options, catalogue=LocalCatalogue(options, hub=host.url)) as jarvis,
    ):
        asking = Request(
            "Summarise @letter.", {"letter": resource("text", LETTER)}, uses={"summarization": "owner/large"}
        )
        with pytest.raises(SelectionError, match="--max-download"):
            jarvis.run(asking)
        assert not any("resolve" in path and "safetensors" in path for path in host.asked)


@pytest.mark.parametrize(
    ("purpose", "best"),
    [("read printed text", "print"), ("read handwriting", "handwriting"), ("describe the picture", "caption")],
)
def test_case_30_what_a_task_is_for_decides(experts: Experts, purpose: str, best: str) -> None:
    """Printed or handwritten text or a caption, all "image-to-text"; recognition or diarisation, both tagged speech recognition.

    Reference: takes what is most liked of the tag; says nothing of what the model is for.
    Here: a task carries its purpose in the user's words, and the expert whose description fits it goes first.
    """  # fmt: skip

    def handwriting(image: Any) -> str:
        """Reads handwriting: letters, notes and forms."""
        return "handwriting"

    def caption(image: Any) -> str:
        """Describes photographs in a sentence."""
        return "caption"

    def printed(image: Any) -> str:
        """Reads printed text on pages and signs."""
        return "print"

    for function in (handwriting, caption, printed):
        experts.add("image-to-text", function, name=function.__name__)
    with chat(plan_of({**task("it", "image-to-text", image="@photo"), "purpose": purpose})) as talk:
        assert talk.jarvis.run("See to @photo.", photo=picture())["it"] == best


def test_case_30_who_speaks_is_not_what_is_said(experts: Experts) -> None:
    """Of two experts of one type, the one for speakers is taken where it is about speakers."""

    def words(audio: Any) -> str:
        """Writes down the words that are said."""
        return "words"

    def speakers(audio: Any) -> str:
        """Says who speaks when: speaker diarisation."""
        return "speakers"

    for purpose, best in (("say who speaks when", "speakers"), ("write down the words", "words")):
        for function in (words, speakers):
            experts.add("automatic-speech-recognition", function, name=function.__name__)
        written = {**task("it", "automatic-speech-recognition", audio="@call"), "purpose": purpose}
        with chat(plan_of(written)) as talk:
            assert talk.jarvis.run("See to @call.", call=sound())["it"] == best


@pytest.mark.parametrize(
    ("request_", "purpose"), [("Read the text in @photo.", "read printed text"), ("Describe @photo.", "describe")]
)
def test_case_30_the_embedded_experts_know_what_they_are_for(jarvis: Jarvis, request_: str, purpose: str) -> None:
    """The offline planner says the purpose, and the reader of text is not asked for a description, nor the other way round."""
    (planned,) = jarvis.plan(request_, photo=picture()).tasks
    assert planned.purpose == purpose
    run = jarvis.run(request_, photo=picture())
    assigned = run.assignments[planned.id]
    assert isinstance(assigned, Assignment)
    assert assigned.candidate.model == {"read printed text": "toolbox/rapidocr", "describe": "toolbox/picture-facts"}[purpose]  # fmt: skip
