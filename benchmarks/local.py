"""What a local model costs beside its own time, and what it takes of memory.

Run with ``python benchmarks/local.py``; part of ``make bench``. The models are made here, with random weights: one whose
call takes about a tenth of a second, called by the library and by us, in turns; and twenty small ones, used in turn under
a bound that a few of them fill, and listed.
"""

from __future__ import annotations

import asyncio
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent.parent))

from jarvis_magic.catalogue import LocalCatalogue
from jarvis_magic.endpoints import LocalEndpoint
from jarvis_magic.endpoints.local import forget_models, kept_models
from jarvis_magic.events import TaskProgressed
from jarvis_magic.model_selection import menu_of
from jarvis_magic.options import Options
from jarvis_magic.task_types import TASK_TYPES
from jarvis_magic.testing import Recorder, candidate, resource
from jarvis_magic.values import Assignment
from tests.endpoints.local import tiny

ROUNDS, CALLERS, MODELS, PLACES = 41, 16, 20, 6
TEXT = "the red dog is happy and the blue cat is not " * 5
MEGABYTE = 1_000_000


def classifier(folder: Path, width: int, layers: int) -> Path:
    from transformers import BertConfig, BertForSequenceClassification

    config = BertConfig(
        hidden_size=width,
        num_hidden_layers=layers,
        num_attention_heads=8,
        intermediate_size=4 * width,
        vocab_size=200,
        max_position_embeddings=64,
    )
    BertForSequenceClassification(config).save_pretrained(folder)
    tiny.tokenizer().save_pretrained(folder)
    return folder


def seconds(call: Callable[[], object]) -> float:
    began = time.perf_counter()
    call()
    return time.perf_counter() - began


async def call(endpoint: LocalEndpoint, folder: Path, emit: Recorder) -> Any:
    assignment = Assignment("it", "text-classification", candidate(str(folder), "local"))
    return (await endpoint.run(assignment, {"text": resource("text", TEXT)}, emit)).value


def overhead(folder: Path) -> None:
    """Calls of the library and of ours in turns; the ratio of their medians."""
    import transformers

    pipeline = transformers.pipeline("text-classification", str(folder), device="cpu")
    endpoint, events = LocalEndpoint(Options(device="cpu")), Recorder()
    with asyncio.Runner() as runner:

        def ours() -> object:
            return runner.run(call(endpoint, folder, events))

        def theirs() -> object:
            return pipeline(TEXT, top_k=10, truncation=True)

        ours(), theirs()
        times = [(seconds(theirs), seconds(ours)) for _ in range(ROUNDS)]
    library, here = (statistics.median(column) for column in zip(*times, strict=True))
    ratio = statistics.median(ours / theirs for theirs, ours in times)
    print(f"a call of {library * 1000:.0f} ms: {here * 1000:.1f} ms here; ratio {ratio:.3f} (at most 1.03)")
    assert ratio <= 1.03, ratio  # noqa: S101 - the promise of this file


def one_load(folder: Path) -> None:
    """Many callers at once of a model that is not loaded."""
    forget_models()
    events = Recorder()

    async def all_at_once() -> None:
        endpoint = LocalEndpoint(Options(device="cpu"))
        await asyncio.gather(*(call(endpoint, folder, events) for _ in range(CALLERS)))

    took = seconds(lambda: asyncio.run(all_at_once()))
    loads = sum("loading" in event.phrase for event in events.of(TaskProgressed))
    print(f"{CALLERS} callers at once: {loads} load, {took:.1f} s in all")
    assert loads == 1  # noqa: S101


def bounded(root: Path) -> None:
    """Twenty models in turn, twice."""
    import psutil

    forget_models()
    folders = [classifier(root / f"small{i}", 256, 4) for i in range(MODELS)]
    size = next(folders[0].glob("*.safetensors")).stat().st_size
    bound = PLACES * size
    endpoint = LocalEndpoint(Options(device="cpu", model_memory=bound / 1e9))
    process, most = psutil.Process(), 0
    before = process.memory_info().rss
    for folder in folders * 2:
        asyncio.run(call(endpoint, folder, Recorder()))
        most = max(most, kept_models("cpu").size)
        assert kept_models("cpu").size <= bound  # noqa: S101
    grown = process.memory_info().rss - before
    print(
        f"{MODELS} models of {size / MEGABYTE:.1f} MB in turn, bound {bound / MEGABYTE:.0f} MB: at most {most / MEGABYTE:.0f} MB kept, "
        f"{len(kept_models('cpu'))} models at the end; the process grew by {grown / MEGABYTE:.0f} MB"
    )


def listed(root: Path) -> None:
    """What a cell pays to know which of the models here do what: for the first time, in the next cell, and within a cell."""

    def menu(catalogue: LocalCatalogue) -> float:
        return 1_000 * seconds(lambda: asyncio.run(menu_of(catalogue)))

    options = Options(model_folder=str(root))
    first = menu(LocalCatalogue(options))
    catalogues = [LocalCatalogue(options) for _ in range(ROUNDS)]
    cell = statistics.median(menu(catalogue) for catalogue in catalogues)
    again = statistics.median(menu(catalogues[-1]) for _ in range(ROUNDS))
    print(
        f"{MODELS + 1} models here, all {len(TASK_TYPES)} task types: {first:.1f} ms at first, {cell:.1f} ms in each cell after, {again:.2f} ms within a cell"
    )
    assert again <= 5  # noqa: S101


def main() -> None:
    import transformers

    transformers.logging.disable_progress_bar()
    transformers.logging.set_verbosity_error()
    with tempfile.TemporaryDirectory() as made:
        large = classifier(Path(made) / "large", 768, 4)
        overhead(large)
        one_load(large)
        bounded(Path(made))
        listed(Path(made))


if __name__ == "__main__":
    main()
