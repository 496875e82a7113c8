"""How a wish becomes tasks, action by action, where it takes more than one task of a type on each source."""

from __future__ import annotations

import re
from typing import Any

from ...kinds import Kind
from ...wellformed import WITH_TEXT_FORM
from .arguments import languages, size_and_seed, tidy, voice, without_pointing
from .clauses import Wish
from .drafting import Drafting, Maker
from .lexicon import ACTIONS
from .moods import is_question
from .reading import Span, fold
from .sources import Source, source_of

_A = re.ASCII
_REGRESSION = re.compile(
    r"regress|price|cost|rent\b|amount|value|salary|income|revenue|sales|demand|temperature|number|estimat|forecast|mpg|score|weight|height|\bage\b|preis|miete|gehalt|prix|loyer|precio|prognos",
    _A,
)
_COLUMN = re.compile(
    r"\b(?:columns?|spalte|colonne|columna|target|by)\s+(?:named\s+|called\s+)?([a-z_]\w*)|\(column\s+([a-z_]\w*)\)", _A
)
_PREDICTED = re.compile(
    r"\b(?:predict\w*|forecast\w*|estimat\w*|classify|predis|predice|regression (?:on|for))\s+(?:the\s+|whether\s+|column\s+|for\s+)*([a-z_]\w*)",
    _A,
)
_DOCUMENT_WORDS = re.compile(
    r"\b(?:invoice|receipt|document|letter|form|bill|contract|scan|page|sender|due date|rechnung|factur\w*|dokument|brief)\b",
    _A,
)
_SOME_QUESTION = re.compile(
    r"(?:it|that|this|them|(?:the|that|this|my|his|her|their)(?: \w+)? question\b.*|(?:from|using|based on|in|according to)\b.*|die frage|la question|la pregunta)?",
    _A,
)
_DESCRIBED = re.compile(
    r"\s*(?:me\s+|mir\s+)?(?:(?:an?|the|another|one|some|ein|une?|una?)\s+)?(?:(?:new|second|short|nice|beautiful|generated)\s+)*(?:picture|image|photo|drawing|illustration|painting(?= of)|video|clip|film|movie|sound|sounds|bild|imagen|dessin|dibujo|videos?)?\s*"
    r"(?:out of|of|from|for|showing|based on|about|with|in which|that shows|von|de|:)?\s+|\s*d'",
    _A,
)
_WORK = re.compile(r"\b(?:an?|the)\s+(?:\w+\s+)?(?:poster|logo|banner|cover|portrait|comic|postcard|icon)$", _A)
_REFERS_BACK = re.compile(
    r"@\S+|(?:it|this|that|them|these)\b.*|what\b.*|(?:(?:the|this|that|its|my)\s+)?(?:\w+\s+){0,2}(?:captions?|descriptions?|summar\w+|transcripts?|translations?|results?|texts?|answers?|classification|labels?|content|output|prompt|response)\b.*",
    _A,
)
_BARE_ENDS = {re.compile(r"\w\s(?:is|are|was|were)$", _A): " there", re.compile(r"\w\s(?:ist|sind)$", _A): " zu sehen"}
"""What a question lacks that ended in where something is seen, and that was pointed at: "who is in @photo?"."""
_ADJECTIVE = re.compile(r"\s*(?:(?:more|less|a bit|much|etwas|mehr|plus|moins|mas|menos)\s+)?[a-z]+\s*", _A)
_PRONOUN = re.compile(r"\b(?:it|them|this|that)\b|\b(?:the|this|that)\s+(?:result|text|output)\b", _A)


def _plain(drafting: Drafting, wish: Wish, sources: list[Source], action: str = "", **arguments: Any) -> list[Source]:
    """One task on each source; quoted words come before what stands near by."""
    action = action or wish.action
    sources = _texts(drafting, wish, action, sources)
    mark = str(arguments.pop("mark", ""))
    return [
        made
        for source in sources
        for made in drafting.one(
            wish, action, source, mark=mark or (source.name if len(sources) > 1 else ""), **arguments
        )
    ]


def _summarise(drafting: Drafting, wish: Wish, sources: list[Source]) -> list[Source]:
    if len(sources) < 2 or not drafting.is_joined(wish):
        return _plain(drafting, wish, sources)
    turned = [text for source in sources if (text := drafting.turned(wish, source, Kind("text")))]
    return (
        [drafting.add(wish, "summarise", "summarization", {"text": [text.written for text in turned]})]
        if turned
        else []
    )


def _texts(drafting: Drafting, wish: Wish, action: str, sources: list[Source]) -> list[Source]:
    quoted = _quotes(drafting, wish)
    named = drafting.reading.within(wish.start, wish.reach, "reference") or wish.objects
    if not quoted or named or "text" not in ACTIONS[action].types:
        return sources
    return [source_of(span) for span in quoted]


def _quotes(drafting: Drafting, wish: Wish) -> list[Span]:
    return drafting.reading.within(wish.start, wish.reach, "quote")


def _translate(drafting: Drafting, wish: Wish, sources: list[Source]) -> list[Source]:
    targets, origin = languages(drafting.reading, wish)
    if not targets:
        drafting.notes.append("No target language was named for the translation, so English is taken.")
    arguments = {"source_language": origin} if origin else {}
    made = []
    for target in targets or ["English"]:
        mark = target.lower() if len(targets) > 1 else ""
        results = _plain(drafting, wish, sources, "translate", target_language=target, mark=mark, **arguments)
        made += [drafting.speaks(result, target) for result in results]
    return made


def _speak(drafting: Drafting, wish: Wish, sources: list[Source]) -> list[Source]:
    if sources and all(source.kind.base in ("audio", "video") for source in sources):
        return sources
    targets, _ = languages(drafting.reading, wish)
    if targets and any(source.action is not None and source.language is None for source in sources):
        sources = _translate(drafting, wish, sources)
    spoken = voice(drafting.reading, wish)
    sources = sources or _literal(drafting, wish)
    made = []
    for source in _texts(drafting, wish, "speak", sources):
        language = source.language or (targets[0] if targets else None)
        mark = (source.language or source.name).lower() if len(sources) > 1 else ""
        arguments = {"voice": spoken, "language": language, "mark": mark}
        made += drafting.one(wish, "speak", source, **{name: value for name, value in arguments.items() if value})
    return made


def _literal(drafting: Drafting, wish: Wish) -> list[Source]:
    """The words behind a verb, where there is nothing else to be said: "say hello"."""
    words = tidy(drafting.reading.text[wish.mention.end : wish.end])
    return [Source(words, Kind("text"))] if words and not _REFERS_BACK.fullmatch(fold(words)) else []


def _transcribe(drafting: Drafting, wish: Wish, sources: list[Source]) -> list[Source]:
    targets, origin = languages(drafting.reading, wish)
    arguments = {"language": origin} if origin and not targets else {}
    return [
        made
        for s in sources
        for made in drafting.one(wish, "transcribe", s, **(arguments if s.kind.base in ("audio", "video") else {}))
    ]


def _read(drafting: Drafting, wish: Wish, sources: list[Source]) -> list[Source]:
    made = []
    for source in sources:
        action = {"image": "read_text", "audio": "transcribe", "video": "transcribe"}.get(source.kind.base, "speak")
        made += drafting.makers[action](drafting, wish, [source])
    return made


def _classify(drafting: Drafting, wish: Wish, sources: list[Source]) -> list[Source]:
    if any(source.kind == "table" for source in sources):
        return _predict(drafting, wish, sources)
    chosen = wish.choices or drafting.choices
    if chosen is None:
        return _plain(drafting, wish, sources)
    drafting.choices = chosen
    made = []
    for source in _texts(drafting, wish, "classify", sources):
        kind = source.kind.base if source.kind.base in ("image", "audio") else "text"
        type_name = "zero-shot-classification" if kind == "text" else f"zero-shot-{kind}-classification"
        made += drafting.one(wish, "classify", source, type_name=type_name, port=kind, labels=list(chosen.labels))
    return made


def _sentiment(drafting: Drafting, wish: Wish, sources: list[Source]) -> list[Source]:
    quoted = _quotes(drafting, wish)
    return _plain(drafting, wish, [_column(source, quoted, drafting) for source in sources])


def _column(source: Source, quoted: list[Span], drafting: Drafting) -> Source:
    """A column of a table, where a text is wanted of it: the one in quotes, here or before."""
    names = quoted or [span for span in drafting.reading.spans if span.what == "quote"]
    if source.kind != "table" or not names:
        return source
    return Source(f'{source.written}["{names[0].value}"]', Kind("list[json]"))


def _detect(drafting: Drafting, wish: Wish, sources: list[Source]) -> list[Source]:
    labels = [span.value for span in _quotes(drafting, wish)]
    if not labels:
        return _plain(drafting, wish, sources)
    return [
        made
        for source in sources
        for made in drafting.one(
            wish, "detect", source, type_name="zero-shot-object-detection", port="image", labels=labels
        )
    ]


def _edit(drafting: Drafting, wish: Wish, sources: list[Source]) -> list[Source]:
    start = min(wish.start, wish.mention.start)
    text = without_pointing(drafting.reading, start, _with_adjectives(drafting, wish))
    text = re.sub(r"^(\w+) (?:it|them)\b\s*", r"\1 ", text).strip()
    text = text[:1].lower() + text[1:] or ACTIONS["edit"].result
    return [made for source in sources for made in drafting.one(wish, "edit", source, port="image", text=text)]


def _with_adjectives(drafting: Drafting, wish: Wish) -> int:
    """Where an instruction ends: "make it brighter and sharper" goes on behind its "and"."""
    start, end = wish.tails[0] if wish.tails else (0, 0)
    return end if start - wish.end < 6 and _ADJECTIVE.fullmatch(drafting.reading.skeleton, start, end) else wish.end


def _enhance(drafting: Drafting, wish: Wish, sources: list[Source]) -> list[Source]:
    if sources and all(source.kind.base == "image" for source in sources):
        return _edit(drafting, wish, sources)
    return _plain(drafting, wish, sources)


_CONTROLS = {
    "canny": "canny-text-to-image", "hed": "hed-text-to-image", "mlsd": "mlsd-text-to-image", "openpose": "openpose-text-to-image",
    "normal": "normal-text-to-image", "scribble": "scribble-text-to-image", "depth": "depth-text-to-image", "segment": "seg-text-to-image",
}  # fmt: skip


def _draw(drafting: Drafting, wish: Wish, sources: list[Source]) -> list[Source]:
    sizes, _ = size_and_seed(drafting.reading, wish)
    description = _description(drafting, wish)
    controlling = _control(drafting, wish, sources)
    if controlling and description:
        arguments = {"image": controlling.written, "text": description}
        return [drafting.add(wish, "draw", _CONTROLS[controlling.action or ""], arguments)]
    if description:
        return [drafting.add(wish, "draw", "text-to-image", {"text": description, **sizes})]
    return _plain(drafting, wish, sources, "draw", **sizes)


def _control(drafting: Drafting, wish: Wish, sources: list[Source]) -> Source | None:
    """The picture of edges, poses, depth or regions that a new picture is to follow."""
    last = [
        *sources,
        *(drafting.results[-1:] if not drafting.reading.within(wish.start, wish.reach, "reference") else []),
    ]
    found = [source for source in last if source.action in _CONTROLS]
    if not found:
        return None
    return found[0] if found[0].kind.base == "image" else _first_of(drafting, found[0])


def _first_of(drafting: Drafting, masks: Source) -> Source:
    """What a picture of regions is drawn from: the picture that was divided."""
    task = next(task for task in drafting.tasks if task.id == masks.name)
    return Source(str(task.arguments["image"]), Kind("image"), masks.action)


def _film(drafting: Drafting, wish: Wish, sources: list[Source]) -> list[Source]:
    pictures = [source for source in sources if source.kind.base == "image"]
    if pictures:
        shown = re.search(
            r"\b(?:in which|where|that shows|showing)\s+(.+)", drafting.reading.text[wish.start : wish.reach]
        )
        arguments = {"text": tidy(shown[1])} if shown else {}
        return _plain(drafting, wish, pictures, **arguments)
    return _described(drafting, wish, sources, "text-to-video")


def _sound(drafting: Drafting, wish: Wish, sources: list[Source]) -> list[Source]:
    return _described(drafting, wish, sources, "text-to-audio")


def _described(drafting: Drafting, wish: Wish, sources: list[Source], type_name: str) -> list[Source]:
    description = _description(drafting, wish)
    return (
        [drafting.add(wish, wish.action, type_name, {"text": description})]
        if description
        else _plain(drafting, wish, sources)
    )


def _description(drafting: Drafting, wish: Wish) -> str:
    """What a picture, video or sound is to show, from behind the verb; empty if that is only a reference or a pronoun."""
    reading = drafting.reading
    _, places = size_and_seed(reading, wish)
    end = min([wish.reach, *(start for start, _ in places)])
    named = reading.within(wish.start, end, "reference")
    if wish.objects or any(span.kind.base not in WITH_TEXT_FORM for span in named):
        return ""
    start = min(wish.mention.end, end)
    work = _WORK.search(reading.skeleton, wish.mention.start, start)
    if work:
        return tidy(reading.text[work.start() : end])
    while (opening := _DESCRIBED.match(reading.skeleton, start, end)) and opening.end() > start:
        start = opening.end()
    words = tidy(reading.text[start:end])
    quoted = reading.within(start, end, "quote")
    if len(quoted) == 1 and len(quoted[0].value) > 0.6 * len(words):
        return quoted[0].value
    return "" if _REFERS_BACK.fullmatch(fold(words)) else words


def _generate(drafting: Drafting, wish: Wish, sources: list[Source]) -> list[Source]:
    return _written(drafting, wish, sources, "text-generation")


def _rewrite(drafting: Drafting, wish: Wish, sources: list[Source]) -> list[Source]:
    return _written(drafting, wish, sources, "text2text-generation")


def _written(drafting: Drafting, wish: Wish, sources: list[Source], type_name: str) -> list[Source]:
    """A text written by an instruction: the clause, in which nouns, pronouns and pictures have become references to texts."""
    reading, start, end = drafting.reading, wish.mention.start, wish.end
    swaps = [(span.start, span.end, source_of(span)) for span in reading.within(start, end, "reference")]
    for noun in wish.objects:
        results = drafting.called(wish, noun)
        if results and noun.start >= start:
            swaps.append((_with_article(reading.skeleton, noun.start), noun.end, results[-1]))
    pronoun = _PRONOUN.search(reading.skeleton, wish.mention.end, end)
    if not swaps and sources and pronoun:
        swaps.append((pronoun.start(), pronoun.end(), sources[0]))
    text, position = "", start
    for first, last, source in sorted(swaps, key=lambda swap: swap[0]):
        turned = drafting.turned(wish, source, Kind("text"))
        if turned and first >= position:
            text += reading.text[position:first] + turned.written
            position = last
    text = tidy(text + reading.text[position:end])
    if not swaps and sources and not _quotes(drafting, wish):
        turned = drafting.turned(wish, sources[0], Kind("text"))
        text = f"{text}: {turned.written}" if turned else text
    return [drafting.add(wish, wish.action, type_name, {"text": text})]


def _with_article(skeleton: str, start: int) -> int:
    article = re.search(r"\b(?:the|this|that|its|a|an|das|die|den|la|le|el)\s+$", skeleton[max(0, start - 8) : start])
    return start - (len(article[0]) if article else 0)


def _compare(drafting: Drafting, wish: Wish, sources: list[Source]) -> list[Source]:
    quoted = [source_of(span) for span in _quotes(drafting, wish)]
    sources = list(dict.fromkeys([*sources, *quoted]))
    if len(sources) == 1:
        sources += [s for s in drafting.near() if s != sources[0] and s.kind.base in ("text", "image", "audio")][:1]
    if len(sources) < 2:
        return []
    if all(source.kind.base == "image" for source in sources):
        return _about_pictures(drafting, wish, sources, without_pointing(drafting.reading, wish.start, wish.end))
    first, second = (drafting.turned(wish, source, Kind("text")) for source in sources[:2])
    if first is None or second is None:
        return []
    return [drafting.add(wish, "compare", "sentence-similarity", {"text": first.written, "other": second.written})]


def _about_pictures(drafting: Drafting, wish: Wish, sources: list[Source], text: str) -> list[Source]:
    text = f"{text} them" if re.fullmatch(r"\w+", text) and text != "vs" else text if " " in text else "Compare them"
    return [
        drafting.add(
            wish, "compare", "image-text-to-text", {"images": [source.written for source in sources], "text": text}
        )
    ]


def _predict(drafting: Drafting, wish: Wish, sources: list[Source]) -> list[Source]:
    words = drafting.reading.skeleton[wish.start : wish.reach]
    quoted = _quotes(drafting, wish)
    match = _COLUMN.search(words) or _PREDICTED.search(words)
    target = quoted[0].value if quoted else next((group for group in match.groups() if group), "") if match else ""
    tables = [s for s in sources if s.kind.base == "table"] or [s for s in drafting.near() if s.kind.base == "table"][
        :1
    ]
    if not target or not tables:
        drafting.notes.append(
            'A prediction needs a table and the name of one of its columns, for example: predict "price" in @houses.'
        )
        return []
    numeric = _REGRESSION.search(f"{words} {fold(target)}") and "classif" not in words
    type_name = "tabular-regression" if numeric else "tabular-classification"
    return [drafting.add(wish, "predict", type_name, {"table": source.written, "target": target}) for source in tables]


def _ask(drafting: Drafting, wish: Wish, sources: list[Source]) -> list[Source]:
    question = _question(drafting, wish)
    if len(sources) > 1 and all(source.kind.base == "image" for source in sources):
        return _about_pictures(drafting, wish, sources, question)
    if _SOME_QUESTION.fullmatch(fold(question).rstrip("?. ")):
        question, sources = _asked_elsewhere(drafting, wish, sources)
    if not question:
        return []
    made = []
    for source in sources[:1] if all(s.kind.depth == 0 for s in sources) else sources:
        type_name, port = _answering(drafting, wish, source)
        if type_name == "video-classification":
            made += drafting.one(wish, "classify", source)
        else:
            made += drafting.one(wish, "ask", source, type_name=type_name, port=port, question=question)
    return made


def _question(drafting: Drafting, wish: Wish) -> str:
    reading = drafting.reading
    quoted = _quotes(drafting, wish)
    if quoted and (quoted[0].value.endswith("?") or wish.mention.end > wish.start):
        return quoted[0].value
    asks = is_question(reading.skeleton[wish.start : wish.end])
    end = wish.reach if asks else wish.end
    question = without_pointing(reading, wish.start if asks else wish.mention.start, end, question=True)
    if asks:
        question += next((rest for verb, rest in _BARE_ENDS.items() if verb.search(fold(question))), "")
    mark = "？" if "？" in reading.text[wish.end : wish.end + 2] else "?"
    return question + mark if asks and question and not question.endswith(("?", "？")) else question


def _asked_elsewhere(drafting: Drafting, wish: Wish, sources: list[Source]) -> tuple[str, list[Source]]:
    """A question that is a result, an input or quoted before, and what is to be asked with it."""
    spans = [span for span in drafting.reading.spans if span.what == "quote" and span.value.endswith(("?", "？"))]
    if spans:
        return spans[-1].value, sources
    others = [s for s in drafting.near() if s.kind.base in ("text", "audio")]
    if any(source.action == "ask" for source in drafting.results[-1:]):
        return "", []
    asking = next(
        (s for s in others if "question" in s.name or s.kind.base == "audio" or s.action == "transcribe"), None
    )
    asked = [s for s in [*sources, *drafting.near()] if s != asking and s.kind.base in ACTIONS["ask"].types]
    asked = [s for s in asked if s.action is None] or asked
    turned = drafting.turned(wish, asking, Kind("text")) if asking and asked else None
    return (turned.written, asked[:1]) if turned else ("", [])


def _answering(drafting: Drafting, wish: Wish, source: Source) -> tuple[str, str]:
    match source.kind.base:
        case "image":
            words = drafting.reading.text[wish.start : wish.reach]
            document = source.is_document or _DOCUMENT_WORDS.search(fold(words))
            return ("document-question-answering" if document else "visual-question-answering"), "image"
        case "table" if not source.kind.depth:
            return "table-question-answering", "table"
        case "video":
            return "video-classification", "video"
    return "question-answering", "context"


_BY_KIND = {"image": "describe", "text": "summarise", "audio": "transcribe", "video": "classify"}


MAKERS: dict[str, Maker] = dict.fromkeys(ACTIONS, _plain)
MAKERS |= {
    "summarise": _summarise,
    "translate": _translate, "speak": _speak, "transcribe": _transcribe, "read": _read, "classify": _classify, "sentiment": _sentiment,
    "detect": _detect, "edit": _edit, "enhance": _enhance, "draw": _draw, "film": _film, "sound": _sound, "generate": _generate,
    "rewrite": _rewrite, "compare": _compare, "predict": _predict, "ask": _ask,
}  # fmt: skip
"""What makes the tasks of a wish, by action."""
