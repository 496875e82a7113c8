# mypy: disable-error-code="no-untyped-call,union-attr"
"""Completion: what is offered where, and that IPython's own is left alone elsewhere."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from IPython.core.completer import provisionalcompleter
from IPython.core.interactiveshell import InteractiveShell
from PIL import Image
from traitlets.config import Config

from jarvis_magic import Plan, Run, Task


@pytest.fixture
def shell() -> Iterator[InteractiveShell]:
    """A shell with the extension, two variables, and a run."""
    InteractiveShell.clear_instance()
    config = Config()
    config.HistoryManager.enabled = False
    config.Completer.use_jedi = False
    made = InteractiveShell.instance(config=config)
    made.run_line_magic("load_ext", "jarvis_magic")
    run = Run(Plan("Say hello", {}, [Task("speech", "text-to-speech", {"text": "hello"})]))
    made.push({"photo": Image.new("RGB", (2, 2)), "phone": "0123", "photograph": print, "_jarvis": run})
    yield made
    made.run_line_magic("unload_ext", "jarvis_magic")
    InteractiveShell.clear_instance()


def offered(shell: InteractiveShell, code: str) -> dict[str, str]:
    """What is offered at the end of a cell: the whole cell after taking it, and a word on what it is."""
    with provisionalcompleter():
        found = list(shell.Completer.completions(code, len(code)))
    return {code[: one.start] + one.text: one.type or "" for one in found}


@pytest.mark.parametrize(
    ("code", "whole"),
    [
        ("%%jarvis --time", "%%jarvis --timeout"),
        ("%%jarvis words << -y --app", "%%jarvis words << -y --approve"),
        ("%%jarvis --where lo", "%%jarvis --where local"),
        ("%%jarvis --use text-to-sp", "%%jarvis --use text-to-speech"),
        ("%%jarvis --use sp", "%%jarvis --use speech"),
        ("%jarvis hist", "%jarvis history"),
        ("%jarvis models image-to-t", "%jarvis models image-to-text"),
        ("%jarvis why sp", "%jarvis why speech"),
        ("%jarvis rerun sp", "%jarvis rerun speech"),
    ],
)
def test_what_is_offered(shell: InteractiveShell, code: str, whole: str) -> None:
    """Options and their values, task types, ids and lines are completed where they belong."""
    assert whole in offered(shell, code)


def test_variables_with_their_kinds(shell: InteractiveShell) -> None:
    """After an @ in the request stand the variables that can be referred to, with their kinds, and nothing else."""
    found = offered(shell, "%%jarvis\nDescribe @ph")
    assert found == {"%%jarvis\nDescribe @photo": "image", "%%jarvis\nDescribe @phone": "text"}
    assert "%%jarvis\n描述@photo" in offered(shell, "%%jarvis\n描述@phot")
    assert "%jarvis sends Describe @photo" in offered(shell, "%jarvis sends Describe @phot")


def test_elsewhere_ipython_completes(shell: InteractiveShell) -> None:
    """In other cells nothing of ours is in the way."""
    assert set(offered(shell, "phot")) == {"photo", "photograph"}
    assert "%%jarvis" in offered(shell, "%%jar")
