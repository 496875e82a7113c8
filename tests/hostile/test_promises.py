"""SECURITY.md is true: the tests it names are there, and no test of this folder stands beside it."""

from __future__ import annotations

import ast
import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
NAMED = re.findall(r"`(tests/[\w/]+\.py)(?:::(\w+))?`", (ROOT / "SECURITY.md").read_text(encoding="utf-8"))


def test_every_test_it_names_is_there() -> None:
    """A promise without its test is no promise."""
    assert len(NAMED) > 30
    for file, test in NAMED:
        assert (ROOT / file).is_file(), file
        names = {node.name for node in ast.walk(ast.parse((ROOT / file).read_text(encoding="utf-8"))) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)}  # fmt: skip
        assert not test or test in names, f"{file}::{test}"


def test_every_hostile_test_belongs_to_a_promise() -> None:
    """Each file of this folder is named by the page."""
    named = {file for file, _ in NAMED}
    ours = {f"tests/hostile/{path.name}" for path in Path(__file__).parent.glob("test_*.py")}
    assert ours - named <= {f"tests/hostile/{Path(__file__).name}"}


def test_its_links_lead_somewhere() -> None:
    """Every page it links to is in the repository."""
    for page in ("SECURITY.md", "docs/fuzzing.md"):
        text = (ROOT / page).read_text(encoding="utf-8")
        for target in re.findall(r"\]\((?!https?:)([^)#]+)\)", text):
            assert ((ROOT / page).parent / target).exists(), (page, target)
