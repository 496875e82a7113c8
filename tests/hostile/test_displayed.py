# mypy: disable-error-code="no-untyped-call"
"""What a notebook shows, saves and exports of words that attackers wrote: words, and nothing that runs, loads or hides."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import nbconvert
import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook, new_output

from jarvis_magic.errors import EndpointRejected, JarvisError, RunFailed
from jarvis_magic.events import Noted, TaskNoted
from jarvis_magic.notebook.reports import Report
from jarvis_magic.notebook.terminal import event_line
from tests.drawing.pages import Page
from tests.notebook.kernels import Cell, Kernel, kernel

ORDERS = (
    "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "<svg/onload=alert(1)>", "</div></pre></td></style><iframe src=//evil.example>",
    "![x](https://evil.example/x.png)", "[x](javascript:alert(1))", "[x](data:text/html,<script>alert(1)</script>)", "<a href='https://evil.example' style=position:fixed>",
    "\x1b[31mred\x1b]8;;https://evil.example\x07link\x1b]0;title\x07\x9b2J\x08\x08", "\u202etxt.exe", "&lt;b&gt; &#60;i&#62;", "${alert(1)} {{7*7}} $\\href{javascript:alert(1)}{x}$",
)  # fmt: skip
HOSTILE = " ".join(ORDERS)

SETUP = f"""
import pandas as pd
from jarvis_magic import expert
from jarvis_magic.kinds import Label
from jarvis_magic.errors import EndpointRejected
get_ipython().run_line_magic('config', 'JarvisMagics.widget = False')
HOSTILE = {HOSTILE!r}
table = pd.DataFrame({{HOSTILE: [HOSTILE, 1], 'b': [1, 2]}})
letter = HOSTILE
@expert('summarization')
def shorten(text): return HOSTILE
@expert('text-classification')
def judge(text): return [Label(HOSTILE, 0.5)]
@expert('table-question-answering')
def look(question, table): return HOSTILE
@expert('translation')
def fails(text, target_language): raise EndpointRejected(HOSTILE)
"""
CELLS = (
    "%%jarvis -y\nSummarise @letter.",
    f"%%jarvis -y\nSummarise this: {HOSTILE.replace('{', '(').replace(chr(27), '').replace('@', '')}".replace(
        "\x07", ""
    ).replace("\x9b", ""),
    "%%jarvis -y -v\nClassify the sentiment of @letter.",
    "%%jarvis -y\nTranslate @letter to German.",
    "%%jarvis -n\nSummarise @letter.",
    "%jarvis models summarization",
    "%jarvis why summary",
    "table",
)


@pytest.fixture(scope="module")
def live() -> Iterator[Kernel]:
    """A real kernel with hostile values and hostile experts."""
    with kernel() as started:
        ready = started.run(SETUP)
        assert ready.status == "ok", ready.error
        yield started


@pytest.fixture(scope="module")
def shown(live: Kernel) -> list[Cell]:
    """Cells over them."""
    return [live.run(code) for code in CELLS]


pytestmark = [pytest.mark.kernel, pytest.mark.xdist_group("kernel")]


def ours(cells: list[Cell]) -> list[dict[str, str]]:
    """The bundles that we made; the last cell's is the table as pandas shows it."""
    return [bundle for cell in cells[:-1] for bundle in cell.shown]


def test_what_is_shown_is_static(shown: list[Cell]) -> None:
    """Every bundle is HTML without script, style sheet, address outside or handler, and text without orders."""
    bundles = ours(shown)
    assert len(bundles) >= 6
    for bundle in bundles:
        assert set(bundle) <= {"text/html", "text/plain"}
        Page(bundle["text/html"])
        assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202e]", bundle["text/plain"]), bundle["text/plain"]
    assert any("<script>alert(1)</script>" in Page(bundle["text/html"]).text for bundle in bundles)


def test_what_is_printed_and_raised_gives_no_orders(shown: list[Cell]) -> None:
    """Progress lines and the sentence of a failed cell hold no escape, and neither does what is bound."""
    failed = next(cell for cell in shown if cell.name == "RunFailed")
    assert "<script>" in "".join(failed.error)
    for cell in shown:
        assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202e]", cell.printed + "".join(cell.error)), cell


class _Outputs(HTMLParser):
    """The tags inside the outputs of an exported notebook."""

    def __init__(self) -> None:
        super().__init__()
        self.depth = 0
        self.tags: list[tuple[str, dict[str, str]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep a tag inside an output, and how deep it stands in it."""
        said = {name: value or "" for name, value in attrs}
        if self.depth:
            self.tags.append((tag, said))
        if tag == "div":
            self.depth += bool(
                self.depth or {"jp-OutputArea-output", "output_subarea"} & set(said.get("class", "").split())
            )

    def handle_endtag(self, tag: str) -> None:
        """Leave an element."""
        self.depth -= bool(tag == "div" and self.depth)


@pytest.mark.parametrize("template", ["lab", "classic", "basic"])
def test_the_exported_page_runs_nothing(shown: list[Cell], template: str, tmp_path: Path) -> None:
    """Saved, opened again and exported by nbconvert: no script, handler, frame or address of others in any output."""
    cells = [
        new_code_cell("%%jarvis", outputs=[new_output("display_data", data=bundle) for bundle in cell.shown])
        for cell in shown[:-1]
    ]
    file = tmp_path / "a.ipynb"
    nbformat.write(new_notebook(cells=cells), file)
    html, _ = nbconvert.HTMLExporter(template_name=template).from_filename(str(file))
    outputs = _Outputs()
    outputs.feed(html)
    found = outputs.tags if template != "basic" else [*_all_tags(html)]
    assert len(found) > 50
    for tag, said in found:
        assert tag not in ("script", "iframe", "object", "embed", "style", "link", "meta", "base", "form", "svg"), tag
        assert not [name for name in said if name.startswith("on")], said
        assert not re.match(
            r"\s*(javascript|vbscript|data:text)", said.get("href", "") + said.get("src", ""), re.IGNORECASE
        )
        assert tag not in ("img", "audio", "video") or said.get("src", "").startswith("data:")
        assert "url(" not in said.get("style", "")
    assert json.loads(file.read_text(encoding="utf-8"))["cells"]


def _all_tags(html: str) -> list[tuple[str, dict[str, str]]]:
    parser = _Outputs()
    parser.depth = 1
    parser.feed(html)
    return parser.tags


@pytest.mark.parametrize("order", ORDERS)
def test_lines_for_terminals_hold_no_orders(order: str) -> None:
    """Sentences with escapes, which a terminal or a notebook would obey, show them as �: alone, in reports, in tracebacks."""
    said = [
        str(EndpointRejected(order)),
        "".join(EndpointRejected(order)._render_traceback_()),
        str(RunFailed(order, None)),  # type: ignore[arg-type]
        repr(Report(order, [order, "b"], [[order, order]])),
    ]
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202e]", "".join(said))
    assert isinstance(EndpointRejected(order), JarvisError)
    assert event_line(Noted(order)) == order
    assert event_line(TaskNoted("a", order)) == f"a: {order}"


def test_a_result_in_a_variable_opens_nothing(live: Kernel, tmp_path: Path) -> None:
    """A caption that is the name of a private file stays words in every later cell, under any name and in any expression."""
    private = tmp_path / "private.csv"
    private.write_text("secret,b\n1,2\n", encoding="utf-8")
    assert (
        live.run(f"@expert('summarization')\ndef shorten(text): return {str(private)!r}\nletter = 'words'").status
        == "ok"
    )
    assert live.run("%%jarvis caption << -y\nSummarise @letter.").status == "ok"
    live.run("alias = caption\n@expert('summarization')\ndef shorten(text): return 'got ' + text")
    for written in ("@caption", "@alias", "{{caption}}", "{{str(alias)}}"):
        assert live.run(f"%%jarvis short << -y\nSummarise {written}.").status == "ok"
        assert live.value("short") == repr(f"got {private}")
    live.run(f"mine = {str(private.with_name('other.csv'))!r}\n__import__('shutil').copy(caption, mine)")
    assert live.run("%%jarvis short << -y\nSummarise @mine.").status == "ok"
    assert "secret" in live.value("short")  # the user's own str is the user's own file
