"""What people call the task types: the words of the field, in English, German, French, Spanish and Chinese.

An *action* is what a clause asks for; which task type does it depends on the kind of what it is done to ("classify" a
text, a picture, a recording). Phrases are written as they stand in a skeleton (lower case, no accents): ``..`` stands for a few
words in between, ``<image>`` for a reference to an image (`<any>` to anything), ``<quote>`` for a quoted text, ``<language>`` for a
language's name; the rest is regular-expression syntax. Every phrase begins with two plain characters or a mark, by which it is
found; so reading stays linear however many there are.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from .languages import LANGUAGE_PATTERN
from .reading import ANY_REFERENCE, FILLER, MARKS
from .words import ACTIONS, Action

__all__ = ["ACTIONS", "Action", "Mention", "mentions"]


@dataclass(frozen=True)
class Mention:
    """A place in the skeleton where an action is asked for, or (`names_result`) its result is named.

    ``reach`` is how far the phrase goes beyond its first words; what stands there may be mentioned for itself.
    """

    start: int
    end: int
    reach: int
    action: str
    names_result: bool


def mentions(skeleton: str) -> list[Mention]:
    """Return every phrase found in a skeleton, in order; where phrases overlap, the longest stays."""
    found: list[Mention] = []
    phrases = _phrases()
    for place in _WORD_START.finditer(skeleton):
        start = place.start()
        for key in (skeleton[start : start + 2], skeleton[start]):
            for phrase in phrases.get(key, ()):
                match = phrase.pattern.match(skeleton, start)
                if match:
                    names_result = phrase.names_result or _is_object(skeleton, start, match.end(1))
                    found.append(Mention(start, match.end(1), match.end(), phrase.action, names_result))
    return _without_overlaps(skeleton, found)


def _is_object(skeleton: str, start: int, end: int) -> bool:
    """Whether a verb stands as what something is done to: behind 把 or 将, or as in "the classified text"."""
    if skeleton[start - 1 : start] in ("把", "将"):
        return True
    if skeleton[start:end] in ("painting", "drawing"):
        return _AN.search(skeleton[max(0, start - 40) : start]) is not None
    return (
        skeleton.endswith("ed", start, end)
        and _THE.search(skeleton[max(0, start - 12) : start]) is not None
        and skeleton[end : end + 1] == " "
    )


_AN = re.compile(r"\b(?:an?|the|this|that|my)\s+(?:[\w-]+\s+){0,3}$", re.ASCII)
_THE = re.compile(r"\b(?:the|this|that|these|each)\s+$", re.ASCII)
_ARTICLE = re.compile(
    r"\b(?:the|an?|this|that|these|its|his|her|their|my|our|your|each|every|both|all|any|no|which|what|die|der|das|den|eine?|la|le|les|un|une|el|los|las|una)\s+(?:\w+\s+)?$|\bl'$",
    re.ASCII,
)


def _has_article(skeleton: str, start: int) -> bool:
    """Whether a word that may be a verb or a noun stands behind an article, so that it is a noun."""
    return _ARTICLE.search(skeleton[max(0, start - 20) : start]) is not None


def _without_overlaps(skeleton: str, found: list[Mention]) -> list[Mention]:
    """At one place the longest phrase wins; a later one that lies inside the winner is part of it."""
    kept: list[Mention] = []
    for mention in sorted(found, key=lambda m: (m.start, -m.reach, m.names_result != _has_article(skeleton, m.start))):
        if not kept or mention.start >= kept[-1].end:
            kept.append(mention)
    return kept


_WORD_START = re.compile(rf"(?<![a-z0-9_])[a-z0-9]|[^\x00-\x7f{FILLER}]")
_GAP = r"(?:(?!\b(?:and|then|und|et|y)\b(?!\s*[\ue000-\ue007])|\bbut not\b|\baber nicht\b)[^.?!,;\n]){1,60}?"


@dataclass(frozen=True)
class _Phrase:
    pattern: re.Pattern[str]
    action: str
    names_result: bool


@cache
def _phrases() -> Mapping[str, tuple[_Phrase, ...]]:
    """Every phrase, under the one or two characters it can begin with."""
    found: dict[str, list[_Phrase]] = {}
    for action in ACTIONS.values():
        for written, names_result in ((action.does, False), (action.results, True)):
            for alternative in _alternatives(written):
                phrase = _Phrase(compile_phrase(alternative), action.name, names_result)
                for key in _keys(alternative):
                    found.setdefault(key, []).append(phrase)
    return {key: tuple(phrases) for key, phrases in found.items()}


def _alternatives(written: str) -> Iterator[str]:
    for line in written.splitlines():
        yield from (part.strip() for part in line.split(" | ") if part.strip())


def compile_phrase(written: str) -> re.Pattern[str]:
    """The regular expression of a phrase of the lexicon."""
    head, *tail = re.split(r"\s*(?<!\\)\.\.\s*", written)
    pattern = (
        (f"({head})" + "".join(f"{_GAP}(?<![a-z0-9_]){part}" for part in tail))
        .replace(" ?", r"\s?")
        .replace(" ", r"\s{1,9}")
    )
    for name, mark in MARKS.items():
        pattern = pattern.replace(f"<{name}>", f"(?:{mark}{FILLER}*)")
    pattern = re.sub(
        r"<\(\?:([a-z|]+)\)>", lambda m: "(?:[" + "".join(MARKS[n] for n in m[1].split("|")) + f"]{FILLER}*)", pattern
    )
    return re.compile(
        pattern.replace("<any>", f"(?:{ANY_REFERENCE})").replace("<language>", LANGUAGE_PATTERN), re.ASCII
    )


def _keys(phrase: str) -> set[str]:
    """The first one or two characters of what a phrase can begin with."""
    group = re.match(r"\(\?:([^()]+)\)(?!\?)", phrase)
    if group:
        return {key for first in group[1].split("|") for key in _keys(first)}
    mark = re.match(r"<(any|language|\(\?:[a-z|]+\)|[a-z]+)>", phrase)
    if mark:
        return _mark_keys(mark[1])
    plain = re.match(r"([^\W_]|[ '-])(?:([^\W_]|[ '-])(?![?*{]))?", phrase)
    if not plain or plain[1] == " ":
        msg = f"the phrase {phrase!r} does not begin with plain characters"
        raise ValueError(msg)
    return {plain[0]}


def _mark_keys(name: str) -> set[str]:
    if name == "language":
        return {form[:2] for form in LANGUAGE_PATTERN[3:-1].split("|")}
    if name == "any":
        return {mark for kind, mark in MARKS.items() if kind not in ("quote", "file")}
    return {MARKS[kind] for kind in re.findall(r"[a-z]+", name)}
