"""Cells as prose: the front end reads a cell as the kernel does, its unit tests under node pass, and it takes nothing from outside."""

from __future__ import annotations

import json
import random
import re
import shutil
import subprocess
import tomllib
from collections.abc import Iterator
from pathlib import Path

from jarvis_magic.references import Reference, scan
from jarvis_magic.request_reading import SOURCE

ROOT = Path(__file__).parent.parent.parent
EXTENSION = ROOT / "labextension"
READ = """
import { spansOf } from "%s";
let given = "";
for await (const part of process.stdin) given += part;
const read = (text) => spansOf(`%%%%jarvis\\n${text}`).slice(1).filter(({ kind }) => kind === "reference");
console.log(JSON.stringify(JSON.parse(given).map((text) => read(text).map(({ from, to }) => [from - 9, to - 9]))));
"""
FRAGMENTS = [
    "@", "@@", "@photo", "@photo_2", "@x", "@_y", "@1", "@é", "@Ωmega", "@½", "word", "é", "描述", "，", "】", "里", " ", " ", "\n", ".", ",", "'s", "(",
    ")", "[0]", "[1:3]", "[ -1 ]", "[*]", "[:]", '["a b"]', "['k']", "[x]", ".label", ".x()", "._private", ".é", '@"a file.wav"',
    '@"a\\"b.txt"', '@"open', '"', "@https://x.org/a.png", "@http://h:80/?q=[1]&r=(2)", "https://y.org", "a@b.org", "{x}", "-", "]", "*",
]  # fmt: skip


def node(*arguments: str, given: str = "") -> subprocess.CompletedProcess[str]:
    """Run node."""
    program = shutil.which("node")
    assert program, "node is needed for the front end's tests: apt-get install nodejs"
    return subprocess.run([program, *arguments], input=given, capture_output=True, text=True, check=False, timeout=60)


def test_the_unit_tests_under_node_pass() -> None:
    """Every span of a cell, and what JupyterLab loads, is as its tests say."""
    tests = sorted((ROOT / "tests" / "labextension").glob("*.test.mjs"))
    done = node("--test", *map(str, tests))

    assert done.returncode == 0, done.stdout + done.stderr


def _referred(text: str) -> Iterator[tuple[int, int]]:
    """Where the kernel sees references, files and addresses in a text."""
    position = 0
    for source in SOURCE.finditer(text):
        yield from _named(text[position : source.start()], position)
        written = source[0].rstrip(".,;:!?)]}") if source["url"] else source[0]
        position = source.start() + len(written)
        yield source.start(), position
    yield from _named(text[position:], position)


def _named(text: str, offset: int) -> Iterator[tuple[int, int]]:
    return ((found.start + offset, found.end + offset) for found in scan(text) if isinstance(found.piece, Reference))


def test_a_page_sees_the_references_that_the_kernel_sees() -> None:
    """What is highlighted is what is read, for thousands of texts of all that may meet in one."""
    chance = random.Random(8)  # noqa: S311 - the same texts every time
    texts = ["".join(chance.choices(FRAGMENTS, k=chance.randint(1, 9))) for _ in range(4000)]
    done = node(
        "--input-type=module", "--eval", READ % (EXTENSION / "static" / "prose.js").as_uri(), given=json.dumps(texts)
    )

    assert done.returncode == 0, done.stderr
    for text, seen in zip(texts, json.loads(done.stdout), strict=True):
        assert [tuple(span) for span in seen] == list(_referred(text)), text


def test_its_name_and_version_are_those_of_the_package() -> None:
    """What JupyterLab lists is what pip lists."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    package = json.loads((EXTENSION / "package.json").read_text(encoding="utf-8"))

    assert (package["name"], package["version"]) == (project["name"], project["version"])


def test_nothing_comes_from_outside() -> None:
    """No address, no markup from strings, no evaluation; CodeMirror is the page's own."""
    for path in EXTENSION.glob("static/*.js"):
        text = path.read_text(encoding="utf-8")

        assert not re.search(r"""https?://[\w.]""", text), path
        assert not re.search(r"innerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function", text), path
        assert not re.search(r"^import ", text, re.MULTILINE), path
