"""Calls that can be left at any time."""

from __future__ import annotations

import asyncio
import contextvars
import threading

import pytest

from jarvis_magic.runners import Abandoned, abandoned, in_thread, on_loop

where = contextvars.ContextVar("where", default="nowhere")


def the_abandoned() -> Abandoned:
    """The one call that is abandoned."""
    (call,) = abandoned()
    return call


async def is_over(call: Abandoned) -> bool:
    """Wait until an abandoned call has ended; whether it has, and is counted no more."""
    return await in_thread(lambda: call.ended.wait(10), "wait") and abandoned() == ()


async def test_a_call_runs_in_a_daemon_thread_with_the_callers_context() -> None:
    """Output of the user's code goes to the cell that is running, and no thread keeps Python from exiting."""
    where.set("cell 3")

    def look() -> tuple[str, bool, bool]:
        return where.get(), threading.current_thread().daemon, threading.current_thread() is threading.main_thread()

    assert await in_thread(look, "look") == ("cell 3", True, False)


async def test_what_it_raises_is_raised_here() -> None:
    """Also an exception that futures refuse."""

    def stop() -> None:
        raise StopIteration("enough")

    with pytest.raises(RuntimeError, match="StopIteration"):
        await in_thread(stop, "stop")
    with pytest.raises(ZeroDivisionError):
        await in_thread(lambda: 1 / 0, "divide")


async def test_threads_are_used_again() -> None:
    """One call after another is served by the same thread."""
    first = await in_thread(threading.get_ident, "ident")
    assert {await in_thread(threading.get_ident, "ident") for _ in range(5)} == {first}


async def test_a_call_that_is_left_counts_as_abandoned_until_it_ends() -> None:
    """Its result is dropped, and the caller is free at once."""
    begun, go_on = threading.Event(), threading.Event()

    def stubborn() -> str:
        begun.set()
        go_on.wait(10)
        return "too late"

    waiting = asyncio.create_task(in_thread(stubborn, "stubborn"))
    await in_thread(lambda: begun.wait(10), "begun")
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    left = the_abandoned()
    assert left.name == "stubborn"
    go_on.set()
    assert await is_over(left)


async def test_a_coroutine_that_lets_itself_be_cancelled_is_not_abandoned() -> None:
    """Its cleaning up is waited for."""
    cleaned: list[str] = []

    begun = asyncio.Event()

    async def polite() -> None:
        try:
            begun.set()
            await asyncio.sleep(60)
        finally:
            await asyncio.sleep(0)
            cleaned.append("up")

    waiting = asyncio.create_task(on_loop(polite(), "polite"))
    await begun.wait()
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    assert cleaned == ["up"]
    assert abandoned() == ()


async def test_a_coroutine_that_does_not_is_abandoned() -> None:
    """After its grace, the caller is free, and it is counted until it ends."""
    begun, end = asyncio.Event(), asyncio.Event()

    async def stubborn() -> None:
        begun.set()
        try:
            await end.wait()
        except asyncio.CancelledError:
            await end.wait()

    waiting = asyncio.create_task(on_loop(stubborn(), "stubborn"))
    await begun.wait()
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    left = the_abandoned()
    assert left.name == "stubborn"
    end.set()
    assert await is_over(left)


def test_a_loop_that_has_closed_is_not_told() -> None:
    """A call that outlives its loop ends quietly."""
    begun, go_on = threading.Event(), threading.Event()

    def stay() -> None:
        begun.set()
        go_on.wait(10)

    async def leave() -> None:
        waiting = asyncio.create_task(in_thread(stay, "outlives"))
        await in_thread(lambda: begun.wait(10), "begun")
        waiting.cancel()

    asyncio.run(leave())
    left = the_abandoned()
    assert left.name == "outlives"
    go_on.set()
    assert asyncio.run(is_over(left))
