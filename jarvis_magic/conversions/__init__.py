"""Python objects to resources and back.

What comes in: `to_resource` turns the user's objects into resources, `open_named` the files and URLs the user named.
What tasks get: `for_port` turns the value a reference leads to into what a port takes, `text_form` into words.
What comes out: `from_expert` turns what an expert returned into a resource of its task's kind.
What the controller may know: `describe` says it in one line, `medium_seen` whether it is or names a medium.

One small file per library: Pillow, NumPy (and torch), PyAV, pandas (and polars), what notebooks display. Libraries are
recognised by their objects' looks, and none is imported to find out that it is not needed.
"""

from __future__ import annotations

from .describing import describe
from .inputs import to_resource
from .media_seen import medium_seen
from .opening import open_named
from .pillow import image_png
from .ports import for_port
from .recordings import audio_wav, video_bytes
from .results import from_expert
from .texts import has_text_form, text_form

__all__ = [
    "audio_wav",
    "describe",
    "for_port",
    "from_expert",
    "has_text_form",
    "image_png",
    "medium_seen",
    "open_named",
    "text_form",
    "to_resource",
    "video_bytes",
]
