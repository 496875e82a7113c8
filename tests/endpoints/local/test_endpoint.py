"""What goes on around a call: where models come from, how often they are loaded, what is said, and how each failure is told."""

from __future__ import annotations

import asyncio
import contextlib
import json
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import PIL.Image
import pytest

from jarvis_magic import Jarvis, Plan, Task
from jarvis_magic.catalogue import LocalCatalogue
from jarvis_magic.endpoints import LocalEndpoint
from jarvis_magic.endpoints.local import forget_models, kept_models
from jarvis_magic.errors import EndpointError, SelectionError
from jarvis_magic.events import TaskProgressed
from jarvis_magic.kinds import Kind
from jarvis_magic.notebook.editing import Edition
from jarvis_magic.options import Options
from jarvis_magic.testing import Recorder, candidate, resource
from jarvis_magic.values import Assignment, Proposal, Success

from ...servers.model_host import COMMIT, ModelHost
from .conftest import Made, local_jarvis

pytestmark = pytest.mark.local

PHOTO = PIL.Image.new("RGB", (40, 40), "red")
HERE = Options(device="cpu")
SENTENCE = {"text": "the red dog is happy"}


@pytest.fixture(autouse=True)
def _nothing_loaded() -> Iterator[None]:
    """No model in memory, before and after."""
    forget_models()
    yield
    forget_models()


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty Hugging Face cache."""
    from huggingface_hub import constants

    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


async def ran(
    model: str, type_: str = "text-classification", under: Options = HERE, **given: Any
) -> tuple[Any, Recorder]:
    """What a model answers, and the events."""
    events = Recorder()
    kinds = {"text": "text", "image": "image", "target_language": "text", "options": "json"}
    arguments = {name: resource(kinds[name], value) for name, value in (given or SENTENCE).items()}
    assignment = Assignment("it", type_, candidate(model, "local"))
    result = await LocalEndpoint(under).run(assignment, arguments, events)
    await asyncio.sleep(0)  # what the threads said last
    return result.value, events


def failure(model: str, type_: str = "text-classification", under: Options = HERE, **given: Any) -> str:
    """The sentence a call fails with."""
    with pytest.raises(EndpointError) as error:
        asyncio.run(ran(model, type_, under, **given))
    return str(error.value)


# Loading


async def test_a_model_is_loaded_once_for_many_tasks(made: Made) -> None:
    """Ten tasks at once, and each has its result."""
    tasks = [
        Task(f"t{i}", "text-classification", {"text": f"dog {i}"}, model=str(made("text_classifier")))
        for i in range(10)
    ]
    events = Recorder()
    with local_jarvis(HERE) as jarvis:
        run = await asyncio.to_thread(jarvis.run, Plan(tasks=tasks), on_event=events)
    assert all(isinstance(outcome, Success) for outcome in run.outcomes.values())
    assert sum("loading" in event.phrase for event in events.of(TaskProgressed)) == 1


async def test_loading_and_steps_are_told(made: Made) -> None:
    """A picture says how many of its steps are done."""
    _, events = await ran(str(made("painter")), "text-to-image", text="dog", options={"steps": 3})
    said = [(event.phrase, event.part) for event in events.of(TaskProgressed)]
    assert said[0] == ("loading 0 MB onto cpu", None)
    assert said[-1] == ("step 3 of 3", 1.0)


async def test_memory_stays_under_the_bound(made: Made, tmp_path: Path) -> None:
    """Twenty models used in turn, of which eight fit."""
    one = made("text_classifier")
    size = sum(f.stat().st_size for f in one.glob("*.safetensors"))
    bound = 8 * size
    for i in range(20):
        copy = shutil.copytree(one, tmp_path / f"model{i}")
        await ran(str(copy), under=replace(HERE, model_memory=bound / 1e9))
        assert kept_models("cpu").size <= bound
    assert len(kept_models("cpu")) >= 7


def test_a_model_that_never_fits_is_told(made: Made) -> None:
    """With the flag that would let it in."""
    said = failure(str(made("text_classifier")), under=replace(HERE, model_memory=1e-6))
    assert "needs about 0.0 GB on cpu, and models may take 0.0 GB there; allow more with `--model-memory 1`" in said


async def test_a_call_that_is_left_stops(made: Made) -> None:
    """The picture is not finished for nobody: its thread ends at the next step."""
    events, (model, steps) = Recorder(), (str(made("painter")), 500)
    arguments = {"text": resource("text", "dog"), "options": resource("json", {"steps": steps})}
    call = asyncio.ensure_future(
        LocalEndpoint(HERE).run(Assignment("it", "text-to-image", candidate(model, "local")), arguments, events)
    )
    await events.until(lambda: any("step" in event.phrase for event in events.of(TaskProgressed)))
    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await call
    from jarvis_magic.runners import abandoned

    for left in abandoned():
        await asyncio.to_thread(left.ended.wait)
    assert not any(event.phrase == f"step {steps} of {steps}" for event in events.of(TaskProgressed))


# Where models come from


async def test_a_model_of_the_cache_runs_without_a_network(
    made: Made, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By its id; the revision of a saved plan is kept to."""
    from huggingface_hub import constants

    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    snapshot = cache / "models--tiny--moods" / "snapshots" / COMMIT
    shutil.copytree(made("text_classifier"), snapshot)
    (found,) = await LocalCatalogue(HERE).candidates("text-classification", 5)
    assert (found.model, found.revision, found.download) == ("tiny/moods", COMMIT, 0)
    labels, _ = await ran("tiny/moods")
    assert {label.label for label in labels} == {"good", "bad"}
    with pytest.raises(EndpointError, match="tiny/gone is not on this machine, and HF_HUB_OFFLINE keeps it"):
        await ran("tiny/gone")


async def test_a_model_that_is_named_is_downloaded(made: Made, cache: Path) -> None:
    """Its size is known before; it comes pinned, and says how far it is."""
    with ModelHost({"tiny/moods": made("text_classifier")}) as host:
        (found,) = await LocalCatalogue(HERE, hub=host.url).candidates("text-classification", 5, "tiny/moods")
        assert found.revision == COMMIT
        assert found.download > 20_000
        assert found.weakness == "It is downloaded first: 0 MB."
        events = Recorder()
        arguments = {"text": resource("text", "dog")}
        await LocalEndpoint(HERE, hub=host.url).run(Assignment("it", "text-classification", found), arguments, events)
    phrases = [event.phrase for event in events.of(TaskProgressed)]
    assert phrases[0].startswith("downloading, ")
    assert (cache / "models--tiny--moods" / "snapshots" / COMMIT / "model.safetensors").exists()


SMALL_ONES = replace(HERE, max_download=1e-6, response=False)
LARGE = Plan(inputs={}, tasks=[Task("mood", "text-classification", {"text": "the red dog"}, model="tiny/moods")])


def large_jarvis(host: ModelHost, options: Options = SMALL_ONES) -> Jarvis:
    """A Jarvis for which all that has to be downloaded is large."""
    here, local = LocalCatalogue(options, hub=host.url), LocalEndpoint(options, hub=host.url)
    return Jarvis("offline", options=options, catalogue=here, endpoints={"local": local})


def test_a_large_download_without_anybody_to_ask_names_the_flag(made: Made, cache: Path) -> None:
    """Nothing runs, and nothing comes; with the flag it does."""
    with ModelHost({"tiny/moods": made("text_classifier")}) as host:
        with large_jarvis(host) as jarvis, pytest.raises(SelectionError, match="allow it with `--max-download 1`"):
            jarvis.run(LARGE)
        assert not (cache / "models--tiny--moods").exists()
        with large_jarvis(host, replace(SMALL_ONES, max_download=1.0)) as jarvis:
            assert jarvis.run(LARGE)["mood"]


def test_whoever_approves_without_a_word_on_a_large_download_has_not_said_yes_to_it(made: Made, cache: Path) -> None:
    """Approving the plan as it is does not approve it silently."""
    with (
        ModelHost({"tiny/moods": made("text_classifier")}) as host,
        large_jarvis(host) as jarvis,
        pytest.raises(SelectionError, match="tiny/moods is a download of"),
    ):
        jarvis.run(LARGE, approve=lambda proposal: proposal)
    assert not (cache / "models--tiny--moods").exists()


def test_a_large_download_that_somebody_said_yes_to_comes(made: Made, cache: Path) -> None:
    """It says how far it is on the way; the next run asks for nothing, because the model is here."""
    asked = []

    def yes(proposal: Proposal) -> Proposal:
        asked.append([a.candidate.download for a in proposal.unanswered])
        return Edition.of(proposal).with_download("mood").proposal()

    events = Recorder()
    with ModelHost({"tiny/moods": made("text_classifier")}) as host, large_jarvis(host) as jarvis:
        first = jarvis.run(LARGE, approve=yes, on_event=events)
        again = jarvis.run(LARGE, approve=yes)
    assert first["mood"]
    assert again["mood"]
    assert [len(downloads) for downloads in asked] == [1, 0]
    parts = [event.part for event in events.of(TaskProgressed) if event.phrase.startswith("downloading")]
    assert parts[-1] == 1.0


async def test_a_yes_is_for_the_size_that_was_told(made: Made, cache: Path) -> None:
    """A model that has grown since is not downloaded."""
    with ModelHost({"tiny/moods": made("text_classifier")}) as host:
        (found,) = await LocalCatalogue(SMALL_ONES, hub=host.url).candidates("text-classification", 5, "tiny/moods")
        agreed = Assignment("it", "text-classification", replace(found, download=2_000), agreed=True)
        with pytest.raises(EndpointError, match="allow it with `--max-download 1`"):
            await LocalEndpoint(SMALL_ONES, hub=host.url).run(agreed, {"text": resource("text", "dog")}, Recorder())
    assert not (cache / "models--tiny--moods").exists()


def test_a_yes_to_one_model_is_none_to_the_next() -> None:
    """The models that come after it, should it fail, have not been asked about."""
    one, other = (candidate(name, "local", download=9, is_large=True) for name in ("one", "other"))
    first, second = Assignment("t", "text-classification", one, alternatives=(other,), agreed=True).fallbacks()
    assert (first.needs_yes, second.needs_yes) == (False, True)


async def test_words_that_are_no_model_ask_nobody(cache: Path) -> None:
    """A search for words stays here."""
    assert (
        await LocalCatalogue(HERE, hub="http://127.0.0.1:9").candidates("text-classification", 5, "film reviews") == ()
    )


# Failures


def test_a_model_for_another_task_is_told(made: Made) -> None:
    """With what it does."""
    said = failure(str(made("text_classifier")), "image-classification", image=PHOTO)
    assert said.endswith(
        "cannot do image-classification; its class BertForSequenceClassification does text-classification."
    )


def test_a_folder_without_a_model_is_told(tmp_path: Path) -> None:
    """Before anything is looked for on the Hub."""
    assert "There is no model in the folder" in failure(str(tmp_path))


def test_pickles_are_refused(made: Made, tmp_path: Path) -> None:
    """Whatever the folder says."""
    folder = shutil.copytree(made("text_classifier"), tmp_path / "pickled")
    (folder / "model.safetensors").rename(folder / "pytorch_model.bin")
    assert "only safetensors are loaded" in failure(str(folder))


def test_code_of_a_model_is_never_run(made: Made, tmp_path: Path) -> None:
    """A folder that brings its own classes fails, and its code stays unread."""
    folder = shutil.copytree(made("text_classifier"), tmp_path / "coded")
    config = json.loads((folder / "config.json").read_text())
    config |= {
        "auto_map": {"AutoModelForSequenceClassification": "wild.Wild", "AutoConfig": "wild.WildConfig"},
        "model_type": "wild",
    }
    (folder / "config.json").write_text(json.dumps(config))
    (folder / "wild.py").write_text("open('/tmp/jarvis_was_here', 'w').close()")
    assert "raised ValueError" in failure(str(folder))
    assert not Path("/tmp/jarvis_was_here").exists()  # noqa: S108 - must not be made


def test_damaged_weights_are_told(made: Made, tmp_path: Path) -> None:
    """In a sentence with the model's name."""
    folder = shutil.copytree(made("text_classifier"), tmp_path / "damaged")
    (folder / "model.safetensors").write_bytes(b"not safetensors")
    assert failure(str(folder)).startswith(f"{folder} raised ")


def test_a_language_that_is_not_known_is_told(made: Made) -> None:
    """By those that translate into one, and by those that are told which."""
    fixed = failure(str(made("marian")), "translation", text="the dog", target_language="fr")
    assert "This model translates into German, not into French." in fixed
    told = failure(str(made("m2m")), "translation", text="the dog", target_language="Klingon")
    assert "This model does not know Klingon; it knows af, " in told


@pytest.mark.parametrize("device", ["cuda:99", "toaster"])
def test_a_device_that_is_not_there_is_told(made: Made, device: str) -> None:
    """With what there is."""
    assert f"There is no device {device!r}" in failure(str(made("text_classifier")), under=Options(device=device))


def test_an_option_that_does_not_exist_is_told(made: Made) -> None:
    """In the library's words, as a failure of this model."""
    said = failure(str(made("image_classifier")), "image-classification", image=PHOTO, options={"sharpness": 2})
    assert "unexpected keyword argument 'sharpness'" in said


def test_a_library_that_only_some_models_need_is_named(made: Made) -> None:
    """With what installs it; where it is there, the model does its task."""
    if find_spec("torchvision"):
        found, _ = asyncio.run(ran(str(made("sam2")), "mask-generation", image=PHOTO))
        assert isinstance(found, list)
    else:
        said = failure(str(made("sam2")), "mask-generation", image=PHOTO)
        assert said.endswith(
            "needs torchvision, which is not installed: run `pip install torchvision`, or choose another model."
        )


def test_out_of_memory_is_a_sentence_and_the_next_one_does_it(made: Made) -> None:
    """Case 36: a picture too large for memory fails, and what is asked next works."""
    huge = {"text": "dog", "width": 4096, "height": 4096, "options": {"steps": 1, "num_images_per_prompt": 4096}}
    events = Recorder()
    plan = Plan(tasks=[Task("it", "text-to-image", huge, model=str(made("painter")))])
    with local_jarvis(HERE) as jarvis:
        run = jarvis.run(plan, on_event=events)
        with pytest.raises(EndpointError, match="painter ran out of memory on cpu; choose a smaller model or input"):
            run["it"]
        again = jarvis.run(Plan(tasks=[replace(plan.tasks[0], arguments={"text": "dog", "options": {"steps": 1}})]))
    assert again["it"].size[0] > 0


@contextlib.contextmanager
def small_device(fits: Callable[[], bool]) -> Iterator[list[str]]:
    """A device whose memory is as small as a test wants: torch itself raises what it raises there, before any calculation."""
    import torch

    raised = []

    def calculates(_module: torch.nn.Module, _given: object) -> None:
        if not fits():
            raised.append("out of memory")
            msg = "CUDA out of memory. Tried to allocate 20.00 MiB. GPU 0 has a total capacity of 4.00 GiB"
            raise torch.OutOfMemoryError(msg)

    hook = torch.nn.modules.module.register_module_forward_pre_hook(calculates)
    try:
        yield raised
    finally:
        hook.remove()


def copies(made: Made, folder: Path, number: int) -> list[str]:
    """So many models that are alike."""
    return [str(shutil.copytree(made("text_classifier"), folder / f"model{i}")) for i in range(number)]


def moods(*models: str, after: bool = True) -> Plan:
    """A task for each of the models, one after the other or together."""

    def task(i: int, model: str) -> Task:
        return Task(
            f"t{i}",
            "text-classification",
            {"text": f"dog {i}"},
            model=model,
            after=[f"t{i - 1}"] if i and after else [],
        )

    return Plan(tasks=[task(i, model) for i, model in enumerate(models)])


def test_case_36_models_that_fill_the_device_leave_when_it_is_full(made: Made, tmp_path: Path) -> None:
    """Two models that do not fit together, in turn: the one that is kept goes, and the other is tried again."""
    one, two = copies(made, tmp_path, 2)
    with small_device(lambda: len(kept_models("cpu")) <= 1) as raised, local_jarvis(HERE) as jarvis:
        run = jarvis.run(moods(one, two, one))
    assert all(isinstance(outcome, Success) for outcome in run.outcomes.values())
    assert len(raised) == 2  # when the second came beside the first, and when the first came back
    assert len(kept_models("cpu")) == 1


def test_case_36_a_model_larger_than_the_device_fails_once_and_the_rest_goes_on(made: Made, tmp_path: Path) -> None:
    """Alone on the device it is not tried again; the sentence says what to do; the next task has the memory."""
    one, two = copies(made, tmp_path, 2)
    turns = iter([False])
    with small_device(lambda: next(turns, True)) as raised, local_jarvis(HERE) as jarvis:
        run = jarvis.run(moods(one, two))
    assert str(run.outcomes["t0"].sentence).startswith(f"{one} ran out of memory on cpu; choose a smaller model")  # type: ignore[union-attr]
    assert isinstance(run.outcomes["t1"], Success)
    assert len(raised) == 1


def test_case_36_one_model_for_two_tasks_at_once_is_loaded_once_on_a_small_device(made: Made, tmp_path: Path) -> None:
    """What it takes is taken once."""
    (one,) = copies(made, tmp_path, 1)
    events = Recorder()
    with small_device(lambda: len(kept_models("cpu")) <= 1) as raised, local_jarvis(HERE) as jarvis:
        run = jarvis.run(moods(one, one, after=False), on_event=events)
    assert all(isinstance(outcome, Success) for outcome in run.outcomes.values())
    assert sum(event.phrase.startswith("loading") for event in events.of(TaskProgressed)) == 1
    assert raised == []


def test_a_model_that_is_named_wrong_is_refused_before_anything_runs(made: Made, cache: Path) -> None:
    """At selection, with what is here."""
    made("text_classifier")
    options = replace(HERE, model_folder=str(made("text_classifier").parent))
    plan = Plan(
        inputs={"photo": Kind("image")},
        tasks=[Task("it", "image-classification", {"image": "@photo"}, model="text_clasifier")],
    )
    with local_jarvis(options) as jarvis, pytest.raises(SelectionError, match="There is no expert 'text_clasifier'"):
        jarvis.run(plan, photo=PHOTO)


# Lightness


def test_nothing_heavy_is_imported_before_a_model_is_loaded(made: Made) -> None:
    """Not by a Jarvis, its plan, nor by listing what is here."""
    import subprocess
    import sys

    folder = made("text_classifier").parent
    code = f"""
import asyncio, sys
from jarvis_magic import Jarvis
from jarvis_magic.options import Options
with Jarvis("offline", options=Options(model_folder={str(folder)!r}, response=False)) as jarvis:
    found = asyncio.run(jarvis.equipment().at_hand.candidates("text-classification", 50))
    jarvis.plan("Say whether @text is happy.", text="What a day")
assert any(c.endpoint == "local" for c in found)
print(sorted({{"torch", "transformers", "diffusers", "numpy"}} & set(sys.modules)))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "torch" not in done.stdout
    assert "transformers" not in done.stdout
