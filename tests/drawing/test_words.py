"""Text made fit to be drawn."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jarvis_magic.drawing.words import clean, columns, cut_to_width, drawn_width, escape, fit, seconds


@given(st.text(), st.integers(0, 40))
def test_fit_fills_or_cuts_to_the_column(text: str, width: int) -> None:
    """A terminal's columns line up whatever script a name is in."""
    assert columns(fit(text, width)) == width


def test_wide_and_combining_characters_are_counted_as_terminals_show_them() -> None:
    """Chinese takes two columns, an accent of its own none."""
    assert (columns("日本"), columns("e\u0301"), columns("abc")) == (4, 1, 3)


@given(st.text(st.characters(), max_size=60), st.floats(0, 300))
def test_a_drawn_text_is_cut_to_the_pixels_there_are(text: str, pixels: float) -> None:
    """No label runs over the edge of its box."""
    shown = cut_to_width(text, pixels, 12)
    assert shown == text or drawn_width(shown, 12) <= pixels + 12 * 0.92


@given(st.text(st.characters()))
def test_cleaned_text_can_be_written_and_turns_nothing_around(text: str) -> None:
    """No lone surrogate, control character or bidirectional override reaches a page."""
    said = clean(text)
    said.encode()
    assert not set(said) & set("\x00\x1b\x7f\u202e\u2066\ufffe\uffff")


def test_escaped_text_closes_no_attribute() -> None:
    """Both quotes and all of markup are escaped."""
    assert escape("<a b=\"c\" d='e'>&") == "&lt;a b=&quot;c&quot; d=&#x27;e&#x27;&gt;&amp;"


@pytest.mark.parametrize(
    ("duration", "said"), [(0.0, "0.00 s"), (0.042, "0.04 s"), (1.23, "1.2 s"), (42.4, "42 s"), (184.2, "3 min 4 s")]
)
def test_durations_are_said_as_people_say_them(duration: float, said: str) -> None:
    """More digits only where they matter."""
    assert seconds(duration) == said
