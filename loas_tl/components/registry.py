"""Every component by the class name that specs give it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from loas_tl.components import baseline_pes, buffers, cache, circuits, fabric, pes, primitives
from loas_tl.components.component import Component, build
from loas_tl.ground.errors import InputError

PRIMITIVES: tuple[type[Component], ...] = (
    primitives.Multiplier,
    primitives.Accumulator,
    primitives.Adder,
    primitives.Register,
    primitives.Comparator,
    primitives.Fifo,
    primitives.Scratchpad,
)
CIRCUITS: tuple[type[Component], ...] = (
    circuits.FastPrefixSum,
    circuits.LaggyPrefixSum,
    circuits.PseudoAccumulator,
    circuits.CorrectionAccumulator,
    circuits.PLifUnit,
    circuits.SpikeCompressor,
)
MEMORIES: tuple[type[Component], ...] = (
    buffers.PeRegisterFile,
    buffers.PeScratchpad,
    buffers.PackedSpikeBuffer,
    buffers.AccumulatorBank,
    cache.FiberCache,
    cache.FiberCacheBank,
)
FABRIC: tuple[type[Component], ...] = (fabric.SwizzleSwitchCrossbar, fabric.HbmChannel)
PES: tuple[type[Component], ...] = (
    pes.InnerJoinUnit,
    pes.Tppe,
    baseline_pes.SpartenSnnPe,
    baseline_pes.SpartenAnnPe,
    baseline_pes.GospaSnnArray,
    baseline_pes.GospaSnnPe,
    baseline_pes.GammaSnnPe,
    baseline_pes.GammaAnnPe,
    baseline_pes.PtbPe,
    baseline_pes.StellarPe,
)
COMPONENTS = (*PRIMITIVES, *CIRCUITS, *MEMORIES, *FABRIC, *PES)

BY_KIND: dict[str, type[Component]] = {one.kind: one for one in COMPONENTS}


def component(kind: str, attributes: Mapping[str, Any]) -> Component:
    """A component of a class by name; attributes that the class does not have are left aside.

    Raises:
        InputError: where there is no such class, or an attribute is missing or cannot be used;
            the message names class and attribute.
    """
    found = BY_KIND.get(kind)
    if found is None:
        raise InputError(f"no component class {kind!r}; expected one of {', '.join(BY_KIND)}")
    return build(found, attributes)
