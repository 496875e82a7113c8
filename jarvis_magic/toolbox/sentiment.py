"""Whether a text is positive or negative, by VADER's lexicon and rules."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from jarvis_magic.kinds import Label, WithNotes

from .loading import Knobs, Loaded, some_text
from .sentences import split_sentences

if TYPE_CHECKING:
    from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

_CLEAR = 0.05  # VADER's own threshold of its compound score, which runs from -1 to 1


def _load() -> SentimentIntensityAnalyzer:
    from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

    return SentimentIntensityAnalyzer()


_analyser = Loaded(_load)


def judge_sentiment(text: str, options: Mapping[str, object] | None = None) -> list[Label] | WithNotes:
    """Say whether a text is positive, negative or neutral, best first; the scores sum to 1.

    Parameters
    ----------
    text
        English; short and plainly worded texts such as reviews and posts work best.

    Raises
    ------
    EndpointRejected
        If the text is empty.
    """
    Knobs(options)
    some_text(text, "to judge")
    compound = _mean_compound(text)
    labels = _as_labels(compound)
    from .language import sure_language

    code = sure_language(text)
    if code and code != "en":
        return WithNotes(
            labels, (f"The text seems to be in {code!r}, and VADER knows English words only: do not rely on this.",)
        )
    return labels


def _mean_compound(text: str) -> float:
    """VADER is made for single sentences; a longer text is as positive as its sentences with feeling are on average."""
    analyser = _analyser()
    scores = [analyser.polarity_scores(s)["compound"] for s in split_sentences(text)]
    felt = [s for s in scores if abs(s) >= _CLEAR]
    return sum(felt) / len(felt) if felt else 0.0


def _as_labels(compound: float) -> list[Label]:
    """Share out 1 by the strength: none is all neutral, the strongest is nearly all positive or negative."""
    strength = abs(compound)
    winner, other = ("positive", "negative") if compound > 0 else ("negative", "positive")
    if strength < _CLEAR:
        shares = {"neutral": 1 - strength, winner: strength * 3 / 4, other: strength / 4}
    else:
        certain = 0.5 + strength / 2
        shares = {winner: certain, "neutral": (1 - certain) * 3 / 4, other: (1 - certain) / 4}
    return [Label(name, round(share, 4)) for name, share in sorted(shares.items(), key=lambda pair: -pair[1])]
