"""Stage two, model selection: from a plan to a proposal, in which every task has its expert model."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from .contracts import Catalogue, Controller
from .controllers.offline.languages import CODES, language_named
from .errors import ControllerError, SelectionError, close_matches, either
from .events import Emit, Noted
from .model_files import too_large
from .options import Options
from .plans import Draft, Plan
from .task_types import TASK_TYPES
from .tasks import FrozenMap, Task
from .values import Assignment, Candidate, Choice, EndpointKind, Menu, NoExpert, Proposal, Request

CONSIDERED = 20
"""How many candidates each catalogue is asked for."""

OFFERED = 5
"""How many of a task's candidates the controller chooses from."""


async def menu_of(catalogue: Catalogue) -> Menu:
    """Return what can run here and now: the task types, each with a line on what its best experts do."""
    found = await _candidates(catalogue, TASK_TYPES)
    runnable = {}
    for task_type, candidates in found.items():
        lines = [c.description.rstrip(".") or c.model for c in candidates if not c.unavailable]
        if lines:
            runnable[task_type] = "; ".join(lines[:3]) + "."
    return Menu(FrozenMap(runnable))


async def select_models(
    plan: Plan, request: Request, catalogue: Catalogue, controller: Controller, options: Options, emit: Emit
) -> Proposal:
    """Assign an expert model to every task.

    A model the user asked for is taken. Where several could do a task, the controller chooses, in one call for the
    whole plan; where it does not choose, the ranking does.

    Parameters
    ----------
    plan, request
        What will run, and which models were asked for (`Request.uses`).
    catalogue
        Where candidates come from.
    controller
        What chooses; not asked if there is nothing to choose.
    options
        ``where`` keeps experts here, or elsewhere, out.
    emit
        Receives `Noted` for a choice that could not be followed.

    Raises
    ------
    SelectionError
        If a model that was asked for is unknown, or cannot run here and now.
    """
    _check_uses(plan, request.uses)
    wanted = {task.id: _wanted(task, request.uses) for task in plan.tasks}
    assignments = await _assignments(plan.tasks, wanted, catalogue, options)
    open_choices = {id_: open_ for id_, assigned in assignments.items() if len(open_ := _open(assigned)) > 1}
    for task_id, choice in (await _choices(plan, open_choices, controller, emit)).items():
        assignments[task_id] = _chosen(assignments[task_id], choice)
    return Proposal(plan, FrozenMap(assignments))


def refuse_downloads(proposal: Proposal, options: Options) -> None:
    """Refuse to run a proposal with a large download that nobody has said yes to.

    Raises
    ------
    SelectionError
        With the model, its size, and the flag that allows it.
    """
    for assigned in proposal.unanswered:
        raise SelectionError(too_large(assigned.candidate.model, assigned.candidate.download, options.max_download))


async def assign_by_ranking(
    plan: Plan | Draft, ids: Iterable[str], catalogue: Catalogue, options: Options
) -> dict[str, Assignment | NoExpert]:
    """Assign expert models to some tasks of a plan without a controller: to those added or changed while editing.

    Raises
    ------
    SelectionError
        If a task asks for a model that is unknown, or cannot run here and now.
    """
    tasks = [plan.by_id[task_id] for task_id in ids]
    return await _assignments(tasks, {task.id: task.model for task in tasks}, catalogue, options)


async def clear_choice(task: Task, request: Request, catalogue: Catalogue, options: Options) -> Assignment | None:
    """Return the assignment `select_models` will give a task whatever else is in the plan.

    ``None`` where the controller has a choice, there is no expert, or a model would be downloaded.
    """
    try:
        assigned = (await _assignments([task], {task.id: _wanted(task, request.uses)}, catalogue, options))[task.id]
    except SelectionError:  # it is raised when the plan is whole
        return None
    if isinstance(assigned, NoExpert) or len(_open(assigned)) > 1 or assigned.candidate.download:
        return None
    return assigned


async def _assignments(
    tasks: Sequence[Task], wanted: Mapping[str, str | None], catalogue: Catalogue, options: Options
) -> dict[str, Assignment | NoExpert]:
    found = await _candidates(catalogue, {task.type for task in tasks})
    assigned: dict[str, Assignment | NoExpert] = {}
    for task in tasks:
        model, candidates = wanted[task.id], found[task.type]
        if model:
            assigned[task.id] = await _as_asked(task, model, candidates, catalogue, options)
        else:
            assigned[task.id] = _by_ranking(task, rank(task, candidates, options))
    return assigned


async def _candidates(catalogue: Catalogue, types: Iterable[str]) -> dict[str, tuple[Candidate, ...]]:
    names = sorted(types)
    found = await asyncio.gather(*(catalogue.candidates(name, CONSIDERED) for name in names))
    return dict(zip(names, found, strict=True))


# Ranking


@dataclass(frozen=True)
class Ranking:
    """The candidates of a task.

    Parameters
    ----------
    usable
        Those that can do it here and now, best first.
    rejected
        Those that cannot; each says why in ``unavailable``.
    ways
        What would bring an expert, each the end of a sentence.
    """

    usable: Sequence[Candidate] = ()
    rejected: Sequence[Candidate] = ()
    ways: Sequence[str] = field(default_factory=tuple)


def rank(task: Task, candidates: Iterable[Candidate], options: Options) -> Ranking:
    """Order the candidates of a task: the user's functions, then what does the whole of it before what stands in for that,
    then what is right for its purpose and language, then what runs on this machine, then what is popular; what cannot run
    is set apart, with why.
    """
    usable, rejected, ways = [], [], []
    for candidate in candidates:
        why, way = _unfit(task, candidate, options)
        if why is None:
            usable.append(candidate)
        else:
            rejected.append(replace(candidate, unavailable=why))
            ways += [way] if way else []
    usable.sort(key=lambda candidate: tuple(_merits(task, candidate).values()), reverse=True)
    ranked = [usable[0], *(replace(c, behind=_why_behind(task, usable[0], c)) for c in usable[1:])] if usable else []
    return Ranking(tuple(ranked), tuple(rejected), tuple(dict.fromkeys(ways)))


def _merits(task: Task, candidate: Candidate) -> Mapping[str, int]:
    """What speaks for a candidate, the weightiest first; what it says of another that has less of it."""
    language = _spoken(task)
    return {
        "It is no function of yours.": candidate.endpoint == "function",
        "It does only a part of what is asked, in place of an expert that does the whole.": not _stands_in(
            task, candidate
        ),
        f"It is less right for {task.purpose!r}.": _fit(task, candidate),
        f"It is not known to know {language!r}.": bool(language) and language in candidate.languages,
        "It is not on this machine.": candidate.is_local and not candidate.download,
        "It is used less.": (candidate.downloads or 0) + 100 * (candidate.likes or 0),
    }


def _why_behind(task: Task, first: Candidate, candidate: Candidate) -> str:
    """The weightiest thing that speaks for the first and less for another."""
    better, merits = _merits(task, first), _merits(task, candidate)
    return next((why for why in better if better[why] > merits[why]), "Nothing speaks for it more than for the first.")


WAYS: Mapping[EndpointKind, str] = {
    "toolbox": '`pip install "jarvis_magic[toolbox]"`',
    "local": '`pip install "jarvis_magic[local]"`',
}
"""What makes candidates of an endpoint kind available that are not, where they do not say it themselves."""


def _unfit(task: Task, candidate: Candidate, options: Options) -> tuple[str | None, str | None]:
    """Why a candidate cannot do a task, or ``None``, and what would change that, if anything."""
    if options.where != "any" and candidate.is_local != (options.where == "local"):
        place = "not on this machine" if options.where == "local" else "on this machine"
        return f"It is {place}, and only {options.where} experts may be used.", "allow all experts with `--where any`"
    if candidate.unavailable:
        return candidate.unavailable, candidate.remedy or WAYS.get(candidate.endpoint)
    if _is_for_something_else(task, candidate):
        return f"It is for {(*candidate.purposes, *candidate.partly)[0]!r}, not for {task.purpose!r}.", None
    language = _spoken(task)
    if language and candidate.languages and language not in candidate.languages:
        return f"It does not know {language!r}; it knows {either(candidate.languages, 'and')}.", None
    return None, None


# Purpose: what a task is for, in the user's words, and what an expert is right for

_OF_MANY_PURPOSES = frozenset({"image-to-text", "text-classification", "token-classification", "audio-to-audio"})
"""Task types whose experts do quite different things: the wrong one gives an answer to another question."""

_EMPTY_WORDS = frozenset({
    "a", "an", "and", "at", "for", "from", "in", "into", "is", "it", "its", "me", "my", "of", "on", "or", "the", "this",
    "to", "what", "which", "with",
})  # fmt: skip
_WORD = re.compile(r"[^\W_]+")


def _fit(task: Task, candidate: Candidate) -> int:
    """How well a candidate fits a task's purpose: the words of its purpose that fits best, or of its description."""
    known = (*candidate.purposes, *candidate.partly)
    return (
        _fitting(task, known)
        if known
        else len(_stems(task.purpose) & _stems(f"{candidate.model} {candidate.description}"))
    )


def _fitting(task: Task, phrases: Iterable[str]) -> int:
    """How many words the longest of the phrases has that stand in a task's purpose."""
    wanted = _stems(task.purpose)
    fitting = (stems for phrase in phrases if (stems := _stems(phrase)) and stems <= wanted)
    return max(map(len, fitting), default=0)


def _stands_in(task: Task, candidate: Candidate) -> bool:
    """Whether a candidate does only a part of a task: it does so with some, and is made for nothing that this one is for."""
    whole = _fitting(task, candidate.purposes)
    return bool(candidate.partly) and (not whole or whole < _fitting(task, candidate.partly))


def _is_for_something_else(task: Task, candidate: Candidate) -> bool:
    decides = task.type in _OF_MANY_PURPOSES and bool(task.purpose) and bool(candidate.purposes or candidate.partly)
    return decides and not _fit(task, candidate)


def _does_the_same(task: Task, best: Candidate, other: Candidate) -> bool:
    """Whether one may stand in for the other, where the task does not say what it is for; of a function, only its user knows."""
    mine, others = {*best.purposes, *best.partly}, {*other.purposes, *other.partly}
    if task.type not in _OF_MANY_PURPOSES or task.purpose:
        return True
    if not mine or not others:
        return best.endpoint != "function" or not others
    return bool(mine & others)


def _stems(words: str) -> frozenset[str]:
    """The words that mean something, without the endings of English verbs and nouns."""
    return frozenset(_stem(word) for word in _WORD.findall(words.casefold()) if word not in _EMPTY_WORDS)


def _stem(word: str) -> str:
    for ending in ("ing", "es", "ed", "s", "e", "y"):
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            return word.removesuffix(ending)
    return word


def _spoken(task: Task) -> str | None:
    """The code of the language a task's expert must know, if the task names one, in words or by its code."""
    for port in ("language", "target_language", "source_language"):
        written = task.arguments.get(port)
        named = language_named(written.casefold().partition("-")[0]) if isinstance(written, str) else None
        if named:
            return next(code for code, name in CODES.items() if name == named)
    return None


# Assigning


def _by_ranking(task: Task, ranking: Ranking) -> Assignment | NoExpert:
    if not ranking.usable:
        return NoExpert(task.id, task.type, _no_expert(task, ranking.ways), ranking.rejected)
    best, *others = ranking.usable
    alternatives = tuple(other for other in others if _does_the_same(task, best, other))
    return Assignment(
        task.id, task.type, best, _reason(task, ranking), alternatives=alternatives, rejected=ranking.rejected
    )


def _reason(task: Task, ranking: Ranking) -> str:
    best = ranking.usable[0]
    if best.endpoint == "function":
        return "It is your own function."
    if _stands_in(task, best):
        return "It does only a part of this, but nothing here and now does the whole."
    if len(ranking.usable) == 1:
        return "It is the only one that can do it here and now."
    if task.purpose and _fit(task, best):
        return f"It is right for {task.purpose!r}."
    return f"It ranks first of {len(ranking.usable)} that can do it here and now."


def _no_expert(task: Task, ways: Sequence[str]) -> str:
    purpose = f" ({task.purpose!r})" if task.purpose and task.type in _OF_MANY_PURPOSES else ""
    listed = ", ".join([*ways, f'{"or " if ways else ""}write one with `@expert("{task.type}")`'])
    return f"No expert here yet for {task.type}{purpose}: {listed}."


# What the user asked for


def _check_uses(plan: Plan, uses: Mapping[str, str]) -> None:
    for name in uses:
        if name not in plan.by_id and name not in TASK_TYPES:
            known = [*plan.by_id, *TASK_TYPES]
            close = close_matches(name, known)
            hint = f"did you mean {either(close)}?" if close else f"the plan has {either(list(plan.by_id), 'and')}."
            msg = f"A model was named for {name!r}, which is no task and no task type; {hint}"
            raise SelectionError(msg)


def _wanted(task: Task, uses: Mapping[str, str]) -> str | None:
    return uses.get(task.id) or task.model or uses.get(task.type)


async def _as_asked(
    task: Task, wanted: str, candidates: Sequence[Candidate], catalogue: Catalogue, options: Options
) -> Assignment:
    if not _named(wanted, candidates):
        candidates = (*candidates, *await catalogue.candidates(task.type, CONSIDERED, wanted))
    ranking = rank(replace(task, purpose="", arguments={}), candidates, options)  # the user knows what it is right for
    candidate = _named(wanted, ranking.usable)
    if candidate is None:
        raise SelectionError(_cannot(task, wanted, ranking))
    others = tuple(other for other in ranking.usable if other is not candidate)
    return Assignment(task.id, task.type, candidate, "You asked for it.", "user", others, ranking.rejected)


def _named(wanted: str, candidates: Iterable[Candidate]) -> Candidate | None:
    """The candidate that is called ``model@provider``, ``model@endpoint``, ``model``, or by the last part of its name."""
    by_name: dict[str, Candidate] = {}
    for candidate in candidates:
        for name in (
            f"{candidate.model}@{candidate.provider}",
            f"{candidate.model}@{candidate.endpoint}",
            candidate.model,
            candidate.model.rpartition("/")[2],
        ):
            by_name.setdefault(name, candidate)
    return by_name.get(wanted)


def _cannot(task: Task, wanted: str, ranking: Ranking) -> str:
    """Why a model that was asked for cannot be had, with close ones."""
    rejected = _named(wanted, ranking.rejected)
    if rejected:
        return f"{wanted!r} cannot do task {task.id!r} ({task.type}): {rejected.unavailable}"
    models = [candidate.model for candidate in ranking.usable]
    close = [model for model in models if wanted.casefold() in model.casefold()] or close_matches(wanted, models)
    if close:
        hint = f"did you mean {either(close)}?"
    elif models:
        hint = f"there is {either(models[:OFFERED])}."
    else:
        hint = _no_expert(task, ranking.ways)
    return f"There is no expert {wanted!r} for task {task.id!r} ({task.type}); {hint}"


# What the controller chooses


def _open(assigned: Assignment | NoExpert) -> Sequence[Candidate]:
    """The candidates the controller chooses from; the user's own choice and functions leave it none."""
    if isinstance(assigned, NoExpert) or assigned.chosen_by == "user":
        return ()
    ranked = (assigned.candidate, *assigned.alternatives)
    own = [candidate for candidate in ranked if candidate.endpoint == "function"]
    return (own or ranked)[:OFFERED]


async def _choices(
    plan: Plan, open_choices: Mapping[str, Sequence[Candidate]], controller: Controller, emit: Emit
) -> dict[str, tuple[Candidate, Choice]]:
    """Ask the controller, once, and keep the choices that were offered."""
    if not open_choices:
        return {}
    try:
        choices = await controller.select(plan, open_choices, emit)
    except ControllerError as error:
        emit(Noted(f"{controller.name} could not choose expert models, so the best ranked ones are taken: {error}"))
        return {}
    found = {}
    for task_id, choice in choices.items():
        candidate = _named(choice.model, open_choices.get(task_id, ()))
        if candidate:
            found[task_id] = (candidate, choice)
        else:
            emit(
                Noted(
                    f"{controller.name} chose {choice.model!r} for {task_id!r}, which was not offered; it is not used."
                )
            )
    return found


def _chosen(assigned: Assignment | NoExpert, chosen: tuple[Candidate, Choice]) -> Assignment | NoExpert:
    if isinstance(assigned, NoExpert):
        return assigned
    candidate, choice = chosen
    others = tuple(c for c in (assigned.candidate, *assigned.alternatives) if c is not candidate)
    return replace(assigned, candidate=candidate, reason=choice.reason, chosen_by="controller", alternatives=others)
