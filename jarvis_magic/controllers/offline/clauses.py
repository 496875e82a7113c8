"""A request divided into wishes: what is asked for, in which stretch of the request, in which order."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from .lexicon import Mention, mentions
from .reading import FILLER, MARKS, Reading

_HARD = r"[.!?;]+(?=\s|$)|[。！？；]+|\n+[ \t]*(?:(?:\d{1,2}[.)]|[-*•])[ \t])?"
_JOINING = (
    "and then|and also|and finally|and afterwards|after that|and|then|afterwards|finally|next|also|plus|as well as|but|"
    "und dann|und|dann|danach|anschliesend|sowie|et puis|et ensuite|et|puis|ensuite|enfin|y luego|y despues|y|e|luego|despues|pero|aber|mais"
)
_MARK = "".join(MARKS.values())
_SEPARATOR = re.compile(
    rf"(?P<hard>{_HARD})|(?P<soft>\s*[,:、()]\s*(?:(?:{_JOINING})\b\s*)?|\s+-\s+|(?<![\w])(?:{_JOINING})(?![\w'])|然后|并且|并|接着|同时)",
    re.ASCII,
)
_COORDINATES = re.compile(rf"\s*(?:both\s+|the\s+|of\s+)*[{_MARK}]")

_QUESTION = re.compile(
    r"\s*(?:please\s+|and\s+|but\s+)*(?:who|whom|whose|what|which|when|where|why|how|is|are|was|were|do|does|did|can|could|has|have|will|would|should"
    r"|wer|wen|wem|was|welche[rsnm]?|wann|wo|warum|wie|wieviele?|ist|sind|gibt"
    r"|qui|que|quoi|quel(?:le)?s?|quand|ou|pourquoi|comment|combien|est-ce|y a-t-il"
    r"|quien|cual(?:es)?|cuando|donde|por que|como|cuant[oa]s?|hay|es|son|de que)\b",
    re.ASCII,
)
_QUESTION_END = re.compile(r"\s*[?？]")
_CHINESE_QUESTION = re.compile(r"[几吗谁哪多少什么怎]")
_POLITE = re.compile(r"\s*(?:can|could|would|will|kannst|konntest|peux|pouvez|pourrais|puedes|podrias)[- ](?:you|du|sie|tu|vous)?", re.ASCII)

_NEGATED_BEFORE = re.compile(
    r"(?:\b(?:don'?t|do not|doesn'?t|not|no|without|never|nor|instead of|rather than|kein(?:e|en)?|ohne|nicht|sans|pas de|ne|no|sin)|不要|别|不用)"
    r"(?:\s+(?:need|want|have|to|any|an?|the|be|zu|me|le|la|lo|es))*\s*$",
    re.ASCII,
)
_NEGATED_AFTER = re.compile(r"[^.,;!?\n]{0,20}\b(?:nicht|pas)\b(?!\s+seulement|\s+nur)", re.ASCII)
_GOES_FIRST = re.compile(r"\s*(?:before|prior to|bevor|ehe|avant d|antes de)\b", re.ASCII)


@dataclass
class Wish:
    """Something asked for: an action, the mention that says so, and the stretch of the request it is said in.

    ``objects`` are the results named in the stretch, ``tails`` the stretches behind it that ask for nothing themselves,
    ``opener`` the connective before it, and ``sentence`` counts the sentences.
    """

    action: str
    mention: Mention
    start: int
    end: int
    sentence: int
    opener: str
    objects: list[Mention] = field(default_factory=list)
    by_noun: bool = False
    tails: list[tuple[int, int]] = field(default_factory=list)


@dataclass
class _Atom:
    """A stretch between two separators."""

    start: int
    end: int
    sentence: int
    opener: str
    closer: str = ""
    found: list[Mention] = field(default_factory=list)


@dataclass
class Division:
    """The wishes of a request in the order they are to be carried out, and the stretches that belong to none."""

    wishes: list[Wish]
    loose: list[tuple[int, int]]


def divide(reading: Reading) -> Division:
    """Divide a request into wishes."""
    atoms = _atoms(reading.skeleton)
    _place([m for m in mentions(reading.skeleton) if not _negated(reading.skeleton, m)], atoms)
    wishes: list[Wish] = []
    loose: list[tuple[int, int]] = []
    for atom in atoms:
        new = _wishes(reading, atom)
        if new:
            wishes += new
        elif wishes and wishes[-1].sentence == atom.sentence:
            wishes[-1].tails.append((atom.start, atom.end))
        else:
            loose.append((atom.start, atom.end))
    return Division(_in_order(reading.skeleton, wishes), loose)


def _atoms(skeleton: str) -> list[_Atom]:
    atoms: list[_Atom] = []
    position, sentence, opener = 0, 0, ""
    for match in _SEPARATOR.finditer(skeleton):
        coordinates = match["soft"] and _COORDINATES.match(skeleton, match.end()) and _ends_in_mark(skeleton, match.start())
        if coordinates:
            continue
        atoms.append(_Atom(position, match.start(), sentence, opener, match[0]))
        position, opener = match.end(), match[0]
        sentence += match["hard"] is not None
    atoms.append(_Atom(position, len(skeleton), sentence, opener))
    return [atom for atom in atoms if skeleton[atom.start : atom.end].strip(f" \t\n{FILLER}'\"")]


def _ends_in_mark(skeleton: str, end: int) -> bool:
    return end > 0 and skeleton[end - 1] in (FILLER, *MARKS.values())


def _place(found: list[Mention], atoms: list[_Atom]) -> None:
    position = 0
    for mention in found:
        while position + 1 < len(atoms) and atoms[position + 1].start <= mention.start:
            position += 1
        if atoms and atoms[position].start <= mention.start:
            atoms[position].found.append(mention)


def _negated(skeleton: str, mention: Mention) -> bool:
    before = skeleton[max(0, mention.start - 30) : mention.start]
    return bool(_NEGATED_BEFORE.search(before)) or bool(_NEGATED_AFTER.match(skeleton, mention.end))


def _wishes(reading: Reading, atom: _Atom) -> list[Wish]:
    asked = [m for m in atom.found if not m.names_result]
    named = [m for m in atom.found if m.names_result]
    distinct = [m for i, m in enumerate(asked) if m.action not in {other.action for other in asked[:i]}]
    if not distinct and not named and _is_question(reading.skeleton, atom):
        mention = Mention(atom.start, atom.start, atom.end, "ask", names_result=False)
        return [Wish("ask", mention, atom.start, atom.end, atom.sentence, atom.opener)]
    if not distinct and named:
        head, *objects = named
        return [Wish(head.action, head, atom.start, atom.end, atom.sentence, atom.opener, objects, by_noun=True)]
    wishes = [Wish(m.action, m, atom.start, atom.end, atom.sentence, atom.opener) for m in distinct]
    if wishes:
        wishes[0].objects = [m for m in named if m.action != wishes[0].action]
    return wishes


def _is_question(skeleton: str, atom: _Atom) -> bool:
    words = skeleton[atom.start : atom.end]
    if _POLITE.match(words):
        return False
    ends = _QUESTION_END.match(atom.closer) is not None
    return _QUESTION.match(words) is not None or (ends and _CHINESE_QUESTION.search(words) is not None) or (ends and len(words.split()) > 1)


def _in_order(skeleton: str, wishes: list[Wish]) -> list[Wish]:
    """The wishes as they are to be carried out: "before you summarise it, translate it" turns round."""
    ordered = list(wishes)
    for i in range(len(ordered) - 1):
        if ordered[i].sentence == ordered[i + 1].sentence and _GOES_FIRST.match(skeleton, ordered[i].start):
            ordered[i], ordered[i + 1] = ordered[i + 1], ordered[i]
    return ordered
