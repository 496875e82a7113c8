"""Runs the user's own functions: sync ones in threads, async ones on the loop."""

from __future__ import annotations

import asyncio
import contextlib
import inspect
import traceback
from collections.abc import Awaitable, Callable, Iterator, Mapping
from functools import partial
from pathlib import PurePath
from typing import Any

from jarvis_magic.errors import EndpointError, EndpointRejected, JarvisError
from jarvis_magic.events import Emit
from jarvis_magic.experts import UserExpert, registered_as
from jarvis_magic.keys import Keys
from jarvis_magic.runners import in_thread, on_loop
from jarvis_magic.values import Assignment, Resource

from .returned import Returned, returned

_NO_ERRORS = (SystemExit, KeyboardInterrupt)
"""What a function raises to end more than itself; let through, it would end the thread that serves every task."""


_PLAIN = frozenset({"text", "number"})
"""Kinds of which there is nothing to copy."""


class FunctionEndpoint:
    """Calls the function that `jarvis_magic.expert` registered, with copies of the values it takes.

    What a user's function raises is a failure of its task, told in one sentence; an error of ours that it raises on
    purpose (`EndpointUnavailable`, say, to be tried again) is passed on as it is.

    Parameters
    ----------
    find
        Finds the function of a name: among those registered here, or among those sent to this process.
    keys
        The keys that are left out of what a function raises: a server it calls may send one back.
    """

    def __init__(self, find: Callable[[str], UserExpert | None] = registered_as, keys: Keys | None = None) -> None:
        self._find, self._keys = find, keys or Keys()

    async def run(self, assignment: Assignment, arguments: Mapping[str, Resource], emit: Emit) -> Resource:
        """Run the assigned function; see `jarvis_magic.contracts.Endpoint`."""
        expert = assigned_function(assignment, self._find)
        function = self.function(assignment, arguments)
        with self._without_keys():
            result = await (
                in_thread(function, expert.name) if function else _on_the_loop(expert, assignment, arguments)
            )
            return (await result if isinstance(result, Awaitable) else result).told(emit)

    def function(
        self, assignment: Assignment, arguments: Mapping[str, Resource]
    ) -> Callable[[], Returned | Awaitable[Returned]] | None:
        """Return the call of a sync function; see `jarvis_magic.contracts.ThreadEndpoint`."""
        expert = assigned_function(assignment, self._find)
        is_async = inspect.iscoroutinefunction(expert.function)
        return None if is_async else partial(self._called, expert, assignment, arguments)

    def _called(
        self, expert: UserExpert, assignment: Assignment, arguments: Mapping[str, Resource]
    ) -> Returned | Awaitable[Returned]:
        with self._without_keys():
            result = _called(expert, assignment, arguments)
        return self._awaited(result) if isinstance(result, Awaitable) else result

    async def _awaited(self, result: Awaitable[Returned]) -> Returned:
        with self._without_keys():
            return await result

    @contextlib.contextmanager
    def _without_keys(self) -> Iterator[None]:
        """Leave keys out of a failure, and the error it came from out of what is printed of it."""
        try:
            yield
        except EndpointError as failure:
            said = self._keys.masked(str(failure))
            if said == str(failure):
                raise
            failure.args = (said,)
            failure.__cause__ = failure.__context__ = None
            raise


def assigned_function(assignment: Assignment, find: Callable[[str], UserExpert | None] = registered_as) -> UserExpert:
    """Return the function an assignment names.

    Raises
    ------
    EndpointRejected
        If it is no longer there, or does another task by now.
    """
    name = assignment.candidate.model
    expert = find(name)
    if expert is None or expert.type != assignment.type:
        msg = f"There is no expert {name!r} for {assignment.type} any more; run the cell that defines it again."
        raise EndpointRejected(msg)
    return expert


def _called(
    expert: UserExpert, assignment: Assignment, arguments: Mapping[str, Resource]
) -> Returned | Awaitable[Returned]:
    """Call the function, in a thread; of one that is async in disguise, return what is to be awaited."""
    values = _values(expert, arguments)
    try:
        value = expert.function(**values)
    except JarvisError:
        raise
    except (Exception, *_NO_ERRORS, asyncio.CancelledError) as error:  # in a thread nothing of ours is cancelled
        raise _failure(expert, error) from error
    return _finished(expert, assignment, value) if inspect.isawaitable(value) else returned(assignment, value)


async def _on_the_loop(expert: UserExpert, assignment: Assignment, arguments: Mapping[str, Resource]) -> Returned:
    """Call an async function on the loop: one that is left is never half begun."""
    plain = all(resource.kind in _PLAIN for resource in arguments.values())
    values = _values(expert, arguments) if plain else await in_thread(lambda: _values(expert, arguments), expert.name)
    return await _finished(expert, assignment, expert.function(**values))


async def _finished(expert: UserExpert, assignment: Assignment, awaitable: Awaitable[Any]) -> Returned:
    value = await on_loop(_awaited(expert, awaitable), expert.name)
    if isinstance(value, str | int | float):  # nothing to encode
        return returned(assignment, value)
    return await in_thread(lambda: returned(assignment, value), expert.name)


def _values(expert: UserExpert, arguments: Mapping[str, Resource]) -> dict[str, Any]:
    """What the function is called with, copied."""
    taken = {port: r for port, r in arguments.items() if expert.takes is None or port in expert.takes}
    return {**dict.fromkeys(expert.needs), **{port: _copied(r.value) for port, r in taken.items()}}


async def _awaited(expert: UserExpert, awaitable: Awaitable[Any]) -> Any:
    try:
        return await awaitable
    except JarvisError:
        raise
    except asyncio.CancelledError as error:
        if asyncio.current_task().cancelling():  # type: ignore[union-attr]  # a coroutine runs in a task
            raise
        raise _failure(expert, error) from error
    except (Exception, *_NO_ERRORS) as error:
        raise _failure(expert, error) from error


def _copied(value: Any) -> Any:
    """A copy of what a function could change in place: the original may be another task's input too."""
    if isinstance(value, list | tuple):
        return [_copied(item) for item in value]
    if isinstance(value, Mapping):
        return {key: _copied(item) for key, item in value.items()}
    return value.copy() if hasattr(value, "copy") else value  # pictures, tables, arrays


def _failure(expert: UserExpert, error: BaseException) -> EndpointError:
    said = f"{type(error).__name__}: {error}".strip().removesuffix(":")
    return EndpointError(f"{expert.name} raised {said}{_where(expert, error)}")


def _where(expert: UserExpert, error: BaseException) -> str:
    """The last line of the user's own file or cell that the error came through."""
    code = getattr(inspect.unwrap(expert.function), "__code__", None)
    file = code.co_filename if code else ""
    lines = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == file]
    if not lines:
        return ""
    in_cell = file.startswith("<") or "ipykernel_" in file
    return f" ({'cell' if in_cell else PurePath(file).name} line {lines[-1]})"
