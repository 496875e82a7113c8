"""Reading a cell of ``%%jarvis``: its line, ``[NAMES << | NAMES = <<] [options]``, and the expressions of its body.

References (``@name``, files, URLs) are read by `request_reading`, once, from the literal text that `read_body` leaves;
what an expression gives becomes an input of its own and is never scanned.
"""

from __future__ import annotations

import ast
import keyword
import re
import shlex
from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias, cast

from jarvis_magic.errors import UnknownName, UsageError
from jarvis_magic.ids import valid_id
from jarvis_magic.references import IN_WORD, Reference, references_in, scan
from jarvis_magic.request_reading import SOURCE

from .binding import RUN_NAME

# The line ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class CellLine:
    """The line of a cell: the outputs wanted, whether they are shown as well, and the options' words."""

    names: tuple[str, ...] = ()
    shows: bool = True
    words: tuple[str, ...] = ()


_ARROW = re.compile(r"""(?P<names>[^<'"-]*)<<(?=\s|$)""")


def read_line(line: str) -> CellLine:
    """Divide the line of a cell into names and options.

    Raises
    ------
    UsageError
        If a name cannot be a variable, stands twice, or a quotation mark is not closed.
    """
    arrow = _ARROW.match(line)
    written = arrow["names"].rstrip() if arrow else ""
    names = read_names(written.removesuffix("=")) if arrow else ()
    try:
        words = shlex.split(line[arrow.end() :] if arrow else line)
    except ValueError as error:
        msg = f"The line of %%jarvis cannot be read ({str(error).lower()}); close the quotation marks."
        raise UsageError(msg) from error
    return CellLine(names, not arrow or written.endswith("="), tuple(words))


def read_names(written: str) -> tuple[str, ...]:
    """Read names divided by commas: the variables that outputs are bound to.

    Raises
    ------
    UsageError
        If one cannot be a variable, or stands twice.
    """
    names = [name.strip() for name in written.split(",")]
    for name in names:
        if not name:
            msg = f"A name is missing in {written.strip() + ' <<'!r}; write for example: %%jarvis caption, speech <<"
            raise UsageError(msg)
        if not name.isidentifier() or keyword.iskeyword(name):
            msg = f"{name!r} is not a variable name; write for example: %%jarvis caption, speech <<"
            raise UsageError(msg)
        if name == RUN_NAME:
            msg = f"{name!r} is always the last run; give the output another name."
            raise UsageError(msg)
        if names.count(name) > 1:
            msg = f"The name {name!r} is wanted twice; give the second output another name."
            raise UsageError(msg)
    return tuple(names)


# The body ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class CellBody:
    """The body of a cell, its expressions evaluated.

    Parameters
    ----------
    text
        The words, in which every expression has become a reference.
    named
        What the expressions gave, as texts, by the name of their reference.
    notes
        Sentences for the user.
    """

    text: str
    named: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Expression:
    code: str


def read_body(body: str, variables: Mapping[str, Any]) -> CellBody:
    """Evaluate the ``{{expressions}}`` of a body, each once, in the user's variables.

    An expression that stands inside a word becomes one input together with the rest of the word.

    Raises
    ------
    UsageError
        If an expression is not closed, is no expression, fails, or touches a reference; `UnknownName` for a name that
        does not exist.
    """
    _refuse_expressions_in_names(body)
    words = _Words(variables, {reference.name for reference in references_in(body, variables)})
    for piece in _glued(list(_pieces(body))):
        words.add(piece)
    return CellBody("".join(words.text), words.named, bare_files(body))


def _refuse_expressions_in_names(body: str) -> None:
    """Refuse ``@"{{folder}}/a.png"``: what a name is made of is a matter of Python, and the whole of it one input."""
    written = next((match[0] for match in SOURCE.finditer(body) if "{{" in match[0]), None)
    if written is not None:
        msg = f"No expression is filled into a name, as in {_excerpt(written)!r}; write @name for a variable that holds the whole name, or {{{{…}}}} around an expression that gives it, without the @."
        raise UsageError(msg)


def names_in(body: str, known: Container[str] = ()) -> set[str]:
    """Every variable a body refers to, by reference or inside an expression; `known` as in `references.scan`."""
    found: set[str] = set()
    for piece in _pieces(body):
        if isinstance(piece, _Expression):
            found |= _variables_of(piece.code)
        else:
            found |= {reference.name for reference in references_in(piece, known)}
    return found


def _pieces(body: str) -> Iterator[str | _Expression]:
    """The literal stretches and the expressions of a body, in turn."""
    literal, position = "", 0
    while (start := body.find("{{", position)) >= 0:
        end = _expression_end(body, start + 2)
        literal += body[position:start]
        position = end + 2
        plain = _plain_text(body[start + 2 : end])
        if plain is not None:
            literal += plain
            continue
        if literal:
            yield literal
        yield _Expression(body[start + 2 : end])
        literal = ""
    if literal + body[position:]:
        yield literal + body[position:]


def _plain_text(code: str) -> str | None:
    """The text of an expression that is nothing but a string, as in ``{{'{{'}}``."""
    tree = ast.parse(code.strip(), mode="eval").body
    is_text = isinstance(tree, ast.Constant) and isinstance(tree.value, str)
    return str(ast.literal_eval(tree)).replace("@", "@@") if is_text else None


def _expression_end(body: str, start: int) -> int:
    """Where the expression that begins at `start` ends: the first closing braces that leave Python behind them."""
    first = end = body.find("}}", start)
    if first < 0:
        msg = f"{_excerpt(body[start - 2 :])!r} is not closed; write }}}} after the expression, or {{{{'{{{{'}}}} for two plain braces."
        raise UsageError(msg)
    while end >= 0:
        if _is_expression(body[start:end]):
            return end
        end = body.find("}}", end + 1)
    code = body[start:first]
    reason = "is empty" if not code.strip() else "is not a Python expression"
    msg = f"{'{{' + _excerpt(code) + '}}'!r} {reason}; write for example {{{{topic}}}}, or {{{{'{{{{'}}}} for two plain braces."
    raise UsageError(msg)


def _is_expression(code: str) -> bool:
    try:
        ast.parse(code.strip(), mode="eval")
    except (SyntaxError, ValueError):
        return False
    return True


def _excerpt(text: str) -> str:
    line = text.strip().splitlines()[0] if text.strip() else text
    return line if len(line) <= 40 else line[:39] + "…"


_WORD_BEFORE = re.compile(rf"{IN_WORD}*\Z")
_WORD_AFTER = re.compile(
    rf"""(?:{IN_WORD}|\.(?={IN_WORD})|\[\s*(?:-?\d*\s*:?\s*-?\d*|\*|"[^"\n@]*"|'[^'\n@]*')\s*\])*"""
)
_Word: TypeAlias = "list[str | _Expression]"


def _glued(pieces: list[str | _Expression]) -> Iterator[str | _Word]:
    """The pieces, each expression in a list with the parts of a word that touch it.

    A reference must not touch a letter, so "file_{{n}}.txt" becomes one input.
    """
    literal = ""
    word: _Word = []
    for piece in pieces:
        if isinstance(piece, _Expression):
            if not word:
                _keep_apart(literal, piece)
                start = cast("re.Match[str]", _WORD_BEFORE.search(literal)).start()
                yield literal[:start]
                word = [literal[start:]]
            word.append(piece)
            literal = ""
        else:
            end = cast("re.Match[str]", _WORD_AFTER.match(piece)).end() if word else 0
            word, literal = ([*word, piece[:end]], piece[end:]) if word else ([], piece)
            if literal and word:
                yield word
                word = []
    yield word or literal


def _keep_apart(literal: str, expression: _Expression) -> None:
    """Refuse an expression right behind a reference: nobody can tell where the one ends."""
    source = [match for match in SOURCE.finditer(literal) if match.end() == len(literal)]
    last = [found.piece for found in scan(literal) if found.end == len(literal)]
    if source or (last and isinstance(last[0], Reference)):
        reference = source[0][0] if source else last[0]
        msg = f"'{reference}' and '{{{{{expression.code}}}}}' touch; put a space between them."
        raise UsageError(msg)


class _Words:
    """The text as it grows, and what its expressions gave."""

    def __init__(self, variables: Mapping[str, Any], referred: set[str]) -> None:
        self.text: list[str] = []
        self.named: dict[str, str] = {}
        self._variables, self._referred = variables, referred

    def add(self, piece: str | _Word) -> None:
        if isinstance(piece, str):
            # an @ at the end of the stretch must not meet the @ of an expression
            lone = len(piece) - len(piece.rstrip("@"))
            self.text.append(piece + "@" * (lone % 2))
            return
        value = "".join(self._evaluated(part) if isinstance(part, _Expression) else part for part in piece)
        name = self._name(piece, value)
        self.named[name] = value
        self.text.append(f"@{name}")

    def _name(self, word: _Word, value: str) -> str:
        """A name for an expression's text: the variable's own, where it is one."""
        code = next(part.code for part in word if isinstance(part, _Expression)).strip()
        taken = self._referred | {known for known, text in self.named.items() if text != value}
        if code.isidentifier() and code.isascii() and code not in taken:
            return code
        return valid_id(f"{code}_text" if code.isidentifier() else "text", {*self._variables, *taken})

    def _evaluated(self, expression: _Expression) -> str:
        code = expression.code.strip()
        try:
            return str(eval(compile(code, "<expression>", "eval"), dict(self._variables)))  # noqa: S307 - the user's own
        except NameError as error:
            if error.name not in _variables_of(code):
                raise _failed(code, error) from error
            raise UnknownName("variable", error.name, self._variables, f"define it before '{{{{{code}}}}}'") from error
        except Exception as error:  # whatever the user's expression raises
            raise _failed(code, error) from error


def _variables_of(code: str) -> set[str]:
    return {node.id for node in ast.walk(ast.parse(code.strip(), mode="eval")) if isinstance(node, ast.Name)}


def _failed(code: str, error: Exception) -> UsageError:
    return UsageError(
        f"The expression '{{{{{_excerpt(code)}}}}}' raised {type(error).__name__}: {' '.join(str(error).split())}"
    )


# Bare files ----------------------------------------------------------------------------------------------------------

_MEDIA = "txt md csv tsv json jsonl parquet xlsx png jpg jpeg gif webp bmp tif tiff wav mp3 flac ogg opus m4a mp4 mov avi mkv webm"
_BARE_FILE = re.compile(
    rf"""(?<![\w@"'/.:~-])(?P<name>(?:~?[\w.-]*/)*[\w-][\w.-]*\.(?:{_MEDIA.replace(" ", "|")}))(?![\w/-])""",
    re.IGNORECASE,
)
_BARE_URL = re.compile(r"""(?<![\w@"'])(?P<name>https?://[^\s<>"'`]*[^\s<>"'`.,;:!?)\]}])""")


def bare_files(body: str) -> tuple[str, ...]:
    """A note for each file or URL that stands in the prose without an ``@``: it is not read."""
    prose = SOURCE.sub(" ", body)
    urls = [match["name"] for match in _BARE_URL.finditer(prose)]
    files = [match["name"] for match in _BARE_FILE.finditer(_BARE_URL.sub(" ", prose))]
    notes = [f"{url} is taken as words and was not read; write @{url} to use what is there." for url in urls]
    notes += [f'{name} is taken as words and was not read; write @"{name}" to use the file.' for name in files]
    return tuple(dict.fromkeys(notes))
