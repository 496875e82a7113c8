"""JSON as language models write it: in fences and prose, cut off, with the wrong quotes, commas and brackets.

Real JSON is read as JSON. Otherwise every object or list of the text is read as far as it makes sense: single or curly
quotes, Python's words, comments, bare keys, missing or trailing commas, raw newlines and unescaped quotes in strings,
brackets that were forgotten, and texts that stop in the middle.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

DEEPEST = 60
"""How deep values may be nested."""
LONGEST = 400_000
"""How many characters of a text are looked at."""
_WASTE = 500_000
"""How many characters may be read in vain, so that no text takes long."""

_SPACE = re.compile(r"(?:\s+|//[^\n]*|/\*.*?\*/|\#[^\n]*)*", re.DOTALL)
_HEXADECIMAL = re.compile(r"[0-9a-fA-F]{4}")
_OPENING = re.compile(r"[{\[]")
_NUMBER = re.compile(r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?")
_WORD = re.compile(r"[A-Za-z_$][\w$-]*")
_BEGUN = re.compile(r"[-+.\w]*\Z")  # a number or word of which the rest is not there
_WORDS = {"true": True, "false": False, "null": None, "none": None, "undefined": None, "nan": None, "infinity": None}
_CLOSING = {'"': '"', "'": "'", "“": "”", "‘": "’", "„": "“", "«": "»", "`": "`"}
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f"}
_AFTER_STRING = re.compile(r"\s*(?:[,:}\]]|$|//|\n\s*[\"'“{\[])")


@dataclass(frozen=True)
class Found:
    """A value found in a text, whether the text stopped in the middle of it, and inside how many objects and lists."""

    value: Any
    cut: bool = False
    open: int = 0


class _NotJson(Exception):
    """What stands here makes no sense as JSON."""


class _End(Exception):
    """The text stopped inside a value."""


def values_in(text: str) -> tuple[Found, ...]:
    """Return the JSON objects and lists of a text, in order; other values only if they are all of it."""
    text = text[:LONGEST].lstrip("\ufeff")
    try:
        return (Found(_sound(json.loads(text, parse_constant=lambda _: None))),)
    except (ValueError, RecursionError):
        return tuple(_scattered(text))


def _scattered(text: str) -> Iterator[Found]:
    position = wasted = 0
    while (start := _OPENING.search(text, position)) and wasted < _WASTE:
        reader = _Reader(text, start.start())
        try:
            value = reader.value(0)
        except (_NotJson, _End):
            wasted += reader.position - position
            position = start.end()
        else:
            yield Found(_sound(value), reader.cut, reader.open)
            position = reader.position


def _sound(value: Any) -> Any:
    """The value without halves of surrogate pairs and infinite numbers, which JSON cannot write again."""
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if isinstance(value, str):
        return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if isinstance(value, list):
        return [_sound(item) for item in value]
    if isinstance(value, dict):
        return {_sound(key): _sound(item) for key, item in value.items()}
    return value


class _Reader:
    """Reads one value, forgivingly. ``cut`` says whether the text ended before its last item was whole.

    ``open`` counts the objects and lists whose end is not there.
    """

    def __init__(self, text: str, position: int) -> None:
        self.text, self.position, self.cut, self.open = text, position, False, 0

    def value(self, depth: int) -> Any:
        """The value that begins here."""
        first = self._next()
        if depth > DEEPEST:
            raise _End
        if first == "{":
            return self._object(depth)
        if first == "[":
            return self._list(depth)
        if first in _CLOSING:
            return self._string()
        if number := _NUMBER.match(self.text, self.position):
            self.position = number.end()
            return _number(number[0])
        return self._word()

    def _object(self, depth: int) -> dict[str, Any]:
        found: dict[str, Any] = {}
        self.position += 1
        try:
            while self._another_before("}"):
                key = self._key()
                if self._next() != ":":
                    raise _NotJson
                self.position += 1
                found[key] = self.value(depth + 1)
        except _End:
            self._stop()
        return found

    def _list(self, depth: int) -> list[Any]:
        found: list[Any] = []
        self.position += 1
        try:
            while self._another_before("]"):
                found.append(self.value(depth + 1))
        except _End:
            self._stop()
        return found

    def _stop(self) -> None:
        """Leave the rest of the text alone: it is not there, or too deep."""
        self.position, self.cut = len(self.text), True
        self.open += 1

    def _another_before(self, closing: str) -> bool:
        """Whether another item follows; if not, go over the end, unless it is that of another container."""
        while self._peek() == ",":
            self.position += 1
        following = self._peek()
        self.position += following == closing
        self.cut |= not following and self.text.rstrip()[-1] in "[{,"
        self.open += not following
        return following not in ("}", "]", "")

    def _key(self) -> str:
        if self._next() in _CLOSING:
            return self._string()
        word = _WORD.match(self.text, self.position)
        if word is None:
            raise _NotJson
        self.position = word.end()
        return word[0]

    def _string(self) -> str:
        closing = _CLOSING[self.text[self.position]]
        parts: list[str] = []
        self.position += 1
        while (end := self._before(closing)) < len(self.text):
            parts.append(self.text[self.position : end])
            self.position = end + 1
            if self.text[end] == "\\":
                parts.append(self._escaped())
            elif _AFTER_STRING.match(self.text, self.position):
                return "".join(parts)
            else:
                parts.append(closing)  # a quote inside the string that should have been escaped
        raise _End

    def _before(self, closing: str) -> int:
        """Where the next closing quote or backslash stands; the end of the text if there is none."""
        quote, backslash = self.text.find(closing, self.position), self.text.find("\\", self.position)
        return min(place if place >= 0 else len(self.text) for place in (quote, backslash))

    def _escaped(self) -> str:
        """What a backslash stands for; itself, before a character that needs none."""
        if self.position >= len(self.text):
            raise _End
        character = self.text[self.position]
        self.position += 1
        if character == "u" and (digits := _HEXADECIMAL.match(self.text, self.position)):
            self.position = digits.end()
            return chr(int(digits[0], 16))
        if character in "\"'\\/":
            return character
        return _ESCAPES.get(character, "\\" + character)

    def _word(self) -> Any:
        word = _WORD.match(self.text, self.position)
        if word is None or word[0].casefold() not in _WORDS:
            raise _End if _BEGUN.match(self.text, self.position) else _NotJson
        self.position = word.end()
        return _WORDS[word[0].casefold()]

    def _peek(self) -> str:
        """The next character that means something; empty at the end."""
        if space := _SPACE.match(self.text, self.position):
            self.position = space.end()
        return self.text[self.position : self.position + 1]

    def _next(self) -> str:
        following = self._peek()
        if not following:
            raise _End
        return following


def _number(written: str) -> int | float | None:
    whole = re.fullmatch(r"[-+]?\d+", written)
    if whole:
        return int(written) if len(written) < 400 else None
    return float(written)
