"""Which language a text is in, by py3langid, whose model of 140 languages is in its wheel."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from typing import TYPE_CHECKING

from jarvis_magic.kinds import Label

from .loading import Knobs, Loaded, some_text

if TYPE_CHECKING:
    from py3langid.langid import LanguageIdentifier

_SURE, _SURE_LENGTH = 0.95, 20
_LOOKED_AT = 1000
_WRITTEN_IN = {
    "HIRAGANA": "ja", "KATAKANA": "ja", "HANGUL": "ko", "CJK": "zh", "CYRILLIC": "ru", "ARABIC": "ar", "HEBREW": "he", "GREEK": "el",
    "THAI": "th", "DEVANAGARI": "hi", "BENGALI": "bn", "TAMIL": "ta", "TELUGU": "te", "GEORGIAN": "ka", "ARMENIAN": "hy",
}  # fmt: skip


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
    """The language's code if the text is long and clear enough to be sure, or in letters that tell it; else ``None``."""
    if len(text.strip()) >= _SURE_LENGTH:
        best = recognise_language(text)[0]
        if best.score >= _SURE:
            return best.label
    return _told_by_letters(text[:_LOOKED_AT])


def _told_by_letters(text: str) -> str | None:
    """The language that most often is written in the letters of a text, if those are mostly not Latin."""
    scripts = [unicodedata.name(letter, "").partition(" ")[0] for letter in text if letter.isalpha()]
    others = {script for script in scripts if script != "LATIN"}
    if sum(script in others for script in scripts) <= max(1, len(scripts) / 2):
        return None
    return next((code for script, code in _WRITTEN_IN.items() if script in others), None)
