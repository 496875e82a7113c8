"""Pictures of the plan widget's main states in JupyterLab, light and dark, to be looked at: ``build/screenshots``.

Run with ``python scripts/screenshots.py``. Those of the documents are ``docs/pictures/cell.png`` and ``widget.png``.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))  # the server and the browser live with the tests

from playwright.sync_api import Locator, Page, sync_playwright  # noqa: E402

from tests.browser.jupyter import Notebook, Server, browser_of  # noqa: E402

SETUP = """%load_ext jarvis_magic
import time
from PIL import Image, ImageDraw
from jarvis_magic import expert
photo = Image.new("RGB", (640, 420), "#a8d0e6")
draw = ImageDraw.Draw(photo)
draw.rectangle((0, 260, 640, 420), fill="#3b7a57")
draw.ellipse((470, 40, 570, 140), fill="#ffd43b")
@expert("object-detection", name="finder")
def finder(image):
    time.sleep(2)
    raise ValueError("the lens cap is on")"""

CHAIN = """%%jarvis description, speech = <<
Describe @photo in one sentence, then read the description aloud."""

REQUEST = """%%jarvis
Describe @photo in one sentence, then read the description aloud. Make @photo grey. Find the objects in @photo."""

WAIT = 60_000


def button(notebook: Notebook, name: str) -> Locator:
    """A button of the panel."""
    return notebook.panel().get_by_role("button", name=name, exact=True)


def states(notebook: Notebook, keep: Callable[[str], None]) -> None:
    """Go through the states of a cell, and keep a picture of each."""
    notebook.run_all()
    notebook.panel().locator(".jarvis-banner", has_text="Ready to run").wait_for(timeout=WAIT)
    keep("approval")
    notebook.panel().locator("[data-task]").first.click()
    notebook.panel().get_by_role("combobox", name="Model").wait_for()
    keep("task")
    button(notebook, "Compare models").click()
    keep("models")
    button(notebook, "Compare models").click()
    button(notebook, "Table").click()
    button(notebook, "What is sent").click()
    keep("table")
    button(notebook, "What is sent").click()
    button(notebook, "Graph").click()
    button(notebook, "Add task").click()
    keep("palette")
    button(notebook, "Close task types").click()
    button(notebook, "Close task").click()
    button(notebook, "Run").click()
    notebook.panel().locator(".is-running").first.wait_for(timeout=WAIT)
    keep("running")
    button(notebook, "Retry").wait_for(timeout=WAIT)
    keep("failed")
    button(notebook, "Finish").click()
    notebook.wait_for_prompt(1)
    keep("afterwards")


def documents(notebook: Notebook) -> None:
    """The pictures of the documents: a plan while it is approved, and the cell afterwards."""
    home = ROOT / "docs" / "pictures"
    home.mkdir(exist_ok=True)
    notebook.run_all()
    notebook.panel().locator(".jarvis-banner", has_text="Ready to run").wait_for(timeout=WAIT)
    notebook.panel().locator("[data-task]").first.click()
    notebook.panel().get_by_role("combobox", name="Model").wait_for()
    shot(notebook.page, home / "widget.png")
    button(notebook, "Run").click()
    notebook.wait_for_prompt(1)
    shot(notebook.page, home / "cell.png")
    notebook.close()


def keep(page: Page, folder: Path, prefix: str, state: str) -> None:
    """Keep a picture of a state."""
    shot(page, folder / f"{prefix}-{state}.png")


def main() -> None:
    """Make all pictures."""
    pictures = ROOT / "build" / "screenshots"
    pictures.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as home, sync_playwright() as playwright:
        server = Server("lab", Path(home) / "lab")
        browser = browser_of(playwright)
        try:
            for theme, width in (("Light", 1180), ("Dark", 1180), ("Light", 620)):
                page = browser.new_page(viewport={"width": width, "height": 1150}, device_scale_factor=1.5)
                notebook = Notebook(server, page, server.write([SETUP, REQUEST]))
                page.evaluate("() => window.jupyterapp.shell.collapseLeft()")
                page.evaluate(
                    "(theme) => window.jupyterapp.commands.execute('apputils:change-theme', {theme})",
                    f"JupyterLab {theme}",
                )
                if (theme, width) == ("Light", 1180):
                    documents(Notebook(server, page, server.write([SETUP, CHAIN])))
                    notebook.open()
                name = f"{theme.lower()}-{width}"
                states(notebook, partial(keep, page, pictures, name))
                notebook.close()
                page.close()
        finally:
            browser.close()
            server.close()


def shot(page: Page, path: Path) -> None:
    """Keep a picture of the cell with the panel, once it has settled."""
    page.wait_for_timeout(500)
    page.locator(".jp-Cell").nth(1).screenshot(path=path)


if __name__ == "__main__":
    main()
