"""Runs as static HTML pages of one output cell, within their bound however much there is to show."""

from __future__ import annotations

from collections.abc import Mapping

from ..tasks import Task
from ..values import Assignment, Failure, NoExpert, Outcome, Proposal, Resource, Run, Skipped, Success
from . import markup, sections
from .lacks import lacking_html
from .markdown import markdown_html
from .palette import DONE, FAILED, NO_EXPERT, SKIPPED, state_of, state_words
from .results import results
from .words import answer_of, cut, done_by, escape, listed, one_line, run_notes, says, seconds, used

_TIME_COLOURS = {"done": "#2da44e", "failed": "#cf222e"}


def run_html(
    run: Run,
    bound: Mapping[str, str] | None = None,
    *,
    inputs: Mapping[str, Resource] | None = None,
    shows_results: bool = True,
) -> str:
    """Return a run as HTML: request, graph, answer, results, what was not done and why, choices and timings.

    Parameters
    ----------
    run
        What was carried out.
    bound
        The variables that were bound, and what each holds: ``{"caption": "text"}``.
    inputs
        The inputs by name, where they are at hand: boxes and masks are drawn on their pictures, tokens in their texts.
    shows_results
        Whether the answer and the results are shown; if not, how they were come by is.
    """
    return sections.fitted(lambda room: _run(run, bound or {}, inputs or {} if shows_results else None, room))


def _run(run: Run, bound: Mapping[str, str], inputs: Mapping[str, Resource] | None, room: int) -> str:
    """The page; without `inputs`, without results."""
    proposal = Proposal(run.plan, run.assignments)
    response = answer_of(run) if inputs is not None else ""
    answer = cut(response, room // 12)  # what it says is not said again
    before = (
        sections.request(run.plan, room)
        + _summary(run)
        + sections.graph(proposal, run.outcomes, room)
        + _answer(response, room)
        + _troubles(run, room, answer)
        + sections.no_experts(proposal, room, answer)
        + lacking_html(run)
    )
    after = (
        _bound(bound)
        + _choices(run, room)
        + sections.notes([note for note in run_notes(run) if not says(answer, note)])
    )
    left = max(0, room - len(before) - len(after))
    return sections.page(before, "" if inputs is None else results(run, inputs, left), after)


def _summary(run: Run) -> str:
    states = [state_of(task.id, run.assignments, run.outcomes) for task in run.plan.tasks]
    chips = [
        markup.chip(state, f"{states.count(state):,} {state.word}")
        for state in (DONE, FAILED, SKIPPED, NO_EXPERT)
        if states.count(state)
    ]
    took = _took(run.outcomes)
    said = [*([f"took {seconds(took)}"] if took else []), *used(run.usage)]
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


def _troubles(run: Run, room: int, answer: str) -> str:
    """What failed, then what was skipped without the answer saying so, each with its sentence; what has no expert is told elsewhere."""

    def line(task_id: str) -> str:
        outcome, state = run.outcomes[task_id], FAILED if isinstance(run.outcomes[task_id], Failure) else SKIPPED
        attempts = outcome.attempts if isinstance(outcome, Failure) else ()
        models = list(dict.fromkeys(one_line(attempt.model) for attempt in attempts))
        tried = f" (tried {cut(listed(models), 200)})" if len(attempts) > 1 else ""
        sentence = "" if isinstance(outcome, Success) else markup.sentence(cut(one_line(outcome.sentence), 500))
        return f"{markup.chip(state, state.word)} {markup.code(task_id)} {sentence}{markup.faint(tried)}"

    states = {task_id: state_of(task_id, run.assignments, run.outcomes) for task_id in run.outcomes}
    failed, skipped = ([i for i, found in states.items() if found is state] for state in (FAILED, SKIPPED))
    told = _behind_no_expert(run, answer)
    skipped = [i for i in skipped if i not in told]
    untold = [i for i in skipped if not (isinstance(o := run.outcomes[i], Skipped) and says(answer, o.sentence))]
    return sections.lines(line, [*failed, *untold], room)


def _behind_no_expert(run: Run, answer: str) -> set[str]:
    """The tasks that are named where what they wait for is told to have no expert."""
    lacking = [a for a in run.assignments.values() if isinstance(a, NoExpert) and not says(answer, a.reason)]
    return {name for a in lacking for name in run.plan.dependents(a.task_id)}


def _bound(bound: Mapping[str, str]) -> str:
    if not bound:
        return ""
    names = [
        f"{markup.code(cut(one_line(v), 60))} {markup.faint(cut(one_line(what), 60))}"
        for v, what in list(bound.items())[:24]
    ]
    more = f" and {len(bound) - 24:,} more" if len(bound) > 24 else ""
    return markup.box(f"Bound: {', '.join(names)}{more}", "margin:8px 0")


def _choices(run: Run, room: int) -> str:
    tasks = run.plan.in_order
    if not tasks:
        return ""
    shown, took = tasks[: min(sections.MOST_ROWS, room // 4_000)], _took(run.outcomes)
    rows = [_choice_row(task, run, took) for task in shown]
    head = ("Task", "Task type", "Expert model", "Why", "State", "When")
    body = markup.table("Who did what, why, and when", head, rows) + sections.more(len(tasks) - len(shown), "task")
    return markup.details("How it was done", body)


def _choice_row(task: Task, run: Run, took: float) -> list[str]:
    assignment, outcome = run.assignments.get(task.id), run.outcomes.get(task.id)
    state = state_of(task.id, run.assignments, run.outcomes)
    bar = ""
    if isinstance(outcome, Success | Failure) and state and took:
        bar = markup.bar(outcome.started / took, outcome.seconds / took, _TIME_COLOURS[state.word])
    return [
        markup.code(task.id),
        escape(task.type),
        sections.model(done_by(assignment, outcome)) if isinstance(assignment, Assignment) else "",
        sections.reason(assignment) if isinstance(assignment, Assignment) else "",
        markup.chip(state, state_words(state, outcome)) if state else "",
        bar,
    ]
