"""What the planner says about its own plan: what it left out, what it was not sure of, and the answer when there is nothing to do."""

from __future__ import annotations

import re
from collections.abc import Iterator

from .arguments import tidy
from .clauses import MOST_WISHES, Division
from .doubts import Clause, doubts, sureness
from .drafting import Drafting
from .lexicon import mentions
from .moods import cannot, is_statement
from .reading import FILLER, MARKS, Reading, fold
from .sources import source_of

_A = re.ASCII
_SMALL_TALK = re.compile(
    r"\s*(?:hi|hello|hey|good (?:morning|evening|afternoon)|thanks?|thank you|thx|please|ok|okay|yes|no|great|hallo|guten \w+|danke|bonjour|salut|merci|hola|gracias|你好|谢谢)\b",
    _A,
)
_THANKS = re.compile(r"\b(?:thanks?|thank you|thx|danke|merci|gracias)\b|谢谢", _A)
_GREETS = re.compile(
    r"\s*(?:hi|hello|hey|good (?:morning|evening|afternoon)|hallo|guten \w+|moin|bonjour|salut|hola|buen[oa]s)\b|\s*你好",
    _A,
)
_ABOUT_ITSELF = re.compile(
    r"[\s¿]*(?:(?:hi|hello|hey)\W+)?(?:what (?:else )?(?:can|do) you do|what (?:are you|can i (?:ask|do))|who are you|how do you work|how does this work|help(?: me)?"
    r"|was kannst du(?: alles)?|wer bist du|hilfe|que (?:peux-tu|sais-tu|pouvez-vous) faire|qui es-tu|aide|que puedes hacer|quien eres|ayuda|你(?:能|会)做什么|你是谁)"
    r"(?: (?:for (?:me|us)|here|you|please))*[\s?!.？。]*",
    _A,
)
_DETAILS = re.compile(
    r"\s*(?:take|use|using|look|consider|start|given|in|on|at|with|without|as|for|from|of|to|by|like|using|based|according|so|such|which|that|who|where|because|if|not|it|its|they|there|here|each|every|all|both|one|two|also|too|pls|please|thanks?|thx"
    r"|mit|ohne|aus|von|im|fur|avec|sans|pour|dans|con|sin|para|por|en|de)\b|\s*[\d\W]",
    _A,
)

_SHORT = 80  # characters that a greeting has at most

_ASKS = re.compile(
    r"[\s,;.:]*(?:(?:and|then|also|please)\s+)*(?:tell (?:me|us)|say|explain|find out|let me know)(?: to me)?\s+(?:what|who|whom|whose|which|why|how|when|where|whether|if)\b",
    _A,
)

MOST = 5
"""How many parts and files are spoken of one by one."""
EXAMPLE = "Describe @photo and read the description aloud"
ABLE = (
    "describe pictures and read the text in them, transcribe recordings and read texts aloud, summarise, translate, find names and keywords, "
    "judge the sentiment, sort by labels, answer questions about a text, picture or table, edit and draw pictures, clean recordings, and predict a column of a table"
)


def remarks(drafting: Drafting, division: Division) -> Iterator[str]:
    """What the user should know about a plan, a sentence each."""
    reading = drafting.reading
    nothing = bool(division.unwanted) and not division.wishes
    if nothing:
        yield "All that the request names is said not to be wanted, so nothing is done."
    usual = any(clause.usual for clause in drafting.clauses)
    left_out = [] if usual or nothing else list(_left_out(reading, division))
    for start, end in left_out[:MOST]:
        yield f"Not understood, and left out: “{_cut(reading.text[start:end])}”."
    if len(left_out) > MOST:
        yield f"{len(left_out) - MOST} more parts of the request were not understood, and are left out."
    for clause in drafting.clauses:
        yield from _doubted(drafting, clause)
    if division.more:
        yield f"The request asks for more than {MOST_WISHES} things; {division.more} of them are left out."
    used = {reference.name for task in drafting.tasks for reference in task.references}
    named = dict.fromkeys(source_of(span) for span in reading.spans if span.what == "reference")
    unused = [source.written for source in named if source.name not in used]
    if drafting.tasks and unused:
        yield f"Nothing is done with {' and '.join(unused)}."
    files = dict.fromkeys(span.value for span in reading.spans if span.what == "file")
    for name in list(files)[:MOST]:
        written = f"@{name}" if name.startswith("http") else f'@"{name}"'
        yield f"“{_cut(name)}” is not read; write {written} to use it."


def _doubted(drafting: Drafting, clause: Clause) -> Iterator[str]:
    """The other readings of a clause."""
    found = list(doubts(drafting, clause))
    if found:
        sure = sureness(drafting, clause)
        yield from (f"{clause.tasks[-1]!r} ({sure:.0%} sure) {doubt.said}." for doubt in found)


def _left_out(reading: Reading, division: Division) -> Iterator[tuple[int, int]]:
    """The stretches that ask for something none of the tasks does."""
    tails = [(start, end, False) for wish in division.wishes for start, end in wish.tails]
    for start, end, loose in sorted([*tails, *((start, end, True) for start, end in division.loose)]):
        words = reading.skeleton[start:end]
        plain = re.sub(f"[{''.join(MARKS.values())}{FILLER}]+", "", words).strip(" \t\n.,:;!?'\"()-")
        asked = [m.action for m in mentions(words)]
        if asked and division.unwanted.issuperset(asked):
            continue  # understood: it is not wanted
        if (
            cannot(words)
            or _ASKS.match(words)
            or (
                loose
                and len(plain.split()) > 1
                and not _SMALL_TALK.match(words)
                and not is_statement(words)
                and not _DETAILS.match(words)
            )
        ):
            yield start, end


def is_small_talk(text: str) -> bool:
    """Whether a request only greets, thanks, or asks what can be asked."""
    words = fold(text)
    return len(words) < _SHORT and bool(_GREETS.match(words) or _THANKS.search(words) or is_about_itself(text))


def is_about_itself(text: str) -> bool:
    """Whether a request asks about who answers, and so about nothing that was made before: "what can you do?"."""
    return _ABOUT_ITSELF.fullmatch(fold(text)) is not None


def chat_answer(reading: Reading) -> str:
    """The answer to a request in which there is nothing to do."""
    words = reading.skeleton
    if not words.strip():
        return f"The request is empty. Say what to do, and name what with @, for example: {EXAMPLE}."
    if _THANKS.search(words) and len(words) < _SHORT:
        return "You are welcome."
    if is_about_itself(words):
        return f"This is the offline planner. It can {ABLE}. Name what to work on with @, for example: {EXAMPLE}."
    if _GREETS.match(words) and len(words) < _SHORT:
        return f"Hello! I can {ABLE}. Name what to work on with @, for example: {EXAMPLE}."
    if "?" in words or "？" in words:
        return (
            "There is nothing here to find the answer in: the offline planner answers from what a cell names, not from knowledge of its own. Name a text, "
            f"picture or table with @, or ask a chat model with -m. It can {ABLE}."
        )
    return f"There is nothing to do: no word of this asks for what I can do. I can {ABLE}. Name what to work on with @, for example: {EXAMPLE}."


def _cut(words: str) -> str:
    words = tidy(words)
    return words if len(words) <= 80 else words[:79] + "…"
