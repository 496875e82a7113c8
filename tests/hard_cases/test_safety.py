"""Hard cases 45 to 47, safety: nothing is read that was not named, no key is anywhere, and what a model made is data."""

from __future__ import annotations

import io
import logging
import struct
import threading
import zlib
from collections.abc import Iterator, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Self

import pandas as pd
import pytest

from jarvis_magic import Jarvis, Options, Plan, Task, save_plan, to_python
from jarvis_magic.errors import JarvisError, PlanError, SourceError
from jarvis_magic.keys import Keys
from jarvis_magic.kinds import Kind, Label
from jarvis_magic.values import Failure, Request
from tests.drawing.pages import Page
from tests.notebook.kernels import Kernel
from tests.servers.hub import TOKEN, Answer, HubServer, listed
from tests.servers.scripted import Breaks, ScriptedServer, error

from .support import KEY, Experts, chat, online, picture, plan_of, replies, task

DESCRIBE = [Task("caption", "image-to-text", {"image": "@photo"})]


class Web:
    """A web server on loopback that keeps what it was asked."""

    def __init__(self, pages: Mapping[str, tuple[int, Mapping[str, str], bytes]]) -> None:
        self.pages, self.asked = dict(pages), list[str]()
        web = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                web.asked.append(self.path)
                status, headers, body = web.pages[self.path]
                self.send_response(status)
                for name, value in {"Content-Length": str(len(body)), **headers}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *args: Any) -> None:
                """Say nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()


def png(size: tuple[int, int] = (40, 30)) -> bytes:
    """A red picture as a file."""
    file = io.BytesIO()
    picture(size=size).save(file, "PNG")
    return file.getvalue()


@pytest.fixture
def web() -> Iterator[Web]:
    """A server with a picture, and addresses that send on to it and to this machine's metadata."""
    with Web({"/red.png": (200, {}, png())}) as served:
        served.pages["/on"] = (302, {"Location": f"{served.url}/red.png"}, b"")
        served.pages["/metadata"] = (302, {"Location": "http://169.254.169.254/latest/meta-data"}, b"")
        yield served


def test_case_45_a_private_address_is_read_only_where_it_is_typed(jarvis: Jarvis, experts: Experts, web: Web) -> None:
    """A URL to a private address, a redirect to one, a file outside what was named, a symlink; a caller's endpoint gets the server's key.

    Reference: fetches any URL and opens any path in a text; posts its own key to any address a caller names (W47, W48, W49).
    Here: files and addresses are read only where the user wrote them; a redirect never leads inside; a key belongs to its host.
    """
    experts.add("image-to-text", lambda image: f"{image.width} wide")
    assert list(jarvis.run(f"Describe @{web.url}/red.png.").check().outputs.values()) == ["40 wide"]
    for inside in ("/on", "/metadata"):
        with pytest.raises(SourceError, match="is an address of this machine or its network"):
            jarvis.run(f"Describe @{web.url}{inside}")
    assert web.asked == ["/red.png", "/on", "/metadata"]


def test_case_45_an_address_that_a_table_says_is_not_read(jarvis: Jarvis, experts: Experts, web: Web) -> None:
    """A private address in a table's cell, in a result or in a plan is not one that the user typed."""
    experts.add("image-to-text", "seen")
    experts.add("text-classification", [Label(f"{web.url}/red.png", 0.9)])
    places = pd.DataFrame({"place": [f"{web.url}/red.png"]})
    run = jarvis.run(Plan("…", {"places": Kind("table")}, [Task("it", "image-to-text", {"image": "@places.place"})]), places=places)  # fmt: skip
    assert isinstance(run.outcomes["it"], Failure)
    classify = Task("labels", "text-classification", {"text": "x"})
    with pytest.raises(PlanError):
        Plan("…", {}, [classify, Task("it", "image-to-text", {"image": "@labels[0].label"})])
    loose = jarvis.run(Plan("…", {}, [classify, Task("it", "image-to-text", {"image": "@labels[0]"})]))
    assert isinstance(loose.outcomes["it"], Failure)
    with pytest.raises(PlanError):
        Plan("…", {}, [Task("it", "image-to-text", {"image": f"{web.url}/red.png"})])
    assert (web.asked, experts.given("image-to-text")) == ([], [])


def test_case_45_a_file_that_a_model_names_is_not_opened(jarvis: Jarvis, experts: Experts, tmp_path: Path) -> None:
    """Text that is a path stays text, wherever it comes from; a link in a named folder does not lead out of it."""
    (tmp_path / "secret.txt").write_text("the secret", encoding="utf-8")
    experts.add("image-to-text", str(tmp_path / "secret.txt"))
    experts.add("summarization", lambda text: text)
    tasks = [*DESCRIBE, Task("short", "summarization", {"text": "@caption"})]
    run = jarvis.run(Plan("…", {"photo": Kind("image")}, tasks), photo=picture()).check()
    assert run["short"] == str(tmp_path / "secret.txt")
    folder = tmp_path / "notes"
    folder.mkdir()
    (folder / "a.txt").write_text("my note", encoding="utf-8")
    (folder / "b.txt").symlink_to(tmp_path / "secret.txt")
    with pytest.raises(SourceError, match=r"'b\.txt' is a link to .*, outside of it"):
        jarvis.run(f'Summarise each of @"{folder}".')
    (folder / "b.txt").unlink()
    assert "my note" in str(jarvis.run(f'Summarise each of @"{folder}".').check().outputs)


def test_case_45_a_key_goes_to_its_own_host_only(experts: Experts, hub: HubServer, tmp_path: Path) -> None:
    """An endpoint that somebody names gets neither OpenAI's key nor the Hub's; nor does one that a plan names."""
    experts.add("summarization", "short")
    keys = Keys({"OPENAI_API_KEY": "sk-of-openai-000", "HF_TOKEN": TOKEN, "XDG_CACHE_HOME": str(tmp_path)})
    with (
        ScriptedServer(replies(plan_of(task("short", "summarization", text="x")))) as server,
        Jarvis("tiny", base_url=server.url, options=Options(where="local"), keys=keys) as jarvis,
    ):
        jarvis.run("Shorten x.").check()
        sent = str([request.headers for request in server.requests])
    assert "sk-of-openai-000" not in sent
    assert TOKEN not in sent
    hub.models = {"a/draws": listed("a/draws", "text-to-image")}
    with online(tmp_path) as elsewhere:
        for option in ("model", "extra_body"):
            options = {option: "https://elsewhere.example"}
            run = elsewhere.run(Plan("…", {}, [Task("it", "text-to-image", {"text": "x", "options": options})]))
            assert f"The option '{option}' is none of this expert's" in run.outcomes["it"].sentence  # type: ignore[union-attr]
        own = {"text-to-image": "https://me.example/text-to-image"}  # the user's own word, and no host of either key
        elsewhere.run(Request("Draw a wave.", uses=own)).check()
    told = {seen.host: seen.headers.get("authorization") for seen in hub.seen}
    assert told.pop("me.example") is None
    assert set(told) <= {"huggingface.co", "router.huggingface.co"}


def test_case_45_a_chat_model_names_no_endpoint(experts: Experts) -> None:
    """An address or folder that a chat model writes where a model stands is no model: the ranking chooses."""
    experts.add("summarization", "short")
    for named in ("https://evil.example/m", "../../secret", "/etc/model", "openai/gpt-9"):
        written = plan_of({**task("short", "summarization", text="x"), "model": named})
        with chat(written) as talk:
            run = talk.jarvis.run("Shorten x.").check()
        assert run.plan.tasks[0].model is None


@pytest.mark.parametrize(
    "trouble",
    [error(401, f"Incorrect API key provided: {KEY}"), error(500, f"Authorization: Bearer {KEY}"), Breaks("", "drop")],
    ids=["refused", "echoed", "dropped"],
)
def test_case_46_a_key_is_nowhere(experts: Experts, tmp_path: Path, caplog: pytest.LogCaptureFixture, trouble: Any) -> None:  # fmt: skip
    """A key in the notebook's output, a log, a trace, an exported plan or the text of an exception.

    Reference: every prompt and reply goes to plain log files; an earlier version shipped a token in its code (W53, W55).
    Here: a key shows nowhere: only its origin is said, and a server's words are shown without it.
    """
    experts.add("summarization", "short")
    caplog.set_level(logging.DEBUG)
    events: list[str] = []
    with chat(plan=trouble, respond=trouble) as talk:
        run = talk.jarvis.run(
            "Summarise @letter.", letter="It rains.", on_event=lambda event: events.append(repr(event))
        )
        assert talk.server.requests[0].headers["authorization"] == f"Bearer {KEY}"
        shown = [
            repr(talk.jarvis),
            repr(vars(talk.jarvis)),
            repr(run),
            run.plan.to_json(),
            to_python(run),
            run.response,
        ]
    save_plan(run.plan, tmp_path / "plan.json")
    shown += [*events, *run.notes, caplog.text, (tmp_path / "plan.json").read_text(encoding="utf-8")]
    assert KEY not in "\n".join(shown)
    assert run["summary" if "summary" in run.plan.by_id else run.plan.tasks[0].id] == "short"


def test_case_46_a_key_that_a_provider_says_is_masked(hub: HubServer, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:  # fmt: skip
    """The Hub's token in a provider's error is not in ours, nor in a log."""
    caplog.set_level(logging.DEBUG)
    hub.models = {"a/short": listed("a/short", "summarization")}
    hub.instead = lambda seen: (
        Answer({"error": f"Bearer {TOKEN} may not do that"}, 403) if seen.method == "POST" else None
    )
    with online(tmp_path) as jarvis:
        run = jarvis.run(Plan("…", {}, [Task("short", "summarization", {"text": "x"})]))
        shown = [repr(run), repr(vars(jarvis)), caplog.text]
    assert "Bearer [key] may not do that" in run.outcomes["short"].sentence  # type: ignore[union-attr]
    assert TOKEN not in "\n".join(shown)
    assert not any(TOKEN.encode() in file.read_bytes() for file in tmp_path.rglob("*") if file.is_file())


@pytest.mark.kernel
@pytest.mark.xdist_group("hard_cases")
def test_case_46_a_typed_key_is_in_no_output(notebook: Kernel, tmp_path: Path) -> None:
    """Asked for by getpass, sent to its host, and in no cell, lock, history or page of help."""
    secret = "sk-typed-and-secret-1"  # noqa: S105 - opens nothing
    script = replies([error(401, f"Incorrect API key provided: {secret}"), plan_of(task("short", "summarization", text="@letter"))])  # fmt: skip
    with ScriptedServer(script) as server:
        notebook.run(f"%config JarvisMagics.base_url = {server.url!r}\n%config JarvisMagics.controller = 'tiny'")
        notebook.run("%jarvis reset\nfrom jarvis_magic import expert\nletter = 'It rains.'")
        notebook.run("@expert('summarization')\ndef shorten(text):\n    return 'Rain.'")
        cells = [notebook.run("%jarvis key 127.0.0.1", [secret])]
        cells += [notebook.run(f"%%jarvis -y --lock {tmp_path / 'cells.lock'} --refresh\nSummarise @letter.", cell_id="46")]  # fmt: skip
        cells += [notebook.run(f"%%jarvis -y --lock {tmp_path / 'cells.lock'} --refresh\nSummarise @letter.", cell_id="46")]  # fmt: skip
        cells += [notebook.run(f"%jarvis {line}") for line in ("doctor", "config", "history", "sends", "show", "code")]
        cells += [notebook.run("print(_jarvis, vars(_jarvis), get_ipython().user_ns.get('_jarvis'))")]
        notebook.run("%config JarvisMagics.base_url = None\n%config JarvisMagics.controller = None\n%jarvis reset")
        assert server.requests[-1].headers["authorization"] == f"Bearer {secret}"
    assert secret not in str(cells)
    assert secret not in (tmp_path / "cells.lock").read_text(encoding="utf-8")


SCRIPT = '<script>alert(1)</script><img src=x onerror=alert(2)><svg onload=alert(3)><a href="javascript:alert(4)">x</a>'


@pytest.mark.kernel
@pytest.mark.xdist_group("hard_cases")
def test_case_47_what_a_model_made_is_shown_as_text(notebook: Kernel) -> None:
    """A model's output that is HTML, SVG or script; bombs of pictures and archives; downloads that are too large.

    Reference: puts the model's and the user's text into the page as it is (W52); reads whatever size comes.
    Here: all that is shown is escaped, the graph is a picture; sizes are checked before anything is decoded.
    """
    notebook.run(f"%jarvis reset\nfrom jarvis_magic import expert\nodd = {SCRIPT!r}")
    notebook.run("@expert('summarization')\ndef shorten(text):\n    return text + text")
    for line in ("%%jarvis -y", "%%jarvis shown = << -y", "%%jarvis -n"):
        cell = notebook.run(f"{line}\nSummarise {{{{odd}}}}: {SCRIPT}", cell_id="47")
        assert cell.status == "ok", cell.error
        page = Page(cell.shown[-1]["text/html"])
        assert not {"script", "svg", "iframe", "object"} & set(page.tags)
        assert all(source.startswith("data:") for source in page.attributes("img", "src"))
        assert not any(address.startswith("javascript") for address in page.attributes("a", "href"))
        assert "onerror" not in str(page.attributes("img", "onerror"))
    assert notebook.value("shown == odd + odd") == "True"


def chunk(kind: bytes, data: bytes) -> bytes:
    """A part of a PNG file."""
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def bomb(side: int = 60_000) -> bytes:
    """A small PNG file that says it is of so many points a side."""
    head = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(b"\0" * 10_000))
        + chunk(b"IEND", b"")
    )


def test_case_47_bombs_and_floods_are_refused_by_their_size(
    jarvis: Jarvis, experts: Experts, web: Web, tmp_path: Path, hub: HubServer
) -> None:
    """A picture of 3.6 milliard points, a download of terabytes, and a provider that answers with one."""
    experts.add("image-to-text", "seen")
    (tmp_path / "bomb.png").write_bytes(bomb())
    with pytest.raises(JarvisError, match=r"bomb\.png"):
        jarvis.run(f'Describe @"{tmp_path / "bomb.png"}".').check()
    web.pages["/large"] = (200, {"Content-Length": "900000000000"}, b"")
    with pytest.raises(SourceError, match="has 900,000 MB, and at most 500 MB are read"):
        jarvis.run(f"Describe @{web.url}/large")
    assert experts.calls == []
    hub.models = {"a/draws": listed("a/draws", "text-to-image")}
    hub.instead = lambda seen: Answer(bomb(), content_type="image/png") if seen.method == "POST" else None
    with online(tmp_path) as elsewhere:
        run = elsewhere.run(Plan("…", {}, [Task("it", "text-to-image", {"text": "x"})]))
    assert isinstance(run.outcomes["it"], Failure)
