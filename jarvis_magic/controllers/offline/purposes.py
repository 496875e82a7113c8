"""What a task is for, in a short phrase: experts are chosen by its words, which are English, whatever the request's language."""

from __future__ import annotations

import re

from ...references import unescape
from .arguments import tidy
from .clauses import Wish
from .lexicon import ACTIONS
from .reading import Reading, fold

_A = re.ASCII
_MEANT = {
    "entities": {
        "names": r"\bnames?\b|\bnamen\b|\bnoms?\b|\bnombres?\b|人名|名字|姓名",
        "people": r"\bpeople|persons?\b|\bpersonen\b|\bpersonnes\b|\bpersonas\b|人物",
        "places": r"\bplaces?\b|\blocations?\b|\borte\b|\blieux\b|\blugares\b|地名|地点",
        "companies": r"\bcompan(?:y|ies)\b|\borgani[sz]ations?\b|\bfirmen\b|\bentreprises\b|\bempresas\b|公司",
        "dates": r"\bdates?\b|\bdatum|\bdaten\b|\bfechas?\b|日期",
        "amounts": r"\bamounts?\b|\bprices?\b|\bmoney\b|\bbetrage?\b|\bpreise\b|\bmontants?\b|\bprix\b|\bimportes?\b|\bprecios?\b|金额|价格",
        "addresses": r"\baddress(?:es)?\b|\badressen?\b|\bdirecciones\b|地址",
        "e-mail addresses": r"\be-?mails?\b|\bcorreos?\b|邮箱",
        "phone numbers": r"\bphone|\btelephone|\btelefon|\btelefono|电话",
        "parts of speech": r"parts? of speech|\bpos\b|\bnouns?\b|\bverbs?\b|词性",
    },
    "classify": {
        "language": r"\blanguage\b|\bsprache\b|\blangue\b|\bidioma\b|语言",
        "emotion": r"\bemotions?\b|\bemocion(?:es)?\b|情绪",
        "spam": r"\bspam\b",
    },
    "sentiment": {"spam": r"\bspam\b", "emotion": r"\bemotions?\b", "sentiment": r""},
    "edit": {
        "grey": r"\bgr[ae]y|black and white|monochrome|schwarz-?weis|\bgrau|noir et blanc|blanco y negro|黑白|灰",
        "blur": r"\bblur|weichzeichn|verpixel|flou|desenfoc|模糊",
        "sharpen": r"\bsharp|scharf|nettet|锐化",
        "rotate": r"\brotat|\bturn (?:it |<image> )?(?:by|left|right)|\bdreh|\bpivote|\btourne|\bgira|旋转",
        "flip": r"\bflip|\bmirror|spiegel|retourne|voltea|翻转",
        "crop": r"\bcrop|zuschneid|recadr|recort|裁剪",
        "resize": r"\bresiz|\bscale|\bupscal|\bsmaller|\blarger|\bbigger|vergroser|verkleiner|redimension|tamano|缩放",
        "brighter": r"\bbright|\bdark|\blight|heller|dunkler|eclairci|assombri|aclar|oscur|亮|暗",
        "contrast": r"\bcontrast|kontrast|contraste|对比度",
        "sepia": r"\bsepia",
        "invert": r"\binvert|\bnegative\b|invertier|inverse|反色",
        "border": r"\bborder|\bframe\b|rahmen|bordure|borde",
    },
}  # fmt: skip
_LONGEST = 60
_BARE = frozenset(
    [
        "put",
        "turn",
        "boil",
        "bring",
        "render",
        "say",
        "read",
        "look",
        "take",
        "make",
        "get",
        "give",
        "show",
        "tell",
        "convert",
        "create",
        "generate",
        "lies",
        "lis",
        "lee",
        "mach",
        "mets",
    ]
)
_DANGLING = re.compile(r"(?:\s+(?:the|a|an|of|in|on|from|for|to|into|with|and|at|is|me|it|them|every|each|all))+$")


def purpose_of(reading: Reading, wish: Wish, action: str) -> str:
    """Return the purpose of a task that a wish led to."""
    words = reading.skeleton[wish.start : wish.reach]
    if action in ("describe", "caption"):
        return "describe"
    if action == "read_text":
        return "read handwritten text" if "handwrit" in words else "read printed text"
    if action != wish.action:
        return ACTIONS[action].result
    meant = [english for english, pattern in _MEANT.get(action, {}).items() if re.search(pattern, words, _A)]
    if action in ("sentiment", "classify") and meant:
        return meant[0]
    if action == "keywords":
        return "keywords"
    said = _said(reading, wish)
    known = set(re.findall(r"[a-z]+", fold(said)))
    return (
        " ".join([said, *(english for english in meant if not set(english.split()) & known)])
        if said
        else ", ".join(meant) or ACTIONS[action].result
    )


def _said(reading: Reading, wish: Wish) -> str:
    """The words that ask for it, up to what it is done to."""
    start = wish.start if wish.action == "edit" else wish.mention.start
    end = next((span.start for span in reading.within(wish.mention.end, wish.end)), wish.end)
    words = tidy(unescape(reading.text[start : min(end, start + 2 * _LONGEST)]))
    said = _DANGLING.sub("", f"{words[:1].lower()}{words[1:]}")[:_LONGEST].strip()
    return "" if said in _BARE else said
