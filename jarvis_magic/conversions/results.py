"""From what an expert or a function returned to the resource its task type gives."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from pathlib import PurePath
from typing import Any

from ..errors import ConversionError, EndpointError
from ..kinds import Kind, Missing
from ..media import Audio, Video
from ..values import Resource
from .arrays import array_of, audio_of_array, image_of_array, is_array, vector_of
from .inputs import read_value
from .plain import simple
from .records import answer_of, boxes_of, entries_of, labels_of, masks_of, part_of, tokens_of
from .tables import is_frame, table_of_frame, table_of_records


def from_expert(value: object, kind: Kind, *, model: str) -> Resource:
    """Return the resource in what an expert returned.

    Besides the Python types of each kind, it takes what libraries return for it: the dicts of ``transformers``
    pipelines, the objects of ``huggingface_hub``, arrays and tensors, bytes of media files, ``(rate, samples)``,
    records of a frame. A str is never opened as a path or URL.

    Parameters
    ----------
    value
        What was returned.
    kind
        What the task gives.
    model
        Who returned it, for messages.

    Raises
    ------
    EndpointError
        If it is not of the kind; the sentence says what came.
    """
    try:
        return Resource(kind, _value(value, kind))
    except (ConversionError, ValueError, LookupError, AttributeError, TypeError, OverflowError) as error:
        is_said = isinstance(value, int | float) and kind != "number"  # it is a number, and has no parts to look at
        tells = isinstance(error, ConversionError) and not is_said
        detail = f" ({_without_stop(error)})" if tells else ""
        msg = f"{model} returned {_came(value)}, where {kind.phrase} is needed{detail}."
        raise EndpointError(msg) from error


def _without_stop(error: Exception) -> str:
    return str(error).rstrip(".")


def _came(value: object) -> str:
    if value is None:
        return "nothing (None)"
    if isinstance(value, Mapping):
        return f"an object with {', '.join(map(repr, list(value)[:6])) or 'nothing in it'}"
    if isinstance(value, list | tuple):
        return f"a list of {len(value)}" + (f", the first {type(value[0]).__name__}" if value else "")
    if is_array(value):
        return f"an array of shape {array_of(value).shape}"
    return f"{'an' if type(value).__name__[:1].lower() in 'aeiou' else 'a'} {type(value).__name__}"


def _value(value: Any, kind: Kind) -> Any:
    if isinstance(value, Missing):
        return value
    if kind.depth:
        if not isinstance(value, list | tuple):
            raise ConversionError("It is no list.")
        return [_value(item, kind.listed(-1)) for item in value]
    return _READERS[kind](simple(value))


def _only(value: Any) -> Any:
    """The single item of a list of one, as pipelines return for one input; anything else as it is."""
    return value[0] if isinstance(value, list | tuple) and len(value) == 1 else value


def _text(value: Any) -> str:
    value = _only(value)
    if isinstance(value, str):
        return value
    found = part_of(value, "generated_text", "summary_text", "translation_text", "text", "answer")
    if isinstance(found, list):  # a conversation: what was said last
        found = part_of(found[-1], "content")
    if not isinstance(found, str):
        raise ConversionError("its text is no str")
    return found


def _image(value: Any) -> Any:
    value = _only(value)
    if isinstance(value, Mapping):
        value = part_of(value, "depth", "image", "images")
    if is_array(value) and array_of(value).ndim == 4 and len(value) == 1:
        value = value[0]
    return image_of_array(value) if is_array(value) else _inferred(value, "image")


def _audio(value: Any) -> Audio:
    value = _only(value)
    if not isinstance(value, Mapping | Audio | tuple | bytes) and hasattr(value, "audio"):
        value = entries_of(value)
    if isinstance(value, Mapping) and "sampling_rate" in value:
        samples = part_of(value, "audio", "array", "raw")
        array = array_of(samples) if is_array(samples) else samples
        while is_array(array) and array.ndim > 1 and array.shape[0] == 1:
            array = array[0]
        return audio_of_array(array, value["sampling_rate"])
    if isinstance(value, Mapping):
        value = part_of(value, "audio", "blob")
    found = _inferred(value, "audio", "video")
    return found.audio if isinstance(found, Video) and found.audio is not None else found


def _video(value: Any) -> Video:
    value = _only(value)
    return _inferred(part_of(value, "video") if isinstance(value, Mapping) else value, "video")  # type: ignore[no-any-return]


def _inferred(value: Any, *kinds: str) -> Any:
    """The value of an object that says itself what it is, if it is of one of the kinds."""
    if isinstance(value, str | PurePath):
        raise ConversionError("a str or path is not opened when a model returns it; return the object itself")
    found = read_value(value, opening=False)
    if found.kind not in kinds:
        msg = f"it is {found.kind.phrase}"
        raise ConversionError(msg)
    return found.value


def _table(value: Any) -> Any:
    return table_of_frame(value) if is_frame(value) else table_of_records(value)


def _number(value: Any) -> int | float:
    value = simple(_only(value))
    if isinstance(value, bool) or not isinstance(value, int | float) or math.isnan(value):
        raise ConversionError("it is no number")
    return value


_READERS: Mapping[str, Callable[[Any], Any]] = {
    "text": _text,
    "image": _image,
    "audio": _audio,
    "video": _video,
    "table": _table,
    "labels": labels_of,
    "boxes": boxes_of,
    "masks": masks_of,
    "tokens": tokens_of,
    "answer": answer_of,
    "vector": vector_of,
    "number": _number,
    "json": lambda value: value if isinstance(value, str) else read_value(value, opening=False).value,
}
