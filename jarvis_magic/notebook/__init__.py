"""The notebook: the only room that imports IPython, traitlets, ipywidgets, anywidget and ipyaudio.

``extension.py`` is the door: it registers the magics of ``magics.py`` and everything that goes with them, and undoes it.
Nothing here is imported before ``%load_ext``.
"""

from .extension import load, unload

__all__ = ["load", "unload"]
