"""The user's own functions as experts."""

from __future__ import annotations

import asyncio
import contextvars
from collections.abc import Iterator
from typing import Any

import pandas as pd
import pytest
from PIL import Image

from jarvis_magic.endpoints import FunctionEndpoint
from jarvis_magic.errors import EndpointError, EndpointRejected, EndpointUnavailable
from jarvis_magic.events import TaskNoted
from jarvis_magic.experts import expert, forget
from jarvis_magic.kinds import WithNotes
from jarvis_magic.options import Options
from jarvis_magic.runners import Backoff, Tries, Watch
from jarvis_magic.testing import Recorder, candidate, resource
from jarvis_magic.values import Assignment, Resource


@pytest.fixture(autouse=True)
def _clean() -> Iterator[None]:
    forget()
    yield
    forget()


async def run(name: str, type_name: str = "summarization", **arguments: Resource) -> Any:
    """Run a registered function and return the value of its result."""
    assignment = Assignment("t", type_name, candidate(name))
    return (
        await FunctionEndpoint().run(assignment, arguments or {"text": resource("text", "words")}, Recorder())
    ).value


async def test_sync_and_async_functions_run() -> None:
    """Both kinds give their result, as do functions that return something to be awaited."""

    @expert("summarization")
    def sync(text: str) -> str:
        return text.upper()

    @expert("summarization")
    async def not_sync(text: str) -> str:
        await asyncio.sleep(0)
        return text.title()

    expert("summarization", name="between")(lambda text: not_sync(text))
    assert [await run(name) for name in ("sync", "not_sync", "between")] == ["WORDS", "Words", "Words"]


async def test_the_wait_of_an_awaitable_for_its_place_is_not_its_time() -> None:
    """Two functions that return something to be awaited, one after another: each has the whole timeout for itself."""

    async def slow(text: str) -> str:
        await asyncio.sleep(1.2)
        return text

    expert("summarization", name="between")(lambda text: slow(text))
    tries = Tries({"function": FunctionEndpoint()}, Options(limit=1, timeout=2, retries=0), Backoff())
    assignment, words = Assignment("t", "summarization", candidate("between")), {"text": resource("text", "words")}
    runs = [tries.run(assignment, words, Watch("t", Recorder(), float)) for _ in range(2)]
    assert [result.value for result, _ in await asyncio.gather(*runs)] == ["words", "words"]


async def test_a_function_may_have_a_loop_of_its_own() -> None:
    """`asyncio.run` inside a sync function works: its thread has no loop."""

    @expert("summarization")
    def own_loop(text: str) -> str:
        return asyncio.run(asyncio.sleep(0, text * 2))

    assert await run("own_loop") == "wordswords"


async def test_it_gets_the_ports_it_takes() -> None:
    """What it does not take is left out, what is not given is None, keywords take all."""

    @expert("text-to-speech", name="some")
    def some(text: str, voice: str | None) -> Any:
        raise EndpointRejected(f"{text} {voice}")

    @expert("summarization", name="all")
    def everything(**ports: Any) -> str:
        return ",".join(sorted(ports))

    words = resource("text", "words")
    with pytest.raises(EndpointRejected, match="words None"):
        await run("some", "text-to-speech", text=words, language=words)
    assert await run("all", text=words, options=resource("json", {})) == "options,text"


async def test_what_it_changes_in_place_is_its_own_copy() -> None:
    """The user's table and picture stay as they were for the other tasks."""

    @expert("image-to-text")
    def paints(image: Image.Image) -> str:
        image.paste("white", (0, 0, *image.size))
        return "painted"

    @expert("tabular-regression")
    def adds(table: pd.DataFrame, target: str) -> pd.DataFrame:
        table[target] = 0
        return table

    black, numbers = Image.new("L", (2, 2)), pd.DataFrame({"a": [1]})
    await run("paints", "image-to-text", image=resource("image", black))
    result = await run("adds", "tabular-regression", table=resource("table", numbers), target=resource("text", "b"))
    assert black.getextrema() == (0, 0)
    assert list(numbers.columns) == ["a"]
    assert list(result.columns) == ["a", "b"]


async def test_what_it_raises_is_one_sentence_with_the_line() -> None:
    """Type, message and the line of the user's own code, also from an async function."""

    @expert("summarization")
    def broken(text: str) -> str:
        return text + str(1 / 0)

    @expert("summarization")
    async def broken_later(text: str) -> str:
        raise SystemExit

    with pytest.raises(
        EndpointError, match=r"broken raised ZeroDivisionError: .*\(test_functions.py line \d+\)"
    ) as caught:
        await run("broken")
    assert isinstance(caught.value.__cause__, ZeroDivisionError)
    with pytest.raises(EndpointError, match=r"broken_later raised SystemExit \(test_functions.py line"):
        await run("broken_later")


async def test_a_line_of_a_cell_is_called_so() -> None:
    """In a notebook, the file is the cell."""
    source = "def from_cell(text):\n    1 / 0\n"
    namespace: dict[str, Any] = {}
    exec(compile(source, "ipykernel_12/345.py", "exec"), namespace)  # noqa: S102 - a cell
    expert("summarization")(namespace["from_cell"])
    with pytest.raises(EndpointError, match=r"from_cell raised ZeroDivisionError: division by zero \(cell line 2\)"):
        await run("from_cell")


async def test_its_own_cancelled_error_is_a_failure_not_a_cancel() -> None:
    """A function that gives up something of its own does not stop the run."""

    @expert("summarization")
    async def gives_up(text: str) -> str:
        raise asyncio.CancelledError

    @expert("summarization", name="gives_up_in_a_thread")
    def gives_up_too(text: str) -> str:
        raise asyncio.CancelledError

    for name in ("gives_up", "gives_up_in_a_thread"):
        with pytest.raises(EndpointError, match=f"{name} raised CancelledError"):
            await run(name)


async def test_what_would_end_more_than_itself_ends_its_task_only() -> None:
    """KeyboardInterrupt from a function, in a thread or on the loop, does not take the loop with it."""

    @expert("summarization")
    def interrupts(text: str) -> str:
        raise KeyboardInterrupt

    @expert("summarization")
    async def interrupts_later(text: str) -> str:
        raise KeyboardInterrupt

    for name in ("interrupts", "interrupts_later"):
        with pytest.raises(EndpointError, match=f"{name} raised KeyboardInterrupt"):
            await run(name)


async def test_errors_of_ours_are_passed_on() -> None:
    """A function may say that another try can help."""

    @expert("summarization")
    def busy(text: str) -> str:
        raise EndpointUnavailable("Come back later.", retry_after=3)

    with pytest.raises(EndpointUnavailable, match=r"Come back later\.") as caught:
        await run("busy")
    assert caught.value.retry_after == 3


async def test_a_result_of_the_wrong_kind_is_told() -> None:
    """The sentence says what came and what was needed."""
    expert("image-to-image", name="wrong")(lambda **_: {"a": 1})
    with pytest.raises(EndpointError, match=r"wrong returned .* an image"):
        await run("wrong", "image-to-image", image=resource("image", Image.new("L", (1, 1))))


async def test_notes_are_told() -> None:
    """What a function has to say beside its value is emitted."""
    expert("summarization", name="noting")(lambda text: WithNotes(text, ("Only half of it.",)))
    recorder = Recorder()
    words = {"text": resource("text", "words")}
    result = await FunctionEndpoint().run(Assignment("t", "summarization", candidate("noting")), words, recorder)
    assert result.value == "words"
    assert recorder.events == [TaskNoted("t", "Only half of it.")]


async def test_a_function_that_is_gone_is_told() -> None:
    """A plan may name a function of another session."""
    with pytest.raises(EndpointRejected, match="run the cell that defines it again"):
        await run("gone")


async def test_the_cells_context_reaches_the_function() -> None:
    """Context variables of the caller are seen, so that output goes to the right cell."""
    cell = contextvars.ContextVar("cell", default="none")
    cell.set("this one")
    expert("summarization", name="sync")(lambda **_: cell.get())
    assert await run("sync") == "this one"
