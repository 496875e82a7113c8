"""Runs what stands behind a URL that the user named: an Inference Endpoint, TEI, TGI, or a server like them."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlsplit

from jarvis_magic.errors import EndpointRejected
from jarvis_magic.events import Emit
from jarvis_magic.keys import Keys, host_of
from jarvis_magic.values import Assignment, Resource

from .failures import Callee
from .lines import Destination
from .remote import carried_out
from .wires import CHATS, WIRES, Wire, wire_for


class UrlEndpoint:
    """Calls the URL that its candidate's model is, with the key of that host and no other.

    Parameters
    ----------
    keys
        Where keys are, by host.
    """

    def __init__(self, keys: Keys) -> None:
        self._keys = keys

    async def run(self, assignment: Assignment, arguments: Mapping[str, Resource], emit: Emit) -> Resource:
        """Run a task once; see `jarvis_magic.contracts.Endpoint`."""
        url, task_type = assignment.candidate.model, assignment.type
        wire = _wire(task_type, url)
        destination = Destination(url, None, self._keys.key_for(url))
        callee = Callee.at_url(url, task_type, host_of(url))
        return await carried_out(assignment, arguments, emit, wire, destination, callee, self._keys)


CALLABLE = (frozenset(WIRES) | CHATS) - {"text-to-video", "image-to-video"}
"""The task types that can be done by what stands behind a URL; the client sends videos' to providers only."""


def _wire(task_type: str, url: str) -> Wire:
    """As a chat at the address of OpenAI's protocol, and where there is no other way."""
    chats = urlsplit(url).path.rstrip("/").endswith(("/v1", "/chat/completions"))
    wire = wire_for(task_type, chat=chats or task_type not in WIRES) if task_type in CALLABLE else None
    if wire is None:
        msg = f'No server takes {task_type} in a form that is known here; write it as a function with `@expert("{task_type}")`.'
        raise EndpointRejected(msg)
    return wire
