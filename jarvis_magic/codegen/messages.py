"""What chat models are told, as expressions."""

from __future__ import annotations

import re

from jarvis_magic.endpoints.messages import words
from jarvis_magic.prompts import expert_instruction
from jarvis_magic.tasks import Task

from . import plain
from .bundling import Bundle
from .expressions import Arguments, literal

WRITTEN = ".choices[0].message.content.strip()"
"""What a chat model wrote."""


def messages(bundle: Bundle, task: Task, arguments: Arguments) -> str:
    """Return the messages by which a chat model is asked to do a task, as its endpoints write them."""
    user = _with_pictures(bundle, asked(arguments), arguments)
    system = instructed(task.type, arguments)
    return f"[{{'role': 'system', 'content': {system}}}, {{'role': 'user', 'content': {user}}}]"


def instructed(task_type: str, arguments: Arguments) -> str:
    """Return the instruction of a task type, as an expression."""
    return _filled(expert_instruction(task_type, _marks(arguments)), arguments)


def asked(arguments: Arguments) -> str:
    """Return what the message says: the text, or the question with what it is about, as an expression."""
    return _filled(words(_marks(arguments)), arguments)


def _marks(arguments: Arguments) -> dict[str, str]:
    return {port: f"\0{port}\0" for port in arguments if port not in ("image", "images", "options")}


def _filled(text: str, arguments: Arguments) -> str:
    """A text with expressions in the place of their marks."""
    pieces = re.split("\0([a-z_]+)\0", text)
    said: list[str | None] = [literal(arguments[p]) if i % 2 else p for i, p in enumerate(pieces)]
    parts: list[str] = []
    for position, (piece, known) in enumerate(zip(pieces, said, strict=True)):
        if isinstance(known, str) and parts and isinstance(before := literal(parts[-1]), str):
            parts[-1] = repr(before + known)
        elif isinstance(known, str):
            parts.append(repr(known))
        else:
            parts.append(arguments[piece] if position % 2 else repr(piece))
    return " + ".join(part for part in parts if part != "''") or "''"


def _with_pictures(bundle: Bundle, user: str, arguments: Arguments) -> str:
    if "images" not in arguments and "image" not in arguments:
        return user
    url = bundle.add(plain.as_data_url)
    text = f"{{'type': 'text', 'text': {user}}}"
    if "images" in arguments:
        shown = f"{{'type': 'image_url', 'image_url': {{'url': {url}(one)}}}}"
        return f"[{text}, *({shown} for one in {arguments['images']})]"
    return f"[{text}, {{'type': 'image_url', 'image_url': {{'url': {url}({arguments['image']})}}}}]"
