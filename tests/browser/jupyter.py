"""A real Jupyter server and notebooks on its pages, for the browser tests."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
import uuid
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Locator, Page

ROOT = Path(__file__).parent.parent.parent
TOKEN = "jarvis-tests"  # noqa: S105 - of a server that only this machine reaches
CHROMIUM = "/usr/bin/chromium"
CHROMIUM_FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--autoplay-policy=no-user-gesture-required",
    "--use-fake-ui-for-media-stream",
    "--use-fake-device-for-media-stream",
)

_QUIET = {
    "@jupyterlab/apputils-extension/notification.jupyterlab-settings": {
        "fetchNews": "false",
        "checkForUpdates": False,
        "doNotDisturbMode": True,
    },
    "@jupyterlab/docmanager-extension/plugin.jupyterlab-settings": {"autosave": False},
}

_ARGUMENTS = {
    "lab": [
        "--LabApp.expose_app_in_browser=True",
        "--LabApp.news_url=None",
        "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
        "--LabApp.extension_manager=readonly",
    ],
    "notebook": ["--JupyterNotebookApp.expose_app_in_browser=True"],
}


class Server:
    """JupyterLab or Notebook 7, with its own configuration, on a free port.

    Parameters
    ----------
    application
        ``"lab"`` or ``"notebook"``.
    home
        An empty folder for its files, settings and notebooks.
    kernel
        The interpreter that kernels run in.
    subshells
        The application's setting for comms: ``"perCommTarget"``, its default, or ``"disabled"``.
    """

    def __init__(
        self, application: str, home: Path, kernel: str = sys.executable, subshells: str = "perCommTarget"
    ) -> None:
        self.application, self.home = application, home
        self.notebooks = home / "notebooks"
        self.notebooks.mkdir(parents=True)
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self._settle(kernel, subshells)
        self._log = (home / "server.log").open("w")
        self._process = subprocess.Popen(
            [sys.executable, "-m", "jupyter", application, *self._flags()],
            cwd=self.notebooks, env=self._environment(), stdout=self._log, stderr=subprocess.STDOUT, start_new_session=True,
        )  # fmt: skip
        self._wait()

    def _flags(self) -> list[str]:
        common = ["--no-browser", "--allow-root", "--ServerApp.ip=127.0.0.1", f"--ServerApp.port={self.port}"]
        common += ["--ServerApp.port_retries=0", f"--IdentityProvider.token={TOKEN}"]
        return common + _ARGUMENTS[self.application]

    def _settle(self, kernel: str, subshells: str) -> None:
        """Write the settings that keep pages quiet, and the kernel that notebooks use."""
        kernels = {
            "@jupyterlab/apputils-extension/kernels-settings.jupyterlab-settings": {"commsOverSubshells": subshells}
        }
        for name, values in {**_QUIET, **kernels}.items():
            path = self.home / "settings" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(json.dumps(values))
        spec = self.home / "data" / "kernels" / "python3"
        spec.mkdir(parents=True)
        argv = [kernel, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
        said = {"argv": argv, "display_name": "Python 3", "language": "python", "env": {"PYTHONPATH": str(ROOT)}}
        spec.joinpath("kernel.json").write_text(json.dumps(said))
        extensions = self.home / "data" / "labextensions"
        extensions.mkdir()
        extensions.joinpath("jarvis_magic").symlink_to(ROOT / "labextension")  # not the copy that an installation made

    def _environment(self) -> dict[str, str]:
        rooms = {
            "JUPYTER_CONFIG_DIR": "config",
            "JUPYTER_DATA_DIR": "data",
            "JUPYTER_PATH": "data",  # before the environment's own kernels
            "JUPYTER_RUNTIME_DIR": "runtime",
            "JUPYTERLAB_SETTINGS_DIR": "settings",
            "JUPYTERLAB_WORKSPACES_DIR": "workspaces",
            "IPYTHONDIR": "ipython",
        }
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("JUPYTER", "JARVIS", "JPY"))}
        return kept | {name: str(self.home / room) for name, room in rooms.items()}

    def _wait(self) -> None:
        deadline = time.monotonic() + 60
        while True:
            try:
                self.get("api")
            except OSError as error:
                if time.monotonic() > deadline or self._process.poll() is not None:
                    msg = f"The {self.application} server did not start:\n{(self.home / 'server.log').read_text()[-3000:]}"
                    raise RuntimeError(msg) from error
                time.sleep(0.1)
            else:
                return

    def get(self, path: str) -> Any:
        """Ask the server's REST interface."""
        return self.call("GET", path)

    def call(self, method: str, path: str) -> Any:
        """Call the server's REST interface."""
        request = urllib.request.Request(  # noqa: S310 - our own server
            f"{self.url}/{path}", method=method, headers={"Authorization": f"token {TOKEN}"}
        )
        with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310
            text = answer.read()
        return json.loads(text) if text else None

    def close(self) -> None:
        """End it and its kernels."""
        os.killpg(self._process.pid, signal.SIGTERM)
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            os.killpg(self._process.pid, signal.SIGKILL)
        self._log.close()

    def write(self, cells: Sequence[str], name: str | None = None) -> str:
        """Write a notebook of code cells, and return its name."""
        name = name or f"{uuid.uuid4().hex[:8]}.ipynb"
        made: list[dict[str, Any]] = [
            {
                "cell_type": "code",
                "id": f"c{i}",
                "metadata": {},
                "execution_count": None,
                "outputs": [],
                "source": source,
            }
            for i, source in enumerate(cells)
        ]
        spec = {"name": "python3", "display_name": "Python 3", "language": "python"}
        content = {"nbformat": 4, "nbformat_minor": 5, "metadata": {"kernelspec": spec}, "cells": made}
        self.notebooks.joinpath(name).write_text(json.dumps(content))
        return name

    def saved(self, name: str) -> Any:
        """What a notebook's file holds."""
        return json.loads(self.notebooks.joinpath(name).read_text())


class Notebook:
    """A notebook open on a page."""

    def __init__(self, server: Server, page: Page, name: str) -> None:
        self.server, self.page, self.name = server, page, name
        self.open()

    def open(self) -> None:
        """Open it, or open it again as a person who reloads the page does."""
        room = f"lab/workspaces/{uuid.uuid4().hex[:8]}/tree" if self.server.application == "lab" else "notebooks"
        reset = "&reset" if self.server.application == "lab" else ""
        self.page.goto(f"{self.server.url}/{room}/{self.name}?token={TOKEN}{reset}")
        self.page.wait_for_function(
            """() => { const widget = window.jupyterapp?.shell?.currentWidget;
                 return widget?.content?.widgets?.length && widget.sessionContext?.session?.kernel
                   && ["idle", "busy", "unknown"].includes(widget.sessionContext.session.kernel.status); }""",
            timeout=60_000,
        )

    def command(self, name: str) -> None:
        """Start a command of the application, and do not wait for its end."""
        self.page.evaluate("(name) => { window.jupyterapp.commands.execute(name); }", name)

    def run_all(self) -> None:
        """Run all cells."""
        self.command("notebook:run-all-cells")

    def run(self, position: int) -> None:
        """Run one cell."""
        self.page.evaluate(
            """(i) => { window.jupyterapp.shell.currentWidget.content.activeCellIndex = i;
                 window.jupyterapp.commands.execute("notebook:run-cell"); }""",
            position,
        )

    def interrupt(self) -> None:
        """Press the stop button."""
        self.command("notebook:interrupt-kernel")

    def save(self) -> Any:
        """Save, and return what the file holds."""
        self.page.evaluate("() => window.jupyterapp.commands.execute('docmanager:save')")
        return self.server.saved(self.name)

    def prompts(self) -> list[str]:
        """The prompt of every cell: ``"[1]:"``, ``"[*]:"``, ``"[ ]:"``."""
        found: list[str] = self.page.evaluate(
            """() => window.jupyterapp.shell.currentWidget.content.widgets
                 .map((cell) => cell.inputArea.promptNode.textContent)"""
        )
        return found

    def outputs(self, position: int) -> list[dict[str, Any]]:
        """The outputs of a cell, as the notebook format says them."""
        found: list[dict[str, Any]] = self.page.evaluate(
            "(i) => window.jupyterapp.shell.currentWidget.content.widgets[i].model.outputs.toJSON()", position
        )
        return found

    def text(self, position: int) -> str:
        """What a cell printed, its results and the lines of its errors."""
        said = []
        for output in self.outputs(position):
            said += [output.get("text", ""), output.get("evalue", ""), output.get("data", {}).get("text/plain", "")]
        return "\n".join("".join(part) for part in said)

    def wait_for_text(self, position: int, text: str) -> None:
        """Wait until a cell's outputs hold a text."""
        self.page.wait_for_function(
            """([i, text]) => JSON.stringify(window.jupyterapp.shell.currentWidget.content.widgets[i].model.outputs
                 .toJSON()).includes(text)""",
            arg=[position, text],
            timeout=60_000,
        )

    def wait_for_prompt(self, position: int, prompt: str | None = None) -> None:
        """Wait until a cell has run, or has a certain prompt."""
        self.page.wait_for_function(
            r"""([i, prompt]) => {
                 const text = window.jupyterapp.shell.currentWidget.content.widgets[i].inputArea.promptNode.textContent;
                 return prompt ? text.startsWith(prompt) : /\[\d+\]/.test(text); }""",
            arg=[position, prompt],
            timeout=60_000,
        )

    def panel(self, position: int = 0) -> Locator:
        """The plan panel, counted among those that are shown."""
        return self.page.get_by_role("region", name="Jarvis plan").nth(position)

    def close(self) -> None:
        """End its kernel."""
        for session in self.server.get("api/sessions"):
            if session["path"] == self.name:
                self.server.call("DELETE", f"api/sessions/{session['id']}")


def browser_of(playwright: Any) -> Browser:
    """Debian's Chromium."""
    launched: Browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(CHROMIUM_FLAGS))
    return launched
