"""A task carried out by a model elsewhere: to the wire, over it, and back."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

from jarvis_magic.errors import EndpointError, JarvisError
from jarvis_magic.events import Emit
from jarvis_magic.keys import Keys
from jarvis_magic.runners import in_thread
from jarvis_magic.values import Assignment, Resource

from .failures import Callee, failure_of
from .lines import Destination, called
from .returned import Returned, returned
from .wires import Wire, arguments_of


async def carried_out(
    assignment: Assignment,
    arguments: Mapping[str, Resource],
    emit: Emit,
    wire: Wire,
    destination: Destination,
    callee: Callee,
    keys: Keys,
) -> Resource:
    """Convert the arguments, make the call, and return the result as a resource.

    Raises
    ------
    EndpointError
        If anything on the way fails; no key is in its sentence.
    """
    values = {port: resource.value for port, resource in arguments.items()}
    written = await in_thread(lambda: arguments_of(wire, values), callee.model)
    try:
        result = await called(destination, wire.method, written)
    except JarvisError:
        raise
    except Exception as error:  # noqa: BLE001 - raised again as ours, whatever the library raises
        # a cause is printed with its error where nobody catches it
        shown = None if keys.masked(str(error)) != str(error) else error
        raise _masked(failure_of(error, callee), keys) from shown
    result = _without_keys(result, keys)
    found = await in_thread(lambda: _read(assignment, wire, result, values, callee), callee.model)
    return found.told(emit)


def _read(assignment: Assignment, wire: Wire, result: Any, values: Mapping[str, Any], callee: Callee) -> Returned:
    try:
        value = wire.result(result, values)
    except (LookupError, AttributeError, TypeError, ValueError) as error:
        raise failure_of(error, callee) from error
    return returned(assignment, value)


def _without_keys(result: Any, keys: Keys) -> Any:
    """What a server answered, without the key it was sent and may have put into its words."""
    if isinstance(result, str):
        return keys.masked(result)
    if isinstance(result, list):
        return [_without_keys(item, keys) for item in result]
    if dataclasses.is_dataclass(result) and not isinstance(result, type):
        for field in dataclasses.fields(result):
            setattr(result, field.name, _without_keys(getattr(result, field.name), keys))
    elif isinstance(result, dict):
        return {_without_keys(name, keys): _without_keys(item, keys) for name, item in result.items()}
    return result


def _masked(failure: EndpointError, keys: Keys) -> EndpointError:
    failure.args = (keys.masked(str(failure)),)
    return failure
