"""Plans, proposals and runs as static HTML pages of one output cell, within 300 kB however much there is to show."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TypeAlias

from ..kinds import Kind
from ..plans import Plan
from ..references import kind_at, value_at, whole_reference
from ..tasks import Task, thawed
from ..values import Assignment, Candidate, Failure, NoExpert, Outcome, Proposal, Resource, Run, Skipped, Success
from . import markup
from .icons import picture
from .layout import WIDEST, layout
from .markdown import markdown_html
from .palette import DONE, FAILED, NO_EXPERT, SKIPPED, kind_colour, state_of, state_words
from .svg import alt_text, data_uri, svg
from .texts import value_line
from .values import value_html
from .words import clean, count, cut, escape, listed, model_name, one_line, seconds, where

LARGEST = 250_000
"""Bytes of HTML in a saved cell; the plain text beside it has the rest of 300 kB."""
_ROOMS = (220_000, 120_000, 60_000, 30_000, 12_000)
_LEAST_ROOM = 2_500
_CARDS = 40
_SMALLEST_SCALE = 0.7
"""How far a graph is made smaller to fit the page before it scrolls instead, so that its words can be read."""
_WIDEST_READABLE = 4_000
_TIME_COLOURS = {"done": "#2da44e", "failed": "#cf222e"}


def plan_html(plan: Plan) -> str:
    """Return a plan as HTML: the request, the graph, its tasks with their arguments, notes."""
    return proposal_html(Proposal(plan))


def proposal_html(proposal: Proposal) -> str:
    """Return a proposal as HTML: the request, the graph, who would do what and why, what would leave this machine."""
    return _fitted(lambda room: _proposal(proposal, room))


def run_html(run: Run, bound: Mapping[str, str] | None = None, *, inputs: Mapping[str, Resource] | None = None) -> str:
    """Return a run as HTML: request, graph, answer, results, what was not done and why, choices and timings.

    Parameters
    ----------
    run
        What was carried out.
    bound
        The variables that were bound, and what each holds: ``{"caption": "text"}``.
    inputs
        The inputs by name, where they are at hand: boxes and masks are drawn on their pictures, tokens in their texts.
    """
    return _fitted(lambda room: _run(run, bound or {}, inputs or {}, room))


def _fitted(build: Callable[[int], str]) -> str:
    """The page with the most room that stays within `LARGEST` bytes as a notebook writes it."""
    for room in _ROOMS:
        page = build(room)
        if len(json.dumps(page, ensure_ascii=False).encode()) <= LARGEST:
            break
    return page


def _page(*sections: str) -> str:
    return f'<div style="max-width:{WIDEST + 20}px;line-height:1.45">{"".join(sections)}</div>'


# Proposals --------------------------------------------------------------------------------------------------------


def _proposal(proposal: Proposal, room: int) -> str:
    plan = proposal.plan
    return _page(
        _request(plan, room),
        _graph(proposal, None, room),
        _no_experts(proposal, room),
        _leaving(proposal),
        _tasks(proposal, room),
        _notes(plan.notes),
    )


def _request(plan: Plan, room: int) -> str:
    said = escape(cut(clean(plan.request).strip(), min(1_000, room // 20)))
    style = f"border-left:3px solid {markup.LINE};padding:2px 0 2px 10px;margin:4px 0 10px 0;white-space:pre-wrap"
    return f'<div style="{style};overflow-wrap:break-word">{said}</div>' if said else ""


def _graph(proposal: Proposal, outcomes: Mapping[str, Outcome] | None, room: int) -> str:
    if not proposal.plan.tasks:
        return ""
    source = data_uri(svg(proposal, outcomes))
    if len(source) > room // 2:
        return ""
    readable = round(_SMALLEST_SCALE * layout(proposal.plan).width)
    least = f";min-width:{readable}px" if readable <= _WIDEST_READABLE else ""
    drawn = markup.image(source, alt_text(proposal, outcomes), f"height:auto;display:block{least}")
    return f'<div style="overflow:auto;max-height:720px;margin:4px 0">{drawn}</div>'


def _no_experts(proposal: Proposal, room: int) -> str:
    lines = []
    for task_id, assignment in proposal.assignments.items():
        if isinstance(assignment, NoExpert):
            waiting = proposal.plan.dependents(task_id)
            behind = f" Skipped with it: {cut(listed(waiting), 200)}." if waiting else ""
            said = markup.sentence(cut(one_line(assignment.reason), 500) + behind)
            lines.append(f"{markup.chip(NO_EXPERT, 'no expert here yet')} {markup.code(task_id)} {said}")
    return _bounded(lines, room)


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
    shown = tasks[: min(40, room // 4_000)]
    head = ["Variable", "Task type", "Arguments"] + ["Expert model", "Why"] * bool(proposal.assignments)
    rows = [_task_row(task, proposal) for task in shown]
    more = _more(len(tasks) - len(shown), "task")
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
    return [*row, _model(assignment.candidate), _reason(assignment) + (_others(others) if others else "")]


def _argument(value: object) -> str:
    if isinstance(value, str) and whole_reference(value):
        return value
    return cut(one_line(json.dumps(thawed(value), ensure_ascii=False, default=str)), 120)


def _model(candidate: Candidate) -> str:
    return f"{escape(model_name(candidate))}<br>{markup.faint(where(candidate))}"


_CHOSEN_BY = {"user": "you chose it", "controller": "the controller chose it", "lock": "from the lock file"}


def _reason(assignment: Assignment) -> str:
    parts = [one_line(assignment.reason), _CHOSEN_BY.get(assignment.chosen_by, "")]
    return escape(cut("; ".join(part for part in parts if part), 240))


def _others(others: int) -> str:
    words = f"{count(others, 'alternative')} if it fails"
    return f"<br>{markup.faint(words)}"


# Runs -------------------------------------------------------------------------------------------------------------


def _run(run: Run, bound: Mapping[str, str], inputs: Mapping[str, Resource], room: int) -> str:
    proposal = Proposal(run.plan, run.assignments)
    before = (
        _request(run.plan, room)
        + _summary(run)
        + _graph(proposal, run.outcomes, room)
        + _answer(run.response, room)
        + _troubles(run, room)
        + _no_experts(proposal, room)
    )
    after = _bound(bound) + _choices(run, room) + _notes(_run_notes(run))
    return _page(before, _results(run, inputs, max(0, room - len(before) - len(after))), after)


def _summary(run: Run) -> str:
    states = [state_of(task.id, run.assignments, run.outcomes) for task in run.plan.tasks]
    chips = [
        markup.chip(state, f"{states.count(state):,} {state.word}")
        for state in (DONE, FAILED, SKIPPED, NO_EXPERT)
        if states.count(state)
    ]
    took = _took(run.outcomes)
    said = [f"took {seconds(took)}"] if took else []
    asked = run.usage.plan + run.usage.select + run.usage.respond + run.usage.repairs
    if asked.calls:
        tokens = f", {asked.tokens_in + asked.tokens_out:,} tokens" if asked.tokens_in else ""
        said.append(f"controller: {count(asked.calls, 'call')}{tokens}")
    line = [*chips, *([markup.faint(" · ".join(said))] if said else [])]
    return markup.box(" ".join(line), "margin:4px 0 8px 0") if line else ""


def _took(outcomes: Mapping[str, Outcome]) -> float:
    return max((o.started + o.seconds for o in outcomes.values() if isinstance(o, Success | Failure)), default=0.0)


def _answer(response: str, room: int) -> str:
    if not response.strip():
        return ""
    style = (
        f"background-color:{markup.GROUND};border-radius:8px;padding:2px 14px;margin:10px 0;overflow-wrap:break-word"
    )
    return f'<div style="{style}">{markdown_html(response, room // 12)}</div>'


def _troubles(run: Run, room: int) -> str:
    lines = []
    for task_id, outcome in sorted(run.outcomes.items(), key=lambda item: isinstance(item[1], Skipped)):
        state = state_of(task_id, run.assignments, run.outcomes)
        if isinstance(outcome, Failure | Skipped) and state in (FAILED, SKIPPED):
            tried = [a.model for a in outcome.attempts] if isinstance(outcome, Failure) else []
            models = list(dict.fromkeys(one_line(model) for model in tried))
            said = f" (tried {cut(listed(models), 200)})" if len(tried) > 1 else ""
            sentence = markup.sentence(cut(one_line(outcome.sentence), 500))
            lines.append(f"{markup.chip(state, state.word)} {markup.code(task_id)} {sentence}{markup.faint(said)}")
    return _bounded(lines, room)


def _bounded(lines: Sequence[str], room: int) -> str:
    """Lines as far as their share of the room goes, then how many more there are."""
    shown = lines[: max(3, min(20, room // 8_000))]
    more = _more(len(lines) - len(shown), "task")
    rows = "".join(f'<div style="margin:6px 0;overflow-wrap:break-word">{line}</div>' for line in shown)
    return rows + more


def _more(hidden: int, noun: str) -> str:
    return markup.small(f"and {count(hidden, f'more {noun}')}") if hidden > 0 else ""


def _bound(bound: Mapping[str, str]) -> str:
    if not bound:
        return ""
    names = [
        f"{markup.code(cut(one_line(v), 60))} {markup.faint(cut(one_line(what), 60))}"
        for v, what in list(bound.items())[:24]
    ]
    more = f" and {len(bound) - 24:,} more" if len(bound) > 24 else ""
    return markup.box(f"Bound: {', '.join(names)}{more}", "margin:8px 0")


def _run_notes(run: Run) -> list[str]:
    """The plan's and the run's notes, the experts' own, and which models failed before another did it."""
    notes = [*run.plan.notes, *run.notes]
    for task_id, outcome in run.outcomes.items():
        if isinstance(outcome, Success):
            notes += [f"{task_id}: {note}" for note in outcome.notes]
            failed = [a for a in outcome.attempts if a.failure]
            notes += [f"{task_id}: {a.model} failed: {a.failure}" for a in failed]
    return notes


def _notes(notes: Sequence[str]) -> str:
    if not notes:
        return ""
    shown = [markup.sentence(cut(one_line(note), 400)) for note in notes[:12]]
    return markup.heading("Notes") + markup.bullets(shown) + _more(len(notes) - len(shown), "note")


def _choices(run: Run, room: int) -> str:
    tasks = run.plan.in_order
    if not tasks:
        return ""
    shown, took = tasks[: min(40, room // 4_000)], _took(run.outcomes)
    rows = [_choice_row(task, run, took) for task in shown]
    head = ("Variable", "Task type", "Expert model", "Why", "State", "When")
    body = markup.table("Who did what, why, and when", head, rows) + _more(len(tasks) - len(shown), "task")
    return markup.details("How it was done", body)


def _choice_row(task: Task, run: Run, took: float) -> list[str]:
    assignment, outcome = run.assignments.get(task.id), run.outcomes.get(task.id)
    state = state_of(task.id, run.assignments, run.outcomes)
    chosen = isinstance(assignment, Assignment)
    bar = ""
    if isinstance(outcome, Success | Failure) and state and took:
        bar = markup.bar(outcome.started / took, outcome.seconds / took, _TIME_COLOURS[state.word])
    return [
        markup.code(task.id),
        escape(task.type),
        _done_by(assignment, outcome) if chosen and isinstance(assignment, Assignment) else "",
        _reason(assignment) if isinstance(assignment, Assignment) else "",
        markup.chip(state, state_words(state, outcome)) if state else "",
        bar,
    ]


def _done_by(assignment: Assignment, outcome: Outcome | None) -> str:
    """The model that gave the result, which may be another than the first choice."""
    known = {c.model: c for c in (assignment.candidate, *assignment.alternatives)}
    model = outcome.model if isinstance(outcome, Success | Failure) else ""
    return _model(known.get(model, assignment.candidate))


Found: TypeAlias = tuple[str, str, Resource]
"""A result that is bound: its variable, the task it comes from, and the value."""

_APPETITE = {"audio": 6, "video": 8, "image": 3, "boxes": 3, "masks": 3}


# Results ----------------------------------------------------------------------------------------------------------


def _results(run: Run, inputs: Mapping[str, Resource], room: int) -> str:
    """The outputs as cards with their views, as far as there is room; then in a line each; then their number."""
    found = list(_outputs(run))
    if not found:
        return ""
    cards = _cards(run, found[:_CARDS], inputs, room - 1_000)
    left = room - sum(map(len, cards.values()))
    in_lines = [item for item in found if item[0] not in cards]
    rest = [
        f"{markup.code(variable)} {escape(value_line(resource))}"
        for variable, _, resource in in_lines[: max(5, min(60, left // 400))]
    ]
    more = _more(len(in_lines) - len(rest), "result")
    in_order = "".join(cards[variable] for variable, *_ in found if variable in cards)
    flow = f'<div style="display:flex;flex-wrap:wrap;gap:10px;align-items:stretch">{in_order}</div>'
    return markup.heading("Results") + (flow if cards else "") + (markup.bullets(rest) if rest else "") + more


def _cards(run: Run, found: Sequence[Found], inputs: Mapping[str, Resource], room: int) -> dict[str, str]:
    """A card for each result by its variable, while there is room: first what needs little, media share what is left."""
    appetite = {
        variable: _APPETITE.get(resource.kind.base, 1) * (1 + resource.kind.depth) for variable, _, resource in found
    }
    waiting = sum(appetite.values())
    cards: dict[str, str] = {}
    for variable, source, resource in sorted(found, key=lambda item: appetite[item[0]]):
        share = room * appetite[variable] // waiting
        waiting -= appetite[variable]
        if share < _LEAST_ROOM:
            continue
        view = value_html(resource, name=variable, about=_about(run, source, inputs), room=share - 1_300)
        cards[variable] = _card(variable, resource, view, run.outcomes[source])
        room -= len(cards[variable])
    return cards


def _outputs(run: Run) -> Iterable[Found]:
    """The outputs that have a value: variable, the task it comes from, and the value."""
    for variable, reference in run.plan.output_references.items():
        outcome = run.outcomes.get(reference.name)
        if isinstance(outcome, Success):
            kind = kind_at(outcome.resource.kind, reference.path)
            yield variable, reference.name, Resource(kind, value_at(outcome.resource.value, reference.path))


def _card(variable: str, resource: Resource, view: str, outcome: Outcome) -> str:
    style = f"flex:1 1 280px;max-width:520px;min-width:0;border:1px solid {markup.LINE};border-radius:10px;padding:10px 12px"
    what = one_line(str(resource.kind))
    by = f"{one_line(outcome.model).removeprefix('toolbox/')}" if isinstance(outcome, Success) and outcome.model else ""
    head = (
        f"{_icon(resource.kind)} {markup.code(variable)} {markup.faint(cut(' · '.join(filter(None, (what, by))), 120))}"
    )
    return f'<div style="{style}"><div style="margin-bottom:6px">{head}</div>{view}</div>'


def _icon(kind: Kind) -> str:
    source = data_uri(picture(kind.base, kind_colour(kind.base, "light")))
    style = "width:16px;height:16px;vertical-align:text-bottom;background-color:#ffffff;border-radius:4px;padding:2px"
    return markup.image(source, "", style)


def _about(run: Run, task_id: str, inputs: Mapping[str, Resource]) -> Resource | None:
    """What a task's findings are about: the value its ``image`` or ``text`` was, where that is at hand."""
    task = run.plan.by_id[task_id]
    for port in ("image", "text"):
        written = task.arguments.get(port)
        reference = whole_reference(written) if isinstance(written, str) else None
        if reference is None:
            continue
        outcome = run.outcomes.get(reference.name)
        source = outcome.resource if isinstance(outcome, Success) else inputs.get(reference.name)
        if source is not None:
            return Resource(kind_at(source.kind, reference.path), value_at(source.value, reference.path))
    return None
