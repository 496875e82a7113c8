"""Things the experts are tried on, and how they are called."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pytest
from PIL import Image, ImageDraw, ImageFont

from jarvis_magic.kinds import WithNotes
from jarvis_magic.toolbox import ToolboxExpert, toolbox_experts


@pytest.fixture(scope="session")
def experts() -> dict[str, ToolboxExpert]:
    """Every expert by its id."""
    return {expert.id: expert for expert in toolbox_experts()}


@pytest.fixture(scope="session")
def ask(experts: dict[str, ToolboxExpert]) -> Callable[..., Any]:
    """A function that calls an expert by its id, and gives its value without notes."""

    def call(expert_id: str, **arguments: object) -> Any:
        result = experts[f"toolbox/{expert_id}"].function(**arguments)
        return result.value if isinstance(result, WithNotes) else result

    return call


@pytest.fixture(scope="session")
def notes(experts: dict[str, ToolboxExpert]) -> Callable[..., str]:
    """A function that calls an expert by its id, and gives its notes as one text."""

    def call(expert_id: str, **arguments: object) -> str:
        result = experts[f"toolbox/{expert_id}"].function(**arguments)
        return " ".join(result.notes) if isinstance(result, WithNotes) else ""

    return call


@pytest.fixture(scope="session")
def page() -> Callable[[Sequence[str]], Image.Image]:
    """A function that prints lines on a page; a tab leads to a second column."""

    def draw(lines: Sequence[str]) -> Image.Image:
        paper = Image.new("RGB", (900, 60 + 45 * len(lines)), "white")
        pen, font = ImageDraw.Draw(paper), ImageFont.load_default(22)
        for i, line in enumerate(lines):
            for column, text in enumerate(line.split("\t")):
                pen.text((30 + 440 * column, 30 + 45 * i), text, fill="black", font=font)
        return paper

    return draw
