"""Waiting for a person on every supported kernel: ipykernel 6.30, 6.31 and 7.4, with and without subshells."""

from __future__ import annotations

import subprocess
import sys
import sysconfig
import venv
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from ..notebook.kernels import kernel
from .jupyter import ROOT, Notebook, Server
from .test_notebooks import CHAIN, SETUP, SLOW, button, ready, task

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.kernel

SUPPORTED = ["6.30", "6.31", "7.4"]
SUBSHELLS = {"subshells": "perCommTarget", "no subshells": "disabled"}

OpenOnKernel = Callable[..., Notebook]


def kernel_python(version: str) -> Path:
    """The interpreter of an environment with this ipykernel over our own one; made once, kept in ``.venvs``."""
    home = ROOT / ".venvs" / f"ipykernel-{version}"
    python = home / "bin" / "python"
    if not home.joinpath("ready").exists():
        venv.create(home, with_pip=False, clear=True)
        rooms = home / "lib" / f"python{sys.version_info.major}.{sys.version_info.minor}" / "site-packages"
        rooms.joinpath("ours.pth").write_text(sysconfig.get_paths()["purelib"])
        wanted = [f"ipykernel=={version}.*", "nest-asyncio"]
        made = subprocess.run(
            [sys.executable, "-m", "pip", "install", "-q", "--no-deps", "--target", str(rooms), *wanted],
            capture_output=True, text=True, check=False, timeout=300,
        )  # fmt: skip
        assert made.returncode == 0, f"ipykernel {version} cannot be installed here: {made.stderr[-500:]}"
        home.joinpath("ready").touch()
    return python


@pytest.fixture(scope="module")
def kernel_servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str, str], Server]]:
    """A function that starts JupyterLab whose notebooks run on a version of ipykernel; one at a time."""
    started: dict[tuple[str, str], Server] = {}

    def start(version: str, subshells: str) -> Server:
        key = version, subshells
        if key not in started:
            while started:
                started.popitem()[1].close()
            home = tmp_path_factory.mktemp(f"kernel{version.replace('.', '')}")
            started[key] = Server("lab", home, kernel=str(kernel_python(version)), subshells=SUBSHELLS[subshells])
        return started[key]

    yield start
    for server in started.values():
        server.close()


@pytest.fixture
def open_on_kernel(kernel_servers: Callable[[str, str], Server], page: Page) -> Iterator[OpenOnKernel]:
    """A function that opens a notebook of these cells on a version of ipykernel."""
    opened: list[Notebook] = []

    def make(cells: list[str], version: str, subshells: str) -> Notebook:
        server = kernel_servers(version, subshells)
        opened.append(Notebook(server, page, server.write(cells)))
        return opened[-1]

    yield make
    for notebook in opened:
        notebook.close()


every_kernel = pytest.mark.parametrize(
    ("version", "subshells"), [(version, subshells) for version in SUPPORTED for subshells in SUBSHELLS]
)


@every_kernel
def test_a_person_is_waited_for(open_on_kernel: OpenOnKernel, version: str, subshells: str) -> None:
    """Every edit arrives, Run runs what was edited, names are bound, and queued cells run in their order."""
    after = "import ipykernel; print(ipykernel.__version__, calls, words, speech.rate)"
    notebook = open_on_kernel([SETUP, CHAIN, after, "print('last')"], version, subshells)
    notebook.run_all()
    ready(notebook)
    task(notebook, "caption").click()
    for name in ("one", "two", "words"):
        variable = notebook.panel().get_by_role("textbox", name="Variable")
        variable.fill(name)
        variable.press("Enter")
        notebook.panel().locator(f'[aria-label*="bound to {name}"]').first.wait_for()
    assert notebook.prompts() == ["[1]:", "[*]:", "[*]:", "[*]:"]
    button(notebook, "Run").click()
    notebook.wait_for_prompt(3)

    said = notebook.text(2)
    assert said.startswith(version)
    assert "['seer', 'teller'] a teal field 8000" in said
    assert notebook.prompts() == ["[1]:", "[2]:", "[3]:", "[4]:"]


@every_kernel
@pytest.mark.parametrize("how", ["Cancel", "interrupt"])
def test_a_run_is_stopped(open_on_kernel: OpenOnKernel, version: str, subshells: str, how: str) -> None:
    """Cancel and the stop button end it with one line, and queued cells do not run."""
    notebook = open_on_kernel([SLOW, CHAIN, "print('later')"], version, subshells)
    notebook.run_all()
    button(notebook, "Run").click()
    notebook.panel().locator('[data-task="speech"].is-running').wait_for()
    if how == "Cancel":
        button(notebook, "Cancel").click()
    else:
        notebook.interrupt()
    notebook.wait_for_prompt(1)
    notebook.wait_for_prompt(2, "[ ]")

    (error,) = (o for o in notebook.outputs(1) if o["output_type"] == "error")
    assert error["ename"] == "JarvisCancelled"
    assert "Bound: caption" in error["evalue"]


def test_a_kernel_that_loses_messages_is_warned_about() -> None:
    """On ipykernel 7.0 to 7.3, loading the extension, and loading it again, says so, with the line to type.

    Without a browser: in one, about three of a hundred of these kernels never run their first cell.
    """
    with kernel(str(kernel_python("7.1"))) as one:
        loaded = one.run("%reload_ext jarvis_magic", person=True)

    assert 'pip install -U "ipykernel>=7.4"' in loaded.printed + str(loaded.shown)
