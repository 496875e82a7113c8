"""The code of models on this machine: every row that the endpoint has a tiny model for, executed, with the same results."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from jarvis_magic import Plan, Task, to_python
from jarvis_magic.kinds import Answer, Kind
from jarvis_magic.options import Options

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

RANDOM = {"speaker", "speecht5", "musician", "voice_changer"}
"""Tiny models that draw lots without being asked for a seed."""


def seeded(row: Row) -> dict[str, Any]:
    """The arguments of a row, with a seed where its expert takes one."""
    options = dict(row.options)
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


def test_every_row_gives_the_same(made: Made, process: Alone, given: dict[str, tuple[str, Any]]) -> None:
    """All the families, each by its library, without jarvis_magic: text, records, pictures, sound and videos are equal."""
    for companion in ("vocoder", "painter", "detector"):
        made(companion)
    expected: dict[str, Any] = {}
    options = Options(model_folder=str(made("vocoder").parent), device="cpu", response=False)
    with local_jarvis(options) as jarvis:
        for row in ROWS:
            plan = plan_of(row, str(made(row.model)), given)
            run = jarvis.run(plan, **{name: given[name][1] for name in plan.inputs}).check()
            name = f"{row.type}-{row.model}"
            expected[name] = {"it": said(run["it"], row)}
            process.add(name, to_python(run), ["it"])
    found = process.run()
    for row in ROWS:
        values = found[f"{row.type}-{row.model}"]
        if row.model in RANDOM and "it" in values:
            values["it"] = values["it"][:1]
    assert found == expected
