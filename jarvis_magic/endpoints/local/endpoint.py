"""Runs models of ``transformers`` and ``diffusers`` on this machine, in threads."""

from __future__ import annotations

import asyncio
import contextlib
import re
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from jarvis_magic.errors import EndpointError, EndpointRejected, JarvisError, MissingExtra
from jarvis_magic.events import Emit, TaskProgressed
from jarvis_magic.keys import Key
from jarvis_magic.model_files import (
    GIGABYTE,
    About,
    ModelFolder,
    about,
    download,
    folder_named,
    is_repository,
    look_up,
    models_here,
)
from jarvis_magic.options import Options
from jarvis_magic.pipeline_calls import Stopped, check_options
from jarvis_magic.runners import LoadedModels, in_thread
from jarvis_magic.values import Assignment, Resource

from ..borders import comes_from_a_library
from ..returned import Returned, returned
from . import devices
from .expert import Expert, Setting

_kept: dict[str, LoadedModels[Expert]] = {}
"""The models in memory, by device; of the whole process, as memory is."""


def kept_models(device: str) -> LoadedModels[Expert]:
    """Return the models that are kept on a device."""
    return _kept.setdefault(device, LoadedModels(lambda expert: expert.size, devices.give_back))


def forget_models() -> None:
    """Let go of every model that is not in use."""
    for models in tuple(_kept.values()):
        models.clear()


class LocalEndpoint:
    """Loads models once and calls them, one call of each at a time.

    Parameters
    ----------
    options
        ``device``, ``dtype``, ``model_memory``, ``max_download`` and ``model_folder``.
    key
        The Hub's key, for models whose terms must be accepted.
    hub
        The Hub's address, where it is not the environment's.
    """

    def __init__(self, options: Options, key: Key | None = None, hub: str | None = None) -> None:
        self._options, self._key, self._hub = options, key, hub

    async def run(self, assignment: Assignment, arguments: Mapping[str, Resource], emit: Emit) -> Resource:
        """Run the assigned model, downloading and loading it if need be; see `jarvis_magic.contracts.Endpoint`."""
        model = assignment.candidate.model
        values = {port: resource.value for port, resource in arguments.items()}
        check_options(values.get("options"))
        call = _Call(assignment, emit, asyncio.get_running_loop())
        try:
            place = await in_thread(lambda: self._place(call), model)
            await in_thread(lambda: place.ensure(call), model)
            result = await in_thread(lambda: place.result(values, call), model)
        except asyncio.CancelledError:
            call.left = True
            raise
        return result.told(emit)

    def _place(self, call: _Call) -> _Place:
        task_type, candidate = call.assignment.type, call.assignment.candidate
        folder = folder_named(candidate.model, candidate.revision) or self._downloaded(call)
        known = about(folder)
        if known.problem:
            raise EndpointRejected(f"{candidate.model} cannot be loaded. {known.problem}")
        family = known.types.get(task_type)
        if family is None:
            does = ", ".join(known.types) or "nothing that is known here"
            msg = f"{candidate.model} cannot do {task_type}; its class {known.architecture or '(none)'} does {does}."
            raise EndpointRejected(msg)
        with _explained(candidate.model, self._options):
            return _Place.of(folder, known, family, task_type, self._options)

    def _downloaded(self, call: _Call) -> ModelFolder:
        """Bring the model here: as much as may come unasked, or as a person has said yes to."""
        candidate, limit = call.assignment.candidate, self._options.max_download
        model = candidate.model
        if not is_repository(model):
            msg = f"There is no model in the folder {model!r}; name a folder with a config.json, or a model as owner/name."
            raise EndpointRejected(msg)
        wanted = look_up(model, key=self._key, revision=candidate.revision, hub=self._hub)
        if call.assignment.agreed:
            limit = max(limit, candidate.download / GIGABYTE)
        return download(wanted, limit=limit, key=self._key, hub=self._hub, progressed=call.downloaded)


@dataclass(eq=False)
class _Call:
    """One call under way: what it says, and whether somebody still waits for it."""

    assignment: Assignment
    emit: Emit
    loop: asyncio.AbstractEventLoop
    left: bool = False

    def says(self, phrase: str, part: float | None = None) -> None:
        """Tell how far it is, from any thread; nobody hears it who has left, or whose loop has closed."""
        if self.left:
            return
        event = TaskProgressed(self.assignment.task_id, part, phrase)
        with contextlib.suppress(RuntimeError):
            self.loop.call_soon_threadsafe(self.emit, event)

    def downloaded(self, done: int, total: int) -> None:
        self._goes_on()
        self.says(f"downloading, {done / 1e6:,.0f} of {total / 1e6:,.0f} MB", done / total if total else None)

    def stepped(self, done: int, total: int) -> None:
        self._goes_on()
        self.says(f"step {done} of {total}", done / total)

    def _goes_on(self) -> None:
        if self.left:
            raise Stopped


@dataclass(frozen=True)
class _Place:
    """A model on its device: how it is loaded, and how much room it needs."""

    folder: ModelFolder
    family: str
    setting: Setting
    need: int
    most: int
    options: Options

    @classmethod
    def of(cls, folder: ModelFolder, known: About, family: str, task_type: str, options: Options) -> _Place:
        device = devices.device_of(options)
        most = devices.room(options, device)
        dtype = devices.dtype_of(options, device, family, fits=known.parameters * devices.BYTES["float32"] <= most)
        need = known.parameters * devices.BYTES[dtype]
        if need > most:
            msg = (
                f"{folder.model} needs about {need / 1e9:.1f} GB on {device}, and models may take {most / 1e9:.1f} GB "
                f"there; allow more with `--model-memory {int(need / 1e9) + 1}`, or choose a smaller one."
            )
            raise EndpointRejected(msg)
        setting = Setting(folder, task_type, device, dtype, lambda fits: _companion(fits, options))
        return cls(folder, family, setting, need, most, options)

    @property
    def key(self) -> tuple[str, ...]:
        """What tells the loaded model from others; of pipelines the task too, since their models differ by it."""
        task = self.setting.type if self.family == "pipeline" else ""
        return (self.family, task, str(self.folder.path), self.setting.device, self.setting.dtype)

    def ensure(self, call: _Call) -> None:
        """Load the model if it is not here."""
        with self._explained():
            self._models.ensure(self.key, lambda: self._loaded(call), self.need, self.most)

    def result(self, values: Mapping[str, Any], call: _Call) -> Returned:
        """Call the model."""
        kept = self._models.using(self.key, lambda: self._loaded(call), self.need, self.most)
        with self._explained(), kept as expert, quiet_libraries():
            value = expert.call(self.setting.type, values, call.stepped)
            return returned(call.assignment, value)

    @property
    def _models(self) -> LoadedModels[Expert]:
        return kept_models(self.setting.device)

    def _loaded(self, call: _Call) -> Expert:
        call.says(f"loading {self.need / 1e6:,.0f} MB onto {self.setting.device}")
        from .families import FAMILIES  # a page for each family: read when the first model is loaded

        with quiet_libraries():
            return FAMILIES[self.family](self.setting)

    def _explained(self) -> contextlib.AbstractContextManager[None]:
        return _explained(self.folder.model, self.options, self._make_room)

    def _make_room(self) -> bool:
        """Let go of every model that nobody uses; whether others than this one went."""
        return any(key != self.key for key in self._models.clear())


def _companion(fits: Callable[[ModelFolder], bool], options: Options) -> ModelFolder | None:
    """The first model on this machine that fits."""
    return next(
        (folder for folder in models_here(options.model_folder) if about(folder).problem is None and fits(folder)), None
    )


@contextlib.contextmanager
def _explained(model: str, options: Options, make_room: Callable[[], bool] = lambda: False) -> Iterator[None]:
    """Turn what libraries raise into a sentence: it is about this model and input, and the next one may do it.

    Out of memory while other models were kept is worth another try without them. What a model's numbers lead to in our own
    lines counts as the model's; a name that is missing in them is a bug, and stays one.
    """
    try:
        yield
    except JarvisError:
        raise
    except ImportError as error:
        if error.name in ("torch", "transformers", "diffusers", "psutil"):
            raise MissingExtra(f"Running {model} here", error.name, "local") from error
        raise EndpointRejected(_without_library(model, str(error))) from error
    except Exception as error:
        if devices.is_out_of_memory(error):
            error.__traceback__ = None  # its frames hold what filled the memory
            others_went = make_room()
            msg = f"{model} ran out of memory on {options.device if options.device != 'auto' else 'this machine'}; choose a smaller model or input, or another `--device`."
            raise EndpointError(msg, passing=others_went) from error
        if isinstance(error, NameError) and not comes_from_a_library(error):
            raise
        said = (str(error).strip().splitlines() or [""])[0][:300]
        raise EndpointError(f"{model} raised {type(error).__name__}: {said}".removesuffix(": ")) from error


def _without_library(model: str, said: str) -> str:
    """The sentence for a library that only some models need, which ``transformers`` names in the middle of advice."""
    named = re.search(r"requires the (\S+) library", said)
    if named is None:
        return f"{model} needs a library that is not installed: {said.strip().splitlines()[0]}"
    library = named[1].strip("`").casefold()
    return f"{model} needs {library}, which is not installed: run `pip install {library}`, or choose another model."


@contextlib.contextmanager
def quiet_libraries() -> Iterator[None]:
    """Keep the libraries' progress bars and advice out of the cell, until the last of our calls has ended."""
    from transformers.utils import logging

    with _turn:
        if not _calls:
            _before.update(bars=logging.is_progress_bar_enabled(), level=logging.get_verbosity())
            logging.disable_progress_bar()
            logging.set_verbosity_error()
        _calls.append(True)
    try:
        yield
    finally:
        with _turn:
            _calls.pop()
            if not _calls:
                logging.set_verbosity(_before["level"])
                if _before["bars"]:
                    logging.enable_progress_bar()


_turn = threading.Lock()
_calls: list[bool] = []
_before: dict[str, Any] = {}
