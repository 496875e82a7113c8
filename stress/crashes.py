"""Processes that are killed, interrupted, crowded or out of disk while they write: what is on disk is whole or absent.

Each writer is a real process that writes without end, and counts in shared memory how often it has written.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import random
import signal
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from jarvis_magic.errors import PlanError, UsageError
from jarvis_magic.kinds import Kind
from jarvis_magic.plans import Plan
from jarvis_magic.store import FileCache, LockedCell, load_plan, read_lock, save_plan, write_locked
from jarvis_magic.tasks import Task

from .levels import settled

KEY = "kept"

CELLS = 5
"""How many cells each writer has in a lock."""


def plan_of(number: int) -> Plan:
    """A plan that says its number in each of its many tasks, so that a mixture of two would show."""
    tasks = [Task(f"t{i}", "summarization", {"text": f"@words number {number}"}, purpose="x" * 2000) for i in range(6)]
    return Plan(f"Number {number}", {"words": Kind("text")}, tasks)


def write_plan(folder: Path, number: int) -> None:
    """Save a plan."""
    save_plan(plan_of(number), folder / "saved.json")


def write_cache(folder: Path, number: int) -> None:
    """Keep a value."""
    cache = FileCache(folder / "cache")
    cache.put(KEY, [number] * 5000)
    for sentence in cache.said():
        raise UsageError(sentence)


def write_lock(folder: Path, number: int) -> None:
    """Lock a cell, beside those that are locked already; every writer has `CELLS` of its own."""
    write_locked(folder / "lock.json", f"cell {os.getpid()} {number % CELLS}", LockedCell(plan_of(number)))


WRITERS: dict[str, Callable[[Path, int], None]] = {"plan": write_plan, "cache": write_cache, "lock": write_lock}


def is_whole(what: str, folder: Path) -> str:
    """What is wrong with what is on disk; empty if it is whole or absent."""
    try:
        match what:
            case "plan":
                path = folder / "saved.json"
                return _mixed(load_plan(path)) if path.exists() else ""
            case "cache":
                cache = FileCache(folder / "cache")
                kept = cache.get(KEY)
                return " ".join(cache.said()) or ("a mixture" if kept and len(set(kept.value)) != 1 else "")
            case _:
                cells = read_lock(folder / "lock.json")
                return (
                    "".join(_mixed(cell.plan) for cell in cells.values()) if not isinstance(cells, Plan) else "a plan"
                )
    except PlanError as error:
        return str(error)


def _mixed(plan: Plan) -> str:
    number = plan.request.rpartition(" ")[2]
    return "" if all(task.arguments["text"].endswith(f" {number}") for task in plan.tasks) else "a mixture"


@dataclass
class Crashes:
    """What came of it: how many processes were killed, what they had written, and what was wrong."""

    killed: Counter[str] = field(default_factory=Counter)
    written: Counter[str] = field(default_factory=Counter)
    left: int = 0
    faults: list[str] = field(default_factory=list)


def kill(what: str, times: int, folder: Path, chance: random.Random, how: int = signal.SIGKILL) -> Crashes:
    """Start writers one after another, and end each at a random moment; look at the disk after each."""
    came = Crashes()
    for _ in range(times):
        with _writer(what, folder) as writer:
            settled(lambda: writer.count.value > 0, 30)
            time.sleep(chance.random() * 0.03)
            os.kill(writer.pid, how)
        came.written[what] += writer.count.value
        came.killed[what] += 1
        wrong = is_whole(what, folder)
        came.faults += [f"{what}: {wrong}"] if wrong else []
    came.left = sum(1 for _ in folder.rglob("*.tmp"))
    return came


def crowd(what: str, writers: int, seconds: float, folder: Path) -> Crashes:
    """Let several processes write and this one read, all at once."""
    came = Crashes()
    with contextlib.ExitStack() as stack:
        under_way = [stack.enter_context(_writer(what, folder)) for _ in range(writers)]
        until = time.monotonic() + seconds
        while time.monotonic() < until or any(writer.count.value < CELLS for writer in under_way):
            wrong = is_whole(what, folder)
            came.faults += [f"{what}: {wrong}"] if wrong else []
        for writer in under_way:
            os.kill(writer.pid, signal.SIGINT)
    came.written[what] = sum(writer.count.value for writer in under_way)
    cells = read_lock(folder / "lock.json")
    if what == "lock" and isinstance(cells, dict):
        of_each = Counter(key.split()[1] for key in cells)
        came.faults += [
            f"of {CELLS} cells of a writer {count} are there" for count in of_each.values() if count != CELLS
        ]
    return came


@dataclass(frozen=True)
class _Writer:
    """A process that writes, and how often it has."""

    pid: int
    count: Any


@contextlib.contextmanager
def _writer(what: str, folder: Path) -> Iterator[_Writer]:
    """Start a writer; at the end it is waited for."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["stress.crashes"])
    count = context.RawValue("i", 0)
    process = context.Process(target=_write_for_ever, args=(what, folder, count), daemon=True)
    process.start()
    try:
        yield _Writer(process.pid or 0, count)
        process.join(30)
    finally:
        process.kill()
        process.join()


def _write_for_ever(what: str, folder: Path, count: Any) -> None:
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background jobs ignore it
    with contextlib.suppress(KeyboardInterrupt):
        while True:
            WRITERS[what](folder, count.value)
            count.value += 1


def told(seed: int, times: int, folder: Path) -> int:
    """Kill, interrupt and crowd writers, print the figures, and return how much was wrong."""
    chance, wrong = random.Random(seed), 0
    for what in WRITERS:
        for name, how in (("killed", signal.SIGKILL), ("interrupted", signal.SIGINT)):
            place = folder / f"{what}-{name}"
            place.mkdir()
            came = kill(what, times, place, chance, how)
            wrong += len(came.faults)
            print(f"  {what}: {times} writers {name} after {came.written[what]} writes: {len(came.faults)} not whole, "
                  f"{came.left} unfinished files left", *came.faults[:5], flush=True)  # fmt: skip
        place = folder / f"{what}-crowd"
        place.mkdir()
        came = crowd(what, 4, times / 20, place)
        wrong += len(came.faults)
        print(f"  {what}: 4 writers and a reader at once, {came.written[what]} writes: {len(came.faults)} not whole",
              *came.faults[:5], flush=True)  # fmt: skip
    return wrong
