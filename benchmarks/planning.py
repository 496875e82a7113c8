"""How fast the offline planner is, what it needs, and how well it plans the project's own requests.

Run with ``python benchmarks/planning.py``; part of ``make bench``.
"""

from __future__ import annotations

import asyncio
import statistics
import time
import tracemalloc
from collections.abc import Callable, Sequence
from pathlib import Path

from jarvis_magic.controllers import OfflineController
from jarvis_magic.controllers.offline.controller import plan_text
from jarvis_magic.controllers.offline.graphs import graph_of
from jarvis_magic.evaluation import Case, held_out, predict, predictor, read_cases, report, score
from jarvis_magic.kinds import Kind

REQUESTS = Path(__file__).parent.parent / "tests" / "data" / "requests"
LIMIT = 20  # milliseconds a request


def kinds(case: Case) -> dict[str, Kind]:
    return {name: Kind(kind) for name, kind in case.inputs.items()}


def seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def times(cases: Sequence[Case], plan: Callable[[str, dict[str, Kind]], object]) -> str:
    plan("warm up", {})
    taken = sorted(1000 * seconds(lambda case=case: plan(case.request, kinds(case))) for case in cases)  # type: ignore[misc]
    return f"median {statistics.median(taken):.2f} ms, 99th percentile {taken[int(0.99 * len(taken))]:.2f} ms (limit {LIMIT} ms)"


def growth() -> str:
    lengths = (25_000, 50_000, 100_000)
    words = "Please summarise @notes, translate the summary into French and tell me what @photo shows. " * 1200
    inputs = {"notes": Kind("text"), "photo": Kind("image")}
    taken = [min(seconds(lambda n=n: plan_text(words[:n], inputs)) for _ in range(3)) for n in lengths]  # type: ignore[misc]
    return ", ".join(f"{n:,} characters {1000 * t:.0f} ms" for n, t in zip(lengths, taken, strict=True))


def memory(cases: Sequence[Case]) -> str:
    tracemalloc.start()
    for case in cases:
        plan_text(case.request, kinds(case))
    held, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return f"{held / 1e6:.1f} MB held after {len(cases)} requests, {most / 1e6:.1f} MB at most"


async def scores(name: str, cases: Sequence[Case]) -> str:
    return f"{name}\n{report(score(await predict(cases, predictor(OfflineController())), cases))}"


def doubted(cases: Sequence[Case]) -> str:
    said = sum(any("% sure)" in note for note in plan_text(case.request, kinds(case)).notes) for case in cases)
    return f"{said} of {len(cases)}"


def main() -> None:
    everyday, notebook, ambiguous = (
        read_cases(REQUESTS / f"{name}.jsonl") for name in ("everyday", "notebook", "ambiguous")
    )
    print(
        "the first plan of a process:",
        f"{1000 * seconds(lambda: plan_text('Describe @p.', {'p': Kind('image')})):.0f} ms",
    )
    print("planning:", times(notebook, plan_text))
    print("planning in the benchmark's tools:", times(notebook, graph_of))
    print("growth:", growth())
    print("memory:", memory(notebook))
    print("requests with a note on another reading:", f"everyday {doubted(everyday)}, ambiguous {doubted(ambiguous)}")
    tuned, held = ([case for case in notebook if held_out(case.id) == part] for part in (False, True))
    for name, cases in (
        ("everyday requests", everyday),
        ("notebook requests, tuned on", tuned),
        ("notebook requests, held out", held),
    ):
        print(f"\n{asyncio.run(scores(name, cases))}")


if __name__ == "__main__":
    main()
