"""Limits that are passed in, and hold for any number of event loops."""

from __future__ import annotations

import asyncio
import threading
from functools import partial

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jarvis_magic.runners import Limit, abandoned, in_thread, limit_of
from jarvis_magic.testing import candidate


class Room:
    """Counts who is inside, from any thread."""

    def __init__(self) -> None:
        self.inside = self.most = self.visits = 0
        self.lock = threading.Lock()

    async def visit(self, limit: Limit) -> None:
        """Be inside for a moment."""
        async with limit:
            with self.lock:
                self.inside += 1
                self.most = max(self.most, self.inside)
                self.visits += 1
            try:
                await asyncio.sleep(0)
            finally:
                with self.lock:
                    self.inside -= 1


@given(st.integers(1, 5), st.lists(st.booleans(), max_size=20))
@settings(max_examples=50, deadline=None)
def test_no_more_than_the_limit_and_everybody_in_the_end(most: int, leave_early: list[bool]) -> None:
    """However many come, and however many give up while they wait, the limit holds and no place is lost."""

    async def visits() -> Room:
        room, limit = Room(), Limit(most)
        visitors = [asyncio.create_task(room.visit(limit)) for _ in leave_early]
        await asyncio.sleep(0)
        for visitor, leaves in zip(visitors, leave_early, strict=True):
            if leaves:
                visitor.cancel()
        await asyncio.gather(*visitors, return_exceptions=True)
        for _ in range(most):  # every place is free again
            async with asyncio.timeout(5), limit:
                pass
        await asyncio.gather(*(room.visit(limit) for _ in range(most)))
        return room

    room = asyncio.run(asyncio.wait_for(visits(), 30))
    assert room.most <= most
    assert room.visits >= most + leave_early.count(False)


def test_a_limit_holds_across_event_loops() -> None:
    """Two Jarvises in two threads share the limit of a function."""
    room, limit = Room(), Limit(2)

    async def visits() -> None:
        await asyncio.gather(*(room.visit(limit) for _ in range(50)))

    threads = [threading.Thread(target=asyncio.run, args=(visits(),)) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert room.visits == 150
    assert room.most <= 2


def test_a_candidate_has_one_limit_in_the_process() -> None:
    """Calls of the same model share it; defining it with another limit begins anew."""
    one = candidate("mine", limit=1)
    assert limit_of(one) is limit_of(candidate("mine", limit=1))
    assert limit_of(one) is not limit_of(candidate("mine", limit=2))
    assert limit_of(candidate("free")).most is None


async def until_none_is_abandoned() -> None:
    """Wait for the calls that nobody waits for."""
    for call in abandoned():
        assert await in_thread(lambda call=call: call.ended.wait(10), "wait")  # type: ignore[misc]


async def turns(limit: Limit) -> None:
    """Take every place, one after another, and together: none is lost, and there is none too many."""
    most = limit.most or 0
    async with asyncio.timeout(5):
        for _ in range(most):
            await limit.__aenter__()
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0):
            await limit.__aenter__()
    for _ in range(most):
        await limit.__aexit__()


@given(st.integers(1, 4), st.lists(st.tuples(st.booleans(), st.booleans()), max_size=20))
@settings(max_examples=50, deadline=None)
def test_calls_in_threads_and_visitors_share_the_places(most: int, visits: list[tuple[bool, bool]]) -> None:
    """Whoever comes, in whatever order, and whoever gives up: the limit holds, all others had a turn, no place is lost."""
    room = Room()

    def call() -> None:
        with room.lock:
            room.inside += 1
            room.most = max(room.most, room.inside)
            room.visits += 1
        with room.lock:
            room.inside -= 1

    async def all_of_them() -> tuple[int, int]:
        limit, begun = Limit(most), 0

        def begins() -> None:
            nonlocal begun
            begun += 1

        comers = [  # one that leaves is not counted: abandoned, its thread goes on beside whoever has its place
            asyncio.create_task(
                limit.in_thread((lambda: None) if leaves else call, "call", begins) if in_thread else room.visit(limit)
            )
            for in_thread, leaves in visits
        ]
        await asyncio.sleep(0)
        for comer, (_, leaves) in zip(comers, visits, strict=True):
            if leaves:
                comer.cancel()
        ended = await asyncio.gather(*comers, return_exceptions=True)
        await until_none_is_abandoned()
        await turns(limit)
        return begun, sum(result is None for result, (in_thread, _) in zip(ended, visits, strict=True) if in_thread)

    begun, had_a_result = asyncio.run(asyncio.wait_for(all_of_them(), 30))
    assert room.most <= most
    assert begun >= had_a_result
    assert room.visits >= sum(not leaves for _, leaves in visits)


async def test_one_in_the_line_that_gives_up_is_never_called() -> None:
    """And the one behind it has its turn."""
    limit, go_on, called = Limit(1), threading.Event(), []
    first = asyncio.create_task(limit.in_thread(lambda: go_on.wait(10), "first", lambda: None))
    await asyncio.sleep(0)
    second = asyncio.create_task(limit.in_thread(lambda: called.append("second"), "second", lambda: None))
    third = asyncio.create_task(limit.in_thread(lambda: called.append("third"), "third", lambda: None))
    await asyncio.sleep(0)
    second.cancel()
    await asyncio.sleep(0)
    go_on.set()
    await asyncio.wait_for(asyncio.gather(first, third), 10)
    assert called == ["third"]
    assert abandoned() == ()


async def test_a_call_that_is_abandoned_gives_its_place_to_the_next() -> None:
    """Its thread goes on alone, and takes no other's turn when it ends."""
    limit, go_on = Limit(1), threading.Event()
    stuck = asyncio.create_task(limit.in_thread(lambda: go_on.wait(10), "stuck", lambda: None))
    await asyncio.sleep(0)
    following = asyncio.create_task(limit.in_thread(threading.get_ident, "following", lambda: None))
    await asyncio.sleep(0)
    stuck.cancel()
    await asyncio.wait_for(following, 10)
    assert [call.name for call in abandoned()] == ["stuck"]
    go_on.set()
    await until_none_is_abandoned()
    await turns(limit)


async def test_a_thread_goes_on_with_the_next_in_line() -> None:
    """Where calls wait for their turn, one thread makes them one after another; each is told as it begins."""
    limit, told = Limit(1), list[int]()
    calls = [limit.in_thread(threading.get_ident, "call", partial(told.append, i)) for i in range(5)]
    assert len(set(await asyncio.wait_for(asyncio.gather(*calls), 10))) == 1
    assert told == [0, 1, 2, 3, 4]
