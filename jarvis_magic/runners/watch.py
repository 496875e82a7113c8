"""What is seen of one task while it runs: its start, its tries, what its experts have to say."""

from __future__ import annotations

from collections.abc import Callable

from jarvis_magic.events import Emit, Event, TaskNoted, TaskProgressed, TaskRetried, TaskStarted
from jarvis_magic.values import Attempt, Candidate


class Watch:
    """Follows one task, emits what happens to it, and remembers what its outcome will tell.

    It is the `Emit` its endpoints are given. What is said once for each item of a list is passed on once.

    Parameters
    ----------
    task_id
        The task.
    emit
        Receives the events.
    clock
        Seconds since execution began.
    """

    def __init__(self, task_id: str, emit: Emit, clock: Callable[[], float]) -> None:
        self.task_id = task_id
        self.attempts: list[Attempt] = []
        self.notes: dict[str, None] = {}
        self.part: float | None = None
        self.started = clock()
        self._emit, self._clock = emit, clock
        self._calls = 0

    @property
    def seconds(self) -> float:
        """How long ago its first call began, or its watch, if there was none."""
        return self._clock() - self.started

    def __call__(self, event: Event) -> None:
        """Take an event of an endpoint."""
        if isinstance(event, TaskNoted):
            if event.sentence in self.notes:
                return
            self.notes[event.sentence] = None
        if isinstance(event, TaskProgressed) and self.part is not None:  # a part of one item is not one of the task
            event = TaskProgressed(self.task_id, self.part, event.phrase)
        self._emit(event)

    def starts(self, model: str) -> None:
        """A call begins."""
        self._calls += 1
        if self._calls == 1:
            self.started = self._clock()
            self._emit(TaskStarted(self.task_id, model))

    def tried(self, candidate: Candidate, seconds: float, failure: str | None = None) -> None:
        """A call has ended."""
        self.attempts.append(Attempt(candidate.model, candidate.endpoint, seconds, failure))

    def retries(self, model: str, because: str) -> None:
        """A model is tried again, or the next one, because of a failure."""
        self._emit(TaskRetried(self.task_id, model, because))

    def noted(self, sentence: str) -> None:
        """There is something the user should know."""
        self(TaskNoted(self.task_id, sentence))

    def progressed(self, done: int, total: int) -> None:
        """So many of the items of a list are done; said at most a hundred times."""
        self.part = done / total
        if total <= _SAID or done == total or done * _SAID // total > (done - 1) * _SAID // total:
            self._emit(TaskProgressed(self.task_id, self.part, self._pace(done, total)))

    def _pace(self, done: int, total: int) -> str:
        phrase = f"{done:,} of {total:,}"
        if not self.seconds or done == total:
            return phrase
        rate = done / self.seconds
        return f"{phrase}, {rate:,.{0 if rate >= 10 else 1}f} a second, {_lasting((total - done) / rate)} left"


_SAID = 100


def _lasting(seconds: float) -> str:
    if seconds < 90:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"
