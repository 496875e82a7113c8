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
from .wires import CHATS, WIRES, wire_for


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
        wire = wire_for(task_type, chat=_chats(url) or task_type not in WIRES)
        if wire is None:
            msg = f'No server takes {task_type} in a form that is known here; write it as a function with `@expert("{task_type}")`.'
            raise EndpointRejected(msg)
        destination = Destination(url, None, self._keys.key_for(url))
        callee = Callee.at_url(url, task_type, host_of(url))
        return await carried_out(assignment, arguments, emit, wire, destination, callee, self._keys)


def _chats(url: str) -> bool:
    """Whether it is the address of a chat: that of OpenAI's protocol."""
    return urlsplit(url).path.rstrip("/").endswith(("/v1", "/chat/completions"))


CALLABLE = frozenset(WIRES) | CHATS
"""The task types that can be done by what stands behind a URL."""
