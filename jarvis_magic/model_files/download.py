"""How models come here: from the Hub, pinned to a commit, as safetensors and the small files beside them."""

from __future__ import annotations

import errno
from collections.abc import Callable, Collection
from dataclasses import dataclass
from functools import partial
from pathlib import Path, PurePath
from typing import Any

from ..errors import EndpointRejected, EndpointUnavailable
from ..keys import Key
from .folders import CONFIGS, ModelFolder, folder_named
from .purposes import Facts, types_of_chain, types_of_model

SMALL_FILES = (".json", ".jinja", ".txt", ".model", ".spm", ".tiktoken", "README.md")
"""How the names end of what is downloaded beside safetensors: no pickles, no code, no weights for other libraries."""

GIGABYTE = 1_000_000_000
TOO_MANY, SERVER_ERROR = 429, 500

Progressed = Callable[[int, int], None]
"""Takes the bytes that have come and the bytes there are; raises to stop the download."""


@dataclass(frozen=True)
class Download:
    """What would come.

    Parameters
    ----------
    model, revision
        The model, and the commit it is at now.
    size
        Bytes of all its files that are used.
    missing
        Bytes of those that are not here yet.
    files
        The files that are used.
    types
        The task types it does, as far as its class tells.
    tag, licence, downloads, likes, gated
        From its card.
    """

    model: str
    revision: str
    size: int
    missing: int
    files: tuple[str, ...]
    types: tuple[str, ...] = ()
    tag: str | None = None
    licence: str | None = None
    downloads: int | None = None
    likes: int | None = None
    gated: bool = False


def look_up(model: str, *, key: Key | None = None, revision: str | None = None, hub: str | None = None) -> Download:
    """Ask the Hub what a download of a model would bring; one request.

    Parameters
    ----------
    model
        ``"owner/name"``.
    key
        The Hub's key.
    revision
        The commit, branch or tag wanted; ``None``: ``main``.
    hub
        The Hub's address, where it is not the environment's.

    Raises
    ------
    EndpointRejected, EndpointUnavailable
        If there is no such model, its terms were not accepted, or the Hub cannot be reached.
    """
    from huggingface_hub import HfApi

    try:
        info = HfApi(endpoint=hub, token=_token(key)).model_info(
            model, revision=revision, files_metadata=True, timeout=10
        )
        return _download(model, info)
    except _failures() as error:
        raise _told(model, error) from error


def _download(model: str, info: Any) -> Download:
    """What the Hub says of a model."""
    names = used_files([file.rfilename for file in info.siblings or ()])
    sizes = {file.rfilename: file.size or 0 for file in info.siblings or () if file.rfilename in names}
    here = folder_named(model, info.sha)
    missing = sum(size for name, size in sizes.items() if here is None or not (here.path / name).exists())
    licence = info.card_data.get("license") if info.card_data else None
    return Download(
        model, str(info.sha), sum(sizes.values()), missing, names, _types(info), info.pipeline_tag,
        licence if isinstance(licence, str) else None, info.downloads, info.likes, bool(info.gated),
    )  # fmt: skip


def _types(info: Any) -> tuple[str, ...]:
    """The task types of the class that the Hub names."""
    config = info.config or {}
    chain = (config.get("diffusers") or {}).get("_class_name")
    architecture = chain or next(iter(config.get("architectures") or ()), "")
    chats = bool((config.get("tokenizer_config") or {}).get("chat_template") or config.get("chat_template_jinja"))
    facts = Facts(info.id.casefold(), architecture, info.pipeline_tag, chats=chats, reads="tokenizer_config" in config)
    return tuple(types_of_chain(facts) if chain else types_of_model(facts))


def used_files(names: Collection[str]) -> tuple[str, ...]:
    """Return which of a model's files are used: its small files, and one set of weights in safetensors.

    Of ``model.safetensors`` and ``model.fp16.safetensors`` the first is used; of a chain of models, those of its parts;
    of one model, those beside its configuration (and of a sentence encoder, of its numbered parts).
    """
    is_chain = "model_index.json" in names
    weights: dict[str, list[str]] = {}
    for name in names:
        folder = name.rpartition("/")[0]
        if name.endswith(".safetensors") and (bool(folder) if is_chain else not folder or folder[0].isdigit()):
            weights.setdefault(folder, []).append(name)
    chosen = {name for group in weights.values() for name in _one_set(group)}
    return tuple(sorted(name for name in names if name in chosen or name.endswith(SMALL_FILES)))


def _one_set(group: list[str]) -> list[str]:
    """The weights without a variant in their names, if there are any."""
    plain = [name for name in group if "." not in PurePath(name).stem and "consolidated" not in name]
    return plain or group


def download(
    wanted: Download,
    *,
    limit: float,
    key: Key | None = None,
    progressed: Progressed = lambda done, total: None,  # noqa: ARG005 - nobody watches
    hub: str | None = None,
) -> ModelFolder:
    """Bring a model into the Hugging Face cache, and return where it is.

    Parameters
    ----------
    wanted
        What `look_up` found.
    limit
        How many GB may be downloaded without being asked for.
    key, hub
        As for `look_up`.
    progressed
        Told how far it is.

    Raises
    ------
    EndpointRejected, EndpointUnavailable
        If it is larger than `limit`, has no safetensors, or cannot be had.
    """
    from huggingface_hub import snapshot_download

    if not any(name.endswith(".safetensors") for name in wanted.files):
        msg = f"{wanted.model} has no weights in safetensors, and pickles are never loaded; choose another model or revision."
        raise EndpointRejected(msg)
    if wanted.missing > limit * GIGABYTE:
        raise EndpointRejected(too_large(wanted.model, wanted.missing, limit))
    bring = partial(
        snapshot_download,
        wanted.model,
        revision=wanted.revision,
        endpoint=hub,
        token=_token(key),
        tqdm_class=_bars(wanted.missing, progressed),
    )
    try:  # what makes a folder a model comes last: a download that was killed is as if it were not here
        bring(allow_patterns=[name for name in wanted.files if name not in CONFIGS])
        path = bring(allow_patterns=[name for name in wanted.files if name in CONFIGS])
    except _failures() as error:
        raise _told(wanted.model, error) from error
    return ModelFolder(wanted.model, Path(path), wanted.revision)


def size_words(size: int) -> str:
    """A number of bytes as people write that of a model: ``"3.4 GB"``, ``"512 MB"``."""
    return f"{size / GIGABYTE:.1f} GB" if size >= GIGABYTE else f"{size / 1e6:,.0f} MB"


def too_large(model: str, missing: int, limit: float) -> str:
    """The sentence for a download of so many bytes, where only `limit` GB may come without being asked for."""
    return (
        f"{model} is a download of {size_words(missing)}, and {limit:g} GB may come without being asked for; "
        f"allow it with `--max-download {int(missing / GIGABYTE) + 1}`, or choose a smaller model."
    )


def _token(key: Key | None) -> str | bool:
    """The key for a request; ``False``, so that the library looks for none of its own."""
    return key.reveal() if key else False


def _bars(total: int, progressed: Progressed) -> type[Any]:
    """A class of progress bars that show nothing and tell how many bytes have come to all of them."""
    from tqdm.std import tqdm

    done = 0

    class Bar(tqdm):  # type: ignore[misc]  # untyped
        def __init__(self, *args: Any, **named: Any) -> None:
            self._counts = named.get("unit") == "B" and "Reconstructing" in str(named.get("desc"))
            super().__init__(*args, **{**named, "disable": True})

        def update(self, n: float | None = 1) -> bool | None:
            nonlocal done
            if self._counts:
                done += int(n or 0)
                progressed(min(done, total), total)
            return None

    return Bar


def _failures() -> tuple[type[Exception], ...]:
    """What asking the Hub raises where it is not our mistake."""
    import httpx2
    from huggingface_hub.errors import HfHubHTTPError, OfflineModeIsEnabled

    return (HfHubHTTPError, OfflineModeIsEnabled, httpx2.HTTPError, OSError, *_NOT_UNDERSTOOD)


_NOT_UNDERSTOOD = (ValueError, LookupError, TypeError, AttributeError)
"""What reading an answer raises that is not the Hub's: of a proxy, or cut short."""


def _broke_off(error: Exception) -> bool:
    """Whether there was a connection, which ended; what has come stays, and the next try goes on from there."""
    import httpx2

    return isinstance(error, httpx2.TransportError) and not isinstance(error, httpx2.ConnectError)


def _told(model: str, error: Exception) -> EndpointRejected | EndpointUnavailable:
    """A failure of the Hub or the disk, in a sentence."""
    from huggingface_hub import errors as hub

    status = getattr(getattr(error, "response", None), "status_code", None)
    if isinstance(error, hub.OfflineModeIsEnabled):
        said = f"{model} is not on this machine, and HF_HUB_OFFLINE keeps it from being downloaded; unset it, or choose a model that is here."
    elif isinstance(error, hub.GatedRepoError):
        said = f"{model} is gated: accept its terms at https://huggingface.co/{model}, and set HF_TOKEN to a token of that account."
    elif isinstance(error, hub.RevisionNotFoundError):
        said = f"{model} has no such revision any more; choose it again, so that its newest is taken."
    elif isinstance(error, hub.RepositoryNotFoundError):
        said = f"There is no model {model!r} on the Hub, or it is private and needs HF_TOKEN; look for one with `%jarvis models TASK --search WORDS`."
    elif getattr(error, "errno", None) == errno.ENOSPC:
        said = f"The disk is full, so {model} cannot be downloaded; make room, or set HF_HOME to another disk."
    elif isinstance(error, _NOT_UNDERSTOOD) and not isinstance(error, OSError | hub.HfHubHTTPError):
        said = f"{model} cannot be looked up: the Hub answers in a way that is not understood ({type(error).__name__}); try again, or choose a model that is here."
    else:
        passing = status == TOO_MANY or (status or 0) >= SERVER_ERROR or _broke_off(error)
        what = f"status {status}" if status else type(error).__name__
        return EndpointUnavailable(
            f"{model} cannot be downloaded: the Hub does not answer ({what}); try again, or choose a model that is here.",
            passing=passing,
        )
    return EndpointRejected(said)
