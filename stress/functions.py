"""The user's functions of a campaign: they answer rightly, and fail in the ways that functions fail."""

from __future__ import annotations

import asyncio
import inspect
import threading
import time
from collections.abc import Callable
from typing import Any, Self

from jarvis_magic.errors import EndpointRejected, EndpointUnavailable
from jarvis_magic.experts import expert, forget
from jarvis_magic.values import Candidate

from .experts import MAIN_PORT, made, signature
from .faults import Fault, Faults

PASSING = ("busy", "busy for a moment")
LASTING = ("raises", "refuses", "returns nothing", "exits", "interrupts", "cancels itself")
HARMLESS = ("takes a while",)
ENDLESS = ("hangs", "does not let itself be cancelled")


class Functions:
    """Registers a sync and an async function for every task type, for as long as the block lasts.

    Parameters
    ----------
    faults
        What happens to each call.
    """

    def __init__(self, faults: Faults) -> None:
        self._faults = faults
        self.released = threading.Event()
        self.names: list[str] = []

    def __enter__(self) -> Self:
        for task_type, port in MAIN_PORT.items():
            for function in (self._sync(task_type, port), self._async(task_type, port)):
                expert(task_type)(function)
                self.names.append(function.__name__)
        return self

    def __exit__(self, *error: object) -> None:
        self.released.set()
        for name in self.names:
            forget(name)

    def _sync(self, task_type: str, port: str) -> Callable[..., Any]:
        def function(**values: Any) -> Any:
            fault = self._faults.next(f"sync {signature(task_type, values[port])}")
            if fault is not None and fault.kind in ENDLESS:
                self.released.wait()
            elif fault is not None and fault.kind in HARMLESS:
                time.sleep(fault.seconds)
            return _ended(fault, task_type, values[port])

        return _named(function, f"sync-{task_type}", port)

    def _async(self, task_type: str, port: str) -> Callable[..., Any]:
        async def function(**values: Any) -> Any:
            fault = self._faults.next(f"async {signature(task_type, values[port])}")
            if fault is not None and fault.kind == "hangs":
                await asyncio.Event().wait()
            elif fault is not None and fault.kind in ENDLESS:
                await _stubborn(self.released)
            elif fault is not None and fault.kind in HARMLESS:
                await asyncio.sleep(fault.seconds)
            return _ended(fault, task_type, values[port])

        return _named(function, f"async-{task_type}", port)


async def _stubborn(released: threading.Event) -> None:
    """Go on, whoever cancels."""
    while not released.is_set():
        try:
            await asyncio.sleep(0.02)
        except asyncio.CancelledError:
            continue


def _named(function: Callable[..., Any], name: str, port: str) -> Callable[..., Any]:
    parameter = inspect.Parameter(port, inspect.Parameter.KEYWORD_ONLY)
    function.__signature__ = inspect.Signature([parameter])  # type: ignore[attr-defined]  # what `inspect` looks for
    function.__name__ = name
    return function


def _ended(fault: Fault | None, task_type: str, value: Any) -> Any:
    """What a call returns or raises."""
    kind = fault.kind if fault is not None else ""
    if kind == "busy":
        msg = "Busy."
        raise EndpointUnavailable(msg)
    if kind == "busy for a moment":
        msg = "Busy."
        raise EndpointUnavailable(msg, retry_after=0.01)
    if kind == "refuses":
        msg = "Not this."
        raise EndpointRejected(msg)
    if kind == "raises":
        msg = "no dictionary"
        raise LookupError(msg)
    if kind == "exits":
        raise SystemExit(1)
    if kind == "interrupts":
        raise KeyboardInterrupt
    if kind == "cancels itself":
        raise asyncio.CancelledError
    return None if kind == "returns nothing" else made(task_type, value)


def candidates(task_type: str, url: str) -> list[Candidate]:
    """All candidates of a task type: functions, models at a provider, and servers at a URL; some of them dead."""
    provider = {"endpoint": "provider", "provider": "hf-inference"}
    return [
        Candidate(f"sync-{task_type}", "function"),
        Candidate(f"async-{task_type}", "function"),
        Candidate(f"stress/healthy-{task_type}", **provider),  # type: ignore[arg-type]  # a literal
        Candidate(f"stress/dead-{task_type}", **provider),  # type: ignore[arg-type]
        Candidate(f"{url}/healthy-{task_type}", "url"),
        Candidate(f"{url}/dead-{task_type}", "url"),
    ]
