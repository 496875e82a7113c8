"""Runs the experts of the toolbox, in threads."""

from __future__ import annotations

from collections.abc import Mapping

from jarvis_magic.errors import EndpointRejected
from jarvis_magic.events import Emit
from jarvis_magic.runners import in_thread
from jarvis_magic.toolbox import ToolboxExpert, toolbox_experts
from jarvis_magic.values import Assignment, Resource

from .returned import returned


class ToolboxEndpoint:
    """Calls the function of a toolbox expert with the values of the arguments."""

    async def run(self, assignment: Assignment, arguments: Mapping[str, Resource], emit: Emit) -> Resource:
        """Run the assigned expert; see `jarvis_magic.contracts.Endpoint`."""
        expert = _expert(assignment)
        values = {port: resource.value for port, resource in arguments.items()}
        result = await in_thread(lambda: returned(assignment, expert.function(**values)), expert.id)
        return result.told(emit)


def _expert(assignment: Assignment) -> ToolboxExpert:
    model = assignment.candidate.model
    for expert in toolbox_experts():
        if (expert.id, expert.type) == (model, assignment.type):
            return expert
    msg = f"The toolbox has no {model!r} for {assignment.type}; `%jarvis models {assignment.type}` lists what there is."
    raise EndpointRejected(msg)
