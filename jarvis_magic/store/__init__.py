"""What is kept to be used again: results in memory, answers of the Hub, plans and locks in files."""

from .files import Aged, FileCache, cache_folder
from .lasting import LastingResults
from .locks import LockedCell, LockedExpert, cell_digest, read_lock, write_locked
from .plan_files import load_plan, save_plan
from .results import KeptResults, ResultCache

__all__ = [
    "Aged",
    "FileCache",
    "KeptResults",
    "LastingResults",
    "LockedCell",
    "LockedExpert",
    "ResultCache",
    "cache_folder",
    "cell_digest",
    "load_plan",
    "read_lock",
    "save_plan",
    "write_locked",
]
