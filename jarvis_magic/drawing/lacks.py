"""What lists lack: the items without a value, by reason."""

from __future__ import annotations

from ..values import Lack, Run, Success
from . import markup
from .words import count, cut, one_line

_SEVERAL = 2
"""From how many items without a value on they are listed; a note tells of one."""
_LISTED = 12


def lacking_html(run: Run) -> str:
    """A table of the reasons: how many items each has, and which come first."""
    found = _lacking(run)
    rows = [
        [markup.code(task_id), f"{lack.count:,}", markup.sentence(cut(one_line(lack.reason), 300)), _rows(lack)]
        for task_id, lack in found[:_LISTED]
    ]
    more = markup.small(f"and {count(len(found) - _LISTED, 'more reason')}") if len(found) > _LISTED else ""
    return markup.table("Items without a value", ["task", "items", "why", "rows"], rows) + more if found else ""


def lacking_lines(run: Run) -> list[str]:
    """The same, a line for each reason."""
    return [
        f"{task_id}: {lack.count:,} × {one_line(lack.reason)} (rows {_rows(lack)})" for task_id, lack in _lacking(run)
    ]


def _lacking(run: Run) -> list[tuple[str, Lack]]:
    found = [(i, lack) for i, o in run.outcomes.items() if isinstance(o, Success) for lack in o.lacking]
    return found if sum(lack.count for _, lack in found) >= _SEVERAL else []


def _rows(lack: Lack) -> str:
    """``"3, 17, 20 and 40 more"``."""
    more = lack.count - len(lack.rows)
    return ", ".join(map(str, lack.rows)) + (f" and {more:,} more" if more else "")
