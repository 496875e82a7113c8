"""What the small files of a model's folder say about it."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

from ..errors import either
from .folders import WEIGHTS, ModelFolder
from .purposes import Facts, types_of_chain, types_of_model

MOST_JSON = 20_000_000
"""Bytes of a JSON file that are read; more is no configuration."""
MOST_CARD = 100_000
"""Characters of a model's card that are read."""
_DIMENSIONS = 16


@dataclass(frozen=True)
class About:
    """What is known of a model on this machine.

    Parameters
    ----------
    types
        The task types it does, each with the family that runs it (see `jarvis_magic.model_files.purposes`).
    architecture
        The name of its class.
    library
        ``"transformers"`` or ``"diffusers"``.
    size, parameters
        Bytes of its weights, and how many numbers they are.
    licence, languages
        From its card.
    problem
        Why it cannot be loaded, a sentence; ``None`` if it can.
    """

    types: Mapping[str, str] = field(default_factory=dict)
    architecture: str = ""
    library: str = "transformers"
    size: int = 0
    parameters: int = 0
    licence: str | None = None
    languages: Sequence[str] = ()
    problem: str | None = None


def about(folder: ModelFolder) -> About:
    """Return what the files of a folder say about its model; a folder that did not change is not read again."""
    return _about(folder, max(f.stat().st_mtime_ns for f in (folder.path, *folder.path.iterdir()) if f.exists()))


@lru_cache(maxsize=1024)
def _about(folder: ModelFolder, stamp: int) -> About:  # noqa: ARG001 - the stamp makes a changed folder a new one
    card = _card(folder.path)
    index = _json(folder.path / "model_index.json")
    config = _json(folder.path / "config.json")
    is_chain = bool(index) or "_diffusers_version" in config
    facts = _facts(folder, config, index, card)
    return About(
        types=types_of_chain(facts) if is_chain else types_of_model(facts),
        architecture=facts.architecture,
        library="diffusers" if is_chain else "transformers",
        size=sum(file.stat().st_size for file in _weights(folder.path)),
        parameters=sum(map(_parameters, _weights(folder.path))),
        licence=card.get("license") if isinstance(card.get("license"), str) else None,
        languages=_languages(card),
        problem=_problem(folder.path, config),
    )


def _facts(folder: ModelFolder, config: Mapping[str, Any], index: Mapping[str, Any], card: Mapping[str, Any]) -> Facts:
    path = folder.path
    tokenizer = _json(path / "tokenizer_config.json")
    listed = config.get("architectures")
    own = listed[0] if isinstance(listed, list) and listed else index.get("_class_name") or config.get("_class_name")
    labels = config.get("id2label")
    tag = card.get("pipeline_tag")
    return Facts(
        name=folder.model.casefold(),
        architecture=own if isinstance(own, str) else "",
        tag=tag if isinstance(tag, str) else None,
        labels=tuple(str(label).casefold() for label in labels.values()) if isinstance(labels, Mapping) else (),
        chats=bool(tokenizer.get("chat_template")) or any(path.glob("chat_template*")),
        sees="vision_config" in config or "vision_model" in config,
        reads=bool(tokenizer) or (path / "tokenizer.json").is_file(),
        is_sentence_encoder=(path / "modules.json").is_file(),
    )


def _problem(path: Path, config: Mapping[str, Any]) -> str | None:
    if (path / "adapter_config.json").is_file():
        return "It is an adapter for another model; choose one that was merged with its model."
    if any(_weights(path)):
        return None
    if config.get("auto_map"):
        return "It needs code of its own, which is never run; choose a model that `transformers` knows."
    others = sorted({file.suffix for pattern in WEIGHTS for file in path.rglob(pattern)})
    if others:
        return f"Its weights are {either(others, 'and')} files, and only safetensors are loaded; choose another revision or model."
    return "There are no weights in its folder, which must hold safetensors."


def _weights(path: Path) -> list[Path]:
    return [*path.glob("*.safetensors"), *path.glob("*/*.safetensors")]


def _parameters(weights: Path) -> int:
    """How many numbers a file of weights holds, as its head says; a damaged one fails where it is loaded."""
    try:
        with weights.open("rb") as file:
            head = json.loads(file.read(min(int.from_bytes(file.read(8), "little"), MOST_JSON)))
        return sum(math.prod(tensor["shape"][:_DIMENSIONS]) for name, tensor in head.items() if name != "__metadata__")
    except (OSError, ValueError, AttributeError, LookupError, TypeError, RecursionError):
        return 0


def _json(path: Path) -> Mapping[str, Any]:
    """The object in a JSON file; empty if there is none, or something else."""
    try:
        if path.stat().st_size > MOST_JSON:
            return {}
        read = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return {}
    return read if isinstance(read, dict) else {}


def _card(path: Path) -> Mapping[str, Any]:
    """The head of a model's card, which is YAML; every scalar as it is written, so that none can be wrong."""
    try:
        with (path / "README.md").open(encoding="utf-8") as file:
            text = file.read(MOST_CARD)
    except (OSError, ValueError):
        return {}
    head = re.match(r"---\s*\n(.*?)\n---\s*(\n|$)", text, re.DOTALL)
    if head is None or _is_deep(head[1]):
        return {}
    import yaml

    try:
        read = yaml.load(head[1], Loader=yaml.BaseLoader)  # noqa: S506 - makes texts, lists and objects, and nothing else
    except (yaml.YAMLError, RecursionError):
        return {}
    return read if isinstance(read, dict) else {}


def _is_deep(text: str, levels: int = 50) -> bool:
    """Whether brackets are nested deeper than in any card; the time YAML takes grows with the square of the levels."""
    depth = 0
    for bracket in re.finditer(r"[\[\]{}]", text):
        depth += 1 if bracket[0] in "[{" else -1
        if depth > levels:
            return True
    return False


def _languages(card: Mapping[str, Any]) -> tuple[str, ...]:
    """The languages' codes; a model that says "multilingual" knows more than it lists."""
    written = card.get("language") or ()
    codes = [written] if isinstance(written, str) else written if isinstance(written, list) else []
    codes = [code.casefold() for code in codes if isinstance(code, str)]
    return () if "multilingual" in codes else tuple(code for code in codes if re.fullmatch(r"[a-z]{2,3}", code))
