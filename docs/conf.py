"""How Sphinx builds the site: ``make docs``."""

from __future__ import annotations

import logging
import os
import re
import sys
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.addnodes import download_reference
from sphinx.application import Sphinx

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
    "myst_nb",
    "sphinx.ext.autodoc",
    "sphinx.ext.napoleon",
    "sphinx.ext.viewcode",
    "sphinx_copybutton",
]
exclude_patterns = ["_build", "examples", "**.ipynb"]
html_theme = "furo"
html_title = f"loas-tl {release}"
html_theme_options = {"navigation_with_keys": True}
html_static_path = ["_static"]
html_css_files = ["site.css"]
linkcheck_anchors = False  # some sites make them as they are read

myst_enable_extensions = ["colon_fence", "deflist", "attrs_inline"]
myst_heading_anchors = 4
myst_links_external_new_tab = False

# Tutorials run as they are built; one that fails stops the build.
nb_execution_mode = "force"
nb_execution_timeout = 300  # seconds a cell
nb_execution_raise_on_error = True
nb_execution_in_temp = True
nb_merge_streams = True
logging.getLogger("traitlets").setLevel(logging.WARNING)
# Kernels have a configuration of their own, not the reader's; theirs is to report errors alone.
profile = HERE / "_generated" / "ipython" / "profile_default"
profile.mkdir(parents=True, exist_ok=True)
(profile / "ipython_kernel_config.py").write_text("c.IPKernelApp.log_level = 40\n")
os.environ["IPYTHONDIR"] = str(profile.parent)

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


def offer_notebook(app: Sphinx, document: nodes.document) -> None:
    """A link to the notebook, with what it put out, below the title of each tutorial."""
    name = app.env.docname
    if not name.startswith("tutorials/"):
        return
    notebook = Path(app.outdir).parent / "jupyter_execute" / f"{name}.ipynb"
    to = download_reference("", reftarget=f"/{os.path.relpath(notebook, app.srcdir)}")
    to += nodes.inline("", "Download this page as a notebook")
    title = next(iter(document.findall(nodes.title)))
    assert title.parent is not None  # noqa: S101
    title.parent.insert(1, nodes.paragraph("", "", to, classes=["offer-notebook"]))


def setup(app: Sphinx) -> None:
    """Sphinx calls this."""
    app.connect("autodoc-process-docstring", apart, priority=1)  # before napoleon
    app.connect("doctree-read", offer_notebook, priority=100)  # before downloads are collected
