"""Keywords of a text: words, names and repeated phrases, ranked by how near they are to what the whole is about."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterator, Mapping

from jarvis_magic.kinds import Token

from .loading import Knobs, some_text
from .meaning import vectors_of
from .patterns import find_names
from .sentences import COMMON_WORDS

_WORD = re.compile(r"[^\W\d_](?:[\w'’-]*\w)?")
_SHORTEST_WORD, _LONGEST_PHRASE, _MOST_CANDIDATES = 3, 3, 3_000

Places = dict[str, list[tuple[int, int]]]


def find_keywords(text: str, options: Mapping[str, object] | None = None) -> list[Token]:
    """Find the words and phrases that tell best what a text is about.

    Parameters
    ----------
    text
        Some sentences or paragraphs, in English.
    options
        ``top``: how many, 8 if left out.

    Returns
    -------
    list of Token
        Best first, labelled KEYWORD, each where it first stands in the text.

    Raises
    ------
    EndpointRejected
        If the text is empty.
    """
    top = Knobs(options, "top").whole("top", 8, 1, 100)
    ranked = sorted(_scored(some_text(text, "to find keywords in")), key=lambda token: -token.score)
    chosen: dict[str, Token] = {}
    for token in ranked:
        words = set(_stems(token.text))
        if len(chosen) < top and not any(words <= set(key.split()) for key in chosen):
            chosen[" ".join(words)] = token
    return list(chosen.values())


def _scored(text: str) -> Iterator[Token]:
    """How near each candidate is to the whole text, more for words that come back."""
    places = _candidates(text)
    often = Counter(stem for word in _WORD.findall(text) for stem in _stems(word))
    vectors = vectors_of([text, *places])
    for nearness, phrase, spans in zip(vectors[1:] @ vectors[0], places, places.values(), strict=True):
        start, end = spans[0]
        counts = [math.log2(1 + often[stem]) for stem in _stems(phrase)]
        worth = max(0.0, float(nearness)) * sum(counts) / len(counts)
        yield Token(text[start:end], "KEYWORD", round(1 - math.exp(-worth), 4), start, end)


def _candidates(text: str) -> Places:
    """Where each word, name and repeated phrase without common words stands."""
    places: Places = {}
    for run in _runs(text):
        for i in range(len(run)):
            for last in run[i : i + _LONGEST_PHRASE]:
                start, end = run[i].start(), last.end()
                places.setdefault(text[start:end].casefold(), []).append((start, end))
    names = {name.text.casefold() for name in find_names(text)}
    kept = [p for p, spans in places.items() if " " not in p or len(spans) > 1 or p in names]
    return {phrase: places[phrase] for phrase in kept[:_MOST_CANDIDATES]}


def _runs(text: str) -> Iterator[list[re.Match[str]]]:
    """Uncommon words that follow each other with nothing but a space between them."""
    run: list[re.Match[str]] = []
    for word in _WORD.finditer(text):
        common = word[0].casefold() in COMMON_WORDS or len(word[0]) < _SHORTEST_WORD
        if run and (common or text[run[-1].end() : word.start()] != " "):
            yield run
            run = []
        if not common:
            run.append(word)
    yield run


def _stems(phrase: str) -> list[str]:
    """Words in lower case and, roughly, in the singular."""
    folded = phrase.casefold().split()
    return [word[:-1] if word.endswith("s") and not word.endswith("ss") else word for word in folded]
