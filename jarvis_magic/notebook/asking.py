"""Approval in words: ``[y]es [n]o [e]dit``, and editing line by line, where there is no widget."""

from __future__ import annotations

import shlex
from collections.abc import Callable

from jarvis_magic.drawing.words import clean, model_name, size
from jarvis_magic.errors import JarvisError, UnknownName, UsageError, close_matches, either
from jarvis_magic.ids import id_problem
from jarvis_magic.task_types import TASK_TYPES
from jarvis_magic.values import Assignment, Candidate, Proposal

from .editing import Edition, History, argument_from, free_candidate

QUESTION = "Run this plan? [y]es [n]o [e]dit: "

COMMANDS = {
    "model": "model ID MODEL       another expert model for a task",
    "set": "set ID.PORT VALUE    another argument; no VALUE takes it away",
    "name": "name ID VARIABLE     bind its result to another variable",
    "remove": "remove ID            leave a task out",
    "undo": "undo                 take the last change back",
    "json": "json                 show the plan as JSON",
    "done": "done                 back to the question",
}

Read = Callable[[str], str]


def ask(proposal: Proposal, show: Callable[[Proposal], None], read: Read | None = None) -> Proposal | None:
    """Ask whether to run a proposal that is shown already, and return it, perhaps changed, or ``None``.

    Parameters
    ----------
    proposal
        What to ask about.
    show
        Shows it again after it was changed.
    read
        Asks for a line; by default ``input``. The end of the input is a no.
    """
    read = read or input
    try:
        while True:
            match read(QUESTION).strip().casefold():
                case "y" | "yes":
                    if proposal.unanswered:
                        proposal = _with_downloads(proposal, read)
                    if not proposal.unanswered:
                        return proposal
                    _say("Then choose another model for it, with e and `model ID MODEL`.")
                case "n" | "no":
                    return None
                case "e" | "edit":
                    proposal = edit(proposal, read)
                    show(proposal)
                case _:
                    _say("Please answer y, n or e.")
    except EOFError:
        return None


def _with_downloads(proposal: Proposal, read: Read) -> Proposal:
    """Ask about each model that is a large download, once, whatever number of tasks it runs."""
    edition = Edition.of(proposal)
    for task_id, candidate in edition.unanswered.items():
        if task_id in edition.unanswered and read(_download_question(candidate)).strip().casefold() in ("y", "yes"):
            edition = edition.with_download(task_id)
    return edition.proposal()


def _download_question(candidate: Candidate) -> str:
    return f"Download {size(candidate.download)} for {model_name(candidate)}? [y]es [n]o: "


def edit(proposal: Proposal, read: Read) -> Proposal:
    """Change a proposal line by line until it is done and well formed."""
    history = History(Edition.of(proposal))
    _say("\n".join(COMMANDS.values()))
    while True:
        line = read("edit> ").strip()
        if line == "done" and not history.present.problems:
            return history.present.proposal()
        try:
            _obey(line, history)
        except JarvisError as error:
            _say(str(error))
        for problem in history.present.problems:
            _say(f"Not yet: {problem.sentence}")


def _obey(line: str, history: History) -> None:
    """Carry out one line of editing."""
    command, _, rest = line.partition(" ")
    edition = history.present
    match command:
        case "model":
            task_id, model = _two(rest, "model ID MODEL")
            history.change(edition.with_candidate(_task(edition, task_id), _candidate(edition, task_id, model)))
        case "set":
            history.change(_with_argument(edition, rest))
        case "name":
            task_id, variable = _two(rest, "name ID VARIABLE")
            if fault := id_problem(variable):
                msg = f"{variable!r} {fault}."
                raise UsageError(msg)
            history.change(edition.with_variable(_task(edition, task_id), variable))
        case "remove":
            history.change(edition.without(_task(edition, rest.strip())))
        case "undo":
            history.undo()
        case "json":
            _say(history.present.proposal().plan.to_json())
        case "done" | "":
            pass
        case _:
            close = close_matches(command, COMMANDS)
            hint = f"did you mean {either(close)}?" if close else f"write {either(list(COMMANDS))}."
            _say(f"There is no edit {command!r}; {hint}")
            return
    if command in ("model", "set", "name", "remove", "undo"):
        _say("\n".join(_task_line(history.present, task_id) for task_id in history.present.draft.by_id))


def _two(rest: str, usage: str) -> tuple[str, str]:
    try:
        first, second = shlex.split(rest)
    except ValueError as error:
        msg = f"Write {usage}."
        raise UsageError(msg) from error
    return first, second


def _task(edition: Edition, task_id: str) -> str:
    if task_id not in edition.draft.by_id:
        raise UnknownName("task", task_id, edition.draft.by_id, f"the plan has {', '.join(edition.draft.by_id)}")
    return task_id


def _with_argument(edition: Edition, rest: str) -> Edition:
    place, _, value = rest.strip().partition(" ")
    task_id, _, name = place.partition(".")
    task_type = TASK_TYPES[edition.draft.by_id[_task(edition, task_id)].type]
    if name not in task_type.by_name:
        raise UnknownName("port", name, task_type.by_name, f"{task_type.name} has {', '.join(task_type.by_name)}")
    return edition.with_argument(task_id, name, argument_from(value, task_type.by_name[name]))


def _candidate(edition: Edition, task_id: str, model: str) -> Candidate:
    """The candidate of that name among those known for the task, or one that stands for what was typed."""
    known = edition.assignments.get(task_id)
    listed = [*known.rejected] if known else []
    if isinstance(known, Assignment):
        listed += [known.candidate, *known.alternatives]
    return next((c for c in listed if c.model == model), None) or free_candidate(model)


def _task_line(edition: Edition, task_id: str) -> str:
    task, assignment = edition.draft.by_id[task_id], edition.assignments.get(task_id)
    arguments = ", ".join(f"{port}={value!r}" for port, value in task.arguments.items())
    by = assignment.candidate.model if isinstance(assignment, Assignment) else "no expert"
    return f"{edition.variable(task_id) or task_id} = {task_id}: {task.type}({arguments}) by {by}"


def _say(text: str) -> None:
    print(clean(text))  # noqa: T201 - the cell's output, or the terminal, is the place
