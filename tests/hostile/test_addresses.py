"""Addresses an attacker would have read: of this machine, its network, and whatever leads there."""

from __future__ import annotations

import contextlib
import gzip
import socket
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pytest

from jarvis_magic.conversions import to_resource
from jarvis_magic.endpoints import UrlEndpoint
from jarvis_magic.errors import EndpointError, SourceError
from jarvis_magic.keys import Keys
from jarvis_magic.sources import allowed_addresses, read
from jarvis_magic.testing import Recorder, resource
from jarvis_magic.values import Assignment, Candidate

PUBLIC = "93.184.215.14"


@dataclass
class Names:
    """A name server that gives one answer after another, and keeps what it was asked."""

    answers: list[list[str]]
    asked: list[tuple[str, int]] = field(default_factory=list)

    def __call__(self, host: str, port: int) -> list[str]:
        """The next answer; the last one for good."""
        self.asked.append((host, port))
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


class Raw:
    """A server on loopback that writes bytes as they are, perhaps a few at a time, until the reader has gone."""

    def __init__(self) -> None:
        self.heard: list[bytes] = []
        self._server = socket.create_server(("127.0.0.1", 0))
        self._answers: list[tuple[bytes, bytes]] = []
        self._over = threading.Event()
        threading.Thread(target=self._serve, daemon=True).start()

    def says(self, data: bytes, then: bytes = b"") -> str:
        """Answer the next request with `data`, and go on with `then` for ever; return the address to ask."""
        self._answers.append((data, then))
        return f"http://127.0.0.1:{self._server.getsockname()[1]}/a.txt"

    def close(self) -> None:
        """Take no more."""
        self._over.set()
        self._server.close()

    def _serve(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                visitor, _ = self._server.accept()
                with visitor, contextlib.suppress(OSError):
                    self._answer(visitor)

    def _answer(self, visitor: socket.socket) -> None:
        self.heard.append(visitor.recv(65_536))
        data, then = self._answers.pop(0)
        visitor.sendall(data)
        while then and not self._over.wait(0.02):
            visitor.sendall(then)


@pytest.fixture
def raw() -> Iterator[Raw]:
    """A server that writes what it is told."""
    server = Raw()
    yield server
    server.close()


# --- which addresses


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1", "127.1", "0", "0x7f000001", "2130706433", "017700000001", "127.0.0.1.", "localhost", "localhost.", "LOCALHOST",
        "169.254.169.254", "0xa9fea9fe", "2852039166", "0251.0376.0251.0376", "[::ffff:169.254.169.254]", "[::ffff:a9fe:a9fe]",
        "[64:ff9b::a9fe:a9fe]", "[64:ff9b:1::a9fe:a9fe]", "[2002:a9fe:a9fe::]", "[::169.254.169.254]", "[fec0::1]", "[fd00:ec2::254]", "[100::1]", "[::1]",
        "[fe80::1%25lo]", "[::ffff:0:7f00:1]", "[2001:db8::1]", "10.1.2.3", "172.31.255.255", "192.168.0.1", "100.100.100.200", "192.0.0.192", "198.18.0.1", "240.0.0.1",
    ],
)  # fmt: skip
def test_no_spelling_of_a_private_address_is_read(host: str) -> None:
    """Decimal, octal, hexadecimal, short, mapped, tunnelled, with a dot at the end: none that a file or table names."""
    with pytest.raises(SourceError):
        read(f"http://{host}/latest/meta-data/", patience=5)
    with pytest.raises(SourceError):
        to_resource(f"http://{host}/cat.png", name="photo")


@pytest.mark.parametrize(
    "url",
    [
        "http://example.org@127.0.0.1/", "http://example.org:80@127.0.0.1/", "http://127.0.0.1#@example.org/", "http://127.0.0.1\\@example.org/",
        "http://example.org\\@127.0.0.1/", "http:///127.0.0.1/", "http:127.0.0.1", "http://127。0。0。1/", "http://①②⑦.0.0.1/", "http://[::1]:80@example.org/",
        "http://\t127.0.0.1/", "http://127.0.0.1\r\nHost: example.org/", "https://user:hunter2@169.254.169.254/",
    ],
)  # fmt: skip
def test_no_trick_of_an_address_gets_past(url: str) -> None:
    """User names that look like hosts, backslashes, other digits and line ends are refused or mean what they are."""
    with pytest.raises(SourceError) as caught:
        read(url, patience=5)
    assert "hunter2" not in str(caught.value)


def test_one_private_address_among_public_ones_is_enough() -> None:
    """A name with several addresses is read only if all of them may be."""
    with pytest.raises(
        SourceError, match=r"'cdn\.example' \(10\.0\.0\.7\) is an address of this machine or its network"
    ):
        allowed_addresses("cdn.example", 80, typed=False, resolve=Names([[PUBLIC, "10.0.0.7"]]))


# --- answers that change


def test_the_address_that_was_checked_is_the_one_connected_to(raw: Raw) -> None:
    """A name server that says one thing for the check and another for the connection is asked only once (rebinding)."""
    url = raw.says(b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\ncat").replace("127.0.0.1", "printer.local")
    names = Names([["127.0.0.1"], [PUBLIC]])
    assert read(url, typed=True, resolve=names).data == b"cat"
    assert len(names.asked) == 1
    assert f"Host: printer.local:{names.asked[0][1]}".encode() in raw.heard[0]


def test_a_name_that_turns_private_is_refused_at_the_next_question(raw: Raw) -> None:
    """Each redirect is a new question; what it leads to is checked again, whatever the host was before."""
    url = raw.says(b"HTTP/1.1 302 Found\r\nLocation: http://printer.local/again\r\nContent-Length: 0\r\n\r\n")
    names = Names([["127.0.0.1"], ["127.0.0.1"]])
    with pytest.raises(SourceError, match=r"'printer\.local' \(127\.0\.0\.1\)"):
        read(url.replace("127.0.0.1", "printer.local"), typed=True, resolve=names)
    assert len(raw.heard) == 1


@pytest.mark.parametrize(
    ("location", "sentence"),
    [
        ("http://169.254.169.254/latest/", "'169.254.169.254' is an address"),
        ("//169.254.169.254/latest/", "'169.254.169.254' is an address"),
        ("http://2852039166/", "is an address of this machine"),
        ("http://[::ffff:7f00:1]/", "is an address of this machine"),
        ("file:///etc/passwd", "not an http or https address"),
        ("data:text/plain,x", "not an http or https address"),
        ("gopher://127.0.0.1:25/", "not an http or https address"),
        ("http://[::1", "not a URL"),
        ("http://me:secret@example.org/", "user name or password"),
        ("/a.txt", "is an address of this machine"),
    ],
)
def test_redirects_lead_only_into_the_internet(raw: Raw, location: str, sentence: str) -> None:
    """Where a server sends the reader is somebody else's word, even if the user typed the server's address."""
    url = raw.says(f"HTTP/1.1 307 Go\r\nLocation: {location}\r\nContent-Length: 0\r\n\r\n".encode())
    with pytest.raises(SourceError, match=sentence) as caught:
        read(url, typed=True)
    assert "secret" not in str(caught.value)


# --- servers that lie, and that never end


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        (b"HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\nx", "at most 1 MB are read"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: " + b"9" * 5_000 + b"\r\n\r\nx", None),
        (b"HTTP/1.1 200 OK\r\nContent-Length: \xb2\r\n\r\nx", None),
        (b"HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\nx", None),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nx", "broke off"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nFFFFFFFFFF\r\nx", "broke off"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nx", "broke off"),
        (b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n" + gzip.compress(b"0" * 50_000_000, mtime=0), "is larger, and at most 1 MB"),
        (b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n" + gzip.compress(b"words", mtime=0)[:-9], "broke off"),
        (b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\nno gzip at all", "broke off"),
        (b"\x00\x01\x02 nothing like HTTP\r\n\r\n", "cannot be reached"),
        (b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 5_000 + b"\r\n", "cannot be reached"),
        (b"HTTP/1.1 200 OK\r\nX: " + b"y" * 1_000_000, "cannot be reached"),
        (b"HTTP/1.1 404 \x1b[31mGone\r\n\r\n", "answers 404"),
    ],
)  # fmt: skip
def test_what_a_server_says_of_itself_is_not_believed(raw: Raw, answer: bytes, sentence: str | None) -> None:
    """Wrong lengths, packed bombs and nonsense are read as far as they make sense, or are one sentence."""
    url = raw.says(answer)
    if sentence is None:
        assert read(url, typed=True, limit=1_000_000).data == b"x"
        return
    with pytest.raises(SourceError, match=sentence) as caught:
        read(url, typed=True, limit=1_000_000)
    assert "\x1b" not in str(caught.value)


@pytest.mark.parametrize(
    ("begins", "goes_on"),
    [
        (b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n", b"x"),
        (b"HTTP/1.1 200 OK\r\nX: ", b"y"),
        (b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"1\r\nx\r\n"),
        (b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n", b"x"),
    ],
)
def test_a_server_that_drips_is_left(raw: Raw, begins: bytes, goes_on: bytes) -> None:
    """A byte now and then keeps no reader: a download has one time for all of it."""
    with pytest.raises(SourceError, match=r"takes longer than 0\.3 seconds; download it yourself"):
        read(raw.says(begins, goes_on), typed=True, patience=0.3)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_an_expert_that_sends_its_calls_on_is_not_followed(raw: Raw, status: int) -> None:
    """A server of the user's cannot have another one asked in its place, of this machine least of all."""
    inner = Raw()
    target = inner.says(b'HTTP/1.1 200 OK\r\nContent-Length: 26\r\n\r\n[{"summary_text": "secret"}]')
    url = raw.says(f"HTTP/1.1 {status} Go\r\nLocation: {target}\r\nContent-Length: 0\r\n\r\n".encode())
    assignment = Assignment("t", "summarization", Candidate(url, "url"))
    with pytest.raises(EndpointError, match="gave an empty answer"):
        await UrlEndpoint(Keys()).run(assignment, {"text": resource("text", "words")}, Recorder())
    assert inner.heard == []
    inner.close()


def test_nothing_is_asked_of_an_address_that_is_refused(raw: Raw) -> None:
    """A list or table that names a server of this machine does not reach it."""
    url: Callable[[], str] = lambda: raw.says(b"HTTP/1.1 200 OK\r\n\r\nx").replace("a.txt", "a.png")  # noqa: E731
    with pytest.raises(SourceError, match="read only where you type it in the cell yourself"):
        to_resource(url(), name="photo")
    items = to_resource([url(), url()], name="photos").value
    for item in items:
        with pytest.raises(SourceError, match="read only where you type it"):
            item.read()
    assert raw.heard == []
