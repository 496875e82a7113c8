"""Sentences and words of plain text, with where they stand."""

from __future__ import annotations

import re
from collections.abc import Iterator

_ABBREVIATIONS = frozenset(
    re.findall(
        r"\S+",
        """
        mr mrs ms dr prof st sr jr vs etc eg ie e.g i.e u.s u.k a.m p.m no fig inc ltd co approx dept est jan feb mar apr jun jul aug
        sep sept oct nov dec
        """,
    )
)
COMMON_WORDS = frozenset(
    re.findall(
        r"\S+",
        """
        a about above after again against all also although always am an and another any anyone anything are around as ask asked at
        away back be because been before being below between both but by came can cannot could did do does doing done down during
        each either else enough etc even ever every everyone everything few first for from further get gets give go goes got had has
        have having he hello her here hers herself hi him himself his how however i i'd i'll i'm i've if in indeed instead into is it it's its
        itself just last later least less let like made make many may maybe me meanwhile might mine more moreover most much must my
        myself near nearly never next no nobody nor not nothing now of off often on once one only onto or other others otherwise our
        ours out over own per perhaps please put quite rather really said same say says see seem seems several she should since so
        some someone something sometimes soon still such take than thank thanks that the their them themselves then there therefore
        these they this those though through thus to together too toward towards two under until up upon us use used very was we
        well were what whatever when where whether which while who whole whom whose why will with within without would yes yet you
        your yours yourself call contact write email meet tell visit send dear today
        tomorrow yesterday monday tuesday wednesday thursday friday saturday sunday january february march april june july august
        september october november december
        """,
    )
)
WORD = re.compile(r"[^\W_]+(?:['’.-][^\W_]+)*")
_SHORTEST_STEM = 3
_END = re.compile(r"[.!?…]+[\"'”’)\]]*\s+|[。！？]+|\n\s*\n+|\n(?=\s*(?:[-*•]|\d+[.)])\s)")


def split_sentences(text: str) -> list[str]:
    """Split a text into sentences, white space at the ends taken off."""
    return [text[start:end] for start, end in sentence_spans(text)]


def sentence_spans(text: str) -> Iterator[tuple[int, int]]:
    """Where the sentences of a text start and end."""
    start = 0
    for match in _END.finditer(text):
        if match[0][0] == "." and _goes_on(text, match):
            continue
        yield from _stripped(text, start, match.end())
        start = match.end()
    yield from _stripped(text, start, len(text))


def words(text: str) -> list[str]:
    """Return the words and numbers of a text, as they are written."""
    return WORD.findall(text)


def telling_stems(text: str) -> list[str]:
    """Return the words of a text that are not common ones, as stems."""
    folded = (word.casefold() for word in words(text))
    return [stem_of(word) for word in folded if word not in COMMON_WORDS]


def stem_of(word: str) -> str:
    """Cut the commonest endings off: "cities" and "city", "closed" and "close" become the same."""
    for ending, instead in (("ies", "y"), ("ing", ""), ("ed", ""), ("es", ""), ("s", "")):
        if word.endswith(ending) and len(word) - len(ending) >= _SHORTEST_STEM and not word.endswith("ss"):
            return (word[: -len(ending)] + instead).removesuffix("e")
    return word.removesuffix("e") if len(word) > _SHORTEST_STEM else word


def _goes_on(text: str, end: re.Match[str]) -> bool:
    """Whether a full stop belongs to an abbreviation or an initial."""
    before = text[max(0, end.start() - 20) : end.start()].rsplit(maxsplit=1)
    last = before[-1].lstrip("(\"'“").casefold() if before and not text[end.start() - 1].isspace() else ""
    following = text[end.end() : end.end() + 1]
    return last in _ABBREVIATIONS or (len(last) == 1 and last.isalpha()) or following.islower()


def _stripped(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    inside = text[start:end]
    if inside.strip():
        yield start + len(inside) - len(inside.lstrip()), end - (len(inside) - len(inside.rstrip()))
