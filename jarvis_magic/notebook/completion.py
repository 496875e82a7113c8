"""Completion in cells of ``%%jarvis`` and lines of ``%jarvis``.

Options and their values, task types, ids of the last run, the models known on this machine (nobody is asked while somebody
types), and ``@variables`` with their kinds.
"""

from __future__ import annotations

import re
from argparse import Action, ArgumentParser
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from types import ModuleType
from typing import TYPE_CHECKING, Any

from IPython.core.completer import CompletionContext, SimpleCompletion, SimpleMatcherResult

from jarvis_magic.conversions import to_resource
from jarvis_magic.drawing.words import where
from jarvis_magic.errors import JarvisError
from jarvis_magic.references import OUTSIDE_WORDS
from jarvis_magic.settings import environment
from jarvis_magic.task_types import TASK_TYPES
from jarvis_magic.values import Candidate, Run

from .binding import RUN_NAME
from .line import LINES

if TYPE_CHECKING:
    from .magics import JarvisMagics

_MOST_ITEMS = 100
"""How many items a list may have whose kind is found out while somebody types."""

_MOST_MODELS = 40
"""How many models of a task type are offered."""

_PATIENCE = 2.0
"""Seconds after which somebody who types is left alone."""

_SHELL_NAMES = frozenset({"In", "Out", "exit", "quit", "get_ipython", "open"})

_HEAD = re.compile(r"\s*(?:%%(?!jarvis\b)\w.*\n\s*)*%%jarvis(?=\s|$)")
_LINE = re.compile(r"\s*%jarvis\s+(?:(?P<name>\w+)\s+)?(?P<rest>[^\n]*)$")
_REFERENCE = re.compile(rf"{OUTSIDE_WORDS}(?<!@)@(?P<name>\w*)$")


@dataclass(frozen=True)
class Offer:
    """Something that may be written here, and what it is, in one word: JupyterLab breaks more than one over its neighbours."""

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
    known
        The candidates for a task type that are known without asking anyone.
    controller
        The name of the chat model that plans; empty for the offline planner.
    """

    parser: ArgumentParser
    variables: Mapping[str, Any] = field(repr=False)
    known: Callable[[str], Sequence[Candidate]] = lambda _task_type: ()
    controller: Callable[[], str] = str

    def offers(self, before: str) -> Sequence[Offer]:
        """Return what may come next after the text of a cell up to the cursor; empty if that is not for us to say.

        An offer stands for the whole word that is being typed; of a reference, for what follows its ``@``.
        """
        line = before.rpartition("\n")[2]
        if head := _HEAD.match(before):
            found = self._in_body(line) if "\n" in before[head.end() :] else self._in_head(line)
        elif match := _LINE.match(line):
            found = self._in_line(match["name"], match["rest"])
        else:
            return ()
        return tuple(found)

    def _in_head(self, line: str) -> Iterator[Offer]:
        """An option, the value of one, or what ``--use`` is for."""
        *earlier, word = re.split(r"\s+", line)
        options = {name: action for action in self.parser._actions for name in action.option_strings}  # noqa: SLF001
        action = options.get(earlier[-1]) if earlier else None
        if action is not None and action.dest == "use" and "=" in word:
            task, _, begun = word.partition("=")
            yield from self._models(self._types().get(task, task), begun)
        elif action is not None and action.metavar:
            yield from _beginning(word, self._values(action))
        elif word.startswith("-"):
            yield from _beginning(word, (Offer(name, "option") for name in options))

    def _values(self, action: Action) -> Iterable[Offer]:
        """What an option may be given."""
        if action.dest == "use":
            return [*map(Offer, self._types()), *(Offer(name, str(t.output)) for name, t in TASK_TYPES.items())]
        if action.dest == "controller":
            return self._controllers()
        if action.dest == "key_env":
            return (Offer(name) for name in environment() if name.endswith(("KEY", "TOKEN")))
        return (Offer(value) for value in str(action.metavar).split("|") if value.islower())

    def _controllers(self) -> Iterator[Offer]:
        yield Offer("offline", "planner")
        now = self.controller()
        chat = [c.model for c in self.known("text-generation") if c.endpoint == "provider"]
        yield from (Offer(model, "chat") for model in dict.fromkeys([*filter(None, [now]), *chat]))

    def _models(self, task_type: str, begun: str) -> Iterator[Offer]:
        """The models for a task type; the first of its name tells where it runs."""
        found = self.known(task_type) if task_type in TASK_TYPES else ()
        named = {candidate.model: candidate for candidate in reversed(found)}
        models = [candidate for candidate in found if named[candidate.model] is candidate]
        yield from _beginning(begun, (Offer(c.model, "unavailable" if c.unavailable else where(c)) for c in models))

    def _in_body(self, line: str) -> Iterator[Offer]:
        match = _REFERENCE.search(line)
        if match:
            yield from _beginning(match["name"], self._named())

    def _in_line(self, name: str | None, rest: str) -> Iterator[Offer]:
        word = rest.rpartition(" ")[2]
        if name is None:
            yield from _beginning(word, (Offer(known, "line") for known in LINES))
        elif name == "models":
            yield from self._of_models(rest.split(" "), word)
        elif name in ("why", "rerun"):
            yield from _beginning(word, map(Offer, self._types()))
        elif name == "play":
            yield from _beginning(word, (one for one in self._named() if one.what == "audio"))
        elif name == "sends":
            yield from self._in_body(rest)

    def _of_models(self, words: Sequence[str], word: str) -> Iterator[Offer]:
        if len(words) == 1:
            yield from _beginning(word, (Offer(known, str(t.output)) for known, t in TASK_TYPES.items()))
        elif words[1:-1] == ["--search"]:
            yield from self._models(words[0], word)
        elif len(words) == 2:
            yield from _beginning(word, [Offer("--search", "option")])

    def _types(self) -> Mapping[str, str]:
        """The tasks of the last run, with their types."""
        run = self.variables.get(RUN_NAME)
        return {task.id: task.type for task in run.plan.tasks} if isinstance(run, Run) else {}

    def _named(self) -> Iterator[Offer]:
        """The variables that can be referred to, with their kinds."""
        return (Offer(name, kind) for name, value in self.variables.items() if (kind := _shown(name, value)))


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
    found = _completer(magics).offers(before)
    return {
        "completions": [SimpleCompletion(_as_token(offer, context.token), type=offer.what) for offer in found],
        "matched_fragment": context.token,
        "suppress": bool(found),
    }


def _completer(magics: JarvisMagics) -> Completer:
    """A completer that makes a `Jarvis` only when it is to name models, and none whose settings cannot be."""

    def known(task_type: str) -> Sequence[Candidate]:
        try:
            jarvis = magics.jarvis_for(magics.options())
            return jarvis.submit(jarvis.equipment().at_hand.candidates(task_type, _MOST_MODELS)).result(_PATIENCE)
        except (JarvisError, TimeoutError):
            return ()

    def controller() -> str:
        try:
            found = magics.jarvis_for(magics.options()).chat
        except JarvisError:
            return ""
        return found.chat.name if found else ""

    return Completer(magics.run_cell.parser, magics.shell.user_ns, known, controller)


def _as_token(offer: Offer, token: str) -> str:
    """The offer as it replaces IPython's token, which may hold more than the word it completes."""
    for start in range(len(token) + 1):
        if offer.text.startswith(token[start:]):
            return token[:start] + offer.text
    return offer.text
