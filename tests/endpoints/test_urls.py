"""Servers at a URL that the user named: each task type, with the key of that host alone."""

from __future__ import annotations

from typing import Any

import pytest

from jarvis_magic import Jarvis
from jarvis_magic.catalogue import UrlCatalogue
from jarvis_magic.catalogue.served import BY_URL
from jarvis_magic.endpoints import UrlEndpoint
from jarvis_magic.endpoints.urls import CALLABLE
from jarvis_magic.errors import EndpointRejected, SelectionError
from jarvis_magic.keys import Keys
from jarvis_magic.options import Options
from jarvis_magic.task_types import TASK_TYPES
from jarvis_magic.testing import Recorder
from jarvis_magic.values import Assignment, Candidate, Request, Resource, Success

from ..servers.hub import Answer, HubServer
from .test_providers import as_expected, values_for


async def run(task_type: str, url: str, keys: Keys | None = None, **changes: Any) -> Any:
    """Run a task once at a URL."""
    ports = {port.name: port.kind for port in TASK_TYPES[task_type].ports}
    arguments = {name: Resource(ports[name], value) for name, value in {**values_for(task_type), **changes}.items()}
    assignment = Assignment("t", task_type, Candidate(url, "url"))
    return (await UrlEndpoint(keys or Keys()).run(assignment, arguments, Recorder())).value


@pytest.mark.parametrize("task_type", sorted(CALLABLE))
async def test_every_task_type_runs_at_a_url(hub: HubServer, task_type: str) -> None:
    """In the form of Inference Endpoints, or as a chat where there is no other."""
    value = await run(task_type, f"{hub.url}/{'text-generation' if task_type.startswith('text2') else task_type}")
    assert as_expected(task_type, value), value
    assert hub.wrong == []


@pytest.mark.parametrize("path", ["/v1", "/v1/", "/v1/chat/completions"])
async def test_a_chat_server_does_what_chats_do(hub: HubServer, path: str) -> None:
    """TGI, vLLM and the like, by the address of OpenAI's protocol."""
    for task_type in ("text-generation", "visual-question-answering", "image-to-text"):
        assert as_expected(task_type, await run(task_type, hub.url + path))
    assert {seen.path for seen in hub.seen} == {"/v1/chat/completions"}
    assert all("authorization" not in seen.headers for seen in hub.seen)


async def test_no_key_but_the_hosts_own_is_sent(hub: HubServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """Hard case 45: neither the Hugging Face token, nor what the library finds for itself."""
    monkeypatch.setenv("HF_TOKEN", "hf_from_the_environment")
    await run("summarization", f"{hub.url}/summarization", Keys({"HF_TOKEN": "hf_mine", "OPENAI_API_KEY": "sk-mine"}))
    assert "authorization" not in hub.seen[-1].headers
    keys = Keys({"MY_KEY": "for-this-host"}, {"127.0.0.1": "MY_KEY"})
    await run("summarization", f"{hub.url}/summarization", keys)
    assert hub.seen[-1].headers["authorization"] == "Bearer for-this-host"
    await run("summarization", f"{hub.url}/summarization", Keys())
    assert "authorization" not in hub.seen[-1].headers


async def test_what_a_server_refuses_is_told_with_the_key_to_give(hub: HubServer) -> None:
    """The host is named, and how to give its key."""
    hub.instead = lambda _seen: Answer({"error": "no"}, 401)
    with pytest.raises(
        EndpointRejected, match=r"127.0.0.1 does not accept the key; type its key with `%jarvis key 127.0.0.1`"
    ):
        await run("summarization", f"{hub.url}/summarization")
    hub.instead = lambda _seen: Answer({"error": "no"}, 404)
    with pytest.raises(EndpointRejected, match="check the path of the URL"):
        await run("summarization", f"{hub.url}/summarization")
    hub.instead = lambda _seen: Answer({"error": "gated"}, 403)
    with pytest.raises(EndpointRejected, match=r"127.0.0.1 does not let this key use .*`%jarvis key 127.0.0.1`"):
        await run("summarization", f"{hub.url}/summarization")
    hub.instead = lambda _seen: Answer({"error": "no credits"}, 402)
    with pytest.raises(EndpointRejected, match=r"127.0.0.1 wants to be paid first"):
        await run("summarization", f"{hub.url}/summarization")


async def test_task_types_that_no_server_takes(hub: HubServer) -> None:
    """The sentence says what to write instead."""
    with pytest.raises(EndpointRejected, match=r'@expert\("depth-estimation"\)'):
        await run("depth-estimation", f"{hub.url}/depth-estimation")


def test_candidates_and_calls_agree_on_what_a_server_does() -> None:
    """Two rooms, one fact: what is offered can be called."""
    assert CALLABLE == BY_URL


async def test_a_url_is_a_candidate_only_when_it_is_asked_for() -> None:
    """Nobody but the user brings one up; a key inside one is refused."""
    catalogue = UrlCatalogue()
    assert await catalogue.candidates("summarization", 5) == ()
    assert await catalogue.candidates("summarization", 5, "bart") == ()
    (found,) = await catalogue.candidates("summarization", 5, "https://me.example/x")
    assert (found.model, found.endpoint, found.unavailable) == ("https://me.example/x", "url", None)
    (found,) = await catalogue.candidates("summarization", 5, "https://me:secret@me.example/x")
    assert "it has a key in it" in str(found.unavailable).casefold()
    (found,) = await catalogue.candidates("summarization", 5, "https:///x")
    assert "no host" in str(found.unavailable)
    (found,) = await catalogue.candidates("depth-estimation", 5, "https://me.example/x")
    assert '@expert("depth-estimation")' in str(found.unavailable)


def test_use_takes_a_url_for_a_task_type(hub: HubServer) -> None:
    """``--use image-to-text=https://…``, from the request to the result."""
    uses = {"summarization": f"{hub.url}/summarization"}
    with Jarvis("offline", options=Options(response=False), keys=Keys()) as jarvis:
        request = Request("Summarize @words", {"words": Resource(TASK_TYPES["summarization"].output, "First. Second.")}, uses=uses)  # fmt: skip
        run = jarvis.run(request)
    (outcome,) = run.outcomes.values()
    assert isinstance(outcome, Success)
    assert (outcome.resource.value, outcome.model, outcome.endpoint) == ("First", uses["summarization"], "url")


def test_a_server_on_this_machine_is_here(hub: HubServer) -> None:
    """``--where local`` lets it, and ``--where remote`` does not."""
    uses = {"summarization": f"{hub.url}/summarization"}
    request = Request("Summarize @words", {"words": Resource(TASK_TYPES["summarization"].output, "First. Second.")}, uses=uses)  # fmt: skip
    with Jarvis("offline", options=Options(where="local", response=False), keys=Keys()) as jarvis:
        (outcome,) = jarvis.run(request).outcomes.values()
        assert isinstance(outcome, Success)
        with pytest.raises(SelectionError, match="It is on this machine"):
            jarvis.with_options(Options(where="remote")).run(request)


def test_a_url_that_cannot_be_used_is_told_before_anything_runs(hub: HubServer) -> None:
    """With why."""
    uses = {"summarization": "https://me:secret@me.example"}
    with Jarvis("offline", keys=Keys()) as jarvis:
        request = Request("Summarize @words", {"words": Resource(TASK_TYPES["summarization"].output, "First.")}, uses=uses)  # fmt: skip
        with pytest.raises(SelectionError, match="has a key in it"):
            jarvis.run(request)
