"""Where models are: in the Hugging Face cache, in folders of the user's."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePath

CONFIGS = ("model_index.json", "config.json")
"""What a folder that holds a model has: the first for a chain of models of ``diffusers``, the second for one model."""

INDEX = ".safetensors.index.json"
"""How the names of files end that say in which files the weights of a large model are."""

WEIGHTS = ("*.safetensors", "*.bin", "*.pt", "*.ckpt", "*.h5", "*.onnx", "*.gguf")
"""How files of weights are called; of these, only the first kind is ever loaded."""

_SUFFIXES = frozenset(PurePath(pattern).suffix for pattern in WEIGHTS)


@dataclass(frozen=True)
class ModelFolder:
    """A folder that holds a model.

    Parameters
    ----------
    model
        What the user calls it: ``"owner/name"``, or the folder as it was written.
    path
        The folder.
    revision
        The commit it was downloaded at; ``None`` for a folder of the user's.
    """

    model: str
    path: Path
    revision: str | None = None


def is_repository(name: str) -> bool:
    """Whether a name may be that of a model on the Hub: ``"owner/name"``, or ``"name"``."""
    return (
        re.fullmatch(r"[\w.-]+(/[\w.-]+)?", name) is not None and ".." not in name and not name.startswith((".", "-"))
    )


def models_here(own: str = "", cache: Path | None = None) -> Iterator[ModelFolder]:
    """Yield the models on this machine: those in the folders of a folder of the user's, then those of the cache."""
    for path in sorted(Path(own).expanduser().glob("*/")) if own else ():
        if _holds_a_model(path):
            yield ModelFolder(str(path), path)
    yield from cached_models(cache)


def cached_models(cache: Path | None = None) -> Iterator[ModelFolder]:
    """Yield the models in the Hugging Face cache (``HF_HUB_CACHE``, ``HF_HOME``), each at its newest revision."""
    root = cache or _cache()
    for folder in sorted(root.glob("models--*")) if root.is_dir() else ():
        found = _newest(folder)
        if found is not None:
            yield found


def folder_named(model: str, revision: str | None = None, cache: Path | None = None) -> ModelFolder | None:
    """Return the folder of a model that is here, under its id or as a path; ``None`` if it is not.

    Parameters
    ----------
    model
        ``"owner/name"``, or a path to a folder.
    revision
        The commit it must be at; ``None``: the newest here.
    cache
        The Hugging Face cache, by default where the environment says.
    """
    path = Path(model).expanduser()
    if not revision and _holds_a_model(path):
        return ModelFolder(model, path)
    if not is_repository(model):
        return None
    folder = (cache or _cache()) / f"models--{model.replace('/', '--')}"
    if revision:
        snapshot = folder / "snapshots" / revision
        return ModelFolder(model, snapshot, revision) if _is_whole(snapshot) else None
    return _newest(folder)


def _newest(folder: Path) -> ModelFolder | None:
    """The snapshot that ``main`` is at, or the one that came last."""
    model = folder.name.removeprefix("models--").replace("--", "/", 1)
    main = folder / "refs" / "main"
    snapshots = folder / "snapshots"
    commit = main.read_text(encoding="utf-8").strip() if main.is_file() else ""
    if commit and _is_whole(snapshots / commit):
        return ModelFolder(model, snapshots / commit, commit)
    others = [s for s in snapshots.iterdir() if _is_whole(s)] if snapshots.is_dir() else []
    last = max(others, key=lambda s: s.stat().st_mtime, default=None)
    return ModelFolder(model, last, last.name) if last else None


def _holds_a_model(folder: Path) -> bool:
    return any((folder / name).is_file() for name in CONFIGS)


def _is_whole(snapshot: Path) -> bool:
    """Whether the download of a model has come to its end; what is not whole is as if it were not here."""
    if not _holds_a_model(snapshot):
        return False
    files = list(_files(snapshot))
    try:
        parts = [part for index in files if index.name.endswith(INDEX) for part in _parts(index)]
    except (OSError, ValueError, AttributeError):  # an index that is no index
        return False
    return any(file.suffix in _SUFFIXES for file in files) and all(part.exists() for part in parts)


def _files(folder: Path) -> Iterator[Path]:
    """The files of a folder and of the folders in it; it is looked through once, because there may be many models."""
    for path in folder.iterdir():
        if path.is_dir():
            yield from path.iterdir()
        else:
            yield path


def _parts(index: Path) -> Iterator[Path]:
    """The files that an index names."""
    named = json.loads(index.read_text(encoding="utf-8")).get("weight_map", {})
    yield from (index.parent / name for name in set(named.values()))


def _cache() -> Path:
    from huggingface_hub import constants

    return Path(constants.HF_HUB_CACHE)
