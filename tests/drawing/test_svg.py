"""The graph as a picture."""

from __future__ import annotations

import base64
import re
from xml.etree import ElementTree as ET

import pytest

from jarvis_magic.drawing import data_uri, svg
from jarvis_magic.drawing.palette import CARDS, STATES, Theme, kind_colour
from jarvis_magic.drawing.svg import alt_text
from jarvis_magic.kinds import BASES, Kind
from jarvis_magic.plans import Plan
from jarvis_magic.tasks import Task
from jarvis_magic.values import Assignment, Candidate, Outcome, Proposal, Success
from tests.drawing.samples import HOSTILE, OUTCOMES, PLAN, PROPOSAL, resource

SVG = "{http://www.w3.org/2000/svg}"


def read(picture: str) -> ET.Element:
    """The document, which must be well-formed XML."""
    return ET.fromstring(picture)  # noqa: S314 - we wrote it


def words(picture: str) -> list[str]:
    """The texts of a picture."""
    return ["".join(text.itertext()) for text in read(picture).iter(f"{SVG}text")]


def test_a_task_shows_its_name_type_model_and_where_it_runs() -> None:
    """What a reader of the graph needs stands in each box."""
    said = words(svg(PROPOSAL))
    assert {"@photo", "caption", "image-to-text", "speech", "espeak-ng · toolbox", "my_names · your function"} <= set(
        said
    )
    assert any(text.endswith("· hf-inference") for text in said)


def test_states_are_said_with_mark_and_word() -> None:
    """No state is told by colour alone."""
    said = words(svg(PROPOSAL, OUTCOMES, running=["summary"]))
    for state in ("✓ done 1.2 s", "✓ done, reused", "✗ failed 1 min 0 s", "» skipped", "? no expert"):
        assert state in said


def test_running_and_waiting_are_states_too() -> None:
    """While a run goes on the picture says what is under way."""
    outcomes: dict[str, Outcome] = {"caption": OUTCOMES["caption"]}
    said = words(svg(PROPOSAL, outcomes, running=["mood"]))
    assert "▶ running" in said
    assert "○ waiting" in said


def test_before_a_run_only_what_has_no_expert_has_a_state() -> None:
    """A proposal shows no state but that one."""
    said = words(svg(PROPOSAL))
    assert "? no expert" in said
    assert not [text for text in said if text.startswith(("✓", "○", "»"))]


def test_hostile_names_stay_text() -> None:
    """Markup in a model's name neither breaks the picture nor reaches the page."""
    candidate = Candidate(HOSTILE, "provider", provider=HOSTILE)
    picture = svg(Proposal(PLAN, {"caption": Assignment("caption", "image-to-text", candidate)}))
    assert "<script" not in picture
    assert {element.tag for element in read(picture).iter()} <= {
        f"{SVG}{tag}" for tag in ("svg", "style", "rect", "defs", "symbol", "g", "path", "circle", "use", "text")
    }


def test_the_card_is_opaque_and_refers_to_nothing_outside() -> None:
    """It is legible on any theme, and shows without a network."""
    for theme in ("light", "dark"):
        picture = svg(PROPOSAL, theme=theme)
        card = read(picture).find(f"{SVG}rect")
        assert card is not None
        assert card.get("fill") == CARDS[theme].ground
        assert not re.search(r"url\(|@import|href=\"(?!#)", picture)


def test_long_names_are_cut() -> None:
    """A name too long for the widest box ends with …."""
    name = "a" * 40
    plan = Plan(inputs={"photo": Kind("image")}, tasks=[Task(name, "image-to-text", {"image": "@photo"})])
    assert any(re.fullmatch("a+…", text) for text in words(svg(Proposal(plan))))


@pytest.mark.parametrize("number", [150, 2000])
def test_large_plans_are_drawn_with_less(number: int) -> None:
    """The picture of a large plan stays small enough to be saved in a notebook."""
    tasks = [Task("t0", "text-generation", {"text": "@x"})]
    tasks += [
        Task(f"t{i}", "text-generation", {"text": f"@x @t{i - 1} @t{i // 2 - 1 if i > 1 else 0}"})
        for i in range(1, number)
    ]
    done = Success(resource("text", "x"))
    picture = svg(Proposal(Plan(inputs={"x": Kind("text")}, tasks=tasks)), {f"t{i}": done for i in range(number)})
    assert len(picture) < 110_000
    read(picture)


def test_the_alternative_text_tells_the_graph() -> None:
    """Who does not see the picture learns the same from its words."""
    said = alt_text(PROPOSAL, OUTCOMES)
    assert said.startswith("Graph of 8 tasks.")
    assert "caption: image-to-text from photo, done 1.2 s." in said
    assert len(said) <= 600


def test_a_data_uri_holds_the_picture() -> None:
    """The picture travels inside the page."""
    uri = data_uri(svg(PROPOSAL))
    assert base64.b64decode(uri.removeprefix("data:image/svg+xml;base64,")).decode() == svg(PROPOSAL)


def contrast(one: str, other: str) -> float:
    """The contrast of two colours by WCAG 2.2."""

    def light(colour: str) -> float:
        parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    brighter, darker = sorted((light(one), light(other)), reverse=True)
    return (brighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_words_and_icons_stand_out(theme: Theme) -> None:
    """Words have a contrast of at least 4.5, icons and outlines of 3."""
    card = CARDS[theme]
    for state in STATES:
        assert contrast(*state.colours(theme)) >= 4.5, state.word
        assert contrast(state.colours(theme)[0], card.ground) >= 3
    for ground in (card.ground, card.box, card.input):
        assert contrast(card.ink, ground) >= 4.5
    assert contrast(card.faint, card.box) >= 4.5
    assert contrast(card.route, card.ground) >= 3
    for base in BASES:
        assert contrast(kind_colour(base, theme), card.box) >= 3, base
