"""Files an attacker would have read: beside, above and behind what the user named."""

from __future__ import annotations

import json
import os
import zipfile
from pathlib import Path
from typing import Any

import pandas as pd
import PIL.Image
import pytest

from jarvis_magic.conversions import from_expert, open_named, to_resource
from jarvis_magic.errors import ConversionError, EndpointError, JarvisError, SourceError
from jarvis_magic.jarvis import Jarvis
from jarvis_magic.kinds import Kind, opened
from jarvis_magic.plans import Plan
from jarvis_magic.sources import read
from jarvis_magic.tasks import Task
from jarvis_magic.testing import ListCatalogue, RecordingEndpoint, candidate
from jarvis_magic.values import Failure, Run


def done(plan: Plan, **inputs: Any) -> tuple[Run, RecordingEndpoint]:
    """Carry out a plan with an expert that gives back what it gets; return what it was called with as well."""
    endpoint = RecordingEndpoint(lambda **given: "read: " + " ".join(map(str, given.values())))
    types = {task.type for task in plan.tasks}
    catalogue = ListCatalogue({name: [candidate("reader")] for name in types})
    with Jarvis("offline", catalogue=catalogue, endpoints={"function": endpoint}) as jarvis:
        return jarvis.run(plan, **inputs), endpoint


# --- what the system says of itself


@pytest.mark.parametrize("path", ["/proc/self/environ", "/proc/self/maps", "/proc/cpuinfo", "/proc/self/cwd/../../proc/version", "/sys/kernel/mm/transparent_hugepage/enabled"])  # fmt: skip
def test_the_process_and_the_machine_are_no_files(path: str, tmp_path: Path) -> None:
    """``/proc`` holds the environment with its keys; it is not read under its name, nor through a link."""
    link = tmp_path / "notes.txt"
    link.symlink_to(path)
    if Path(path).exists():
        for named in (path, str(link), link.as_uri()):
            with pytest.raises(SourceError, match=r"what the system says of itself"):
                read(named)


@pytest.mark.parametrize("path", ["/dev/zero", "/dev/random", "/dev/tty", "/dev/stdin", "/dev/full"])
def test_devices_are_no_files(path: str) -> None:
    """What never ends, or waits for somebody, is refused at once."""
    with pytest.raises(SourceError):
        read(path)


def test_pipes_and_sockets_are_no_files(tmp_path: Path) -> None:
    """A pipe that nobody writes to holds nobody up: alone, in a folder, and behind a link."""
    os.mkfifo(tmp_path / "a.png")
    (tmp_path / "b.png").symlink_to(tmp_path / "a.png")
    for named in ("a.png", "b.png"):
        with pytest.raises(SourceError, match="is a pipe, device or socket"):
            to_resource(str(tmp_path / named), name="photo")
    with pytest.raises(ConversionError, match="none of a kind"):
        open_named(str(tmp_path))


@pytest.mark.parametrize(
    "named",
    [
        "\\\\server\\share\\a.png", "//server/share/a.png", "\\\\?\\C:\\a.png", "\\\\.\\pipe\\x.png", "C:\\Users\\a.png", "c:/Users/a.png", "file://server/share/a.png",
        "file:////server/share/a.png", "smb://server/a.png", "ftp://server/a.png", "jar:file:/a.png",
    ],
)  # fmt: skip
def test_names_of_other_systems_reach_nothing(named: str) -> None:
    """Shares of other computers, drives and other schemes are one sentence, whoever names them."""
    for value in (named, [named]):
        with pytest.raises(JarvisError):
            opened(to_resource(value, name="photo").value)


# --- links


def test_a_folder_gives_no_file_outside_of_it(tmp_path: Path) -> None:
    """A folder somebody packed may hold a link to a private picture: the user named the folder, and not that."""
    private = tmp_path / "private.png"
    PIL.Image.new("RGB", (2, 2)).save(private)
    shared = tmp_path / "shared"
    shared.mkdir()
    (shared / "a.png").write_bytes(private.read_bytes())
    (shared / "same.png").symlink_to("a.png")
    assert len(open_named(str(shared)).value) == 2
    (shared / "b.png").symlink_to("../private.png")
    with pytest.raises(
        SourceError, match=r"'b.png' is a link to .*private.png', outside of it; if that is meant, give a list"
    ):
        open_named(str(shared))


# --- what a model or a plan writes is no name


@pytest.mark.parametrize("kind", ["image", "audio", "video", "table"])
def test_what_an_expert_returns_is_never_opened(tmp_path: Path, kind: str) -> None:
    """A model that answers with a path or URL where a picture is due has failed."""
    secret = tmp_path / "secret.csv"
    secret.write_text("a,b\n1,2\n", encoding="utf-8")
    for value in (
        str(secret),
        secret,
        f"file://{secret}",
        "http://127.0.0.1/a.png",
        {"path": str(secret), "bytes": None},
        [str(secret)],
    ):
        with pytest.raises(EndpointError, match="evil/model returned"):
            from_expert(value, Kind(kind), model="evil/model")


@pytest.mark.parametrize("written", ["/etc/passwd", "file:///etc/hostname", "http://127.0.0.1:1/a.png", "~/.ssh/id_rsa.png", "../a.png", "data:image/png;base64,AAAA"])  # fmt: skip
def test_what_a_plan_writes_is_never_opened(written: str) -> None:
    """A path or URL in a plan's argument is a text: no picture comes of it, and a text port gets the words."""
    with pytest.raises(JarvisError, match="needs an image for 'image'"):
        Plan(tasks=[Task("caption", "image-to-text", {"image": written})])
    run, endpoint = done(Plan(tasks=[Task("short", "summarization", {"text": written})]))
    assert run["short"] == f"read: {written}"
    assert endpoint.calls[0].arguments == {"text": written}


def test_a_result_that_is_a_path_stays_words(tmp_path: Path) -> None:
    """A transcript that says the name of a file that is there is handed on as words, and is no table."""
    (tmp_path / "secret.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    plan = Plan(
        inputs={"clip": Kind("text")},
        tasks=[
            Task("said", "text-generation", {"text": "@clip"}),
            Task("again", "summarization", {"text": "@said"}),
            Task("table", "table-question-answering", {"question": "how many?", "table": {"rows": "@said"}}),
        ],
    )
    endpoint = RecordingEndpoint(lambda **_given: str(tmp_path / "secret.csv"))
    catalogue = ListCatalogue(
        {name: [candidate("x")] for name in ("text-generation", "summarization", "table-question-answering")}
    )
    with Jarvis("offline", catalogue=catalogue, endpoints={"function": endpoint}) as jarvis:
        run = jarvis.run(plan, clip="hello")
    assert [call.arguments.get("text") for call in endpoint.calls[:2]] == ["hello", str(tmp_path / "secret.csv")]
    assert isinstance(run.outcomes["table"], Failure)


def test_a_file_of_somebody_else_names_no_other_file(tmp_path: Path) -> None:
    """JSON and tables with paths in them are data, as long as nobody asks for the pictures they name."""
    secret = tmp_path / "secret.png"
    PIL.Image.new("RGB", (2, 2)).save(secret)
    data = tmp_path / "data.json"
    data.write_text(json.dumps({"photo": str(secret), "bytes": None, "path": str(secret)}), encoding="utf-8")
    assert to_resource(str(data), name="data").value["photo"] == str(secret)
    table = to_resource(pd.DataFrame({"photo": [str(secret)], "link": ["http://127.0.0.1/a.png"]}), name="df")
    assert table.value.photo.tolist() == [str(secret)]


def test_an_archive_is_not_unpacked(tmp_path: Path) -> None:
    """No archive is opened, so that no name in it (``../../x``) leads anywhere."""
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as packed:
        packed.writestr("../../evil.txt", "x")
    with pytest.raises(ConversionError, match="unpack it, and give what is in it"):
        open_named(str(tmp_path / "a.zip"))
