"""The embedded planner: the controller that needs no language model, no key and no network."""

from .controller import OfflineController

__all__ = ["OfflineController"]
