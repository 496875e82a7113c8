"""Tables: pandas and polars frames, table files, and records that become rows."""

from __future__ import annotations

import importlib.util
import io
import itertools
import zipfile
import zlib
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ..errors import ConfigurationError, ConversionError, MissingExtra
from ..kinds import Missing

if TYPE_CHECKING:
    import pandas as pd

NO_VALUE = Missing("the cell is empty")

MOST_COLUMNS = 10_000
"""How many columns a file's table may have; the time pandas takes grows with their square."""
MOST_CELLS = 100_000_000
"""How many cells a packed table may have."""
MOST_UNPACKED = 1_000_000_000
"""Bytes a workbook may have when it is unpacked."""


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
        return table_of_frame(pd.read_csv(io.StringIO(text), sep=_delimiter(_beginning(text), suffix)))
    except (pd.errors.EmptyDataError, pd.errors.ParserError, ValueError) as error:
        msg = f"The table cannot be read ({str(error).strip().rstrip('.')}); read it yourself with `pandas.read_csv`, and give the DataFrame."
        raise ConversionError(msg) from error


def _beginning(text: str) -> list[str]:
    """The first lines that are not empty.

    Raises
    ------
    ConversionError
        If one has more columns than a table may have.
    """
    lines = [line for line in itertools.islice(io.StringIO(text), 20) if line.strip()]
    if any(line.count(delimiter) > MOST_COLUMNS for line in lines for delimiter in _DELIMITERS):
        msg = f"The table has more than {MOST_COLUMNS:,} columns; read those you need with `pandas.read_csv(…, usecols=…)`, and give the DataFrame."
        raise ConversionError(msg)
    return lines


_DELIMITERS = ",;\t|"


def _delimiter(lines: Sequence[str], suffix: str) -> str:
    """The delimiter that stands most often in every one of some lines."""
    if suffix == ".tsv":
        return "\t"
    return max(_DELIMITERS, key=lambda delimiter: min((line.count(delimiter) for line in lines), default=0))


def table_of_bytes(data: bytes, suffix: str) -> pd.DataFrame:
    """A table from the bytes of a Parquet file or an Excel workbook (its first sheet).

    Raises
    ------
    ConfigurationError
        If the library that reads it is not installed.
    ConversionError
        If it is broken, or has too much in it once it is unpacked.
    """
    pd = _pandas()
    reader, library = (pd.read_excel, "openpyxl") if suffix == ".xlsx" else (pd.read_parquet, "pyarrow")
    if importlib.util.find_spec(library) is None:
        msg = f"Reading this table needs {library}, which is not installed: run `pip install {library}`."
        raise ConfigurationError(msg)
    try:
        _check_unpacked(data, suffix)
        return table_of_frame(reader(io.BytesIO(data)))
    except ConversionError:
        raise
    except (ValueError, LookupError, OSError, TypeError, AttributeError, ArithmeticError, SyntaxError, zipfile.BadZipFile, zlib.error) as error:  # fmt: skip
        msg = f"The table is damaged: it cannot be read ({(str(error) or type(error).__name__).splitlines()[0]:.200})."
        raise ConversionError(msg) from error


def _check_unpacked(data: bytes, suffix: str) -> None:
    """Refuse what is small only because it is packed: no more is unpacked than a file says here."""
    if suffix == ".xlsx":
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            large = sum(part.file_size for part in packed.infolist()) > MOST_UNPACKED
    else:
        from pyarrow.parquet import read_metadata

        said = read_metadata(io.BytesIO(data))
        large = said.num_columns > MOST_COLUMNS or said.num_rows * said.num_columns > MOST_CELLS
    if large:
        msg = "The table is too large once it is unpacked; read the part you need with pandas, and give the DataFrame."
        raise ConversionError(msg)
