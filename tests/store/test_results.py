"""Results kept in memory."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from jarvis_magic.kinds import Label
from jarvis_magic.media import Audio, Video
from jarvis_magic.store import ResultCache
from jarvis_magic.store.results import bytes_of
from jarvis_magic.testing import resource


def test_a_result_comes_back_as_a_copy() -> None:
    """What one cell does with a result does not show in another's."""
    cache = ResultCache(10_000)
    cache.put("key", resource("labels", [Label("cat", 0.9)]))
    first = cache.get("key")
    assert first is not None
    first.value.append(Label("dog", 0.1))
    second = cache.get("key")
    assert second is not None
    assert second.value == [Label("cat", 0.9)]


def test_a_result_that_was_changed_in_place_is_forgotten() -> None:
    """The user's own object may be what is kept; changed, it is no result any more."""
    cache = ResultCache(10_000)
    table = pd.DataFrame({"a": [1, 2]})
    cache.put("key", resource("table", table))
    table["a"] = 0
    assert cache.get("key") is None
    assert len(cache) == 0


def test_what_was_used_longest_ago_goes_first() -> None:
    """The bytes kept stay under the bound."""
    cache = ResultCache(500)
    for key in "abc":
        cache.put(key, resource("text", key * 100))
    cache.get("a")
    cache.put("d", resource("text", "d" * 100))
    assert ("a" in cache, "b" in cache, "d" in cache) == (True, False, True)
    assert cache.size <= cache.most


def test_what_is_too_large_is_not_kept_and_nothing_is_with_no_bytes() -> None:
    """One huge result does not push everything out for nothing, and 0 bytes keep none."""
    cache = ResultCache(0)
    cache.put("key", resource("text", "words"))
    assert cache.get("key") is None
    assert cache.size == 0


@pytest.mark.parametrize(
    ("value", "least"),
    [
        ("x" * 1000, 1000),
        (Image.new("RGB", (100, 50)), 15_000),
        (Audio(np.zeros(1000), 8000), 4000),
        (Video(b"0" * 5000), 5000),
        (np.zeros(100, np.float32), 400),
        (pd.DataFrame({"a": np.arange(1000.0)}), 8000),
        ([{"deep": ["x" * 1000]}, Label("x" * 500, 1.0)], 1500),
    ],
    ids=lambda value: type(value).__name__,
)
def test_sizes_are_about_right(value: object, least: int) -> None:
    """A value of each kind is counted with what it holds."""
    assert least <= bytes_of(value) <= 2 * least + 2000
