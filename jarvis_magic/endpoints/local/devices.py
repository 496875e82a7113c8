"""Where models run, with which numbers, and how much memory there is."""

from __future__ import annotations

from pathlib import Path

from jarvis_magic.errors import EndpointRejected
from jarvis_magic.options import Options

GIGABYTE = 1_000_000_000

HALF = frozenset({"diffusion", "control", "writing", "seeing"})
"""Families whose models are large, and lose nothing by calculating with half as many bits where the device can."""

BYTES = {"float32": 4, "float16": 2, "bfloat16": 2}


def device_of(options: Options) -> str:
    """Return the device that models run on: the one asked for, or the fastest there is.

    Raises
    ------
    EndpointRejected
        If there is no such device.
    """
    import torch

    found = torch.accelerator.current_accelerator() if torch.accelerator.is_available() else None
    best = f"{found.type}:0" if found else "cpu"
    if options.device == "auto":
        return best
    try:
        asked = torch.device(options.device)
    except RuntimeError as error:
        msg = f"There is no device {options.device!r}; it is 'cpu', 'cuda', 'cuda:1' or 'mps'."
        raise EndpointRejected(msg) from error
    there = asked.type == "cpu" or (
        found is not None and asked.type == found.type and (asked.index or 0) < torch.accelerator.device_count()
    )
    if not there:
        msg = f"There is no device {options.device!r} here; leave it to `--device auto`, which is {best}."
        raise EndpointRejected(msg)
    return str(asked)


def dtype_of(options: Options, device: str, family: str, *, fits: bool) -> str:
    """Return the numbers to calculate with: single precision; half of it for large models where that is faster, and for
    a model that does not fit otherwise.
    """
    import torch

    if options.dtype != "auto":
        return options.dtype
    if fits and (device == "cpu" or family not in HALF):
        return "float32"
    if device == "cpu":
        return "bfloat16"
    return "bfloat16" if device.startswith("cuda") and torch.cuda.is_bf16_supported() else "float16"


def room(options: Options, device: str) -> int:
    """Return the bytes that models may take together on a device: as the options say, or half of what it has."""
    return int(options.model_memory * GIGABYTE) if options.model_memory else memory(device) // 2


def memory(device: str) -> int:
    """Return the bytes a device has: of a container, what it may use."""
    import psutil
    import torch

    if device.startswith("cuda"):
        return int(torch.cuda.mem_get_info(device)[1])
    limit = Path("/sys/fs/cgroup/memory.max")
    written = limit.read_text(encoding="utf-8").strip() if limit.is_file() else "max"
    total = int(psutil.virtual_memory().total)
    return min(total, int(written)) if written.isdigit() else total


def give_back() -> None:
    """Give the memory of models that were let go back to the machine."""
    import gc

    import torch

    gc.collect()
    if torch.cuda.is_available():
        torch.cuda.empty_cache()


def is_out_of_memory(error: BaseException) -> bool:
    """Whether an error means that there was too little memory."""
    if isinstance(error, MemoryError) or type(error).__name__ == "OutOfMemoryError":
        return True
    return isinstance(error, RuntimeError) and any(
        said in str(error) for said in ("out of memory", "not enough memory", "can't allocate memory")
    )
