"""The program: the four stages in order, and the doors to them."""

from __future__ import annotations

import asyncio
import copy
from collections.abc import Awaitable, Coroutine, Mapping
from concurrent.futures import Future
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Any, Literal, Self, TypeVar

from . import settings
from .chat import usual_url
from .continuation import still_valid
from .contracts import Approve, Catalogue, Controller, Endpoint, Review
from .early_start import EarlyStart
from .endpoints.cluster import Cluster, Clusters
from .equipment import Equipment, Found, equipment, find_chat
from .errors import ConfigurationError, JarvisCancelled, UsageError
from .event_loop import EventLoop
from .events import Approved, Emit, Noted, Proposed, nowhere
from .keys import Key, Keys
from .model_selection import menu_of, refuse_downloads, select_models
from .ongoing import Accounts, Asked, Asking, Ongoing, Replay, stopped, until_stopped
from .options import Options
from .plans import Plan
from .request_reading import read_request
from .response_generation import generate_response
from .runners import in_thread
from .store import KeptResults, LastingResults, ResultCache
from .task_execution import Execution, Unfinished
from .task_planning import plan_tasks
from .values import EndpointKind, Outcome, Proposal, Request, Run

T = TypeVar("T")


class Jarvis:
    """Plans requests and carries them out.

    Parameters
    ----------
    controller
        ``"auto"``: the one named in the settings, else the one a key in the environment is for, else ``"offline"``.
        Or a chat model's name, or an object that follows `jarvis_magic.contracts.Controller`.
    base_url, api_key
        The endpoint of a chat model and its key, where they are not the environment's.
    keys
        Keys by host, instead of the environment's.
    options
        Every knob; by default what the environment and ``pyproject.toml`` say, see `jarvis_magic.settings`.
    catalogue, endpoints
        Where candidates come from and how they are run; by default all that this installation has.

    Raises
    ------
    ConfigurationError
        If the controller cannot be made.
    """

    def __init__(
        self,
        controller: str | Controller = "auto",
        *,
        base_url: str | None = None,
        api_key: str | None = None,
        options: Options | None = None,
        keys: Keys | None = None,
        catalogue: Catalogue | None = None,
        endpoints: Mapping[EndpointKind, Endpoint] | None = None,
    ) -> None:
        _refuse_other(controller, options)
        self.options = options or settings.resolve()
        self.keys = keys or Keys(settings.environment(), self.options.keys)
        self._controller, self._base_url = controller, base_url
        self._api_key = Key(api_key, "api_key") if api_key else None
        self._catalogue, self._endpoints = catalogue, endpoints
        self._results = ResultCache(self.options.cache_bytes)
        self._unfinished: Unfinished = {}
        self._loop = EventLoop()
        self._clusters = Clusters()
        self.chat = self._chat_for(self.options, self.keys)

    def with_options(self, options: Options, keys: Keys | None = None) -> Jarvis:
        """A Jarvis with other options, and perhaps other keys, that shares this one's thread, kept results and clusters."""
        other = copy.copy(self)
        other.options, other.keys = options, keys or self.keys
        other.chat = self._chat_for(other.options, other.keys)
        return other

    def _chat_for(self, options: Options, keys: Keys) -> Found | None:
        """The chat model that options lead to, with the key that was passed in or named."""
        if not isinstance(self._controller, str):
            return None
        named = options.controller if self._controller == "auto" else self._controller
        url = self._base_url or options.base_url or usual_url("" if named == "auto" else named, keys)
        if self._api_key:
            keys = keys.with_typed(url, self._api_key)
        elif options.key_env:
            keys = keys.with_variable(url, options.key_env)
        return find_chat(self._controller, options, keys, self._base_url)

    def equipment(self, cluster: Cluster | None = None) -> Equipment:
        """What a run works with now: controllers, catalogue and endpoints; local ones run on the cluster, if one is given."""
        given = None if isinstance(self._controller, str) else self._controller
        return equipment(
            given,
            self.chat,
            self.options,
            self.keys,
            catalogue=self._catalogue,
            endpoints=self._endpoints,
            cluster=cluster,
        )

    def plan(self, request: str, /, *, variables: Mapping[str, Any] | None = None, **named: Any) -> Plan:
        """Return the plan for a request, without running anything; see `run` for what it takes and raises."""
        return self._wait(self._plan_only(request, variables or {}, named))

    async def aplan(self, request: str, /, *, variables: Mapping[str, Any] | None = None, **named: Any) -> Plan:
        """As `plan`, to be awaited."""
        return await asyncio.wrap_future(self._loop.submit(self._plan_only(request, variables or {}, named)))

    def run(
        self,
        request: Asked,
        /,
        *,
        variables: Mapping[str, Any] | None = None,
        approve: Approve | Literal["auto"] = "auto",
        on_event: Emit | None = None,
        **named: Any,
    ) -> Run:
        """Carry out a request.

        Parameters
        ----------
        request
            Words with references (``"Describe @photo"``), or a `Plan`.
        variables
            Where the references' names are looked up.
        approve
            ``"auto"`` runs what was planned; a callable is shown the proposal and returns it, changed or not, or
            ``None`` to stop.
        on_event
            Receives every event, on Jarvis's own thread; it must not block.
        **named
            More inputs, by name.

        Returns
        -------
        Run
            What happened; tasks that failed or were skipped are outcomes in it, and raise nothing.

        Raises
        ------
        UsageError, SourceError, ConversionError
            If the request cannot be read.
        ControllerError, PlanError, SelectionError
            If there is no plan, or a model asked for cannot be used.
        JarvisCancelled
            If it was not approved or was stopped; ``run`` on it holds what had finished.
        """
        ongoing = self._start(Asking(request, variables or {}, named, approve, on_event or nowhere, asyncio.Event()))
        try:
            return self._result(ongoing.future)
        except KeyboardInterrupt:
            ongoing.stop()
            raise

    async def arun(
        self,
        request: Asked,
        /,
        *,
        variables: Mapping[str, Any] | None = None,
        approve: Approve | Literal["auto"] = "auto",
        on_event: Emit | None = None,
        **named: Any,
    ) -> Run:
        """As `run`, to be awaited; cancelling the caller stops the run."""
        ongoing = self._start(Asking(request, variables or {}, named, approve, on_event or nowhere, asyncio.Event()))
        try:
            return await asyncio.shield(asyncio.wrap_future(ongoing.future))
        except asyncio.CancelledError:
            ongoing.stop()
            raise

    def start(
        self,
        request: Asked,
        /,
        *,
        variables: Mapping[str, Any] | None = None,
        approve: Approve | Literal["auto"] = "auto",
        on_event: Emit | None = None,
        review: Review | None = None,
        replay: Replay | None = None,
        approved: bool = False,
        **named: Any,
    ) -> Ongoing:
        """Begin as `run` does, and return at once with the run under way, which can be waited for and stopped.

        With `review`, somebody is shown what has ended, and may change the proposal and go on: what has a result and
        was not changed is not run again. With `replay`, the proposal is there already. With `approved`, whatever is
        planned may run, although `approve` is shown it: tasks may start while the plan is still being written.
        """
        stop = asyncio.Event()
        return self._start(
            Asking(request, variables or {}, named, approve, on_event or nowhere, stop, review, replay, approved)
        )

    def _start(self, asked: Asking) -> Ongoing:
        return Ongoing(self._loop.submit(self._begun(asked)), self._loop, asked.stop)

    def submit(self, work: Coroutine[Any, Any, T]) -> Future[T]:
        """Start work on Jarvis's own event loop, where its catalogue and endpoints live, and return at once."""
        return self._loop.submit(work)

    def close(self) -> None:
        """Stop what still runs, close connections, and end the thread."""
        if self.chat:
            self._loop.submit(self.chat.chat.close()).result(timeout=5)
        if self._clusters:
            self._loop.submit(self._clusters.close()).result(timeout=30)
        self._loop.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<Jarvis, controller {self.equipment().controllers[0].name!r}>"

    async def _begun(self, asked: Asking) -> Run:
        """Join the cluster, if one is named; carry out what was asked; and let go of what was sent there."""
        emit = Accounts(asked.on_event)
        async with until_stopped(asked.stop):
            cluster = await self._clusters.joined(self.options, emit)
        means = self.equipment(cluster)
        try:
            return await self._carry_out(asked, means, emit)
        finally:
            means.release()

    async def _carry_out(self, asked: Asking, means: Equipment, emit: Accounts) -> Run:
        """The four stages, in order."""
        async with until_stopped(asked.stop):
            request = await in_thread(asked.read, "reading the inputs")
        results = self._kept_results()
        execution = Execution(
            means.endpoints, means.options, emit, asked.stop, results=results, unfinished=self._unfinished
        )
        execute = partial(execution.run, inputs={**request.offered, **request.inputs}, offered=request.only_offered)
        async with EarlyStart(request, means.catalogue, self.options, execute, emit, allowed=asked.is_sure) as early:
            async with until_stopped(asked.stop):
                proposal = await self._proposed(asked, request, means, early)
                approved = await self._approved(proposal, asked.approve, emit)
            kept = still_valid(proposal, approved, asked.replay.kept) if asked.replay else {}
            proposal, outcomes = approved, await execute(approved, kept=kept, under_way=early.under_way(approved))
        while changed := await self._reviewed(proposal, outcomes, asked, emit):
            outcomes = await execute(changed, kept=still_valid(proposal, changed, outcomes))
            proposal = changed
        execution.ended(proposal, outcomes)
        for sentence in results.said():
            emit(Noted(sentence))
        if asked.stop.is_set():
            raise stopped(emit.run(proposal, outcomes))
        response = ""
        if self.options.response:
            async with until_stopped(asked.stop, emit.run(proposal, outcomes)):
                who = means.controllers[-1:] if asked.replay and not asked.replay.responds else means.controllers
                response = await generate_response(request, proposal.plan, outcomes, who, emit)
        return emit.run(proposal, outcomes, response)

    def _kept_results(self) -> KeptResults:
        """The results of earlier runs: in memory, and on disk if a folder is named for them."""
        folder = self.options.cache_dir
        return LastingResults(self._results, Path(folder).expanduser()) if folder else self._results

    async def _proposed(self, asked: Asking, request: Request, means: Equipment, emit: Emit) -> Proposal:
        """The proposal that is there already, or a new one."""
        if asked.replay is None:
            plan = asked.plan or await self._planned(request, means, emit)
            proposal = await select_models(plan, request, means.catalogue, means.controllers[0], self.options, emit)
        else:
            proposal = asked.replay.proposal
        for sentence in means.said():
            emit(Noted(sentence))
        emit(Proposed(proposal))
        return proposal

    async def _reviewed(
        self, proposal: Proposal, outcomes: Mapping[str, Outcome], asked: Asking, emit: Emit
    ) -> Proposal | None:
        """What the user wants to go on with after everything has ended; ``None``: nothing."""
        if asked.review is None or asked.stop.is_set() or not proposal.plan.tasks:
            return None
        try:
            async with until_stopped(asked.stop):
                changed = await asked.review(proposal, outcomes)
        except JarvisCancelled:
            return None  # the caller sees the stop, and says what had finished
        if changed is not None:
            emit(Approved(changed))
        return changed

    async def _plan_only(self, words: str, variables: Mapping[str, Any], named: Mapping[str, Any]) -> Plan:
        request = await in_thread(lambda: read_request(words, variables, named), "reading the inputs")
        return await self._planned(request, self.equipment(), nowhere)

    async def _planned(self, request: Request, means: Equipment, emit: Emit) -> Plan:
        return await plan_tasks(request, await menu_of(means.at_hand), means.controllers, emit)

    async def _approved(self, proposal: Proposal, approve: Approve | Literal["auto"], emit: Emit) -> Proposal:
        if approve == "auto" or not proposal.plan.tasks:
            refuse_downloads(proposal, self.options)
            emit(Approved(proposal))
            return proposal
        answer = await in_thread(lambda: approve(proposal), "approving")
        approved = await answer if isinstance(answer, Awaitable) else answer
        if approved is None:
            msg = "Not approved; nothing was run."
            raise JarvisCancelled(msg)
        refuse_downloads(approved, self.options)
        emit(Approved(approved))
        return approved

    def _wait(self, work: Coroutine[Any, Any, T]) -> T:
        return self._result(self._loop.submit(work))

    def _result(self, future: Future[T]) -> T:
        if self._loop.is_current:
            future.cancel()
            msg = "This Jarvis is asked from inside its own event loop; await `arun` or `aplan` there."
            raise UsageError(msg)
        return future.result()


def _refuse_other(controller: object, options: object) -> None:
    """Refuse what is no controller and no options, before a run would stumble over it."""
    if not (isinstance(controller, str) or callable(getattr(controller, "plan", None))):
        msg = f"A controller is 'auto', 'offline', the name of a chat model, or an object that plans, selects and responds; {controller!r} is none."
        raise ConfigurationError(msg)
    if not isinstance(options, Options | None):
        msg = f"Jarvis takes options=Options(...), for example Options(timeout=60), not {options!r}."
        raise ConfigurationError(msg)
