"""From the ports of a task to the arguments of a pipeline of ``transformers`` or ``diffusers``, and back.

`call` does a task with a pipeline that is in memory already, be it one of the user's or one that was loaded here. No
port's value is ever given to a library in a form it would open: pictures and sound are decoded before.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ..errors import EndpointRejected
from . import diffusion, language, sound, vision
from .language import generation
from .watching import Stopped, Watching, unwatched

__all__ = ["Stopped", "Watching", "call", "check_options", "generation", "tasks_of", "unwatched"]

Call = Callable[[Any, Mapping[str, Any], Mapping[str, Any], Watching], object]

CALLS: Mapping[str, Call] = {**language.CALLS, **vision.CALLS, **sound.CALLS, **diffusion.CALLS}
"""What does a task: takes the pipeline, the values by port, the options, and who watches."""

_TASKS = {
    "text-generation": ("text-generation", "conversational"),
    "text-to-audio": ("text-to-speech", "text-to-audio"),
    "text-to-speech": ("text-to-speech", "text-to-audio"),
    "image-text-to-text": ("image-text-to-text", "image-to-text", "visual-question-answering"),
    "depth-estimation": ("depth-estimation", "depth-control", "normal-control"),
    "image-segmentation": ("image-segmentation", "seg-control"),
}
"""The task types that a pipeline's task is good for, where that is more than the one of its name."""


def call(pipeline: Any, task_type: str, values: Mapping[str, Any], watching: Watching = unwatched) -> object:
    """Do a task with a pipeline.

    Parameters
    ----------
    pipeline
        A pipeline of ``transformers`` or ``diffusers``.
    task_type
        One of `tasks_of` it.
    values
        Python values by port; ``options`` are arguments of the pipeline's own.
    watching
        Told how far it is, and asked whether to go on.

    Returns
    -------
    object
        What `jarvis_magic.conversions.from_expert` takes.

    Raises
    ------
    EndpointRejected
        If an option would bring code or files into the process, which no plan may ask for.
    """
    check_options(values.get("options"))
    given = {name: value for name, value in values.items() if name != "options"}
    return CALLS[task_type](pipeline, given, dict(values.get("options") or {}), watching)


_BRINGS = frozenset(
    {
        "trust_remote_code", "custom_generate", "custom_pipeline", "custom_revision", "code_revision", "assistant_model",
        "assistant_tokenizer", "voice_preset", "cache_dir", "token", "use_auth_token", "weights_only",
    }
)  # fmt: skip


def check_options(options: Any) -> None:
    """Refuse options, at any depth, by which the libraries load code, models or files of others.

    Raises
    ------
    EndpointRejected
        If there is one; ``custom_generate``, for example, runs a program of any repository it names.
    """
    waiting = [options]
    while waiting:
        value = waiting.pop()
        waiting += value.values() if isinstance(value, Mapping) else value if isinstance(value, list | tuple) else ()
        found = sorted(_BRINGS.intersection(value)) if isinstance(value, Mapping) else ()
        if found:
            msg = f"The option {found[0]!r} would load code or files, which no plan may ask for; leave it out, or write the call as a function with `@expert`."
            raise EndpointRejected(msg)


def tasks_of(pipeline: object) -> tuple[str, ...]:
    """Return the task types that a pipeline can do; empty if it is none, or its task is not among ours."""
    libraries = {cls.__module__.partition(".")[0] for cls in type(pipeline).__mro__}
    if "diffusers" in libraries and hasattr(pipeline, "components"):
        return diffusion.tasks_of(pipeline)
    task = getattr(pipeline, "task", None)
    if "transformers" not in libraries or not isinstance(task, str) or not hasattr(pipeline, "model"):
        return ()
    return tuple(name for name in _TASKS.get(task, (task,)) if name in CALLS)
