"""A model's card in one clean sentence; else one from its tags.

Cards begin with badges, tables of contents, warnings, code, and pictures. The sentence wanted is the first of prose that
says something about the model.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

LONGEST = 200
"""How many characters a sentence may have."""

_FRONT_MATTER = re.compile(r"\A\s*---\s*\n.*?\n---\s*\n", re.DOTALL)
# What is never closed goes on to the end, as browsers have it: so nothing is looked at twice.
_BLOCKS = re.compile(
    r"(?:```.*?```|~~~.*?~~~|<!--.*?-->|<(script|style|table|details|pre)\b.*?</\1>)|(?:```|~~~|<!--|<(?:script|style)\b).*",
    re.DOTALL | re.IGNORECASE,
)
_PICTURE = re.compile(r"\[?!\[[^\[\]]*\]\([^()]*\)(?:\]\([^()]*\))?")
_LINK = re.compile(r"\[([^\[\]]*)\]\([^()]*\)")
_MARK = re.compile(r"<[^<>]*>|[*_`]{1,3}(?=\S)|(?<=\S)[*_`]{1,3}")
_NOT_PROSE = re.compile(r"^\s*(#|\||>\s*\[!|[-*+]\s|\d+[.)]\s|=+\s*$|-+\s*$|:::|\$\$)")
_SENTENCE = re.compile(r"(.{20,}?[.!?])(?=\s|$)(?<!\be\.g\.)(?<!\bi\.e\.)(?<!\bet al\.)(?<!\bvs\.)")
_URL = re.compile(r"https?://\S+")
_SAYS_NOTHING = re.compile(
    r"disclaimer|this model card|table of contents|click here|star us|follow us|join (us|our)|license agreement|"
    r"you need to (agree|accept|share)|contact information|under construction|auto-?generated|more information needed|"
    r"should probably proofread|\bnews\s*:|^\W*(?:latest )?news\b(?!\s+[a-z])|update[sd]?:|for more (details|information)",
    re.IGNORECASE,
)


def sentence_of(card: str) -> str:
    """Return the first sentence of a card's markdown that says something; empty if there is none."""
    text = _BLOCKS.sub("\n\n", _FRONT_MATTER.sub("", card[:20_000]))
    for paragraph in re.split(r"\n\s*\n", text):
        lines = [line for line in paragraph.splitlines() if not _NOT_PROSE.match(line)]
        prose = _plain(" ".join(lines))
        if (sentence := _first_sentence(prose)) and not _SAYS_NOTHING.search(sentence):
            return sentence
    return ""


def _plain(markdown: str) -> str:
    text = _LINK.sub(r"\1", _PICTURE.sub(" ", markdown))
    text = _MARK.sub("", _URL.sub("", text)).replace("&nbsp;", " ").replace("&amp;", "&")
    return " ".join(text.lstrip("> ").split())


def _first_sentence(prose: str) -> str:
    """The first sentence of prose that is words and not a list of names or links."""
    found = _SENTENCE.match(prose)
    sentence = found[1] if found else ""
    words = re.findall(r"[^\W\d_]{2,}", sentence)
    if len(words) < 5 or sum(map(len, words)) < 0.6 * len(sentence.replace(" ", "")):
        return ""
    return sentence if len(sentence) <= LONGEST else f"{sentence[: LONGEST - 1].rsplit(' ', 1)[0]}…"


def sentence_from_tags(model: str, task_type: str, tags: Sequence[str], library: str | None) -> str:
    """Return a sentence of what a model's tags say: what it does, in which languages, made from what, with what."""
    author = model.partition("/")[0]
    base = next((t.split(":")[-1] for t in tags if t.startswith("base_model:") and t.count(":") == 1), "")
    parts = [f"A model for {task_type} by {author}" if "/" in model else f"A model for {task_type}"]
    parts += [f"made from {base}"] if base else []
    parts += [f"for {library}"] if library else []
    return f"{', '.join(parts)}."
