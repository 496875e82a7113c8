"""Wrong input and wrong models: each is one sentence, the next candidate has its turn, and what was tried can be read."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import PIL.Image
import pytest

from jarvis_magic.catalogue import ToolboxCatalogue
from jarvis_magic.endpoints import LocalEndpoint, embedded
from jarvis_magic.experts import expert, forget
from jarvis_magic.kinds import Kind
from jarvis_magic.media import Audio, Video
from jarvis_magic.notebook.explaining import explained
from jarvis_magic.options import Options
from jarvis_magic.plans import Plan
from jarvis_magic.task_execution import execute_tasks
from jarvis_magic.task_types import TASK_TYPES
from jarvis_magic.tasks import Task
from jarvis_magic.testing import NoWaiting, Recorder, candidate
from jarvis_magic.values import Assignment, Candidate, Failure, Outcome, Proposal, Resource, Run, Success

from .local import tiny

SILENT = Audio(np.zeros(8_000, np.float32), 16_000)
PHOTO = PIL.Image.new("RGB", (40, 40), "red")
LABELS = [{"label": "next", "score": 1.0}]


@pytest.fixture(autouse=True)
def _the_next() -> Iterator[None]:
    """A function of the user's for each task type here, which comes next."""
    for task_type, value in (("automatic-speech-recognition", "heard"), ("video-classification", LABELS), ("image-classification", LABELS)):  # fmt: skip
        expert(task_type, name=f"next-{task_type}")(lambda _value=value, **_: _value)
    yield
    forget()


@pytest.fixture(scope="session")
def watcher(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tiny model that classifies videos."""
    folder = tmp_path_factory.mktemp("watcher") / "watcher"
    tiny.video_classifier(folder)
    return folder


async def outcome(task_type: str, first: Candidate, **values: Any) -> tuple[Outcome, Run]:
    """How a task ends that a candidate is to do, and after it a function that can; and the run."""
    ports = TASK_TYPES[task_type].by_name
    inputs = {name: Resource(ports[name].kind, value) for name, value in values.items()}
    task = Task("it", task_type, {name: f"@{name}_in" for name in values})
    plan = Plan("…", {f"{name}_in": resource.kind for name, resource in inputs.items()}, [task])
    assigned = Assignment("it", task_type, first, alternatives=(candidate(f"next-{task_type}"),))
    endpoints = {**embedded(), "local": LocalEndpoint(Options(device="cpu"))}
    outcomes = await execute_tasks(
        Proposal(plan, {"it": assigned}), {f"{name}_in": r for name, r in inputs.items()}, endpoints, Options(), Recorder(), backoff=NoWaiting().backoff
    )  # fmt: skip
    return outcomes["it"], Run(plan, {"it": assigned}, outcomes)


async def falls_back(sentence: str, task_type: str, first: Candidate, **values: Any) -> None:
    """Check that the first fails with a sentence, the next gives the result, and `%jarvis why` tells both."""
    ended, run = await outcome(task_type, first, **values)
    assert isinstance(ended, Success), ended
    assert ended.model == f"next-{task_type}"
    said = ended.attempts[0].failure or ""
    assert sentence in said
    assert "\n" not in said
    assert [row[3] for row in explained(run, "it").rows] == [said, "a result"]


async def toolbox(model: str, task_type: str) -> Candidate:
    """An expert of the toolbox."""
    return next(c for c in await ToolboxCatalogue().candidates(task_type, 9) if c.model == model)


@pytest.mark.parametrize(
    ("sound", "language", "sentence"),
    [
        (SILENT, None, "There is nothing to hear: the sound is silent."),
        (Audio(np.zeros(0, np.float32), 16_000), None, "There is nothing to hear: the sound is empty."),
        (Audio(np.full(3, 0.1, np.float32), 48_000), None, ""),
        (SILENT, "German", "PocketSphinx understands English only, not 'German'"),
    ],
    ids=["silent", "empty", "three samples", "another language"],
)
async def test_sound_that_one_cannot_use(sound: Audio, language: str | None, sentence: str) -> None:
    """Silence, nothing, next to nothing, and a language the expert does not know."""
    first = await toolbox("toolbox/pocketsphinx", "automatic-speech-recognition")
    values = {"audio": sound, **({"language": language} if language else {})}
    if sentence:
        await falls_back(sentence, "automatic-speech-recognition", first, **values)
    else:  # it may hear nothing, or say so
        ended, _ = await outcome("automatic-speech-recognition", first, **values)
        assert isinstance(ended, Success)


@pytest.mark.local
@pytest.mark.parametrize(
    ("data", "sentence"),
    [(b"", "no sound or video file"), (b"\x00\x00\x00\x1cftypisom" + b"0" * 60, "damaged")],
    ids=["empty", "damaged"],
)
async def test_a_video_with_nothing_to_see(watcher: Path, data: bytes, sentence: str) -> None:
    """An empty or damaged file is told as what it is."""
    await falls_back(sentence, "video-classification", candidate(str(watcher), "local"), video=Video(data))


async def test_a_silent_video_is_nothing_to_hear(clip: Callable[..., bytes]) -> None:
    """Nobody could hear anything in it, so nobody is asked."""
    plan = Plan("…", {"film": Kind("video")}, [Task("it", "automatic-speech-recognition", {"audio": "@film"})])
    assigned = Assignment("it", "automatic-speech-recognition", candidate("next-automatic-speech-recognition"))
    film = Resource(Kind("video"), Video(clip(frames=2)))
    outcomes = await execute_tasks(Proposal(plan, {"it": assigned}), {"film": film}, embedded(), Options(), Recorder())
    ended = outcomes["it"]
    assert isinstance(ended, Failure)
    assert ended.sentence.endswith("The video has no sound.")
    assert ended.attempts == ()


@pytest.mark.local
async def test_a_model_for_something_else(watcher: Path) -> None:
    """Its class does another task."""
    first = candidate(str(watcher), "local")
    await falls_back("cannot do image-classification; its class VideoMAEForVideoClassification does", "image-classification", first, image=PHOTO)  # fmt: skip


async def test_a_model_that_does_not_exist(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """An id that is neither here nor, as far as can be asked, on the Hub."""
    from huggingface_hub import constants

    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path))
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    await falls_back("tiny/gone is not on this machine", "image-classification", candidate("tiny/gone", "local"), image=PHOTO)  # fmt: skip
    await falls_back("There is no model in the folder", "image-classification", candidate("no/such/folder", "local"), image=PHOTO)  # fmt: skip
