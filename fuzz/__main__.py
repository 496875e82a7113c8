"""Runs targets under atheris, one process each, and prints the figures of each."""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from fuzz.targets import TARGETS

KEPT = Path("build/fuzz")
"""Where inputs that were worth keeping are, from one run to the next, and what was found."""


def main() -> int:
    """Run the targets named, or all; the number of those with a find is the exit status."""
    words = argparse.ArgumentParser(prog="python -m fuzz", description=__doc__)
    words.add_argument("targets", nargs="*", help=", ".join(TARGETS))
    words.add_argument("--seconds", type=int, default=60, help="for each target")
    said = words.parse_args()
    found = 0
    print(f"{'target':14} {'executions':>12} {'seconds':>8} {'bytes':>14} {'edges':>7} {'kept':>6}  finds")
    for name in said.targets or TARGETS:
        figures = run(name, said.seconds)
        found += bool(figures["finds"])
        print(
            f"{name:14} {figures['executions']:12,} {figures['seconds']:8.0f} {figures['bytes']:14,} {figures['edges']:7,} {figures['kept']:6,}  {figures['finds'] or 'none'}",
            flush=True,
        )
    return found


def run(name: str, seconds: int) -> dict[str, float | int | str]:
    """Run one target for some seconds."""
    corpus, finds = KEPT / name, KEPT / "finds"
    for folder in (corpus, finds):
        folder.mkdir(parents=True, exist_ok=True)
    for number, seed in enumerate(TARGETS[name].seeds()):
        (corpus / f"seed{number}").write_bytes(seed)
    with tempfile.NamedTemporaryFile(suffix=".json") as tally:
        begun = time.monotonic()
        command = [
            sys.executable, "-m", "fuzz.one", name, tally.name, str(corpus), f"-max_total_time={seconds}", "-timeout=10",
            "-rss_limit_mb=4096", f"-max_len={TARGETS[name].longest}", f"-artifact_prefix={finds}/{name}-", "-print_final_stats=1",
        ]  # fmt: skip
        done = subprocess.run(command, capture_output=True, text=True, errors="replace", check=False)
        (KEPT / f"{name}.log").write_text(done.stderr + done.stdout, encoding="utf-8", errors="replace")
        counted = json.loads(Path(tally.name).read_text() or '{"executions": 0, "bytes": 0}')
    edges = re.findall(r"cov: (\d+)", done.stderr)
    written = re.findall(r"Test unit written to (\S+)", done.stderr)
    finds_said = ", ".join(written) or ("" if done.returncode == 0 else f"see {KEPT / name}.log")
    return {
        **counted,
        "seconds": time.monotonic() - begun,
        "edges": int(edges[-1]) if edges else 0,
        "kept": len(list(corpus.iterdir())),
        "finds": finds_said,
    }


if __name__ == "__main__":
    sys.exit(main())
