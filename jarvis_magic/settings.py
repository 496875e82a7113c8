"""Settings from outside the program, and the only reader of the environment.

The fields of `Options` are the settings. A value is taken from the first of these that has one: a flag, ``%config
JarvisMagics``, the environment (``JARVIS_TIMEOUT``), the table ``[tool.jarvis_magic]`` of the nearest
``pyproject.toml``, the default.
"""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Mapping
from dataclasses import Field, fields
from functools import cache
from pathlib import Path
from typing import Any, Literal, get_args, get_origin, get_type_hints

from .errors import ConfigurationError, close_matches, either
from .keys import USUAL_KEYS
from .options import Options

PREFIX = "JARVIS_"
TABLE = "tool.jarvis_magic"

_TRUE, _FALSE = {"1", "true", "yes", "on"}, {"0", "false", "no", "off"}


def environment() -> Mapping[str, str]:
    """The environment as it is now; keys are looked up in it when they are needed."""
    return os.environ


def variable(name: str) -> str | None:
    """The value of an environment variable; ``None`` if it is unset or empty."""
    return os.environ.get(name) or None


def resolve(
    flags: Mapping[str, Any] | None = None,
    config: Mapping[str, Any] | None = None,
    *,
    environment: Mapping[str, str] | None = None,
    folder: Path | None = None,
) -> Options:
    """Return the options that hold, each from the first place that has it.

    Parameters
    ----------
    flags, config
        Values by option name; ``None`` stands for not given.
    environment
        By default the process's.
    folder
        Where the search for ``pyproject.toml`` begins; by default the working directory.

    Raises
    ------
    ConfigurationError
        If a name is no setting, or a value is not of its setting's type; the sentence says where it stands.
    """
    return Options(
        **{name: value for name, (value, _) in origins(flags, config, environment=environment, folder=folder).items()}
    )


def origins(
    flags: Mapping[str, Any] | None = None,
    config: Mapping[str, Any] | None = None,
    *,
    environment: Mapping[str, str] | None = None,
    folder: Path | None = None,
) -> dict[str, tuple[Any, str]]:
    """Return each option that is set, with its value and the place that sets it; see `resolve`."""
    start = folder or Path.cwd()
    layers = (
        (str(nearest_pyproject(start)), from_pyproject(start)),
        ("the environment", from_environment(os.environ if environment is None else environment)),
        ("%config JarvisMagics", config or {}),
        ("the line of %%jarvis", flags or {}),
    )
    found: dict[str, tuple[Any, str]] = {}
    for place, values in layers:
        for name, value in values.items():
            if value is not None:
                found[name] = (_read(name, value, place), place)
    return found


def from_environment(environment: Mapping[str, str]) -> dict[str, Any]:
    """The options an environment sets.

    A ``JARVIS_*`` variable that is near one of ours is taken for a slip; others belong to other programs.
    """
    ours = {PREFIX + name.upper(): name for name in option_types()}
    found = {}
    for key, written in environment.items():
        if key in ours:
            found[ours[key]] = _read(ours[key], written, f"the environment variable {key}")
        elif key.startswith(PREFIX) and (close := close_matches(key, ours, count=1)):
            msg = f"The environment variable {key} is no setting; did you mean {close[0]}?"
            raise ConfigurationError(msg)
    return found


def from_pyproject(folder: Path) -> dict[str, Any]:
    """The options that the nearest ``pyproject.toml`` sets, in `folder` or above it."""
    path = nearest_pyproject(folder)
    if path is None:
        return {}
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8")).get("tool", {}).get("jarvis_magic", {})
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        msg = f"The settings file {path} is not TOML: {error}."
        raise ConfigurationError(msg) from error
    except OSError:
        return {}  # a file that we may not read has no settings for us
    if not isinstance(table, Mapping):
        msg = f"In {path}, [{TABLE}] is a table of settings, such as timeout = 60."
        raise ConfigurationError(msg)
    place = f"[{TABLE}] of {path}"
    found = {_known(key, place): _read(key, value, place) for key, value in table.items()}
    _refuse_from_a_file(found, place)
    return found


def _refuse_from_a_file(found: Mapping[str, Any], place: str) -> None:
    """Refuse what no file may decide that came with a project somebody else wrote.

    The machines of a cluster can run code here, and the usual keys belong to the usual hosts.
    """
    if found.get("cluster", "local") not in ("", "local"):
        msg = f"{place} may not name a cluster, whose machines can run code here; write --on {found['cluster']}, or set JARVIS_CLUSTER."
        raise ConfigurationError(msg)
    for variable_name in (found.get("key_env"), *found.get("keys", {}).values()):
        if variable_name in USUAL_KEYS:
            msg = (
                f"{place} may not give {variable_name} to a host of its choice; name a variable of that host's own key."
            )
            raise ConfigurationError(msg)


def nearest_pyproject(folder: Path) -> Path | None:
    """The ``pyproject.toml`` of a folder or the nearest one above it."""
    return next((f / "pyproject.toml" for f in (folder, *folder.parents) if (f / "pyproject.toml").is_file()), None)


@cache
def option_types() -> Mapping[str, Any]:
    """The type of each option, by name."""
    return get_type_hints(Options)


def option_fields() -> Mapping[str, Field[Any]]:
    """The fields of `Options`, by name."""
    return {field.name: field for field in fields(Options)}


@cache
def descriptions() -> Mapping[str, str]:
    """What each option is, by name: the sentences of the docstring of `Options`."""
    entries = re.findall(r"^    (\w+)\n((?:^        .+\n)+)", Options.__doc__ or "", re.MULTILINE)
    return {name: re.sub(r"``", "", " ".join(text.split())) for name, text in entries if name in option_types()}


def _known(key: str, place: str) -> str:
    if key not in option_types():
        close = close_matches(key, option_types())
        hint = f"did you mean {either(close)}?" if close else f"settings are {', '.join(option_types())}."
        msg = f"{place[0].upper()}{place[1:]} has {key!r}, which is no setting; {hint}"
        raise ConfigurationError(msg)
    return key


def _read(name: str, value: Any, place: str) -> Any:
    """A value as its option's type has it: text is read, the rest is checked."""
    wanted = option_types()[name]
    try:
        return _of_type(value, wanted)
    except ValueError as error:
        msg = f"In {place}, {name!r} is {_phrase(wanted)}, not {value!r}."
        raise ConfigurationError(msg) from error


def _of_type(value: Any, wanted: Any) -> Any:
    if wanted is bool:
        return _truth(value)
    if wanted in (int, float):
        if isinstance(value, bool) or not isinstance(value, (int, str) if wanted is int else (int, float, str)):
            raise ValueError(value)
        return wanted(value)
    text = wanted is str or get_origin(wanted) is Literal
    if isinstance(value, str) != text:
        raise ValueError(value)
    return value  # which words a Literal allows, Options says itself


def _truth(value: Any) -> bool:
    if isinstance(value, bool):
        return value
    folded = str(value).casefold()
    if folded not in _TRUE | _FALSE:
        raise ValueError(value)
    return folded in _TRUE


def _phrase(wanted: Any) -> str:
    if get_origin(wanted) is Literal:
        return either([str(word) for word in get_args(wanted)])
    return {bool: "true or false", int: "a whole number", float: "a number", str: "a text"}.get(wanted, "a table")
