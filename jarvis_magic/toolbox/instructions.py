"""Picture edits written in words, read into `Edit` values: "crop to a square, then make it a bit brighter".

The reader goes through the words from the left. At each place the longest phrase of the table is an edit; a word of
`_FILLING` says nothing; any other word means that something else is asked for ("make the sky grey" is not "make it
grey"), and that is an error, never a guess.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from jarvis_magic.errors import EndpointRejected

from .edit_languages import in_english
from .edit_phrases import phrases


@dataclass(frozen=True)
class Edit:
    """One change of a picture: which, and how, for example ``Edit("rotate", {"degrees": 90.0})``."""

    name: str
    values: Mapping[str, object] = field(default_factory=dict)


CAN_DO = (
    "make a picture grey, sepia, inverted, brighter, darker, warmer, cooler or more colourful, change contrast, blur, sharpen, "
    "denoise, find edges, emboss, pixelate, posterize, solarize, equalize, rotate, flip, mirror, crop, trim, resize, "
    "make a thumbnail and add a border"
)


@lru_cache(64)  # ten thousand pictures have one instruction
def read_instruction(text: str) -> tuple[Edit, ...]:
    """Read an instruction into edits, in the order they are written.

    Parameters
    ----------
    text
        Words such as ``"rotate 90 degrees left, resize to 300x200 and add a 5 px black border"``, in English, German,
        French, Spanish or Chinese.

    Raises
    ------
    EndpointRejected
        If a word is not understood, naming it, or if no edit is asked for.
    """
    words, edits, at, verb = _plainly(text), [], 0, ""
    while at < len(words):
        word = _WORD.match(words, at)
        known = not word or word[0] in _FILLING
        found = _longest(words, at)
        if found:
            verb = word[0] if word else ""
        elif not known:
            found = _longest_with(verb, words, at)
        if found:
            edits.append(found.edit)
            at = found.end
        elif known:
            at = word.end() if word else at + 1
        else:
            clause = _CLAUSE.match(words, at)
            said = clause[0] if clause else words[at:]
            msg = f"The picture editor does not understand {said!r} in {text.strip()!r}; it can {CAN_DO}."
            raise EndpointRejected(msg)
    if not edits:
        msg = f"No edit is asked for in {text.strip()!r}; the picture editor can {CAN_DO}."
        raise EndpointRejected(msg)
    return tuple(edits)


@dataclass(frozen=True)
class _Found:
    edit: Edit
    end: int


def _longest(words: str, at: int) -> _Found | None:
    """The longest phrase that starts here."""
    matches = [(match, phrase) for phrase in phrases() if (match := phrase.pattern.match(words, at))]
    if not matches:
        return None
    match, phrase = max(matches, key=lambda found: found[0].end())
    return _Found(Edit(phrase.name, phrase.build(match)), match.end())


def _longest_with(verb: str, words: str, at: int) -> _Found | None:
    """The same with the verb of the edit before: "increase contrast and brightness"."""
    found = _longest(f"{verb} {words[at:]}", 0) if verb else None
    end = found.end - len(verb) - 1 + at if found else at
    return _Found(found.edit, end) if found and end > at else None


_WORD = re.compile(r"[^\s,;:.!?()\"'“”]+")
_CLAUSE = re.compile(r"[^,;:.!?]+?(?=\s+(?:and|then)\b|[,;:.!?]|$)")
_FILLING = frozenset(
    re.findall(
        r"\S+",
        """
        a an the this that these it its my our me us i picture pictures photo photos image images photograph pic file copy version of
        in into to with for on at and then also next after afterwards finally first second third now please can could would will you
        be is should want like have let make makes making turn convert change apply give do edit get create produce return show look
        looks looking so as by some effect filter tone mode colours colors colour color result resulting output whole entire all over
        using use add set become each every them & +
        """,
    )
)
_NUMBERS = {
    "one": "1", "two": "2", "three": "3", "four": "4", "five": "5", "six": "6", "seven": "7", "eight": "8", "nine": "9", "ten": "10",
    "eleven": "11", "twelve": "12", "fifteen": "15", "twenty": "20", "thirty": "30", "forty": "40", "fifty": "50", "sixty": "60",
    "seventy": "70", "eighty": "80", "ninety": "90",
}  # fmt: skip


def _plainly(text: str) -> str:
    """Bring an instruction to one spelling: lower case, ``x`` between sizes, ``%``, ``degrees``, ``px``, no hyphens in words."""
    words = in_english(text.replace("×", "x").replace("’", "'"))
    words = re.sub(r"(?<=[a-z])-(?=[a-z])", " ", words)
    words = re.sub(r"\s*(?:percent|per cent|pct)\b", "%", words)
    words = re.sub(r"(?<=\d)\s*(?:°|度|degrees?\b|deg\b)", " degrees", words)
    words = re.sub(r"(?<=\d)[\s-]*(?:pixels?|px)\b", " px", words)
    words = re.sub(r"\b(?:this|that|each|every) one\b(?! (?:px|third|half|quarter)\b)", "it", words)
    words = re.sub(r"\b(?:" + "|".join(_NUMBERS) + r")\b(?! one)", lambda m: _NUMBERS[m[0]], words)
    words = re.sub(r"\bcenter(?:ed)?\b|\bcentred\b|\bmiddle\b|\bcentral\b", "centre", words)
    return re.sub(r"\s+", " ", words).strip()
