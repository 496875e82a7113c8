"""The table of what can be done and where: fresh, and true row by row."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

from jarvis_magic.catalogue import ChatCatalogue, FunctionCatalogue, KnownCatalogue, ToolboxCatalogue, UrlCatalogue
from jarvis_magic.chat import chat_model
from jarvis_magic.endpoints.wires import CHATS, WIRES
from jarvis_magic.experts import expert, forget
from jarvis_magic.keys import Keys
from jarvis_magic.model_selection import rank
from jarvis_magic.options import Options
from jarvis_magic.store import FileCache
from jarvis_magic.task_types import TASK_TYPES
from jarvis_magic.tasks import Task

SCRIPT = Path(__file__).parent.parent / "scripts" / "coverage_table.py"


def loaded() -> ModuleType:
    """The script as a module."""
    spec = importlib.util.spec_from_file_location("coverage_table", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


TABLE = loaded()


def test_the_page_is_what_the_code_says() -> None:
    """Run ``python scripts/coverage_table.py`` after a change."""
    assert TABLE.PAGE.read_text(encoding="utf-8") == TABLE.page()


def test_every_task_type_is_done_by_something_besides_a_function() -> None:
    """Whatever the page lists can be used without writing code."""
    done = {n for n in TASK_TYPES if any(column(n) for kind, column in TABLE.COLUMNS.items() if kind != "function")}
    assert TASK_TYPES.keys() == done


@pytest.mark.parametrize("task_type", TASK_TYPES)
async def test_each_row_is_true(task_type: str, tmp_path: Path) -> None:
    """A kind of endpoint is in the row if its catalogue has a candidate, and its call a form."""
    row = {kind: bool(column(task_type)) for kind, column in TABLE.COLUMNS.items()}
    toolbox = await ToolboxCatalogue().candidates(task_type, 20)
    chat = await ChatCatalogue(chat_model("m", base_url="http://localhost:1/v1", keys=Keys()), "yes").candidates(task_type, 20)  # fmt: skip
    (url,) = await UrlCatalogue().candidates(task_type, 20, "https://me.example/x")
    assert row["toolbox"] == bool(toolbox)
    assert row["chat model"] == bool(chat)
    assert row["URL"] == (url.unavailable is None)
    assert not (row["providers"] or row["URL"]) or task_type in WIRES or task_type in CHATS
    known = await KnownCatalogue(Keys(), FileCache(tmp_path)).candidates(task_type, 20)
    assert not known or row["providers"]


@pytest.mark.parametrize("task_type", TASK_TYPES)
async def test_a_function_does_any_task_type_and_goes_first(task_type: str) -> None:
    """By its decorator alone."""

    @expert(task_type, name="mine")
    def mine(**values: object) -> object:
        return values

    try:
        here = (
            *await ToolboxCatalogue().candidates(task_type, 20),
            *await FunctionCatalogue().candidates(task_type, 20),
        )
        assert rank(Task("t", task_type, {}), here, Options()).usable[0].model == "mine"
    finally:
        forget("mine")
