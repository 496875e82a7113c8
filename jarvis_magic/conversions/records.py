"""Labels, boxes, masks, tokens and answers, from the many ways in which libraries say them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ..errors import ConversionError
from ..kinds import Answer, Box, Label, Mask, Token
from .arrays import image_of_array, is_array
from .pillow import upright
from .plain import fields_of, simple


def entries_of(value: Any) -> Mapping[str, Any]:
    """The named parts of a dict, a record, or an object with attributes."""
    if isinstance(value, Mapping):
        return value
    fields = fields_of(value)
    if fields is None and hasattr(value, "__dict__"):
        fields = vars(value)
    if fields is None:
        raise ConversionError("It has no named parts.")
    return fields


def part_of(value: Any, *names: str) -> Any:
    """The first of the named parts that is there."""
    entries = entries_of(value)
    for name in names:
        if entries.get(name) is not None:
            return simple(entries[name])
    msg = f"it has no {names[0]!r}"
    raise ConversionError(msg)


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
    entries = entries_of(value)
    return float(simple(entries.get("score", 1.0) if entries.get("score") is not None else 1.0))


def labels_of(value: Any) -> list[Label]:
    """Labels: objects with label and score, an object of scores by label, parallel lists, or a str."""
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
    return Label(str(part_of(item, "label", "token_str")), _score(item))


def boxes_of(value: Any) -> list[Box]:
    """Boxes: objects with label, score and corners, in a box of their own, by name, or as four numbers."""
    return [_box(item) for item in _list(value, record=Box)]


def _box(item: Any) -> Box:
    if isinstance(item, Box):
        return item
    entries = entries_of(item)
    corners: Any = entries.get("box", item)
    if isinstance(corners, Sequence) or is_array(corners):
        places = [float(corner) for corner in corners]
    else:
        places = [float(part_of(corners, name)) for name in ("xmin", "ymin", "xmax", "ymax")]
    xmin, ymin, xmax, ymax = places
    return Box(str(part_of(item, "label")), _score(item), xmin, ymin, xmax, ymax)


def masks_of(value: Any) -> list[Mask]:
    """Masks: objects with label, score and a picture or array, or parallel lists of masks and scores."""
    if isinstance(value, Mapping) and "masks" in value:
        masks = list(value["masks"])
        scores = [float(score) for score in value.get("scores", [1.0] * len(masks))]
        return [_mask({"label": "", "mask": m, "score": s}) for m, s in zip(masks, scores, strict=True)]
    return [_mask(item) for item in _list(value, record=Mask)]


def _mask(item: Any) -> Mask:
    if isinstance(item, Mask):
        return item
    drawn = part_of(item, "mask")
    image = image_of_array(drawn) if is_array(drawn) else upright(drawn)
    return Mask(str(entries_of(item).get("label") or ""), _score(item), image.convert("L"))


def tokens_of(value: Any) -> list[Token]:
    """Tokens: objects with label, score, words, start and end."""
    return [_token(item) for item in _list(value, record=Token)]


def _token(item: Any) -> Token:
    if isinstance(item, Token):
        return item
    start, end = (int(part_of(item, name)) for name in ("start", "end"))
    return Token(
        str(part_of(item, "text", "word")),
        str(part_of(item, "label", "entity_group", "entity")),
        _score(item),
        start,
        end,
    )


def answer_of(value: Any) -> Answer:
    """An answer: the first of several, an object with ``"answer"``, or a str."""
    value = value[0] if isinstance(value, list | tuple) and value else value
    if isinstance(value, Answer):
        return value
    if isinstance(value, str):
        return Answer(value)
    entries = entries_of(value)
    start, end = (None if entries.get(name) is None else int(entries[name]) for name in ("start", "end"))
    return Answer(str(entries["answer"]), _score(value), start, end)
