"""The 23 tools of TaskBench's Hugging Face domain (arXiv 2311.18760), and how our task types answer to them."""

from __future__ import annotations

import re

from ...tasks import Task

# tool | what it takes | what it gives
_TABLE = """
Token Classification         | text       | text
Translation                  | text       | text
Summarization                | text       | text
Question Answering           | text       | text
Conversational               | text       | text
Text Generation              | text       | text
Sentence Similarity          | text       |
Tabular Classification       | image      | text
Object Detection             | image      | text
Image Classification         | image      | text
Image-to-Image               | image      | image
Image-to-Text                | image      | text
Text-to-Image                | text       | image
Text-to-Video                | text       | video
Visual Question Answering    | image text | text
Document Question Answering  | image text | text
Image Segmentation           | image      | image
Depth Estimation             | image      | image
Text-to-Speech               | text       | audio
Automatic Speech Recognition | audio      | text
Audio-to-Audio               | audio      | audio
Audio Classification         | audio      | text
Image Editing                | text image | image
"""
_ROWS = [[cell.strip() for cell in row.split("|")] for row in _TABLE.strip().splitlines()]
TOOLS: tuple[str, ...] = tuple(row[0] for row in _ROWS)
"""The benchmark's tool names, in its order."""
TAKES = {name: frozenset(takes.split()) for name, takes, _ in _ROWS}
GIVES = {name: frozenset(gives.split()) for name, _, gives in _ROWS}

_OTHERS = {
    "text2text-generation": "Text Generation", "fill-mask": "Text Generation", "image-text-to-text": "Visual Question Answering",
    "text-classification": "Token Classification", "zero-shot-classification": "Token Classification", "feature-extraction": "Token Classification",
    "table-question-answering": "Question Answering", "tabular-regression": "Tabular Classification",
    "zero-shot-image-classification": "Image Classification", "image-feature-extraction": "Image Classification", "video-classification": "Image Classification",
    "zero-shot-object-detection": "Object Detection", "mask-generation": "Image Segmentation", "image-to-image": "Image Editing",
    "text-to-audio": "Text-to-Speech", "zero-shot-audio-classification": "Audio Classification", "image-to-video": "Text-to-Video",
}  # fmt: skip
_BY_TYPE = {tool.lower().replace(" ", "-"): tool for tool in TOOLS} | _OTHERS
_RESTYLED = re.compile(
    r"styl|enhanc|quality|domain|transform|resolution|upscal|sharp|denois|improv|characteristic|sketch|painting|cartoon|filter",
    re.IGNORECASE,
)


def tool_of(task: Task) -> str:
    """The benchmark's name for a task: an instructed edit is "Image Editing", a change of style or quality "Image-to-Image"."""
    if task.type == "image-to-image":
        return (
            "Image-to-Image"
            if _RESTYLED.search(f"{task.purpose} {task.arguments.get('text', '')}")
            else "Image Editing"
        )
    return _BY_TYPE.get(task.type, "Image-to-Image")
