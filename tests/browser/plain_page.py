"""The plan panel on a page of its own: the real panel, the real front end, a real browser, and no Jupyter between."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Mapping, Sequence
from concurrent.futures import Future
from typing import TYPE_CHECKING, Any

from jarvis_magic.contracts import Catalogue
from jarvis_magic.notebook import front_end
from jarvis_magic.notebook.panel import TRAITS, Doors, Panel
from jarvis_magic.options import Options
from jarvis_magic.plans import Plan
from jarvis_magic.values import Candidate

if TYPE_CHECKING:
    from playwright.sync_api import Page


class ListedCatalogue:
    """A catalogue of the candidates it is given, by task type."""

    def __init__(self, candidates: Mapping[str, Sequence[Candidate]]) -> None:
        self._candidates = candidates

    async def candidates(self, task_type: str, limit: int, search: str = "") -> tuple[Candidate, ...]:
        """Return those whose id or description has the words."""
        listed = self._candidates.get(task_type, ())
        return tuple(c for c in listed if search in f"{c.model} {c.description}")[:limit]


def at_once(work: Coroutine[Any, Any, Any]) -> Future[Any]:
    """Do work here and now, and return its future."""
    future: Future[Any] = Future()
    loop = asyncio.new_event_loop()
    try:
        future.set_result(loop.run_until_complete(work))
    except Exception as error:  # noqa: BLE001 - it is raised where the future is read
        future.set_exception(error)
    finally:
        loop.close()
    return future


def doors(catalogue: Catalogue, stopped: Callable[[], None] = lambda: None) -> Doors:
    """Doors that do everything at once, and save nowhere."""

    def save(plan: Plan) -> str:
        return f"Saved {len(plan.tasks)} tasks."

    return Doors(
        catalogue,
        Options(),
        _elsewhere,
        lambda call: call(),
        stopped,
        save,
        lambda _audio: "none",
        lambda: ("Planned on this machine.", ()),
    )


def _elsewhere(work: Coroutine[Any, Any, Any]) -> Future[Any]:
    """As `at_once`, in a thread of its own: playwright's loop runs in this one."""
    import threading

    found: list[Future[Any]] = []
    thread = threading.Thread(target=lambda: found.append(at_once(work)))
    thread.start()
    thread.join()
    return found[0]


_PAGE = """<!doctype html><html lang="en"><meta charset="utf-8"><title>Plan</title>
<style>body { margin: 16px; } .dark { background: #111; } </style><body><div id="here"></div></body></html>"""

_START = """async ([esm, css, traits]) => {
  const style = document.createElement("style"); style.textContent = css; document.head.append(style);
  const listeners = {}, state = {...traits};
  const model = {
    get: (name) => state[name],
    on: (name, f) => (listeners[name] ??= []).push(f),
    off: (name, f) => { listeners[name] = (listeners[name] || []).filter((g) => g !== f); },
    send: async (message) => { window.sent.push(message); window.change(await window.take(message)); },
  };
  window.sent = [];
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
