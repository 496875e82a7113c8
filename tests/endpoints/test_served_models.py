"""Providers and servers that answer by running real models: tiny ones of ``transformers`` and ``diffusers``.

Their weights are random, so what they say is nonsense; that it arrives as the kind it should be is what counts.
"""

from __future__ import annotations

import base64
import io
import json
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from jarvis_magic.conversions import from_expert
from jarvis_magic.media import Audio
from jarvis_magic.task_types import TASK_TYPES
from jarvis_magic.values import Candidate

from ..servers.hub import Answer, HubServer, Seen
from .local import tiny
from .test_providers import run
from .test_urls import run as run_at_url

pytestmark = pytest.mark.local

Request = Mapping[str, Any]


@pytest.fixture(scope="session")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the tiny models are."""
    return tmp_path_factory.mktemp("served")


@cache
def loaded(folder: Path, maker: str, task: str) -> Any:
    """A pipeline of a tiny model."""
    getattr(tiny, maker)(folder / maker)
    if task == "text-to-image":
        import diffusers

        return diffusers.StableDiffusionPipeline.from_pretrained(folder / maker, use_safetensors=True)
    import transformers

    return transformers.pipeline(task, model=str(folder / maker), device="cpu")


def picture(request: Request) -> Image.Image:
    """The picture of a request."""
    inputs = request["inputs"]
    return Image.open(io.BytesIO(inputs if isinstance(inputs, bytes) else base64.b64decode(inputs)))


def sound(request: Request) -> Mapping[str, Any]:
    """The sound of a request, as pipelines take it."""
    heard = from_expert(request["inputs"], TASK_TYPES["audio-to-audio"].output, model="wav").value
    return {"raw": heard.samples, "sampling_rate": heard.rate}


def png(image: Image.Image) -> bytes:
    """A picture as a server gives it."""
    file = io.BytesIO()
    image.save(file, "PNG")
    return file.getvalue()


def masks(found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Regions as a server gives them, their masks in base64."""
    return [{**one, "mask": base64.b64encode(png(one["mask"])).decode()} for one in found]


SERVED: Mapping[str, tuple[str, Callable[[Any, Request], Any]]] = {
    "text-classification": ("text_classifier", lambda model, r: [model(r["inputs"], top_k=None)]),
    "token-classification": ("token_classifier", lambda model, r: model(r["inputs"], aggregation_strategy="simple")),
    "fill-mask": ("masked", lambda model, r: model(r["inputs"])),
    "feature-extraction": ("masked", lambda model, r: model(r["inputs"])),
    "text-generation": ("writer", lambda model, r: model(r["inputs"], max_new_tokens=4)),
    "image-classification": ("image_classifier", lambda model, r: model(picture(r))),
    "zero-shot-image-classification": ("clip", lambda model, r: model(picture(r), **r["parameters"])),
    "object-detection": ("detector", lambda model, r: model(picture(r), threshold=0.0)),
    "image-segmentation": ("segmenter", lambda model, r: masks(model(picture(r)))),
    "automatic-speech-recognition": ("recogniser", lambda model, r: {"text": model(sound(r))["text"] or "-"}),
    "audio-classification": ("audio_classifier", lambda model, r: model(sound(r))),
    "text-to-image": (
        "painter",
        lambda model, r: png(model(r["inputs"], num_inference_steps=1, width=32, height=32).images[0]),
    ),
}  # fmt: skip
"""The tiny model of a task, and how a server runs it on a request."""


def serve(hub: HubServer, models: Path, task: str) -> None:
    """Let the task's tiny model answer every call."""
    maker, answer = SERVED[task]

    def instead(seen: Seen) -> Answer | None:
        if seen.method != "POST":
            return None
        request = seen.json if "json" in seen.headers["content-type"] else {"inputs": seen.body}
        hub._check_task(task, request)
        given = answer(loaded(models, maker, task), request)
        return Answer(given if isinstance(given, bytes) else json.dumps(given, default=float).encode())

    hub.instead = instead


def is_of_its_kind(task_type: str, value: Any) -> bool:
    """Whether a result is what a task type gives, and not nothing."""
    kind = TASK_TYPES[task_type].output
    if kind == "image":
        return bool(value.size == (32, 32))
    if kind == "vector":
        return isinstance(value, np.ndarray) and value.ndim == 1
    return bool(value) and from_expert(value, kind, model="again").value == value


@pytest.mark.parametrize("task", SERVED)
async def test_a_provider_that_runs_a_real_model(
    hub: HubServer, serves: Callable[..., str], models: Path, task: str
) -> None:
    """What its pipeline gives becomes a value of the task's kind."""
    model = serves(task)
    serve(hub, models, task)
    chats = task == "text-generation"
    changes: dict[str, Any] = (
        {"audio": Audio(np.full(16_000, 0.1, np.float32), 16_000)} if "audio" in TASK_TYPES[task].by_name else {}
    )
    if not chats:  # providers write by chat; see below
        assert is_of_its_kind(task, await run(task, Candidate(model, "provider", provider="hf-inference"), **changes))
    assert is_of_its_kind(task, await run_at_url(task, f"{hub.url}/{task}", **changes))
    assert hub.wrong == []
