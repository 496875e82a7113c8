"""How each task type goes over the wire: the client's method, its arguments, and what its result is.

One table for providers and for servers at a URL, since the client speaks to both in the same way.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from jarvis_magic.conversions import audio_wav, image_png
from jarvis_magic.errors import EndpointRejected, EndpointUnavailable, close_matches, either
from jarvis_magic.kinds import WithNotes
from jarvis_magic.prompts import expert_instruction

from .messages import pictures, words

Values: TypeAlias = Mapping[str, Any]
"""The values of a call, by port."""


@dataclass(frozen=True)
class Wire:
    """How a task type goes over the wire.

    Parameters
    ----------
    method
        The method of ``AsyncInferenceClient``.
    arguments
        Its arguments, from the values by port; converts media, so it may take its time.
    result
        What is in the method's result, where it is not the result itself.
    """

    method: str
    arguments: Callable[[Values], dict[str, Any]]
    result: Callable[[Any, Values], Any] = lambda result, _values: result


def arguments_of(wire: Wire, values: Values) -> dict[str, Any]:
    """Return the arguments of a call, the task's own options among them.

    Raises
    ------
    EndpointRejected
        If an option is none that the method takes.
    """
    given = {port: value for port, value in values.items() if port != "options"}
    return _with_options(wire, wire.arguments(given), values.get("options") or {})


def _with_options(wire: Wire, arguments: dict[str, Any], options: Any) -> dict[str, Any]:
    from huggingface_hub import AsyncInferenceClient

    if not isinstance(options, Mapping):
        msg = f"The options of an expert are an object of names and values, not {options!r}."
        raise EndpointRejected(msg)
    parameters = inspect.signature(getattr(AsyncInferenceClient, wire.method)).parameters
    open_ended = any(p.kind is p.VAR_KEYWORD for p in parameters.values())
    taken = {*arguments, *_NOT_OPTIONS}
    known = [name for name in parameters if name not in taken]
    extra = dict(arguments.pop("extra_body", {}))
    for name, value in options.items():
        if name in known or (open_ended and name not in taken):
            arguments[name] = value
        elif "extra_body" in parameters and name not in taken:
            extra[name] = value
        else:
            close = close_matches(str(name), known)
            hint = f"did you mean {either(close)}?" if close else f"there is {either(known)}."
            msg = f"The option {name!r} is none of this expert's; {hint}"
            raise EndpointRejected(msg)
    return {**arguments, "extra_body": extra} if extra else arguments


_NOT_OPTIONS = frozenset({"self", "model", "extra_body", "stream", "stream_options", "details", "kwargs"})
"""What a plan may not set: above all the model, in whose place an address would get the token."""


def wire_for(task_type: str, *, chat: bool) -> Wire | None:
    """Return how a task type goes over the wire: as a chat, or as itself; ``None`` if it does not."""
    return Wire("chat_completion", _messages(task_type), _written) if chat and task_type in CHATS else WIRES.get(task_type)  # fmt: skip


# Arguments


def _text(values: Values) -> dict[str, Any]:
    return {"text": values["text"]}


def _picture(values: Values) -> dict[str, Any]:
    return {"image": _file_of(image_png(values["image"]), "image/png")}


def _sound(values: Values) -> dict[str, Any]:
    return {"audio": _file_of(audio_wav(values["audio"]), "audio/wav")}


def _file_of(content: bytes, mime: str) -> bytes:
    """Bytes that the library sends with their type; Inference Endpoints take no others."""
    from huggingface_hub.inference._common import MimeBytes

    return MimeBytes(content, mime)


def _translation(values: Values) -> dict[str, Any]:
    source, target = values.get("source_language"), values["target_language"]
    return {"text": values["text"], **({"src_lang": source, "tgt_lang": target} if source else {})}


def _speech(values: Values) -> dict[str, Any]:
    return {"text": values["text"], **({"extra_body": {"voice": values["voice"]}} if values.get("voice") else {})}


def _new_picture(values: Values) -> dict[str, Any]:
    numbers = {port: int(values[port]) for port in ("seed", "width", "height") if values.get(port) is not None}
    return {"prompt": values["text"], **numbers}


def _picture_labels(values: Values) -> dict[str, Any]:
    if len(values["labels"]) < 2:
        msg = "Labels are compared with each other: give at least two."
        raise EndpointRejected(msg)
    return {**_picture(values), "candidate_labels": list(values["labels"])}


def _columns(table: Any) -> dict[str, list[str]]:
    """A table as the wire has it: columns of text by name."""
    return {str(name): ["" if cell is None else str(cell) for cell in table[name].tolist()] for name in table.columns}


def _without_target(values: Values) -> dict[str, Any]:
    table, target = values["table"], values["target"]
    if target not in table.columns:
        names = [str(name) for name in table.columns]
        close = close_matches(str(target), names)
        msg = f"The table has no column {target!r}; {f'did you mean {either(close)}?' if close else f'it has {either(names)}.'}"
        raise EndpointRejected(msg)
    return {"table": _columns(table.drop(columns=[target]))}


def _messages(task_type: str) -> Callable[[Values], dict[str, Any]]:
    """The messages of a chat about the values."""

    def arguments(values: Values) -> dict[str, Any]:
        shown = [{"type": "image_url", "image_url": {"url": picture}} for picture in pictures(values)]
        said = words(values)
        return {
            "messages": [
                {"role": "system", "content": expert_instruction(task_type, values)},
                {"role": "user", "content": [{"type": "text", "text": said}, *shown] if shown else said},
            ]
        }

    return arguments


# Results


def _written(result: Any, _values: Values) -> WithNotes:
    """What a chat model wrote."""
    choice = result.choices[0]
    text = str(choice.message.content or "").strip()
    if not text:
        msg = f"{result.model or 'The model'} gave an empty answer; try again, or choose another expert."
        raise EndpointRejected(msg)
    cut = ("It stopped at its length limit; the result is not whole.",) if choice.finish_reason == "length" else ()
    return WithNotes(text, cut)


def _pooled(result: Any, _values: Values) -> Any:
    """One vector: of a model that gives one for each token, their mean."""
    while result.ndim > 1:
        result = result[0] if len(result) == 1 else result.mean(axis=0)
    return result


def _number(result: Any, _values: Values) -> Any:
    return result[0]


def _best_sound(result: Any, _values: Values) -> Any:
    """The first of the recordings, which are decoded already."""
    return _whole(result[0].blob)


def _predicted(result: Any, values: Values) -> Any:
    return values["table"].assign(**{f"{values['target']}_predicted": list(result)})


def _file(result: Any, _values: Values) -> bytes:
    if not result:
        msg = "It gave an empty file; try again, or choose another expert."
        raise EndpointRejected(msg)
    return _whole(bytes(result))


_OPEN_END = 0x7FFF0000
"""What a sound says of its length that was sent while it was made: nothing, or the most there is."""


def _whole(content: bytes) -> bytes:
    """A file that is as long as it says, where it says so: decoders take a WAV that breaks off for a shorter sound."""
    says = int.from_bytes(content[4:8], "little") + 8 if content.startswith(b"RIFF") else 0
    if len(content) < says < _OPEN_END:
        msg = f"Its sound breaks off: {len(content):,} of {says:,} bytes came; try again, or choose another expert."
        raise EndpointUnavailable(msg)
    return content


WIRES: Mapping[str, Wire] = {
    "text-generation": Wire("text_generation", lambda v: {"prompt": v["text"]}),
    "text2text-generation": Wire("text_generation", lambda v: {"prompt": v["text"]}),
    "summarization": Wire("summarization", _text),
    "translation": Wire("translation", _translation),
    "text-classification": Wire("text_classification", _text),
    "token-classification": Wire("token_classification", lambda v: {**_text(v), "aggregation_strategy": "simple"}),
    "zero-shot-classification": Wire(
        "zero_shot_classification", lambda v: {**_text(v), "candidate_labels": list(v["labels"])}
    ),
    "feature-extraction": Wire("feature_extraction", _text, _pooled),
    "fill-mask": Wire("fill_mask", _text),
    "question-answering": Wire(
        "question_answering", lambda v: {"question": v["question"], "context": v["context"]}
    ),
    "sentence-similarity": Wire(
        "sentence_similarity", lambda v: {"sentence": v["text"], "other_sentences": [v["other"]]}, _number
    ),
    "table-question-answering": Wire(
        "table_question_answering", lambda v: {"query": v["question"], "table": _columns(v["table"])}
    ),
    "tabular-classification": Wire("tabular_classification", _without_target, _predicted),
    "image-to-text": Wire("image_to_text", _picture),
    "image-classification": Wire("image_classification", _picture),
    "zero-shot-image-classification": Wire("zero_shot_image_classification", _picture_labels),
    "object-detection": Wire("object_detection", _picture),
    "image-segmentation": Wire("image_segmentation", _picture),
    "visual-question-answering": Wire(
        "visual_question_answering", lambda v: {**_picture(v), "question": v["question"]}
    ),
    "document-question-answering": Wire(
        "document_question_answering", lambda v: {**_picture(v), "question": v["question"]}
    ),
    "image-to-image": Wire("image_to_image", lambda v: {**_picture(v), "prompt": v["text"]}),
    "text-to-image": Wire("text_to_image", _new_picture),
    "text-to-speech": Wire("text_to_speech", _speech, _file),
    "automatic-speech-recognition": Wire("automatic_speech_recognition", _sound),
    "audio-classification": Wire("audio_classification", _sound),
    "audio-to-audio": Wire("audio_to_audio", _sound, _best_sound),
    "text-to-video": Wire("text_to_video", lambda v: {"prompt": v["text"]}, _file),
    "image-to-video": Wire(
        "image_to_video", lambda v: {**_picture(v), **({"prompt": v["text"]} if v.get("text") else {})}, _file
    ),
}  # fmt: skip
"""The task types that the client calls by a method of their own."""

CHATS = frozenset({
    "text-generation", "text2text-generation", "conversational", "image-text-to-text",
    "image-to-text", "visual-question-answering", "document-question-answering",
})  # fmt: skip
"""The task types that a chat model does, the last four if it takes pictures."""

SEEN_AS_THEMSELVES = frozenset({"image-to-text", "visual-question-answering", "document-question-answering"})
"""Those of them that hf-inference does by models of their own; elsewhere a chat model does them."""
