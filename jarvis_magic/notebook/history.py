"""What ``%jarvis`` tells of earlier runs, how it repeats the last, and how it forgets them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from jarvis_magic.drawing import run_html, text_tree
from jarvis_magic.drawing.words import cut, listed, one_line, seconds, used
from jarvis_magic.errors import UnknownName, UsageError, either
from jarvis_magic.request_reading import files_of
from jarvis_magic.values import Assignment, Failure, Proposal, Run, Success

from .binding import RUN_NAME
from .repeating import Again
from .reports import Report
from .session import NOTHING
from .waiting import person_there, run_blocking, surroundings

if TYPE_CHECKING:
    from .magics import JarvisMagics
    from .session import Former


def show(magics: JarvisMagics, _rest: str) -> Run | None:
    """The last run: in the widget where a page can answer, else as a picture."""
    run, options = last_run(magics), magics.options()
    # the page's messages are handled once this cell has ended, so it is as good as one that awaits
    if not (options.widget and surroundings(magics.shell, awaited=True).page_reaches):
        return run
    from .widget_view import show_run

    show_run(run, magics.jarvis_for(options))
    return None


def rerun(magics: JarvisMagics, rest: str) -> None:
    """Bring the last cell up to date: run what changed and what depends on it, and the tasks named."""
    last, ids = magics.session.last, rest.replace(",", " ").split()
    if last is None:
        raise UsageError(NOTHING)
    if not last.run.plan.tasks:
        msg = "The last request was answered as chat, without tasks; run its cell again."
        raise UsageError(msg)
    for task_id in ids:
        known_task(last.run, task_id)
    said = ["what has changed", "what depends on it", *map(repr, ids)]
    again = Again(last, ids, f"Run again: {listed(said)}; the rest is reused.")
    cell = replace(last.cell, where=surroundings(magics.shell, awaited=False))
    run_blocking(magics.carry_out(cell, again))


def code(magics: JarvisMagics, _rest: str) -> None:
    """Put the last run as plain Python into a new cell; print it where nobody is there to see one."""
    from jarvis_magic.codegen import to_python

    run, options = last_run(magics), magics.options()
    chat = magics.jarvis_for(options).chat
    there, last = magics.shell.user_ns, magics.session.last
    files = files_of(last.cell.body, [name for name in run.plan.inputs if name not in there]) if last else {}
    base_url = chat.chat.address.url if chat else None
    written = to_python(run, base_url=base_url, variables=there, files=files, options=options)
    lacking = [name for name in run.plan.inputs if name not in there and f"\n{name} = " not in written]
    if lacking:
        print(f"Define {either(lacking, 'and')} before it; in the request that was a file, a URL or an expression.")  # noqa: T201
    if person_there(magics.shell):
        magics.shell.set_next_input(written)
    else:
        print(written)  # noqa: T201


def known_task(run: Run, task_id: str) -> str:
    """The id of a task of the run.

    Raises
    ------
    UnknownName
        If it has no such task.
    """
    if task_id not in run.plan.by_id:
        raise UnknownName("task", task_id, run.plan.by_id, f"the run has {', '.join(run.plan.by_id) or 'no tasks'}")
    return task_id


def last_run(magics: JarvisMagics) -> Run:
    """The run that ``_jarvis`` is.

    Raises
    ------
    UsageError
        If there is none.
    """
    run = magics.shell.user_ns.get(RUN_NAME)
    if not isinstance(run, Run):
        raise UsageError(NOTHING)
    return run


def history(magics: JarvisMagics, rest: str) -> Report | FormerRun:
    """Every run of this session in a line, or one of them."""
    runs = magics.session.runs
    if not rest:
        rows = [_row(number, former) for number, former in enumerate(runs, 1)]
        head = ["", "at", "request", "tasks and models", "took", "used"]
        return Report("What was run in this session; `%jarvis history NUMBER` shows one.", head, rows)
    if not rest.isdecimal() or not 1 <= int(rest) <= len(runs):
        msg = f"There is no run {rest!r} in the history; it has 1 to {len(runs)}, write for example `%jarvis history {len(runs)}`."
        raise UsageError(msg)
    return FormerRun(runs[int(rest) - 1].run)


def _row(number: int, former: Former) -> list[str]:
    run = former.run
    return [
        str(number),
        f"{former.at:%H:%M:%S}",
        cut(one_line(run.plan.request), 120),
        ", ".join(_by(run, task.id) for task in run.plan.in_order) or "answered as chat",
        seconds(_took(run)),
        "; ".join(used(run.usage)),
    ]


def _by(run: Run, task_id: str) -> str:
    """A task with the model that did it, or that should have."""
    assigned, outcome = run.assignments.get(task_id), run.outcomes.get(task_id)
    model = assigned.candidate.model if isinstance(assigned, Assignment) else "no expert"
    if isinstance(outcome, Success):
        return f"{task_id} ({outcome.model or model})"
    return f"{task_id} ({model}; {'failed' if isinstance(outcome, Failure) else 'not run'})"


def _took(run: Run) -> float:
    ended = [o for o in run.outcomes.values() if isinstance(o, Success | Failure)]
    return max((o.started + o.seconds for o in ended), default=0.0)


@dataclass(frozen=True)
class FormerRun:
    """A run of the history, as it is shown: without its results."""

    run: Run

    def _repr_html_(self) -> str:
        return run_html(self.run, shows_results=False)

    def __repr__(self) -> str:
        tree = text_tree(Proposal(self.run.plan, self.run.assignments), self.run.outcomes)
        return f"{one_line(self.run.plan.request)}\n\n{tree}"


def reset(magics: JarvisMagics, _rest: str) -> None:
    """Forget the earlier runs."""
    magics.session.forget()
    print("Forgotten: nothing of the earlier runs is offered to later requests, or shown. Your variables stay.")  # noqa: T201
