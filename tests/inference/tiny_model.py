"""A language model of a few kilobytes, written as a GGUF file by hand: it knows a few phrases, and nothing else.

Its tokens are single bytes and whole phrases. Its one layer does nothing, so the next token depends on the last one
alone: after a phrase comes the next phrase of the same saying, after its last phrase the end, and after anything else
the beginning of a saying, of all sayings the first. A server that constrains its output by a schema makes it begin the
first saying that fits.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

NORMAL, UNKNOWN, CONTROL, USER_DEFINED, BYTE = 1, 2, 3, 4, 6
_UINT32, _FLOAT32, _BOOL, _STRING, _ARRAY, _INT32 = 4, 6, 7, 8, 9, 5
_ALIGNED = 32
_TEMPLATE = "{% for message in messages %}{{ message.role }}: {{ message.content }}\n{% endfor %}assistant:\n"


def write_model(path: Path, sayings: Sequence[Sequence[str]]) -> None:
    """Write a model that says the given sayings, each a sequence of phrases; those that come first are preferred."""
    phrases = [phrase for saying in sayings for phrase in saying]
    tokens = ["<unk>", "<s>", "</s>", *(f"<0x{byte:02X}>" for byte in range(256)), *phrases]
    types = [UNKNOWN, CONTROL, CONTROL, *[BYTE] * 256, *[USER_DEFINED] * len(phrases)]
    known = {
        "general.architecture": "llama",
        "llama.context_length": 32768,
        "llama.embedding_length": (width := _width(len(phrases) + 1)),
        "llama.block_count": 1,
        "llama.feed_forward_length": 32,
        "llama.attention.head_count": 1,
        "llama.attention.layer_norm_rms_epsilon": 1e-5,
        "llama.rope.dimension_count": width,
        "tokenizer.ggml.model": "llama",
        "tokenizer.ggml.tokens": tokens,
        "tokenizer.ggml.scores": [0.0] * len(tokens),
        "tokenizer.ggml.token_type": types,
        "tokenizer.ggml.unknown_token_id": 0,
        "tokenizer.ggml.bos_token_id": 1,
        "tokenizer.ggml.eos_token_id": 2,
        "tokenizer.ggml.add_bos_token": False,
        "tokenizer.ggml.add_space_prefix": False,
        "tokenizer.chat_template": _TEMPLATE,
    }
    path.write_bytes(_gguf(known, _tensors(sayings, len(tokens), width)))


def _width(states: int) -> int:
    return -(-states // 32) * 32


def _tensors(sayings: Sequence[Sequence[str]], count: int, width: int) -> dict[str, np.ndarray[Any, Any]]:
    """The weights: a token is embedded as its state, and each state has the tokens it prefers."""
    first_phrase = count - sum(map(len, sayings))
    embedding, output = np.zeros((count, width), np.float32), np.zeros((count, width), np.float32)
    embedding[:, 0] = 1  # whatever is no phrase leads to a beginning
    token = first_phrase
    for rank, saying in enumerate(sayings):
        output[token, 0] = 10 - 3 * rank
        for position in range(len(saying)):
            state = token - first_phrase + 1
            embedding[token, 0], embedding[token, state] = 0, 1
            last = position + 1 == len(saying)
            output[2 if last else token + 1, state] = 10
            token += 1
    nothing: np.ndarray[Any, Any] = np.zeros((width, width), np.float32)
    layer = {f"blk.0.{name}.weight": nothing for name in ("attn_q", "attn_k", "attn_v", "attn_output")}
    ones: np.ndarray[Any, Any] = np.ones(width, np.float32)
    layer |= {f"blk.0.{name}.weight": ones for name in ("attn_norm", "ffn_norm")}
    layer |= {f"blk.0.{name}.weight": np.zeros((32, width), np.float32) for name in ("ffn_gate", "ffn_up")}
    layer["blk.0.ffn_down.weight"] = np.zeros((width, 32), np.float32)

    return {"token_embd.weight": embedding, "output_norm.weight": ones, "output.weight": output, **layer}


def _gguf(known: Mapping[str, Any], tensors: Mapping[str, np.ndarray[Any, Any]]) -> bytes:
    """The bytes of a GGUF file, version 3."""
    head = b"GGUF" + struct.pack("<IQQ", 3, len(tensors), len(known))
    head += b"".join(_string(name) + _typed(value) for name, value in known.items())
    data = b""
    for name, tensor in tensors.items():
        shape = tensor.shape[::-1]
        head += _string(name) + struct.pack(f"<I{len(shape)}Q", len(shape), *shape) + struct.pack("<IQ", 0, len(data))
        data += _padded(tensor.tobytes())
    return _padded(head) + data


def _padded(data: bytes) -> bytes:
    return data + bytes(-len(data) % _ALIGNED)


def _string(text: str) -> bytes:
    return struct.pack("<Q", len(text.encode())) + text.encode()


def _typed(value: Any) -> bytes:
    if isinstance(value, list):
        kind, write = _ITEMS[type(value[0])]
        return struct.pack("<IIQ", _ARRAY, kind, len(value)) + b"".join(write(item) for item in value)
    if isinstance(value, bool):
        return struct.pack("<I?", _BOOL, value)
    if isinstance(value, int):
        return struct.pack("<II", _UINT32, value)
    return (
        struct.pack("<If", _FLOAT32, value) if isinstance(value, float) else struct.pack("<I", _STRING) + _string(value)
    )


_ITEMS: Mapping[type, tuple[int, Callable[[Any], bytes]]] = {
    str: (_STRING, _string),
    float: (_FLOAT32, lambda value: struct.pack("<f", value)),
    int: (_INT32, lambda value: struct.pack("<i", value)),
}
