"""Whatever the experts are given, they give a result of their kind, or say in a sentence why not."""

from __future__ import annotations

import asyncio
import math
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from jarvis_magic.endpoints import ToolboxEndpoint
from jarvis_magic.errors import JarvisError
from jarvis_magic.media import Audio
from jarvis_magic.task_types import TASK_TYPES, Port
from jarvis_magic.testing import Recorder
from jarvis_magic.toolbox import ToolboxExpert, toolbox_experts
from jarvis_magic.values import Assignment, Candidate, Resource

TEXTS = st.text(max_size=60) | st.sampled_from((
    "", " \n\t", "\x00", "\ud800", "😀" * 50, "word " * 5_000, "a" * 20_000, "اردو متن یہاں", "a\u0301" * 90, "中文" * 200, "-1e309 nan inf",
    "make it 0% bigger", "resize to 0x0", "rotate nan degrees", "add a 99999 px border", "how many", "the average of target over 1e999",
))  # fmt: skip

MODES = ("1", "L", "P", "LA", "RGBA", "CMYK", "YCbCr", "HSV", "LAB", "I", "F", "I;16", "RGB")


@st.composite
def pictures(draw: st.DrawFn) -> Image.Image:
    """Small pictures of any mode, long ones, and ones of no finite number."""
    size = draw(st.tuples(st.integers(0, 40), st.integers(0, 40)) | st.sampled_from(((3000, 2), (1, 4000))))
    mode = draw(st.sampled_from(MODES))
    picture = Image.new(mode, size, draw(st.integers(0, 1)))
    if mode == "F" and all(size) and draw(st.booleans()):
        picture.putpixel((0, 0), draw(st.sampled_from((math.nan, math.inf, -1e30))))
    return picture


@st.composite
def sounds(draw: st.DrawFn) -> Audio:
    """Silence, noise, far too loud, and nothing at all, at rates from a tape recorder's to a clock's."""
    shape = draw(st.sampled_from(((0,), (1,), (3,), (4_000,), (9_000,), (2, 0), (2, 3), (2, 5_000), (7, 300))))
    rate = draw(st.sampled_from((1, 7, 8_000, 16_000, 44_100, 192_000)))
    loudness = draw(st.sampled_from((0.0, 1e-30, 0.1, 1e30)))
    return Audio((np.random.default_rng(0).standard_normal(shape) * loudness).astype(np.float32), rate)


COLUMNS: tuple[Any, ...] = (
    range(24), [None] * 24, [1] * 24, list("ab") * 12, [1, "x", None] * 8, [[1], {}, ()] * 8, [math.inf, -math.inf, 1] * 8,
    [1e308, -1e308] * 12, [10**40] * 24, [1j] * 24, [b"x", b""] * 12, ["\ud800", "😀"] * 12, pd.date_range("2020", periods=24, tz="UTC"),
    pd.period_range("2020", periods=24, freq="M"), pd.timedelta_range("1s", periods=24), pd.interval_range(0, 24),
    pd.Categorical(list("ab") * 12), pd.array([1, None] * 12, dtype="Int64"), pd.array([True, None] * 12, dtype="boolean"),
)  # fmt: skip


@st.composite
def tables(draw: st.DrawFn) -> pd.DataFrame:
    """Tables of columns that hold about everything, under names that may be doubled, empty or no text."""
    columns = draw(st.lists(st.sampled_from(COLUMNS), max_size=3))
    frame = pd.DataFrame(dict(enumerate(columns))).head(draw(st.sampled_from((0, 1, 24, 24, 24))))
    names = st.sampled_from(("target", "target", "a", "", None, 7, ("a", "b")))
    frame.columns = pd.Index([draw(names) for _ in columns], dtype=object, tupleize_cols=False)
    return frame


def arguments(port: Port) -> st.SearchStrategy[Any]:
    """Values of a port's kind."""
    if port.name == "target":
        return st.sampled_from(("target", "a", "", "nothing of the sort"))
    if port.name == "options":
        return st.dictionaries(st.sampled_from(("most", "smoothing", "speed", "seed", "?")), st.floats() | st.text(), max_size=1)  # fmt: skip
    if port.kind.depth:
        return st.lists(TEXTS, max_size=4)
    return {"image": pictures(), "audio": sounds(), "table": tables()}.get(port.kind.base, TEXTS)


@pytest.mark.filterwarnings("ignore::RuntimeWarning", "ignore::sklearn.exceptions.ConvergenceWarning")
@pytest.mark.parametrize("expert", toolbox_experts(), ids=lambda expert: expert.id)
def test_no_input_ends_the_run(expert: ToolboxExpert) -> None:
    """Everything a user may pass is done or refused: nothing but our own errors comes out, and never a bug of ours."""
    ports = TASK_TYPES[expert.type].ports
    required = {port.name: arguments(port) for port in ports if not port.optional}
    optional = {port.name: arguments(port) for port in ports if port.optional}

    @settings(max_examples=12, deadline=None)
    @given(st.fixed_dictionaries(required, optional=optional))
    def try_it(values: dict[str, Any]) -> None:
        given_ = {name: Resource(TASK_TYPES[expert.type].by_name[name].kind, value) for name, value in values.items()}
        outcome = run(expert, given_)
        assert outcome.kind == TASK_TYPES[expert.type].output if isinstance(outcome, Resource) else str(outcome)

    try_it()


def run(expert: ToolboxExpert, values: dict[str, Resource]) -> Resource | JarvisError:
    """What an expert gives, or why it gives nothing."""
    assignment = Assignment("t", expert.type, Candidate(expert.id, "toolbox"))
    try:
        return asyncio.run(ToolboxEndpoint().run(assignment, values, Recorder()))
    except JarvisError as error:
        return error
