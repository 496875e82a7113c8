"""A cell in a plain terminal: a text tree, the question, a line for each task that ends, the answer."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from jarvis_magic.drawing import proposal_text
from jarvis_magic.drawing.words import clean, seconds
from jarvis_magic.events import Event, Noted, TaskEnded, TaskNoted, TaskProgressed, TaskRetried, TaskStarted
from jarvis_magic.values import Failure, Outcome, Proposal, Skipped, Success

from .asking import ask

if TYPE_CHECKING:
    from .views import Ending


_APART = 5.0
"""Seconds between two lines on how far it is."""


class TerminalView:
    """Lines of text, as things happen.

    Parameters
    ----------
    feedback
        0: only what is asked; 1: each task as it ends, how far long lists are, and the results; 2: everything that
        happens.
    clock
        Tells seconds.
    """

    def __init__(self, feedback: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._feedback, self._clock = feedback, clock
        self._told_at = clock()
        self._far: dict[str, str] = {}
        self._ended: dict[str, Outcome] = {}

    async def begin(self) -> None:
        """Nothing is worth a line yet."""

    async def approve(self, proposal: Proposal) -> Proposal | None:
        """Write the proposal as a tree, and ask by ``input``."""
        self._show(proposal)
        return ask(proposal, self._show)

    async def review(self, _proposal: Proposal, _outcomes: Mapping[str, Outcome]) -> Proposal | None:
        """Nothing to go on with: in a terminal, the next request is."""
        return None

    def received(self, message: object) -> None:
        """Nothing: there is no page."""

    def happened(self, event: Event) -> None:
        """Write a line for what a user wants to know of."""
        if isinstance(event, TaskProgressed) and event.part is not None:
            self._far[event.task_id] = event.phrase
        elif isinstance(event, TaskEnded):
            self._far.pop(event.task_id, None)
            if self._ended.get(event.task_id) is event.outcome:  # it began early, and is told again
                return
            self._ended[event.task_id] = event.outcome
        line = event_line(event) if self._feedback > 1 or isinstance(event, TaskEnded) else None
        if line and self._feedback:
            _say(line)

    def tick(self) -> None:
        """Now and then, write how far tasks are that take long."""
        if self._far and self._feedback and self._clock() >= self._told_at + _APART:
            self._told_at = self._clock()
            _say("; ".join(f"{task_id}: {phrase}" for task_id, phrase in self._far.items()))
            self._far.clear()

    def end(self, ending: Ending) -> None:
        """Write the results."""
        if ending.run is not None and self._feedback:
            _say(ending.text)

    def _show(self, proposal: Proposal) -> None:
        _say(proposal_text(proposal))


def event_line(event: Event) -> str | None:
    """What happened in one line; ``None`` for what is not worth one."""
    match event:
        case TaskStarted(task_id, model):
            return f"{task_id}: started on {model}"
        case TaskRetried(task_id, model, because):
            return f"{task_id}: again with {model}, because: {because}"
        case TaskNoted(task_id, sentence):
            return f"{task_id}: {sentence}"
        case TaskEnded(task_id, outcome):
            return f"{task_id}: {outcome_words(outcome)}"
        case Noted(sentence):
            return sentence
    return None


def outcome_words(outcome: Outcome) -> str:
    """How a task ended, in one line."""
    match outcome:
        case Success():
            return "done, reused" if outcome.reused else f"done in {seconds(outcome.seconds)}"
        case Failure():
            return f"failed: {outcome.sentence}"
        case Skipped():
            return f"skipped: {outcome.sentence}"


def _say(text: str) -> None:
    print(clean(text))  # noqa: T201 - the terminal is the place
