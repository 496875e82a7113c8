"""Models of the Hugging Face Hub that some provider serves now.

One request for a task type brings the candidates with their downloads, likes, licence, size and providers; the cards of
the first few are read for a sentence each. What was listed is kept on disk for a day. Planning and choosing never wait
longer than `PATIENCE`: where the Hub does not answer in time, what is known without it has to do.
"""

from __future__ import annotations

import asyncio
import contextlib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from jarvis_magic.keys import Keys
from jarvis_magic.options import Options
from jarvis_magic.runners import in_thread
from jarvis_magic.store import FileCache
from jarvis_magic.task_types import TASK_TYPES
from jarvis_magic.values import Candidate

from .cards import sentence_from_tags, sentence_of
from .known import KnownCatalogue, Lack
from .search import for_others
from .served import TYPES, does, hub_tag

if TYPE_CHECKING:
    from httpx2 import Response
    from huggingface_hub import ModelInfo

HUB = "https://huggingface.co"

FRESH = 24 * 3600.0
"""Seconds for which what the Hub listed is used without asking again."""

PATIENCE = 2.0
"""Seconds the Hub has to list models; CARDS more for the cards of the first few."""

CARDS = 1.0
DESCRIBED = 5
"""How many candidates get the sentence of their card."""

ASKED = 50
"""How many models are asked for, of which the client may not be able to call some."""

_EXPAND = [
    "downloads", "likes", "pipeline_tag", "inferenceProviderMapping", "gated", "tags", "library_name", "safetensors", "cardData",
]  # fmt: skip

_NOT_SERVED = "No provider serves it now; put it on a server of yours and name that: `--use {type}=https://…`."


class HubCatalogue:
    """The Hub's models for a task type, those with a live provider first.

    Without a token none of them can run, and the Hub is asked only when there is something to search for. With
    ``where="local"`` it is not asked at all.

    Parameters
    ----------
    keys
        Where the token is.
    kept
        Where what was listed is kept.
    options
        Every knob.
    hub
        The Hub's address.
    """

    def __init__(self, keys: Keys, kept: FileCache, options: Options, hub: str = HUB) -> None:
        self._keys, self._options, self._hub = keys, options, hub
        self._known = KnownCatalogue(keys, kept)

    async def candidates(self, task_type: str, limit: int, search: str = "") -> tuple[Candidate, ...]:
        """Return the Hub's models for a task type; see `jarvis_magic.contracts.Catalogue`.

        ``search`` may also be a model's id, ``"owner/name"`` or ``"owner/name@provider"``: it is given once for each of
        its providers.
        """
        if task_type not in TYPES or "://" in search:
            return ()
        model = _model_named(search)
        if self._options.where == "local" or (not self._known.has_token and (model or not search)):
            return await self._at_hand(task_type, limit, model or search)
        if not search:
            listed = self._known.listed(task_type)
            if listed and listed.age < FRESH:
                return self._known.marked(listed.value[:limit])
        return await self._asked(task_type, limit, model, search)

    async def _at_hand(self, task_type: str, limit: int, search: str) -> tuple[Candidate, ...]:
        """What is known without asking; of a model that is named and not known, that it is named."""
        known = await self._known.candidates(task_type, limit, search)
        if not known and _model_named(search):
            return self._known.marked([Candidate(search, "provider")])
        return known

    async def _asked(self, task_type: str, limit: int, model: str, search: str) -> tuple[Candidate, ...]:
        try:
            async with asyncio.timeout(PATIENCE):
                found = await in_thread(lambda: self._found(task_type, model, search), "the Hub's list of models")
        except TimeoutError:
            if not search:  # a provider may answer even so
                return await self._known.candidates(task_type, limit)
            found = Lack(f"The Hub did not answer within {PATIENCE:g} s; try again.", "try again")
        if isinstance(found, Lack):
            return self._known.marked(await self._at_hand(task_type, limit, model or search), found)
        described = await self._described(found[:limit])
        if not search:
            await in_thread(lambda: self._known.keep(task_type, described), "the list of models")
        return self._known.marked(described)

    def _found(self, task_type: str, model: str, search: str) -> list[Candidate] | Lack:
        """What the Hub lists, or why it does not; in a thread."""
        from httpx2 import HTTPError
        from huggingface_hub.errors import HfHubHTTPError, OfflineModeIsEnabled

        try:
            return self._named(task_type, model) if model else self._listed(task_type, search)
        except HfHubHTTPError as error:
            return _refusal(error.response.status_code)
        except (ValueError, LookupError, TypeError, AttributeError) as error:
            return Lack(f"The Hub answered in a way that is not understood ({type(error).__name__}); try again later.", "try again later")  # fmt: skip
        except OfflineModeIsEnabled:
            return Lack("The Hub is not asked, because HF_HUB_OFFLINE is set; unset it.", "unset HF_HUB_OFFLINE")
        except (HTTPError, OSError) as error:
            return Lack(f"The Hub cannot be reached ({type(error).__name__}); check the network.", "connect this machine to the network")  # fmt: skip

    def _named(self, task_type: str, model: str) -> list[Candidate]:
        from huggingface_hub import ModelInfo

        info = ModelInfo(**self._json(f"api/models/{model}", {"expand": _EXPAND}))  # type: ignore[no-untyped-call]
        found = list(_by_provider(info, task_type)) or [_candidate(info, task_type, None)]
        if info.id != model:  # the Hub sends who asks for an old name on to the new one
            found.append(replace(found[0], model=model, unavailable=f"The Hub calls it {info.id!r} now; write that."))
        return found

    def _listed(self, task_type: str, search: str) -> list[Candidate]:
        narrowed = {"search": search} if search else {"inference_provider": "all"}
        asked = {"pipeline_tag": hub_tag(task_type), "sort": "downloads", "limit": ASKED, "expand": _EXPAND, **narrowed}
        infos = _infos(self._json("api/models", asked))
        listed = [next(_by_provider(info, task_type), None) or _candidate(info, task_type, None) for info in infos]
        served = [candidate for candidate in listed if not candidate.unavailable]
        return served + [c for c in listed if c.unavailable] if search else served

    def _json(self, path: str, asked: Mapping[str, Any]) -> Any:
        """Ask the Hub once; `HfApi` would ask again and again, longer than anybody waits."""
        from huggingface_hub.utils import hf_raise_for_status  # type: ignore[attr-defined]  # they are documented there

        response = self._response(path, asked, PATIENCE)
        hf_raise_for_status(response)
        return response.json()

    def _response(self, path: str, asked: Mapping[str, Any], patience: float) -> Response:
        from huggingface_hub import get_session

        key = self._keys.hugging_face
        headers = {"authorization": f"Bearer {key.reveal()}"} if key else {}
        return get_session().get(f"{self._hub}/{path}", params=dict(asked), headers=headers, timeout=patience)

    # Cards

    async def _described(self, candidates: Sequence[Candidate]) -> list[Candidate]:
        """The candidates, the first few with the sentence of their card, as far as it comes in time."""
        few = list(dict.fromkeys(candidate.model for candidate in candidates))[:DESCRIBED]
        reading = {model: asyncio.ensure_future(self._card(model)) for model in few}
        if reading:
            await asyncio.wait(reading.values(), timeout=CARDS)
        sentences = {model: card.result() for model, card in reading.items() if card.done()}
        for card in reading.values():
            card.cancel()
        return [replace(c, description=sentences.get(c.model) or c.description) for c in candidates]

    async def _card(self, model: str) -> str:
        return await in_thread(lambda: self._sentence(model), f"the card of {model}")

    def _sentence(self, model: str) -> str:
        """The sentence of a model's card; empty if it cannot be had."""
        from httpx2 import HTTPError

        try:
            response = self._response(f"{model}/resolve/main/README.md", {}, CARDS)
        except (HTTPError, OSError):
            return ""
        return sentence_of(response.text) if response.is_success else ""


def _model_named(search: str) -> str:
    """The model's id if that is what is searched for, without its provider."""
    found = re.fullmatch(r"([\w.-]+/[\w.-]+)(@[\w-]+)?", search)
    return found[1] if found else ""


def _refusal(status: int) -> Lack:
    if status == 401:
        return Lack(
            "The Hub does not accept the Hugging Face token; make a new one at https://huggingface.co/settings/tokens and set HF_TOKEN.",
            "set HF_TOKEN to a token that the Hub accepts",
        )
    if status == 404:
        return Lack("The Hub has no such model that you may see.", "`%jarvis models TASK --search WORDS`")
    return Lack(f"The Hub does not list models now (HTTP {status}); try again later.", "try again later")


# From what the Hub says of a model to a candidate


def _infos(listed: Any) -> list[ModelInfo]:
    """What the Hub says of each model; one that cannot be read does not spoil the others."""
    from huggingface_hub import ModelInfo

    infos = []
    for written in listed:
        with contextlib.suppress(KeyError, TypeError, ValueError):
            infos.append(ModelInfo(**written))  # type: ignore[no-untyped-call]
    if listed and not infos:
        msg = "no model in the list can be read"
        raise ValueError(msg)
    return infos


def _by_provider(info: ModelInfo, task_type: str) -> Iterator[Candidate]:
    """The model once for each provider that serves it for a task type, in the order of the user's preference."""
    for mapping in info.inference_provider_mapping or ():
        if mapping.status == "live" and does(mapping.provider, mapping.task, task_type):
            yield _candidate(info, task_type, mapping.provider)


def _candidate(info: ModelInfo, task_type: str, provider: str | None) -> Candidate:
    tags, card = info.tags or [], dict(info.card_data.to_dict() if info.card_data else {})  # type: ignore[no-untyped-call]
    return Candidate(
        model=info.id,
        endpoint="provider",
        provider=provider,
        description=sentence_from_tags(info.id, task_type, tags, info.library_name),
        languages=_languages(info.id, task_type, card.get("language")),
        unavailable=None if provider else _lack(info, task_type),
        licence=_licence(card, tags),
        downloads=info.downloads,
        likes=info.likes,
        size=_bytes(info.safetensors.parameters) if info.safetensors else None,
        gated=bool(info.gated),
    )


def _lack(info: ModelInfo, task_type: str) -> str:
    """Why no provider can do a task type with a model."""
    if info.pipeline_tag in TASK_TYPES and info.pipeline_tag not in (task_type, hub_tag(task_type)):
        return for_others([info.pipeline_tag], task_type)
    return _NOT_SERVED.format(type=task_type)


def _languages(model: str, task_type: str, written: Any) -> tuple[str, ...]:
    """The codes of languages in a card, none if there are many; of a translator of one pair, the one it gives."""
    pair = re.search(r"-[a-z]{2,3}-([a-z]{2,3})$", model) if task_type == "translation" else None
    if pair:
        return (pair[1],)
    codes = [written] if isinstance(written, str) else written if isinstance(written, list) else []
    found = [str(code).casefold().partition("-")[0] for code in codes]
    return () if "multilingual" in found else tuple(dict.fromkeys(c for c in found if re.fullmatch(r"[a-z]{2,3}", c)))


def _licence(card: Mapping[str, Any], tags: Sequence[str]) -> str | None:
    written = card.get("license")
    return written if isinstance(written, str) else next((t[8:] for t in tags if t.startswith("license:")), None)


_BYTES = {"F64": 8, "I64": 8, "F32": 4, "I32": 4, "F16": 2, "BF16": 2, "I16": 2}


def _bytes(parameters: Mapping[str, int]) -> int:
    """The size of a model's weights from the number of its parameters by type."""
    return sum(number * _BYTES.get(kind, 1) for kind, number in parameters.items())
