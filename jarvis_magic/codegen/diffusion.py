"""Pictures, sound and videos by ``diffusers``."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping

from jarvis_magic.endpoints.local.diffusion import guided_by, variant
from jarvis_magic.model_files import about
from jarvis_magic.pipeline_calls import diffusion
from jarvis_magic.pipeline_calls.diffusion import FRAME_RATE, SAMPLE_RATE, SIDE

from . import plain
from .expressions import call, literal, no_code
from .local import Here


def _made(here: Here) -> str:
    return _CALLS[here.task.type](here)


def _draw(here: Here) -> str:
    sides = {side: _side(here[side]) for side in ("width", "height") if side in here.arguments}
    return _run(here, _pipe(here), {"prompt": here["text"], **sides}) + ".images[0]"


def _side(written: str) -> str:
    known = literal(written)
    return str(int(known) // SIDE * SIDE) if isinstance(known, int | float) else f"int({written}) // {SIDE} * {SIDE}"


def _redraw(here: Here) -> str:
    """A picture changed; a model that draws from texts does it too, with the same weights."""
    changes = "image" in _takes(here)
    pipe = _pipe(here) if changes else _pipe(here, "AutoPipelineForImage2Image")
    made = _run(here, pipe, {"prompt": here["text"], "image": _fitting(here)}) + ".images[0]"
    same_size = not changes or "strength" in _takes(here)
    return f"{made}.resize({here['image']}.size)" if same_size else made


def _follow(here: Here) -> str:
    """A ControlNet, on the model on this machine that it was trained to guide."""
    base = here.beside(guided_by(int(here.config()["cross_attention_dim"])))
    if base is None:
        raise no_code(here.task, here.candidate, "the model that it guides is not on this machine")
    control = here.loaded("ControlNetModel", "control", "diffusers")
    pipe = _pipe(base, "AutoPipelineForText2Image", controlnet=control)
    return _run(here, pipe, {"prompt": here["text"], "image": _fitting(here)}) + ".images[0]"


def _film(here: Here) -> str:
    takes, options = _takes(here), here.known_options
    given = {"prompt": here["text"]} if "text" in here.arguments and "prompt" in takes else {}
    if "image" in here.arguments:
        given["image"] = _fitting(here)
    rate = int(options.get("fps") or FRAME_RATE)
    without = () if "fps" in takes else ("fps",)
    frames = _run(here, _pipe(here), {**given, "output_type": "'pil'"}, without=without) + ".frames[0]"
    return call(here.bundle.add(diffusion.video_of), {"": frames, "rate": str(rate)})


def _sound(here: Here) -> str:
    rates = (here.config(f"{part}/config.json").get("sampling_rate") for part in ("vocoder", "vae"))
    rate = next((int(rate) for rate in rates if rate), SAMPLE_RATE)
    made = _run(here, _pipe(here), {"prompt": here["text"]}) + ".audios[0]"
    return f"{here.bundle.add(plain.Audio)}({made}, {rate})"


def _pipe(here: Here, auto: str = "DiffusionPipeline", **parts: str) -> str:
    named = variant(here.folder.path)
    more = {"variant": repr(named)} if named else {}
    return here.loaded(auto, "model", "diffusers", **more, **parts)


def _takes(here: Here) -> frozenset[str]:
    """The arguments that its pipeline takes."""
    import diffusers

    cls = getattr(diffusers, about(here.folder).architecture)
    return frozenset(inspect.signature(cls.__call__).parameters)


def _fitting(here: Here) -> str:
    return f"{here.bundle.add(diffusion.fitting)}({here.picture})"


def _run(here: Here, pipe: str, given: Mapping[str, str], without: tuple[str, ...] = ()) -> str:
    """The call: from a seed if there is one, in as many steps as are asked for."""
    options = {name: value for name, value in here.options().items() if name not in without}
    seed = here.arguments.get("seed") or options.pop("seed", None)
    options.pop("seed", None)
    steps = {"num_inference_steps": options.pop("steps")} if "steps" in options else {}
    if seed is not None:
        here.bundle.bring("torch")
        given = {**given, "generator": f"torch.Generator().manual_seed({seed})"}
    return call(pipe, {**given, **steps, **options})


_CALLS: Mapping[str, Callable[[Here], str]] = {
    "text-to-image": _draw,
    "image-to-image": _redraw,
    "text-to-video": _film,
    "image-to-video": _film,
    "text-to-audio": _sound,
}

DIFFUSION: Mapping[str, Callable[[Here], str]] = {"diffusion": _made, "control": _follow}
"""What writes the call, by the names of `jarvis_magic.model_files.purposes`."""
