"""The poses of the people in a picture, drawn as ControlNets of OpenPose were trained to read them."""

from __future__ import annotations

import colorsys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from jarvis_magic.kinds import WithNotes
from jarvis_magic.model_files import ModelFolder, about
from jarvis_magic.pipeline_calls import Watching, call

from .expert import Expert, Setting, Values, model_of, part_of
from .pipelines import pipeline_of

if TYPE_CHECKING:
    from PIL.Image import Image

SURE = 0.3
"""The score from which a joint is drawn."""

# Joints of COCO: 0 nose, 1-2 eyes, 3-4 ears, 5-6 shoulders, 7-8 elbows, 9-10 wrists, 11-12 hips, 13-14 knees, 15-16
# ankles; left before right. OpenPose has a neck too, here 17: between the shoulders.
NECK = 17
_LIMBS = (
    (17, 6), (17, 5), (6, 8), (8, 10), (5, 7), (7, 9), (17, 12), (12, 14), (14, 16), (17, 11), (11, 13), (13, 15),
    (17, 0), (0, 2), (2, 4), (0, 1), (1, 3),
)  # fmt: skip

NOBODY = "No person's pose was found in the picture, so the drawing is empty, and what follows it follows nothing."


def load(setting: Setting) -> Expert:
    """Load a model of poses, and a detector that finds the people, if there is one on this machine."""
    model, processor = model_of("AutoModelForPoseEstimation", setting), part_of("AutoImageProcessor", setting)
    folder = setting.companion(detects)
    detector = pipeline_of("object-detection", setting.of(folder)) if folder else None

    def draw(task_type: str, values: Values, watching: Watching) -> WithNotes:  # noqa: ARG001
        picture = values["image"].convert("RGB")
        made = drawn(picture, _people(picture, detector, watching), model, processor)
        return WithNotes(made, () if made.getbbox() else (NOBODY,))

    return Expert(draw, [model, *([detector.model] if detector else [])])


def detects(folder: ModelFolder) -> bool:
    """Whether a model finds things in pictures, people among them."""
    return "object-detection" in about(folder).types


def _people(picture: Image, detector: Any, watching: Watching) -> list[list[float]]:
    """The boxes (left, top, width, height) of the people; the whole picture if nobody was found."""
    found: Any = call(detector, "object-detection", {"image": picture}, watching) if detector else []
    boxes = [f["box"] for f in found if str(f["label"]).casefold() == "person"]
    return [[b["xmin"], b["ymin"], b["xmax"] - b["xmin"], b["ymax"] - b["ymin"]] for b in boxes] or [
        [0, 0, picture.width, picture.height]
    ]


def drawn(picture: Image, people: list[list[float]], model: Any, processor: Any) -> Image:
    """The poses of people, on black."""
    import PIL.Image
    import PIL.ImageDraw
    import torch

    inputs = processor(picture, boxes=[people], return_tensors="pt").to(model.device, model.dtype)
    with torch.inference_mode():
        outputs = model(
            **inputs, **({"dataset_index": torch.zeros(len(people), dtype=torch.long)} if _experts(model) else {})
        )
    drawing = PIL.Image.new("RGB", picture.size)
    pen = PIL.ImageDraw.Draw(drawing)
    for person in processor.post_process_pose_estimation(outputs, boxes=[people])[0]:
        joints = {
            int(i): tuple(at)
            for i, at, s in zip(person["labels"], person["keypoints"].tolist(), person["scores"], strict=True)
            if s > SURE
        }
        _draw_person(pen, joints, max(2, min(picture.size) // 128))
    return drawing


def _experts(model: Any) -> bool:
    return int(getattr(model.config.backbone_config, "num_experts", 1)) > 1


def _draw_person(pen: Any, joints: dict[int, Any], width: int) -> None:
    if {5, 6} <= joints.keys():
        joints[NECK] = tuple((a + b) / 2 for a, b in zip(joints[5], joints[6], strict=True))
    for number, (one, other) in enumerate(_LIMBS):
        if one in joints and other in joints:
            pen.line([joints[one], joints[other]], fill=_colour(number), width=width)
    for number, (x, y) in joints.items():
        pen.ellipse([x - width, y - width, x + width, y + width], fill=_colour(number))


def _colour(number: int) -> Sequence[int]:
    return tuple(round(255 * part) for part in colorsys.hsv_to_rgb(number / 18, 1, 1))
