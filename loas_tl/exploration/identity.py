"""What tells designs, layers and versions of the models apart, as hashes."""

from __future__ import annotations

import hashlib
import inspect
import json
import sys
from functools import cache
from pathlib import Path

import numpy as np

from loas_tl.designs.design import Design
from loas_tl.ground.data import PACKAGE, shipped_folder
from loas_tl.workload.layer import Layer

BESIDE = ("cli", "report", "exploration", "studies", "validation", "exact")
"""Packages that no figure of a point rests on."""

LENGTH = 20
"""Hexadecimal digits of a hash that are kept."""


@cache
def version() -> str:
    """Hash of all code and data that figures rest on: other code is another version."""
    found = hashlib.sha256()
    folders = [PACKAGE, shipped_folder("arch_specs"), shipped_folder("mappings")]
    for folder in folders:
        for path in sorted(folder.rglob("*")):
            inside = path.relative_to(folder)
            if inside.parts[0] in BESIDE or path.suffix not in (".py", ".csv", ".jinja", ".yaml"):
                continue
            found.update(f"{inside}\n".encode())
            found.update(path.read_bytes())
    return found.hexdigest()[:LENGTH]


def design_key(design: Design) -> str:
    """Hash of a design's class and parameters, whatever it is called.

    Of a class of one's own the file that declares it (and those of the classes that it derives
    from) and its templates are in the hash; modules that it imports are not.
    """
    own = [
        (kind.__qualname__, _source(kind))
        for kind in type(design).__mro__
        if not kind.__module__.startswith(("loas_tl.", "builtins"))
    ]
    described = [
        f"{type(design).__module__}.{type(design).__qualname__}" if not own else "",
        own,
        _templates(design) if own else "",
        {name: getattr(design, name) for name in design.parameters},
    ]
    return _hash(json.dumps(described, sort_keys=True).encode())


def layer_key(layer: Layer) -> str:
    """Hash of a layer's tensors, and of its ANN twin's."""
    found = hashlib.sha256(repr((layer.spikes.shape, layer.weights.shape)).encode())
    found.update(np.packbits(layer.spikes).tobytes())
    found.update(layer.weights.tobytes())
    if layer.twin is not None:
        found.update(layer_key(layer.twin).encode())
    return found.hexdigest()[:LENGTH]


def text_key(text: str) -> str:
    """Hash of a text."""
    return _hash(text.encode())


def _hash(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()[:LENGTH]


@cache
def _source(kind: type) -> str:
    """The file that declares a class, as a hash; of one typed at a prompt, its own text."""
    file = getattr(sys.modules.get(kind.__module__), "__file__", None)
    try:
        data = Path(file).read_bytes() if file else inspect.getsource(kind).encode()
    except (OSError, TypeError):
        # Nobody can say whether it is the same another time.
        data = np.random.default_rng().bytes(16)
    return _hash(data)


def _templates(design: Design) -> str:
    form = design.timeloop()
    if form is None:
        return ""
    return _hash(form.architecture.read_bytes() + form.mapping.read_bytes())
