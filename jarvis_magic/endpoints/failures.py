"""What goes wrong at a provider or a server, told in a sentence with the next thing to do.

`failure_of` is the one translation: from whatever ``huggingface_hub`` and ``httpx2`` raise to our errors, which say
whether the same call may succeed later.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from jarvis_magic.errors import EndpointError, EndpointRejected, EndpointTimeout, EndpointUnavailable

LONGEST = 240
"""How many characters of a server's own words are repeated."""

TOKENS = "https://huggingface.co/settings/tokens"
BILLING = "https://huggingface.co/settings/billing"


@dataclass(frozen=True)
class Callee:
    """Whom a call went to, in the words of a message.

    Parameters
    ----------
    model, task_type
        The model and what it was asked to do.
    place
        Who runs it: ``"fal-ai"``, or a host.
    key
        What to do about a key that is missing or not accepted.
    missing
        What to do if there is nothing there.
    """

    model: str
    task_type: str
    place: str
    key: str
    missing: str

    @classmethod
    def at_provider(cls, model: str, task_type: str, provider: str) -> Callee:
        """A model of the Hub, run by a provider."""
        place = "Hugging Face's router" if provider == "auto" else provider
        return cls(model, task_type, place,
            f"make a token that may call Inference Providers at {TOKENS} and set HF_TOKEN to it",
            f"`%jarvis models {task_type}` lists those that are served",
        )  # fmt: skip

    @classmethod
    def at_url(cls, url: str, task_type: str, host: str) -> Callee:
        """A server that the user named."""
        return cls(url, task_type, host,
            f"type its key with `%jarvis key {host}`, or name the variable that holds it in the setting `keys`",
            "check the path of the URL",
        )  # fmt: skip


def failure_of(error: Exception, callee: Callee) -> EndpointError:
    """Return what the library raised as an error of ours.

    Parameters
    ----------
    error
        Whatever a call of ``AsyncInferenceClient`` raised.
    callee
        Whom it went to.
    """
    from httpx2 import HTTPError, TimeoutException
    from huggingface_hub.errors import HfHubHTTPError, OfflineModeIsEnabled, OverloadedError, TextGenerationError

    who = f"{callee.model} at {callee.place}" if callee.place not in callee.model else callee.model
    if isinstance(error, HfHubHTTPError):
        return _refusal(error, who, callee)
    if isinstance(error, OfflineModeIsEnabled):
        return EndpointUnavailable(f"{who} is not asked, because HF_HUB_OFFLINE is set; unset it, or choose an expert that runs here.", passing=False)  # fmt: skip
    if isinstance(error, TimeoutError | TimeoutException):
        return EndpointTimeout(f"{who} did not answer in time; try again later, or choose another expert.", passing=True)  # fmt: skip
    if isinstance(error, OverloadedError):
        return EndpointUnavailable(f"{who} has too much to do now; try again later.")
    if isinstance(error, TextGenerationError):
        return EndpointRejected(f"{who} does not accept this input: {_words(str(error))}")
    if isinstance(error, HTTPError | ConnectionError):
        return EndpointUnavailable(f"{callee.place} cannot be reached ({_words(str(error)) or type(error).__name__}); check the network, or choose an expert that runs here.")  # fmt: skip
    return _misunderstood(error, who, callee)


def _refusal(error: Any, who: str, callee: Callee) -> EndpointError:
    """An answer that is an HTTP error."""
    from huggingface_hub.errors import GatedRepoError, RepositoryNotFoundError

    response = error.response
    status, said = int(response.status_code), _said(error)
    is_of_the_hub = "://" not in callee.model
    is_gated = status == HTTPStatus.FORBIDDEN and "gated" in said.casefold()
    if is_of_the_hub and (is_gated or isinstance(error, GatedRepoError)):
        return EndpointRejected(f"{callee.model} is gated: accept its terms at https://huggingface.co/{callee.model}, with the account of your token.")  # fmt: skip
    if is_of_the_hub and isinstance(error, RepositoryNotFoundError):
        return EndpointRejected(f"The Hub has no model {callee.model!r} that you may see; {callee.missing}.")
    told = _BY_STATUS.get(status) if is_of_the_hub or status != HTTPStatus.PAYMENT_REQUIRED else _UNPAID
    if told is not None:
        sentence = told.format(who=who, model=callee.model, place=callee.place, key=callee.key, missing=callee.missing, type=callee.task_type)  # fmt: skip
    elif status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        sentence = f"{callee.place} has an error of its own (HTTP {status}); try again later, or choose another expert."
    else:
        sentence = (
            f"{who} does not accept this call (HTTP {status}); change what it is given, or choose another expert."
        )
    sentence += f" It says: {said}" if said else ""
    if status in (HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.GATEWAY_TIMEOUT):
        return EndpointTimeout(sentence, passing=True)
    if status == HTTPStatus.TOO_MANY_REQUESTS or status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return EndpointUnavailable(sentence, retry_after=_retry_after(response))
    return EndpointRejected(sentence)


_BY_STATUS: Mapping[int, str] = {
    401: "{place} does not accept the key; {key}.",
    402: f"The credits of your Hugging Face account are used up; add some at {BILLING}, or choose an expert that runs here.",
    403: "{place} does not let this key use {model}; {key}.",
    404: "{place} has no {model} for {type}; {missing}.",
    408: "{who} did not answer in time; try again later, or choose another expert.",
    410: "{model} is no longer served by {place}; {missing}.",
    413: "{who} finds the input too large; make it smaller first.",
    429: "{place} is asked too often; wait a little, or run fewer tasks at once with `--limit 1`.",
    503: "{who} is loading or too busy; try again in a minute, or choose another expert.",
    504: "{who} did not answer in time; try again later, or choose another expert.",
}


_UNPAID = "{place} wants to be paid first; look at your account there, or choose an expert that runs here."


def _said(error: Any) -> str:
    """The server's own words, if they are words."""
    said = error.server_message
    if not said and "html" not in error.response.headers.get("content-type", "").casefold():
        said = error.response.text
    return _words(said or "")


def _retry_after(response: Any) -> float | None:
    """The seconds a server asks to wait: its header, or the time it estimates for loading."""
    written = response.headers.get("retry-after", "").strip()
    if re.fullmatch(r"\d+(\.\d+)?", written):
        return float(written)
    try:
        estimated = response.json()["estimated_time"]
    except (ValueError, LookupError, TypeError):
        return None
    return float(estimated) if isinstance(estimated, int | float) and estimated >= 0 else None


def _misunderstood(error: Exception, who: str, callee: Callee) -> EndpointError:
    """An answer that the library could not read, or a call it would not make."""
    if isinstance(error, json.JSONDecodeError):
        written = error.doc.strip()
        if not written:
            return EndpointUnavailable(f"{who} gave an empty answer; try again, or choose another expert.")
        if written[0] in "{[" and written[-1] not in "}]":
            return EndpointUnavailable(
                f"{who} broke off in the middle of its answer; try again, or choose another expert."
            )
        came = "a web page" if written.startswith("<") else "what is no JSON"
        return EndpointRejected(f"{who} answered with {came} where a result was expected; {callee.missing}.")
    if type(error).__name__ == "UnidentifiedImageError":
        return EndpointRejected(f"{who} answered with what is no picture; try again, or choose another expert.")
    if isinstance(error, ValueError) and "support" in str(error):
        return EndpointRejected(f"{who} does not do {callee.task_type}: {_words(str(error))} {callee.missing[0].upper()}{callee.missing[1:]}.")  # fmt: skip
    said = f"{type(error).__name__}: {_words(str(error))}".removesuffix(": ")
    return EndpointRejected(f"{who} answered in a way that is not understood ({said}); choose another expert.")


def _words(text: str) -> str:
    """A server's words on one line, no longer than is read."""
    line = " ".join(re.sub(r"https?://\S*[?&]\S+", "…", text).split())
    line = line if len(line) <= LONGEST else f"{line[: LONGEST - 1]}…"
    return line if not line or line[-1] in ".!?…" else f"{line}."
