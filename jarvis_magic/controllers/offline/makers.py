"""How a wish becomes tasks, action by action, where it takes more than one task of a type on each source."""

from __future__ import annotations

import re

from ...kinds import Kind
from .arguments import languages, names_accent, tidy, voice
from .asking import ask, compare, predict
from .clauses import Wish
from .drafting import Drafting, Maker
from .lexicon import ACTIONS
from .picturing import analyse, draw, edit, enhance, film, sound
from .plainly import literal, plainly, quotes, texts
from .reading import Reading
from .sources import ANALYSES, Source, is_of_reference, source_of

_A = re.ASCII
_NEAR = 80  # characters in which something is said to be of something
_ANOTHER = re.compile(r"\s+(?:me\s+)?(?:an?|some|one|another|new|short)\s+(?:[\w-]+\s+){0,2}", _A)
"""What stands before a text that is to be written: "write a product description" is not the one there is."""
_PRONOUN = re.compile(r"\b(?:it|them|this|that)\b|\b(?:the|this|that)\s+(?:result|text|output)\b", _A)


def _summarise(drafting: Drafting, wish: Wish, sources: list[Source]) -> list[Source]:
    if len(sources) < 2 or not drafting.is_joined(wish):
        return plainly(drafting, wish, sources)
    turned = [text for source in sources if (text := drafting.turned(wish, source, Kind("text")))]
    return (
        [drafting.add(wish, "summarise", "summarization", {"text": [text.written for text in turned]})]
        if turned
        else []
    )


def _translate(drafting: Drafting, wish: Wish, sources: list[Source]) -> list[Source]:
    targets, origin = languages(drafting.reading, wish)
    targets = targets or _language_of_next(drafting, wish)
    arguments = {"source_language": origin} if origin else {}
    made = []
    for target in targets or ["English"]:
        mark = target.lower() if len(targets) > 1 else ""
        results = plainly(drafting, wish, sources, "translate", target_language=target, mark=mark, **arguments)
        made += [drafting.speaks(result, target) for result in results]
    return made


def _language_of_next(drafting: Drafting, wish: Wish) -> list[str]:
    """The language in which a translation is to be spoken: "translate and read aloud @letter in Spanish"."""
    spoken = [
        later
        for later in drafting.division.wishes
        if later.action == "speak" and later.sentence == wish.sentence and later.mention.start > wish.mention.start
    ]
    return languages(drafting.reading, spoken[0])[0] if spoken else []


def _speak(drafting: Drafting, wish: Wish, sources: list[Source]) -> list[Source]:
    if sources and all(source.kind.base in ("audio", "video") for source in sources):
        return sources
    targets, _ = languages(drafting.reading, wish)
    foreign = targets and not names_accent(drafting.reading, wish)
    if foreign and any(source.action is not None and source.language is None for source in sources):
        sources = _translate(drafting, wish, sources)
    spoken = voice(drafting.reading, wish)
    sources = sources or literal(drafting, wish)
    made = []
    for source in texts(drafting, wish, "speak", sources):
        language = source.language or (targets[0] if targets else None)
        mark = (source.language or source.name).lower() if len(sources) > 1 else ""
        arguments = {"voice": spoken, "language": language, "mark": mark}
        made += drafting.one(wish, "speak", source, **{name: value for name, value in arguments.items() if value})
    return made


def _transcribe(drafting: Drafting, wish: Wish, sources: list[Source]) -> list[Source]:
    targets, origin = languages(drafting.reading, wish)
    arguments = {"language": origin} if origin and not targets else {}
    made = []
    for source in sources:
        if source.kind.base == "image":
            made += drafting.one(wish, "read_text", source)
        else:
            made += drafting.one(
                wish, "transcribe", source, **(arguments if source.kind.base in ("audio", "video") else {})
            )
    return made


def _read_text(drafting: Drafting, wish: Wish, sources: list[Source]) -> list[Source]:
    """The text in pictures; "what do they say in @clip?" is what is heard there, "what does @letter say?" what is written."""
    made = []
    for source in sources:
        action = {"audio": "transcribe", "video": "transcribe", "text": "summarise"}.get(source.kind.base, "read_text")
        made += drafting.one(wish, action, source, mark=source.name if len(sources) > 1 else "")
    return made


def _read(drafting: Drafting, wish: Wish, sources: list[Source]) -> list[Source]:
    made = []
    for source in sources:
        action = {"image": "read_text", "audio": "transcribe", "video": "transcribe"}.get(source.kind.base, "speak")
        made += drafting.makers[action](drafting, wish, [source])
    return made


def _classify(drafting: Drafting, wish: Wish, sources: list[Source]) -> list[Source]:
    if any(source.kind == "table" for source in sources):
        return predict(drafting, wish, sources)
    chosen = wish.choices or drafting.choices
    if chosen is None:
        return plainly(drafting, wish, sources)
    drafting.choices = chosen
    made = []
    for source in texts(drafting, wish, "classify", sources):
        kind = source.kind.base if source.kind.base in ("image", "audio") else "text"
        type_name = "zero-shot-classification" if kind == "text" else f"zero-shot-{kind}-classification"
        made += drafting.one(wish, "classify", source, type_name=type_name, port=kind, labels=list(chosen.labels))
    return made


def _detect(drafting: Drafting, wish: Wish, sources: list[Source]) -> list[Source]:
    labels = [span.value for span in quotes(drafting, wish)]
    if not labels:
        return plainly(drafting, wish, sources)
    return [
        made
        for source in sources
        for made in drafting.one(
            wish, "detect", source, type_name="zero-shot-object-detection", port="image", labels=labels
        )
    ]


def _generate(drafting: Drafting, wish: Wish, sources: list[Source]) -> list[Source]:
    return _written(drafting, wish, sources, "text-generation")


def _rewrite(drafting: Drafting, wish: Wish, sources: list[Source]) -> list[Source]:
    return _written(drafting, wish, sources, "text2text-generation")


def _written(drafting: Drafting, wish: Wish, sources: list[Source], type_name: str) -> list[Source]:
    """A text written by an instruction: the clause, in which nouns, pronouns and pictures have become references to texts."""
    reading, start, end = drafting.reading, wish.mention.start, wish.end
    swaps = [(span.start, span.end, [source_of(span)]) for span in reading.within(start, end, "reference")]
    for noun in wish.objects:
        results = drafting.called(wish, noun)
        if results and noun.start >= start and not _ANOTHER.fullmatch(reading.skeleton, wish.mention.end, noun.start):
            swaps.append((_with_article(reading.skeleton, noun.start), _with_reference(reading, noun.end), results))
    pronoun = _PRONOUN.search(reading.skeleton, wish.mention.end, end)
    if not swaps and sources and pronoun:
        swaps.append((pronoun.start(), pronoun.end(), sources[:1]))
    text, position = "", start
    for first, last, named in sorted(swaps, key=lambda swap: swap[0]):
        turned = [found for source in named if (found := drafting.turned(wish, source, Kind("text")))]
        if turned and first >= position:
            text += reading.text[position:first] + " and ".join(source.written for source in turned)
            position = last
    text = tidy(text + reading.text[position:end])
    if not swaps and sources and not quotes(drafting, wish):
        whole = drafting.turned(wish, sources[0], Kind("text"))
        text = f"{text}: {whole.written}" if whole else text
    return [drafting.add(wish, wish.action, type_name, {"text": text})]


def _with_reference(reading: Reading, end: int) -> int:
    """Where a noun ends with what it is of: "the captions of @photos"."""
    of = is_of_reference(reading.skeleton, end)
    return next(iter(reading.within(end, end + _NEAR, "reference"))).end if of else end


def _with_article(skeleton: str, start: int) -> int:
    article = re.search(r"\b(?:the|this|that|its|a|an|das|die|den|la|le|el)\s+$", skeleton[max(0, start - 8) : start])
    return start - (len(article[0]) if article else 0)


MAKERS: dict[str, Maker] = dict.fromkeys(ACTIONS, plainly)
MAKERS |= dict.fromkeys([*ANALYSES, "segment"], analyse)
MAKERS |= {
    "summarise": _summarise,
    "translate": _translate, "speak": _speak, "transcribe": _transcribe, "read_text": _read_text, "read": _read, "classify": _classify,     "detect": _detect, "edit": edit, "enhance": enhance, "draw": draw, "film": film, "sound": sound, "generate": _generate,
    "rewrite": _rewrite, "compare": compare, "predict": predict, "ask": ask,
}  # fmt: skip
"""What makes the tasks of a wish, by action."""
