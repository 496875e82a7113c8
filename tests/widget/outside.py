"""What a panel uses of the outside, for tests: everything happens at once, and is remembered."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Coroutine
from concurrent.futures import Future
from typing import Any

from jarvis_magic.media import Audio
from jarvis_magic.notebook.panel import Doors, Panel
from jarvis_magic.options import Options
from jarvis_magic.plans import Plan
from jarvis_magic.testing import ListCatalogue
from jarvis_magic.values import Menu, Proposal

from .proposals import CANDIDATES


def in_a_thread(work: Coroutine[Any, Any, Any]) -> Future[Any]:
    """Do work to its end in a thread, and return its future."""
    future: Future[Any] = Future()

    def run() -> None:
        try:
            future.set_result(asyncio.run(work))
        except Exception as error:  # noqa: BLE001 - it is raised where the future is read
            future.set_exception(error)

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    return future


class Outside:
    """Doors that remember what went through them."""

    def __init__(self, **options: Any) -> None:
        self.stops = 0
        self.saved: list[Plan] = []
        self.waves: list[Audio] = []
        self.doors = Doors(
            catalogue=ListCatalogue(CANDIDATES),
            options=Options(**options),
            submit=in_a_thread,
            later=lambda call: call(),
            stop=self._stop,
            save=self._save,
            waveform=self._wave,
            told=lambda: ("Planned on this machine; nothing was sent.", [("system", "You plan.")]),
        )

    def _stop(self) -> None:
        self.stops += 1

    def _save(self, plan: Plan) -> str:
        self.saved.append(plan)
        return "Saved as 'plan.json'."

    def _wave(self, audio: Audio) -> str:
        self.waves.append(audio)
        return f"widget-{len(self.waves)}"


def panel_for(proposal: Proposal, outside: Outside | None = None) -> Panel:
    """A panel that shows a proposal to be approved."""
    panel = Panel((outside or Outside()).doors)
    panel.offer(Menu(dict.fromkeys(CANDIDATES, "")))
    panel.describe_inputs({"photo": "640 × 480 pixels"})
    panel.propose(proposal)
    return panel
