"""A cell of ``%%jarvis`` is shown as prose, with its references highlighted; every other cell is as it always was."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from .conftest import OpenNotebook
from .jupyter import Notebook

if TYPE_CHECKING:
    from playwright.sync_api import Locator

PYTHON = "def said(words):\n    return words if words else 'nothing'"
REQUEST = """%%jarvis caption << -y
Describe @photo, and don't import the class of @"a file.wav" or @https://example.org/a.png if it is {{size}} by @@home."""

WRITTEN = {
    "magic": ["%%jarvis"],
    "name": ["caption"],
    "arrow": ["<<"],
    "option": ["-y"],
    "reference": ["@photo", '@"a file.wav"', "@https://example.org/a.png"],
    "expression": ["{{size}}"],
    "escape": ["@@"],
}

CONTRASTS = """(content) => {
  const canvas = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });
  const painted = () => [...canvas.getImageData(0, 0, 1, 1).data].slice(0, 3).map((byte) => {
    const part = byte / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  const paint = (color) => { canvas.fillStyle = color; canvas.fillRect(0, 0, 1, 1); };
  const light = ([red, green, blue]) => 0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05;
  return [...content.querySelectorAll("[class^=jarvis-]")].map((span) => {
    const around = [];
    for (let element = span; element; element = element.parentElement) around.unshift(element);
    for (const element of around) paint(getComputedStyle(element).backgroundColor);
    const behind = light(painted());
    paint(getComputedStyle(span).color);
    const ink = light(painted());
    return Math.max(ink, behind) / Math.min(ink, behind);
  });
}"""


def content(notebook: Notebook, position: int) -> Locator:
    """The text of a cell as it is shown."""
    return notebook.page.locator(".jp-Notebook .jp-Cell").nth(position).locator(".cm-content")


def spans(shown: Locator) -> dict[str, list[str]]:
    """The texts of a cell that are marked, by what they are marked as."""
    found: list[list[str]] = shown.evaluate(
        "(content) => [...content.querySelectorAll('[class^=jarvis-]')].map((s) => [s.className.slice(7), s.textContent])"
    )
    return {kind: [text for other, text in found if other == kind] for kind, _ in found}


def colours(shown: Locator) -> list[list[str]]:
    """Each stretch of a cell's text with its colour."""
    found: list[list[str]] = shown.evaluate(
        """(content) => { const texts = document.createTreeWalker(content, NodeFilter.SHOW_TEXT), found = [];
             while (texts.nextNode()) found.push([texts.currentNode.data,
               getComputedStyle(texts.currentNode.parentElement).color]);
             return found; }"""
    )
    return found


def theme(notebook: Notebook, name: str) -> None:
    """Change the application's theme, and wait until it is there."""
    notebook.page.evaluate("(theme) => window.jupyterapp.commands.execute('apputils:change-theme', { theme })", name)
    notebook.page.wait_for_selector(f"body[data-jp-theme-name='{name}']", state="attached")


@pytest.mark.parametrize("application", ["lab", "notebook"])
def test_prose_and_its_references(open_notebook: OpenNotebook, application: str) -> None:
    """As soon as a notebook is open: references and the line are marked, words are words, Python is Python; in both themes."""
    notebook = open_notebook([PYTHON, REQUEST], application)
    request, python = content(notebook, 1), content(notebook, 0)
    request.locator(".jarvis-reference").first.wait_for()
    python.locator("span").first.wait_for()

    assert spans(request) == WRITTEN
    assert spans(python) == {}
    assert (request.get_attribute("data-language"), python.get_attribute("data-language")) == ("jarvis", "python")
    for name in ("JupyterLab Dark", "JupyterLab Light"):
        theme(notebook, name)
        of_words = {colour for text, colour in colours(request) if text in ("Describe ", " or ", " if it is ")}
        by_kind = dict(colours(request))
        assert len(of_words) == 1, "words have one colour, whatever they mean in Python"
        assert not of_words & {
            by_kind[text] for kind in ("magic", "option", "reference", "expression") for text in WRITTEN[kind]
        }
        assert len({colour for _, colour in colours(python)}) >= 3, "Python keeps its colours"
        assert min(request.evaluate(CONTRASTS)) >= 4.5


def test_prose_while_somebody_types(open_notebook: OpenNotebook) -> None:
    """A cell becomes prose when its first line says so, and Python again when it does not; the file holds what was typed."""
    notebook = open_notebook([""])
    typed = content(notebook, 0)
    typed.click()
    notebook.page.keyboard.type("%%jarvis")
    typed.locator(".jarvis-magic").wait_for()
    notebook.page.keyboard.type("\nIf it's @photo:\nsay @phot")

    assert spans(typed) == {"magic": ["%%jarvis"], "reference": ["@photo", "@phot"]}
    assert typed.inner_text() == "%%jarvis\nIf it's @photo:\nsay @phot"  # no quotation mark added, nothing indented

    notebook.page.keyboard.press("Control+Home")
    notebook.page.keyboard.press("Delete")
    notebook.page.wait_for_function("(c) => c.dataset.language === 'python'", arg=typed.element_handle())
    assert spans(typed) == {}
    notebook.page.keyboard.type("%")
    typed.locator(".jarvis-magic").wait_for()
    saved: list[dict[str, Any]] = notebook.save()["cells"]
    assert "".join(saved[0]["source"]) == "%%jarvis\nIf it's @photo:\nsay @phot"
    assert saved[0]["metadata"] == {}


def test_only_cells_of_code(open_notebook: OpenNotebook) -> None:
    """A cell of Markdown that shows how a request is written stays Markdown."""
    notebook = open_notebook([REQUEST, PYTHON])
    content(notebook, 0).locator(".jarvis-magic").wait_for()
    notebook.command("notebook:change-cell-to-markdown")
    notebook.page.locator(".jp-MarkdownCell").wait_for()
    notebook.command("notebook:enter-edit-mode")

    assert spans(content(notebook, 0)) == {}
