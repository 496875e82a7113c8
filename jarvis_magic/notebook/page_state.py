"""What the page is told: plain dicts made from an edition, its outcomes and its results; nothing of them is markup.

One function for each trait of the widget, so that only what changed travels: the graph, the chosen task, the palette,
what is sent. Everything here is pure and knows nothing of a browser.
"""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Any, TypeAlias

from jarvis_magic.drawing.icons import ICONS
from jarvis_magic.drawing.layout import Layout, layout
from jarvis_magic.drawing.words import as_asked, model_name, size, where
from jarvis_magic.keys import HUGGING_FACE_URL, host_of
from jarvis_magic.kinds import Kind
from jarvis_magic.references import whole_reference
from jarvis_magic.task_types import TASK_TYPES, Port
from jarvis_magic.tasks import Argument, Task, references_within
from jarvis_magic.values import Assignment, Candidate, Menu, NoExpert
from jarvis_magic.wellformed import depths

from .editing import MODEL, VARIABLE, Edition, argument_text, fitting, kind_of

Plain: TypeAlias = dict[str, Any]

_IN_WORDS = frozenset({"voice", "language", "target_language", "source_language", "target"})
"""Text ports that take a word or two."""

_MOST_OTHERS = 60
"""How many other tasks are offered to come before one."""


# The graph -----------------------------------------------------------------------------------------------------


def graph_state(edition: Edition, width: int, notes: Mapping[str, str], *, whole: bool = True) -> Plain:
    """Everything that is drawn, with its place.

    Parameters
    ----------
    edition
        What is drawn.
    width
        Pixels the page has.
    notes
        A phrase on each input, by name.
    whole
        Whether the plan is whole; while it is being written, nothing is said about problems or missing experts.
    """
    draft = edition.draft
    drawn = layout(draft, widest=width)
    problems = edition.problems if whole else ()
    return {
        "request": as_asked(draft.request),
        "width": drawn.width,
        "height": drawn.height,
        "tasks": [_task(edition, task, drawn, whole=whole) for task in draft.by_id.values()],
        "inputs": [_pill(drawn, name, name, kind, notes.get(name, "")) for name, kind in draft.inputs.items()],
        "outputs": [
            _pill(drawn, shape.key, shape.name, _output_kind(edition, shape.name), "")
            for shape in drawn.shapes
            if shape.role == "output"
        ],
        "routes": [{"source": r.source, "target": r.target, "order": r.order, "path": r.path} for r in drawn.routes],
        "notes": list(draft.notes),
        "problems": list(dict.fromkeys(p.sentence for p in problems if p.task not in draft.by_id)),
    }


def _task(edition: Edition, task: Task, drawn: Layout, *, whole: bool) -> Plain:
    problems = [p.sentence for p in edition.problems if p.task == task.id] if whole else []
    if whole and task.id in edition.unanswered:
        problems.append(unanswered_words(edition.unanswered[task.id]))
    return {
        "id": task.id,
        "type": task.type,
        "icon": _icon_of(task.type),
        "purpose": task.purpose,
        "variable": edition.variable(task.id),
        "uses": list(dict.fromkeys(str(reference) for reference in task.references)),
        "problems": problems,
        "shape": _shape(drawn, task.id),
        **_model(edition.assignments.get(task.id), task),
    }


def _model(assignment: Assignment | NoExpert | None, task: Task) -> Plain:
    """Who runs a task, in words: ``expert`` is "known", "open" while it is being chosen, or "none"."""
    if isinstance(assignment, Assignment):
        return {"model": model_name(assignment.candidate), "where": where(assignment.candidate), "expert": "known"}
    expert = "open" if assignment is None else "none"
    return {"model": task.model or "", "where": "", "expert": expert}


def _pill(drawn: Layout, key: str, name: str, kind: Kind, note: str) -> Plain:
    return {"name": name, "kind": str(kind), "icon": kind.base, "note": note, "shape": _shape(drawn, key)}


def _output_kind(edition: Edition, variable: str) -> Kind:
    reference = whole_reference(edition.draft.outputs[variable])
    return kind_of(reference, edition.kinds) if reference else Kind("json")


def _shape(drawn: Layout, key: str) -> Plain:
    shape = drawn.by_key[key]
    return {"x": round(shape.x), "y": round(shape.y), "width": round(shape.width), "height": round(shape.height)}


def _icon_of(type_name: str) -> str:
    return TASK_TYPES[type_name].output.base if type_name in TASK_TYPES else "json"


# The chosen task -----------------------------------------------------------------------------------------------


def detail_state(edition: Edition, task_id: str, found: Sequence[Candidate], searched: str, note: str) -> Plain:
    """Everything that can be seen and changed of one task.

    Parameters
    ----------
    edition, task_id
        The task.
    found, searched, note
        Candidates that a search brought, the words searched for, and a sentence on how the search went.
    """
    task = edition.draft.by_id[task_id]
    assignment = edition.assignments.get(task_id)
    problems = [p for p in edition.problems if p.task == task_id]
    known = candidates_of(assignment)
    ids = {candidate.model for candidate in known}
    ports = TASK_TYPES[task.type].ports if task.type in TASK_TYPES else ()
    named = {port.name for port in ports} | {MODEL, VARIABLE}
    return {
        "id": task.id,
        "type": task.type,
        "icon": _icon_of(task.type),
        "purpose": task.purpose,
        "model": task.model if task_id in edition.misfits else _chosen_model(assignment, task),
        "where": where(assignment.candidate) if isinstance(assignment, Assignment) else "",
        "reason": assignment.reason if assignment else "",
        "download": _download(assignment),
        "candidates": [_candidate(candidate) for candidate in known],
        "found": [_candidate(candidate) for candidate in found if candidate.model not in ids],
        "searched": searched,
        "searchNote": note,
        "modelProblem": _at(problems, MODEL),
        "variable": edition.variable(task_id),
        "variableProblem": _at(problems, VARIABLE),
        "problems": [p.sentence for p in problems if p.port not in named],
        "ports": [_port(edition, task, port, _at(problems, port.name)) for port in ports],
        "sameType": sum(other.type == task.type for other in edition.draft.tasks),
        "lists": _list_rule(edition, task),
        "before": _others(edition, task),
    }


def _download(assignment: Assignment | NoExpert | None) -> Plain | None:
    """What has to come before the task can run, and the question, if it has to be asked for."""
    if not isinstance(assignment, Assignment) or not assignment.candidate.download:
        return None
    asks = unanswered_words(assignment.candidate) if assignment.needs_yes else None
    return {"size": size(assignment.candidate.download), "asks": asks}


def unanswered_words(candidate: Candidate) -> str:
    """What has to be decided about a large download."""
    return (
        f"{model_name(candidate)} is a download of {size(candidate.download)}; say yes to it, or choose another model."
    )


def candidates_of(assignment: Assignment | NoExpert | None) -> tuple[Candidate, ...]:
    """Everyone known for a task: the chosen one, the ranked rest, those that cannot run."""
    if isinstance(assignment, Assignment):
        return (assignment.candidate, *assignment.alternatives, *assignment.rejected)
    return tuple(assignment.rejected) if assignment else ()


def _chosen_model(assignment: Assignment | NoExpert | None, task: Task) -> str:
    return assignment.candidate.model if isinstance(assignment, Assignment) else task.model or ""


def _candidate(candidate: Candidate) -> Plain:
    return {
        "model": candidate.model,
        "where": where(candidate),
        "description": candidate.description,
        "weakness": candidate.weakness,
        "unavailable": candidate.unavailable,
        "downloads": candidate.downloads,
        "likes": candidate.likes,
        "size": candidate.size,
        "download": candidate.download,
        "behind": candidate.behind,
        "licence": candidate.licence,
    }


def _at(problems: Iterable[Any], place: str) -> str | None:
    return " ".join(p.sentence for p in problems if p.port == place) or None


def _port(edition: Edition, task: Task, port: Port, problem: str | None) -> Plain:
    ways = fitting(edition, task.id, port) if port.name != "options" else ()
    return {
        "name": port.name,
        "kind": str(port.kind),
        "main": not port.optional,
        "optional": port.optional,
        "control": _control(port),
        "text": argument_text(task.arguments.get(port.name)),
        "fitting": [{"reference": way.reference, "kind": str(way.kind)} for way in ways],
        "problem": problem,
    }


def _control(port: Port) -> str:
    """The control a port is edited by: a field of some sort where words can be typed, else a choice of references."""
    if port.kind.depth:
        return "list"
    if port.kind.base in ("number", "json"):
        return port.kind.base
    if port.kind.base != "text":
        return "reference"
    return "words" if port.name in _IN_WORDS else "text"


def _list_rule(edition: Edition, task: Task) -> str | None:
    """How lists are passed, where any are: "items", "whole", or "named" (the plan names the ports to split)."""
    if task.each is not None:
        return "named" if task.each else "whole"
    if edition.draft.problems or task.type not in TASK_TYPES:
        return None
    return "items" if any(depths(task, edition.kinds).values()) else None


def _others(edition: Edition, task: Task) -> list[Plain]:
    """The tasks that could be made to end before this one."""
    later = edition.waits_for(task.id)
    used = {reference.name for reference in task.references}
    free = [other.id for other in edition.draft.tasks if other.id not in later | used]
    return [{"id": other, "chosen": other in task.after} for other in free[:_MOST_OTHERS]]


# The palette ---------------------------------------------------------------------------------------------------


def palette_state(menu: Menu) -> Plain:
    """The task types that can be added, and the icons of the kinds."""
    return {"types": [_type(name, menu) for name in TASK_TYPES], "icons": icons()}


def _type(name: str, menu: Menu) -> Plain:
    task_type = TASK_TYPES[name]
    takes = ", ".join(str(port.kind) for port in task_type.ports if not port.optional)
    return {
        "type": name,
        "icon": task_type.output.base,
        "description": task_type.description,
        "takes": takes,
        "gives": str(task_type.output),
        "runs": name in menu,
    }


@cache
def icons() -> Mapping[str, Sequence[Any]]:
    """The icons of the kinds as ``[tag, attributes]`` of their SVG elements, so that the page never parses markup."""
    return {
        base: [[part.tag, dict(part.attrib)] for part in ET.fromstring(f"<g>{drawing}</g>")]  # noqa: S314 - our own text
        for base, drawing in ICONS.items()
    }


# What is sent --------------------------------------------------------------------------------------------------


def sends_state(edition: Edition, chat: str, controller: str, told: Sequence[tuple[str, str]]) -> Plain:
    """What the controller was told, and what each task will send where.

    Parameters
    ----------
    edition
        The tasks.
    chat
        Where the chat model is.
    controller
        A sentence on where planning took place.
    told
        Title and text of each message that the controller was sent.
    """
    return {
        "controller": controller,
        "told": [{"title": title, "text": text} for title, text in told],
        "tasks": [_sending(edition, task, chat) for task in edition.draft.by_id.values()],
    }


def _sending(edition: Edition, task: Task, chat: str) -> Plain:
    assignment = edition.assignments.get(task.id)
    if not isinstance(assignment, Assignment):
        return {"id": task.id, "to": "nobody", "what": "it has no expert, and sends nothing", "leaves": False}
    candidate = assignment.candidate
    what = "; ".join(_sent(edition, port, argument) for port, argument in task.arguments.items())
    if candidate.is_local:
        return {
            "id": task.id,
            "to": f"{where(candidate)}, here",
            "what": f"{what}; nothing leaves this machine",
            "leaves": False,
        }
    return {"id": task.id, "to": destination(candidate, chat), "what": what, "leaves": True}


def destination(candidate: Candidate, chat: str) -> str:
    """The host that a candidate's calls go to; `chat` is where the chat model is."""
    if candidate.endpoint == "url":
        return host_of(candidate.model)
    if candidate.endpoint == "provider":
        router = host_of(HUGGING_FACE_URL)
        return f"{router}, for {candidate.provider}" if candidate.provider else router
    return chat if candidate.endpoint == "chat" else where(candidate)


def _sent(edition: Edition, port: str, argument: Argument) -> str:
    text = argument_text(argument)
    kinds = [f"{name} is {edition.kinds[name].phrase}" for name in _names(edition, argument)]
    return f"{port}: {text}" + (f" ({', '.join(kinds)})" if kinds else "")


def _names(edition: Edition, argument: Argument) -> Iterable[str]:
    names = dict.fromkeys(reference.name for reference in references_within(argument))
    return [name for name in names if name in edition.kinds]
