"""Every component by the class name that specs give it.

:data:`COMPONENTS` are this package's own, which its plug-ins give to Accelergy; :data:`USUAL` are
the classes that Accelergy's own plug-ins price, which an engine without Accelergy needs models of.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from typing import Any

from loas_tl.components import (
    baseline_pes,
    buffers,
    cache,
    circuits,
    fabric,
    pes,
    primitives,
    spike_pes,
)
from loas_tl.components.component import Component, build
from loas_tl.components.usual import (
    arithmetic,
    dram,
    library,
    memories,
    registers,
    smartbuffers,
    wiring,
)
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
    circuits.PopulationCount,
    circuits.PseudoAccumulator,
    circuits.CorrectionAccumulator,
    circuits.PLifUnit,
    circuits.SpikeCompressor,
    spike_pes.ProductSparsityDetector,
    spike_pes.PatternMatcher,
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
    spike_pes.SpikeAdderPe,
    spike_pes.ColumnPe,
)
COMPONENTS = (*PRIMITIVES, *CIRCUITS, *MEMORIES, *FABRIC, *PES)

USUAL: tuple[type[Component], ...] = (
    dram.Dram,
    memories.Sram,
    smartbuffers.SmartbufferSram,
    smartbuffers.SmartbufferRf,
    smartbuffers.SmartbufferMetadata,
    smartbuffers.RegfileMetadata,
    registers.RegisterFile,
    registers.Reg,
    registers.Fifo,
    registers.Counter,
    registers.Comparator,
    arithmetic.IntMac,
    arithmetic.IntAdder,
    arithmetic.IntMultiplier,
    arithmetic.FpMac,
    arithmetic.FpAdder,
    arithmetic.FpMultiplier,
    arithmetic.Bitwise,
    wiring.Crossbar,
    wiring.Wire,
    library.LibraryAdder,
    library.LibraryMultiplier,
    library.LibraryRegister,
    library.LibraryComparator,
    library.LibraryCounter,
    library.DummyStorage,
    library.DummyCompute,
)

BY_KIND: dict[str, type[Component]] = {one.kind: one for one in (*USUAL, *COMPONENTS)}

ALIASES = {"dram": "DRAM", "sram": "SRAM"}
"""Other names that Accelergy's plug-ins take a class by."""


def find(kind: str) -> type[Component] | None:
    """The component of a class name, None where there is none."""
    return BY_KIND.get(ALIASES.get(kind, kind))


def unknown(kind: str, others: Iterable[str] = ()) -> InputError:
    """That there is no such class, and the nearest there are.

    Args:
        kind: the class.
        others: names of classes beside those of this package.
    """
    others = list(others)
    close = difflib.get_close_matches(kind, [*others, *BY_KIND], 2, 0.6)
    hint = f" (did you mean {' or '.join(close)}?)" if close else ""
    here = f"{', '.join(others)}, or of " if others else ""
    return InputError(
        f"no component class {kind!r}{hint}; expected one of {here}those that "
        "`loas-tl energy --classes` lists"
    )


def component(kind: str, attributes: Mapping[str, Any]) -> Component:
    """A component of a class by name; attributes that the class does not have are left aside.

    Raises:
        InputError: where there is no such class, or an attribute is missing or cannot be used;
            the message names class and attribute.
    """
    found = find(kind)
    if found is None:
        raise unknown(kind)
    return build(found, attributes)
