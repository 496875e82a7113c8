"""What leaves this machine, and with which key: ``%jarvis sends`` and ``%jarvis key``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from getpass import getpass
from typing import TYPE_CHECKING

from jarvis_magic.contracts import ChatMessage
from jarvis_magic.controllers import LLMController
from jarvis_magic.drawing import markup
from jarvis_magic.drawing.words import clean, count, escape
from jarvis_magic.errors import UsageError
from jarvis_magic.keys import Keys, host_of
from jarvis_magic.model_selection import menu_of
from jarvis_magic.request_reading import read_request
from jarvis_magic.settings import resolve
from jarvis_magic.values import Request

from .cell import read_body
from .flags import Flags
from .session import Cell
from .waiting import person_there, surroundings

if TYPE_CHECKING:
    from .magics import JarvisMagics


@dataclass(frozen=True)
class Sending:
    """Messages that would be sent, as they are.

    Parameters
    ----------
    sentence
        To whom, and for what.
    messages
        The messages, in order.
    """

    sentence: str
    messages: Sequence[ChatMessage] = ()

    def _repr_html_(self) -> str:
        shown = [f"{markup.faint(m.role)}{markup.pre(m.text, len(m.text))}" for m in self.messages]
        return markup.box(escape(self.sentence)) + "".join(map(markup.box, shown))

    def __repr__(self) -> str:
        return clean("\n\n".join([self.sentence, *(f"--- {m.role}\n{m.text}" for m in self.messages)]))


def sends(magics: JarvisMagics, rest: str) -> Sending:
    """Exactly what would be sent to plan a request: the one given, or that of the last cell."""
    cell = Cell(Flags(), rest, "", surroundings(magics.shell, awaited=False)) if rest else magics.session.cell
    if cell is None:
        msg = "Write the request behind it: %jarvis sends Describe @photo."
        raise UsageError(msg)
    jarvis = magics.jarvis_for(resolve(cell.flags.options, magics.configured()))
    means = jarvis.equipment()
    controller = means.controllers[0]
    if not isinstance(controller, LLMController):
        return Sending(f"The {controller.name} controller plans on this machine; nothing is sent.")
    menu = jarvis.submit(menu_of(means.at_hand)).result()
    messages = controller.messages_for_plan(_request(magics, cell), menu)
    place = f" at {jarvis.chat.chat.place}" if jarvis.chat else ""
    sentence = (
        f"To plan, {controller.name}{place} would be sent {count(len(messages), 'message')}; nothing is sent now. "
        "The tasks with their candidates follow where there is a choice, and the results for the answer."
    )
    return Sending(sentence, messages)


def _request(magics: JarvisMagics, cell: Cell) -> Request:
    variables, flags = magics.shell.user_ns, cell.flags
    body = read_body(cell.body.strip(), variables)
    offered = magics.session.offered(cell)
    return read_request(body.text, variables, body.named, outputs=flags.names, uses=flags.uses, offered=offered)


def key(magics: JarvisMagics, rest: str) -> None:
    """Ask for the key of a host, and keep it in this kernel's memory."""
    host = host_of(rest)
    if not host or " " in rest:
        msg = "Name the host that the key is for: %jarvis key api.example.com"
        raise UsageError(msg)
    if not person_there(magics.shell):
        msg = f"Nobody is here to type the key for {host}; name the environment variable that holds it with --key-env."
        raise UsageError(msg)
    typed = getpass(f"Key for {host}: ").strip()
    if not typed:
        msg = f"No key was typed; what was known for {host} stays."
        raise UsageError(msg)
    magics.session.typed = Keys(typed=magics.session.typed).with_typed(host, typed).typed
    print(f"Kept in this kernel's memory, for {host} only.")  # noqa: T201 - the cell's output is the place
