"""Whole accelerators as compositions: the cache, the PEs, the switches, the neurons.

A design is a component like any other, so its area and its power are sums over its parts, and
``loas-tl energy`` prints them. Sources: hardware of LoAS (MICRO 2024, section V) and of its
baselines as that evaluation sized them: the same 256 KB cache, 16 PEs or an array of 64, two
16 x 16 switches (cache to PEs, cache to HBM, whose 16 channels are 64 bits wide), a neuron for
each of 16 outputs. LoAS alone compresses what it writes back. Schedulers are left out.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from loas_tl.components.baseline_pes import (
    GammaAnnPe,
    GammaSnnPe,
    GospaSnnPe,
    PtbPe,
    SpartenAnnPe,
    SpartenSnnPe,
    StellarPe,
)
from loas_tl.components.cache import FiberCacheBank
from loas_tl.components.circuits import PLifUnit, SpikeCompressor
from loas_tl.components.component import Act, Component, Part, attribute
from loas_tl.components.fabric import HbmChannel, SwizzleSwitchCrossbar
from loas_tl.components.pes import Tppe
from loas_tl.ground.errors import InputError

TOTAL = "total"


@dataclass(frozen=True, kw_only=True)
class Composition(Component):
    """An accelerator; ``cycle`` is an action of every part, for the power at full speed."""

    busy: ClassVar[str | None] = "cycle"
    pe_name: ClassVar[str] = "pe"

    timesteps: int = attribute(4, high=64, about="timesteps of the network")
    pes: int = attribute(16, high=4096, about="processing elements")
    cache_KiB: int = attribute(256, high=65536, about="KiB of global cache")  # noqa: N815
    cache_banks: int = attribute(16, high=1024, about="banks of the global cache")
    line_bits: int = attribute(256, high=8192, about="bits of an access to the cache")
    hbm_channels: int = attribute(16, high=1024, about="HBM channels")
    hbm_width: int = attribute(64, high=4096, about="bits of a channel and of a switch port")

    @property
    def lanes(self) -> int:
        """Outputs side by side, each with a switch port and a neuron: one a PE."""
        return self.pes

    def bank(self) -> FiberCacheBank:
        """A bank of the global cache."""
        return FiberCacheBank(
            width=self.line_bits,
            depth=max(self.cache_KiB * 8192 // self.line_bits, 1),
            n_banks=self.cache_banks,
            technology=self.technology,
        )

    def pe(self) -> Component:
        """A processing element."""
        raise NotImplementedError

    def neurons(self) -> tuple[Part, ...]:
        """What turns sums into spikes: one timestep after the other."""
        return (Part("lif_unit", PLifUnit(timesteps=1, technology=self.technology), self.lanes),)

    def parts(self) -> tuple[Part, ...]:
        """Cache, PEs, neurons, switches, and the channels of the HBM (off the chip)."""
        nm = self.technology
        to_pes = SwizzleSwitchCrossbar(
            inputs=self.cache_banks, outputs=self.lanes, width=self.hbm_width, technology=nm
        )
        to_hbm = SwizzleSwitchCrossbar(
            inputs=self.cache_banks, outputs=self.hbm_channels, width=self.hbm_width, technology=nm
        )
        return (
            Part("global_cache", self.bank(), self.cache_banks),
            Part(self.pe_name, self.pe(), self.pes),
            *self.neurons(),
            Part("crossbar_to_pes", to_pes),
            Part("crossbar_to_hbm", to_hbm),
            Part("hbm_channel", HbmChannel(width=self.hbm_width, technology=nm), self.hbm_channels),
        )

    def actions(self) -> Mapping[str, tuple[Act, ...]]:
        """Every part that is ever busy, once."""
        return {
            "cycle": tuple(
                Act(part.name, part.component.busy, part.count)
                for part in self.parts()
                if part.component.busy is not None
            )
        }


@dataclass(frozen=True, kw_only=True)
class LoasComposition(Composition):
    """LoAS: 16 TPPEs, 16 P-LIF units, a compressor behind each."""

    kind: ClassVar[str] = "LoAS"
    pe_name: ClassVar[str] = "tppe"

    chunk_bits: int = attribute(128, low=2, high=4096, about="bits of a bitmask chunk")
    weight_bits: int = attribute(8, high=64, about="bits of a weight")
    fifo_depth: int = attribute(8, high=65536, about="entries of each FIFO")
    laggy_adders: int = attribute(16, high=4096, about="adders of the laggy prefix-sum")
    accumulator_bits: int = attribute(12, high=64, about="bits of the pseudo-accumulator")
    correction_bits: int = attribute(10, high=64, about="bits of a correction accumulator")

    def pe(self) -> Tppe:
        """A TPPE."""
        return Tppe(
            timesteps=self.timesteps,
            chunk_bits=self.chunk_bits,
            weight_bits=self.weight_bits,
            fifo_depth=self.fifo_depth,
            laggy_adders=self.laggy_adders,
            accumulator_bits=self.accumulator_bits,
            correction_bits=self.correction_bits,
            technology=self.technology,
        )

    def neurons(self) -> tuple[Part, ...]:
        """P-LIF units and compressors, one of each for a TPPE."""
        nm = self.technology
        neuron = PLifUnit(timesteps=self.timesteps, width=self.accumulator_bits, technology=nm)
        compressor = SpikeCompressor(
            chunk_bits=self.chunk_bits,
            adders=self.laggy_adders,
            timesteps=self.timesteps,
            technology=nm,
        )
        return (
            Part("p_lif_unit", neuron, self.lanes),
            Part("spike_compressor", compressor, self.lanes),
        )


@dataclass(frozen=True, kw_only=True)
class SpartenSnnComposition(Composition):
    """SparTen-SNN: 16 PEs with one prefix-sum."""

    kind: ClassVar[str] = "SparTen-SNN"

    def pe(self) -> SpartenSnnPe:
        """A PE for spikes."""
        return SpartenSnnPe(timesteps=self.timesteps, technology=self.technology)


@dataclass(frozen=True, kw_only=True)
class SpartenAnnComposition(Composition):
    """SparTen for activations of 8 bits: 16 PEs with two prefix-sums, no neurons."""

    kind: ClassVar[str] = "SparTen-ANN"

    timesteps: int = attribute(1, high=1, about="an ANN has no timesteps")

    def pe(self) -> SpartenAnnPe:
        """A PE with a multiplier."""
        return SpartenAnnPe(technology=self.technology)

    def neurons(self) -> tuple[Part, ...]:
        """None; a rectifier is a gate."""
        return ()


@dataclass(frozen=True, kw_only=True)
class GospaSnnComposition(Composition):
    """GoSPA-SNN: 1,024 accumulators in 16 columns."""

    kind: ClassVar[str] = "GoSPA-SNN"

    def pe(self) -> GospaSnnPe:
        """A column of 64 accumulators and a sixteenth of the FIFOs."""
        return GospaSnnPe(timesteps=self.timesteps, technology=self.technology)


@dataclass(frozen=True, kw_only=True)
class GammaSnnComposition(Composition):
    """Gamma-SNN: 16 PEs with a merger each."""

    kind: ClassVar[str] = "Gamma-SNN"

    def pe(self) -> GammaSnnPe:
        """A PE with a merger."""
        return GammaSnnPe(technology=self.technology)


@dataclass(frozen=True, kw_only=True)
class GammaAnnComposition(Composition):
    """Gamma for values of 8 bits: 16 PEs with a merger and a multiplier each, no neurons."""

    kind: ClassVar[str] = "Gamma-ANN"

    timesteps: int = attribute(1, high=1, about="an ANN has no timesteps")

    def pe(self) -> GammaAnnPe:
        """A PE with a merger and a multiplier."""
        return GammaAnnPe(technology=self.technology)

    def neurons(self) -> tuple[Part, ...]:
        """None; a rectifier is a gate."""
        return ()


@dataclass(frozen=True, kw_only=True)
class _DenseComposition(Composition):
    pes: int = attribute(64, high=4096, about="processing elements, of an output's timestep each")

    @property
    def lanes(self) -> int:
        """Outputs of which all timesteps are worked on at once."""
        return max(self.pes // self.timesteps, 1)


@dataclass(frozen=True, kw_only=True)
class PtbComposition(_DenseComposition):
    """PTB: 16 pixels by 4 timesteps."""

    kind: ClassVar[str] = "PTB"

    def pe(self) -> PtbPe:
        """A pixel in a timestep."""
        return PtbPe(technology=self.technology)


@dataclass(frozen=True, kw_only=True)
class StellarComposition(_DenseComposition):
    """Stellar: 4 x 4 outputs, each with 4 timesteps."""

    kind: ClassVar[str] = "Stellar"

    def pe(self) -> StellarPe:
        """An output in a timestep."""
        return StellarPe(technology=self.technology)


COMPOSITIONS: tuple[type[Composition], ...] = (
    LoasComposition,
    SpartenSnnComposition,
    SpartenAnnComposition,
    GospaSnnComposition,
    GammaSnnComposition,
    GammaAnnComposition,
    PtbComposition,
    StellarComposition,
)

PUBLISHED_POWER_MW: dict[str, dict[str, float]] = {
    "LoAS": {TOTAL: 188.9, "global_cache": 124.5, "tppe": 45.1},
}
"""Published powers in mW (LoAS, MICRO 2024, section V), of all instances of a part."""

PUBLISHED_AREA_MM2: dict[str, dict[str, float]] = {
    "LoAS": {TOTAL: 2.08, "global_cache": 0.80},
}
"""Published areas in mm2, at second hand."""

# One hardware under several names: the network or the dataflow differs.
ALIASES = {
    "LoAS-FT": "LoAS",
    "LoAS N-major": "LoAS",
    "SparTen": "SparTen-ANN",
    "Gamma": "Gamma-ANN",
}


def names() -> list[str]:
    """Names of all accelerators that have a composition."""
    return [design.kind for design in COMPOSITIONS] + list(ALIASES)


def find(name: str) -> type[Composition]:
    """The composition of an accelerator; case, spaces and dashes do not matter.

    Raises:
        InputError: where there is none; the message lists those there are.
    """
    by_key = {_key(design.kind): design for design in COMPOSITIONS}
    by_key |= {_key(alias): by_key[_key(kind)] for alias, kind in ALIASES.items()}
    found = by_key.get(_key(name))
    if found is None:
        raise InputError(f"unknown accelerator {name!r}; expected one of {', '.join(names())}")
    return found


def _key(name: str) -> str:
    return "".join(character for character in name.lower() if character.isalnum())
