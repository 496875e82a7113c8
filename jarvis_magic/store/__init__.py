"""What is kept to be used again."""

from .files import Aged, FileCache, cache_folder
from .results import ResultCache

__all__ = ["Aged", "FileCache", "ResultCache", "cache_folder"]
