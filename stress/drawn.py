"""Requests drawn from a seed and a number: a plan, its inputs, and which candidates each task has."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from jarvis_magic.kinds import Kind
from jarvis_magic.plans import Plan
from jarvis_magic.tasks import Task
from jarvis_magic.values import Assignment, Candidate, Proposal

from .experts import GIVES, MAIN_PORT, picture, signature

INPUTS = {"start": Kind("text"), "photo": Kind("image"), "many": Kind("text").listed(1)}
MOST_TASKS = 8


@dataclass(frozen=True)
class Source:
    """Something a task can refer to: an input or an earlier task."""

    name: str
    kind: str
    is_list: bool


@dataclass(frozen=True)
class Drawn:
    """A request: its plan, the values of its inputs, and each task's candidates in their order."""

    number: int
    plan: Plan
    values: Mapping[str, Any]
    candidates: Mapping[str, Sequence[Candidate]]

    def approve(self, proposal: Proposal) -> Proposal:
        """The proposal with the candidates that were drawn, where it has tasks that were drawn."""
        assignments = {
            task_id: Assignment(task_id, assigned.type, drawn[0], alternatives=drawn[1:])
            if (drawn := self.candidates.get(task_id)) and drawn_type(self.plan, task_id) == assigned.type
            else assigned
            for task_id, assigned in proposal.assignments.items()
        }
        return Proposal(proposal.plan, assignments)


def drawn_type(plan: Plan, task_id: str) -> str:
    """The type of a task of a plan; empty if there is none."""
    return plan.by_id[task_id].type if task_id in plan.by_id else ""


def draw(seed: int, number: int, candidates: Mapping[str, Sequence[Candidate]]) -> Drawn:
    """Draw a request.

    Parameters
    ----------
    seed, number
        What it follows from.
    candidates
        Which candidates there are for each task type; a task gets one to three of them, the first of which works.
    """
    chance = random.Random(f"{seed}/plan/{number}")
    mark = f"run {number} of {seed}"
    values = {
        "start": mark,
        "photo": picture(signature("photo", mark)),
        "many": [f"{mark}, item {i}" for i in range(chance.randint(1, 4))],
    }
    plan = _plan(chance)
    return Drawn(number, plan, values, {task.id: _some(chance, candidates[task.type]) for task in plan.tasks})


def words(drawn: Drawn) -> str:
    """The request in words, for a controller to plan."""
    return f"Do what {drawn.values['start']} says, with @start, @photo and @many."


def with_file(plan: Plan, name: str) -> Plan:
    """The plan with its picture under another name."""
    tasks = [
        replace(
            task,
            arguments={
                p: v.replace("@photo", f"@{name}") if isinstance(v, str) else v for p, v in task.arguments.items()
            },
        )
        for task in plan.tasks
    ]
    return Plan(plan.request, {**{k: v for k, v in INPUTS.items() if k != "photo"}, name: INPUTS["photo"]}, tasks)


def _plan(chance: random.Random) -> Plan:
    sources = [Source("start", "text", False), Source("photo", "image", False), Source("many", "text", True)]
    tasks: list[Task] = []
    for position in range(chance.randint(1, MOST_TASKS)):
        fitting = {kind: [s for s in sources if s.kind == kind] for kind in ("text", "image", "audio")}
        task_type = chance.choice([t for t, port in MAIN_PORT.items() if fitting[port]])
        port = MAIN_PORT[task_type]
        name, is_list = f"t{position}", False
        if port == "text" and chance.random() < 0.7:
            used = chance.sample(
                plain := [s for s in fitting["text"] if not s.is_list], min(len(plain), chance.randint(1, 3))
            )
            argument = " ".join([f"{name} of @start:", *(f"@{s.name}" for s in used)])
        else:
            source = chance.choice(fitting[port])
            argument, is_list = f"@{source.name}", source.is_list
        other = {"target_language": "fr"} if task_type == "translation" else {}
        after = [t.id for t in tasks if chance.random() < 0.1]
        tasks.append(Task(name, task_type, {port: argument, **other}, after=after))
        sources.append(Source(name, GIVES[task_type], is_list))
    chance.shuffle(tasks)
    return Plan("Drawn.", INPUTS, tasks)


def _some(chance: random.Random, candidates: Sequence[Candidate]) -> list[Candidate]:
    """One to three candidates in any order, one of which at least is not dead."""
    works = chance.choice([c for c in candidates if not is_dead(c)])
    others = [c for c in candidates if c is not works]
    chosen = [works, *chance.sample(others, min(len(others), chance.randint(0, 2)))]
    chance.shuffle(chosen)
    return chosen


def is_dead(candidate: Candidate) -> bool:
    """Whether a candidate never works."""
    return "dead" in candidate.model
