"""The front end: its modules join into one that a browser takes, and its unit tests under node pass."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections import Counter
from pathlib import Path

import pytest

from jarvis_magic.kinds import BASES
from jarvis_magic.notebook import front_end, page_state
from jarvis_magic.notebook.panel import TRAITS
from jarvis_magic.values import Menu

ROOT = Path(__file__).parent.parent.parent
MODULES = sorted((ROOT / "widgets").glob("*.js"))
NODE = "node is needed for the front end's tests: apt-get install nodejs"


def node(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run node."""
    program = shutil.which("node")
    assert program, NODE
    return subprocess.run([program, *arguments], capture_output=True, text=True, check=False, timeout=60)


def test_the_unit_tests_under_node_pass() -> None:
    """Every view, word and choice of the front end is as its tests say."""
    done = node("--test", str(ROOT / "tests" / "widget" / "front_end.test.mjs"))

    assert done.returncode == 0, done.stdout + done.stderr


def test_the_joined_module_is_one_that_node_reads(tmp_path: Path) -> None:
    """No import is left, nothing but the widget is exported, and the syntax is right."""
    text = front_end.module()
    tmp_path.joinpath("plan.mjs").write_text(text, encoding="utf-8")

    assert not re.findall(r"^import ", text, re.MULTILINE)
    assert re.findall(r"^export .*$", text, re.MULTILINE) == ["export default { initialize, render };"]
    done = node("--check", str(tmp_path / "plan.mjs"))
    assert done.returncode == 0, done.stderr


def test_no_name_stands_twice_at_the_top_level() -> None:
    """Joined modules share one scope."""
    pattern = re.compile(r"^(?:export )?(?:async )?(?:function\*?|class|const|let) (\w+)", re.MULTILINE)
    declared = [name for path in MODULES for name in pattern.findall(path.read_text(encoding="utf-8"))]

    assert [name for name, times in Counter(declared).items() if times > 1] == []


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.name)
def test_a_module_reaches_nothing_outside_and_parses_no_markup(path: Path) -> None:
    """No address, no markup from strings, no evaluation; every module is used."""
    text = path.read_text(encoding="utf-8")
    outside = [found for found in re.findall(r"https?://[^\"'\s]+", text) if found != "http://www.w3.org/2000/svg"]

    assert outside == []
    assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function", text)
    assert not re.search(r"save_changes|model\.set\(", text), "the page speaks only by messages"
    assert text.splitlines()[0].startswith("// "), "a module says what it is for"
    assert all(line.count("`") % 2 == 0 for line in text.splitlines()), (
        "joining strips indentation, so no text spans lines"
    )


def test_the_page_reads_the_traits_that_python_writes() -> None:
    """The names are the same on both sides."""
    listed = re.search(r"const TRAITS = \[(.*)\];", front_end.module())

    assert listed
    assert tuple(re.findall(r'"(\w+)"', listed[1])) == TRAITS


def test_the_icons_of_all_kinds_travel_as_elements() -> None:
    """The page draws the icons of the static graph without parsing markup."""
    icons = page_state.palette_state(Menu())["icons"]

    assert set(icons) == set(BASES)
    assert all(tag in ("path", "rect", "circle") for parts in icons.values() for tag, _ in parts)
