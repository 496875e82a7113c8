"""Where candidates come from: the user's functions, the toolbox, and catalogues that are joined to them."""

from __future__ import annotations

from jarvis_magic.contracts import Catalogue

from .chat import ChatCatalogue
from .functions import FunctionCatalogue
from .joined import joined
from .toolbox import ToolboxCatalogue

__all__ = ["ChatCatalogue", "FunctionCatalogue", "ToolboxCatalogue", "embedded", "joined"]


def embedded() -> Catalogue:
    """Return the catalogue of what needs no key and no network: the user's functions and the toolbox."""
    return joined(FunctionCatalogue(), ToolboxCatalogue())
