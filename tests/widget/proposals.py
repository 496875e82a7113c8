"""A proposal to edit, and candidates for it."""

from __future__ import annotations

from dataclasses import replace

from jarvis_magic.kinds import Kind
from jarvis_magic.plans import Plan
from jarvis_magic.tasks import Task
from jarvis_magic.values import Assignment, Candidate, NoExpert, Proposal

FACTS = Candidate("toolbox/facts", "toolbox", "Says what can be measured in a picture.", "It knows no things.")
READER = Candidate("toolbox/reader", "toolbox", "Reads printed text.", licence="Apache-2.0", size=15_000_000)
BLIP = Candidate(
    "Salesforce/blip", "provider", "Describes pictures.", provider="hf", downloads=1_500_000,
    unavailable="It needs a key: set HF_TOKEN.",
)  # fmt: skip
VOICE = Candidate("toolbox/voice", "toolbox", "Reads texts aloud.")
FLUX = Candidate("owner/flux", "provider", "Makes pictures.", provider="fal-ai")

LARGE = Candidate(
    "owner/large", "local", "Sees much.", "It is downloaded first: 3.4 GB.", download=3_400_000_000, is_large=True
)

CANDIDATES = {
    "image-to-text": (FACTS, READER, BLIP),
    "text-to-speech": (VOICE,),
    "text-to-image": (FLUX,),
    "summarization": (Candidate("toolbox/short", "toolbox", "Keeps the best sentences."),),
}


def assigned(task: Task) -> Assignment | NoExpert:
    """The assignment of a task by the order of `CANDIDATES`."""
    found = CANDIDATES.get(task.type, ())
    usable = [candidate for candidate in found if not candidate.unavailable]
    if not usable:
        return NoExpert(task.id, task.type, f"No expert here yet for {task.type}.")
    rejected = [candidate for candidate in found if candidate.unavailable]
    return Assignment(task.id, task.type, usable[0], "It ranks first.", "ranking", usable[1:], rejected)


def proposal(*tasks: Task, request: str = "Describe @photo, then read it aloud.", **outputs: str) -> Proposal:
    """A proposal for tasks over an image ``photo``; by default a caption that is read aloud."""
    made = tasks or (
        Task("caption", "image-to-text", {"image": "@photo"}, "describe"),
        Task("speech", "text-to-speech", {"text": "@caption"}),
    )
    plan = Plan(request, {"photo": Kind("image")}, made)
    if outputs:
        plan = replace(plan, outputs=outputs)
    return Proposal(plan, {task.id: assigned(task) for task in plan.tasks})


def many(count: int) -> Proposal:
    """A proposal of so many tasks: captions, each read aloud, and every tenth pair summarised."""
    tasks = []
    for number in range(count // 2):
        tasks.append(Task(f"caption_{number}", "image-to-text", {"image": "@photo"}))
        tasks.append(Task(f"speech_{number}", "text-to-speech", {"text": f"@caption_{number}"}))
    return proposal(*tasks, request=f"{count} tasks about @photo")


def with_large() -> Proposal:
    """The caption that is read aloud, by a model that is a large download."""
    small = proposal()
    caption = small.assignments["caption"]
    assert isinstance(caption, Assignment)
    return Proposal(small.plan, {**small.assignments, "caption": replace(caption, candidate=LARGE, chosen_by="user")})
