"""How Sphinx builds the site: ``make docs``."""

from __future__ import annotations

import sys
from pathlib import Path

from loas_tl import __version__

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))

import generated  # noqa: E402 - lies beside this file

generated.write(HERE)

project = "loas-tl"
author = "The loas-tl maintainers"
copyright = "2026, the loas-tl maintainers"  # noqa: A001 - Sphinx's name
release = version = __version__

extensions = [
    "myst_parser",
    "sphinx.ext.autodoc",
    "sphinx.ext.napoleon",
    "sphinx.ext.viewcode",
    "sphinx_copybutton",
]
exclude_patterns = ["_build", "examples"]
html_theme = "furo"
html_title = f"loas-tl {release}"
html_theme_options = {"navigation_with_keys": True}

myst_enable_extensions = ["colon_fence", "deflist", "attrs_inline"]
myst_heading_anchors = 4
myst_links_external_new_tab = False

autodoc_member_order = "bysource"
autodoc_typehints = "signature"
autodoc_typehints_format = "short"
autodoc_preserve_defaults = True
autodoc_type_aliases = {"Any": "Any"}
napoleon_use_ivar = True
napoleon_custom_sections = [("Class attributes", "params_style")]
smartquotes = False  # "--" begins options
copybutton_prompt_text = "$ "
suppress_warnings = ["misc.highlighting_failure"]
