"""``python -m stress [CAMPAIGN …] [--runs N] [--seed N] [--only N]``: the campaigns, and their figures."""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

from . import campaign, crashes, downloads, endurance

Part = Callable[[int, range], int]
"""Runs the numbers of a seed, prints the figures, and returns how much did not hold."""


def _crashes(seed: int, numbers: range) -> int:
    print("crashes: writers killed, interrupted and crowded", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        return crashes.told(seed, max(1, len(numbers) // 10), Path(folder))


def _downloads(seed: int, numbers: range) -> int:
    print("downloads: killed, and from a Hub that fails", flush=True)
    return downloads.told(seed, max(1, len(numbers) // 20))


def _endurance(seed: int, numbers: range) -> int:  # noqa: ARG001 - nothing is left to chance
    print("endurance: cells in one kernel", flush=True)
    return endurance.told(len(numbers))


PARTS: Mapping[str, Part] = {
    **{name: partial(campaign.told, name) for name in campaign.CAMPAIGNS},
    "crashes": _crashes,
    "downloads": _downloads,
    "endurance": _endurance,
}


def main() -> int:
    """Run what was asked for; 1 if anything did not hold."""
    parser = argparse.ArgumentParser(prog="python -m stress", description=__doc__)
    parser.add_argument("parts", nargs="*", help=f"of {', '.join(PARTS)}; all, if none is named")
    parser.add_argument("--runs", type=int, default=1000, help="how many runs each campaign has")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", type=int, help="the number of the one run to repeat")
    asked = parser.parse_args()
    numbers = range(asked.runs) if asked.only is None else range(asked.only, asked.only + 1)
    found = {name: PARTS[name](asked.seed, numbers) for name in asked.parts or PARTS}
    print("did not hold:", found)
    return 1 if any(found.values()) else 0


if __name__ == "__main__":
    sys.exit(main())
