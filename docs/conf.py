"""How Sphinx builds the site: ``make docs``."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Any

from loas_tl import __version__

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))

import generated  # noqa: E402 - lies beside this file
import public  # noqa: E402

generated.write(HERE)
public.complete()

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

SECTION = re.compile(r"^(?:Class a|A)ttributes:\n(?:(?: {4}.*)?\n)+", re.MULTILINE)
SEVERAL = re.compile(r"^ {4}(\w+(?:, \w+)+): (.*(?:\n {5}.*)*)", re.MULTILINE)


def apart(_: Any, __: str, ___: str, ____: Any, _____: Any, lines: list[str]) -> None:
    """Have ``a, b: text`` among attributes as two: napoleon takes the first name for a type."""

    def each(found: re.Match[str]) -> str:
        return "\n".join(f"    {name}: {found[2]}" for name in found[1].split(", "))

    text = "\n".join([*lines, ""])
    lines[:] = SECTION.sub(lambda section: SEVERAL.sub(each, section[0]), text).splitlines()


def setup(app: Any) -> None:
    """Sphinx calls this."""
    app.connect("autodoc-process-docstring", apart, priority=1)  # before napoleon
