"""One execution of a ``%%jarvis`` cell, from its words to bound variables. `CellRun.carry_out` is the whole of it."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Collection, Mapping
from concurrent.futures import Future
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any, TypeVar

from jarvis_magic.controllers.offline.remarks import is_small_talk
from jarvis_magic.errors import JarvisCancelled, JarvisError, PlanError, UsageError
from jarvis_magic.events import Event
from jarvis_magic.jarvis import Jarvis
from jarvis_magic.kinds import Kind
from jarvis_magic.ongoing import Ongoing, Replay
from jarvis_magic.options import Options
from jarvis_magic.plans import Plan
from jarvis_magic.request_reading import read_request
from jarvis_magic.values import Outcome, Proposal, Request, Resource, Run

from .binding import bound_sentence, refuse_renaming, renamed_notes
from .cell import names_in, read_body
from .repeating import Again, Locked, digests_of, keep_locked, read_locked
from .session import Cell, Digests, Last, Session
from .view_choice import view_for
from .views import Ending, View
from .waiting import Inbox, in_thread, interruptible, ticking, wait_for

T = TypeVar("T")

WAYS_OUT = "add -y to its line, set JARVIS_APPROVE=auto, or only plan with -n"


@dataclass
class _Question:
    """A proposal that waits for an answer of the main thread; with outcomes: what has run of it, to be gone on with."""

    proposal: Proposal
    outcomes: Mapping[str, Outcome] | None = None
    answer: Future[Proposal | None] = field(default_factory=Future)


class CellRun:
    """A cell while it runs; everything but `_ask` happens on the main thread.

    Parameters
    ----------
    cell
        What to run.
    jarvis, options
        Who carries it out, and how.
    session, shell
        What is remembered of other cells, and the interactive shell.
    again
        What is known of it, if it ran before and is to be brought up to date.
    """

    def __init__(
        self,
        cell: Cell,
        jarvis: Jarvis,
        options: Options,
        session: Session,
        shell: Any,
        again: Again | None = None,
    ) -> None:
        self.cell, self.jarvis, self.options, self.session, self.shell = cell, jarvis, options, session, shell
        self.inbox: Inbox[_Question | Event | object] = Inbox(blocking=not cell.where.awaited)
        self._names: dict[str, str] = {}
        self._edited: set[str] = set()
        self._offered: Mapping[str, Resource] = {}
        self._source: Again | Locked | None = again or read_locked(cell, refresh=options.refresh)
        self._doubts: tuple[str, ...] = ()
        self._notes: tuple[str, ...] = ()
        self._said: tuple[str, ...] = ()
        self._digests: Future[Digests] = in_thread(dict)
        self._planned: Proposal | None = None
        self._unkept: JarvisError | None = None
        self.inputs: Mapping[str, Resource] = {}
        self.request: Request | None = None
        self._ongoing: Ongoing | None = None
        self.view: View = view_for(cell.where, options.feedback, self)

    async def carry_out(self) -> None:
        """Read the cell, run it, bind what succeeded, show it, and raise if a wanted output has no value."""
        self._refuse_unasked()
        if self.options.approve != "plan":
            self.session.begins(self.cell, names_in(self.cell.body, self.shell.user_ns))
        async with ticking(self.shell) if self.cell.where.awaited else contextlib.nullcontext():
            try:
                run = await self._run(*await self._repeated(await self._request()))
            except (JarvisCancelled, KeyboardInterrupt) as stopped:
                if self._planned is None:
                    raise self._cancelled(stopped) from None
                run = Run(self._planned.plan, self._planned.assignments)
            except BaseException:
                self.view.end(Ending())
                raise
        self._end(run)

    def _refuse_unasked(self) -> None:
        """Refuse at once, before anything is planned or paid, to ask where nobody is."""
        if self.options.approve == "ask" and not self.cell.where.person and self._source is None:
            lock = f", which {self.cell.flags.lock!r} does not hold" if self.cell.flags.lock else ""
            msg = f"Nobody is here to approve the plan of this cell{lock}: {WAYS_OUT}."
            raise UsageError(msg)

    async def _request(self) -> Request:
        """The request: expressions are evaluated here, files and URLs are read in another thread."""
        body = read_body(self.cell.body.strip(), self.shell.user_ns)
        self._notes = (*self._who_plans(), *body.notes)
        await self.view.begin()
        flags, offered, made = self.cell.flags, self.session.offered(self.cell), self.session.bindings.made()
        words = {resource.value for resource in made.values() if resource.kind == "text"}
        named = {n: Resource(Kind("text"), text) if text in words else text for n, text in body.named.items()}
        read = partial(read_request, outputs=flags.names, uses=flags.uses, offered=offered, made=made)
        return await self._wait(in_thread(read, body.text, self.shell.user_ns, named))

    async def _repeated(self, request: Request) -> tuple[Request, Replay | None]:
        """The request, with what there is of it from before."""
        if self._source is None:
            return self._known(request), None
        means = (self.shell.user_ns, self.jarvis.equipment(), self.options)
        repetition = await self._wait(self.jarvis.submit(self._source.repetition(request, *means)))
        self._doubts = repetition.doubts
        if self._doubts and not self.cell.where.person:
            msg = f"{' '.join(self._doubts)} Nobody is here to allow it: run the cell where somebody is, or add --refresh."
            raise UsageError(msg)
        self._notes += (*self._doubts, *([self._source.note] if self._source.note else []))
        known = self._known(repetition.request)
        return known, await self._wait(in_thread(self._source.replay, repetition))

    def _known(self, request: Request) -> Request:
        """The request, after taking note of its resources."""
        self.request, self.inputs, self._offered = request, request.inputs, request.offered
        return request

    def _who_plans(self) -> tuple[str, ...]:
        """Which chat model plans, said once, where nobody named it."""
        found = None if self._source else self.jarvis.chat
        return self.session.once(f"controller by {found.by}", found.sentence) if found and found.by != "name" else ()

    async def _run(self, request: Request, replay: Replay | None) -> Run:
        review = self._review if self._asks else None
        self._ongoing = self.jarvis.start(
            request,
            approve=self._ask,
            on_event=self.inbox.put,
            review=review,
            replay=replay,
            approved=self.options.approve == "auto" and not self._asks,
        )
        try:
            return await self._wait(self._ongoing.future)
        except KeyboardInterrupt:
            self.stop()
            return await self._wait(self._ongoing.future)  # raises JarvisCancelled, with what had finished
        finally:
            self.stop()

    def stop(self) -> None:
        """Stop it: the same as an interrupt."""
        if self._ongoing is not None:
            self._ongoing.stop()

    async def _wait(self, future: Future[T]) -> T:
        with interruptible():
            return await wait_for(future, self.inbox, self._handle)

    async def _handle(self, messages: list[_Question | Event | object]) -> None:
        # A question is answered over many turns, so what came with it is taken before.
        for message in sorted(messages, key=lambda message: isinstance(message, _Question)):
            if isinstance(message, _Question):
                await self._answer(message)
            elif isinstance(message, Event):
                self.view.happened(message)
            else:
                self.view.received(message)
        self.view.tick()

    # Approval --------------------------------------------------------------------------------------------------------

    async def _ask(self, proposal: Proposal) -> Proposal | None:
        """Have a proposal approved by the main thread; called on Jarvis's own."""
        question = _Question(proposal)
        self.inbox.put(question)
        return await asyncio.wrap_future(question.answer)

    async def _review(self, proposal: Proposal, outcomes: Mapping[str, Outcome]) -> Proposal | None:
        """Have what has run looked at on the main thread; called on Jarvis's own."""
        question = _Question(proposal, outcomes)
        self.inbox.put(question)
        return await asyncio.wrap_future(question.answer)

    async def _answer(self, question: _Question) -> None:
        if not question.answer.set_running_or_notify_cancel():
            return  # the run was stopped meanwhile: nobody waits for an answer
        try:
            question.answer.set_result(await self._decided(question))
        except JarvisError as error:
            question.answer.set_exception(error)  # it comes back as the run's own

    async def _decided(self, question: _Question) -> Proposal | None:
        """What is to run, or ``None`` for nothing."""
        if question.outcomes is None:
            decided = await self._approved(question.proposal)
        else:
            decided = await self.view.review(question.proposal, question.outcomes)
        if decided is not None:
            edited = decided.plan.outputs.keys() - question.proposal.plan.outputs.keys() - decided.plan.by_id.keys()
            self._name(decided.plan, edited)
        return decided

    async def _approved(self, proposal: Proposal) -> Proposal | None:
        """The proposal as approved, with what the user should know in its notes; ``None`` to stop."""
        plan = proposal.plan
        names = self._name(plan)
        earlier = {name: self._offered[name] for name in plan.inputs if name not in self.inputs}
        self.inputs = {**self.inputs, **earlier}
        self._digests = in_thread(digests_of, self.inputs)
        self._said = (*self._notes, *map(_earlier_note, earlier), *renamed_notes(names))
        proposal = replace(proposal, plan=replace(plan, notes=[*plan.notes, *self._said]))
        if self.options.approve == "plan":
            self._planned = proposal
            return None
        asks = self._asks or (self.cell.where.person and proposal.unanswered)
        return await self.view.approve(proposal) if asks else proposal

    @property
    def _asks(self) -> bool:
        """Whether somebody is asked before anything runs."""
        return bool(self._doubts) or (self.options.approve == "ask" and self._source is None)

    def _name(self, plan: Plan, edited: Collection[str] = ()) -> Mapping[str, str]:
        """Settle which variable each output is bound to; `edited` are names the user gave while editing."""
        self._edited |= set(edited)
        self._names = self.session.bindings.names_for(plan, {*self.cell.flags.names, *self._edited})
        if not self.cell.where.person and self.options.approve != "plan":
            refuse_renaming(self._names)
        return self._names

    # The end ---------------------------------------------------------------------------------------------------------

    def _end(self, run: Run) -> None:
        if not run.plan.tasks:
            run = replace(run, notes=(*self._notes, *self._left_out(), *run.notes))
        if self.cell.flags.lock and self._source is None and run.plan.tasks:
            self._said += (self._kept(run),)
            run = replace(run, plan=replace(run.plan, notes=[*run.plan.notes, self._said[-1]]))
        bound = self._bind(run)
        ran = self._planned is None
        self._show(Ending(run, bound, shows=self.cell.flags.shows, ran=ran))
        if self._unkept is not None:
            raise self._unkept
        if ran:
            run.check()
            self._refuse_nothing(run)

    def _kept(self, run: Run) -> str:
        """Keep a run in the cell's lock file; that it cannot be kept is raised when its results are bound and shown."""
        try:
            keep_locked(self.cell, self._plain(run))
        except JarvisError as error:
            self._unkept = error
            return str(error)
        return f"Kept in {self.cell.flags.lock!r}, to be repeated from there."

    def _left_out(self) -> tuple[str, ...]:
        """What is said where nothing was found to do, and a result of an earlier cell may have been meant."""
        earlier = [f"@{name}" for name in self.session.bindings.offered(self.cell.key)]
        if self.inputs or self._offered or not earlier:
            return ()
        why = "with --fresh" if self.cell.flags.fresh else "where nobody is there to see which"
        return (f"Results of earlier cells are left out {why}; if one is meant, name it: {' or '.join(earlier[:4])}.",)

    def _refuse_nothing(self, run: Run) -> None:
        """Stop the cells that follow where nothing was found to do with what the cell names, or where nobody was asked.

        A chat model may have answered, and small talk needs no task.
        """
        wanted = bool(self.inputs) or not (self._asks or is_small_talk(self.cell.body))
        if wanted and not run.plan.tasks and self.jarvis.chat is None:
            msg = f"Nothing was done: {run.plan.notes[0] if run.plan.notes else 'the plan has no task.'}"
            raise PlanError(msg)

    def _bind(self, run: Run) -> Mapping[str, str]:
        """Bind and remember what there is; return the names bound, with their kinds."""
        run = self._plain(run)
        self.session.ended(Last(self.cell, run, self._digests))
        return self.session.bindings.bind(run, self._names, self.cell.key)

    def _plain(self, run: Run) -> Run:
        """The run without what this cell noted in its plan."""
        notes = [note for note in run.plan.notes if note not in self._said]
        return replace(run, plan=replace(run.plan, notes=notes))

    def _cancelled(self, stopped: BaseException) -> JarvisCancelled:
        """Bind and show what had finished, and return the one line to raise."""
        run = stopped.run if isinstance(stopped, JarvisCancelled) else None
        bound = self._bind(run) if run else {}
        early = "Stopped." if self._ongoing else "Stopped before anything ran."
        sentence = str(stopped) if isinstance(stopped, JarvisCancelled) else early
        line = " ".join([sentence, *([bound_sentence(bound)] if bound else []), "Later cells were not run."])
        self._show(Ending(run, bound))
        return JarvisCancelled(line, run)

    def _show(self, ending: Ending) -> None:
        self.view.end(replace(ending, inputs=self.inputs))


def _earlier_note(name: str) -> str:
    return f"'@{name}' is the result of an earlier cell; --fresh leaves those out."
