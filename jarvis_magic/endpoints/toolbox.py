"""Runs the experts of the toolbox, in threads.

What a library cannot do with an input is a failure of that task, told in the library's words. What goes wrong in our own
lines is a bug, and stays one: the border is the call of the library.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from jarvis_magic.errors import EndpointRejected, JarvisError
from jarvis_magic.events import Emit
from jarvis_magic.runners import in_thread
from jarvis_magic.toolbox import ToolboxExpert, toolbox_experts
from jarvis_magic.values import Assignment, Resource

from .borders import comes_from_a_library
from .returned import Returned, returned

_LONGEST = 300  # characters of a library's words


class ToolboxEndpoint:
    """Calls the function of a toolbox expert with the values of the arguments.

    Parameters
    ----------
    experts
        The experts there are.
    """

    def __init__(self, experts: tuple[ToolboxExpert, ...] | None = None) -> None:
        self._experts = toolbox_experts() if experts is None else experts

    async def run(self, assignment: Assignment, arguments: Mapping[str, Resource], emit: Emit) -> Resource:
        """Run the assigned expert; see `jarvis_magic.contracts.Endpoint`."""
        result = await in_thread(self.function(assignment, arguments), assignment.candidate.model)
        return result.told(emit)

    def function(self, assignment: Assignment, arguments: Mapping[str, Resource]) -> Callable[[], Returned]:
        """Return the call as a function; see `jarvis_magic.contracts.ThreadEndpoint`."""
        expert = self._expert(assignment)
        values = {port: resource.value for port, resource in arguments.items()}
        return partial(_called, expert, assignment, values)

    def _expert(self, assignment: Assignment) -> ToolboxExpert:
        model = assignment.candidate.model
        for expert in self._experts:
            if (expert.id, expert.type) == (model, assignment.type):
                return expert
        msg = f"The toolbox has no {model!r} for {assignment.type}; `%jarvis models {assignment.type}` lists what there is."
        raise EndpointRejected(msg)


def _called(expert: ToolboxExpert, assignment: Assignment, values: Mapping[str, Any]) -> Returned:
    try:
        value = expert.function(**values)
    except JarvisError:
        raise
    except MemoryError as error:
        msg = f"{expert.id} ran out of memory on this input; give it a smaller one."
        raise EndpointRejected(msg) from error
    except Exception as error:
        if not comes_from_a_library(error):
            raise
        said = (str(error).strip().splitlines() or [""])[0][:_LONGEST]
        msg = f"{expert.id} cannot do this input: {type(error).__name__}: {said}".removesuffix(": ")
        raise EndpointRejected(msg) from error
    return returned(assignment, value)
