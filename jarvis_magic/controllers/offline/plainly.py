"""The making of tasks that is the same for most actions: one on each source."""

from __future__ import annotations

import re
from typing import Any

from ...kinds import Kind
from .arguments import tidy
from .clauses import Wish
from .drafting import Drafting
from .lexicon import ACTIONS
from .reading import Span, fold
from .sources import Source, source_of

REFERS_BACK = re.compile(
    r"@\S+|(?:it|this|that|them|these)\b.*|what\b.*|(?:(?:the|this|that|its|my)\s+)?(?:\w+\s+){0,2}(?:captions?|descriptions?|summar\w+|transcripts?|translations?|results?|texts?|answers?|classification|labels?|content|output|prompt|response)\b.*",
    re.ASCII,
)
"""Words that only point back at something there is already."""


_THIS = re.compile(r"\b(?:this|the following|folgende\w*|dies|das|ceci|cela|esto|lo siguiente)\b|下面|以下", re.ASCII)


def plainly(drafting: Drafting, wish: Wish, sources: list[Source], action: str = "", **arguments: Any) -> list[Source]:
    """One task on each source; quoted words come before what stands near by."""
    action = action or wish.action
    sources = texts(drafting, wish, action, sources)
    mark = str(arguments.pop("mark", ""))
    return [
        made
        for source in sources
        for made in drafting.one(
            wish, action, source, mark=mark or (source.name if len(sources) > 1 else ""), **arguments
        )
    ]


def texts(drafting: Drafting, wish: Wish, action: str, sources: list[Source]) -> list[Source]:
    """The sources, or the quoted words where an action takes texts and the wish names nothing else."""
    quoted = quotes(drafting, wish)
    named = drafting.reading.within(wish.start, wish.reach, "reference") or wish.objects
    if named or "text" not in ACTIONS[action].types:
        return sources
    return [source_of(span) for span in quoted] or _behind_colon(drafting, wish) or sources


def _behind_colon(drafting: Drafting, wish: Wish) -> list[Source]:
    """The words that stand behind a colon: "translate this into Korean: good morning"."""
    reading = drafting.reading
    if not wish.tails or not _THIS.search(reading.skeleton[wish.start : wish.end]):
        return []
    colon = reading.skeleton[wish.end : wish.tails[0][0]].strip() == ":"
    words = reading.text[wish.tails[0][0] : wish.reach].strip()
    return [Source(words, Kind("text"))] if colon and words else []


def quotes(drafting: Drafting, wish: Wish) -> list[Span]:
    """The quoted words of a wish."""
    return drafting.reading.within(wish.start, wish.reach, "quote")


def literal(drafting: Drafting, wish: Wish) -> list[Source]:
    """The words behind a verb, where there is nothing else to be said: "say hello"."""
    words = tidy(drafting.reading.text[wish.mention.end : wish.end])
    return [Source(words, Kind("text"))] if words and not REFERS_BACK.fullmatch(fold(words)) else []
