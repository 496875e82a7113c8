"""The flags of a cell's line."""

from __future__ import annotations

import pytest

from jarvis_magic.errors import UsageError
from jarvis_magic.notebook.flags import read_flags
from jarvis_magic.notebook.magics import JarvisMagics

PARSER = JarvisMagics.run_cell.parser


def test_flags() -> None:
    """Names, models and options are read from one line."""
    flags = read_flags(
        PARSER, "a, b << -y --use image-to-text=owner/name@hf --use a=mine --timeout 30 --no-response -q"
    )
    assert (flags.names, flags.shows) == (("a", "b"), False)
    assert flags.uses == {"image-to-text": "owner/name@hf", "a": "mine"}
    given = {name: value for name, value in flags.options.items() if value is not None}
    assert given == {"approve": "auto", "timeout": "30", "response": False, "feedback": 0}


def test_names_by_option() -> None:
    """-o NAMES is NAMES <<, for those who dislike arrows."""
    flags = read_flags(PARSER, "-o 'a, b'")
    assert (flags.names, flags.shows) == (("a", "b"), False)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("--tiemout 3", "did you mean '--timeout'"),
        ("--timeout", "expected one argument"),
        ("-y -n", "keep one of -y, -n and --approve"),
        ("-y --approve plan", "keep one of"),
        ("a << -o b", "named twice"),
        ("--use image-to-text", "TASK_OR_ID=MODEL"),
        ("--use imagetotext!=x", "no task type"),
        ("--use a=x --use a=y", "two models"),
        ("-n answer, speech <<", "names stand before the options: %%jarvis answer, speech << …"),
        ("stray", "no option 'stray'; the request stands in the lines below it"),
    ],
)
def test_wrong_flags(line: str, said: str) -> None:
    """A slip is one sentence with what is near or allowed."""
    with pytest.raises(UsageError, match=said):
        read_flags(PARSER, line)
