"""A request divided into wishes: what is asked for, in which stretch of the request, in which order."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

from .choices import Choices, choices
from .lexicon import Mention, mentions
from .reading import FILLER, MARKS, Reading

_HARD = r"[.!?;]+(?=\s|$)|[。！？；]+|\n+[ \t]*(?:(?:\d{1,2}[.)]|[-*•])[ \t])?"
_JOINING = (
    "and then|and also|and finally|and afterwards|after that|and|then|afterwards|finally|next|also|plus|as well as|but|"
    "und dann|und|dann|danach|anschliesend|sowie|et puis|et ensuite|et|puis|ensuite|enfin|y luego|y despues|y(?! a)|luego|despues|pero|aber|mais"
)
_MARK = "".join(MARKS.values())
_SEPARATOR = re.compile(
    rf"(?P<hard>{_HARD})|(?P<soft>\s*[,:、()]\s*(?:(?:{_JOINING})\b\s*)?|\s+-\s+|(?<![\w])(?:{_JOINING})(?![\w'])|然后|并且|并|接着|同时)",
    re.ASCII,
)
_COORDINATES = re.compile(rf"\s*(?:both\s+|the\s+|of\s+)*[{_MARK}]")

_QUESTION = re.compile(
    r"[\s¿¡]*(?:please\s+|and\s+|but\s+)*(?:who|whom|whose|what|which|when|where|why|how|is|are|was|were|do|does|did|can|could|has|have|will|would|should"
    r"|wer|wen|wem|was|welche[rsnm]?|wann|wo|warum|wie|wieviele?|ist|sind|gibt"
    r"|qui|que|quoi|quel(?:le)?s?|quand|ou|pourquoi|comment|combien|est-ce|y a-t-il"
    r"|quien|cual(?:es)?|cuando|donde|por que|como|cuant[oa]s?|hay|es|son|de que)\b",
    re.ASCII,
)
_CHINESE_QUESTION = re.compile(r"[几吗谁哪]|多少|什么|怎么")
_POLITE = re.compile(r"\s*(?:would like\b|(?:can|could|would|will|kannst|konntest|peux|pouvez|pourrais|puedes|podrias)[- ](?:you|du|sie|tu|vous|i)\b)", re.ASCII)

_NEGATED_BEFORE = re.compile(
    r"(?:\b(?:don'?t|do not|doesn'?t|not|no|without|never|nor|instead of|rather than|kein(?:e|en)?|ohne|nicht|sans|pas de|ne|no|sin)|不要|别|不用)"
    r"(?:\s+(?:need|want|have|to|any|an?|the|be|zu|me|le|la|lo|es))*\s*$",
    re.ASCII,
)
_NEGATED_AFTER = re.compile(r"[^.,;!?\n]{0,20}\b(?:nicht|pas)\b(?!\s+seulement|\s+nur)", re.ASCII)
_STATEMENT = re.compile(
    rf"\s*(?:hi|hello|hey)?[\s,!]*(?:(?:i|we)(?:'ve|'m| have| had| took| recorded| uploaded| got| am| was| attached| just)\b(?! to\b)"
    rf"|(?:here|this|that|these|there) (?:is|are|'s)\b|here's\b|(?:the|my) (?:\w+ ){{1,3}}(?:is|are)\b|given\b|ich habe\b|wir haben\b|j'ai\b|tengo\b|this \w+ is\b)",
    re.ASCII,
)
_REST = re.compile(r"[^.!?\n]{0,300}\??")
_BEFORE_LIST = re.compile(r"[\s,:]*$")
_ASKING = re.compile(r"\b(?:questions?|query|ask|asking|asked|answer|wonder|know|frage|question|pregunta)\b", re.ASCII)
_GIVEN_AFTER = re.compile(rf"\s*(?:text|below|is|called|named|file)?\s*:?\s*{MARKS['quote']}", re.ASCII)
_GIVEN_BEFORE = re.compile(r"\b(?:following|given|provided|specified|reference|source|target|original|user|input|text)\s+(?:text\s+)?$", re.ASCII)
_CANNOT = re.compile(
    r"\s*(?:(?:please|then|and|also|bitte|dann|puis|luego)\s+)*(?:"
    r"e-?mail|mail|send|post|publish|upload|download|save|store|delete|erase all|book|buy|order|pay|call|phone|ring|search|look up|google|browse|open|print|schedule|remind"
    r"|share|tweet|submit|install|run|execute|deploy|commit|push|copy|move|rename|notify|invite|create jira|put (?:it|them) (?:next|on|in)"
    r"|schick\w*|sende\w*|losch\w*|speicher\w*|buch\w*|kauf\w*|such\w*|lade\w*|drucke?"
    r"|envoie\w*|supprime\w*|enregistre[rz]?|achete\w*|cherche\w*|telecharge\w*|imprime[rz]?"
    r"|envia\w*|borra\w*|guarda\w*|compra\w*|busca\w*|descarga\w*|reserva\w*)\b|\s*(?:发送|删除|保存|购买|下载|上传|预订)",
    re.ASCII,
)
_GOES_FIRST = re.compile(r"\s*(?:before|prior to|bevor|ehe|avant d|antes de)\b", re.ASCII)
_NEW = re.compile(r"\b(?:an?|another|one|new|second|also|eine?n?|une?|una?|otra?)\s+(?:\w+\s+)?$", re.ASCII)
_SUBORDINATE = re.compile(r"\b(?:what|which|that|who|whom|where|whose|it|he|she|they|is|are|was|were|be|been)\b[^,]*$", re.ASCII)


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

    @property
    def reach(self) -> int:
        """Where the last of its tails ends."""
        return max([self.end, *(end for _, end in self.tails)])


@dataclass
class _Atom:
    """A stretch between two separators, and what is mentioned in it."""

    start: int
    end: int
    sentence: int
    closer: str = ""
    opens: bool = False
    found: list[Mention] = field(default_factory=list)


@dataclass
class Division:
    """The wishes of a request in the order they are to be carried out, and the stretches that belong to none."""

    wishes: list[Wish]
    loose: list[tuple[int, int]]


def divide(reading: Reading) -> Division:
    """Divide a request into wishes."""
    skeleton = reading.skeleton
    listed = list(choices(reading))
    found = [m for m in mentions(skeleton) if not _inside(m.start, listed) and not _negated(skeleton, m)]
    atoms = _atoms(skeleton, found, listed)
    wishes: list[Wish] = []
    loose: list[tuple[int, int]] = []
    for atom in atoms:
        new = _wishes(reading, atom, wishes, listed)
        for wish in new:
            wish.choices = _chosen(atom, listed)
        if new:
            wishes += new
        elif wishes and wishes[-1].sentence == atom.sentence:
            wishes[-1].tails.append((atom.start, atom.end))
            made = {wish.action for wish in wishes[:-1]}
            wishes[-1].objects += [m for m in atom.found if m.names_result and m.action in made]
        else:
            loose.append((atom.start, atom.end))
    return Division(_in_order(skeleton, wishes), loose)


def _chosen(atom: _Atom, listed: Iterable[Choices]) -> Choices | None:
    return next((c for c in listed if atom.start <= c.start < atom.end), None)


def _inside(place: int, listed: Iterable[Choices]) -> bool:
    return any(c.start <= place < c.end for c in listed)


def _atoms(skeleton: str, found: list[Mention], listed: list[Choices]) -> list[_Atom]:
    """The stretches between separators; what one phrase or one list of labels covers stays together."""
    whole = [(m.start, m.end) for m in found] + [(_BEFORE_LIST.search(skeleton, max(0, c.start - 9), c.start).start(), c.end) for c in listed]  # type: ignore[union-attr]
    cuts = [cut for cut in _SEPARATOR.finditer(skeleton) if not _joins(skeleton, cut)]
    atoms: list[_Atom] = []
    position, sentence, opens = 0, 0, True
    for cut in _outside(cuts, sorted(whole)):
        atoms.append(_Atom(position, cut.start(), sentence, cut[0], opens))
        opens = cut["hard"] is not None or opens and not skeleton[position : cut.start()].strip()
        position = cut.end()
        sentence += cut["hard"] is not None
    atoms.append(_Atom(position, len(skeleton), sentence, opens=opens))
    atoms = [atom for atom in atoms if skeleton[atom.start : atom.end].strip(f" \t\n{FILLER}'\"")]
    _place(found, atoms)
    return atoms


def _joins(skeleton: str, cut: re.Match[str]) -> bool:
    """Whether a separator only joins two references: "@left and @right"."""
    after_mark = cut.start() > 0 and skeleton[cut.start() - 1] in (FILLER, *MARKS.values(), " ") and skeleton[: cut.start()][-2:].strip()[-1:] in (FILLER, *MARKS.values())
    return cut["soft"] is not None and after_mark and _COORDINATES.match(skeleton, cut.end()) is not None


def _outside(cuts: list[re.Match[str]], stretches: list[tuple[int, int]]) -> Iterator[re.Match[str]]:
    position = 0
    for cut in cuts:
        while position < len(stretches) and stretches[position][1] <= cut.start():
            position += 1
        if position == len(stretches) or cut.start() < stretches[position][0]:
            yield cut


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


def _wishes(reading: Reading, atom: _Atom, earlier: list[Wish], listed: list[Choices]) -> list[Wish]:
    """What an atom asks for: its verbs; without any, what its nouns name that is not there yet; without those, its question."""
    skeleton = reading.skeleton
    asked = _independent(skeleton, [m for m in atom.found if not m.names_result])
    named = [m for m in atom.found if m.names_result and not _is_given(skeleton, m)]
    if named and all(m.action == "ask" and skeleton[m.start : m.end].endswith(" the") for m in asked):
        asked = []
    if _STATEMENT.match(skeleton, atom.start, atom.end):
        named, asked = [], [m for m in asked if m.action != "ask" and not skeleton.startswith("in ", m.start)]
    if not asked and _quotes_question(reading, atom):
        mention = Mention(atom.start, atom.start, atom.end, "ask", names_result=False)
        return [Wish("ask", mention, atom.start, atom.end, atom.sentence, named)]
    if not asked and named:
        fresh = [m for m in named if not _is_there(skeleton, atom, m, earlier) or reading.within(atom.start, atom.end, "reference")]
        if not fresh:
            return []
        head = fresh[0]
        objects = [m for m in named if m is not head]
        return [Wish(head.action, head, atom.start, atom.end, atom.sentence, objects, by_noun=True)]
    if not asked and _is_question(skeleton, atom):
        action = "classify" if _chosen(atom, listed) else "ask"
        mention = Mention(atom.start, atom.start, atom.end, action, names_result=False)
        return [Wish(action, mention, atom.start, atom.end, atom.sentence)]
    chosen = _chosen(atom, listed)
    asked = [replace(m, action="classify") if m.action == "ask" and chosen else m for m in asked]
    wishes = [Wish(m.action, m, atom.start, atom.end, atom.sentence) for m in asked]
    if wishes:
        wishes[0].objects = [m for m in named if m.action not in {wish.action for wish in wishes}]
    return wishes


def _quotes_question(reading: Reading, atom: _Atom) -> bool:
    """Whether an atom brings a question in quotation marks ("my question: 'What colour is it?'")."""
    asking = _ASKING.search(reading.skeleton, atom.start, atom.end) is not None
    return asking and any(span.value.endswith(("?", "？")) for span in reading.within(atom.start, atom.end, "quote"))


def _is_given(skeleton: str, mention: Mention) -> bool:
    """Whether a noun says what a text of the request is ("the description 'a red car'"), rather than asking for one."""
    before = skeleton[max(0, mention.start - 20) : mention.start]
    return _GIVEN_AFTER.match(skeleton, mention.end) is not None or _GIVEN_BEFORE.search(before) is not None


def _independent(skeleton: str, asked: list[Mention]) -> list[Mention]:
    """The verbs that each ask for something: not twice the same, no relative clause, and "answer" only by itself."""
    kept: list[Mention] = []
    for mention in asked:
        if skeleton.startswith("in ", mention.start) and _IS.search(skeleton[: mention.start][-12:] ) or _LANGUAGE_ONLY & {m.action for m in kept} and mention.action == "translate" and skeleton.startswith("in ", mention.start):
            continue
        repeated = mention.action in {other.action for other in kept}
        subordinate = bool(kept) and _SUBORDINATE.search(skeleton[kept[-1].end : mention.start]) is not None
        if not repeated and not subordinate:
            kept.append(mention)
    strong = [m for m in kept if m.action != "ask"]
    return strong or kept


_IS = re.compile(r"\b(?:is|are|be|was|were|spoken|written|recorded|ist|est|es|esta)\s+$", re.ASCII)
_LANGUAGE_ONLY = {"speak", "transcribe", "generate", "rewrite", "reply"}
_KIN = {"describe": "caption", "caption": "describe", "entities": "keywords"}


def _is_there(skeleton: str, atom: _Atom, mention: Mention, earlier: list[Wish]) -> bool:
    """Whether a noun names the result of an earlier wish, rather than asking for a new one."""
    made = {wish.action for wish in earlier} | {m.action for wish in earlier for m in wish.objects}
    return bool(made & {mention.action, _KIN.get(mention.action)}) and not _NEW.search(skeleton[atom.start : mention.start])


def _is_question(skeleton: str, atom: _Atom) -> bool:
    words = skeleton[atom.start : atom.end]
    if _POLITE.match(words):
        return False
    marked = atom.closer.strip()[:1] in ("?", "？")
    relative = not atom.opens and "?" not in _REST.match(skeleton, atom.end)[0]  # type: ignore[index]
    return (_QUESTION.match(words) is not None and not relative) or (marked and (len(words.split()) > 1 or _CHINESE_QUESTION.search(words) is not None))


def is_statement(words: str) -> bool:
    """Whether folded words say what there is ("I have a recording"), rather than ask for something."""
    return _STATEMENT.match(words) is not None


def cannot(words: str) -> bool:
    """Whether folded words ask for something no task type does: to send, buy, delete…"""
    return _CANNOT.match(words) is not None


def is_question(words: str) -> bool:
    """Whether folded words begin as a question does."""
    return _QUESTION.match(words) is not None and not _POLITE.match(words)


def _in_order(skeleton: str, wishes: list[Wish]) -> list[Wish]:
    """The wishes as they are to be carried out: "before you summarise it, translate it" turns round."""
    ordered = list(wishes)
    for i in range(len(ordered) - 1):
        if ordered[i].sentence == ordered[i + 1].sentence and _GOES_FIRST.match(skeleton, ordered[i].start):
            ordered[i], ordered[i + 1] = ordered[i + 1], ordered[i]
    return ordered
