"""Which face a cell has: the widget where a page can answer, static HTML in other notebooks, lines of text in a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .terminal import TerminalView
from .views import NotebookView, View

if TYPE_CHECKING:
    from .waiting import Surroundings
    from .widget_view import Backstage


def view_for(where: Surroundings, feedback: int, backstage: Backstage) -> View:
    """Return the view of a cell that begins.

    Parameters
    ----------
    where
        Where the cell runs.
    feedback
        How much is said beside results.
    backstage
        What the cell lends to a widget.
    """
    if where.kernel is None:
        return TerminalView(feedback)
    if not (where.page_reaches and backstage.options.widget):
        return NotebookView(feedback, live=where.person, awaited=where.awaited)
    from .widget_view import WidgetView  # it brings anywidget

    return WidgetView(feedback, backstage)
