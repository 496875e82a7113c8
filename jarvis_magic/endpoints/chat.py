"""Runs the chat model itself as the expert."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from jarvis_magic.contracts import ChatMessage, ChatModel, ChatReply
from jarvis_magic.errors import ControllerError, ControllerUnavailable, EndpointRejected, EndpointUnavailable
from jarvis_magic.events import Emit, TaskNoted, Used
from jarvis_magic.kinds import Answer
from jarvis_magic.prompts import expert_instruction
from jarvis_magic.task_types import TASK_TYPES
from jarvis_magic.values import Assignment, Resource

from .messages import pictures, words


class ChatEndpoint:
    """Asks the chat model to do a task.

    Parameters
    ----------
    chat
        The chat model, metered or not.
    """

    def __init__(self, chat: ChatModel) -> None:
        self._chat = chat

    async def run(self, assignment: Assignment, arguments: Mapping[str, Resource], emit: Emit) -> Resource:
        """Run a task once; see `jarvis_magic.contracts.Endpoint`."""
        values = {port: resource.value for port, resource in arguments.items()}
        most = _most(values.pop("options", None))
        messages = [
            ChatMessage("system", expert_instruction(assignment.type, values)),
            ChatMessage("user", words(values), tuple(pictures(values))),
        ]
        reply = await self._asked(messages, most)
        emit(Used("experts", replace(reply.tally, calls=0, seconds=0.0)))  # execution counts calls and their time
        if reply.cut:
            emit(
                TaskNoted(
                    assignment.task_id, f"{self._chat.name} stopped at its length limit; the result is not whole."
                )
            )
        kind = TASK_TYPES[assignment.type].output
        text = reply.text.strip()
        return Resource(kind, Answer(text) if kind == "answer" else text)

    async def _asked(self, messages: list[ChatMessage], most: int | None) -> ChatReply:
        try:
            reply = await self._chat.stream(messages, None, _ignore, most=most)
        except ControllerUnavailable as error:
            raise EndpointUnavailable(str(error), passing=error.passing, retry_after=error.retry_after) from error
        except ControllerError as error:
            raise EndpointRejected(str(error)) from error
        if not reply.text.strip():
            msg = f"{self._chat.name} gave an empty answer."
            raise EndpointRejected(msg)
        return reply


def _most(options: Any) -> int | None:
    """The reply's limit among the task's options, which knows no other."""
    if not options:
        return None
    most = options.get("max_tokens") if isinstance(options, Mapping) and set(options) == {"max_tokens"} else None
    if isinstance(most, bool) or not isinstance(most, int) or most < 1:
        msg = 'The chat model takes only {"max_tokens": a whole number} as options.'
        raise EndpointRejected(msg)
    return most


def _ignore(piece: str) -> None:
    """Take a piece of a reply that nobody watches."""
