"""The controller's choice of expert models, on the wire and as values."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from jarvis_magic.contracts import OpenChoices
from jarvis_magic.errors import ReplyError, either
from jarvis_magic.values import Candidate, Choice

from .loose_json import values_in


def choices_schema() -> dict[str, Any]:
    """The JSON schema of a reply that chooses: one entry for each task."""
    text = {"type": "string"}
    entry = {
        "type": "object",
        "properties": {"task": text, "model": text, "reason": text},
        "required": ["task", "model", "reason"],
        "additionalProperties": False,
    }
    return {
        "type": "object",
        "properties": {"choices": {"type": "array", "items": entry}},
        "required": ["choices"],
        "additionalProperties": False,
    }


def read_choices(text: str, open_choices: OpenChoices) -> tuple[dict[str, Choice], tuple[str, ...]]:
    """Return the choices of a reply, and a sentence for each task that has none that can be taken.

    Parameters
    ----------
    text
        The reply.
    open_choices
        The candidates of each task; a model that is none of them is refused.

    Raises
    ------
    ReplyError
        If there is no JSON of choices in it.
    """
    entries = [entry for found in values_in(text) for entry in _entries(found.value, open_choices)]
    if not entries:
        msg = 'There is no JSON of choices in the reply; write {"choices": [{"task": …, "model": …, "reason": …}]}.'
        raise ReplyError(msg, text)
    chosen: dict[str, Choice] = {}
    refused: dict[str, str] = {}
    for task, model, reason in entries:
        candidate = _candidate(model, open_choices.get(task, ()))
        if candidate is not None:
            chosen[task] = Choice(candidate.model, reason)
        elif task in open_choices:
            listed = either([c.model for c in open_choices[task]])
            refused[task] = f"For task {task!r}, {model!r} is not one of its candidates; choose {listed}."
    lacking = {task: f"Task {task!r} has no choice." for task in open_choices}
    return chosen, tuple({**lacking, **refused}[task] for task in open_choices if task not in chosen)


def _entries(value: Any, open_choices: OpenChoices) -> Iterator[tuple[str, str, str]]:
    """Task, model and reason of every choice within a value, however it is wrapped."""
    if isinstance(value, list):
        for item in value:
            yield from _entries(item, open_choices)
    elif isinstance(value, dict):
        entry = _entry(value, open_choices)
        if entry is not None:
            yield entry
            return
        for key, item in value.items():
            if key in open_choices and isinstance(item, str):
                yield key, item, ""
            elif isinstance(item, dict):
                yield from _entries({"task": key, **item} if key in open_choices else item, open_choices)
            else:
                yield from _entries(item, open_choices)


def _entry(value: Mapping[str, Any], open_choices: OpenChoices) -> tuple[str, str, str] | None:
    model = value.get("model", value.get("id"))
    task = value.get("task", next(iter(open_choices)) if len(open_choices) == 1 else None)
    if not isinstance(task, str) or not isinstance(model, str):
        return None
    reason = value.get("reason")
    return task, model, reason if isinstance(reason, str) else ""


def _candidate(written: str, candidates: Sequence[Candidate]) -> Candidate | None:
    """The candidate that is meant: by its id, or by the part of it that belongs to it alone."""
    folded = written.strip().casefold()
    for same in (
        lambda c: c.model == written,
        lambda c: c.model.casefold() == folded,
        lambda c: _last(c.model) == folded,
    ):
        found = [candidate for candidate in candidates if same(candidate)]
        if found:
            return found[0] if len({candidate.model for candidate in found}) == 1 else None
    return None


def _last(model: str) -> str:
    return model.casefold().rpartition("/")[2]
