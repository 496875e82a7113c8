"""Everything a chat endpoint can do wrong, as one sentence with the next thing to do."""

from __future__ import annotations

import html
import math
import re
import ssl
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from jarvis_magic.errors import ControllerError, ControllerUnavailable, ReplyError

from .addresses import Address

if TYPE_CHECKING:
    import openai

_PASSING = frozenset({408, 409, 425, 429, 500, 502, 503, 504, 529})
_NO_CREDIT = re.compile(
    r"insufficient_quota|exceeded your current quota|billing|no credit|out of credit|credits? (are|is|have|has)|"
    r"credit balance|depleted|exceeded your monthly",
    re.IGNORECASE,
)
_TOO_LONG = re.compile(
    r"context[ _](length|window|size)|maximum context|too many tokens|prompt is too long|too long for|"
    r"exceeds? the (available )?context|reduce the length|exceed_context",
    re.IGNORECASE,
)
_FILTERED = re.compile(r"content[ _]?(filter|policy|management)|responsible ?ai|moderation", re.IGNORECASE)
_NO_MODEL = re.compile(
    r"model[^.]{0,80}(not (found|exist|available|supported)|does ?n.t exist|unknown|is not a valid)|"
    r"(no such|unknown|invalid|not a valid) model|model_not_found|(no|not) [^.]{0,40}\bmodel\b[^.]{0,40}(found|loaded)",
    re.IGNORECASE,
)
_FORM = re.compile(r"response_format|json_schema|json_object|structured output|grammar|guided", re.IGNORECASE)
_PAGE = re.compile(r"\s*(<!doctype html|<html|<head|<\?xml|<body)", re.IGNORECASE)


def translated(error: Exception, address: Address) -> ControllerError:
    """Return what went wrong as our own exception.

    Parameters
    ----------
    error
        What the ``openai`` package or the transport below it raised, or a `TimeoutError` of ours.
    address
        Where the chat model is.
    """
    import httpx2
    import openai

    failure = _Failure(error, address)
    if isinstance(error, ControllerError):
        return error
    if isinstance(error, openai.APIStatusError):
        return failure.by_status(error.status_code)
    if isinstance(error, TimeoutError):
        return failure.lasting("did not answer in time; name a faster model with -m, or raise reply_timeout")
    if isinstance(error, openai.APITimeoutError):
        return failure.passing("did not answer in time; ask again")
    if isinstance(error, openai.APIConnectionError | httpx2.TransportError):
        return failure.connection()
    if isinstance(error, openai.ContentFilterFinishReasonError):
        return failure.refusal("its content filter stopped the reply")
    if isinstance(error, openai.LengthFinishReasonError):
        return ReplyError(f"{failure.model} stopped at its length limit; ask for less at once.")
    if isinstance(error, openai.APIError):
        return failure.in_stream()
    if isinstance(error, ValueError):
        return failure.passing("sent what is not a reply of the chat completions protocol; check the base URL")
    return failure.lasting("could not be asked")


def web_page(address: Address, *, passing: bool = False) -> ControllerUnavailable:
    """What it means that a web page came where a reply should be."""
    msg = f"{address.place} answered with a web page, not with a reply: a proxy or a login stands between, or the base URL is wrong."
    return ControllerUnavailable(msg, passing=passing)


def server_words(error: Exception) -> str:
    """What the server said about a request; empty if it said nothing in words."""
    return next(_sentences(getattr(error, "body", None)), "")


def may_be_form(error: openai.APIStatusError) -> bool:
    """Whether a request may have been refused for the form of reply it asks for, rather than for what it says."""
    words = server_words(error)
    if _FORM.search(words):
        return True
    known = any(other.search(words) for other in (_NO_CREDIT, _TOO_LONG, _FILTERED, _NO_MODEL))
    return error.status_code in (400, 422) and not known


def retry_after(error: Exception) -> float | None:
    """Return after how many seconds the server wants to be asked again, if it said so."""
    headers = getattr(getattr(error, "response", None), "headers", {})
    for name, unit in (("retry-after-ms", 1000.0), ("retry-after", 1.0)):
        try:
            seconds = float(headers[name]) / unit
        except (KeyError, ValueError):
            continue
        if math.isfinite(seconds) and seconds >= 0:
            return seconds
    return None


class _Failure:
    """One failure at one address, with the parts of its sentence."""

    def __init__(self, error: Exception, address: Address) -> None:
        self.error, self.address = error, address
        self.code = str(getattr(error, "code", None) or getattr(error, "type", None) or "")
        self.words = server_words(error)
        self.said = f"{self.code} {self.words}"

    @property
    def model(self) -> str:
        return repr(self.address.model) if self.address.model else "the model"

    def passing(self, sentence: str) -> ControllerUnavailable:
        """A failure that asking again may get past."""
        return ControllerUnavailable(
            f"{self.address.place} {sentence}.", passing=True, retry_after=retry_after(self.error)
        )

    def lasting(self, sentence: str) -> ControllerUnavailable:
        """A failure that stays until something is changed."""
        return ControllerUnavailable(f"{self.address.place} {sentence}{self._quoted()}.")

    def refusal(self, because: str) -> ReplyError:
        return ReplyError(f"{self.model} refused to answer: {because}; put the request in other words.")

    def by_status(self, status: int) -> ControllerError:
        """What an HTTP status, and the words with it, mean."""
        if 300 <= status < 400:
            return self.lasting("sends requests on to another address; name that one as the base URL")
        if status == 402 or (status in (403, 429) and _NO_CREDIT.search(self.said)):
            return self.lasting("has no credit left for this key; add some there, or name another controller with -m")
        if status in (401, 407):
            return self._key()
        if self._is_page():
            return web_page(self.address, passing=status in (502, 503, 504))
        if status == 413 or _TOO_LONG.search(self.said):
            return ReplyError(
                f"The request is longer than {self.model} at {self.address.place} can read; put long texts into variables and refer to them as @name."
            )
        if _FILTERED.search(self.said):
            return self.refusal("its content filter stopped the request")
        if status == 403:
            return self.lasting(
                f"does not let this key use {self.model}; name another model with -m, or use another key"
            )
        if status == 404 or _NO_MODEL.search(self.said):
            return self._not_found()
        if status in _PASSING or status >= 500:
            return self._busy(status)
        return self.lasting(f"does not accept the request ({status})")

    def connection(self) -> ControllerUnavailable:
        """Why no connection came about, or why it ended."""
        causes = list(_causes(self.error))
        words = " ".join(str(cause) for cause in causes).casefold()
        if any(isinstance(cause, ssl.SSLError) for cause in causes) or "certificate" in words or "ssl" in words:
            return self.lasting("cannot be trusted: its TLS certificate does not fit; check the address and the proxy")
        if "name or service" in words or "getaddrinfo" in words or "nodename" in words or "name resolution" in words:
            return self.lasting("is not known to the network; check the base URL and the connection")
        if "proxy" in words:
            return self.lasting("cannot be reached through the proxy; check HTTPS_PROXY")
        if "refused" in words or "connection attempts failed" in words:
            advice = "start the server, or check its port" if self.address.is_here else "check the base URL"
            return self.lasting(f"takes no connection; {advice}")
        return self.passing("ended the connection before the reply was whole; ask again")

    def in_stream(self) -> ControllerError:
        """What an error event inside a stream means."""
        if _NO_CREDIT.search(self.said):
            return self.by_status(402)
        if _TOO_LONG.search(self.said) or _FILTERED.search(self.said) or _NO_MODEL.search(self.said):
            return self.by_status(400)
        return self.passing(f"stopped in the middle of its reply{self._quoted()}")

    def _key(self) -> ControllerUnavailable:
        key = self.address.key
        if key is None:
            return self.lasting(
                f"wants a key; name its variable with --key-env, or type `%jarvis key {self.address.host}`"
            )
        return self.lasting(
            f"refuses the key from {key.origin}; set a valid one, or type it with `%jarvis key {self.address.host}`"
        )

    def _not_found(self) -> ControllerUnavailable:
        if _NO_MODEL.search(self.said) or self.code == "model_not_found":
            return self.lasting(f"has no model {self.model}; name one it has with -m")
        return self.lasting(
            f"has no chat completions at {self.address.url}, or no model {self.model}; check the base URL, which often ends in /v1, and -m"
        )

    def _busy(self, status: int) -> ControllerUnavailable:
        if status == 429:
            return self.passing("is over its rate limit; ask again in a while")
        if "loading" in self.said.casefold():
            return self.passing(f"is still loading {self.model}; ask again in a while")
        return self.passing(f"is in trouble ({status}); ask again in a while")

    def _is_page(self) -> bool:
        body = getattr(self.error, "body", None)
        return isinstance(body, str) and bool(_PAGE.match(body))

    def _quoted(self) -> str:
        """The server's own words, short, without anything of the key."""
        words = re.sub(r"\s+", " ", html.unescape(self.words)).strip()
        if not words or _PAGE.match(words):
            return ""
        key = self.address.key.reveal() if self.address.key else ""
        words = re.sub(r"\b(sk|hf|gsk|key)[-_][\w*.…-]+", "[key]", words.replace(key, "[key]") if key else words)
        words = words if len(words) <= 200 else words[:199] + "…"
        return f' (it says: "{words.rstrip(".")}")'


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def _sentences(body: Any) -> Iterator[str]:
    """The messages within an error body, in whichever of the usual forms it has."""
    if isinstance(body, str) and body.strip():
        yield body
    elif isinstance(body, dict):
        for name in ("message", "error", "detail", "msg", "error_description"):
            yield from _sentences(body.get(name))
    elif isinstance(body, list):
        for item in body:
            yield from _sentences(item)
