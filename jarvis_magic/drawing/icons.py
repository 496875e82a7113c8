"""Our own small icons, one for each kind of value, as SVG on a field of 24 by 24, drawn in ``currentColor``."""

from __future__ import annotations

from collections.abc import Mapping

# Lines: no filling, round ends, 1.8 wide. What is filled says so.
ICONS: Mapping[str, str] = {
    "text": '<path d="M5 6h14M5 10h14M5 14h14M5 18h8"/>',
    "image": '<rect x="3.5" y="4.5" width="17" height="15" rx="2.5"/><circle cx="9" cy="10" r="1.8"/>'
    '<path d="M4 17l4.5-4 3.2 2.8 4.3-4.6 4.5 4.8"/>',
    "audio": '<path d="M4 10.5v3M8 7.5v9M12 4.5v15M16 8v8M20 10.5v3"/>',
    "video": '<rect x="3.5" y="5" width="17" height="14" rx="2.5"/><path d="M10.3 9v6l5-3z" fill="currentColor"/>',
    "table": '<rect x="3.5" y="4.5" width="17" height="15" rx="2"/><path d="M3.5 9.5h17M3.5 14.5h17M9.5 9.5v10"/>',
    "labels": '<path d="M4 4.5h7.2l8.3 8.3-6.7 6.7L4.5 11.2V4.5z"/>'
    '<circle cx="8.2" cy="8.2" r="1.3" fill="currentColor"/>',
    "boxes": '<path d="M4 8V4h4M16 4h4v4M20 16v4h-4M8 20H4v-4"/><rect x="8.5" y="8.5" width="7" height="7" rx="1"/>',
    "masks": '<path d="M4 15c0-6 4-11 8-11s3 4 5 5 3 3 3 6-3 5-8 5-8-1-8-5z"/><path d="M6 18L15 8M10 19.6l8.4-9"/>',
    "tokens": '<path d="M4 7h16M4 17h16"/><rect x="4" y="10" width="9" height="4" rx="1" fill="currentColor"/>'
    '<path d="M16 12h4"/>',
    "answer": '<path d="M4 5h16v11h-8l-4.5 4v-4H4z"/><path d="M8 10.5l2.7 2.6L16 8"/>',
    "vector": '<path d="M5 19V5M5 19h14M5 19L16 8M16 8h-4.4M16 8v4.4"/>',
    "number": '<path d="M9.5 4L7.5 20M16.5 4l-2 16M4.5 9h16M3.5 15h16"/>',
    "json": '<path d="M9 4.5c-3 0-3 1.5-3 3.6S6 12 3.8 12C6 12 6 14 6 15.9s0 3.6 3 3.6M15 4.5c3 0 3 1.5 3 3.6'
    'S18 12 20.2 12C18 12 18 14 18 15.9s0 3.6-3 3.6"/>',
}

_LINES = 'fill="none" stroke="currentColor" stroke-width="1.8" stroke-linecap="round" stroke-linejoin="round"'


def symbol(base: str) -> str:
    """The icon of a base kind as an SVG ``<symbol>`` with the id ``i-<base>``."""
    return f'<symbol id="i-{base}" viewBox="0 0 24 24"><g {_LINES}>{ICONS[base]}</g></symbol>'


def picture(base: str, colour: str) -> str:
    """The icon of a base kind as an SVG file of its own, in one colour."""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24" width="24" height="24" color="{colour}">'
        f"<g {_LINES}>{ICONS[base]}</g></svg>"
    )
