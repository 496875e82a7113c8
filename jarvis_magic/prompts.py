"""What is said to a controller: the templates of ``prompts/``, filled strictly, and the demonstrations nearest to a request.

A template's slots are filled in one pass, so what a user wrote or an expert returned arrives unchanged, even where it
looks like a slot. Everything but the request is cut to a budget; the request never is.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property
from typing import Any, Literal

from jarvis_magic.assets import text as asset_text
from jarvis_magic.contracts import ChatMessage, OpenChoices
from jarvis_magic.conversions import describe, has_text_form, text_form
from jarvis_magic.kinds import Kind
from jarvis_magic.plans import Plan
from jarvis_magic.task_types import OPTIONS_PORT, TASK_TYPES, Port, TaskType
from jarvis_magic.values import Candidate, Menu, Outcome, Request, Resource, Success
from jarvis_magic.wellformed import takes

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

_SLOT = re.compile(r"\{\{(\w+)\}\}")


def fill(name: str, **slots: str) -> str:
    """Return a template of ``prompts/`` with its slots filled; what fills them is not looked at.

    Raises
    ------
    ValueError
        If the slots are not those of the template, which is a bug.
    """
    return _filled(asset_text("prompts", f"{name}.md").rstrip("\n"), slots)


def _filled(template: str, slots: Mapping[str, str]) -> str:
    wanted = set(_SLOT.findall(template))
    if wanted != set(slots):
        msg = f"The template {template[:40]!r} has the slots {sorted(wanted)}, not {sorted(slots)}."
        raise ValueError(msg)
    return _SLOT.sub(lambda match: slots[match[1]], template)


@cache
def _expert_instructions() -> Mapping[str, str]:
    found: Mapping[str, str] = json.loads(asset_text("prompts", "experts.json"))
    return found


def expert_instruction(task_type: str, values: Mapping[str, Any]) -> str:
    """Return what a chat model is told that does a task of this type itself, for the values of its ports."""
    template = _expert_instructions()[task_type]
    if task_type != "translation":
        return _filled(template, {})
    source = values.get("source_language")
    return _filled(
        template,
        {"target_language": str(values["target_language"]), "source_language": f" from {source}" if source else ""},
    )


@dataclass(frozen=True)
class Demonstration:
    """A request and the reply a careful controller would give.

    Parameters
    ----------
    request, inputs, outputs
        The words, the kind of each input by name, and the variables wanted.
    reply
        The plan in its wire form.
    """

    request: str
    reply: Mapping[str, Any]
    inputs: Mapping[str, str] = field(default_factory=dict)
    outputs: Sequence[str] = ()

    @property
    def types(self) -> frozenset[str]:
        """The task types of its reply."""
        return frozenset(task["type"] for task in self.reply["tasks"])

    @cached_property
    def traits(self) -> frozenset[str]:
        """What it is compared by."""
        return _traits(self.request, self.inputs.values())

    @cached_property
    def length(self) -> int:
        """How many characters it takes in a prompt."""
        return sum(len(message.text) for message in self.messages())

    def messages(self) -> tuple[ChatMessage, ChatMessage]:
        """The demonstration as a question and its answer."""
        lines = {name: f"@{name}: {kind}" for name, kind in self.inputs.items()}
        asked = _asked(self.request, lines.values(), (), self.outputs)
        return ChatMessage("user", asked), ChatMessage("assistant", _compact(self.reply))


@cache
def demonstrations() -> tuple[Demonstration, ...]:
    """Every demonstration of ``prompts/demonstrations.json``."""
    return tuple(Demonstration(**written) for written in json.loads(asset_text("prompts", "demonstrations.json")))


def nearest(request: Request, menu: Menu, room: int = _SHOWN) -> tuple[Demonstration, ...]:
    """Return the demonstrations that together are nearest to a request, of those the menu can run, the nearest last.

    Each is the one that has most of what the request has and those before it have not, if there is room for it; what
    few demonstrations have weighs more.
    """
    left = [shown for shown in demonstrations() if shown.types <= set(menu.runnable)]
    counts = Counter(trait for shown in left for trait in shown.traits)
    weight = {trait: 1.0 if trait.startswith("kind ") else 1 / count for trait, count in counts.items()}
    wanted = _traits(request.text, request.kinds.values())
    chosen: list[Demonstration] = []
    while left := [shown for shown in left if shown.length <= room and shown not in chosen]:
        best = max(left, key=lambda shown: sum(weight[t] for t in shown.traits & wanted) / len(shown.traits) ** 0.5)
        wanted -= best.traits
        room -= best.length
        chosen.insert(0, best)
    return tuple(chosen)


def _traits(text: str, kinds: Iterable[str]) -> frozenset[str]:
    """What requests are compared by: the kinds at hand, and the three-letter stretches of their words."""
    words = re.sub(r"@\w+", "@", f" {text.casefold()} ")
    return frozenset(words[i : i + 3] for i in range(len(words) - 2)) | {f"kind {kind}" for kind in kinds}


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
    asked = ChatMessage("user", _asked(request.text, inputs, earlier, request.outputs))
    shown = nearest(request, menu, min(_SHOWN, room // 4))
    return (system, *(message for demonstration in shown for message in demonstration.messages()), asked)


def _asked(text: str, inputs: Iterable[str], earlier: Iterable[str], outputs: Sequence[str]) -> str:
    """The request as it stands in a message: the words, then what is known of what they name."""
    told = [("Inputs", "; ".join(inputs)), ("Earlier results, newest first", "; ".join(earlier))]
    told.append(("Results wanted", ", ".join(outputs)))
    context = "\n".join(f"{name}: {said}" for name, said in told if said)
    return fill("request", request=text, context=context).rstrip()


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


def menu_text(menu: Menu, request: Request, room: int) -> str:
    """The runnable task types that a request's inputs can lead to, grouped by what they take and give.

    What the experts of a type are good at is said as far as there is room.
    """
    groups: dict[str, dict[str, list[str]]] = {}
    for task_type in _reachable(menu, request):
        ports = ", ".join(map(_port, (port for port in task_type.ports if port != OPTIONS_PORT)))
        groups.setdefault(ports, {}).setdefault(task_type.output, []).append(task_type.name)
    lines = [
        f"({ports}): " + "; ".join(f"{_family(names)} → {output}" for output, names in outputs.items())
        for ports, outputs in groups.items()
    ]
    room -= sum(map(len, lines))
    for task_type in _reachable(menu, request):
        said = menu.runnable[task_type.name]
        if said and len(said) + len(task_type.name) < room:
            lines.append(f"{task_type.name}: {said}")
            room -= len(lines[-1])
    return "\n".join(lines)


def _port(port: Port) -> str:
    implied = port.name in (port.kind, f"{port.kind.base}s") or port.kind in ("text", "number") or port.name == "labels"
    return port.name + ("?" if port.optional else "") + ("" if implied else f": {port.kind}")


def _family(names: Sequence[str]) -> str:
    """Names in a row, those of one family in one pair of braces: ``{canny,hed}-control``."""
    families: dict[str, list[str]] = {}
    for name in names:
        ending = next(
            (end for end in ("-text-to-image", "-control") if name.endswith(end) and name != "text-to-image"), ""
        )
        families.setdefault(ending or name, []).append(name.removesuffix(ending))
    return ", ".join(
        f"{{{','.join(members)}}}{ending}"
        if len(members) > 1
        else members[0] + (ending if ending != members[0] else "")
        for ending, members in families.items()
    )


_LEADS_TO: Mapping[str, frozenset[str]] = {"video": frozenset({"image", "audio"}), "masks": frozenset({"image"})}
"""What parts of a value are of, where they are of another kind: a video's frames and sound, a mask's picture."""


_FED_BY: Mapping[str, frozenset[str]] = {"table": frozenset({"table", "json"})}
"""Which kinds are worth planning for, where a port could take more: labels are a table, but hardly one to ask."""

_ORDER = {name: position for position, name in enumerate(TASK_TYPES)}


def _reachable(menu: Menu, request: Request) -> list[TaskType]:
    """The runnable task types whose ports the inputs, or what can be made of them, may fill."""
    at_hand = {
        "text",
        "number",
        *(resource.kind.base for resource in (*request.inputs.values(), *request.offered.values())),
    }
    at_hand |= {"json"} if at_hand & {"json", "table"} else set()
    waiting = [TASK_TYPES[name] for name in menu.runnable if name in TASK_TYPES]
    found: list[TaskType] = []
    while True:
        at_hand |= {part for kind in at_hand for part in _LEADS_TO.get(kind, ())}
        ready = [task_type for task_type in waiting if _can_be_filled(task_type, at_hand)]
        if not ready:
            return sorted(found, key=lambda task_type: _ORDER[task_type.name])
        found += ready
        at_hand |= {task_type.output.base for task_type in ready}
        waiting = [task_type for task_type in waiting if task_type not in ready]


def _can_be_filled(task_type: TaskType, at_hand: frozenset[str] | set[str]) -> bool:
    needed = (port.kind for port in task_type.ports if not port.optional)
    return all(any(takes(port, Kind(kind)) for kind in _FED_BY.get(port, at_hand) & at_hand) for port in needed)


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
    asked = [plan.request, *(_choice(plan, tasks, candidates, each) for candidates, tasks in groups.items())]
    return ChatMessage("system", fill("select")), ChatMessage("user", "\n".join(asked))


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
    asked = "\n".join([request.text, "", "Results:", *results, *(f"Note: {note}" for note in plan.notes)])
    return ChatMessage("system", fill("respond")), ChatMessage("user", asked)


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
    names = _family([task_type for task_type in TASK_TYPES if task_type in menu])
    asked = _asked(request.text, inputs, (), ())
    return ChatMessage("system", fill("chat", menu=names)), ChatMessage("user", asked)


def correction(reply: str, fault: str, tokens: int) -> tuple[ChatMessage, ChatMessage]:
    """Return a reply that cannot be used, as it was given, and what is wrong with it."""
    room = tokens * CHARACTERS // 2
    asked = fill("correct", fault=fault[:room])
    return ChatMessage("assistant", reply[:room] or "(nothing)"), ChatMessage("user", asked)


def _compact(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
