"""Stretches of text that have a form: dates, times, amounts, percentages, addresses, numbers with units, names."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator, Mapping

from jarvis_magic.kinds import Token

from .loading import Knobs, some_text
from .sentences import COMMON_WORDS, sentence_spans

_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|"
    r"nov(?:ember)?|dec(?:ember)?)\.?"
)
_DAY = r"(?:[12]\d|3[01]|0?[1-9])(?:st|nd|rd|th)?"
_YEAR = r"(?:1\d|20)\d\d"
_WEEKDAY = r"(?:mon|tues|wednes|thurs|fri|satur|sun)day"
_AFTER_A_TIME_WORD = "|".join(
    rf"(?<=\b{word} )"
    for word in ("in", "since", "by", "from", "until", "of", "year", "to", "and", "before", "after", "around")
)
_NUMBER = r"\d{1,3}(?:[,.'’ ]\d{3})+(?:[.,]\d+)?|\d+(?:[.,]\d+)?"
_SCALE = r"(?:\s?(?:thousand|million|billion|trillion|[kmb]n?\b))?"
_SIGN = r"(?:US\$|[A-Z]{0,2}\$|€|£|¥|₹|CHF|EUR|USD|GBP|JPY)"
_CURRENCY = r"(?:€|£|¥|₹|\$|(?:euros?|dollars?|cents?|pounds?|francs?|yen|rupees?|EUR|USD|GBP|JPY|CHF)\b)"
_UNIT = (
    r"(?:(?:kilo|centi|milli|nano)?met(?:er|re)s?|kilometers?|miles?|feet|foot|inch(?:es)?|yards?|k?grams?|kilograms?|kilos?|"
    r"tons?|tonnes?|pounds?|ounces?|lit(?:er|re)s?|gallons?|degrees?(?: celsius| fahrenheit)?|°[CF]|hours?|minutes?|seconds?|"
    r"days?|weeks?|months?|years?|watts?|volts?|[kMGT]?bytes?|pixels?|km/h|mph|km|cm|mm|nm|kg|mg|ml|lb|oz|kW|MW|GW|kWh|[kMGT]B|"
    r"GHz|MHz|kHz|Hz|px|m|g|s|h)\b"
)

_CAPITAL = "A-ZÀ-ÖØ-ÞŁŚŠŽČĆĐ"
_CAPITALISED = re.compile(
    rf"(?<![\w'’-])(?:(?:Dr|Mr|Mrs|Ms|Prof|St)\.(?= [{_CAPITAL}])|[{_CAPITAL}]\.(?= ?[{_CAPITAL}])|[{_CAPITAL}](?:[^\W\d_]|['’-](?=[^\W\d_]))*)"
    r"(?![\w-])"
)
_NAME = re.compile(
    rf"{_CAPITALISED.pattern}(?: ?(?<=[ .])(?:(?:of|de|von|van|der|la|del|di|da|du|bin) )*{_CAPITALISED.pattern})*"
)

_DATE = (
    rf"\b(?:{_WEEKDAY},? )?(?:{_DAY} (?:of )?{_MONTH}(?:,? {_YEAR})?|{_MONTH} {_DAY}(?:,? {_YEAR})?|{_MONTH},? {_YEAR})\b"
    rf"|\b{_YEAR}[-/.](?:1[0-2]|0?[1-9])[-/.]{_DAY}\b|\b{_DAY}[-/.]{_DAY}[-/.](?:{_YEAR}|\d\d)\b"
)
_VAGUE_DATE = rf"(?:{_AFTER_A_TIME_WORD}){_YEAR}\b|\b{_WEEKDAY}s?\b|\b(?:today|tomorrow|yesterday)\b"
_TIME = (
    r"\b(?:[01]?\d|2[0-3]):[0-5]\d(?::[0-5]\d)?(?:\s?[ap]\.?m\b\.?)?"
    r"|\b(?:1[0-2]|0?[1-9])\s?[ap]\.?m\b\.?|\b(?:noon|midnight)\b"
)
_PHONE = (
    r"(?<![\w.])(?:\+\d{1,3}[ .-]?(?:\(\d{1,5}\)[ .-]?)?|\(\d{2,5}\)[ .-]?|\d{2,5}[ .-]\d{2,5}[ .-])(?:\d{2,5}[ .-]?){1,4}\d{2,4}\b"
    r"|(?<![\w.-])\d{3}-\d{4}\b(?!-)"
)
_URL = r"\b(?:https?://|www\.)[^\s<>\"']*[^\s<>\"'.,;:!?)\]]"
_EMAIL = r"\b[\w.+-]{1,64}@[\w-]+(?:\.[\w-]+)*\.[a-z]{2,}\b"
_BYTE = r"(?:25[0-5]|2[0-4]\d|1?\d?\d)"

# In this order: of two that overlap, the earlier in the list counts.
_FORMS: tuple[tuple[str, float, str, re.RegexFlag], ...] = (
    ("URL", 0.99, _URL, re.IGNORECASE),
    ("EMAIL", 0.99, _EMAIL, re.IGNORECASE),
    ("DATE", 0.95, _DATE, re.IGNORECASE),
    ("TIME", 0.95, _TIME, re.IGNORECASE),
    ("IP_ADDRESS", 0.95, rf"\b(?:{_BYTE}\.){{3}}{_BYTE}\b", re.NOFLAG),
    ("AMOUNT", 0.95, rf"(?<!\w){_SIGN}\s?(?:{_NUMBER}){_SCALE}|\b(?:{_NUMBER}){_SCALE}\s?{_CURRENCY}", re.NOFLAG),
    ("PERCENT", 0.99, rf"\b(?:{_NUMBER})\s?(?:%|per ?cent\b|percentage points\b)", re.IGNORECASE),
    ("PHONE", 0.8, _PHONE, re.NOFLAG),
    ("QUANTITY", 0.9, rf"\b(?:{_NUMBER}){_SCALE}[\s-]?{_UNIT}", re.NOFLAG),
    ("DATE", 0.7, _VAGUE_DATE, re.IGNORECASE),
    ("HASHTAG", 0.95, r"(?<!\w)#[^\W\d]\w+", re.NOFLAG),
    ("HANDLE", 0.9, r"(?<![\w.])@[^\W\d]\w+", re.NOFLAG),
)


def find_patterns(text: str, options: Mapping[str, object] | None = None) -> list[Token]:
    """Find what has a form: dates, times, amounts, percentages, quantities, web and e-mail addresses, phone numbers.

    Parameters
    ----------
    text
        English in words; numbers and addresses in any language.

    Returns
    -------
    list of Token
        In the order of the text, without overlaps. Labels: DATE, TIME, AMOUNT, PERCENT, QUANTITY, URL, EMAIL, PHONE,
        IP_ADDRESS, HASHTAG, HANDLE, and NAME for words with capitals inside a sentence, which is a guess.

    Raises
    ------
    EndpointRejected
        If the text is empty.
    """
    Knobs(options)
    some_text(text, "to search")
    found: list[Token] = []
    taken = bytearray(len(text))
    for token in [*_formed(text), *find_names(text)]:
        if not any(taken[token.start : token.end]):
            found.append(token)
            taken[token.start : token.end] = b"\1" * (token.end - token.start)
    return sorted(found, key=lambda token: token.start)


@functools.cache
def _compiled() -> tuple[tuple[str, float, re.Pattern[str]], ...]:
    return tuple((label, score, re.compile(form, flags)) for label, score, form, flags in _FORMS)


def _formed(text: str) -> Iterator[Token]:
    for label, score, form in _compiled():
        for match in form.finditer(text):
            yield Token(match[0], label, score, match.start(), match.end())


def find_names(text: str) -> Iterator[Token]:
    """Find runs of capitalised words; one that opens a sentence counts only if it goes on or comes back inside one."""
    spans = list(sentence_spans(text))
    inside = {m[0] for start, end in spans for m in _CAPITALISED.finditer(text, start, end) if m.start() > start}
    for start, end in spans:
        for match in _NAME.finditer(text, start, end):
            first, last = _without_common_words(text, match.start(), match.end())
            name = text[first:last]
            line = text.rfind("\n", 0, first) + 1
            opens = first == start or not text[line:first].strip()
            if name and (" " in name or not opens or name in inside):
                yield Token(name, "NAME", 0.8 if " " in name else 0.6, first, last)


def _without_common_words(text: str, start: int, end: int) -> tuple[int, int]:
    """Cut "The", "In" and the like off the beginning of a run."""
    while start < end:
        word = _CAPITALISED.match(text, start, end)
        if not word or word[0].casefold() not in COMMON_WORDS:
            return start, end
        start = word.end() + len(text[word.end() : end]) - len(text[word.end() : end].lstrip())
    return start, start
