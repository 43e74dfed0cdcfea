"""Designs: every accelerator as one declaration, from which all models take what they need.

A design (:class:`~loas_tl.designs.design.Design`) is one module: its parameters and what is truly
its own. To add one, write such a module, and beside it two Jinja templates if it has a Timeloop
spec; then name it (``mine.py:NAME``) or :func:`~loas_tl.designs.registry.register` it.
"""

from __future__ import annotations

from loas_tl.ground.lazy import modules_of

__getattr__, __dir__ = modules_of(__name__, __path__)
