"""A cell's face where a page can answer: the plan widget while it runs, static HTML when it is over."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable, Coroutine, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from jarvis_magic.controllers import LLMController
from jarvis_magic.conversions import describe
from jarvis_magic.drawing import run_html, run_text
from jarvis_magic.events import Event
from jarvis_magic.jarvis import Jarvis
from jarvis_magic.media import Audio
from jarvis_magic.model_selection import menu_of
from jarvis_magic.options import Options
from jarvis_magic.plans import Plan
from jarvis_magic.store import save_plan
from jarvis_magic.values import Failure, Outcome, Proposal, Request, Resource, Run

from .panel import Doors, Panel
from .passing import close_whole, show_until_next_cell
from .plan_widget import PlanWidget
from .sound import player_of
from .views import Ending, NotebookView
from .waiting import Inbox

PATIENCE = 8.0
"""Seconds in which a page must say that it is there, counted from when the widget was shown."""

_PING = 0.25  # seconds between two questions whether a page is there
_PAUSE = 0.05  # seconds between two drawings: what happens between them is drawn together


class Backstage(Protocol):
    """What a cell that runs lends to its face."""

    inbox: Inbox[Any]
    jarvis: Jarvis
    options: Options
    inputs: Mapping[str, Resource]
    request: Request | None

    def stop(self) -> None:
        """Stop the run."""


@dataclass(frozen=True)
class _FromPage:
    """A message of the page."""

    content: Mapping[str, Any]


class WidgetView(NotebookView):
    """The plan widget in a cell's output; where no page answers in time, what `NotebookView` shows.

    Parameters
    ----------
    feedback
        0: only what is asked and results; 1: what was bound; 2: everything.
    backstage
        The cell.
    """

    def __init__(self, feedback: int, backstage: Backstage) -> None:
        super().__init__(feedback, live=True)
        self._backstage = backstage
        self._panel = Panel(self._doors())
        self._widget: PlanWidget | None = None
        self._players: list[Any] = []
        self._page_is_there = False
        self._shown_at = self._asked_at = self._published_at = 0.0

    async def begin(self) -> None:
        """Show the widget, to be filled while the plan is made."""
        if self._feedback:
            self._show()

    async def approve(self, proposal: Proposal) -> Proposal | None:
        """Show the proposal on the page, or in words if no page answers, and return what the user made of it."""
        self._show()
        while not self._page_is_there and time.monotonic() - self._shown_at < PATIENCE:
            await self._turn()
        if not self._page_is_there:
            self._close()
            return await super().approve(proposal)
        self._panel.describe_inputs({n: describe(r, "shapes", 80) for n, r in self._backstage.inputs.items()})
        self._panel.propose(proposal)
        return await self._decided()

    async def review(self, proposal: Proposal, outcomes: Mapping[str, Outcome]) -> Proposal | None:
        """Let the user go on where something failed or was left out; ``None``: it is over."""
        left = set(self._panel.history.present.draft.by_id) - set(proposal.plan.by_id)
        failed = any(isinstance(outcome, Failure) for outcome in outcomes.values())
        if self._widget is None or not (left or failed):
            return None
        self._panel.review(outcomes)
        return await self._decided()

    def received(self, message: object) -> None:
        """Take a message of the page, or something that was to be done on this thread."""
        if isinstance(message, _FromPage):
            if message.content.get("kind") == "pong":
                self._page_is_there = True
            else:
                self._panel.take(message.content)
        elif callable(message):
            message()

    def happened(self, event: Event) -> None:
        """Take an event of the run."""
        super().happened(event)
        self._panel.happened(event)

    def tick(self) -> None:
        """Ask whether a page is there, and draw what has changed."""
        if self._widget is None:
            super().tick()
            return
        now = time.monotonic()
        if not self._page_is_there and now - self._asked_at >= _PING:
            self._asked_at = now
            self._widget.ping()
        early = self._published_at + _PAUSE - now
        if self._panel.is_stale and early <= 0:
            self._published_at = now
            self._widget.publish(self._panel)
        elif self._panel.is_stale:
            asyncio.get_running_loop().call_later(early, self._backstage.inbox.wake)

    def end(self, ending: Ending) -> None:
        """Put static HTML in the widget's place."""
        self._close()
        super().end(ending)

    def _show(self) -> None:
        if self._widget is not None:
            return
        from IPython.display import display

        self._widget = PlanWidget(self._panel)
        self._widget.on_message(lambda content: self._backstage.inbox.put(_FromPage(content)))
        self._handle = display(self._widget, display_id=True)  # type: ignore[no-untyped-call]
        self._shown_at = time.monotonic()
        self._backstage.jarvis.submit(menu_of(self._backstage.jarvis.equipment().at_hand)).add_done_callback(
            lambda future: self._backstage.inbox.put(lambda: self._panel.offer(future.result()))
        )

    def _close(self) -> None:
        if self._widget is not None:
            for widget in (self._widget, *self._players):
                close_whole(widget)
            self._widget = None

    async def _decided(self) -> Proposal | None:
        while not self._panel.has_decided:
            await self._turn()
        self.tick()
        return self._panel.decision

    async def _turn(self) -> None:
        """Wait for what comes next, and take it."""
        await self._backstage.inbox.arrival()
        for message in self._backstage.inbox.take():
            if isinstance(message, Event):
                self.happened(message)
            else:
                self.received(message)
        self.tick()

    def _doors(self) -> Doors:
        backstage = self._backstage

        def submit(work: Coroutine[Any, Any, Any]) -> Future[Any]:
            return backstage.jarvis.submit(work)

        def later(call: Callable[[], None]) -> None:
            backstage.inbox.put(call)

        return Doors(
            backstage.jarvis.equipment().catalogue,
            backstage.options,
            submit,
            later,
            backstage.stop,
            save_beside,
            self._wave,
            self._told,
            backstage.jarvis.chat.chat.place if backstage.jarvis.chat else "the chat model",
        )

    def _wave(self, audio: Audio) -> str:
        player = player_of(audio)
        self._players.append(player)
        return str(player.model_id)

    def _told(self) -> tuple[str, Sequence[tuple[str, str]]]:
        """Where the plan was made, and the messages that a chat model was sent for it."""
        controller, request = self._backstage.jarvis.equipment().controllers[0], self._backstage.request
        if not isinstance(controller, LLMController):
            return f"The {controller.name} controller planned on this machine; nothing was sent.", ()
        messages = controller.messages_for_plan(request, self._panel.menu) if request else ()
        sentence = f"{controller.name} was sent this to plan; the tasks with their candidates follow where there is a choice, and the results for the answer."
        return sentence, [(message.role, message.text) for message in messages]


def show_run(run: Run, backstage: Jarvis) -> None:
    """Bring the live view of a run that is over back: to be looked at, not to be changed."""

    def nothing() -> None:
        """There is nothing to stop."""

    doors = Doors(
        backstage.equipment().catalogue,
        backstage.options,
        backstage.submit,
        lambda call: call(),
        nothing,
        save_beside,
        lambda audio: str(player_of(audio).model_id),
        lambda: ("This run is over.", ()),
    )
    panel = Panel(doors)
    panel.show_run(run)
    widget = PlanWidget(panel)

    def take(message: Mapping[str, Any]) -> None:
        panel.take(message)
        widget.publish(panel)

    widget.on_message(take)
    show_until_next_cell(widget, {"text/html": run_html(run), "text/plain": run_text(run)})


def save_beside(plan: Plan, folder: Path | None = None) -> str:
    """Save a plan in the working folder under a name made of its outputs, and return a sentence on where.

    A file that holds another plan is never overwritten: the new one gets a number.
    """
    folder = folder or Path.cwd()
    stem = "_".join(list(plan.outputs)[:3]) or "plan"
    number = 1
    while True:
        path = folder / f"{stem}{f'_{number}' if number > 1 else ''}.plan.json"
        if not path.exists() or _holds(path, plan):
            break
        number += 1
    save_plan(plan, path)
    return f"Saved as {path.name!r} in {folder}."


def _holds(path: Path, plan: Plan) -> bool:
    try:
        return bool(json.loads(path.read_text(encoding="utf-8")) == plan.to_dict())
    except ValueError:
        return False
