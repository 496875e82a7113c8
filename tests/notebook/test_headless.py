# mypy: disable-error-code="no-untyped-call"
"""Notebooks that run with nobody there: nbclient, papermill, nbconvert's way; and a plain terminal."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
from pathlib import Path

import nbformat
import papermill
import pytest
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError

pytestmark = [pytest.mark.kernel, pytest.mark.xdist_group("kernel")]

LOAD = """
%load_ext jarvis_magic
from PIL import Image
photo = Image.new("RGB", (60, 40), "red")
"""


def notebook(*cells: str) -> nbformat.NotebookNode:
    """A notebook of code cells, the first of which loads the extension."""
    made: nbformat.NotebookNode = nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_code_cell(cell.strip()) for cell in (LOAD, *cells)]
    )
    made.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}
    return made


def outputs(cell: nbformat.NotebookNode) -> str:
    """Everything in a cell's outputs, as JSON."""
    return json.dumps(cell.outputs)


def test_nbclient() -> None:
    """With -y a notebook runs to its end, later cells use the results, what stays is static, and the code is printed."""
    made = notebook("%%jarvis grey = << -y\nMake @photo grey.", "print(grey.size)", "%jarvis code")
    NotebookClient(made, timeout=60).execute()
    shown = outputs(made.cells[1])
    assert "data:image/" in shown
    assert "widget" not in shown
    assert made.cells[2].outputs[0].text == "(60, 40)\n"
    assert "grey = " in made.cells[3].outputs[0].text


def test_nbclient_without_approval() -> None:
    """Without it the cell fails at once, and the ways out stand in the notebook."""
    made = notebook("%%jarvis\nMake @photo grey.", "print('later')")
    with pytest.raises(CellExecutionError, match="JARVIS_APPROVE=auto"):
        NotebookClient(made, timeout=60).execute()
    assert made.cells[1].outputs[0].ename == "UsageError"
    assert made.cells[1].outputs[0].traceback == [f"UsageError: {made.cells[1].outputs[0].evalue}"]
    assert made.cells[2].outputs == []


def test_papermill(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Parameters reach the request, JARVIS_APPROVE=auto approves, and an error's sentence survives."""
    monkeypatch.setenv("JARVIS_APPROVE", "auto")
    made = notebook("wish = ''", "%%jarvis sound <<\nRead {{wish}} aloud.", "print(sound.duration > 0.3)")
    made.cells[1].metadata["tags"] = ["parameters"]
    nbformat.write(made, tmp_path / "in.ipynb")
    done = papermill.execute_notebook(
        str(tmp_path / "in.ipynb"), str(tmp_path / "out.ipynb"), parameters={"wish": "good morning"}, progress_bar=False
    )
    assert done.cells[-1].outputs[0].text == "True\n"
    nbformat.write(notebook("%%jarvis\nMake @phto grey."), tmp_path / "wrong.ipynb")
    with pytest.raises(papermill.PapermillExecutionError, match="did you mean 'photo'"):
        papermill.execute_notebook(str(tmp_path / "wrong.ipynb"), str(tmp_path / "out.ipynb"), progress_bar=False)


def test_terminal(tmp_path: Path) -> None:
    """In a terminal the plan is a tree of text, the question is answered by a key, and results are lines."""
    script = f"{LOAD.strip()}\nget_ipython().run_cell_magic('jarvis', '', 'Make @photo grey.')\nprint(edited.size)\n"
    (tmp_path / "cell.ipy").write_text(script)
    outer, inner = pty.openpty()
    command = [sys.executable, "-m", "IPython", "--no-banner", "--colors=nocolor", "cell.ipy"]
    environment = {**os.environ, "IPYTHONDIR": str(tmp_path), "TERM": "dumb"}
    with subprocess.Popen(
        command, stdin=inner, stdout=subprocess.PIPE, text=True, cwd=tmp_path, env=environment
    ) as process:
        os.write(outer, b"y\n")
        said = process.communicate(timeout=60)[0]
    os.close(outer)
    os.close(inner)
    assert "@photo" in said
    assert "Run this plan? [y]es [n]o [e]dit:" in said
    assert "edited: done in" in said
    assert "(60, 40)" in said
