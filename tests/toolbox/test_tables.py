"""Predicting columns, and answering questions about tables."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest

from jarvis_magic.errors import EndpointRejected

Ask = Callable[..., Any]
Notes = Callable[..., str]


def flats(rows: int = 90) -> pd.DataFrame:
    """Make a table with every sort of column in which the price follows from size and city."""
    chance = np.random.default_rng(0)
    table = pd.DataFrame(
        {
            "city": chance.choice(["Rome", "Oslo", "Lima"], rows),
            "size": chance.integers(20, 120, rows),
            "balcony": chance.random(rows) > 0.5,
            "built": pd.date_range("1990-01-01", periods=rows, freq="ME"),
            "ad": chance.choice(
                ["bright rooms with a view", "needs some love and paint", "quiet and close to the park"], rows
            ),
            "owner": [f"owner {i}" for i in range(rows)],
        },
        index=range(1000, 1000 + rows),
    )
    table["price"] = 3.0 * table["size"] + 100 * (table["city"] == "Rome") + chance.normal(0, 5, rows)
    table["dear"] = np.where(table["price"] > table["price"].median(), "yes", "no")
    return table


def test_the_table_comes_back_with_a_column_of_predictions(ask: Ask) -> None:
    """Rows, order, index and other columns stay as they are; the given table is not changed."""
    given = flats()
    result = ask("sklearn-numbers", table=given, target="price")

    assert list(result.columns) == [*flats().columns, "price_predicted"]
    pd.testing.assert_frame_equal(result[flats().columns], flats())
    pd.testing.assert_frame_equal(given, flats())


def test_numbers_are_predicted_well_where_they_follow_from_the_rest(ask: Ask, notes: Notes) -> None:
    """The error is far below that of the mean, and both are said."""
    result = ask("sklearn-numbers", table=flats().drop(columns="dear"), target="price")
    said = notes("sklearn-numbers", table=flats().drop(columns="dear"), target="price")

    assert (result["price"] - result["price_predicted"]).abs().mean() < 15
    assert "always saying the mean would be off by" in said


def test_classes_keep_their_type(ask: Ask) -> None:
    """Strings stay strings, numbers numbers, truth values truth values."""
    table = flats()
    table["rooms"] = (table["size"] // 40).astype("int64")
    for target in ("dear", "rooms", "balcony"):
        predicted = ask("sklearn-classes", table=table, target=target)[f"{target}_predicted"]
        assert set(predicted) <= set(table[target])
        assert predicted.dtype == table[target].dtype


def test_rows_without_a_value_are_predicted_too(ask: Ask, notes: Notes) -> None:
    """That is what predictions are for."""
    table = flats()
    table.loc[1003:1007, "dear"] = None

    assert ask("sklearn-classes", table=table, target="dear")["dear_predicted"].notna().all()
    assert "5 rows were predicted where 'dear' is missing, from the 85 others." in notes(
        "sklearn-classes", table=table, target="dear"
    )


def test_missing_values_categories_dates_and_infinity_are_taken(ask: Ask) -> None:
    """A real table has holes."""
    table = flats()
    table["size"] = table["size"].astype(float)
    table.loc[1000:1004, "size"] = [np.nan, np.inf, -np.inf, np.nan, 50]
    table.loc[1005:1010, "city"] = None
    table.loc[1011:1012, "built"] = pd.NaT
    table["city"] = table["city"].astype("category")
    table["empty"] = None
    table["lists"] = [[1, 2]] * len(table)

    assert ask("sklearn-numbers", table=table, target="price")["price_predicted"].notna().all()


def test_own_names_are_left_out_and_this_is_said(notes: Notes) -> None:
    """A name tells nothing about the next row."""
    assert "Left out, because nearly every row has a value of its own: 'owner'." in notes(
        "sklearn-classes", table=flats(), target="dear"
    )


def test_predictions_of_a_former_run_are_not_learned_from(ask: Ask) -> None:
    """A second run does not become perfect by reading the first one's answer."""
    once = ask("sklearn-classes", table=flats(), target="balcony")
    once["balcony_predicted"] = once["balcony"]
    twice = ask("sklearn-classes", table=once, target="balcony")

    assert (twice["balcony_predicted"] == twice["balcony"]).mean() < 0.8


def test_a_hopeless_target_is_called_hopeless(notes: Notes) -> None:
    """Noise cannot be predicted, and the user is told not to rely on it."""
    table = pd.DataFrame({"a": np.arange(60.0), "coin": np.random.default_rng(4).choice(["heads", "tails"], 60)})
    table["coin"] = ["heads"] * 31 + ["tails"] * 29
    table["a"] = np.random.default_rng(3).normal(size=60)

    assert "Do not rely on these predictions." in notes("sklearn-classes", table=table, target="coin")


@pytest.mark.parametrize(
    ("expert", "target", "sentence"),
    [
        (
            "sklearn-numbers",
            "prize",
            r"There is no column 'prize'; did you mean 'price' or 'size'\? The table has 'city', 'size'",
        ),
        ("sklearn-numbers", "dear", r"holds '(yes|no)', which is no finite number; ask for tabular-classification"),
        ("sklearn-numbers", "built", r"holds '1990-01-31 00:00:00', which is no finite number"),
        (
            "sklearn-classes",
            "price",
            r"holds 90 different values in 90 rows, so they are no classes; ask for tabular-regression",
        ),
        ("sklearn-classes", "owner", r"holds 90 different values in 90 rows, so they are no classes\."),
        ("sklearn-classes", "same", r"holds only 'x'; at least two classes are needed"),
        ("sklearn-classes", "few", r"Column 'few' is known in 3 rows; at least 10 are needed"),
        ("sklearn-classes", "lists", r"holds list objects, which are no classes"),
    ],
)
def test_what_cannot_be_predicted_is_refused(ask: Ask, expert: str, target: str, sentence: str) -> None:
    """With the name of the column, and what to do instead."""
    table = flats().assign(
        same="x", few=np.where(np.arange(90) < 3, 1.0, np.nan), lists=pd.Series([[1]] * 90, index=flats().index)
    )

    with pytest.raises(EndpointRejected, match=sentence):
        ask(expert, table=table, target=target)


def test_tables_that_teach_nothing_are_refused(ask: Ask) -> None:
    """No other column, two columns of a name, too many rows."""
    with pytest.raises(EndpointRejected, match="no column to predict 'dear' from"):
        ask("sklearn-classes", table=flats()[["dear", "owner"]], target="dear")
    with pytest.raises(EndpointRejected, match="several columns named 'dear'"):
        ask("sklearn-classes", table=pd.concat([flats(), flats()[["dear"]]], axis=1), target="dear")
    with pytest.raises(EndpointRejected, match=r"`table\.sample\(200000\)`"):
        ask("sklearn-classes", table=pd.DataFrame({"a": np.zeros(200_001), "b": 1}), target="b")


# Questions

CITIES = pd.DataFrame(
    {
        "city": ["Rome", "Oslo", "Lima", "Graz", "New York"],
        "country": ["Italy", "Norway", "Peru", "Austria", "United States"],
        "population": [2_800_000, 700_000, 10_000_000, 290_000, 8_300_000],
        "mean_temp": [15.7, 6.3, 19.2, 9.4, None],
        "continent": ["Europe", "Europe", "South America", "Europe", "North America"],
    }
)


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("How many rows are there?", "5"),
        ("How many cities are in Europe?", "3"),
        ("What is the population of Oslo?", "700000"),
        ("In which country is Graz?", "Austria"),
        ("Which city has the highest population?", "Lima"),
        ("What is the smallest city in Europe by population?", "Graz"),
        ("What is the lowest population?", "290000"),
        ("What is the total population of Rome and Oslo?", "3500000"),
        ("What is the average mean temp in Europe?", "10.4667"),
        ("What is the median population?", "2800000"),
        ("How many different continents are there?", "3"),
        ("Which cities have a population over 2,500,000?", "Rome, Lima, New York"),
        ("How many cities have a population of at most 700000?", "2"),
        ("How many inhabitants does New York have?", "8300000"),
    ],
)
def test_questions_are_answered(ask: Ask, question: str, answer: str) -> None:
    """Counts, look-ups, extremes, sums and means, of all rows or of some."""
    assert ask("table-answers", question=question, table=CITIES).answer == answer


def test_the_reading_is_told(notes: Notes) -> None:
    """A misunderstanding is seen at once."""
    said = notes("table-answers", question="What is the total population in Europe?", table=CITIES)

    assert said == "Read as: sum of 'population' where 'continent' is Europe."


@pytest.mark.parametrize(
    ("question", "sentence"),
    [
        ("What is the mean price?", r"it names no column of numbers \(there are 'population', 'mean_temp'\)"),
        ("Tell me a joke", r"it names no column \(there are 'city', 'country'"),
        ("Which city is the coldest?", r"'coldest' is not understood"),
        ("What is the mean temp of New York?", r"no row has a value in 'mean_temp'"),
        (" ", r"There is nothing to answer"),
    ],
)
def test_what_is_not_understood_is_not_answered(ask: Ask, question: str, sentence: str) -> None:
    """No number is made up."""
    with pytest.raises(EndpointRejected, match=sentence):
        ask("table-answers", question=question, table=CITIES)


def test_an_empty_table_has_no_answers(ask: Ask) -> None:
    """And this is said."""
    with pytest.raises(EndpointRejected, match="The table is empty"):
        ask("table-answers", question="How many rows?", table=CITIES[:0])


def test_columns_of_any_name_and_kind_are_taken(ask: Ask) -> None:
    """Numbers as names, dates, lists and truth values are no bug."""
    table = pd.DataFrame(
        {0: [1, 2], "when": pd.to_datetime(["2024-01-01", "2025-01-01"]), "ok": [True, False], "list": [[1], [2]]}
    )

    assert ask("table-answers", question="How many rows are there?", table=table).answer == "2"
