"""HTML taken apart, and checked against what JupyterLab's sanitizer keeps of an untrusted notebook."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser

EMPTY = {"br", "hr", "img"}
ATTRIBUTES = {
    "a": {"href", "rel"},
    "audio": {"controls", "preload", "src"},
    "details": {"open"},
    "img": {"alt", "src"},
    "ol": {"start"},
    "th": {"scope"},
    "video": {"controls", "src"},
}
"""Of the tags that take more than a style: what the sanitizer keeps and we use (@jupyterlab/apputils 4.6)."""
TAGS = {
    *ATTRIBUTES, "blockquote", "br", "code", "del", "div", "em", "figcaption", "figure", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "li",
    "mark", "p", "pre", "s", "span", "strong", "summary", "table", "tbody", "td", "thead", "tr", "ul",
}  # fmt: skip
EVERYWHERE = {"class", "style", "title"}
_LENGTH = r"-?\d*\.?\d+(?:px|%|em)?"
STYLE_VALUES = re.compile(
    rf"(?:{_LENGTH}|rgba\(\d+,\d+,\d+,0?\.\d+\)|#[0-9a-f]{{6}}|[a-z]+(?:-[a-z]+)*)(?: (?:{_LENGTH}|[a-z]+|rgba\([\d,.]+\)|#[0-9a-f]{{6}}))*"
)
"""Plain values only: no ``url()``, no ``var()``, which the sanitizer's patterns refuse."""
DATA = re.compile(r"data:(?:image/(?:svg\+xml|png|jpeg)|audio/(?:wav|mpeg)|video/(?:mp4|webm));base64,[A-Za-z0-9+/=]+")


@dataclass
class Page(HTMLParser):
    """What a piece of HTML holds; making one checks that it is balanced, static and safe."""

    html: str
    words: list[str] = field(default_factory=list)
    tags: list[str] = field(default_factory=list)
    found: list[tuple[str, dict[str, str]]] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.feed(self.html)
        self.close()
        assert not self.open, f"left open: {self.open}"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Check a tag and its attributes."""
        assert tag in TAGS, tag
        said = {name: value or "" for name, value in attrs}
        assert set(said) <= EVERYWHERE | ATTRIBUTES.get(tag, set()), (tag, said.keys())
        for declaration in filter(None, said.get("style", "").split(";")):
            assert STYLE_VALUES.fullmatch(declaration.split(":", 1)[1]), declaration
        if "src" in said:
            assert DATA.fullmatch(said["src"]), said["src"][:80]
        if "href" in said:
            assert re.match(r"https?:|mailto:", said["href"], re.IGNORECASE), said["href"]
        if tag == "img":
            assert "alt" in said
        self.found.append((tag, said))
        self.tags.append(tag)
        if tag not in EMPTY:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        """Check that a tag closes the last open one."""
        assert tag in EMPTY or self.open.pop() == tag, tag

    def handle_data(self, data: str) -> None:
        """Keep the words."""
        self.words.append(data)

    def handle_comment(self, data: str) -> None:
        """There are none."""
        raise AssertionError(data)

    @property
    def text(self) -> str:
        """The words a reader sees, with single spaces."""
        return " ".join(" ".join(self.words).split())

    def attributes(self, tag: str, name: str) -> list[str]:
        """An attribute of every tag that has it."""
        return [said[name] for found, said in self.found if found == tag and name in said]
