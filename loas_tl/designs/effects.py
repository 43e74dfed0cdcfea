"""What a parameter acts on, found by changing it; and what is said of one that does nothing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from loas_tl.components.component import Component, Own, Part
from loas_tl.components.technology import ANCHOR_NM
from loas_tl.components.units import in_mW
from loas_tl.designs.checks import PLACEHOLDERS
from loas_tl.designs.parameter import Parameter, Value, plain
from loas_tl.ground.errors import InputError
from loas_tl.models.dataflow import Dataflow, OutputStationaryArray, TiledAccelerator
from loas_tl.models.machine import System

if TYPE_CHECKING:
    from loas_tl.designs.design import Design
    from loas_tl.workload.layer import Layer

Model = Literal["published", "rules", "detailed", "energy", "timeloop"]
MODELS: tuple[Model, ...] = ("published", "detailed", "energy", "timeloop")
"""What tables of designs list."""
SEEING: tuple[Model, ...] = (*MODELS, "rules")
"""What may see a parameter."""

WORDS: dict[Model, str] = {
    "published": "the published model",
    "rules": "the rules it was published by",
    "detailed": "the detailed model",
    "energy": "energy and area",
    "timeloop": "the Timeloop spec",
}

FULL_WEIGHT_BITS = 8
"""What any weight of a layer fits into."""


@cache
def acts_on(design: Design, name: str) -> tuple[Model, ...]:
    """The models that see a parameter: what they are given changes with it.

    Args:
        design: whose parameter it is.
        name: of the parameter.
    """
    before = _given(design)
    seen: set[Model] = set()
    in_templates = name in _template_variables(design)
    for other in _others(design, design.parameters[name]):
        try:
            one = design.with_(**{name: other})
            changed = _given(one)
        except InputError:  # a value that does not go with the others
            continue
        seen |= {model for model in before if changed[model] != before[model]}
        if "timeloop" not in seen and _seen_otherwise(one, design, in_templates):
            seen.add("timeloop")
    return tuple(model for model in SEEING if model in seen)


def unseen(design: Design, asked: Sequence[Model]) -> list[str]:
    """A line for each parameter that was set and that none of the models asked for sees.

    Also for one that they see and that costs nothing although hardware would.

    Args:
        design: with parameters that differ from the usual ones.
        asked: the models that count here; energy and area are not counted among them, and are
            said to see a parameter where they do.
    """
    lines = []
    for name, value in design.set_.items():
        sees = acts_on(design, name)
        if set(asked) & set(sees) - {"energy"}:
            if "energy" in asked and name in design.unpriced and value is not False:
                lines.append(f"{name}={plain(value)}: {design.unpriced[name]}")
            continue
        if "rules" in asked:
            lines.append(f"{name}={plain(value)} {_not_by_rules(sees)}")
            continue
        here = " and ".join(WORDS[model] for model in asked if model != "energy")
        if "energy" in asked and "energy" in sees:
            if here:
                lines.append(f"{name}={plain(value)} changes energy and area, not {here}")
            continue
        elsewhere = ", ".join(WORDS[model] for model in sees) or "nothing"
        lines.append(f"{name}={plain(value)} has no effect here; it acts on {elsewhere}")
    return lines


def _not_by_rules(sees: Sequence[Model]) -> str:
    """What is said of a parameter that the rules a design was published by do not see."""
    alone = "changes area alone" if "energy" in sees else "has no effect"
    where = "; accounting 'own' counts with it" if {"published", "energy"} & set(sees) else ""
    return f"{alone} by the rules it was published by{where}"


def repriced(design: Design) -> bool:
    """Whether it is other hardware than its class declares, under whatever name."""
    usual = design.with_(**{name: one.default for name, one in design.parameters.items()})
    return design.clock_MHz != usual.clock_MHz or design.parts() != usual.parts()


def odd(design: Design) -> list[str]:
    """What is odd in the data that a design's figures rest on, a line each."""
    remarks = list(design.chip.remarks())
    fixed = _unscaled(design)
    if not remarks:
        return fixed
    usual = design.with_(technology=ANCHOR_NM)
    drawn, before = (in_mW(one.chip.power) for one in (design, usual))
    return [
        *fixed,
        *remarks,
        f"so {design.name} draws {drawn:.0f} mW at {design.technology:g} nm, "
        f"{before:.0f} mW at {ANCHOR_NM:g} nm",
    ]


def _unscaled(design: Design) -> list[str]:
    """A line for each component of one's own that costs the same at every node."""
    if design.technology in (ANCHOR_NM, PLACEHOLDERS):
        return []
    lines = []
    for one in dict.fromkeys(_leaves(design.parts())):
        if type(one).__module__.startswith("loas_tl.") or one.own() == Own():
            continue
        if one.own() == replace(one, technology=ANCHOR_NM).own():
            lines.append(
                f"{one.kind} costs the same at {one.technology:g} nm as at {ANCHOR_NM:g} nm: its "
                "own() does not heed technology"
            )
    return list(dict.fromkeys(lines))


def _leaves(parts: Sequence[Part]) -> Iterator[Component]:
    """What parts are, and what those are made of."""
    for part in parts:
        yield part.component
        yield from _leaves(part.component.parts())


def idle(design: Design, extents: dict[str, int]) -> dict[str, str]:
    """By parameter: what of its units a layer leaves without work.

    Of PEs it is said where they were set, of timestep lanes always, also of those without work in
    the last of several passes.

    Args:
        design: with parameters that differ from the usual ones.
        extents: ``T``, ``M`` and ``N`` of the layer.
    """
    words = {"T": "timesteps", "M": "rows (M)", "N": "columns (N)"}
    lines = {}
    for name, extent in design.spread.items():
        value, there = int(getattr(design, name)), extents[extent]
        # Fewer rows than PEs are in the utilization, unless they were asked for.
        if (name in design.set_ or extent == "T") and value > there:
            lines[name] = f"{name}={value} for {there} {words[extent]}: {value - there} stand idle"
        elif extent == "T" and there % value:
            lines[name] = (
                f"{name}={value} for {there} {words[extent]}: {-(-there // value)} passes, "
                f"{value - there % value} stand idle in the last"
            )
    return lines


def narrow_weights(design: Design, layer: Layer) -> tuple[str, ...]:
    """What is to be said where weights are counted with fewer bits than they have.

    Args:
        design: with a ``weight_bits`` that was set, or the usual one, of which nothing is said.
        layer: its weights; 1 bit is taken to hold 1 and -1, 4 bits -8 to 8.
    """
    bits = design.weight_bits
    if "weight_bits" not in design.set_ or bits >= FULL_WEIGHT_BITS:
        return ()
    largest = max(int(layer.weights.max()), -int(layer.weights.min()))
    needed = max(largest - 1, 0).bit_length() + 1
    if needed <= bits:
        return ()
    return (
        f"weight_bits={bits}: weights reach {largest}, which takes {needed} bits; traffic is that "
        f"of {bits}, matches are those of the weights as they are",
    )


def _given(design: Design) -> dict[Model, Any]:
    """What each model is given of a design; two that are equal give equal results."""
    dataflow = design.dataflow()
    published: Dataflow | None
    if isinstance(dataflow, TiledAccelerator):
        published = dataflow.counted
    else:
        published = None if dataflow is None else replace(dataflow, name="", system=System())
    chip = design.parts() if design.technology > 0 else ()
    clock = design.clock_MHz
    return {
        "published": published,
        "rules": design.rules(),
        "detailed": _timed(dataflow),
        "energy": (chip, clock, design.pe() if chip else None),
    }


def _timed(dataflow: Dataflow | None) -> Dataflow | None:
    """What the detailed model reads of a dataflow: of a dense array's memory the HBM alone."""
    if dataflow is None:
        return None
    if isinstance(dataflow, OutputStationaryArray):
        hbm = System(
            dram_bytes_per_s=dataflow.system.dram_bytes_per_s, clock_hz=dataflow.system.clock_hz
        )
        return replace(dataflow, name="", system=hbm)
    return None if dataflow.machine is None else replace(dataflow, name="")


def _others(design: Design, one: Parameter) -> list[Value]:
    """Other values of a parameter, near and far."""
    now = getattr(design, one.name)
    if one.kind == "switch":
        return [not now]
    near = now if now is not None else _resolved(design, one.name)
    steps = [near * 2, near / 2, near + 1, near - 1, one.low, one.high]
    values = [int(step) if one.kind in ("whole", "node") else step for step in steps]
    return [value for value in values if one.low <= value <= one.high and value != now]


def _resolved(design: Design, name: str) -> float:
    """What an unset parameter comes to: a partition's share, or a typical layer's figure."""
    partition = name.removesuffix("_cache_KiB")
    if partition != name:
        return float(getattr(design, f"{partition}_KiB"))
    return float(design.typical.get(name, 1))


def _seen_otherwise(one: Design, other: Design, in_templates: bool) -> bool:
    """Whether Timeloop is told different things of two designs."""
    first, second = one.timeloop(), other.timeloop()
    if first is None or second is None:
        return False
    if (first.fine_tuned, first.dense_weights) != (second.fine_tuned, second.dense_weights):
        return True  # what is measured on a layer is not the same then
    return in_templates and _texts(one) != _texts(other)


@cache
def _template_variables(design: Design) -> frozenset[str]:
    """What its templates, and those they share with others, take from outside."""
    form = design.timeloop()
    if form is None:
        return frozenset()
    from loas_tl.timeloop.rendering.templates import variables_of

    return variables_of(form.architecture) | variables_of(form.mapping)


@cache
def _texts(design: Design) -> tuple[str, ...]:
    """Its templates filled in for a small layer and for one that fits in no cache."""
    from loas_tl.timeloop.rendering.measure import Measured
    from loas_tl.timeloop.rendering.render import template_variables
    from loas_tl.timeloop.rendering.templates import render_template

    form = design.timeloop_or_refuse()

    def text(size: int, path: Path) -> str:
        layer = Measured(6, size, size, 16 * size, 0.3, 0.2, 0.25)
        try:
            return render_template(path, template_variables(form, layer))
        except InputError as error:  # a size that it cannot be filled in for is an effect, too
            return str(error)

    return tuple(
        text(size, path) for size in (64, 4096) for path in (form.architecture, form.mapping)
    )
