"""The controllers: what plans, selects and responds. One adapter each, and which of them a `Jarvis` asks."""

from __future__ import annotations

from ..contracts import Controller
from ..errors import ConfigurationError
from ..options import Options
from .offline import OfflineController


def controllers_for(
    controller: str | Controller, options: Options, *, base_url: str | None = None, api_key: str | None = None
) -> tuple[Controller, ...]:
    """Return the controller to ask, and those that stand in for it, in order; the offline one is always last.

    Raises
    ------
    ConfigurationError
        If the controller named cannot be made.
    """
    offline = OfflineController()
    named = options.controller if controller == "auto" else controller
    if not isinstance(named, str):
        return (named, offline)
    if named in ("auto", "offline"):
        return (offline,)
    msg = f"There is no controller {named!r} here yet; write 'offline', or leave it out."
    raise ConfigurationError(msg)
