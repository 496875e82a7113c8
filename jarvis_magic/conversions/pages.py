"""The text of a web page, without its markup, scripts and styles.

A page is somebody else's: it is read once from the beginning to the end, whatever is left open in it, and never takes
longer than its length. (The parser of the standard library takes a minute for 60 kB of ``<a <a <a``.)
"""

from __future__ import annotations

import html as characters
import re

_SILENT = frozenset({"noscript", "template", "svg", "nav", "iframe"})
_DEEPEST = 100
"""How many silent elements inside each other are told apart."""
_RAW = frozenset({"script", "style"})
_BREAKING = frozenset(
    {
        "address", "article", "aside", "blockquote", "br", "dd", "div", "dl", "dt", "figcaption", "footer", "h1", "h2", "h3",
        "h4", "h5", "h6", "header", "hr", "li", "main", "ol", "p", "pre", "section", "table", "tr", "ul",
    }
)  # fmt: skip

# What begins is always matched, to its end or to that of the page, so that nothing is looked at twice.
_MARKUP = re.compile(
    r"""<!--(?:>|.*?(?:-->|\Z))
      | <[!?][^>]*+>?
      | <(?P<end>/?)(?P<tag>[a-zA-Z][^\s/>]*+)(?:=\s*+(?:"[^"]*+"?|'[^']*+'?)|[^>])*+>?""",
    re.VERBOSE | re.DOTALL,
)
_END_OF_RAW = {tag: re.compile(rf"</{tag}(?![\w-])|\Z", re.IGNORECASE) for tag in _RAW}


def text_of_page(html: str) -> str:
    """Return the words of an HTML page, one paragraph a line."""
    pieces: list[str] = []
    silent: list[str] = []
    position = 0
    while markup := _MARKUP.search(html, position):
        if not silent:
            pieces.append(_words(html[position : markup.start()]))
        position = markup.end()
        tag = (markup["tag"] or "").lower()
        if tag in _RAW and not markup["end"]:
            position = _end_of_raw(tag, html, position)
        elif tag in _SILENT:
            _fall_silent(silent, tag, ends=bool(markup["end"]))
        elif tag in _BREAKING and not silent:
            pieces.append("\n")
    if not silent:
        pieces.append(_words(html[position:]))
    lines = (re.sub(r"\s+", " ", line).strip() for line in "".join(pieces).split("\n"))
    return "\n".join(line for line in lines if line)


def _words(text: str) -> str:
    return re.sub(r"\s", " ", characters.unescape(text))


def _end_of_raw(tag: str, html: str, position: int) -> int:
    """Where the end of a script or style begins, in which nothing else is markup."""
    found = _END_OF_RAW[tag].search(html, position)
    return found.start() if found else len(html)


def _fall_silent(silent: list[str], tag: str, *, ends: bool) -> None:
    """Keep which silent elements are open; the end of one ends those inside it."""
    if not ends:
        silent += [tag] * (len(silent) < _DEEPEST)
    elif tag in silent:
        while silent.pop() != tag:
            pass
