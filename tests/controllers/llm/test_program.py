"""The whole program with a chat model: three calls, the offline planner behind it, what it costs and where it stops."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from jarvis_magic.errors import JarvisError
from jarvis_magic.jarvis import Jarvis
from jarvis_magic.keys import Keys
from jarvis_magic.options import Options
from jarvis_magic.testing import ListCatalogue, RecordingEndpoint, candidate
from tests.servers.scripted import Reply, Says, ScriptedServer, error

SECRET = "sk-secret-0123456789"  # noqa: S105 (no real one)
TEXT = "Rain fell all day. Anna stayed at home and read a book about the sea."
REQUEST = "Summarise @letter, then read the summary aloud."
TASKS = [
    {
        "id": "summary",
        "type": "summarization",
        "arguments": [{"name": "text", "value": "@letter"}],
        "purpose": "summarise",
    },
    {
        "id": "speech",
        "type": "text-generation",
        "arguments": [{"name": "text", "value": "@summary"}],
        "purpose": "read",
    },
]
CHOICES = [{"task": item["id"], "model": "second", "reason": "better"} for item in TASKS]


def stage(body: Mapping[str, Any]) -> str:
    """Which stage a request is of."""
    schema = json.dumps(body.get("response_format", ""))
    return "select" if '"choices"' in schema else "plan" if '"tasks"' in schema else "respond"


def script(**replies: Reply) -> Callable[[Mapping[str, Any]], Reply]:
    """Good replies for every stage, but for those given."""
    good = {
        "plan": Says(json.dumps({"tasks": TASKS, "notes": []}), usage=(1000, 100)),
        "select": Says(json.dumps({"choices": CHOICES}), usage=(500, 50)),
        "respond": Says("It rained.", usage=(200, 20)),
    }
    return lambda body: {**good, **replies}[stage(body)]


def program(server: ScriptedServer, **options: Any) -> tuple[Jarvis, RecordingEndpoint]:
    """A Jarvis at a scripted server, with two experts for each task."""
    experts = RecordingEndpoint(lambda text: text.upper())
    by_type = {name: [candidate("first"), candidate("second")] for name in ("summarization", "text-generation")}
    jarvis = Jarvis(
        "tiny",
        base_url=server.url,
        api_key=SECRET,
        options=Options(**options),
        keys=Keys(),
        catalogue=ListCatalogue(by_type),
        endpoints={"function": experts},
    )
    return jarvis, experts


def test_three_calls_and_an_account_of_each() -> None:
    """Planning, choosing and answering are one call each, whatever the number of tasks; each is accounted for."""
    with ScriptedServer(script()) as server:
        jarvis, experts = program(server)
        with jarvis:
            run = jarvis.run(REQUEST, letter=TEXT)
        assert [stage(request.body) for request in server.requests] == ["plan", "select", "respond"]
    assert run["speech"] == TEXT.upper()
    assert [call.model for call in experts.calls] == ["second", "second"]
    assert run.assignments["summary"].reason == "better"
    assert run.response == "It rained."
    usage = run.usage
    assert [tally.tokens_in for tally in (usage.plan, usage.select, usage.respond, usage.repairs)] == [
        1000,
        500,
        200,
        0,
    ]
    assert usage.total.tokens_out == 170
    assert usage.experts.calls == 2


def test_the_offline_planner_stands_in_and_the_user_is_told() -> None:
    """A model that never writes a plan costs three calls, and then the offline plan runs, with a note."""
    with ScriptedServer(script(plan=Says("I cannot write JSON, sorry."))) as server:
        jarvis, _ = program(server)
        with jarvis:
            run = jarvis.run("Summarise @letter.", letter=TEXT)
        assert [stage(request.body) for request in server.requests][:3] == ["plan"] * 3
    assert [task.type for task in run.plan.tasks] == ["summarization"]
    assert "'tiny'" in run.notes[0]
    assert run.usage.repairs.calls == 2


@pytest.mark.parametrize("reply", [error(401, f"Incorrect API key provided: {SECRET}"), error(503, "overloaded")])
def test_a_server_in_trouble_leaves_the_offline_planner_and_no_key_anywhere(reply: Reply) -> None:
    """Whatever the server says, the work is done, and the key appears in nothing that is kept or shown (case 46)."""
    events: list[str] = []
    with ScriptedServer(reply) as server:
        jarvis, _ = program(server, retries=0)
        with jarvis:
            run = jarvis.run("Summarise @letter.", letter=TEXT, on_event=lambda event: events.append(repr(event)))
            shown = [repr(jarvis), repr(jarvis.__dict__), repr(run), run.plan.to_json(), *events]
        assert server.requests[0].headers["authorization"] == f"Bearer {SECRET}"
    assert run["summary" if "summary" in run.plan.by_id else run.plan.tasks[0].id]
    assert SECRET not in "\n".join(shown)


def test_max_tokens_stops_before_the_call_that_would_exceed_it() -> None:
    """A run that may use little plans, and then neither chooses nor answers with the chat model, and says so."""
    with ScriptedServer(script()) as server:
        jarvis, _ = program(server, max_tokens=1200)
        with jarvis:
            run = jarvis.run(REQUEST, letter=TEXT)
        assert [stage(request.body) for request in server.requests] == ["plan"]
    assert run["speech"] == TEXT.upper()
    assert any("would exceed the 1200 tokens this run may use" in note for note in run.notes)


def test_a_cell_that_is_too_long_for_the_model_says_so() -> None:
    """A request longer than the model can read is an error of its own, with the way out."""
    with ScriptedServer(script(plan=error(400, "maximum context length exceeded"))) as server:
        jarvis, _ = program(server)
        with jarvis:
            try:
                notes = jarvis.run("Summarise @letter.", letter=TEXT).notes
            except JarvisError as failure:
                notes = (str(failure),)
    assert any("put long texts into variables and refer to them as @name" in note for note in notes)
