"""What a Dask cluster is worth: the time of the same calls on one worker and on two, and what a call costs.

Run with ``python benchmarks/cluster.py``; part of ``make bench``. The workers are processes of one thread on this machine,
so the expert that computes doubles only where two cores are free.
"""

from __future__ import annotations

import logging
import os
import time

from distributed import LocalCluster

from jarvis_magic import Jarvis, Options, Plan, Task, expert
from jarvis_magic.kinds import Kind

CALLS = 24
TYPE = "text-generation"


@expert(TYPE, name="waits")
def waits(text: str) -> str:
    """Take 0.2 s of no processor, as an expert does that waits for a device."""
    time.sleep(0.2)
    return text


@expert(TYPE, name="computes")
def computes(text: str) -> str:
    """Take about 0.2 s of one processor, in Python alone."""
    total = 0
    for number in range(3_000_000):
        total += number * number
    return f"{text} {total}"


@expert(TYPE, name="nothing")
def nothing(text: str) -> str:
    """Take no time."""
    return text


def plan(model: str, calls: int) -> Plan:
    tasks = [Task(f"t{i}", TYPE, {"text": "@start"}, model=model) for i in range(calls)]
    return Plan(inputs={"start": Kind("text")}, tasks=tasks)


def seconds(jarvis: Jarvis, model: str, calls: int = CALLS, rounds: int = 3) -> float:
    """Seconds of the fastest round: what the machine does besides is not ours."""
    found = []
    for _ in range(rounds):
        began = time.perf_counter()
        jarvis.run(plan(model, calls), start="words").check()
        found.append(time.perf_counter() - began)
    return min(found)


def measured(workers: int) -> dict[str, float]:
    """Seconds of each expert on a cluster of so many workers."""
    with LocalCluster(
        n_workers=workers, threads_per_worker=1, dashboard_address=None, silence_logs=logging.CRITICAL
    ) as cluster:
        options = Options(controller="offline", cluster=cluster.scheduler_address, response=False)
        with Jarvis(options=options) as jarvis:
            seconds(jarvis, "nothing", 2 * workers, 1)  # the processes have read what they need
            return {model: seconds(jarvis, model) for model in ("waits", "computes", "nothing")}


def main() -> None:
    busy = os.getloadavg()[0]
    one, two = measured(1), measured(2)
    for model in ("waits", "computes"):
        ratio = one[model] / two[model]
        print(
            f"{CALLS} calls of an expert that {model}: {one[model]:.2f} s on one worker, {two[model]:.2f} s on two: {ratio:.2f} x (at least 1.8)"
        )
    print(f"a call of an expert that does nothing: {one['nothing'] / CALLS * 1000:.1f} ms on one worker")
    print(f"({os.cpu_count()} processors; {busy:.1f} processes ran when it began)")


if __name__ == "__main__":
    main()
