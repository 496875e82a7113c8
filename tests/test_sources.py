"""The only opener of files and URLs: what it reads, and everything it refuses."""

from __future__ import annotations

import gzip
import os
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jarvis_magic.errors import SourceError
from jarvis_magic.sources import allowed_addresses, exists, files_in, is_folder, is_url, read, regular_file

# --- files


def test_a_file_is_read(tmp_path: Path) -> None:
    """A regular file gives its bytes, name and suffix."""
    file = tmp_path / "my notes.TXT"
    file.write_bytes(b"words")
    found = read(str(file))
    assert (found.data, found.name, found.suffix) == (b"words", "my notes.TXT", ".txt")


def test_names_are_relative_to_the_current_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A bare name is looked for here, ``~`` in the home folder."""
    (tmp_path / "a b'c é.txt").write_bytes(b"x")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    assert read("a b'c é.txt").data == b"x"
    assert read("~/a b'c é.txt").data == b"x"
    assert read(f"../{tmp_path.name}/a b'c é.txt").data == b"x"
    assert read((tmp_path / "a b'c é.txt").as_uri()).data == b"x"


def test_a_missing_file_offers_close_names(tmp_path: Path) -> None:
    """A misspelt name offers those that are there."""
    (tmp_path / "holiday.jpg").write_bytes(b"x")
    with pytest.raises(SourceError, match=r"There is no file 'holyday.jpg' in .*; did you mean 'holiday.jpg'\?"):
        read(str(tmp_path / "holyday.jpg"))
    with pytest.raises(SourceError, match="There is no folder"):
        read(str(tmp_path / "pictures" / "holiday.jpg"))
    with pytest.raises(SourceError, match="is a file, not a folder"):
        read(str(tmp_path / "holiday.jpg" / "x"))


def test_empty_and_large_files(tmp_path: Path) -> None:
    """Nothing, and more than the limit, is a sentence with the size."""
    file = tmp_path / "a.txt"
    file.write_bytes(b"")
    with pytest.raises(SourceError, match=r"'a.txt' is empty \(0 bytes\)"):
        read(str(file))
    file.write_bytes(b"x" * 101)
    with pytest.raises(SourceError, match=r"'a.txt' has 101 bytes, and at most 100 bytes are read"):
        read(str(file), limit=100)
    with pytest.raises(SourceError, match="at most 100 bytes"):
        regular_file(str(file), limit=100)


def test_only_regular_files_are_opened(tmp_path: Path) -> None:
    """Folders, devices and pipes are refused at once; a pipe that nobody writes to does not block."""
    with pytest.raises(SourceError, match="is a folder, not a file"):
        read(str(tmp_path))
    with pytest.raises(SourceError, match="is a pipe, device or socket"):
        read("/dev/zero")
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(SourceError, match="is a pipe, device or socket"):
        read(str(tmp_path / "pipe"))


def test_a_link_leads_to_its_file(tmp_path: Path) -> None:
    """A link to a regular file is that file, and one to itself a sentence."""
    (tmp_path / "a.txt").write_bytes(b"x")
    (tmp_path / "link.txt").symlink_to("a.txt")
    (tmp_path / "round.txt").symlink_to("round.txt")
    assert read(str(tmp_path / "link.txt")).data == b"x"
    with pytest.raises(SourceError, match="cannot be read"):
        read(str(tmp_path / "round.txt"))


@pytest.mark.parametrize(
    ("named", "sentence"),
    [
        ("C:\\Users\\me\\cat.jpg", "is a Windows path"),
        ("\\\\server\\share\\cat.jpg", "a file of another computer"),
        ("//server/share/cat.jpg", "a file of another computer"),
        ("file://server/cat.jpg", "a file of another computer"),
        ("ftp://example.org/cat.jpg", "only files, http, https and data URLs are, not 'ftp'"),
        ("s3://bucket/cat.jpg", "not 's3'"),
        ("~nobody-of-this-name/cat.jpg", "home folder of a user who does not exist"),
        ("a\0b", "cannot be read"),
        ("x" * 5000, "cannot be read"),
        ("https:///cat.jpg", "is not an http or https address"),
        ("http://[::1/cat.jpg", "is not a URL"),
        ("http://example.org:99999/", "is not a URL"),
        ("https://me:secret@example.org/cat.jpg", "holds a user name or password"),
    ],
)
def test_names_that_are_not_opened(named: str, sentence: str) -> None:
    """What is no file or URL of this machine's business is one sentence, without secrets."""
    with pytest.raises(SourceError, match=sentence) as caught:
        read(named)
    assert "secret" not in str(caught.value)


@given(st.text(max_size=60))
def test_any_name_is_read_or_refused(named: str) -> None:
    """Whatever is named, it is read or refused in one sentence."""
    if named.lower().startswith("http"):
        return
    with suppress(SourceError):
        assert read(named).data
    assert is_folder(named) in (True, False)
    assert exists(named) in (True, False)


# --- folders


def test_the_files_of_a_folder(tmp_path: Path) -> None:
    """Files come sorted, without hidden ones, folders and what is below them."""
    for name in ("b.jpg", "a.jpg", ".hidden.jpg"):
        (tmp_path / name).write_bytes(b"x")
    (tmp_path / "below").mkdir()
    (tmp_path / "below" / "c.jpg").write_bytes(b"x")
    os.mkfifo(tmp_path / "pipe.jpg")
    assert [path.name for path in files_in(str(tmp_path))] == ["a.jpg", "b.jpg"]
    with pytest.raises(SourceError, match="There is no"):
        files_in(str(tmp_path / "gone"))


# --- data URLs


@pytest.mark.parametrize(
    ("url", "data", "suffix"),
    [
        ("data:,hello%20there", b"hello there", ""),
        ("data:text/plain;charset=utf-8,a,b", b"a,b", ".txt"),
        ("data:image/png;base64,AAEC", b"\x00\x01\x02", ".png"),
        ("DATA:image/png;base64,AAEC", b"\x00\x01\x02", ".png"),
    ],
)
def test_a_data_url_holds_its_data(url: str, data: bytes, suffix: str) -> None:
    """A data URL is read without a network."""
    assert (read(url).data, read(url).suffix) == (data, suffix)


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ("data:image/png;base64", "has no comma"),
        ("data:image/png;base64,A!", "not valid base64"),
        ("data:,", "is empty"),
        ("data:," + "x" * 200, "at most 100 bytes"),
    ],
)
def test_data_urls_that_hold_nothing(url: str, sentence: str) -> None:
    """Broken, empty and large data URLs are one sentence."""
    with pytest.raises(SourceError, match=sentence):
        read(url, limit=100)


@pytest.mark.parametrize(
    "text", ["http://a.org/x.png", "https://a.org", "data:,x", "data:image/png;base64,AA", "file:///a"]
)
def test_what_is_a_url(text: str) -> None:
    """A text is a URL from end to end."""
    assert is_url(text)


@pytest.mark.parametrize(
    "text", ["see http://a.org", "http://a.org is nice", "data: the numbers, all", "a.org", "http://"]
)
def test_what_is_not_a_url(text: str) -> None:
    """Words with a URL among them are words."""
    assert not is_url(text)


# --- http


class _Site(BaseHTTPRequestHandler):
    """A few pages that behave well and badly."""

    def do_GET(self) -> None:
        self.asked.append(self.path)  # type: ignore[attr-defined]
        status, headers, body = PAGES[self.path.split("?")[0]]
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: object) -> None:
        """Say nothing."""


PAGES: dict[str, tuple[int, dict[str, str], bytes]] = {
    "/cat.png": (200, {"Content-Type": "image/png"}, b"cat"),
    "/picture": (200, {"Content-Type": "image/jpeg; charset=x"}, b"cat"),
    "/r%C3%A9sum%C3%A9%20a.txt": (200, {}, b"resume"),
    "/packed": (200, {"Content-Encoding": "gzip"}, gzip.compress(b"cat" * 100)),
    "/bomb": (200, {"Content-Encoding": "gzip"}, gzip.compress(b"0" * 3_000_000)),
    "/strange": (200, {"Content-Encoding": "br"}, b"cat"),
    "/empty": (200, {}, b""),
    "/gone": (404, {}, b"not here"),
    "/large": (200, {"Content-Length": "9999999"}, b"x"),
    "/endless": (200, {}, b"x" * 2_000_000),
    "/short": (200, {"Content-Length": "100"}, b"x"),
    "/to-private": (302, {"Location": "/cat.png"}, b""),
    "/to-metadata": (302, {"Location": "http://169.254.169.254/latest/meta-data/"}, b""),
    "/to-file": (302, {"Location": "file:///etc/passwd"}, b""),
    "/to-nowhere": (302, {}, b""),
}


@pytest.fixture
def site() -> Iterator[Callable[[str], str]]:
    """A server on this machine; gives the address of a page of it."""
    asked: list[str] = []
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Site", (_Site,), {"asked": asked}))
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    yield lambda path: f"http://127.0.0.1:{server.server_port}{path}"
    server.shutdown()
    server.server_close()
    thread.join()


def test_a_typed_address_of_this_machine_is_read(site: Callable[[str], str]) -> None:
    """What the user typed may be a server of their own."""
    found = read(site("/cat.png?token=secret"), typed=True)
    assert (found.data, found.name, found.suffix) == (b"cat", "cat.png", ".png")
    assert read(site("/picture"), typed=True).suffix == ".jpg"
    assert read(site("/résumé a.txt").replace("127.0.0.1", "localhost"), typed=True).name == "résumé a.txt"


def test_an_address_of_this_machine_is_refused_where_nobody_typed_it(site: Callable[[str], str]) -> None:
    """A table or file cannot make us ask a server of this machine or its network."""
    with pytest.raises(SourceError, match=r"'127.0.0.1' is an address of this machine.*type it in the cell"):
        read(site("/cat.png"))


@pytest.mark.parametrize(
    ("path", "sentence"),
    [
        ("/to-private", "is an address of this machine"),
        ("/to-metadata", "'169.254.169.254' is an address"),
        ("/to-file", "not an http or https address"),
        ("/to-nowhere", "is an address of this machine"),
        ("/empty", "is empty"),
        ("/gone", "answers 404"),
        ("/large", "has 10 MB, and at most 1 MB"),
        ("/endless", "is larger, and at most 1 MB"),
        ("/bomb", "is larger, and at most 1 MB"),
        ("/strange", "the encoding 'br'"),
        ("/short", "broke off"),
    ],
)
def test_answers_that_are_refused(site: Callable[[str], str], path: str, sentence: str) -> None:
    """Redirects to private places, errors, and too much are one sentence, without the query."""
    with pytest.raises(SourceError, match=sentence) as caught:
        read(site(f"{path}?token=secret"), limit=1_000_000, typed=True)
    assert "secret" not in str(caught.value)


def test_a_packed_answer_is_unpacked(site: Callable[[str], str]) -> None:
    """A server that packs against our wish is understood."""
    assert read(site("/packed"), typed=True).data == b"cat" * 100


def test_a_server_that_is_not_there() -> None:
    """A refused connection and an unknown host are one sentence."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with pytest.raises(SourceError, match="cannot be reached"):
        read(f"http://127.0.0.1:{port}/", typed=True)
    with pytest.raises(SourceError, match=r"There is no host 'no-such-host\.invalid'"):
        read("http://no-such-host.invalid/")


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1", "localhost", "10.0.0.1", "192.168.1.1", "172.16.0.1", "169.254.169.254", "100.64.0.1", "0.0.0.0",  # noqa: S104

        "224.0.0.1", "255.255.255.255", "::1", "::", "fe80::1", "fd00::1", "ff02::1", "::ffff:127.0.0.1",
        "64:ff9b::7f00:1", "2002:7f00:1::", "2130706433", "0x7f.1", "127.1",
    ],
)  # fmt: skip
def test_private_addresses_in_any_spelling(host: str) -> None:
    """Addresses of this machine, its network and the cloud's metadata are refused however they are written."""
    with pytest.raises(SourceError):
        allowed_addresses(host, 80, typed=False)


@pytest.mark.parametrize("host", ["8.8.8.8", "2001:4860:4860::8888"])
def test_public_addresses_are_allowed(host: str) -> None:
    """An address of the internet needs no typing."""
    assert [str(address) for address in allowed_addresses(host, 80, typed=False)] == [host]


def test_typed_private_addresses_are_allowed() -> None:
    """Digits and local names that the user typed are allowed, and lead where they say."""
    assert str(allowed_addresses("192.168.1.1", 80, typed=True)[0]) == "192.168.1.1"
    assert allowed_addresses("localhost", 80, typed=True)
