"""Plans saved and loaded again: whole, readable, and refused in a sentence."""

from __future__ import annotations

from pathlib import Path

import pytest

from jarvis_magic import Plan, Run, Task, load_plan, save_plan
from jarvis_magic.errors import PlanError, SourceError, UsageError
from jarvis_magic.kinds import Kind

PLAN = Plan("Describe @photo", {"photo": Kind("image")}, [Task("caption", "image-to-text", {"image": "@photo"})])


def test_a_saved_plan_is_the_same_plan(tmp_path: Path) -> None:
    """Saved twice over, loaded, it is equal; nothing else is left in the folder, and the file reads well."""
    path = tmp_path / "describe.plan.json"
    save_plan(PLAN.without("caption"), path)
    save_plan(PLAN, str(path))
    assert load_plan(path) == PLAN
    assert [file.name for file in tmp_path.iterdir()] == ["describe.plan.json"]
    assert '"request": "Describe @photo",\n' in path.read_text()


def test_only_a_plan_is_saved(tmp_path: Path) -> None:
    """Of a run, its plan."""
    with pytest.raises(UsageError, match=r"A plan is saved, not a Run; of a run it is save_plan\(run\.plan, "):
        save_plan(Run(PLAN), tmp_path / "a.json")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "plan.json': The text is not the JSON of a plan"),
        ('{"format": 2, "tasks": []}', "format 2.*update jarvis_magic"),
        ('{"tasks": [{"id": "a", "type": "image-to-txt"}]}', "did you mean 'image-to-text'"),
    ],
)
def test_what_is_no_plan(tmp_path: Path, text: str, said: str) -> None:
    """Broken, newer or wrong: one sentence that names the file."""
    path = tmp_path / "plan.json"
    path.write_text(text)
    with pytest.raises(PlanError, match=said):
        load_plan(path)


def test_files_that_are_not_there(tmp_path: Path) -> None:
    """A file that cannot be read, or a folder that does not exist, is a sentence; what was there before stays."""
    with pytest.raises(SourceError, match="no such file"):
        load_plan(tmp_path / "none.json")
    with pytest.raises(UsageError, match="cannot be written: no such file"):
        save_plan(PLAN, tmp_path / "none" / "plan.json")
    (tmp_path / "folder").mkdir()
    with pytest.raises(UsageError, match="cannot be written"):
        save_plan(PLAN, tmp_path / "folder")
    assert [file.name for file in tmp_path.iterdir()] == ["folder"]
