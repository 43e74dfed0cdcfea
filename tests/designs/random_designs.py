"""Designs with random settings."""

from __future__ import annotations

from typing import Any

from hypothesis import assume
from hypothesis import strategies as st

from loas_tl.designs.design import Design
from loas_tl.designs.parameter import Parameter, Value
from loas_tl.designs.registry import designs
from loas_tl.ground.errors import InputError

NODES = (7, 10, 16, 22, 28, 32, 45, 65, 90)


def values(name: str, one: Parameter) -> st.SearchStrategy[Value]:
    """Values of a parameter, as often near its default as anywhere in its range."""
    if one.kind == "switch":
        return st.booleans()
    if one.kind == "node":
        return st.sampled_from(NODES)
    if name == "line_bits":
        return st.sampled_from([64, 128, 256, 512, 1024])
    usual = float(one.default) if one.default is not None else min(64.0, one.high)
    near = (max(one.low, usual / 4), min(one.high, usual * 4))
    if one.kind == "number":
        return st.floats(*near) | st.floats(one.low, min(one.high, 4096))
    low, high = int(one.low), int(one.high)
    return st.integers(int(near[0]), int(near[1])) | st.integers(low, high)


@st.composite
def settings_of(draw: st.DrawFn, design: Design, most: int = 5) -> dict[str, Any]:
    """Settings of some of a design's parameters."""
    names = draw(st.lists(st.sampled_from(list(design.parameters)), max_size=most, unique=True))
    return {name: draw(values(name, design.parameters[name])) for name in names}


@st.composite
def any_design(draw: st.DrawFn, most: int = 5) -> Design:
    """Any design that comes with the package, with any settings that go together."""
    design = draw(st.sampled_from(designs()))
    try:
        return design.with_(**draw(settings_of(design, most)))
    except InputError:
        assume(False)
        raise
