"""The Hub's list of models on loopback, and a place to keep what it listed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from jarvis_magic.catalogue import HubCatalogue
from jarvis_magic.keys import Keys
from jarvis_magic.options import Options
from jarvis_magic.store import FileCache

from ..servers.hub import TOKEN, HubServer, routed


@pytest.fixture(scope="session")
def _server() -> Iterator[HubServer]:
    with HubServer() as server:
        yield server


@pytest.fixture
def hub(_server: HubServer) -> Iterator[HubServer]:
    """The Hub, as if nobody had asked it anything yet."""
    _server.__init__()  # type: ignore[misc]
    with routed(_server):
        yield _server


@pytest.fixture
def kept(tmp_path: Path) -> FileCache:
    """Where what was listed is kept."""
    return FileCache(tmp_path)


@pytest.fixture
def catalogue(hub: HubServer, kept: FileCache) -> Callable[..., HubCatalogue]:
    """A function that makes a catalogue of that Hub, with a token unless it is told otherwise."""

    def make(keys: Keys | None = None, **options: object) -> HubCatalogue:
        keys = Keys({"HF_TOKEN": TOKEN}) if keys is None else keys
        return HubCatalogue(keys, kept, Options(**options))  # type: ignore[arg-type]

    return make
