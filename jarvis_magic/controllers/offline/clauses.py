"""A request divided into wishes: what is asked for, in which stretch of the request, in which order."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from .choices import Choices, choices
from .lexicon import Mention, mentions
from .moods import announces_question, goes_first, is_given, is_negated, is_question, is_statement, takes_back
from .reading import FILLER, MARKS, Reading

MOST_WISHES = 200
"""How many wishes of a request are carried out; nobody reads a longer plan."""
_MOST_NAMED = 10  # results a stretch may name
_NEAR = 80  # characters in which words still belong to what follows

_HARD = r"[.!?;]+(?=\s|$)|;|[。！？；]+|\n+[ \t]*(?:(?:\d{1,2}[.)]|[-*•])[ \t])?"
_JOINING = (
    "and then|and also|and finally|and afterwards|after that|and|then|afterwards|finally|next|also|plus|as well as|but"
    "|und dann|und|dann|danach|anschliesend|sowie|et puis|et ensuite|et|puis|ensuite|enfin"
    "|y luego|y despues|y(?! a)|luego|despues|pero|aber|mais"
)
_SEPARATOR = re.compile(
    rf"(?P<hard>{_HARD})|(?P<soft>\s?[,:、()]\s*(?:(?:{_JOINING})\b\s*)?|\s-\s|\s?(?:->|=>|→)\s?|\s?\|\s?|\s\(?\d{{1,2}}\)\s|(?<!\w)(?:{_JOINING})(?![\w'])|然后|并且|并|接着|同时)",
    re.ASCII,
)
_MARK = "".join(MARKS.values())
_COORDINATES = re.compile(rf"\s*(?:both\s+|the\s+|of\s+)*[{_MARK}]")
_ENDS_IN_MARK = re.compile(rf"[{_MARK}{FILLER}]\s?$")
_BEFORE_LIST = re.compile(r"[\s,:]*$")
_REST_OF_SENTENCE = re.compile(r"[^.!?\n]{0,300}\??")
_NEW = re.compile(r"\b(?:an?|another|one|new|second|also|eine?n?|une?|una?|otra?)\s+(?:\w+\s+)?$", re.ASCII)
_SUBORDINATE = re.compile(
    r"\b(?:what|which|that|who|whom|where|whose|it|he|she|they|is|are|was|were|be|been)\b[^,]*$", re.ASCII
)
_NO = re.compile(r"\s+(?:no|not an?|kein(?:e|en)?|pas de|ningun[a]?)\s+", re.ASCII)
_LANGUAGE_ONLY = re.compile(r"(?:in|auf|ins|en)\s", re.ASCII)
_WHAT_ABOUT = re.compile(r"\s+what\b", re.ASCII)
_IS = re.compile(r"(?:\bit's|\b(?:is|are|be|was|were|spoken|written|recorded|ist|est|es|esta))\s+$", re.ASCII)
_SAME = re.compile(
    r"\s*(?:now\s+|also\s+)?(?:do\s+|and\s+)?the same\b|\s*(?:likewise|ditto|dasselbe|genauso|idem|lo mismo|la meme chose)\b",
    re.ASCII,
)
_SAID_IN_A_LANGUAGE = {"speak", "transcribe", "generate", "rewrite", "reply"}
_KIN = {"describe": "caption", "caption": "describe", "entities": "keywords"}


@dataclass
class Wish:
    """Something asked for.

    Parameters
    ----------
    action, mention
        What is asked for, and the words that say so.
    start, end
        The stretch of the request it is said in.
    sentence
        The number of the sentence.
    objects
        Results of other wishes named in the stretch ("read the description aloud").
    by_noun
        Whether it is asked for by naming its result ("a German summary").
    tails
        The stretches behind it that ask for nothing themselves.
    choices
        The labels it lists to choose from.
    instead_of
        The action of the wish before it that it takes back ("summarise it, no wait, translate it").
    """

    action: str
    mention: Mention
    start: int
    end: int
    sentence: int
    objects: list[Mention] = field(default_factory=list)
    by_noun: bool = False
    tails: list[tuple[int, int]] = field(default_factory=list)
    choices: Choices | None = None
    instead_of: str = ""

    @property
    def reach(self) -> int:
        """Where the last of its tails ends."""
        return self.tails[-1][1] if self.tails else self.end


@dataclass
class Division:
    """The wishes of a request in the order they are to be carried out, and the stretches that belong to none.

    ``more`` is how many wishes there were beyond `MOST_WISHES`; ``unwanted`` are the actions that the request says it does
    not want.
    """

    wishes: list[Wish]
    loose: list[tuple[int, int]]
    more: int = 0
    unwanted: frozenset[str] = frozenset()


@dataclass
class _Atom:
    """A stretch between two separators, and what is mentioned in it.

    ``marked`` says that a question mark follows, ``opens`` that it begins a sentence.
    """

    start: int
    end: int
    sentence: int
    marked: bool
    opens: bool
    found: list[Mention] = field(default_factory=list)
    choices: Choices | None = None


def divide(reading: Reading) -> Division:
    """Divide a request into wishes."""
    wishes: list[Wish] = []
    loose: list[tuple[int, int]] = []
    atoms, unwanted = _atoms(reading)
    corrects = False
    for atom in atoms:
        new = _wishes(reading, atom, wishes)
        corrects = corrects or takes_back(reading.skeleton[atom.start : atom.end])
        if new:
            if corrects and wishes and wishes[-1].action != new[0].action:
                new[0].instead_of = wishes.pop().action
            corrects = False
            wishes += new
        elif wishes and wishes[-1].sentence == atom.sentence:
            wishes[-1].tails.append((atom.start, atom.end))
            made = {wish.action for wish in wishes[-MOST_WISHES:-1]}
            named = [m for m in atom.found if m.names_result and m.action in made]
            wishes[-1].objects = [*wishes[-1].objects, *named][:_MOST_NAMED]
        else:
            loose.append((atom.start, atom.end))
    return Division(
        _in_order(reading.skeleton, wishes[:MOST_WISHES]), loose, max(0, len(wishes) - MOST_WISHES), unwanted
    )


# Stretches


def _atoms(reading: Reading) -> tuple[list[_Atom], frozenset[str]]:
    """The stretches between separators, each with what is mentioned in it; and the actions that are not wanted."""
    skeleton = reading.skeleton
    listed = list(choices(reading))
    every = [m for m in mentions(skeleton) if not _within(m.start, listed)]
    unwanted = {(m.start, m.end): m.action for m in every if is_negated(skeleton, m.start, m.end)}
    without = {start for start, _ in unwanted}
    for verb in every:
        if (no := _NO.match(skeleton, verb.end)) and no.end() in without:
            unwanted[verb.start, verb.end] = verb.action  # "write no summary"
    found = [m for m in every if (m.start, m.end) not in unwanted]
    for place in [place for place, action in unwanted.items() if action == "translate"]:
        if _LANGUAGE_ONLY.match(skeleton, *place):
            del unwanted[place]  # "into French, not into German" is no word against translating
    atoms: list[_Atom] = []
    position, sentence, opens = 0, 0, True
    for cut in _cuts(skeleton, found, listed):
        atoms.append(_Atom(position, cut.start(), sentence, cut[0].lstrip()[:1] in ("?", "？"), opens))
        opens = cut["hard"] is not None or ":" in cut[0] or (opens and not skeleton[position : cut.start()].strip())
        position = cut.end()
        sentence += cut["hard"] is not None
    atoms.append(_Atom(position, len(skeleton), sentence, marked=False, opens=opens))
    atoms = [atom for atom in atoms if skeleton[atom.start : atom.end].strip(f" \t\n{FILLER}'\"")]
    starts = [atom.start for atom in atoms]
    for mention in found:
        if atoms and mention.start >= starts[0]:
            atoms[bisect_right(starts, mention.start) - 1].found.append(mention)
    for one in listed:
        atoms[bisect_right(starts, one.start) - 1].choices = one
    return atoms, frozenset(unwanted.values())


def _within(place: int, listed: Sequence[Choices]) -> bool:
    """Whether a place lies in a list of labels."""
    before = bisect_right(listed, place, key=lambda one: one.start) - 1
    return before >= 0 and place < listed[before].end


def _cuts(skeleton: str, found: Sequence[Mention], listed: Sequence[Choices]) -> Iterator[re.Match[str]]:
    """The separators that divide; what one phrase or one list of labels covers stays together, with what leads to the list."""
    whole = sorted([*((m.start, m.end) for m in found), *((_led_to(skeleton, one.start), one.end) for one in listed)])
    position = 0
    for cut in _SEPARATOR.finditer(skeleton):
        while position < len(whole) and whole[position][1] <= cut.start():
            position += 1
        inside = position < len(whole) and whole[position][0] <= cut.start()
        if not inside and not _joins(skeleton, cut):
            yield cut


def _led_to(skeleton: str, start: int) -> int:
    leading = _BEFORE_LIST.search(skeleton, max(0, start - 9), start)
    return leading.start() if leading else start


def _joins(skeleton: str, cut: re.Match[str]) -> bool:
    """Whether a separator only joins two references: "@left and @right"."""
    if cut["soft"] is None or not _COORDINATES.match(skeleton, cut.end()):
        return False
    return _ENDS_IN_MARK.search(skeleton, max(0, cut.start() - 2), cut.start()) is not None


# Wishes


def _wishes(reading: Reading, atom: _Atom, earlier: list[Wish]) -> list[Wish]:
    """What an atom asks for: its verbs; without any, what its nouns name that is not there yet; without those, its question."""
    asked, named = _mentioned(reading.skeleton, atom)
    if not asked and _quotes_question(reading, atom):
        return [_wish(atom, _question("ask", atom), named)]
    if not asked and named and not (named[0].action == "openpose" and _is_question(reading.skeleton, atom)):
        return _by_noun(reading, atom, named, earlier)
    if not asked and earlier and _SAME.match(reading.skeleton, atom.start, atom.end):
        return [_wish(atom, _question(earlier[-1].action, atom), [])]
    if not asked and _is_question(reading.skeleton, atom):
        return [_wish(atom, _question("classify" if atom.choices else "ask", atom), [])]
    wishes = [_wish(atom, mention, []) for mention in asked]
    if wishes:
        wishes[0].objects = [m for m in named if m.action not in {wish.action for wish in wishes}]
    return wishes


def _wish(atom: _Atom, mention: Mention, objects: list[Mention], *, by_noun: bool = False) -> Wish:
    return Wish(mention.action, mention, atom.start, atom.end, atom.sentence, objects, by_noun, choices=atom.choices)


def _question(action: str, atom: _Atom) -> Mention:
    return Mention(atom.start, atom.start, atom.end, action, names_result=False)


def _mentioned(skeleton: str, atom: _Atom) -> tuple[list[Mention], list[Mention]]:
    """The verbs of an atom that ask for something, and the nouns that name a result."""
    asked = _independent(skeleton, [m for m in atom.found if not m.names_result])
    named = [m for m in atom.found if m.names_result and not is_given(skeleton, m.start, m.end)][:_MOST_NAMED]
    if is_statement(skeleton[atom.start : atom.end]):
        return [m for m in asked if not _describes_input(skeleton, m)], []
    if named and all(m.action == "ask" and skeleton.endswith(" the", m.start, m.end) for m in asked):
        return [], named  # "tell me the sentiment"
    if atom.choices:
        asked = [replace(m, action="classify") if m.action == "ask" else m for m in asked]
    return asked, named


def _independent(skeleton: str, asked: list[Mention]) -> list[Mention]:
    """The verbs that each ask for something: not twice the same, no relative clause, and "answer" only by itself."""
    kept: list[Mention] = []
    for mention in asked:
        repeated = mention.action in {other.action for other in kept}
        if (
            mention.action == "edit"
            and skeleton.startswith("in the ", mention.start)
            and any(m.action == "draw" for m in kept)
        ):
            continue  # the style of a picture that is to be made
        if kept and mention.action == "summarise" and _WHAT_ABOUT.match(skeleton, kept[-1].end, mention.end):
            continue  # "draw what @talk is about"
        subordinate = (
            bool(kept)
            and _SUBORDINATE.search(skeleton[max(kept[-1].end, mention.start - _NEAR) : mention.start]) is not None
        )
        if not repeated and not subordinate and not _only_says_language(skeleton, mention, kept):
            kept.append(mention)
    kept.sort(key=lambda m: skeleton[m.start] == "用")  # "in Chinese" stands before the verb, and is done after it
    return [m for m in kept if m.action != "ask"] or kept


def _only_says_language(skeleton: str, mention: Mention, kept: list[Mention]) -> bool:
    """Whether "in French" says in which language something is or is to be said, rather than asking for a translation."""
    if mention.action != "translate" or not skeleton.startswith(("in ", "auf ", "en "), mention.start):
        return False
    said = _SAID_IN_A_LANGUAGE & {m.action for m in kept}
    read = any(m.action == "read" and MARKS["text"] in skeleton[m.start : mention.start] for m in kept)
    return bool(said) or read or _IS.search(skeleton[max(0, mention.start - 12) : mention.start]) is not None


def _describes_input(skeleton: str, mention: Mention) -> bool:
    """Whether words in a statement only say what an input is: "a recording of a man speaking", "a text in English"."""
    words = skeleton[mention.start : mention.end]
    foreign = mention.action == "translate" and "transl" not in words
    return mention.action == "ask" or foreign or words.endswith(("ing", "ed"))


def _by_noun(reading: Reading, atom: _Atom, named: list[Mention], earlier: list[Wish]) -> list[Wish]:
    """The wish for the first result named that is not there yet, or that is wanted of an input."""
    wanted = bool(reading.within(atom.start, atom.end, "reference"))
    made = {m.action for wish in earlier[-MOST_WISHES:] for m in (wish.mention, *wish.objects)}
    fresh = [
        m
        for m in named
        if wanted
        or not made & {m.action, _KIN.get(m.action)}
        or _NEW.search(reading.skeleton[max(atom.start, m.start - _NEAR) : m.start])
    ]
    return [_wish(atom, fresh[0], [m for m in named if m is not fresh[0]], by_noun=True)] if fresh else []


def _quotes_question(reading: Reading, atom: _Atom) -> bool:
    """Whether an atom brings a question in quotation marks ("my question: 'What colour is it?'")."""
    quoted = reading.within(atom.start, atom.end, "quote")
    return any(span.value.endswith(("?", "？")) for span in quoted) and announces_question(
        reading.skeleton[atom.start : atom.end]
    )


def _is_question(skeleton: str, atom: _Atom) -> bool:
    """Whether an atom is a question; inside a sentence without a question mark "which" and "where" only relate."""
    rest = _REST_OF_SENTENCE.match(skeleton, atom.end)
    relates = not atom.opens and rest is not None and not rest[0].endswith("?")
    words = skeleton[atom.start : atom.end]
    return is_question(words, marked=atom.marked and atom.opens) and (atom.marked or not relates)


def _in_order(skeleton: str, wishes: list[Wish]) -> list[Wish]:
    """The wishes as they are to be carried out: "before you summarise it, translate it" turns round."""
    ordered = list(wishes)
    for i in range(len(ordered) - 1):
        if ordered[i].sentence == ordered[i + 1].sentence and goes_first(skeleton, ordered[i].start):
            ordered[i], ordered[i + 1] = ordered[i + 1], ordered[i]
    return ordered
