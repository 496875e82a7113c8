"""What a task type needs beside its source, cut from the words of a wish: languages, voices, sizes, questions, instructions."""

from __future__ import annotations

import re

from .clauses import Wish
from .languages import LANGUAGE_PATTERN, language_named
from .reading import ANY_REFERENCE, Reading, Span, fold

_A = re.ASCII
_LANGUAGE = re.compile(rf"(?<![a-z])({LANGUAGE_PATTERN})(?![a-z])", _A)
_ORIGIN_BEFORE = re.compile(
    r"(?:\b(?:from|aus dem|vom|du|de l'|del|de)\s+(?:the\s+)?"
    r"|(?:\bit's|\bis|\bare|\bes ist|\bc'est|\besta)\s+(?:spoken\s+|written\s+)?(?:in|auf|en)\s+"
    r"|\b(?:text|article|document|sentence|paragraph|file|recording|speech|audio)\s+(?:is\s+)?(?:written\s+|spoken\s+)?in\s+|从|由)$",
    _A,
)
_NOT_INTO = re.compile(
    r"(?:\b(?:not|nicht|pas|no|instead of|rather than|statt|au lieu de|en vez de|en lugar de)\s+(?:(?:to|into|in|the|ins|nach|auf|en|al?|l')\s*)*|不(?:是|要)(?:翻?译?[成为])?)$",
    _A,
)
_ORIGIN_BEHIND = re.compile(r"\s+(?:text|sentence|paragraph|phrase|speech|audio|recording)\b", _A)
_CODE = re.compile(rf"{ANY_REFERENCE}\s+(?:(?:to|into|in)\s+)?([a-z]{{2}})\s*$", _A)
_VOICE = re.compile(
    r"\b(?:in|with|using|mit|avec|con)\s+(?:an?|the|une?|einer|una?)?\s*([a-z]+(?:\s+[a-z]+)?)\s+(?:voice|stimme)\b|\b(?:voix|voz)\s+(?!haute|alta)([a-z]+)",
    _A,
)
_ACCENT = re.compile(
    r"\b(?:british|american|australian|scottish|irish|indian|canadian)\s+(?:english|accent|voice)\b|\baccent\b", _A
)
_SIZE = re.compile(r"\b(\d{2,5})\s*(?:x|×|by)\s*(\d{2,5})(?:\s*(?:px|pixels?))?\b")
_SEED = re.compile(r"\b(?:with\s+)?seed\s*(?:=|:|of)?\s*(\d{1,10})\b")
_POINTING = re.compile(
    r"(?P<preposition>\b(?:according to|in|on|of|from|for|at|with|inside|using|auf|von|aus|im|sur|dans|de|du|en|del)\s+)?"
    r"(?:\b(?:the|this|that|my|our|each|every|all(?: of)?|one of|column|der|die|das|dem|den|la|le|les|el|los|las|cette|ce|esta|este)\s+)*"
    r"(?:\b(?:picture|image|photo|photograph|text|document|invoice|scan|table|recording|audio|file|dataframe|bild|foto|rechnung|imagen|rue)s?\s+)?$|[这那此](?:张|幅|个|篇|段)?(?:图片|照片|图|文章|文件|录音)?\s*$",
    _A,
)
_LEADING = re.compile(
    r"(?:[\s,:;.!-]++|(?:please|pls|kindly|then|and|also|but|now|first|second|third|finally|next|lastly|just|bitte|dann|und|puis|et|luego|y|"
    r"(?:can|could|would|will) you|i want to|i want you to|i need to|i would like to|i'd like to|help me(?: to)?|let's)\b\s*)+",
    _A,
)
_ASKING = re.compile(
    r"(?:(?:would like|like|want|need|try) to\s+)?(?:tell me|find out|know|learn|hear|answer|look at|explain|ask(?: it)?)\b[\s,:]*",
    _A,
)
_NEAR = 80  # characters in which words still point at what follows
_PUNCTUATION = " ,:;.!-，。、；"
_POLITE_END = re.compile(r"\b(?:please|pls|thx|thanks|thank you|bitte|merci|por favor|as well|too)$", _A)


CORRECTED = re.compile(
    r"[,;.]\s*(?:(?:oh|ah|er|um|sorry|wait|actually|nein|non|perdon|pardon)[,\s]+)*(?:no|nein|non|sorry|i mean|or rather|rather|better|actually|ich meine|je veux dire|quiero decir|不|不对)\b[,\s]",
    _A,
)
"""Words with which people take back what stands before: "into French, no, into German"."""


def languages(reading: Reading, wish: Wish, *, corrected: bool = True) -> tuple[list[str], str | None]:
    """The languages a wish names as targets, in order, and the one it names as source; of `corrected` ones what counts."""
    words = reading.skeleton[wish.start : wish.reach]
    correction = CORRECTED.search(words) if corrected else None
    if correction and _LANGUAGE.search(words, correction.end()):
        words = words[correction.end() :]
    places = [place for place in _LANGUAGE.finditer(words) if not _is_unwanted(words, place)]
    origins = [place for place in places if _is_origin(words, place, last=place is places[-1])][:1]
    source = next((language_named(place[1]) for place in origins), None)
    named = [language_named(place[1]) for place in places if place not in origins]
    code = _CODE.search(words)
    if not named and code:
        named = [language_named(code[1])]
    return list(dict.fromkeys(name for name in named if name)), source


def names_accent(reading: Reading, wish: Wish) -> bool:
    """Whether a wish says how its own language is to sound ("in British English"), not another language."""
    return _ACCENT.search(reading.skeleton, wish.start, wish.reach) is not None


def _is_unwanted(words: str, place: re.Match[str]) -> bool:
    """Whether a language is said not to be wanted: "into French, not into German"."""
    return _NOT_INTO.search(words, max(0, place.start() - 30), place.start()) is not None


def _is_origin(words: str, place: re.Match[str], *, last: bool) -> bool:
    """Whether a language is said to be what something is in, not what it is wanted in."""
    before = _ORIGIN_BEFORE.search(words[max(0, place.start() - 40) : place.start()])
    return before is not None or (not last and _ORIGIN_BEHIND.match(words, place.end()) is not None)


def voice(reading: Reading, wish: Wish) -> str | None:
    """The voice a wish asks for: "female", "deep"."""
    match = _VOICE.search(reading.skeleton, wish.start, wish.reach)
    return next((reading.text[match.start(i) : match.end(i)] for i in (1, 2) if match[i]), None) if match else None


def size_and_seed(reading: Reading, wish: Wish) -> tuple[dict[str, int], list[tuple[int, int]]]:
    """Width, height and seed of a picture, and where they are said, so that the description leaves them out."""
    found: dict[str, int] = {}
    places = []
    size = _SIZE.search(reading.skeleton, wish.start, wish.reach)
    if size:
        found |= {"width": int(size[1]), "height": int(size[2])}
        places.append(size.span())
    seed = _SEED.search(reading.skeleton, wish.start, wish.reach)
    if seed:
        found["seed"] = int(seed[1])
        places.append(seed.span())
    return found, places


def without_pointing(reading: Reading, start: int, end: int, *, question: bool = False) -> str:
    """The words of a stretch without the phrases that point at an input ("in the picture @photo"), which a text cannot hold.

    In a question a bare reference is called "it", several are called "they".
    """
    pieces, position = [], start
    groups = _coordinated(reading, start, end)
    for first, last in groups:
        pointing = _POINTING.search(reading.skeleton, max(position, first.start - _NEAR), first.start)
        before = reading.text[position : pointing.start() if pointing else first.start]
        pieces.append(before)
        rest = reading.skeleton[last.end : end].strip(" ?.!,;:")
        said = bool(before.strip()) and (bool(rest) or before.rstrip()[-1].isalnum())
        if question and said and not (pointing and pointing["preposition"]):
            pieces.append(
                _pronoun(reading.skeleton[start:end], before, several=first is not last or first.kind.depth > 0)
            )
        position = last.end
    pieces.append(reading.text[position:end])
    words = _WITHIN.sub("", tidy(" ".join(piece.strip() for piece in pieces if piece.strip())))
    asking = _ASKING.match(fold(words)) if question else None
    return words[asking.end() :] if asking else words


def _pronoun(question: str, before: str, *, several: bool) -> str:
    """What a question calls what is named in it, in its own language: "Wer hat es geschrieben?", "between them"."""
    if _GERMAN.match(question):
        return "sie" if several else "es"
    if _FRENCH.match(question):
        return "ils" if several else "cela"
    if _SPANISH.match(question):
        return "estos" if several else "esto"
    return ("them" if _AFTER_THESE.search(before.lower()) else "they") if several else "it"


def _coordinated(reading: Reading, start: int, end: int) -> list[tuple[Span, Span]]:
    """The references of a stretch, those joined by "and" or a comma as one: the first and the last of each group."""
    groups: list[tuple[Span, Span]] = []
    for span in reading.within(start, end, "reference"):
        if groups and _JOIN.fullmatch(reading.skeleton, groups[-1][1].end, span.start):
            groups[-1] = (groups[-1][0], span)
        else:
            groups.append((span, span))
    return groups


_GERMAN = re.compile(
    r"\s*(?:und\s+)?(?:wer|wen|wem|wessen|welche[rsnm]?|wann|wo|warum|wie|wieviele?|ist|sind|gibt|hat|haben|wurden?|was\s+(?:ist|sind|steht|sagt|hat|kann|macht|bedeutet))\b",
    _A,
)
_FRENCH = re.compile(
    r"\s*(?:et\s+)?(?:qui|que|quoi|de quoi|quel(?:le)?s?|quand|pourquoi|comment|combien|est-ce|est|sont|a quoi|d'ou)\b",
    _A,
)
_SPANISH = re.compile(r"\s*¿|\s*(?:y\s+)?(?:quien|cual(?:es)?|cuando|donde|por que|cuant[oa]s?|es|son|de que)\b", _A)
_AFTER_THESE = re.compile(r"\b(?:between|among|about|to|than|like|by|into|against|both|of|in)\s*$", _A)
_WITHIN = re.compile("^[里中上内][面边]?的?(?=.)")
"""What is left of "@photo里" in a question."""
_JOIN = re.compile(r"\s*(?:,|\band\b|\bor\b|\bund\b|\bet\b|\by\b|、|和)?\s*", _A)


def tidy(words: str) -> str:
    """`words` without polite beginnings and endings, on one line."""
    words = re.sub(r"\s+", " ", words)
    leading = _LEADING.match(fold(words))
    words = words[leading.end() if leading else 0 :]
    words = words.rstrip(_PUNCTUATION)
    while polite := _POLITE_END.search(fold(words[-12:])):
        words = words[: len(words) - len(polite[0])].rstrip(_PUNCTUATION)
    return re.sub(r"\s+([,.;:?!])", r"\1", words).strip()
