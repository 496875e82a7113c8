"""Answers as HTML."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jarvis_magic.drawing import markdown_html
from tests.drawing.pages import Page
from tests.drawing.samples import HOSTILE


def test_markdown_is_rendered() -> None:
    """Headings, emphasis, lists, code and tables."""
    page = Page(markdown_html("# Title\n\n**bold** `code`\n\n- one\n\n| a | b |\n|---|:-:|\n| 1 | 2 |"))
    assert {"h1", "strong", "code", "li", "table", "th", "td"} <= set(page.tags)


def test_html_in_it_is_text() -> None:
    """A model cannot write markup."""
    page = Page(markdown_html(f"<b>x</b> {HOSTILE}\n\n<script>alert(1)</script>"))
    assert set(page.tags) == {"p"}
    assert "<script>alert(1)</script>" in page.text


def test_pictures_become_words() -> None:
    """No picture is fetched from anywhere."""
    page = Page(markdown_html("![a dog](https://evil.example/p.png) ![b](data:image/png;base64,AAAA)"))
    assert "img" not in page.tags
    assert "[picture: a dog https://evil.example/p.png]" in page.text


def test_links_show_their_whole_address() -> None:
    """What a link says cannot hide where it leads."""
    page = Page(markdown_html("[your bank](https://evil.example/a?b=c) and <https://good.example>"))
    assert "your bank (https://evil.example/a?b=c)" in page.text
    assert page.attributes("a", "href") == ["https://evil.example/a?b=c", "https://good.example"]
    assert page.text.count("https://good.example") == 1


def test_a_link_that_looks_like_another_address_shows_its_own() -> None:
    """Words that are an address themselves, but a different one, are followed by the true one."""
    assert "(https://evil.example)" in Page(markdown_html("[https://good.example](https://evil.example)")).text


@pytest.mark.parametrize(
    "address", ["javascript:alert(1)", "data:text/html,x", "file:///etc/passwd", "//evil.example", "notes.html"]
)
def test_links_to_anything_but_web_and_mail_are_words(address: str) -> None:
    """Nothing runs and no file opens by a click."""
    page = Page(markdown_html(f"[click]({address})"))
    assert "a" not in page.tags
    assert "click" in page.text


def test_a_long_answer_is_cut() -> None:
    """The page has a bound."""
    assert markdown_html("word " * 10_000).rstrip().endswith("…</p>")


@given(st.text(st.sampled_from("[]()!<>`*_#|-: \n\"'&\\ahttps:/.jvx"), max_size=200))
@settings(max_examples=200)
def test_whatever_is_written_the_page_stays_safe(text: str) -> None:
    """Only known tags, and addresses only behind links."""
    Page(markdown_html(text))
