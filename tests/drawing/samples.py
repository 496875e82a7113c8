"""A plan that was carried out with every kind of ending, as the drawing tests show it."""

from __future__ import annotations

from PIL import Image, ImageDraw

from jarvis_magic.errors import EndpointTimeout
from jarvis_magic.kinds import Box, Kind, Label, Token
from jarvis_magic.plans import Plan
from jarvis_magic.tasks import Task
from jarvis_magic.values import (
    Assignment,
    Attempt,
    Candidate,
    Failure,
    NoExpert,
    Outcome,
    Proposal,
    Resource,
    Run,
    Skipped,
    Success,
    Tally,
    Usage,
)

HOSTILE = (
    "</text></svg><script>alert('x')</script><img src=https://evil.example/x onerror=alert(1)>\"'&\u202e\x1b[31m\ud800"
)
CAPTION = "Two houses near Oslo under a pale sun."


def resource(kind: str, value: object) -> Resource:
    """A resource."""
    return Resource(Kind(kind), value)


def photo(width: int = 300, height: int = 200) -> Image.Image:
    """A small picture with more colours than a drawing has."""
    picture = Image.radial_gradient("L").resize((width, height)).convert("RGB")
    ImageDraw.Draw(picture).rectangle((20, 60, 80, 120), fill="#f26419")
    return Image.merge("RGB", (picture.getchannel(0), picture.getchannel(0).rotate(90), picture.getchannel(1)))


PLAN = Plan(
    "Describe @photo, read it aloud and translate it.",
    {"photo": Kind("image")},
    [
        Task("caption", "image-to-text", {"image": "@photo"}, "describe"),
        Task("speech", "text-to-speech", {"text": "@caption"}),
        Task("mood", "text-classification", {"text": "@caption"}),
        Task("objects", "object-detection", {"image": "@photo"}),
        Task("names", "token-classification", {"text": "@caption"}),
        Task("french", "translation", {"text": "@caption", "target_language": "fr"}),
        Task("aloud", "text-to-speech", {"text": "@french"}),
        Task("summary", "text-generation", {"text": "@caption and @objects"}, after=["mood"]),
    ],
    notes=["I read 'it' as the caption."],
)

CANDIDATES = {
    "caption": Candidate("Salesforce/blip-image-captioning-large", "provider", provider="hf-inference"),
    "speech": Candidate("toolbox/espeak-ng", "toolbox"),
    "mood": Candidate("toolbox/vader", "toolbox"),
    "objects": Candidate("facebook/detr-resnet-50", "local"),
    "names": Candidate("my_names", "function"),
    "aloud": Candidate("toolbox/espeak-ng", "toolbox"),
    "summary": Candidate("gpt-5-mini", "chat"),
}

ASSIGNMENTS: dict[str, Assignment | NoExpert] = {
    task_id: Assignment(task_id, PLAN.by_id[task_id].type, candidate, "knows its work")
    for task_id, candidate in CANDIDATES.items()
}
ASSIGNMENTS["french"] = NoExpert(
    "french", "translation", "No expert here translates: set HF_TOKEN, or run `pip install x`."
)

OUTCOMES: dict[str, Outcome] = {
    "caption": Success(
        resource("text", CAPTION),
        CANDIDATES["caption"].model,
        "provider",
        0.0,
        1.23,
        (Attempt("other/model", "provider", 0.2, "503 from the provider"),),
    ),
    "mood": Success(resource("labels", [Label("positive", 0.83)]), "toolbox/vader", "toolbox", 1.3, 0.02, reused=True),
    "objects": Success(
        resource("boxes", [Box("house", 0.93, 20, 60, 80, 120)]), "facebook/detr-resnet-50", "local", 0.0, 2.9
    ),
    "names": Success(
        resource("tokens", [Token("Oslo", "place", 0.97, 16, 20)]),
        "my_names",
        "function",
        1.3,
        0.1,
        notes=("Only places.",),
    ),
    "speech": Failure(EndpointTimeout("No result came within 60 s; give it longer with --timeout 120."), seconds=60.0),
    "french": Skipped("No expert here translates."),
    "aloud": Skipped("it needs french, which has no expert.", "french"),
    "summary": Skipped("it was stopped."),
}

PROPOSAL = Proposal(PLAN, ASSIGNMENTS)
RUN = Run(
    PLAN,
    ASSIGNMENTS,
    OUTCOMES,
    "The photo shows **two houses**.",
    Usage(plan=Tally(1, 900, 100, 2.0)),
    ("The plan was repaired once.",),
)
