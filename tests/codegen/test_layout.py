"""Source is laid out to be read, and stays the same program; what nothing uses falls away, and nothing else."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import jarvis_magic
from jarvis_magic.codegen.layout import WIDE, laid_out, line_laid_out
from jarvis_magic.codegen.simplifying import (
    needed,
    remembered_where_defined,
    simplified,
    without_idle_functions,
    without_options,
)

PACKAGE = Path(jarvis_magic.__file__).parent


def statements() -> Iterator[ast.stmt]:
    """The definitions of whole rooms of this package, which are long and of all sorts."""
    for room in ("toolbox", "conversions", "pipeline_calls", "endpoints/local"):
        for file in sorted((PACKAGE / room).glob("*.py")):
            yield from ast.parse(file.read_text(encoding="utf-8")).body


def test_what_is_laid_out_is_the_same_program() -> None:
    """Every definition means what it meant, and hardly a line is too long to be read."""
    long, lines = 0, 0
    for statement in statements():
        written = laid_out(statement)
        assert ast.dump(ast.parse(written)) == ast.dump(ast.parse(ast.unparse(statement)))
        lengths = [len(line) for line in written.splitlines()]
        long, lines = long + sum(length > WIDE for length in lengths), lines + len(lengths)
    assert long < lines / 30


def test_a_line_that_is_broken_has_its_comment_above() -> None:
    """Beside a closing bracket nobody would read it."""
    assert line_laid_out("a = b(c)  # why") == "a = b(c)  # why"
    words = ", ".join(f"{name}='some words'" for name in "abcdefgh")
    assert line_laid_out(f"a = call({words})  # why").splitlines()[:2] == ["# why", "a = call("]


PIECES = [*"ab _\\'\"\n\r\t\0{}#)(;é0", "_text_0_", "words and more words "]


@given(text=st.lists(st.sampled_from(PIECES), max_size=80).map("".join))
@settings(max_examples=50)
def test_texts_say_what_they_said(text: str) -> None:
    """However they are written: as they are, in pieces, with backslashes; none gives an order."""
    written = line_laid_out(f"x = f({text!r}, '_text_0_', {text!r}, '_text_1__')")
    assert ast.dump(ast.parse(written)) == ast.dump(ast.parse(f"x = f({text!r}, '_text_0_', {text!r}, '_text_1__')"))


def test_patterns_are_written_as_they_are() -> None:
    """Backslashes are not doubled where that says the same."""
    assert laid_out(ast.parse(r"x = '\\b\\d+'").body[0]) == r"x = r'\b\d+'"
    assert laid_out(ast.parse(r"x = '\\'").body[0]) == r"x = '\\'"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("x = sum((a for a in b))", "x = sum(a for a in b)"),
        ("x = f((a for a in b), 1)", "x = f((a for a in b), 1)"),
        ("x = f((a, b))", "x = f((a, b))"),
        ("x, y = (1, 2)", "x, y = 1, 2"),
        ("x = (1, 2)", "x = (1, 2)"),
    ],
)
def test_brackets_that_nobody_would_write(before: str, after: str) -> None:
    """Those fall away, and no others."""
    assert laid_out(ast.parse(before).body[0]) == after


def simple(source: str) -> str:
    """A definition without what does nothing in it."""
    return ast.unparse(simplified(ast.parse(source).body[0]))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("def f(x):\n    code = g(x)\n    return x", "def f(x):\n    return x"),
        ("def f(x):\n    if x and x != 2:\n        return x\n    return x", "def f(x):\n    return x"),
        ("def f(x):\n    if g(x):\n        return x\n    return x", "def f(x):\n    if g(x):\n        return x\n    return x"),
        ("def f(x):\n    msg = 'no'\n    raise ValueError(msg)", "def f(x):\n    raise ValueError('no')"),
        ("def f(x):\n    y = g(x)\n    return y", "def f(x):\n    return g(x)"),
        ("def f(x):\n    import a\n    import b as c\n    return c", "def f(x):\n    import b as c\n    return c"),
        ("def f(x):\n    return x if y else x", "def f(x):\n    return x"),
        ("def f(x):\n    notes = []\n    if len(x):\n        notes.append(x)\n    return x", "def f(x):\n    return x"),
        ("def f(x):\n    x.append(1)\n    return 1", None),
        ("def f(x):\n    n = 0\n    n += x\n    return n", "def f(x):\n    n = 0\n    n += x\n    return n"),
        ("def f():\n    n = 0\n\n    def g():\n        nonlocal n\n        n = 1\n    return g", None),
    ],
)  # fmt: skip
def test_what_does_nothing_falls_away(before: str, after: str | None) -> None:
    """Values that nothing reads, questions without consequence, names for what is returned at once."""
    assert simple(before) == (after or before)


def test_what_is_not_needed_is_not_taken_along() -> None:
    """Definitions that nothing leads to, methods that nothing calls; what is used by another stays, before it."""
    source = "A = 1\ndef f():\n    return A\nclass C:\n    def m(self):\n        return f()\n    def n(self):\n        return B\nB = 2"
    definitions = dict(zip("AfCB", ast.parse(source).body, strict=True))
    kept = needed(definitions, frozenset({"C", "m"}))
    assert list(kept) == ["A", "f", "C"]
    assert ast.unparse(kept["C"]) == "class C:\n\n    def m(self):\n        return f()"


def test_functions_that_only_return_what_they_are_given() -> None:
    """What was said beside the result is gone, and so is what said it."""
    source = "def f(x, y):\n    return x\ndef g(a):\n    return f(h(a), 1)"
    found = without_idle_functions(dict(zip("fg", ast.parse(source).body, strict=True)), frozenset({"g"}))
    assert ast.unparse(found["g"]) == "def g(a):\n    return h(a)"


def test_options_that_nobody_gives_are_their_defaults() -> None:
    """A function that is never told any has no such argument."""
    source = "def f(x, options=None):\n    return x[:(options or {}).get('top', 3)]"
    for call, written in (("f(1)", "def f(x):\n    return x[:3]"), ("f(1, options=o)", source)):
        definitions = {"f": ast.parse(source).body[0]}
        without_options(definitions, [ast.parse(call)])
        assert ast.unparse(definitions["f"]) == ast.unparse(ast.parse(written))


def test_what_is_loaded_once_says_so_where_it_is_defined() -> None:
    """By its decorator."""
    source = "def load():\n    return 1\nengine = cache(load)"
    found = remembered_where_defined(dict(zip(("load", "engine"), ast.parse(source).body, strict=True)))
    assert [ast.unparse(s) for s in found.values()] == ["@cache\ndef engine():\n    return 1"]
