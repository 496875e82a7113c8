"""Picture edits: what words are read as, and what becomes of the picture."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageOps

from jarvis_magic.errors import EndpointRejected
from jarvis_magic.toolbox.instructions import Edit, read_instruction
from jarvis_magic.toolbox.picture_edits import edit_picture

Ask = Callable[..., Any]


def photo() -> Image.Image:
    """Draw a picture whose sides, corners and colours differ."""
    red, green = Image.linear_gradient("L"), Image.radial_gradient("L")
    return Image.merge("RGB", (red, green, ImageOps.mirror(red.rotate(90)))).resize((120, 80))


@pytest.mark.parametrize(
    ("text", "edits"),
    [
        ("make it grey", [Edit("grey")]),
        ("Please convert the photo to black-and-white.", [Edit("grey")]),
        ("turn it into grayscale, then rotate it by 90°", [Edit("grey"), Edit("rotate", {"degrees": 90})]),
        ("rotate 90 degrees to the left", [Edit("rotate", {"degrees": 270})]),
        ("Rotate clockwise by ten degrees", [Edit("rotate", {"degrees": 10})]),
        ("turn it upside down", [Edit("rotate", {"degrees": 180})]),
        ("rotate by -90 degrees", [Edit("rotate", {"degrees": 270})]),
        ("mirror it", [Edit("flip", {"vertically": False, "horizontally": True})]),
        ("flip it horizontally and vertically", [Edit("flip", {"vertically": True, "horizontally": True})]),
        ("crop to a square", [Edit("crop_ratio", {"ratio": (1, 1)})]),
        ("crop to 16:9", [Edit("crop_ratio", {"ratio": (16, 9)})]),
        ("crop the centre to 50 by 40", [Edit("crop_size", {"width": 50, "height": 40, "place": "centre"})]),
        ("crop to 50x40 from the top left", [Edit("crop_size", {"width": 50, "height": 40, "place": "top left"})]),
        ("crop to 10, 20, 60, 70", [Edit("crop_box", {"box": (10, 20, 60, 70)})]),
        ("keep only the left half", [Edit("keep_side", {"side": "left", "share": 0.5})]),
        ("cut off the bottom 20%", [Edit("cut_off", {"side": "bottom", "pixels": None, "share": 0.2})]),
        ("crop 5 px from each side", [Edit("cut_off", {"side": "all", "pixels": 5, "share": None})]),
        ("resize to 60 × 40 pixels", [Edit("resize", {"width": 60, "height": 40})]),
        ("make it 60 pixels wide", [Edit("resize", {"width": 60})]),
        ("scale to 25 percent", [Edit("resize", {"scale": 0.25})]),
        ("make it half the size", [Edit("resize", {"scale": 0.5})]),
        ("shrink it by 20%", [Edit("resize", {"scale": 0.8})]),
        ("make it twice as large", [Edit("resize", {"scale": 2})]),
        ("create a 32 pixel thumbnail", [Edit("thumbnail", {"longest": 32})]),
        ("a thumbnail of 32 pixels", [Edit("thumbnail", {"longest": 32})]),
        ("Make each picture grey", [Edit("grey")]),
        ("Make that one grey", [Edit("grey")]),
        (
            "turn every photo upside down and mirror them",
            [Edit("rotate", {"degrees": 180}), Edit("flip", {"vertically": False, "horizontally": True})],
        ),
        ("brighten it by 30%", [Edit("tone", {"quality": "brightness", "factor": 1.3})]),
        ("blur with a radius of 5 px", [Edit("blur", {"radius": 5, "strength": 1})]),
        ("blur it slightly", [Edit("blur", {"radius": None, "strength": 0.5})]),
        ("sharpen it a lot", [Edit("sharpen", {"strength": 2})]),
        ("invert the colours", [Edit("invert")]),
        ("sepia", [Edit("sepia")]),
        ("find the edges", [Edit("edges")]),
        ("posterize to 4 levels", [Edit("posterize", {"count": 4})]),
        ("add a 10 px white border", [Edit("border", {"colour": "white", "width": 10, "strength": 1})]),
        ("put a thick red frame around it", [Edit("border", {"colour": "red", "width": None, "strength": 2})]),
        ("trim the white margins", [Edit("trim")]),
        ("upscale to 4x", [Edit("resize", {"scale": 4})]),
        ("make it less dark", [Edit("tone", {"quality": "brightness", "factor": 1.3})]),
        (
            "Drehe das Bild um 90 Grad nach links und mach es schwarzweiß",
            [Edit("rotate", {"degrees": 270}), Edit("grey")],
        ),
        (
            "mets la photo en noir et blanc, puis recadre en carré",
            [Edit("grey"), Edit("crop_ratio", {"ratio": (1, 1)})],
        ),
        ("gira la imagen 90 grados a la derecha", [Edit("rotate", {"degrees": 90})]),
        ("变成黑白的", [Edit("grey")]),
    ],
)
def test_words_are_read_as_edits(text: str, edits: list[Edit]) -> None:
    """In the order they are written, with their numbers."""
    assert read_instruction(text) == tuple(edits)


def test_edits_share_a_verb() -> None:
    """The second thing to increase is increased too."""
    contrast, brightness = read_instruction("increase the contrast and brightness")

    assert (contrast.values["quality"], brightness.values["quality"]) == ("contrast", "brightness")
    assert brightness.values["factor"] > 1  # type: ignore[operator]  # values of any type


@pytest.mark.parametrize(
    ("text", "not_understood"),
    [
        ("make the sky grey", "'sky grey'"),
        ("remove the person", "'remove the person'"),
        ("make it look like a painting by van Gogh", "'painting by van gogh'"),
        ("crop to a square and add a cat", "'cat'"),
        ("blur the background", "'background'"),
    ],
)
def test_what_is_not_understood_is_never_guessed(text: str, not_understood: str) -> None:
    """Half an instruction carried out would be a wrong picture; the sentence names the words and lists what it can do."""
    with pytest.raises(
        EndpointRejected, match=f"does not understand {not_understood} .* it can make a picture grey, .*border"
    ):
        read_instruction(text)


@pytest.mark.parametrize("text", ["", "  ", "please", "the picture", "make it"])
def test_no_edit_is_an_error(text: str) -> None:
    """A picture that comes back unchanged would hide the mistake."""
    with pytest.raises(EndpointRejected, match="No edit is asked for"):
        read_instruction(text)


numbers = st.integers(1, 90)
WRITTEN: dict[str, Callable[[int], tuple[str, Edit]]] = {
    "grey": lambda _: ("make it grey", Edit("grey")),
    "rotate": lambda n: (f"rotate it {n} degrees clockwise", Edit("rotate", {"degrees": n})),
    "blur": lambda n: (f"blur it by {n} px", Edit("blur", {"radius": n, "strength": 1})),
    "crop": lambda n: (f"crop it to {n}x{n + 1}", Edit("crop_size", {"width": n, "height": n + 1, "place": "centre"})),
    "resize": lambda n: (f"resize the picture to {n} by {n + 7}", Edit("resize", {"width": n, "height": n + 7})),
    "invert": lambda _: ("invert the colours", Edit("invert")),
    "brighten": lambda n: (f"make it {n}% brighter", Edit("tone", {"quality": "brightness", "factor": 1 + n / 100})),
    "border": lambda n: (f"add a {n} px blue border", Edit("border", {"colour": "blue", "width": n, "strength": 1})),
}


@given(
    st.lists(st.tuples(st.sampled_from(sorted(WRITTEN)), numbers), min_size=1, max_size=5),
    st.sampled_from([", then ", " and ", ". ", "; ", ", and after that ", " & "]),
    st.booleans(),
)
def test_any_sequence_of_edits_is_read_in_order(wishes: list[tuple[str, int]], between: str, shout: bool) -> None:
    """Whatever stands between them, and however they are cased."""
    texts, edits = zip(*(WRITTEN[name](number) for name, number in wishes), strict=True)
    instruction = between.join(texts)

    assert read_instruction(instruction.upper() if shout else instruction) == edits


@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=120))
def test_no_text_breaks_the_reader(text: str) -> None:
    """It is read, or refused in a sentence."""
    try:
        assert read_instruction(text)
    except EndpointRejected as refusal:
        assert str(refusal).endswith(".")  # noqa: PT017  # either way is right


# What becomes of the picture


def pixels(picture: Image.Image) -> np.ndarray[Any, Any]:
    """Return a picture as numbers."""
    return np.asarray(picture).astype(int)


def test_grey_has_no_colours(ask: Ask) -> None:
    """Red, green and blue are the same everywhere."""
    grey = pixels(ask("pillow-edits", image=photo(), text="black and white"))

    assert (np.ptp(grey, axis=2) == 0).all()


@pytest.mark.parametrize(
    ("text", "size"),
    [
        ("rotate left", (80, 120)), ("rotate by 180 degrees", (120, 80)), ("crop to a square", (80, 80)), ("crop to 50x40", (50, 40)),
        ("resize to 30x60", (30, 60)), ("half the size", (60, 40)), ("make it 60 px wide", (60, 40)), ("make it 20 px high", (30, 20)),
        ("fit into 60x60", (60, 40)), ("thumbnail of 30 px", (30, 20)), ("thumbnail", (120, 80)), ("add a 10 px border", (140, 100)),
        ("keep the top half", (120, 40)), ("cut off the left 25%", (90, 80)), ("crop 5 px from all sides", (110, 70)), ("crop to 2:1", (120, 60)),
        ("pixelate", (120, 80)), ("rotate by 45 degrees", (142, 142)),
    ],
)  # fmt: skip
def test_the_size_is_as_asked_for(ask: Ask, text: str, size: tuple[int, int]) -> None:
    """Width before height."""
    assert ask("pillow-edits", image=photo(), text=text).size == size


def test_degrees_turn_clockwise(ask: Ask) -> None:
    """What was at the top is then on the right."""
    picture = Image.new("RGB", (20, 20), "black")
    picture.paste("white", (0, 0, 20, 5))

    turned = pixels(ask("pillow-edits", image=picture, text="rotate 90 degrees"))

    assert (turned[:, 15:] == 255).all()


def test_several_edits_follow_each_other(ask: Ask) -> None:
    """The order counts: the border is not cropped away."""
    framed = ask("pillow-edits", image=photo(), text="crop to a square, then add a 4 px red border")

    assert framed.size == (88, 88)
    assert framed.getpixel((0, 0)) == (255, 0, 0)


def test_mirroring_twice_gives_the_picture_back(ask: Ask) -> None:
    """Nothing is lost."""
    assert (pixels(ask("pillow-edits", image=photo(), text="mirror it and mirror it")) == pixels(photo())).all()


@pytest.mark.parametrize(
    ("text", "brighter"), [("make it brighter", True), ("a bit darker", False), ("darken it by 50%", False)]
)
def test_light_changes_in_the_direction_asked_for(ask: Ask, text: str, brighter: bool) -> None:
    """Brighter pictures have larger numbers."""
    assert (pixels(ask("pillow-edits", image=photo(), text=text)).mean() > pixels(photo()).mean()) == brighter


def test_a_lot_is_more_than_a_bit(ask: Ask) -> None:
    """Words of measure have an effect."""
    little, much = (
        pixels(ask("pillow-edits", image=photo(), text=f"brighten it {how}")).mean() for how in ("a bit", "a lot")
    )

    assert pixels(photo()).mean() < little < much


def test_margins_are_trimmed(ask: Ask) -> None:
    """What is inside of them stays."""
    assert ask("pillow-edits", image=ImageOps.expand(photo(), 15, "white"), text="trim the white borders").size == (
        120,
        80,
    )


@pytest.mark.parametrize(
    "text", ["sepia", "invert", "blur", "make it warmer and posterize to 3 levels", "detect edges"]
)
def test_colour_edits_leave_transparency_alone(ask: Ask, text: str) -> None:
    """A cut-out stays a cut-out."""
    layer = photo().convert("RGBA")
    layer.putalpha(Image.radial_gradient("L").resize(layer.size))

    edited = ask("pillow-edits", image=layer, text=text)

    assert edited.mode == "RGBA"
    assert edited.getchannel("A").tobytes() == layer.getchannel("A").tobytes()


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("crop to 500x500", r"500 by 500 does not fit into a picture of 120 by 80"),
        ("crop to 100, 10, 20, 60", r"does not lie in a picture of 120 by 80"),
        ("crop 60 px from all sides", r"nothing of a picture of 120 by 80"),
        ("resize to 0x10", r"cannot be resized to 0 by 10"),
        ("resize to 100000x100000", r"cannot be resized to 100,000 by 100,000"),
        ("posterize to 1 level", r"does not understand|2 to 256 levels"),
        ("reduce to 1000 colours", r"2 to 256 colours, not 1000"),
        ("add a 100000 px border", r"border of 100,000 pixels is too wide"),
        ("crop to 0:9", r"give a ratio such as 16:9"),
    ],
)
def test_edits_that_do_not_fit_the_picture_are_refused(ask: Ask, text: str, sentence: str) -> None:
    """The sentence has the numbers of both."""
    with pytest.raises(EndpointRejected, match=sentence):
        ask("pillow-edits", image=photo(), text=text)


@given(
    st.lists(st.tuples(st.sampled_from(sorted(WRITTEN)), numbers), min_size=1, max_size=3),
    st.tuples(st.integers(1, 40), st.integers(1, 40)),
    st.sampled_from(["1", "L", "P", "LA", "RGB", "RGBA", "CMYK", "I", "F"]),
)
def test_pictures_of_any_mode_and_size_are_edited_or_refused(
    wishes: list[tuple[str, int]], size: tuple[int, int], mode: str
) -> None:
    """The result is RGB, or RGBA where something shows through."""
    picture = Image.linear_gradient("L").resize(size).convert(mode)
    instruction = ", ".join(WRITTEN[name](number)[0] for name, number in wishes)
    try:
        assert edit_picture(picture, instruction).mode == ("RGBA" if mode in {"RGBA", "LA"} else "RGB")
    except EndpointRejected as refusal:
        assert "does not fit" in str(refusal)  # noqa: PT017  # a crop that is larger than the picture
