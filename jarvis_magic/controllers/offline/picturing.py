"""Pictures, videos and sounds: edited as an instruction says, or made from a description."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from ...kinds import Kind
from ...wellformed import WITH_TEXT_FORM
from .arguments import size_and_seed, tidy, without_pointing
from .clauses import Wish
from .drafting import Drafting
from .following import Followed, followed
from .lexicon import ACTIONS
from .plainly import REFERS_BACK, plainly
from .reading import fold
from .sources import Source, source_of, without_name

_A = re.ASCII
_DESCRIBED = re.compile(
    r"\s*(?:me\s+|mir\s+)?(?:(?:an?|the|another|one|some|ein|une?|una?)\s+)?(?:(?:new|second|short|nice|beautiful|generated)\s+)*(?:picture|image|photo|drawing|illustration|painting(?= of)|video|clip|film|movie|sound|sounds|bild|imagen|dessin|dibujo|videos?)?\s*"
    r"(?:out of|of|from|for|showing|based on|about|with|in which|that shows|von|de|:)?\s+|\s*d'",
    _A,
)
_POINTED = re.compile(r"^[把将给]\s*的?|\s+(?:à|a|de|von|du|del|an|bei)$|(?<=\w) 的(?=\w)")
"""What is left of "把@photo", "à @photo" in an instruction."""
_WORK = re.compile(r"\b(?:an?|the)\s+(?:\w+\s+)?(?:poster|logo|banner|cover|portrait|comic|postcard|icon)$", _A)
_INTO_PICTURE = re.compile(
    r"\s+(?:in)?to\s+(?:an?\s+)?(?:\w+\s+)?(?:image|picture|illustration|painting|drawing|video|clip)$", _A
)
_CORRECTED = re.compile(
    r"(?P<before>\w+ (?:it|them))\s+\w+\s*,\s*(?:(?:oh|sorry|wait|actually)[,\s]+)*(?:no|i mean|or rather|rather)\b[,\s]+(?P<instead>\w+)\s*(?:$|[.:,])",
    _A,
)
"""An adjective that is taken back: "make it brighter, no, darker"."""
_AND_THEN = re.compile(r"\s+(?:before|after)\s+(?:you\s+)?\w+ing\b", _A)
_ADJECTIVE = re.compile(r"\s*(?:(?:more|less|a bit|much|etwas|mehr|plus|moins|mas|menos)\s+)?[a-z]+\s*", _A)


def edit(drafting: Drafting, wish: Wish, sources: list[Source]) -> list[Source]:
    """Change pictures as the words of the wish say."""
    start = min(wish.start, wish.mention.start)
    text = without_pointing(drafting.reading, start, _with_adjectives(drafting, wish))
    corrected = _CORRECTED.match(fold(words := drafting.reading.text[start : wish.reach]))
    if corrected:
        text = f"{words[: corrected.end('before')]} {words[corrected.start('instead') : corrected.end('instead')]}"
    text = re.sub(r"^(\w+) (?:it|them|both)\b\s*", r"\1 ", text).strip()
    text = without_name(_POINTED.sub("", text), sources)
    text = text[:1].lower() + text[1:] or ACTIONS["edit"].result
    return [made for source in sources for made in drafting.one(wish, "edit", source, port="image", text=text)]


def _with_adjectives(drafting: Drafting, wish: Wish) -> int:
    """Where an instruction ends: "make it brighter and sharper" goes on behind its "and"."""
    start, end = wish.tails[0] if wish.tails else (0, 0)
    if start - wish.end < 6 and _ADJECTIVE.fullmatch(drafting.reading.skeleton, start, end):
        return end
    after = _AND_THEN.search(drafting.reading.skeleton, wish.mention.end, wish.end)
    return after.start() if after else wish.end


def enhance(drafting: Drafting, wish: Wish, sources: list[Source]) -> list[Source]:
    """Clean recordings; pictures are edited."""
    if sources and all(source.kind.base == "image" for source in sources):
        return edit(drafting, wish, sources)
    return plainly(drafting, wish, sources)


_CONTROLS = {
    "canny": "canny-text-to-image", "hed": "hed-text-to-image", "mlsd": "mlsd-text-to-image", "openpose": "openpose-text-to-image",
    "normal": "normal-text-to-image", "scribble": "scribble-text-to-image", "depth": "depth-text-to-image", "segment": "seg-text-to-image",
}  # fmt: skip


def draw(drafting: Drafting, wish: Wish, sources: list[Source]) -> list[Source]:
    """Make a picture from a description, or from a source; after a picture of edges, poses, depth or regions, one that follows it."""
    guide = followed(drafting.reading, wish)
    if guide:
        return _follow(drafting, wish, guide, _shown_instead(drafting, wish, guide))
    sizes, _ = size_and_seed(drafting.reading, wish)
    controlling = _control(drafting, wish, sources)
    if controlling:
        wish = replace(wish, objects=[noun for noun in wish.objects if noun.action not in _CONTROLS])
    description = _description(drafting, wish)
    if controlling and (description := _without_guide(description)):
        arguments = {"image": controlling.written, "text": description}
        return [drafting.add(wish, "draw", _CONTROLS[controlling.action or ""], arguments)]
    if description:
        return [drafting.add(wish, "draw", "text-to-image", _several(drafting, wish, {"text": description, **sizes}))]
    return plainly(drafting, wish, sources, "draw", **sizes)


_COUNTS = {
    number: rf"{number}|{words}"
    for number, words in enumerate(
        ("two|zwei|deux|dos", "three|drei|trois|tres", "four|vier|quatre|cuatro", "five|funf|cinq|cinco", "six|sechs|seis",
         "seven|sieben|sept|siete", "eight|acht|huit|ocho", "nine|neun|neuf|nueve", "ten|zehn|dix|diez"), 2
    )
}  # fmt: skip
_PICTURES = (
    rf"(?:(?:me|us|mir|uns|moi|nous)\s+)?(?:{'|'.join(f'(?P<n{n}>{words})' for n, words in _COUNTS.items())})\s+(?:[a-z]+\s+)?"
    r"(?:pictures|images|photos|drawings|paintings|illustrations|variations|versions|bilder|imagenes|fotos|dibujos|dessins)\b"
)
_MANY = re.compile(rf"[a-z]+[\s-]{_PICTURES}", _A)
_MANY_OF = re.compile(rf"{_PICTURES}\s+(?:of\s+|von\s+|de\s+|d'|showing\s+|with\s+|mit\s+|avec\s+|con\s+)", _A)


def _several(drafting: Drafting, wish: Wish, arguments: dict[str, Any]) -> dict[str, Any]:
    """The arguments of as many pictures as are asked for: "three pictures of a cat" are a list of three texts."""
    found = _MANY.match(drafting.reading.skeleton, wish.mention.start)
    if not found or "@" in arguments["text"]:
        return arguments
    count = next(n for n in _COUNTS if found[f"n{n}"])
    seeds = {"seed": [arguments["seed"] + i for i in range(count)]} if "seed" in arguments else {}
    counted = _MANY_OF.match(fold(arguments["text"]))
    text = arguments["text"][counted.end() if counted else 0 :]
    return {**arguments, "text": [text] * count, **seeds}


def analyse(drafting: Drafting, wish: Wish, sources: list[Source]) -> list[Source]:
    """Show the pose, edges, depth… of pictures; "same pose as @boy but a robot" asks for a picture that follows it."""
    guide = followed(drafting.reading, wish) if wish.by_noun else None
    words = drafting.reading.skeleton
    if guide and _SOMETHING.search(f"{words[wish.start : guide.start]} {words[guide.end : wish.reach]}"):
        return _follow(drafting, wish, guide, _shown_instead(drafting, wish, guide))
    return plainly(drafting, wish, sources)


def _follow(drafting: Drafting, wish: Wish, guide: Followed, shown: str) -> list[Source]:
    """The picture of what is followed; and one that shows something else so."""
    made = drafting.add(wish, guide.action, f"{guide.family}-control", {"image": guide.picture.value})
    if not shown and wish.action == "draw" and _A_PICTURE.search(drafting.reading.skeleton, wish.start, guide.start):
        described = drafting.turned(wish, source_of(guide.picture), Kind("text"))  # it shows the same, anew
        shown = described.written if described else ""
    if not shown:
        return [made]
    arguments = {"image": made.written, "text": shown}
    return [drafting.add(wish, "draw", f"{guide.family}-text-to-image", arguments)]


_A_PICTURE = re.compile(
    r"\b(?:an?|one|another|new|eine?n?|neues|une?|nouvelle|una?|nueva)\s+(?:\w+\s+)?(?:picture|image|photo|photograph|painting|bild|foto|imagen)\b",
    _A,
)
_SOMETHING = re.compile(
    r"\b(?:an?|one|two|three|some|several|eine?n?|zwei|une?|deux|una?|unos|dos)\s+\w|[一两几]\w", _A
)
_ASKED_FOR = re.compile(
    r"(?:[\s,，]|(?:keep|use|take|but|only|just|with|for|as|and|then|make|turn|draw|create|generate|to|it|him|her|them|into|aber|mit|als|statt|mais|avec|pero|con|the content of|what is (?:in|on))\b)*",
    _A,
)
_ENDS_IN_GUIDE = re.compile(
    r"[\s,]+(?:instead|stattdessen|a la place|en su lugar|(?:with|using|by|via|mit|avec|con)\s+(?:the\s+)?(?:hed|canny|mlsd|open ?pose|controlnet)\b[^.]{0,20}"
    r"|(?:from|that follows?|that keeps?|that has|in|with|along|of|on|using|following|based on|mit|in|nach|avec|dans|con|en)\s+(?:it|them|this|that|these|those"
    r"|(?:the|this|that|the same|dieser|der|cette|la meme|esa|esta|la misma)\s+(?:pose|posture|edges|lines|outline|depth|depth map|segmentation|regions|scribble|haltung))|daraus|damit)$",
    _A,
)


def _shown_instead(drafting: Drafting, wish: Wish, guide: Followed) -> str:
    """What is to be seen in a picture that follows another: "a robot" of "same pose as @boy but a robot"; perhaps nothing."""
    verb = wish.mention.end if wish.action == "draw" else wish.start
    asks = wish.action == "draw" or _SOMETHING.search(drafting.reading.skeleton, verb, guide.start)
    first = _with_captions(drafting, wish, verb, guide.start) if asks and verb < guide.start else ""
    said, places = size_and_seed(drafting.reading, wish)
    end = min([wish.reach, *(place for place, _ in places)])
    if said:
        drafting.notes.append(
            "A picture that follows another takes its size; what is said of size and seed is left out."
        )
    words = tidy(first + _with_captions(drafting, wish, max(verb, guide.end), end))
    while opening := next((m for p in (_ASKED_FOR, _DESCRIBED) if (m := p.match(fold(words))) and m.end()), None):
        words = words[opening.end() :]
    words = _without_guide(words)
    return "" if REFERS_BACK.fullmatch(fold(words)) and "@" not in words else words


def _without_guide(words: str) -> str:
    """A description without an ending that only points at what is followed: "a robot in that pose"."""
    end = _ENDS_IN_GUIDE.search(fold(words))
    return words[: end.start()] if end else words


def _with_captions(drafting: Drafting, wish: Wish, start: int, end: int) -> str:
    """The words of a stretch, in which a caption stands for each picture."""
    reading, pieces, position = drafting.reading, [], start
    captions: dict[str, str] = {}
    for span in reading.within(start, end, "reference"):
        if span.value not in captions:
            turned = drafting.turned(wish, source_of(span), Kind("text"))
            captions[span.value] = turned.written if turned else ""
        pieces += [reading.text[position : span.start], captions[span.value]]
        position = span.end
    return "".join([*pieces, reading.text[position:end]])


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


def film(drafting: Drafting, wish: Wish, sources: list[Source]) -> list[Source]:
    """Set pictures in motion, or make a video from a description."""
    pictures = [source for source in sources if source.kind.base == "image"]
    if pictures:
        shown = re.search(
            r"\b(?:in which|where|that shows|showing)\s+(.+)", drafting.reading.text[wish.start : wish.reach]
        )
        arguments = {"text": tidy(shown[1])} if shown else {}
        return plainly(drafting, wish, pictures, **arguments)
    return _described(drafting, wish, sources, "text-to-video")


def sound(drafting: Drafting, wish: Wish, sources: list[Source]) -> list[Source]:
    """Make sound or music from a description."""
    return _described(drafting, wish, sources, "text-to-audio")


def _described(drafting: Drafting, wish: Wish, sources: list[Source], type_name: str) -> list[Source]:
    description = _description(drafting, wish)
    return (
        [drafting.add(wish, wish.action, type_name, {"text": description})]
        if description
        else plainly(drafting, wish, sources)
    )


def _description(drafting: Drafting, wish: Wish) -> str:
    """What a picture, video or sound is to show, from behind the verb; empty if that is only a reference or a pronoun."""
    reading = drafting.reading
    _, places = size_and_seed(reading, wish)
    end = min([wish.reach, *(start for start, _ in places)])
    named = reading.within(wish.start, end, "reference")
    if wish.objects:
        return ""
    start = min(wish.mention.end, end)
    work = _WORK.search(reading.skeleton, wish.mention.start, start)
    if work:
        return tidy(reading.text[work.start() : end])
    while (opening := _DESCRIBED.match(reading.skeleton, start, end)) and opening.end() > start:
        start = opening.end()
    pictures = any(span.kind.base not in WITH_TEXT_FORM for span in named)
    words = tidy(_with_captions(drafting, wish, start, end) if pictures else reading.text[start:end])
    words = _INTO_PICTURE.sub("", words)
    quoted = reading.within(start, end, "quote")
    if len(quoted) == 1 and len(quoted[0].value) > 0.6 * len(words):
        return quoted[0].value
    return "" if REFERS_BACK.fullmatch(fold(words)) else words
