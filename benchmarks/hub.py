"""What we cost around a call of a provider, as a ratio to calling the library directly; and a catalogue kept on disk.

Run with ``python benchmarks/hub.py``; part of ``make bench``. The provider is the tests' stand-in on loopback, which takes
100 ms for an answer.
"""

from __future__ import annotations

import asyncio
import statistics
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from huggingface_hub import AsyncInferenceClient
from PIL import Image

from jarvis_magic.catalogue import HubCatalogue, KnownCatalogue
from jarvis_magic.conversions import image_png
from jarvis_magic.endpoints import ProviderEndpoint
from jarvis_magic.events import nowhere
from jarvis_magic.keys import Keys
from jarvis_magic.kinds import Kind
from jarvis_magic.model_selection import menu_of
from jarvis_magic.options import Options
from jarvis_magic.store import FileCache
from jarvis_magic.task_types import TASK_TYPES
from jarvis_magic.values import Assignment, Candidate, Resource
from tests.servers.hub import TOKEN, HubServer, Seen, listed, routed

CALL, RUNS, LOOKUPS = 0.1, 30, 200
KEYS = Keys({"HF_TOKEN": TOKEN})


def slowly(seen: Seen) -> None:
    """A provider that takes its time for each call."""
    if seen.method == "POST":
        time.sleep(CALL)


async def seconds(call: Callable[[], Awaitable[object]]) -> float:
    began = time.perf_counter()
    await call()
    return time.perf_counter() - began


async def overhead(task_type: str, direct: Callable[[], Awaitable[object]], values: dict[str, Resource]) -> None:
    """Print the ratio of our calls to the library's own, taken in turn."""
    candidate = Candidate(f"tiny/{task_type}", "provider", provider="hf-inference")
    endpoint, assignment = ProviderEndpoint(KEYS), Assignment("t", task_type, candidate)
    taken: dict[str, list[float]] = {"direct": [], "ours": []}
    for run in range(RUNS + 2):
        for name, call in {"direct": direct, "ours": lambda: endpoint.run(assignment, values, nowhere)}.items():
            once = await seconds(call)
            if run > 1:  # the first two ask what the model is for, and connect
                taken[name].append(once)
    medians = {name: statistics.median(each) for name, each in taken.items()}
    print(f"{task_type:22} library {medians['direct'] * 1000:6.1f} ms   ours {medians['ours'] * 1000:6.1f} ms   "
          f"ratio {medians['ours'] / medians['direct']:.3f}   (wanted: at most 1.03)")  # fmt: skip


async def calls(server: HubServer) -> None:
    server.models = {f"tiny/{task}": listed(f"tiny/{task}", task) for task in ("summarization", "object-detection")}
    server.instead = slowly
    picture = Image.effect_noise((256, 256), 50).convert("RGB")
    async with AsyncInferenceClient(provider="hf-inference", token=TOKEN) as client:
        await overhead(
            "summarization",
            lambda: client.summarization("One. Two.", model="tiny/summarization"),
            {"text": Resource(Kind("text"), "One. Two.")},
        )
        await overhead(
            "object-detection",
            lambda: client.object_detection(image_png(picture), model="tiny/object-detection"),
            {"image": Resource(Kind("image"), picture)},
        )


async def lookups(server: HubServer) -> None:
    """Print how long candidates take that are kept on disk, and a menu without a network."""
    server.instead = lambda _seen: None
    server.models = {f"owner/m{i}": listed(f"owner/m{i}", "text-to-image", downloads=i) for i in range(50)}
    with tempfile.TemporaryDirectory() as folder:
        kept = FileCache(Path(folder))
        catalogue = HubCatalogue(KEYS, kept, Options())
        first = await seconds(lambda: catalogue.candidates("text-to-image", 20))
        asked = len(server.seen)
        again = [await seconds(lambda: catalogue.candidates("text-to-image", 20)) for _ in range(LOOKUPS)]
        menus = [await seconds(lambda: menu_of(KnownCatalogue(KEYS, kept))) for _ in range(20)]
        requests = len(server.seen) - asked
    print(f"candidates from the Hub {first * 1000:.1f} ms, kept on disk median {statistics.median(again) * 1000:.2f} ms, "
          f"19 of 20 within {statistics.quantiles(again, n=20)[-1] * 1000:.2f} ms, {requests} requests   (wanted: at most 5 ms)")  # fmt: skip
    print(f"menu of all {len(TASK_TYPES)} task types from what is known: {statistics.median(menus) * 1000:.1f} ms")


def main() -> None:
    with HubServer() as server, routed(server):
        asyncio.run(calls(server))
        asyncio.run(lookups(server))


if __name__ == "__main__":
    main()
