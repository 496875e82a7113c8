"""The code of models on this machine: every row that the endpoint has a tiny model for, executed, with the same results."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from jarvis_magic import Plan, Run, Task, to_python
from jarvis_magic.errors import EndpointRejected, UsageError
from jarvis_magic.kinds import Answer, Kind
from jarvis_magic.options import Options
from jarvis_magic.tasks import FrozenMap
from jarvis_magic.values import Assignment, Candidate

from ..endpoints.local.conftest import Made, local_jarvis
from ..endpoints.local.test_tasks import ROWS, Row, given
from .alone import Alone, comparable

pytestmark = pytest.mark.local

__all__ = ["given"]

BEFORE = """
import transformers, warnings
warnings.simplefilter("ignore")
transformers.logging.set_verbosity_error()
transformers.logging.disable_progress_bar()
import types
import numpy, pandas, torch
from PIL import Image

class Sound:
    def __init__(self, samples, rate):
        self.samples, self.rate, self.duration = samples, rate, samples.shape[-1] / rate
    def mono(self):
        return self if self.samples.ndim == 1 else Sound(self.samples.mean(axis=0), self.rate)
    def resampled(self, rate):
        import av
        frame = av.AudioFrame.from_ndarray(numpy.atleast_2d(self.samples).copy(), "fltp", "mono")
        frame.sample_rate = self.rate
        resampler = av.AudioResampler("fltp", "mono", rate)
        parts = [part.to_ndarray() for part in [*resampler.resample(frame), *resampler.resample(None)]]
        return Sound(numpy.concatenate(parts, axis=1)[0], rate)

class Film:
    def frames(self, count=None):
        import av
        with av.open("clip.mp4") as container:
            pictures = [frame.to_image() for frame in container.decode(video=0)]
        return pictures[:: max(1, len(pictures) // count)][:count]

photo, page = Image.open("photo.png"), Image.open("page.png")
tone, clip = Sound(numpy.load("tone.npy"), 22050), Film()
table = pandas.DataFrame({"name": ["dog", "cat"], "total": [1, 2]})
"""

EACH = [row for row in ROWS if row.model != "control" or row.type == "depth-text-to-image"]
"""Each row of the endpoint; ControlNets are called alike, whatever they follow."""

RANDOM = {"speaker", "speecht5", "musician", "voice_changer"}
"""Tiny models that draw lots without being asked for a seed."""


def seeded(row: Row) -> dict[str, Any]:
    """The arguments of a row, with a seed where its expert takes one, and the likeliest words where it draws lots."""
    options = dict(row.options)
    if row.model in ("writer", "chatter", "seer"):
        options["do_sample"] = False
    if "num_inference_steps" in options and "seed" not in row.arguments:
        options["seed"] = 7
    return {**row.arguments, **({"options": options} if options else {})}


def plan_of(row: Row, model: str, given: dict[str, tuple[str, Any]]) -> Plan:
    """A plan of one task."""
    inputs = {name: Kind(kind) for name, (kind, _) in given.items() if f"@{name}" in str(row.arguments)}
    return Plan(f"Do {row.type}.", inputs, [Task("it", row.type, seeded(row), model=model)])


def said(value: Any, row: Row) -> Any:
    """What is compared of a value; an answer that a model wrote is a text."""
    wrote = row.model in ("chatter", "seer")
    found = comparable(value.answer if wrote and isinstance(value, Answer) else value)
    return found[:1] if row.model in RANDOM else found


@pytest.fixture(scope="module")
def process(tmp_path_factory: pytest.TempPathFactory, given: dict[str, tuple[str, Any]]) -> Alone:
    """A process that has the inputs."""
    folder = tmp_path_factory.mktemp("alone")
    for name in ("photo", "page"):
        given[name][1].save(folder / f"{name}.png")
    np.save(folder / "tone.npy", given["tone"][1].samples)
    (folder / "clip.mp4").write_bytes(given["clip"][1].data)
    return Alone(folder, BEFORE, list(given))


@pytest.mark.timeout(400)
def test_every_row_gives_the_same(made: Made, process: Alone, given: dict[str, tuple[str, Any]]) -> None:
    """All the families, each by its library, without jarvis_magic: text, records, pictures, sound and videos are equal."""
    for companion in ("vocoder", "painter", "detector"):
        made(companion)
    expected: dict[str, Any] = {}
    options = Options(model_folder=str(made("vocoder").parent), device="cpu", response=False)
    with local_jarvis(options) as jarvis:
        for row in EACH:
            plan = plan_of(row, str(made(row.model)), given)
            run = jarvis.run(plan, **{name: given[name][1] for name in plan.inputs}).check()
            name = f"{row.type}-{row.model}"
            expected[name] = {"it": said(run["it"], row)}
            process.add(name, to_python(run, options=options), ["it"])
    found = process.run()
    for row in EACH:
        values = found[f"{row.type}-{row.model}"]
        if row.model in RANDOM and "it" in values:
            values["it"] = values["it"][:1]
    assert {name: (found[name], value) for name, value in expected.items() if found[name] != value} == {}


def a_run(task: Task, candidate: Candidate) -> Run:
    """A run as far as code needs it."""
    inputs = {
        name: Kind("text" if name != "photo" else "image") for name in ("photo", "text") if f"@{name}" in str(task)
    }
    plan = Plan("Do it.", inputs, [task])
    return Run(plan, FrozenMap({task.id: Assignment(task.id, task.type, candidate)}))


def test_what_has_no_code_says_why(made: Made, tmp_path: Path) -> None:
    """A model that is gone, a language that is known only later, and a ControlNet without what it guides."""
    gone = a_run(Task("it", "summarization", {"text": "@text"}), Candidate("a/gone", "local"))
    with pytest.raises(UsageError, match=r"a/gone is not on this machine any more, .* run `hf download a/gone`"):
        to_python(gone)
    later = Task("it", "translation", {"text": "@text", "target_language": "@text"})
    with pytest.raises(UsageError, match="its language is only known when it runs; write the language itself"):
        to_python(a_run(later, Candidate(str(made("m2m")), "local")), options=Options(device="cpu"))
    control = (tmp_path / "control").resolve()
    control.symlink_to(made("control"))
    drawn = Task("it", "canny-text-to-image", {"image": "@photo", "text": "x"})
    with pytest.raises(UsageError, match="because the model that it guides is not on this machine"):
        to_python(a_run(drawn, Candidate(str(control), "local")))


def test_device_and_numbers_are_as_in_the_run(made: Made) -> None:
    """What the options say is in the lines that load the model, where it is not what the library does by itself."""
    run = a_run(Task("it", "text-classification", {"text": "@text"}), Candidate(str(made("text_classifier")), "local"))
    assert "dtype" not in to_python(run, options=Options(device="cpu"))
    assert "dtype=torch.bfloat16" in to_python(run, options=Options(device="cpu", dtype="bfloat16"))


def test_a_model_that_two_tasks_share_is_loaded_once(made: Made) -> None:
    """The lines of both use the same names."""
    plan = Plan("Twice.", {"text": Kind("text")}, [Task(i, "summarization", {"text": "@text"}) for i in ("one", "two")])
    t5 = Candidate(str(made("t5")), "local")
    code = to_python(Run(plan, FrozenMap({i: Assignment(i, "summarization", t5) for i in ("one", "two")})))
    assert code.count("from_pretrained") == 2
    assert code.splitlines()[-1].startswith("two = rewritten('summarize: ' + text, one_model, one_tokenizer")


HOSTILE = "x=__import__('os').system('touch /tmp/jarvis_was_here'), y"


@pytest.mark.parametrize(
    ("model", "type_", "port"),
    [("text_classifier", "text-classification", "text"), ("sam", "mask-generation", "image")],
)
def test_options_of_a_plan_are_no_code(made: Made, model: str, type_: str, port: str) -> None:
    """A plan may be a model's: names and values of options stay texts, and none that brings code is written."""
    arguments = {port: "@photo" if port == "image" else "@text"}
    here = Candidate(str(made(model)), "local")
    for options in ({HOSTILE: 1}, {"grid": HOSTILE}, {"quality": HOSTILE}):
        code = to_python(a_run(Task("it", type_, {**arguments, "options": options}), here))
        names = {node.id for node in ast.walk(ast.parse(code)) if isinstance(node, ast.Name)}
        assert "__import__" not in names
    with pytest.raises(EndpointRejected, match="'trust_remote_code' would load code"):
        to_python(a_run(Task("it", type_, {**arguments, "options": {"trust_remote_code": True}}), here))
