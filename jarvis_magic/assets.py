"""Where ``widgets/`` and ``prompts/`` are: beside the package in a checkout, inside it in an installed wheel."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).parent


def asset(folder: str, name: str) -> Path:
    """Return the path of a file of ``widgets/`` or ``prompts/``.

    Raises
    ------
    FileNotFoundError
        If the installation lacks it, which is a fault of the installation.
    """
    for home in (_PACKAGE / folder, _PACKAGE.parent / folder):
        if (home / name).is_file():
            return home / name
    msg = f"jarvis_magic is installed without {folder}/{name}; install it again."
    raise FileNotFoundError(msg)


def text(folder: str, name: str) -> str:
    """Return the text of a file of ``widgets/`` or ``prompts/``."""
    return asset(folder, name).read_text(encoding="utf-8")
