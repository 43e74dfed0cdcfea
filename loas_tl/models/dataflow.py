"""What the published and the detailed model need to be told of an accelerator, as data.

A tiled (dual-sparse) accelerator is one :class:`TiledAccelerator`; the walk over its tiles in
``loas_tl.models.published`` is the same for all of them. A dense output-stationary array is one
:class:`OutputStationaryArray`. A design (``loas_tl.designs``) computes either from its parameters.

Source: LoAS (MICRO 2024), section V, for its baselines as well; PTB (HPCA 2022) for dense arrays.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import prod
from typing import TYPE_CHECKING, Any, Literal, Protocol, get_args

from loas_tl.ground.errors import InputError
from loas_tl.models.machine import PUBLISHED_SYSTEM, Machine, System

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from loas_tl.workload.layer import Layer

Operand = Literal["packed", "packed-ft", "per-timestep", "unrolled"]
"""The spike operand: P, P after fine-tuning (both as tensors of one timestep), X itself, or X with
the rows of all timesteps in one matrix, pixel by pixel."""

Kind = Literal["spikes", "weights", "metadata", "psums"]
"""What a bit of traffic is; metadata are bitmasks and coordinates."""

Memory = Literal["dram", "sram_read", "sram_write"]

TileCount = Literal["one", "nnz", "numel", "rows", "cols", "nonzero_cols"]
"""A number that a tile has: 1, non-zero elements, elements, extents, columns that are not empty."""

Held = Literal["nnz", "numel"]
"""What of a tile takes room: its non-zeros, or all its elements."""

FILL: tuple[Memory, ...] = ("dram", "sram_write")
"""Moved in from DRAM: counted there and as a write of the on-chip buffer."""
READ: tuple[Memory, ...] = ("sram_read",)
UPDATE: tuple[Memory, ...] = ("sram_read", "sram_write")
"""Read and written back, so counted twice."""
DRAM: tuple[Memory, ...] = ("dram",)

KINDS: tuple[Kind, ...] = ("spikes", "weights", "metadata", "psums")
MEMORIES: tuple[Memory, ...] = ("dram", "sram_read", "sram_write")


@dataclass(frozen=True)
class Charge:
    """Traffic of ``bits * x * w``, where x and w are counts of the spike and the weight tile.

    Attributes:
        kind: what moves.
        bits: width of one element; ``"T"`` is the packed word of T bits.
        to: the memories it is charged to.
        x, w: which count of the spike tile and of the weight tile it is proportional to.

    >>> import loas_tl
    >>> from loas_tl.models.dataflow import FILL
    >>> spikes = loas_tl.Charge("spikes", "T", FILL, x="nnz")  # packed words of a tile
    >>> spikes.width(timesteps=4), spikes.to
    (4, ('dram', 'sram_write'))
    """

    kind: Kind
    bits: int | Literal["T"]
    to: tuple[Memory, ...]
    x: TileCount = "one"
    w: TileCount = "one"

    def width(self, timesteps: int) -> int:
        """Bits of one element.

        Args:
            timesteps: that a packed word has.

        Returns:
            Its width in bits.
        """
        return timesteps if self.bits == "T" else self.bits

    def check(self, where: str) -> None:
        """Refuse what no charge can be.

        Args:
            where: it stands, for the message.

        Raises:
            InputError: for an unknown kind, memory or count, or a width below 0.
        """
        for key, value, choices in (
            ("kind", self.kind, KINDS),
            ("x", self.x, get_args(TileCount)),
            ("w", self.w, get_args(TileCount)),
            *(("to", memory, MEMORIES) for memory in self.to),
        ):
            if value not in choices:
                raise InputError(
                    f"{where}: {key} is {value!r}; expected one of {', '.join(choices)}"
                )
        if self.bits != "T" and not (isinstance(self.bits, int) and self.bits >= 0):
            raise InputError(f"{where}: bits is {self.bits!r}; expected 'T', or 0 or more")


class TileError(InputError):
    """A buffer that a full tile does not fit in.

    Attributes:
        buffer: ``"x_buffer"`` or ``"w_buffer"``.
    """

    def __init__(self, problem: str, buffer: str) -> None:
        super().__init__(problem)
        self.buffer = buffer


class Latency(Protocol):
    """How long an accelerator takes whose time is not the matches of its slowest PE.

    Two that are equal answer the same; a frozen dataclass is.
    """

    def __call__(
        self, accelerator: TiledAccelerator, spikes: NDArray[Any], layer: Layer
    ) -> tuple[int, int]:
        """Cycles and computes (actions of its PEs) of a layer.

        Args:
            accelerator: the declaration, for its tiles.
            spikes: the spike operand, ``[depth, rows, K]``.
            layer: that it is of, for its weights.

        Returns:
            Both, cycles first.
        """


@dataclass(frozen=True)
class TiledAccelerator:
    """A dual-sparse accelerator that walks pairs of a spike tile and a weight tile.

    Attributes:
        name: what results call it.
        operand: what x is.
        loop_order: a permutation of ``"tmnk"``, outermost first.
        tile_m, tile_k, tile_n: extents of the tiles x[tile_m, tile_k] and w[tile_k, tile_n].
        lanes: what the PEs share out, one PE each: rows ``"m"`` of x or columns ``"n"`` of w.
        x_buffer, w_buffer: capacity of each operand's buffer in what ``x_held`` and ``w_held`` say;
            of packed words those of ``timesteps`` bits.
        x_held, w_held: what of a tile takes room in its buffer: its non-zeros, or all its elements.
        once: charged once a layer (counts are those of the whole x), as the published evaluation
            charges what the layer before wrote back: its spikes, which are this layer's x.
        x_miss, w_miss: charged when the operand's tile is not in its buffer.
        x_change, w_change: charged when the operand's tile differs from the step before.
        step: charged at every pair of tiles.
        match: charged for every match.
        timesteps: that a packed word has at most; a layer of more is walked in several passes,
            words of so many timesteps each. None is as many as the layer has.
        weight_bits: of a weight in the cache, for the detailed model; traffic is in the charges.
        pointer_bits: of a fiber's pointer, for the detailed model.
        machine: the processing elements, for the detailed model; None where they are not known.
        system: the memory around them, for the detailed model.
        latency: cycles and computes; None where a pair of tiles takes the most matches of any PE.
        units: processing elements; None where there is one a lane.

    Raises:
        InputError: naming the attribute, where it cannot be.

    >>> import loas_tl
    >>> loas = loas_tl.design("LoAS").dataflow()
    >>> isinstance(loas, loas_tl.TiledAccelerator)
    True
    >>> loas.operand, loas.loop_order, loas.pes, loas.word(timesteps=4)
    ('packed', 'mntk', 16, 4)
    """

    name: str
    operand: Operand
    loop_order: str
    tile_m: int
    tile_k: int
    tile_n: int
    lanes: Literal["m", "n"]
    x_buffer: int
    w_buffer: int
    once: tuple[Charge, ...] = ()
    x_miss: tuple[Charge, ...] = ()
    w_miss: tuple[Charge, ...] = ()
    x_change: tuple[Charge, ...] = ()
    w_change: tuple[Charge, ...] = ()
    step: tuple[Charge, ...] = ()
    match: tuple[Charge, ...] = ()
    timesteps: int | None = None
    weight_bits: int = 8
    pointer_bits: int = 32
    machine: Machine | None = None
    system: System = PUBLISHED_SYSTEM
    x_held: Held = "nnz"
    w_held: Held = "nnz"
    latency: Latency | None = None
    units: int | None = None

    def __post_init__(self) -> None:
        if sorted(self.loop_order) != sorted("tmnk"):
            raise self._wrong("loop_order", "an order of 'tmnk'")
        if self.operand not in get_args(Operand):
            raise self._wrong("operand", f"one of {', '.join(get_args(Operand))}")
        for key in ("x_held", "w_held"):
            if getattr(self, key) not in get_args(Held):
                raise self._wrong(key, f"one of {', '.join(get_args(Held))}")
        if self.lanes not in ("m", "n"):
            raise self._wrong("lanes", "m (rows of x) or n (columns of w)")
        for key in ("tile_m", "tile_k", "tile_n"):
            if getattr(self, key) < 1:
                raise self._wrong(key, "1 or more")
        if self.timesteps is not None and self.timesteps < 1:
            raise self._wrong("timesteps", "1 or more")
        for key in ("once", "x_miss", "w_miss", "x_change", "w_change", "step", "match"):
            for charge in getattr(self, key):
                charge.check(f"{self.name}: {key}")
        # A tile that cannot fit would evict everything and still not be resident.
        for key, numel in (
            ("x_buffer", self.tile_m * self.tile_k),
            ("w_buffer", self.tile_k * self.tile_n),
        ):
            if getattr(self, key) < numel:
                wrong = self._wrong(key, f"room for a full tile of {numel} non-zeros")
                raise TileError(str(wrong), key)

    def _wrong(self, key: str, expected: str) -> InputError:
        return InputError(f"{self.name}: {key} is {getattr(self, key)!r}; expected {expected}")

    @property
    def counted(self) -> TiledAccelerator:
        """What the published model reads of it: accelerators of which it is equal count alike.

        Widths in the cache are read by the detailed model alone; traffic is in the charges.
        """
        usual = PUBLISHED_SYSTEM
        return replace(self, name="", machine=None, weight_bits=8, pointer_bits=32, system=usual)

    @property
    def pes(self) -> int:
        """Processing elements: one a lane, unless it is said."""
        if self.units is not None:
            return self.units
        return self.tile_m if self.lanes == "m" else self.tile_n

    def word(self, timesteps: int) -> int:
        """Timesteps of one packed word.

        Args:
            timesteps: that the layer has.

        Returns:
            As many, or what the hardware has at most.
        """
        return timesteps if self.timesteps is None else min(timesteps, self.timesteps)

    def x_capacity(self, timesteps: int) -> int:
        """Elements that the spike operand's buffer holds.

        Of narrower words than the hardware has lanes more fit.

        Args:
            timesteps: that the layer has.

        Returns:
            The number of elements.
        """
        if self.timesteps is None or self.operand == "per-timestep":
            return self.x_buffer
        return self.x_buffer * self.timesteps // self.word(timesteps)


@dataclass(frozen=True)
class OutputStationaryArray:
    """A dense SNN accelerator: a systolic array that keeps outputs and streams K past them.

    Attributes:
        name: what results call it.
        pixels, channels, timesteps: outputs that one fold computes; ``timesteps=None`` is all.
        skew: cycles to fill and drain the array, added to the K of each fold.
        kept: share of the work that remains after spike skipping.
        spikes_read: share of the spike vectors that are read all the same.
        on_chip_bytes: on-chip memory; an operand that fits in it moves from DRAM only once.
        weight_bits: of a weight.
        system: the memory around it, for the detailed model.

    Raises:
        InputError: naming the attribute, where it cannot be.

    >>> import loas_tl
    >>> array = loas_tl.design("PTB").dataflow()
    >>> isinstance(array, loas_tl.OutputStationaryArray)
    True
    >>> array.pixels, array.channels, array.timesteps, array.kept
    (16, 1, 4, 1.0)
    """

    name: str
    pixels: int
    channels: int
    timesteps: int | None
    skew: int
    kept: float
    on_chip_bytes: int
    weight_bits: int = 8
    system: System = PUBLISHED_SYSTEM
    spikes_read: float = 1.0

    def __post_init__(self) -> None:
        for key, low in (("pixels", 1), ("channels", 1), ("skew", 0), ("on_chip_bytes", 1)):
            if getattr(self, key) < low:
                raise self._wrong(key, f"{low} or more")
        if self.timesteps is not None and self.timesteps < 1:
            raise self._wrong("timesteps", "1 or more")
        if not 0 < self.kept <= 1:
            raise self._wrong("kept", "a share above 0, at most 1")
        if not 0 < self.spikes_read <= 1:
            raise self._wrong("spikes_read", "a share above 0, at most 1")

    def _wrong(self, key: str, expected: str) -> InputError:
        return InputError(f"{self.name}: {key} is {getattr(self, key)!r}; expected {expected}")

    def pes(self, timesteps: int) -> int:
        """Processing elements, of an output's timestep each.

        Args:
            timesteps: that the layer has.

        Returns:
            How many there are.
        """
        return prod((self.pixels, self.channels, self.timesteps or timesteps))


Dataflow = TiledAccelerator | OutputStationaryArray
