"""What models are for: every class that ``transformers`` names for a task is told right, and so are chains."""

from __future__ import annotations

from typing import Any

import pytest

from jarvis_magic.model_files.purposes import Facts, types_of_chain, types_of_model

pytestmark = pytest.mark.local


def classes(mapping: str) -> list[str]:
    """The classes that ``transformers`` lists for one of its Auto classes."""
    import transformers.models.auto.modeling_auto as auto

    named: Any = getattr(auto, f"MODEL_FOR_{mapping}_MAPPING_NAMES").values()
    return sorted({name for entry in named for name in ([entry] if isinstance(entry, str) else entry)})


WHOLE = {
    "AUDIO_CLASSIFICATION": "audio-classification",
    "CTC": "automatic-speech-recognition",
    "DEPTH_ESTIMATION": "depth-estimation",
    "DOCUMENT_QUESTION_ANSWERING": "document-question-answering",
    "IMAGE_CLASSIFICATION": "image-classification",
    "IMAGE_TO_IMAGE": "image-to-image",
    "IMAGE_TEXT_TO_TEXT": "image-to-text",
    "INSTANCE_SEGMENTATION": "image-segmentation",
    "MASK_GENERATION": "mask-generation",
    "OBJECT_DETECTION": "object-detection",
    "SEMANTIC_SEGMENTATION": "image-segmentation",
    "TABLE_QUESTION_ANSWERING": "table-question-answering",
    "TOKEN_CLASSIFICATION": "token-classification",
    "UNIVERSAL_SEGMENTATION": "image-segmentation",
    "VIDEO_CLASSIFICATION": "video-classification",
    "ZERO_SHOT_OBJECT_DETECTION": "zero-shot-object-detection",
}


@pytest.mark.parametrize("mapping", WHOLE)
def test_the_classes_of_a_task_are_for_it(mapping: str) -> None:
    """Most of them: a few do something else as well, and are for that."""
    names = classes(mapping)
    told = [name for name in names if WHOLE[mapping] in types_of_model(Facts("x/y", name))]
    assert len(told) >= 0.8 * len(names), sorted(set(names) - set(told))


@pytest.mark.parametrize(
    ("architecture", "type_"),
    [
        ("WhisperForConditionalGeneration", "automatic-speech-recognition"),
        ("MusicgenForConditionalGeneration", "text-to-audio"),
        ("BarkModel", "text-to-speech"),
        ("BlipForQuestionAnswering", "visual-question-answering"),
        ("MarianMTModel", "translation"),
        ("PegasusForConditionalGeneration", "summarization"),
        ("VisionEncoderDecoderModel", "image-to-text"),
        ("SiglipModel", "zero-shot-image-classification"),
    ],
)
def test_names_that_say_little(architecture: str, type_: str) -> None:
    """Classes for conditional generation do very different things."""
    assert next(iter(types_of_model(Facts("x/y", architecture)))) == type_


def test_a_model_made_for_one_task_does_that_alone() -> None:
    """A T5 whose card says translation is no summariser."""
    assert list(types_of_model(Facts("x/y", "T5ForConditionalGeneration", tag="translation"))) == ["translation"]


@pytest.mark.parametrize(
    ("architecture", "types"),
    [
        ("StableDiffusionXLPipeline", {"text-to-image", "image-to-image"}),
        ("StableDiffusionInstructPix2PixPipeline", {"image-to-image"}),
        ("StableVideoDiffusionPipeline", {"image-to-video"}),
        ("WanPipeline", {"text-to-video"}),
        ("WanImageToVideoPipeline", {"image-to-video"}),
        ("AudioLDM2Pipeline", {"text-to-audio"}),
        ("StableDiffusionInpaintPipeline", set()),
        ("DDPMPipeline", set()),
    ],
)
def test_chains(architecture: str, types: set[str]) -> None:
    """By the name of the pipeline."""
    assert set(types_of_chain(Facts("x/y", architecture))) == types


@pytest.mark.parametrize(
    ("name", "types"),
    [
        ("lllyasviel/sd-controlnet-canny", {"canny-text-to-image"}),
        ("lllyasviel/control_v11p_sd15_normalbae", {"normal-text-to-image"}),
        ("lllyasviel/control_v11p_sd15_softedge", {"hed-text-to-image"}),
    ],
)
def test_a_controlnet_follows_what_its_name_says(name: str, types: set[str]) -> None:
    """Its files do not."""
    assert set(types_of_chain(Facts(name, "ControlNetModel"))) == types
