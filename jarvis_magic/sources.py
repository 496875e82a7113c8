"""The only opener of files and URLs, and only of those the user named.

A name is a path (relative to the current folder, ``~`` allowed), ``file:``, ``http(s):`` or ``data:``. Files must be
regular and of a bearable size. A URL's host is resolved once, its address checked, and that address connected to, so
that a second answer of the name server cannot lead elsewhere; every redirect is checked in the same way.
"""

from __future__ import annotations

import base64
import binascii
import ipaddress
import mimetypes
import os
import re
import socket
import stat
import string
import time
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Self, TypeAlias
from urllib.parse import SplitResult, quote, unquote, unquote_to_bytes, urljoin, urlsplit, urlunsplit

from .errors import SourceError, close_matches, either
from .formats import HEAD

LIMIT = 500_000_000
"""How many bytes a file or a download may have."""
MOST_FILES = 100_000
"""How many files a folder may hold."""
_REDIRECTS = 5
_SILENCE = 20.0  # seconds a server may say nothing
_PATIENCE = 300.0  # seconds a whole download may take
_CHUNK = 1 << 16
_REDIRECT_CODES = {301, 302, 303, 307, 308}

Address: TypeAlias = ipaddress.IPv4Address | ipaddress.IPv6Address


@dataclass(frozen=True)
class Source:
    """What was read: the bytes, a name for messages ("cat.jpg"), and the suffix (".jpg", or "")."""

    data: bytes
    name: str
    suffix: str


def read(named: str, *, limit: int = LIMIT, typed: bool = False) -> Source:
    """Read what a path or URL names.

    Parameters
    ----------
    named
        A path, or a ``file:``, ``http:``, ``https:`` or ``data:`` URL, as the user named it.
    limit
        How many bytes it may have.
    typed
        Whether the user typed it where it is used, and not a file or table said it: only then may it be an address of
        this machine or of its network.

    Raises
    ------
    SourceError
        If it is not there, too large, empty, no regular file, not allowed, or does not answer.
    """
    source = _read_url(named, limit, typed) if _URL.match(named) else _read_file(named, limit)
    if not source.data:
        msg = f"{source.name!r} is empty (0 bytes)."
        raise SourceError(msg)
    return source


_URL = re.compile(r"(?:https?|file|data):", re.IGNORECASE)
_SCHEME = re.compile(r"([a-z][a-z0-9+.-]+)://", re.IGNORECASE)


def is_url(text: str) -> bool:
    """Whether a text is, from end to end, a URL that `read` may read."""
    return bool(re.fullmatch(r"(?:https?|file)://[^\s<>\"]+|data:[\w.+/-]*(?:;[\w.+=-]+)*,[^\s]*", text, re.IGNORECASE))


# --- files


def regular_file(named: str, *, limit: int = LIMIT) -> Path:
    """Return the path of an existing, regular, readable file within the limit, without reading it.

    Raises
    ------
    SourceError
        If there is none.
    """
    with _open(named, limit) as (path, _file):
        return path


def stamp_of(named: str) -> str:
    """What changes when a file does, found out without reading it; empty if it cannot be found out."""
    try:
        path = Path(named).expanduser().absolute()
        found = path.stat()
    except (OSError, RuntimeError, ValueError):
        return ""
    return f"{path} {found.st_size} {found.st_mtime_ns}"


def first_bytes(path: Path) -> bytes:
    """The first bytes of a file, enough to tell its format."""
    with _open(str(path), LIMIT) as (_path, file):
        return file.read(HEAD)


def files_in(folder: str) -> list[Path]:
    """Return the files of a folder, sorted by name, not those in folders below nor hidden ones.

    Raises
    ------
    SourceError
        If it is no folder, cannot be read, or holds too many.
    """
    path = _path(folder)
    try:
        with os.scandir(path) as entries:
            names = sorted(e.name for e in entries if not e.name.startswith(".") and e.is_file())
    except OSError as error:
        raise SourceError(_why(path, error)) from error
    if len(names) > MOST_FILES:
        msg = f"The folder {path.name!r} holds {len(names):,} files, more than the {MOST_FILES:,} allowed; give a list of paths."
        raise SourceError(msg)
    return [path / name for name in names]


def is_folder(named: str) -> bool:
    """Whether a path names a folder."""
    try:
        return not _URL.match(named) and _path(named).is_dir()
    except (SourceError, OSError, ValueError):
        return False


def exists(named: str) -> bool:
    """Whether a path names a file that is there."""
    try:
        return not _URL.match(named) and _path(named).is_file()
    except (SourceError, OSError, ValueError):
        return False


def _read_file(named: str, limit: int) -> Source:
    with _open(named, limit) as (path, file):
        data = file.read(limit + 1)
    if len(data) > limit:
        raise SourceError(_too_large(path.name, limit))
    return Source(data, path.name, path.suffix.lower())


@contextmanager
def _open(named: str, limit: int) -> Iterator[tuple[Path, BinaryIO]]:
    """Open a regular file: what was checked is what is read, since both look at the same open file."""
    path = _path(named)
    try:
        # A pipe would block on opening, a device might do anything: open without waiting, then look.
        number = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    except (OSError, ValueError) as error:
        raise SourceError(_why(path, error)) from error
    try:
        found = os.fstat(number)
        if not stat.S_ISREG(found.st_mode):
            what = "folder" if stat.S_ISDIR(found.st_mode) else "pipe, device or socket"
            msg = f"{str(path)!r} is a {what}, not a file that can be read."
            raise SourceError(msg)
        if found.st_size > limit:
            raise SourceError(_too_large(path.name, limit, found.st_size))
    except SourceError:
        os.close(number)
        raise
    with os.fdopen(number, "rb") as file:
        yield path, file


def _path(named: str) -> Path:
    """The path a name means on this machine, or a sentence why it means none."""
    if named.startswith(("\\\\", "//")):
        msg = f"{named!r} names a file of another computer, which is not read; copy it here first."
        raise SourceError(msg)
    if os.name != "nt" and re.match(r"[A-Za-z]:[\\/]", named):
        msg = f"{named!r} is a Windows path, and this machine is none; upload the file and write its name here."
        raise SourceError(msg)
    if match := _SCHEME.match(named):
        msg = f"{_shown(named)!r} cannot be read: only files, http, https and data URLs are, not {match[1]!r}."
        raise SourceError(msg)
    try:
        return Path(named).expanduser()
    except RuntimeError as error:
        msg = f"{named!r} names the home folder of a user who does not exist."
        raise SourceError(msg) from error


def _too_large(name: str, limit: int, size: int | None = None) -> str:
    has = f"has {_megabytes(size)}" if size else "is larger"
    return f"{name!r} {has}, and at most {_megabytes(limit)} are read; give a smaller one, or a part of it."


def _megabytes(size: int) -> str:
    return f"{size / 1e6:,.0f} MB" if size >= 1e6 else f"{size:,} bytes"


def _why(path: Path, error: OSError | ValueError) -> str:
    """Why a file could not be opened, with close names from its folder where it is not there."""
    if isinstance(error, FileNotFoundError):
        return _missing(path)
    if isinstance(error, PermissionError):
        return f"{str(path)!r} may not be read by you (permission denied)."
    if isinstance(error, NotADirectoryError):
        return f"{str(path.parent)!r} is a file, not a folder, so there is no {path.name!r} in it."
    said = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    return f"{str(path)!r} cannot be read ({said})."


def _missing(path: Path) -> str:
    if not path.parent.is_dir():
        return f"There is no folder {str(path.parent)!r}, so no {path.name!r} in it; folders are looked for from {str(Path.cwd())!r}."
    with os.scandir(path.parent) as entries:
        names = [entry.name for entry, _ in zip(entries, range(10_000), strict=False)]
    where = "the current folder" if path.parent == Path() else f"{str(path.parent)!r}"
    sentence = f"There is no file {path.name!r} in {where}"
    close = close_matches(path.name, names)
    return f"{sentence}; did you mean {either(close)}?" if close else f"{sentence}."


# --- URLs


def _read_url(url: str, limit: int, typed: bool) -> Source:
    scheme = url.split(":", 1)[0].lower()
    if scheme == "data":
        return _read_data_url(url, limit)
    if scheme == "file":
        return _read_file(_path_of_file_url(url), limit)
    return _download(url, limit, typed)


def _path_of_file_url(url: str) -> str:
    try:
        parts = urlsplit(url)
    except ValueError as error:
        msg = f"{url!r} is not a URL ({error})."
        raise SourceError(msg) from error
    if parts.netloc not in ("", "localhost"):
        msg = f"{url!r} names a file of another computer, which is not read; copy it here first."
        raise SourceError(msg)
    path = unquote(parts.path)
    return path.removeprefix("/") if os.name == "nt" else path


def _read_data_url(url: str, limit: int) -> Source:
    head, comma, body = url[5:].partition(",")
    media_type, *parameters = head.split(";")
    if not comma:
        msg = "A data URL is 'data:', a media type, perhaps ';base64', a comma and the data; this one has no comma."
        raise SourceError(msg)
    if len(body) > 3 * limit:
        raise SourceError(_too_large("The data URL", limit))
    if "base64" not in parameters:
        data = unquote_to_bytes(body)
    else:
        try:
            data = base64.b64decode(unquote_to_bytes(body), validate=True)
        except binascii.Error as error:
            msg = f"The data URL is not valid base64 ({error})."
            raise SourceError(msg) from error
    if len(data) > limit:
        raise SourceError(_too_large("The data URL", limit, len(data)))
    return Source(data, "the data URL", _suffix("", media_type))


def _suffix(path: str, media_type: str) -> str:
    """The suffix of a URL's path, or that of its media type where the path has none that we would know."""
    written = Path(unquote(path)).suffix.lower()
    media_type = media_type.split(";")[0].strip().lower()
    if media_type in ("", "application/octet-stream", "text/plain") and written:
        return written
    return mimetypes.guess_extension(media_type) or written


def _download(url: str, limit: int, typed: bool) -> Source:
    give_up = time.monotonic() + _PATIENCE
    for hop in range(_REDIRECTS + 1):
        parts = _http_parts(url)
        # Only the address the user typed may be a private one; where it redirects to, somebody else said.
        with _Answer(parts, typed=typed and hop == 0) as answer:
            if answer.status not in _REDIRECT_CODES:
                return _received(answer, parts, limit, give_up)
            url = urljoin(url, answer.getheader("Location") or "")
    msg = f"{_shown(url)!r} redirects more than {_REDIRECTS} times."
    raise SourceError(msg)


def _http_parts(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        host, _port = parts.hostname, parts.port
    except ValueError as error:
        msg = f"{_shown(url)!r} is not a URL ({error})."
        raise SourceError(msg) from error
    if parts.scheme.lower() not in ("http", "https") or not host:
        msg = f"{_shown(url)!r} is not an http or https address."
        raise SourceError(msg)
    if parts.username is not None or parts.password is not None:
        msg = f"The address on {host!r} holds a user name or password, which is not sent; download the file yourself and give its path."
        raise SourceError(msg)
    return parts


def _shown(url: str) -> str:
    """A URL for a message: without user, password, query and fragment, which may hold secrets."""
    scheme, _, rest = url.partition("://")
    if not rest:
        return url[:80]
    place = re.split(r"[?#]", rest, maxsplit=1)[0]
    host, slash, path = place.partition("/")
    return f"{scheme}://{host.rpartition('@')[2]}{slash}{path}"


class _Answer:
    """One request to one checked address, and its answer."""

    def __init__(self, parts: SplitResult, *, typed: bool) -> None:
        import http.client

        self.url, self.host = _shown(urlunsplit(parts)), parts.hostname or ""
        secure = parts.scheme.lower() == "https"
        port = parts.port or (443 if secure else 80)
        self.connection = http.client.HTTPConnection(self.host, port, timeout=_SILENCE)
        try:
            self.connection.sock = self._connected(port, typed, secure)
            target = urlunsplit(("", "", _escaped(parts.path) or "/", _escaped(parts.query), ""))
            headers = {"User-Agent": "jarvis_magic", "Accept": "*/*", "Accept-Encoding": "identity"}
            self.connection.request("GET", target, headers={**headers, "Host": _host_header(parts)})
            self.answer = self.connection.getresponse()
        except (OSError, http.client.HTTPException, ValueError) as error:
            self.connection.close()
            if isinstance(error, SourceError):
                raise
            raise SourceError(self._unreachable(error)) from error
        self.status, self.getheader, self.read = self.answer.status, self.answer.getheader, self.answer.read

    def _connected(self, port: int, typed: bool, secure: bool) -> socket.socket:
        import ssl

        failure: OSError | None = None
        for address in allowed_addresses(self.host, port, typed=typed):
            try:
                plain = socket.create_connection((str(address), port), timeout=_SILENCE)
            except OSError as error:
                failure = error
                continue
            return ssl.create_default_context().wrap_socket(plain, server_hostname=self.host) if secure else plain
        raise failure or OSError("no address")

    def _unreachable(self, error: Exception) -> str:
        if isinstance(error, TimeoutError):
            return f"{self.url!r} does not answer within {_SILENCE:.0f} seconds."
        return f"{self.url!r} cannot be reached ({error})."

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.connection.close()


def _escaped(part: str) -> str:
    """A path or query as it may be sent: spaces and what is not ASCII percent-encoded, the rest as it is."""
    return quote(part, safe=string.punctuation)


def _host_header(parts: SplitResult) -> str:
    host = (
        (parts.hostname or "").encode("idna").decode("ascii")
        if ":" not in (parts.hostname or "")
        else f"[{parts.hostname}]"
    )
    return host if parts.port is None else f"{host}:{parts.port}"


def _received(answer: _Answer, parts: SplitResult, limit: int, give_up: float) -> Source:
    import http.client

    if not 200 <= answer.status < 300:
        msg = f"{answer.url!r} answers {answer.status} {answer.answer.reason}."
        raise SourceError(msg)
    name = Path(unquote(parts.path)).name or answer.host
    length = answer.getheader("Content-Length") or ""
    if length.isdigit() and int(length) > limit:
        raise SourceError(_too_large(name, limit, int(length)))
    data = bytearray()
    try:
        for chunk in _chunks(answer, give_up):
            data += chunk
            if len(data) > limit:
                raise SourceError(_too_large(name, limit))
    except (OSError, http.client.HTTPException, zlib.error) as error:
        if isinstance(error, SourceError):
            raise
        msg = f"{answer.url!r} broke off ({error or type(error).__name__})."
        raise SourceError(msg) from error
    return Source(bytes(data), name, _suffix(parts.path, answer.getheader("Content-Type") or ""))


def _chunks(answer: _Answer, give_up: float) -> Iterator[bytes]:
    """The body, piece by piece; unpacked in small pieces too where the server packs it against our wish."""
    packed = (answer.getheader("Content-Encoding") or "identity").lower()
    if packed not in ("identity", "gzip"):
        msg = f"{answer.url!r} answers in the encoding {packed!r}, which is not read."
        raise SourceError(msg)
    unpacked = zlib.decompressobj(wbits=31)
    while chunk := answer.read(_CHUNK):
        if time.monotonic() > give_up:
            msg = f"{answer.url!r} takes longer than {_PATIENCE:.0f} seconds; download it yourself and give the file."
            raise SourceError(msg)
        while packed == "gzip" and chunk:
            yield unpacked.decompress(chunk, _CHUNK)
            chunk = unpacked.unconsumed_tail
        yield chunk
    if packed == "gzip":
        yield unpacked.flush()
    if answer.answer.length:
        msg = f"{answer.url!r} broke off before its end."
        raise SourceError(msg)


# --- addresses


def allowed_addresses(host: str, port: int, *, typed: bool) -> list[Address]:
    """Resolve a host once and return its addresses, if it may be read from.

    Raises
    ------
    SourceError
        If it is not known, or is an address of this machine or of its network that the user did not type.
    """
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        msg = f"There is no host {host!r}, or no network to ask ({error})."
        raise SourceError(msg) from error
    addresses = list(dict.fromkeys(_address(str(sockaddr[0])) for *_, sockaddr in found))
    for address in addresses:
        if not _is_public(address) and not (typed and _means_private(host, address)):
            raise SourceError(_refusal(host, address, typed))
    return addresses


def _address(written: str) -> Address:
    return ipaddress.ip_address(written.split("%")[0])


def _is_public(address: Address) -> bool:
    return all(a.is_global and not a.is_multicast for a in (address, *_within(address)))


_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")


def _within(address: Address) -> Iterator[Address]:
    """The IPv4 addresses that an IPv6 address leads to."""
    if isinstance(address, ipaddress.IPv6Address):
        yield from (a for a in (address.ipv4_mapped, address.sixtofour, *(address.teredo or ())) if a is not None)
        if address in _NAT64:
            yield ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)


_LOCAL_NAME = re.compile(
    r"[^.]+|.+\.(?:local|localhost|lan|home|home\.arpa|internal|intranet|corp|test)", re.IGNORECASE
)


def _means_private(host: str, address: Address) -> bool:
    """Whether who types a host means a private address: its digits, or a name that only a local network has."""
    try:
        return _address(host) == address
    except ValueError:
        return bool(_LOCAL_NAME.fullmatch(host)) and not address.is_link_local


def _refusal(host: str, address: Address, typed: bool) -> str:
    place = f"{host!r}" if host == str(address) else f"{host!r} ({address})"
    if typed:
        return f"{place} is an address of this machine or its network, which its name does not show; download the file and give its path."
    return f"{place} is an address of this machine or its network, which is read only where you type it in the cell yourself, as '@http://{host}/…'."
