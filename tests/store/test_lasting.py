"""Results kept on disk: whole, of every kind, or not at all."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from jarvis_magic.kinds import Answer, Box, Label, Mask, Missing, Token
from jarvis_magic.media import Audio, Video
from jarvis_magic.store import LastingResults, ResultCache
from jarvis_magic.testing import resource
from jarvis_magic.values import Resource

NOISE = np.random.default_rng(0).integers(0, 255, (5, 7, 4), np.uint8)


def pictures() -> list[Resource]:
    """A picture of each mode."""
    of = Image.fromarray(NOISE, "RGBA")
    return [resource("image", of.convert(mode)) for mode in ("1", "L", "P", "RGB", "RGBA", "CMYK", "I", "F")]


def kinds(clip: bytes) -> dict[str, Resource]:
    """A result of each kind."""
    table = pd.DataFrame({"n": [1, 2], "x": [0.1, np.nan], "word": ["a", None], "yes": [True, False]}, index=["u", "v"])
    return {
        "text": resource("text", 'it\'s "here"\n\ud800'),
        "number": resource("number", 0.1),
        "json": resource("json", {"is": "image", "x": [None, {"is": {}}, 1e300]}),
        "labels": resource("labels", [Label("cat", 0.9)]),
        "boxes": resource("boxes", [Box("cat", 0.9, 0, 1, 2, 3)]),
        "tokens": resource("tokens", [Token("Anna", "NAME", 0.9, 0, 4)]),
        "masks": resource("masks", [Mask("sky", 0.5, Image.new("L", (3, 2), 255))]),
        "answer": resource("answer", Answer("yes", 0.5)),
        "vector": resource("vector", np.arange(4, dtype=np.float32)),
        "audio": resource("audio", Audio(np.linspace(-1, 1, 50), 8000)),
        "video": resource("video", Video(clip)),
        "table": resource("table", table),
        "a list": resource("list[labels]", [[Label("cat", 0.9)], Missing("gone")]),
    }


def another(folder: Path, most: int = 10_000_000) -> LastingResults:
    """The results as a kernel finds them that has just been started."""
    return LastingResults(ResultCache(most), folder)


def test_a_result_of_every_kind_comes_back(tmp_path: Path, clip: Callable[..., bytes]) -> None:
    """In another process, with the same content."""
    for name, kept in [*kinds(clip()).items(), *((f"picture {i}", p) for i, p in enumerate(pictures()))]:
        another(tmp_path).put(name, kept)
        later = another(tmp_path)
        assert name in later
        assert later.get(name) == kept, name
    assert another(tmp_path).said() == ()


@settings(max_examples=60, deadline=None)
@given(
    st.recursive(
        st.none() | st.booleans() | st.integers(-(2**70), 2**70) | st.floats(allow_nan=False) | st.text(max_size=9),
        lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=4), inner, max_size=4),
        max_leaves=12,
    )
)
def test_any_json_comes_back(tmp_path_factory: pytest.TempPathFactory, value: Any) -> None:
    """Whatever its entries are called."""
    folder = tmp_path_factory.mktemp("kept")
    another(folder).put("key", resource("json", value))
    assert another(folder).get("key") == resource("json", value)


def test_what_is_more_than_its_kind_is_not_kept(tmp_path: Path) -> None:
    """A table whose cells JSON cannot say is computed again; in this process it is known."""
    results = another(tmp_path)
    results.put("key", resource("table", pd.DataFrame({"when": pd.to_datetime(["2026-11-20"])})))
    assert "key" in results
    assert "key" not in another(tmp_path)


@pytest.mark.parametrize(
    ("harm", "said"),
    [
        (lambda text: text[: len(text) // 2], "is damaged"),
        (lambda text: text.replace('"value": "short"', '"value": "other"'), "is damaged"),
        (lambda text: text.replace('"format": 1', '"format": 2'), "is of another version"),
        (lambda text: json.dumps({**json.loads(text), "value": {"format": 1, "kind": "image", "value": {"is": "os.system"}}}), "is damaged"),
    ],
)  # fmt: skip
def test_a_damaged_file_is_no_result_and_said(tmp_path: Path, harm: Callable[[str], str], said: str) -> None:
    """Cut, changed, of another version, or naming what there is not: computed again."""
    another(tmp_path).put("key", resource("text", "short"))
    (file,) = tmp_path.glob("*.json")
    file.write_text(harm(file.read_text()))
    later = another(tmp_path)
    assert later.get("key") is None
    assert said in " ".join(later.said())
    assert "key" not in later


def test_the_folder_has_a_bound(tmp_path: Path) -> None:
    """What was used longest ago is taken away."""
    for i in range(20):
        another(tmp_path, 3000).put(f"key {i}", resource("text", "x" * 300))
    assert sum(file.stat().st_size for file in tmp_path.glob("*.json")) <= 3000
    assert "key 19" in another(tmp_path)
    assert "key 0" not in another(tmp_path)


def test_a_folder_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    """The results are in memory as ever."""
    (tmp_path / "file").write_text("")
    results = another(tmp_path / "file" / "folder")
    results.put("key", resource("text", "short"))
    assert results.get("key") == resource("text", "short")
    assert "Nothing is kept in" in " ".join(results.said())


def test_what_is_forgotten_is_gone_everywhere(tmp_path: Path) -> None:
    """In memory and on disk."""
    results = another(tmp_path)
    results.put("key", resource("text", "short"))
    results.forget(["key"])
    assert "key" not in results
    assert "key" not in another(tmp_path)


def test_room_is_made_for_many_at_once(tmp_path: Path) -> None:
    """However many are kept one after another, the bound holds, and the folder is not looked at for each."""
    results = another(tmp_path, 30_000)
    for i in range(200):
        results.put(f"key {i}", resource("text", "x" * 300))
    size = sum(file.stat().st_size for file in tmp_path.glob("*.json"))
    assert 20_000 < size <= 30_000
    assert "key 199" in another(tmp_path)
