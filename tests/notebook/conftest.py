"""A kernel for the tests of one module, with experts that do as the tests say."""

from __future__ import annotations

import socket
from collections.abc import Iterator

import pytest

from .kernels import Gate, Kernel, kernel

SETUP = """
import socket
from PIL import Image
from jarvis_magic import Audio, expert

get_ipython().run_line_magic("config", "JarvisMagics.widget = False")  # no page answers here
photo = Image.new("RGB", (60, 40), "red")

@expert("image-to-text")
def describe(image):
    return "a red picture"

@expert("text-to-speech")
def speak(text):
    with socket.create_connection(("127.0.0.1", {port})) as gate:
        gate.recv(1)
    return Audio([0.0] * 800, 8000)
"""


@pytest.fixture(scope="module")
def gate() -> Iterator[Gate]:
    """What the expert `speak` waits at."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield Gate(server)


@pytest.fixture(scope="module")
def live(gate: Gate) -> Iterator[Kernel]:
    """A kernel with the extension, a picture, a quick expert, and one that waits at the gate."""
    with kernel() as started:
        cell = started.run(SETUP.format(port=gate.port))
        assert cell.status == "ok", cell.error
        yield started
