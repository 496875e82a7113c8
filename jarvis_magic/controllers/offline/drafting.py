"""From wishes to tasks: what each works on, and the plan as it grows."""

from __future__ import annotations

import re
from collections.abc import Callable, Container, Mapping
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

from ...ids import valid_id
from ...kinds import Kind
from ...plans import Draft
from ...references import escape, scan
from ...task_types import TASK_TYPES
from ...tasks import Task
from ...wellformed import WITH_TEXT_FORM, output_kind, takes
from .arguments import tidy
from .choices import Choices
from .clauses import Wish, divide
from .lexicon import ACTIONS, Mention
from .moods import cannot
from .purposes import purpose_of
from .reading import ANY_REFERENCE, Reading, Span

_A = re.ASCII
_OF_REFERENCE = re.compile(rf"\s+(?:of|from|for|de|du|del|von|vom|des)\s+(?:\w+\s+){{0,2}}{ANY_REFERENCE}", _A)
_PLURAL = re.compile(
    r"\b(?:them|both|all|these|those|each|every|two|three|alle|beide|diese|sie|tous|toutes|chacun|les deux|todos|todas|ambos|ambas|los|las)\b",
    _A,
)
_TOGETHER = re.compile(
    r"\b(?:together|in(?:to)? (?:one|a single|a)\b|single|one (?:overall |common )?\w+|overall|out of (?:all|it all)|of everything|all of (?:it|them)|combin\w+|zusammen in|insgesamt|gemeinsame?\w*|en un solo|en un seul|conjunto)",
    _A,
)
_APART = re.compile(
    r"\b(?:each|every|separately|individually|one by one|per|jede\w*|einzeln|chacun\w*|chaque|cada)\b", _A
)
_CALLED = (
    ("text", re.compile(r"\b(?:the|this|that|extracted|resulting|den|der|le|ce|el|este)\s+(?:\w+\s+)?(?:text|texte|texto|article|words|content)\b|内容|文字|文本", _A)),
    ("image", re.compile(r"\b(?:the|this|that|same|new|resulting|generated|edited|das|dieses|cette|la|l'|esta)\s+(?:\w+\s+)?(?:picture|image|photo|bild|foto|imagen|drawing|painting)\b|图片|照片", _A)),
    ("audio", re.compile(r"\b(?:the|that|this|enhanced|cleaned|resulting|die|cet|el)\s+(?:\w+\s+)?(?:audio|recording|sound|voice|caller|speaker|aufnahme|enregistrement|grabacion)\b|录音|音频", _A)),
    ("video", re.compile(r"\b(?:the|that|this|das|la|el)\s+(?:\w+\s+)?(?:video|clip|film)\b|视频", _A)),
    ("table", re.compile(r"\b(?:the|that|this|die|la)\s+(?:\w+\s+)?(?:table|data|dataframe|spreadsheet|tabelle|tabla)\b|表格", _A)),
)  # fmt: skip
_DOCUMENT = re.compile(
    r"scan|page|document|dokument|slide|folie|receipt|invoice|bill|rechnung|factur|letter|brief|fax|form|note|sign|poster|label|whiteboard|screenshot|menu|contract|certificate|ticket|cheque|book|flyer"
)
_KIN = {"describe": ("describe", "caption"), "caption": ("describe", "caption"), "entities": ("entities", "keywords"), "keywords": ("keywords", "entities"),
        "read_text": ("read_text", "transcribe"), "segment": ("segment", "mask"), "edit": ("edit", "draw"), "draw": ("draw", "edit")}  # fmt: skip
_WRITINGS = re.compile(
    r"\b(poem|haiku|story|article|essay|letter|paragraph|joke|post|tweet|title|headline|slogan|lyrics|recipe|email|list|answer|description|text|explanation)s?\b",
    _A,
)
_ANALYSES = frozenset({"depth", "canny", "hed", "mlsd", "openpose", "normal", "scribble"})
_USUAL = {"image": "describe", "text": "summarise", "audio": "transcribe", "video": "transcribe"}
_PLURALS = {
    "summary": "summaries",
    "speech": "speeches",
    "entities": "entities",
    "similarity": "similarities",
    "story": "stories",
    "reply": "replies",
}


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


Maker: TypeAlias = "Callable[[Drafting, Wish, list[Source]], list[Source]]"
"""Adds the tasks of a wish on its sources, and returns their results."""


class Drafting:
    """A plan in the making.

    Parameters
    ----------
    reading
        The request.
    kinds
        The kind of each input, by name.
    offered
        The kind of each earlier result that may be used although nothing names it, newest first.
    makers
        What makes the tasks of a wish, by action.
    assume
        Whether inputs that are spoken of and not named are assumed to exist, as in the public benchmark.
    """

    def __init__(
        self,
        reading: Reading,
        kinds: Mapping[str, Kind],
        makers: Mapping[str, Maker],
        offered: Mapping[str, Kind] | None = None,
        *,
        assume: bool = False,
    ) -> None:
        self.assume, self.offered = assume, dict(offered or {})
        self.reading, self.kinds, self.makers = reading, dict(kinds), makers
        self.division = divide(reading)
        self.tasks: list[Task] = []
        self.places: dict[str, int] = {}
        self.results: list[Source] = []
        self.notes: list[str] = []
        self.choices: Choices | None = None
        self._last: list[Source] = []
        self._worked_on: list[Source] = []

    def draft(self) -> Draft:
        """Draft the plan of the whole request."""
        division = self.division
        before: Wish | None = None
        for wish in division.wishes:
            sources = self._sources(wish, before)
            made = self.makers[wish.action](self, wish, sources)
            if made:
                self._last, self._worked_on = made, sources
            before = wish
        if not self.division.wishes:
            self._by_default()
        used = {reference.name for task in self.tasks for reference in task.references}
        inputs = {name: kind for name, kind in {**self.offered, **self.kinds}.items() if name in used}
        return Draft(self.reading.text, inputs, self.tasks, None, self.notes)

    def _by_default(self) -> None:
        """Do the usual with what is named, where no word says what to do."""
        for span in self.reading.within(0, len(self.reading.text), "reference"):
            action = _USUAL.get(span.kind.base)
            if action and not any(cannot(self.reading.skeleton[start:end]) for start, end in self.division.loose):
                mention = Mention(span.start, span.start, span.end, action, names_result=False)
                if len(self.reading.skeleton.split()) > 1 and span is self.reading.spans[0]:
                    self.notes.append(f"No word here says what to do with {span.value}, so the usual is done with it.")
                self.makers[action](self, Wish(action, mention, span.start, span.end, 0), [source_of(span)])

    # What a wish works on

    def _sources(self, wish: Wish, before: Wish | None) -> list[Source]:
        """What a wish names; what its nouns stand for comes first, made if it is not there yet."""
        named = [source_of(span) for span in self.reading.within(wish.start, wish.reach, "reference")]
        existing, missing = [], []
        for noun in wish.objects:
            results = self.results_called(wish, noun)
            existing += results
            missing += [] if results else [noun]
        sources = [*existing, *named]
        for noun in reversed([noun for noun in missing if self._is_wanted(wish, noun, sources)]):
            nested = replace(wish, action=noun.action, mention=noun, objects=[], by_noun=True, choices=None)
            sources = self.makers[noun.action](self, nested, sources or self._around(nested, before)) or sources
        return list(dict.fromkeys(sources)) or self._around(wish, before)

    def _is_wanted(self, wish: Wish, noun: Mention, sources: list[Source]) -> bool:
        """Whether a noun asks for its result on the way ("translate the caption of @photo"), rather than say what is in the source."""
        types = ACTIONS[wish.action].types
        output = TASK_TYPES[next(iter(ACTIONS[noun.action].types.values()))].output
        fits = any(source.kind.base in types for source in sources)
        return output in types and (not fits or _OF_REFERENCE.match(self.reading.skeleton, noun.end) is not None)

    def results_called(self, wish: Wish, noun: Mention) -> list[Source]:
        """The results that a noun names: the latest, or for a plural all of that action."""
        found = [source for source in self.results if source.action in _KIN.get(noun.action, (noun.action,))]
        before = self.reading.skeleton[max(wish.start, noun.start - 20) : noun.start]
        several = self.reading.skeleton[noun.start : noun.end].endswith(("s", "en")) and noun.action not in (
            "entities",
            "keywords",
            "detect",
            "segment",
            "mask",
        )
        return found if several or _PLURAL.search(before) else found[-1:]

    def _around(self, wish: Wish, before: Wish | None) -> list[Source]:
        """What a wish works on that names nothing: results and inputs near by, of a fitting kind."""
        if (
            wish.by_noun
            and before is not None
            and before.by_noun
            and before.sentence == wish.sentence
            and self._worked_on
        ):
            return self._worked_on
        words = self.reading.skeleton[wish.start : wish.reach]
        types = ACTIONS[wish.action].types
        for kind, pattern in _CALLED:
            called = [source for source in self.near() if source.kind.base == kind]
            if called and pattern.search(words):
                return called[:1]
        for fits in (
            lambda source: source.kind.base in types,
            lambda source: "text" in types and source.kind.base in WITH_TEXT_FORM,
            lambda source: True,
        ):
            found = [s for s in self._last if fits(s) and s.action not in _ANALYSES] or [
                s for s in self.near() if fits(s)
            ]
            if found:
                return found if found[0] in self._last or _PLURAL.search(words) else found[:1]
        return self._assumed(types)

    def _assumed(self, types: Mapping[str, str]) -> list[Source]:
        """A stand-in for an input that the request speaks of and does not name, where those are assumed to exist."""
        kind = next(iter(types))
        if not self.assume or kind == "table":
            return []
        self.kinds.setdefault(kind, Kind(kind))
        return [Source(f"@{kind}", Kind(kind))]

    def near(self) -> list[Source]:
        """Results, newest first, then inputs in the order they are named; last the pictures that only analyse another."""
        spans = [span for span in self.reading.spans if span.what == "reference"]
        quoted = [span for span in self.reading.spans if span.what == "quote" and _is_passage(span)]
        offered = [Source(f"@{name}", kind) for name, kind in self.offered.items()]
        made = [result for result in reversed(self.results) if result.action not in _ANALYSES]
        aside = [result for result in reversed(self.results) if result.action in _ANALYSES]
        return [*made, *dict.fromkeys(source_of(span) for span in [*spans, *quoted]), *aside, *offered]

    # Tasks

    def one(
        self,
        wish: Wish,
        action: str,
        source: Source,
        *,
        type_name: str = "",
        port: str = "",
        mark: str = "",
        **arguments: Any,
    ) -> list[Source]:
        """Add one task of an action on one source, which is turned into a fitting kind first if need be; its id ends in `mark`."""
        types = ACTIONS[action].types
        kind = next(
            (
                k
                for k in (source.kind.base, "text", next(iter(types)))
                if k in types and (k == source.kind.base or k != "text" or source.kind.base in WITH_TEXT_FORM)
            ),
            next(iter(types)),
        )
        ports = TASK_TYPES[type_name or types[kind]].by_name
        opening = ports.get(port) or ports.get(kind) or next(iter(ports.values()))
        turned = self.turned(wish, source, Kind(opening.kind.base))
        if turned is None:
            return []
        return [
            self.add(wish, action, type_name or types[kind], {opening.name: turned.written, **arguments}, mark=mark)
        ]

    def turned(self, wish: Wish, source: Source, kind: Kind) -> Source | None:
        """The source as a port of `kind` takes it: itself, or the result of a task put between."""
        if takes(kind, source.kind):
            return source
        match kind.base, source.kind.base:
            case "text", "image":
                action = "read_text" if self._is_read(wish, source) else "describe"
            case "text", "audio" | "video":
                action = "transcribe"
            case _:
                self.notes.append(
                    f"“{self._words(wish)}” needs {kind.phrase}, and {source.written} is {source.kind.phrase}."
                )
                return None
        return next(iter(self.one(wish, action, source)), None)

    def _is_read(self, wish: Wish, source: Source) -> bool:
        """Whether what matters of a picture is the text in it, rather than what it shows."""
        if source.action is not None or wish.action in ("generate", "draw", "film", "compare", "sound"):
            return False
        return wish.action in ("translate", "summarise", "entities", "keywords", "read") or is_document(source)

    def add(self, wish: Wish, action: str, type_name: str, arguments: Mapping[str, Any], *, mark: str = "") -> Source:
        """Add a task, unless there is the same already, and return its result; the task's id ends in `mark`."""
        arguments = {
            name: closed(argument, {*self.offered, *self.kinds, *(task.id for task in self.tasks)})
            for name, argument in arguments.items()
        }
        each = () if self._together(wish, action, arguments) else None
        for task in self.tasks:
            if task.type == type_name and dict(task.arguments) == arguments and task.each == each:
                return next(source for source in self.results if source.name == task.id)
        task = Task("t", type_name, arguments, purpose_of(self.reading, wish, action), each=each)
        kind = output_kind(
            task, {**self.offered, **self.kinds, **{source.name: source.kind for source in self.results}}
        )
        task = replace(task, id=self._id(wish, action, kind, mark))
        result = Source(f"@{task.id}", kind, action)
        self.tasks.append(task)
        self.places[task.id] = wish.mention.start
        self.results.append(result)
        return result

    def speaks(self, source: Source, language: str) -> Source:
        """The same result, known to be in a language from now on."""
        known = replace(source, language=language)
        self.results[self.results.index(source)] = known
        return known

    def _together(self, wish: Wish, action: str, arguments: Mapping[str, Any]) -> bool:
        """Whether a list goes into one call: "summarise all captions together"."""
        if action not in ("summarise", "generate", "keywords", "entities"):
            return False
        depth = {source.written: source.kind.depth for source in self.near()}
        if not any(depth.get(argument, 0) for argument in arguments.values() if isinstance(argument, str)):
            return False
        words = self.reading.skeleton[wish.start : wish.reach]
        return _TOGETHER.search(words) is not None and not _APART.search(words)

    def _id(self, wish: Wish, action: str, kind: Kind, mark: str) -> str:
        """An id that is a good variable: the result's noun, in the plural for a list, and what tells it from its like."""
        written = (
            _WRITINGS.search(self.reading.skeleton, wish.mention.start, wish.end) if action == "generate" else None
        )
        noun = written[1] if written else ACTIONS[action].result
        if kind.depth:
            noun = _PLURALS.get(noun, noun if noun.endswith("s") else f"{noun}s")
        taken = {*self.offered, *self.kinds, *(task.id for task in self.tasks)}
        return valid_id(f"{noun}_{mark}" if mark else noun, taken)

    def _words(self, wish: Wish) -> str:
        return tidy(self.reading.text[wish.start : wish.end])[:80]


def source_of(span: Span) -> Source:
    """The source that a covered stretch of the request stands for."""
    return Source(span.value, span.kind)


def _is_passage(span: Span) -> bool:
    """Whether quoted words are a text to work on, rather than a name, a label or a question."""
    return len(span.value.split()) > 2 and not span.value.endswith("?")


def is_document(source: Source) -> bool:
    """Whether a picture's name says that it shows something to be read."""
    return _DOCUMENT.search(source.name.lower()) is not None


def closed(argument: Any, known: Container[str]) -> Any:
    """The argument with every ``@name`` that is not known made literal text."""
    if isinstance(argument, list):
        return [closed(item, known) for item in argument]
    if not isinstance(argument, str):
        return argument
    pieces = (found.piece for found in scan(argument))
    return "".join(escape(p) if isinstance(p, str) else str(p) if p.name in known else escape(str(p)) for p in pieces)
