"""How the user documentation is built: `make docs`. Its code cells are executed, on this machine, with no key."""

from __future__ import annotations

import os
from importlib.metadata import version as installed

project = "jarvis_magic"
author = "The developers of jarvis_magic"
release = version = installed("jarvis_magic")

extensions = ["myst_nb", "sphinx.ext.autodoc", "sphinx.ext.napoleon", "sphinx.ext.viewcode"]
exclude_patterns = ["_build"]
nitpicky = False

# Pages are notebooks in text; a cell that fails is a warning with its traceback, and warnings fail the build.
nb_execution_mode = "force"
nb_execution_in_temp = True
nb_execution_show_tb = True
nb_execution_timeout = 120
nb_merge_streams = True
myst_heading_anchors = 3
myst_enable_extensions = ["colon_fence"]

# What a reader's own notebook would ask for, the build has nobody to answer; and it needs no key and no network.
os.environ |= {"JARVIS_APPROVE": "auto", "JARVIS_CONTROLLER": "offline", "HF_HUB_OFFLINE": "1"}
for key in ("OPENAI_API_KEY", "OPENAI_BASE_URL", "HF_TOKEN"):
    os.environ.pop(key, None)

autodoc_member_order = "bysource"
autodoc_typehints = "signature"
autodoc_default_options = {"members": True, "show-inheritance": False}
napoleon_google_docstring = False
napoleon_use_rtype = False

html_theme = "furo"
html_title = "jarvis_magic"
html_show_sphinx = False
html_show_copyright = False
html_static_path = ["_static"]
html_css_files = ["jarvis.css"]
