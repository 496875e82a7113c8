"""Lock files: many cells in one, readable, checked when they are read."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jarvis_magic import Plan, Task, save_plan
from jarvis_magic.errors import PlanError
from jarvis_magic.kinds import Kind
from jarvis_magic.store import LockedCell, LockedExpert, cell_digest, read_lock, write_locked

PLAN = Plan("Describe @photo", {"photo": Kind("image")}, [Task("caption", "image-to-text", {"image": "@photo"})])
CELL = LockedCell(PLAN, {"caption": LockedExpert("owner/name", "provider", "a-provider", "abc")})
OTHER = LockedCell(PLAN.with_argument("caption", "options", {"max": 3}))


def test_cells_are_kept_side_by_side(tmp_path: Path) -> None:
    """One file holds many cells; a cell kept again takes its own place, and the rest stays as it was."""
    path = tmp_path / "lock.json"
    assert read_lock(path) == {}
    write_locked(path, "one", OTHER)
    write_locked(path, "two", OTHER)
    before = path.read_text()
    write_locked(path, "one", CELL)
    assert read_lock(path) == {"one": CELL, "two": OTHER}
    assert list(json.loads(path.read_text())["cells"]) == ["one", "two"]
    assert before.partition('"two"')[2] == path.read_text().partition('"two"')[2]
    assert json.loads(path.read_text())["cells"]["one"]["experts"]["caption"]["revision"] == "abc"


def test_a_saved_plan_is_no_lock_and_is_not_written_over(tmp_path: Path) -> None:
    """A file with a plan is read as that plan, and kept from being overwritten."""
    path = tmp_path / "plan.json"
    save_plan(PLAN, path)
    assert read_lock(path) == PLAN
    with pytest.raises(PlanError, match="name another file"):
        write_locked(path, "one", CELL)


def written(**changes: Any) -> str:
    """A lock's text with something of its one cell changed."""
    return json.dumps({"format": 1, "cells": {"one": CELL.to_dict() | changes}})


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "it is not JSON"),
        ("[]", "object with 'cells'"),
        ('{"format": 2, "cells": {}}', "format 2.*update jarvis_magic"),
        ('{"format": "x", "cells": {}}', "format 'x'.*make the file anew"),
        (written(plan={"format": 2, "tasks": []}), "format 2.*update jarvis_magic"),
        (written(plan={"tasks": [{"id": "caption", "type": "captioning"}]}), "captioning"),
        (written(experts=[]), "'plan' and 'experts'"),
        (written(experts={"speech": {"model": "a", "endpoint": "chat"}}), "'speech', which is no task"),
        (written(experts={"caption": {"model": "a"}}), "has a 'model' and an 'endpoint'"),
        (written(experts={"caption": {"model": "a", "endpoint": "shell"}}), "'shell'; it is 'function'"),
        (written(experts={"caption": {"model": "a", "endpoint": "chat", "key": "x"}}), "has a 'model'"),
        ("[" * 100_000, "cannot be used"),
    ],
)
def test_what_is_no_lock(tmp_path: Path, text: str, said: str) -> None:
    """A lock from a newer version, edited by hand or broken is refused in a sentence that names the file."""
    path = tmp_path / "lock.json"
    path.write_text(text)
    with pytest.raises(PlanError, match=f"lock.json' cannot be used: .*{said}" if said != "cannot be used" else said):
        read_lock(path)


def test_an_older_lock_is_brought_up_to_date(tmp_path: Path) -> None:
    """What lacks a format and fields that have a default is read, and written whole with the next cell."""
    path = tmp_path / "lock.json"
    task = {"id": "caption", "type": "image-to-text", "arguments": {"image": "@photo"}}
    old = {"plan": {"inputs": {"photo": "image"}, "tasks": [task]}, "experts": {}}
    path.write_text(json.dumps({"cells": {"old": old}}))
    write_locked(path, "new", CELL)
    kept = json.loads(path.read_text())
    assert kept["format"] == 1
    assert kept["cells"]["old"]["plan"]["outputs"] == {"caption": "@caption"}
    assert list(kept["cells"]) == ["old", "new"]


@given(st.text(), st.text(), st.lists(st.text()))
def test_a_cell_is_known_by_its_words_and_its_line(body: str, other: str, names: list[str]) -> None:
    """Other words, or another line, are another cell; white space around the words is not."""
    known = cell_digest(body, {"names": names})
    assert known == cell_digest(f"\n{body} \n", {"names": names})
    assert (known == cell_digest(other, {"names": names})) == (body.strip() == other.strip())
    assert known != cell_digest(body, {"names": [*names, "x"]})
