"""What an expert returned, as the resource its task type gives."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from jarvis_magic.conversions import from_expert
from jarvis_magic.events import Emit, TaskNoted
from jarvis_magic.kinds import WithNotes
from jarvis_magic.task_types import TASK_TYPES
from jarvis_magic.values import Assignment, Resource


@dataclass(frozen=True)
class Returned:
    """A result as a resource, and the sentences its expert has for the user."""

    resource: Resource
    task_id: str
    notes: Sequence[str] = ()

    def told(self, emit: Emit) -> Resource:
        """Emit the notes, and return the resource."""
        for note in self.notes:
            emit(TaskNoted(self.task_id, note))
        return self.resource


def returned(assignment: Assignment, value: object) -> Returned:
    """Return what the assigned expert returned as a resource; may encode or decode, so it may take its time.

    Raises
    ------
    EndpointError
        If the value is not of the task type's output kind.
    """
    told = value if isinstance(value, WithNotes) else WithNotes(value)
    kind = TASK_TYPES[assignment.type].output
    return Returned(from_expert(told.value, kind, model=assignment.candidate.model), assignment.task_id, told.notes)
