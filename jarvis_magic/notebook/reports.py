"""What ``%jarvis`` reports of this installation: the task types, their experts, the settings, and how it is."""

from __future__ import annotations

import shlex
import sys
import time
from collections.abc import Coroutine, Mapping, Sequence
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from jarvis_magic import settings
from jarvis_magic.drawing.markup import table
from jarvis_magic.drawing.words import clean, count, escape, one_line, place, where
from jarvis_magic.equipment import Equipment
from jarvis_magic.errors import UsageError
from jarvis_magic.keys import USUAL_KEYS
from jarvis_magic.model_selection import menu_of
from jarvis_magic.runners import abandoned
from jarvis_magic.task_types import TASK_TYPES, TaskType
from jarvis_magic.values import Candidate
from jarvis_magic.wellformed import unknown_type

from .waiting import kernel_advice, kernel_version, person_there

if TYPE_CHECKING:
    from .magics import JarvisMagics

T = TypeVar("T")

SHOWN = 30
"""How many expert models are listed."""


@dataclass(frozen=True)
class Report:
    """A table with a caption, shown as HTML or as text."""

    caption: str
    head: Sequence[str]
    rows: Sequence[Sequence[str]]

    def _repr_html_(self) -> str:
        return table(self.caption, self.head, [[escape(cell) for cell in row] for row in self.rows])

    def __repr__(self) -> str:
        rows = [[clean(cell) for cell in row] for row in (self.head, *self.rows)]
        widths = [max(len(row[i]) for row in rows) for i in range(len(self.head) - 1)]
        lines = ["  ".join([*(c.ljust(w) for c, w in zip(row, widths, strict=False)), row[-1]]) for row in rows]
        return "\n".join([clean(self.caption), *lines])


def tasks(magics: JarvisMagics, _rest: str) -> Report:
    """The task types, what they take and give, and which can run here now."""
    menu = _awaited(magics, menu_of(_equipment(magics).at_hand))
    rows = [
        [t.name, _ports(t), str(t.output), t.description, menu.runnable.get(t.name, "")] for t in TASK_TYPES.values()
    ]
    rows.sort(key=lambda row: (not row[-1], row[0]))
    caption = f"{count(len(TASK_TYPES), 'task type')}; {len(menu.runnable)} have an expert that can run here now."
    return Report(caption, ["task type", "takes", "gives", "what it is for", "experts here"], rows)


def _ports(task_type: TaskType) -> str:
    return ", ".join(f"{p.name}{'?' * p.optional}: {p.kind}" for p in task_type.ports if p.name != "options")


def models(magics: JarvisMagics, rest: str) -> Report:
    """The expert models for a task type."""
    task_type, search = _model_words(split(rest))
    catalogue = _equipment(magics).catalogue
    found = _awaited(magics, catalogue.candidates(task_type, SHOWN, search))
    rows = [[c.model, where(c), c.description, c.weakness, _runs(c)] for c in found]
    about = f" with {search!r} in their names or descriptions" if search else ""
    caption = f"{count(len(rows), 'expert model')} for {task_type}{about}; choose one with --use {task_type}=MODEL."
    return Report(caption, ["model", "where", "good at", "bad at", "runs here now"], rows)


def _model_words(words: Sequence[str]) -> tuple[str, str]:
    match words:
        case [task_type]:
            search = ""
        case [task_type, "--search", *rest] if rest:
            search = " ".join(rest)
        case _:
            msg = "`%jarvis models` takes a task type, and what to search for: %jarvis models text-to-speech [--search WORDS]"
            raise UsageError(msg)
    if task_type not in TASK_TYPES:
        raise UsageError(unknown_type(task_type))
    return task_type, search


def _runs(candidate: Candidate) -> str:
    if candidate.unavailable:
        return f"no: {candidate.unavailable}"
    return f"yes, {place(candidate)}" if candidate.download else "yes"


def config(magics: JarvisMagics, _rest: str) -> Report:
    """The settings, and where each comes from."""
    origins = settings.origins(config=magics.configured())
    options = magics.options()
    rows = [
        [name, repr(getattr(options, name)), origins[name][1] if name in origins else "default", sentence]
        for name, sentence in settings.descriptions().items()
    ]
    caption = "Settings: a flag of the cell goes before %config JarvisMagics.NAME = VALUE, then JARVIS_NAME, then [tool.jarvis_magic]."
    return Report(caption, ["setting", "value", "from", "what it is"], rows)


def doctor(magics: JarvisMagics, _rest: str) -> Report:
    """Versions, extras, keys found (never what they are), calls that still run."""
    rows = [
        ["jarvis_magic", _installed("jarvis_magic") or "not installed, run from a checkout"],
        ["Python, IPython", f"{sys.version.split()[0]}, {_installed('IPython')}"],
        ["kernel", _kernel(magics.shell)],
        ["somebody to ask", "yes" if person_there(magics.shell) else "no: plans need -y or JARVIS_APPROVE=auto"],
        ["controller", _equipment(magics).controllers[0].name],
        *([f"extra {extra!r}", state] for extra, state in _extras().items()),
        ["settings file", str(settings.nearest_pyproject(Path.cwd()) or "none")],
        ["keys", _keys()],
        ["abandoned calls", _abandoned()],
    ]
    return Report("How this installation is.", ["", ""], rows)


def _kernel(shell: Any) -> str:
    version = kernel_version(shell)
    if version is None:
        return "none: a terminal"
    return f"ipykernel {'.'.join(map(str, version))}; {kernel_advice(version) or 'it can wait for the page.'}"


def _installed(name: str) -> str:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return ""


def _extras() -> Mapping[str, str]:
    """For users' extras of ours: whether its libraries are here, and what brings those that are not."""
    found: dict[str, list[str]] = {}
    for requirement in metadata.requires("jarvis_magic") or () if _installed("jarvis_magic") else ():
        library, _, extra = requirement.partition("; extra == ")
        if extra and extra.strip("'\"") not in ("dev", "docs"):
            name = library.split(">")[0].split("<")[0].split("=")[0].split("[")[0].strip()
            found.setdefault(extra.strip("'\""), []).extend([] if _installed(name) else [name])
    return {
        extra: f'lacks {", ".join(missing)}: pip install "jarvis_magic[{extra}]"' if missing else "here"
        for extra, missing in found.items()
    }


def _keys() -> str:
    """Which variables that may hold a key are set; never what they hold."""
    return ", ".join(name for name in USUAL_KEYS if settings.variable(name)) or "none in the environment"


def _abandoned() -> str:
    """Calls that nobody waits for any more and that still run."""
    calls = [f"{one_line(call.name)} ({time.time() - call.since:.0f} s ago)" for call in abandoned()]
    return "; ".join(calls) or "none"


def _equipment(magics: JarvisMagics) -> Equipment:
    return magics.jarvis_for(magics.options()).equipment()


def split(rest: str) -> list[str]:
    """The words of a line; quotation marks keep several together.

    Raises
    ------
    UsageError
        If one is not closed.
    """
    try:
        return shlex.split(rest)
    except ValueError as error:
        msg = f"The line of %jarvis cannot be read ({str(error).lower()}); close the quotation marks."
        raise UsageError(msg) from error


def _awaited(magics: JarvisMagics, work: Coroutine[Any, Any, T]) -> T:
    return magics.jarvis_for(magics.options()).submit(work).result()
