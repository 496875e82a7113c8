# mypy: disable-error-code="no-untyped-call,union-attr"
"""Completion: what is offered where, and that IPython's own is left alone elsewhere."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from IPython.core.completer import provisionalcompleter
from IPython.core.interactiveshell import InteractiveShell
from PIL import Image
from traitlets.config import Config

from jarvis_magic import Audio, Plan, Run, Task, expert
from jarvis_magic.experts import forget
from jarvis_magic.notebook.line import LINES

from .kernels import Kernel


@pytest.fixture
def shell(monkeypatch: pytest.MonkeyPatch) -> Iterator[InteractiveShell]:
    """A shell with the extension, two variables, and a run."""
    InteractiveShell.clear_instance()
    config = Config()
    config.HistoryManager.enabled = False
    config.Completer.use_jedi = False
    made = InteractiveShell.instance(config=config)
    made.run_line_magic("load_ext", "jarvis_magic")
    run = Run(Plan("Say hello", {}, [Task("speech", "text-to-speech", {"text": "hello"})]))
    made.push({"photo": Image.new("RGB", (2, 2)), "phone": "0123", "photograph": print, "_jarvis": run})
    made.push({"sound": Audio([0.0] * 8, 8000)})
    made.run_line_magic("config", "JarvisMagics.controller = 'llama-of-mine'")
    made.run_line_magic(
        "config", "JarvisMagics.base_url = 'http://127.0.0.1:9/v1'"
    )  # nobody is there, and nobody is asked
    monkeypatch.setenv("WEATHER_KEY", "secret")
    expert("image-to-text", name="seer")(lambda image: f"seen: {image}")
    yield made
    forget("seer")
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
        ("%%jarvis --use text-to-speech=toolbox/e", "%%jarvis --use text-to-speech=toolbox/espeak-ng"),
        ("%%jarvis -y --use speech=", "%%jarvis -y --use speech=toolbox/espeak-ng"),
        ("%%jarvis --use image-to-text=se", "%%jarvis --use image-to-text=seer"),
        ("%%jarvis -m off", "%%jarvis -m offline"),
        ("%%jarvis --model llama", "%%jarvis --model llama-of-mine"),
        ("%%jarvis --key-env WEATHER", "%%jarvis --key-env WEATHER_KEY"),
        ("%%jarvis --on lo", "%%jarvis --on local"),
        ("%%capture out\n%%jarvis --wh", "%%capture out\n%%jarvis --where"),
        ("%jarvis models text-to-speech --s", "%jarvis models text-to-speech --search"),
        ("%jarvis models text-to-speech --search toolb", "%jarvis models text-to-speech --search toolbox/espeak-ng"),
        ("%jarvis play so", "%jarvis play sound"),
    ],
)
def test_what_is_offered(shell: InteractiveShell, code: str, whole: str) -> None:
    """Options and their values, task types, ids and lines are completed where they belong."""
    assert whole in offered(shell, code)


def test_variables_with_their_kinds(shell: InteractiveShell) -> None:
    """After an @ in the request stand the variables that can be referred to, with their kinds, and nothing else."""
    found = offered(shell, "%%jarvis\nDescribe @ph")
    assert found == {"%%jarvis\nDescribe @photo": "image", "%%jarvis\nDescribe @phone": "text"}
    assert offered(shell, "%%time\n%%jarvis\nDescribe @phot")["%%time\n%%jarvis\nDescribe @photo"] == "image"
    assert "%%jarvis\n描述@photo" in offered(shell, "%%jarvis\n描述@phot")
    assert "%jarvis sends Describe @photo" in offered(shell, "%jarvis sends Describe @phot")


def test_elsewhere_ipython_completes(shell: InteractiveShell) -> None:
    """In other cells nothing of ours is in the way."""
    assert set(offered(shell, "phot")) == {"photo", "photograph"}
    assert "%%jarvis" in offered(shell, "%%jar")


def test_what_an_offer_is_takes_one_word(shell: InteractiveShell) -> None:
    """JupyterLab has room for one word beside an offer, and breaks more over its neighbours."""
    lines = (
        "%jarvis ",
        "%%jarvis -",
        "%%jarvis -m ",
        "%%jarvis --use ",
        "%%jarvis --use text-to-image=",
        "%jarvis models ",
    )
    for line in lines:
        found = offered(shell, line)
        assert found
        assert not [what for what in found.values() if " " in what]


def test_a_front_end_is_told(live: Kernel) -> None:
    """What a page asks a real kernel: what may come next with the kinds, and what the magic is, with its options and examples."""
    found = live.ask("complete_request", code="%%jarvis\nDescribe @pho", cursor_pos=22)
    (offer,) = found["metadata"]["_jupyter_types_experimental"]
    assert (offer["text"], offer["type"]) == ("photo", "image")
    assert found["matches"] == ["photo"]

    models = live.ask("complete_request", code="%%jarvis --use image-to-text=", cursor_pos=29)["matches"]
    assert {"describe", "toolbox/rapidocr"} <= set(models)

    told = live.ask("inspect_request", code="%%jarvis", cursor_pos=8, detail_level=0)["data"]["text/plain"]
    assert "%%jarvis? to see how" in told


def test_usage_with_examples(live: Kernel) -> None:
    """``%%jarvis?`` and ``%%jarvis --help`` show how a request is written: examples, every option, and what it does."""
    (pager,) = live.page("%%jarvis?")
    shown = live.run("%%jarvis --help\nx").printed

    for told in (pager, shown):
        assert "Describe @photo in one sentence, then read the description aloud." in told
        for option in ("--use TASK_OR_ID=MODEL[@PROVIDER]", "--on ADDRESS|local", "-y, --yes", "--lock FILE"):
            assert option in told


def test_help_lists_every_line(live: Kernel) -> None:
    """``%jarvis help`` has a row for everything that ``%jarvis`` takes."""
    named = live.value("[row[0].split()[1] for row in get_ipython().run_line_magic('jarvis', 'help').rows]")

    assert named == repr(list(LINES))
