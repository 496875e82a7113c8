"""Live views outside a waiting cell: shown until the next cell runs, then static, so that what is saved can be shown."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def show_beside(widget: Any, static: Mapping[str, str]) -> Any:
    """Display a widget with static output beside it, which is drawn where the page cannot draw the widget; return the handle."""
    from IPython.display import display

    live = widget._repr_mimebundle_()
    data = live[0] if isinstance(live, tuple) else live
    return display({**data, **static}, raw=True, display_id=True)  # type: ignore[no-untyped-call]


def show_until_next_cell(widget: Any, static: Mapping[str, str]) -> None:
    """Display a widget, and put static output in its place when the next cell runs.

    Where the page cannot draw the widget (without a kernel, in an export), the static output beside it is drawn.

    Parameters
    ----------
    widget
        What is shown.
    static
        What stays: a mime bundle of text.
    """
    from IPython import get_ipython

    shell = get_ipython()
    handle = show_beside(widget, static)

    def settle(_info: object) -> None:
        shell.events.unregister("pre_run_cell", settle)
        handle.update(dict(static), raw=True)
        close_whole(widget)

    shell.events.register("pre_run_cell", settle)


def close_whole(widget: Any) -> None:
    """Close a widget and the widgets it consists of; its own ``close`` leaves its layout open, here and on the page."""
    from ipywidgets import Widget

    parts = [part for name in widget.keys if isinstance(part := getattr(widget, name), Widget)]
    for each in (widget, *parts):
        each.close()
