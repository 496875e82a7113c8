"""Why a task came to its end: who was chosen, what was tried in which order, and what to type next."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from jarvis_magic.drawing.words import seconds, where
from jarvis_magic.errors import UsageError
from jarvis_magic.values import Assignment, Attempt, Candidate, Failure, Outcome, Run, Skipped, Success

from .history import known_task, last_run
from .reports import Report

if TYPE_CHECKING:
    from .magics import JarvisMagics


def why(magics: JarvisMagics, rest: str) -> Report:
    """Why a task ended as it did: who was chosen, what was tried in which order, and what to type next."""
    run = last_run(magics)
    if not rest:
        msg = f"Name a task: %jarvis why {next(iter(run.plan.by_id), 'ID')}"
        raise UsageError(msg)
    return explained(run, known_task(run, rest))


def explained(run: Run, task_id: str) -> Report:
    """A task of a run, explained."""
    assigned, outcome = run.assignments.get(task_id), run.outcomes.get(task_id)
    rows = _tried(outcome.attempts) if isinstance(outcome, Success | Failure) else []
    if isinstance(assigned, Assignment):
        tried = {row[0] for row in rows}
        rows += [
            [c.model, where(c), "", f"not tried. {c.behind or ''}".rstrip()]
            for c in _ranked(assigned)
            if c.model not in tried
        ]
    rows += [[c.model, where(c), "", f"cannot: {c.unavailable}"] for c in (assigned.rejected if assigned else ())]
    ended = " ".join([_how_it_ended(task_id, outcome), *_other_readings(run, task_id)])
    chosen = f" {assigned.candidate.model} was chosen: {assigned.reason}" if isinstance(assigned, Assignment) else ""
    return Report(f"{ended}{chosen} {_next(run, task_id)}".rstrip(), ["model", "where", "took", "answered"], rows)


def _other_readings(run: Run, task_id: str) -> Sequence[str]:
    """How sure the planner is of a task, where it may mean something else."""
    return [note for note in run.plan.notes if note.startswith(f"{task_id!r} (")]


def _ranked(assigned: Assignment) -> Sequence[Candidate]:
    return (assigned.candidate, *assigned.alternatives)


def _tried(attempts: Sequence[Attempt]) -> list[list[str]]:
    """What was tried in which order; what ended alike, as the items of a list do, in one row."""
    alike: dict[tuple[str, str, str], list[Attempt]] = {}
    for attempt in attempts:
        alike.setdefault((attempt.model, attempt.endpoint, attempt.failure or "a result"), []).append(attempt)
    return [
        [model, endpoint, seconds(sum(one.seconds for one in same)), _times(answered, len(same))]
        for (model, endpoint, answered), same in alike.items()
    ]


def _times(answered: str, count: int) -> str:
    return answered if count == 1 else f"{count:,} times: {answered}"


def _how_it_ended(task_id: str, outcome: Outcome | None) -> str:
    match outcome:
        case Success():
            reused = ", reused from before" if outcome.reused else ""
            return " ".join([f"{task_id!r} has a result{reused}.", *outcome.notes])
        case Failure():
            return f"{task_id!r} failed: {outcome.sentence}"
        case Skipped():
            return f"{task_id!r} was skipped: {outcome.sentence}"
    return f"{task_id!r} did not run."


def _next(run: Run, task_id: str) -> str:
    """What to type next."""
    assigned, outcome = run.assignments.get(task_id), run.outcomes.get(task_id)
    if isinstance(outcome, Skipped) and outcome.cause:
        return f"See `%jarvis why {outcome.cause}`."
    if not isinstance(outcome, Failure):
        return ""
    other = next(
        (f" `--use {task_id}={c.model}` takes another expert," for c in getattr(assigned, "alternatives", ())), ""
    )
    return f"`%jarvis rerun {task_id}` tries again,{other} `%jarvis models {run.plan.by_id[task_id].type}` lists more."
