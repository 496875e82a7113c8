"""Tiny models, made once for the whole session, and Jarvises that know them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from jarvis_magic import Jarvis
from jarvis_magic.catalogue import LocalCatalogue
from jarvis_magic.endpoints import LocalEndpoint
from jarvis_magic.options import Options
from jarvis_magic.values import Run

from . import tiny

Made = Callable[[str], Path]


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    """A function that makes a tiny model by the name of its maker, or returns the folder it was made in."""
    root = tmp_path_factory.mktemp("models")

    def make(name: str) -> Path:
        folder = root / name
        if not folder.exists():
            getattr(tiny, name)(folder)
        return folder

    return make


@pytest.fixture(scope="session")
def models(made: Made) -> Options:
    """Options that name the folder of the tiny models, where the companions of some are found."""
    for companion in ("vocoder", "painter"):
        made(companion)
    return Options(model_folder=str(made("vocoder").parent), device="cpu")


@pytest.fixture
def jarvis(models: Options) -> Iterator[Jarvis]:
    """A Jarvis that has local models only."""
    with local_jarvis(models) as one:
        yield one


def local_jarvis(options: Options) -> Jarvis:
    """A Jarvis without a chat model, with the models on this machine and no others."""
    endpoint = LocalEndpoint(options)
    return Jarvis("offline", options=options, catalogue=LocalCatalogue(options), endpoints={"local": endpoint})


def value_of(run: Run, task_id: str = "it") -> Any:
    """The result of a task, or the error it failed with, raised."""
    return run[task_id]
