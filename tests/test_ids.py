"""Ids: which names may be bound, and how the nearest allowed one is found."""

from __future__ import annotations

import keyword

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jarvis_magic.ids import LONGEST, RUN_ATTRIBUTES, id_problem, valid_id
from jarvis_magic.values import Run


@pytest.mark.parametrize("name", ["caption", "a", "t2", "a_b_", "x" * LONGEST])
def test_ids_that_are_allowed(name: str) -> None:
    """Lower-case names of up to forty characters are ids."""
    assert id_problem(name) is None


@pytest.mark.parametrize(
    "name", ["", "Caption", "_x", "2nd", "ünder", "a b", "x" * (LONGEST + 1), "a-b", "caption\n", *keyword.kwlist]
)
def test_ids_that_are_not(name: str) -> None:
    """What Python or our rule does not allow as a name is refused with a reason."""
    assert id_problem(name)


@pytest.mark.parametrize("name", ["print", "list", "display", "get_ipython", "match", "response", "outputs"])
def test_nothing_is_hidden(name: str) -> None:
    """A name that would hide something of Python, IPython or the run is refused."""
    assert "hide" in str(id_problem(name))


def test_every_attribute_of_a_run_is_reserved() -> None:
    """A result can never hide what a Run says of itself."""
    public = {name for name in (*vars(Run), *Run.__dataclass_fields__) if not name.startswith("_")}
    assert public == RUN_ATTRIBUTES


@pytest.mark.parametrize(
    ("wanted", "taken", "found"),
    [
        ("Caption", (), "caption"),
        ("my photo!", (), "my_photo"),
        ("photo", ("photo",), "photo_2"),
        ("photo", ("photo", "photo_2"), "photo_3"),
        ("2nd", (), "t_2nd"),
        ("", (), "result"),
        ("日本", (), "result"),
        ("print", (), "print_2"),
    ],
)
def test_the_nearest_id(wanted: str, taken: tuple[str, ...], found: str) -> None:
    """A wanted name is folded, and numbered where it is taken."""
    assert valid_id(wanted, taken) == found


@given(st.text(), st.lists(st.text()))
def test_whatever_is_wanted_an_allowed_id_comes(wanted: str, taken: list[str]) -> None:
    """Any text leads to an allowed id that is not taken."""
    name = valid_id(wanted, taken)
    assert id_problem(name) is None
    assert name not in taken
