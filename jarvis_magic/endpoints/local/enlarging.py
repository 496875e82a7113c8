"""Pictures made larger and sharper (``AutoModelForImageToImage``)."""

from __future__ import annotations

from typing import Any

from jarvis_magic.kinds import WithNotes
from jarvis_magic.pipeline_calls import Watching

from .expert import Expert, Setting, Values, model_of, part_of

NOTE = "This model only enlarges pictures; it read no instruction."


def load(setting: Setting) -> Expert:
    """Load a model of super-resolution."""
    model, processor = model_of("AutoModelForImageToImage", setting), part_of("AutoImageProcessor", setting)

    def enlarge(task_type: str, values: Values, watching: Watching) -> WithNotes:  # noqa: ARG001
        return WithNotes(enlarged(values["image"].convert("RGB"), model, processor), (NOTE,))

    return Expert(enlarge, [model])


def enlarged(picture: Any, model: Any, processor: Any) -> Any:
    """The picture with more pixels."""
    import PIL.Image
    import torch

    inputs = processor(picture, return_tensors="pt").to(model.device, model.dtype)
    with torch.inference_mode():
        made = model(**inputs).reconstruction[0].float().clamp(0, 1).cpu()
    factor = made.shape[-1] // inputs["pixel_values"].shape[-1]
    pixels = (made * 255).round().byte().permute(1, 2, 0).numpy()
    return PIL.Image.fromarray(pixels[: picture.height * factor, : picture.width * factor])  # the processor pads
