"""Where candidates come from."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from jarvis_magic.catalogue import FunctionCatalogue, LocalCatalogue, embedded, joined
from jarvis_magic.experts import expert, forget
from jarvis_magic.options import Options
from jarvis_magic.testing import ListCatalogue, candidate


@pytest.fixture(autouse=True)
def _clean() -> Iterator[None]:
    forget()
    yield
    forget()


async def test_a_function_is_a_candidate_with_what_it_declares() -> None:
    """Its docstring describes it; its limit and its promise to give the same again are known."""

    @expert("summarization", limit=2, cache=True)
    def shorten(text: str) -> str:
        """Keep the beginning."""
        return text[:9]

    expert("summarization", name="nameless")(lambda text: text)
    nameless, mine = await FunctionCatalogue().candidates("summarization", 5)
    assert (mine.model, mine.endpoint, mine.description) == ("shorten", "function", "Keep the beginning.")
    assert (mine.limit, mine.deterministic, mine.unavailable) == (2, True, None)
    assert nameless.description == "Your function nameless."
    assert not nameless.deterministic


async def test_functions_stand_before_the_toolbox() -> None:
    """The embedded catalogue holds both, and sees a function as soon as it is defined."""
    catalogue = embedded()
    before = await catalogue.candidates("summarization", 5)
    expert("summarization", name="mine")(lambda text: text)
    assert [c.model for c in await catalogue.candidates("summarization", 5)] == ["mine", *(c.model for c in before)]


async def test_catalogues_are_joined_in_order_and_each_is_searched() -> None:
    """Up to the limit of each."""
    one = ListCatalogue({"translation": [candidate("a/one"), candidate("a/two")]})
    two = ListCatalogue({"translation": [candidate("b/one")]})
    both = joined(one, two)
    assert [c.model for c in await both.candidates("translation", 1)] == ["a/one", "b/one"]
    assert [c.model for c in await both.candidates("translation", 9, "two")] == ["a/two"]


@pytest.mark.parametrize("named", ["toolbox/espeak-ng", "speaker"])
async def test_an_expert_for_another_task_type_says_so(named: str) -> None:
    """Whoever names it for the wrong one reads what it is for, and not that it needs a token of the Hub."""
    expert("text-to-speech", name="speaker")(lambda text: text)
    (found,) = await embedded().candidates("image-to-text", 5, named)
    assert (found.model, found.unavailable) == (named, "It is for 'text-to-speech', not for 'image-to-text'.")


async def test_a_folder_without_a_model_says_so(tmp_path: Path) -> None:
    """Its name alone would read as that of an unknown expert."""
    (found,) = await LocalCatalogue(Options()).candidates("image-to-text", 5, str(tmp_path))
    assert found.unavailable == "The folder holds no model: it has no 'model_index.json' or 'config.json'."
    (lacking,) = await LocalCatalogue(Options()).candidates("image-to-text", 5, "./nowhere")
    assert lacking.unavailable == "There is no such folder."
