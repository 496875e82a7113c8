"""A real kernel for tests, and what a cell in it gave.

``JARVIS_TEST_KERNEL`` names the Python whose ipykernel is used; by default it is this one.
"""

from __future__ import annotations

import os
import re
import socket
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from queue import Empty
from typing import Any

from jupyter_client.manager import KernelManager

PYTHON = os.environ.get("JARVIS_TEST_KERNEL") or sys.executable
PATIENCE = 20.0


@dataclass
class Cell:
    """What a cell gave: printed text, displayed bundles (by display id the last), the error's lines, the status."""

    printed: str = ""
    shown: list[dict[str, Any]] = field(default_factory=list)
    error: list[str] = field(default_factory=list)
    name: str = ""
    status: str = ""
    asked: list[str] = field(default_factory=list)
    updates: int = 0
    idle: bool = False


class Kernel:
    """A kernel and a client of it, as a front end would talk to it."""

    def __init__(self, manager: Any, client: Any) -> None:
        self._manager, self._client = manager, client
        self._cells: dict[str, Cell] = {}
        self._displays: dict[str, tuple[Cell, int]] = {}

    def send(self, code: str, *, person: bool = False, cell_id: str | None = None) -> str:
        """Send a cell, as ``Run`` does, and return its message id; `person`: input is allowed."""
        content = {"code": code, "silent": False, "store_history": True, "user_expressions": {}}
        message = self._client.session.msg(
            "execute_request",
            {**content, "allow_stdin": person, "stop_on_error": True},
            metadata={"cellId": cell_id} if cell_id else {},
        )
        self._client.shell_channel.send(message)
        identity: str = message["header"]["msg_id"]
        self._cells[identity] = Cell()
        return identity

    def wait(self, identity: str, answers: Sequence[str] = (), *, until: str = "") -> Cell:
        """Wait for a cell to end, giving `answers` to what it asks; or only until it has printed, shown or asked `until`."""
        cell, left = self._cells[identity], list(answers)
        deadline = time.monotonic() + PATIENCE
        while not (cell.idle and cell.status):
            if until and until in cell.printed + str(cell.shown) + str(cell.asked):
                return cell
            if time.monotonic() > deadline:
                msg = f"The cell has not ended: {cell}"
                raise TimeoutError(msg)
            self._published()
            self._replied()
            self._asked(cell, left)
        return cell

    def run(self, code: str, answers: Sequence[str] = (), *, person: bool = False, cell_id: str | None = None) -> Cell:
        """Run a cell to its end."""
        return self.wait(self.send(code, person=person or bool(answers), cell_id=cell_id), answers)

    def value(self, expression: str) -> str:
        """What an expression's ``repr`` is."""
        cell = self.run(f"print(repr(({expression})))")
        assert cell.status == "ok", cell.error
        return cell.printed.strip()

    def ask(self, question: str, **content: Any) -> Any:
        """Ask what a front end asks beside running cells, and return the answer."""
        message = self._client.session.msg(question, content)
        self._client.shell_channel.send(message)
        while (answer := self._client.get_shell_msg(timeout=PATIENCE))["parent_header"]["msg_id"] != message["msg_id"]:
            pass
        return answer["content"]

    def page(self, code: str) -> list[str]:
        """Run a cell that ends in ``?``, and return what it shows in the pager, without its colours."""
        content = {"code": code, "silent": False, "store_history": False, "user_expressions": {}, "allow_stdin": False}
        payload = self.ask("execute_request", **content)["payload"]
        return [
            re.sub(r"\x1b\[[\d;]*m", "", part["data"]["text/plain"]) for part in payload if part["source"] == "page"
        ]

    def interrupt(self) -> None:
        """Press the stop button."""
        self._manager.interrupt_kernel()

    def _published(self) -> None:
        try:
            message = self._client.get_iopub_msg(timeout=0.05)
        except Empty:
            return
        cell = self._cells.get(message["parent_header"].get("msg_id", ""))
        if cell is not None:
            self._output(cell, message["msg_type"], message["content"])

    def _output(self, cell: Cell, kind: str, content: dict[str, Any]) -> None:
        if kind == "status":
            cell.idle = content["execution_state"] == "idle"
        elif kind == "stream":
            cell.printed += content["text"]
        elif kind in ("display_data", "execute_result"):
            cell.shown.append(content["data"])
            display_id = content.get("transient", {}).get("display_id")
            if display_id:
                self._displays[display_id] = (cell, len(cell.shown) - 1)
        elif kind == "update_display_data":
            owner, position = self._displays[content["transient"]["display_id"]]
            owner.shown[position] = content["data"]
            owner.updates += 1
        elif kind == "error":
            cell.error, cell.name = content["traceback"], content["ename"]

    def _replied(self) -> None:
        try:
            reply = self._client.get_shell_msg(timeout=0)
        except Empty:
            return
        cell = self._cells.get(reply["parent_header"].get("msg_id", ""))
        if cell is not None:
            cell.status = reply["content"]["status"]

    def _asked(self, cell: Cell, left: list[str]) -> None:
        try:
            question = self._client.get_stdin_msg(timeout=0)
        except Empty:
            return
        cell.asked.append(question["content"]["prompt"])
        if left:
            self._client.input(left.pop(0))


class Gate:
    """A place where an expert in the kernel waits: the test sees it come, and lets it go on."""

    def __init__(self, server: socket.socket) -> None:
        self._server = server
        self.port: int = server.getsockname()[1]

    @contextmanager
    def held(self) -> Iterator[None]:
        """Wait until the expert is at the gate; it goes on when the block ends."""
        visitor, _ = self._server.accept()
        with visitor:
            yield


@contextmanager
def kernel(python: str = PYTHON) -> Iterator[Kernel]:
    """Start a kernel with the extension loaded, and end it."""
    manager = KernelManager(kernel_name="python3")
    assert manager.kernel_spec is not None
    manager.kernel_spec.argv = [python, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("JARVIS_")}
    manager.start_kernel(env=environment)
    client = manager.client()
    client.start_channels()
    try:
        client.wait_for_ready(timeout=PATIENCE)
        started = Kernel(manager, client)
        loaded = started.run("%load_ext jarvis_magic")
        assert loaded.status == "ok", loaded.error
        yield started
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)
