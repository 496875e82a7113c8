"""Models at providers: every task type that some provider does, at each of them, over real HTTP."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from jarvis_magic.catalogue.served import CALLABLE, CHAT, SEEN_BY_CHAT, TYPES, WRITTEN_BY_CHAT, does
from jarvis_magic.endpoints import ProviderEndpoint
from jarvis_magic.errors import EndpointRejected
from jarvis_magic.events import TaskNoted
from jarvis_magic.keys import Keys
from jarvis_magic.media import Audio
from jarvis_magic.runners import abandoned
from jarvis_magic.task_types import TASK_TYPES
from jarvis_magic.testing import Recorder
from jarvis_magic.values import Assignment, Candidate, Resource

from ..servers.hub import TOKEN, Answer, HubServer, Seen

_TEXT = "The good ship Aurora sails. It is late."
_CONTINUED = (f"You said {_TEXT!r}.", f"{_TEXT} and so on")

KEYS = Keys({"HF_TOKEN": TOKEN})


def scene() -> Image.Image:
    """A picture of 64 by 48 with a dark thing on white."""
    image = Image.new("RGB", (64, 48), "white")
    image.paste("black", (10, 12, 30, 40))
    return image


def values_for(task_type: str) -> dict[str, Any]:
    """Values for the ports of a task type."""
    all_ports = {
        "text": _TEXT,
        "other": "Something else.",
        "labels": ["ship", "64"],
        "question": "How much?",
        "context": "It costs ten crowns.",
        "target_language": "fr",
        "target": "label",
        "table": pd.DataFrame({"n": [1, 2], "label": ["", ""]}),
        "image": scene(),
        "images": [scene(), scene()],
        "audio": Audio(np.full(4000, 0.1, np.float32), 8000),
        "width": 40,
        "height": 30,
    }
    if task_type == "fill-mask":
        all_ports["text"] = "The [MASK] is wide."
    return {p.name: all_ports[p.name] for p in TASK_TYPES[task_type].ports if p.name in all_ports}


AS_EXPECTED: Mapping[str, Callable[[Any], bool]] = {
    "text-to-image": lambda v: v.size == (40, 30),
    "image-to-image": lambda v: v.size == (64, 48) and v.getpixel((15, 48 - 14)) == (0, 0, 0),
    "text-to-speech": lambda v: v.rate == 8000,
    "audio-to-audio": lambda v: v.rate == 8000 and len(v.samples) == 2000,
    "text-to-video": lambda v: len(list(v.frames())) == 12,
    "image-to-video": lambda v: len(list(v.frames())) == 12,
    "automatic-speech-recognition": lambda v: v == "0.5 seconds",
    "audio-classification": lambda v: v[0].label == "0.5",
    "feature-extraction": lambda v: list(v) == [3.0, 0.0, 0.0, 1.0, 2.0, 0.0],
    "object-detection": lambda v: (v[0].xmin, v[0].ymin, v[0].xmax, v[0].ymax) == (10, 12, 30, 40),
    "image-segmentation": lambda v: v[0].mask.getbbox() == (10, 12, 30, 40),
    "image-classification": lambda v: v[0].label == "64",
    "zero-shot-image-classification": lambda v: v[0].label == "64",
    "text-classification": lambda v: [label.label for label in v] == ["good", "bad"],
    "zero-shot-classification": lambda v: v[0].label == "ship" and v[0].score > v[1].score,
    "token-classification": lambda v: (
        [(t.text, t.start, t.end) for t in v] == [("The", 0, 3), ("Aurora", 14, 20), ("It", 28, 30)]
    ),
    "fill-mask": lambda v: v[0].label == "sea",
    "question-answering": lambda v: (v.answer, v.start) == ("crowns", 13),
    "sentence-similarity": lambda v: v == 0.0,
    "table-question-answering": lambda v: v.answer == "3",
    "tabular-classification": lambda v: list(v["label_predicted"]) == ["no", "yes"],
    "summarization": lambda v: v == "The good ship Aurora sails",
    "translation": lambda v: v.startswith("THE GOOD SHIP"),
    "visual-question-answering": lambda v: "64 by 48" in v.answer,
    "document-question-answering": lambda v: "64 by 48" in v.answer,
    "image-to-text": lambda v: "64 by 48" in v,
    "image-text-to-text": lambda v: v.count("64 by 48") == 2,
    "text-generation": lambda v: v in _CONTINUED,
    "text2text-generation": lambda v: v in _CONTINUED,
    "conversational": lambda v: v in _CONTINUED,
}
"""Whether a result is what the tiny model makes of `values_for`."""


def as_expected(task_type: str, value: Any) -> bool:
    """Whether a result is what the tiny model makes of `values_for`."""
    return AS_EXPECTED[task_type](value)


def ways() -> Iterator[tuple[str, str, str]]:
    """Each task type, with each provider and each task of the Hub by which it does it."""
    for task_type in sorted(TYPES):
        for provider, tasks in CALLABLE.items():
            yield from ((task_type, provider, task) for task in sorted(tasks) if does(provider, task, task_type))


async def run(task_type: str, candidate: Candidate, keys: Keys = KEYS, emit: Any = None, **changes: Any) -> Any:
    """Run a task once, and return its value."""
    values = {**values_for(task_type), **changes}
    ports = {port.name: port.kind for port in TASK_TYPES[task_type].ports}
    arguments = {name: Resource(ports[name], value) for name, value in values.items() if value is not None}
    assignment = Assignment("t", task_type, candidate)
    return (await ProviderEndpoint(keys).run(assignment, arguments, emit or Recorder())).value


@pytest.mark.parametrize(("task_type", "provider", "hub_task"), list(ways()))
async def test_every_task_type_runs_at_every_provider_that_does_it(
    hub: HubServer, serves: Callable[..., str], task_type: str, provider: str, hub_task: str
) -> None:
    """The values arrive as they are, the result is of the type's kind, and the requests keep to the specification."""
    model = serves(hub_task)
    value = await run(task_type, Candidate(model, "provider", provider=provider))
    assert as_expected(task_type, value), value
    assert hub.wrong == []
    assert {seen.host for seen in hub.seen} <= {"huggingface.co", "router.huggingface.co", "files.example"}


def test_the_table_of_what_can_be_called_is_the_librarys() -> None:
    """A provider or task that a new version brings or drops is noticed."""
    from huggingface_hub.inference._providers import PROVIDERS

    theirs = {provider: set(tasks) for provider, tasks in PROVIDERS.items()}
    assert theirs.pop("openai") == {CHAT}  # takes no Hugging Face token
    assert theirs == {provider: set(tasks) for provider, tasks in CALLABLE.items()}


def test_every_task_of_the_client_leads_to_a_task_type() -> None:
    """Whatever a provider does can be asked for under the name of a task type, or as a chat."""
    tasks = frozenset().union(*CALLABLE.values()) - {CHAT}
    assert tasks <= TASK_TYPES.keys()
    assert TASK_TYPES.keys() >= WRITTEN_BY_CHAT | SEEN_BY_CHAT


async def test_options_of_the_task_reach_the_model(hub: HubServer, serves: Callable[..., str]) -> None:
    """By the names of the library's method; unknown ones are told, with close ones."""
    candidate = Candidate(serves("text-to-image"), "provider", provider="hf-inference")
    await run("text-to-image", candidate, seed=7, options={"guidance_scale": 3.5, "style": "woodcut"})
    parameters = hub.seen[-1].json["parameters"]
    assert parameters == {"width": 40, "height": 30, "seed": 7, "guidance_scale": 3.5, "style": "woodcut"}
    candidate = Candidate(serves("object-detection"), "provider", provider="hf-inference")
    with pytest.raises(EndpointRejected, match="'treshold' is none of this expert's; did you mean 'threshold'"):
        await run("object-detection", candidate, options={"treshold": 0.5})


@pytest.mark.parametrize("task_type", ["image-to-image", "text-to-image", "summarization", "image-text-to-text"])
async def test_options_cannot_send_a_call_elsewhere(hub: HubServer, serves: Callable[..., str], task_type: str) -> None:
    """Hard case 45: a plan may be a model's, and an address in place of the model would get the token."""
    candidate = Candidate(
        serves(task_type), "provider", provider="auto" if "text-to-text" in task_type else "hf-inference"
    )
    for name in ("model", "extra_body", "self", "stream"):
        with pytest.raises(EndpointRejected, match=f"The option '{name}' is none of this expert's"):
            await run(task_type, candidate, options={name: "https://elsewhere.example"})
    assert hub.seen == []


async def test_files_say_what_they_are(hub: HubServer, serves: Callable[..., str]) -> None:
    """By their type, as it is or in a data URL: servers read nothing else."""
    for task_type, mime in (("object-detection", "image/png"), ("audio-classification", "audio/wav")):
        await run(task_type, Candidate(serves(task_type), "provider", provider="hf-inference"))
        assert hub.seen[-1].headers["content-type"] == mime
    await run("image-to-image", Candidate(serves("image-to-image"), "provider", provider="together"))
    assert hub.seen[-1].json["reference_images"][0].startswith("data:image/png;base64,")


async def test_a_chat_model_needs_no_provider_by_name(hub: HubServer) -> None:
    """The router finds one itself."""
    assert as_expected("image-to-text", await run("image-to-text", Candidate("a/seeing", "provider", provider="auto")))
    (call,) = [seen for seen in hub.seen if seen.method == "POST"]
    assert (call.path, call.json["model"]) == ("/v1/chat/completions", "a/seeing")


async def test_a_reply_that_was_cut_says_so(hub: HubServer) -> None:
    """As a note beside the result."""
    message = {"role": "assistant", "content": "Once upon"}
    choice = {"index": 0, "finish_reason": "length", "message": message}
    hub.instead = lambda seen: Answer({"choices": [choice], "model": "a"}) if seen.method == "POST" else None
    recorder = Recorder()
    candidate = Candidate("a/b", "provider", provider="auto")
    assert await run("text-generation", candidate, emit=recorder) == "Once upon"
    (note,) = recorder.of(TaskNoted)
    assert "not whole" in note.sentence


async def test_a_token_that_was_typed_for_the_hub_is_the_routers_too(hub: HubServer) -> None:
    """``%jarvis key huggingface.co``."""
    keys = Keys().with_typed("huggingface.co", TOKEN)
    assert await run("image-to-text", Candidate("a/seeing", "provider", provider="auto"), keys=keys)


async def test_a_voice_and_two_languages_reach_the_model(hub: HubServer, serves: Callable[..., str]) -> None:
    """Hard case 22: what is asked for beside the text."""
    await run("text-to-speech", Candidate(serves("text-to-speech"), "provider", provider="fal-ai"), voice="nova")
    assert hub.seen[-2].json == {"text": values_for("summarization")["text"], "voice": "nova"}
    candidate = Candidate(serves("translation"), "provider", provider="hf-inference")
    value = await run("translation", candidate, source_language="en", target_language="de")
    assert value.endswith(" de")


async def test_without_a_token_nothing_is_sent(hub: HubServer, serves: Callable[..., str]) -> None:
    """The sentence says what to set."""
    candidate = Candidate(serves("summarization"), "provider", provider="hf-inference")
    with pytest.raises(EndpointRejected, match=r"needs a Hugging Face token: .* set HF_TOKEN"):
        await run("summarization", candidate, keys=Keys())
    assert hub.seen == []


async def test_a_key_that_is_no_token_is_sent_to_nobody(hub: HubServer, serves: Callable[..., str]) -> None:
    """The library would take it for the provider's own and send it there."""
    candidate = Candidate(serves("text-to-image"), "provider", provider="fal-ai")
    with pytest.raises(EndpointRejected, match="is no Hugging Face token"):
        await run("text-to-image", candidate, keys=Keys({"HF_TOKEN": "sk-other"}))
    assert hub.seen == []


async def test_an_address_in_place_of_a_model_gets_no_token(hub: HubServer) -> None:
    """A lock file or a plan cannot send the token elsewhere."""
    with pytest.raises(EndpointRejected, match="no model of the Hub"):
        await run("summarization", Candidate("https://elsewhere.example", "provider", provider="hf-inference"))
    assert hub.seen == []


async def test_cancelling_closes_the_connection(hub: HubServer, serves: Callable[..., str]) -> None:
    """Hard case 34: nothing is left running; a call after it works as ever."""
    never = threading.Event()
    candidate = Candidate(serves("summarization"), "provider", provider="hf-inference")
    hub.instead = lambda seen: Answer(wait=never) if seen.method == "POST" else None
    running = asyncio.ensure_future(run("summarization", candidate))
    await asyncio.to_thread(hub.wait_for, lambda: any(seen.method == "POST" for seen in hub.seen))
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    for left in abandoned():
        assert await asyncio.to_thread(left.ended.wait, 10), left
    never.set()
    hub.instead = lambda _seen: None
    assert as_expected("summarization", await run("summarization", candidate))


async def test_a_deadline_leaves_what_polls_behind(hub: HubServer, serves: Callable[..., str]) -> None:
    """Hard case 32: a provider that never finishes holds up nobody, and its call is known until it ends."""
    hub.polls_needed = 1_000_000
    candidate = Candidate(serves("text-to-video"), "provider", provider="fal-ai")
    running = asyncio.ensure_future(run("text-to-video", candidate))
    await asyncio.to_thread(hub.wait_for, lambda: any(seen.path.endswith("/status") for seen in hub.seen))
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    (left,) = [call for call in abandoned() if call.name == candidate.model]
    hub.polls_needed = 0
    assert await asyncio.to_thread(left.ended.wait, 10)


async def test_calls_run_side_by_side(hub: HubServer, serves: Callable[..., str]) -> None:
    """Hard case 31: ten at once wait for each other's replies in no order."""
    together = threading.Barrier(10)

    def instead(seen: Seen) -> Answer | None:
        if seen.method == "POST":
            together.wait(20)
        return None

    hub.instead = instead
    candidate = Candidate(serves("summarization"), "provider", provider="hf-inference")
    found = await asyncio.gather(*(run("summarization", candidate, text=f"Part {i}. Rest.") for i in range(10)))
    assert found == [f"Part {i}" for i in range(10)]
