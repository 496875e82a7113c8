"""Lists of labels to choose from: "into billing, shipping or technical"; "is it a cat, a dog or a rabbit?"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from .languages import LANGUAGE_PATTERN
from .lexicon import mentions
from .reading import ANY_REFERENCE, FILLER, MARKS, Reading, fold

_QUOTED = f"{MARKS['quote']}{FILLER}*"
_OR = r"(?:or|oder|ou|o|或者|或|还是)"
_AND = rf"(?:and|und|et|y|和|{_OR[3:-1]})"
_ITEM = rf"(?:(?:an?|the|ein(?:e|en)?|une?|una?)\s+)?(?:{_QUOTED}|(?!(?:or|and|is|are|it|then)\b)[a-z][a-z'-]*(?:\s(?!(?:or|and|is|are|in|oder|und|ou|et)\b)[a-z][a-z'-]*){{0,2}})"
_LIST_OR = rf"(?P<list>(?:{_ITEM}\s?,\s*){{0,12}}{_ITEM}(?:\s?,)?\s*\b{_OR}\s+(?:not\s+)?{_ITEM})"
_LIST_ANY = rf"(?P<list>(?:{_ITEM}\s?,\s*){{0,12}}{_ITEM}(?:\s?,)?\s*\b{_AND}\s+(?:not\s+)?{_ITEM}|(?:{_ITEM}\s?,\s*){{1,12}}{_ITEM})"
_SORTS = r"(?:sort|classif\w*|group|divide|label|mark|tag|categori\w*|assign|rate|flag|ordne|teile|klassifizier\w*|classe\w*|clasifica\w*)"
_PATTERNS = tuple(
    re.compile(pattern, re.ASCII)
    for pattern in (
        rf"\b{_SORTS}\b[^.?!;:\n]{{0,80}}?\b(?:into|as|als|en|comme|como)\s+(?:either\s+)?{_LIST_ANY}",
        rf"\bordne\b[^.?!;:\n]{{0,80}}\bzu\s*:\s*{_LIST_ANY}",
        rf"\b(?:sortier\w*|ordne|teile|unterteile)\b[^.?!;:\n]{{0,80}}?\bin\s+{_LIST_ANY}",
        rf"\b(?:topics|labels|classes|categories|options|classes suivantes|clases)\s*(?:are\s*)?:?\s*{_LIST_ANY}",
        rf"\b(?:which|what|classif\w+|label\w*|categor\w+|tag|describes|fits|recogni\w+|emotion|welche\w*|quel\w*|cual)\b[^.?!;:\n]{{0,80}}:\s*{_LIST_ANY}",
        rf"\b(?:is|are|was|were|be|being|sounds?|seems?|ist|est|es)\s+(?:(?:it|this|that|the\s+\w+(?:\s+(?:in|of|on))?)\s+)?(?:{ANY_REFERENCE}(?:\s?,)?\s*)?{_LIST_OR}",
        rf"\b(?:is|are|who|whose|which)\b[^.?!;:\n,]{{0,80}},\s*{_LIST_OR}\s*(?=[?.]|$)",
        r"\bwhich\b[^.?!\n]{0,40}\babout\s+(?P<list>[a-z]+\s+and\s+(?:which\s+)?(?:are\s+)?about\s+[a-z]+)",
    )
)
_BETWEEN = re.compile(
    rf"(?:\s?,)?\s*\b{_AND}\b\s+(?:which\s+)?(?:are\s+)?(?:about\s+)?|\s?,\s*|、|或者|或|还是", re.ASCII
)
_ARTICLE = re.compile(r"(?:an?|the|either|ein(?:e|en)?|une?|una?)\s+", re.ASCII)
_NO_LABELS = re.compile(
    rf"\b(?:positiv\w*|negativ\w*|black|it|them|{LANGUAGE_PATTERN})\b",
    re.ASCII,
)


@dataclass(frozen=True)
class Choices:
    """The labels that a stretch of the request lists."""

    labels: tuple[str, ...]
    start: int
    end: int


def choices(reading: Reading) -> Iterator[Choices]:
    """Find every list of labels, in order."""
    position = 0
    found = sorted(
        (m.start("list"), -m.end("list")) for pattern in _PATTERNS for m in pattern.finditer(reading.skeleton)
    )
    for start, minus_end in found:
        if start >= position:
            labels = tuple(_labels(reading, start, -minus_end))
            if (
                len(labels) > 1
                and not _NO_LABELS.search(reading.skeleton[start:-minus_end])
                and not any(map(_asks, labels))
            ):
                yield Choices(labels, start, -minus_end)
                position = -minus_end


def _asks(label: str) -> bool:
    """Whether a would-be label asks for something itself: "sort it into folders, summarise it and read it"."""
    return len(label.split()) > 1 and any(m.start == 0 and not m.names_result for m in mentions(fold(label)))


def _labels(reading: Reading, start: int, end: int) -> Iterator[str]:
    position = start
    for cut in [*_BETWEEN.finditer(reading.skeleton, start, end), None]:
        stop = cut.start() if cut else end
        quoted = reading.within(position, stop, "quote")
        article = _ARTICLE.match(reading.skeleton, position, stop)
        label = (
            quoted[0].value if quoted else reading.text[article.end() if article else position : stop].strip(" .?!,")
        )
        if label:
            yield label
        position = cut.end() if cut else end
