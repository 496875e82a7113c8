"""What is known of a run while it is under way, gathered from its events."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from jarvis_magic.events import (
    Approved,
    Drafted,
    Event,
    Noted,
    Planned,
    Proposed,
    ResponseGrew,
    TaskEnded,
    TaskNoted,
    TaskProgressed,
    TaskRetried,
    TaskStarted,
)
from jarvis_magic.plans import Draft
from jarvis_magic.values import Outcome, Proposal, Run


@dataclass
class Progress:
    """How far a run is.

    Parameters
    ----------
    draft
        The plan as far as it is written; ``None`` before the first word of it.
    proposal
        The plan with its assignments, once there is one; after approval, as approved.
    outcomes
        How the tasks that ended did.
    running
        For each task that runs, a phrase on how far it is; ``""`` if nothing is known.
    notes
        Sentences for the user, oldest first.
    response
        The answer, as far as it is written.
    """

    draft: Draft | None = None
    proposal: Proposal | None = None
    outcomes: dict[str, Outcome] = field(default_factory=dict)
    running: dict[str, str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    response: str = ""
    approved: bool = False

    def happened(self, event: Event) -> None:
        """Take an event in."""
        match event:
            case Drafted(draft, _):
                self.draft = draft
            case Planned(plan):
                self.draft = plan.draft()
            case Proposed(proposal):
                self.proposal = proposal
            case Approved(proposal):
                self.proposal, self.approved = proposal, True
                self.outcomes.clear()  # of what ran before, what still holds is told again
                self.running = {name: phrase for name, phrase in self.running.items() if name in proposal.plan.by_id}
            case ResponseGrew(text):
                self.response += text
            case Noted(sentence):
                self.notes.append(sentence)
            case TaskNoted(task_id, sentence):
                self.notes.append(f"{task_id}: {sentence}")
            case _:
                self._ran(event)

    def _ran(self, event: Event) -> None:
        """Take in what a task does."""
        match event:
            case TaskStarted(task_id, _):
                self.running[task_id] = ""
            case TaskProgressed(task_id, part, phrase):
                self.running[task_id] = phrase or ("" if part is None else f"{part:.0%}")
            case TaskRetried(task_id, model, because):
                self.running[task_id] = f"again with {model}: {because}"
            case TaskEnded(task_id, outcome):
                self.running.pop(task_id, None)
                self.outcomes[task_id] = outcome

    @property
    def status(self) -> str:
        """One line on where it stands."""
        now = ", ".join(f"{task_id} ({phrase})" if phrase else task_id for task_id, phrase in self.running.items())
        if self.proposal is None:
            return "Planning…" + (f" Running already: {now}" if now else "")
        if not self.approved:
            return "Planned."
        total = len(self.proposal.plan.tasks)
        if len(self.outcomes) >= total:
            return "Writing the answer…"
        return f"{len(self.outcomes)} of {total} done" + (f"; running: {now}" if now else "")

    def run(self) -> Run | None:
        """The run as it stands; ``None`` before there is a plan."""
        if self.proposal is None:
            return None
        outcomes: Mapping[str, Outcome] = dict(self.outcomes)
        return Run(self.proposal.plan, self.proposal.assignments, outcomes, self.response, notes=tuple(self.notes))
