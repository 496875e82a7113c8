"""Inputs that were files or URLs: how plain Python opens them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import PurePath
from typing import Any

from jarvis_magic.kinds import Kind

from . import plain
from .bundling import Bundle

_TABLES = {".csv": "read_csv", ".tsv": "read_table", ".parquet": "read_parquet", ".xlsx": "read_excel"}
_TEXTS = frozenset({".txt", ".md"})


def addresses_in(held: Any) -> list[str]:
    """The paths or URLs of a list that holds nothing else; none if it holds both, or anything else."""
    items = list(held) if isinstance(held, list | tuple) or hasattr(held, "to_list") else []
    if not all(isinstance(item, str | PurePath) for item in items):
        return []
    addresses = [str(item) for item in items]
    return addresses if len({"://" in address for address in addresses}) == 1 else []


def opened(bundle: Bundle, kind: Kind, address: str, written: str) -> str | None:
    """Return the expression that opens a file or URL, or ``None`` if that takes more than a line.

    Parameters
    ----------
    bundle
        Where functions and imports go.
    kind
        The kind of the input that was read from it.
    address
        The path or URL.
    written
        How the code says it: the address itself, or the variable that holds it.
    """
    is_url, suffix = "://" in address, PurePath(address).suffix.casefold()
    content = written
    if is_url and kind in ("image", "audio", "video"):
        content = f"{bundle.bring('urllib.request', 'urlopen')}({written})"

    def picture() -> str:
        bundle.bring("PIL", "Image")
        return f"{bundle.bring('PIL', 'ImageOps')}.exif_transpose(Image.open({content}))"

    def table() -> str | None:
        return f"{bundle.bring('pandas')}.{_TABLES[suffix]}({written})" if suffix in _TABLES else None

    def text() -> str | None:
        is_plain = suffix in _TEXTS and not is_url
        return f"{bundle.bring('pathlib', 'Path')}({written}).read_text(encoding='utf-8')" if is_plain else None

    ways: Mapping[str, Callable[[], str | None]] = {
        "image": picture,
        "audio": lambda: f"{bundle.add(plain.sound_in)}({content}{'.read()' if is_url else ''})",
        "video": lambda: f"{bundle.add(plain.Video)}({content}{'.read()' if is_url else ''})",
        "table": table,
        "text": text,
    }
    return ways[kind]() if kind in ways else None
