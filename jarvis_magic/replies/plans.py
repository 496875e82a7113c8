"""The controller's plan, on the wire and as a draft."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, TypeAlias

from jarvis_magic.errors import ReplyError, either
from jarvis_magic.events import Drafted
from jarvis_magic.ids import id_problem, valid_id
from jarvis_magic.plans import Draft
from jarvis_magic.references import OUTSIDE_WORDS, references_in, whole_reference
from jarvis_magic.task_types import TASK_TYPES
from jarvis_magic.values import Request
from jarvis_magic.wellformed import Problem

from .loose_json import Found, values_in

_TEXT = {"type": "string"}
_TEXTS = {"type": "array", "items": _TEXT}


def plan_schema(outputs: Sequence[str] = (), types: Collection[str] = ()) -> dict[str, Any]:
    """The JSON schema of a reply that plans.

    Parameters
    ----------
    outputs
        The variables wanted; where there are any, the reply says which task gives each.
    types
        The task types a reply is held to; empty: any text, which keeps the schema short.
    """
    value = {"anyOf": [_TEXT, {"type": "number"}, _TEXTS]}
    task = {
        "id": _TEXT,
        "type": {**_TEXT, "enum": list(types)} if types else _TEXT,
        "arguments": _list_of({"name": _TEXT, "value": value}),
        "purpose": _TEXT,
        "model": {"type": ["string", "null"]},
        "after": _TEXTS,
        "each": {"anyOf": [_TEXTS, {"type": "null"}]},
    }
    plan = {"tasks": _list_of(task), "notes": _TEXTS}
    if outputs:
        plan["outputs"] = _list_of({"name": {**_TEXT, "enum": list(outputs)}, "value": _TEXT})
    return _object(plan)


def _object(properties: Mapping[str, Any]) -> dict[str, Any]:
    """A strict object: every field present, and no other."""
    return {
        "type": "object",
        "properties": dict(properties),
        "required": list(properties),
        "additionalProperties": False,
    }


def _list_of(properties: Mapping[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": _object(properties)}


def read_draft(text: str, request: Request) -> Draft:
    """Return the plan of a whole reply, as a draft whose problems say what is wrong with it.

    Ids that cannot be are renamed, with a note. A reply without tasks is a draft without tasks.

    Raises
    ------
    ReplyError
        If there is no plan in it, or it stops in the middle.
    """
    found = _plan_in(values_in(text))
    if found is None:
        msg = 'There is no JSON of a plan in the reply; write {"tasks": […], "notes": […]} and nothing else.'
        raise ReplyError(msg, text)
    if found.cut:
        msg = "The JSON of the plan stops in the middle; write it whole, and shorter."
        raise ReplyError(msg, text)
    return _draft(found.value, request)


def growing_draft(text: str, request: Request) -> Drafted | None:
    """Return what of a plan can be seen while a reply is written; ``None`` before its first task."""
    values = values_in(text)
    found = _plan_in(values)
    if found is None:
        return None
    tasks = [task for task in found.value["tasks"] if (read := _task(task, request)) and read["type"] in TASK_TYPES]
    if not tasks:
        return None
    draft = _draft({"tasks": tasks}, request)
    growing = _last_grows(values[-1]) and tasks[-1] is found.value["tasks"][-1]
    return Drafted(draft, frozenset(task.id for task in draft.tasks[: len(draft.tasks) - growing]))


def _last_grows(found: Found) -> bool:
    """Whether the last task of a reply may not be whole: the text ends inside it, or who knows where."""
    if isinstance(found.value, dict) and isinstance(found.value.get("tasks"), list):
        return found.open > 2  # the plan and its list of tasks
    return found.open > isinstance(found.value, list)


def _plan_in(values: Sequence[Found]) -> Found | None:
    """The plan among the values of a reply: the last one, or all the tasks that stand there one by one."""
    plans = [Found(plan, found.cut) for found in values if (plan := _as_plan(found.value)) is not None]
    if plans and any("id" in found.value for found in values if isinstance(found.value, dict)):
        loose = [task for plan in plans for task in plan.value["tasks"]]
        return Found({"tasks": loose}, any(plan.cut for plan in plans))
    return plans[-1] if plans else None


def _as_plan(value: Any) -> dict[str, Any] | None:
    """A value in the form of a plan, if it is one: wrapped, a list of tasks, one task, or nothing to do."""
    if value is None or value in ([], {}):
        return {"tasks": []}
    if isinstance(value, list):
        return {"tasks": value} if all(_is_task(item) for item in value) else None
    if not isinstance(value, dict):
        return None
    if _is_task(value):
        return {"tasks": [value]}
    tasks = value.get("tasks")
    if isinstance(tasks, dict):
        named = [{"id": name, **task} for name, task in tasks.items() if isinstance(task, dict)]
        return {**value, "tasks": [tasks] if _is_task(tasks) else named}
    if "tasks" in value and (tasks is None or isinstance(tasks, list)):
        return {**value, "tasks": tasks or []}
    inner = [plan for item in value.values() if isinstance(item, dict | list) and item and (plan := _as_plan(item))]
    return inner[0] if inner else None


def _is_task(value: Any) -> bool:
    return isinstance(value, dict) and ("type" in value or "task" in value) and "id" in value


Written: TypeAlias = dict[str, Any]
"""A task in the names of format 1, with an id and a type that are texts; its other fields as they were written."""


def _draft(written: Mapping[str, Any], request: Request) -> Draft:
    read = [_task(item, request) for item in written["tasks"]]
    tasks, outputs, notes = _renamed([task for task in read if task], _outputs(written.get("outputs")), request.kinds)
    ids = {task["id"] for task in tasks}
    offered = {name: resource.kind for name, resource in request.offered.items() if name not in ids}
    known = ids | set(request.kinds) | set(offered)
    tasks = [_referring(task, known) for task in tasks]
    used = {name for task in tasks for name in _referred(task["arguments"])}
    said = written.get("notes")
    data = {
        "request": request.text,
        "inputs": {**{name: kind for name, kind in offered.items() if name in used}, **request.kinds},
        "tasks": [*tasks, *(None for task in read if task is None)],
        "outputs": _wanted(outputs, request.outputs),
        "notes": [
            *notes,
            *(note for note in (said if isinstance(said, list) else [said]) if note and isinstance(note, str)),
        ],
    }
    draft = Draft.from_dict(data)
    return replace(draft, faults=(*draft.faults, *_too_few(draft, request)))


def _task(written: Any, request: Request) -> Written | None:
    """A task in the names of format 1, from what models write for them; ``None`` if it has no id or no type."""
    if not isinstance(written, dict):
        return None
    name, type_ = written.get("id"), written.get("type", written.get("task"))
    if not isinstance(name, str | int) or not isinstance(type_, str):
        return None
    arguments = _arguments(written.get("arguments", written.get("args")))
    purpose = written.get("purpose")
    return {
        "id": str(name),
        "type": _type(type_),
        "arguments": arguments,
        "purpose": purpose if isinstance(purpose, str) else "",
        "model": _model(written.get("model"), request),
        "after": _after(written.get("after", written.get("dep"))),
        "each": _each(written.get("each"), arguments),
    }


def _type(written: str) -> str:
    """A task type as it is spelled, where only case, spaces or underscores differ."""
    folded = re.sub(r"[\s_]+", "-", written.strip().casefold())
    return folded if folded in TASK_TYPES else written


def _arguments(written: Any) -> Any:
    """Arguments by name, without those that are null; what has another form is left for the draft to refuse."""
    if isinstance(written, list) and all(
        isinstance(pair, dict) and isinstance(pair.get("name"), str) for pair in written
    ):
        if len({pair["name"] for pair in written}) < len(written):
            return written
        written = {pair["name"]: pair.get("value") for pair in written}
    if not isinstance(written, dict):
        return written
    return {
        name: _options(value) if name == "options" else value for name, value in written.items() if value is not None
    }


def _options(written: Any) -> Any:
    """Options as an object, which the strict schema lets a model write only as text."""
    found = values_in(written) if isinstance(written, str) else ()
    return found[0].value if found and isinstance(found[0].value, dict) else written


def _model(written: Any, request: Request) -> str | None:
    """A model the user named in the request; a model's own idea of one is none, and URLs and folders are the user's."""
    if not isinstance(written, str) or not re.fullmatch(r"[\w-][\w.-]*(/[\w-][\w.-]*)?", written):
        return None
    return written if written.casefold() in request.text.casefold() else None


def _after(written: Any) -> list[str]:
    """Ids, without the reference's ways to say that there are none."""
    names = written if isinstance(written, list) else [written]
    return [str(name) for name in names if isinstance(name, str | int) and str(name) not in ("", "-1")]


def _each(written: Any, arguments: Any) -> list[str] | None:
    """Which ports are split: an empty list says something only where a whole list could go in."""
    if not isinstance(written, list) or not isinstance(arguments, dict):
        return None
    named = [name for name in written if isinstance(name, str) and name in arguments]
    whole = [value for value in arguments.values() if isinstance(value, str) and whole_reference(value)]
    return named if named or (whole and not written) else None


def _outputs(written: Any) -> dict[str, str]:
    """Variable to reference."""
    pairs = list(written.items()) if isinstance(written, dict) else []
    if isinstance(written, list):
        pairs = [(pair.get("name"), pair.get("value")) for pair in written if isinstance(pair, dict)]
    return {
        name: value if value.startswith("@") else f"@{value}"
        for name, value in pairs
        if isinstance(name, str) and isinstance(value, str) and value
    }


def _wanted(outputs: Mapping[str, str], names: Sequence[str]) -> dict[str, str] | None:
    """The outputs under the names that are wanted, if the reply has them all; ``None``: the plan's own."""
    return {name: outputs[name] for name in names} if names and all(name in outputs for name in names) else None


def _too_few(draft: Draft, request: Request) -> Iterator[Problem]:
    if draft.tasks and len(draft.tasks) < len(request.outputs) and set(draft.outputs) != set(request.outputs):
        wanted = either(list(request.outputs), "and")
        yield Problem(None, None, f"The outputs {wanted} are wanted; say in 'outputs' which result is each of them.")


def _renamed(
    tasks: list[Written], outputs: dict[str, str], inputs: Collection[str]
) -> tuple[list[Written], dict[str, str], list[str]]:
    """Tasks whose ids are allowed, the outputs that name them, and a note for each that was renamed.

    An id that belongs to an input or to an earlier task stays as it is, to be refused, if a later task refers to it:
    nobody can say which of the two it means.
    """
    taken, notes = set(inputs), list[str]()
    ids = {task["id"] for task in tasks}
    for position, task in enumerate(tasks):
        old = task["id"]
        new = valid_id(old, taken | ids) if old in taken or id_problem(old) else old
        if new != old and old in taken:
            if any(old in (*_referred(later["arguments"]), *later["after"]) for later in tasks[position + 1 :]):
                continue
            tasks[position] = {**task, "id": new}
        elif new != old:
            tasks = [_naming(other, old, new) for other in tasks]
        if new != old:
            notes.append(f"The result {old!r} is called {new!r}, because that name cannot be used for it.")
            outputs = {variable: _with_name(written, old, new) for variable, written in outputs.items()}
        taken.add(new)
    return tasks, outputs, notes


def _naming(task: Written, old: str, new: str) -> Written:
    """A task that says `new` where it said `old`."""
    return {
        **task,
        "id": new if task["id"] == old else task["id"],
        "arguments": _within(task["arguments"], lambda text: _with_name(text, old, new)),
        "after": [new if name == old else name for name in task["after"]],
    }


def _with_name(text: str, old: str, new: str) -> str:
    """A text in which every reference to `old` is one to `new`; `old` may be what no reference could be written to."""
    return re.sub(rf"{OUTSIDE_WORDS}(?<!@)@{re.escape(old)}(?!\w)", f"@{new}", text)


def _referring(task: Written, known: Collection[str]) -> Written:
    """A task whose media arguments that are a bare name of something known refer to it."""
    task_type = TASK_TYPES.get(task["type"])
    if task_type is None or not isinstance(task["arguments"], dict):
        return task
    media = {port.name for port in task_type.ports if port.kind.base not in ("text", "json", "number")}
    arguments = {
        name: _within(value, lambda text: f"@{text}" if text in known else text) if name in media else value
        for name, value in task["arguments"].items()
    }
    return {**task, "arguments": arguments}


def _within(value: Any, change: Callable[[str], str]) -> Any:
    """A value with its texts changed, at any depth."""
    if isinstance(value, str):
        return change(value)
    if isinstance(value, list):
        return [_within(item, change) for item in value]
    if isinstance(value, dict):
        return {key: _within(item, change) for key, item in value.items()}
    return value


def _referred(value: Any) -> Iterator[str]:
    """The names a value's texts refer to."""
    if isinstance(value, str):
        yield from (reference.name for reference in references_in(value))
    elif isinstance(value, list | dict):
        for item in value.values() if isinstance(value, dict) else value:
            yield from _referred(item)
