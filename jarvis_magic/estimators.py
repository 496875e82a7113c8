"""Estimators of scikit-learn, recognised by their looks, as functions of a task's ports."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from .errors import EndpointRejected, UnknownName
from .kinds import Label

if TYPE_CHECKING:
    import pandas as pd

TASKS = ("tabular-classification", "tabular-regression", "text-classification")
"""What an estimator can be offered for."""


def is_estimator(value: object) -> bool:
    """Whether an object is an estimator that predicts, or a pipeline that ends with one."""
    return not isinstance(value, type) and hasattr(value, "get_params") and hasattr(value, "predict")


def predictor(estimator: Any, task_type: str) -> Callable[..., object]:
    """Return a function of the ports of one of `TASKS` that predicts with a fitted estimator."""
    return _text_classifier(estimator) if task_type == "text-classification" else _column_predictor(estimator)


def _column_predictor(estimator: Any) -> Callable[..., object]:
    def predict(table: pd.DataFrame, target: str) -> pd.DataFrame:
        columns = list(getattr(estimator, "feature_names_in_", [name for name in table.columns if name != target]))
        for name in columns:
            if name not in table.columns:
                advice = f"the {type(estimator).__name__} was fitted with it"
                raise EndpointRejected(str(UnknownName("column", str(name), map(str, table.columns), advice)))
        return table.assign(**{f"{target}_predicted": estimator.predict(table[columns])})

    return predict


def _text_classifier(estimator: Any) -> Callable[..., object]:
    def classify(text: str) -> list[Label]:
        if not hasattr(estimator, "predict_proba"):
            return [Label(str(estimator.predict([text])[0]), 1.0)]
        scores = zip(estimator.classes_, estimator.predict_proba([text])[0], strict=True)
        return sorted((Label(str(name), float(score)) for name, score in scores), key=lambda label: -label.score)

    return classify
