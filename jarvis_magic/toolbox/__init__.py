"""The toolbox: experts on libraries that carry what they need, so that they run without a key and a network.

Each function is in a file of its own, named after what it does, and imports its library when it is first called;
`registry` lists them. An expert stands in the list only if it clearly beats a trivial one in ``benchmarks/toolbox.py``.
"""

from .registry import ToolboxExpert, toolbox_experts

__all__ = ["ToolboxExpert", "toolbox_experts"]
