"""The Hub and its providers on loopback, for tests of what is called over the wire."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from jarvis_magic.media import Audio

from ..servers.hub import HubServer, listed, routed


@pytest.fixture(scope="session")
def _server(clip: Callable[..., bytes], tone: Callable[..., Audio]) -> Iterator[HubServer]:
    with HubServer(clip()) as server:
        yield server


@pytest.fixture
def hub(_server: HubServer) -> Iterator[HubServer]:
    """The Hub, as if nobody had asked it anything yet."""
    _server.__init__(_server.clip)  # type: ignore[misc]
    with routed(_server):
        yield _server


@pytest.fixture
def serves(hub: HubServer) -> Callable[[str, str], str]:
    """A function that lists a model for a task of the Hub, and returns its id."""

    def serve(task: str, name: str = "") -> str:
        model = f"tiny/{name or task}"
        hub.models[model] = listed(model, task)
        return model

    return serve
