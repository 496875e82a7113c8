"""JSON as language models write it: whatever is broken, what was meant is read, and nothing else ever happens."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jarvis_magic.replies import values_in

WORDS = st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=12)
PLAIN = st.text(st.sampled_from("abc xyz,.;!?@é😀"), max_size=12)


def jsons(words: st.SearchStrategy[str]) -> st.SearchStrategy[Any]:
    """Objects of everything JSON can say, with strings of `words`."""
    leaves = words | st.integers(-(10**9), 10**9) | st.booleans() | st.none()
    inner = st.recursive(
        leaves, lambda deeper: st.lists(deeper, max_size=4) | st.dictionaries(words, deeper, max_size=4), max_leaves=12
    )
    return st.dictionaries(words, inner, max_size=5)


def last(text: str) -> Any:
    """The last value of a text."""
    return values_in(text)[-1].value


@given(jsons(WORDS))
def test_real_json_is_itself(value: Any) -> None:
    """JSON is read as JSON."""
    found = values_in(json.dumps(value))
    assert [f.value for f in found] == [value]
    assert not found[0].cut


@given(jsons(WORDS), st.sampled_from(["```json\n{}\n```", "Sure! Here is the plan:\n{}\nHope it helps.", "{}\n\nDone :-)", "<answer>{}</answer>", "\ufeff  {} "]))  # fmt: skip
def test_fences_and_prose_around_it(value: Any, wrapping: str) -> None:
    """Fences, an introduction and a farewell do not matter (hard case 13)."""
    assert last(wrapping.replace("{}", json.dumps(value, indent=1))) == value


def trailing_commas(text: str) -> str:
    """As many of them as there can be."""
    return re.sub(r'(?<=[\w"\]}])(\s*[}\]])', r",\1", text)


DAMAGES: list[Callable[[str], str]] = [
    trailing_commas,
    lambda text: text.replace('"', "'"),
    lambda text: re.sub(r'"([a-z]+)":', r"\1:", text),
    lambda text: text.replace("true", "True").replace("false", "False").replace("null", "None"),
    lambda text: text.rstrip("}]") if text.endswith(("}}", "]}")) else text,
    lambda text: text + text,
    lambda text: text + "]",
    lambda text: f"// the plan\n{text}  # done",
    lambda text: re.sub(r'"([^"]*)"', "“\\1”", text),
]


@given(jsons(PLAIN), st.sampled_from(DAMAGES))
def test_one_kind_of_damage_at_a_time(value: Any, damage: Callable[[str], str]) -> None:
    """Commas too many, other quotes, bare keys, Python's words, lost or added brackets, doubling, comments (case 13)."""
    assert last(damage(json.dumps(value, ensure_ascii=False, indent=1))) == value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ('{"a": "he said "stop" twice"}', {"a": 'he said "stop" twice'}),
        ("{'a': 'it's a sign', 'b': 1}", {"a": "it's a sign", "b": 1}),
        ('{"a": "line\nbreak"}', {"a": "line\nbreak"}),
        ('{"a": "x"\n "b": "y"}', {"a": "x", "b": "y"}),
        (r'{"a": "\alpha \d",}', {"a": r"\alpha \d"}),
        ('{"a": "\\ud83d\\ude00",}', {"a": "😀"}),
        ('{"a": "\\ud83d"}', {"a": "\ufffd"}),
        ('{"a": NaN, "b": Infinity}', {"a": None, "b": None}),
        ('{"a": +1, "b": .5, "c": 2., "d": -3e2}', {"a": 1, "b": 0.5, "c": 2.0, "d": -300.0}),
        ('{"a": [1, 2}', {"a": [1, 2]}),
        ('Use {x} or [y]. {"a": 1}', {"a": 1}),
        ("{" + '"a":{' * 10 + "}" * 11, {"a": {"a": {"a": {"a": {"a": {"a": {"a": {"a": {"a": {"a": {}}}}}}}}}}}),
    ],
)
def test_what_was_meant(text: str, value: Any) -> None:
    """Unescaped quotes, apostrophes, raw newlines, LaTeX, halves of characters, odd numbers, mixed brackets."""
    assert last(text) == value


@pytest.mark.parametrize(
    ("text", "value", "cut"),
    [
        ('{"a": [{"b": 1}', {"a": [{"b": 1}]}, False),
        ('{"a": [{"b": 1},', {"a": [{"b": 1}]}, True),
        ('{"a": [{"b": 1}, {"c": "half of', {"a": [{"b": 1}, {}]}, True),
        ('{"a": [', {"a": []}, True),
        ('{"a": tru', {}, True),
        ('{"a":', {}, True),
        ('{"a": "b\\', {}, True),
    ],
)
def test_texts_that_stop(text: str, value: Any, cut: bool) -> None:
    """What was whole is kept; whether anything was lost is said, and lost brackets alone lose nothing."""
    found = values_in(text)[-1]
    assert (found.value, found.cut) == (value, cut)


@given(jsons(PLAIN), st.data())
def test_every_beginning_of_json_can_be_read(value: Any, data: st.DataObject) -> None:
    """While a reply is streamed, each beginning of it gives what is whole so far, and never invents a key."""
    text = json.dumps(value)
    found = values_in(text[: data.draw(st.integers(1, len(text)))])
    assert set(found[0].value) <= set(value)


@given(st.text(st.sampled_from("{}[]\"',:\\ab1-.u \n/*#=“”"), max_size=200) | st.text(max_size=300))
def test_any_text_at_all(text: str) -> None:
    """No text does anything but give values; they can all be written as JSON again."""
    for found in values_in(text):
        json.dumps(found.value, allow_nan=False).encode()


@pytest.mark.parametrize(
    "text",
    [
        "[" * 100_000,
        '{"a":' * 50_000,
        "{" * 20_000 + "}" * 20_000,
        '"' * 100_000,
        "[1," * 50_000,
        '{"' * 100_000 + '",',
    ],
)
def test_abysses(text: str) -> None:
    """Nesting without end ends."""
    assert isinstance(values_in(text), tuple)
