"""Every parser under `fuzz.targets`, with changed seeds: what a long run under atheris looks for, for a second each."""

from __future__ import annotations

import warnings

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fuzz.targets import TARGETS

Change = tuple[int, int, bytes]

changes = st.lists(
    st.tuples(st.integers(0, 2_000), st.integers(0, 12), st.binary(max_size=6) | st.sampled_from([b"@", b'"', b"{{", b"<", b"\\ud800", b"..", b"[*]", b"\xff" * 4, b"\x1b[", b"0" * 40])),
    max_size=8,
)  # fmt: skip


def changed(data: bytes, places: list[Change]) -> bytes:
    """The bytes with some of them replaced."""
    for place, length, by in places:
        start = place % (len(data) + 1)
        data = data[:start] + by + data[start + length :]
    return data


@pytest.mark.parametrize("name", TARGETS)
@given(choice=st.integers(0, 1_000), places=changes, tail=st.binary(max_size=20))
@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@pytest.mark.filterwarnings("ignore::UserWarning")
def test_a_parser_keeps_its_promises(name: str, choice: int, places: list[Change], tail: bytes) -> None:
    """Whatever the bytes, a parser reads them or says one sentence, and keeps what its target states."""
    target = TARGETS[name]
    seeds = list(target.seeds()) if name != "media" else _MEDIA
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        target.tries(changed(seeds[choice % len(seeds)], places) + tail)


_MEDIA = list(TARGETS["media"].seeds())


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("media", b"".join([b"ID3\x04\x00\x00\x00\x00\x00#TSSE", b"\x00" * 30, b"\xff\xf38\xc4", b"U" * 120, b"\xff\xfb\x90\xc4", b"U" * 500])),
        ("media", b"<!---->" * 140 + b"x"),
        ("media", b".html\n" + b"<a " * 100_000),
        ("media", b".html\n" + b"<svg></nav>" * 30_000),
        ("media", b".csv\n" + b"a," * 100_000),
        ("kept_result", b'{"format": 1, "kind": "image", "digest": "0", "value": {"is": "image", "mode": "RGB", "size": [1000000000, 1000000000], "data": "eJxjYGBgAAAABAAB", "palette": ""}}'),
        ("kept_result", b'{"format": 1, "kind": "image", "digest": "0", "value": {"is": "image", "mode": "RGB", "size": [0, 99999999999999999999999], "data": "eJxjYEAAAAAMAAE=", "palette": ""}}'),
        ("kept_result", b'{"format": 1, "kind": "vector", "digest": "0", "value": {"is": "array", "dtype": ",3olaft2", "shape": [3], "data": "eJxjYEAAAAAMAAE="}}'),
        ("plan_json", b'{"tasks": [], "request": "\\ud800"}'),
        ("lock_file", b'{"tasks": [], "request": "\\ud800"}'),
        ("plan_json", b'{"tasks": [' + b'{"id": "a", "type": "x", "arguments": {"text": "@b"}},' * 20_000 + b"{}]}"),
        ("markdown", b"[b <https://a.org> c](javascript:x) [d <https://a.org>](https://b.org) [e <https://a.org>]()"),
        ("model_card", b'{"architectures": {"a": 1}}\0---\ndate: 2024-13-45\n---\n'),
        ("model_card", b"[" * 100_000 + b"\0---\n" + b"[" * 50_000 + b"\n---\n"),
        ("model_card", b"\0---\na: &a [x, x]\n" + b"b: &b [*a, *a, *a]\n" * 900 + b"---\n" + b"<!--" * 4_000),
    ],
)  # fmt: skip
def test_what_was_found_stays_found(name: str, found: bytes) -> None:
    """Bytes that once hung a parser or went through it as a bug: each is over in no time now."""
    TARGETS[name].tries(found)
