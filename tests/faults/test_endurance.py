"""A sample of the endurance of ``python -m stress``: cells with media, the widget open in each, in one real kernel."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from stress.endurance import as_page, endure, interrupted, notebook_of, page, warm_after

pytestmark = [pytest.mark.kernel, pytest.mark.xdist_group("kernel")]

CELLS = 30


def test_a_kernel_holds_no_more_after_many_cells(tmp_path: Path) -> None:
    """Threads, files, comms, widgets and temporary files are as many as when all was warm; every widget is closed.

    So they are after cells that were interrupted at any moment, each of which ends as such cells do.

    What the cells leave is a notebook that can be saved, validated and rendered, with less than 300 kB for each output.
    """
    with page() as opened:
        came = endure(opened, CELLS)
        assert opened.opened == opened.closed > CELLS
        stopped = interrupted(opened, CELLS // 2, random.Random(1))  # noqa: S311 - nothing is kept secret
    assert list(came.grown(warm_after(CELLS))) == []
    assert list(stopped.grown(0)) == []
    path = tmp_path / "many.ipynb"
    assert notebook_of(came.outputs, path) < 300_000 * CELLS
    assert as_page(path) > 0
