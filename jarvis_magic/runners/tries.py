"""A call that is tried until it succeeds: within its time, under the limits, again if that may help, then by the next."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass

from jarvis_magic.contracts import Endpoint, ThreadEndpoint
from jarvis_magic.errors import EndpointError, EndpointRejected, EndpointTimeout, JarvisError, either
from jarvis_magic.options import Options
from jarvis_magic.values import Assignment, Candidate, EndpointKind, Resource

from .backoff import Backoff
from .limits import Limit, limit_of
from .watch import Watch

SOON = 2
"""How often a call is made again before the other candidates are tried; the rest of its retries come after them."""


@dataclass
class _Allowance:
    """The seconds a task has left for its tries and the waits between them; waiting for one's turn costs nothing."""

    left: float


@dataclass
class _Turn:
    """A candidate that is tried: how often it was, and how it failed last."""

    current: Assignment
    tries: int = 0
    failure: JarvisError | None = None

    def goes_on(self, most: int) -> bool:
        """Whether it may be tried again, up to a number of tries; the first goes without saying."""
        passing = isinstance(self.failure, EndpointError) and self.failure.passing
        return not self.tries or (passing and self.tries < most)


class Tries:
    """Runs assignments on their endpoints, all under one limit.

    Parameters
    ----------
    endpoints
        The ways to run an expert.
    options
        ``limit`` calls run at once; each task has ``timeout`` seconds, and ``retries`` for failures that may pass.
    backoff
        How long to wait before another try.
    """

    def __init__(self, endpoints: Mapping[EndpointKind, Endpoint], options: Options, backoff: Backoff) -> None:
        self._endpoints, self._options, self._backoff = endpoints, options, backoff
        self._limit = Limit(options.at_once)

    @property
    def limit(self) -> int:
        """How many calls run at once."""
        return self._options.at_once

    async def run(
        self, assignment: Assignment, arguments: Mapping[str, Resource], watch: Watch
    ) -> tuple[Resource, Candidate]:
        """Return the result, and the candidate that gave it.

        A model the user asked for is not replaced by another. One that keeps failing for passing reasons is left for the
        next after `SOON` retries, and gets the rest of them when the others have failed too.

        Raises
        ------
        JarvisError
            If no candidate gave a result: the failure, or all of them in one sentence.
        """
        allowance, several = _Allowance(self._options.timeout), assignment.chosen_by != "user"
        turns = [_Turn(current) for current in (assignment.fallbacks() if several else [assignment])]
        soon = min(self._options.retries, SOON if len(turns) > 1 else self._options.retries)
        for most in (1 + soon, 1 + self._options.retries):
            failed: _Turn | None = None
            for turn in turns:
                if allowance.left <= 0 or not turn.goes_on(most):
                    continue
                if failed and not turn.tries:
                    watch.retries(turn.current.candidate.model, str(failed.failure))
                try:
                    return await self._with_retries(turn, most, arguments, allowance, watch), turn.current.candidate
                except JarvisError as error:
                    turn.failure, failed = error, turn
        raise _failure(assignment, [(turn.current.candidate, turn.failure) for turn in turns if turn.failure])

    async def _with_retries(
        self, turn: _Turn, most: int, arguments: Mapping[str, Resource], allowance: _Allowance, watch: Watch
    ) -> Resource:
        while True:
            if isinstance(turn.failure, EndpointError):
                await self._wait(turn, turn.failure, allowance, watch)
            turn.tries += 1
            try:
                return await self._once(turn.current, arguments, allowance, watch)
            except JarvisError as error:
                turn.failure = error
                if not turn.goes_on(most):
                    raise

    async def _wait(self, turn: _Turn, failure: EndpointError, allowance: _Allowance, watch: Watch) -> None:
        delay = self._backoff.delay(turn.tries, failure.retry_after)
        if delay >= allowance.left:
            raise failure
        watch.retries(turn.current.candidate.model, str(failure))
        await self._backoff.sleep(delay)
        allowance.left -= delay

    async def _once(
        self, current: Assignment, arguments: Mapping[str, Resource], allowance: _Allowance, watch: Watch
    ) -> Resource:
        candidate, now = current.candidate, asyncio.get_running_loop().time
        began: float | None = None

        def begins() -> None:
            nonlocal began
            began = now()
            timer.reschedule(began + allowance.left)
            watch.starts(candidate.model)

        def seconds() -> float:
            return 0.0 if began is None else now() - began

        try:
            async with limit_of(candidate), asyncio.timeout(None) as timer:
                result = await self._called(current, arguments, watch, begins)
        except (JarvisError, TimeoutError) as error:
            failure = self._too_slow(candidate) if timer.expired() else error
            if not isinstance(failure, JarvisError):
                raise
            watch.tried(candidate, seconds(), str(failure))
            allowance.left = 0 if timer.expired() else allowance.left - seconds()
            raise failure from error
        watch.tried(candidate, seconds())
        return result

    async def _called(
        self, current: Assignment, arguments: Mapping[str, Resource], watch: Watch, begins: Callable[[], None]
    ) -> Resource:
        """Make a call in its turn: a function in a thread, which goes on with the next; anything else on the loop."""
        endpoint = self._endpoint(current.candidate)
        function = endpoint.function(current, arguments) if isinstance(endpoint, ThreadEndpoint) else None
        if function:
            told = await self._limit.in_thread(function, current.candidate.model, begins)
            if not isinstance(told, Awaitable):
                return told.told(watch)
            async with self._limit:  # what a function leaves to be awaited takes a place of its own
                begins()  # the wait for it is not the task's time
                return (await told).told(watch)
        async with self._limit:
            begins()
            return await endpoint.run(current, arguments, watch)

    def _endpoint(self, candidate: Candidate) -> Endpoint:
        if candidate.endpoint not in self._endpoints:
            msg = f"There is no endpoint of kind {candidate.endpoint!r} here to run {candidate.model}; choose another expert."
            raise EndpointRejected(msg)
        return self._endpoints[candidate.endpoint]

    def _too_slow(self, candidate: Candidate) -> EndpointTimeout:
        given = self._options.timeout
        return EndpointTimeout(
            f"{candidate.model} gave no result within {given:g} s; allow more with `--timeout {2 * given:g}`, or choose another expert.",
            passing=False,
        )


def _failure(assignment: Assignment, failures: Sequence[tuple[Candidate, JarvisError]]) -> JarvisError:
    candidate, error = failures[-1]
    if len(failures) > 1:
        each = "; ".join(f"{c.model}: {str(e).rstrip('.')}" for c, e in failures)
        several = EndpointError(f"None of {len(failures)} experts could do it. {each}.")
        several.__cause__ = error
        error = several
    elif assignment.chosen_by == "user" and assignment.alternatives:
        others = either([c.model for c in assignment.alternatives[:3]])
        asked = EndpointError(f"{str(error).rstrip('.')}. You asked for this expert; {others} might do it too.")
        asked.__cause__ = error
        error = asked
    if isinstance(error, EndpointError):
        error.task_id, error.model = assignment.task_id, candidate.model
    return error
