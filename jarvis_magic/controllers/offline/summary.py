"""The composed answer: what was done, by whom, with what result; numbers and names only from the results."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from ...conversions import has_text_form, text_form
from ...kinds import Kind
from ...plans import Plan
from ...tasks import Task
from ...values import Failure, Outcome, Success

LONGEST = 600
"""How many characters of a result the answer shows."""
_MARKDOWN = re.compile(r"([\\`*_\[\]<>#|!~])")


def compose(plan: Plan, outcomes: Mapping[str, Outcome]) -> str:
    """Return the answer to a run, in markdown: a sentence on the whole, then each task with its result or why it has none.

    Parameters
    ----------
    plan
        The plan; one without tasks carries its answer in its notes.
    outcomes
        How each task ended, by id.
    """
    if not plan.tasks:
        return "\n\n".join(map(_plain, plan.notes))
    ended = [(task, outcomes[task.id]) for task in plan.in_order if task.id in outcomes]
    return "\n\n".join([_whole(ended), *(_told(task, outcome) for task, outcome in ended), *_notes(plan)])


def _whole(ended: list[tuple[Task, Outcome]]) -> str:
    count = len(ended)
    failed = [task.id for task, outcome in ended if isinstance(outcome, Failure)]
    done = sum(isinstance(outcome, Success) for _, outcome in ended)
    if done == count:
        return {1: "The task succeeded.", 2: "Both tasks succeeded."}.get(count, f"All {count} tasks succeeded.")
    skipped = [task.id for task, outcome in ended if not isinstance(outcome, Success | Failure)]
    parts = [f"{', '.join(ids)} {verb}" for ids, verb in ((failed, "failed"), (skipped, "did not run")) if ids]
    return f"{done} of {count} task{'s' * (count > 1)} succeeded; {'; '.join(parts)}."


def _told(task: Task, outcome: Outcome) -> str:
    head = f"**{_plain(task.id)}** ({task.type}"
    if not isinstance(outcome, Success):
        return f"{head}): no result. {_sentence(outcome.sentence)}"
    by = f" by {_plain(outcome.model)}" if outcome.model else ""
    lines = [
        f"{head}{by}):",
        *_quoted(_said(outcome.resource.value, outcome.resource.kind)),
        *_missing(outcome),
    ]
    return "\n".join([*lines, *(f"\n{_plain(note)}" for note in outcome.notes)])


def _quoted(said: str) -> Iterator[str]:
    cut = said if len(said) <= LONGEST else f"{said[:LONGEST]}… ({len(said):,} characters in all)"
    yield from (f"> {_plain(line)}" if line.strip() else ">" for line in cut.splitlines() or [""])


def _said(value: Any, kind: Kind) -> str:
    """What can be said of a value in words."""
    if has_text_form(kind):
        return text_form(value, kind) or "(nothing)"
    if kind.depth:
        return f"{len(value)} × {kind.listed(-1).phrase}"
    facts = {
        "image": lambda: f"a picture of {value.width} × {value.height} pixels",
        "audio": lambda: f"a recording of {value.duration:.1f} seconds",
        "masks": lambda: f"{len(value)} regions",
        "vector": lambda: f"a vector of {len(value)} numbers",
    }
    return facts[kind]() if kind in facts else kind.phrase


def _missing(outcome: Success) -> Iterator[str]:
    """How much of a list is missing, where no note of the task says so."""
    lacks = outcome.lacking
    if lacks and not any(lacks[0].reason in note for note in outcome.notes):
        yield f"\n{sum(lack.count for lack in lacks)} of {len(outcome.resource.value)} items have no value: {_plain(lacks[0].reason)}"


def _notes(plan: Plan) -> list[str]:
    return [_plain(note) for note in plan.notes]


def _sentence(text: str) -> str:
    """As `_plain`, but what stands between backticks stays code: it is what to type next."""
    pieces = re.split(r"(`[^`\n]+`)", text)
    return "".join(piece if i % 2 else _plain(piece) for i, piece in enumerate(pieces))


def _plain(text: str) -> str:
    """Text that markdown shows as it is."""
    return _MARKDOWN.sub(r"\\\1", text)
