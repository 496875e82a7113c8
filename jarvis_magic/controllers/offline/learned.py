"""What the words of a request say to a small learned model: how likely each of the benchmark's tools is, and where it is asked for.

Two linear classifiers over hashed features, trained by ``scripts/train_planner.py``: one reads each clause, and a tool is
as likely as that at least one clause asks for it; one reads the request as a whole. Their opinions are averaged. No words
are kept: a feature is only the bucket its hash falls into. NumPy is imported when a request is read.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice, pairwise

from .drafting import Drafting
from .lexicon import Mention, mentions
from .reading import MARKS, Reading, fold
from .taskbench import tool_of

BUCKETS = 1 << 16
MOST_CLAUSES = 300
"""How many clauses of a request are read."""
_NAMES = {mark: f"<{name}>" for name, mark in MARKS.items()}
_WORD = re.compile(f"[a-z]+(?:'[a-z]+)?|[{''.join(MARKS.values())}]|\\?")
_CUT = re.compile(
    r"[.?!;]+(?=\s|$)|\s*[,:()]\s*(?:(?:and then|and also|and|then|finally|after that|next|also|but)\b)?"
    r"|\b(?:and then|and also|and|then|after that|finally|next|also|but|based on|using|from which|as well as|after which|before)\b",
    re.ASCII,
)
_CONTENT = re.compile(f"[a-z]{{2}}|[{''.join(MARKS.values())}]")
_COMMON = frozenset(
    [
        "a",
        "an",
        "the",
        "i",
        "to",
        "my",
        "of",
        "that",
        "this",
        "is",
        "it",
        "in",
        "and",
        "on",
        "with",
        "for",
        "me",
        "you",
        "be",
        "have",
        "would",
        "like",
        "please",
        "need",
        "want",
        "can",
        "could",
        "help",
    ]
)
_ENDINGS = (
    "ization",
    "isation",
    "ations",
    "ation",
    "ating",
    "ates",
    "ated",
    "ate",
    "izing",
    "izes",
    "ized",
    "ize",
    "ies",
    "ied",
    "ing",
    "ions",
    "ed",
    "es",
    "s",
)


@dataclass(frozen=True)
class Signals:
    """What the model reads of a request: where its clauses stand, and the features of each, bucket to weight."""

    places: tuple[tuple[int, int], ...]
    clauses: tuple[dict[int, float], ...]

    @property
    def whole(self) -> dict[int, float]:
        """The features of the request as a whole, of length one."""
        found: dict[int, float] = {}
        for clause in self.clauses:
            for bucket, weight in clause.items():
                found[bucket] = max(weight, found.get(bucket, 0.0))
        length = sum(weight * weight for weight in found.values()) ** 0.5 or 1.0
        return {bucket: weight / length for bucket, weight in found.items()}


def signals(reading: Reading, drafting: Drafting) -> Signals:
    """Read the features of a request; what the rules have planned is among them."""
    places = tuple(islice(_places(reading.skeleton), MOST_CLAUSES)) or ((0, len(reading.skeleton)),)
    words = [_words(reading.skeleton[start:end]) for start, end in places]
    found = mentions(reading.skeleton[: places[-1][1]])
    planned = {task.id: tool_of(task) for task in drafting.tasks}
    shared = [
        *(f"kind {span.kind}" for span in reading.spans if span.what == "reference"),
        *(f"plan {tool}" for tool in planned.values()),
    ]
    clauses = []
    for i, (start, end) in enumerate(places):
        features = dict.fromkeys(_within(words[i], reading.skeleton[start:end]), 1.0)
        features |= dict.fromkeys(_beside(words[i - 1] if i else ["^"], "before"), 0.5)
        features |= dict.fromkeys(_beside(words[i + 1] if i + 1 < len(words) else ["$"], "behind"), 0.5)
        features |= dict.fromkeys(_said(reading, found, start, end), 1.0)
        last = i == len(places) - 1
        here = (
            tool
            for name, tool in planned.items()
            if (start if i else 0) <= drafting.places[name] < (len(reading.text) + 1 if last else places[i + 1][0])
        )
        features |= dict.fromkeys((f"here {tool}" for tool in here), 1.0)
        features |= dict.fromkeys(shared, 0.5)
        features[f"place {'only' if len(places) == 1 else 'first' if i == 0 else 'last' if last else 'middle'}"] = 1.0
        clauses.append(_hashed(features))
    return Signals(places, tuple(clauses))


def _places(skeleton: str) -> Iterator[tuple[int, int]]:
    position = 0
    for cut in _CUT.finditer(skeleton):
        if _CONTENT.search(skeleton, position, cut.start()):
            yield position, cut.start()
        position = cut.end()
    if _CONTENT.search(skeleton, position):
        yield position, len(skeleton)


def _words(skeleton: str) -> list[str]:
    return [_NAMES.get(word) or _stem(word) for word in _WORD.findall(skeleton)]


def _stem(word: str) -> str:
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            return word[: -len(ending)]
    return word


def _within(words: Sequence[str], skeleton: str) -> Iterator[str]:
    """Words, pairs, triples, near pairs, and pieces of words."""
    yield from words
    yield from (f"{a}_{b}" for a, b in pairwise(["^", *words, "$"]))
    yield from (f"{a}_{b}_{c}" for a, b, c in zip(words, words[1:], words[2:], strict=False))
    content = [word for word in words if word not in _COMMON]
    for i, word in enumerate(content):
        yield from (f"{word}~{other}" for other in content[i + 1 : i + 4])
    for word in re.findall(r"[a-z']+", skeleton):
        whole = f" {word} "
        for size in (4, 5):
            yield from (f"#{whole[i : i + size]}" for i in range(len(whole) - size + 1))


def _beside(words: Sequence[str], where: str) -> Iterator[str]:
    return (f"{where} {word}" for word in words)


def _said(reading: Reading, found: Sequence[Mention], start: int, end: int) -> Iterator[str]:
    """What the lexicon finds in a clause, and the words it quotes."""
    for mention in found:
        if start <= mention.start < end:
            yield f"act {mention.action}"
            yield f"act {mention.action} {mention.names_result}"
    for span in reading.within(start, end, "quote"):
        yield from (f"quote {word}" for word in _words(fold(span.value[:200])))
        yield f"quote {span.value.endswith('?')} {len(span.value.split()) > 12}"


def _hashed(features: dict[str, float]) -> dict[int, float]:
    found: dict[int, float] = {}
    for feature, weight in features.items():
        bucket = zlib.crc32(feature.encode()) % BUCKETS
        found[bucket] = max(weight, found.get(bucket, 0.0))
    return found
