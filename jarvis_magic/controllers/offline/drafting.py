"""From wishes to tasks: what each works on, and the plan as it grows."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any, TypeAlias

from ...errors import UsageError
from ...ids import valid_id
from ...kinds import Kind
from ...plans import Draft
from ...references import Reference, escape, kind_at, scan
from ...task_types import TASK_TYPES
from ...tasks import Task, digest_text
from ...wellformed import output_kind, takes
from .arguments import tidy
from .choices import Choices
from .clauses import MOST_WISHES, Wish, divide
from .doubts import POSSESSIVE, Clause
from .lexicon import ACTIONS, Mention
from .moods import cannot, is_vague
from .purposes import purpose_of
from .reading import ANY_REFERENCE, Reading, Span
from .sources import (
    ANALYSES,
    Source,
    fits,
    is_called,
    is_of_reference,
    is_passage,
    is_plural,
    item_said,
    kinds_called,
    names,
    place_called,
    source_of,
)

_A = re.ASCII
_TOGETHER = re.compile(
    r"\b(?:together|in(?:to)? (?:one|a single|a)\b|single|one (?:overall |common )?\w+|overall|out of (?:all|it all)|of everything|all of (?:it|them)"
    r"|combin\w+|zusammen in|zu eine[mr]|insgesamt|gemeinsame?\w*|en un solo|en un seul|conjunto)",
    _A,
)
_ALL_RESULTS = re.compile(
    r"\b(?:all|alle|tous|toutes|todos|todas)\s+(?:of\s+)?(?:the\s+|these\s+|die\s+|les\s+|los\s+|las\s+)?(?:captions?|descriptions?|transcripts?|transcriptions?"
    r"|beschreibungen|abschriften|transkripte|descripciones|transcripciones)\b",
    _A,
)
"""What was made one by one, taken as a whole: "summarise all captions"."""
_APART = re.compile(
    r"\b(?:each|every|separately|individually|one by one|per|one at a time|respectively|jede\w*|einzeln|chacun\w*|chaque|cada)\b",
    _A,
)
_SAYS_COLUMN = re.compile(r"\b(?:columns?|spalte|colonne|columna)\b|列", _A)
_COLUMN = re.compile(r"\b(?:column|spalte|colonne|columna)\s+(?:called\s+|named\s+)?([a-z_]\w*)", _A)
_WRITINGS = re.compile(
    r"\b(poem|haiku|story|article|essay|letter|paragraph|joke|post|tweet|title|headline|slogan|lyrics|recipe|email|list|answer|description"
    r"|text|explanation)s?\b",
    _A,
)
_MAY_JOIN = frozenset({"summarise", "generate", "keywords", "entities"})
_PEOPLE = re.compile(r"^(?!.*\b(?:names?|places?|compan|organi|dates?|entities)).*\b(?:people|persons?|personen)$", _A)
_DESCRIPTION = re.compile(
    r"\b(?:the|its|this|that|these|der|die|la|cette|esta|esa)\s+(?:descriptions?|captions?|beschreibung|legende|descripcion|text)\b|描述|说明",
    _A,
)
_READS = frozenset({"translate", "summarise", "entities", "keywords", "read"})
_LOOKS = frozenset({"generate", "draw", "film", "compare", "sound"})
_TELLS = frozenset({"describe", "caption", "ask"})
_PASSED_ON = frozenset({"translate", "speak"})
_PASSING = frozenset({"summarise", "translate", "rewrite", "transcribe", "read_text", "describe", "caption"})
_POINTS = re.compile(r"\b(?:it|this|that|them|sie|es|le|la|lo)\b", _A)
_MOST_SOURCES = 50  # that one wish works on
_FEW = 1  # words beside the references with which the usual is still what is wanted
_USUAL = {"image": "describe", "text": "summarise", "audio": "transcribe", "video": "transcribe"}
_EXAMPLES = {"image": "photo", "text": "notes", "audio": "recording", "video": "clip", "table": "df"}
_PLURALS = {
    "summary": "summaries",
    "speech": "speeches",
    "similarity": "similarities",
    "story": "stories",
    "reply": "replies",
    "edited": "edited",
    "cleaned": "cleaned",
    "rewritten": "rewritten",
    "filled": "filled",
}

Columns: TypeAlias = Mapping[str, bool]
"""The columns of a table whose values are at hand: whether each holds numbers that are no classes."""
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
    makers
        What makes the tasks of a wish, by action.
    columns
        The columns of each table whose values are at hand, by input name.
    offered
        The kind of each earlier result that may be used although nothing names it, newest first.
    assume
        Whether inputs that are spoken of and not named are assumed to exist, as in the public benchmark.
    """

    def __init__(
        self,
        reading: Reading,
        kinds: Mapping[str, Kind],
        makers: Mapping[str, Maker],
        offered: Mapping[str, Kind] | None = None,
        columns: Mapping[str, Columns] | None = None,
        *,
        assume: bool = False,
    ) -> None:
        self.reading, self.makers, self.assume = reading, makers, assume
        self.columns = dict(columns or {})
        self.division = divide(reading)
        self.tasks: list[Task] = []
        self.places: dict[str, int] = {}
        self.results: list[Source] = []
        self.notes: list[str] = []
        self.choices: Choices | None = None
        self.clauses: list[Clause] = []
        self._kinds = {**(offered or {}), **kinds}
        self.given = [self._item(span) for span in reading.spans if span.what == "reference"]
        self.given += [source_of(span) for span in reading.spans if span.what == "quote" and is_passage(span)]
        written = {source.name for source in self.given}
        self._unwritten = [Source(f"@{name}", kind) for name, kind in kinds.items() if name not in written]
        self._offered = [Source(f"@{name}", kind) for name, kind in (offered or {}).items()]
        self._made: dict[str, Source] = {}
        self._last: list[Source] = []
        self._worked_on: list[Source] = []

    def draft(self) -> Draft:
        """Draft the plan of the whole request."""
        before: Wish | None = None
        for left, wish in zip(
            range(len(self.division.wishes), 0, -1), map(self._as_seen, self.division.wishes), strict=True
        ):
            if (
                len(self.tasks) >= MOST_WISHES
            ):  # "translate them into French and German", again and again, doubles each time
                self.division.more += left
                break
            self._carry_out(wish, before)
            before = wish
        if not self.division.wishes:
            self._do_the_usual()
        used = {reference.name for task in self.tasks for reference in task.references}
        inputs = {name: kind for name, kind in self._kinds.items() if name in used and name not in self.places}
        return Draft(self.reading.text, inputs, self.tasks, notes=self.notes)

    def _carry_out(self, wish: Wish, before: Wish | None) -> None:
        """Add the tasks of a wish; what it lacks is said."""
        results, tasks, notes = len(self.results), len(self.tasks), len(self.notes)
        sources = self._sources(wish, before)
        made = self.makers[wish.action](self, wish, sources)
        if made:
            self._last, self._worked_on = made, sources
            self._keep_clause(wish, sources, tasks, results)
        elif not sources and len(self.notes) == notes and wish.mention.end > wish.mention.start:
            self.notes.append(_missing(self.reading, wish))

    def _keep_clause(self, wish: Wish, sources: list[Source], tasks: int, results: int, *, usual: bool = False) -> None:
        added = tuple(task.id for task in self.tasks[tasks:])
        if added:
            self.clauses.append(Clause(wish, tuple(sources), added, results, usual))

    def _do_the_usual(self) -> None:
        """Do the usual with what is named, where no word says what to do."""
        said = re.sub(ANY_REFERENCE, " ", self.reading.skeleton)
        vague = len(re.findall(r"\w+", said)) <= _FEW or is_vague(said)
        if not vague or any(cannot(self.reading.skeleton[start:end]) for start, end in self.division.loose):
            return
        every = {span.value: span for span in reversed(self.reading.spans) if span.what == "reference"}
        spans = [span for span in reversed(every.values()) if span.kind.base in _USUAL]
        for span in spans:
            source, tasks, results = source_of(span), len(self.tasks), len(self.results)
            action = "read_text" if source.kind.base == "image" and source.is_document else _USUAL[span.kind.base]
            mention = Mention(span.start, span.start, span.end, action, names_result=False)
            wish = Wish(action, mention, span.start, span.end, 0)
            self.makers[action](self, wish, [source])
            self._keep_clause(wish, [source], tasks, results, usual=True)

    def _as_seen(self, wish: Wish) -> Wish:
        """Finding people is finding objects, where there are only pictures to find them in and nothing to be read."""
        words = self.reading.skeleton[wish.mention.start : wish.mention.end]
        if wish.action != "entities" or not _PEOPLE.search(words):
            return wish
        named = [self._item(span) for span in self.reading.within(wish.start, wish.reach, "reference")] or self.given
        seen = bool(named) and all(source.kind.base == "image" and not source.is_document for source in named)
        return replace(wish, action="detect", mention=replace(wish.mention, action="detect")) if seen else wish

    # What a wish works on

    def _sources(self, wish: Wish, before: Wish | None) -> list[Source]:
        """What a wish names: results its nouns stand for, made if they are not there yet, and references; else what is around."""
        shared = self._shared(wish, before)
        if shared:
            return shared
        named = [self._item(span) for span in self.reading.within(wish.start, wish.reach, "reference")]
        called = [(noun, self.called(wish, noun)) for noun in wish.objects]
        sources = [*(result for _, results in called for result in results), *named]
        for noun in [
            noun for noun, results in reversed(called) if not results and self._is_wanted(wish, noun, sources)
        ]:
            nested = replace(wish, action=noun.action, mention=noun, objects=[], by_noun=True, choices=None)
            sources = self.makers[noun.action](self, nested, sources or self._around(nested, before)) or sources
        found = list(dict.fromkeys(sources)) or self._around(wish, before)
        return [self._column(wish, source) for source in found[:_MOST_SOURCES]]

    def _shared(self, wish: Wish, before: Wish | None) -> list[Source]:
        """What verbs that share what is named behind the last pass on to each other: "summarise and read aloud @report"."""
        if before is None or wish.action not in _PASSED_ON or before.sentence != wish.sentence or before.by_noun:
            return []
        said = self.reading.skeleton[before.start : before.end]
        alone = not self.reading.within(before.start, before.end) and not _POINTS.search(said)
        passes = all(fits(wish.action, source) == 2 and source.action in _PASSING for source in self._last)
        named = [self._item(span) for span in self.reading.within(wish.start, wish.reach, "reference")]
        first = next((clause for clause in self.clauses if clause.wish.sentence == wish.sentence), None)
        same = first is not None and named == list(first.sources)
        return self._last if alone and passes and same else []

    def _column(self, wish: Wish, source: Source) -> Source:
        """A column of a table, where a text is wanted of it: the one the request calls so, or quotes and calls a column."""
        types = ACTIONS[wish.action].types
        if source.kind != "table" or "table" in types or "text" not in types:
            return source
        said = _COLUMN.search(self.reading.skeleton)
        quoted = [span.value for span in self.reading.spans if span.what == "quote"]
        if quoted and _SAYS_COLUMN.search(self.reading.skeleton):
            name = quoted[0]
        else:
            name = self.reading.text[said.start(1) : said.end(1)] if said else ""
        if not name:
            return source
        written = f"{source.written}[{json.dumps(name, ensure_ascii=False)}]"
        return Source(written, self.reading.seen.get(written, Kind("list[json]")))

    def _item(self, span: Span) -> Source:
        """The source that a reference stands for: of a list perhaps the item that is said before it, "the first of @photos"."""
        position = item_said(self.reading.skeleton, span.start) if span.kind.depth else None
        if position is None:
            return source_of(span)
        return Source(f"{span.value}[{position}]", span.kind.listed(-1))

    def _is_wanted(self, wish: Wish, noun: Mention, sources: list[Source]) -> bool:
        """Whether a noun asks for its result on the way ("translate the caption of @photo"), rather than say what is in the source."""
        if noun.action in ANALYSES and wish.action in _TELLS:
            return False  # "describe the pose of @boy": what tells of a pose sees the picture itself
        output = TASK_TYPES[next(iter(ACTIONS[noun.action].types.values()))].output
        enough = any(fits(wish.action, source) == 2 for source in sources)
        return output in ACTIONS[wish.action].types and (not enough or is_of_reference(self.reading.skeleton, noun.end))

    def called(self, wish: Wish, noun: Mention) -> list[Source]:
        """The results that a noun names: the latest, or for a plural all of that action."""
        found = [source for source in self.results if names(noun.action, source.action)]
        before = self.reading.skeleton[max(wish.start, noun.start - 20) : noun.start]
        return found if is_plural(before, self.reading.skeleton[noun.start : noun.end], noun.action) else found[-1:]

    def _around(self, wish: Wish, before: Wish | None) -> list[Source]:
        """What a wish works on that names nothing: what its like works on, or the nearest source that fits it best."""
        listed = wish.by_noun and before is not None and before.by_noun and before.sentence == wish.sentence
        if listed and self._worked_on:
            return self._worked_on
        words = self.reading.skeleton[wish.start : wish.reach]
        if before and before.action == "summarise" and POSSESSIVE.search(words):
            whole = [source for source in self._worked_on if fits(wish.action, source) == 2]
            if whole:
                return whole  # "summarise @report, then find its sentiment": that of the report
        earlier = self._earlier(words)
        if earlier and fits(wish.action, earlier):
            return [earlier]
        for kind in kinds_called(words):
            called = next((source for source in self.near() if source.kind.base == kind), None)
            if called and fits(wish.action, called):
                return self._one_of(called)
        for good in (2, 1, 0):
            last = [
                source for source in self._last if fits(wish.action, source) >= good and source.action not in ANALYSES
            ]
            last = [source for source in last if not self._says_less(wish, source)]
            found = last or [s for s in self.near() if fits(wish.action, s) >= good and not self._says_less(wish, s)]
            if found:
                return found if last or is_plural(words) else self._one_of(found[0])
        return self._assumed(wish)

    def _earlier(self, words: str) -> Source | None:
        """The result of an earlier request that words call by its name ("the dark one") or by its place ("the first picture")."""
        named = next((source for source in self._offered if is_called(source.name, words)), None)
        kind, position = place_called(words)
        alike = [source for source in reversed(self._offered) if source.kind.base == kind]
        return named or next(iter(alike[position:]), None) if -len(alike) <= position < len(alike) else named

    def _says_less(self, wish: Wish, source: Source) -> bool:
        """Whether a source is the description of a picture that can be looked at itself: "describe @photo; what is in it?"."""
        described = wish.action in ("ask", "classify") and source.action in ("describe", "caption")
        meant = _DESCRIPTION.search(self.reading.skeleton, max(0, wish.start - 40), wish.reach)
        return described and not meant and any(given.kind.base == "image" for given in self.given)

    def _one_of(self, source: Source) -> list[Source]:
        """The source alone; of several inputs of its kind that the request does not name, with a note that it was taken."""
        like = [other.written for other in self._unwritten if other.kind == source.kind]
        if source.written in like[:1] and len(like) > 1:
            self.notes.append(
                f"The request may mean {' or '.join(like)}: {source.written} is taken; write the name of the one you mean."
            )
        return [source]

    def _assumed(self, wish: Wish) -> list[Source]:
        """A stand-in for an input that the request speaks of and does not name, where those are assumed to exist."""
        kind = next(iter(ACTIONS[wish.action].types))
        if not self.assume or kind == "table":
            return []
        self._kinds.setdefault(kind, Kind(kind))
        return [Source(f"@{kind}", Kind(kind))]

    def near(self) -> Iterator[Source]:
        """Results, newest first, then inputs, in the order they are named or given; last the pictures that only analyse another, and what is offered."""
        yield from (result for result in reversed(self.results) if result.action not in ANALYSES)
        yield from dict.fromkeys(self.given)
        yield from self._unwritten
        yield from (result for result in reversed(self.results) if result.action in ANALYSES)
        yield from self._offered

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
        kind = {2: source.kind.base, 1: "text", 0: next(iter(types))}[fits(action, source)]
        type_name = type_name or types[kind]
        ports = TASK_TYPES[type_name].by_name
        opening = ports.get(port) or ports.get(kind) or next(iter(ports.values()))
        turned = self.turned(wish, source, Kind(opening.kind.base))
        return (
            [self.add(wish, action, type_name, {opening.name: turned.written, **arguments}, mark=mark)]
            if turned
            else []
        )

    def turned(self, wish: Wish, source: Source, kind: Kind) -> Source | None:
        """The source as a port of `kind` takes it: itself, or the result of a task put between; ``None``, and a note, if none can be."""
        if takes(kind, source.kind):
            return source
        match kind.base, source.kind.base:
            case "text", "image":
                action = "read_text" if self._is_read(wish, source) else "describe"
            case "text", "audio" | "video":
                action = "transcribe"
            case _:
                words = tidy(self.reading.text[wish.start : wish.end])[:80]
                self.notes.append(f"“{words}” needs {kind.phrase}, and {source.written} is {source.kind.phrase}.")
                return None
        return next(iter(self.one(wish, action, source)), None)

    def _is_read(self, wish: Wish, source: Source) -> bool:
        """Whether what matters of a picture is the text in it, rather than what it shows."""
        if source.action is not None or wish.action in _LOOKS:
            return False
        return wish.action in _READS or source.is_document

    def add(self, wish: Wish, action: str, type_name: str, arguments: Mapping[str, Any], *, mark: str = "") -> Source:
        """Add a task, unless there is the same already, and return its result; the task's id ends in `mark`."""
        kinds = {**self._kinds, **{source.name: source.kind for source in self.results}}
        arguments = {name: closed(argument, kinds) for name, argument in arguments.items()}
        task = Task("new", type_name, arguments, purpose_of(self.reading, wish, action))
        kind = output_kind(task, kinds)
        if kind.depth and action in _MAY_JOIN and self.is_joined(wish):
            task = replace(task, each=())
            kind = output_kind(task, kinds)
        same = digest_text([type_name, arguments, task.each])
        if same not in self._made:
            task = replace(task, id=self._id(wish, action, kind, mark))
            self._made[same] = Source(f"@{task.id}", kind, action)
            self.tasks.append(task)
            self.places[task.id] = wish.mention.start
            self.results.append(self._made[same])
        return self._made[same]

    def speaks(self, source: Source, language: str) -> Source:
        """The same result, known to be in a language from now on."""
        known = replace(source, language=language)
        self.results = [known if result.written == source.written else result for result in self.results]
        return known

    def is_joined(self, wish: Wish) -> bool:
        """Whether a list goes into one call: "summarise all captions together"."""
        words = self.reading.skeleton[wish.start : wish.reach]
        together = _TOGETHER.search(words) or (wish.action == "summarise" and _ALL_RESULTS.search(words))
        return together is not None and not self.is_apart(wish)

    def is_apart(self, wish: Wish) -> bool:
        """Whether each of several is said to be dealt with by itself: "summarise each of @notes"."""
        return _APART.search(self.reading.skeleton[wish.start : wish.reach]) is not None

    def purpose(self, task_id: str) -> str:
        """The purpose of a task."""
        return next(task.purpose for task in self.tasks if task.id == task_id)

    def argument(self, task_id: str, port: str) -> Any:
        """An argument of a task; ``None`` if it has none at that port."""
        return next(task.arguments.get(port) for task in self.tasks if task.id == task_id)

    def _id(self, wish: Wish, action: str, kind: Kind, mark: str) -> str:
        """An id that is a good variable: the result's noun, in the plural for a list, and what tells it from its like."""
        written = (
            _WRITINGS.search(self.reading.skeleton, wish.mention.start, wish.end) if action == "generate" else None
        )
        noun = written[1] if written else ACTIONS[action].result
        if kind.depth and not noun.endswith("s"):
            noun = _PLURALS.get(noun, f"{noun}s")
        return valid_id(f"{noun}_{mark}" if mark else noun, {*self._kinds, *self.places})


def _missing(reading: Reading, wish: Wish) -> str:
    """What to say of a wish that nothing is there for."""
    *kinds, last = (Kind(kind).phrase for kind in ACTIONS[wish.action].types)
    needed = f"{', '.join(kinds)} or {last}" if kinds else last
    example = _EXAMPLES[next(iter(ACTIONS[wish.action].types))]
    words = tidy(reading.text[wish.start : wish.end])[:80]
    return f"“{words}” does not say with what: it needs {needed}; name it with @, for example @{example}."


def closed(argument: Any, kinds: Mapping[str, Kind]) -> Any:
    """The argument with every ``@name`` that leads nowhere made literal text."""
    if isinstance(argument, list):
        return [closed(item, kinds) for item in argument]
    if not isinstance(argument, str):
        return argument
    pieces = (found.piece for found in scan(argument, kinds))
    return "".join(str(p) if isinstance(p, Reference) and _leads(p, kinds) else escape(str(p)) for p in pieces)


def _leads(reference: Reference, kinds: Mapping[str, Kind]) -> bool:
    try:
        return reference.name in kinds and bool(kind_at(kinds[reference.name], reference.path))
    except UsageError:
        return False
