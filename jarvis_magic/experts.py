"""`expert`: the user's own functions as expert models, registered for the life of the process."""

from __future__ import annotations

import hashlib
import inspect
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any, TypeVar

from .errors import UsageError, close_matches, either
from .estimators import TASKS, is_estimator, predictor
from .pipeline_calls import call, tasks_of
from .task_types import TASK_TYPES, TaskType
from .wellformed import unknown_type

F = TypeVar("F", bound=Callable[..., Any])


@dataclass(frozen=True)
class UserExpert:
    """A function of the user's that does a task.

    Parameters
    ----------
    name
        The id of the model: the name given, or the function's.
    type
        The task type it does.
    function
        What is called, sync or async, with Python values by port name.
    description
        The first line of its docstring.
    takes
        The ports it has parameters for; ``None``: all, by ``**kwargs``.
    needs
        Those of them without a default, which are passed ``None`` where a task has no such argument.
    limit
        How many of its calls may run at once; ``None``: no limit of its own.
    cache
        Whether the same arguments always give the same result, so that results may be used again.
    revision
        Tells this function from another of the same name, before or after it.
    """

    name: str
    type: str
    function: Callable[..., Any]
    description: str
    takes: Collection[str] | None
    needs: Collection[str]
    limit: int | None
    cache: bool
    revision: str


_experts: dict[str, UserExpert] = {}


def expert(
    type: str,  # noqa: A002 - the word of design 5
    *,
    name: str | None = None,
    limit: int | None = None,
    cache: bool = False,
) -> Callable[[F], F]:
    """Make a function an expert model: a candidate for its task type, and preferred to all others.

    ::

        @expert("image-to-text")
        def my_captioner(image):
            "Describes pictures of flowers."
            return flower_model(image)

    A pipeline of ``transformers`` or ``diffusers``, or a fitted estimator of scikit-learn, is taken as it is::

        expert("image-classification", name="flowers")(my_pipeline)
        expert("tabular-regression", name="prices")(my_forest)

    Parameters
    ----------
    type
        The task type it does, such as ``"image-to-text"``; ``%jarvis tasks`` lists them with their ports.
    name
        The id of the model; by default the function's name. The latest function of a name is the one that counts, so
        running its cell again replaces it.
    limit
        How many calls may run at once.
    cache
        Whether results may be used again for the same arguments, until the function is defined anew.

    Returns
    -------
    callable
        The decorator; it returns the function unchanged. The function may be sync (it is called in a thread of its own)
        or async; its parameters are port names, and may be fewer than the type has. It gets Python values (see
        `jarvis_magic.kinds`) and returns one of the type's output kind.

    Raises
    ------
    UsageError
        If the task type does not exist, the name cannot be used, or a parameter is no port of the type.
    """
    if not isinstance(type, str):
        msg = f'expert(…) takes a task type, for example expert("image-to-text"), not a {type.__class__.__name__}.'
        raise UsageError(msg)
    if type not in TASK_TYPES:
        raise UsageError(unknown_type(type))
    if limit is not None and limit < 1:
        msg = f"The limit of an expert is at least 1, not {limit!r}."
        raise UsageError(msg)

    def register(function: F) -> F:
        model = _name(function, name)
        calls = _calling(function, type, model)
        takes, needs = _parameters(TASK_TYPES[type], calls or function, model)
        description = _made_of(function) if calls else (inspect.getdoc(function) or "").strip().partition("\n")[0]
        replaced = _experts.pop(model, None)  # popped, so that the latest stands last
        revision = _revision(function, replaced)
        at_once = limit or (1 if calls else None)  # a pipeline keeps state of the call it makes
        _experts[model] = UserExpert(
            model, type, calls or function, description, takes, needs, at_once, cache, revision
        )
        return function

    return register


def registered(type_name: str | None = None) -> tuple[UserExpert, ...]:
    """Return the user's experts for a task type (``None``: for any), latest first."""
    return tuple(e for e in reversed(_experts.values()) if type_name in (None, e.type))


def registered_as(name: str) -> UserExpert | None:
    """Return the user's expert of a name, or ``None``."""
    return _experts.get(name)


def forget(name: str | None = None) -> None:
    """Take the user's expert of a name away, or all of them."""
    if name is None:
        _experts.clear()
    else:
        _experts.pop(name, None)


def _calling(given: Any, type_name: str, name: str) -> Callable[..., Any] | None:
    """A function of ports that calls a pipeline or an estimator; ``None`` for what is a function itself."""
    tasks = tasks_of(given) or (TASKS if is_estimator(given) else ())
    if not tasks:
        return None
    if type_name not in tasks:
        msg = f"{name}: {type(given).__name__} does {either(tasks)}, not {type_name!r}."
        raise UsageError(msg)
    if is_estimator(given):
        return predictor(given, type_name)
    return lambda **values: call(given, type_name, values)


def _made_of(given: Any) -> str:
    """What is said of an expert that is no function."""
    model = getattr(given, "model", None)
    return f"Your {type(given).__name__}{f' of {type(model).__name__}' if model is not None else ''}."


def _name(function: Callable[..., Any], given: str | None) -> str:
    name = given or getattr(function, "__name__", "")
    if not name or name == "<lambda>":
        msg = 'This expert has no name of its own; give it one: expert("…", name="my-expert").'
        raise UsageError(msg)
    if "@" in name or "/" in name or any(c.isspace() for c in name):
        msg = f"An expert's name has no spaces, '/' or '@', so {name!r} cannot be one."
        raise UsageError(msg)
    return name


def _parameters(
    task_type: TaskType, function: Callable[..., Any], name: str
) -> tuple[Collection[str] | None, Collection[str]]:
    takes: list[str] = []
    needs: list[str] = []
    all_of_them = False
    for parameter in inspect.signature(function).parameters.values():
        if parameter.kind is parameter.VAR_KEYWORD:
            all_of_them = True
        elif parameter.kind in (parameter.POSITIONAL_ONLY, parameter.VAR_POSITIONAL):
            msg = f"{name}: ports are passed by name, so the parameter {parameter.name!r} cannot be positional only."
            raise UsageError(msg)
        elif parameter.name in task_type.by_name:
            takes.append(parameter.name)
            needs += [parameter.name] if parameter.default is parameter.empty else []
        elif parameter.default is parameter.empty:
            raise UsageError(_no_port(task_type, name, parameter.name))
    return None if all_of_them else tuple(takes), tuple(needs)


def _no_port(task_type: TaskType, name: str, parameter: str) -> str:
    ports = list(task_type.by_name)
    close = close_matches(parameter, ports)
    hint = f"did you mean {either(close)}?" if close else f"its ports are {either(ports, 'and')}."
    return f"{name}: {task_type.name} has no port {parameter!r}; {hint}"


def _revision(function: Callable[..., Any], replaced: UserExpert | None) -> str:
    """A digest of the source; numbered where it replaces another, since what the function uses may be new as well."""
    try:
        source = inspect.getsource(function)
    except (OSError, TypeError):  # typed at a prompt, or a callable object
        source = repr(function)
    digest = hashlib.sha256(source.encode()).hexdigest()[:8]
    number = int(replaced.revision.partition(".")[2] or 1) + 1 if replaced else 1
    return digest if number == 1 else f"{digest}.{number}"
