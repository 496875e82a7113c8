"""What happened, in the order it happened: the events that stages emit and displays read."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, TypeAlias

from .plans import Draft, Plan
from .values import Outcome, Proposal, Tally

UsagePart: TypeAlias = Literal["plan", "select", "respond", "repairs", "experts"]


@dataclass(frozen=True)
class Drafted:
    """The plan has grown, while a controller writes it; ``whole`` are the ids of tasks of which all is written."""

    draft: Draft
    whole: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Planned:
    """The plan is whole."""

    plan: Plan


@dataclass(frozen=True)
class Proposed:
    """Every task has its assignment; approval comes next."""

    proposal: Proposal


@dataclass(frozen=True)
class Approved:
    """The user has approved, perhaps with changes; execution begins."""

    proposal: Proposal


@dataclass(frozen=True)
class TaskStarted:
    """A task has its inputs and starts on a model."""

    task_id: str
    model: str


@dataclass(frozen=True)
class TaskProgressed:
    """A task is on its way: the part done in [0, 1] if known, and a short phrase ("12 of 40", "loading")."""

    task_id: str
    part: float | None = None
    phrase: str = ""


@dataclass(frozen=True)
class TaskRetried:
    """A task is tried again, or by the next candidate, because of a failure."""

    task_id: str
    model: str
    because: str


@dataclass(frozen=True)
class TaskNoted:
    """An expert tells the user something beside its result."""

    task_id: str
    sentence: str


@dataclass(frozen=True)
class TaskEnded:
    """A task has its outcome."""

    task_id: str
    outcome: Outcome


@dataclass(frozen=True)
class ResponseGrew:
    """The answer has grown by some markdown."""

    text: str


@dataclass(frozen=True)
class Used:
    """A part of the run used something: a controller's stage, a repair, or the experts."""

    part: UsagePart
    tally: Tally


@dataclass(frozen=True)
class Noted:
    """A sentence for the user, about the run as a whole."""

    sentence: str


Event: TypeAlias = (
    Drafted
    | Planned
    | Proposed
    | Approved
    | TaskStarted
    | TaskProgressed
    | TaskRetried
    | TaskNoted
    | TaskEnded
    | ResponseGrew
    | Used
    | Noted
)

Emit: TypeAlias = Callable[[Event], None]
"""Takes an event and never blocks."""


def nowhere(event: Event) -> None:
    """Take an event and do nothing: the `Emit` of those who do not watch."""
