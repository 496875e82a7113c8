"""What ``%load_ext jarvis_magic`` does, and how it is undone."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Any

from IPython.core.completer import CompletionContext, SimpleMatcherResult, context_matcher
from traitlets import TraitError
from traitlets.config import Config

from jarvis_magic.errors import ConfigurationError
from jarvis_magic.settings import from_pyproject, nearest_pyproject

from . import display
from .magics import JarvisMagics
from .waiting import kernel_advice, kernel_version

_REGISTERED = "run_cell_magic('jarvis', "
_QUESTION = re.compile(r"[ \t]*%jarvis[ \t]+(sends[ \t].*\?)[ \t]*\n?")
_AWAITED = "await get_ipython()._jarvis_extension.magics.await_cell("


class Extension:
    """The hooks of one shell: magics, the transformer that lets a cell await, formatters."""

    def __init__(self, shell: Any) -> None:
        self.shell = shell
        self.magics, self._refused = _configured(shell)
        self._depth = 0
        self._matches = _matcher(self.magics)

    def load(self) -> None:
        """Set every hook."""
        self.shell.register_magics(self.magics)
        self.shell._jarvis_extension = self  # noqa: SLF001 - where a transformed cell finds it
        self.shell.input_transformers_post.append(self.transform)
        self.shell.input_transformers_cleanup.append(asked_by_line)
        self.shell.events.register("pre_run_cell", self._begins)
        self.shell.events.register("post_run_cell", self._ends)
        self.shell.Completer.custom_matchers.append(self._matches)
        self._formatters = display.register(self.shell.display_formatter)
        for sentence in (kernel_advice(kernel_version(self.shell)), _settings_of_a_file(), *self._refused):
            if sentence:
                print(sentence, file=sys.stderr)  # noqa: T201 - said once, where the extension is loaded

    def unload(self) -> None:
        """Undo every hook."""
        manager = self.shell.magics_manager
        for kind in ("cell", "line"):
            manager.magics[kind].pop("jarvis", None)
        manager.registry.pop(JarvisMagics.__name__, None)
        self.shell.configurables = [c for c in self.shell.configurables if c is not self.magics]
        del self.shell._jarvis_extension  # noqa: SLF001
        self.shell.input_transformers_post.remove(self.transform)
        self.shell.input_transformers_cleanup.remove(asked_by_line)
        self.shell.events.unregister("pre_run_cell", self._begins)
        self.shell.events.unregister("post_run_cell", self._ends)
        self.shell.Completer.custom_matchers.remove(self._matches)
        display.restore(self.shell.display_formatter, self._formatters)
        self.magics.close()

    def transform(self, lines: list[str]) -> list[str]:
        """Let a cell of ``%%jarvis`` await its magic; not inside another magic, which could not await it."""
        head = f"get_ipython().{_REGISTERED}"
        if not (self._can_await() and lines and lines[0].startswith(head)):
            return lines
        return [_AWAITED + lines[0].removeprefix(head), *lines[1:]]

    def _can_await(self) -> bool:
        """Whether a cell that begins now may await: in a kernel whose cells run on asyncio, and not inside another."""
        shell = self.shell
        asyncio_runner, _ = shell.loop_runner_map["asyncio"]
        in_kernel = getattr(shell, "kernel", None) is not None
        return in_kernel and self._depth == 0 and shell.autoawait and shell.loop_runner is asyncio_runner

    def _begins(self, info: Any) -> None:
        self._depth += 1
        if self._depth == 1:
            self.magics.cell_key = info.cell_id

    def _ends(self, _result: Any) -> None:
        self._depth = max(0, self._depth - 1)


def asked_by_line(lines: list[str]) -> list[str]:
    """Let ``%jarvis sends What is in @photo?`` be a request: IPython takes a line that ends so for a question about a name."""
    asked = _QUESTION.fullmatch(lines[0]) if len(lines) == 1 else None
    return [f"get_ipython().run_line_magic('jarvis', {asked[1]!r})\n"] if asked else lines


def _configured(shell: Any) -> tuple[JarvisMagics, list[str]]:
    """The magics with what ``%config`` or a configuration file has set, and a sentence on each value that cannot be."""
    given = shell.config.pop(JarvisMagics.__name__, {})
    magics, refused, kept = JarvisMagics(shell), [], Config()
    for name, value in given.items():
        one = Config({name: value})
        try:
            magics.update_config(Config({JarvisMagics.__name__: one}))
            kept.merge(one)
        except TraitError as error:
            refused.append(f"%config JarvisMagics.{name} = {value!r} cannot be, and is left aside: {error}")
    if given:
        shell.config[JarvisMagics.__name__] = kept
    return magics, refused


def _settings_of_a_file() -> str | None:
    """What a settings file changes, which nobody sees in the notebook; ``None`` if there is none."""
    file = nearest_pyproject(Path.cwd())
    try:
        found = from_pyproject(Path.cwd())
    except ConfigurationError as error:
        return str(error)
    written = ", ".join(f"{name} = {value!r}" for name, value in found.items())
    return f"Settings of {file}: {written}." if written else None


def _matcher(magics: JarvisMagics) -> Any:
    """What IPython's completer asks; what it needs is loaded when somebody types, not when the extension is."""

    def matches(context: CompletionContext) -> SimpleMatcherResult:
        from .completion import completions

        return completions(magics, context)

    return context_matcher(identifier="jarvis")(matches)


def load(shell: Any) -> None:
    """Register the magics, the display of our values, and what lets a cell await; again is nothing new."""
    if not hasattr(shell, "_jarvis_extension"):
        Extension(shell).load()


def unload(shell: Any) -> None:
    """Undo everything that `load` did."""
    if hasattr(shell, "_jarvis_extension"):
        shell._jarvis_extension.unload()  # noqa: SLF001
