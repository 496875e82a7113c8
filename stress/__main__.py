"""``python -m stress [CAMPAIGN …] [--runs N] [--seed N] [--only N]``: the campaigns, and their figures."""

from __future__ import annotations

import argparse
import sys

from .campaign import CAMPAIGNS, told


def main() -> int:
    """Run what was asked for; 1 if anything did not hold."""
    parser = argparse.ArgumentParser(prog="python -m stress", description=__doc__)
    parser.add_argument("campaigns", nargs="*", choices=[[], *CAMPAIGNS], help="all, if none is named")
    parser.add_argument("--runs", type=int, default=1500, help="how many runs each campaign has")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", type=int, help="the number of the one run to repeat")
    asked = parser.parse_args()
    numbers = range(asked.runs) if asked.only is None else range(asked.only, asked.only + 1)
    found = sum(told(name, asked.seed, numbers) for name in asked.campaigns or CAMPAIGNS)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
