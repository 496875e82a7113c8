"""The hard cases of data flow, by number, from plans to results of models at providers over real HTTP."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from jarvis_magic import Audio, Jarvis, Plan, Run, Task, Video
from jarvis_magic.catalogue.served import CALLABLE, CHAT
from jarvis_magic.errors import JarvisError
from jarvis_magic.keys import Keys
from jarvis_magic.kinds import Kind
from jarvis_magic.model_selection import rank
from jarvis_magic.options import Options
from jarvis_magic.values import Candidate, Failure, Outcome, Success

from ..servers.hub import TOKEN, Answer, HubServer, Seen, listed
from .test_providers import scene

TEXT = "Dogs bark at night. Cats do not."
SOUND = Audio(np.full(4000, 0.1, np.float32), 8000)


@pytest.fixture
def jarvis(hub: HubServer, tmp_path: Path) -> Iterator[Jarvis]:
    """A Jarvis that sends everything to providers, which serve a tiny model for every task."""
    for task in sorted(frozenset().union(*CALLABLE.values()) - {CHAT}):
        hub.models[f"tiny/{task}"] = listed(f"tiny/{task}", task)
    hub.models["tiny/seeing"] = listed("tiny/seeing", CHAT, pipeline_tag="image-text-to-text")
    keys = Keys({"HF_TOKEN": TOKEN, "XDG_CACHE_HOME": str(tmp_path)})
    with Jarvis("offline", keys=keys, options=Options(where="remote", response=False)) as made:
        yield made


def run(jarvis: Jarvis, tasks: list[Task], **inputs: tuple[str, Any]) -> Run:
    """Run a plan on inputs given with their kinds."""
    plan = Plan("…", {name: Kind(kind) for name, (kind, _) in inputs.items()}, tasks)
    return jarvis.run(plan, **{name: value for name, (_, value) in inputs.items()})


def calls(hub: HubServer, model: str) -> list[Seen]:
    """The calls of a model."""
    return [seen for seen in hub.seen if seen.method == "POST" and model in f"{seen.path} {seen.body[:200]!r}"]


def test_case_1_what_one_model_wrote_is_what_the_next_gets(jarvis: Jarvis, hub: HubServer) -> None:
    """The summary is spoken and the translation drawn, not the text they were made from."""
    done = run(
        jarvis,
        [
            Task("short", "summarization", {"text": "@words"}),
            Task("speech", "text-to-speech", {"text": "@short"}),
            Task("french", "translation", {"text": "@short", "target_language": "fr"}),
            Task("picture", "text-to-image", {"text": "@french"}),
        ],
        words=("text", TEXT),
    )
    assert done["short"] == "Dogs bark at night"
    assert len(done["speech"].samples) == 100 * len("Dogs bark at night")
    assert b"DOGS BARK AT NIGHT" in calls(hub, "tiny/text-to-image")[0].body


def test_case_2_own_speech_is_heard(jarvis: Jarvis) -> None:
    """A round trip from text to speech to text."""
    tasks = [
        Task("speech", "text-to-speech", {"text": "@words"}),
        Task("heard", "automatic-speech-recognition", {"audio": "@speech"}),
    ]
    assert run(jarvis, tasks, words=("text", "x" * 40))["heard"] == "0.5 seconds"


def test_case_3_an_answer_is_a_later_prompt(jarvis: Jarvis, hub: HubServer) -> None:
    """Its words stand in the middle of the text, not the question's."""
    tasks = [
        Task("best", "question-answering", {"question": "Which animal?", "context": "The loudest is the dog."}),
        Task("picture", "text-to-image", {"text": "a poster of @best in watercolour"}),
    ]
    run(jarvis, tasks)
    assert b"a poster of dog in watercolour" in calls(hub, "tiny/text-to-image")[0].body


def test_case_4_the_cleaned_recording_is_transcribed(jarvis: Jarvis) -> None:
    """Not the one it was made from, which is twice as long."""
    tasks = [
        Task("clean", "audio-to-audio", {"audio": "@noisy"}),
        Task("heard", "automatic-speech-recognition", {"audio": "@clean"}),
    ]
    assert run(jarvis, tasks, noisy=("audio", SOUND))["heard"] == "0.2 seconds"


def test_case_5_what_was_found_are_values(jarvis: Jarvis) -> None:
    """Labels, scores and corners, which later tasks take; not only a picture with boxes drawn on it."""
    tasks = [
        Task("found", "object-detection", {"image": "@photo"}),
        Task("named", "summarization", {"text": "There is a @found[0].label. And more."}),
        Task("picture", "text-to-image", {"text": "x", "width": "@found[0].xmax", "height": "@found[0].ymax"}),
    ]
    done = run(jarvis, tasks, photo=("image", scene()))
    assert done["named"] == "There is a thing"
    assert done["picture"].size == (30, 40)


def test_case_6_a_question_gets_the_clean_picture(jarvis: Jarvis) -> None:
    """Finding things in it does not draw on it."""
    photo = scene()
    tasks = [
        Task("found", "object-detection", {"image": "@photo"}),
        Task("answer", "visual-question-answering", {"image": "@photo", "question": "What is it?"}, after=["found"]),
    ]
    done = run(jarvis, tasks, photo=("image", photo))
    assert "64 by 48" in done["answer"].answer
    assert photo.tobytes() == scene().tobytes()


def test_case_7_a_video_is_frames_and_sound(
    jarvis: Jarvis, clip: Callable[..., bytes], tone: Callable[..., Audio]
) -> None:
    """One frame described, all of them classified, its sound transcribed."""
    tasks = [
        Task("first", "image-to-text", {"image": "@film.frames[0]"}),
        Task("each_frame", "image-classification", {"image": "@film.frames[0:3]"}),
        Task("heard", "automatic-speech-recognition", {"audio": "@film.audio"}),
    ]
    done = run(jarvis, tasks, film=("video", Video(clip(sound=tone(0.5)))))
    assert "64 by 48" in done["first"]
    assert [labels[0].label for labels in done["each_frame"]] == ["64"] * 3
    assert done["heard"].endswith("seconds")


def test_case_8_several_references_in_one_argument(jarvis: Jarvis, hub: HubServer) -> None:
    """Two in a sentence, a list as an argument, and several pictures in one task."""
    tasks = [
        Task("a", "summarization", {"text": "@one"}),
        Task("b", "summarization", {"text": "@two"}),
        Task("both", "translation", {"text": "First @a, then @b.", "target_language": "fr"}),
        Task("fits", "zero-shot-classification", {"text": "@one", "labels": ["@a", "night"]}),
        Task("compared", "image-text-to-text", {"text": "Compare.", "images": ["@left", "@right"]}),
    ]
    done = run(
        jarvis, tasks,
        one=("text", "Day. x."), two=("text", "Night. y."), left=("image", scene()), right=("image", scene().resize((10, 20))),
    )  # fmt: skip
    assert done["both"].startswith("FIRST DAY, THEN NIGHT.")
    assert [label.label for label in done["fits"]] == ["Day", "night"]
    assert "64 by 48; a picture of 10 by 20" in done["compared"]


def test_case_9_a_diamond(jarvis: Jarvis) -> None:
    """One result feeds two, and the last picks between two of a kind."""
    tasks = [
        Task("short", "summarization", {"text": "@words"}),
        Task("one", "translation", {"text": "@short", "target_language": "fr"}),
        Task("other", "fill-mask", {"text": "@short [MASK]"}),
        Task("last", "sentence-similarity", {"text": "@one", "other": "@short"}),
    ]
    done = run(jarvis, tasks, words=("text", TEXT))
    assert (done["last"], done["other"][0].label) == (0.0, "sea")


@pytest.mark.parametrize("count", [0, 1, 100])
def test_case_10_each_of_a_list_in_its_order(jarvis: Jarvis, count: int) -> None:
    """None, one, and a hundred."""
    words = [f"Number {i}. Rest." for i in range(count)]
    done = run(jarvis, [Task("short", "summarization", {"text": "@all"})], all=("list[text]", words))
    assert done["short"] == [f"Number {i}" for i in range(count)]


@pytest.mark.parametrize("name", ["a b.png", "Größe 100%25 'x'.png", "絵.png"])
def test_case_11_files_of_any_name(jarvis: Jarvis, tmp_path: Path, name: str) -> None:
    """Spaces, quotes, percent signs and other scripts, and the same picture under two names."""
    scene().save(tmp_path / name)
    tasks = [Task("it", "image-to-text", {"image": "@one"}), Task("again", "image-to-text", {"image": "@two"})]
    done = run(jarvis, tasks, one=("image", str(tmp_path / name)), two=("image", str(tmp_path / name)))
    assert done["it"] == done["again"]
    assert "64 by 48" in done["it"]


def test_case_11_files_that_are_none(jarvis: Jarvis, hub: HubServer, tmp_path: Path) -> None:
    """Missing, empty, of another kind, and damaged: a sentence, and nothing is sent."""
    (tmp_path / "empty.png").write_bytes(b"")
    (tmp_path / "text.png").write_text("no picture")
    (tmp_path / "cut.png").write_bytes(b"\x89PNG\r\n\x1a\n" + b"0" * 20)
    for name in ("missing.png", "empty.png", "text.png", "cut.png"):
        with pytest.raises(JarvisError, match=f"{name}|'@one' is an image, but"):
            run(jarvis, [Task("it", "image-to-text", {"image": "@one"})], one=("image", str(tmp_path / name))).check()
    assert calls(hub, "tiny") == []


def test_case_20_a_text_task_on_a_file(jarvis: Jarvis, tmp_path: Path) -> None:
    """The file's text is what is summarised."""
    (tmp_path / "notes.txt").write_text(TEXT, encoding="utf-8")
    done = jarvis.run(f'Summarize @"{tmp_path / "notes.txt"}".')
    (outcome,) = done.outcomes.values()
    assert isinstance(outcome, Success)
    assert outcome.resource.value == "Dogs bark at night"


def test_case_22_what_a_model_is_told_beside_its_input(jarvis: Jarvis, hub: HubServer) -> None:
    """A context, two texts, a language, a size, a seed, a negative prompt."""
    tasks = [
        Task("answer", "question-answering", {"question": "Where?", "context": "It is in Paris."}),
        Task("alike", "sentence-similarity", {"text": "a", "other": "a"}),
        Task("german", "translation", {"text": "x", "target_language": "de", "source_language": "en"}),
        Task("drawn", "text-to-image", {"text": "x", "width": 8, "height": 9, "seed": 3, "options": {"negative_prompt": "y"}}),
    ]  # fmt: skip
    done = run(jarvis, tasks)
    assert (done["answer"].answer, done["alike"], done["german"]) == ("Paris", 1.0, "X de")
    assert done["drawn"].size == (8, 9)
    body = calls(hub, "tiny/text-to-image")[0].body
    assert b"negative_prompt" in body
    assert b"seed" in body


def test_case_30_what_a_task_is_for_decides(jarvis: Jarvis) -> None:
    """Printed text, handwriting and captions are one task type, and three models."""
    models = [
        Candidate("a/blip-caption", "provider", description="Describes photographs in a caption.", downloads=10**9),
        Candidate("b/handwritten", "provider", description="Reads handwritten lines of text."),
        Candidate("c/printed", "provider", description="Reads printed text on pages."),
    ]
    for purpose, best in {"read printed text": "c/printed", "read handwritten text": "b/handwritten", "describe": "a/blip-caption"}.items():  # fmt: skip
        task = Task("t", "image-to-text", {"image": "x"}, purpose=purpose)
        assert rank(task, models, Options()).usable[0].model == best


def test_case_29_a_real_model_that_the_user_has_a_key_for_goes_before_a_stand_in(
    hub: HubServer, tmp_path: Path
) -> None:
    """Speech goes to the Hub's model; when it is gone, and where nothing may leave, the toolbox's recogniser stands in."""
    hub.models["tiny/whisper"] = listed("tiny/whisper", "automatic-speech-recognition")
    keys = Keys({"HF_TOKEN": TOKEN, "XDG_CACHE_HOME": str(tmp_path)})
    noise = Audio(np.random.default_rng(0).normal(0, 0.1, 4000).astype(np.float32), 8000)
    hear = [Task("heard", "automatic-speech-recognition", {"audio": "@noise"}, "transcribe")]

    def heard(**options: Any) -> Success:
        with Jarvis("offline", keys=keys, options=Options(response=False, retries=0, **options)) as jarvis:
            outcome = run(jarvis, hear, noise=("audio", noise)).outcomes["heard"]
        assert isinstance(outcome, Success)
        return outcome

    assert (heard().endpoint, heard().resource.value) == ("provider", "0.5 seconds")
    hub.instead = lambda seen: Answer({"error": "gone"}, 410) if seen.method == "POST" else None
    alone = heard()
    assert (alone.model, [attempt.model for attempt in alone.attempts]) == ("toolbox/pocketsphinx", ["tiny/whisper", "toolbox/pocketsphinx"])  # fmt: skip
    asked = len(hub.seen)
    assert heard(where="local").model == "toolbox/pocketsphinx"
    assert len(hub.seen) == asked


def test_case_35_two_users_at_once(hub: HubServer, tmp_path: Path) -> None:
    """Each call carries its own user's token, and no other's."""
    hub.models["tiny/summarization"] = listed("tiny/summarization", "summarization")
    hub.instead = lambda seen: Answer([{"summary_text": seen.headers["authorization"][::-1]}]) if seen.method == "POST" else None  # fmt: skip

    def of(user: str) -> list[str]:
        keys = Keys({"HF_TOKEN": f"hf_{user}", "XDG_CACHE_HOME": str(tmp_path / user)})
        with Jarvis("offline", keys=keys, options=Options(where="remote", response=False)) as mine:
            found: list[str] = run(
                mine, [Task("it", "summarization", {"text": "@all"})], all=("list[text]", ["x"] * 10)
            )["it"]
            return found

    with ThreadPoolExecutor() as users:
        for user, found in zip("ab", users.map(of, "ab"), strict=True):
            assert found == [f"Bearer hf_{user}"[::-1]] * 10  # backwards, since a key that is echoed is left out


def test_case_37_the_same_work_is_done_once(jarvis: Jarvis, hub: HubServer) -> None:
    """With the same seed; another seed is other work, and so is none at all."""
    seeds = {"one": 1, "same": 1, "other": 2}
    run(jarvis, [Task(name, "text-to-image", {"text": "x", "seed": seed}) for name, seed in seeds.items()])
    assert len(calls(hub, "tiny/text-to-image")) == 2
    run(jarvis, [Task(name, "text-to-image", {"text": "y"}) for name in ("one", "same")])
    assert len(calls(hub, "tiny/text-to-image")) == 4


def test_case_40_a_plan_is_made_and_shown_without_a_network(jarvis: Jarvis, hub: HubServer) -> None:
    """What needs it is skipped or fails with a sentence; nothing raises."""
    hub.instead = lambda _seen: Answer(drop=True)
    done = jarvis.run("Summarize @words.", words=TEXT)
    outcomes: list[Outcome] = list(done.outcomes.values())
    assert not any(isinstance(outcome, Success) for outcome in outcomes)
    assert all("network" in outcome.sentence for outcome in outcomes if not isinstance(outcome, Success | Failure))
    assert [task.type for task in done.plan.tasks] == ["summarization"]
