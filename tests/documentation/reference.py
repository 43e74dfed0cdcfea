"""What is public, as the reference of the site has it (``docs/public.py``)."""

from __future__ import annotations

from importlib.util import module_from_spec, spec_from_file_location
from typing import Any

import pytest

from tests.documentation.blocks import ROOT

PATH = ROOT / "docs" / "public.py"

if not PATH.is_file():
    pytest.skip("only the package is installed", allow_module_level=True)


def _module() -> Any:
    spec = spec_from_file_location("public", PATH)
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


_public = _module()
hints, members, public = _public.hints, _public.members, _public.public
tree, unwrapped = _public.tree, _public.unwrapped
