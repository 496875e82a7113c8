"""What providers do: which of them the client can call for which task type, and what the Hub calls it.

The table is that of ``huggingface_hub`` 2.4; a test compares it with the library that is installed.
"""

from __future__ import annotations

from collections.abc import Mapping

CHAT = "conversational"
"""What the Hub calls a chat in a model's mappings."""

_CHATS = frozenset({CHAT})

CALLABLE: Mapping[str, frozenset[str]] = {
    "baseten": _CHATS,
    "cerebras": _CHATS,
    "cohere": _CHATS,
    "deepinfra": _CHATS | {"automatic-speech-recognition", "feature-extraction", "text-generation", "text-to-speech"},
    "fal-ai": frozenset({
        "automatic-speech-recognition", "image-segmentation", "image-to-image", "image-to-video", "text-to-image",
        "text-to-speech", "text-to-video",
    }),
    "featherless-ai": _CHATS | {"text-generation"},
    "fireworks-ai": _CHATS,
    "groq": _CHATS,
    "hf-inference": _CHATS | {
        "audio-classification", "audio-to-audio", "automatic-speech-recognition", "document-question-answering",
        "feature-extraction", "fill-mask", "image-classification", "image-segmentation", "image-to-image",
        "image-to-text", "object-detection", "question-answering", "sentence-similarity", "summarization",
        "table-question-answering", "tabular-classification", "text-classification", "text-generation",
        "text-to-image", "text-to-speech", "token-classification", "translation", "visual-question-answering",
        "zero-shot-classification", "zero-shot-image-classification",
    },
    "novita": _CHATS | {"text-generation", "text-to-video"},
    "nscale": _CHATS | {"text-to-image"},
    "ovhcloud": _CHATS,
    "publicai": _CHATS,
    "replicate": frozenset({
        "automatic-speech-recognition", "image-to-image", "text-to-image", "text-to-speech", "text-to-video",
    }),
    "scaleway": _CHATS | {"feature-extraction"},
    "together": _CHATS | {
        "feature-extraction", "image-to-image", "image-to-video", "text-generation", "text-to-image",
        "text-to-speech", "text-to-video",
    },
    "wavespeed": frozenset({"image-to-image", "image-to-video", "text-to-image", "text-to-video"}),
    "zai-org": _CHATS | {"text-to-image"},
}  # fmt: skip
"""The tasks of the Hub that the client can call with a Hugging Face token, by provider."""

WRITTEN_BY_CHAT = frozenset({"text-generation", "text2text-generation", "conversational"})
SEEN_BY_CHAT = frozenset({
    "image-text-to-text", "image-to-text", "visual-question-answering", "document-question-answering",
})  # fmt: skip
"""The task types that chat models do for us, those that take no pictures and those that do."""

TYPES = frozenset().union(*CALLABLE.values(), WRITTEN_BY_CHAT, SEEN_BY_CHAT)
"""The task types that some provider does."""

BY_URL = CALLABLE["hf-inference"] | WRITTEN_BY_CHAT | SEEN_BY_CHAT
"""The task types that a server at a URL does: it is called as hf-inference is."""


def hub_tag(task_type: str) -> str:
    """Return the pipeline tag under which the Hub lists the models that do a task type at providers."""
    if task_type in WRITTEN_BY_CHAT:
        return "text-generation"
    return "image-text-to-text" if task_type in SEEN_BY_CHAT else task_type


def does(provider: str, hub_task: str, task_type: str) -> bool:
    """Whether a model that a provider serves for a task of the Hub can do a task type, called by the client."""
    if hub_task not in CALLABLE.get(provider, ()):
        return False
    if task_type in WRITTEN_BY_CHAT:
        return hub_task == CHAT
    if task_type in SEEN_BY_CHAT and hub_task == CHAT:
        return provider != "hf-inference"  # called there for models of the type's own
    return hub_task == task_type
