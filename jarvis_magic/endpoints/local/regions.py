"""Every region of a picture, without names (Segment Anything), by asking about a grid of points.

The pipeline of ``transformers`` does this with torchvision; here regions that overlap are compared as they are.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from jarvis_magic.errors import EndpointRejected
from jarvis_magic.kinds import Mask
from jarvis_magic.pipeline_calls import Watching

from .expert import Expert, Setting, Values, model_of, part_of

GRID, BATCH = 16, 64
"""Points along each side, and how many are asked about at once."""
SURE = 0.88
"""The quality, as the model foretells it, from which a region counts."""
SAME = 0.7
"""The overlap (intersection over union) from which two regions are one."""
MOST_GRID = 64


def load(setting: Setting) -> Expert:
    """Load a model of the family of Segment Anything."""
    model, processor = model_of("AutoModelForMaskGeneration", setting), part_of("AutoProcessor", setting)

    def divide(task_type: str, values: Values, watching: Watching) -> list[Mask]:  # noqa: ARG001 - as every expert is called
        options = {"grid": GRID, "quality": SURE, **(values.get("options") or {})}
        if set(options) != {"grid", "quality"} or not 1 <= int(options["grid"]) <= MOST_GRID:
            msg = (
                f'This model has the options "grid" (points along each side, 1 to {MOST_GRID}) and "quality" (0 to 1).'
            )
            raise EndpointRejected(msg)
        found = asked(values["image"].convert("RGB"), model, processor, int(options["grid"]), watching)
        return list(distinct([region for region in found if region[0] >= float(options["quality"])]))

    return Expert(divide, [model])


def asked(picture: Any, model: Any, processor: Any, grid: int, watching: Watching) -> list[tuple[float, Any]]:
    """The best region at each point: its quality, and its pixels as booleans."""
    import torch

    steps = [(i + 0.5) / grid for i in range(grid)]
    points = [[x * picture.width, y * picture.height] for y in steps for x in steps]
    seen, found = None, []
    for start in range(0, len(points), BATCH):
        watching(start, len(points))
        batch = [[[point] for point in points[start : start + BATCH]]]
        inputs = processor(picture, input_points=batch, return_tensors="pt").to(model.device)
        sizes = inputs.pop("original_sizes"), inputs.pop("reshaped_input_sizes")
        pixels = inputs.pop("pixel_values").to(model.dtype)
        with torch.inference_mode():
            seen = model.get_image_embeddings(pixels) if seen is None else seen
            made = model(image_embeddings=seen, **inputs)
        masks = processor.image_processor.post_process_masks(made.pred_masks.float().cpu(), *(s.cpu() for s in sizes))[
            0
        ]
        scores, best = made.iou_scores[0].float().cpu().max(dim=-1)
        found += [(float(s), masks[i, int(b)].numpy()) for i, (s, b) in enumerate(zip(scores, best, strict=True))]
    return found


def distinct(regions: list[tuple[float, Any]]) -> Iterator[Mask]:
    """The regions that are not another one again, the best first."""
    import PIL.Image

    kept: list[Any] = []
    for score, pixels in sorted(regions, key=lambda region: region[0], reverse=True):
        if pixels.any() and all((pixels & other).sum() < SAME * (pixels | other).sum() for other in kept):
            kept.append(pixels)
            yield Mask("", min(1.0, max(0.0, score)), PIL.Image.fromarray(pixels))
