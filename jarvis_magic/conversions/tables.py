"""Tables: pandas and polars frames, table files, and records that become rows."""

from __future__ import annotations

import importlib.util
import io
import itertools
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ..errors import ConfigurationError, ConversionError, MissingExtra
from ..kinds import Missing

if TYPE_CHECKING:
    import pandas as pd

NO_VALUE = Missing("the cell is empty")


def _pandas() -> Any:
    if importlib.util.find_spec("pandas") is None:
        raise MissingExtra("A table", "pandas", "toolbox")
    import pandas as pd

    return pd


def is_frame(value: object) -> bool:
    """Whether a value is a pandas or polars DataFrame."""
    return type(value).__name__.endswith("DataFrame") and hasattr(value, "columns") and hasattr(value, "shape")


def is_series(value: object) -> bool:
    """Whether a value is a pandas or polars Series, or a pandas Index."""
    return _library(value) in ("pandas", "polars") and (hasattr(value, "to_list") or hasattr(value, "tolist"))


def _library(value: object) -> str:
    return type(value).__module__.partition(".")[0]


def table_of_frame(frame: Any) -> pd.DataFrame:
    """The pandas DataFrame of a frame; a pandas one as it is.

    Raises
    ------
    ConversionError
        If it has no columns.
    """
    if hasattr(frame, "iloc"):
        table: pd.DataFrame = frame
    else:
        table = _pandas().DataFrame({name: frame[name].to_list() for name in frame.columns})
    if not len(table.columns):
        msg = "The table is empty: it has no columns."
        raise ConversionError(msg)
    return table


def items_of_series(series: Any) -> list[Any]:
    """The items of a Series as Python objects, `Missing` where there is none."""
    items = list(series)
    absent = series.is_null() if _library(series) == "polars" else series.isna()
    return [NO_VALUE if none else item for item, none in zip(items, absent, strict=True)]


def table_of_records(records: Any) -> pd.DataFrame:
    """A table from a list of objects (rows), or from an object of equally long lists (columns).

    Raises
    ------
    ConversionError
        If it is neither.
    """
    rows = isinstance(records, Sequence) and not isinstance(records, str) and len(records) > 0
    if isinstance(records, Mapping) and records and all(isinstance(c, list | tuple) for c in records.values()):
        lengths = {len(column) for column in records.values()}
        if len(lengths) == 1:
            return table_of_frame(_pandas().DataFrame(dict(records)))
    elif rows and (
        all(isinstance(r, Mapping) for r in records) or all(hasattr(r, "__dataclass_fields__") for r in records)
    ):
        return table_of_frame(_pandas().DataFrame(list(records)))
    msg = "A table is a DataFrame, a list of objects (its rows), or an object of equally long lists (its columns)."
    raise ConversionError(msg)


def table_of_text(text: str, suffix: str) -> pd.DataFrame:
    """A table from the text of a CSV or TSV file; the delimiter is looked for.

    Raises
    ------
    ConversionError
        If it is empty, or its rows do not fit.
    """
    pd = _pandas()
    try:
        return table_of_frame(pd.read_csv(io.StringIO(text), sep=_delimiter(text, suffix)))
    except (pd.errors.EmptyDataError, pd.errors.ParserError, ValueError) as error:
        msg = f"The table cannot be read ({str(error).strip().rstrip('.')}); read it yourself with `pandas.read_csv`, and give the DataFrame."
        raise ConversionError(msg) from error


def _delimiter(text: str, suffix: str) -> str:
    """The delimiter that stands most often in every one of the first lines."""
    if suffix == ".tsv":
        return "\t"
    lines = [line for line in itertools.islice(io.StringIO(text), 20) if line.strip()]
    return max(",;\t|", key=lambda delimiter: min((line.count(delimiter) for line in lines), default=0))


def table_of_bytes(data: bytes, suffix: str) -> pd.DataFrame:
    """A table from the bytes of a Parquet file or an Excel workbook (its first sheet).

    Raises
    ------
    ConfigurationError
        If the library that reads it is not installed.
    ConversionError
        If it is broken.
    """
    pd = _pandas()
    reader, library = (pd.read_excel, "openpyxl") if suffix == ".xlsx" else (pd.read_parquet, "pyarrow")
    if importlib.util.find_spec(library) is None:
        msg = f"Reading this table needs {library}, which is not installed: run `pip install {library}`."
        raise ConfigurationError(msg)
    try:
        return table_of_frame(reader(io.BytesIO(data)))
    except (ValueError, OSError, KeyError) as error:
        msg = f"The table is damaged: it cannot be read ({str(error).splitlines()[0]})."
        raise ConversionError(msg) from error
