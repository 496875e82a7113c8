"""Models in memory: loaded once, bounded, the oldest let go first, none while it is in use."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jarvis_magic.errors import EndpointRejected
from jarvis_magic.runners import LoadedModels

SIZE = 10


@pytest.fixture
def models() -> LoadedModels[str]:
    """A keep list of models that take ten bytes each."""
    return LoadedModels(lambda _: SIZE, freed=list)


def use(models: LoadedModels[str], key: str, most: int = 3 * SIZE, load: Callable[[], str] | None = None) -> str:
    """Use a model once."""
    with models.using(key, load or (lambda: key), SIZE, most) as model:
        return model


def test_one_load_serves_many_callers_at_once(models: LoadedModels[str]) -> None:
    """Those who come while it is being loaded wait for it."""
    loads: list[int] = []
    come = threading.Barrier(8)
    begun = threading.Event()

    def load() -> str:
        loads.append(1)
        begun.wait()
        return "model"

    def call() -> str:
        come.wait()
        return use(models, "a", load=load)

    with ThreadPoolExecutor(8) as pool:
        calls = [pool.submit(call) for _ in range(8)]
        begun.set()
        assert [call.result() for call in calls] == ["model"] * 8
    assert len(loads) == 1


def test_the_one_used_longest_ago_is_let_go_first(models: LoadedModels[str]) -> None:
    """Using a model again keeps it."""
    for key in "abcad":
        use(models, key)
    assert ["a" in models, "b" in models, "c" in models, "d" in models] == [True, False, True, True]


def test_one_in_use_is_not_let_go(models: LoadedModels[str]) -> None:
    """Another waits until there is room."""
    loaded = threading.Event()

    def load() -> str:
        loaded.set()
        return "b"

    with ThreadPoolExecutor(1) as pool:
        with models.using("a", lambda: "a", SIZE, SIZE):
            waiting = pool.submit(use, models, "b", SIZE, load)
            assert not loaded.is_set()
            assert "a" in models
        assert waiting.result() == "b"
    assert "a" not in models


def test_calls_of_one_model_take_turns(models: LoadedModels[str]) -> None:
    """What was loaded keeps state of a call."""
    inside: list[int] = []
    most: list[int] = []

    def call() -> None:
        with models.using("a", lambda: "a", SIZE, SIZE):
            inside.append(1)
            most.append(len(inside))
            inside.pop()

    with ThreadPoolExecutor(8) as pool:
        for done in [pool.submit(call) for _ in range(50)]:
            done.result()
    assert max(most) == 1


def test_a_load_that_fails_is_told_to_all_and_tried_again(models: LoadedModels[str]) -> None:
    """Each gets an error of its own, since its task is written on it; the next call loads anew."""
    failing, waits = threading.Event(), threading.Event()

    def load() -> str:
        waits.set()
        failing.wait()
        raise EndpointRejected("It is broken.")

    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(use, models, "a", SIZE, load)
        waits.wait()
        second = pool.submit(use, models, "a", SIZE, load)
        failing.set()
        errors = [call.exception() for call in (first, second)]
    assert [str(error) for error in errors] == ["It is broken."] * 2
    assert errors[0] is not errors[1]
    assert use(models, "a") == "a"


def test_all_that_nobody_uses_can_be_forgotten(models: LoadedModels[str]) -> None:
    """What is in use stays."""
    use(models, "a")
    with models.using("b", lambda: "b", SIZE, 3 * SIZE):
        models.clear()
        assert "b" in models
    assert "a" not in models


@given(st.lists(st.sampled_from("abcdefgh"), max_size=60), st.integers(1, 5))
def test_memory_stays_under_the_bound(keys: list[str], places: int) -> None:
    """Whatever is used in whatever order, and what was used last is always here."""
    models: LoadedModels[str] = LoadedModels(lambda _: SIZE, freed=list)
    for key in keys:
        use(models, key, most=places * SIZE)
        assert models.size <= places * SIZE
        assert key in models
    last = list(dict.fromkeys(reversed(keys)))[:places]
    assert all(key in models for key in last)
