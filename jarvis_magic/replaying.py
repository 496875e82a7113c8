"""Repeating what was approved before: from a lock's plan and experts to a proposal, without asking a controller.

What a lock says is checked like what a stranger says: it reaches inputs the request does not name, or hosts the user
never named, only after somebody was asked.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from .contracts import Catalogue
from .conversions import to_resource
from .equipment import Equipment
from .errors import ConversionError, SelectionError, UnknownName, UsageError
from .ids import id_problem
from .keys import host_of
from .model_selection import assign_by_ranking
from .options import Options
from .plans import Plan
from .references import references_in, scan
from .store import LockedCell, LockedExpert
from .tasks import FrozenMap, Task
from .values import Assignment, Candidate, EndpointKind, NoExpert, Proposal, Request, Resource, Run, Success

_BY_NAME: frozenset[EndpointKind] = frozenset({"provider", "url", "local"})
"""Endpoints whose experts are known by their name alone, also where no catalogue lists them now."""

_AGAIN = "plan it anew with --refresh"


@dataclass(frozen=True)
class Repetition:
    """What a lock makes of a request.

    Parameters
    ----------
    request
        The request with the inputs of the locked plan.
    proposal
        What is to run.
    doubts
        Why somebody must be asked first, each a sentence; none: nobody.
    """

    request: Request
    proposal: Proposal
    doubts: tuple[str, ...] = ()


async def repeat(
    locked: LockedCell | Plan, request: Request, variables: Mapping[str, Any], means: Equipment, options: Options
) -> Repetition:
    """Return what a lock, or a saved plan, makes of a request.

    Parameters
    ----------
    locked
        What was kept of the cell; a saved plan takes the experts it names, and others by their rank.
    request
        The cell's request as it reads now.
    variables
        Where inputs are looked up that the plan uses and the cell does not name; none is opened as a file or URL.
    means, options
        Where experts are found, and how they may be used; the Hub is asked only where a plan names none.

    Raises
    ------
    UsageError
        If a saved plan is that of another request, or an input has no value.
    ConversionError
        If an input is of another kind than it was.
    SelectionError
        If an expert is not here.
    """
    plan = locked if isinstance(locked, Plan) else locked.plan
    if isinstance(locked, Plan) and _without_names(plan.request) != _without_names(request.text):
        msg = f"The saved plan is of another request, {plan.request!r}; name another file for the lock, or run it with Jarvis().run(load_plan(…))."
        raise UsageError(msg)
    _check_outputs(plan, request)
    inputs, unnamed = _inputs(plan, request, variables)
    if isinstance(locked, Plan):
        assigned: dict[str, Assignment | NoExpert] = await assign_by_ranking(plan, plan.by_id, means.catalogue, options)
    else:
        assigned = {task.id: await _locked(task, locked.experts.get(task.id), means.at_hand) for task in plan.tasks}
    again = replace(request, text=plan.request, inputs=inputs, offered=unnamed)
    doubts = [f"The lock uses '@{name}', which this cell does not name." for name in unnamed]
    doubts += _unknown_places([a.candidate for a in assigned.values() if isinstance(a, Assignment)], options)
    return Repetition(again, Proposal(plan, FrozenMap(assigned)), tuple(doubts))


async def renewed(
    run: Run, request: Request, variables: Mapping[str, Any], means: Equipment, options: Options
) -> Repetition:
    """Return what is to be run again of a run of this session, for its request as it reads now.

    The experts are those it had, as they are now; for a task that had none, one is looked for. See `repeat`.
    """
    plan = run.plan
    inputs, unnamed = _inputs(plan, request, variables)
    without = [task.id for task in plan.tasks if not isinstance(run.assignments.get(task.id), Assignment)]
    assigned = await assign_by_ranking(plan, without, means.catalogue, options)
    for task in plan.tasks:
        before = run.assignments.get(task.id)
        if isinstance(before, Assignment):
            assigned[task.id] = replace(await _locked(task, _kept(before.candidate), means.at_hand), **_choice(before))
    again = replace(request, text=plan.request, inputs=inputs, offered=unnamed)
    return Repetition(again, Proposal(plan, FrozenMap(assigned)))


def _check_outputs(plan: Plan, request: Request) -> None:
    """Refuse names that would hide something of Python's or IPython's, where the cell does not want them itself."""
    for name in plan.outputs:
        if name not in request.outputs and (fault := id_problem(name)):
            msg = f"The lock binds a result to {name!r}, which {fault}; change it in the file, or {_AGAIN}."
            raise UsageError(msg)


def _choice(before: Assignment) -> dict[str, Any]:
    """Why an expert was chosen, and what comes after it."""
    return {name: getattr(before, name) for name in ("reason", "chosen_by", "alternatives", "rejected")}


def locked_cell(run: Run) -> LockedCell:
    """Return what is kept of a run: its plan, and the experts that did the tasks."""
    experts = {task.id: expert for task in run.plan.tasks if (expert := _done_by(run, task.id))}
    return LockedCell(run.plan, FrozenMap(experts))


def _done_by(run: Run, task_id: str) -> LockedExpert | None:
    """The expert that gave the result, else the one that was to."""
    assigned, outcome = run.assignments.get(task_id), run.outcomes.get(task_id)
    if not isinstance(assigned, Assignment):
        return None
    done = (outcome.endpoint, outcome.model) if isinstance(outcome, Success) else None
    known = (assigned.candidate, *assigned.alternatives)
    candidate = next((c for c in known if (c.endpoint, c.model) == done), assigned.candidate)
    return _kept(candidate)


def _kept(candidate: Candidate) -> LockedExpert:
    revision = None if candidate.endpoint == "function" else candidate.revision  # a function of the user's may grow
    return LockedExpert(candidate.model, candidate.endpoint, candidate.provider, revision)


def _without_names(text: str) -> list[str]:
    """The words between the references: the names of files and expressions depend on what else there is."""
    return [found.piece if isinstance(found.piece, str) else "@" for found in scan(text.strip())]


def _inputs(
    plan: Plan, request: Request, variables: Mapping[str, Any]
) -> tuple[dict[str, Resource], dict[str, Resource]]:
    """The plan's inputs: those the request names, perhaps by another name at the same place, and those it does not."""
    before, now = ([reference.name for reference in references_in(text)] for text in (plan.request, request.text))
    renamed = dict(zip(before, now, strict=True)) if len(before) == len(now) else {}
    named: dict[str, Resource] = {}
    unnamed: dict[str, Resource] = {}
    for name, kind in plan.inputs.items():
        resource = request.inputs.get(renamed.get(name, name))
        if resource is None and name not in variables:
            raise UnknownName("value for the lock's input", name, variables, f"define it, or {_AGAIN}")
        found = resource or to_resource(variables[name], name=name, opening=False)
        if found.kind != kind:
            msg = f"In the lock, '@{name}' is {kind.phrase}, and now it is {found.kind.phrase}; {_AGAIN}."
            raise ConversionError(msg)
        (unnamed if resource is None else named)[name] = found
    return named, unnamed


async def _locked(task: Task, expert: LockedExpert | None, catalogue: Catalogue) -> Assignment | NoExpert:
    if expert is None:
        return NoExpert(task.id, task.type, f"No expert was found for {task.type} when it was locked; {_AGAIN}.")
    candidate = await _candidate(task, expert, catalogue)
    if candidate is None:
        msg = f"Task {task.id!r} is locked to {expert.model!r}, which is not here; bring it back, or {_AGAIN}."
        raise SelectionError(msg)
    if candidate.unavailable:
        msg = f"Task {task.id!r} is locked to {expert.model!r}, which cannot run now: {candidate.unavailable} Or {_AGAIN}."
        raise SelectionError(msg)
    return Assignment(task.id, task.type, candidate, "It is locked.", "lock")


async def _candidate(task: Task, expert: LockedExpert, catalogue: Catalogue) -> Candidate | None:
    """The candidate of the lock, as the catalogue knows it now."""
    wanted = (expert.model, expert.endpoint, expert.provider)
    found = await catalogue.candidates(task.type, 1_000, expert.model)
    known = next((c for c in found if (c.model, c.endpoint, c.provider) == wanted), None)
    if known is None:
        known = Candidate(*wanted[:2], provider=expert.provider) if expert.endpoint in _BY_NAME else None
    return replace(known, revision=expert.revision or known.revision) if known else None


def _unknown_places(candidates: Iterable[Candidate], options: Options) -> list[str]:
    """A sentence for each host that no setting names, beside the Hub's providers, and for each folder with a model."""
    trusted = {host_of(url) for url in (*options.keys, options.base_url)}
    doubts = []
    for candidate in candidates:
        if candidate.endpoint == "url" and host_of(candidate.model) not in trusted:
            doubts.append(f"The lock sends to {host_of(candidate.model)}, which none of your settings names.")
        if candidate.endpoint == "local" and not _HUB_ID.fullmatch(candidate.model):
            doubts.append(f"The lock loads the model in the folder {candidate.model!r}, which this cell does not name.")
    return list(dict.fromkeys(doubts))


_HUB_ID = re.compile(r"\w[\w.-]*(?:/\w[\w.-]*)?")
"""How a model of the Hub is named."""
