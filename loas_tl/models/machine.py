"""What the detailed model needs to know of an accelerator's processing elements, as data.

Three machines cover the dual-sparse accelerators: an array of inner-join units (LoAS, SparTen), an
ID generator that feeds accumulators through FIFOs (GoSPA), and mergers of weight rows (Gamma).
What the machines have in common, the cache banks, the crossbars and the HBM, is a
:class:`System`.

Source: LoAS (MICRO 2024), sections IV and V; SparTen (MICRO 2019), GoSPA (ISCA 2021), Gamma
(ASPLOS 2021).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from loas_tl.ground.errors import InputError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


@dataclass(frozen=True)
class System:
    """The memory system that all accelerators share (LoAS, MICRO 2024, section V and Table III).

    Attributes:
        banks: of the global cache; each serves one line a cycle, lines are interleaved over them.
        line_bytes: of the cache; what one access moves, and what a crossbar port takes a cycle.
        dram_bytes_per_s: bandwidth of the HBM, in bytes a second.
        clock_hz: of the accelerator, in Hz.

    Raises:
        InputError: where a number is not above 0.
    """

    banks: int = 16
    line_bytes: int = 32
    dram_bytes_per_s: float = 128e9
    clock_hz: float = 800e6

    def __post_init__(self) -> None:
        for key in ("banks", "line_bytes", "dram_bytes_per_s", "clock_hz"):
            if not getattr(self, key) > 0:
                raise InputError(f"{key} is {getattr(self, key)}; expected a number above 0")

    @property
    def line_bits(self) -> int:
        """Bits of a cache line."""
        return 8 * self.line_bytes

    @property
    def dram_bits_per_cycle(self) -> float:
        """Bits that the HBM moves in a clock cycle."""
        return 8 * self.dram_bytes_per_s / self.clock_hz

    def lines(self, bits: NDArray[np.int64]) -> NDArray[np.int64]:
        """Cache lines that hold so many bits, from the start of a line on.

        Args:
            bits: ``int64[...]``.

        Returns:
            ``int64[...]`` of the same shape.
        """
        return -(-bits // self.line_bits)


PUBLISHED_SYSTEM = System()


@dataclass(frozen=True)
class Laggy:
    """A laggy prefix-sum and the FIFOs in front of it (LoAS, MICRO 2024, section IV-C).

    Attributes:
        adders: it finds the offsets of a chunk in ``ceil(chunk / adders)`` cycles.
        fifo_depth: entries of FIFO-mp (matched positions) and of FIFO-B (weights), which are
            pushed and popped together.
        offset_buffers: chunks whose offsets it can hold. The 128-bit buffer of the paper has room
            for one (16 groups of 8 bits); with two, it goes on to the next chunk while entries of
            the last one are still in the FIFOs.
        skip_empty: whether a chunk without a match is passed over. The paper does not say that
            it is; each chunk's pointer tells where its values begin, so no count is missing.
        hidden: whether neither finding the offsets nor correcting ever holds up the fast path, as
            the paper argues. The unit is there all the same.
        lookup: whether it looks up the offset of each matched position as it comes, by counting
            the spikes before it, instead of finding those of a whole chunk. Not in the paper.

    Raises:
        InputError: where a number is below 1.
    """

    adders: int = 16
    fifo_depth: int = 8
    offset_buffers: int = 1
    skip_empty: bool = False
    hidden: bool = False
    lookup: bool = False

    def __post_init__(self) -> None:
        _at_least_1(self, "adders", "fifo_depth", "offset_buffers")


@dataclass(frozen=True)
class InnerJoin:
    """One inner-join unit a lane: two bitmasks are ANDed chunk by chunk, a match takes a cycle.

    Each lane holds a fiber of its own; the other operand's fibers are broadcast to all lanes one
    after the other, and the slowest lane holds up the next broadcast.

    Attributes:
        chunk: bits of a bitmask chunk.
        fetch_cycles: to bring a chunk's bitmasks from the cache into the lane's buffers.
        overlapped: whether the next chunk is fetched while this one's matches are issued, which
            takes a second buffer for each bitmask.
        keeps_chunk: whether a lane keeps a chunk of its own fiber, bitmask and values, while the
            tile of the other operand passes; else it reads its bitmask anew for every output, and
            a value for every match.
        handover_cycles: to pass an output's sums on, at the end of a pair of fibers.
        laggy: the prefix-sum of the spike bitmask; None where a fast one finds every offset.
        spike_value_bits: width of a spike fiber's values; ``None`` is the packed word of T bits,
            0 where the spikes are their own bitmask.
        compress: whether output spikes are compressed by an inverted laggy prefix-sum.

    Raises:
        InputError: where a number is out of range.
    """

    chunk: int = 128
    fetch_cycles: int = 1
    overlapped: bool = False
    keeps_chunk: bool = False
    handover_cycles: int = 1
    laggy: Laggy | None = None
    spike_value_bits: int | None = None
    compress: bool = False

    def __post_init__(self) -> None:
        _at_least_1(self, "chunk", "fetch_cycles")
        if self.handover_cycles < 0:
            raise InputError(f"handover_cycles is {self.handover_cycles}; expected 0 or more")
        if self.laggy is not None and self.laggy.adders > self.chunk:
            raise InputError(
                f"adders is {self.laggy.adders}; expected at most the chunk's {self.chunk} bits"
            )

    @property
    def latency(self) -> int:
        """Cycles in which the spike bitmask's offsets are found; 0 for a fast prefix-sum."""
        return -(-self.chunk // self.laggy.adders) if self.laggy else 0


@dataclass(frozen=True)
class IdBroadcast:
    """GoSPA's ID generator: spikes that meet a weight go to the accumulators (ISCA 2021).

    Attributes:
        fifos: each feeds ``lanes / fifos`` columns and pops one ID a cycle, which all of its
            columns that have a weight there accumulate at once.
        startup_cycles: from a tile's first coordinate to its first accumulation.
        overlapped: whether a tile starts, and partial sums travel, while another accumulates,
            which takes a second set of accumulators.
        coordinate_bits: of a spike's position in a tile.
        psum_bits: of a partial sum on its way to memory and back.

    Raises:
        InputError: where a number is below 1.
    """

    fifos: int = 4
    startup_cycles: int = 2
    overlapped: bool = False
    coordinate_bits: int = 8
    psum_bits: int = 8

    def __post_init__(self) -> None:
        _at_least_1(self, "fifos", "startup_cycles", "coordinate_bits", "psum_bits")


@dataclass(frozen=True)
class Merger:
    """Gamma's merger: the weight rows of a row's spikes, one element a cycle (ASPLOS 2021).

    What it gets from one pass goes through the next one as one more fiber.

    Attributes:
        radix: weight rows that it merges in a pass, one for each spike.
        startup_cycles: of a pass, levels of the merge tree; 6 for a radix of 64.
        overlapped: whether a pass starts while the one before is still being merged.
        coordinate_bits: of an element's position in a tile.
        psum_bits: of a partial sum.
        spike_value_bits: of a spike beside its coordinate; of an activation, where it is one.

    Raises:
        InputError: where a number is below 1.
    """

    radix: int = 64
    startup_cycles: int = 6
    overlapped: bool = False
    coordinate_bits: int = 6
    psum_bits: int = 8
    spike_value_bits: int = 1

    def __post_init__(self) -> None:
        _at_least_1(
            self, "radix", "startup_cycles", "coordinate_bits", "psum_bits", "spike_value_bits"
        )


Machine = InnerJoin | IdBroadcast | Merger


def _at_least_1(machine: object, *keys: str) -> None:
    for key in keys:
        value = getattr(machine, key)
        if value < 1:
            raise InputError(f"{key} is {value}; expected 1 or more")
