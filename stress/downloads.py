"""Downloads of a model from a Hub that fails in every way, by processes that are killed: whole, or as if not there."""

from __future__ import annotations

import contextlib
import hashlib
import multiprocessing
import os
import random
import signal
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from jarvis_magic.errors import EndpointError
from jarvis_magic.model_files import ModelFolder, download, folder_named, look_up

from . import faults
from .faults import Faults, FaultyServer, Profile, Received, Reply
from .levels import settled

MODEL, COMMIT = "stress/model", "0123456789abcdef0123456789abcdef01234567"
CONTENTS = {
    name: random.Random(name).randbytes(size)
    for name, size in {"model.safetensors": 400_000, "tokenizer.json": 60_000, "vocab.txt": 30_000}.items()
} | {"config.json": b'{"architectures": ["BertForSequenceClassification"]}'}

KINDS = (
    *faults.PASSING,
    "too short a length",
    "too long a length",
    "nothing",
    "a page",
    "until closed",
    "in chunks",
    "404",
    "403",
)


class ModelHost:
    """The part of the Hub that models come from, with one model."""

    def __call__(self, received: Received) -> Reply:
        """The right reply to a request."""
        path = urlsplit(received.path).path.removeprefix("/")
        if path.startswith("api/"):
            return Reply(_listed(tree="/tree/" in path))
        name = path.rpartition("/")[2]
        if name not in CONTENTS:
            return Reply(b"", status=404)
        content = CONTENTS[name]
        headers = {
            "x-repo-commit": COMMIT,
            "etag": f'"{hashlib.sha256(content).hexdigest()}"',
            "accept-ranges": "bytes",
        }
        begin = received.headers.get("range", "").removeprefix("bytes=").partition("-")[0]
        if begin and received.method == "GET":
            span = {"content-range": f"bytes {begin}-{len(content) - 1}/{len(content)}"}
            return Reply(content[int(begin) :], "application/octet-stream", 206, {**headers, **span})
        return Reply(content, "application/octet-stream", headers=headers)


def _listed(*, tree: bool) -> Any:
    sizes = {name: len(content) for name, content in CONTENTS.items()}
    if tree:
        return [{"type": "file", "path": name, "size": size, "oid": "0" * 40} for name, size in sizes.items()]
    siblings = [{"rfilename": name, "size": size, "blobId": "0" * 40} for name, size in sizes.items()]
    return {"id": MODEL, "sha": COMMIT, "siblings": siblings, "gated": False}


@dataclass
class Downloads:
    """What came of it: downloads that were killed, those that ended with a sentence, and what was half."""

    ended: Counter[str] = field(default_factory=Counter)
    faults: Counter[str] = field(default_factory=Counter)
    half: list[str] = field(default_factory=list)


def half(cache: Path) -> str:
    """What is wrong with the model in a cache; empty if it is whole, or not offered."""
    found = [folder_named(MODEL, None, cache), folder_named(MODEL, COMMIT, cache)]
    return next((wrong for folder in found if folder is not None and (wrong := _of(folder))), "")


def _of(folder: ModelFolder) -> str:
    for name, content in CONTENTS.items():
        path = folder.path / name
        if not path.exists():
            return f"{name} is missing"
        if path.read_bytes() != content:
            return f"{name} is another"
    return ""


def killed(times: int, chance: random.Random) -> Downloads:
    """Kill downloads at random moments, each followed by a look at the cache, and at the end let one come to its end."""
    came = Downloads()
    slow = Faults(chance.randrange(1000), Profile(1.0, ("late", "in drops")))
    with FaultyServer(ModelHost(), _drawn(slow)) as server:
        for _ in range(times):
            with tempfile.TemporaryDirectory() as folder:
                _killed_once(server.url, Path(folder), came, chance)
    came.faults = slow.count
    return came


def _killed_once(url: str, cache: Path, came: Downloads, chance: random.Random) -> None:
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["stress.downloads"])
    process = context.Process(target=_download, args=(url, str(cache)), daemon=True)
    process.start()
    settled(lambda: any(cache.rglob("*.*")), 20)
    time.sleep(chance.random() * 0.15)
    with contextlib.suppress(ProcessLookupError):
        os.kill(process.pid or 0, signal.SIGKILL)
    process.join()
    came.ended["killed" if process.exitcode else "came to its end first"] += 1
    came.half += [wrong] if (wrong := half(cache)) else []
    again = context.Process(target=_download, args=(url, str(cache)), daemon=True)
    again.start()
    again.join()
    came.ended["whole when made again" if folder_named(MODEL, COMMIT, cache) else "not made again"] += 1
    came.half += [wrong] if (wrong := half(cache)) else []


def failing(times: int, seed: int) -> Downloads:
    """Download from a Hub that fails in many ways; each ends with a whole model or with a sentence."""
    came = Downloads()
    drawn = Faults(seed, Profile(0.25, KINDS))
    with FaultyServer(ModelHost(), _drawn(drawn)) as server:
        for _ in range(times):
            with tempfile.TemporaryDirectory() as folder:
                try:
                    _download(server.url, folder)
                    came.ended["whole"] += 1
                except EndpointError as error:
                    came.ended[type(error).__name__] += 1
                came.half += [wrong] if (wrong := half(Path(folder))) else []
    came.faults = drawn.count
    return came


def _drawn(drawn: Faults) -> faults.Drawing:
    return lambda received: drawn.next(f"{received.method} {urlsplit(received.path).path}")


def _download(url: str, cache: str) -> None:
    from huggingface_hub import constants

    constants.HF_HUB_CACHE = cache
    download(look_up(MODEL, hub=url), limit=1.0, hub=url)


def told(seed: int, times: int) -> int:
    """Kill downloads, let others fail, print the figures, and return how many left something half."""
    wrong = 0
    for name, came in (("killed", killed(times, random.Random(seed))), ("failing", failing(4 * times, seed))):
        ended = ", ".join(f"{how}: {count}" for how, count in sorted(came.ended.items()))
        print(
            f"  {name}: {ended}; {sum(came.faults.values())} faults; half: {len(came.half)}", *came.half[:5], flush=True
        )
        wrong += len(came.half)
    return wrong
