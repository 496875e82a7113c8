"""The controller that is a chat model: ask, parse, show it its error, ask again."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from jarvis_magic.contracts import ChatMessage, ChatModel, ChatReply, OpenChoices
from jarvis_magic.errors import ControllerUnavailable, ReplyError, either
from jarvis_magic.events import Drafted, Emit, Noted, ResponseGrew, UsagePart, Used
from jarvis_magic.options import Options
from jarvis_magic.plans import Plan
from jarvis_magic.prompts import (
    Share,
    chat_messages,
    correction,
    plan_messages,
    response_messages,
    select_messages,
)
from jarvis_magic.replies import choices_schema, growing_draft, plan_schema, read_choices, read_draft
from jarvis_magic.values import Choice, Menu, Outcome, Request

T = TypeVar("T")

CORRECTIONS = 2
"""How often a reply that does not fit goes back with its error."""


class LLMController:
    """A `jarvis_magic.contracts.Controller` that asks a chat model.

    Parameters
    ----------
    chat
        The chat model.
    options
        How much is shared with it, and how long a prompt may be.
    found
        Whether nobody named the chat model, and a key in the environment led to it; it is told less then.
    """

    def __init__(self, chat: ChatModel, options: Options, *, found: bool = False) -> None:
        self._chat, self._options, self._found = chat, options, found
        self._gone: ControllerUnavailable | None = None  # why there is no plan of it, so that it is asked nothing more
        self._menu = Menu()  # what the last plan was made for; an answer to small talk says what there is

    @property
    def name(self) -> str:
        """The chat model's name."""
        return self._chat.name

    def messages_for_plan(self, request: Request, menu: Menu) -> tuple[ChatMessage, ...]:
        """Return exactly what would be sent to plan a request."""
        return plan_messages(request, menu, self._told, self._options.context_tokens)

    async def plan(self, request: Request, menu: Menu, emit: Emit) -> Plan:
        """Plan a request; see `jarvis_magic.contracts.Controller`.

        Raises
        ------
        ControllerUnavailable
            If the chat model cannot be asked.
        ReplyError
            If it refuses, or its replies do not fit after `CORRECTIONS` corrections.
        """
        self._menu, self._gone = menu, None

        def read(reply: ChatReply) -> Plan:
            draft = read_draft(reply.text, request)
            if draft.problems:
                raise ReplyError(" ".join(problem.sentence for problem in draft.problems), reply.text)
            return draft.plan()

        asked = _Asked("plan", self.messages_for_plan(request, menu), plan_schema(request.outputs))
        try:
            plan, faults = await self._ask(asked, read, emit, _Growing(request, emit))
        except ControllerUnavailable as error:
            self._gone = error
            raise
        if not faults:
            return plan
        note = f"{self.name!r} corrected its plan, because at first: {faults[-1]}"
        return replace(plan, notes=[*plan.notes, note])

    async def select(self, plan: Plan, open_choices: OpenChoices, emit: Emit) -> Mapping[str, Choice]:
        """Choose for all tasks at once; see `jarvis_magic.contracts.Controller`.

        What the chat model does not choose from the list after its corrections is left to the ranking, and said so; all
        of it, if the chat model could not be asked for the plan.
        """
        if not open_choices or self._gone:
            return {}
        chosen: dict[str, Choice] = {}

        def read(reply: ChatReply) -> None:
            found, problems = read_choices(reply.text, open_choices)
            chosen.update(found)
            if set(chosen) != set(open_choices):
                raise ReplyError(" ".join(problems), reply.text)

        asked = _Asked("select", select_messages(plan, open_choices, self._options.context_tokens), choices_schema())
        try:
            await self._ask(asked, read, emit)
        except (ReplyError, ControllerUnavailable) as error:
            left = either([task for task in open_choices if task not in chosen], "and")
            emit(Noted(f"The models for {left} were chosen by ranking: {error}"))
        return chosen

    async def respond(self, request: Request, plan: Plan, outcomes: Mapping[str, Outcome], emit: Emit) -> str:
        """Answer in markdown; see `jarvis_magic.contracts.Controller`.

        Raises
        ------
        ControllerUnavailable, ReplyError
            If the chat model cannot be asked, or refuses, before anything of the answer is there. An answer that stops
            in the middle is kept, and says so.
        """
        if self._gone:
            self._gone.said = True
            raise self._gone
        tokens = self._options.context_tokens
        if plan.tasks:
            messages = response_messages(request, plan, outcomes, self._told_of_results, tokens)
        else:
            messages = chat_messages(request, self._menu, self._told, tokens)
        pieces: list[str] = []

        def grow(piece: str) -> None:
            pieces.append(piece)
            emit(ResponseGrew(piece))

        try:
            reply = await self._chat.stream(messages, None, grow)
        except ControllerUnavailable as error:
            if not pieces:
                raise
            return _broken_off("".join(pieces), f"The answer stops here: {error}", emit)
        emit(Used("respond", reply.tally))
        if not reply.text.strip():
            msg = f"{self.name!r} gave an empty answer."
            raise ReplyError(msg)
        if reply.cut:
            return _broken_off(reply.text, "The answer stops here, at the model's length limit.", emit)
        return reply.text

    @property
    def _told(self) -> Share:
        """How much of the inputs is told: what was asked for; else more to a controller the user named."""
        if self._options.share != "auto":
            return self._options.share
        return "shapes" if self._found else "excerpts"

    @property
    def _told_of_results(self) -> Share:
        """How much of the results is told: their words, unless less was asked for."""
        return "excerpts" if self._options.share == "auto" else self._options.share

    async def _ask(
        self, asked: _Asked, read: Callable[[ChatReply], T], emit: Emit, watch: Callable[[str], None] | None = None
    ) -> tuple[T, list[str]]:
        """Ask until the reply can be read; return what was read, and what was wrong before.

        Each reply that cannot be read goes back with its error, and one that broke off is asked for again,
        `CORRECTIONS` times at most together. `watch` sees the reply so far whenever something in it has ended.
        """
        messages, faults = asked.messages, list[str]()
        while True:
            heard = _Heard(watch)
            try:
                reply = await self._chat.stream(messages, asked.schema, heard)
            except ControllerUnavailable as error:
                if not (heard.pieces and error.passing and len(faults) < CORRECTIONS):
                    raise
                faults.append(str(error))
                continue
            emit(Used("repairs" if faults else asked.part, reply.tally))
            try:
                return read(_whole(reply)), faults
            except ReplyError as error:
                faults.append(str(error))
                if len(faults) > CORRECTIONS:
                    msg = f"{self.name!r} gave no reply that can be used, after {CORRECTIONS} corrections. {error}"
                    raise ReplyError(msg, reply.text) from None
            messages = (*asked.messages, *correction(reply.text, faults[-1], self._options.context_tokens))


def _broken_off(text: str, sentence: str, emit: Emit) -> str:
    """An answer that is not whole, with a line that says so."""
    line = f"\n\n*({sentence})*"
    emit(ResponseGrew(line))
    return text + line


@dataclass(frozen=True)
class _Asked:
    """A question to the chat model: for which part of the run, in which words, and the form of the reply."""

    part: UsagePart
    messages: tuple[ChatMessage, ...]
    schema: Mapping[str, Any]


class _Heard:
    """The pieces of a reply so far; whoever watches sees them together whenever something has ended."""

    def __init__(self, watch: Callable[[str], None] | None) -> None:
        self.pieces: list[str] = []
        self._watch = watch

    def __call__(self, piece: str) -> None:
        self.pieces.append(piece)
        if self._watch and "}" in piece:
            self._watch("".join(self.pieces))


class _Growing:
    """Emits the draft of a plan while its reply is written."""

    def __init__(self, request: Request, emit: Emit) -> None:
        self._request, self._emit = request, emit
        self._last: Drafted | None = None

    def __call__(self, text: str) -> None:
        drafted = growing_draft(text, self._request) if len(text) < _WATCHED else None
        if drafted is not None and drafted != self._last:
            self._last = drafted
            self._emit(drafted)


_WATCHED = 30_000
"""How many characters of a growing plan are shown; what is longer is shown when it is whole."""


def _whole(reply: ChatReply) -> ChatReply:
    """The reply, if it did not stop at its length limit."""
    if reply.cut:
        msg = "The reply stops at the length limit; write a shorter one."
        raise ReplyError(msg, reply.text)
    return reply
