"""The small protocols that face the outside; their adapters live in the folders named after them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, TypeAlias, runtime_checkable

from .events import Emit
from .plans import Plan
from .values import Assignment, Candidate, Choice, Menu, Outcome, Proposal, Request, Resource, Tally

OpenChoices: TypeAlias = Mapping[str, Sequence[Candidate]]
"""The ranked candidates of every task that has more than one sensible one, by task id."""


class Controller(Protocol):
    """What plans, selects and responds: an LLM, or the embedded planner."""

    @property
    def name(self) -> str:
        """What the user sees: ``"offline"``, or the chat model's name."""

    async def plan(self, request: Request, menu: Menu, emit: Emit) -> Plan:
        """Turn a request into a plan, emitting `Drafted` while it grows; no tasks: `respond` answers as chat.

        Raises
        ------
        ControllerError
            If it cannot be asked, or its replies do not fit.
        """

    async def select(self, plan: Plan, open_choices: OpenChoices, emit: Emit) -> Mapping[str, Choice]:
        """Choose a candidate for each task of `open_choices`, all at once; a task left out is assigned by ranking."""

    async def respond(self, request: Request, plan: Plan, outcomes: Mapping[str, Outcome], emit: Emit) -> str:
        """Answer the request in markdown from the outcomes, emitting `ResponseGrew` as it is written."""


@dataclass(frozen=True)
class ChatMessage:
    """A message to a chat model: ``role`` is "system", "user" or "assistant"; ``images`` are data URLs."""

    role: str
    text: str
    images: tuple[str, ...] = ()


@dataclass(frozen=True)
class ChatReply:
    """What a chat model wrote, what it used, and whether it stopped because of its length limit."""

    text: str
    tally: Tally = Tally()
    cut: bool = False


class ChatModel(Protocol):
    """A chat endpoint."""

    @property
    def name(self) -> str:
        """The model's name at its endpoint."""

    async def stream(
        self,
        messages: Sequence[ChatMessage],
        schema: Mapping[str, Any] | None,
        emit: Callable[[str], None],
        *,
        most: int | None = None,
    ) -> ChatReply:
        """Send messages and return the reply, giving `emit` every piece of text as it comes.

        Parameters
        ----------
        messages
            What is said, in order.
        schema
            The JSON schema the reply should follow, or ``None`` for prose.
        emit
            Takes the pieces of the reply.
        most
            How many tokens the reply may have; ``None``: as many as the endpoint gives.

        Raises
        ------
        ControllerUnavailable
            If the endpoint cannot be reached, is over its limit, or refuses the key.
        ReplyError
            If it refused to answer.
        """


class Catalogue(Protocol):
    """Where candidates come from."""

    async def candidates(self, task_type: str, limit: int, search: str = "") -> tuple[Candidate, ...]:
        """Return up to `limit` candidates for a task type, best known first, those that cannot run among them.

        ``search`` keeps those whose name or description has the words.
        """


class Endpoint(Protocol):
    """A way to run an expert model."""

    async def run(self, assignment: Assignment, arguments: Mapping[str, Resource], emit: Emit) -> Resource:
        """Run the assigned candidate once on the arguments, by port name, and return its result.

        Raises
        ------
        EndpointError
            If it cannot be reached, refuses the input, or gives what is not of the output kind.
        """


class Told(Protocol):
    """A result that has still to say something."""

    def told(self, emit: Emit) -> Resource:
        """Say it, on the loop, and return the resource."""


@runtime_checkable
class ThreadEndpoint(Endpoint, Protocol):
    """An endpoint some of whose calls are plain functions, which threads make one after another without a detour."""

    def function(
        self, assignment: Assignment, arguments: Mapping[str, Resource]
    ) -> Callable[[], Told | Awaitable[Told]] | None:
        """Return what does the same as `run`, to be called in a thread; ``None`` where there is no such thing."""


Approve: TypeAlias = Callable[[Proposal], "Awaitable[Proposal | None] | Proposal | None"]
"""Shows a proposal and returns it, perhaps changed, or ``None`` to stop; sync or async."""

Review: TypeAlias = Callable[[Proposal, Mapping[str, Outcome]], "Awaitable[Proposal | None]"]
"""Shows what has run and how it ended, and returns a proposal to go on with, or ``None``: it is over."""
