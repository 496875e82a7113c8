"""Where candidates come from: the user's functions, the toolbox, models on this machine, the chat model, the Hub, and URLs."""

from __future__ import annotations

from jarvis_magic.contracts import Catalogue

from .chat import ChatCatalogue
from .functions import FunctionCatalogue
from .hub import HubCatalogue
from .joined import joined
from .known import KnownCatalogue
from .local import LocalCatalogue
from .toolbox import ToolboxCatalogue
from .urls import UrlCatalogue

__all__ = [
    "ChatCatalogue",
    "FunctionCatalogue",
    "HubCatalogue",
    "KnownCatalogue",
    "LocalCatalogue",
    "ToolboxCatalogue",
    "UrlCatalogue",
    "embedded",
    "joined",
]


def embedded() -> Catalogue:
    """Return the catalogue of what needs no key and no network: the user's functions and the toolbox."""
    return joined(FunctionCatalogue(), ToolboxCatalogue())
