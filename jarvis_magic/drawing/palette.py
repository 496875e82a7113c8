"""Colours and states: each state has a mark, a word and colours, each kind a colour; never colour alone.

Contrasts are at least 4.5 : 1 for words on their ground, 3 : 1 for icons and lines (WCAG 2.2 AA); a test computes them.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

from ..values import Assignment, Failure, NoExpert, Outcome, Skipped, Success
from .words import seconds

Theme: TypeAlias = Literal["light", "dark"]


@dataclass(frozen=True)
class State:
    """How a task stands: its mark and word, and for each theme the ink and the ground of its badge."""

    mark: str
    word: str
    light: tuple[str, str]
    dark: tuple[str, str]

    def colours(self, theme: Theme) -> tuple[str, str]:
        """Ink and ground."""
        return self.light if theme == "light" else self.dark


WAITING = State("○", "waiting", ("#59636e", "#eff2f5"), ("#b1bac4", "#262c36"))
RUNNING = State("▶", "running", ("#0550ae", "#ddf4ff"), ("#79c0ff", "#12305a"))
DONE = State("✓", "done", ("#116329", "#dafbe1"), ("#7ee787", "#12361c"))
FAILED = State("✗", "failed", ("#a40e26", "#ffebe9"), ("#ffa198", "#4b1113"))
SKIPPED = State("»", "skipped", ("#59636e", "#eff2f5"), ("#b1bac4", "#262c36"))
NO_EXPERT = State("?", "no expert", ("#7d4e00", "#fff8c5"), ("#e3b341", "#3b2a06"))
STATES = (WAITING, RUNNING, DONE, FAILED, SKIPPED, NO_EXPERT)


def state_of(
    task_id: str,
    assignments: Mapping[str, Assignment | NoExpert],
    outcomes: Mapping[str, Outcome] | None,
    running: Collection[str] = (),
) -> State | None:
    """The state of a task; ``None`` before anything runs, unless it has no expert."""
    outcome = outcomes.get(task_id) if outcomes else None
    match outcome:
        case Success():
            return DONE
        case Failure():
            return FAILED
    if isinstance(assignments.get(task_id), NoExpert):
        return NO_EXPERT
    if isinstance(outcome, Skipped):
        return SKIPPED
    if task_id in running:
        return RUNNING
    return None if outcomes is None else WAITING


def state_words(state: State, outcome: Outcome | None) -> str:
    """The state in words, with the time it took: ``"done 1.2 s"``, ``"done, reused"``."""
    if isinstance(outcome, Success) and outcome.reused:
        return f"{state.word}, reused"
    if isinstance(outcome, Success | Failure):
        return f"{state.word} {seconds(outcome.seconds)}"
    return state.word


@dataclass(frozen=True)
class Card:
    """The colours of the opaque card a graph is drawn on."""

    ground: str
    box: str
    line: str
    route: str
    ink: str
    faint: str
    input: str


CARDS: Mapping[Theme, Card] = {
    "light": Card("#ffffff", "#ffffff", "#d0d7de", "#8c959f", "#1f2328", "#59636e", "#f1f4f8"),
    "dark": Card("#161b22", "#1c2129", "#3d444d", "#7d8590", "#f0f6fc", "#9ba4ae", "#262c36"),
}

_KINDS: Mapping[str, tuple[str, str]] = {
    "text": ("#3b5bdb", "#91a7ff"),
    "image": ("#8a3ffc", "#c4a1ff"),
    "audio": ("#00798c", "#4fd1c5"),
    "video": ("#c2255c", "#faa2c1"),
    "table": ("#2b7a3d", "#69db7c"),
    "labels": ("#b35900", "#ffa94d"),
    "boxes": ("#b35900", "#ffa94d"),
    "masks": ("#b35900", "#ffa94d"),
    "tokens": ("#b35900", "#ffa94d"),
    "answer": ("#3b5bdb", "#91a7ff"),
    "vector": ("#5c6770", "#adb5bd"),
    "number": ("#5c6770", "#adb5bd"),
    "json": ("#5c6770", "#adb5bd"),
}


def kind_colour(base: str, theme: Theme) -> str:
    """The colour of a base kind's icon."""
    light, dark = _KINDS[base]
    return light if theme == "light" else dark


ON_PICTURES = ("#ffd43b", "#74c0fc", "#ff8787", "#8ce99a", "#e599f7", "#ffc078", "#66d9e8", "#faa2c1")
"""Colours for boxes and masks on pictures, in turn."""
