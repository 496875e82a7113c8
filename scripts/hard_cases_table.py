"""Write ``docs/hard_cases.md`` and ``docs/weaknesses.md`` from the tests in ``tests/hard_cases``.

python scripts/hard_cases_table.py           # write them
python scripts/hard_cases_table.py --check   # say whether they are fresh

A test of a case is called ``test_case_07_…``, one of a weakness alone ``test_w28_…``. The docstring of a case's first test says the case, then what the reference
(microsoft/JARVIS) does, with the numbers of its weaknesses, and what is done here; those of its other tests add a line.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parent.parent
SUITE = ROOT / "tests" / "hard_cases"
sys.path.insert(0, str(ROOT))

from tests.hard_cases.weaknesses import AREAS, Weakness  # noqa: E402 - the root is not there before

HEAD = """# The hard cases

Forty-seven situations that a planner and executor of models must survive, what the reference implementation of HuggingGPT
(microsoft/JARVIS at commit `c62e0fa`, measured or read) does in each, and what is done here. Every row has tests, end to
end: `%%jarvis` in a real kernel, or `Jarvis.run`, with chat models, providers and the Hub on loopback. W-numbers are
[weaknesses](weaknesses.md) of the reference.

This page is written by `scripts/hard_cases_table.py` from the tests, and a test keeps it fresh.
"""
WEAKNESSES_HEAD = """# The reference's weaknesses

What was found in the reference implementation of HuggingGPT (microsoft/JARVIS at commit `c62e0fa`), and for each the tests
that show the right thing done here, or why it cannot happen.

This page is written by `scripts/hard_cases_table.py` from `tests/hard_cases/weaknesses.py` and from the tests of the
[hard cases](hard_cases.md) that name a weakness; a test keeps it fresh.
"""


@dataclass(frozen=True)
class CaseTest:
    """A test of a hard case: its number, name and file, and the lines of its docstring."""

    number: int
    name: str
    file: Path
    said: tuple[str, ...]

    def part(self, name: str) -> str:
        """What its docstring says behind a word and a colon; empty if it does not."""
        return next((line.partition(": ")[2] for line in self.said if line.startswith(f"{name}: ")), "")

    @property
    def link(self) -> str:
        """A link from a page in ``docs``."""
        return link(self.file.relative_to(ROOT), self.name)

    @property
    def weaknesses(self) -> tuple[str, ...]:
        """The numbers of the weaknesses that the reference shows in this case."""
        return tuple(re.findall(r"\bW\d+\b", self.part("Reference")))


def link(file: Path | str, name: str) -> str:
    """A link from a page in ``docs`` to a test, in the words of its name."""
    words = re.sub(r"^test_(?:case_\d+_|(?:w\d+_)+)?", "", name).replace("_", " ")
    return f"[{words}](../{file})"


@dataclass(frozen=True)
class Section:
    """A file of the suite: its title, and its tests."""

    title: str
    words: str
    tests: tuple[CaseTest, ...]

    @property
    def cases(self) -> dict[int, list[CaseTest]]:
        """The tests by the number of their case."""
        found: dict[int, list[CaseTest]] = {}
        for test in self.tests:
            found.setdefault(test.number, []).append(test)
        return dict(sorted(found.items()))

    @property
    def first(self) -> int:
        """The number of its first case."""
        return min(self.cases)


def sections() -> list[Section]:
    """The files of the suite, in the order of their cases."""
    return sorted((section for file in SUITE.glob("test_*.py") if (section := _section(file))), key=lambda s: s.first)


def _section(file: Path) -> Section | None:
    module = ast.parse(file.read_text(encoding="utf-8"))
    tests = tuple(_tests(module, file))
    found = re.match(r"Hard cases \d+ (?:to|and) \d+, (.+?): (.+)", ast.get_docstring(module) or "")
    return Section(found[1][0].upper() + found[1][1:], found[2], tests) if found and tests else None


def _tests(module: ast.Module, file: Path) -> Iterator[CaseTest]:
    for node in module.body:
        found = re.match(r"test_case_(\d\d)_", getattr(node, "name", ""))
        if found and isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            lines = (ast.get_docstring(node) or "").splitlines()
            yield CaseTest(int(found[1]), node.name, file, tuple(line.strip() for line in lines if line.strip()))


def cases_page() -> str:
    """The page of the hard cases."""
    lines = [HEAD]
    for section in sections():
        lines += [f"## {section.title}", "", _sentence(section.words), ""]
        lines += ["| | the case | the reference | here | tests |", "| --- | --- | --- | --- | --- |"]
        lines += [_row(number, tests) for number, tests in section.cases.items()]
        lines.append("")
    return "\n".join(lines).rstrip() + "\n"


def _row(number: int, tests: list[CaseTest]) -> str:
    told = tests[0]
    cells = [str(number), told.said[0].rstrip("."), told.part("Reference"), told.part("Here"), "; ".join(t.link for t in tests)]  # fmt: skip
    return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"


def _sentence(words: str) -> str:
    return words[0].upper() + words[1:]


def weaknesses_page() -> str:
    """The page of the weaknesses."""
    shown = tests_by_weakness()
    lines = [WEAKNESSES_HEAD]
    for title, weaknesses in AREAS.items():
        lines += [f"## {title}", "", "| | the reference | here |", "| --- | --- | --- |"]
        lines += [_weakness_row(weakness, shown.get(weakness.number, [])) for weakness in weaknesses]
        lines.append("")
    return "\n".join(lines).rstrip() + "\n"


def _weakness_row(weakness: Weakness, links: list[str]) -> str:
    links = [*links, *(link(file, name) for file, name in weakness.places)]
    here = " ".join(filter(None, (weakness.here, "; ".join(links) + "." if links else "")))
    return f"| {weakness.number} | {weakness.told} | {here} |"


def tests_by_weakness() -> dict[str, list[str]]:
    """Links to the tests of the suite that show each weakness, by its number."""
    found: dict[str, list[str]] = {}
    for test in (test for section in sections() for test in section.tests):
        for number in test.weaknesses:
            found.setdefault(number, []).append(f"case {test.number}: {test.link}")
    alone = SUITE / "test_weaknesses.py"
    for node in ast.parse(alone.read_text(encoding="utf-8")).body:
        name = getattr(node, "name", "")
        for number in re.findall(r"(?<=_)w\d+(?=_)", name) if name.startswith("test_w") else ():
            found.setdefault(number.upper(), []).append(link(alone.relative_to(ROOT), name))
    return found


PAGES = {ROOT / "docs" / "hard_cases.md": cases_page, ROOT / "docs" / "weaknesses.md": weaknesses_page}
"""What is written, and where."""


def stale() -> list[Path]:
    """The pages that are not what the tests say."""
    return [
        page for page, written in PAGES.items() if not page.exists() or page.read_text(encoding="utf-8") != written()
    ]


if __name__ == "__main__":
    if "--check" in sys.argv:
        names = ", ".join(page.name for page in stale())
        sys.exit(f"Not what the tests say: {names}; run python {sys.argv[0]}." if names else 0)
    for place, write in PAGES.items():
        place.write_text(write(), encoding="utf-8")
