"""Models that look at pictures and write."""

from __future__ import annotations

from typing import Any

from jarvis_magic.pipeline_calls import Watching, call, generation

from .expert import Expert, Setting, Values, model_of, part_of
from .pipelines import pipeline_of


def load_seeing(setting: Setting) -> Expert:
    """Load a model that can be talked to about pictures; one that cannot be talked to describes them."""
    import transformers

    processor = transformers.AutoProcessor.from_pretrained(setting.path, local_files_only=True, trust_remote_code=False)
    if not getattr(processor, "chat_template", None):
        return load(setting)
    pipeline = pipeline_of("image-text-to-text", setting)
    return Expert(lambda task_type, values, watching: call(pipeline, task_type, values, watching), [pipeline.model])


def load(setting: Setting) -> Expert:
    """Load a model that describes pictures, or reads the text in them."""
    auto = "AutoModelForImageTextToText"
    model, processor = model_of(auto, setting), _processor(setting)

    def describe(task_type: str, values: Values, watching: Watching) -> str:  # noqa: ARG001 - as every expert is called
        import torch

        pictures = processor(images=values["image"].convert("RGB"), return_tensors="pt").to(model.device, model.dtype)
        with torch.inference_mode():
            made = model.generate(**pictures, **generation(model, values.get("options") or {}, watching))
        decoder = getattr(processor, "tokenizer", None) or part_of("AutoTokenizer", setting)
        return str(decoder.decode(made[0], skip_special_tokens=True)).strip()

    return Expert(describe, [model])


def _processor(setting: Setting) -> Any:
    """What prepares pictures: of the model as a whole, or where it has none, of pictures alone."""
    if (setting.path / "processor_config.json").is_file():
        return part_of("AutoProcessor", setting)
    return part_of("AutoImageProcessor", setting)
