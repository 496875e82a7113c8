"""A sample of the downloads of ``python -m stress``: killed, or from a Hub that fails, a model is whole or not there."""

from __future__ import annotations

import random

from stress.downloads import failing, killed


def test_a_download_that_was_killed_is_as_if_it_were_not_here() -> None:
    """The model is offered only when all of it has come, and comes when it is asked for again."""
    came = killed(3, random.Random(1))  # noqa: S311 - nothing is kept secret
    assert came.half == []
    assert came.ended["whole when made again"] == 3


def test_a_hub_that_fails_gives_a_whole_model_or_a_sentence() -> None:
    """Whatever it answers, and wherever it breaks off."""
    came = failing(4, seed=3)
    assert came.half == []
    assert sum(came.ended.values()) == 4
    assert came.faults
