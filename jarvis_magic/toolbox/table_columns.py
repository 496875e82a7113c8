"""A table's columns by what they hold, made ready for scikit-learn."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from jarvis_magic.errors import EndpointRejected

if TYPE_CHECKING:
    import pandas as pd

MOST_CATEGORIES = 40
_DATE_PARTS = ("year", "month", "day", "day_of_week", "hour")


@dataclass(frozen=True)
class Features:
    """Columns to predict from: floats, categories and texts as strings.

    ``left_out`` names those that tell nothing: each row has a name or number of its own.
    """

    frame: pd.DataFrame
    numbers: Sequence[str]
    categories: Sequence[str]
    texts: Sequence[str]
    left_out: Sequence[str]


def column_names(table: pd.DataFrame) -> list[str]:
    """Return the names of a table's columns, as texts.

    Raises
    ------
    EndpointRejected
        If several columns have the same name.
    """
    names = [str(name) for name in table.columns]
    if len(set(names)) < len(names):
        msg = f"The table has several columns named {next(n for n in names if names.count(n) > 1)!r}; give each its own name."
        raise EndpointRejected(msg)
    return names


def features_of(frame: pd.DataFrame) -> Features:
    """Sort the columns of a frame with unique names; dates become numbers, missing categories a category."""
    import pandas as pd

    parts: dict[str, pd.Series[Any]] = {}
    numbers: list[str] = []
    sorted_by_content: dict[str, list[str]] = {"category": [], "text": [], "own name": []}
    for name in frame.columns:
        column = frame[name]
        if pd.api.types.is_datetime64_any_dtype(column):
            dated = {f"{name} {part}": getattr(column.dt, part).astype(float) for part in _DATE_PARTS}
            dated[name] = (column - column.min()).dt.total_seconds()
            numbers += dated
            parts |= dated
        elif holds_numbers(column) or pd.api.types.is_timedelta64_dtype(column):
            numbers.append(name)
            parts[name] = _finite(column)
        else:
            written = column.map(str).astype(object).where(column.notna(), "missing")
            parts[name] = written
            sorted_by_content[_content(written)].append(name)
    prepared = pd.DataFrame(parts, index=frame.index)
    return Features(prepared, numbers, *sorted_by_content.values())


def holds_numbers(column: pd.Series[Any]) -> bool:
    """Whether a column holds numbers that can be put in order, or truth values."""
    import pandas as pd

    return pd.api.types.is_numeric_dtype(column) and not pd.api.types.is_complex_dtype(column)


def _finite(column: pd.Series[Any]) -> pd.Series[float]:
    import numpy as np
    import pandas as pd

    seconds = column.dt.total_seconds() if pd.api.types.is_timedelta64_dtype(column) else column
    return pd.to_numeric(seconds, errors="coerce").astype("Float64").astype(float).replace([np.inf, -np.inf], np.nan)


def _content(column: pd.Series[str]) -> str:
    distinct = column.nunique()
    if distinct <= max(2, min(MOST_CATEGORIES, len(column) // 2)):
        return "category"
    if column.str.count(r"\s").mean() >= 2:
        return "text"
    return "category" if distinct <= len(column) / 2 else "own name"
