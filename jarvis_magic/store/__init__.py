"""What is kept to be used again."""

from .results import ResultCache

__all__ = ["ResultCache"]
