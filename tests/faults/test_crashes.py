"""A sample of the crashes of ``python -m stress``: processes ended while they write leave what is whole or nothing."""

from __future__ import annotations

import random
import signal
from pathlib import Path

import pytest

from stress.crashes import WRITERS, crowd, kill


@pytest.mark.parametrize("what", WRITERS)
@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT], ids=["killed", "interrupted"])
def test_what_is_on_disk_is_whole(tmp_path: Path, what: str, how: signal.Signals) -> None:
    """Killed or interrupted at any moment, a writer leaves a whole file; interrupted, nothing else."""
    came = kill(what, 3, tmp_path, random.Random(what), how)  # noqa: S311 - nothing is kept secret
    assert came.faults == []
    assert came.written[what] > 0
    assert came.left == 0 or how == signal.SIGKILL


@pytest.mark.parametrize("what", WRITERS)
def test_kernels_share_what_is_on_disk(tmp_path: Path, what: str) -> None:
    """Several write and one reads, all at once: every file is whole at every moment, and no locked cell is lost."""
    came = crowd(what, 3, 0.3, tmp_path)
    assert came.faults == []
