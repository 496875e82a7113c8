"""Hours of use of one kernel: cell after cell with media, the widget open in each, and what the kernel holds afterwards.

The page is a double: it speaks the widget's messages over the kernel's own channels, says that it is there, and presses
Run as soon as it may.
"""

from __future__ import annotations

import ast
import contextlib
import json
import random
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

from tests.notebook.kernels import PATIENCE, Cell, Kernel, kernel

SETUP = """
import gc, os, sys, tempfile, threading
from pathlib import Path
import numpy as np
import pandas
from PIL import Image
from jarvis_magic import Audio, expert

tempfile.tempdir = tempfile.mkdtemp()
get_ipython().run_line_magic("config", "JarvisMagics.cache_bytes = 10_000_000")
photo = Image.effect_noise((640, 480), 60).convert("RGB")
voice = Audio((0.3 * np.sin(np.arange(48_000) / 8)).astype("float32"), 16_000)
notes = "Rain fell all day. Anna stayed at home and read a book about the sea. She liked it."
flaky = {"calls": 0}

@expert("image-to-text")
def describe(image):
    return f"a noisy picture of {image.width} by {image.height}"

@expert("text-to-speech")
def speak(text):
    return Audio(np.zeros(32_000, "float32"), 16_000)

@expert("automatic-speech-recognition")
def hear(audio):
    return f"{audio.duration:.0f} seconds of humming"

@expert("translation")
def translate(text, target_language):
    flaky["calls"] += 1
    if flaky["calls"] % 3 == 0:
        raise ValueError("no dictionary")
    return text.upper()

def held():
    gc.collect()
    from ipywidgets.widgets import widget
    import comm
    links = []
    for name in os.listdir("/proc/self/fd"):
        try:
            link = os.readlink(f"/proc/self/fd/{name}")
            links += [] if "profile_default" in link or "eventfd" in link else [link]  # those are IPython's and ZeroMQ's
        except OSError:
            pass
    objects = gc.get_objects()
    media = sum(isinstance(each, (Image.Image, Audio)) for each in objects)
    resident = int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    return {
        "threads": sum(not t.name.startswith(("jarvis call", "asyncio_")) for t in threading.enumerate()), "files": len(links),
        "comms": len(comm.get_comm_manager().comms), "widgets": len(widget._instances),
        "temporary": len(os.listdir(tempfile.gettempdir())), "megabytes": resident / 1e6,
        "objects": len(objects), "media": media,
    }
"""

REQUESTS = (
    "Describe @photo, then read the description aloud.",
    "Make @photo grey and describe the result.",
    "Write down what is said in @voice.",
    "Translate @notes into German, then read the translation aloud.",
    "Turn @photo upside down, and describe @photo.",
)
"""What the cells ask for, in turn; every third translation fails."""

WARM = 0.34
"""The share of the cells after which nothing may grow any more; each cell of the notebook has been run by then."""

FIXED = ("threads", "files", "comms", "widgets", "temporary", "media")
"""What must be held no more of at the end than when all was warm; ``media`` are pictures and sounds."""

OBJECTS_A_CELL, OBJECTS = 150.0, 30_000
"""How many Python objects a cell may leave (the plan and the outcomes of a run that is remembered, without its results), and
how many libraries may that are loaded later."""

KILOBYTES_A_CELL, SLACK = 25.0, 120.0
"""How much each cell may make the kernel grow (what IPython keeps of every cell, and the plans of the runs that are
remembered; a picture or a sound of one cell is ten times that), and how many megabytes there are for libraries that are loaded later and for the allocator."""


OVER = "over before, its reply lost by ipykernel"
ENDINGS = ("ok", "JarvisCancelled", "RunFailed", "KeyboardInterrupt", OVER)
"""How a cell ends that is interrupted; those after the first two where it had ended, or had not begun."""


class Page(Kernel):
    """A kernel's page that answers the widget; ``clicks`` says whether it presses Run."""

    def __init__(self, started: Kernel) -> None:
        super().__init__(started._manager, started._client)  # noqa: SLF001 - the same kernel, with a page
        self.opened, self.closed = 0, 0
        self._pressed: set[str] = set()

    def _output(self, cell: Cell, kind: str, content: dict[str, Any]) -> None:
        super()._output(cell, kind, content)
        if kind == "comm_close":
            self.closed += 1
        elif kind in ("comm_open", "comm_msg"):
            self.opened += kind == "comm_open"
            self._answer(content["comm_id"], content["data"])

    def spend(self, seconds: float) -> None:
        """Go on answering for a while."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            self._published()
            self._replied()

    def ended(self, identity: str) -> Cell:
        """Wait for the end of a cell that was interrupted; an interrupt just after it takes ipykernel's reply with it."""
        cell = self._cells[identity]
        began = time.monotonic()
        while not cell.idle:
            self.spend(0.05)
            if time.monotonic() - began > PATIENCE:
                msg = f"a cell that was interrupted goes on; it has printed {cell.printed!r:.200}"
                raise TimeoutError(msg)
        self.spend(0.1)
        return cell

    def _answer(self, comm: str, data: Mapping[str, Any]) -> None:
        said, state = data.get("content", {}), data.get("state", {})
        if data.get("method") == "custom" and said.get("kind") == "ping":
            self._say(comm, {"kind": "pong", "number": said.get("number")})
        buttons = state.get("live", {}).get("buttons", {})
        if buttons.get("run") and comm not in self._pressed:
            self._pressed.add(comm)
            self._say(comm, {"kind": "run"})
        elif buttons.get("finish"):
            self._say(comm, {"kind": "finish"})

    def _say(self, comm: str, content: Mapping[str, Any]) -> None:
        data = {"method": "custom", "content": content}
        self._client.shell_channel.send(self._client.session.msg("comm_msg", {"comm_id": comm, "data": data}))


@dataclass
class Endured:
    """What came of it: what was held when all was warm and at the end, and what the cells left in the notebook."""

    cells: int = 0
    statuses: dict[str, int] = field(default_factory=dict)
    warm: Mapping[str, float] = field(default_factory=dict)
    end: Mapping[str, float] = field(default_factory=dict)
    widgets: int = 0
    seconds: float = 0.0
    outputs: list[tuple[str, list[dict[str, Any]]]] = field(default_factory=list)

    def grown(self, warm: int) -> Iterator[str]:
        """What is more than it may be, `warm` cells having gone before the first look."""
        for name in FIXED:
            if self.end[name] > self.warm[name]:
                yield f"{name}: {self.warm[name]:g} when warm, {self.end[name]:g} at the end"
        if self.end["objects"] - self.warm["objects"] > OBJECTS + OBJECTS_A_CELL * (self.cells - warm):
            yield f"objects: {self.warm['objects']:g} when warm, {self.end['objects']:g} at the end"
        allowed = KILOBYTES_A_CELL * (self.cells - warm) / 1000 + SLACK
        if self.end["megabytes"] - self.warm["megabytes"] > allowed:
            yield f"memory: {self.warm['megabytes']:.0f} MB when warm, {self.end['megabytes']:.0f} MB at the end"


@contextlib.contextmanager
def page() -> Iterator[Page]:
    """Start a kernel with a page, experts and media."""
    with kernel() as started:
        opened = Page(started)
        cell = opened.run(SETUP)
        assert cell.status == "ok", cell.error  # noqa: S101 - nothing can be measured otherwise
        yield opened


def warm_after(cells: int) -> int:
    """After how many cells nothing may grow any more."""
    return max(len(REQUESTS), int(cells * WARM))


def endure(opened: Page, cells: int) -> Endured:
    """Run cells one after another, approving each on the page."""
    came, began, warm = Endured(), time.monotonic(), warm_after(cells)
    for number in range(cells):
        if number == warm:
            came.warm = _held(opened)
        code = f"%%jarvis -v\n{REQUESTS[number % len(REQUESTS)]}"
        cell = opened.run(code, person=True, cell_id=f"cell-{number % min(100, warm)}")
        came.cells += 1
        came.statuses[cell.status] = came.statuses.get(cell.status, 0) + 1
        if cell.status == "error" and cell.name != "RunFailed":
            msg = f"cell {number} raised {cell.error}"
            raise RuntimeError(msg)
        came.outputs = [*came.outputs[-99:], (code, cell.shown)]
    came.end, came.widgets, came.seconds = _held(opened), opened.opened, time.monotonic() - began
    return came


def interrupted(opened: Page, cells: int, chance: random.Random) -> Endured:
    """Run cells and press the stop button in each at a random moment; after each the kernel must be as good as before."""
    came, began = Endured(), time.monotonic()
    opened.run(f"%%jarvis -v\n{REQUESTS[0]}", person=True, cell_id="cell")
    came.warm = _held(opened)
    for number in range(cells):
        running = opened.send(f"%%jarvis -v\n{REQUESTS[number % len(REQUESTS)]}", person=True, cell_id="cell")
        opened.spend(chance.random() * 0.3)
        opened.interrupt()
        cell = opened.ended(running)
        how = cell.name or cell.status or OVER
        if how not in ENDINGS:
            msg = f"cell {number} was interrupted and ended with {how}: {cell.error}"
            raise RuntimeError(msg)
        came.cells, came.statuses[how] = came.cells + 1, came.statuses.get(how, 0) + 1
        if opened.value("1 + 1") != "2":
            msg = f"after cell {number} was interrupted, the kernel does not calculate"
            raise RuntimeError(msg)
    came.end, came.widgets, came.seconds = _held(opened), opened.opened, time.monotonic() - began
    for _ in range(20):  # what an interrupt left behind may need a moment
        if not any(came.grown(0)):
            break
        opened.spend(0.3)
        came.end = _held(opened)
    return came


def _held(opened: Page) -> Mapping[str, float]:
    found: Mapping[str, float] = ast.literal_eval(opened.value("held()"))
    return found


def notebook_of(outputs: list[tuple[str, list[dict[str, Any]]]], path: Path) -> int:
    """Save what cells left as a notebook, as a front end does, and return its bytes."""
    import nbformat

    v4: Any = nbformat.v4
    cells = [
        v4.new_code_cell(code, outputs=[v4.new_output("display_data", data=_static(data)) for data in shown])
        for code, shown in outputs
    ]
    notebook = v4.new_notebook(cells=cells, metadata={"kernelspec": {"name": "python3", "display_name": "Python 3"}})
    nbformat.validate(notebook)
    path.write_text(v4.writes(notebook), encoding="utf-8")
    return path.stat().st_size


def _static(bundle: Mapping[str, Any]) -> dict[str, Any]:
    return {mime: data for mime, data in bundle.items() if "widget" not in mime}


def as_page(path: Path) -> int:
    """Open a notebook and render it as HTML, as nbconvert does, and return the page's length."""
    import nbconvert
    import nbformat

    exporter, v4 = cast("Any", nbconvert.HTMLExporter), cast("Any", nbformat.v4)
    page_of, _ = exporter().from_notebook_node(v4.reads(path.read_text(encoding="utf-8")))
    return len(str(page_of))


def in_a_browser(path: Path, home: Path) -> tuple[float, bool]:
    """Open a notebook in a real JupyterLab, and save it there; the seconds it took to open, and whether it stayed itself."""
    from playwright.sync_api import sync_playwright

    from tests.browser.jupyter import Notebook, Server, browser_of

    server = Server("lab", home)
    try:
        (server.notebooks / path.name).write_bytes(path.read_bytes())
        with sync_playwright() as playwright:
            browser = browser_of(playwright)
            began = time.monotonic()
            opened = Notebook(server, browser.new_page(), path.name)
            took = time.monotonic() - began
            saved = opened.save()
            browser.close()
    finally:
        server.close()
    outputs = [cell["outputs"] for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]]
    return took, [_joined(cell["outputs"]) for cell in saved["cells"]] == [_joined(each) for each in outputs]


def _joined(outputs: Any) -> list[dict[str, str]]:
    """What outputs hold, their lines together."""
    return [{mime: "".join(lines) for mime, lines in output["data"].items()} for output in outputs]


def told(cells: int) -> int:
    """Run cells in one kernel, print the figures, and return how much has grown."""
    import tempfile

    with page() as opened:
        came = endure(opened, cells)
        unclosed = opened.opened - opened.closed
        stopped = interrupted(opened, cells // 5, random.Random(cells))
    grown_too = list(stopped.grown(0))
    print(f"  {stopped.cells} interrupted at any moment: {stopped.statuses}; grown: {len(grown_too)}", *grown_too)
    grown = list(came.grown(warm_after(cells)))
    print(
        f"  {came.cells} cells ({came.statuses}), {came.widgets} widgets, {unclosed} not closed, {came.seconds:.0f} s"
    )
    print(f"  warm: {_figures(came.warm)}\n  end:  {_figures(came.end)}")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "hundred.ipynb"
        size = notebook_of(came.outputs, path)
        length = as_page(path)
        took, same = in_a_browser(path, Path(folder) / "jupyter")
    print(f"  a notebook of {len(came.outputs)} outputs: {size / 1e6:.1f} MB saved, {length / 1e6:.1f} MB as a page")
    print(f"  JupyterLab opened it in {took:.1f} s, and saved it {'as it was' if same else 'CHANGED'}")
    print(f"  grown: {len(grown)}", *grown, sep="\n    ", flush=True)
    return len(grown) + len(grown_too) + unclosed + (not same)


def _figures(held: Mapping[str, float]) -> str:
    return ", ".join(f"{name}: {number:g}" for name, number in held.items())
