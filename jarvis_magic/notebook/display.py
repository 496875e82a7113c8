"""How our values show themselves: IPython's formatters, registered by type name.

Nothing is imported before the first of them is shown, so that loading the extension stays fast.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

HTML, TEXT = "text/html", "text/plain"

Format = Callable[..., Any]
Registered = list[tuple[str, str, str, Format | None]]
"""What was registered: MIME type, module and class, and the formatter that was there before."""


def _html(function: str) -> Format:
    """A formatter that draws with a function of the drawing room."""

    def format_html(value: Any) -> str:
        from jarvis_magic import drawing

        html: str = getattr(drawing, function)(value)
        return html

    return format_html


def _text(function: str) -> Format:
    """A formatter for the pretty printer, for values that stand alone; inside others their ``repr`` is short enough."""

    def format_text(value: Any, printer: Any, cycle: bool) -> None:  # noqa: ARG001 - the printer's protocol
        from jarvis_magic import drawing

        printer.text(getattr(drawing, function)(value))

    return format_text


def _media_html(kind: str) -> Format:
    def format_html(value: Any) -> str:
        from jarvis_magic import drawing
        from jarvis_magic.kinds import Kind
        from jarvis_magic.values import Resource

        return drawing.value_html(Resource(Kind(kind), value))

    return format_html


_FORMATTERS: tuple[tuple[str, str, str, Format], ...] = (
    (HTML, "plans", "Plan", _html("plan_html")),
    (TEXT, "plans", "Plan", _text("plan_text")),
    (HTML, "values", "Proposal", _html("proposal_html")),
    (TEXT, "values", "Proposal", _text("proposal_text")),
    (HTML, "values", "Run", _html("run_html")),
    (TEXT, "values", "Run", _text("run_text")),
    (HTML, "media", "Audio", _media_html("audio")),
    (HTML, "media", "Video", _media_html("video")),
)


def register(display_formatter: Any) -> Registered:
    """Register the formatters, and return what `restore` needs."""
    package = __name__.split(".")[0]
    registered: Registered = []
    for mime, module, name, function in _FORMATTERS:
        formatter = display_formatter.formatters[mime]
        before = formatter.pop(f"{package}.{module}.{name}", None)
        formatter.for_type_by_name(f"{package}.{module}", name, function)
        registered.append((mime, f"{package}.{module}", name, before))
    return registered


def restore(display_formatter: Any, registered: Registered) -> None:
    """Put back what was there before `register`."""
    for mime, module, name, before in registered:
        formatter = display_formatter.formatters[mime]
        formatter.pop(f"{module}.{name}", None)
        if before is not None:
            formatter.for_type_by_name(module, name, before)
