"""What ``transformers`` has a pipeline for."""

from __future__ import annotations

from typing import Any

from jarvis_magic.pipeline_calls import Watching, call

from .expert import Expert, Setting, Values

PIPELINE_NAMES = {
    "text-to-speech": "text-to-audio",
    "depth-control": "depth-estimation",
    "normal-control": "depth-estimation",
    "seg-control": "image-segmentation",
    "openpose-control": "object-detection",
    "image-to-text": "image-text-to-text",
}
"""The pipeline of a task type, where it has another name."""


def pipeline_of(task: str, setting: Setting) -> Any:
    """Load a pipeline, from safetensors, without code of its own."""
    import transformers

    return transformers.pipeline(
        task,
        model=str(setting.path),
        device=setting.device,
        dtype=setting.torch_dtype,
        trust_remote_code=False,
        model_kwargs={"use_safetensors": True},
    )


def load(setting: Setting) -> Expert:
    """Load the pipeline of a task type."""
    pipeline = pipeline_of(PIPELINE_NAMES.get(setting.type, setting.type), setting)
    return Expert(lambda task_type, values, watching: call(pipeline, task_type, values, watching), [pipeline.model])


def load_for_documents(setting: Setting) -> Expert:
    """Load a model that answers from the words on a page and where they stand; the toolbox reads the words."""
    pipeline = pipeline_of("document-question-answering", setting)

    def ask(task_type: str, values: Values, watching: Watching) -> object:
        words = {"word_boxes": words_on(values["image"]), **(values.get("options") or {})}
        return call(pipeline, task_type, {**values, "options": words}, watching)

    return Expert(ask, [pipeline.model])


def words_on(image: Any) -> list[tuple[str, list[int]]]:
    """The words of a page in reading order, each with its place in thousandths of the page's sides."""
    from jarvis_magic.toolbox.ocr import read_rows

    width, height = image.width / 1000, image.height / 1000
    found = []
    for box in (box for row in read_rows(image) for box in row):
        words = box.label.split()
        step = (box.xmax - box.xmin) / max(len(words), 1)
        for i, word in enumerate(words):
            left = box.xmin + i * step
            sides = (left / width, box.ymin / height, (left + step) / width, box.ymax / height)
            found.append((word, [round(min(max(side, 0), 1000)) for side in sides]))
    return found
