"""Where input is allowed but no page answers (``jupyter console``), the widget gives way to words."""

from __future__ import annotations

import pytest

from ..notebook.kernels import kernel

SETUP = """
from PIL import Image
from jarvis_magic import expert

photo = Image.new("RGB", (60, 40), "red")

@expert("image-to-text")
def describe(image):
    return "a red picture"
"""


@pytest.mark.kernel
def test_without_a_page_the_question_is_asked_in_words() -> None:
    """The widget is pinged in vain, then its output becomes the graph, and yes or no is typed; nothing hangs."""
    with kernel() as started:
        assert started.run(SETUP).status == "ok"
        no = started.run("%%jarvis\nDescribe @photo.", ["n"])
        assert (no.name, len(no.asked)) == ("JarvisCancelled", 1)
        assert "application/vnd.jupyter.widget-view+json" not in no.shown[-1]
        assert "<img" in no.shown[-1]["text/html"]

        yes = started.run("%%jarvis\nDescribe @photo.", ["y"])
        assert yes.status == "ok", yes.error
        assert started.value("caption") == "'a red picture'"
