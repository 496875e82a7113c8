"""The words of picture edits: for every phrase the edit it asks for, and the values read out of it.

Phrases are patterns over text that `instructions` has brought to one spelling. A dozen fragments make them up: ``_IT``
for "it" or "the picture", ``_BEFORE`` and ``_AFTER`` for "a bit" and "a lot", ``_SHARE`` for "20%" and "half".
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

Values = Mapping[str, object]
Builder = Callable[[re.Match[str]], Values]


@dataclass(frozen=True)
class Phrase:
    """A way to ask for an edit: its name, what is said, and what the values are when it is."""

    name: str
    pattern: re.Pattern[str]
    build: Builder


@functools.cache
def phrases() -> tuple[Phrase, ...]:
    """Return all phrases, compiled."""
    return tuple(Phrase(name, re.compile(rf"(?<![a-z0-9])(?:{said}){_END}"), build) for name, said, build in _TABLE)


# Fragments the phrases are made of -------------------------------------------------------------------------------

_N = r"\d+(?:\.\d+)?"
_IT = r"(?:\s+(?:the|this|that|it|its|my|whole|picture|photo|image|photograph|pic|result))*"
_OF = r"(?:\s+(?:by|of|with|to|at|a|an|the|radius|strength|amount|factor|size|level|about|exactly))*"
_WEAK = r"slightly|a little bit|a little|a bit|a touch|somewhat|subtly|gently|lightly"
_STRONG = r"a lot|much|very|strongly|heavily|considerably|significantly|really|extremely|far"
_BEFORE = rf"(?:(?:(?P<weak>{_WEAK})|(?P<strong>{_STRONG}))\s+)?"
_AFTER = rf"(?:\s+(?:(?P<weak_after>{_WEAK})|(?P<strong_after>{_STRONG})))?"
_COLOUR = "white|black|red|green|blue|yellow|orange|purple|pink|brown|grey|gray|cyan|magenta|gold|silver|navy|teal"
_SHARE = rf"(?P<percent>{_N})%|(?P<fraction>half|a third|a quarter|1 third|1 half|1 quarter|third|quarter)"
_SIDE = r"left|right|top|bottom|upper|lower"
_END = r"(?![a-z0-9])"
_FRACTIONS = {"half": 1 / 2, "third": 1 / 3, "quarter": 1 / 4}
_SIDES = {"upper": "top", "lower": "bottom"}


def _strength(match: re.Match[str]) -> float:
    """1 for a plain wish, 0.5 for "a bit", 2 for "a lot"."""
    said = match.groupdict()
    return (
        0.5
        if said.get("weak") or said.get("weak_after")
        else 2.0
        if said.get("strong") or said.get("strong_after")
        else 1.0
    )


def _number(match: re.Match[str], name: str) -> float | None:
    written = match.groupdict().get(name)
    return float(written) if written else None


def _share(match: re.Match[str]) -> float:
    said = (_number(match, name) for name in ("percent", "percent2"))
    percent = next((number for number in said if number is not None), None)
    return percent / 100 if percent is not None else _FRACTIONS[match["fraction"].split()[-1]]


def _side(match: re.Match[str]) -> str:
    return _SIDES.get(match["side"], match["side"])


# What the phrases mean --------------------------------------------------------------------------------------------


def _nothing(_: re.Match[str]) -> Values:
    return {}


def _always(**values: object) -> Builder:
    return lambda _: values


def _radius(match: re.Match[str]) -> Values:
    return {"radius": _number(match, "n"), "strength": _strength(match)}


def _turned(match: re.Match[str]) -> Values:
    """Degrees clockwise; "left" and "counterclockwise" are the other way round."""
    said = match.groupdict()
    degrees = float(
        said.get("n") or said.get("n_after") or {"half": 180, "quarter": 90}.get(said.get("part") or "", 90)
    )
    left = any(
        (said.get(name) or "").startswith(("left", "counter", "anti", "to the left")) for name in ("way", "way_after")
    )
    return {"degrees": (-degrees if left else degrees) % 360}


def _flipped(match: re.Match[str]) -> Values:
    said = match["axis"] or ""
    across = bool(re.search(r"vertical|upside|top|bottom", said)), bool(re.search(r"horizontal|left|right|side", said))
    return {"vertically": across[0], "horizontally": across[1] or not across[0]}


def _tone(quality: str, sign: int, step: float) -> Builder:
    """A change of a quality by a step, more or less of it as the words say; 1 is as it was."""

    def build(match: re.Match[str]) -> Values:
        percent = _number(match, "percent")
        factor = _number(match, "factor")
        if factor is not None:
            return {"quality": quality, "factor": factor if sign > 0 else 1 / factor if factor else 0.0}
        change = percent / 100 if percent is not None else step * _strength(match)
        return {
            "quality": quality,
            "factor": 1 + change if sign > 0 else max(0.0, 1 - change) if percent is not None else 1 / (1 + change),
        }

    return build


def _size(match: re.Match[str]) -> Values:
    return {"width": int(match["w"]), "height": int(match["h"])}


def _fit(match: re.Match[str]) -> Values:
    return {"within": (int(match["w"]), int(match["h"]))}


def _edge_length(match: re.Match[str]) -> Values:
    side = {"wide": "width", "width": "width", "broad": "width"}.get(match["dimension"], "height")
    return {side: int(float(match["n"]))}


def _longest_side(match: re.Match[str]) -> Values:
    return {"longest": int(float(match["n"]))}


def _scaled_to(match: re.Match[str]) -> Values:
    return {"scale": _share(match)}


def _scaled_by(sign: int) -> Builder:
    return lambda match: {"scale": 1 + sign * _share(match)}


def _times(match: re.Match[str]) -> Values:
    said = match.groupdict()
    if said.get("twice"):
        return {"scale": 2.0}
    number = float(said["n"])
    return {"scale": 1 / number if said.get("smaller") else number}


def _somewhat_scaled(sign: int) -> Builder:
    """Plainly smaller is half, a bit smaller three quarters, much smaller a quarter; bigger is the inverse."""

    def build(match: re.Match[str]) -> Values:
        scale = {0.5: 3 / 4, 1.0: 1 / 2, 2.0: 1 / 4}[_strength(match)]
        return {"scale": scale if sign < 0 else 1 / scale}

    return build


def _ratio(match: re.Match[str]) -> Values:
    return {"ratio": (float(match["w"]), float(match["h"]))}


def _crop_size(match: re.Match[str]) -> Values:
    place = (match["place"] or "centre").replace("upper", "top").replace("lower", "bottom")
    return {"width": int(match["w"]), "height": int(match["h"]), "place": place}


def _crop_box(match: re.Match[str]) -> Values:
    return {"box": tuple(int(match[name]) for name in ("x0", "y0", "x1", "y1"))}


def _kept_side(match: re.Match[str]) -> Values:
    return {"side": _side(match), "share": _share(match)}


def _removed(match: re.Match[str]) -> Values:
    side = _SIDES.get(match["side"] or "all", match["side"] or "all")
    return {"side": side, "pixels": _number(match, "n"), "share": None if match["n"] else _share(match)}


def _levels(match: re.Match[str]) -> Values:
    return {"count": int(float(match["n"])) if match["n"] else 4}


def _block(match: re.Match[str]) -> Values:
    return {"size": _number(match, "n"), "strength": _strength(match)}


def _border(match: re.Match[str]) -> Values:
    said = match.groupdict()
    colour = said.get("colour") or said.get("colour_after") or "black"
    width = said.get("n") or said.get("n_after")
    return {
        "colour": colour,
        "width": int(float(width)) if width else None,
        "strength": {"thin": 0.5, "thick": 2.0}.get(said.get("how") or "", 1.0),
    }


def _thumbnail(match: re.Match[str]) -> Values:
    return {"longest": int(float(match["n"])) if match["n"] else 128}


_WAY = r"to the left|to the right|left|right|clockwise|counter ?clockwise|anti ?clockwise"
_AXES = (
    r"horizontally and vertically|vertically and horizontally|horizontally|vertically|upside down|left to right|left right|"
    r"right to left|top to bottom|top bottom|sideways|horizontal|vertical"
)
_SIZE = r"(?P<w>\d+)(?: px)?\s?(?:x|by|\*)\s?(?P<h>\d+)(?: px)?"
_RESIZE = (
    r"(?:resize|rescale|scale|size|shrink|reduce|enlarge|make|zoom|downscale|upscale|downsize|blow up|scaled?|resized?)"
)
_PLACE = r"(?P<place>centre|(?:top|bottom|upper|lower)(?: (?:left|right))?|left|right)(?: corner| side| edge)?"
_CROP = rf"(?:crop|cut|cut out|clip|cropped){_IT}"
_MORE, _LESS = (
    r"(?:increase|raise|boost|enhance|improve|strengthen|more|higher|stronger|add)",
    r"(?:decrease|reduce|lower|weaken|less|weaker|turn down)",
)
_BY = rf"(?:\s+by(?: a factor of)?\s+(?:(?P<percent>{_N})%|(?P<factor>{_N})(?!\s*%)))?"

# name | what is said | what it means; the longest phrase at a place counts
_TABLE: tuple[tuple[str, str, Builder], ...] = (
    ("grey", r"(?:shades? of )?gr[ae]y(?:ed)?(?: ?scaled?)?(?: tones?| shades?)?|black and white|black & white|b&w|b/w|b and w|monochrome|desaturated?|(?:remove|without|drop) (?:all )?(?:the )?colou?rs?|colou?rless", _nothing),
    ("sepia", r"sepia(?: ?toned?)?", _nothing),
    ("invert", rf"invert(?:ed)?{_IT}(?: colou?rs)?|(?:a )?(?:photo(?:graphic)? )?negative", _nothing),
    ("blur", rf"{_BEFORE}(?:gaussian )?(?:blur(?:red|ry|rier)?|soft(?:en|er)|smooth(?:en|er)?){_IT}{_AFTER}(?:{_OF}\s+(?P<n>{_N})(?: px)?)?", _radius),
    ("sharpen", rf"{_BEFORE}(?:sharp(?:en|er|ened)?|crisper){_IT}{_AFTER}", lambda m: {"strength": _strength(m)}),
    ("sharpen", rf"{_MORE}{_IT} sharpness{_AFTER}", lambda m: {"strength": _strength(m)}),
    ("denoise", rf"(?:denoised?|despeckled?|(?:remove|reduce){_IT} (?:noise|grain|speckles)(?: from)?){_IT}", _nothing),
    ("edges", r"(?:detect|find|show|trace|extract|draw|keep)?(?: only)?(?: the| its)? ?(?:edges?(?: detection| map)?|outlines?|contours?)(?: only)?", _nothing),
    ("emboss", r"emboss(?:ed)?", _nothing),
    ("solarize", r"solari[sz]ed?", _nothing),
    ("equalize", r"equali[sz]ed?(?: the)?(?: histogram)?", _nothing),
    ("autocontrast", rf"(?:auto(?:matic)? ?|normali[sz]e{_IT} |stretch{_IT} )contrast", _nothing),
    ("posterize", rf"posteri[sz]ed?{_IT}(?:{_OF}\s+(?P<n>\d+)(?: levels| shades)?)?", _levels),
    ("quantize", rf"(?:reduce|limit|quanti[sz]e|only|use|using|with)?{_IT}(?: (?:the )?colou?rs)?(?: to| only)* ?(?P<n>\d+) colou?rs", _levels),
    ("pixelate", rf"{_BEFORE}pixell?ated?{_IT}{_AFTER}(?:{_OF}\s+(?P<n>{_N})(?: px)?(?: blocks?)?)?", _block),
    # turning
    ("rotate", rf"(?:rotate|rotated|turn|spin){_IT}(?: (?P<way>{_WAY}))?(?: by| a| an)*\s+(?P<n>[-+]?\d+(?:\.\d+)?)(?: degrees)?(?:(?: to the)? (?P<way_after>{_WAY}))?", _turned),
    ("rotate", rf"(?:rotate|rotated|turn|spin){_IT} (?P<way>{_WAY})", _turned),
    ("rotate", rf"(?:rotate|rotated|turn|spin){_IT}(?: by)? (?:a )?(?P<part>half|quarter) turn(?: (?P<way>{_WAY}))?", _turned),
    ("rotate", r"(?:rotate|turn|put|flip|make)?(?: the picture| the image| the photo| it)? ?upside down|on its head", _always(degrees=180.0)),
    ("rotate", rf"(?P<n>{_N}) degrees (?P<way>{_WAY})", _turned),
    ("flip", rf"(?:flip(?:ped)?|mirror(?:ed)?|reflect){_IT}(?:(?: along| across| on)?(?: the)? (?P<axis>{_AXES})(?: axis| direction)?)?", _flipped),
    ("flip", r"(?P<axis>horizontal|vertical) (?:flip|mirror(?:ing)?)|(?:a )?mirror image", lambda m: _flipped(m)),
    # cutting
    ("crop_ratio", rf"{_CROP}(?: to| into| in| the| a| as| its| centre)* square(?: shape)?(?: from| at| of| in| the| centre)*|square crop|(?:make|be)?(?: it)? ?square", _always(ratio=(1.0, 1.0))),
    ("crop_ratio", rf"{_CROP}(?: to| an| a| aspect| ratio| of| with| the)* (?P<w>{_N}):(?P<h>{_N})", _ratio),
    ("crop_size", rf"{_CROP}(?: to| a| an| the| out| its| size| of| centre)* {_SIZE}(?:(?: from| at| in| of| around| the| its)* {_PLACE})?", _crop_size),
    ("crop_size", rf"{_CROP}(?: to| out| of| from| at| the| its)* {_PLACE}(?: to| of| with| size| a)* {_SIZE}", _crop_size),
    ("crop_box", rf"{_CROP}(?: to| the| box| from| at| region| rectangle)* ?[(\[]?(?P<x0>\d+), ?(?P<y0>\d+), ?(?P<x1>\d+), ?(?P<y1>\d+)[)\]]?", _crop_box),
    ("keep_side", rf"(?:{_CROP}(?: to| out)*|keep(?: only)?|take)(?: the| its)* (?P<side>{_SIDE}) (?:{_SHARE})", _kept_side),
    ("keep_centre", rf"{_CROP}(?: to| out| the| its| into)* centre(?: (?:half|part))?|keep(?: only)?(?: the)? centre|centre crop", _always(share=0.5)),
    ("cut_off", rf"(?:crop|cut|trim|remove|shave|take)(?: off| away)?{_IT} (?:(?P<n>{_N}) px|{_SHARE})(?: off| away)?(?: from| of| on| at| the| its| off)* (?:(?P<side>{_SIDE})(?: side| edge)?|(?:each|every|all|both)(?: the)?(?: four| 4)? (?:sides?|edges?|borders?)|edges|sides|borders)", _removed),
    ("cut_off", rf"(?:crop|cut|trim|remove|shave|take) (?:off|away)(?: the| its)* (?P<side>{_SIDE}) (?:(?P<n>{_N}) px|{_SHARE})", _removed),
    ("trim", rf"(?:auto ?crop|(?:trim|remove|crop|cut)(?: off| away)?{_IT}(?: (?:white|black|empty|blank|plain|outer))?(?: space| margins?| borders?| edges?)(?: around)?){_IT}", _nothing),
    # size
    ("resize", rf"{_RESIZE}{_IT}(?: to| be| a| an| the| size| of| exactly)* {_SIZE}", _size),
    ("resize", rf"{_SIZE}(?: in size)?", _size),
    ("resize", rf"(?:{_RESIZE}{_IT} (?:to )?)?fit(?: into| in| within| inside| to| a| the)* {_SIZE}", _fit),
    ("resize", rf"(?:{_RESIZE}{_IT})?(?: to| be)* ?(?P<n>\d+) px (?P<dimension>wide|broad|high|tall)", _edge_length),
    ("resize", rf"(?:{_RESIZE}{_IT})?(?: to| a| the| with| set)* ?(?P<dimension>width|height)(?: of| to| is| =)* (?P<n>\d+)(?: px)?", _edge_length),
    ("resize", rf"{_RESIZE}{_IT}(?: to| at most)* (?P<n>\d+) px", _longest_side),
    ("resize", rf"{_RESIZE}{_IT}(?: down| up)? to (?:{_SHARE})(?: of)?(?: the| its)*(?: original| former| current)?(?: size| width| dimensions)?", _scaled_to),
    ("resize", rf"(?:{_SHARE})(?: of)?(?: the| its)*(?: original| former| current)? size", _scaled_to),
    ("resize", rf"(?:resize|rescale|scale){_IT} (?:by )?(?P<percent>{_N})%", _scaled_to),
    ("resize", rf"(?:shrink|reduce|downscale|downsize|scale down){_IT}(?: size)? by (?:{_SHARE})|(?P<percent2>{_N})% smaller", _scaled_by(-1)),
    ("resize", rf"(?:enlarge|upscale|blow up|scale up|grow){_IT}(?: size)? by (?:{_SHARE})|(?P<percent2>{_N})% (?:larger|bigger)", _scaled_by(1)),
    ("resize", rf"(?:scale|resize|rescale|enlarge|upscale|zoom){_IT} (?:by |to )?(?:a factor of )?(?P<n>{_N})(?: ?x| times)?(?! ?(?:x|by|px|%|\d))", _times),
    ("resize", rf"(?:(?P<n>{_N})(?: ?x| times)|(?P<twice>twice))(?: as)? (?:(?P<smaller>smaller|as small)|larger|bigger|big|large|(?:the |its )?(?:original )?size)", _times),
    ("resize", rf"(?:half as|1/2 as) (?:big|large)|halve(?:d)?{_IT}(?: (?:size|dimensions))?|(?:cut|scale|shrink|reduce){_IT} (?:in|by|to) half", _always(scale=0.5)),
    ("resize", rf"doubled?{_IT}(?: (?:size|dimensions|resolution))?", _always(scale=2.0)),
    ("resize", rf"{_BEFORE}(?:smaller|shrink|shrunk|downscaled?|downsized?|scale down){_IT}{_AFTER}", _somewhat_scaled(-1)),
    ("resize", rf"{_BEFORE}(?:bigger|larger|enlarged?|upscaled?|blow up|scale up){_IT}{_AFTER}", _somewhat_scaled(+1)),
    ("resize", rf"{_SIZE} thumbnail", _fit),
    ("thumbnail", r"(?P<n>\d+) px thumbnail", _thumbnail),
    ("thumbnail", r"thumbnail(?: with| of| at| most| a| size| width|,)*(?: (?P<n>\d+)(?: px)?(?: wide)?)?", _thumbnail),
    # light and colour
    ("tone", rf"{_BEFORE}(?:brighter|brighten(?:ed)?|lighter|lighten(?:ed)?|less dark){_IT}{_AFTER}{_BY}", _tone("brightness", +1, 0.3)),
    ("tone", rf"{_BEFORE}(?:darker|darken(?:ed)?|dim(?:mer|med)?|less bright){_IT}{_AFTER}{_BY}", _tone("brightness", -1, 0.3)),
    ("tone", rf"(?P<percent>{_N})% (?:brighter|lighter)", _tone("brightness", +1, 0.3)),
    ("tone", rf"(?P<percent>{_N})% darker", _tone("brightness", -1, 0.3)),
    ("tone", r"twice as bright", _always(quality="brightness", factor=2.0)),
    ("tone", rf"{_BEFORE}(?:more vivid|more vibrant|more colou?rful|more saturated|colou?rful|vivid|vibrant|saturated?){_IT}{_AFTER}{_BY}", _tone("saturation", +1, 0.5)),
    ("tone", rf"{_BEFORE}(?:less vivid|less colou?rful|less saturated|paler|muted|faded){_IT}{_AFTER}{_BY}", _tone("saturation", -1, 0.5)),
    ("tone", rf"{_BEFORE}warm(?:er)?{_IT}{_AFTER}{_BY}", _tone("warmth", +1, 0.15)),
    ("tone", rf"{_BEFORE}(?:cool(?:er)?|colder){_IT}{_AFTER}{_BY}", _tone("warmth", -1, 0.15)),
    *(
        ("tone", rf"{_BEFORE}{way}{_IT} {words}(?: of)?{_IT}{_AFTER}{_BY}", _tone(quality, sign, step))
        for quality, words, step in (("brightness", "(?:brightness|exposure)", 0.3), ("contrast", "contrast", 0.4), ("saturation", "(?:saturation|colou?r intensity)", 0.5))
        for sign, way in ((+1, _MORE), (-1, _LESS))
    ),
    *(
        ("tone", rf"(?:set |change |adjust )?(?:the )?{words}(?: to| by| of| with| a| factor)* (?:(?P<percent>{_N})%|(?P<factor>{_N})(?! ?%))", lambda m, q=quality: {"quality": q, "factor": _number(m, "factor") or (_number(m, "percent") or 0) / 100})
        for quality, words in (("brightness", "brightness"), ("contrast", "contrast"), ("saturation", "saturation"))
    ),
    ("tone", r"(?:high|strong) contrast", _always(quality="contrast", factor=1.8)),
    ("tone", r"low contrast", _always(quality="contrast", factor=0.6)),
    # around
    ("border", rf"(?:add|put|draw|with)?(?: a| an| on| the)* ?(?:(?P<how>thin|thick|wide) )?(?:(?P<n>{_N}) px )?(?:(?P<how2>thin|thick|wide) )?(?:(?P<colour>{_COLOUR}) )?(?:border|frame)(?: around)?{_IT}(?:(?: of| with|,| a| width)* (?P<n_after>{_N}) px)?(?: in (?P<colour_after>{_COLOUR}))?", _border),
)  # fmt: skip
