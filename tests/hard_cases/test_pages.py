"""The pages of hard cases and weaknesses: fresh, complete, and about tests that exist."""

from __future__ import annotations

import ast
import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest

from .weaknesses import AREAS, Weakness

ROOT = Path(__file__).parent.parent.parent
WEAKNESSES = [weakness for area in AREAS.values() for weakness in area]


def loaded() -> ModuleType:
    """The script as a module."""
    spec = importlib.util.spec_from_file_location("hard_cases_table", ROOT / "scripts" / "hard_cases_table.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # where its dataclasses look for it
    spec.loader.exec_module(module)
    return module


TABLE = loaded()
CASES = {number: tests for section in TABLE.sections() for number, tests in section.cases.items()}


def test_the_pages_are_what_the_tests_say() -> None:
    """Run ``python scripts/hard_cases_table.py`` after a change."""
    assert TABLE.stale() == []


def test_every_case_is_there_in_its_order() -> None:
    """All forty-seven, each in one file."""
    assert list(CASES) == list(range(1, 48))


@pytest.mark.parametrize("number", CASES)
def test_every_case_is_told(number: int) -> None:
    """What it is, what the reference does, and what is done here; nothing else follows the first line."""
    told = CASES[number][0]
    assert told.said[0].endswith((".", "?"))
    assert told.part("Reference").endswith(".")
    assert told.part("Here").endswith(".")
    assert len(told.said) == 3, told.said
    assert all(len(test.said) == 1 for test in CASES[number][1:])


def test_every_weakness_is_there() -> None:
    """All sixty-four, and no other is named."""
    numbers = [weakness.number for weakness in WEAKNESSES]
    assert numbers == [f"W{i}" for i in range(1, 65)]
    assert set(TABLE.tests_by_weakness()) <= set(numbers)


@pytest.mark.parametrize("weakness", WEAKNESSES, ids=lambda weakness: weakness.number)
def test_every_weakness_has_its_tests(weakness: Weakness) -> None:
    """In the suite or elsewhere; those that are named exist."""
    assert weakness.places or TABLE.tests_by_weakness().get(weakness.number)
    for file, name in weakness.places:
        functions = ast.walk(ast.parse((ROOT / file).read_text(encoding="utf-8")))
        assert name in {node.name for node in functions if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)}
