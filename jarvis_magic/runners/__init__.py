"""Where calls are carried out: threads of ours, under limits, with patience that ends."""

from .backoff import Backoff
from .calls import Abandoned, abandoned, in_thread, on_loop
from .limits import Limit, limit_of
from .loaded_models import LoadedModels
from .tries import Tries
from .watch import Watch

__all__ = [
    "Abandoned",
    "Backoff",
    "Limit",
    "LoadedModels",
    "Tries",
    "Watch",
    "abandoned",
    "in_thread",
    "limit_of",
    "on_loop",
]
