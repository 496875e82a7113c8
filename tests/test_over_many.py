"""Lists of many items: what is kept of them, how they go on after a stop, and what one bad item does to the others."""

from __future__ import annotations

import asyncio
import io
import itertools
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pandas as pd
import PIL.Image
import pytest

from jarvis_magic.contracts import Endpoint
from jarvis_magic.errors import EndpointRejected
from jarvis_magic.events import TaskEnded, TaskProgressed
from jarvis_magic.experts import expert, forget
from jarvis_magic.jarvis import Jarvis
from jarvis_magic.kinds import Kind, Missing, Unread
from jarvis_magic.options import Options
from jarvis_magic.plans import Plan
from jarvis_magic.runners import abandoned
from jarvis_magic.store import KeptResults, LastingResults, ResultCache
from jarvis_magic.task_execution import Execution
from jarvis_magic.tasks import Task
from jarvis_magic.testing import Recorder, RecordingEndpoint, candidate, proposal, resource
from jarvis_magic.values import EndpointKind, Outcome, Resource, Success

EACH = Task("each", "summarization", {"text": "@texts"})
PLAN = Plan(inputs={"texts": Kind("list[text]")}, tasks=[EACH])
TEXTS = ["a", "b", "a", "c", "a", "d"]


def written(level: int) -> bytes:
    """A small grey picture as a PNG file."""
    file = io.BytesIO()
    PIL.Image.new("RGB", (4, 4), (level, level, level)).save(file, "PNG")
    return file.getvalue()


PICTURES = [written(level) for level in range(256)]


class Runs:
    """Executions one after another, with what is kept from one to the next."""

    def __init__(self, plan: Plan = PLAN, results: KeptResults | None = None, **known: Any) -> None:
        self.results = results or ResultCache(10_000_000)
        self.unfinished: dict[str, set[str]] = {}
        self.kept: dict[str, Success] = {}
        self.calls: list[Any] = []
        self.proposal = proposal(plan, candidate("expert", **known))

    async def run(
        self,
        work: Callable[[Any], Any],
        inputs: Mapping[str, Resource] | None = None,
        stop: asyncio.Event | None = None,
        **options: Any,
    ) -> dict[str, Outcome]:
        """Execute the plan with this expert; `calls` are those it makes."""
        self.calls = []

        async def called(**arguments: Any) -> Any:
            self.calls.append(next(iter(arguments.values())))
            result = work(self.calls[-1])
            if stop is not None and stop.is_set():
                await asyncio.Event().wait()
            return result

        endpoints: dict[EndpointKind, Endpoint] = {"function": RecordingEndpoint(called)}
        execution = Execution(
            endpoints, Options(limit=1, **options), Recorder(), stop, results=self.results, unfinished=self.unfinished
        )
        outcomes = await execution.run(
            self.proposal, inputs or {"texts": resource("list[text]", TEXTS)}, kept=self.kept
        )
        execution.ended(self.proposal, outcomes)
        return outcomes


def value(outcomes: Mapping[str, Outcome], task_id: str = "each") -> Any:
    """The result of a task."""
    outcome = outcomes[task_id]
    assert isinstance(outcome, Success), outcome.sentence
    return outcome.resource.value


def numbered(start: int = 0) -> Callable[[str], str]:
    """An expert that never says the same twice."""
    count = itertools.count(start)
    return lambda text: f"{text}{next(count)}"


def until(stop: asyncio.Event, last: int, work: Callable[[str], str]) -> Callable[[str], str]:
    """An expert that gives so many results, and is stopped in its next call."""
    count = itertools.count(1)

    def called(text: str) -> str:
        if next(count) > last:
            stop.set()
        return work(text)

    return called


async def test_what_was_stopped_goes_on_with_what_is_missing() -> None:
    """Of an expert that never says the same twice, too; equal items have a result each, and the user is told."""
    runs, stop = Runs(), asyncio.Event()
    first = value(await runs.run(until(stop, 3, numbered()), stop=stop))
    done = [item for item in first if not isinstance(item, Missing)]
    assert done == ["a0", "b1", "a2"]

    outcomes = await runs.run(numbered(100))
    again = value(outcomes)
    assert again[: len(done)] == done
    assert runs.calls == TEXTS[len(done) :]
    assert len(set(again)) == len(TEXTS)
    [note] = outcomes["each"].notes  # type: ignore[union-attr]  # it is a success
    assert note == f"{len(done)} of 6 items were computed by a run that was not finished; --refresh computes them anew."

    assert not set(value(await runs.run(numbered(200)))) & set(again), (
        "a whole run is over: the next computes everything"
    )


async def test_case_38_another_kernel_goes_on_from_disk(tmp_path: Path) -> None:
    """Hard case 38, in the middle of a list: with a folder for results, what a killed kernel had is used by the next."""
    stop = asyncio.Event()
    first = Runs(results=LastingResults(ResultCache(10_000_000), tmp_path))
    done = [item for item in value(await first.run(until(stop, 3, numbered()), stop=stop)) if item]
    later = Runs(results=LastingResults(ResultCache(10_000_000), tmp_path))
    assert done == ["a0", "b1", "a2"]
    for call in abandoned():  # what was just being written
        await asyncio.to_thread(call.ended.wait, 20)
    assert value(await later.run(numbered(100)))[:3] == done
    assert later.calls == TEXTS[3:]
    left = tmp_path.iterdir()  # noqa: ASYNC240 - a moment
    assert not list(left), "a whole run leaves nothing of what cannot be used again"


async def test_items_that_failed_are_tried_again_and_the_others_are_not() -> None:
    """A run in which something is missing is not finished."""

    def picky(text: str) -> str:
        if text == "c":
            message = "Not today."
            raise EndpointRejected(message)
        return text.upper()

    runs = Runs()
    first = value(await runs.run(picky))
    assert first[3] == Missing("Not today.")
    assert value(await runs.run(str.upper)) == [text.upper() for text in TEXTS]
    assert runs.calls == ["c"]


async def test_a_list_kept_whole_is_computed_anew_once_its_run_is_finished() -> None:
    """What ended whole in a run that did not is kept for the next; when that is whole, nothing of it is used again."""
    last = Task("last", "text-generation", {"text": "@each[0]"})
    runs, tried = Runs(Plan(inputs={"texts": Kind("list[text]")}, tasks=[EACH, last])), itertools.count()
    work = numbered()

    def fails_first(text: str) -> str:
        if len(text) > 1 and not next(tried):
            message = "Closed."
            raise EndpointRejected(message)
        return work(text)

    outcome = (await runs.run(fails_first))["each"]
    assert isinstance(outcome, Success)
    runs.kept = {"each": outcome}
    assert value(await runs.run(fails_first), "last").startswith("a0")
    runs.kept = {}
    assert not set(value(await runs.run(work))) & set(outcome.resource.value)


async def test_refresh_leaves_it_alone_and_starts_anew() -> None:
    """What an unfinished run gave is not used; what the fresh one gives is, should it be stopped too."""
    runs, stop = Runs(), asyncio.Event()
    await runs.run(until(stop, 4, numbered()), stop=stop)
    stop = asyncio.Event()
    fresh = value(await runs.run(until(stop, 3, numbered(50)), stop=stop, refresh=True))
    assert runs.calls[0] == "a"
    done = [item for item in fresh if not isinstance(item, Missing)]
    assert value(await runs.run(numbered(100)))[: len(done)] == done


async def test_another_input_has_nothing_of_it() -> None:
    """Items are known by what is in them: rows may be added, and others have no results yet."""
    runs, stop = Runs(), asyncio.Event()
    await runs.run(until(stop, 6, str.upper), stop=stop, inputs={"texts": resource("list[text]", [*TEXTS, "x", "y"])})
    await runs.run(str.upper, inputs={"texts": resource("list[text]", ["new", "a", "d"])})
    assert runs.calls == ["new"]


async def test_single_calls_are_not_kept() -> None:
    """Only items of lists are: a task that runs once runs once more."""
    one = Task("one", "summarization", {"text": "@text"})
    plan = Plan(inputs={"text": Kind("text"), "texts": Kind("list[text]")}, tasks=[one, EACH])
    runs, inputs = Runs(plan), {"text": resource("text", "z"), "texts": resource("list[text]", ["a", "bad"])}

    def picky(text: str) -> str:
        if text == "bad":
            message = "No."
            raise EndpointRejected(message)
        return text

    await runs.run(picky, inputs)
    await runs.run(picky, inputs)
    assert sorted(runs.calls) == ["bad", "z"]


async def test_files_whose_result_is_known_are_not_read_again() -> None:
    """A file is known by its path, size and time of change; one that changed is done again."""
    plan = Plan(inputs={"photos": Kind("list[image]")}, tasks=[Task("each", "image-to-text", {"image": "@photos"})])
    reads: list[str] = []
    stamps = dict.fromkeys("abc", "1")

    def photo(name: str) -> Unread:
        def read() -> PIL.Image.Image:
            reads.append(name)
            return PIL.Image.new("RGB", (4, 4), {"a": "red", "b": "blue", "c": "black"}[name])

        return Unread(Kind("image"), name, read, lambda: f"{name} {stamps[name]}")

    def picky(image: PIL.Image.Image) -> str:
        if image.getpixel((0, 0)) == (0, 0, 0):
            message = "Too dark."
            raise EndpointRejected(message)
        return "bright"

    for deterministic in (False, True):
        reads.clear()
        runs = Runs(plan, deterministic=deterministic)
        inputs = {"photos": resource("list[image]", [photo(name) for name in "abc"])}
        await runs.run(picky, inputs)
        assert sorted(reads) == ["a", "b", "c"]
        stamps["b"] += "!"
        reads.clear()
        assert value(await runs.run(lambda _: "done", inputs)) == ["bright", "done", "done"]
        assert sorted(reads) == ["b", "c"]


@pytest.fixture
def _own_experts() -> Iterator[None]:
    yield
    for name in ("brightness", "shouts"):
        forget(name)


@pytest.mark.usefixtures("_own_experts")
def test_a_folder_with_one_corrupt_picture(tmp_path: Path) -> None:
    """That item is missing with its file's name, and the rest goes on."""
    for i in range(40):
        PIL.Image.new("L", (3, 3), i).save(tmp_path / f"p{i:02}.png")
    (tmp_path / "p17.png").write_bytes((tmp_path / "p17.png").read_bytes()[:40])

    @expert("image-to-text", name="brightness")
    def brightness(image: PIL.Image.Image) -> str:
        return str(image.convert("L").getpixel((0, 0)))

    with Jarvis(controller="offline") as jarvis:
        run = jarvis.run(f'Describe each picture of @"{tmp_path}" with brightness.')
    [outcome] = run.outcomes.values()
    assert isinstance(outcome, Success), outcome.sentence
    found = outcome.resource.value
    assert [item for item in found if not isinstance(item, Missing)] == [str(i) for i in range(40) if i != 17]
    assert "p17.png" in found[17].reason
    assert [(lack.count, lack.rows) for lack in outcome.lacking] == [(1, (17,))]


@pytest.mark.usefixtures("_own_experts")
def test_results_line_up_with_the_rows_of_a_table() -> None:
    """A column of them can be set, whatever the index is; rows without a value are `Missing`."""
    table = pd.DataFrame({"text": ["one", None, "two"]}, index=[30, 10, 20])

    @expert("summarization", name="shouts")
    def shouts(text: str) -> str:
        return text.upper()

    with Jarvis(controller="offline") as jarvis:
        run = jarvis.run("Summarise each of @table.text", table=table)
    [result] = run.outputs.values()
    table["loud"] = result
    assert list(table["loud"]) == ["ONE", Missing("the cell is empty"), "TWO"]
    assert table.loc[20, "loud"] == "TWO"
    assert run.response.count("cell is empty") == 1


async def test_ten_thousand_items_keep_little() -> None:
    """Items are opened when their turn comes, a few at a time, and results are kept, not what they were made from."""
    opened: list[int] = []
    held = most = 0

    def item(number: int) -> Unread:
        def read() -> PIL.Image.Image:
            nonlocal held, most
            held += 1
            most = max(most, held)
            opened.append(number)
            return PIL.Image.new("L", (1, 1), number % 256)

        return Unread(Kind("image"), str(number), read)

    def work(image: PIL.Image.Image) -> str:
        nonlocal held
        held -= 1
        return str(image.getpixel((0, 0)))

    plan = Plan(inputs={"photos": Kind("list[image]")}, tasks=[Task("each", "image-to-text", {"image": "@photos"})])
    recorder, endpoint = Recorder(), RecordingEndpoint(lambda image: work(image))
    execution = Execution({"function": endpoint}, Options(limit=4), recorder)
    photos = resource("list[image]", [item(number) for number in range(10_000)])
    outcomes = await execution.run(proposal(plan, candidate("expert")), {"photos": photos})
    assert value(outcomes) == [str(number % 256) for number in range(10_000)]
    assert sorted(opened) == list(range(10_000))
    assert most <= 4 + 2
    assert len(recorder.of(TaskEnded)) == 1
    assert len(recorder.events) < 250


def test_ten_thousand_pictures_through_the_toolbox(tmp_path: Path) -> None:
    """A folder of ten thousand small pictures, one of them broken, edited by a real expert: each in its place."""
    for i in range(10_000):
        (tmp_path / f"p{i:04}.png").write_bytes(PICTURES[i % 256] if i != 5_000 else b"\x89PNG nothing")
    edit = Task("grey", "image-to-image", {"image": "@photos", "text": "make it grey"}, model="toolbox/pillow-edits")
    plan = Plan(inputs={"photos": Kind("list[image]")}, tasks=[edit])
    events = Recorder()
    with Jarvis(controller="offline", options=Options(response=False)) as jarvis:
        run = jarvis.run(plan, photos=tmp_path, on_event=events)
    grey = run["grey"]
    assert [picture.getpixel((0, 0))[0] if picture else None for picture in grey] == [
        i % 256 if i != 5_000 else None for i in range(10_000)
    ]
    assert "p5000.png" in grey[5_000].reason
    told = [event.phrase for event in events.of(TaskProgressed)]
    assert 50 <= len(told) <= 110
    assert all(" a second, " in phrase and phrase.endswith(" left") for phrase in told[:-1])
