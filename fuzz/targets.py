"""One function for each parser: it takes bytes, and raises only where something is wrong with the parser.

What a user or a stranger can cause is a `JarvisError`; anything else that is raised, and any broken promise, is a find.
"""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from fuzz import seeds
from jarvis_magic.catalogue.cards import sentence_of
from jarvis_magic.chat.addresses import Address
from jarvis_magic.chat.reading import Reading
from jarvis_magic.conversions import to_resource
from jarvis_magic.conversions.opening import of_bytes
from jarvis_magic.drawing.markdown import markdown_html
from jarvis_magic.errors import JarvisError, UsageError
from jarvis_magic.formats import sniff
from jarvis_magic.keys import Key
from jarvis_magic.kinds import Kind
from jarvis_magic.media import Video
from jarvis_magic.model_files import ModelFolder, about
from jarvis_magic.notebook.cell import bare_files, names_in, read_line
from jarvis_magic.plans import Draft, Plan
from jarvis_magic.prompts import fill
from jarvis_magic.references import references_in, scan, whole_reference
from jarvis_magic.replies import growing_draft, read_choices, read_draft
from jarvis_magic.replies.loose_json import values_in
from jarvis_magic.request_reading import SOURCE, read_request
from jarvis_magic.store import FileCache, LastingResults, ResultCache, read_lock
from jarvis_magic.testing import candidate, texts
from jarvis_magic.values import Request, Resource
from tests.drawing.pages import Page


@dataclass(frozen=True)
class Target:
    """A parser under test.

    Parameters
    ----------
    tries
        Feeds it with bytes.
    seeds
        What the bytes grow from.
    longest
        How many bytes an input may have.
    """

    tries: Callable[[bytes], object]
    seeds: Callable[[], Iterator[bytes]]
    longest: int = 4096


def text_of(data: bytes) -> str:
    """Any text for any bytes, halves of surrogate pairs among it."""
    return data.decode("utf-8", "surrogatepass" if b"\xed" in data else "replace") if _decodes(data) else data.decode("latin-1")  # fmt: skip


def _decodes(data: bytes) -> bool:
    try:
        data.decode("utf-8", "surrogatepass")
    except UnicodeDecodeError:
        return False
    return True


def references(data: bytes) -> None:
    """Cell references: the pieces of a text are all of it, and a reference reads back as itself."""
    text = text_of(data)
    pieces = list(scan(text))
    assert [p.start for p in pieces[1:]] == [p.end for p in pieces[:-1]]
    assert not pieces or (pieces[0].start, pieces[-1].end) == (0, len(text))
    for reference in references_in(text):
        assert whole_reference(str(reference)) == reference, reference


def magic_line(data: bytes) -> None:
    """The line of ``%%jarvis``, and the expressions and files of its body."""
    line, _, body = text_of(data).partition("\n")
    with suppress(UsageError):
        read = read_line(line)
        assert all(name.isidentifier() for name in read.names)
    with suppress(UsageError):
        names_in(body)
    bare_files(body)


def plan_json(data: bytes) -> None:
    """A plan, or a draft that says what is wrong with it; what is a plan can be written and read back."""
    try:
        draft = Draft.from_json(text_of(data))
        if draft.problems:
            return
        plan = draft.plan()
    except JarvisError:
        return
    written = plan.to_json()
    assert Plan.from_json(written) == plan
    written.encode()


def lock_file(data: bytes) -> None:
    """A lock file from somebody else's notebook."""
    path = _scratch() / "a.lock.json"
    path.write_bytes(data)
    with suppress(JarvisError):
        read_lock(path)


def kept_result(data: bytes) -> None:
    """A file of results that another kernel, another version or somebody else left in the folder."""
    folder = _scratch() / "kept"
    folder.mkdir(exist_ok=True)
    files = FileCache(folder)
    try:
        value = json.loads(data)
    except (ValueError, RecursionError):
        return
    files.put("k", value)
    found = LastingResults(ResultCache(10_000_000), folder).get("k")
    assert found is None or found.digest == value["digest"]


@cache
def _request() -> Request:
    return Request(
        "Describe @photo in German, as owner/name does.",
        {"photo": Resource(Kind("image"), None)},
        (),
        texts(earlier="x"),
    )


def replies(data: bytes) -> None:
    """What a chat model writes where a plan is wanted: a draft with its problems, and never a name nobody gave."""
    text = text_of(data)
    for found in values_in(text):
        json.dumps(found.value, allow_nan=False).encode()
    with suppress(JarvisError):
        growing_draft(text, _request())
    with suppress(JarvisError):
        draft = read_draft(text, _request())
        assert set(draft.inputs) <= {"photo", "earlier"}
        if not draft.problems:
            plan = draft.plan()
            assert {r.name for task in plan.tasks for r in task.references} <= {"photo", "earlier", *plan.by_id}
            assert all(task.model in (None, "owner/name") or task.model in _request().text for task in plan.tasks)


def reply_stream(data: bytes) -> None:
    """The chunks of a chat server, whole and in any form; the key it was sent is in nothing that comes of them."""
    from openai.types.chat import ChatCompletionChunk

    given: list[str] = []
    reading = Reading(given.append, Address("http://127.0.0.1/v1", "tiny", Key("sk-canary", "a test")))
    with suppress(JarvisError):
        for line in data.splitlines():
            try:
                event = json.loads(line)
            except (ValueError, RecursionError):
                continue
            if isinstance(event, dict):
                reading.take(
                    ChatCompletionChunk.construct(
                        **{str(name): value for name, value in event.items() if name.isidentifier()}
                    )
                )
        assert "sk-canary" not in reading.reply("tiny", (), 0.0).text
        assert "sk-canary" not in "".join(given)


def choices(data: bytes) -> None:
    """What a chat model writes where it chooses: only what was offered."""
    offered = {"caption": [candidate("owner/one"), candidate("owner/two")], "speech": [candidate("three")]}
    with suppress(JarvisError):
        chosen, problems = read_choices(text_of(data), offered)
        assert all(choice.model in {c.model for c in offered[task]} for task, choice in chosen.items())
        assert len(chosen) + len(problems) == len(offered)


def prompt(data: bytes) -> None:
    """Templates: whatever fills a slot arrives as it is, and is not filled again."""
    first, _, second = text_of(data).partition("\n")
    assert fill("request", request=first, context=second) == f"{first}\n{second}"


def media(data: bytes) -> None:
    """Pictures, sound, video, tables and pages: read, or refused in a sentence."""
    suffix, _, content = data.partition(b"\n") if data[:1] == b"." else (b"", b"", data)
    sniff(content)
    with suppress(JarvisError):
        resource = of_bytes(content, suffix.decode("latin-1"))
        assert resource.digest
        if isinstance(resource.value, Video):
            resource.value.frames(2)
            resource.value.audio  # noqa: B018 - it is decoded when it is asked for


def markdown(data: bytes) -> None:
    """Answers as HTML: balanced, and with nothing that runs, loads or hides (see `tests.drawing.pages`)."""
    Page(markdown_html(text_of(data)))


def request(data: bytes) -> None:
    """What a user writes; nothing in it is a reference that is no name given."""
    text = text_of(data)
    if any(match["url"] or not match["quoted"].isalnum() for match in SOURCE.finditer(text)):
        return  # opens what it names, which is the subject of `media` and of the tests of `sources`
    try:
        found = read_request(text, {"photo": "some words", "rows": [{"a": 1}, {"a": 2}]})
    except JarvisError:
        return
    assert {r.name for r in references_in(found.text)} <= found.inputs.keys()


def model_card(data: bytes) -> None:
    """A model's card and configuration, as strangers publish them."""
    config, _, card = data.partition(b"\0")
    folder = _scratch() / "model"
    folder.mkdir(exist_ok=True)
    (folder / "config.json").write_bytes(config)
    (folder / "README.md").write_bytes(card)
    _tick(folder)
    about(ModelFolder("owner/name", folder))
    sentence_of(text_of(card))


def python_object(data: bytes) -> None:
    """An object of the user's, made of what JSON can say; no str in it is opened."""
    try:
        value = json.loads(data)
    except (ValueError, RecursionError):
        return
    with suppress(JarvisError):
        to_resource(value, name="x", opening=False)


@cache
def _scratch() -> Path:
    return Path(tempfile.mkdtemp(prefix="fuzz", dir="/dev/shm" if os.access("/dev/shm", os.W_OK) else None))  # noqa: S108 - a disk is slow


_times = iter(range(1, 1 << 62))


def _tick(folder: Path) -> None:
    """Make the folder a changed one, however fast one try follows another."""
    os.utime(folder, ns=(now := next(_times) * 1_000 + (1 << 60), now))


TARGETS: Mapping[str, Target] = {
    "references": Target(references, seeds.requests),
    "magic_line": Target(magic_line, seeds.lines),
    "plan_json": Target(plan_json, seeds.plans),
    "lock_file": Target(lock_file, seeds.locks),
    "kept_result": Target(kept_result, seeds.kept),
    "replies": Target(replies, seeds.replies),
    "reply_stream": Target(reply_stream, seeds.streams),
    "choices": Target(choices, seeds.choices),
    "prompt": Target(prompt, seeds.requests),
    "media": Target(media, seeds.media, 20_000),
    "markdown": Target(markdown, seeds.markdown),
    "request": Target(request, seeds.requests),
    "model_card": Target(model_card, seeds.cards),
    "python_object": Target(python_object, seeds.objects),
}
