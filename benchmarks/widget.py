"""How fast the plan widget is, in real JupyterLab, and how much it adds to a notebook.

Run with ``python benchmarks/widget.py``; part of ``make bench``. First paint: from the cell's first line to all tasks on
the page. Redraw: from a key in a field, through the kernel, to the changed task on the page. Ending: from the return of
an expert to the changed state on the page. All clocks are of this machine; medians.
"""

from __future__ import annotations

import json
import statistics
import sys
import tempfile
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent.parent))  # the server and the browser live with the tests

from playwright.sync_api import Page, sync_playwright

from jarvis_magic.notebook import front_end
from tests.browser.jupyter import Notebook, Server, browser_of

SIZES = (10, 100, 500)
TIMES = 5

PANEL = """
import time
from IPython.display import display
from jarvis_magic.notebook.plan_widget import PlanWidget
from tests.widget.outside import panel_for
from tests.widget.proposals import many
began = time.time()
panel = panel_for(many({size}))
widget = PlanWidget(panel)
def take(message):
    panel.take(message)
    widget.publish(panel)
widget.on_message(take)
display(widget)
print(began)
"""

SETUP = """%load_ext jarvis_magic
import time
from PIL import Image
from jarvis_magic import Audio, expert
photo, ended = Image.new("RGB", (320, 200), "teal"), []
@expert("image-to-text", name="seer")
def seer(image):
    ended.append(time.time())
    return "a teal field"
@expert("text-to-speech", name="teller")
def teller(text):
    time.sleep(1)
    return Audio([0.0] * 8000, 8000)"""

CHAIN = "%%jarvis\nDescribe @photo, then read the description aloud."

_SEEN = """([what, count]) => new Promise((found) => {
  const look = () => document.querySelectorAll(what).length >= count;
  const told = () => requestAnimationFrame(() => setTimeout(() => found(Date.now() / 1000)));  // after it was painted
  if (look()) return told();
  const watch = new MutationObserver(() => { if (look()) { watch.disconnect(); told(); } });
  watch.observe(document.body, {subtree: true, childList: true, attributes: true});
})"""


def seen(page: Page, what: str, count: int = 1) -> float:
    """When so many of something were painted."""
    when: float = page.evaluate(_SEEN, [what, count])
    return when


def first_paint(notebook: Notebook, size: int) -> float:
    """Seconds from a cell's first line to all its tasks on the page."""
    notebook.run_all()
    painted = seen(notebook.page, "[data-task]", size)
    notebook.wait_for_prompt(0)
    return painted - float(notebook.text(0).split()[-1])


def redraw(notebook: Notebook, size: int) -> float:
    """Seconds from Enter in a field to the changed task on the page."""
    page = notebook.page
    task = f"caption_{size // 2 - 1}"
    page.locator(f'[data-task="{task}"]').evaluate("(button) => button.click()")
    field = page.get_by_role("textbox", name="Variable")
    field.wait_for()
    times = []
    for number in range(TIMES):
        field.fill(f"name_{number}")
        started: float = page.evaluate(
            """() => { const field = document.querySelector('[aria-label="Variable"]');
                 const now = Date.now() / 1000; field.dispatchEvent(new Event("change")); return now; }"""
        )
        times.append(seen(page, f'[data-task="{task}"][aria-label*="bound to name_{number}"]') - started)
    return statistics.median(times)


def ending(notebook: Notebook) -> float:
    """Seconds from the return of an expert to the changed state on the page."""
    times = []
    for _ in range(TIMES):
        notebook.run_all()
        notebook.panel().get_by_role("button", name="Run", exact=True).click()
        shown = seen(notebook.page, '[data-task="caption"].is-done')
        notebook.wait_for_prompt(2)
        times.append(shown - float(notebook.text(2)))
    return statistics.median(times)


def saved(notebook: Notebook) -> int:
    """Bytes of what stays of a cell in the saved notebook."""
    cell: dict[str, Any] = notebook.save()["cells"][1]
    return len(json.dumps(cell["outputs"]).encode())


def main() -> None:
    print(f"front end: {len(front_end.module()) / 1000:.0f} kB module, {len(front_end.style()) / 1000:.0f} kB style")
    with tempfile.TemporaryDirectory() as home, sync_playwright() as playwright:
        server = Server("lab", Path(home) / "lab")
        browser = browser_of(playwright)
        page = browser.new_page(viewport={"width": 1300, "height": 950})
        try:
            for size in SIZES:
                notebook = Notebook(server, page, server.write([PANEL.format(size=size)]))
                paints = [first_paint(notebook, size) for _ in range(TIMES)]
                drawn = redraw(notebook, size)
                print(
                    f"{size:4} tasks: first paint {1000 * paints[0]:5.0f} ms cold, {1000 * statistics.median(paints):5.0f} ms"
                    f" warm; redraw after an edit {1000 * drawn:4.0f} ms"
                )
                notebook.close()
            notebook = Notebook(server, page, server.write([SETUP, CHAIN, "print(ended[-1])"]))
            print(f"a task's end on the page after {1000 * ending(notebook):.0f} ms")
            print(f"saved output of the cell: {saved(notebook) / 1000:.0f} kB")
            notebook.close()
        finally:
            browser.close()
            server.close()


if __name__ == "__main__":
    main()
