"""The text form of values: what stands in a prompt, in a longer text, or is read aloud."""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ..errors import ConversionError
from ..kinds import Answer, Box, Kind, Label, Mask, Missing, Token, opened
from ..wellformed import WITH_TEXT_FORM
from .plain import jsonable
from .plurals import counted

MOST_ROWS = 20
"""How many rows of a table its text form shows."""
MOST_COLUMNS = 12
"""How many columns of a table its text form shows."""
_CELL = 80  # characters
_LABELS = 5


def has_text_form(kind: Kind) -> bool:
    """Whether values of a kind have a text form; lists have one if their items do."""
    return kind.base in WITH_TEXT_FORM


def text_form(value: Any, kind: Kind) -> str:
    """Return the text form of a value: a text itself, ``"2 people, 1 dog"``, a numbered list, a small table.

    Parameters
    ----------
    value
        A value of `kind`; items of a list that are `Missing` are left out.
    kind
        Its kind.

    Raises
    ------
    ConversionError
        If the kind has no text form; the sentence says which task makes a text of it.
    """
    if not has_text_form(kind):
        msg = f"{kind.phrase[0].upper()}{kind.phrase[1:]} has no text form; {_INSTEAD[kind.base]}."
        raise ConversionError(msg)
    value = opened(value)
    if kind.depth:
        return numbered([text_form(item, kind.listed(-1)) for item in value if not isinstance(item, Missing)])
    return _FORMS[kind](value)


_INSTEAD = {
    "image": "put an image-to-text task (a caption) between",
    "audio": "put an automatic-speech-recognition task (a transcript) between",
    "video": "put a task on its '.frames' or its '.audio' between",
    "masks": "refer to its labels, '[*].label'",
    "vector": "refer to what it was made from",
}


def numbered(texts: Sequence[str]) -> str:
    """Texts as a numbered list, the lines of each under one another."""
    lines = []
    for number, text in enumerate(texts, 1):
        mark = f"{number}. "
        lines.append(mark + text.replace("\n", "\n" + " " * len(mark)))
    return "\n".join(lines)


def _number(value: float) -> str:
    if isinstance(value, int) or not math.isfinite(value):
        return str(value)
    if value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return f"{value:.6g}" if abs(value) < 1e6 else f"{value:.2f}"


def _percent(score: float) -> str:
    return f"{score:.0%}" if score >= 0.01 or score == 0 else "under 1%"


def _labels(labels: Sequence[Label]) -> str:
    return ", ".join(f"{label.label} ({_percent(label.score)})" for label in labels[:_LABELS]) or "no label"


def _boxes(boxes: Sequence[Box]) -> str:
    return counted(box.label for box in boxes) or "nothing"


def _tokens(tokens: Sequence[Token]) -> str:
    found = Counter((token.text, token.label) for token in tokens)
    return ", ".join(f"{text} ({label})" for text, label in found) or "nothing"


def _answer(answer: Answer) -> str:
    return answer.answer


def _json(value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, int | float) and not isinstance(value, bool):
        return _number(value)
    record = next((form for record, form in _ONE_RECORD.items() if isinstance(value, record)), None)
    return record(value) if record else json.dumps(jsonable(value), ensure_ascii=False)


_ONE_RECORD: dict[type, Callable[[Any], str]] = {
    Label: lambda label: _labels([label]),
    Box: lambda box: _boxes([box]),
    Token: lambda token: _tokens([token]),
    Mask: lambda mask: mask.label,
    Answer: _answer,
}


def table_text(table: Any, rows: int = MOST_ROWS, columns: int = MOST_COLUMNS) -> str:
    """The beginning of a DataFrame as a Markdown table, and how much more there is."""
    shown = table.iloc[:rows, :columns]
    lines = [[_cell(name) for name in shown.columns], ["---"] * len(shown.columns)]
    lines += [[_cell(value) for value in row] for row in shown.itertuples(index=False, name=None)]
    text = "\n".join("| " + " | ".join(line) + " |" for line in lines)
    more = [
        f"{count:,} more {what}"
        for count, what in ((len(table) - rows, "rows"), (len(table.columns) - columns, "columns"))
        if count > 0
    ]
    return f"{text}\n… and {' and '.join(more)}" if more else text


def _cell(value: Any) -> str:
    text = _number(value) if isinstance(value, float) else " ".join(str(value).split()).replace("|", "\\|")
    return text if len(text) <= _CELL else text[: _CELL - 1] + "…"


_FORMS: Mapping[str, Callable[[Any], str]] = {
    "text": str,
    "number": _number,
    "labels": _labels,
    "boxes": _boxes,
    "tokens": _tokens,
    "answer": _answer,
    "table": table_text,
    "json": _json,
}
