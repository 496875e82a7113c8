"""Runs models of the Hub at the providers that serve them, by the user's Hugging Face token."""

from __future__ import annotations

from collections.abc import Mapping

from jarvis_magic.errors import EndpointRejected
from jarvis_magic.events import Emit
from jarvis_magic.keys import Key, Keys
from jarvis_magic.values import Assignment, Candidate, Resource

from .failures import TOKENS, Callee
from .lines import Destination
from .remote import carried_out
from .wires import SEEN_AS_THEMSELVES, Wire, wire_for


class ProviderEndpoint:
    """Calls a model at the provider its candidate names.

    Parameters
    ----------
    keys
        Where the token is.
    """

    def __init__(self, keys: Keys) -> None:
        self._keys = keys

    async def run(self, assignment: Assignment, arguments: Mapping[str, Resource], emit: Emit) -> Resource:
        """Run a task once; see `jarvis_magic.contracts.Endpoint`."""
        candidate = assignment.candidate
        provider = candidate.provider or "auto"
        destination = Destination(_hub_model(candidate), provider, self._token(candidate))
        callee = Callee.at_provider(candidate.model, assignment.type, provider)
        return await carried_out(
            assignment, arguments, emit, _wire(assignment.type, provider), destination, callee, self._keys
        )

    def _token(self, candidate: Candidate) -> Key:
        key = self._keys.hugging_face
        if key is None:
            msg = f"{candidate.model} needs a Hugging Face token: make one at {TOKENS} and set HF_TOKEN."
            raise EndpointRejected(msg)
        if not key.reveal().startswith("hf_"):  # the library would send it to the provider's own host
            msg = f"The key of {key.origin} is no Hugging Face token (those begin with hf_); make one at {TOKENS}."
            raise EndpointRejected(msg)
        return key


def _hub_model(candidate: Candidate) -> str:
    """The model's id; an address in its place would get the token."""
    if "://" in candidate.model:
        msg = f"{candidate.model} is an address and no model of the Hub; name it with `--use TASK=URL`."
        raise EndpointRejected(msg)
    return candidate.model


def _wire(task_type: str, provider: str) -> Wire:
    """As a chat, unless the task type is done as itself there."""
    of_its_own = provider == "hf-inference" and task_type in SEEN_AS_THEMSELVES
    wire = wire_for(task_type, chat=not of_its_own)
    if wire is None:
        msg = f"No provider does {task_type}; `%jarvis models {task_type}` lists what does."
        raise EndpointRejected(msg)
    return wire
