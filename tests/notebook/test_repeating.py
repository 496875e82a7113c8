# mypy: disable-error-code="no-untyped-call"
"""Cells repeated from their lock and brought up to date, in a real kernel; and a locked notebook under papermill."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from pathlib import Path

import nbformat
import papermill
import pytest

from tests.servers.scripted import Says, ScriptedServer

from .kernels import Gate, Kernel

pytestmark = [pytest.mark.kernel, pytest.mark.xdist_group("kernel")]

SHORTEN = """
@expert("summarization")
def shorten(text):
    calls.append("shorten")
    return text[:5]
"""
TRANSLATE = """
@expert("translation")
def translate(text, target_language):
    calls.append("translate")
    return text.upper()
"""
PYTHON = {"kernelspec": {"name": "python3", "display_name": "Python", "language": "python"}}
REQUEST = "Summarise @letter, then translate the summary into German."


@pytest.fixture
def working(live: Kernel, tmp_path: Path) -> Iterator[Kernel]:
    """The kernel in a folder of its own, with a user's two experts that count their calls."""
    live.run(f"%cd -q {tmp_path}")
    assert live.run(f"calls = []\nletter = 'good morning to you'\n{SHORTEN}\n{TRANSLATE}").status == "ok"
    yield live
    live.run("%jarvis reset")


def called(kernel: Kernel) -> list[str]:
    """Which experts were called since this was asked last."""
    names = kernel.value("calls")
    kernel.run("calls.clear()")
    found: list[str] = json.loads(names.replace("'", '"'))
    return found


def test_a_lock_repeats_without_asking_anyone(working: Kernel, tmp_path: Path) -> None:
    """Approved once, a cell is repeated from its lock where nobody is, without its controller, on new contents."""
    plan = {"tasks": [{"id": "short", "type": "summarization", "arguments": [{"name": "text", "value": "@letter"}]}]}
    code = "%%jarvis short << --lock cells.lock\nSummarise @letter."
    with ScriptedServer(Says(json.dumps(plan)), Says("It is short.")) as server:
        working.run(f"%config JarvisMagics.base_url = {server.url!r}\n%config JarvisMagics.controller = 'tiny'")
        alone = working.run(code)
        assert "which 'cells.lock' does not hold" in alone.error[0]
        assert working.run(code, ["y"]).status == "ok"
        asked = len(server.requests)
        working.run("letter = 'other words'")
        again = working.run(code)
        assert again.status == "ok", again.error
        assert len(server.requests) == asked
        assert working.value("short") == "'other'"
        assert "Repeated from 'cells.lock'" in again.shown[-1]["text/plain"]
        assert working.value("list(_jarvis.plan.notes)") == "[]"
        assert working.run(code.replace("<<", "<< --respond")).status == "ok"
        assert len(server.requests) == asked + 1
        kept = json.loads((tmp_path / "cells.lock").read_text())
        assert [list(cell["experts"]) for cell in kept["cells"].values()] == [["short"]]
        assert working.run(code.replace("<<", "<< -y --refresh")).status == "ok"
        assert len(server.requests) > asked + 2
        working.run("%config JarvisMagics.base_url = None\n%config JarvisMagics.controller = None")


def test_another_cell_has_its_own_place_in_the_lock(working: Kernel, tmp_path: Path) -> None:
    """Other words or names are another entry; -n fills one without running anything."""
    working.run("%%jarvis -n --lock cells.lock\nSummarise @letter.")
    assert called(working) == []
    working.run("%%jarvis short << -y --lock cells.lock\nSummarise @letter.")
    working.run("%%jarvis short << -y --timeout 60 --lock cells.lock\nSummarise @letter.")
    assert len(json.loads((tmp_path / "cells.lock").read_text())["cells"]) == 2


def test_a_lock_that_reaches_further_than_the_cell(working: Kernel, tmp_path: Path) -> None:
    """A lock changed to take what the cell does not name is an error where nobody is, and a question elsewhere."""
    code = "%%jarvis short << -y --lock cells.lock\nSummarise @letter."
    working.run(code)
    lock = tmp_path / "cells.lock"
    lock.write_text(lock.read_text().replace('"@letter"', '"@secret"').replace('"letter": "text"', '"secret": "text"'))
    working.run("secret = 'the secret words'")
    alone = working.run(code)
    assert "uses '@secret', which this cell does not name. Nobody is here to allow it" in alone.error[0]
    assert working.run(code, ["n"]).name == "JarvisCancelled"
    asked = working.run(code, ["y"])
    assert asked.status == "ok", asked.error
    assert "which this cell does not name" in asked.shown[-1]["text/plain"]
    assert working.value("short") == "'the s'"


def test_a_lock_that_cannot_be_written(working: Kernel, tmp_path: Path) -> None:
    """Without its folder the cell does not begin; if it cannot be written at the end, the results are there all the same."""
    early = working.run("%%jarvis short << -y --lock nowhere/cells.lock\nSummarise @letter.")
    assert early.error == [
        "UsageError: There is no folder 'nowhere' for the lock 'nowhere/cells.lock'; make it, or name another file."
    ]
    assert called(working) == []
    working.run("@expert('summarization')\ndef shorten(text):\n    Path('cells.lock').mkdir()\n    return text[:5]")
    working.run("from pathlib import Path")
    late = working.run("%%jarvis short << -y --lock cells.lock\nSummarise @letter.")
    assert late.error == [f"SourceError: '{tmp_path / 'cells.lock'}' is a folder, not a file that can be read."]
    assert working.value("short") == "'good '"


def test_rerun(working: Kernel) -> None:
    """Only what changed runs again, and what depends on it; the rest is shown as reused."""
    assert working.run(f"%%jarvis -y\n{REQUEST}").status == "ok"
    assert called(working) == ["shorten", "translate"]
    same = working.run("%jarvis rerun")
    assert same.status == "ok", same.error
    assert called(working) == []
    assert same.shown[-1]["text/plain"].count("reused") >= 2
    second = working.value("list(_jarvis.plan.by_id)[1]").strip("'")
    working.run(f"%jarvis rerun {second}")
    assert called(working) == ["translate"]
    working.run(TRANSLATE.replace("upper", "title"))
    working.run("%jarvis rerun")
    assert called(working) == ["translate"]
    working.run("letter = 'another letter'")
    assert working.run("%jarvis rerun").status == "ok"
    assert called(working) == ["shorten", "translate"]
    assert working.value(f"_jarvis.outputs[{second!r}], {second}") == "('Anoth', 'Anoth')"
    assert "did you mean" in working.run(f"%jarvis rerun {second}s").error[0]
    assert "There is no task 'nothing'" in working.run("%jarvis rerun nothing").error[0]


def test_with_y_a_task_starts_while_the_plan_is_written(working: Kernel, gate: Gate) -> None:
    """The rest of the plan comes only after the first expert was called; nothing of it runs twice."""
    tasks = [
        {"id": name, "type": task_type, "arguments": [{"name": "text", "value": "@letter"}]}
        for name, task_type in (("speech", "text-to-speech"), ("short", "summarization"))
    ]
    go_on = threading.Event()
    plan = Says(json.dumps({"tasks": tasks, "notes": []}), piece=4, stops={'"short"': go_on})
    with ScriptedServer(plan, Says("Done.")) as server:
        flags = f"-y -m tiny --base-url {server.url}"
        cell = working.send(f"%%jarvis {flags}\nRead @letter aloud, and summarise it.")
        with gate.held():
            go_on.set()
        ended = working.wait(cell)
        assert ended.status == "ok", ended.error
        assert len(server.requests) == 2
    assert working.value("speech.rate, short") == "(8000, 'good ')"
    assert called(working) == ["shorten"]


def test_code(working: Kernel, tmp_path: Path) -> None:
    """The last run comes as plain Python in a new cell, which runs and opens what the request named; what it lacks is said."""
    working.run(f"%%jarvis -y\n{REQUEST}")
    first, second = json.loads(working.value("list(_jarvis.plan.by_id)").replace("'", '"'))
    cell = working.run("%jarvis code\nprint(get_ipython().payload_manager.read_payload()[-1]['text'])")
    assert f"{first} = shorten(text=letter)" in cell.printed
    working.run(f"del {second}")
    assert working.run(cell.printed).status == "ok"
    assert working.value(second) == "'GOOD '"
    working.run(f"del {first}, {second}")
    working.run("%%jarvis short << -y\nSummarise {{letter[5:]}}")
    assert "Define 'text' before it" in working.run("%jarvis code").printed
    (tmp_path / "a note.txt").write_text("good morning to all of you")
    working.run(f'%%jarvis short << -y\nSummarise @"{tmp_path}/a note.txt"')
    cell = working.run("%jarvis code\nprint(get_ipython().payload_manager.read_payload()[-1]['text'])")
    written = "".join(cell.printed.split())  # where its lines end depends on how long the path is
    assert f"a_note=Path('{tmp_path}/anote.txt').read_text(encoding='utf-8')" in written
    assert "Define" not in cell.printed


def test_why(working: Kernel) -> None:
    """A failure is explained: what was tried, what it answered, what to type; a skip names its cause; then it is mended."""
    working.run(TRANSLATE.replace("return text.upper()", "raise ValueError('no dictionary')"))
    assert (
        working.run("%%jarvis -y\nTranslate @letter into German, then summarise the translation.").name == "RunFailed"
    )
    first, second = json.loads(working.value("list(_jarvis.plan.by_id)").replace("'", '"'))
    explained = working.run(f"%jarvis why {first}").shown[-1]["text/plain"]
    assert "no dictionary" in explained
    assert f"`%jarvis rerun {first}` tries again" in explained
    assert f"`%jarvis why {first}`" in working.run(f"%jarvis why {second}").shown[-1]["text/plain"]
    assert "There is no task 'x'" in working.run("%jarvis why x").error[0]
    working.run(TRANSLATE)
    mended = working.run("%jarvis rerun")
    assert mended.status == "ok", mended.error
    assert working.value(second) == "'GOOD '"


def test_before_any_run(working: Kernel) -> None:
    """Asked too early, or after a reset, each says so in a sentence."""
    working.run("%%jarvis -y\nSummarise @letter.")
    assert working.run("%jarvis reset").status == "ok"
    for line in ("rerun", "why", "why short", "history", "show", "code"):
        (sentence,) = working.run(f"%jarvis {line}").error
        assert sentence.startswith("UsageError: There is no run in this session; write a request")


def test_a_locked_notebook_under_papermill(tmp_path: Path) -> None:
    """Planned once with -n, a notebook runs with other parameters inside {{}}, and nobody there."""
    cells = [
        nbformat.v4.new_code_cell('topic = "good morning"', metadata={"tags": ["parameters"]}),
        nbformat.v4.new_code_cell(
            "%load_ext jarvis_magic\nfrom jarvis_magic import expert\n"
            "@expert('summarization')\ndef shorten(text):\n    return text[:6]"
        ),
        nbformat.v4.new_code_cell(
            f"%%jarvis short << FLAGS --lock {tmp_path / 'cells.lock'}\nSummarise this: {{{{topic}}}}"
        ),
        nbformat.v4.new_code_cell("print('made:', globals().get('short'))"),
    ]

    def execute(flags: str, **parameters: str) -> str:
        text = nbformat.writes(nbformat.v4.new_notebook(cells=cells, metadata=PYTHON)).replace("FLAGS", flags)
        source = tmp_path / "in.ipynb"
        source.write_text(text)
        done = papermill.execute_notebook(
            source, tmp_path / "out.ipynb", parameters, kernel_name="python3", progress_bar=False
        )
        return str(done.cells[-1].outputs[0].text)

    assert "made: None" in execute("-n")
    assert "made: other " in execute("", topic="other words")
