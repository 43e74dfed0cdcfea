"""The component tables of an accelerator's Timeloop specification.

The tables are of the hardware, not of a layer; a small layer stands in for the one that a
specification must have.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields

from loas_tl.designs.composition import Composition
from loas_tl.timeloop.accelergy import specification
from loas_tl.timeloop.accelergy.ert import Entry
from loas_tl.timeloop.rendering.designs import find_design
from loas_tl.timeloop.rendering.measure import Measured
from loas_tl.timeloop.rendering.parameters import Value, parameters_of, resolve
from loas_tl.timeloop.rendering.render import render
from loas_tl.timeloop.spec import parse_spec


def parameter_names(kind: type[Composition]) -> list[str]:
    """Names of the parameters that the accelerator's templates have."""
    return list(parameters_of(find_design(kind.kind).template))


def specification_of(design: Composition, settings: Mapping[str, str]) -> str:
    """The accelerator's specification, of a stand-in layer and its own mapping.

    Args:
        design: the accelerator; attributes that the templates know by the same name are theirs.
        settings: parameters as they were given; those of the templates alone are passed on.

    Raises:
        InputError: where a parameter is out of range, or the parameters do not fit together.
    """
    own = {one.name for one in fields(design)}
    known = parameter_names(type(design))
    given: dict[str, Value | str] = {
        name: _value(getattr(design, name)) if name in own else text
        for name, text in settings.items()
        if name in known
    }
    target = find_design(design.kind)
    values = resolve(target.template, given)
    layer = Measured(
        T=int(values.get("timesteps", design.timesteps)),
        M=64,
        N=64,
        K=256,
        input_density=0.25,
        weight_density=1.0 if target.dense_weights else 0.1,
        corrections=float(values.get("corrections", 0.0)),
    )
    return render(target, layer, given).model_spec


def entries(text: str, design: Composition) -> list[Entry]:
    """The components of a specification as they stand in Accelergy's tables."""
    return specification.entries(parse_spec(text, file=f"spec of {design.kind}"))


def _value(value: float) -> Value:
    return int(value) if value == int(value) else value
