"""Source laid out to be read: no line too long, long texts as they are, room around functions and classes."""

from __future__ import annotations

import ast
import io
import itertools
import re
import textwrap
import tokenize
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

WIDE = 100
"""How long a line of generated code may be."""
LONG_TEXT = 70
"""The length from which a text is written over several lines."""
_SHORT, _MANY = 34, 6
_OPENING, _CLOSING = "([{", ")]}"
_BEGIN, _END = getattr(tokenize, "FSTRING_START", -1), getattr(tokenize, "FSTRING_END", -1)


def laid_out(statement: ast.stmt) -> str:
    """Return the source of a statement."""
    source = ast.unparse(statement)
    texts = _Texts(source)
    plain = ast.unparse(ast.fix_missing_locations(texts.visit(ast.parse(source))))
    lines = [line for written in plain.splitlines() for line in _wrapped(_with_fewer_brackets(written))]
    return "\n".join(texts.restored(line) for line in lines)


def line_laid_out(line: str) -> str:
    """Return a line of a run; a comment at its end comes before it where it is broken."""
    tree = ast.parse(line).body
    if len(line) <= WIDE or not tree:
        return line
    comment = line.encode()[(tree[0].end_col_offset or 0) :].decode().strip()
    said = laid_out(tree[0])
    return said if not comment else f"{said}  {comment}" if "\n" not in said else f"{comment}\n{said}"


def _with_fewer_brackets(line: str) -> str:
    """A line without the brackets that ``ast`` puts around the only argument of a call, and around what is returned."""
    marks = list(_marks(line))
    for opened, closed in _pairs(marks):
        before, body, after = line[: opened.start], line[opened.end : closed.start], line[closed.end :]
        inside = [m.text for m in marks if opened.end <= m.start < closed.start and m.depth == opened.depth + 1]
        if _is_only_argument(before, inside, after) or _is_returned(before, body, inside, after):
            return _with_fewer_brackets(before + body + after)
    return line


def _is_only_argument(before: str, inside: Sequence[str], after: str) -> bool:
    """Whether brackets hold a generator that a function is called with, and nothing else."""
    called = before.endswith("(") and before[:-1][-1:].isidentifier() and after.startswith(")")
    return called and "for" in inside and "," not in inside[: inside.index("for")]


def _is_returned(before: str, body: str, inside: Sequence[str], after: str) -> bool:
    """Whether brackets hold several values that are returned, or assigned to several names."""
    names, is_assigned, rest = before.partition(" = ")
    wanted = before.strip() == "return" or (is_assigned and not rest and ", " in names)
    return bool(wanted) and not after and "," in inside and "for" not in inside and not body.endswith(",")


def _pairs(marks: Sequence[_Mark]) -> Iterator[tuple[_Mark, _Mark]]:
    """The round brackets of a line, each with the one that closes it."""
    opened: list[_Mark] = []
    for mark in marks:
        if mark.text in _OPENING:
            opened.append(mark)
        elif mark.text in _CLOSING:
            first = opened.pop()
            if mark.text == ")":
                yield first, mark


def apart(definitions: Sequence[str]) -> str:
    """Definitions one after another, functions and classes with room around them."""
    pieces: list[str] = []
    for definition in definitions:
        close = pieces and not _is_block(pieces[-1]) and not _is_block(definition)
        pieces += ["\n" if close else "\n\n\n", definition] if pieces else [definition]
    return "".join(pieces)


def _is_block(source: str) -> bool:
    return source.startswith(("def ", "class ", "@", "async def "))


# Long lines ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Mark:
    """A token at which a line may be broken: its text, where it begins and ends, and how deep in brackets it is."""

    text: str
    start: int
    end: int
    depth: int


def _wrapped(line: str) -> list[str]:
    """A logical line as several, at its widest bracket, or in brackets that are put around it."""
    if len(line) <= WIDE:
        return [line]
    marks = list(_marks(line))
    bracketed = _in_brackets(line, marks) or _at_widest(line, marks)
    if bracketed is None:
        return [line]
    head, body, tail = bracketed
    margin = " " * (len(line) - len(line.lstrip()))
    inside = margin + " " * 4
    whole = inside + body.strip()
    items = [whole] if len(whole) <= WIDE else [inside + piece for piece in _pieces(body.strip())]
    if items == [whole] and whole == line:
        return [line]
    return [head, *(one for item in items for one in _wrapped(item)), *_wrapped(margin + tail)]


def _marks(line: str) -> Iterator[_Mark]:
    depth = inside = 0
    stripped = line.lstrip()
    margin = len(line) - len(stripped)
    try:
        for token in tokenize.generate_tokens(io.StringIO(f"({stripped}\n)").readline):
            inside += (token.type == _BEGIN) - (token.type == _END)
            if inside or token.start[0] > 1 or token.type not in (tokenize.OP, tokenize.NAME):
                continue
            depth -= token.string in _CLOSING and token.type == tokenize.OP
            if token.start[1]:
                yield _Mark(token.string, token.start[1] - 1 + margin, token.end[1] - 1 + margin, depth - 1)
            depth += token.string in _OPENING and token.type == tokenize.OP
    except (tokenize.TokenError, IndentationError):
        return


def _in_brackets(line: str, marks: Sequence[_Mark]) -> tuple[str, str, str] | None:
    """What is returned or assigned, in brackets, if it is one of several, or joined of several."""
    head = next((m for m in marks if m.depth == 0 and m.text in ("return", "=")), None)
    joins = any(m.depth == 0 and m.text in ("if", "and", "or", "lambda") for m in marks)
    if head is None or not joins or (head.text == "return" and line.split(maxsplit=1)[0] != "return"):
        return None
    if any(m.depth == 0 and m.text == "lambda" for m in marks):
        return None
    return line[: head.end] + " (", line[head.end :], ")"


def _at_widest(line: str, marks: Sequence[_Mark]) -> tuple[str, str, str] | None:
    pairs = []
    opened: _Mark | None = None
    for mark in marks:
        if mark.depth == 0 and mark.text in _OPENING:
            opened = mark
        elif mark.depth == 0 and mark.text in _CLOSING and opened is not None:
            pairs.append((opened.end, mark.start))
    start, end = max(pairs, key=lambda pair: pair[1] - pair[0], default=(0, 0))
    return (line[:start], line[start:end], line[end:]) if end - start > 1 else None


def _pieces(body: str) -> list[str]:
    """What stands in brackets, one part to a line."""
    marks = [mark for mark in _marks(body) if mark.depth == 0]
    names = [mark.text for mark in marks]
    if "for" in names:
        return _cut(body, [m.start for m in marks if m.text in ("for", "if")][_late(names) :])
    if "lambda" not in names and "," in names:
        items = [item.rstrip(", ") + "," for item in _cut(body, [m.end for m in marks if m.text == ","])]
        return _filled(items) if len(items) > _MANY and all(len(item) < _SHORT for item in items) else items
    for joins in (("else",), ("or",), ("and",), ("+", "|"), ("-",)):
        places = [m.start for m in marks if m.text in joins and m.start]
        if places:
            return _cut(body, places)
    return [body]


def _late(names: Sequence[str]) -> int:
    """How many ``if`` stand before the first ``for``: those are of the item, and no conditions."""
    return [name for name in names if name in ("for", "if")].index("for")


def _cut(body: str, places: Sequence[int]) -> list[str]:
    edges = [0, *places, len(body)]
    pieces = [body[a:b].strip() for a, b in itertools.pairwise(edges)]
    return [piece for piece in pieces if piece]


def _filled(items: Sequence[str]) -> list[str]:
    """Short parts, as many to a line as it takes."""
    lines = [""]
    for item in items:
        if lines[-1] and len(lines[-1]) + 1 + len(item) > WIDE - 12:
            lines.append("")
        lines[-1] += f" {item}" if lines[-1] else item
    return lines


# Texts ---------------------------------------------------------------------------------------------------------------


class _Texts(ast.NodeTransformer):
    """Puts short names in place of texts that are written otherwise than by ``repr``, and the texts back into the lines.

    Parameters
    ----------
    source
        What the names must not occur in.
    """

    def __init__(self, source: str) -> None:
        self._texts: list[str] = []
        self._mark = "_text_"
        while self._mark in source:  # a text of the user's is never taken for a name of ours
            self._mark += "_"

    def visit_JoinedStr(self, node: ast.JoinedStr) -> ast.JoinedStr:
        """Leave texts with values in them as they are."""
        return node

    def visit_Constant(self, node: ast.Constant) -> ast.expr:
        """Put a name in place of a text that is long, or has backslashes in it."""
        if not isinstance(node.value, str) or (len(node.value) < LONG_TEXT and "\\" not in node.value):
            return node
        self._texts.append(node.value)
        name = f"{self._mark}{len(self._texts) - 1}"
        width = min(
            len(quoted(node.value)), LONG_TEXT
        )  # as wide as the text, so that lines are broken where they must be
        return ast.Name(f"{name}{'_' * max(1, width - len(name))}", ast.Load())

    def restored(self, line: str) -> str:
        """A line with its texts."""
        margin = " " * (len(line) - len(line.lstrip()))
        return re.sub(rf"{self._mark}(\d+)_+", lambda found: _written(self._texts[int(found[1])], margin), line)


def quoted(text: str) -> str:
    """Return a text as Python has it: with its backslashes as they are, where that says the same."""
    raw = f"r{text!r}".replace("\\\\", "\\")
    return raw if "\\" in text and _says(raw, text) else repr(text)


def _says(written: str, text: str) -> bool:
    try:
        return bool(ast.literal_eval(written) == text)
    except (ValueError, SyntaxError):
        return False


def _written(text: str, margin: str) -> str:
    as_it_is = f'"""{text}"""'
    if len(text) < LONG_TEXT:
        return quoted(text)
    if "\n" in text and "\\" not in text and _says(as_it_is, text):
        return as_it_is
    pieces = textwrap.wrap(
        text, WIDE - 14 - len(margin), drop_whitespace=False, replace_whitespace=False, expand_tabs=False
    )
    if "".join(pieces) != text or len(pieces) < 2:
        return quoted(text)
    return "(\n" + "".join(f"{margin}    {quoted(piece)}\n" for piece in pieces) + f"{margin})"
