"""What loading and installing cost: the extension against a bare IPython, and the core's dependencies on disk."""

from __future__ import annotations

import re
import statistics
import subprocess
import sys
import time
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

RUNS = 15
CODES = {"pass": "pass", "load": "get_ipython().run_line_magic('load_ext', 'jarvis_magic')"}


def seconds(code: str) -> float:
    """How long a fresh IPython takes for some code, in seconds."""
    began = time.perf_counter()
    command = [sys.executable, "-m", "IPython", "--no-banner", "--colors=NoColor", "-c", code]
    subprocess.run(command, check=True, capture_output=True, stdin=subprocess.DEVNULL)
    return time.perf_counter() - began


def loading() -> None:
    """Print the ratio of an IPython that loads the extension to one that does nothing, taken in turn."""
    taken: dict[str, list[float]] = {name: [] for name in CODES}
    for run in range(RUNS + 1):
        for name, code in CODES.items():
            once = seconds(code)
            if run:  # the first of each warms the disk
                taken[name].append(once)
    bare, loaded = (statistics.median(taken[name]) for name in CODES)
    print(f"ipython -c pass                       {bare:.3f} s")
    print(f"ipython -c '%load_ext jarvis_magic'   {loaded:.3f} s")
    print(f"ratio of medians, {RUNS} runs in turn      {loaded / bare:.3f}   (wanted: at most 1.15)")


def core() -> dict[str, Distribution]:
    """The distributions that an installation without extras brings, by name."""
    found: dict[str, Distribution] = {}
    wanted = ["jarvis_magic"]
    while wanted:
        name = wanted.pop()
        try:
            dist = distribution(name)
        except PackageNotFoundError:
            continue  # for another platform or Python
        key = re.sub(r"[-_.]+", "-", dist.metadata["Name"]).lower()
        if key not in found:
            found[key] = dist
            wanted += [re.split(r"[ ;<>=!~\[(]", r, maxsplit=1)[0] for r in dist.requires or [] if "extra ==" not in r]
    return found


def size(dist: Distribution) -> int:
    """The bytes of a distribution's files, compiled ones among them."""
    paths = (Path(str(file.locate())) for file in dist.files or [])
    return sum(path.stat().st_size for path in paths if path.is_file())


def installing() -> None:
    """Print how large the core is on disk, and what it does not hold."""
    sizes = {name: size(dist) for name, dist in core().items()}
    print(f"core on disk, {len(sizes)} distributions       {sum(sizes.values()) / 1e6:.0f} MB   (wanted: under 420 MB)")
    for name in sorted(sizes, key=sizes.__getitem__, reverse=True)[:5]:
        print(f"  {name:35} {sizes[name] / 1e6:.0f} MB")
    heavy = sorted({"torch", "pandas", "scikit-learn", "transformers"} & set(sizes))
    print(f"torch, pandas, scikit-learn, transformers in the core: {', '.join(heavy) or 'none'}")


if __name__ == "__main__":
    loading()
    installing()
