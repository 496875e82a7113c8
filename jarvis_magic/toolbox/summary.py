"""Extractive summaries: the sentences nearest to what the whole text is about, without saying a thing twice."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence

from .loading import Knobs, some_text
from .meaning import vectors_of
from .sentences import split_sentences, words

_MOST_SENTENCES = 2_000
_REPETITION = 0.2  # how strongly a sentence is held back for being like one already chosen
_FULL_SENTENCE = 120  # characters
_NUMBER = re.compile(r"^\d{1,6}\. ", re.MULTILINE)
_ASIDES = frozenset({"i", "me", "my", "mine", "we", "us", "our", "you", "your"})


def summarise(text: str, options: Mapping[str, object] | None = None) -> str:
    """Shorten a text to its most telling sentences, in their order and their words.

    Parameters
    ----------
    text
        Some paragraphs of prose, in any language with sentences.
    options
        ``sentences``: how many to keep; if left out a quarter of them, at least one and at most seven.

    Raises
    ------
    EndpointRejected
        If the text is empty.
    """
    knobs = Knobs(options, "sentences")
    sentences = list(dict.fromkeys(split_sentences(_plain(some_text(text, "to summarise")))))[:_MOST_SENTENCES]
    usual = min(7, max(1, math.ceil(len(sentences) / 4)))
    count = knobs.whole("sentences", usual, 1, 100)
    if len(sentences) <= count:
        return " ".join(sentences)
    return " ".join(sentences[i] for i in sorted(most_telling(sentences, count)))


def _plain(text: str) -> str:
    """A numbered list without its numbers: what is kept of it is counted otherwise."""
    return _NUMBER.sub("", text) if _NUMBER.match(text) else text


def most_telling(sentences: Sequence[str], count: int) -> list[int]:
    """Choose sentences one by one: near to the whole, full of content, no aside, and unlike those already chosen."""
    import numpy as np

    vectors = vectors_of(sentences)
    nearness = vectors @ vectors.sum(axis=0)
    worth = nearness / (nearness.max() or 1) + [_content(sentence) for sentence in sentences]
    chosen: list[int] = []
    told = np.zeros(len(sentences))
    while len(chosen) < count:
        left = worth - _REPETITION * told
        left[chosen] = -np.inf
        best = int(left.argmax())
        chosen.append(best)
        told = np.maximum(told, vectors @ vectors[best])
    return chosen


def _content(sentence: str) -> float:
    """From 0 to 1 by length up to that of a full sentence, less a half where the writer or the reader appears."""
    aside = any(word.casefold() in _ASIDES for word in words(sentence))
    return min(1.0, len(sentence) / _FULL_SENTENCE) - 0.5 * aside
