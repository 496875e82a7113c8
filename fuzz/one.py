"""One target under atheris, in a process of its own: ``python -m fuzz.one TARGET TALLY CORPUS [options of libFuzzer]``."""

from __future__ import annotations

import json
import sys
import warnings
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["jarvis_magic"]):
    from fuzz.targets import TARGETS

EVERY = 200
"""After how many executions they are counted."""


def main() -> None:
    """Feed the target until the time is over or something is found."""
    name, tally, *options = sys.argv[1:]
    target, counted = TARGETS[name], {"executions": 0, "bytes": 0}
    warnings.simplefilter("ignore")

    def one(data: bytes) -> None:
        counted["executions"] += 1
        counted["bytes"] += len(data)
        if counted["executions"] % EVERY == 1:
            Path(tally).write_text(json.dumps(counted))
        target.tries(data)

    atheris.Setup([sys.argv[0], *options], one)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
