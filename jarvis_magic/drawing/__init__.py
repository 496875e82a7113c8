"""How plans, runs and values look: strings in plain text, HTML, SVG and Mermaid, drawn without a notebook.

Everything is static, bounded and safe: every text is escaped, nothing refers to an address outside, and it reads well
on light and dark pages.
"""

from .layout import Layout, Route, Shape, layout
from .markdown import markdown_html
from .mermaid import to_mermaid
from .proposals import plan_html, proposal_html
from .runs import run_html
from .svg import data_uri, svg
from .texts import plan_text, proposal_text, run_text, value_line, value_text
from .trees import text_tree
from .values import value_html

__all__ = [
    "Layout",
    "Route",
    "Shape",
    "data_uri",
    "layout",
    "markdown_html",
    "plan_html",
    "plan_text",
    "proposal_html",
    "proposal_text",
    "run_html",
    "run_text",
    "svg",
    "text_tree",
    "to_mermaid",
    "value_html",
    "value_line",
    "value_text",
]
