"""The toolbox as an endpoint and as a catalogue."""

from __future__ import annotations

import pytest

from jarvis_magic.catalogue import ToolboxCatalogue
from jarvis_magic.endpoints import ToolboxEndpoint
from jarvis_magic.errors import EndpointRejected
from jarvis_magic.testing import Recorder, candidate, resource
from jarvis_magic.toolbox import toolbox_experts
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
