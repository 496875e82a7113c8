"""Candidates that run here by ``transformers`` and ``diffusers``: what is on this machine, and what the user names."""

from __future__ import annotations

import asyncio
import threading
import time
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path

from jarvis_magic.errors import EndpointError, either
from jarvis_magic.keys import Key
from jarvis_magic.model_files import (
    CONFIGS,
    GIGABYTE,
    About,
    Download,
    ModelFolder,
    about,
    folder_named,
    is_repository,
    look_up,
    models_here,
    size_words,
)
from jarvis_magic.options import Options
from jarvis_magic.values import Candidate

from .search import for_others, matching

DRAWS_LOTS = frozenset({
    "text-generation", "conversational", "text2text-generation", "image-text-to-text", "text-to-image", "image-to-image",
    "text-to-speech", "text-to-audio", "text-to-video", "image-to-video",
})  # fmt: skip
"""Task types whose models may give another result for the same input."""

FRESH = 2.0
"""Seconds for which the folders are not looked through again."""

_LIBRARIES = {"transformers": ("torch", "transformers"), "diffusers": ("torch", "transformers", "diffusers")}


class LocalCatalogue:
    """The models in the Hugging Face cache and in the user's folder of models.

    A model that is not here is a candidate if it is named in full, as ``owner/name``; a folder, if its path is named.

    Parameters
    ----------
    options
        ``model_folder``, ``max_download`` and ``cluster``.
    key
        The Hub's key.
    hub
        The Hub's address, where it is not the environment's.
    """

    def __init__(self, options: Options, key: Key | None = None, hub: str | None = None) -> None:
        self._options, self._key, self._hub = options, key, hub
        self._at_once = None if options.cluster else 1  # each process of a cluster has the model
        self._listed: Mapping[str, Sequence[Candidate]] = {}
        self._listed_at = -FRESH
        self._listing = threading.Lock()
        self._looking: asyncio.Future[None] | None = None

    async def candidates(self, task_type: str, limit: int, search: str = "") -> tuple[Candidate, ...]:
        """Return the models here for a task type; see `jarvis_magic.contracts.Catalogue`."""
        named = await asyncio.to_thread(self._named, task_type, search) if search else None
        if named is not None:
            return (named,)
        if not self._is_fresh:
            await self._look()
        return matching(self._listed.get(task_type, ()), search, limit)

    async def _look(self) -> None:
        """Look through the folders in a thread; whoever asks meanwhile waits for the same look."""
        loop = asyncio.get_running_loop()
        if self._looking is None or self._looking.done() or self._looking.get_loop() is not loop:
            self._looking = loop.run_in_executor(None, self._list)
        await asyncio.shield(self._looking)

    @property
    def _is_fresh(self) -> bool:
        return time.monotonic() - self._listed_at <= FRESH

    def _list(self) -> None:
        """Look for the candidates here, once for all the task types that are asked about together."""
        with self._listing:
            if not self._is_fresh:
                listed: defaultdict[str, list[Candidate]] = defaultdict(list)
                lacks = {library: _lack(library) for library in _LIBRARIES}
                for folder in models_here(self._options.model_folder):
                    known = about(folder)
                    for known_type in known.types:
                        listed[known_type].append(
                            _candidate(folder, known, known_type, lacks[known.library], self._at_once)
                        )
                self._listed, self._listed_at = listed, time.monotonic()

    def _named(self, task_type: str, name: str) -> Candidate | None:
        """The model of a name that is a folder, or that of a model on the Hub; ``None`` if it is just words."""
        folder = folder_named(name)
        if folder is not None:
            known = about(folder)
            found = _candidate(folder, known, task_type, _lack(known.library), self._at_once)
            return found if task_type in known.types else replace(found, unavailable=_not_for(known, task_type))
        path = Path(name).expanduser()
        if path.is_absolute() or name.startswith(("./", "../")):
            lack = (
                f"The folder holds no model: it has no {either(CONFIGS)}."
                if path.is_dir()
                else "There is no such folder."
            )
            return Candidate(name, "local", unavailable=lack)
        if "/" not in name or not is_repository(name) or _lack("transformers"):
            return None
        try:
            return self._to_come(look_up(name, key=self._key, hub=self._hub), task_type)
        except EndpointError:
            return None  # the Hub has no such model, or cannot be asked; what else there is under this name, others say

    def _to_come(self, wanted: Download, task_type: str) -> Candidate | None:
        if task_type not in (*wanted.types, wanted.tag):
            return None
        return Candidate(
            model=wanted.model,
            endpoint="local",
            description=f"A model for {wanted.tag or task_type}, run on this machine.",
            weakness=f"It is downloaded first: {size_words(wanted.missing)}.",
            revision=wanted.revision,
            deterministic=task_type not in DRAWS_LOTS,
            limit=self._at_once,
            licence=wanted.licence,
            downloads=wanted.downloads,
            likes=wanted.likes,
            size=wanted.size,
            gated=wanted.gated,
            download=wanted.missing,
            is_large=wanted.missing > self._options.max_download * GIGABYTE,
        )


def _candidate(folder: ModelFolder, known: About, task_type: str, lack: str | None, at_once: int | None) -> Candidate:
    return Candidate(
        model=folder.model,
        endpoint="local",
        description=f"{known.architecture}, a model on this machine ({size_words(known.size)}).",
        languages=_languages(known, task_type),
        revision=folder.revision,
        unavailable=lack or known.problem,
        deterministic=task_type not in DRAWS_LOTS,
        limit=at_once,
        licence=known.licence,
        size=known.size,
    )


def _languages(known: About, task_type: str) -> tuple[str, ...]:
    """The languages a model of texts or speech knows; of others the card tells that of its own text."""
    about_words = not task_type.startswith(("image", "object", "mask", "depth", "video", "audio-class", "audio-to"))
    return tuple(known.languages) if about_words else ()


def _not_for(known: About, task_type: str) -> str:
    """Why a model on this machine does not do a task type."""
    if known.problem or not known.types:
        return known.problem or f"Its class {known.architecture!r} is of no task type."
    return for_others(known.types, task_type)


def _lack(library: str) -> str | None:
    """What is missing to run models of a library, with what brings it; nothing is imported to find out."""
    missing = [name for name in _LIBRARIES[library] if find_spec(name) is None]
    return f'It needs {either(missing, "and")}: run `pip install "jarvis_magic[local]"`.' if missing else None
