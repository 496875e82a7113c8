"""Models on this machine: where they are, what they are for, and how they come here.

Nothing here loads a model, and nothing needs torch: a folder's small JSON files say all that is asked.
"""

from __future__ import annotations

from .about import About, about
from .download import GIGABYTE, Download, download, look_up, size_words, too_large
from .folders import CONFIGS, ModelFolder, folder_named, is_repository, models_here
from .purposes import LOCAL_TYPES

__all__ = [
    "CONFIGS",
    "GIGABYTE",
    "LOCAL_TYPES",
    "About",
    "Download",
    "ModelFolder",
    "about",
    "download",
    "folder_named",
    "is_repository",
    "look_up",
    "models_here",
    "size_words",
    "too_large",
]
