"""The plan widget's front end as the one ES module that anywidget wants, joined from the modules in ``widgets/``.

There is no build: a module's relative imports are put before it, ``import`` and ``export`` of names between our own
modules fall away, and so do indentation and lines that are only comment. For this the modules keep to a few forms:
relative imports of names, on one line, at the top; exports before a declaration; no name twice at the top level; no
text over several lines. A test holds them to it.
"""

from __future__ import annotations

import re
from functools import cache

from jarvis_magic import assets
from jarvis_magic.drawing.palette import STATES, Theme, kind_colour
from jarvis_magic.kinds import BASES

_IMPORT = re.compile(r'import \{[^}]*\} from "\./(?P<name>[a-z_]+\.js)";')
_EXPORT = re.compile(r"export (?=(?:async )?(?:function|class|const|let)\b)")


@cache
def module() -> str:
    """Return the front end as one ES module."""
    parts: dict[str, str] = {}
    _collect("plan.js", parts)
    return "\n".join(parts.values())


@cache
def style() -> str:
    """Return the stylesheet, after the colours of states and kinds, which are those of the static graph."""
    dark = f"{_DARK} {{{_colours('dark')}}}"
    kinds = "".join(f".jarvis-icon-{base}{{color:var(--{base})}}" for base in BASES)
    return f".jarvis {{{_colours('light')}}}\n{dark}\n{kinds}\n{assets.text('widgets', 'plan.css')}"


_DARK = '[data-jp-theme-light="false"] .jarvis, .vscode-dark .jarvis, html[theme="dark"] .jarvis'


def _colours(theme: Theme) -> str:
    states = {state.word.replace(" ", "-"): state.colours(theme)[0] for state in STATES}
    kinds = {base: kind_colour(base, theme) for base in BASES}
    return "".join(f"--{name}:{colour};" for name, colour in (states | kinds).items())


def _collect(name: str, parts: dict[str, str]) -> None:
    """Put a module into `parts`, after those it imports."""
    if name in parts:
        return
    lines = []
    for line in assets.text("widgets", name).splitlines():
        if match := _IMPORT.fullmatch(line):
            _collect(match["name"], parts)
        elif line.strip() and not _is_comment(line):
            lines.append(_EXPORT.sub("", line.strip()))
    parts[name] = "\n".join(lines)


def _is_comment(line: str) -> bool:
    return line.lstrip().startswith(("//", "/**", "* ", "*/"))
