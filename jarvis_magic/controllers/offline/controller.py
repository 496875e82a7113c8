"""The embedded controller: plans, selects and responds without a language model."""

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
from .summary import compose

NOTHING_ASKED = (
    "I found nothing to do in this. I can describe pictures and read the text in them, transcribe and read aloud, summarise, "
    "translate, find names and keywords, judge the sentiment, answer questions about a text, picture or table, edit pictures, "
    "and predict a table's column; name what to work on with @, for example: Describe @photo and read the description aloud."
)


class OfflineController:
    """Plans by rules in milliseconds, the same every time, and says what it did not understand."""

    name = "offline"

    async def plan(self, request: Request, menu: Menu, emit: Emit) -> Plan:
        """Turn a request into a plan; one without tasks carries the answer in its notes."""
        plan = plan_text(request.text, {**request.kinds, **{name: r.kind for name, r in request.offered.items()}})
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


def plan_text(text: str, kinds: Mapping[str, str]) -> Plan:
    """Plan a request given as text and the kinds of its inputs."""
    known = {name: Kind(kind) for name, kind in kinds.items()}
    draft = Drafting(read(text, known), known, MAKERS).draft()
    while draft.problems:
        draft = _without_problems(draft)
    if draft.tasks or draft.notes:
        return draft.plan()
    return Plan(text, {}, (), None, [NOTHING_ASKED])


def _without_problems(draft: Draft) -> Draft:
    """The draft without the tasks that are not well formed, and a note for each."""
    wrong = {problem.task for problem in draft.problems}
    kept = [task for task in draft.tasks if task.id not in wrong]
    used = {reference.name for task in kept for reference in task.references}
    inputs = {name: kind for name, kind in draft.inputs.items() if name in used}
    notes = [*draft.notes, *(problem.sentence for problem in draft.problems)]
    return Draft(draft.request, inputs, kept, None, notes)
