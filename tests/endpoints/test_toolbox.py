"""The toolbox as an endpoint and as a catalogue."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace

import pytest

from jarvis_magic.catalogue import ToolboxCatalogue
from jarvis_magic.endpoints import ToolboxEndpoint
from jarvis_magic.errors import EndpointRejected
from jarvis_magic.testing import Recorder, candidate, resource
from jarvis_magic.toolbox import toolbox_experts
from jarvis_magic.toolbox.loading import some_text
from jarvis_magic.values import Assignment


async def test_an_expert_of_the_toolbox_runs() -> None:
    """Sentiment, really judged."""
    (best, *_) = await ToolboxCatalogue().candidates("text-classification", 5)
    arguments = {"text": resource("text", "What a wonderful, happy day!")}
    result = await ToolboxEndpoint().run(Assignment("t", "text-classification", best), arguments, Recorder())
    assert result.kind == "labels"
    assert result.value[0].label == "positive"


async def test_every_expert_is_a_candidate_that_says_what_it_can_and_cannot() -> None:
    """Nothing of the toolbox is lost in the catalogue."""
    for expert in toolbox_experts():
        found = {c.model: c for c in await ToolboxCatalogue().candidates(expert.type, 20)}[expert.id]
        assert found.endpoint == "toolbox"
        assert found.description
        assert found.weakness
        assert (found.unavailable is None) == (not expert.missing)


async def test_search_and_limit() -> None:
    """Words of the id or the description find it."""
    found = await ToolboxCatalogue().candidates("text-classification", 5, "language of")
    assert all("language" in c.description for c in found)
    assert len(await ToolboxCatalogue().candidates("text-classification", 1)) == 1


async def test_an_unknown_expert_is_told() -> None:
    """A saved plan may name one that is gone."""
    with pytest.raises(EndpointRejected, match="The toolbox has no 'toolbox/gone' for summarization"):
        await ToolboxEndpoint().run(
            Assignment("t", "summarization", candidate("toolbox/gone", "toolbox")), {}, Recorder()
        )


def calls(function: Callable[..., object]) -> ToolboxEndpoint:
    """A toolbox whose one expert is a function."""
    return ToolboxEndpoint((replace(toolbox_experts()[0], id="toolbox/x", type="summarization", function=function),))


WORDS = {"text": resource("text", "words")}
X = Assignment("t", "summarization", candidate("toolbox/x", "toolbox"))


async def test_what_a_library_raises_is_a_failure_in_its_words() -> None:
    """The run goes on, and the next candidate has its turn."""
    with pytest.raises(EndpointRejected, match=r"toolbox/x cannot do this input: JSONDecodeError: Expecting value"):
        await calls(lambda text: json.loads(text)).run(X, WORDS, Recorder())


async def test_too_little_memory_is_a_failure() -> None:
    """A smaller input may do."""

    def eats(text: str) -> str:
        raise MemoryError(text)

    with pytest.raises(EndpointRejected, match=r"toolbox/x ran out of memory on this input; give it a smaller one\."):
        await calls(eats).run(X, WORDS, Recorder())


async def test_what_goes_wrong_in_our_own_lines_stays_a_bug() -> None:
    """With its traceback, so that it is found."""
    with pytest.raises(AttributeError):
        await calls(lambda text: some_text(len(text), "to do")).run(X, WORDS, Recorder())  # type: ignore[arg-type]  # the bug
