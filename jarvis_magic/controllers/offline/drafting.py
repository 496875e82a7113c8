"""From wishes to tasks: which type does each, what it works on, what its arguments are, what it is called."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from ...ids import valid_id
from ...kinds import Kind
from ...plans import Draft
from ...task_types import TASK_TYPES
from ...tasks import Task
from ...wellformed import WITH_TEXT_FORM, output_kind, takes
from . import arguments as read_arguments
from .clauses import Division, Wish, divide
from .languages import language_named
from .lexicon import ACTIONS, Mention
from .reading import Reading, Span

_A = re.ASCII
_TOGETHER = re.compile(
    r"\b(?:together|into (?:one|a single)|single|one (?:overall )?summary|overall|of everything|of all of it|all of it|combin\w+|combined|in one paragraph|zusammen zu|en un solo|en un seul)\b", _A
)
_NO_BRIDGE_PURPOSE = "describe"
_DOCUMENTS = re.compile(
    r"scan|page|document|dokument|slide|folie|receipt|invoice|bill|rechnung|factur|facture|letter|brief|fax|form|note|sign|poster|label|whiteboard|screenshot|menu|contract|certificate|ticket|cheque|book", _A
)
_OBJECT_NOUNS = (
    ("text", re.compile(r"\b(?:the|den|le|el|this|that|english|extracted)\s+(?:\w+\s+)?(?:text|texte|texto|article|words)\b|内容|文字", _A)),
    ("image", re.compile(r"\b(?:the|this|that|das|la|l'|same|new|generated|edited)\s+(?:\w+\s+)?(?:picture|image|photo|bild|imagen|drawing)\b|图片", _A)),
    ("audio", re.compile(r"\b(?:the|that|this|enhanced|cleaned)\s+(?:\w+\s+)?(?:audio|recording|sound|speech)\b", _A)),
)
_DOCUMENT_WORDS = re.compile(r"\b(?:invoice|receipt|document|letter|form|bill|contract|scan|page|sender|due date|rechnung|facture|factura|dokument|ingredients|label)\b", _A)
_REGRESSION = re.compile(r"\b(?:regress\w*|price|cost|rent|amount|value|salary|revenue|sales|demand|temperature|number|estimate|forecast\w*|mpg|score|weight|height|age|preis\w*|miete|prix|precio|prognos\w*)\b", _A)
_COLUMN = re.compile(r"\b(?:column|columns|spalte|colonne|columna|target)\s+(?:named\s+|called\s+)?([a-z_][\w]*)", _A)
_PREDICTED = re.compile(r"\b(?:predict|forecast|estimate|classify|predis|predice)\s+(?:the\s+|whether\s+|column\s+)*([a-z_]\w*)", _A)


@dataclass(frozen=True)
class Source:
    """What a task can work on: a written reference, its kind, and the action it came from (``None``: an input)."""

    reference: str
    kind: Kind
    action: str | None = None
    language: str | None = None

    @property
    def name(self) -> str:
        """The name referred to, without its path."""
        match = re.match(r"@(\w+)", self.reference)
        return match[1] if match else ""


class Drafting:
    """A plan in the making: the tasks so far, in the order they were asked for.

    Parameters
    ----------
    reading
        The request.
    kinds
        The kind of each input, by name.
    columns
        The numeric columns and all columns of each table whose value is at hand, by input name.
    """

    def __init__(self, reading: Reading, kinds: Mapping[str, Kind]) -> None:
        self.reading, self.kinds = reading, dict(kinds)
        self.tasks: list[Task] = []
        self.results: list[Source] = []
        self.notes: list[str] = []
        self.last: list[Source] = []
        self.last_sources: list[Source] = []

    def draft(self) -> Draft:
        """Draft the plan."""
        division = divide(self.reading)
        for position, wish in enumerate(division.wishes):
            self._carry_out(wish, division.wishes[position - 1] if position else None)
        used = {reference.name for task in self.tasks for reference in task.references}
        inputs = {name: kind for name, kind in self.kinds.items() if name in used}
        return Draft(self.reading.text, inputs, self.tasks, None, self.notes)

    def _carry_out(self, wish: Wish, before: Wish | None) -> None:
        sources = self._sources(wish, before)
        made = self._make(wish, wish.action, sources)
        if made:
            self.last, self.last_sources = made, sources

    # What a wish works on

    def _sources(self, wish: Wish, before: Wish | None) -> list[Source]:
        named = [self._source(span) for span in read_arguments.references(self.reading, wish)]
        existing = [source for mention in wish.objects for source in self._existing(wish, mention)]
        missing = [mention for mention in wish.objects if not self._existing(wish, mention)]
        sources = [*existing, *named]
        for mention in reversed(missing):
            nested = replace_wish(wish, mention)
            sources = self._make(nested, mention.action, sources or self._around(nested, before)) or sources
        return sources or self._around(wish, before)

    def _source(self, span: Span) -> Source:
        return Source(span.value, span.kind)

    def _existing(self, wish: Wish, mention: Mention) -> list[Source]:
        """The results that a noun names, if there are any: the latest, or for a plural all of the same action."""
        found = [source for source in self.results if source.action == mention.action or (mention.action, source.action) in _SAME]
        words = self.reading.skeleton[mention.start : mention.end]
        many = words.endswith(("s", "en")) or re.search(r"\b(?:both|beide|two|all|les deux|ambas|ambos)\b", self.reading.skeleton[max(wish.start, mention.start - 20) : mention.start])
        return found if many else found[-1:]

    def _around(self, wish: Wish, before: Wish | None) -> list[Source]:
        """What a wish works on that names nothing: results and inputs near by, of a fitting kind."""
        words = self.reading.skeleton[wish.start : wish.end]
        wanted = list(ACTIONS[wish.action].types)
        if wish.by_noun and before is not None and before.by_noun and before.sentence == wish.sentence and self.last_sources:
            return self.last_sources
        for kind, pattern in _OBJECT_NOUNS:
            if pattern.search(words):
                near = [source for source in self._near() if source.kind.base == kind]
                if near:
                    return near[:1]
        for fits in (lambda s: s.kind.base in wanted, lambda s: "text" in wanted and s.kind.base in WITH_TEXT_FORM and s.kind.base != "table", lambda s: True):
            latest = [source for source in self.last if fits(source)]
            if latest:
                return latest
            near = [source for source in self._near() if fits(source)]
            if near:
                return near[:1]
        return []

    def _near(self) -> list[Source]:
        """Results, newest first, then inputs in the order they are named."""
        spans = [span for span in self.reading.spans if span.what == "reference"]
        return [*reversed(self.results), *(self._source(span) for span in spans)]

    # What does it

    def _make(self, wish: Wish, action: str, sources: list[Source]) -> list[Source]:
        """Add the tasks of a wish; return what they give."""
        maker = getattr(self, f"_make_{action}", None)
        return maker(wish, sources) if maker else self._make_plain(wish, action, sources)

    def _make_plain(self, wish: Wish, action: str, sources: list[Source], **arguments: Any) -> list[Source]:
        quoted = [Source(f"{span.value}", Kind("text")) for span in read_arguments.quotes(self.reading, wish)]
        if not sources or (quoted and "text" in ACTIONS[action].types and action not in ("entities", "keywords")):
            sources = [q for q in quoted if "text" in ACTIONS[action].types] or sources
        return [made for source in sources if (made := self._one(wish, action, source, **arguments))]

    def _one(self, wish: Wish, action: str, source: Source, *, type_name: str = "", port: str = "", **arguments: Any) -> Source | None:
        """One task of an action on one source, turned into a fitting kind first if need be."""
        types = ACTIONS[action].types
        base = source.kind.base
        wanted = base if base in types else next((k for k in types if k == "text" and base in WITH_TEXT_FORM), next(iter(types)))
        type_name = type_name or types[wanted]
        port_kind = next(p for p in TASK_TYPES[type_name].ports if p.name == (port or wanted)) if (port or wanted) in TASK_TYPES[type_name].by_name else TASK_TYPES[type_name].ports[0]
        turned = self._turned(wish, source, Kind(port_kind.kind.base))
        if turned is None:
            return None
        return self._task(wish, action, type_name, {port_kind.name: turned.reference, **arguments}, [turned])

    def _turned(self, wish: Wish, source: Source, kind: Kind) -> Source | None:
        """The source as a kind that a port takes: itself, or the result of a task put between."""
        if takes(kind, source.kind):
            return source
        match kind.base, source.kind.base:
            case "text", "image":
                readable = wish.action in ("translate", "summarise", "entities", "keywords", "read") or self._is_document(source)
                action = "read_text" if readable and wish.action not in ("generate", "draw", "compare") else "describe"
                return self._one(wish, action, source)
            case "text", "audio" | "video":
                return self._one(wish, "transcribe", source)
            case "image", "text":
                return self._one(wish, "draw", source)
            case "audio", "text":
                return self._one(wish, "speak", source)
        return None

    def _is_document(self, source: Source) -> bool:
        return _DOCUMENTS.search(source.name.lower()) is not None

    def _task(self, wish: Wish, action: str, type_name: str, arguments: dict[str, Any], sources: list[Source], language: str | None = None) -> Source:
        together = any(source.kind.depth for source in sources) and _TOGETHER.search(self.reading.skeleton[wish.start : read_arguments._end(wish)])
        each = () if together and action in ("summarise", "generate") else None
        for task in self.tasks:
            if task.type == type_name and dict(task.arguments) == arguments and task.each == each:
                return next(source for source in self.results if source.name == task.id)
        task = Task(self._free_id(action, sources), type_name, arguments, self._purpose(wish, action), each=each)
        kinds = {**self.kinds, **{source.name: source.kind for source in self.results}}
        kind = output_kind(task, kinds)
        if kind.depth and not task.id.endswith("s"):
            task = replace(task, id=self._free_id(action, sources, plural=True))
        self.tasks.append(task)
        result = Source(f"@{task.id}", kind, action, language)
        self.results.append(result)
        return result

    def _free_id(self, action: str, sources: list[Source], *, plural: bool = False) -> str:
        noun = ACTIONS[action].result
        taken = {*self.kinds, *(task.id for task in self.tasks)}
        if plural:
            noun = {"summary": "summaries", "speech": "speeches", "depth": "depths", "text": "texts"}.get(noun, noun if noun.endswith("s") else noun + "s")
        return valid_id(noun, taken)

    def _purpose(self, wish: Wish, action: str) -> str:
        if action in ("describe", "caption"):
            return "describe"
        if action == "read_text":
            return "read handwritten text" if "handwrit" in self.reading.skeleton[wish.start : wish.end] else "read printed text"
        words = self.reading.text[wish.mention.start : max(wish.mention.reach, wish.mention.end)]
        return read_arguments.tidy(words)[:60] if "@" not in words else ACTIONS[action].result

    def _make_translate(self, wish: Wish, sources: list[Source]) -> list[Source]:
        targets, source_language = read_arguments.languages(self.reading, wish)
        if not targets:
            targets = ["English"]
            self.notes.append("No target language was named, so English is taken.")
        extra = {"source_language": source_language} if source_language else {}
        made = []
        for target in targets:
            for result in self._make_plain(wish, "translate", sources, target_language=target, **extra):
                made.append(replace(result, language=target))
                self.results[self.results.index(result)] = made[-1] if result in self.results else result
        return made

    def _make_summarise(self, wish: Wish, sources: list[Source]) -> list[Source]:
        made = self._make_plain(wish, "summarise", sources)
        targets, _ = read_arguments.languages(self.reading, wish)
        return self._make_translate(wish, made) if made and targets else made

    _make_describe = lambda self, wish, sources: self._described(wish, "describe", sources)  # noqa: E731
    _make_caption = lambda self, wish, sources: self._described(wish, "caption", sources)  # noqa: E731

    def _described(self, wish: Wish, action: str, sources: list[Source]) -> list[Source]:
        made = self._make_plain(wish, action, sources)
        targets, _ = read_arguments.languages(self.reading, wish)
        return self._make_translate(wish, made) if made and targets else made

    def _make_speak(self, wish: Wish, sources: list[Source]) -> list[Source]:
        voice = read_arguments.voice(self.reading, wish)
        targets, _ = read_arguments.languages(self.reading, wish)
        quoted = [Source(span.value, Kind("text")) for span in read_arguments.quotes(self.reading, wish)]
        made = []
        for source in quoted or sources:
            extra = {"voice": voice} if voice else {}
            language = source.language or (targets[0] if targets else None)
            if language:
                extra["language"] = language
            result = self._one(wish, "speak", source, **extra)
            made += [result] if result else []
        return made

    def _make_read(self, wish: Wish, sources: list[Source]) -> list[Source]:
        made = []
        for source in sources:
            action = {"image": "read_text", "audio": "transcribe", "video": "transcribe"}.get(source.kind.base, "speak")
            made += self._make(wish, action, [source])
        return made

    def _make_classify(self, wish: Wish, sources: list[Source]) -> list[Source]:
        labels, _ = read_arguments.labels(self.reading, wish.start, read_arguments._end(wish))
        if any(source.kind.base == "table" and not source.kind.depth for source in sources):
            return self._make_predict(wish, sources)
        if not labels:
            return self._make_plain(wish, "classify", sources)
        made = []
        for source in sources:
            base = source.kind.base if source.kind.base in ("image", "audio") else "text"
            zero_shot = {"image": "zero-shot-image-classification", "audio": "zero-shot-audio-classification"}.get(base, "zero-shot-classification")
            result = self._one(wish, "classify", source, type_name=zero_shot, port=base, labels=labels)
            made += [result] if result else []
        return made

    def _make_detect(self, wish: Wish, sources: list[Source]) -> list[Source]:
        labels = [span.value for span in read_arguments.quotes(self.reading, wish)]
        if labels:
            found = [self._one(wish, "detect", s, type_name="zero-shot-object-detection", port="image", labels=labels) for s in sources]
            return [result for result in found if result]
        return self._make_plain(wish, "detect", sources)

    def _make_edit(self, wish: Wish, sources: list[Source]) -> list[Source]:
        text = read_arguments.without_pointing(self.reading, wish.start, wish.end)
        text = text[:1].lower() + text[1:] or "edit"
        found = [self._one(wish, "edit", source, port="image", text=text) for source in sources]
        return [result for result in found if result]

    def _make_enhance(self, wish: Wish, sources: list[Source]) -> list[Source]:
        if sources and all(source.kind.base == "image" for source in sources):
            return self._make_edit(wish, sources)
        return self._make_plain(wish, "enhance", sources)

    def _make_draw(self, wish: Wish, sources: list[Source]) -> list[Source]:
        control = next((s for s in sources if s.action in _CONTROLS), None)
        description = self._description(wish)
        sized, _ = read_arguments.size_and_seed(self.reading, wish)
        if control:
            type_name = _CONTROLS[control.action or ""]
            return [self._task(wish, "draw", type_name, {"image": control.reference, "text": description}, [control])]
        if description:
            return [self._task(wish, "draw", "text-to-image", {"text": description, **sized}, [])]
        return self._make_plain(wish, "draw", sources, **sized)

    def _make_film(self, wish: Wish, sources: list[Source]) -> list[Source]:
        if sources and sources[0].kind.base == "image":
            return self._make_plain(wish, "film", sources)
        description = self._description(wish)
        if description and not sources:
            return [self._task(wish, "film", "text-to-video", {"text": description}, [])]
        return self._make_plain(wish, "film", sources)

    def _make_sound(self, wish: Wish, sources: list[Source]) -> list[Source]:
        description = self._description(wish)
        if description:
            return [self._task(wish, "sound", "text-to-audio", {"text": description}, [])]
        return self._make_plain(wish, "sound", sources)

    def _description(self, wish: Wish) -> str:
        """What a picture, video or sound is to show, from behind the verb; empty if that is only a reference or a pronoun."""
        _, places = read_arguments.size_and_seed(self.reading, wish)
        end = min([read_arguments._end(wish), *(start for start, _ in places)])
        start = wish.mention.end
        words = self.reading.text[start:end]
        words = re.sub(r"^\s*(?:me\s+)?(?:(?:an?|the)\s+)?(?:picture|image|photo|drawing|illustration|video|clip)?\s*(?:of|from|for|showing|based on|about|with|in which|that shows)?\s+", "", words, flags=re.IGNORECASE)
        words = read_arguments.tidy(words)
        if re.fullmatch(r"@\S+|it|this|that|them|what .*|.*(?:caption|description|summary|transcript|translation|result|text)", words, re.IGNORECASE):
            return ""
        images = [span for span in read_arguments.references(self.reading, wish) if span.kind.base not in WITH_TEXT_FORM]
        return "" if images else words

    def _make_generate(self, wish: Wish, sources: list[Source]) -> list[Source]:
        return self._written(wish, "generate", "text-generation", sources)

    def _make_rewrite(self, wish: Wish, sources: list[Source]) -> list[Source]:
        return self._written(wish, "rewrite", "text2text-generation", sources)

    def _written(self, wish: Wish, action: str, type_name: str, sources: list[Source]) -> list[Source]:
        """A text written by an instruction: the clause, in which pictures and pronouns have become references."""
        start, end = wish.mention.start, wish.end
        text = self.reading.text[start:end]
        named = read_arguments.references(self.reading, wish)
        for span in reversed([span for span in named if span.start < end]):
            turned = self._turned(wish, self._source(span), Kind("text"))
            if turned:
                text = text[: span.start - start] + turned.reference + text[span.end - start :]
        if "@" not in text and sources:
            turned = self._turned(wish, sources[0], Kind("text"))
            if turned:
                replaced = re.sub(r"\b(?:the|this|that)\s+(?:\w+)\b|\b(?:it|this|that)\b", turned.reference, text, count=1)
                text = replaced if replaced != text else f"{text}: {turned.reference}"
        return [self._task(wish, action, type_name, {"text": read_arguments.tidy(text)}, [])]

    def _make_compare(self, wish: Wish, sources: list[Source]) -> list[Source]:
        if len(sources) == 1:
            sources = [*sources, *[s for s in self._near() if s.reference != sources[0].reference][:1]]
        if len(sources) < 2:
            return []
        if all(source.kind.base == "image" for source in sources):
            text = read_arguments.without_pointing(self.reading, wish.start, wish.end)
            return [self._task(wish, "compare", "image-text-to-text", {"images": [s.reference for s in sources], "text": text or "Compare them"}, [])]
        pair = [self._turned(wish, source, Kind("text")) for source in sources[-2:]]
        if None in pair:
            return []
        return [self._task(wish, "compare", "sentence-similarity", {"text": pair[0].reference, "other": pair[1].reference}, [])]  # type: ignore[union-attr]

    def _make_predict(self, wish: Wish, sources: list[Source]) -> list[Source]:
        words = self.reading.skeleton[wish.start : read_arguments._end(wish)]
        quoted = read_arguments.quotes(self.reading, wish)
        match = _COLUMN.search(words) or _PREDICTED.search(words)
        target = quoted[0].value if quoted else match[1] if match else ""
        tables = [s for s in sources if s.kind.base == "table"] or [s for s in self._near() if s.kind.base == "table"][:1]
        if not target or not tables:
            self.notes.append("A prediction needs a table and the name of a column: predict \"price\" in @houses.")
            return []
        type_name = "tabular-regression" if _REGRESSION.search(words) and "classif" not in words else "tabular-classification"
        return [self._task(wish, "predict", type_name, {"table": s.reference, "target": target}, [s]) for s in tables]

    def _make_ask(self, wish: Wish, sources: list[Source]) -> list[Source]:
        quoted = read_arguments.quotes(self.reading, wish)
        question = quoted[0].value if quoted else read_arguments.without_pointing(self.reading, wish.start, wish.end, question=True)
        if not quoted and self.reading.skeleton[wish.end : wish.end + 1] in ("?", "？"):
            question += self.reading.text[wish.end]
        made = []
        if len(sources) > 1 and all(s.kind.base == "image" for s in sources):
            return [self._task(wish, "compare", "image-text-to-text", {"images": [s.reference for s in sources], "text": question}, [])]
        texts = [s for s in sources if s.kind.base == "text"]
        if len(texts) > 1:
            return [self._task(wish, "ask", "question-answering", {"question": texts[0].reference, "context": texts[1].reference}, [])]
        for source in sources[:1]:
            base = source.kind.base
            if base == "image":
                document = self._is_document(source) or _DOCUMENT_WORDS.search(self.reading.skeleton[wish.start : wish.end])
                type_name, port = ("document-question-answering" if document else "visual-question-answering"), "image"
            elif base == "table" and not source.kind.depth:
                type_name, port = "table-question-answering", "table"
            else:
                type_name, port = "question-answering", "context"
            result = self._one(wish, "ask", source, type_name=type_name, port=port, question=question)
            made += [result] if result else []
        return made


_SAME = {("describe", "caption"), ("caption", "describe")}
_CONTROLS = {
    "canny": "canny-text-to-image", "hed": "hed-text-to-image", "mlsd": "mlsd-text-to-image", "openpose": "openpose-text-to-image",
    "normal": "normal-text-to-image", "scribble": "scribble-text-to-image", "depth": "depth-text-to-image", "segment": "seg-text-to-image",
}  # fmt: skip


def replace_wish(wish: Wish, mention: Mention) -> Wish:
    """The wish that a noun inside another wish stands for."""
    return replace(wish, action=mention.action, mention=mention, objects=[], by_noun=True)
