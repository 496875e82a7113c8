"""Pipelines of ``diffusers``: pictures, sound and videos from texts and pictures."""

from __future__ import annotations

import inspect
import io
from collections.abc import Mapping, Sequence
from typing import Any

from ..errors import EndpointRejected
from ..media import Audio, Video
from ..task_types import TASK_TYPES
from . import sound
from .watching import Watching

Values = Mapping[str, Any]

FRAME_RATE = 8
SIDE = 8
"""Widths and heights are multiples of this."""
MOST_SIDE = 4096
SAMPLE_RATE = 16_000
"""In Hz, of the sound of a model that does not say."""


def tasks_of(pipeline: object) -> tuple[str, ...]:
    """The task types a pipeline can do, from the arguments it takes."""
    takes = _takes(pipeline)
    name = type(pipeline).__name__
    if "audio_length_in_s" in takes or "audio_end_in_s" in takes:
        return ("text-to-audio",)
    if "num_frames" in takes:
        return ("image-to-video",) if "image" in takes else ("text-to-video",)
    if "controlnet" in getattr(pipeline, "components", {}):
        return tuple(type_name for type_name in TASK_TYPES if type_name.endswith("-text-to-image"))
    if "prompt" not in takes or "Inpaint" in name:
        return ()
    return ("image-to-image",) if "image" in takes else ("text-to-image",)


def _takes(pipeline: object) -> frozenset[str]:
    return frozenset(inspect.signature(type(pipeline).__call__).parameters)


def _draw(pipeline: Any, values: Values, options: Values, watching: Watching) -> object:
    size = {side: _side(side, values[side]) for side in ("width", "height") if values.get(side) is not None}
    return _run(pipeline, {"prompt": values["text"], **size}, values, options, watching).images[0]


def _redraw(pipeline: Any, values: Values, options: Values, watching: Watching) -> object:
    picture = values["image"].convert("RGB")
    result = _run(pipeline, {"prompt": values["text"], "image": fitting(picture)}, values, options, watching).images[0]
    return result.resize(picture.size) if "strength" in _takes(pipeline) else result


def _follow(pipeline: Any, values: Values, options: Values, watching: Watching) -> object:
    arguments = {"prompt": values["text"], "image": fitting(values["image"].convert("RGB"))}
    return _run(pipeline, arguments, values, options, watching).images[0]


def _film(pipeline: Any, values: Values, options: Values, watching: Watching) -> Video:
    arguments = {"prompt": values["text"]} if values.get("text") and "prompt" in _takes(pipeline) else {}
    if "image" in values:
        arguments["image"] = fitting(values["image"].convert("RGB"))
    rate = int(options.get("fps") or FRAME_RATE)
    options = options if "fps" in _takes(pipeline) else {k: v for k, v in options.items() if k != "fps"}
    return video_of(_run(pipeline, arguments, values, {**options, "output_type": "pil"}, watching).frames[0], rate)


def _sound(pipeline: Any, values: Values, options: Values, watching: Watching) -> object:
    if not hasattr(pipeline, "components"):
        return sound.CALLS["text-to-audio"](pipeline, values, options, watching)
    samples = _run(pipeline, {"prompt": values["text"]}, values, options, watching).audios[0]
    configs = (getattr(getattr(pipeline, part, None), "config", None) for part in ("vocoder", "vae"))
    rate = next((int(rate) for config in configs if (rate := getattr(config, "sampling_rate", 0))), SAMPLE_RATE)
    return Audio(samples.float().cpu().numpy() if hasattr(samples, "cpu") else samples, rate)


def _run(pipeline: Any, arguments: dict[str, Any], values: Values, options: Values, watching: Watching) -> Any:
    """Call a pipeline with what it takes, from a seed if there is one, telling each step."""
    import torch

    takes = _takes(pipeline)
    rest = dict(options)
    seed = values.get("seed", rest.pop("seed", None))
    rest = {"num_inference_steps": rest.pop("steps"), **rest} if "steps" in rest else rest
    unknown = [name for name in rest if name not in takes or name in _OURS]
    if unknown:
        known = ", ".join(sorted(name for name in takes - _OURS if not name.endswith(("embeds", "mask"))))
        msg = f"{type(pipeline).__name__} has no option {unknown[0]!r}; it has seed, steps, {known}."
        raise EndpointRejected(msg)
    if seed is not None and "generator" in takes:
        arguments["generator"] = torch.Generator().manual_seed(int(seed))
    if "callback_on_step_end" in takes:
        arguments["callback_on_step_end"] = _steps(watching)
    return pipeline(**arguments, **rest)


_OURS = frozenset({
    "self", "prompt", "image", "generator", "return_dict",
    "callback", "callback_steps", "callback_on_step_end", "callback_on_step_end_tensor_inputs",
})  # fmt: skip
"""Arguments that are no options."""


def _steps(watching: Watching) -> Any:
    def step(pipeline: Any, number: int, moment: Any, state: dict[str, Any]) -> dict[str, Any]:  # noqa: ARG001
        watching(number + 1, max(pipeline.num_timesteps, number + 1))
        return state

    return step


def _side(name: str, value: float) -> int:
    if not SIDE <= value <= MOST_SIDE:
        msg = f"The {name} of a picture is from {SIDE} to {MOST_SIDE} pixels, not {value:g}."
        raise EndpointRejected(msg)
    return int(value) // SIDE * SIDE


def fitting(picture: Any) -> Any:
    """The picture with sides that are multiples of `SIDE`."""
    size = tuple(max(SIDE, side // SIDE * SIDE) for side in picture.size)
    return picture if size == picture.size else picture.resize(size)


def video_of(frames: Sequence[Any], rate: int) -> Video:
    """A video file of pictures, as browsers play it."""
    import av
    import numpy as np

    width, height = (max(2, side // 2 * 2) for side in frames[0].size)
    file = io.BytesIO()
    with av.open(file, "w", format="mp4") as container:
        stream: Any = container.add_stream("libx264" if "libx264" in av.codecs_available else "mpeg4", rate=rate)
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        for frame in frames:
            shown = np.asarray(frame.convert("RGB").resize((width, height)))
            container.mux(stream.encode(av.VideoFrame.from_ndarray(shown, format="rgb24")))
        container.mux(stream.encode(None))
    return Video(file.getvalue())


CALLS = {
    "text-to-image": _draw,
    "image-to-image": _redraw,
    "text-to-video": _film,
    "image-to-video": _film,
    "text-to-audio": _sound,
    **{name: _follow for name in TASK_TYPES if name.endswith("-text-to-image")},
}
