"""Pictures, sound and videos by ``diffusers``, and ControlNets on a model that draws."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from jarvis_magic.errors import EndpointRejected
from jarvis_magic.model_files import ModelFolder, about
from jarvis_magic.pipeline_calls import Watching, call, tasks_of

from .expert import Expert, Setting, Values

BASE = "stable-diffusion-v1-5/stable-diffusion-v1-5"
"""The model that most ControlNets were trained on."""


def load(setting: Setting) -> Expert:
    """Load a pipeline; one that draws from texts changes pictures too, with the same weights."""
    import diffusers

    drawn = _ready(diffusers.DiffusionPipeline, setting)
    changing: list[Any] = []

    def make(task_type: str, values: Values, watching: Watching) -> object:
        pipeline = drawn
        if task_type == "image-to-image" and task_type not in tasks_of(drawn):
            if not changing:
                changing.append(_quiet(diffusers.AutoPipelineForImage2Image.from_pipe(drawn)))
            pipeline = changing[0]
        return call(pipeline, task_type, values, watching)

    return Expert(make, _modules(drawn))


def load_control(setting: Setting) -> Expert:
    """Load a ControlNet, and the model on this machine that it was trained to guide."""
    import diffusers

    control = diffusers.ControlNetModel.from_pretrained(
        setting.path, dtype=setting.torch_dtype, use_safetensors=True, local_files_only=True
    )
    base = setting.companion(guided_by(int(control.config.cross_attention_dim)))
    if base is None:
        msg = f"{setting.folder.model} guides a model that draws, and none that fits it is on this machine: run `hf download {BASE}`."
        raise EndpointRejected(msg)
    pipeline = _ready(diffusers.AutoPipelineForText2Image, setting.of(base), controlnet=control)
    return Expert(lambda task_type, values, watching: call(pipeline, task_type, values, watching), _modules(pipeline))


def _ready(auto: Any, setting: Setting, **parts: Any) -> Any:
    pipeline = auto.from_pretrained(
        setting.path,
        dtype=setting.torch_dtype,
        use_safetensors=True,
        local_files_only=True,
        variant=variant(setting.path),
        **parts,
    )
    return _quiet(pipeline.to(setting.device))


def variant(folder: Path) -> str | None:
    """The name of the variant that the weights are, where some part has no others: ``fp16`` of ``model.fp16.safetensors``."""
    for part in folder.glob("*/"):
        names = [file.stem for file in part.glob("*.safetensors")]
        if names and all("." in name for name in names):
            return names[0].split(".")[1]
    return None


def _quiet(pipeline: Any) -> Any:
    pipeline.set_progress_bar_config(disable=True)
    return pipeline


def _modules(pipeline: Any) -> list[Any]:
    import torch

    return [part for part in pipeline.components.values() if isinstance(part, torch.nn.Module)]


def guided_by(width: int) -> Callable[[ModelFolder], bool]:
    """Whether a model draws from texts of the width that a ControlNet reads."""

    def fits(folder: ModelFolder) -> bool:
        unet = folder.path / "unet" / "config.json"
        if "text-to-image" not in about(folder).types or not unet.is_file():
            return False
        return json.loads(unet.read_text(encoding="utf-8")).get("cross_attention_dim") == width  # type: ignore[no-any-return]

    return fits
