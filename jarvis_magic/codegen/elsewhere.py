"""Models at providers and servers at a URL, called by the Hub's own client."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlsplit

from jarvis_magic.endpoints.wires import CHATS, SEEN_AS_THEMSELVES, Wire, arguments_of, wire_for
from jarvis_magic.ids import valid_id
from jarvis_magic.keys import host_of
from jarvis_magic.kinds import Answer
from jarvis_magic.media import Audio
from jarvis_magic.task_types import TASK_TYPES
from jarvis_magic.tasks import Task
from jarvis_magic.values import Candidate

from . import plain
from .bundling import Bundle
from .expressions import Arguments, call, literal, no_code
from .messages import WRITTEN, messages
from .records import Reading, as_records


class Clients:
    """Writes calls by ``huggingface_hub.InferenceClient``.

    Parameters
    ----------
    bundle
        Where functions and imports go.
    setup
        Where the lines go that make the clients.
    """

    def __init__(self, bundle: Bundle, setup: dict[str, None]) -> None:
        self._bundle, self._setup = bundle, setup
        self._names: dict[str, str] = {}

    def written(self, task: Task, candidate: Candidate, arguments: Arguments) -> str:
        """The call of a model at a provider, or of what stands behind a URL."""
        client, model = self._client(candidate)
        if chats(task.type, candidate):
            given = {"messages": messages(self._bundle, task, arguments), **model, **_options(arguments)}
            return call(f"{client}.chat_completion", given) + WRITTEN
        wire = wire_for(task.type, chat=False)
        if wire is None:
            raise no_code(task, candidate)
        sent = self._sent(task.type, wire, arguments)
        result = call(f"{client}.{wire.method}", {**sent, **model})
        return _result(self._bundle, task.type, result, arguments)

    def _client(self, candidate: Candidate) -> tuple[str, dict[str, str]]:
        """The name of a client, and the model it is to be told; a token goes to no host but the Hub's."""
        self._bundle.bring("huggingface_hub", "InferenceClient")
        if candidate.endpoint == "url":
            host = host_of(candidate.model)
            made, model = f"InferenceClient({candidate.model!r}, token='none')  # or the key of {host}", {}
        else:
            host, model = candidate.provider or "auto", {"model": repr(candidate.model)}
            made = f"InferenceClient(provider={host!r})  # with your HF_TOKEN"
        if made not in self._names:
            self._names[made] = valid_id(f"at_{host}", {*self._bundle.taken, *self._names.values()})
            self._setup[f"{self._names[made]} = {made}"] = None
        return self._names[made], model

    def _sent(self, task_type: str, wire: Wire, arguments: Arguments) -> dict[str, str]:
        """The client's arguments, as the endpoint makes them: of marked values, whose places tell what comes where."""
        marks = {port: _marked(task_type, port) for port in arguments if port != "options"}
        options, known = _known_options(arguments)
        given = arguments_of(wire, {**marks, "options": options})
        written = {name: self._expression(value, marks, arguments) for name, value in given.items()}
        return written if known else {**written, "": f"**{arguments['options']}"}

    def _expression(self, value: Any, marks: Mapping[str, Any], arguments: Arguments) -> str:
        """What stands where a value was found."""
        if isinstance(value, bytes):
            image = getattr(value, "mime_type", "").startswith("image")
            function = self._bundle.add(plain.as_png if image else plain.as_wav)
            return f"{function}({arguments['image' if image else 'audio']})"
        if isinstance(value, dict) and "marked" in value:
            table = arguments["table"]
            rest = f"{table}.drop(columns=[{arguments['target']}])" if "target" in marks else table
            return f"{self._bundle.add(plain.columns_of)}({rest})"
        port = next((port for port, mark in marks.items() if port != "table" and _is_same(value, mark)), None)
        if port is not None:
            return arguments[port]
        if isinstance(value, dict):
            return "{" + ", ".join(f"{k!r}: {self._expression(v, marks, arguments)}" for k, v in value.items()) + "}"
        if isinstance(value, list):
            return "[" + ", ".join(self._expression(item, marks, arguments) for item in value) + "]"
        return repr(value)


def chats(task_type: str, candidate: Candidate) -> bool:
    """Return whether a model elsewhere is spoken to as a chat, as its endpoint does."""
    if task_type not in CHATS:
        return False
    if candidate.endpoint == "url":
        path = urlsplit(candidate.model).path.rstrip("/")
        return path.endswith(("/v1", "/chat/completions")) or wire_for(task_type, chat=False) is None
    return not (candidate.provider == "hf-inference" and task_type in SEEN_AS_THEMSELVES)


def _options(arguments: Arguments) -> dict[str, str]:
    options, known = _known_options(arguments)
    given = arguments_of(Wire("chat_completion", lambda _values: {"messages": []}), {"options": options})
    written = {name: repr(value) for name, value in given.items() if name != "messages"}
    return written if known else {"": f"**{arguments['options']}"}


def _known_options(arguments: Arguments) -> tuple[dict[str, Any], bool]:
    """The options, and whether they are known now."""
    options = literal(arguments.get("options", "{}"))
    return (options, True) if isinstance(options, dict) else ({}, False)


def _marked(task_type: str, port: str) -> Any:
    """A value of a port that can be told from all others."""
    kind = TASK_TYPES[task_type].by_name[port].kind
    if kind == "image":
        import PIL.Image

        return PIL.Image.new("1", (1, 1))
    if kind == "table":
        import pandas as pd

        return pd.DataFrame({"marked": ["table"], _mark("target"): ["table"]})
    if kind == "number":
        return 1_000_000 + len(port)
    made: Mapping[str, Callable[[], Any]] = {
        "audio": lambda: Audio([0.0], 8000),
        "list[text]": lambda: [_mark(port), _mark(port)],
    }
    return made.get(kind, lambda: _mark(port))()


def _mark(port: str) -> str:
    return f"\0{port}\0"


def _is_same(value: Any, mark: Any) -> bool:
    return type(value) is type(mark) and isinstance(value, str | int | list) and value == mark


# Results -------------------------------------------------------------------------------------------------------------

_FIELDS = {
    "summarization": ".summary_text",
    "translation": ".translation_text",
    "image-to-text": ".generated_text",
    "automatic-speech-recognition": ".text",
    "sentence-similarity": "[0]",
    "visual-question-answering": "[0]",
    "document-question-answering": "[0]",
}
"""Where the result is in what the client returns, where it is not all of it."""

_READING = Reading(
    {
        "labels": "label, score",
        "boxes": "label, score, box.xmin, box.ymin, box.xmax, box.ymax",
        "masks": "label, score, mask",
        "tokens": "word, entity_group, score, start, end",
    },
    "{item}.{name}",
)


def _result(bundle: Bundle, task_type: str, result: str, arguments: Arguments) -> str:
    """The value in what the client returns, as the run has it."""
    kind = TASK_TYPES[task_type].output
    if task_type == "fill-mask":
        return as_records(bundle, "labels", result, Reading({"labels": "token_str, score"}, "{item}.{name}"))
    if task_type == "tabular-classification":
        target = arguments["target"]
        column = (
            repr(f"{literal(target)}_predicted") if isinstance(literal(target), str) else f"{target} + '_predicted'"
        )
        return f"{arguments['table']}.assign(**{{{column}: {result}}})"
    if task_type == "table-question-answering":
        return f"{bundle.add(Answer)}({result}.answer)"
    if task_type in _FIELDS:
        return result + _FIELDS[task_type]
    if kind in ("boxes", "masks", "tokens"):
        return as_records(bundle, kind, result, _READING)
    around: Mapping[str, Callable[[], str]] = {
        "vector": lambda: f"{bundle.add(plain.pooled)}({result})",
        "video": lambda: f"{bundle.add(plain.Video)}({result})",
        "audio": lambda: f"{bundle.add(plain.sound_in)}({result}{'[0].blob' if task_type == 'audio-to-audio' else ''})",
    }
    return around.get(kind, lambda: result)()
