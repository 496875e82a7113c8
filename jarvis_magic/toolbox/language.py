"""Which language a text is in, by py3langid, whose model of 140 languages is in its wheel."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from jarvis_magic.kinds import Label

from .loading import Knobs, Loaded, some_text

if TYPE_CHECKING:
    from py3langid.langid import LanguageIdentifier

_SURE, _SURE_LENGTH = 0.95, 20


def _load() -> LanguageIdentifier:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)


_identifier = Loaded(_load)


def recognise_language(text: str, options: Mapping[str, object] | None = None) -> list[Label]:
    """Rank the languages a text may be in, as ISO 639 codes, best first.

    Parameters
    ----------
    text
        A sentence or more; one word is too little to tell.
    options
        ``top``: how many languages to name, 3 if left out.

    Raises
    ------
    EndpointRejected
        If the text is empty.
    """
    top = Knobs(options, "top").whole("top", 3, 1, 100)
    ranked = _identifier().rank(some_text(text, "to recognise"))
    return [Label(code, float(score)) for code, score in ranked[:top]]


def sure_language(text: str) -> str | None:
    """The language's code if the text is long and clear enough to be sure, else ``None``."""
    if len(text.strip()) < _SURE_LENGTH:
        return None
    best = recognise_language(text)[0]
    return best.label if best.score >= _SURE else None
