"""The messages of each stage. Everything but the request is cut to a budget; the request never is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

from jarvis_magic.contracts import ChatMessage, OpenChoices
from jarvis_magic.conversions import describe, has_text_form, text_form
from jarvis_magic.plans import Plan
from jarvis_magic.task_types import TASK_TYPES
from jarvis_magic.values import Candidate, Menu, Outcome, Request, Resource, Success

from .demonstrations import nearest
from .menus import family, menu_text
from .templates import asked, fill

Share = Literal["kinds", "shapes", "excerpts"]

CHARACTERS = 4
"""How many characters are counted as one token."""
_SHOWN = 650
"""How many characters the demonstrations may take."""
_LINE = 300
"""The longest description of one input, in characters."""
_MENU = 1500
"""How many characters the task types and what their experts are good at may take; all types are always listed."""
_LEAST = 600
"""How many characters there are for inputs, earlier results and demonstrations at least."""
_CANDIDATES, _SHORTEST, _LONGEST = 1000, 30, 120
"""How many characters the descriptions of all candidates may take, and each of them at least and at most."""


def plan_messages(request: Request, menu: Menu, share: Share, tokens: int) -> tuple[ChatMessage, ...]:
    """Return the messages that ask for a plan.

    Parameters
    ----------
    request, menu
        What was asked, and the task types that can run here.
    share
        How much of the inputs is told.
    tokens
        How much may be said besides the request itself.
    """
    system = ChatMessage("system", fill("plan", menu=menu_text(menu, request, _MENU)))
    room = max(_LEAST, tokens * CHARACTERS - len(system.text))
    inputs = _described(request.inputs, share, room // 2)
    offered = {name: resource for name, resource in request.offered.items() if name not in request.inputs}
    earlier = _described(offered, share, room // 4)
    question = ChatMessage("user", asked(request.text, inputs, earlier, request.outputs))
    shown = nearest(request, menu, min(_SHOWN, room // 4))
    return (system, *(message for demonstration in shown for message in demonstration.messages()), question)


def _described(resources: Mapping[str, Resource], share: Share, room: int) -> list[str]:
    """A line for each resource, as long as there is room; those left out are counted."""
    lines: list[str] = []
    each = max(40, min(_LINE, room // max(1, len(resources))))
    for name, resource in resources.items():
        line = f"@{name}: {describe(resource, share, each)}"
        if room < len(line):
            lines.append(f"and {len(resources) - len(lines)} more")
            break
        lines.append(line)
        room -= len(line)
    return lines


def select_messages(plan: Plan, open_choices: OpenChoices, tokens: int) -> tuple[ChatMessage, ...]:
    """Return the messages that ask for an expert model for each task that has several.

    Tasks with the same candidates are listed together.

    Parameters
    ----------
    plan, open_choices
        The tasks, and the ranked candidates of each.
    tokens
        How much may be said besides the request itself.
    """
    groups: dict[tuple[Candidate, ...], list[str]] = {}
    for task_id, candidates in open_choices.items():
        groups.setdefault(tuple(candidates), []).append(task_id)
    room = min(_CANDIDATES, tokens * CHARACTERS) // max(1, sum(map(len, groups)))
    each = max(_SHORTEST, min(_LONGEST, room))
    lines = [plan.request, *(_choice(plan, tasks, candidates, each) for candidates, tasks in groups.items())]
    return ChatMessage("system", fill("select")), ChatMessage("user", "\n".join(lines))


def _choice(plan: Plan, task_ids: Sequence[str], candidates: Sequence[Candidate], each: int) -> str:
    tasks = (plan.by_id[task_id] for task_id in task_ids)
    named = ", ".join(f"{task.id} ({task.purpose or task.type})" for task in tasks)
    return "\n- ".join([f"{named}:", *(f"{c.model}: {_candidate(c)[:each]}" for c in candidates)])


def _candidate(candidate: Candidate) -> str:
    """What is known of a candidate, in one line: where it runs, what it is good and bad at."""
    facts = ["local" if candidate.is_local else "", " ".join(candidate.languages[:8])]
    facts += [" ".join(candidate.description.split()).rstrip(".")]
    facts += [f"weak: {candidate.weakness.rstrip('.')}"] if candidate.weakness else []
    return "; ".join(fact for fact in facts if fact)


def response_messages(
    request: Request, plan: Plan, outcomes: Mapping[str, Outcome], share: Share, tokens: int
) -> tuple[ChatMessage, ...]:
    """Return the messages that ask for an answer from the results.

    Parameters
    ----------
    request, plan, outcomes
        What was asked, planned, and how each task ended.
    share
        Whether the results' words are told, or only their kinds and shapes.
    tokens
        How much may be said besides the request itself.
    """
    each = max(80, tokens * CHARACTERS // max(1, len(plan.tasks)) - 80)
    results = [_result(plan, task_id, outcomes.get(task_id), share, each) for task_id in plan.by_id]
    told = "\n".join([request.text, "", "Results:", *results, *(f"Note: {note}" for note in plan.notes)])
    return ChatMessage("system", fill("respond")), ChatMessage("user", told)


def _result(plan: Plan, task_id: str, outcome: Outcome | None, share: Share, room: int) -> str:
    """What became of a task, in a few lines at most `room` characters long."""
    task = plan.by_id[task_id]
    head = f"- {task_id} ({task.purpose or task.type}"
    if not isinstance(outcome, Success):
        return f"{head}): no result: {outcome.sentence if outcome else 'it did not run.'}"[:room]
    head += f", by {outcome.model}): " if outcome.model else "): "
    resource = outcome.resource
    if share != "excerpts" or not has_text_form(resource.kind):
        return head + describe(resource, "kinds" if share == "kinds" else "shapes", room)
    words = text_form(resource.value, resource.kind)
    kept = words if len(words) <= room else words[: room - 20].rstrip() + f" … ({len(words)} characters)"
    return head + kept


def chat_messages(request: Request, menu: Menu, share: Share, tokens: int) -> tuple[ChatMessage, ...]:
    """Return the messages that ask for an answer to what needs no task."""
    room = tokens * CHARACTERS
    inputs = _described(request.inputs, share, room // 2)
    names = family([task_type for task_type in TASK_TYPES if task_type in menu])
    question = asked(request.text, inputs, (), ())
    return ChatMessage("system", fill("chat", menu=names)), ChatMessage("user", question)


def correction(reply: str, fault: str, tokens: int) -> tuple[ChatMessage, ChatMessage]:
    """Return a reply that cannot be used, as it was given, and what is wrong with it."""
    room = tokens * CHARACTERS // 2
    back = fill("correct", fault=fault[:room])
    return ChatMessage("assistant", reply[:room] or "(nothing)"), ChatMessage("user", back)
