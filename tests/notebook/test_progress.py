"""How far a run is, as it is told while it runs: one line in the notebook, a line now and then in a terminal."""

from __future__ import annotations

import pytest

from jarvis_magic.events import Approved, Drafted, TaskEnded, TaskProgressed, TaskStarted
from jarvis_magic.kinds import Kind
from jarvis_magic.notebook.progress import Progress
from jarvis_magic.notebook.terminal import TerminalView
from jarvis_magic.notebook.views import live_html
from jarvis_magic.plans import Plan
from jarvis_magic.tasks import Task
from jarvis_magic.testing import proposal, resource
from jarvis_magic.values import Success

PLAN = Plan(
    inputs={"texts": Kind("list[text]")},
    tasks=[Task("short", "summarization", {"text": "@texts"}), Task("loud", "text-generation", {"text": "@short"})],
)
HALF = TaskProgressed("short", 0.5, "5,000 of 10,000, 160 a second, 31 s left")


def test_a_line_says_how_far_long_lists_are() -> None:
    """How many items are done, how fast, and how long the rest will take."""
    progress = Progress()
    for event in (Approved(proposal(PLAN)), TaskStarted("short", "m"), HALF):
        progress.happened(event)
    assert progress.status == f"0 of 2 done; running: short ({HALF.phrase})"
    assert HALF.phrase in live_html(progress)


def test_what_starts_early_shows_while_the_plan_is_written() -> None:
    """Its result is there before the plan is; after an approval, only what still holds."""
    progress = Progress()
    done = Success(resource("list[text]", ["it rained"]), "m", "toolbox")
    for event in (
        Drafted(PLAN.draft()),
        TaskStarted("short", "m"),
        TaskEnded("short", done),
        TaskStarted("other", "m"),
    ):
        progress.happened(event)
    assert progress.status == "Planning… Running already: other"
    assert "it rained" in live_html(progress)
    progress.happened(Approved(proposal(PLAN)))
    assert (progress.outcomes, progress.running) == ({}, {})


def test_a_terminal_is_told_now_and_then(capsys: pytest.CaptureFixture[str]) -> None:
    """A line every few seconds while a list takes long, and none when nothing has moved, or it has ended."""
    now = [0.0]
    view = TerminalView(1, clock=lambda: now[0])
    view.happened(HALF)
    view.tick()
    assert capsys.readouterr().out == ""
    now[0] = 6.0
    view.tick()
    view.tick()
    assert capsys.readouterr().out == f"short: {HALF.phrase}\n"
    now[0] = 20.0
    view.tick()
    view.happened(HALF)
    view.happened(TaskEnded("short", Success(resource("text", "x"))))
    view.tick()
    assert HALF.phrase not in capsys.readouterr().out


def test_a_terminal_is_told_once_what_began_early(capsys: pytest.CaptureFixture[str]) -> None:
    """After the approval its end is told again, to be counted; it is no news."""
    view, ended = TerminalView(1), TaskEnded("short", Success(resource("text", "x"), "m", "toolbox"))
    for event in (ended, Approved(proposal(PLAN)), ended):
        view.happened(event)
    assert capsys.readouterr().out == "short: done in 0.00 s\n"
