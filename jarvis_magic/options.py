"""Every knob, in one frozen dataclass. Flags, ``%config``, ``JARVIS_*`` and ``[tool.jarvis_magic]`` use these names."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias, get_args

from .errors import ConfigurationError, close_matches, either

Approval: TypeAlias = Literal["ask", "auto", "plan"]
Where: TypeAlias = Literal["any", "local", "remote"]


@dataclass(frozen=True)
class Options:
    """How requests are planned and carried out.

    Parameters
    ----------
    controller
        ``"auto"``, ``"offline"``, or the name of a chat model.
    approve
        ``"ask"`` before anything runs, run at once (``"auto"``), or only ``"plan"``.
    timeout
        Seconds a task may take, all its tries together.
    limit
        How many calls of experts run at once.
    where
        Which endpoints may be used: ``"any"``, those on this machine (``"local"``), or those elsewhere (``"remote"``).
    retries
        How often a call that failed for a passing reason is made again, before the next candidate.
    response
        Whether the controller writes an answer from the results.
    cache_bytes
        How many bytes of results are kept in memory, to be used again; 0 keeps none.
    feedback
        What is said beside results: 0 nothing, 1 what was bound, 2 everything.

    Raises
    ------
    ConfigurationError
        If a value is not one of those named.
    """

    controller: str = "auto"
    approve: Approval = "ask"
    timeout: float = 600.0
    limit: int = 8
    where: Where = "any"
    retries: int = 2
    response: bool = True
    cache_bytes: int = 512_000_000
    feedback: int = 1

    def __post_init__(self) -> None:
        for name, allowed in (("approve", get_args(Approval)), ("where", get_args(Where))):
            if getattr(self, name) not in allowed:
                raise ConfigurationError(_not_allowed(name, getattr(self, name), allowed))
        for name, least in (("timeout", 0.001), ("limit", 1), ("retries", 0), ("cache_bytes", 0), ("feedback", 0)):
            if not getattr(self, name) >= least:
                msg = f"The option {name!r} is at least {least}, not {getattr(self, name)!r}."
                raise ConfigurationError(msg)


def _not_allowed(name: str, value: object, allowed: tuple[str, ...]) -> str:
    close = close_matches(str(value), allowed)
    hint = f"did you mean {either(close)}?" if close else f"it is {either(allowed)}."
    return f"The option {name!r} cannot be {value!r}; {hint}"
