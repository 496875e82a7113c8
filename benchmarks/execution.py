"""What task execution costs beside the experts' own time: ratios to the critical path, and overhead per task and item.

Run with ``python benchmarks/execution.py``; part of ``make bench``. The experts are functions that sleep, run by the
real endpoint in its threads.
"""

from __future__ import annotations

import asyncio
import gc
import time
import tracemalloc
from collections.abc import Mapping
from threading import Thread

from jarvis_magic.catalogue import FunctionCatalogue
from jarvis_magic.endpoints import embedded
from jarvis_magic.events import nowhere
from jarvis_magic.experts import expert
from jarvis_magic.kinds import Kind
from jarvis_magic.model_selection import assign_by_ranking
from jarvis_magic.options import Options
from jarvis_magic.plans import Plan
from jarvis_magic.store import ResultCache
from jarvis_magic.task_execution import execute_tasks
from jarvis_magic.tasks import Task
from jarvis_magic.values import Outcome, Proposal, Resource, Success

EXPERT, ITEM = 0.2, 0.005  # seconds
MANY, AT_ONCE = 10_000, 8
TYPE = "text-generation"


@expert(TYPE, name="slow")
def slow(text: str) -> str:
    time.sleep(EXPERT)
    return text


@expert(TYPE, name="quick")
def quick(text: str) -> str:
    time.sleep(ITEM)
    return text


@expert(TYPE, name="quick_async")
async def quick_async(text: str) -> str:
    await asyncio.sleep(ITEM)
    return text


@expert(TYPE, name="nothing")
def nothing(text: str) -> str:
    return text


@expert(TYPE, name="nothing_async")
async def nothing_async(text: str) -> str:
    return text


def chain(length: int, model: str) -> Plan:
    tasks = [Task(f"t{i}", TYPE, {"text": f"@t{i - 1}" if i else "@start"}, model=model) for i in range(length)]
    return Plan(inputs={"start": Kind("text")}, tasks=tasks)


def fan(width: int, model: str) -> Plan:
    tasks = [Task(f"t{i}", TYPE, {"text": "@start"}, model=model) for i in range(width)]
    return Plan(inputs={"start": Kind("text")}, tasks=tasks)


def mixed(model: str) -> Plan:
    """Twelve tasks: a diamond of three ways, and two chains that meet it; the longest way is four."""
    ways = {
        "a": "@start", "b": "@a", "c": "@a", "d": "@a", "e": "@b @c @d", "f": "@start", "g": "@f", "h": "@g @b",
        "i": "@start", "j": "@i", "k": "@e @h", "l": "@j",
    }  # fmt: skip
    tasks = [Task(id_, TYPE, {"text": text}, model=model) for id_, text in ways.items()]
    return Plan(inputs={"start": Kind("text")}, tasks=tasks)


async def carry_out(plan: Plan, options: Options, start: Resource) -> tuple[Mapping[str, Outcome], float]:
    assignments = await assign_by_ranking(plan, plan.by_id, FunctionCatalogue(), options)
    proposal = Proposal(plan, assignments)
    began = time.perf_counter()
    outcomes = await execute_tasks(proposal, {"start": start}, embedded(), options, nowhere, results=ResultCache(2**28))
    seconds = time.perf_counter() - began
    failed = [outcome for outcome in outcomes.values() if not isinstance(outcome, Success)]
    if failed:
        raise SystemExit(failed[0].sentence)
    return outcomes, seconds


def run(plan: Plan, start: Resource | None = None, limit: int = 8) -> float:
    words = start or Resource(Kind("text"), "words")
    return asyncio.run(carry_out(plan, Options(limit=limit), words))[1]


def best(plan: Plan) -> float:
    """Seconds of the fastest of three runs: what the machine does besides is not ours."""
    return min(run(plan) for _ in range(3))


def kept_bytes(plan: Plan) -> int:
    """Memory that is held per task when the run is over: outcomes, times, tries."""
    gc.collect()
    tracemalloc.start()
    outcomes, _ = asyncio.run(carry_out(plan, Options(), Resource(Kind("text"), "words")))
    gc.collect()
    held = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    return held // len(outcomes)


def bare(count: int) -> float:
    """Seconds that eight threads take for the same calls, with nothing around them."""
    threads = [Thread(target=lambda: [quick("words") for _ in range(count // AT_ONCE)]) for _ in range(AT_ONCE)]
    began = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return time.perf_counter() - began


async def bare_async(count: int) -> float:
    """Seconds that eight coroutines take for the same calls, with nothing around them."""

    async def several() -> None:
        for _ in range(count // AT_ONCE):
            await quick_async("words")

    began = time.perf_counter()
    await asyncio.gather(*(several() for _ in range(AT_ONCE)))
    return time.perf_counter() - began


def over_many(count: int, model: str) -> float:
    """Seconds that a task takes for so many items."""
    items = Resource(Kind("list[text]"), ["words"] * count)
    task = Task("t", TYPE, {"text": "@start"}, model=model)
    return run(Plan(inputs={"start": items.kind}, tasks=[task]), items, AT_ONCE)


def peak_bytes(count: int) -> int:
    """The most memory that was held at once for each of so many items, beside the list itself."""
    gc.collect()
    tracemalloc.start()
    over_many(count, "nothing")
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return most // count


def items() -> None:
    """A list of many items: throughput, and memory.

    A loop's timers fire on whole milliseconds, so what it does between two of them (about 0.1 ms an item) costs up to one:
    coroutines that sleep show the clock more than the work.
    """
    ideal = MANY * ITEM / AT_ONCE
    for model, alone in (("quick", bare(MANY)), ("quick_async", asyncio.run(bare_async(MANY)))):
        seconds = over_many(MANY, model)
        print(
            f"{MANY:,} items of {ITEM * 1000:.0f} ms, {AT_ONCE} at once, {model}: {ideal / seconds:.3f} of ideal throughput{' (at least 0.95)' * (model == 'quick')}; "
            f"{alone / seconds:.3f} of the same calls with nothing around them, which have {ideal / alone:.3f} of it"
        )
    few, many = peak_bytes(MANY // 10), peak_bytes(MANY)
    print(f"memory held at most per item: {many:,} bytes of {MANY:,}, {few:,} of {MANY // 10:,}: {many / few:.2f} x")


def main() -> None:
    run(fan(16, "slow"), limit=16)  # threads are started and modules loaded
    for name, plan, longest in (
        ("chain of 5", chain(5, "slow"), 5),
        ("fan of 8", fan(8, "slow"), 1),
        ("mixed graph of 12", mixed("slow"), 4),
    ):
        ratio = best(plan) / (longest * EXPERT)
        print(f"{name}, experts of {EXPERT * 1000:.0f} ms: {ratio:.3f} x its critical path (at most 1.03)")
    for model in ("nothing", "nothing_async"):
        for name, plan in (("fan", fan(2000, model)), ("chain", chain(2000, model))):
            seconds = best(plan)
            print(f"{name} of 2,000 tasks of {model}: {seconds:.2f} s, {seconds / 2:.2f} ms a task (at most 2 s)")
    few, many = kept_bytes(fan(250, "nothing")), kept_bytes(fan(2000, "nothing"))
    print(f"memory held per task: {many} bytes of 2,000, {few} of 250: {many / few:.2f} x")
    items()


if __name__ == "__main__":
    main()
