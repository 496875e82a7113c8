"""The line magic ``%jarvis``: what it can be asked, and what answers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from jarvis_magic.errors import UsageError, close_matches, either

from .explaining import why
from .history import code, history, rerun, reset, show
from .reports import Report, config, doctor, models, tasks
from .sending import key, sends
from .sound import play, record

if TYPE_CHECKING:
    from .magics import JarvisMagics


@dataclass(frozen=True)
class _Line:
    """Something that ``%jarvis`` can be asked: what answers, what is written, and a phrase on what it shows."""

    answer: Callable[[JarvisMagics, str], Any]
    usage: str
    phrase: str

    @property
    def takes_more(self) -> bool:
        return " " in self.usage


def _help(_magics: JarvisMagics, _rest: str) -> Report:
    rows = [[f"%jarvis {line.usage}", line.phrase] for line in LINES.values()]
    return Report("A request stands in a cell that begins with %%jarvis; %%jarvis? shows how.", ["line", "shows"], rows)


LINES = {
    line.usage.partition(" ")[0]: line
    for line in (
        _Line(_help, "help", "these lines"),
        _Line(tasks, "tasks", "the task types, what they take and give, and which can run here now"),
        _Line(models, "models TASK [--search WORDS]", "the expert models for a task type"),
        _Line(show, "show", "the last run"),
        _Line(
            history,
            "history [NUMBER]",
            "what was run in this session, or one of these runs: its graph, choices and times",
        ),
        _Line(rerun, "rerun [ID…]", "run the last cell again: what changed, what depends on it, and the tasks named"),
        _Line(code, "code", "the last run as plain Python, in a new cell"),
        _Line(why, "why ID", "how a task of the last run came to its end: what was tried, and what to type next"),
        _Line(
            sends,
            "sends [REQUEST]",
            "exactly what the controller would be sent to plan a request, or the last cell; nothing is sent",
        ),
        _Line(
            play,
            "play NAME",
            "a variable that is sound, in a player that draws its wave (it fetches pictures from outside)",
        ),
        _Line(record, "record NAME", "a recorder; what is recorded becomes the variable"),
        _Line(key, "key HOST", "ask for the key of a host, and keep it in this kernel's memory"),
        _Line(config, "config", "the settings, and where each comes from"),
        _Line(doctor, "doctor", "versions, extras, keys found (never what they are), calls that still run"),
        _Line(reset, "reset", "forget the earlier runs, so that nothing of them is offered to later requests"),
    )
}


def answer(magics: JarvisMagics, line: str) -> Any:
    """Carry out a line of ``%jarvis``, and return what it shows.

    Raises
    ------
    UsageError
        If the line names nothing that there is.
    """
    name, _, rest = line.strip().partition(" ")
    asked = LINES.get(name or "help")
    if asked is None:
        close = close_matches(name, LINES)
        hint = f"did you mean {either(close)}?" if close else f"it has {either(list(LINES), 'and')}."
        msg = f"%jarvis has no {name!r}; {hint} (A request is written in a cell that begins with %%jarvis.)"
        raise UsageError(msg)
    if rest.strip() and not asked.takes_more:
        msg = f"%jarvis {name} takes nothing more, and {rest.strip()!r} was given; write `%jarvis {asked.usage}`."
        raise UsageError(msg)
    return asked.answer(magics, rest.strip())
