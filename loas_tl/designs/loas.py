"""LoAS: packed spikes, all timesteps at once (MICRO 2024, sections IV and V)."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any, ClassVar

from loas_tl.components.circuits import PLifUnit, SpikeCompressor
from loas_tl.components.component import Part
from loas_tl.components.pes import Tppe
from loas_tl.components.primitives import Register
from loas_tl.designs.design import Design
from loas_tl.designs.figures import PublishedFigures
from loas_tl.designs.parameter import Value, parameter, plain
from loas_tl.designs.readings import FETCH_CYCLES, TO_FETCH, UNDER, Reading
from loas_tl.ground.errors import InputError
from loas_tl.ground.kib import BITS_PER_KIB
from loas_tl.models.dataflow import DRAM, FILL, READ, Charge, TiledAccelerator
from loas_tl.models.machine import InnerJoin, Laggy

FINE_TUNED = "whether the network is fine-tuned: a neuron that fires once counts as silent"


@dataclass(frozen=True, kw_only=True)
class _Loas(Design):
    """What LoAS is whichever operand its TPPEs keep."""

    pe_name: ClassVar[str] = "tppe"
    passing_key: ClassVar[str] = ""
    unpriced: ClassVar[dict[str, str]] = {
        **Design.unpriced,
        "overlapped": "the second buffer for each bitmask costs nothing",
    }
    readings: ClassVar[dict[Reading, dict[str, Value]]] = {
        "claimed": {"fetch_cycles": 1, "overlapped": True, "laggy_hidden": True},
        "literal": {"fetch_cycles": 1, "skip_empty": False},
    }
    published: ClassVar[PublishedFigures | None] = PublishedFigures(
        compute=5.8,
        leakage_mW=124.98,
        area_mm2={"total": 2.08, "global_cache": 0.80, "tppe": 0.96, "p_lif_unit": 0.02},
        power_mW={"total": 188.9, "global_cache": 124.5, "tppe": 45.1, "p_lif_unit": 1.2},
    )

    pes: int = parameter(
        16, 1, 1024, "TPPEs", about="temporal-parallel PEs side by side, a fiber each"
    )
    timesteps: int = parameter(4, 1, 64, "lanes", about="timesteps that a TPPE accumulates at once")
    chunk_bits: int = parameter(
        128, 8, 1024, "bits", about="positions of a bitmask that the prefix-sums see at once"
    )
    accumulator_bits: int = parameter(12, 4, 32, "bits", about="pseudo-accumulator")
    correction_bits: int = parameter(
        10, 4, 32, "bits", about="correction accumulator; one a timestep"
    )
    laggy_adders: int = parameter(
        16,
        1,
        1024,
        "adders",
        about="of the laggy prefix-sum: chunk_bits over laggy_adders cycles a chunk",
    )
    fifo_depth: int = parameter(
        8, 1, 256, "entries", about="of the FIFOs for matched positions and for weights"
    )
    offset_buffers: int = parameter(
        1, 1, 64, "chunks", about="whose offsets the laggy prefix-sum can hold"
    )
    skip_empty: bool = parameter(True, about="whether a chunk without a match is passed over")
    lookup: bool = parameter(
        False,
        about="whether a population count looks up matched positions alone, one a cycle, in place "
        "of the laggy prefix-sum",
    )
    laggy_hidden: bool = parameter(
        False, about="whether the laggy prefix-sum and the corrections never hold up a match"
    )
    fetch_cycles: int = parameter(FETCH_CYCLES, 1, 64, "cycles", about=TO_FETCH)
    overlapped: bool = parameter(False, about=UNDER)
    weight_buffer: int = parameter(128, 1, 4096, "weights", about="weight buffer of a TPPE")
    corrections: float | None = parameter(
        None,
        0,
        1,
        "share",
        about="bits of a matched packed word that are 0: corrections a lane and match; "
        "measured on the layer unless given",
        kind="number",
    )
    fine_tuned: bool = parameter(False, about=FINE_TUNED)

    def check(self) -> None:
        """A prefix-sum has an adder for each bit of its chunk at most; the passing tile fits."""
        if self.laggy_adders > self.chunk_bits:
            raise InputError(
                f"is {self.laggy_adders}; expected at most the {self.chunk_bits} of chunk_bits",
                key=f"{self.name}.laggy_adders",
            )
        which, extent, partition, bits = self.passing_tile
        room, tile = int(partition * BITS_PER_KIB), extent * self.chunk_bits * bits
        if tile > room:
            raise InputError(
                f"is {extent}; expected a tile of {which}, {extent} x {self.chunk_bits} of {bits} "
                f"bits, that fits in the {plain(partition)} KiB of {which}_cache_KiB",
                key=f"{self.name}.{self.passing_key}",
            )

    def _dataflow(self, **own: Any) -> TiledAccelerator:
        """The dataflow with what both kinds have in common."""
        return TiledAccelerator(
            name=self.label,
            operand="packed-ft" if self.fine_tuned else "packed",
            tile_k=self.chunk_bits,
            once=(Charge("spikes", "T", DRAM, x="nnz"), Charge("metadata", 1, DRAM, x="numel")),
            x_miss=(Charge("spikes", "T", FILL, x="nnz"), Charge("metadata", 1, FILL, x="numel")),
            w_miss=(
                Charge("weights", self.weight_bits, FILL, w="nnz"),
                Charge("metadata", 1, FILL, w="numel"),
            ),
            timesteps=self.timesteps,
            weight_bits=self.weight_bits,
            pointer_bits=self.pointer_bits,
            machine=self.machine,
            system=self.system,
            **own,
        )

    @property
    def passing_tile(self) -> tuple[str, int, Fraction, int]:
        """The operand that passes by: its partition, its extent beside K, and bits of a value."""
        raise NotImplementedError

    @property
    def machine(self) -> InnerJoin:
        """The inner-join unit of a TPPE."""
        return InnerJoin(
            chunk=self.chunk_bits,
            fetch_cycles=self.fetch_cycles,
            overlapped=self.overlapped,
            laggy=Laggy(
                adders=self.laggy_adders,
                fifo_depth=self.fifo_depth,
                offset_buffers=self.offset_buffers,
                skip_empty=self.skip_empty,
                hidden=self.laggy_hidden,
                lookup=self.lookup,
            ),
            compress=True,
        )

    def pe(self) -> Tppe:
        """A TPPE."""
        return Tppe(
            timesteps=self.timesteps,
            chunk_bits=self.chunk_bits,
            weight_bits=self.weight_bits,
            weight_buffer=self.weight_buffer,
            fifo_depth=self.fifo_depth,
            laggy_adders=self.laggy_adders,
            accumulator_bits=self.accumulator_bits,
            correction_bits=self.correction_bits,
            offset_buffers=self.offset_buffers,
            lookup=self.lookup,
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

    def left_out(self) -> tuple[Part, ...]:
        """The spikes' bitmask lies in the cache of the spec, and not in the TPPEs as well."""
        mask = Register(width=self.chunk_bits, technology=self.technology)
        return (Part("tppe.bitmask_buffer of spikes", mask, self.pes), *self.crossbars())

    @property
    def typical(self) -> dict[str, Value]:
        """Corrections of a layer as the published networks have them."""
        return {"corrections": 0.27}


@dataclass(frozen=True, kw_only=True)
class Loas(_Loas):
    """LoAS: rows of packed spikes on temporal-parallel PEs, weights passing by."""

    templates: ClassVar[str | None] = "loas"
    spread: ClassVar[dict[str, str]] = {"pes": "M", "timesteps": "T"}

    name: str = "LoAS"
    about: str = "packed spikes, inner join with one fast and one laggy prefix-sum, rows on TPPEs"

    passing_key: ClassVar[str] = "tile_n"

    tile_n: int = parameter(32, 1, 4096, "columns", about="weight columns in the cache at a time")

    @property
    def passing_tile(self) -> tuple[str, int, Fraction, int]:
        """The weights."""
        return "weight", self.tile_n, self.weight_KiB, self.weight_bits

    def dataflow(self) -> TiledAccelerator:
        """Rows of P on the TPPEs; tiles of weights stream past them."""
        return self._dataflow(
            loop_order="mntk",
            tile_m=self.pes,
            tile_n=self.tile_n,
            lanes="m",
            x_buffer=self.holds(131_072, "input", self.timesteps, 4),
            w_buffer=self.chunk_bits * self.tile_n,
            x_change=(Charge("metadata", 1, READ, x="numel"),),
            step=(
                Charge("weights", self.weight_bits, READ, w="nnz"),
                Charge("metadata", 1, READ, w="numel"),
            ),
            match=(Charge("spikes", "T", READ),),
        )


@dataclass(frozen=True, kw_only=True)
class LoasFt(Loas):
    """LoAS on a fine-tuned network."""

    name: str = "LoAS-FT"
    about: str = "LoAS on a network fine-tuned so that a neuron firing once counts as silent"

    fine_tuned: bool = parameter(True, about=FINE_TUNED)


@dataclass(frozen=True, kw_only=True)
class LoasNMajor(_Loas):
    """LoAS with columns of the weights on the TPPEs, weights resident."""

    spread: ClassVar[dict[str, str]] = {"pes": "N", "timesteps": "T"}

    name: str = "LoAS N-major"
    about: str = "LoAS with columns of the weights on the TPPEs, weights resident"

    passing_key: ClassVar[str] = "tile_m"

    tile_m: int = parameter(32, 1, 4096, "rows", about="rows of spikes in the cache at a time")

    @property
    def passing_tile(self) -> tuple[str, int, Fraction, int]:
        """The spikes."""
        return "input", self.tile_m, self.input_KiB, self.timesteps

    def dataflow(self) -> TiledAccelerator:
        """Columns of W on the TPPEs; tiles of spikes stream past them."""
        return self._dataflow(
            loop_order="nmtk",
            tile_m=self.tile_m,
            tile_n=self.pes,
            lanes="n",
            x_buffer=self.tile_m * self.chunk_bits,
            w_buffer=self.holds(131_072, "weight", self.weight_bits, 8),
            w_change=(Charge("metadata", 1, READ, w="numel"),),
            step=(Charge("spikes", "T", READ, x="nnz"), Charge("metadata", 1, READ, x="numel")),
            match=(Charge("weights", self.weight_bits, READ),),
        )


LOAS = Loas()

LOAS_FT = LoasFt()

LOAS_N_MAJOR = LoasNMajor()
