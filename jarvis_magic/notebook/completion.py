"""Completion in cells of ``%%jarvis`` and lines of ``%jarvis``: options, task types, ids, and ``@variables`` with their kinds."""

from __future__ import annotations

import re
from argparse import ArgumentParser
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from types import ModuleType
from typing import TYPE_CHECKING, Any

from IPython.core.completer import CompletionContext, SimpleCompletion, SimpleMatcherResult

from jarvis_magic.conversions import to_resource
from jarvis_magic.errors import JarvisError
from jarvis_magic.references import OUTSIDE_WORDS
from jarvis_magic.task_types import TASK_TYPES
from jarvis_magic.values import Run

from .binding import RUN_NAME
from .line import LINES

if TYPE_CHECKING:
    from .magics import JarvisMagics

_MOST_ITEMS = 100
"""How many items a list may have whose kind is found out while somebody types."""

_SHELL_NAMES = frozenset({"In", "Out", "exit", "quit", "get_ipython", "open"})

_HEAD = re.compile(r"%%jarvis(?=\s|$)")
_LINE = re.compile(r"\s*%jarvis\s+(?:(?P<name>\w+)\s+)?(?P<rest>[^\n]*)$")
_REFERENCE = re.compile(rf"{OUTSIDE_WORDS}(?<!@)@(?P<name>\w*)$")


@dataclass(frozen=True)
class Offer:
    """Something that may be written here, and a word on what it is."""

    text: str
    what: str = ""


@dataclass(frozen=True)
class Completer:
    """What may be written where somebody is typing.

    Parameters
    ----------
    parser
        The parser of the cell's line.
    variables
        The user's variables.
    """

    parser: ArgumentParser
    variables: Mapping[str, Any] = field(repr=False)

    def offers(self, before: str) -> Sequence[Offer]:
        """Return what may come next after the text of a cell up to the cursor; empty if that is not for us to say.

        An offer stands for the whole word that is being typed; of a reference, for what follows its ``@``.
        """
        line = before.rpartition("\n")[2]
        if _HEAD.match(before):
            found = self._in_head(line) if "\n" not in before else self._in_body(line)
        elif match := _LINE.match(line):
            found = self._in_line(match["name"], match["rest"])
        else:
            return ()
        return tuple(found)

    def _in_head(self, line: str) -> Iterator[Offer]:
        """An option, the value of one, or what ``--use`` is for."""
        *earlier, word = re.split(r"\s+", line)
        options = {name: action for action in self.parser._actions for name in action.option_strings}  # noqa: SLF001
        before = options.get(earlier[-1]) if earlier else None
        if before is not None and before.dest == "use":
            names = [*map(Offer, self._ids()), *(Offer(name, str(t.output)) for name, t in TASK_TYPES.items())]
            yield from _beginning(word, names)
        elif before is not None and "|" in str(before.metavar):
            yield from _beginning(word, map(Offer, str(before.metavar).split("|")))
        elif word.startswith("-"):
            yield from _beginning(word, (Offer(name, "option") for name in options))

    def _in_body(self, line: str) -> Iterator[Offer]:
        match = _REFERENCE.search(line)
        if match:
            names = (Offer(name, kind) for name, value in self.variables.items() if (kind := _shown(name, value)))
            yield from _beginning(match["name"], names)

    def _in_line(self, name: str | None, rest: str) -> Iterator[Offer]:
        word = rest.rpartition(" ")[2]
        if name is None:
            yield from _beginning(word, (Offer(known, line.phrase) for known, line in LINES.items()))
        elif name == "models":
            yield from _beginning(word, (Offer(known, str(t.output)) for known, t in TASK_TYPES.items()))
        elif name in ("why", "rerun"):
            yield from _beginning(word, map(Offer, self._ids()))
        elif name == "sends":
            yield from self._in_body(rest)

    def _ids(self) -> Sequence[str]:
        run = self.variables.get(RUN_NAME)
        return tuple(run.plan.by_id) if isinstance(run, Run) else ()


def _beginning(word: str, offers: Iterable[Offer]) -> Iterator[Offer]:
    return (offer for offer in offers if offer.text.startswith(word))


def _shown(name: str, value: Any) -> str | None:
    """The kind of a variable; ``None`` for what nobody refers to."""
    if name.startswith("_") or name in _SHELL_NAMES or isinstance(value, ModuleType | type) or callable(value):
        return None
    if isinstance(value, list | tuple | dict | set) and len(value) > _MOST_ITEMS:
        return type(value).__name__
    try:
        return str(to_resource(value, name=name, opening=False).kind)
    except JarvisError:
        return None


def completions(magics: JarvisMagics, context: CompletionContext) -> SimpleMatcherResult:
    """Answer IPython's completer."""
    lines = context.full_text.split("\n")
    before = "\n".join([*lines[: context.cursor_line], lines[context.cursor_line][: context.cursor_position]])
    found = Completer(magics.run_cell.parser, magics.shell.user_ns).offers(before)
    return {
        "completions": [SimpleCompletion(_as_token(offer, context.token), type=offer.what) for offer in found],
        "matched_fragment": context.token,
        "suppress": bool(found),
    }


def _as_token(offer: Offer, token: str) -> str:
    """The offer as it replaces IPython's token, which may hold more than the word it completes."""
    for start in range(len(token) + 1):
        if offer.text.startswith(token[start:]):
            return token[:start] + offer.text
    return offer.text
