"""Markdown to HTML, for text that is not trusted: an answer a model wrote.

CommonMark with tables. HTML in it is shown as text; pictures become their words; links stay only for web and mail
addresses, and show their whole address behind their words.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from .markup import LINE
from .words import clean, cut

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.rules_core import StateCore
    from markdown_it.token import Token

LONGEST = 20_000
_SCHEMES = ("http", "https", "mailto")
_STYLES = {  # over what notebooks say of them
    "paragraph_open": "margin:8px 0",
    "blockquote_open": "margin:8px 0 8px 16px",
    "table_open": "margin:8px 0;border-collapse:collapse",
    "th_open": f"padding:4px 10px;text-align:left;border-bottom:1px solid {LINE}",
    "td_open": f"padding:4px 10px;text-align:left;border-bottom:1px solid {LINE}",
}


def markdown_html(text: str, longest: int = LONGEST) -> str:
    """Return HTML for untrusted markdown; of a text longer than `longest` characters, its beginning and …."""
    rendered: str = _parser().render(clean(cut(text, longest)))
    return rendered


@cache
def _parser() -> MarkdownIt:
    from markdown_it import MarkdownIt

    parser = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"])
    parser.core.ruler.push("plain", _plain)
    return parser


def _plain(state: StateCore) -> None:
    """Take from the parsed text all that reaches outside, and style its tables.

    Pictures become words; behind the words of a link comes its address; links that lead to no web or mail address go.
    """
    for token in state.tokens:
        if token.type in _STYLES:
            token.attrs["style"] = ";".join(filter(None, (_STYLES[token.type], str(token.attrGet("style") or ""))))
        if token.children:
            token.children = _without_reach(token.children)


def _without_reach(tokens: Sequence[Token]) -> list[Token]:
    said: list[Token] = []
    opened: list[_Link] = []
    for token in tokens:
        if token.type == "image":
            source = cut(str(token.attrGet("src") or ""), 200)
            said.append(_text(f"[picture: {token.content} {source}]"))
        elif token.type == "link_open":
            address = str(token.attrGet("href") or "")
            # an address in the words of a link opens a second one, which no page may have: it stays words
            opened.append(_Link(address, len(said) + 1, _may_stay(address) and not any(link.stays for link in opened)))
            token.attrs = {"href": address, "rel": "noopener noreferrer nofollow"}
            said.append(token if opened[-1].stays else _text(""))
        elif token.type == "link_close":
            link = opened.pop()
            shown = "".join(word.content for word in said[link.begins :])
            same = shown in (link.address, link.address.removeprefix("mailto:"))
            said += [token if link.stays else _text(""), _text("" if same else f" ({cut(link.address, 300)})")]
        else:
            said.append(token)
    return said


@dataclass(frozen=True)
class _Link:
    """A link whose end has not come: where it leads, where its words begin, and whether it stays one."""

    address: str
    begins: int
    stays: bool


def _may_stay(address: str) -> bool:
    return urlsplit(address).scheme in _SCHEMES


def _text(content: str) -> Token:
    from markdown_it.token import Token

    return Token("text", "", 0, content=content)
