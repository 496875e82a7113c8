"""Markdown to HTML, for text that is not trusted: an answer a model wrote.

CommonMark with tables. HTML in it is shown as text; pictures become their words; links stay only for web and mail
addresses, and show their whole address behind their words.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from .words import clean, cut, escape

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.renderer import RendererHTML
    from markdown_it.token import Token

LONGEST = 20_000
_SCHEMES = ("http", "https", "mailto")


def markdown_html(text: str, longest: int = LONGEST) -> str:
    """Return HTML for untrusted markdown; of a text longer than `longest` characters, its beginning and …."""
    rendered: str = _parser().render(clean(cut(text, longest)))
    return rendered


@cache
def _parser() -> MarkdownIt:
    from markdown_it import MarkdownIt

    parser = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"])
    parser.core.ruler.push("plain_links", _plain_links)
    parser.add_render_rule("image", _image)
    return parser


def _image(
    renderer: RendererHTML, tokens: Sequence[Token], index: int, options: Any, env: Any
) -> str:
    """A picture as words: what it shows, and where it would have come from."""
    token = tokens[index]
    return f"<em>[picture: {escape(token.content)} {escape(cut(str(token.attrGet('src') or ''), 200))}]</em>"


def _plain_links(state: Any) -> None:
    """Behind each link's words put its address, and take the link away where it leads to no web or mail address."""
    for token in state.tokens:
        if token.children:
            token.children = _with_addresses(token.children)


def _with_addresses(tokens: Sequence[Token]) -> list[Token]:
    from markdown_it.token import Token

    said: list[Token] = []
    address = ""
    for token in tokens:
        if token.type == "link_open":
            address = str(token.attrGet("href") or "")
            token.attrs = {"href": address, "rel": "noopener noreferrer nofollow"}
            if urlsplit(address).scheme not in _SCHEMES:
                token = Token("text", "", 0)  # noqa: PLW2901 - the link becomes nothing
        if token.type == "link_close":
            if urlsplit(address).scheme not in _SCHEMES:
                token = Token("text", "", 0)  # noqa: PLW2901
            words = said[-1].content if said else ""
            behind = "" if words in (address, address.removeprefix("mailto:")) else f" ({cut(address, 300)})"
            said += [token, Token("text", "", 0, content=behind)]
            continue
        said.append(token)
    return said
