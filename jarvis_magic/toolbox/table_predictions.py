"""Predictions of a column of a table from its other columns, by scikit-learn.

A linear model and a forest are tried in cross-validation, and the better one is used. A row whose value is known is
predicted by a model that did not see it, so the new column is an honest picture of how good the predictions are.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from jarvis_magic.errors import EndpointRejected
from jarvis_magic.kinds import WithNotes

from .loading import Knobs, refuse_unknown
from .table_columns import MOST_CATEGORIES, Features, column_names, features_of

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray
    from sklearn.base import BaseEstimator
    from sklearn.pipeline import Pipeline

_FEWEST_ROWS, _MOST_ROWS = 10, 200_000
_MANY_ROWS = 5_000  # from here on gradient boosting alone: faster than a forest and as good
_FOLDS, _SEED = 5, 0


def predict_classes(table: pd.DataFrame, target: str, options: Mapping[str, object] | None = None) -> WithNotes:
    """Predict a column of classes from the other columns.

    Parameters
    ----------
    table
        A row for each example. Numbers, categories, dates, text and missing values are all taken.
    target
        The name of the column to predict; rows where it is missing are predicted too.

    Returns
    -------
    pandas.DataFrame
        The table with a column ``<target>_predicted``; the notes say how good it is.

    Raises
    ------
    EndpointRejected
        If there is no such column, too few of its rows are known, or what it holds are no classes.
    """
    Knobs(options)
    problem = _problem(table, target)
    return _predicted(problem, _Classes.of(problem))


def predict_numbers(table: pd.DataFrame, target: str, options: Mapping[str, object] | None = None) -> WithNotes:
    """Predict a column of numbers from the other columns.

    Parameters, result and errors are those of `predict_classes`, but the target holds numbers.
    """
    Knobs(options)
    problem = _problem(table, target)
    return _predicted(problem, _Numbers.of(problem))


# The problem ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Problem:
    """A table, the column to predict, in which rows it is known, and what to predict it from."""

    table: pd.DataFrame
    target: str
    column: pd.Series[Any]
    known: NDArray[np.bool_]
    features: Features

    @property
    def values(self) -> pd.Series[Any]:
        """The known values."""
        return self.column[self.known]


def _problem(table: pd.DataFrame, target: str) -> _Problem:
    names = column_names(table)
    if target not in names:
        refuse_unknown("column", target, names, f"The table has {', '.join(map(repr, names[:12]))}")
    if len(table) > _MOST_ROWS:
        msg = f"The table has {len(table):,} rows; at most {_MOST_ROWS:,} can be learned from: give `table.sample({_MOST_ROWS})`."
        raise EndpointRejected(msg)
    frame = table.set_axis(names, axis=1).reset_index(drop=True)
    known = frame[target].notna().to_numpy(dtype=bool)
    if known.sum() < _FEWEST_ROWS:
        msg = f"Column {target!r} is known in {known.sum()} rows; at least {_FEWEST_ROWS} are needed to learn from."
        raise EndpointRejected(msg)
    answers = [n for n in names if n == target or n.startswith(f"{target}_predicted")]  # the latter by a former run
    features = features_of(frame.drop(columns=answers))
    if not (features.numbers or features.categories or features.texts):
        msg = f"There is no column to predict {target!r} from."
        raise EndpointRejected(msg)
    return _Problem(table, target, frame[target], known, features)


# Two kinds of target ----------------------------------------------------------------------------------------------


class _Goal(Protocol):
    """What is predicted: as numbers for the models, and back."""

    @property
    def truth(self) -> NDArray[Any]: ...

    def models(self, features: Features) -> dict[str, Pipeline]: ...

    def folds(self) -> Any: ...

    def score(self, guess: NDArray[Any]) -> float:
        """How good a guess is; higher is better."""

    def sentence(self, target: str, guess: NDArray[Any]) -> str:
        """How good it is, in words, beside a guess that looks at nothing."""

    def values(self, guess: NDArray[Any]) -> pd.Series[Any]: ...


@dataclass(frozen=True)
class _Classes:
    truth: NDArray[Any]  # numbers of the classes
    classes: pd.Index[Any]

    @classmethod
    def of(cls, problem: _Problem) -> _Classes:
        import pandas as pd

        values = problem.values
        try:
            truth, classes = pd.factorize(values)
        except TypeError as error:  # lists and the like cannot be compared
            msg = f"Column {problem.target!r} holds {type(values.iloc[0]).__name__} objects, which are no classes."
            raise EndpointRejected(msg) from error
        if len(classes) < 2:
            msg = f"Column {problem.target!r} holds only {classes[0]!r}; at least two classes are needed."
            raise EndpointRejected(msg)
        if len(classes) > len(values) / 3:
            msg = (
                f"Column {problem.target!r} holds {len(classes)} different values in {len(values)} rows, so they are no classes"
                + ("; ask for tabular-regression." if pd.api.types.is_numeric_dtype(values) else ".")
            )
            raise EndpointRejected(msg)
        return cls(truth, pd.Index(classes))

    def models(self, features: Features) -> dict[str, Pipeline]:
        from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier
        from sklearn.linear_model import LogisticRegression

        if len(self.truth) > _MANY_ROWS:
            return {"gradient boosting": _pipeline(features, HistGradientBoostingClassifier(random_state=_SEED))}
        return {
            "a linear model": _pipeline(features, LogisticRegression(max_iter=5000)),
            "a random forest": _pipeline(features, RandomForestClassifier(100, random_state=_SEED)),
        }

    def folds(self) -> Any:
        import numpy as np
        from sklearn.model_selection import KFold, StratifiedKFold

        rarest = int(np.bincount(self.truth).min())
        if rarest < 2:
            return KFold(_FOLDS, shuffle=True, random_state=_SEED)
        return StratifiedKFold(min(_FOLDS, rarest), shuffle=True, random_state=_SEED)

    def score(self, guess: NDArray[Any]) -> float:
        return float((guess == self.truth).mean())

    def sentence(self, target: str, guess: NDArray[Any]) -> str:
        import numpy as np

        always = float(np.bincount(self.truth).max() / len(self.truth))
        right = self.score(guess)
        said = f"{right:.0%} of the known rows of {target!r} are predicted right; always saying the most frequent class would be right in {always:.0%}."
        return said if right > always else f"{said} Do not rely on these predictions."

    def values(self, guess: NDArray[Any]) -> pd.Series[Any]:
        import pandas as pd

        return pd.Series(self.classes.take(guess.astype(int)))


@dataclass(frozen=True)
class _Numbers:
    truth: NDArray[Any]

    @classmethod
    def of(cls, problem: _Problem) -> _Numbers:
        import numpy as np
        import pandas as pd

        values = problem.values
        is_date = pd.api.types.is_datetime64_any_dtype(values)
        is_complex = pd.api.types.is_complex_dtype(values)
        numbers = pd.to_numeric(values.map(str) if is_complex else values, errors="coerce").to_numpy(dtype=float)
        if is_date or not np.isfinite(numbers).all():
            wrong = values[is_date | ~np.isfinite(numbers)].iloc[0]
            msg = f"Column {problem.target!r} holds {str(wrong)!r}, which is no finite number; ask for tabular-classification."
            raise EndpointRejected(msg)
        return cls(numbers)

    def models(self, features: Features) -> dict[str, Pipeline]:
        from sklearn.ensemble import HistGradientBoostingRegressor, RandomForestRegressor
        from sklearn.linear_model import RidgeCV

        if len(self.truth) > _MANY_ROWS:
            return {"gradient boosting": _pipeline(features, HistGradientBoostingRegressor(random_state=_SEED))}
        return {
            "a linear model": _pipeline(features, RidgeCV(alphas=(0.1, 1, 10, 100))),
            "a random forest": _pipeline(features, RandomForestRegressor(100, random_state=_SEED)),
        }

    def folds(self) -> Any:
        from sklearn.model_selection import KFold

        return KFold(_FOLDS, shuffle=True, random_state=_SEED)

    def score(self, guess: NDArray[Any]) -> float:
        return -float(abs(guess - self.truth).mean())

    def sentence(self, target: str, guess: NDArray[Any]) -> str:
        off, always = -self.score(guess), float(abs(self.truth - self.truth.mean()).mean())
        said = f"the predictions of {target!r} are off by {off:.3g} on average; always saying the mean would be off by {always:.3g}."
        return said if off < always else f"{said} Do not rely on these predictions."

    def values(self, guess: NDArray[Any]) -> pd.Series[Any]:
        import pandas as pd

        return pd.Series(guess)


# Learning ---------------------------------------------------------------------------------------------------------


def _predicted(problem: _Problem, goal: _Goal) -> WithNotes:
    import numpy as np

    models, frame = goal.models(problem.features), problem.features.frame
    known, unknown_rows = frame[problem.known], frame[~problem.known]
    guesses = {name: _without_seeing(model, known, goal) for name, model in models.items()}
    best = max(guesses, key=lambda name: goal.score(guesses[name]))
    guess = np.empty(len(frame), dtype=guesses[best].dtype)
    guess[problem.known] = guesses[best]
    notes = [f"By {best}, cross-validated: {goal.sentence(problem.target, guesses[best])}"]
    if len(unknown_rows):
        guess[~problem.known] = models[best].fit(known, goal.truth).predict(unknown_rows)
        notes.append(
            f"{_rows(len(unknown_rows))} predicted where {problem.target!r} is missing, from the {len(known):,} others."
        )
    if problem.features.left_out:
        notes.append(
            f"Left out, because nearly every row has a value of its own: {', '.join(map(repr, problem.features.left_out))}."
        )
    result = problem.table.copy()
    result[f"{problem.target}_predicted"] = goal.values(guess).to_numpy()
    return WithNotes(result, tuple(notes))


def _without_seeing(model: Pipeline, rows: pd.DataFrame, goal: _Goal) -> NDArray[Any]:
    """Predict each row by a model of the rows outside its fold."""
    from sklearn.model_selection import cross_val_predict

    guess: NDArray[Any] = cross_val_predict(model, rows, goal.truth, cv=goal.folds())
    return guess


def _pipeline(features: Features, model: BaseEstimator) -> Pipeline:
    from sklearn.compose import ColumnTransformer
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.impute import SimpleImputer
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import OneHotEncoder, StandardScaler

    numbers = make_pipeline(
        SimpleImputer(strategy="median", add_indicator=True, keep_empty_features=True), StandardScaler()
    )
    categories = OneHotEncoder(handle_unknown="ignore", max_categories=MOST_CATEGORIES, sparse_output=False)
    texts = [(f"text {name}", TfidfVectorizer(max_features=200), name) for name in features.texts]
    columns = [
        ("numbers", numbers, list(features.numbers)),
        ("categories", categories, list(features.categories)),
        *texts,
    ]
    return make_pipeline(ColumnTransformer(columns, sparse_threshold=0), model)


def _rows(count: int) -> str:
    return "1 row was" if count == 1 else f"{count:,} rows were"
