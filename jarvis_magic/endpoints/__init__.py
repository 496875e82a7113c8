"""The ways to run an expert model, one file each."""

from __future__ import annotations

from jarvis_magic.contracts import Endpoint
from jarvis_magic.keys import Keys
from jarvis_magic.values import EndpointKind

from .chat import ChatEndpoint
from .functions import FunctionEndpoint
from .local import LocalEndpoint
from .providers import ProviderEndpoint
from .toolbox import ToolboxEndpoint
from .urls import UrlEndpoint

__all__ = [
    "ChatEndpoint",
    "FunctionEndpoint",
    "LocalEndpoint",
    "ProviderEndpoint",
    "ToolboxEndpoint",
    "UrlEndpoint",
    "embedded",
]


def embedded(keys: Keys | None = None) -> dict[EndpointKind, Endpoint]:
    """Return the endpoints that need no key and no network, by kind: the user's functions and the toolbox; no failure shows one of `keys`."""
    return {"function": FunctionEndpoint(keys=keys), "toolbox": ToolboxEndpoint()}
