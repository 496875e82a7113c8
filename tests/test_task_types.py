"""The table of task types: complete, and exactly the ports of the design."""

from __future__ import annotations

import re
from pathlib import Path

import huggingface_hub
import pytest

from jarvis_magic.kinds import Kind
from jarvis_magic.task_types import OPTIONS_PORT, TASK_TYPES, WITHOUT_KIND, types_giving

HUGGINGGPT = """
token-classification text2text-generation summarization translation question-answering conversational text-generation
sentence-similarity tabular-classification object-detection image-classification image-to-image image-to-text
text-to-image text-to-video visual-question-answering document-question-answering image-segmentation depth-estimation
text-to-speech automatic-speech-recognition audio-to-audio audio-classification canny-control hed-control mlsd-control
normal-control openpose-control canny-text-to-image depth-text-to-image hed-text-to-image mlsd-text-to-image
normal-text-to-image openpose-text-to-image seg-text-to-image
""".split()  # noqa: SIM905 (thirty-five names read best as text)

TRANSFORMERS = """
audio-classification automatic-speech-recognition text-to-audio feature-extraction text-classification
token-classification question-answering table-question-answering visual-question-answering document-question-answering
fill-mask summarization translation text2text-generation text-generation zero-shot-classification
zero-shot-image-classification zero-shot-audio-classification image-classification image-feature-extraction
image-segmentation image-to-text image-text-to-text object-detection zero-shot-object-detection depth-estimation
video-classification mask-generation image-to-image keypoint-matching any-to-any
""".split()  # noqa: SIM905

PORTS = {
    "text-generation text2text-generation conversational summarization text-classification token-classification "
    "feature-extraction fill-mask": "text: text",
    "translation": "text: text, target_language: text, source_language?: text",
    "zero-shot-classification": "text: text, labels: list[text]",
    "zero-shot-image-classification zero-shot-object-detection": "image: image, labels: list[text]",
    "zero-shot-audio-classification": "audio: audio, labels: list[text]",
    "question-answering": "question: text, context: text",
    "visual-question-answering document-question-answering": "question: text, image: image",
    "table-question-answering": "question: text, table: table",
    "sentence-similarity": "text: text, other: text",
    "image-to-text image-classification object-detection image-segmentation mask-generation depth-estimation "
    "image-feature-extraction canny-control hed-control mlsd-control openpose-control normal-control depth-control "
    "seg-control scribble-control": "image: image",
    "image-to-image canny-text-to-image hed-text-to-image mlsd-text-to-image openpose-text-to-image "
    "normal-text-to-image depth-text-to-image seg-text-to-image scribble-text-to-image": "image: image, text: text",
    "text-to-image": "text: text, seed?: number, width?: number, height?: number",
    "image-text-to-text": "text: text, images: list[image]",
    "text-to-speech text-to-audio": "text: text, voice?: text, language?: text",
    "automatic-speech-recognition": "audio: audio, language?: text",
    "audio-classification audio-to-audio": "audio: audio",
    "text-to-video": "text: text",
    "image-to-video": "image: image, text?: text",
    "video-classification": "video: video",
    "tabular-classification tabular-regression": "table: table, target: text",
}


def written(name: str) -> str:
    """The ports of a type as the table writes them, without the options that every type has."""
    ports = TASK_TYPES[name].ports[:-1]
    return ", ".join(f"{port.name}{'?' if port.optional else ''}: {port.kind}" for port in ports)


def test_the_ports_are_those_of_the_design() -> None:
    """Every type has the ports the design says, no more and no fewer."""
    wanted = {name: ports for names, ports in PORTS.items() for name in names.split()}
    assert {name: written(name) for name in TASK_TYPES} == wanted


@pytest.mark.parametrize("name", TASK_TYPES)
def test_every_type_takes_options_and_says_what_it_does(name: str) -> None:
    """Experts' own knobs have one place, and every type a line for people and controllers."""
    task_type = TASK_TYPES[name]
    assert task_type.ports[-1] == OPTIONS_PORT
    assert task_type.by_name.keys() == {port.name for port in task_type.ports}
    assert re.fullmatch(r"[A-Z][^|]{10,80}[^.]", task_type.description)


def test_every_task_that_huggingface_hub_can_call_is_known() -> None:
    """The Hub's client has no task that we neither plan nor explain."""
    folder = Path(huggingface_hub.__file__).parent / "inference" / "_generated" / "types"
    tags = {path.stem.replace("_", "-") for path in folder.glob("*.py")} - {"--init--", "base"}
    assert len(tags) > 30
    assert tags - set(TASK_TYPES) - set(WITHOUT_KIND) == set()


def test_every_task_of_hugginggpt_can_be_planned() -> None:
    """All thirty-five task names of the paper's planner are task types."""
    assert len(HUGGINGGPT) == 35
    assert set(HUGGINGGPT) <= set(TASK_TYPES)


def test_every_pipeline_of_transformers_is_known() -> None:
    """Every pipeline task is planned, or said why not."""
    assert set(TRANSFORMERS) - set(TASK_TYPES) - set(WITHOUT_KIND) == set()


def test_what_cannot_be_planned_says_why() -> None:
    """A type is in one of the two lists, and its reason reads as the end of a sentence."""
    assert not set(TASK_TYPES) & set(WITHOUT_KIND)
    assert all(reason and not reason.endswith(".") and reason[0].islower() for reason in WITHOUT_KIND.values())


def test_types_by_what_they_give() -> None:
    """The types that give a kind can be asked for."""
    assert {t.name for t in types_giving(Kind("number"))} == {"sentence-similarity"}
