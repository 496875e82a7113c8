"""Questions about a table, read as one query: which rows, which column, and what to do with its values.

Understood are counts, sums, means, medians, extremes and look-ups, of rows that name a value of the table or compare a
column with a number. The reading is always told, so that a misunderstanding is seen.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from jarvis_magic.errors import EndpointRejected
from jarvis_magic.kinds import Answer, WithNotes

from .loading import Knobs, some_text
from .sentences import telling_stems
from .table_columns import column_names, holds_numbers

if TYPE_CHECKING:
    import pandas as pd

_MOST_VALUES_LISTED, _MOST_VALUES_COMPARED = 20, 20_000
_SURE = 0.8  # that the question was read as it was meant

# How an operation is said, the longest ways first; what they are called in a note.
_OPERATIONS: tuple[tuple[str, str], ...] = (
    ("number of different values", r"how many (?:different|distinct|unique)|number of (?:different|distinct|unique)"),
    ("mean", r"\b(?:average|mean)\b"),
    ("median", r"\bmedian\b"),
    ("sum", r"\b(?:total|sum|altogether|in all|combined)\b"),
    (
        "maximum",
        r"\b(?:highest|largest|biggest|greatest|most|maximum|max|top|oldest|tallest|longest|heaviest|latest|best|fastest)\b",
    ),
    (
        "minimum",
        r"\b(?:lowest|smallest|least|fewest|minimum|min|youngest|shortest|lightest|earliest|cheapest|worst|slowest)\b",
    ),
    ("count", r"\bhow many\b|\bnumber of\b|\bcount\b"),
)
_SAID_OF = {
    "age": r"\b(?:old|older|oldest|young|younger|youngest)\b",
    "price": r"\b(?:expensive|cheap|cheaper|cheapest|cost|costs)\b",
    "height": r"\b(?:tall|taller|tallest)\b",
    "weight": r"\b(?:heavy|heavier|heaviest|light|lightest|weigh|weighs)\b",
    "length": r"\b(?:long|longer|longest)\b",
    "population": r"\b(?:inhabitants|people|populous)\b",
}
_COMPARISONS: tuple[tuple[str, str, Callable[[float, Any], Any]], ...] = (
    ("at least", r"at least|no less than|>=", lambda limit, values: values >= limit),
    ("at most", r"at most|no more than|up to|<=", lambda limit, values: values <= limit),
    (
        "more than",
        r"(?:more|greater|larger|higher|older|bigger) than|over|above|after|>",
        lambda limit, values: values > limit,
    ),
    (
        "less than",
        r"(?:less|fewer|smaller|lower|younger|cheaper) than|under|below|before|<",
        lambda limit, values: values < limit,
    ),
)
_COMPARED = re.compile(
    r"(?<!\w)(?:"
    + "|".join(f"(?P<{name.replace(' ', '_')}>{said})" for name, said, _ in _COMPARISONS)
    + r")\s*(?P<number>-?\d+(?:\.\d+)?)"
)


def answer_from_table(question: str, table: pd.DataFrame, options: Mapping[str, object] | None = None) -> WithNotes:
    """Answer a question from a table.

    Parameters
    ----------
    question
        In English, with the columns named nearly as in the table: ``"What is the mean price in Rome?"``.
    table
        Any table.

    Returns
    -------
    Answer
        A number, a value, or values with commas between; a note says how the question was read.

    Raises
    ------
    EndpointRejected
        If the question is empty or not understood, no row fits, or several columns have the same name.
    """
    Knobs(options)
    some_text(question, "to answer")
    if not len(table.columns) or table.empty:
        msg = "The table is empty, so there is nothing to answer from."
        raise EndpointRejected(msg)
    query = _read(question, table)
    return WithNotes(Answer(query.answer(), _SURE), (f"Read as: {query.said}.",))


@dataclass(frozen=True)
class _Query:
    """Which rows, which column, what is done with its values, and how that is said."""

    rows: pd.DataFrame
    operation: str
    column: str | None
    shown: str | None  # the column that is told of the row with the extreme
    said: str

    def answer(self) -> str:
        """Carry it out."""
        if self.column is None:
            return str(len(self.rows))
        values = self.rows[self.column].dropna()
        if values.empty:
            raise _not_answered(f"no row has a value in {self.column!r}")
        if self.shown is not None:
            extreme = int(values.argmax() if self.operation == "maximum" else values.argmin())
            return _written(self.rows[self.shown].loc[values.index[extreme]])
        return _OUTCOMES[self.operation](values)


def _read(question: str, table: pd.DataFrame) -> _Query:
    asked = re.sub(r"(?<=\d),(?=\d{3})", "", question.casefold())
    frame = table.set_axis(column_names(table), axis=1).reset_index(drop=True)
    operation, rest = _operation(asked)
    named = _named_columns(rest, frame)
    filters = [*_comparisons(asked, frame, named), *_values(asked, frame, named)]
    rows = frame
    for condition in filters:
        rows = rows[condition.keeps(rows[condition.column])]
    free = [name for name in named if name not in {f.column for f in filters}]
    if operation == "count" and any(_holds_numbers(frame[name]) for name in free):
        operation = "sum"  # "how many inhabitants does Rome have"
    column = _column(operation, free or named, frame)
    shown = _shown(operation, asked, [name for name in free if name != column], frame)
    said = f"{shown!r} of the row with the {operation}" if shown else operation
    where = f" where {' and '.join(f.said for f in filters)}" if filters else ""
    return _Query(rows, operation, column, shown, f"{said} of {repr(column) if column else 'the rows'}{where}")


def _operation(asked: str) -> tuple[str, str]:
    """What is done with the values, and the question without the words that say it."""
    plain = _COMPARED.sub(" ", asked)
    for name, said in _OPERATIONS:
        if re.search(said, plain):
            return name, re.sub(said, " ", asked, count=1)
    extreme = re.search(r"\b(?!rest\b|west\b|test\b|forest\b|interest\b|request\b)\w{2,}est\b", plain)
    if extreme:
        raise _not_answered(f"{extreme[0]!r} is not understood; say 'highest' or 'lowest' and a column")
    return "value", asked


def _not_answered(reason: str) -> EndpointRejected:
    return EndpointRejected(
        f"The question is not answered, because {reason}; name a column and, for some rows only, a value in it."
    )


# Columns ----------------------------------------------------------------------------------------------------------


def _named_columns(asked: str, frame: pd.DataFrame) -> list[str]:
    """The columns the question names, best named first."""
    stems = set(telling_stems(asked))
    scores = {}
    for name in frame.columns:
        words = set(telling_stems(_words_of(name)))
        implied = any(word in name.casefold() and re.search(said, asked) for word, said in _SAID_OF.items())
        scores[name] = len(words & stems) / len(words) if words & stems else 0.5 * implied
    return sorted((name for name in scores if scores[name]), key=lambda name: -scores[name])


def _words_of(name: str) -> str:
    return re.sub(r"(?<=[a-z])(?=[A-Z])|[\W_]+", " ", name)


def _column(operation: str, named: list[str], frame: pd.DataFrame) -> str | None:
    """The column whose values are wanted; ``None`` where rows are counted."""
    numbers = [name for name in named if _holds_numbers(frame[name])]
    if operation == "count":
        return None
    if operation in _OF_NUMBERS:
        every = [name for name in frame.columns if _holds_numbers(frame[name])]
        if numbers or len(every) == 1:
            return (numbers or every)[0]
        raise _not_answered(f"it names no column of numbers ({_some(every)})")
    if not named:
        raise _not_answered(f"it names no column ({_some(frame.columns)})")
    return named[0]


def _shown(operation: str, asked: str, others: list[str], frame: pd.DataFrame) -> str | None:
    """The city, for "which city has the highest price" and "the largest city"; the first text, for "who"."""
    if operation not in {"maximum", "minimum"}:
        return None
    texts = [name for name in frame.columns if not _holds_numbers(frame[name])]
    named = [name for name in others if name in texts]
    after = re.search(rf"(?:{dict(_OPERATIONS)[operation]}) (\w+)", asked)
    noun = set(telling_stems(after[1])) if after else set()
    if any(noun & set(telling_stems(_words_of(name))) for name in named) or re.search(
        r"\b(?:which|what .* has|when)\b", asked
    ):
        return next(iter([*named, *others]), None)
    return next(iter([*named, *texts]), None) if re.search(r"\b(?:who|whose|where)\b", asked) else None


def _holds_numbers(column: pd.Series[Any]) -> bool:
    import pandas as pd

    return holds_numbers(column) and not pd.api.types.is_bool_dtype(column)


# Rows -------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Filter:
    """A condition on a column, and how it is said."""

    column: str
    said: str
    keeps: Callable[[pd.Series[Any]], pd.Series[bool]]


def _comparisons(asked: str, frame: pd.DataFrame, named: list[str]) -> Iterator[_Filter]:
    """Conditions such as "over 30": of the column of numbers that is named last before it, else of the best named."""
    numbers = [name for name in named if _holds_numbers(frame[name])]
    for match in _COMPARED.finditer(asked) if numbers else ():
        limit = float(match["number"])
        said, keeps = next((said, keeps) for said, _, keeps in _COMPARISONS if match[said.replace(" ", "_")])
        before = reversed(telling_stems(asked[: match.start()]))
        column = next((n for stem in before for n in numbers if stem in telling_stems(_words_of(n))), numbers[0])
        yield _Filter(column, f"{column!r} is {said} {_written(limit)}", functools.partial(keeps, limit))


def _values(asked: str, frame: pd.DataFrame, named: list[str]) -> Iterator[_Filter]:
    """Conditions that a column has a value that stands in the question: a text, or a number of a named column or year."""
    plain = _COMPARED.sub(" ", asked)
    numbers = {int(number) for number in re.findall(r"(?<![\w.])\d+(?![\w.]*\w)", plain)}
    for name in frame.columns:
        found: list[Any]
        if _holds_numbers(frame[name]):
            may = numbers if name in named or name.casefold() == "year" else {n for n in numbers if 1500 <= n < 2100}
            found = sorted(n for n in may if (frame[name] == n).any())
        else:
            texts = frame[name].dropna().astype(str).unique()[:_MOST_VALUES_COMPARED]
            every = [text for text in texts if _stands_in(text, plain)]
            found = [
                text
                for text in every
                if not any(text != other and _stands_in(text, other.casefold()) for other in every)
            ]
        if found:
            yield _Filter(
                name, f"{name!r} is {' or '.join(map(str, found))}", functools.partial(_is_one_of, frozenset(found))
            )


def _is_one_of(wanted: frozenset[Any], values: pd.Series[Any]) -> pd.Series[bool]:
    return values.isin(wanted) if _holds_numbers(values) else values.astype(str).isin(wanted)


def _stands_in(text: str, asked: str) -> bool:
    folded = text.strip().casefold()
    return len(folded) > 1 and re.search(rf"(?<!\w){re.escape(folded)}(?:'s|s)?(?!\w)", asked) is not None


# Values as text ---------------------------------------------------------------------------------------------------


def _written(value: Any) -> str:
    if isinstance(value, float) or hasattr(value, "dtype"):
        number = float(value)
        return (
            str(int(number))
            if number.is_integer()
            else f"{number:.4f}".rstrip("0").rstrip(".")
            if abs(number) >= 0.01
            else f"{number:.4g}"
        )
    return str(value)


def _listed(values: pd.Series[Any]) -> str:
    """The different values, in the order of the table."""
    different = list(dict.fromkeys(_written(value) for value in values.tolist()))
    more = f" and {len(different) - _MOST_VALUES_LISTED} more" if len(different) > _MOST_VALUES_LISTED else ""
    return ", ".join(different[:_MOST_VALUES_LISTED]) + more


def _some(names: Any) -> str:
    listed = [repr(name) for name in names][:10]
    return f"there are {', '.join(listed)}" if listed else "there is none"


_OF_NUMBERS = frozenset({"mean", "median", "sum", "maximum", "minimum"})
_OUTCOMES: dict[str, Callable[[pd.Series[Any]], str]] = {
    "mean": lambda values: _written(values.mean()),
    "median": lambda values: _written(values.median()),
    "sum": lambda values: _written(values.sum()),
    "maximum": lambda values: _written(values.max()),
    "minimum": lambda values: _written(values.min()),
    "number of different values": lambda values: str(values.nunique()),
    "value": _listed,
}
