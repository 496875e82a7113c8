"""Reading, describing, dividing and tracing pictures of every mode and size."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageDraw

from jarvis_magic.errors import EndpointRejected
from jarvis_magic.kinds import Mask

Page = Callable[[Sequence[str]], Image.Image]
Ask = Callable[..., Any]

LINES = ["Invoice number:\tINV-2041", "Date:\t12 March 2024", "Coffee beans\t24.50", "Total\t27.70 EUR"]
OF_PICTURES = ["rapidocr", "picture-facts", "felzenszwalb", "canny", "soft-edges", "hough-lines", "scribble"]


def in_mode(picture: Image.Image, mode: str) -> Image.Image:
    """Return a picture in another mode, also in those Pillow does not convert to."""
    if mode == "I;16":
        return Image.fromarray(np.asarray(picture.convert("L")).astype(np.uint16) * 257)
    if mode == "F":
        return Image.fromarray(np.asarray(picture.convert("L")).astype(np.float32) / 255)
    return picture.convert(mode)


@pytest.mark.parametrize("mode", ["1", "L", "P", "LA", "RGBA", "CMYK", "YCbCr", "HSV", "I", "I;16", "F"])
def test_text_is_read_whatever_the_mode(ask: Ask, page: Page, mode: str) -> None:
    """A scan of 1 bit or 16 bits, a palette, an ink separation or a transparent layer reads as the plain picture does."""
    assert ask("rapidocr", image=in_mode(page(["Good morning"]), mode)) == "Good morning"


def test_black_text_on_nothing_is_read_as_on_paper(ask: Ask) -> None:
    """Transparency is laid on white, so black text does not drown in black."""
    layer = Image.new("RGBA", (300, 80), (0, 0, 0, 0))
    ImageDraw.Draw(layer).text((20, 20), "Ticket 4711", fill="black", font_size=28)

    assert ask("rapidocr", image=layer) == "Ticket 4711"


def test_rows_are_read_from_left_to_right(ask: Ask, page: Page) -> None:
    """What stands beside each other on a form stays together."""
    assert ask("rapidocr", image=page(LINES)).splitlines()[2:] == ["Coffee beans 24.50", "Total 27.70 EUR"]


def test_columns_of_prose_are_read_one_after_the_other(ask: Ask, page: Page) -> None:
    """A page set in two columns does not become every other line."""
    text = ask("rapidocr", image=page([
        "Bread is made of flour, water\tWine is made of grapes which",
        "and yeast, and is baked in an\tare pressed after the harvest",
        "oven until it has a brown crust.\tand then left in a cool cellar.",
    ]))  # fmt: skip

    assert text.splitlines()[:3] == [
        "Bread is made of flour, water",
        "and yeast, and is baked in an",
        "oven until it has a brown crust.",
    ]


def test_a_picture_without_text_gives_none_and_says_so(ask: Ask, notes: Callable[..., str]) -> None:
    """Nothing is made up."""
    plain = Image.effect_noise((200, 150), 60)

    assert ask("rapidocr", image=plain) == ""
    assert notes("rapidocr", image=plain) == "No text was found in the picture."


@pytest.mark.parametrize("expert", OF_PICTURES)
@pytest.mark.parametrize("size", [(1, 1), (1, 300), (300, 1), (7, 5)])
def test_tiny_pictures_are_taken(ask: Ask, expert: str, size: tuple[int, int]) -> None:
    """An icon or a line of pixels is no error."""
    ask(expert, image=Image.new("RGB", size, "red"))


@pytest.mark.parametrize("expert", OF_PICTURES)
def test_a_picture_without_pixels_is_refused(ask: Ask, expert: str) -> None:
    """An empty crop is named as what it is."""
    with pytest.raises(EndpointRejected, match=r"no pixels: it is 0 by 4"):
        ask(expert, image=Image.new("RGB", (0, 4)))


def test_a_long_strip_is_read(ask: Ask) -> None:
    """A banner or a ticker is read as any other picture, and as quickly."""
    strip = Image.new("RGB", (1600, 40), "white")
    ImageDraw.Draw(strip).text((30, 6), "Next stop: Central Station", fill="black", font_size=24)

    assert ask("rapidocr", image=strip) == "Next stop: Central Station"
    assert ask("rapidocr", image=Image.new("RGB", (12, 3000), "white")) == ""


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("What is the total?", "27.70 EUR"),
        ("What is the invoice number?", "INV-2041"),
        ("How much are the coffee beans?", "24.50"),
        ("When was it issued, at what date?", "12 March 2024"),
    ],
)
def test_fields_of_a_form_are_looked_up_by_name(ask: Ask, page: Page, question: str, answer: str) -> None:
    """A question about a receipt is answered with the value beside the name."""
    assert ask("document-answers", image=page(LINES), question=question).answer == answer


def test_a_document_of_prose_is_searched_for_the_answer(ask: Ask, page: Page) -> None:
    """Where there are no fields the text itself answers."""
    letter = page(
        [
            "The new library was designed by Anna Keller",
            "and opened in the spring of 2019.",
            "It holds two hundred thousand books.",
        ]
    )

    assert ask("document-answers", image=letter, question="Who designed the library?").answer == "Anna Keller"


def test_a_question_to_an_empty_page_is_refused(ask: Ask) -> None:
    """There is nothing to answer from, and that is said."""
    with pytest.raises(EndpointRejected, match="No text was found"):
        ask("document-answers", image=Image.new("RGB", (100, 100), "white"), question="What is the total?")


def test_facts_are_true(ask: Ask, page: Page) -> None:
    """Size, shape, colours, light and text are said as they are."""
    sign = Image.new("RGB", (400, 200), "#1e90ff")
    ImageDraw.Draw(sign).text((60, 70), "EXIT 12", fill="white", font_size=60)

    facts = ask("picture-facts", image=sign)

    assert "landscape colour picture of 400 by 200 pixels" in facts
    assert "blue (" in facts
    assert '"EXIT 12"' in facts


@pytest.mark.parametrize(
    ("picture", "said"),
    [
        (Image.new("RGB", (50, 50), "white"), "very bright"),
        (Image.new("RGB", (50, 50), "black"), "very dark"),
        (Image.linear_gradient("L"), "black and white picture"),
        (Image.new("RGBA", (50, 50), (255, 0, 0, 90)), "with see-through parts"),
        (Image.new("RGB", (50, 50), "red"), "It is red all over."),
        (Image.new("RGB", (50, 200), "red"), "A tall colour picture"),
    ],
)
def test_what_stands_out_is_said(ask: Ask, picture: Image.Image, said: str) -> None:
    """Each fact has its words."""
    assert said in ask("picture-facts", image=picture)


def two_halves() -> Image.Image:
    """Draw a blue field beside a yellow one."""
    picture = Image.new("RGB", (200, 100), "#1e90ff")
    picture.paste("#ffd700", (120, 0, 200, 100))
    return picture


def test_regions_are_named_by_colour_and_place(ask: Ask) -> None:
    """A user sees at once which mask is which."""
    found = ask("felzenszwalb", image=two_halves())

    assert [(mask.label, mask.score) for mask in found] == [("blue, left", 0.6), ("yellow, right", 0.4)]


def test_masks_fit_the_picture_and_do_not_overlap(ask: Ask) -> None:
    """They can be pasted onto the picture they come from, also a large one."""
    picture = two_halves().resize((1000, 500))
    found: list[Mask] = ask("felzenszwalb", image=picture)

    assert all((mask.mask.size, mask.mask.mode) == (picture.size, "L") for mask in found)
    assert np.sum([np.asarray(mask.mask) > 0 for mask in found], axis=0).max() == 1


def test_the_number_of_regions_can_be_limited(ask: Ask) -> None:
    """The largest ones stay."""
    assert [m.label for m in ask("felzenszwalb-masks", image=two_halves(), options={"most": 1})] == ["blue, left"]


def test_edges_are_where_the_colours_change(ask: Ask) -> None:
    """A white line on black, between the halves and nowhere else."""
    edges = np.asarray(ask("canny", image=two_halves()).convert("L")) > 0

    assert set(np.nonzero(edges)[1]) <= {118, 119, 120, 121}
    assert edges.any(axis=1).mean() > 0.8


DRAWINGS = ["soft-edges", "hough-lines", "scribble"]


@pytest.mark.parametrize("expert", DRAWINGS)
def test_lines_are_drawn_where_the_colours_change(ask: Ask, expert: str) -> None:
    """White on black, in the picture's size, near the border of the halves and nowhere else."""
    drawing = ask(expert, image=two_halves())
    lines = np.asarray(drawing.convert("L")) > 127

    assert (drawing.mode, drawing.size) == ("RGB", (200, 100))
    assert set(np.nonzero(lines)[1]) <= set(range(114, 127))
    assert lines.any(axis=1).mean() > 0.7


@pytest.mark.parametrize("expert", DRAWINGS)
def test_nothing_is_drawn_of_an_even_picture_with_a_little_noise(ask: Ask, expert: str) -> None:
    """Faint noise is not made into edges."""
    noise = np.random.default_rng(0).normal(128, 1, (90, 120, 3)).astype(np.uint8)

    assert np.asarray(ask(expert, image=Image.fromarray(noise))).mean() < 20


def test_straight_lines_leave_a_ring_out(ask: Ask) -> None:
    """Of a frame and a ring only the frame is straight."""
    picture = Image.new("RGB", (320, 160), "white")
    pen = ImageDraw.Draw(picture)
    pen.rectangle((20, 20, 140, 140), outline="black", width=4)
    pen.ellipse((180, 20, 300, 140), outline="black", width=4)
    lines = np.asarray(ask("hough-lines", image=picture).convert("L")) > 0

    assert lines[:, :160].sum() > 8 * lines[:, 160:].sum()


def test_shorter_lines_are_drawn_when_asked_for(ask: Ask) -> None:
    """A frame too small for the usual length."""
    picture = Image.new("RGB", (400, 100), "white")
    ImageDraw.Draw(picture).rectangle((40, 40, 64, 64), fill="black")

    assert not np.asarray(ask("hough-lines", image=picture)).any()
    assert np.asarray(ask("hough-lines", image=picture, options={"shortest": 0.03})).any()


@pytest.mark.parametrize("expert", OF_PICTURES)
def test_an_unknown_option_is_an_error(ask: Ask, expert: str) -> None:
    """A slip of the pen is not passed over in silence."""
    with pytest.raises(EndpointRejected, match="no option 'smothing'"):
        ask(expert, image=two_halves(), options={"smothing": 3})
