"""A sample of the campaigns of ``python -m stress``: runs under faults, and what must hold of them."""

from __future__ import annotations

import pytest

from stress.campaign import CAMPAIGNS, carry_out

RUNS = {"passing": 40, "anything": 25, "stopped": 30, "stopped early": 20, "planned": 12, "found": 12}


@pytest.mark.parametrize("name", CAMPAIGNS)
def test_what_must_hold_holds(name: str) -> None:
    """Every run ends in time, each task has one outcome and the right one, and nothing is left; see `stress.invariants`."""
    figures = carry_out(CAMPAIGNS[name], seed=7, numbers=range(RUNS[name]), rests=False)
    assert figures.violations == []
    assert figures.runs == RUNS[name]
    assert figures.faults
