"""What a task can work on, and how a request speaks of it: by name, by a noun, by a pronoun."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from ...kinds import Kind
from ...wellformed import WITH_TEXT_FORM
from .lexicon import ACTIONS
from .reading import ANY_REFERENCE, Span

_A = re.ASCII
_OF_REFERENCE = re.compile(rf"\s+(?:of|from|for|de|du|del|von|vom|des)\s+(?:\w+\s+){{0,2}}{ANY_REFERENCE}", _A)
_PLURAL = re.compile(
    r"\b(?:them|both|all|these|those|each|every|two|three|alle|beide|diese|sie|tous|toutes|chacun|les deux|todos|todas|ambos|ambas|los|las)\b",
    _A,
)
_ARTICLE = (
    r"\b(?:the|this|that|same|new|resulting|der|die|das|den|dieses|le|la|l'|ce|cet|cette|el|este|esta)\s+(?:\w+\s+)?"
)
_CALLED = {
    "text": re.compile(rf"{_ARTICLE}(?:text|texte|texto|article|words|content)\b|内容|文字|文本", _A),
    "image": re.compile(rf"{_ARTICLE}(?:picture|image|photo|bild|foto|imagen|drawing|painting)\b|图片|照片", _A),
    "audio": re.compile(
        rf"{_ARTICLE}(?:audio|recording|sound|voice|caller|speaker|aufnahme|enregistrement|grabacion)\b|录音|音频", _A
    ),
    "video": re.compile(rf"{_ARTICLE}(?:video|clip|film)\b|视频", _A),
    "table": re.compile(rf"{_ARTICLE}(?:table|data|dataframe|spreadsheet|tabelle|tabla)\b|表格", _A),
}
_DOCUMENT = re.compile(
    r"scan|page|document|dokument|slide|folie|receipt|invoice|bill|rechnung|factur|letter|brief|fax|form|note|sign|poster|label"
    r"|whiteboard|screenshot|menu|contract|certificate|ticket|cheque|book|flyer"
)
_SAME_NOUN = (
    {"describe", "caption"}, {"entities", "keywords"}, {"read_text", "transcribe"}, {"segment", "mask"}, {"edit", "draw"},
)  # fmt: skip
_ALWAYS_PLURAL = frozenset({"entities", "keywords", "detect", "segment", "mask"})
_ORDINALS = {
    0: "first|erste[nsrm]?|premiere?|primer[oa]?", 1: "second|zweite[nsrm]?|deuxieme|segund[oa]", 2: "third|dritte[nsrm]?|troisieme|tercer[oa]?",
    3: "fourth|vierte[nsrm]?|quatrieme|cuart[oa]", 4: "fifth|funfte[nsrm]?|cinquieme|quint[oa]", -1: "last|final|letzte[nsrm]?|derniere?|ultim[oa]",
}  # fmt: skip
_ITEM = re.compile(
    rf"\b(?:{'|'.join(f'(?P<n{i}>{words})' for i, words in enumerate(_ORDINALS.values()))})\s+(?:\w+\s+)?(?:of|in|from|von|aus|in|de|du|des)\s+(?:the\s+|my\s+)?$",
    _A,
)
ANALYSES = frozenset({"depth", "canny", "hed", "mlsd", "openpose", "normal", "scribble"})
"""Actions whose pictures only tell something of another picture."""


@dataclass(frozen=True)
class Source:
    """What a task can work on.

    Parameters
    ----------
    written
        The argument that passes it: a reference, or words the request quotes.
    kind
        Its kind.
    action
        The action whose result it is; ``None`` for what the request brings.
    language
        The language it is known to be in.
    """

    written: str
    kind: Kind
    action: str | None = None
    language: str | None = None

    @property
    def name(self) -> str:
        """The name it refers to; empty for quoted words."""
        match = re.match(r"@(\w+)", self.written)
        return match[1] if match else ""

    @property
    def is_document(self) -> bool:
        """Whether a picture's name says that it shows something to be read."""
        return _DOCUMENT.search(self.name.lower()) is not None


def source_of(span: Span) -> Source:
    """The source that a covered stretch of the request stands for."""
    return Source(span.value, span.kind)


def is_passage(span: Span) -> bool:
    """Whether quoted words are a text to work on, rather than a name, a label or a question."""
    return len(span.value.split()) > 2 and not span.value.endswith("?")


def fits(action: str, source: Source) -> int:
    """How well an action does with a source: 2 as it is, 1 with its text form, 0 only turned into something else."""
    types = ACTIONS[action].types
    return 2 if source.kind.base in types else int("text" in types and source.kind.base in WITH_TEXT_FORM)


def kinds_called(words: str) -> list[str]:
    """The kinds that folded words call something by: "the picture", "das Bild"."""
    return [kind for kind, pattern in _CALLED.items() if pattern.search(words)]


def names(noun: str, action: str | None) -> bool:
    """Whether the noun of an action's result is used for that of another: a caption is a description too."""
    return noun == action or any(noun in kin and action in kin for kin in _SAME_NOUN)


def is_plural(words: str, noun: str = "", action: str = "") -> bool:
    """Whether folded words, and the noun for an action's result that follows them, speak of several things."""
    return _PLURAL.search(words) is not None or (noun.endswith(("s", "en")) and action not in _ALWAYS_PLURAL)


def is_of_reference(skeleton: str, end: int) -> bool:
    """Whether a noun that ends at a place is of something named: "the caption of @photo"."""
    return _OF_REFERENCE.match(skeleton, end) is not None


def item_said(skeleton: str, start: int) -> int | None:
    """The position of the item that is said before a list: 0 for "the first photo of", -1 for "the last of"."""
    match = _ITEM.search(skeleton, max(0, start - 40), start)
    return list(_ORDINALS)[int(match.lastgroup[1:])] if match and match.lastgroup else None


_THING = r"(?:one|picture|image|photo|drawing|text|recording|audio|sound|video|clip|table)"
_PLACE = re.compile(
    rf"\b(?:the|der|die|das|la|le|el)\s+(?:{'|'.join(f'(?P<n{i}>{words})' for i, words in enumerate(_ORDINALS.values()))})\s+"
    r"(?:(?P<image>picture|image|photo|drawing|bild|foto|imagen)|(?P<audio>recording|audio|sound|aufnahme|grabacion)|(?P<text>text|texte|texto)|(?P<video>video|clip)|(?P<table>table|tabelle|tabla))\b",
    _A,
)


def is_called(name: str, words: str) -> bool:
    """Whether folded words call something by its name: "the dark one", "the street photo"."""
    written = re.escape(name.replace("_", " "))
    return re.search(rf"\b(?:the|that|this|my)\s+{written}\s+{_THING}\b", words, _A) is not None


def without_name(words: str, sources: Iterable[Source]) -> str:
    """Words in which "it" stands for what sources are called by: "the first picture", "both photos", "the dark one"."""
    called = [re.escape(source.name.replace("_", " ")) for source in sources if source.name]
    pattern = rf"\s*\b(?:(?:the|that|this|these|those|my)\s+)?(?:{'|'.join([*_ORDINALS.values(), 'both', 'previous', 'earlier', *called])})\s+{_THING}s?\b"
    return re.sub(pattern, " it", words, flags=re.IGNORECASE).strip()


def place_called(words: str) -> tuple[str, int]:
    """The kind and position of what folded words call by its place: ``("image", 1)`` for "the second picture"; no kind if none."""
    match = _PLACE.search(words)
    if match is None:
        return "", 0
    found = [name for name, said in match.groupdict().items() if said]
    kind = next(name for name in found if not name.startswith("n"))
    ordinal = next(name for name in found if name.startswith("n"))
    return kind, list(_ORDINALS)[int(ordinal[1:])]
