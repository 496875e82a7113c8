"""Cells that go on from earlier ones, in a real kernel, with a chat model on loopback that replies as a script says."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from tests.servers.scripted import Says, ScriptedServer

from .kernels import Kernel

pytestmark = [pytest.mark.kernel, pytest.mark.xdist_group("kernel")]


def planned(*tasks: tuple[str, str, Mapping[str, str]]) -> str:
    """A plan as a chat model writes it."""
    listed = [
        {"id": id_, "type": type_, "arguments": [{"name": n, "value": v} for n, v in arguments.items()]}
        for id_, type_, arguments in tasks
    ]
    return json.dumps({"tasks": listed})


def reply(body: Mapping[str, Any]) -> Says:
    """Plan by what is asked; answer everything else in a sentence."""
    asked = body["messages"][-1]["content"]
    if "response_format" not in body:
        return Says("It is done.")
    if "brighter" in asked:
        source = "@grey" if "@grey" in asked else "@photo"
        return Says(planned(("bright", "image-to-image", {"image": source, "text": "brighter"})))
    return Says(planned(("grey", "image-to-image", {"image": "@photo", "text": "make it grey"})))


@pytest.fixture(scope="module")
def server() -> Iterator[ScriptedServer]:
    """The chat model's server."""
    with ScriptedServer(reply) as started:
        yield started


@pytest.fixture
def talking(live: Kernel, server: ScriptedServer) -> Iterator[Kernel]:
    """The kernel, its controller the scripted one; with a user's own editor of pictures, and nothing remembered."""
    live.run("@expert('image-to-image')\ndef edit(image, text):\n    return image.convert('L')")
    live.run(f"%config JarvisMagics.base_url = {server.url!r}\n%config JarvisMagics.controller = 'tiny'")
    live.run("%jarvis reset")
    server.requests.clear()
    yield live
    live.run("%config JarvisMagics.base_url = None\n%config JarvisMagics.controller = None")


def asked(server: ScriptedServer) -> str:
    """What the last request for a plan said last."""
    plans = [request.body for request in server.requests if "response_format" in request.body]
    return str(plans[-1]["messages"][-1]["content"])


def test_an_earlier_result_is_offered_and_shown(talking: Kernel, server: ScriptedServer) -> None:
    """A request for "it" finds the picture of the cell before; what is used of it is said."""
    first = talking.run("%%jarvis -y\nMake @photo grey.", person=True, cell_id="first")
    assert first.status == "ok", first.error
    assert "Earlier results" not in asked(server)
    second = talking.run("%%jarvis -y\nNow make it brighter.", person=True, cell_id="second")
    assert second.status == "ok", second.error
    assert "Earlier results, newest first: @grey" in asked(server)
    assert "'@grey' is the result of an earlier cell" in second.shown[-1]["text/plain"]
    assert talking.value("list(_jarvis.plan.inputs)") == "['grey']"


def test_what_this_cell_bound_before_is_not_offered(talking: Kernel, server: ScriptedServer) -> None:
    """Run again, a cell starts without its own former results."""
    talking.run("%%jarvis -y\nMake @photo grey.", person=True, cell_id="first")
    talking.run("%%jarvis -y\nMake @photo grey.", person=True, cell_id="first")
    assert "@grey" not in asked(server)


@pytest.mark.parametrize(("flags", "person"), [("--fresh", True), ("", False)])
def test_not_offered(talking: Kernel, server: ScriptedServer, flags: str, *, person: bool) -> None:
    """With --fresh, or where nobody is there to see it, a request stands alone."""
    talking.run("%%jarvis -y\nMake @photo grey.", person=True, cell_id="first")
    cell = talking.run(f"%%jarvis -y {flags}\nMake @photo brighter.", person=person, cell_id="second")
    assert cell.status == "ok", cell.error
    assert "Earlier results" not in asked(server)
    assert talking.value("list(_jarvis.plan.inputs)") == "['photo']"


def test_what_is_left_out_is_said(live: Kernel) -> None:
    """Where nobody is there, a request that names nothing, and that nothing is found in, is told what it may have meant."""
    live.run("%jarvis reset")
    assert live.run("%%jarvis words << -y\nDescribe @photo.", cell_id="first").status == "ok"

    alone = live.run("%%jarvis -y\nRead it aloud.", cell_id="second").shown[-1]["text/plain"]
    assert "left out where nobody is there to see which; if one is meant, name it: @words." in " ".join(alone.split())
    fresh = live.run("%%jarvis -y --fresh\nRead it aloud.", cell_id="second", person=True).shown[-1]["text/plain"]
    assert "left out with --fresh; if one is meant, name it: @words." in " ".join(fresh.split())
    assert "left out" not in live.run("%%jarvis -y\nDescribe @photo.", cell_id="third").shown[-1]["text/plain"]


def test_forgetting(talking: Kernel, server: ScriptedServer) -> None:
    """%jarvis reset offers nothing any more; the variables stay, and the history is empty."""
    talking.run("%%jarvis -y\nMake @photo grey.", person=True, cell_id="first")
    assert "Forgotten" in talking.run("%jarvis reset").printed
    assert talking.value("grey.mode") == "'L'"
    assert "There is no run" in talking.run("%jarvis history").error[0]
    talking.run("%%jarvis -y\nMake @photo brighter.", person=True, cell_id="second")
    assert "@grey" not in asked(server)


def test_history(talking: Kernel) -> None:
    """Every run in a line, with models, calls and tokens; one of them with its graph."""
    talking.run("%%jarvis -y\nMake @photo grey.", cell_id="first")
    talking.run("%%jarvis -y\nMake @photo brighter.", cell_id="second")
    listed = talking.run("%jarvis history").shown[-1]["text/plain"]
    assert "Make @photo grey." in listed
    assert "bright (edit)" in listed
    assert "controller: 2 calls, 240 tokens" in listed
    one = talking.run("%jarvis history 1").shown[-1]
    assert "<img" in one["text/html"]
    assert "Make @photo grey." in one["text/plain"]
    assert "has 1 to 2" in talking.run("%jarvis history 7").error[0]


def test_tokens_and_calls_are_shown_and_bounded(talking: Kernel) -> None:
    """The run says how many calls and tokens it took; --max-tokens stops before the call that would take more."""
    cell = talking.run("%%jarvis -y\nMake @photo grey.", cell_id="first")
    assert "controller: 2 calls, 240 tokens" in cell.shown[-1]["text/html"]
    assert "2 calls, 240 tokens" in cell.shown[-1]["text/plain"]
    stopped = talking.run("%%jarvis -y --max-tokens 20\nMake @photo grey.", cell_id="first")
    assert stopped.status == "ok"
    assert "raise max_tokens" in stopped.shown[-1]["text/plain"]


def test_what_would_be_sent(talking: Kernel, server: ScriptedServer) -> None:
    """%jarvis sends shows the very messages, and sends none; offline, it says that nothing is sent."""
    shown = talking.run("%jarvis sends Make @photo grey.").shown[-1]["text/plain"]
    assert server.requests == []
    talking.run("%%jarvis -y\nMake @photo grey.", cell_id="first")
    sent = server.requests[0].body["messages"]
    assert all(message["content"] in shown for message in sent)
    assert f"would be sent {len(sent)} messages" in shown
    assert talking.run("%jarvis sends").shown[-1]["text/plain"] == shown
    talking.run("%config JarvisMagics.controller = 'offline'")
    assert "nothing is sent" in talking.run("%jarvis sends Make @photo grey.").shown[-1]["text/plain"]


def test_a_typed_key(talking: Kernel, server: ScriptedServer) -> None:
    """%jarvis key HOST asks for it; it goes to that host, and is seen nowhere."""
    cell = talking.run("%jarvis key 127.0.0.1", ["sk-very-secret"])
    assert cell.asked == ["Key for 127.0.0.1: "]
    talking.run("%%jarvis -y\nMake @photo grey.", cell_id="first")
    assert server.requests[0].headers["authorization"] == "Bearer sk-very-secret"
    everything = [talking.run(f"%jarvis {line}") for line in ("doctor", "config", "history", "sends", "show")]
    assert "sk-very-secret" not in str([cell, *everything])
    assert "--key-env" in talking.run("%jarvis key 127.0.0.1").error[0]
    assert "Name the host" in talking.run("%jarvis key").error[0]


def test_who_plans_is_said_once(talking: Kernel, server: ScriptedServer) -> None:
    """A controller that a key in the environment led to is named in the first cell, and not again."""
    talking.run("%config JarvisMagics.base_url = None\n%config JarvisMagics.controller = None")
    talking.run(f"import os\nos.environ.update(OPENAI_API_KEY='sk-x', OPENAI_BASE_URL={server.url!r})")
    try:
        cells = [talking.run("%%jarvis -y\nMake @photo grey.", cell_id="first") for _ in range(2)]
    finally:
        talking.run("del os.environ['OPENAI_API_KEY'], os.environ['OPENAI_BASE_URL']")
    said = ["because OPENAI_API_KEY is set" in cell.shown[-1]["text/plain"] for cell in cells]
    assert said == [True, False]


def test_the_offline_planner_goes_on_too(talking: Kernel) -> None:
    """Without a chat model, "it" is the newest result of the right kind."""
    talking.run("%config JarvisMagics.controller = 'offline'\n%config JarvisMagics.base_url = None")
    talking.run("%%jarvis dark << -y\nMake @photo darker.", person=True, cell_id="first")
    cell = talking.run("%%jarvis bright << -y\nNow make it brighter.", person=True, cell_id="second")
    assert cell.status == "ok", cell.error
    assert talking.value("list(_jarvis.plan.inputs)") == "['dark']"


def test_show(talking: Kernel) -> None:
    """The last run is shown as a picture; in the widget where somebody's page can answer."""
    talking.run("%%jarvis -y\nMake @photo grey.", cell_id="first")
    assert "text/html" in talking.run("%jarvis show", person=True).shown[-1]
    talking.run("%config JarvisMagics.widget = True")
    assert "application/vnd.jupyter.widget-view+json" in talking.run("%jarvis show", person=True).shown[-1]
    assert "text/html" in talking.run("%jarvis show").shown[-1]
    talking.run("%config JarvisMagics.widget = False")
