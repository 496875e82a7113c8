"""Plans and proposals as static HTML: what would be done, by whom, and what would leave this machine."""

from __future__ import annotations

from ..plans import Plan
from ..references import whole_reference
from ..tasks import Task
from ..values import Assignment, Proposal
from . import markup, sections
from .palette import NO_EXPERT
from .words import count, cut, escape, json_text, listed, one_line, where


def plan_html(plan: Plan) -> str:
    """Return a plan as HTML: the request, the graph, its tasks with their arguments, notes."""
    return proposal_html(Proposal(plan))


def proposal_html(proposal: Proposal) -> str:
    """Return a proposal as HTML: the request, the graph, who would do what and why, what would leave this machine."""
    return sections.fitted(lambda room: _proposal(proposal, room))


def _proposal(proposal: Proposal, room: int) -> str:
    plan = proposal.plan
    return sections.page(
        sections.request(plan, room),
        sections.graph(proposal, None, room),
        sections.no_experts(proposal, room),
        _leaving(proposal),
        _tasks(proposal, room),
        sections.notes(plan.notes),
    )


def _leaving(proposal: Proposal) -> str:
    """What would leave this machine, or that nothing would."""
    places: dict[str, list[str]] = {}
    for task_id, assignment in proposal.assignments.items():
        if isinstance(assignment, Assignment) and not assignment.candidate.is_local:
            places.setdefault(where(assignment.candidate), []).append(task_id)
    if not proposal.assignments:
        return ""
    if not places:
        return markup.small("Nothing leaves this machine.")
    said = [f"{cut(listed(ids), 200)} to {place}" for place, ids in list(places.items())[:10]]
    return markup.small(f"Leaves this machine: the inputs of {'; '.join(said)}.")


def _tasks(proposal: Proposal, room: int) -> str:
    tasks = proposal.plan.in_order
    if not tasks:
        return ""
    shown = tasks[: min(sections.MOST_ROWS, room // 4_000)]
    head = ["Task", "Task type", "Arguments"] + ["Expert model", "Why"] * bool(proposal.assignments)
    rows = [_task_row(task, proposal) for task in shown]
    more = sections.more(len(tasks) - len(shown), "task")
    return markup.details(count(len(tasks), "task"), markup.table("What would run, in order", head, rows) + more)


def _task_row(task: Task, proposal: Proposal) -> list[str]:
    said = ", ".join(f"{port} = {_argument(value)}" for port, value in task.arguments.items())
    row = [markup.code(task.id), escape(task.type), escape(cut(said, 240))]
    if not proposal.assignments:
        return row
    assignment = proposal.assignments.get(task.id)
    if not isinstance(assignment, Assignment):
        return [*row, markup.chip(NO_EXPERT, NO_EXPERT.word), ""]
    others = len(assignment.alternatives)
    return [
        *row,
        sections.model(assignment.candidate, ran=False),
        sections.reason(assignment) + (_others(others) if others else ""),
    ]


def _argument(value: object) -> str:
    if isinstance(value, str) and whole_reference(value):
        return value
    return cut(one_line(json_text(value)), 120)


def _others(others: int) -> str:
    words = f"{count(others, 'alternative')} if it fails"
    return f"<br>{markup.faint(words)}"
