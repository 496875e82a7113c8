"""What the LLM controller costs: calls, input tokens and wall time, beside the reference's.

Run with ``python benchmarks/controller.py``; part of ``make bench``. The chat model is a server on loopback that speaks
the protocol and answers after 300 ms; the experts take 200 ms. Input tokens are characters of the whole request bodies
/ 4, schema included, so that anyone can repeat them.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PIL import Image

sys.path.insert(0, str(Path(__file__).parent.parent))  # the scripted server lives with the tests

from jarvis_magic.chat import chat_model
from jarvis_magic.controllers.llm import LLMController
from jarvis_magic.jarvis import Jarvis
from jarvis_magic.keys import Keys
from jarvis_magic.kinds import Answer, Box, Label
from jarvis_magic.media import Audio
from jarvis_magic.options import Options
from jarvis_magic.plans import Plan
from jarvis_magic.task_types import TASK_TYPES
from jarvis_magic.tasks import Task
from jarvis_magic.testing import ListCatalogue, RecordingEndpoint
from jarvis_magic.values import Candidate, Run
from tests.servers.scripted import Reply, Says, ScriptedServer

REPLY, EXPERT = 0.3, 0.2  # seconds
CANDIDATES = 5  # a task
TIMES = 5


@dataclass(frozen=True)
class Case:
    """A request, the plan the chat model answers with, the limits of the issue, and the reference's numbers."""

    name: str
    request: str
    tasks: Sequence[Task]
    most_tokens: int
    reference: str


def task(id_: str, type_: str, purpose: str, after: Sequence[str] = (), **arguments: Any) -> Task:
    return Task(id_, type_, arguments, purpose, after=after)


CASES = [
    Case(
        "the reference's request",
        "Describe the image @a and read the description aloud, then generate a new image with the same pose",
        [
            task("caption", "image-to-text", "describe the image", image="@a"),
            task("speech", "text-to-speech", "read aloud", text="@caption"),
            task("pose", "openpose-control", "find the pose", image="@a"),
            task("picture", "openpose-text-to-image", "new image with the same pose", image="@pose", text="@caption"),
        ],
        2000,
        "4 calls, 3,392 tokens in its messages alone",
    ),
    Case(
        "twelve tasks",
        "Describe @a, say what objects are in it and who or what is shown, estimate its depth and draw its edges. Turn the "
        "description into German and French, read both aloud, draw it as a poster and as a sketch, and tell me in one "
        "paragraph how the poster differs from the picture.",
        [
            task("caption", "image-to-text", "describe the picture", image="@a"),
            task("objects", "object-detection", "objects in it", image="@a"),
            task("subject", "image-classification", "what is shown", image="@a"),
            task("depth", "depth-estimation", "depth", image="@a"),
            task("edges", "canny-control", "draw its edges", image="@a"),
            task("german", "translation", "into German", text="@caption", target_language="German"),
            task("french", "translation", "into French", text="@caption", target_language="French"),
            task("speech_german", "text-to-speech", "read the German", text="@german"),
            task("speech_french", "text-to-speech", "read the French", text="@french"),
            task("poster", "text-to-image", "a poster", text="a poster of @caption with @objects"),
            task("sketch", "canny-text-to-image", "a sketch", image="@edges", text="a sketch of @caption"),
            task("difference", "visual-question-answering", "how they differ", image="@poster", question="How does it differ from: @caption?"),
        ],
        3500,
        "14 calls, about 7,300 tokens",
    ),
]  # fmt: skip

RESULTS: Mapping[str, Any] = {
    "text": "a woman in a red coat dances on a wet street at night, her arms raised above her head",
    "image": Image.new("RGB", (512, 512)),
    "audio": Audio([0.0] * 16000, 16000),
    "boxes": [Box("person", 0.98, 10, 20, 200, 400), Box("umbrella", 0.71, 220, 40, 300, 160)],
    "labels": [Label("dancer", 0.83), Label("street", 0.1)],
    "answer": Answer("the poster has no rain"),
}

DESCRIPTIONS = [
    "A large general model with the best quality of its family, trained on a mixture of public data sets for many languages and styles",
    "Small and fast, made for laptops without a graphics card; quality is a little below the large ones of the same family",
    "Fine-tuned by the community on photographs and illustrations; follows instructions well, and is licensed for commercial use",
    "The base model most others of this task derive from, well documented and stable, good in English, weak in other languages",
    "Multilingual, covers forty languages with even quality, slower than the others and needs longer to load the first time",
]
MODELS = {
    "image-to-text": ["Salesforce/blip-image-captioning-large", "Salesforce/blip-image-captioning-base", "nlpconnect/vit-gpt2-image-captioning", "microsoft/git-base-coco", "microsoft/Florence-2-large"],
    "text-to-speech": ["hexgrad/Kokoro-82M", "microsoft/speecht5_tts", "suno/bark", "facebook/mms-tts-eng", "espnet/kan-bayashi_ljspeech_vits"],
    "openpose-control": ["lllyasviel/Annotators", "lllyasviel/ControlNet", "yzd-v/DWPose", "usyd-community/vitpose-base", "hr16/UnJIT-DWPose"],
    "openpose-text-to-image": ["lllyasviel/sd-controlnet-openpose", "lllyasviel/control_v11p_sd15_openpose", "thibaud/controlnet-openpose-sdxl-1.0", "xinsir/controlnet-openpose-sdxl-1.0", "InstantX/SD3-Controlnet-Pose"],
}  # fmt: skip
FAMILIES = [
    "Salesforce/blip-{}-large",
    "microsoft/{}-base",
    "stabilityai/{}-xl",
    "facebook/{}-small-v2",
    "Xenova/{}-multi",
]


def candidates(task_type: str) -> list[Candidate]:
    models = MODELS.get(task_type) or [family.format(task_type) for family in FAMILIES]
    return [
        Candidate(model, "provider", text, provider="hf-inference", downloads=10**6 - i)
        for i, (model, text) in enumerate(zip(models[:CANDIDATES], DESCRIPTIONS, strict=True))
    ]


def script(case: Case) -> Any:
    """The chat model's replies, by what is asked."""
    wire = [
        {
            **t.to_dict(),
            "arguments": [{"name": n, "value": v} for n, v in t.arguments.items()],
            "after": [],
            "each": None,
        }
        for t in case.tasks
    ]

    def reply(body: Mapping[str, Any]) -> Reply:
        schema = json.dumps(body.get("response_format", ""))
        if '"choices"' in schema:
            chosen = [
                {"task": t.id, "model": candidates(t.type)[0].model, "reason": "best quality"} for t in case.tasks
            ]
            return Says(json.dumps({"choices": chosen}), piece=400, after=REPLY)
        if '"tasks"' in schema:
            return Says(json.dumps({"tasks": wire, "notes": []}), piece=400, after=REPLY)
        return Says("The picture shows a woman who dances; the poster has no rain.", piece=400, after=REPLY)

    return reply


def critical_path(plan: Plan) -> int:
    """How many tasks the longest chain has."""
    length: dict[str, int] = {}
    for item in plan.in_order:
        length[item.id] = 1 + max((length[before] for before in plan.dependencies(item.id)), default=0)
    return max(length.values())


async def expert(type_: str) -> Any:
    await asyncio.sleep(EXPERT)
    return RESULTS[TASK_TYPES[type_].output]


class Experts(RecordingEndpoint):
    """Experts that take 200 ms and give something of their type's output kind."""

    async def run(self, assignment: Any, arguments: Any, emit: Any) -> Any:
        """Run it."""
        self.models = lambda **_: expert(assignment.type)
        return await super().run(assignment, arguments, emit)


def timed_run(jarvis: Jarvis, case: Case, picture: Image.Image) -> tuple[float, Run]:
    begun = time.perf_counter()
    run = jarvis.run(case.request, a=picture)
    return time.perf_counter() - begun, run


def measure(case: Case) -> bool:
    with ScriptedServer(script(case)) as server:
        chat = chat_model("gpt-5-mini", base_url=server.url, keys=Keys())
        jarvis = Jarvis(
            controller=LLMController(chat, Options()),
            catalogue=ListCatalogue({name: candidates(name) for name in TASK_TYPES}),
            endpoints={"provider": Experts({})},
        )
        with jarvis:
            picture = Image.new("RGB", (640, 480))
            jarvis.run(case.request, a=picture)  # libraries are imported, the connection is there
            server.requests.clear()
            timed = [timed_run(jarvis, case, picture) for _ in range(TIMES)]
        run = timed[0][1].check()
        seconds = min(taken for taken, _ in timed)  # a busy machine only ever adds
        tokens = [request.tokens for request in server.requests[: len(server.requests) // TIMES]]
    ideal = 3 * REPLY + critical_path(run.plan) * EXPERT
    print(f"{case.name}: {len(tokens)} calls, {sum(tokens):,.0f} input tokens ({', '.join(f'{t:,.0f}' for t in tokens)}); "
          f"{seconds:.2f} s = {seconds / ideal:.3f} x ideal. Limits: 3 calls, {case.most_tokens:,}, 1.05. Reference: {case.reference}.")  # fmt: skip
    return len(tokens) <= 3 and sum(tokens) <= case.most_tokens and seconds <= 1.05 * ideal


if __name__ == "__main__":
    sys.exit(0 if min([measure(case) for case in CASES]) else 1)
