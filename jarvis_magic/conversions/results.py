"""From what an expert or a function returned to the resource its task type gives."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import PurePath
from typing import Any

from ..errors import ConversionError, EndpointError
from ..kinds import Answer, Box, Kind, Label, Mask, Missing, Token
from ..media import Audio, Video
from ..values import Resource
from .arrays import array_of, audio_of_array, image_of_array, is_array, vector_of
from .inputs import read_value
from .plain import fields_of, simple
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
        detail = f" ({_without_stop(error)})" if isinstance(error, ConversionError) else ""
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


def _entries(value: Any) -> Mapping[str, Any]:
    """The named parts of a dict, a record, or an object with attributes."""
    if isinstance(value, Mapping):
        return value
    fields = fields_of(value)
    if fields is None and hasattr(value, "__dict__"):
        fields = vars(value)
    if fields is None:
        raise ConversionError("It has no named parts.")
    return fields


def _part(value: Any, *names: str) -> Any:
    """The first of the named parts that is there."""
    entries = _entries(value)
    for name in names:
        if entries.get(name) is not None:
            return simple(entries[name])
    msg = f"it has no {names[0]!r}"
    raise ConversionError(msg)


def _only(value: Any) -> Any:
    """The single item of a list of one, as pipelines return for one input; anything else as it is."""
    return value[0] if isinstance(value, list | tuple) and len(value) == 1 else value


def _text(value: Any) -> str:
    value = _only(value)
    if isinstance(value, str):
        return value
    found = _part(value, "generated_text", "summary_text", "translation_text", "text", "answer")
    if isinstance(found, list):  # a conversation: what was said last
        found = _part(found[-1], "content")
    if not isinstance(found, str):
        raise ConversionError("its text is no str")
    return found


def _image(value: Any) -> Any:
    value = _only(value)
    if isinstance(value, Mapping):
        value = _part(value, "depth", "image", "images")
    if is_array(value) and array_of(value).ndim == 4 and len(value) == 1:
        value = value[0]
    return image_of_array(value) if is_array(value) else _inferred(value, "image")


def _audio(value: Any) -> Audio:
    value = _only(value)
    if not isinstance(value, Mapping | Audio | tuple | bytes) and hasattr(value, "audio"):
        value = _entries(value)
    if isinstance(value, Mapping) and "sampling_rate" in value:
        samples = _part(value, "audio", "array", "raw")
        array = array_of(samples) if is_array(samples) else samples
        while is_array(array) and array.ndim > 1 and array.shape[0] == 1:
            array = array[0]
        return audio_of_array(array, value["sampling_rate"])
    if isinstance(value, Mapping):
        value = _part(value, "audio", "blob")
    found = _inferred(value, "audio", "video")
    return found.audio if isinstance(found, Video) and found.audio is not None else found


def _video(value: Any) -> Video:
    value = _only(value)
    return _inferred(_part(value, "video") if isinstance(value, Mapping) else value, "video")  # type: ignore[no-any-return]


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


def _list(value: Any, *, record: type) -> list[Any]:
    """A list of what was returned: as it is, or a list of the one record."""
    value = value[0] if isinstance(value, list | tuple) and len(value) == 1 and isinstance(value[0], list) else value
    if isinstance(value, list | tuple) and not hasattr(value, "_fields"):
        return list(value)
    if isinstance(value, record | Mapping) or fields_of(value) is not None:
        return [value]
    msg = f"it is no list of {record.__name__}"
    raise ConversionError(msg)


def _score(value: Any) -> float:
    entries = _entries(value)
    return float(simple(entries.get("score", 1.0) if entries.get("score") is not None else 1.0))


def _labels(value: Any) -> list[Label]:
    if isinstance(value, str):
        return [Label(value, 1.0)]
    if isinstance(value, Mapping) and {"labels", "scores"} <= set(value):
        return [Label(str(n), float(s)) for n, s in zip(value["labels"], value["scores"], strict=True)]
    if isinstance(value, Mapping) and value and all(isinstance(simple(score), int | float) for score in value.values()):
        return [Label(str(name), float(score)) for name, score in value.items()]
    return [_label(item) for item in _list(value, record=Label)]


def _label(item: Any) -> Label:
    if isinstance(item, Label):
        return item
    if isinstance(item, str):
        return Label(item, 1.0)
    return Label(str(_part(item, "label", "token_str")), _score(item))


def _box(item: Any) -> Box:
    if isinstance(item, Box):
        return item
    entries = _entries(item)
    corners: Any = entries.get("box", item)
    if isinstance(corners, Sequence) or is_array(corners):
        places = [float(corner) for corner in corners]
    else:
        places = [float(_part(corners, name)) for name in ("xmin", "ymin", "xmax", "ymax")]
    xmin, ymin, xmax, ymax = places
    return Box(str(_part(item, "label")), _score(item), xmin, ymin, xmax, ymax)


def _masks(value: Any) -> list[Mask]:
    if isinstance(value, Mapping) and "masks" in value:
        masks = list(value["masks"])
        scores = [float(score) for score in value.get("scores", [1.0] * len(masks))]
        return [_mask({"label": "", "mask": m, "score": s}) for m, s in zip(masks, scores, strict=True)]
    return [_mask(item) for item in _list(value, record=Mask)]


def _mask(item: Any) -> Mask:
    if isinstance(item, Mask):
        return item
    drawn = _part(item, "mask")
    image = image_of_array(drawn) if is_array(drawn) and not hasattr(drawn, "convert") else _inferred(drawn, "image")
    return Mask(str(_entries(item).get("label") or ""), _score(item), image.convert("L"))


def _token(item: Any) -> Token:
    if isinstance(item, Token):
        return item
    start, end = (int(_part(item, name)) for name in ("start", "end"))
    return Token(
        str(_part(item, "text", "word")), str(_part(item, "label", "entity_group", "entity")), _score(item), start, end
    )


def _answer(value: Any) -> Answer:
    value = value[0] if isinstance(value, list | tuple) and value else value
    if isinstance(value, Answer):
        return value
    if isinstance(value, str):
        return Answer(value)
    entries = _entries(value)
    start, end = (None if entries.get(name) is None else int(entries[name]) for name in ("start", "end"))
    return Answer(str(entries["answer"]), _score(value), start, end)


def _number(value: Any) -> int | float:
    value = simple(_only(value))
    if isinstance(value, bool) or not isinstance(value, int | float) or value != value:
        raise ConversionError("it is no number")
    return value


_READERS: Mapping[str, Callable[[Any], Any]] = {
    "text": _text,
    "image": _image,
    "audio": _audio,
    "video": _video,
    "table": _table,
    "labels": _labels,
    "boxes": lambda value: [_box(item) for item in _list(value, record=Box)],
    "masks": _masks,
    "tokens": lambda value: [_token(item) for item in _list(value, record=Token)],
    "answer": _answer,
    "vector": vector_of,
    "number": _number,
    "json": lambda value: value if isinstance(value, str) else read_value(value, opening=False).value,
}
