"""What the hard cases share: a user's experts, a Jarvis as on a fresh machine, and one kernel."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from jarvis_magic import Jarvis
from jarvis_magic.experts import forget
from tests.endpoints.local.conftest import made
from tests.notebook.kernels import Kernel, kernel
from tests.servers.hub import HubServer, routed

from .support import Experts, offline

__all__ = ["made"]


@pytest.fixture
def experts() -> Iterator[Experts]:
    """A user's experts, which are forgotten afterwards."""
    yield Experts()
    forget()


@pytest.fixture
def jarvis(tmp_path: Path) -> Iterator[Jarvis]:
    """A Jarvis as on a fresh machine: no key, no network."""
    with offline(tmp_path) as made:
        yield made


@pytest.fixture(scope="session")
def notebook() -> Iterator[Kernel]:
    """A kernel with the extension loaded."""
    with kernel() as started:
        cell = started.run("%config JarvisMagics.widget = False")  # no page answers here
        assert cell.status == "ok", cell.error
        yield started


@pytest.fixture
def hub(clip: Callable[..., bytes]) -> Iterator[HubServer]:
    """The Hub and its providers on loopback; whatever ``huggingface_hub`` asks is asked there."""
    with HubServer(clip()) as server, routed(server):
        yield server
