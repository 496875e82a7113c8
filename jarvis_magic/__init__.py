"""HuggingGPT, native to the notebook.

A `Request` in the user's words becomes a `Plan`, a graph of typed tasks; every `Task` is assigned an expert model; the
tasks run concurrently on hybrid endpoints; an answer is written from the results. All of it is a `Run`, and its results
are ordinary Python objects::

    Request ─plan_tasks─▶ Plan ─select_models─▶ Proposal ─(approve)─▶ execute_tasks ─▶ Outcomes ─generate_response─▶ Run

In a notebook, ``%load_ext jarvis_magic`` brings the magics ``%%jarvis`` and ``%jarvis``; anywhere else, `Jarvis` is the
door::

    from jarvis_magic import Jarvis

    run = Jarvis().run("Describe @photo, then read the description aloud.", photo=picture)
    run["description"], run.response

The four stages and the three other ideas of HuggingGPT are in arXiv 2303.17580; the map of the code is in
CONTRIBUTING.md.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

    from .codegen import to_python
    from .drawing import to_mermaid
    from .experts import expert
    from .jarvis import Jarvis
    from .media import Audio, Video
    from .options import Options
    from .plans import Plan
    from .store import load_plan, save_plan
    from .tasks import Task
    from .values import Run

__version__ = "0.1.0"

__all__ = [
    "Audio",
    "Jarvis",
    "Options",
    "Plan",
    "Run",
    "Task",
    "Video",
    "expert",
    "load_plan",
    "save_plan",
    "to_mermaid",
    "to_python",
]

_HOMES = {
    "Audio": "media",
    "Jarvis": "jarvis",
    "Options": "options",
    "Plan": "plans",
    "Run": "values",
    "Task": "tasks",
    "Video": "media",
    "expert": "experts",
    "load_plan": "store",
    "save_plan": "store",
    "to_mermaid": "drawing",
    "to_python": "codegen",
}


def __getattr__(name: str) -> Any:
    """Import a public name when it is first used, so that loading the extension stays fast."""
    if name not in _HOMES:
        msg = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(msg)
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})


def load_ipython_extension(shell: InteractiveShell) -> None:
    """Register ``%%jarvis`` and ``%jarvis``; IPython calls this on ``%load_ext jarvis_magic``."""
    from .notebook import load

    load(shell)


def unload_ipython_extension(shell: InteractiveShell) -> None:
    """Undo everything that loading did; IPython calls this on ``%unload_ext jarvis_magic``."""
    from .notebook import unload

    unload(shell)
