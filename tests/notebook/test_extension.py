# mypy: disable-error-code="no-untyped-call,attr-defined,union-attr"
"""Loading and unloading: fast, complete, and undone without a trace."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from IPython.core.interactiveshell import InteractiveShell
from traitlets.config import Config

from jarvis_magic import Audio, Plan
from jarvis_magic.tasks import Task

HEAVY = {
    "anywidget", "av", "huggingface_hub", "ipyaudio", "ipywidgets", "numpy", "onnxruntime", "openai", "pandas", "PIL",
    "pydantic", "sklearn", "torch", "transformers",
}  # fmt: skip


@pytest.fixture
def shell() -> Iterator[InteractiveShell]:
    """A shell without a kernel."""
    InteractiveShell.clear_instance()
    config = Config()
    config.HistoryManager.enabled = False
    made = InteractiveShell.instance(config=config)
    yield made
    InteractiveShell.clear_instance()


def test_loading_imports_nothing_heavy() -> None:
    """`%load_ext jarvis_magic` brings in no library that is slow to import."""
    script = (
        "import sys, json\n"
        "from IPython.core.interactiveshell import InteractiveShell\n"
        "shell = InteractiveShell.instance()\n"
        "before = set(sys.modules)\n"
        "shell.run_line_magic('load_ext', 'jarvis_magic')\n"
        "print(json.dumps(sorted(set(sys.modules) - before)))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    brought = {name.partition(".")[0] for name in json.loads(done.stdout.splitlines()[-1])}
    assert "jarvis_magic" in brought
    assert not brought & HEAVY


def test_unloading_undoes_every_hook(shell: InteractiveShell) -> None:
    """After %unload_ext the shell is as it was before."""

    def state() -> dict[str, object]:
        formatters = shell.display_formatter.formatters.values()
        return {
            "magics": {kind: set(known) for kind, known in shell.magics_manager.magics.items()},
            "transformers": [*shell.input_transformers_post, *shell.input_transformers_cleanup],
            "events": {name: list(calls) for name, calls in shell.events.callbacks.items()},
            "configurables": [type(one).__name__ for one in shell.configurables],
            "formatters": [(set(f.type_printers), set(f.deferred_printers)) for f in formatters],
            "matchers": list(shell.Completer.custom_matchers),
            "attributes": "_jarvis_extension" in vars(shell),
        }

    shell.find_line_magic("load_ext")  # IPython makes it when it is first wanted
    before = state()
    shell.run_line_magic("load_ext", "jarvis_magic")
    assert state() != before
    shell.run_line_magic("unload_ext", "jarvis_magic")
    assert state() == before
    shell.run_line_magic("load_ext", "jarvis_magic")
    shell.run_line_magic("reload_ext", "jarvis_magic")
    assert "jarvis" in shell.magics_manager.magics["cell"]
    shell.run_line_magic("unload_ext", "jarvis_magic")
    assert state() == before


def test_our_values_show_themselves(shell: InteractiveShell) -> None:
    """A plan and a sound that stand alone have HTML and text; unloaded, their plain text."""
    shell.run_line_magic("load_ext", "jarvis_magic")
    plan = Plan("Say hello", {}, [Task("speech", "text-to-speech", {"text": "hello"})])
    data, _ = shell.display_formatter.format(plan)
    assert "data:image/svg+xml" in data["text/html"]
    assert "speech" in data["text/plain"]
    assert "<audio" in shell.display_formatter.format(Audio([0.0] * 100, 8000))[0]["text/html"]
    shell.run_line_magic("unload_ext", "jarvis_magic")
    assert "text/html" not in shell.display_formatter.format(plan)[0]


def test_the_cell_that_awaits(shell: InteractiveShell) -> None:
    """In a kernel, exactly a cell of %%jarvis awaits: no other magic, none inside another, not without autoawait."""
    shell.run_line_magic("load_ext", "jarvis_magic")
    cell = "%%jarvis -y\nDescribe @photo"
    assert "await" not in shell.transform_cell(cell)  # a terminal
    shell.kernel = object()
    try:
        assert shell.transform_cell(cell).startswith("await get_ipython()")
        assert "await" not in shell.transform_cell(cell.replace("jarvis", "jarvis2"))
        shell.autoawait = False
        assert "await" not in shell.transform_cell(cell)
        shell.autoawait = True
        nested: list[str] = []
        shell.user_ns["note"] = lambda: nested.append(shell.transform_cell(cell))
        shell.run_cell("note()")
        assert "await" not in nested[0]
    finally:
        del shell.kernel
        shell.run_line_magic("unload_ext", "jarvis_magic")


def test_a_question_is_a_request_and_no_help(shell: InteractiveShell) -> None:
    """A line that ends in a question mark reaches `%jarvis sends` whole; every other is IPython's."""
    shell.run_line_magic("load_ext", "jarvis_magic")
    assert "'sends What is in @photo?'" in shell.transform_cell("%jarvis sends What is in @photo?\n")
    assert "pinfo" in shell.transform_cell("%jarvis?\n")
    assert "%jarvis sends What?" in shell.transform_cell("%%writefile a\n%jarvis sends What?\n")


def test_usage_in_the_docstring(shell: InteractiveShell) -> None:
    """`%%jarvis?` shows usage and examples."""
    shell.run_line_magic("load_ext", "jarvis_magic")
    usage = shell.magics_manager.magics["cell"]["jarvis"].__doc__ or ""
    assert "%%jarvis [" in usage
    assert "--use" in usage
    assert "%%jarvis caption, speech <<" in usage
    shell.run_line_magic("unload_ext", "jarvis_magic")


def test_the_first_use_may_load_the_extension(shell: InteractiveShell, capsys: pytest.CaptureFixture[str]) -> None:
    """Registered as a lazy magic, %%jarvis loads the extension when it is first used."""
    shell.magics_manager.register_lazy("jarvis", "jarvis_magic")
    shell.run_cell("%%jarvis --help\nDescribe @photo")
    assert "--timeout" in capsys.readouterr().out
    assert "jarvis_magic" in shell.extension_manager.loaded
    shell.run_line_magic("unload_ext", "jarvis_magic")


def test_a_setting_that_cannot_be(shell: InteractiveShell, capsys: pytest.CaptureFixture[str]) -> None:
    """Loaded again, a mistyped setting is a sentence, and the others hold; a right one mends it."""
    shell.run_line_magic("load_ext", "jarvis_magic")
    shell.run_line_magic("config", "JarvisMagics.limit = 3")
    shell.run_line_magic("config", "JarvisMagics.timeout = 'abc'")
    capsys.readouterr()
    shell.run_line_magic("reload_ext", "jarvis_magic")
    said = capsys.readouterr().err
    assert "%config JarvisMagics.timeout = 'abc' cannot be, and is left aside" in said
    assert "expected a float" in said
    assert len(said.splitlines()) == 1

    shell.run_line_magic("config", "JarvisMagics.timeout = 12")
    options = shell._jarvis_extension.magics.options()
    assert (options.limit, options.timeout) == (3, 12.0)
    shell.run_line_magic("unload_ext", "jarvis_magic")


def test_config(shell: InteractiveShell, capsys: pytest.CaptureFixture[str]) -> None:
    """`%config JarvisMagics` lists the options with what they are; `%jarvis config` says where each comes from."""
    shell.run_line_magic("load_ext", "jarvis_magic")
    shell.run_line_magic("config", "JarvisMagics")
    listed = capsys.readouterr().out
    assert "JarvisMagics.timeout=<Float>" in listed
    assert "Seconds a task may take" in listed
    shell.run_line_magic("config", "JarvisMagics.timeout = 12")
    report = repr(shell.run_line_magic("jarvis", "config"))
    line = next(line for line in report.splitlines() if line.startswith("timeout"))
    assert line.split()[:4] == ["timeout", "12.0", "%config", "JarvisMagics"]
    shell.run_line_magic("unload_ext", "jarvis_magic")


def test_settings_of_a_file_are_said(
    shell: InteractiveShell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """What a pyproject.toml changes is said once, when the extension is loaded; a wrong one too, and it still loads."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "pyproject.toml").write_text('[tool.jarvis_magic]\ntimeout = 30\nwhere = "local"\n')
    shell.run_line_magic("load_ext", "jarvis_magic")
    assert "pyproject.toml: timeout = 30.0, where = 'local'." in capsys.readouterr().err
    shell.run_line_magic("unload_ext", "jarvis_magic")
    (tmp_path / "pyproject.toml").write_text("[tool.jarvis_magic]\ntimeuot = 30\n")
    shell.run_line_magic("load_ext", "jarvis_magic")
    assert "did you mean 'timeout'" in capsys.readouterr().err
    shell.run_line_magic("unload_ext", "jarvis_magic")
