"""What is kept on disk: several kernels at once, damage, other versions, a full disk, and what is said of each."""

from __future__ import annotations

import multiprocessing
import os
import resource
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from jarvis_magic.errors import UsageError
from jarvis_magic.plans import Plan
from jarvis_magic.store import Aged, FileCache, LockedCell, load_plan, save_plan, write_locked
from jarvis_magic.store.whole_files import STALE

LONG = Plan("A long request. " * 1000)


def test_what_is_kept_is_found_again(tmp_path: Path) -> None:
    """By another kernel too, with its age; what was never kept is not there; there is nothing to say of it."""
    FileCache(tmp_path / "cache").put("one", {"a": [1, "ü"]})
    cache = FileCache(tmp_path / "cache")
    kept = cache.get("one")
    assert isinstance(kept, Aged)
    assert kept.value == {"a": [1, "ü"]}
    assert 0 <= kept.age < 60
    assert cache.get("two") is None
    assert cache.said() == ()


@pytest.mark.parametrize("damage", [b"", b"{", b"\xff\xfe", b"[]", b'{"key": "one"}', b"[" * 100_000, b'{"key": "one", "value": 1, "at": "now"}'])  # fmt: skip
def test_damage_is_said_once_and_taken_away(tmp_path: Path, damage: bytes) -> None:
    """A file that is no kept value is not used, with a word; the next time it is not there."""
    cache = FileCache(tmp_path)
    cache.put("one", 1)
    (file,) = tmp_path.iterdir()
    file.write_bytes(damage)
    assert cache.get("one") is None
    (sentence,) = cache.said()
    assert sentence == f"What was kept in {str(file)!r} is damaged, and is not used."
    assert cache.get("one") is None
    assert cache.said() == ()


def test_what_cannot_be_kept_is_said_once(tmp_path: Path) -> None:
    """A folder that cannot be made keeps nothing, and nothing fails."""
    (tmp_path / "file").touch()
    for _ in range(2):
        cache = FileCache(tmp_path / "file" / "cache")
        cache.put("one", 1)
        assert cache.get("one") is None
        said = cache.said()
        assert said in (
            (),
            (f"Nothing is kept in {str(tmp_path / 'file' / 'cache')!r} for the next time: not a directory.",),
        )
    assert said == ()


def _little_room(write: Callable[[], None]) -> None:
    """Call a function in a process that can write no more than a few bytes to any file; fail if it raises."""

    def inside() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (2000, 2000))
        write()

    process = multiprocessing.get_context("fork").Process(target=inside)
    process.start()
    process.join()
    assert process.exitcode == 0


@pytest.mark.parametrize("locked", [False, True], ids=["plan", "lock"])
def test_a_full_disk_is_a_sentence(tmp_path: Path, locked: bool) -> None:
    """What was there before stays as it was, nothing half is left, and the sentence names the file."""
    path = tmp_path / "saved.json"
    if locked:
        write_locked(path, "one", LockedCell(Plan("Short.")))
    else:
        save_plan(Plan("Short."), path)
    before = path.read_bytes()

    def write() -> None:
        with pytest.raises(
            UsageError, match=r"saved.json' cannot be written: (file too large|no space left on device)"
        ):
            write_locked(path, "two", LockedCell(LONG)) if locked else save_plan(LONG, path)

    _little_room(write)
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


def test_a_full_disk_keeps_nothing_and_says_so(tmp_path: Path) -> None:
    """The cache goes on without it."""

    def write() -> None:
        cache = FileCache(tmp_path)
        cache.put("one", "x" * 5000)
        assert cache.get("one") is None
        assert "file too large" in cache.said()[0]

    _little_room(write)
    assert list(tmp_path.iterdir()) == []


def test_a_link_stays_a_link_and_a_device_a_device(tmp_path: Path) -> None:
    """What a link leads to is written; what is no file is refused."""
    real, link = tmp_path / "real.json", tmp_path / "link.json"
    link.symlink_to(real)
    save_plan(Plan("Through the link."), link)
    assert link.is_symlink()
    assert load_plan(real) == Plan("Through the link.")
    with pytest.raises(UsageError, match="'/dev/null' cannot be written: it is no file"):
        save_plan(Plan("Nowhere."), "/dev/null")
    assert Path("/dev/null").is_char_device()


def test_what_a_killed_kernel_left_is_taken_away_later(tmp_path: Path) -> None:
    """An unfinished file of this name that is old goes with the next write; a young one may be another kernel's."""
    path = tmp_path / "[a]*.json"
    old, young, other = (tmp_path / f".{name}.0123.tmp" for name in (path.name, f"{path.name}.x", "b.json"))
    for left in (old, young, other):
        left.touch()
    for left in (old, other):
        os.utime(left, (time.time() - 2 * STALE,) * 2)
    save_plan(Plan("Whole."), path)
    assert set(tmp_path.iterdir()) == {path, young, other}
    FileCache(tmp_path).put("one", 1)
    assert old not in set(tmp_path.iterdir())
    assert other not in set(tmp_path.iterdir())
