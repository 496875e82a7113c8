"""Limits that are passed in, and hold for any number of event loops."""

from __future__ import annotations

import asyncio
import threading

from hypothesis import given, settings
from hypothesis import strategies as st

from jarvis_magic.runners import Limit, limit_of
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
