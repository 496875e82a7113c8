# mypy: disable-error-code="no-untyped-call"
"""Cells planned without a chat model: what nobody understood stops, and how sure the planner was is told."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from IPython.core.interactiveshell import InteractiveShell
from traitlets.config import Config

from jarvis_magic import Plan, Run, Task
from jarvis_magic.kinds import Kind
from jarvis_magic.notebook.explaining import explained
from jarvis_magic.values import Attempt, Resource, Success


@pytest.fixture
def shell() -> Iterator[InteractiveShell]:
    """A shell with the extension."""
    InteractiveShell.clear_instance()
    config = Config()
    config.HistoryManager.enabled = False
    made = InteractiveShell.instance(config=config)
    made.run_line_magic("load_ext", "jarvis_magic")
    yield made
    made.run_line_magic("unload_ext", "jarvis_magic")
    InteractiveShell.clear_instance()


@pytest.mark.parametrize("quiet", ["", "-q"])
def test_what_nobody_understood_stops_where_nobody_is_asked(shell: InteractiveShell, quiet: str) -> None:
    """Under -y a cell that finds nothing to do says so and stops those after it; a greeting is answered."""
    ended = shell.run_cell(f"%%jarvis -y -m offline {quiet}\nasdf qwer")
    assert "Nothing was done: Not understood, and left out: “asdf qwer”" in str(ended.error_in_exec)
    assert shell.run_cell(f"%%jarvis -y -m offline {quiet}\nhello").success


def test_an_answer_is_not_told_again_as_notes(shell: InteractiveShell, capsys: pytest.CaptureFixture[str]) -> None:
    """Where the notes of a plan without tasks are the answer, they stand there once."""
    shell.run_cell("%%jarvis -y -m offline\nThank you!")
    assert capsys.readouterr().out.count("You are welcome.") == 1


def test_why_tells_how_sure_the_planner_was() -> None:
    """The explanation of a task names its other reading, and not those of other tasks."""
    notes = ["'mood' (57% sure) is read as that of @letter; for that of @short, write “the mood of the summary”."]
    tasks = [Task("short", "summarization", {"text": "hello"}), Task("mood", "text-classification", {"text": "hello"})]
    run = Run(Plan("", {}, tasks, notes=notes))
    assert "57% sure" in explained(run, "mood").caption
    assert "sure" not in explained(run, "short").caption


def test_why_tells_of_ten_thousand_items_in_a_row_each() -> None:
    """What ended alike for many items of a list is told once, with how often."""
    good, bad = (Attempt("mine", "function", 0.001, failure) for failure in (None, "It is too dark."))
    ended = Success(Resource(Kind("list[text]"), ["a"]), "mine", attempts=[good] * 9999 + [bad])
    run = Run(Plan("", {}, [Task("captions", "summarization", {"text": "hello"})]), outcomes={"captions": ended})
    assert [row[3] for row in explained(run, "captions").rows] == ["9,999 times: a result", "It is too dark."]
