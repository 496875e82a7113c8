"""What a family is given to load a model, and what it returns."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from jarvis_magic.model_files import ModelFolder
from jarvis_magic.pipeline_calls import Watching

Values = Mapping[str, Any]


@dataclass(frozen=True)
class Setting:
    """A model that is to be loaded, and where to.

    Parameters
    ----------
    folder
        Its files.
    type
        The task type it is wanted for.
    device
        Where it runs: ``"cpu"``, ``"cuda:0"``, ….
    dtype
        The name of the numbers it calculates with: ``"float32"``, ….
    companion
        Finds another model on this machine that this one cannot do without: takes a test of what is known of it.
    """

    folder: ModelFolder
    type: str
    device: str
    dtype: str
    companion: Callable[[Callable[[ModelFolder], bool]], ModelFolder | None]

    @property
    def path(self) -> Path:
        """The folder."""
        return self.folder.path

    def of(self, folder: ModelFolder) -> Setting:
        """The same for another model."""
        return replace(self, folder=folder)

    @property
    def torch_dtype(self) -> Any:
        """The type of numbers, as torch has it."""
        import torch

        return getattr(torch, self.dtype)


@dataclass(frozen=True)
class Expert:
    """A model that was loaded.

    Parameters
    ----------
    call
        Does a task: takes its type, the Python values by port, and who watches.
    modules
        The torch modules it consists of.
    """

    call: Callable[[str, Values, Watching], object]
    modules: Sequence[Any]

    @property
    def size(self) -> int:
        """Bytes of its weights."""
        tensors = {
            t.untyped_storage().data_ptr(): t.untyped_storage().nbytes()
            for module in self.modules
            for t in (*module.parameters(), *module.buffers())
        }
        return sum(tensors.values())


def model_of(auto: str, setting: Setting) -> Any:
    """Load a model of ``transformers``, by the name of an Auto class, from safetensors, without code of its own."""
    import transformers

    model = getattr(transformers, auto).from_pretrained(
        setting.path,
        dtype=setting.torch_dtype,
        use_safetensors=True,
        local_files_only=True,
        trust_remote_code=False,
    )
    return model.to(setting.device).eval()


def part_of(auto: str, setting: Setting, **more: Any) -> Any:
    """Load what stands before a model: a tokenizer, an image processor, a feature extractor."""
    import transformers

    return getattr(transformers, auto).from_pretrained(
        setting.path, local_files_only=True, trust_remote_code=False, **more
    )
