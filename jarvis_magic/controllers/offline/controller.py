"""The embedded controller: plans, selects and responds without a language model."""

# ruff: noqa: ARG002  (the protocol's arguments; this controller needs fewer)

from __future__ import annotations

from collections.abc import Mapping

from ...contracts import OpenChoices
from ...events import Drafted, Emit, ResponseGrew
from ...kinds import Kind
from ...plans import Draft, Plan
from ...values import Choice, Menu, Outcome, Request
from .drafting import Drafting
from .makers import MAKERS
from .reading import read
from .remarks import chat_answer, remarks
from .summary import compose


class OfflineController:
    """Plans by rules in milliseconds, the same every time, and says what it did not understand."""

    name = "offline"

    async def plan(self, request: Request, menu: Menu, emit: Emit) -> Plan:
        """Turn a request into a plan; one without tasks carries the answer in its notes."""
        plan = plan_text(
            request.text, request.kinds, {name: resource.kind for name, resource in request.offered.items()}
        )
        emit(Drafted(plan.draft()))
        return plan

    async def select(self, plan: Plan, open_choices: OpenChoices, emit: Emit) -> Mapping[str, Choice]:
        """Leave every choice to the ranking."""
        return {}

    async def respond(self, request: Request, plan: Plan, outcomes: Mapping[str, Outcome], emit: Emit) -> str:
        """Compose the answer from the plan and the results."""
        answer = compose(plan, outcomes)
        emit(ResponseGrew(answer))
        return answer


def plan_text(text: str, kinds: Mapping[str, Kind], offered: Mapping[str, Kind] | None = None) -> Plan:
    """Plan a request, given the kinds of its inputs and of the earlier results it may use."""
    drafting = Drafting(read(text, {**(offered or {}), **kinds}), kinds, MAKERS, offered)
    draft = drafting.draft()
    while draft.problems:
        draft = _without_problems(draft)
    notes = [*draft.notes, *remarks(drafting, drafting.division)]
    if not draft.tasks:
        notes = [*notes, chat_answer(drafting.reading)]
    return Plan(text, draft.inputs, draft.tasks, notes=list(dict.fromkeys(notes)))


def _without_problems(draft: Draft) -> Draft:
    """The draft without the tasks that are not well formed, and a note for each."""
    wrong = {problem.task for problem in draft.problems}
    kept = [task for task in draft.tasks if task.id not in wrong]
    used = {reference.name for task in kept for reference in task.references}
    inputs = {name: kind for name, kind in draft.inputs.items() if name in used}
    notes = [*draft.notes, *(problem.sentence for problem in draft.problems)]
    return Draft(draft.request, inputs, kept, notes=notes)
