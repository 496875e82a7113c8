"""Canary keys: planted everywhere a key may be, echoed by every server, and looked for in everything that is kept or shown."""

from __future__ import annotations

import gc
import json
import logging
import pickle
import traceback
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from jarvis_magic import to_mermaid, to_python
from jarvis_magic.catalogue import UrlCatalogue
from jarvis_magic.chat.masking import Masking
from jarvis_magic.drawing import plan_html, proposal_html, proposal_text, run_html, run_text, svg
from jarvis_magic.endpoints import UrlEndpoint
from jarvis_magic.errors import ConfigurationError, JarvisError
from jarvis_magic.experts import expert, forget
from jarvis_magic.jarvis import Jarvis
from jarvis_magic.keys import Keys
from jarvis_magic.options import Options
from jarvis_magic.plans import Plan
from jarvis_magic.replaying import locked_cell
from jarvis_magic.store import save_plan, write_locked
from jarvis_magic.tasks import Task
from jarvis_magic.testing import ListCatalogue, Recorder, RecordingEndpoint, candidate
from jarvis_magic.values import Candidate, Proposal, Run
from tests.controllers.llm.test_program import stage
from tests.servers.hub import Answer, HubServer
from tests.servers.scripted import Answers, Reply, Says, ScriptedServer, error
from tests.widget.outside import panel_for
from tests.widget.test_panel import Page

CHAT_KEY, HUB_KEY, HOST_KEY = "sk-canary-0123456789", "hf_canary0123456789", "canary-of-a-host"
CANARIES = (CHAT_KEY, HUB_KEY, HOST_KEY)

TASK = {"id": "short", "type": "summarization", "arguments": [{"name": "text", "value": "@letter"}], "purpose": "", "model": None, "after": [], "each": None}  # fmt: skip


def clean(*artefacts: object) -> None:
    """No canary is in any of these, however it is looked at."""
    for artefact in artefacts:
        seen = artefact if isinstance(artefact, str) else repr(artefact)
        assert not [key for key in CANARIES if key in seen], seen[:2_000]


def told(error_met: BaseException) -> str:
    """Everything Python prints of an exception that nobody catches, its causes among it."""
    return "".join(traceback.format_exception(error_met))


@pytest.fixture(autouse=True)
def logs(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """Everything any library logs, down to its debugging, is looked at as well."""
    caplog.set_level(logging.DEBUG)
    yield
    clean(caplog.text)


def keys() -> Keys:
    """Keys of every kind."""
    environment = {"OPENAI_API_KEY": CHAT_KEY, "HF_TOKEN": HUB_KEY, "MY_KEY": HOST_KEY}
    return Keys(environment, {"example.org": "MY_KEY"}).with_typed("other.example", HOST_KEY)


def artefacts(run: Run, folder: Path) -> list[object]:
    """Every form in which a run is kept, shown or sent."""
    proposal = Proposal(run.plan, run.assignments)
    save_plan(run.plan, folder / "plan.json")
    write_locked(folder / "a.lock.json", "0", locked_cell(run))
    files = [path.read_text(encoding="utf-8") for path in folder.iterdir()]
    drawn = [run_html(run), run_text(run), plan_html(run.plan), proposal_html(proposal), proposal_text(proposal), svg(proposal, run.outcomes), to_mermaid(run.plan)]  # fmt: skip
    return [
        run,
        run.outcomes,
        run.outputs,
        run.assignments,
        run.notes,
        *files,
        *drawn,
        to_python(run) if run.outputs else "",
    ]


def echoes(name: str) -> Callable[[Mapping[str, Any]], Reply]:
    """A chat server that sends the key back, where and how `name` says."""

    def reply(body: Mapping[str, Any]) -> Reply:
        plan = {"tasks": [{**TASK, "purpose": f"use {CHAT_KEY}"}], "notes": [f"Bearer {CHAT_KEY}"]}
        said = {"plan": json.dumps(plan), "select": json.dumps({"choices": [{"task": "short", "model": "owner/second", "reason": CHAT_KEY}]}), "respond": f"Your key is {CHAT_KEY}."}  # fmt: skip
        by_name: Mapping[str, Reply] = {
            "whole": Says(said[stage(body)], piece=10_000),
            "letter by letter": Says(said[stage(body)], piece=1),
            "three by three": Says(said[stage(body)], piece=3),
            "refused": Says("", refusal=f"I keep {CHAT_KEY}"),
            "as an error": error(400, f"Incorrect key {CHAT_KEY}, Bearer {CHAT_KEY}", code=CHAT_KEY),
            "as a wrong form": Answers(body={"error": f"no choices for {CHAT_KEY}"}),
            "as a page": Answers(502, f"<html>{CHAT_KEY}</html>"),
            "in a header": Answers(401, {"error": {"message": CHAT_KEY}}, {"WWW-Authenticate": "Bearer"}),
            "as nonsense": Answers(body={"choices": CHAT_KEY}),
        }
        return by_name[name]

    return reply


@pytest.mark.parametrize("how", ["whole", "letter by letter", "three by three", "refused", "as an error", "as a wrong form", "as a page", "in a header", "as nonsense"])  # fmt: skip
def test_a_chat_server_that_sends_the_key_back(how: str, tmp_path: Path) -> None:
    """Whatever it says, and however it cuts it, the key is in no plan, note, answer, lock, code, event or exception."""
    recorder = Recorder()
    experts = RecordingEndpoint(lambda text: text.upper())
    catalogue = ListCatalogue(
        {"summarization": [candidate("owner/first", "provider"), candidate("owner/second", "provider")]}
    )
    with (
        ScriptedServer(echoes(how)) as server,
        Jarvis("tiny", base_url=server.url, api_key=CHAT_KEY, options=Options(retries=0), keys=Keys(), catalogue=catalogue, endpoints={"provider": experts}) as jarvis,
    ):  # fmt: skip
        run = jarvis.run("Summarise @letter.", letter="It rained.", on_event=recorder)
        assert server.requests[0].headers["authorization"] == f"Bearer {CHAT_KEY}"
        clean(jarvis, jarvis.equipment(), jarvis.chat, vars(jarvis), jarvis.keys, jarvis.options)
    page = Page(panel_for(Proposal(run.plan, run.assignments)))
    for event in recorder.events:
        page.panel.happened(event)
        page.look()
    clean(*artefacts(run, tmp_path), *recorder.events, page.traits)
    assert list(run.outputs.values()) == ["IT RAINED."]  # planned offline where there was no plan


def test_a_list_of_models_that_holds_the_key() -> None:
    """A server that calls its model by the key it was sent is asked for no such model."""
    with (
        ScriptedServer(Says("x"), models=[CHAT_KEY]) as server,
        Jarvis("auto", base_url=server.url, api_key=CHAT_KEY, options=Options(retries=0), keys=Keys(), catalogue=ListCatalogue({})) as jarvis,
    ):  # fmt: skip
        try:
            run: object = jarvis.run("Hello?")
        except JarvisError as met:
            run = told(met)
        clean(run, jarvis)


@pytest.mark.parametrize("status", [200, 400, 401, 403, 500, 503])
def test_an_expert_that_sends_the_key_back(status: int, tmp_path: Path) -> None:
    """A server of the user's that echoes its key, as a result or in an error: the result comes without it."""
    plan = Plan(inputs={"letter": "text"}, tasks=[Task("short", "summarization", {"text": "@letter"})])  # type: ignore[dict-item]
    answer = (
        [{"summary_text": f"Authorization: Bearer {HOST_KEY}"}] if status == 200 else {"error": f"Bearer {HOST_KEY}"}
    )
    recorder = Recorder()
    with HubServer(b"") as server:
        server.instead = lambda _seen: Answer(answer, status)
        mine = Keys({"MY_KEY": HOST_KEY}, {"127.0.0.1": "MY_KEY"})
        at = ListCatalogue({"summarization": [Candidate(f"{server.url}/summarization", "url")]})
        with Jarvis(
            "offline", keys=mine, catalogue=at, endpoints={"url": UrlEndpoint(mine)}, options=Options(retries=0)
        ) as jarvis:
            run = jarvis.run(plan, letter="It rained.", on_event=recorder)
        assert server.seen[-1].headers["authorization"] == f"Bearer {HOST_KEY}"
    clean(run, run.outcomes, run_html(run), run_text(run), *recorder.events)
    if status == 200:
        assert run["short"] == "Authorization: Bearer [key]"
        clean(*artefacts(run, tmp_path))
    else:
        with pytest.raises(JarvisError) as met:
            _ = run["short"]
        clean(told(met.value), vars(met.value))


@pytest.mark.parametrize("asynchronous", [False, True])
def test_a_function_that_raises_a_key(*, asynchronous: bool, tmp_path: Path) -> None:
    """What a function of the user's raises may quote the key it called a server with; the failure is told without it."""
    words = f"401 Unauthorized: Bearer {CHAT_KEY}, {HUB_KEY}"

    def careless(text: str) -> str:
        raise RuntimeError(words)

    async def careless_too(text: str) -> str:
        raise RuntimeError(words)

    expert("summarization", name="careless")(careless_too if asynchronous else careless)
    plan = Plan(
        inputs={"letter": "text"},  # type: ignore[dict-item]
        tasks=[Task("short", "summarization", {"text": "@letter"}, model="careless")],
    )
    recorder = Recorder()
    mine = Keys({"OPENAI_API_KEY": CHAT_KEY, "HF_TOKEN": HUB_KEY})
    try:
        with Jarvis("offline", keys=mine, options=Options(retries=0)) as jarvis:
            run = jarvis.run(plan, letter="It rained. It stopped.", on_event=recorder)
    finally:
        forget("careless")
    clean(run, run.outcomes, run_html(run), run_text(run), *recorder.events)
    assert "careless raised RuntimeError: 401 Unauthorized: Bearer [key], [key]" in repr(run)


def test_what_holds_keys_shows_none() -> None:
    """Keys are not in a repr, not in a pickle, and not in what is said of a wrong one."""
    held = keys()
    clean(held, held.key_for("https://api.openai.com/v1"), held.hugging_face, Jarvis("offline", keys=held))
    for key in (held.key_for("https://example.org"), held.hugging_face):
        with pytest.raises(TypeError, match="A key is not pickled"):
            pickle.dumps(key)
    with pytest.raises(ConfigurationError) as met:
        Keys({"OPENAI_API_KEY": f"{CHAT_KEY} with spaces"}).key_for("https://api.openai.com")
    clean(told(met.value))


@pytest.mark.parametrize("url", ["https://evil.example", "https://api.openai.com.evil.example", "https://huggingface.co.evil.example", "https://evil.example/huggingface.co", "https://huggingface.co@evil.example", "http://evil.example#huggingface.co", "https://xhuggingface.co", "https://example.org.evil.example"])  # fmt: skip
def test_no_key_goes_to_a_host_that_looks_like_its_own(url: str) -> None:
    """A key belongs to one host: names that begin, end or look like it get none."""
    assert keys().key_for(url) is None


async def test_a_plan_cannot_ask_for_a_key() -> None:
    """References to the environment, to keys or to ours are references to nothing, and templates in texts stay texts."""
    for written in ("@environ", "@keys", "@_jarvis.keys", "@OPENAI_API_KEY"):
        with pytest.raises(JarvisError, match="which is no input and no task"):
            Plan(tasks=[Task("stolen", "summarization", {"text": written})])
    asked = "{{OPENAI_API_KEY}} $OPENAI_API_KEY ${HF_TOKEN} {keys} %(HF_TOKEN)s"
    endpoint = RecordingEndpoint(lambda text: text)
    with Jarvis(
        "offline",
        keys=keys(),
        catalogue=ListCatalogue({"summarization": [candidate("x")]}),
        endpoints={"function": endpoint},
    ) as jarvis:
        run = await jarvis.arun(Plan(tasks=[Task("stolen", "summarization", {"text": asked})]))
    assert run["stolen"] == asked


async def test_an_address_is_no_model_of_the_hub() -> None:
    """A plan that names an address as a model gets no token sent there."""
    found = await UrlCatalogue().candidates("summarization", 5, "huggingface.co/steal")
    assert not [c for c in found if c.endpoint == "provider"]


@pytest.mark.parametrize("size", [1, 2, 7, 100])
def test_a_key_is_masked_however_it_is_cut(size: int) -> None:
    """A key in pieces, twice, broken off and almost: only the key is replaced, and nothing else is lost."""
    text = f"a{CHAT_KEY}{CHAT_KEY[:-1]} {CHAT_KEY[:5]}{CHAT_KEY} sk- end {CHAT_KEY[:8]}"
    mask = Masking(CHAT_KEY)
    given = "".join(mask.take(text[i : i + size]) for i in range(0, len(text), size)) + mask.rest()
    assert given == text.replace(CHAT_KEY, "[key]")
    assert Masking("").take(text) == text


def test_nothing_else_in_memory_is_printed_with_a_key() -> None:
    """Among all objects of ours that live now, no repr holds a key."""
    held = keys()
    ours = [
        o for o in gc.get_objects() if str(type(o).__module__).startswith("jarvis_magic.") and not isinstance(o, type)
    ]
    clean(*[repr(o) for o in ours[:5_000]], held)
