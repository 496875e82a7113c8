"""How each kind of endpoint is called in plain Python: what is set up once, and the call of a task."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlsplit

from jarvis_magic.endpoints.wires import CHATS, SEEN_AS_THEMSELVES, WIRES
from jarvis_magic.errors import UsageError
from jarvis_magic.experts import registered_as
from jarvis_magic.ids import valid_id
from jarvis_magic.keys import HUGGING_FACE_URL, OPENAI_URL, host_of
from jarvis_magic.prompts import expert_instruction
from jarvis_magic.tasks import Task
from jarvis_magic.toolbox import picture_edits, toolbox_experts
from jarvis_magic.toolbox.instructions import read_instruction
from jarvis_magic.values import Candidate

from .bundling import Bundle
from .expressions import call

Arguments = Mapping[str, str]
"""Python expressions by port."""


class Calls:
    """Writes the calls of tasks.

    Parameters
    ----------
    bundle
        Where functions and imports go.
    base_url
        Where the chat model is; ``None``: as its host tells.
    """

    def __init__(self, bundle: Bundle, base_url: str | None = None) -> None:
        self._bundle, self._base_url = bundle, base_url
        self.setup: dict[str, None] = {}
        self._clients: dict[str, str] = {}

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
            "provider": self._client,
            "url": self._client,
            "local": self._pipeline,
        }
        return by_endpoint[candidate.endpoint](task, candidate, arguments)

    def _function(self, _task: Task, candidate: Candidate, arguments: Arguments) -> str:
        expert = registered_as(candidate.model)
        if expert is None:
            msg = f"Your function {candidate.model!r} is not here any more; run the cell that defines it again."
            raise UsageError(msg)
        takes = {port: said for port, said in arguments.items() if expert.takes is None or port in expert.takes}
        written = call(expert.function.__name__, {**dict.fromkeys(expert.needs, "None"), **takes})
        return f"await {written}" if inspect.iscoroutinefunction(expert.function) else written

    def _toolbox(self, task: Task, candidate: Candidate, arguments: Arguments) -> str:
        edits = self._edits(candidate, arguments)
        if edits:  # shorter than all that the editor could do
            return edits
        known = toolbox_experts()
        expert = next(one for one in known if (one.id, one.type) == (candidate.model, task.type))
        return call(self._bundle.add(expert.function), arguments)

    def _edits(self, candidate: Candidate, arguments: Arguments) -> str | None:
        """Edits of a picture whose instruction is known now, one inside the other."""
        text = _text(arguments.get("text", ""))
        if candidate.model != "toolbox/pillow-edits" or text is None:
            return None
        written = f"{self._bundle.add(picture_edits.ready)}({arguments['image']})"
        for edit in read_instruction(text):
            function = self._bundle.add_entry(picture_edits.__name__, "_EDITS", edit.name, edit.name)
            written = call(function, {"": written, **{name: repr(value) for name, value in edit.values.items()}})
        return written

    # Chat models and models elsewhere

    def _chat(self, task: Task, candidate: Candidate, arguments: Arguments) -> str:
        self._bundle.imports["from openai import OpenAI"] = None
        self.setup[f"openai_client = {self._chat_client(candidate)}"] = None
        given = {"model": repr(candidate.model), "messages": self._messages(task, arguments)}
        more = {"": f"**{arguments['options']}"} if "options" in arguments else {}
        return call("openai_client.chat.completions.create", {**given, **more}) + _WRITTEN

    def _messages(self, task: Task, arguments: Arguments) -> str:
        """What a chat model is told that does a task itself."""
        written = {name: value for name, value in task.arguments.items() if isinstance(value, str)}
        user = self._with_pictures(_asked(arguments), arguments)
        system = repr(expert_instruction(task.type, written))
        return f'[{{"role": "system", "content": {system}}}, {{"role": "user", "content": {user}}}]'

    def _chat_client(self, candidate: Candidate) -> str:
        """The client of the candidate's host; a key goes to the host it belongs to."""
        host = host_of(candidate.provider or "")
        if host == host_of(OPENAI_URL):
            return "OpenAI()"
        if host == host_of(HUGGING_FACE_URL):
            self._bundle.imports["import os"] = None
            return f"OpenAI(base_url={HUGGING_FACE_URL!r}, api_key=os.environ['HF_TOKEN'])"
        known = self._base_url if host_of(self._base_url or "") == host else None
        url = known or f"http://{candidate.provider}/v1"
        return f"OpenAI(base_url={url!r}, api_key='none')  # or the key of {host}"

    def _with_pictures(self, user: str, arguments: Arguments) -> str:
        pictures = arguments.get("images") or (f"[{arguments['image']}]" if "image" in arguments else None)
        if pictures is None:
            return user
        url = f"{self._bundle.add(_as_data_url)}(one)"
        shown = f'{{"type": "image_url", "image_url": {{"url": {url}}}}}'
        return f'[{{"type": "text", "text": {user}}}, *({shown} for one in {pictures})]'

    def _client(self, task: Task, candidate: Candidate, arguments: Arguments) -> str:
        """A call by the Hub's client: of a model at a provider, or of what stands behind a URL."""
        client, model = self._hub_client(candidate)
        more = {"": f"**{arguments['options']}"} if "options" in arguments else {}
        if _chats(task, candidate):
            given = {"messages": self._messages(task, arguments), **model, **more}
            return call(f"{client}.chat_completion", given) + _WRITTEN
        if task.type not in _METHODS:
            raise _no_code(task, candidate)
        method, names, result = _METHODS[task.type]
        given = {names[port]: _sent(port, said) for port, said in arguments.items() if port in names}
        return call(f"{client}.{method}", {**given, **model, **more}) + result

    def _hub_client(self, candidate: Candidate) -> tuple[str, dict[str, str]]:
        """The name of a client, and the model it is to be told; a token goes to no host but the Hub's."""
        self._bundle.imports["from huggingface_hub import InferenceClient"] = None
        if candidate.endpoint == "url":
            host = host_of(candidate.model)
            made, model = f"InferenceClient({candidate.model!r}, token='none')  # or the key of {host}", {}
        else:
            host, model = candidate.provider or "auto", {"model": repr(candidate.model)}
            made = f"InferenceClient(provider={host!r})  # with your HF_TOKEN"
        if made not in self._clients:
            self._clients[made] = valid_id(f"at_{host}", {*self._bundle.taken, *self._clients.values()})
            self.setup[f"{self._clients[made]} = {made}"] = None
        return self._clients[made], model

    def _pipeline(self, task: Task, candidate: Candidate, arguments: Arguments) -> str:
        if task.type not in _PIPELINES:
            raise _no_code(task, candidate)
        main, result = _PIPELINES[task.type]
        self._bundle.imports["from transformers import pipeline"] = None
        revision = f", revision={candidate.revision!r}" if candidate.revision else ""
        name = f"do_{task.id}"
        self.setup[f"{name} = pipeline({task.type!r}, model={candidate.model!r}{revision})"] = None
        rest = {_PIPELINE_NAMES.get(port, port): said for port, said in arguments.items() if port != main}
        return call(name, {"": arguments[main], **rest}) + result


def _chats(task: Task, candidate: Candidate) -> bool:
    """Whether a model elsewhere is spoken to as a chat, as its endpoint does."""
    if candidate.endpoint == "url":
        path = urlsplit(candidate.model).path.rstrip("/")
        return task.type in CHATS and (path.endswith(("/v1", "/chat/completions")) or task.type not in WIRES)
    of_its_own = candidate.provider == "hf-inference" and task.type in SEEN_AS_THEMSELVES
    return task.type in CHATS and not of_its_own


def _sent(port: str, said: str) -> str:
    return f"{said}.to_wav()" if port == "audio" else said


def _no_code(task: Task, candidate: Candidate) -> UsageError:
    return UsageError(
        f"There is no plain Python for {task.type} by {candidate.model!r} yet; its endpoint is {candidate.endpoint!r}."
    )


def _as_data_url(picture: Any) -> str:
    import base64
    import io

    file = io.BytesIO()
    picture.save(file, "PNG")
    return "data:image/png;base64," + base64.b64encode(file.getvalue()).decode()


_WRITTEN = ".choices[0].message.content.strip()"

_METHODS: Mapping[str, tuple[str, Mapping[str, str], str]] = {
    "text-generation": ("text_generation", {"text": "prompt"}, ""),
    "summarization": ("summarization", {"text": "text"}, ".summary_text"),
    "translation": (
        "translation",
        {"text": "text", "source_language": "src_lang", "target_language": "tgt_lang"},
        ".translation_text",
    ),
    "text-classification": ("text_classification", {"text": "text"}, ""),
    "token-classification": ("token_classification", {"text": "text"}, ""),
    "zero-shot-classification": ("zero_shot_classification", {"text": "text", "labels": "candidate_labels"}, ""),
    "feature-extraction": ("feature_extraction", {"text": "text"}, ""),
    "question-answering": ("question_answering", {"question": "question", "context": "context"}, ""),
    "image-to-text": ("image_to_text", {"image": "image"}, ".generated_text"),
    "image-classification": ("image_classification", {"image": "image"}, ""),
    "object-detection": ("object_detection", {"image": "image"}, ""),
    "image-segmentation": ("image_segmentation", {"image": "image"}, ""),
    "visual-question-answering": ("visual_question_answering", {"image": "image", "question": "question"}, "[0]"),
    "document-question-answering": ("document_question_answering", {"image": "image", "question": "question"}, "[0]"),
    "automatic-speech-recognition": ("automatic_speech_recognition", {"audio": "audio"}, ".text"),
    "audio-classification": ("audio_classification", {"audio": "audio"}, ""),
    "fill-mask": ("fill_mask", {"text": "text"}, ""),
    "zero-shot-image-classification": (
        "zero_shot_image_classification",
        {"image": "image", "labels": "candidate_labels"},
        "",
    ),
    "image-to-image": ("image_to_image", {"image": "image", "text": "prompt"}, ""),
    "text-to-image": ("text_to_image", {"text": "prompt", "seed": "seed", "width": "width", "height": "height"}, ""),
    "text-to-speech": ("text_to_speech", {"text": "text"}, ""),
    "text-to-video": ("text_to_video", {"text": "prompt"}, ""),
}
"""For each task type the client's method, its names of the ports, and where the result is in what it returns."""

_PIPELINES: Mapping[str, tuple[str, str]] = {
    "text-generation": ("text", "[0]['generated_text']"),
    "summarization": ("text", "[0]['summary_text']"),
    "text-classification": ("text", ""),
    "token-classification": ("text", ""),
    "zero-shot-classification": ("text", ""),
    "fill-mask": ("text", ""),
    "image-to-text": ("image", "[0]['generated_text']"),
    "image-classification": ("image", ""),
    "object-detection": ("image", ""),
    "image-segmentation": ("image", ""),
    "depth-estimation": ("image", "['depth']"),
}
"""For each task type the port that a pipeline takes first, and where the result is in what it returns."""

_PIPELINE_NAMES = {"labels": "candidate_labels"}


def _text(expression: str) -> str | None:
    """The text that an expression is, if it is nothing else."""
    try:
        value = ast.literal_eval(expression)
    except (ValueError, SyntaxError):
        return None
    return value if isinstance(value, str) else None


def _asked(arguments: Arguments) -> str:
    """What the user's message says: the text, or the question with what it is about."""
    if "question" in arguments:
        context = f" + '\\n\\nContext:\\n' + {arguments['context']}" if "context" in arguments else ""
        return f"'Question: ' + {arguments['question']}{context}"
    return arguments.get("text", "'The picture:'")
