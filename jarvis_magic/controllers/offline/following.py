"""Pictures that follow another one: "a robot in the pose of @boy", "a castle with the edges of @photo"."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from .clauses import Wish
from .reading import FILLER, MARKS, Reading, Span

_A = re.ASCII

# action | what a picture is followed in | the same in Chinese
_TABLE = """
hed      | (?:hed|holistically[- ]nested|soft|weiche[nr]?)\\s(?:edges?|kanten|outlines?|contours?)|contours doux|bordes suaves|hed | (?:柔和|软)的?边缘
mlsd     | (?:mlsd\\s)?straight lines|mlsd(?:\\slines?)?|gerade[nr]? linien|lignes droites|lineas rectas | 直线
scribble | scribbles?|doodles?|kritzelei|gribouillage|garabato | 涂鸦
normal   | (?:surface\\s)?normals?(?:\\smaps?)?|normalenkarte|carte de normales|mapa de normales | 法线图?
depth    | depth(?:\\s?maps?)?|tiefenkarte|tiefe|(?:carte de )?profondeur|(?:mapa de )?profundidad | 深度图?
segment  | segmentation(?:\\smaps?)?|regions|segmentierung|segmentacion | 分割图?
openpose | (?:open\\s?pose\\s|body\\s)?(?:poses?|posture|skeleton)|open\\s?pose|stance|(?:korper)?haltung|postura | 姿势|姿态|动作
canny    | canny(?:\\sedges?)?|edges?(?:\\smaps?)?|outlines?|contours?|layout|composition|kanten|umrisse?n?|bordes|contornos | 边缘|轮廓
"""
_CALLED = {
    row[0]: (row[1], row[2]) for row in ([c.strip() for c in line.split(" | ")] for line in _TABLE.strip().splitlines())
}
_IMAGE = f"{MARKS['image']}{FILLER}*"
_LEADS = (
    r"(?:\b(?:in|into|with|using|from|by|following|on|along|based on|according to|keep(?:s|ing)?|use|take|having|(?:that|which) (?:has|have|follows?|keeps?|uses?)"
    r"|to (?:have|follow|keep)|mit|nach|aus|avec|dans|selon|a partir del?|d'apres|en|con|segun)\s+)?"
    r"(?:\b(?:exactly|just|the|an?|its|same|der|die|das|den|dem|derselben|denselben|gleiche[nr]?|selben?|la|le|les|el|los|las|l'|meme|misma|mismos?)\b\s*)*"
)
_OF = r"(?:\s+(?:of|from|as|like|in|on|von|wie|aus|auf|de|du|del|que|comme|como|dans|en)\b(?:\s+[a-z']+){0,4})?"
_POSING = rf"(?:posing|posed|standing|sitting)\s+(?:exactly\s+|just\s+)?(?:like|as)(?:\s+[a-z']+){{0,4}}\s+{_IMAGE}"


_SAME = r"(?:the|der|die|den|dem|la|le|el)?\s*\b(?:very\s+)?(?:same|gleichen?|selben?|derselben|denselben|meme|misma|mismo)\s+"


def _pattern(action: str, plain: str, chinese: str) -> re.Pattern[str]:
    called = [
        rf"{_LEADS}\b(?:{plain})\b{_OF}\s+{_IMAGE}",
        rf"{_LEADS}{_IMAGE}'s\s+(?:{plain})\b",
        rf"[用以按照据和与跟]{{0,2}}{_IMAGE}[里中]?(?:的?人物?)?的?(?:{chinese})",
        rf"(?:{chinese})[和与跟像]{_IMAGE}[里中]?(?:的?人物?)?(?:一样|相同|一致)?的?",
    ]
    return re.compile("|".join([*called, _POSING] if action == "openpose" else called), _A)


_PATTERNS = {action: _pattern(action, *called) for action, called in _CALLED.items()}
_UNNAMED = {action: re.compile(rf"{_LEADS}{_SAME}(?:{plain})\b", _A) for action, (plain, _) in _CALLED.items()}
_METHOD = re.compile(r"\b(hed|canny|mlsd|open ?pose|scribble)\b", _A)
_LONGEST = 2_000


@dataclass(frozen=True)
class Followed:
    """The picture that a new one is to follow, in what (the action that shows it), and the stretch that says so."""

    action: str
    picture: Span
    start: int
    end: int

    @property
    def family(self) -> str:
        """What its control tasks are called by."""
        return "seg" if self.action == "segment" else self.action


def followed(reading: Reading, wish: Wish) -> Followed | None:
    """What a wish says that a picture is to follow; a method that is named comes before what it is like.

    "With the same pose", of nothing that is named there, means that of the picture named last.
    """
    end = min(wish.reach, wish.start + _LONGEST)
    place, pictures = _place(_PATTERNS, reading, wish.start, end), []
    if place is not None:
        pictures = reading.within(place[1].start(), place[1].end(), "reference")
    elif place := _place(_UNNAMED, reading, wish.start, end):
        before = reading.within(0, place[1].start(), "reference")
        pictures = [span for span in before if span.kind.base == "image"]
    if place is None or not pictures:
        return None
    (action, match), picture = place, pictures[-1]
    method = _METHOD.search(reading.skeleton, wish.start, end)
    return Followed(method[1].replace(" ", "") if method else action, picture, match.start(), match.end())


def _place(
    patterns: Mapping[str, re.Pattern[str]], reading: Reading, start: int, end: int
) -> tuple[str, re.Match[str]] | None:
    """The first action whose pattern is in a stretch, and where."""
    found = ((action, pattern.search(reading.skeleton, start, end)) for action, pattern in patterns.items())
    return next(((action, match) for action, match in found if match), None)
