"""How a cell shows itself: while it plans, while it asks, while it runs, and when it is over.

Everything here happens on the main thread; `view_choice.view_for` chooses between them.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from jarvis_magic.drawing import data_uri, proposal_html, proposal_text, run_html, run_text, svg, value_line
from jarvis_magic.drawing.svg import alt_text
from jarvis_magic.drawing.words import clean, escape
from jarvis_magic.events import Event
from jarvis_magic.values import Outcome, Proposal, Resource, Run, Success

from .asking import ask
from .progress import Progress
from .terminal import event_line
from .waiting import TICK, blocking


@dataclass(frozen=True)
class Ending:
    """How a cell ended.

    Parameters
    ----------
    run
        What happened; ``None`` if there was no plan yet.
    bound
        The variables that were bound, and the kind of each.
    inputs
        The request's inputs.
    shows
        Whether the results are shown, or only bound.
    ran
        Whether anything was to run; if not, the plan is shown.
    """

    run: Run | None = None
    bound: Mapping[str, str] = field(default_factory=dict)
    inputs: Mapping[str, Resource] = field(default_factory=dict)
    shows: bool = True
    ran: bool = True

    @property
    def proposal(self) -> Proposal:
        """What was to be run."""
        run = self._run
        return Proposal(run.plan, run.assignments)

    @property
    def html(self) -> str:
        """What stays in the saved cell."""
        if not self.ran:
            return proposal_html(self.proposal)
        return run_html(self._run, self.bound, inputs=self.inputs, shows_results=self.shows)

    @property
    def text(self) -> str:
        """The same in plain text."""
        if not self.ran:
            return proposal_text(self.proposal)
        return run_text(self._run, self.bound, shows_results=self.shows)

    @property
    def _run(self) -> Run:
        if self.run is None:
            msg = "There is no run to show."
            raise ValueError(msg)
        return self.run


class View(Protocol):
    """A cell's face."""

    async def begin(self) -> None:
        """Show that planning begins."""

    async def approve(self, proposal: Proposal) -> Proposal | None:
        """Show a proposal and return it, perhaps changed, or ``None`` to stop."""

    async def review(self, proposal: Proposal, outcomes: Mapping[str, Outcome]) -> Proposal | None:
        """Show what has run, and return a proposal to go on with, or ``None``: it is over."""

    def received(self, message: object) -> None:
        """Take something from the inbox that is no event: a message of the page."""

    def happened(self, event: Event) -> None:
        """Take an event; there may be many a second, so that drawing is left to `tick`."""

    def tick(self) -> None:
        """Draw what has changed; called at least every `TICK` seconds."""

    def end(self, ending: Ending) -> None:
        """Replace what is live by what stays."""


class NotebookView:
    """Static HTML in one output, redrawn at most every `TICK` seconds while it runs.

    Parameters
    ----------
    feedback
        0: only what is asked; 1: the graph, results, and what was bound; 2: also a line for everything that happens.
    live
        Whether progress is drawn; if nobody looks, only the end is.
    awaited
        Whether the cell awaits.
    """

    def __init__(self, feedback: int, *, live: bool, awaited: bool = True) -> None:
        self.progress = Progress()
        self._feedback, self._live, self._awaited = feedback, live and feedback > 0, awaited
        self._handle: Any = None
        self._changed, self._draw_at = False, 0.0

    async def begin(self) -> None:
        """Show that planning begins."""
        self._changed = True

    async def approve(self, proposal: Proposal) -> Proposal | None:
        """Draw the proposal, and ask by ``input``."""
        self._draw_proposal(proposal)
        async with blocking(awaited=self._awaited):
            return ask(proposal, self._draw_proposal)

    async def review(self, _proposal: Proposal, _outcomes: Mapping[str, Outcome]) -> Proposal | None:
        """Nothing to go on with: a static picture offers no repair."""
        return None

    def received(self, message: object) -> None:
        """Nothing: a static picture sends no messages."""

    def happened(self, event: Event) -> None:
        """Take an event, to be drawn."""
        self.progress.happened(event)
        line = event_line(event) if self._feedback > 1 else None
        if line:
            print(clean(line))  # noqa: T201 - the cell's output is the place
        self._changed = True

    def tick(self) -> None:
        """Draw what has changed."""
        now = time.monotonic()
        if self._live and self._changed and now >= self._draw_at:
            self._changed = False
            self._draw(live_html(self.progress), self.progress.status)
            # a large graph takes a while to draw: most of the time is for what is to be run
            self._draw_at = now + max(TICK, 5 * (time.monotonic() - now))

    def end(self, ending: Ending) -> None:
        """Draw what stays in the saved cell."""
        if ending.run is None and self.progress.proposal is not None:
            self._draw_proposal(self.progress.proposal)
        elif ending.run is None or not self._feedback:
            self._clear()
        else:
            self._draw(ending.html, ending.text)

    def _draw_proposal(self, proposal: Proposal) -> None:
        self._draw(proposal_html(proposal), proposal_text(proposal))

    def _draw(self, html: str, text: str) -> None:
        from IPython.display import display

        bundle = {"text/html": html, "text/plain": text}
        if self._handle is None:
            self._handle = display(bundle, raw=True, display_id=True)  # type: ignore[no-untyped-call]
        else:
            self._handle.update(bundle, raw=True)

    def _clear(self) -> None:
        if self._handle is not None:
            self._handle.update({"text/plain": ""}, raw=True)


_LINES = 12
"""How many results are shown while others are awaited."""


def live_html(progress: Progress) -> str:
    """The graph, one line on where it stands, and one for each result so far."""
    results = {name: value_line(o.resource) for name, o in progress.outcomes.items() if isinstance(o, Success)}
    lines = [f"{name}: {line}" for name, line in list(results.items())[-_LINES:]]
    status = "".join(f"<div>{escape(line)}</div>" for line in [progress.status, *lines])
    if progress.proposal is None:
        return status
    outcomes = progress.outcomes if progress.approved else None
    picture = data_uri(svg(progress.proposal, outcomes, running=progress.running))
    words = escape(alt_text(progress.proposal, outcomes))
    return f'<img src="{picture}" alt="{words}" style="max-width:100%">{status}'
