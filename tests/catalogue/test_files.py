"""What is kept on disk between kernels: with its age, whole or not at all."""

from __future__ import annotations

import threading
from pathlib import Path

from jarvis_magic.store import FileCache, cache_folder


def test_a_value_is_there_with_its_age(tmp_path: Path) -> None:
    """In this kernel and in the next."""
    FileCache(tmp_path / "new").put("a", {"n": [1, None]})
    found = FileCache(tmp_path / "new").get("a")
    assert found is not None
    assert found.value == {"n": [1, None]}
    assert 0 <= found.age < 100
    assert FileCache(tmp_path / "new").get("b") is None


def test_what_cannot_be_read_is_not_there(tmp_path: Path) -> None:
    """A file cut short, one of another program, a folder in its place."""
    kept = FileCache(tmp_path)
    kept.put("a", 1)
    (path,) = tmp_path.iterdir()
    for content in (b"", b'{"key": "a"', b"[]", b'{"key": "other", "at": 0, "value": 2}', b"\xff\xfe"):
        path.write_bytes(content)
        assert kept.get("a") is None


def test_what_cannot_be_written_is_not_kept(tmp_path: Path) -> None:
    """A folder that cannot be made stops nobody."""
    (tmp_path / "file").write_text("in the way")
    kept = FileCache(tmp_path / "file" / "folder")
    kept.put("a", 1)
    assert kept.get("a") is None


def test_many_write_at_once(tmp_path: Path) -> None:
    """A reader sees one whole value or another; nothing is left behind."""
    kept = FileCache(tmp_path)
    threads = [threading.Thread(target=lambda n=n: kept.put("a", [n] * 1000)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    found = kept.get("a")
    assert found is not None
    assert len(set(found.value)) == 1
    assert len(list(tmp_path.iterdir())) == 1


def test_the_folder_is_by_the_custom_of_the_system() -> None:
    """Where the environment says, or under the home."""
    assert cache_folder({"XDG_CACHE_HOME": "/caches"}) == Path("/caches/jarvis_magic")
    assert cache_folder({}) == Path.home() / ".cache" / "jarvis_magic"
