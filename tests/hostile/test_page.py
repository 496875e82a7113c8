"""The live widget: what the kernel tells the page, and how the page writes it."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from jarvis_magic.errors import EndpointError
from jarvis_magic.events import Noted, Planned, ResponseGrew, TaskEnded, TaskNoted
from jarvis_magic.values import Failure
from tests.hostile.test_displayed import HOSTILE
from tests.widget.outside import panel_for
from tests.widget.proposals import proposal
from tests.widget.test_panel import Page, success

ROOT = Path(__file__).parents[2]
SCRIPTS = [*(ROOT / "widgets").glob("*.js"), *(ROOT / "labextension" / "static").glob("*.js")]

_WRITES_MARKUP = re.compile(
    r"\b(?:innerHTML|outerHTML|insertAdjacentHTML|createContextualFragment|srcdoc|DOMParser|setHTMLUnsafe)\b"
    r"|document\.write|\beval\(|new Function|setTimeout\(\s*[\"'`]"
)


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
def test_the_page_writes_words_and_never_markup(script: Path) -> None:
    """No script of the front end has a way to turn a text into elements or code, or asks another host for anything."""
    source = script.read_text(encoding="utf-8")
    assert not _WRITES_MARKUP.findall(source)
    assert not re.findall(
        r"\bfetch\(|XMLHttpRequest|WebSocket|sendBeacon|EventSource|document\.cookie|localStorage", source
    )


def test_what_the_page_is_told_is_plain() -> None:
    """Hostile words in requests, results, notes and errors reach the page as texts in plain dicts, and nothing else does."""
    page = Page(panel_for(proposal()))
    for event in (
        Planned(proposal().plan),
        Noted(HOSTILE),
        TaskNoted("caption", HOSTILE),
        TaskEnded("caption", success(HOSTILE)),
        TaskEnded("speech", Failure(EndpointError(HOSTILE), "evil/model")),
        ResponseGrew(HOSTILE),
    ):
        page.panel.happened(event)
        page.look()
    assert json.loads(json.dumps(page.traits)) == page.traits
    assert "evil.example" in json.dumps(page.traits)
