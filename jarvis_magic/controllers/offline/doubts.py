"""How sure the planner is of each clause, and which other reading there is: "its sentiment" after a summary, "translate @photo".

A clause is as sure as what it was understood from, times every doubt that is left. Each doubt names the other reading and
how to write it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from .arguments import CORRECTED, languages
from .clauses import Wish
from .lexicon import ACTIONS
from .reading import fold
from .sources import ANALYSES, Source, fits, is_plural

if TYPE_CHECKING:
    from .drafting import Drafting

_A = re.ASCII
_LONGEST = 2_000  # characters in which words say what a picture is taken for


@dataclass(frozen=True)
class Clause:
    """A wish that was carried into the plan.

    Parameters
    ----------
    wish
        The wish.
    sources
        What it works on.
    tasks
        The ids of the tasks it added, its own last.
    before
        How many results there were before.
    usual
        Whether no word says what to do, so that the usual is done.
    """

    wish: Wish
    sources: tuple[Source, ...]
    tasks: tuple[str, ...]
    before: int = 0
    usual: bool = False


@dataclass(frozen=True)
class Doubt:
    """A doubt about a clause: how likely its reading is all the same, and the reading with the other one, as the end of a sentence."""

    sure: float
    said: str


USUAL, BY_QUESTION, BY_NOUN = 0.4, 0.9, 0.95
"""How sure a clause is that is understood from what it names alone, from a question, from a noun; from a verb, entirely."""

POSSESSIVE = re.compile(r"\b(?:its|seine[nrms]?|sein|ihre[nrms]?|dessen|deren|son|sa|ses|sus?)\b|它的|其", _A)
"""Words for "its", which may be that of the result or of what it was made from."""
_OR = re.compile(r"[\s,]*(?:or|oder|ou|o|u|或者?|还是)\s*", _A)
_SAYS_TEXT = re.compile(
    r"\b(?:texts?|words?|writ\w+|says?|said|pages?|prints?|printed|sentences?|letters?|notes?|signs?|scans?|schrift\w*|satze?|worte?|textes?|texto\w*|mots|palabras)\b|文|字",
    _A,
)
_SAYS_LOOK = re.compile(
    r"\b(?:captions?|descri\w+|shows?|seen?|scene|pictured|beschreib\w*|zeigt|montre|muestra)\b|描述", _A
)
_TURNS_PICTURES = frozenset({"translate", "summarise", "entities", "keywords", "sentiment", "compare"})
_THINGS = re.compile(r"\b(?:the|this|that|these|those|my)\s+\w+\s+(?=\w)", _A)
"""What is changed, "the dark room", which does not say how."""
_OPPOSITES = (
    (r"\bbright|\blight|heller|aufhell|clair|clar[oa]\b|亮", r"\bdark|dunkler|abdunk|sombre|oscur|暗"),
    (r"\bbigger|\blarger|\benlarg|grosser|vergroser|plus grand|mas grande|放大", r"\bsmaller|\bshrink|kleiner|verkleiner|plus petit|mas pequen|缩小"),
    (r"\bsharpe|scharfer|scharfe\b|锐", r"\bblur|weichzeichn|flou|desenfoc|模糊"),
    (r"\bwarmer\b", r"\bc(?:oo|o)l(?:d)?er\b"),
    (r"\bmore (?:colou?rful|contrast)", r"\bless (?:colou?rful|contrast)"),
)  # fmt: skip
_VAGUE_EDIT = re.compile(
    r"(?:make|made)?\s*(?:look\s+)?(?:better|nicer|prettier|beautiful|good|great|improve|enhance)", _A
)
_LIKE = re.compile(r"\b(?:like|similar to|wie|comme|como)\s+(?:\w+\s+){0,4}$|像$", _A)


def sureness(drafting: Drafting, clause: Clause) -> float:
    """How sure the planner is of a clause, between 0 and 1."""
    wish = clause.wish
    verb = wish.mention.end > wish.mention.start
    sure = USUAL if clause.usual else BY_NOUN if wish.by_noun else 1.0 if verb else BY_QUESTION
    for doubt in doubts(drafting, clause):
        sure *= doubt.sure
    return sure


def doubts(drafting: Drafting, clause: Clause) -> Iterator[Doubt]:
    """What else a clause may mean."""
    if clause.usual:
        yield from _usual(clause)
        return
    for doubt in (_whose, _several, _picture, _each, _either, _unsaid, _edit, _drawn):
        yield from doubt(drafting, clause)


def _usual(clause: Clause) -> Iterator[Doubt]:
    source = clause.sources[0]
    name, action = source.written, clause.wish.action
    other = _OTHERS.get(action, "describe {}").format(name)
    yield Doubt(
        1.0,
        f"is the usual for {source.kind.phrase}: no word says what to do with {name}; for something else, write for example “{other}”",
    )


_OTHERS = {
    "describe": "read the text in {}",
    "summarise": "translate {} into French",
    "transcribe": "find the sentiment of {}",
}


def _words(drafting: Drafting, wish: Wish) -> str:
    return drafting.reading.skeleton[wish.start : wish.reach]


def _is_around(drafting: Drafting, clause: Clause) -> bool:
    """Whether a clause does not name what it works on."""
    wish = clause.wish
    return (
        bool(clause.sources) and not wish.objects and not drafting.reading.within(wish.start, wish.reach, "reference")
    )


def _whose(drafting: Drafting, clause: Clause) -> Iterator[Doubt]:
    """What "its" means: that of the result, or of what the result was made from."""
    before = next((c for c in reversed(drafting.clauses) if c.before < clause.before), None)
    if before is None or not _is_around(drafting, clause) or not POSSESSIVE.search(_words(drafting, clause.wish)):
        return
    made = [s for s in drafting.results[before.before : clause.before] if s.name in before.tasks[-1:]]
    others = [s for s in (*made, *before.sources) if s not in clause.sources and fits(clause.wish.action, s) == 2]
    if others:
        noun = ACTIONS[clause.wish.action].result
        said = "the summary" if others[0].action == "summarise" else others[0].written
        yield Doubt(
            0.6,
            f"is read as that of {clause.sources[0].written}; for that of {others[0].written}, write “the {noun} of {said}”",
        )


def _several(drafting: Drafting, clause: Clause) -> Iterator[Doubt]:
    """What is not named, and could be several things."""
    if not _is_around(drafting, clause) or is_plural(_words(drafting, clause.wish)) or len(clause.sources) > 1:
        return
    chosen = clause.sources[0]
    others = [s for s in _like(drafting, clause, chosen) if s != chosen]
    if others:
        yield Doubt(
            1 / (1 + len(others)), f"is read as meaning {chosen.written}; for {others[0].written}, write its name"
        )


def _like(drafting: Drafting, clause: Clause, chosen: Source) -> Sequence[Source]:
    """What a clause could mean as well as what was chosen: inputs for an input, results nothing else uses for a result."""
    if chosen.action is None:
        return [s for s in drafting.given if s.kind == chosen.kind]
    used = {reference.name for task in drafting.tasks for reference in task.references if task.id not in clause.tasks}
    results = drafting.results[: clause.before]
    return [s for s in results if s.kind == chosen.kind and s.name not in used and s.action not in ANALYSES]


def _picture(drafting: Drafting, clause: Clause) -> Iterator[Doubt]:
    """A picture of which a text is needed: the text in it, or what it shows."""
    wish = clause.wish
    pictures = [s for s in clause.sources if s.kind.base == "image" and s.action is None and not s.is_document]
    words = drafting.reading.skeleton[:_LONGEST]
    if not pictures or _SAYS_TEXT.search(words) or _SAYS_LOOK.search(words):
        return
    name = pictures[0].written
    if wish.action == "read":
        yield Doubt(0.7, f"is the text in {name}, written down; to hear it, write “read {name} aloud”")
    turned = [drafting.purpose(task) for task in clause.tasks[:-1]]
    if wish.action not in _TURNS_PICTURES or not turned:
        return
    if turned[0].startswith("read"):
        yield Doubt(0.7, f"works with the text in {name}; for what it shows, write “describe {name}, then …”")
    else:
        yield Doubt(
            0.7, f"works with what is seen in {name}; for the text in it, write “read the text in {name}, then …”"
        )


def _each(drafting: Drafting, clause: Clause) -> Iterator[Doubt]:
    """Several texts summarised: each by itself, or all together."""
    many = len(clause.sources) > 1 or any(source.kind.depth for source in clause.sources)
    if (
        clause.wish.action == "summarise"
        and many
        and not drafting.is_joined(clause.wish)
        and not drafting.is_apart(clause.wish)
    ):
        yield Doubt(0.6, "is done with each by itself; for one of all, write “together”")


def _either(drafting: Drafting, clause: Clause) -> Iterator[Doubt]:
    """What stands at an "or": between two wishes, or between two things; and what is asked for and not wanted."""
    skeleton, wish = drafting.reading.skeleton, clause.wish
    before = next(
        (
            c.wish
            for c in reversed(drafting.clauses)
            if c.wish.mention.end < wish.mention.start and c.wish.start == wish.start
        ),
        None,
    )
    if before and _OR.fullmatch(skeleton, before.mention.end, wish.mention.start):
        yield Doubt(0.5, "is done beside what stands before “or”; for one of them, write only that")
    spans = drafting.reading.within(wish.start, wish.reach, "reference")
    if any(_OR.fullmatch(skeleton, a.end, b.start) for a, b in pairwise(spans)):
        yield Doubt(0.5, "is done with both sides of “or”; for one of them, write only that")
    if wish.instead_of:
        yield Doubt(
            0.8, "is done instead of what stands before it, which it takes back; for both, leave out those words"
        )
    if wish.action in drafting.division.unwanted:
        yield Doubt(0.5, "is done, though the request says elsewhere that it is not wanted; leave out one of the two")


def _unsaid(drafting: Drafting, clause: Clause) -> Iterator[Doubt]:
    """A translation whose language is not said, or was corrected."""
    if clause.wish.action != "translate":
        return
    targets, _ = languages(drafting.reading, clause.wish)
    if not targets and drafting.argument(clause.tasks[-1], "target_language") == "English":
        yield Doubt(
            0.5, "goes into English, because no language is named; for another, write for example “into French”"
        )
    corrected = CORRECTED.search(_words(drafting, clause.wish))
    if corrected and targets:
        earlier = languages(drafting.reading, clause.wish, corrected=False)[0]
        yield Doubt(
            0.8,
            f"is read as going into {targets[0]} only; for {' and '.join(earlier)}, write “into {' and '.join(earlier)}”",
        )


def _edit(drafting: Drafting, clause: Clause) -> Iterator[Doubt]:
    """An edit that does not say what is to be changed, or says two opposite things."""
    if clause.wish.action not in ("edit", "enhance"):
        return
    texts = [str(drafting.argument(task, "text")) for task in clause.tasks]
    words = _THINGS.sub(" ", fold(" ".join(texts)))
    if any(re.search(one, words, _A) and re.search(other, words, _A) for one, other in _OPPOSITES):
        yield Doubt(0.5, "is done one after the other, though they are opposites; for one of them, write only that")
    if any(_VAGUE_EDIT.fullmatch(text) for text in texts):
        yield Doubt(
            0.5,
            "does not say what is to change; for a change that is certain, write for example “make it brighter and sharper”",
        )


def _drawn(drafting: Drafting, clause: Clause) -> Iterator[Doubt]:
    """A picture drawn from a picture: a new one of what that shows, or the same as a drawing."""
    if clause.wish.action != "draw":
        return
    for source in clause.sources[:1]:
        span = next(iter(drafting.reading.within(clause.wish.start, clause.wish.reach, "reference")), None)
        drawn = any(drafting.purpose(task) == "describe" for task in clause.tasks)
        if source.kind.base == "image" and source.action is None and span and drawn:
            if _LIKE.search(drafting.reading.skeleton[clause.wish.start : span.start]):
                yield Doubt(
                    0.6,
                    f"is a new picture after a description of {source.written}; for its pose or edges, write “in the pose of {source.written}”",
                )
            else:
                yield Doubt(
                    0.6,
                    f"is a new picture after a description of {source.written}; for the same picture as a drawing, write “turn {source.written} into a sketch”",
                )
