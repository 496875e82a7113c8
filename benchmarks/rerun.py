# mypy: disable-error-code="no-untyped-call"
"""What it costs to bring a cell up to date in which nothing has changed: ``%jarvis rerun``, and a saved plan run again.

Run with ``python benchmarks/rerun.py``; part of ``make bench``. The cells run in IPython itself, without a front end.
"""

from __future__ import annotations

import contextlib
import io
import os
import tempfile
import time
from pathlib import Path

import PIL.Image
from IPython.core.interactiveshell import InteractiveShell

FILES = 1_000
SETUP = """
from jarvis_magic import expert

@expert("image-to-text", name="shade")
def shade(image):
    return str(image.getpixel((0, 0)))

@expert("summarization", name="shorten")
def shorten(text):
    return text[:20]

@expert("translation", name="translate")
def translate(text, target_language):
    return text.upper()

letter = "It rained all day. " * 500
"""


def seconds(shell: InteractiveShell, *cell: str) -> float:
    """How long a cell takes, whatever it says."""
    began = time.perf_counter()
    with contextlib.redirect_stdout(io.StringIO()):
        if len(cell) == 1:
            shell.run_line_magic("jarvis", cell[0])
        else:
            shell.run_cell_magic("jarvis", *cell)
    return time.perf_counter() - began


def photos(folder: Path) -> None:
    """Write very many small pictures."""
    small = io.BytesIO()
    PIL.Image.new("L", (4, 4), 7).save(small, "PNG")
    for number in range(FILES):
        (folder / f"{number:05}.png").write_bytes(small.getvalue())


def main() -> None:
    os.environ["JARVIS_CONTROLLER"] = "offline"
    shell = InteractiveShell.instance()
    shell.run_cell(SETUP)
    shell.run_line_magic("load_ext", "jarvis_magic")
    with tempfile.TemporaryDirectory() as folder:
        photos(Path(folder))
        for name, request in (
            ("two tasks on a text", "Summarise @letter, then translate the summary into German."),
            (f"a folder of {FILES:,} pictures", f'Describe each picture of @"{folder}".'),
        ):
            first = seconds(shell, "-y", request)
            again = min(seconds(shell, "rerun") for _ in range(5))
            print(
                f"{name}: {again * 1000:.0f} ms to run again with nothing changed (at most 50), {first:.2f} s at first"
            )


if __name__ == "__main__":
    main()
