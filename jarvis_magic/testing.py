"""Doubles behind the public contracts, for tests of this package and of what is built on it.

A controller, a catalogue, an endpoint and an approver made from plain values and functions::

    jarvis = Jarvis(
        controller=FunctionController(plans=my_plan),
        catalogue=ListCatalogue({"image-to-text": [candidate("captioner")]}),
        endpoints={"function": RecordingEndpoint({"captioner": lambda image: "a dog"})},
    )
"""

from __future__ import annotations

import asyncio
import inspect
import selectors
from collections.abc import Callable, Coroutine, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar, cast

from .contracts import Approve, OpenChoices
from .errors import EndpointRejected
from .events import Emit, Event, ResponseGrew
from .kinds import Kind
from .plans import Plan
from .runners import Backoff
from .task_types import TASK_TYPES
from .tasks import FrozenMap
from .values import Assignment, Candidate, Choice, EndpointKind, Menu, Outcome, Proposal, Request, Resource

E = TypeVar("E", bound=Event)
T = TypeVar("T")


class Recorder:
    """An `Emit` that keeps every event, in order."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self._news = asyncio.Event()

    def __call__(self, event: Event) -> None:
        """Keep an event."""
        self.events.append(event)
        self._news.set()

    async def until(self, enough: Callable[[], bool]) -> None:
        """Wait for events until there are enough; where they are emitted on the loop that waits."""
        while not enough():
            self._news.clear()
            await self._news.wait()

    def of(self, event_type: type[E]) -> list[E]:
        """Return the events of one type."""
        return [event for event in self.events if isinstance(event, event_type)]


@dataclass
class FunctionController:
    """A controller that answers with what it was given, and keeps what it was asked.

    Parameters
    ----------
    plans
        The plan, or what makes one from the request.
    choices
        The choices by task id, or what makes them from the open ones.
    response
        The answer.
    error
        Raised instead of any answer.
    """

    plans: Plan | Callable[[Request], Plan] = field(default_factory=Plan)
    choices: Mapping[str, Choice] | Callable[[OpenChoices], Mapping[str, Choice]] = field(default_factory=FrozenMap)
    response: str = "Done."
    error: Exception | None = None
    name: str = "a double"
    asked: list[tuple[str, object]] = field(default_factory=list)

    async def plan(self, request: Request, menu: Menu, emit: Emit) -> Plan:  # noqa: ARG002 - the contract's names
        """Return the plan."""
        self._take("plan", request)
        return self.plans(request) if callable(self.plans) else self.plans

    async def select(self, plan: Plan, open_choices: OpenChoices, emit: Emit) -> Mapping[str, Choice]:  # noqa: ARG002
        """Return the choices."""
        self._take("select", open_choices)
        return self.choices(open_choices) if callable(self.choices) else self.choices

    async def respond(self, request: Request, plan: Plan, outcomes: Mapping[str, Outcome], emit: Emit) -> str:  # noqa: ARG002
        """Return the answer."""
        self._take("respond", outcomes)
        emit(ResponseGrew(self.response))
        return self.response

    def _take(self, stage: str, what: object) -> None:
        self.asked.append((stage, what))
        if self.error is not None:
            raise self.error


@dataclass
class ListCatalogue:
    """A catalogue of the candidates it was given, by task type; it keeps the searches."""

    by_type: Mapping[str, Sequence[Candidate]]
    searches: list[str] = field(default_factory=list)

    async def candidates(self, task_type: str, limit: int, search: str = "") -> tuple[Candidate, ...]:
        """Return the candidates of a type whose model contains the search."""
        self.searches += [search] if search else []
        return tuple(c for c in self.by_type.get(task_type, ()) if search in c.model)[:limit]


@dataclass(frozen=True)
class Call:
    """A call an endpoint received: the task, the model, and the Python values by port."""

    task_id: str
    model: str
    arguments: Mapping[str, Any]


@dataclass
class RecordingEndpoint:
    """An endpoint that runs models made from functions of Python values, and keeps the calls.

    Parameters
    ----------
    models
        Function by model id, sync or async; it gets the arguments by port and returns a value of the output kind. One
        function serves every model.
    """

    models: Mapping[str, Callable[..., Any]] | Callable[..., Any]
    calls: list[Call] = field(default_factory=list)
    running: int = 0
    most_running: int = 0

    async def run(self, assignment: Assignment, arguments: Mapping[str, Resource], emit: Emit) -> Resource:  # noqa: ARG002
        """Run the assigned model's function."""
        values = {port: resource.value for port, resource in arguments.items()}
        self.calls.append(Call(assignment.task_id, assignment.candidate.model, values))
        self.running += 1
        self.most_running = max(self.most_running, self.running)
        try:
            result = self._function(assignment.candidate.model)(**values)
            value = await result if inspect.isawaitable(result) else result
        finally:
            self.running -= 1
        return Resource(TASK_TYPES[assignment.type].output, value)

    def _function(self, model: str) -> Callable[..., Any]:
        if callable(self.models):
            return self.models
        if model not in self.models:
            msg = f"This endpoint has no model {model!r}."
            raise EndpointRejected(msg)
        return self.models[model]


def candidate(model: str, endpoint: EndpointKind = "function", **known: Any) -> Candidate:
    """Return a candidate; see `jarvis_magic.values.Candidate` for what may be known of it."""
    return Candidate(model, endpoint, **known)


def proposal(plan: Plan, *candidates: Candidate) -> Proposal:
    """Return a proposal in which every task has the first candidate, and the others as alternatives."""
    first, *others = candidates or (candidate("expert"),)
    assignments = {t.id: Assignment(t.id, t.type, first, alternatives=tuple(others)) for t in plan.tasks}
    return Proposal(plan, FrozenMap(assignments))


def resource(kind: str, value: Any) -> Resource:
    """Return a resource of a kind written as in plans."""
    return Resource(Kind(kind), value)


def texts(**named: str) -> dict[str, Resource]:
    """Return text resources by name."""
    return {name: resource("text", value) for name, value in named.items()}


def approving(change: Callable[[Proposal], Proposal] = lambda p: p, shown: list[Proposal] | None = None) -> Approve:
    """Return an approver that says yes, perhaps to a changed proposal; `shown` collects what it was shown."""

    def approve(asked: Proposal) -> Proposal:
        if shown is not None:
            shown.append(asked)
        return change(asked)

    return approve


def refusing(asked: Proposal) -> Proposal | None:  # noqa: ARG001 - an approver's parameter
    """Say no to whatever is proposed."""
    return None


@dataclass
class Gate:
    """Holds async experts until it is opened, so that a test decides the order of things.

    ``await gate.passed()`` inside an expert waits; `arrived` waits for a number of them to stand before it.
    """

    _open: asyncio.Event = field(default_factory=asyncio.Event)
    _standing: asyncio.Condition = field(default_factory=asyncio.Condition)
    standing: int = 0

    async def passed(self) -> None:
        """Wait until the gate is open."""
        async with self._standing:
            self.standing += 1
            self._standing.notify_all()
        await self._open.wait()

    async def arrived(self, count: int = 1) -> None:
        """Wait until so many have come to the gate."""
        async with self._standing:
            await self._standing.wait_for(lambda: self.standing >= count)

    def open(self) -> None:
        """Let all of them through, and those to come."""
        self._open.set()


def run_in_no_time(work: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine on a loop of its own whose clock jumps ahead whenever everything waits.

    Deadlines and waits of any length pass at once, and in the same order every time.

    Raises
    ------
    RuntimeError
        If everything waits, and for nothing that will come.
    """
    with asyncio.Runner(loop_factory=_JumpingLoop) as runner:
        return runner.run(work)


class _JumpingLoop(asyncio.SelectorEventLoop):
    def __init__(self) -> None:
        self._now = 0.0
        super().__init__(_JumpingSelector(self._jump))

    def time(self) -> float:
        return self._now

    def _jump(self, seconds: float) -> None:
        self._now += seconds


class _JumpingSelector(selectors.DefaultSelector):
    def __init__(self, jump: Callable[[float], None]) -> None:
        super().__init__()
        self._jump = jump

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        if timeout is not None:
            self._jump(max(0.0, timeout))
            return super().select(0)
        ready = super().select(_THREADS_TAKE)
        if not ready:
            msg = "Everything waits, and for nothing that will come."
            raise RuntimeError(msg)
        return ready


_THREADS_TAKE = 10.0


@dataclass
class NoWaiting:
    """Waits that are written down instead of waited: ``backoff`` goes to `execute_tasks`, ``waits`` is in seconds."""

    waits: list[float] = field(default_factory=list)

    @property
    def backoff(self) -> Backoff:
        """The backoff to use."""
        return Backoff(sleep=self._sleep, chance=lambda: 1.0)

    async def _sleep(self, seconds: float) -> None:
        self.waits.append(seconds)


def one_of(values: Iterable[Any]) -> Callable[..., Any]:
    """Return an expert that answers with the next of some values at each call; an exception among them is raised."""
    left = iter(values)

    def answer(**arguments: Any) -> Any:  # noqa: ARG001 - takes whatever a task gives
        value = next(left)
        if isinstance(value, Exception):
            raise value
        return value

    return cast("Callable[..., Any]", answer)
