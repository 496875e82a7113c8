"""The plan panel on a page of its own: the real panel, the real front end, a real browser, and no Jupyter between."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from jarvis_magic.notebook import front_end
from jarvis_magic.notebook.panel import TRAITS, Panel

if TYPE_CHECKING:
    from playwright.sync_api import Page

_PAGE = """<!doctype html><html lang="en"><meta charset="utf-8"><title>Plan</title>
<style>body { margin: 16px; } .dark { background: #111; } </style><body><div id="here"></div></body></html>"""

_START = """async ([esm, css, traits]) => {
  const style = document.createElement("style"); style.textContent = css; document.head.append(style);
  const listeners = {}, state = {...traits};
  const model = {
    get: (name) => state[name],
    on: (name, f) => (listeners[name] ??= []).push(f),
    off: (name, f) => { listeners[name] = (listeners[name] || []).filter((g) => g !== f); },
    send: async (message) => { window.sent.push(message); window.change(await window.take(message)); window.answered += 1; },
  };
  window.sent = [];
  window.answered = 0;
  window.change = (changed) => {
    Object.assign(state, changed);
    for (const name of Object.keys(changed)) for (const f of listeners[`change:${name}`] || []) f();
  };
  window.tell = (message) => { for (const f of listeners["msg:custom"] || []) f(message); };
  const url = URL.createObjectURL(new Blob([esm], {type: "text/javascript"}));
  const front = (await import(url)).default;
  front.initialize({model});
  window.close_panel = front.render({model, el: document.getElementById("here"), signal: new AbortController().signal});
}"""


class PlainPage:
    """A panel shown on a page."""

    def __init__(self, page: Page, panel: Panel, theme: str = "light") -> None:
        self.page, self.panel = page, panel
        page.set_content(_PAGE)
        if theme == "dark":
            page.evaluate("() => { document.body.dataset.jpThemeLight = 'false'; document.body.className = 'dark'; }")
        page.expose_function("take", self._take)
        traits: dict[str, Any] = {name: {} for name in TRAITS}
        panel.publish(traits.__setitem__)
        page.evaluate(_START, [front_end.module(), front_end.style(), traits])
        page.wait_for_function("window.answered > 0")  # the page has said its width, and the graph is laid out for it

    def _take(self, message: Mapping[str, Any]) -> dict[str, Any]:
        self.panel.take(message)
        changed: dict[str, Any] = {}
        self.panel.publish(changed.__setitem__)
        return changed

    def publish(self) -> None:
        """Give the page what has changed."""
        changed: dict[str, Any] = {}
        self.panel.publish(changed.__setitem__)
        self.page.evaluate("(changed) => window.change(changed)", changed)
