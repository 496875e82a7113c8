"""Execute example notebooks for real, into ``build/``, each named on the command line."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbconvert import HTMLExporter


def execute(path: Path, build: Path) -> None:
    """Run a notebook as a new user would, nobody there to be asked, and leave it and its HTML in `build`."""
    notebook = nbformat.read(path, as_version=4)
    client = NotebookClient(notebook, timeout=600, resources={"metadata": {"path": str(path.parent)}})
    try:
        client.execute()
    finally:
        nbformat.write(notebook, build / path.name)
        html, _ = HTMLExporter(template_name="lab").from_notebook_node(notebook)
        (build / path.with_suffix(".html").name).write_text(html, encoding="utf-8")


def main(names: list[str]) -> None:
    """Execute every notebook named."""
    os.environ.setdefault("JARVIS_APPROVE", "auto")
    build = Path("build")
    build.mkdir(exist_ok=True)
    for name in names:
        path = Path(name)
        execute(path, build)
        print(f"{path} ran: build/{path.name} and build/{path.with_suffix('.html').name}")


if __name__ == "__main__":
    main(sys.argv[1:])
