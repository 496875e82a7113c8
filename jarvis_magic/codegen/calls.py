"""How each kind of endpoint is called in plain Python: what is set up once, and the call of a task."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping

from jarvis_magic.errors import UsageError
from jarvis_magic.experts import registered_as
from jarvis_magic.ids import valid_id
from jarvis_magic.keys import HUGGING_FACE_URL, OPENAI_URL, host_of
from jarvis_magic.options import Options
from jarvis_magic.tasks import Task
from jarvis_magic.toolbox import picture_edits, toolbox_experts
from jarvis_magic.toolbox.instructions import read_instruction
from jarvis_magic.values import Candidate

from . import local
from .bundling import Bundle
from .elsewhere import Clients, chats
from .expressions import Arguments, call, literal
from .local import Models
from .messages import WRITTEN, messages


class Calls:
    """Writes the calls of tasks.

    Parameters
    ----------
    bundle
        Where functions and imports go.
    options
        How models on this machine are loaded.
    base_url
        Where the chat model is; ``None``: as its host tells.
    """

    def __init__(self, bundle: Bundle, options: Options, base_url: str | None = None) -> None:
        self._bundle, self._base_url = bundle, base_url
        self.setup: dict[str, None] = {}
        self.uses_toolbox = False
        self._clients, self._models = Clients(bundle, self.setup), Models(bundle, self.setup, options)

    def written(self, task: Task, candidate: Candidate, arguments: Arguments) -> str:
        """The call of a task's expert, as an expression.

        Raises
        ------
        UsageError
            If there is no plain Python for it.
        """
        by_endpoint: Mapping[str, Callable[[Task, Candidate, Arguments], str]] = {
            "function": self._function,
            "toolbox": self._toolbox,
            "chat": self._chat,
            "provider": self._clients.written,
            "url": self._clients.written,
            "local": self._models.written,
        }
        return by_endpoint[candidate.endpoint](task, candidate, arguments)

    def _function(self, _task: Task, candidate: Candidate, arguments: Arguments) -> str:
        expert = registered_as(candidate.model)
        if expert is None:
            msg = f"Your function {candidate.model!r} is not here any more; run the cell that defines it again."
            raise UsageError(msg)
        takes = {port: said for port, said in arguments.items() if expert.takes is None or port in expert.takes}
        named = getattr(expert.function, "__name__", "")  # what has no name of its own is called by its expert's
        name = named if named.isidentifier() else valid_id(expert.name)
        written = call(name, {**dict.fromkeys(expert.needs, "None"), **takes})
        return f"await {written}" if inspect.iscoroutinefunction(expert.function) else written

    def _toolbox(self, task: Task, candidate: Candidate, arguments: Arguments) -> str:
        self.uses_toolbox = True
        edits = self._edits(candidate, arguments)
        if edits:  # shorter than all that the editor could do
            return edits
        known = toolbox_experts()
        expert = next(one for one in known if (one.id, one.type) == (candidate.model, task.type))
        return call(self._bundle.add(expert.function), arguments)

    def _edits(self, candidate: Candidate, arguments: Arguments) -> str | None:
        """Edits of a picture whose instruction is known now, one inside the other."""
        text = literal(arguments.get("text", ""))
        if candidate.model != "toolbox/pillow-edits" or not isinstance(text, str):
            return None
        written = f"{self._bundle.add(picture_edits.ready)}({arguments['image']})"
        for edit in read_instruction(text):
            function = self._bundle.add_entry(picture_edits.__name__, "_EDITS", edit.name, edit.name)
            written = call(function, {"": written, **{name: repr(value) for name, value in edit.values.items()}})
        return written

    def _chat(self, task: Task, candidate: Candidate, arguments: Arguments) -> str:
        self._bundle.bring("openai", "OpenAI")
        self.setup[f"openai_client = {self._chat_client(candidate)}"] = None
        given = {"model": repr(candidate.model), "messages": messages(self._bundle, task, arguments)}
        more = {"": f"**{arguments['options']}"} if "options" in arguments else {}
        return call("openai_client.chat.completions.create", {**given, **more}) + WRITTEN

    def _chat_client(self, candidate: Candidate) -> str:
        """The client of the candidate's host; a key goes to the host it belongs to."""
        host = host_of(candidate.provider or "")
        if host == host_of(OPENAI_URL):
            return "OpenAI()"
        if host == host_of(HUGGING_FACE_URL):
            self._bundle.bring("os")
            return f"OpenAI(base_url={HUGGING_FACE_URL!r}, api_key=os.environ['HF_TOKEN'])"
        known = self._base_url if host_of(self._base_url or "") == host else None
        url = known or f"http://{candidate.provider}/v1"
        return f"OpenAI(base_url={url!r}, api_key='none')  # or the key of {host}"


def writes(task: Task, candidate: Candidate) -> bool:
    """Return whether a model writes its answer itself, which then is a text in plain Python."""
    if candidate.endpoint in ("provider", "url"):
        return chats(task.type, candidate)
    return candidate.endpoint == "chat" or (candidate.endpoint == "local" and local.writes(task, candidate))
