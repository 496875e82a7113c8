"""A cell whose local work runs on a Dask cluster of this machine, in a real kernel."""

from __future__ import annotations

import contextlib
import socket
import ssl

import pytest

from .kernels import Kernel

pytestmark = [pytest.mark.kernel, pytest.mark.xdist_group("kernel")]


def answered(port: int) -> bytes:
    """What one gets there who lacks the certificate that was made for the cluster."""
    anyone = ssl.create_default_context()
    anyone.check_hostname, anyone.verify_mode = False, ssl.CERT_NONE
    with contextlib.suppress(ConnectionError, ssl.SSLError), socket.create_connection(("127.0.0.1", port)) as plain:
        plain.settimeout(20)
        with anyone.wrap_socket(plain) as stranger:
            stranger.sendall(b"x" * 64)
            return stranger.recv(100)
    return b""


def test_a_cell_on_a_cluster_here(live: Kernel) -> None:
    """`--on local` starts one, says where it can be watched, and binds what its processes gave."""
    live.run(
        "import os\n"
        "@expert('summarization')\n"
        "def elsewhere(text):\n"
        "    return f'{os.getpid()} {text}'\n"
        "letter = 'A long letter.'"
    )
    cell = live.run("%%jarvis words << -y --on local\nSummarise @letter.")
    assert cell.status == "ok", "".join(cell.error)
    said = cell.printed + str(cell.shown)
    assert "Local experts run on the Dask cluster at tls://127.0.0.1:" in said
    assert "/status" in said
    assert answered(int(said.partition("tls://127.0.0.1:")[2].partition(" ")[0])) == b""
    assert live.value("words.split(' ', 1)[1]") == "'A long letter.'"
    assert live.value("words.split()[0] != str(os.getpid())") == "True"
    again = live.run("%%jarvis words << -y --on local\nSummarise @letter.")
    assert again.status == "ok", "".join(again.error)
    assert "Local experts run" not in again.printed + str(again.shown)
    wrong = live.run("%%jarvis -y --on nowhere://x\nSummarise @letter.")
    assert wrong.name == "ConfigurationError"
    assert "'nowhere://x' is no address of a Dask scheduler" in wrong.error[0]
