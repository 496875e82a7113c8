"""Models on this machine: pipelines of ``transformers``, its model classes where there is no pipeline, and ``diffusers``."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from jarvis_magic.endpoints.local import devices, enlarging, meaning, poses, regions, sequences
from jarvis_magic.endpoints.local.answers import extracted
from jarvis_magic.endpoints.local.voices import is_vocoder
from jarvis_magic.errors import UsageError
from jarvis_magic.model_files import ModelFolder, about, folder_named, models_here
from jarvis_magic.options import Options
from jarvis_magic.pipeline_calls import check_options
from jarvis_magic.pipeline_calls.language import NEW_TOKENS
from jarvis_magic.tasks import Task
from jarvis_magic.values import Candidate

from . import plain
from .bundling import Bundle
from .expressions import Arguments, call, literal, no_code


@dataclass
class Loading:
    """Writes the lines that load models, each once.

    Parameters
    ----------
    bundle
        Where functions and imports go.
    setup
        Where the lines go.
    options
        ``device``, ``dtype`` and ``model_folder``, as the run had them.
    """

    bundle: Bundle
    setup: dict[str, None]
    options: Options
    _names: dict[str, str] = field(default_factory=dict)

    def named(self, wanted: str, expression: str) -> str:
        """The name of what an expression makes; what is there already keeps its name."""
        if expression not in self._names:
            name, number = wanted, 2
            while name in self.bundle.taken:
                name, number = f"{wanted}_{number}", number + 1
            self.bundle.taken.add(name)
            self._names[expression] = name
            self.setup[f"{name} = {expression}"] = None
        return self._names[expression]


@dataclass
class Here:
    """A model on this machine, and the task it does.

    Parameters
    ----------
    loading
        Writes the lines that load it.
    task, candidate, arguments
        What it does, which it is, and the expressions of what it is given.
    folder
        Its files.
    """

    loading: Loading
    task: Task
    candidate: Candidate
    arguments: Arguments
    folder: ModelFolder

    @property
    def bundle(self) -> Bundle:
        """Where functions and imports go."""
        return self.loading.bundle

    @property
    def family(self) -> str:
        """How it is run."""
        family = about(self.folder).types.get(self.task.type)
        if family is None:
            raise no_code(self.task, self.candidate, "it does not do that")
        return family

    def config(self, name: str = "config.json") -> Mapping[str, Any]:
        """One of its small files."""
        path = self.folder.path / name
        found: Mapping[str, Any] = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
        return found

    # Loading

    def loaded(self, auto: str, suffix: str = "model", library: str = "transformers", **more: str) -> str:
        """The name of the model, loaded by a class of a library."""
        of = f".to({self._device!r})" if self._device != "cpu" and suffix == "model" else ""
        types = self._types if suffix == "model" else {}
        given = {"": repr(self.candidate.model), **self._revision, **types, **more}
        made = call(f"{self.bundle.bring(library, auto)}.from_pretrained", given) + of
        return self.loading.named(f"{self.task.id}_{suffix}", made)

    def pipeline(self, task: str) -> str:
        """The name of a pipeline."""
        where = {"device": repr(self._device)} if self._device != "cpu" else {}
        given = {"": repr(task), "model": repr(self.candidate.model), **self._revision, **where, **self._types}
        made = call(self.bundle.bring("transformers", "pipeline"), given)
        return self.loading.named(f"do_{self.task.id}", made)

    def beside(self, fits: Callable[[ModelFolder], bool]) -> Here | None:
        """Another model on this machine that this one works with."""
        found = (
            one for one in models_here(self.loading.options.model_folder) if about(one).problem is None and fits(one)
        )
        folder = next(found, None)
        if folder is None:
            return None
        candidate = Candidate(folder.model, "local", revision=folder.revision)
        return Here(self.loading, self.task, candidate, self.arguments, folder)

    @property
    def _revision(self) -> dict[str, str]:
        return {"revision": repr(self.candidate.revision)} if self.candidate.revision else {}

    @cached_property
    def _device(self) -> str:
        return devices.device_of(self.loading.options)

    @property
    def _types(self) -> dict[str, str]:
        """The numbers it calculates with, where the library would take others."""
        family = about(self.folder).types.get(self.task.type, "")
        wanted = devices.dtype_of(self.loading.options, self._device, family, fits=True)
        config = self.config()
        usual = str(config.get("dtype") or config.get("torch_dtype") or "float32")
        if wanted == (usual if about(self.folder).library == "transformers" else "float32"):
            return {}
        self.bundle.bring("torch")
        return {"dtype": f"torch.{wanted}"}

    # What it is given

    def __getitem__(self, port: str) -> str:
        """The expression of a port."""
        return self.arguments[port]

    @property
    def picture(self) -> str:
        """Its picture, in colours and without transparency."""
        return f"{self['image']}.convert('RGB')"

    @property
    def known_options(self) -> Mapping[str, Any]:
        """The options: those that the endpoint would take, since some would load code or files of others."""
        options = literal(self.arguments.get("options", "{}"))
        if not isinstance(options, dict):
            raise no_code(self.task, self.candidate, "its options are only known when it runs; write them themselves")
        check_options(options)
        return options

    def options(self, **usual: object) -> dict[str, str]:
        """The options as arguments, over what is usual."""
        return {name: repr(value) for name, value in {**usual, **self.known_options}.items()}

    def generation(self) -> dict[str, str]:
        """The arguments of a generation, with the limit that the endpoint sets."""
        return self.options(max_new_tokens=self.config("generation_config.json").get("max_new_tokens") or NEW_TOKENS)


class Models:
    """Writes calls of models on this machine.

    Parameters
    ----------
    bundle
        Where functions and imports go.
    setup
        Where the lines go that load them.
    options
        ``device``, ``dtype`` and ``model_folder``, as the run had them.
    """

    def __init__(self, bundle: Bundle, setup: dict[str, None], options: Options) -> None:
        self._loading = Loading(bundle, setup, options)

    def written(self, task: Task, candidate: Candidate, arguments: Arguments) -> str:
        """The call of a model on this machine."""
        from .diffusion import DIFFUSION
        from .pipelines import PIPELINES

        here = here_of(self._loading, task, candidate, arguments)
        return {**PIPELINES, **FAMILIES, **DIFFUSION}[here.family](here)


def here_of(loading: Loading, task: Task, candidate: Candidate, arguments: Arguments) -> Here:
    """Return the model that a task was done by.

    Raises
    ------
    UsageError
        If it is not on this machine any more.
    """
    folder = folder_of(candidate)
    if folder is None:
        msg = f"{candidate.model} is not on this machine any more, so what it is run by is not known; run `hf download {candidate.model}`."
        raise UsageError(msg)
    return Here(loading, task, candidate, arguments, folder)


def folder_of(candidate: Candidate) -> ModelFolder | None:
    """Return where the files of a model are."""
    return folder_named(candidate.model, candidate.revision)


def writes(task: Task, candidate: Candidate) -> bool:
    """Whether a model on this machine writes its answers itself."""
    folder = folder_of(candidate)
    family = about(folder).types.get(task.type) if folder else None
    return family in ("writing", "seeing")


# Families that have no pipeline --------------------------------------------------------------------------------------


def _rewritten(here: Here) -> str:
    """Models that turn one text into another."""
    model, tokenizer = here.loaded("AutoModelForSeq2SeqLM"), here.loaded("AutoTokenizer", "tokenizer")
    text, more = here["text"], dict[str, str]()
    if here.task.type == "translation":
        text, more = _into(here, tokenizer)
    elif here.task.type == "summarization" and "t5" in str(here.config().get("model_type")):
        text = f"{sequences.WORDS[here.task.type]!r} + {text}"
    given = {"": f"{text}, {model}, {tokenizer}", **more, **here.generation()}
    return call(here.bundle.add(plain.rewritten), given)


def _into(here: Here, tokenizer_name: str) -> tuple[str, dict[str, str]]:
    """The text and the arguments of a translation, as the endpoint makes them for languages that are known now."""
    import transformers

    languages = {port: literal(here[port]) for port in ("target_language", "source_language") if port in here.arguments}
    if not all(isinstance(named, str) for named in languages.values()):
        raise no_code(here.task, here.candidate, "its language is only known when it runs; write the language itself")
    tokenizer: Any = transformers.AutoTokenizer.from_pretrained(here.folder.path, local_files_only=True)
    config: Any = transformers.AutoConfig.from_pretrained(here.folder.path, local_files_only=True)
    before = getattr(tokenizer, "src_lang", None)
    text, more = sequences.into(languages, "\0", config.model_type, tokenizer)
    source = getattr(tokenizer, "src_lang", None)
    if source != before:
        here.loading.setup[f"{tokenizer_name}.src_lang = {source!r}"] = None
    given = {name: _token(tokenizer_name, tokenizer, value) for name, value in more.items()}
    prefix = text.removesuffix("\0")
    return (f"{prefix!r} + {here['text']}" if prefix else here["text"]), given


def _token(name: str, tokenizer: Any, number: int) -> str:
    return f"{name}.convert_tokens_to_ids({tokenizer.convert_ids_to_tokens(number)!r})"


def _extracted(here: Here) -> str:
    model, tokenizer = here.loaded("AutoModelForQuestionAnswering"), here.loaded("AutoTokenizer", "tokenizer")
    return call(here.bundle.add(extracted), {"": f"{here['question']}, {here['context']}, {model}, {tokenizer}"})


def _looked_up(here: Here) -> str:
    """ViLT chooses an answer, BLIP writes one."""
    model = here.loaded("AutoModelForVisualQuestionAnswering")
    processor = here.loaded("AutoProcessor", "processor")
    given = {"": f"{here.picture}, {here['question']}, {model}, {processor}"}
    if about(here.folder).architecture.startswith("Vilt"):
        return call(here.bundle.add(plain.chosen_answer), given)
    return call(here.bundle.add(plain.written_answer), {**given, **here.generation()})


def _described(here: Here) -> str:
    model = here.loaded("AutoModelForImageTextToText")
    if (here.folder.path / "processor_config.json").is_file():
        processor = here.loaded("AutoProcessor", "processor")
        parts = f"{processor}, {processor}.tokenizer"
    else:
        parts = f"{here.loaded('AutoImageProcessor', 'processor')}, {here.loaded('AutoTokenizer', 'tokenizer')}"
    return call(here.bundle.add(plain.described), {"": f"{here.picture}, {model}, {parts}", **here.generation()})


def _compared(here: Here) -> str:
    """Vectors of texts, and how alike they are."""
    model, tokenizer = here.loaded("AutoModel"), here.loaded("AutoTokenizer", "tokenizer")
    first = bool(here.config("1_Pooling/config.json").get("pooling_mode_cls_token"))
    encoded = here.bundle.add(meaning.encoded)
    vectors = [
        call(encoded, {"": f"{here[port]}, {model}, {tokenizer}", "first_token": repr(first)})
        for port in ("text", "other")
        if port in here.arguments
    ]
    return vectors[0] if len(vectors) == 1 else f"max(0.0, float({vectors[0]} @ {vectors[1]}))"


def _enlarged(here: Here) -> str:
    model, processor = here.loaded("AutoModelForImageToImage"), here.loaded("AutoImageProcessor", "processor")
    return call(here.bundle.add(enlarging.enlarged), {"": f"{here.picture}, {model}, {processor}"})


def _posed(here: Here) -> str:
    model, processor = here.loaded("AutoModelForPoseEstimation"), here.loaded("AutoImageProcessor", "processor")
    beside = here.beside(poses.detects)
    people = f"[[0, 0, *{here['image']}.size]]"
    if beside is not None:
        people = f"{here.bundle.add(plain.people_in)}({here.picture}, {beside.pipeline('object-detection')})"
    return call(here.bundle.add(poses.drawn), {"": f"{here.picture}, {people}, {model}, {processor}"})


def _divided(here: Here) -> str:
    model, processor = here.loaded("AutoModelForMaskGeneration"), here.loaded("AutoProcessor", "processor")
    options = {"grid": regions.GRID, "quality": regions.SURE, **here.known_options}
    found = call(here.bundle.add(regions.asked), {"": f"{here.picture}, {model}, {processor}, {options['grid']!r}"})
    sure = f"[one for one in {found} if one[0] >= {options['quality']!r}]"
    return f"list({here.bundle.add(regions.distinct)}({sure}))"


def _spoken(here: Here) -> str:
    """SpeechT5: of a text, or of a recording in another voice."""
    speaks = here.family == "speech"
    model = here.loaded("AutoModelForTextToSpectrogram" if speaks else "SpeechT5ForSpeechToSpeech")
    processor = here.loaded("AutoProcessor", "processor")
    beside = here.beside(is_vocoder)
    if beside is None:
        raise no_code(here.task, here.candidate, "its vocoder is not on this machine")
    vocoder = beside.loading.named(f"{here.task.id}_vocoder", _vocoder(beside))
    speaker = literal(here.options().get("speaker_embedding", "None"))
    voice = {"speaker": repr(speaker)} if speaker else {}
    given = f"{here['text' if speaks else 'audio']}, {model}, {processor}, {vocoder}"
    return call(here.bundle.add(plain.spoken if speaks else plain.said_again), {"": given, **voice})


def _vocoder(beside: Here) -> str:
    given = {"": repr(beside.candidate.model)}
    return call(f"{beside.bundle.bring('transformers', 'SpeechT5HifiGan')}.from_pretrained", given)


FAMILIES: Mapping[str, Callable[[Here], str]] = {
    "sequences": _rewritten,
    "extraction": _extracted,
    "questions": _looked_up,
    "captions": _described,
    "meaning": _compared,
    "enlarging": _enlarged,
    "poses": _posed,
    "regions": _divided,
    "speech": _spoken,
    "voices": _spoken,
}
"""What writes the call, by the names of `jarvis_magic.model_files.purposes`."""
