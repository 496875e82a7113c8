"""The flags of ``%%jarvis``: from the words of its line to options, names and models asked for."""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from IPython.core.error import UsageError as IPythonUsageError

from jarvis_magic.errors import UsageError, close_matches, either
from jarvis_magic.ids import id_problem
from jarvis_magic.settings import option_types
from jarvis_magic.task_types import TASK_TYPES
from jarvis_magic.wellformed import unknown_type

from .cell import read_line, read_names


@dataclass(frozen=True)
class Flags:
    """What the line of a cell says.

    Parameters
    ----------
    names
        The outputs wanted, in order.
    shows
        Whether results are shown as well as bound.
    uses
        Models asked for, by task type or id.
    options
        Values of `Options` by name; those not given are ``None``.
    fresh
        Whether earlier results are left out of it.
    lock
        The lock file that the cell is repeated from, and kept in; empty: none.
    responds
        Whether the controller writes the answer of a cell that is repeated.
    help
        Whether only the usage is wanted.
    """

    names: tuple[str, ...] = ()
    shows: bool = True
    uses: Mapping[str, str] = field(default_factory=dict)
    options: Mapping[str, Any] = field(default_factory=dict)
    fresh: bool = False
    lock: str = ""
    responds: bool = False
    help: bool = False


def read_flags(parser: argparse.ArgumentParser, line: str) -> Flags:
    """Read the line of a cell.

    Raises
    ------
    UsageError
        If a flag is not known, lacks its value, or two contradict each other.
    """
    read = read_line(line)
    given = _parsed(parser, read.words)
    if given.output and read.names:
        msg = "The outputs are named twice, before << and after -o; keep one."
        raise UsageError(msg)
    options = {name: getattr(given, name, None) for name in option_types()} | {"approve": _one_approval(given.approve)}
    names = read_names(given.output) if given.output else read.names
    shows = read.shows and not given.output
    return Flags(names, shows, _uses(given.use), options, given.fresh, given.lock, given.respond, given.help)


def _parsed(parser: argparse.ArgumentParser, words: Sequence[str]) -> argparse.Namespace:
    try:
        given, unknown = parser.parse_known_args(list(words))
    except IPythonUsageError as error:
        msg = f"The line of %%jarvis: {error}; `%%jarvis --help` shows its options."
        raise UsageError(msg) from None
    if unknown:
        known = [option for action in parser._actions for option in action.option_strings]  # noqa: SLF001
        close = close_matches(unknown[0].partition("=")[0], known)
        hint = f"did you mean {either(close)}?" if close else "`%%jarvis --help` shows them."
        if not unknown[0].startswith("-"):
            hint = "the request stands in the lines below it."
            if "<<" in unknown:
                hint = f"names stand before the options: %%jarvis {' '.join(unknown[: unknown.index('<<') + 1])} …"
        msg = f"%%jarvis has no option {unknown[0]!r}; {hint}"
        raise UsageError(msg)
    return given


def _one_approval(asked: Sequence[str] | None) -> str | None:
    if len(set(asked or ())) > 1:
        msg = "The line of %%jarvis asks for more than one way of approval; keep one of -y, -n and --approve."
        raise UsageError(msg)
    return asked[0] if asked else None


def _uses(written: Sequence[str]) -> dict[str, str]:
    """Read each ``TASK_OR_ID=MODEL[@PROVIDER]``."""
    uses: dict[str, str] = {}
    for one in written:
        name, equals, model = one.partition("=")
        if not (name and equals and model):
            msg = f"--use takes TASK_OR_ID=MODEL, not {one!r}; write for example --use image-to-text=owner/name"
            raise UsageError(msg)
        if name not in TASK_TYPES and id_problem(name):
            raise UsageError(unknown_type(name))
        if uses.get(name, model) != model:
            msg = f"--use gives {name!r} two models, {uses[name]!r} and {model!r}; keep one."
            raise UsageError(msg)
        uses[name] = model
    return uses
