"""Which function loads a model of which family."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from . import answers, captions, diffusion, enlarging, meaning, pipelines, poses, regions, sequences, voices, writing
from .expert import Expert, Setting

FAMILIES: Mapping[str, Callable[[Setting], Expert]] = {
    "pipeline": pipelines.load,
    "documents": pipelines.load_for_documents,
    "seeing": captions.load_seeing,
    "captions": captions.load,
    "writing": writing.load,
    "sequences": sequences.load,
    "extraction": answers.load_extraction,
    "questions": answers.load_questions,
    "meaning": meaning.load,
    "enlarging": enlarging.load,
    "poses": poses.load,
    "regions": regions.load,
    "speech": voices.load_speech,
    "voices": voices.load_conversion,
    "diffusion": diffusion.load,
    "control": diffusion.load_control,
}
"""The loaders, by the names of `jarvis_magic.model_files.purposes`."""
