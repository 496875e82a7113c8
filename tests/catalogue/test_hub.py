"""Candidates from the Hub: one request for a task type, kept for a day, never waited for long, never without a token."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from jarvis_magic import Jarvis
from jarvis_magic.catalogue import HubCatalogue, KnownCatalogue
from jarvis_magic.catalogue.known import packaged
from jarvis_magic.catalogue.served import CALLABLE, CHAT, TYPES, does
from jarvis_magic.errors import SelectionError
from jarvis_magic.keys import Keys
from jarvis_magic.model_selection import menu_of, rank
from jarvis_magic.options import Options
from jarvis_magic.store import FileCache
from jarvis_magic.task_types import TASK_TYPES
from jarvis_magic.tasks import Task
from jarvis_magic.values import Candidate, Request, Success

from ..servers.hub import TOKEN, Answer, HubServer, listed

Make = Callable[..., HubCatalogue]
WITH_TOKEN = Keys({"HF_TOKEN": TOKEN})


def lists(hub: HubServer, *models: dict[str, object]) -> None:
    """Let the Hub list these models."""
    hub.models = {str(model["id"]): dict(model) for model in models}


async def test_one_request_brings_what_is_known_of_each_model(hub: HubServer, catalogue: Make) -> None:
    """Downloads, likes, licence, size, languages, gating, and a provider that is live, most downloaded first."""
    lists(
        hub,
        listed("a/small", "summarization", downloads=5),
        listed(
            "b/large", "summarization", downloads=500, likes=7, gated="manual",
            cardData={"license": "apache-2.0", "language": ["en", "fr-CA"]},
            safetensors={"parameters": {"BF16": 1000, "F32": 10}, "total": 1010},
        ),
    )  # fmt: skip
    large, small = await catalogue().candidates("summarization", 20)
    assert (large.model, large.downloads, large.likes, large.licence) == ("b/large", 500, 7, "apache-2.0")
    assert (large.size, large.gated, large.languages) == (2040, True, ("en", "fr"))
    assert (large.endpoint, large.provider, large.unavailable) == ("provider", "hf-inference", None)
    assert small.model == "a/small"
    (request,) = [seen for seen in hub.seen if seen.path == "/api/models"]
    assert request.query["pipeline_tag"] == ["summarization"]
    assert request.query["inference_provider"] == ["all"]
    assert request.headers["authorization"] == f"Bearer {TOKEN}"


async def test_only_live_mappings_that_can_be_called_count(hub: HubServer, catalogue: Make) -> None:
    """A provider in error, one of another task, one the client cannot call; the first of the rest, in the Hub's order."""
    model = listed("a/flux", "text-to-image")
    model["inferenceProviderMapping"] = [
        {"provider": "fal-ai", "providerId": "x", "status": "error", "task": "text-to-image"},
        {"provider": "nebius", "providerId": "x", "status": "live", "task": "text-to-image"},
        {"provider": "together", "providerId": "x", "status": "live", "task": "image-to-image"},
        {"provider": "replicate", "providerId": "x", "status": "live", "task": "text-to-image"},
        {"provider": "nscale", "providerId": "x", "status": "live", "task": "text-to-image"},
    ]
    lists(hub, model)
    (found,) = await catalogue().candidates("text-to-image", 20)
    assert found.provider == "replicate"
    each = await catalogue().candidates("text-to-image", 20, "a/flux")
    assert [candidate.provider for candidate in each] == ["replicate", "nscale"]
    chosen = await catalogue().candidates("text-to-image", 20, "a/flux@nscale")
    assert "nscale" in [candidate.provider for candidate in chosen]


async def test_what_was_listed_is_kept(hub: HubServer, catalogue: Make, kept: FileCache) -> None:
    """The second time nobody is asked, also in another kernel, and without a network."""
    lists(hub, listed("a/small", "summarization"))
    first = await catalogue().candidates("summarization", 20)
    asked = len(hub.seen)
    assert await catalogue().candidates("summarization", 20) == first
    assert len(hub.seen) == asked
    assert await KnownCatalogue(WITH_TOKEN, kept).candidates("summarization", 20) == first


async def test_cards_become_a_sentence_each(hub: HubServer, catalogue: Make) -> None:
    """Of the first few, at once; the others have one from their tags."""
    lists(hub, *(listed(f"a/m{i}", "summarization", downloads=100 - i) for i in range(7)))
    hub.cards = {f"a/m{i}": f"# M{i}\n\nThis is model number {i}, which shortens long reports. More." for i in range(7)}
    found = await catalogue().candidates("summarization", 20)
    assert found[0].description == "This is model number 0, which shortens long reports."
    assert found[6].description == "A model for summarization by a, for transformers."
    assert len([seen for seen in hub.seen if seen.path.endswith("README.md")]) == 5


async def test_a_slow_card_is_not_waited_for(hub: HubServer, catalogue: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    """The others have their sentence, this one that of its tags."""
    monkeypatch.setattr("jarvis_magic.catalogue.hub.CARDS", 0.3)
    never = threading.Event()
    lists(hub, listed("a/quick", "summarization", downloads=9), listed("a/slow", "summarization", downloads=1))
    hub.cards["a/quick"] = "A quick model that shortens long reports well."
    hub.instead = lambda seen: Answer(wait=never) if "a/slow/resolve" in seen.path else None
    quick, slow = await catalogue().candidates("summarization", 20)
    never.set()
    assert quick.description == "A quick model that shortens long reports well."
    assert slow.description.startswith("A model for summarization by a")


# Without a token, without a network


async def test_without_a_token_nobody_is_asked_and_nothing_can_run(hub: HubServer, catalogue: Make) -> None:
    """The well-known models are listed with what to do; they are never chosen."""
    found = await catalogue(Keys()).candidates("text-to-image", 20)
    assert hub.seen == []
    assert {c.model for c in found} == {c.model for c in packaged()["text-to-image"]}
    ranking = rank(Task("t", "text-to-image", {"text": "x"}), found, Options())
    assert ranking.usable == ()
    assert all("set HF_TOKEN" in str(c.unavailable) for c in ranking.rejected)
    assert ranking.ways == ("set HF_TOKEN to run it on Hugging Face's providers",)


async def test_only_experts_here_means_that_nobody_is_asked(hub: HubServer, catalogue: Make) -> None:
    """``where="local"``: with or without a token."""
    found = await catalogue(where="local").candidates("text-to-image", 20)
    assert hub.seen == []
    ranking = rank(Task("t", "text-to-image", {"text": "x"}), found, Options(where="local"))
    assert ranking.usable == ()


async def test_a_search_asks_the_hub_without_a_token_too(hub: HubServer, catalogue: Make) -> None:
    """Whoever searches wants to see what there is; none of it can run yet."""
    lists(hub, listed("a/manga-flux", "text-to-image"), listed("b/other", "text-to-image"))
    (found,) = await catalogue(Keys()).candidates("text-to-image", 20, "manga")
    assert found.model == "a/manga-flux"
    assert "set HF_TOKEN" in str(found.unavailable)
    assert "authorization" not in hub.seen[0].headers


async def test_a_search_shows_what_no_provider_serves(hub: HubServer, catalogue: Make) -> None:
    """After those that are served, with what to do."""
    unserved = listed("a/big-flux", "text-to-image", downloads=9999, inferenceProviderMapping=[])
    lists(hub, unserved, listed("b/flux", "text-to-image"))
    served, other = await catalogue().candidates("text-to-image", 20, "flux")
    assert (served.model, other.model) == ("b/flux", "a/big-flux")
    assert "No provider serves it now" in str(other.unavailable)
    assert "--use text-to-image=https://" in str(other.unavailable)


async def test_a_model_of_another_task_type_says_so(hub: HubServer, catalogue: Make) -> None:
    """A model that is named for what it does not do is no matter of who serves it."""
    lists(hub, listed("a/speaker", "text-to-speech"))
    (found,) = await catalogue().candidates("text-to-image", 20, "a/speaker")
    assert found.unavailable == "It is for 'text-to-speech', not for 'text-to-image'."


async def test_a_hub_that_does_not_answer_is_not_waited_for(
    hub: HubServer, catalogue: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is known without it can be chosen; a provider may answer even so."""
    monkeypatch.setattr("jarvis_magic.catalogue.hub.PATIENCE", 0.3)
    never = threading.Event()
    hub.instead = lambda _seen: Answer(wait=never)
    found = await catalogue().candidates("summarization", 20)
    (named,) = await catalogue().candidates("summarization", 20, "a/unheard-of")
    never.set()
    assert found == packaged()["summarization"]
    assert "did not answer within 0.3 s; try again" in str(named.unavailable)


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (Answer(drop=True), "The Hub cannot be reached .* check the network"),
        (Answer({"error": "Invalid credentials"}, 401), "does not accept the Hugging Face token; make a new one"),
        (Answer({"error": "no"}, 500), r"does not list models now \(HTTP 500\)"),
        (Answer(b"<html>", 502, "text/html"), r"HTTP 502"),
    ],
)
async def test_a_hub_that_refuses_is_told(hub: HubServer, catalogue: Make, answer: Answer, words: str) -> None:
    """Hard case 40: planning and choosing go on with what is known; each candidate says why it cannot run."""
    hub.instead = lambda _seen: answer
    found = await catalogue().candidates("summarization", 20)
    assert [c.model for c in found] == [c.model for c in packaged()["summarization"]]
    assert all(re.search(words, str(c.unavailable)) for c in found)


@pytest.mark.parametrize(
    "answer", [Answer(b"<html>", 200, "text/html"), Answer([{"no": "id"}]), Answer({"error": "x"})]
)
async def test_a_hub_that_talks_nonsense_is_told(hub: HubServer, catalogue: Make, answer: Answer) -> None:
    """A page, or a list of something else."""
    hub.instead = lambda _seen: answer
    found = await catalogue().candidates("summarization", 20)
    assert all("not understood" in str(c.unavailable) for c in found)


async def test_one_model_that_cannot_be_read_does_not_spoil_the_others(hub: HubServer, catalogue: Make) -> None:
    """It is left out."""
    broken = listed("a/broken", "summarization", inferenceProviderMapping=[{"provider": "new", "status": "live"}])
    hub.instead = lambda seen: (
        Answer([broken, listed("b/good", "summarization")]) if seen.path == "/api/models" else None
    )
    assert [c.model for c in await catalogue().candidates("summarization", 20)] == ["b/good"]


async def test_a_model_that_does_not_exist_is_told(hub: HubServer, catalogue: Make) -> None:
    """With how to look for others."""
    (found,) = await catalogue().candidates("summarization", 20, "a/nobody")
    assert "has no such model" in str(found.unavailable)


async def test_no_candidates_for_what_no_provider_does(hub: HubServer, catalogue: Make) -> None:
    """Nobody is asked for models nobody can call."""
    assert await catalogue().candidates("depth-estimation", 20) == ()
    assert hub.seen == []


# The package's own list


def test_the_packaged_models_are_such_as_can_be_called() -> None:
    """Every one at a provider that does its task type, with a sentence; most task types have one."""
    for task_type, models in packaged().items():
        assert task_type in TYPES
        for model in models:
            hub_task = CHAT if model.provider == "auto" else task_type
            providers = CALLABLE if model.provider == "auto" else [str(model.provider)]
            assert any(does(provider, hub_task, task_type) for provider in providers), model
            assert model.description.endswith(".")
            assert model.licence
            assert not model.unavailable
    assert TYPES - packaged().keys() == {"audio-to-audio", "tabular-classification"}


# Through the program


def test_planning_without_a_token_asks_nobody(hub: HubServer, tmp_path: Path) -> None:
    """The fresh default: no request, and the advice names the way."""
    keys = Keys({"XDG_CACHE_HOME": str(tmp_path)})
    with Jarvis("offline", keys=keys, options=Options(response=False)) as jarvis:
        run = jarvis.run("Draw a lighthouse at night.")
    (outcome,) = run.outcomes.values()
    assert "set HF_TOKEN to run it on Hugging Face's providers" in outcome.sentence  # type: ignore[union-attr]
    assert hub.seen == []


def test_the_offline_switch_is_respected_and_named() -> None:
    """With a token, in a process of its own: no request, no wait, and what to unset."""
    code = (
        "from jarvis_magic import Jarvis; from jarvis_magic.keys import Keys; from jarvis_magic.options import Options\n"
        "run = Jarvis('offline', keys=Keys({'HF_TOKEN': 'hf_x'}), options=Options(response=False)).run('Draw a lighthouse.')\n"
        "print(*(outcome.sentence for outcome in run.outcomes.values()))"
    )
    environment = {**os.environ, "HF_HUB_OFFLINE": "1", "XDG_CACHE_HOME": os.devnull}
    said = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
    assert "No expert here yet for text-to-image: unset HF_HUB_OFFLINE" in said.stdout


def test_with_a_token_the_hubs_model_is_chosen_and_run(hub: HubServer, tmp_path: Path) -> None:
    """From the words to the picture, by one list, one mapping and one call."""
    lists(hub, listed("a/flux", "text-to-image"))
    keys = Keys({"HF_TOKEN": TOKEN, "XDG_CACHE_HOME": str(tmp_path)})
    with Jarvis("offline", keys=keys, options=Options(response=False)) as jarvis:
        run = jarvis.run("Draw a lighthouse at night.")
    (outcome,) = run.outcomes.values()
    assert isinstance(outcome, Success), outcome
    assert (outcome.model, outcome.endpoint, outcome.resource.value.size) == ("a/flux", "provider", (32, 24))
    assert [seen.path for seen in hub.seen if seen.path == "/api/models"] == ["/api/models"]


def test_a_model_and_its_provider_can_be_asked_for(hub: HubServer, tmp_path: Path) -> None:
    """``--use text-to-image=a/flux@nscale``: the user's choice goes first; what does not exist is told."""
    lists(hub, listed("a/flux", "text-to-image"))
    keys = Keys({"HF_TOKEN": TOKEN, "XDG_CACHE_HOME": str(tmp_path)})
    with Jarvis("offline", keys=keys, options=Options(response=False)) as jarvis:
        run = jarvis.run(Request("Draw a lighthouse.", uses={"text-to-image": "a/flux@nscale"}))
        (assignment,) = run.assignments.values()
        assert assignment.candidate.provider == "nscale"  # type: ignore[union-attr]
        assert [s.path for s in hub.seen if s.method == "POST"] == ["/nscale/v1/images/generations"]
        with pytest.raises(SelectionError, match="has no such model"):
            jarvis.run(Request("Draw a lighthouse.", uses={"text-to-image": "a/flax"}))
        without = jarvis.with_options(jarvis.options, Keys({"XDG_CACHE_HOME": str(tmp_path)}))
        with pytest.raises(SelectionError, match="needs a Hugging Face token"):
            without.run(Request("Draw a lighthouse.", uses={"text-to-image": "b/unheard-of"}))


async def test_the_menu_asks_nobody(hub: HubServer, kept: FileCache) -> None:
    """What can run is told from what is known: with a token also what providers do."""
    assert "text-to-image" in await menu_of(KnownCatalogue(WITH_TOKEN, kept))
    assert "text-to-image" not in await menu_of(KnownCatalogue(Keys(), kept))
    assert hub.seen == []


# Ranking (point 7): what can run now, for this input, before what is popular


async def test_a_popular_model_of_another_language_does_not_go_first(hub: HubServer, catalogue: Make) -> None:
    """Hard case 29: it is set apart, with the languages it knows; one for one pair counts by what it gives."""
    lists(
        hub,
        listed("a/opus-mt-en-de", "translation", downloads=9999, cardData={"language": ["en", "de"]}),
        listed("a/opus-mt-fr-en", "translation", downloads=5000, cardData={"language": ["fr", "en"]}),
        listed("b/many", "translation", downloads=10, cardData={"language": "multilingual"}),
        listed("a/opus-mt-en-fr", "translation", downloads=500, cardData={"language": ["en", "fr"]}),
    )
    found = await catalogue().candidates("translation", 20)
    ranking = rank(Task("t", "translation", {"text": "x", "target_language": "fr"}), found, Options())
    assert [c.model for c in ranking.usable] == ["a/opus-mt-en-fr", "b/many"]
    assert {c.model: c.unavailable for c in ranking.rejected} == {
        "a/opus-mt-en-de": "It does not know 'fr'; it knows 'de'.",
        "a/opus-mt-fr-en": "It does not know 'fr'; it knows 'en'.",
    }


async def test_what_runs_here_goes_before_what_is_popular_elsewhere(hub: HubServer, catalogue: Make) -> None:
    """A local expert is preferred to an equal one far away."""
    lists(hub, listed("a/famous", "summarization", downloads=10**8))
    found = await catalogue().candidates("summarization", 20)
    here = Candidate("toolbox/summary", "toolbox")
    ranking = rank(Task("t", "summarization", {"text": "x"}), (*found, here), Options())
    assert [c.model for c in ranking.usable] == ["toolbox/summary", "a/famous"]


def test_every_type_of_a_provider_is_a_task_type() -> None:
    """So that it can be asked for."""
    assert TASK_TYPES.keys() >= TYPES
