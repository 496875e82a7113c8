"""The widget that a page draws: one trait for each part of what it shows, written only by Python.

The page answers with custom messages, never with traits: ipykernel 7.4 loses a page's second trait change while a cell
waits. Making one imports anywidget, so this module is imported where the first is made.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import anywidget
import traitlets

from . import front_end
from .panel import TRAITS, Panel


class PlanWidget(anywidget.AnyWidget):
    """One cell's plan panel on the page.

    Parameters
    ----------
    panel
        What it shows.
    """

    _esm = front_end.module()
    _css = front_end.style()

    graph = traitlets.Dict().tag(sync=True)
    live = traitlets.Dict().tag(sync=True)
    detail = traitlets.Dict().tag(sync=True)
    palette = traitlets.Dict().tag(sync=True)
    results = traitlets.Dict().tag(sync=True)
    sends = traitlets.Dict().tag(sync=True)

    def __init__(self, panel: Panel) -> None:
        first: dict[str, Any] = {name: {} for name in TRAITS}
        panel.publish(first.__setitem__)
        super().__init__(**first)

    def on_message(self, take: Callable[[Mapping[str, Any]], None]) -> None:
        """Have every message of the page taken; on whichever thread it comes."""
        self.on_msg(lambda _widget, content, _buffers: take(content))

    def publish(self, panel: Panel) -> None:
        """Write what has changed since it was published last."""
        with self.hold_sync():
            panel.publish(self.set_trait)

    def ping(self) -> None:
        """Ask whether a page is there; it answers with a message ``{"kind": "pong"}``."""
        self.send({"kind": "ping"})
