"""Downloads over http and https: from one checked address, within a time and a size."""

from __future__ import annotations

import http.client
import socket
import string
import threading
import time
import zlib
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Self
from urllib.parse import SplitResult, quote, unquote, urljoin, urlsplit, urlunsplit

from ..errors import SourceError
from .addresses import Address, Resolve, allowed_addresses
from .found import Source, shown, suffix_by, too_large

PATIENCE = 300.0
"""Seconds a whole download may take."""
_REDIRECTS = 5
_SILENCE = 20.0  # seconds a server may say nothing
_CHUNK = 1 << 16
_REDIRECT_CODES = {301, 302, 303, 307, 308}


@dataclass(frozen=True)
class Fetching:
    """How a URL is read; see `jarvis_magic.sources.read`."""

    limit: int
    typed: bool
    resolve: Resolve
    patience: float


def fetch(url: str, how: Fetching) -> Source:
    """Download what a URL names, following redirects that lead to addresses of the internet.

    Raises
    ------
    SourceError
        If it may not be read, is too large, or is not there in time.
    """
    give_up = time.monotonic() + how.patience
    for hop in range(_REDIRECTS + 1):
        parts = _http_parts(url)
        # Only the address the user typed may be a private one; where it redirects to, somebody else said.
        with _Answer(parts, how, typed=how.typed and hop == 0, give_up=give_up) as answer:
            if answer.status not in _REDIRECT_CODES:
                return _received(answer, parts, how.limit)
            url = _redirected(url, answer.getheader("Location") or "")
    msg = f"{shown(url)!r} redirects more than {_REDIRECTS} times."
    raise SourceError(msg)


def _http_parts(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        host, _port = parts.hostname, parts.port
    except ValueError as error:
        msg = f"{shown(url)!r} is not a URL ({error})."
        raise SourceError(msg) from error
    if parts.scheme.lower() not in ("http", "https") or not host:
        msg = f"{shown(url)!r} is not an http or https address."
        raise SourceError(msg)
    if parts.username is not None or parts.password is not None:
        msg = f"The address on {host!r} holds a user name or password, which is not sent; download the file yourself and give its path."
        raise SourceError(msg)
    return parts


def _redirected(url: str, location: str) -> str:
    try:
        return urljoin(url, location)
    except ValueError as error:
        msg = f"{shown(url)!r} redirects to what is not a URL ({error})."
        raise SourceError(msg) from error


class _Answer:
    """One request to one checked address, and its answer; the connection is cut at the time to give up.

    A server that says a little every few seconds would hold a reader of the connection for as long as it likes.
    """

    def __init__(self, parts: SplitResult, how: Fetching, *, typed: bool, give_up: float) -> None:
        self.url, self.host, self._give_up = shown(urlunsplit(parts)), parts.hostname or "", give_up
        self._patience = how.patience
        secure = parts.scheme.lower() == "https"
        port = parts.port or (443 if secure else 80)
        self.connection = http.client.HTTPConnection(self.host, port, timeout=_SILENCE)
        self._socket: socket.socket | None = None
        self._cut = threading.Timer(max(0.0, give_up - time.monotonic()), self._stop)
        self._cut.daemon = True
        try:
            self._connect(allowed_addresses(self.host, port, typed=typed, resolve=how.resolve), port, secure)
            target = urlunsplit(("", "", _escaped(parts.path) or "/", _escaped(parts.query), ""))
            headers = {"User-Agent": "jarvis_magic", "Accept": "*/*", "Accept-Encoding": "identity"}
            self.connection.request("GET", target, headers={**headers, "Host": _host_header(parts)})
            self.answer = self.connection.getresponse()
        except BaseException as error:
            self.close()
            if isinstance(error, SourceError) or not isinstance(
                error, OSError | http.client.HTTPException | ValueError
            ):
                raise
            raise SourceError(self._unreachable(error)) from error
        self.status, self.getheader, self.read = self.answer.status, self.answer.getheader, self.answer.read

    def _connect(self, addresses: Sequence[Address], port: int, secure: bool) -> None:
        import ssl

        failure: OSError | None = None
        for address in addresses:
            try:
                plain = socket.create_connection((str(address), port), timeout=self._wait)
            except OSError as error:
                failure = error
                continue
            self.connection.sock = self._socket = plain
            self._cut.start()
            if secure:
                context = ssl.create_default_context()
                told = context.wrap_socket(plain, server_hostname=self.host, do_handshake_on_connect=False)
                self.connection.sock = self._socket = told
                told.do_handshake()
            return
        raise failure or OSError("no address")

    @property
    def _wait(self) -> float:
        return max(0.001, min(_SILENCE, self._give_up - time.monotonic()))

    def _stop(self) -> None:
        """End the connection under whoever reads from it; in a thread of its own."""
        with suppress(OSError):
            if self._socket is not None:
                socket.socket.shutdown(self._socket, socket.SHUT_RDWR)

    @property
    def is_late(self) -> bool:
        """Whether the time to give up has come."""
        return time.monotonic() >= self._give_up

    def late(self) -> str:
        """The sentence for that."""
        return f"{self.url!r} takes longer than {self._patience:g} seconds; download it yourself and give the file."

    def _unreachable(self, error: Exception) -> str:
        if self.is_late:
            return self.late()
        if isinstance(error, TimeoutError):
            return f"{self.url!r} does not answer within {_SILENCE:.0f} seconds."
        return f"{self.url!r} cannot be reached ({error})."

    def close(self) -> None:
        """Close the connection."""
        self._cut.cancel()
        self.connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _escaped(part: str) -> str:
    """A path or query as it may be sent: spaces and what is not ASCII percent-encoded, the rest as it is."""
    return quote(part, safe=string.punctuation)


def _host_header(parts: SplitResult) -> str:
    host = parts.hostname or ""
    host = f"[{host}]" if ":" in host else host.encode("idna").decode("ascii")
    return host if parts.port is None else f"{host}:{parts.port}"


def _received(answer: _Answer, parts: SplitResult, limit: int) -> Source:
    if not 200 <= answer.status < 300:
        msg = f"{answer.url!r} answers {answer.status} {answer.answer.reason}."
        raise SourceError(msg)
    name = Path(unquote(parts.path)).name or answer.host
    if (answer.answer.length or 0) > limit:
        raise SourceError(too_large(name, limit, answer.answer.length))
    data = bytearray()
    try:
        for chunk in _chunks(answer):
            data += chunk
            if len(data) > limit:
                raise SourceError(too_large(name, limit))
    except (OSError, http.client.HTTPException, zlib.error) as error:
        if isinstance(error, SourceError):
            raise
        msg = answer.late() if answer.is_late else f"{answer.url!r} broke off ({error or type(error).__name__})."
        raise SourceError(msg) from error
    return Source(bytes(data), name, suffix_by(parts.path, answer.getheader("Content-Type") or ""))


def _chunks(answer: _Answer) -> Iterator[bytes]:
    """The body, piece by piece; unpacked in small pieces too where the server packs it against our wish."""
    packed = (answer.getheader("Content-Encoding") or "identity").lower()
    if packed not in ("identity", "gzip"):
        msg = f"{answer.url!r} answers in the encoding {packed!r}, which is not read."
        raise SourceError(msg)
    unpacked = zlib.decompressobj(wbits=31)
    while chunk := answer.read(_CHUNK):
        while packed == "gzip" and chunk:
            yield unpacked.decompress(chunk, _CHUNK)
            chunk = unpacked.unconsumed_tail
        yield chunk
    if answer.is_late:
        raise SourceError(answer.late())
    if answer.answer.length or (packed == "gzip" and not unpacked.eof):
        msg = f"{answer.url!r} broke off before its end."
        raise SourceError(msg)
