"""Pipelines that take pictures and videos."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from .language import generation
from .watching import Watching

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from PIL.Image import Image

Values = Mapping[str, Any]

FRAMES = 16
"""How many frames of a video are looked at by a model that does not say how many."""


def _picture(values: Values) -> Image:
    return values["image"].convert("RGB")  # type: ignore[no-any-return]


def _plain(pipeline: Any, values: Values, options: Values, watching: Watching) -> object:  # noqa: ARG001
    return pipeline(_picture(values), **options)


def _by_labels(pipeline: Any, values: Values, options: Values, watching: Watching) -> object:  # noqa: ARG001
    return pipeline(_picture(values), candidate_labels=list(values["labels"]), **options)


def _features(pipeline: Any, values: Values, options: Values, watching: Watching) -> object:  # noqa: ARG001
    import numpy as np

    return (
        np.asarray(pipeline(_picture(values), **options))[0].reshape(-1, pipeline.model.config.hidden_size).mean(axis=0)
    )


def _depth(pipeline: Any, values: Values, options: Values, watching: Watching) -> Image:  # noqa: ARG001
    return pipeline(_picture(values), **options)["depth"]  # type: ignore[no-any-return]


def _depth_control(pipeline: Any, values: Values, options: Values, watching: Watching) -> Image:
    return _depth(pipeline, values, options, watching).convert("RGB")


def _normals(pipeline: Any, values: Values, options: Values, watching: Watching) -> Image:
    return normals_of(_depth(pipeline, values, options, watching))


def normals_of(drawn: Image) -> Image:
    """The surfaces' normals, from the slopes of the depth: red to the right, green upwards, blue to the viewer."""
    import numpy as np
    import PIL.Image

    depth = np.asarray(drawn.convert("L"), np.float32) / 255
    down, right = np.gradient(depth) if min(depth.shape) > 1 else (np.zeros_like(depth), np.zeros_like(depth))
    normals = np.stack([-right, down, np.full_like(depth, STEEPNESS)], axis=-1)
    normals /= np.linalg.norm(normals, axis=-1, keepdims=True)
    return PIL.Image.fromarray(((normals + 1) * 127.5).round().astype(np.uint8))


STEEPNESS = 1 / 64
"""The rise of depth from pixel to pixel that counts as a slope of 45 degrees."""


def _segments(pipeline: Any, values: Values, options: Values, watching: Watching) -> Image:  # noqa: ARG001
    picture = _picture(values)
    return coloured(pipeline(picture, **options), picture.size, pipeline.model.config.id2label)


def coloured(regions: Any, size: tuple[int, int], names: Mapping[int, str]) -> Image:
    """Every region in a flat colour of its class, as those who trained ControlNets coloured them (ADE20K's palette)."""
    import numpy as np
    import PIL.Image

    width, height = size
    drawn = np.zeros((height, width, 3), np.uint8)
    ids = {name: number for number, name in names.items()}
    for region in regions:
        drawn[np.asarray(region["mask"]) > 0] = _ade_colour(int(ids.get(region["label"], 0)))
    return PIL.Image.fromarray(drawn)


def _ade_colour(number: int) -> Sequence[int]:
    return _ADE[number % len(_ADE)]


_ADE = (
    (120, 120, 120), (180, 120, 120), (6, 230, 230), (80, 50, 50), (4, 200, 3), (120, 120, 80), (140, 140, 140),
    (204, 5, 255), (230, 230, 230), (4, 250, 7), (224, 5, 255), (235, 255, 7), (150, 5, 61), (120, 120, 70), (8, 255, 51),
    (255, 6, 82), (143, 255, 140), (204, 255, 4), (255, 51, 7), (204, 70, 3), (0, 102, 200), (61, 230, 250), (255, 6, 51),
    (11, 102, 255), (255, 7, 71), (255, 9, 224), (9, 7, 230), (220, 220, 220), (255, 9, 92), (112, 9, 255), (8, 255, 214),
    (7, 255, 224), (255, 184, 6), (10, 255, 71), (255, 41, 10), (7, 255, 255), (224, 255, 8), (102, 8, 255), (255, 61, 6),
    (255, 194, 7),
)  # fmt: skip


def _instruct(pipeline: Any, values: Values, options: Values, watching: Watching) -> object:
    return _seen(pipeline, values["images"], values["text"], options, watching)


def _describe(pipeline: Any, values: Values, options: Values, watching: Watching) -> object:
    return _seen(pipeline, [values["image"]], "Describe this picture in one sentence.", options, watching)


def _answer(pipeline: Any, values: Values, options: Values, watching: Watching) -> object:
    return {"answer": _seen(pipeline, [values["image"]], values["question"], options, watching)}


def _seen(pipeline: Any, images: Sequence[Image], text: str, options: Values, watching: Watching) -> str:
    pictures = [{"type": "image", "image": image.convert("RGB")} for image in images]
    said = [{"role": "user", "content": [*pictures, {"type": "text", "text": text}]}]
    found = pipeline(text=said, return_full_text=False, generate_kwargs=generation(pipeline.model, options, watching))
    return str(found[0]["generated_text"]).strip()


def _document(pipeline: Any, values: Values, options: Values, watching: Watching) -> object:
    if pipeline.task == "image-text-to-text":
        return _answer(pipeline, values, options, watching)
    return pipeline(image=_picture(values), question=values["question"], **options)


def _video(pipeline: Any, values: Values, options: Values, watching: Watching) -> object:  # noqa: ARG001
    return shown_in(values["video"], pipeline, int(options.get("top_k", 5)))


def shown_in(video: Any, pipeline: Any, top_k: int = 5) -> list[dict[str, Any]]:
    """What a model of videos says of as many frames as it looks at."""
    import torch

    processor = getattr(pipeline, "image_processor", None) or pipeline.video_processor
    count = int(getattr(pipeline.model.config, "num_frames", None) or FRAMES)
    inputs = processor([_frames(video, count)], return_tensors="pt").to(pipeline.device)
    with torch.inference_mode():
        logits = pipeline.model(**{name: tensor.to(pipeline.model.dtype) for name, tensor in inputs.items()}).logits
    scores, ids = logits[0].float().softmax(-1).topk(min(top_k, logits.shape[-1]))
    names = pipeline.model.config.id2label
    return [{"label": names[i], "score": s} for s, i in zip(scores.tolist(), ids.tolist(), strict=True)]


def _frames(video: Any, count: int) -> list[NDArray[np.uint8]]:
    """As many frames as the model looks at, spread over the video; the last one again if there are too few."""
    import numpy as np

    frames = [np.asarray(frame.convert("RGB")) for frame in video.frames(count)]
    return [*frames, *[frames[-1]] * (count - len(frames))]


CALLS = {
    "image-classification": _plain,
    "object-detection": _plain,
    "image-segmentation": _plain,
    "mask-generation": _plain,
    "zero-shot-image-classification": _by_labels,
    "zero-shot-object-detection": _by_labels,
    "image-feature-extraction": _features,
    "depth-estimation": _depth,
    "depth-control": _depth_control,
    "normal-control": _normals,
    "seg-control": _segments,
    "image-text-to-text": _instruct,
    "image-to-text": _describe,
    "visual-question-answering": _answer,
    "document-question-answering": _document,
    "video-classification": _video,
}
