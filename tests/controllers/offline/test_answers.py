"""The composed answer."""

from __future__ import annotations

import asyncio

from PIL import Image

from jarvis_magic.controllers import OfflineController
from jarvis_magic.errors import EndpointError
from jarvis_magic.events import Event, ResponseGrew
from jarvis_magic.kinds import Box, Kind, Missing
from jarvis_magic.plans import Plan
from jarvis_magic.tasks import Task
from jarvis_magic.values import Failure, Outcome, Request, Resource, Skipped, Success


def answer(plan: Plan, **outcomes: Outcome) -> str:
    """The offline controller's answer to a run."""
    grown: list[Event] = []
    found = asyncio.run(OfflineController().respond(Request(plan.request), plan, outcomes, grown.append))
    assert [event.text for event in grown if isinstance(event, ResponseGrew)] == [found]
    return found


PLAN = Plan(
    "…",
    {"p": Kind("image")},
    [
        Task("caption", "image-to-text", {"image": "@p"}),
        Task("objects", "object-detection", {"image": "@p"}),
        Task("speech", "text-to-speech", {"text": "@caption"}),
    ],
    notes=["Not understood: “mail it”."],
)


def test_results_failures_and_skips_are_told() -> None:
    """Every task is told with its result in words, its failure, or why it did not run; notes are repeated."""
    text = answer(
        PLAN,
        caption=Failure(EndpointError("The reader is out of order.")),
        objects=Success(
            Resource(Kind("boxes"), [Box("dog", 0.9, 0, 0, 1, 1), Box("dog", 0.8, 0, 0, 2, 2)]), "owner/finder"
        ),
        speech=Skipped("It needs 'caption', which failed.", "caption"),
    )
    assert "1 of 3 tasks succeeded; caption failed; speech did not run." in text
    assert "The reader is out of order." in text
    assert "2 dogs" in text
    assert "owner/finder" in text
    assert "which failed" in text
    assert "mail it" in text


def test_what_to_type_next_stays_code() -> None:
    """A sentence's code is shown as code, and what stands around it as it is."""
    plan = Plan("…", {"p": Kind("image")}, [Task("caption", "image-to-text", {"image": "@p"})])
    text = answer(plan, caption=Skipped('Set HF_TOKEN, or write `@expert("image_to_text")`; *now* `'))
    assert 'Set HF\\_TOKEN, or write `@expert("image_to_text")`; \\*now\\* \\`' in text


def test_a_result_is_shown_as_it_is_and_cut() -> None:
    """What a model wrote is text, not markdown; a long one is cut, and says so."""
    plan = Plan("…", {"p": Kind("image")}, [Task("caption", "image-to-text", {"image": "@p"})])
    text = answer(plan, caption=Success(Resource(Kind("text"), "![x](http://e.org/t.png) <b>" + "y" * 2000)))
    assert "![x]" not in text
    assert "<b>" not in text.replace("\\<b\\>", "")
    assert "2,028 characters in all" in text


def test_pictures_and_lists() -> None:
    """What has no text form is told by its facts; items without a value are counted."""
    plan = Plan("…", {"p": Kind("list[image]")}, [Task("edited", "image-to-image", {"image": "@p", "text": "blur"})])
    items = [Image.new("RGB", (3, 4)), Missing("too large")]
    text = answer(plan, edited=Success(Resource(Kind("list[image]"), items)))
    assert "2 × an image" in text
    assert "1 of 2 items have no value: too large" in text


def test_small_talk_is_its_own_answer() -> None:
    """A plan without tasks is answered by its notes."""
    assert answer(Plan("hi", notes=["Hello!"])) == "Hello\\!"
