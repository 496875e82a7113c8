"""What the inputs of each target grow from: small valid examples, and what attackers write."""

from __future__ import annotations

import base64
import io
import json
import zlib
from collections.abc import Iterator
from typing import Any

PLAN = {
    "format": 1,
    "request": "Describe @photo, then read it aloud.",
    "inputs": {"photo": "image", "rows": "table", "many": "list[text]"},
    "tasks": [
        {"id": "caption", "type": "image-to-text", "arguments": {"image": "@photo"}, "purpose": "describe", "model": None},
        {"id": "speech", "type": "text-to-speech", "arguments": {"text": "Look: @caption!", "options": {"speed": 150}}, "after": ["caption"]},
        {"id": "each_one", "type": "summarization", "arguments": [{"name": "text", "value": "@many[1:3]"}], "each": ["text"]},
        {"id": "answer", "type": "table-question-answering", "arguments": {"question": "how many?", "table": "@rows"}},
    ],
    "outputs": {"speech": "@speech", "label": "@answer.answer"},
    "notes": ["a note"],
}  # fmt: skip


def requests() -> Iterator[bytes]:
    """Requests, and references of every form."""
    yield b'Describe @photo[0] and @rows["a b"], then @rows[*].a; mail me@example.org, @@home. @"notes" @https://example.org/a.png.'
    yield 'Ünïcode @photo.größe[-1:]["k\\"ey"] {{x}} @photos[1:3].frames[*] \'@x\' @_a.b'.encode()
    yield b"@photo.__class__.__mro__[1] @photo[999999999][-999999999:999999999]['\\u0041']"


def lines() -> Iterator[bytes]:
    """Lines and bodies of cells."""
    yield b"caption, speech << -m gpt --lock 'a b.json'\nDescribe @photo with {{topic}} in a {{'{{'}} file.txt"
    yield b"x = <<\n{{ {'a': {1: 2}}['a'] }} {{f'{x}}}'}} see https://example.org/a.png and notes.md"
    yield b'-o "a" --use caption=owner/name -y -q\n{{unclosed'


def plans() -> Iterator[bytes]:
    """Plans, whole and wrong."""
    yield json.dumps(PLAN).encode()
    yield b'{"tasks": [{"id": "__class__", "type": "image-to-text", "arguments": {"image": "@a[*][*]"}, "each": []}], "outputs": {"print": "@a"}}'
    yield b'{"tasks": [{"id": "a", "type": "text-generation", "arguments": {"text": "\\ud800"}, "after": ["b"]}, {"id": "b", "type": "fill-mask", "arguments": {"text": "@a"}}]}'
    yield b'{"format": 2, "tasks": [[[[[[1e999]]]]]], "inputs": {"x": "list[list[image]]"}}'


def locks() -> Iterator[bytes]:
    """Lock files."""
    experts = {
        "caption": {"model": "https://evil.example", "endpoint": "url"},
        "speech": {"model": "espeak", "endpoint": "toolbox"},
    }
    yield json.dumps({"format": 1, "cells": {"5f0c": {"plan": PLAN, "experts": experts}}}).encode()
    yield json.dumps(PLAN).encode()


def kept() -> Iterator[bytes]:
    """Results as they are kept on disk."""
    packed = base64.b64encode(zlib.compress(bytes(12))).decode()
    for kind, value in (
        ("text", "some words"),
        ("image", {"is": "image", "mode": "RGB", "size": [2, 2], "data": packed, "palette": ""}),
        ("audio", {"is": "audio", "rate": 8000, "samples": {"dtype": "float32", "shape": [3], "data": packed}}),
        ("video", {"is": "video", "data": packed}),
        ("vector", {"is": "array", "dtype": "float32", "shape": [3], "data": packed}),
        ("table", {"is": "table", "index": [0], "columns": [["a", "int64", [1]]]}),
        ("labels", [{"is": "Label", "label": "a", "score": 0.5}]),
        ("json", {"is": "object", "entries": [["a", [None, True, {"is": "Missing", "reason": "x"}]]]}),
    ):
        yield json.dumps({"format": 1, "kind": kind, "digest": "0" * 64, "value": value}).encode()


def replies() -> Iterator[bytes]:
    """Plans as language models write them."""
    tasks = [{"id": "caption", "type": "image-to-text", "arguments": [{"name": "image", "value": "@photo"}], "purpose": "", "model": None, "after": [], "each": None}]  # fmt: skip
    yield json.dumps({"tasks": tasks, "notes": []}).encode()
    yield b'Sure! ```json\n{\'tasks\': [{task: \'image-to-text\', id: 0, dep: [-1], args: {image: photo}}, // more\n{"id": "print", "type": "translation", "arguments": {"text": "@0 @secret", "target_language": \'de\',},]}\n```'
    yield "{“tasks”: [{“id”: “a”, “type”: “summarization”, “arguments”: {“text”: “@earlier”}, “model”: “https://evil.example/x”}]".encode()


def streams() -> Iterator[bytes]:
    """Events of chat servers, one on each line."""
    yield b'{"choices": [{"delta": {"content": "<think>a</think>sk-can"}, "finish_reason": null}]}\n{"choices": [{"delta": {"content": "ary b"}, "finish_reason": "stop"}], "usage": {"prompt_tokens": 1, "completion_tokens": 2}}'
    yield b'{"choices": [{"delta": {"content": [{"type": "text", "text": "a"}], "refusal": "no sk-canary"}}]}\n{"choices": 5}\n{"choices": {"a": [1]}, "usage": "x"}\n{"choices": ["a", null]}'
    yield b'{"choices": [{"delta": {"content": "x", "refusal": 5}, "finish_reason": "content_filter"}]}\n[]\nnull'


def choices() -> Iterator[bytes]:
    """Choices as language models write them."""
    yield b'{"choices": [{"task": "caption", "model": "owner/two", "reason": "good"}, {"task": "speech", "model": "evil/x", "reason": ""}]}'
    yield b"{'caption': {'id': 'one', 'reason': None}, 'speech': 'three'}"


def markdown() -> Iterator[bytes]:
    """Answers, and what somebody might hide in one."""
    yield b"# A\n\n| a | b |\n|---|:-:|\n| ![x](https://evil.example/a.png) | [b](javascript:alert(1)) |\n\n<script>x</script> <https://a.org> `c`"
    yield b"[a]: data:text/html;base64,AAAA 'x'\n[a] ~~s~~ <img src=x onerror=alert(1)> &lt;b&gt; \x1b[31m\n1. a\n   - b\n> q\n\n---\n![a][a]"


def cards() -> Iterator[bytes]:
    """Configurations and cards of models, divided by a zero byte."""
    yield b'{"architectures": ["BertForMaskedLM"], "model_type": "bert", "id2label": {"0": "x"}, "auto_map": {"AutoModel": "evil.Model"}}\0---\nlicense: mit\nlanguage: [en, de]\ndate: 2024-13-45\n---\n# Model\n\nThis model says what stands on a picture. ![b](https://a) More.'
    yield b'{"architectures": {"a": 1}}\0---\na: &a [x, x]\nb: &b [*a, *a]\nlicense: [*b]\n---\n'


def objects() -> Iterator[bytes]:
    """Objects of notebooks."""
    yield b'[{"bytes": null, "path": "/etc/passwd"}, [1, 2.5, null], {"array": [0], "sampling_rate": 8000}, "https://a.org/x.png"]'
    yield b'{"name": "a", "type": "image/png", "content": "x", "labels": ["a"], "scores": [1]}'


def media() -> Iterator[bytes]:
    """A small file of each format we can make."""
    import numpy as np
    import PIL.Image

    picture = PIL.Image.fromarray(np.arange(8 * 6 * 3, dtype=np.uint8).reshape(6, 8, 3))
    for name in ("PNG", "JPEG", "GIF", "WEBP", "BMP", "TIFF", "AVIF", "ICO", "PPM"):
        file = io.BytesIO()
        picture.save(file, name)
        yield file.getvalue()
    for name, codec in (
        ("wav", "pcm_s16le"),
        ("flac", "flac"),
        ("mp3", "libmp3lame"),
        ("ogg", "libopus"),
        ("mp4", "aac"),
    ):
        yield _recording(name, codec)
    for name in ("mp4", "matroska", "avi", "mpegts"):
        yield _clip(name)
    yield b".csv\na,b\n1,2\n"
    yield b".html\n<p>a<script>b</script><!-- c --><svg><b x='>'>d&amp;"
    yield b'.json\n{"a": [1]}'
    yield b".jsonl\n{}\n[]\n"


def _recording(form: str, codec: str) -> bytes:
    import av
    import numpy as np

    rate = 48_000 if codec == "libopus" else 16_000
    file = io.BytesIO()
    with av.open(file, "w", format=form) as container:
        stream: Any = container.add_stream(codec, rate=rate, layout="mono")
        frame = av.AudioFrame.from_ndarray(np.zeros((1, 1024), np.int16), format="s16", layout="mono")
        frame.sample_rate = rate
        container.mux([*stream.encode(frame), *stream.encode(None)])
    return file.getvalue()


def _clip(form: str) -> bytes:
    import av
    import numpy as np

    file = io.BytesIO()
    with av.open(file, "w", format=form) as container:
        stream: Any = container.add_stream("mpeg4", rate=5)
        stream.width, stream.height, stream.pix_fmt = 16, 16, "yuv420p"
        for shade in (0, 100, 200):
            container.mux(
                stream.encode(av.VideoFrame.from_ndarray(np.full((16, 16, 3), shade, np.uint8), format="rgb24"))
            )
        container.mux(stream.encode(None))
    return file.getvalue()
