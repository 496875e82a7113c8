"""Extractive summaries: the sentences nearest to what the whole text is about, without saying a thing twice."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from .loading import Knobs, some_text
from .meaning import vectors_of
from .sentences import split_sentences, words

_MOST_SENTENCES = 2_000
_REPETITION = 0.5  # how strongly a sentence is held back for being like one already chosen
_FEWEST_WORDS = 4  # of a sentence that may stand in a summary


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
    sentences = split_sentences(some_text(text, "to summarise"))[:_MOST_SENTENCES]
    usual = min(7, max(1, math.ceil(len(sentences) / 4)))
    count = knobs.whole("sentences", usual, 1, 100)
    if len(sentences) <= count:
        return " ".join(sentences)
    return " ".join(sentences[i] for i in sorted(most_telling(sentences, count)))


def most_telling(sentences: Sequence[str], count: int) -> list[int]:
    """Choose sentences one by one: near to the whole, far from those already chosen (maximal marginal relevance)."""
    import numpy as np

    vectors = vectors_of(sentences)
    whole = vectors.sum(axis=0)
    nearness = vectors @ (whole / (np.linalg.norm(whole) or 1))
    nearness -= np.array([len(words(s)) < _FEWEST_WORDS for s in sentences])
    chosen: list[int] = []
    told = np.zeros(len(sentences), np.float32)
    while len(chosen) < count:
        worth = nearness - _REPETITION * told
        worth[chosen] = -np.inf
        best = int(worth.argmax())
        chosen.append(best)
        told = np.maximum(told, vectors @ vectors[best])
    return chosen
