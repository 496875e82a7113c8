"""Every knob, in one frozen dataclass. Flags, ``%config``, ``JARVIS_*`` and ``[tool.jarvis_magic]`` use these names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias, get_args

from .errors import ConfigurationError, close_matches, either

Approval: TypeAlias = Literal["ask", "auto", "plan"]
Where: TypeAlias = Literal["any", "local", "remote"]
Sharing: TypeAlias = Literal["auto", "kinds", "shapes", "excerpts"]
Sight: TypeAlias = Literal["auto", "yes", "no"]
AudioPlayer: TypeAlias = Literal["browser", "ipyaudio"]
Precision: TypeAlias = Literal["auto", "float32", "float16", "bfloat16"]

USUAL_LIMIT = 8
"""How many calls run at once where nothing says otherwise."""


@dataclass(frozen=True)
class Options:
    """How requests are planned and carried out.

    Parameters
    ----------
    controller
        ``"auto"``, ``"offline"``, or the name of a chat model.
    base_url
        The address of the chat model's server, such as ``http://localhost:11434/v1``; empty: the usual one.
    key_env
        The environment variable that holds the key for the chat model's host; empty: the usual one.
    keys
        Other hosts' keys: host to the name of the environment variable that holds its key.
    share
        How much of the inputs is told to a chat model that plans: their ``"kinds"``, their ``"shapes"`` too, or also
        ``"excerpts"`` of their text. ``"auto"``: excerpts to one that was named, shapes to one that was found; results
        go to it as excerpts then, and otherwise as far as named.
    max_tokens
        How many tokens of the chat model one run may use, in and out; 0: any number.
    context_tokens
        How many tokens a prompt may have besides the request, which is never cut.
    reply_timeout
        Seconds a chat model's reply may take, all its tries together.
    vision
        Whether the chat model takes pictures; ``"auto"``: as its name tells.
    approve
        ``"ask"`` before anything runs, run at once (``"auto"``), or only ``"plan"``.
    timeout
        Seconds a task may take, all its tries together.
    limit
        How many calls of experts run at once; 0: 8, or on a cluster as many as it has threads.
    where
        Which endpoints may be used: ``"any"``, those on this machine (``"local"``), or those elsewhere (``"remote"``).
    cluster
        Where local experts run: empty, in this process; the address of a Dask scheduler, such as
        ``tcp://10.0.0.1:8786``; or ``"local"``, on a Dask cluster of processes on this machine.
    device
        Where local models run: ``"auto"``, the fastest device there is; or ``"cpu"``, ``"cuda"``, ``"cuda:1"``, ``"mps"``.
    dtype
        The numbers they calculate with: ``"auto"``, as the device does best; or ``"float32"``, ``"float16"``,
        ``"bfloat16"``.
    model_memory
        How many GB local models may take together while they are kept for the next call; 0: half of what the device has.
    max_download
        How many GB of a model may be downloaded without being asked for.
    model_folder
        A folder whose folders hold models, which are offered beside those of the Hugging Face cache.
    retries
        How often a call that failed for a passing reason is made again; other candidates are tried in between. Where
        three of ten calls fail, the seven tries of the default let one in 4,500 fail. A chat model is asked again four
        times at most.
    backoff
        Seconds before it is made again the first time; each wait after that is twice as long.
    response
        Whether the controller writes an answer from the results.
    cache_bytes
        How many bytes of results are kept in memory, to be used again; 0 keeps none.
    cache_dir
        A folder in which such results are kept on disk too, for the next kernel; empty: none are.
    refresh
        Whether what was kept from earlier runs is left alone, and everything is planned and run anew.
    widget
        Whether a plan is shown in the widget where a page can answer; otherwise as a picture, with a question below.
    audio_player
        How the widget plays sound: ``"browser"``, the plain player, with ipyaudio's one click away; or ``"ipyaudio"``
        at once, whose player fetches pictures from outside hosts when it is shown.
    feedback
        What is said beside results: 0 nothing, 1 what was bound, 2 everything.

    Raises
    ------
    ConfigurationError
        If a value is not one of those named.
    """

    controller: str = "auto"
    base_url: str = ""
    key_env: str = ""
    keys: Mapping[str, str] = field(default_factory=dict, hash=False)
    share: Sharing = "auto"
    max_tokens: int = 0
    context_tokens: int = 6000
    reply_timeout: float = 300.0
    vision: Sight = "auto"
    approve: Approval = "ask"
    timeout: float = 600.0
    limit: int = 0
    where: Where = "any"
    cluster: str = ""
    device: str = "auto"
    dtype: Precision = "auto"
    model_memory: float = 0.0
    max_download: float = 2.0
    model_folder: str = ""
    retries: int = 6
    backoff: float = 0.5
    response: bool = True
    cache_bytes: int = 512_000_000
    cache_dir: str = ""
    refresh: bool = False
    widget: bool = True
    audio_player: AudioPlayer = "browser"
    feedback: int = 1

    def __post_init__(self) -> None:
        object.__setattr__(self, "keys", dict(self.keys))
        for name, allowed in _WORDS.items():
            if getattr(self, name) not in get_args(allowed):
                raise ConfigurationError(_not_allowed(name, getattr(self, name), get_args(allowed)))
        for name, least in _LEAST.items():
            if not getattr(self, name) >= least:
                msg = f"The option {name!r} is at least {least}, not {getattr(self, name)!r}."
                raise ConfigurationError(msg)

    @property
    def at_once(self) -> int:
        """How many calls of experts run at once."""
        return self.limit or USUAL_LIMIT


_WORDS: Mapping[str, object] = {
    "approve": Approval,
    "where": Where,
    "share": Sharing,
    "vision": Sight,
    "audio_player": AudioPlayer,
    "dtype": Precision,
}
_LEAST: Mapping[str, float] = {
    "timeout": 0.001, "reply_timeout": 0.001, "limit": 0, "retries": 0, "backoff": 0, "max_tokens": 0, "context_tokens": 1000,
    "cache_bytes": 0, "feedback": 0, "model_memory": 0, "max_download": 0,
}  # fmt: skip


def _not_allowed(name: str, value: object, allowed: tuple[str, ...]) -> str:
    close = close_matches(str(value), allowed)
    hint = f"did you mean {either(close)}?" if close else f"it is {either(allowed)}."
    return f"The option {name!r} cannot be {value!r}; {hint}"
