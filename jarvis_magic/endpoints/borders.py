"""Where a library ends and our own lines begin: what a library raises is a failure, what our lines raise is a bug."""

from __future__ import annotations

_OURS = __name__.partition(".")[0]


def comes_from_a_library(error: BaseException) -> bool:
    """Whether the line that raised an error is none of ours."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return trace is not None and trace.tb_frame.f_globals.get("__name__", "").partition(".")[0] != _OURS
