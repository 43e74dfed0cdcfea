"""The inner join of a TPPE, match by match, with accumulators of the width they have.

Source: LoAS (MICRO 2024, arXiv:2407.14073), section IV-C.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from loas_tl.fiber.layout import whole_number
from loas_tl.ground.bits import lowest_bit, popcount
from loas_tl.ground.compiled import njit
from loas_tl.ground.memory import require
from loas_tl.kernel.blocks import in_blocks
from loas_tl.kernel.spmspm import checked

CHUNK_BITS = 128
"""Bits of a bitmask that are joined at a time."""

PSEUDO_BITS = 12
"""Width of the pseudo-accumulator."""

CORRECTION_BITS = 10
"""Width of each of the T correction accumulators."""

Range = tuple[int, int]


@dataclass(frozen=True)
class JoinReport:
    """What the inner joins of a layer did, and where their accumulators were too narrow.

    An accumulator is a two's complement register. An overflow is an accumulation after which the
    register wraps round: the running sum leaves the window of ``2**bits`` values that it was in.
    An accumulator that wraps and wraps back ends with the right value, so an affected output need
    not be wrong.

    Attributes:
        pseudo_bits, correction_bits: widths of the accumulators.
        outputs: how many there are, T * M * N.
        matches: positions where a spike fiber and a weight fiber both hold a value; each is one
            pseudo-accumulation.
        discarded: matches whose word is all ones, so that nothing is corrected.
        corrections: correction-accumulations, one for each 0 in the word of a match.
        pseudo_overflows, correction_overflows: accumulations that wrapped round.
        affected_outputs: outputs made from an accumulator that wrapped round at least once.
        wrong_outputs: outputs that accumulators of these widths get wrong.
        pseudo_range, correction_range: the lowest and highest exact running sums.
    """

    pseudo_bits: int
    correction_bits: int
    outputs: int
    matches: int
    discarded: int
    corrections: int
    pseudo_overflows: int
    correction_overflows: int
    affected_outputs: int
    wrong_outputs: int
    pseudo_range: Range
    correction_range: Range

    @property
    def overflows(self) -> int:
        """Accumulations of either kind that wrapped round."""
        return self.pseudo_overflows + self.correction_overflows

    @property
    def largest_pseudo(self) -> int:
        """The largest magnitude of a running pseudo-sum."""
        return max(-self.pseudo_range[0], self.pseudo_range[1])

    @property
    def largest_correction(self) -> int:
        """The largest magnitude of a running correction."""
        return max(-self.correction_range[0], self.correction_range[1])

    @property
    def pseudo_bits_needed(self) -> int:
        """The narrowest pseudo-accumulator that never wraps round."""
        return _bits_needed(self.pseudo_range)

    @property
    def correction_bits_needed(self) -> int:
        """The narrowest correction accumulator that never wraps round."""
        return _bits_needed(self.correction_range)


def spmspm_report(
    x: object,
    w: object,
    pseudo_bits: int = PSEUDO_BITS,
    correction_bits: int = CORRECTION_BITS,
) -> tuple[NDArray[np.int32], JoinReport]:
    """``O[t, m, n] = sum_k x[t, m, k] * w[k, n]`` by inner joins, and a report of them.

    For each row of spikes and column of weights, chunk by chunk of 128 positions: the AND of the
    two bitmasks gives the matches; the prefix-sum of each bitmask before a match gives the offset
    of its word and of its weight in their fibers; the weight goes into the pseudo-accumulator at
    once, and into the correction accumulator of each timestep whose bit of the word is 0, unless
    the word is all ones. The accumulators run on over all chunks of the two fibers. At the end
    each timestep's output is the pseudo-sum less its correction.

    The output is exact whatever the widths; what accumulators of these widths would do is
    in the report.

    Args:
        x: ``bool[T, M, K]`` spikes, T from 1 to 64.
        w: ``integer[K, N]`` weights, -128 to 127.
        pseudo_bits: width of the pseudo-accumulator, 1 to 32.
        correction_bits: width of the correction accumulators, 1 to 32.

    Returns:
        ``int32[T, M, N]`` and the report.

    Raises:
        InputError: as :func:`~loas_tl.kernel.spmspm`, or for a width out of range.

    Source: LoAS (MICRO 2024, arXiv:2407.14073), section IV-C: the inner-join unit, its
    accumulators of 12 and 10 bits.

    >>> import loas_tl
    >>> x = [[[1, 0, 1]], [[1, 0, 0]]]  # T = 2, M = 1, K = 3
    >>> w = [[100], [7], [27]]  # K = 3, N = 1
    >>> outputs, report = loas_tl.kernel.spmspm_report(x, w, pseudo_bits=8)
    >>> outputs.tolist()
    [[[127]], [[100]]]
    >>> report.matches, report.corrections, report.overflows
    (2, 1, 0)
    """
    # Checked before the tensors, which take longer.
    check_widths(pseudo_bits, correction_bits)
    layer = checked(x, w)
    return join(layer.packed, layer.weights, layer.T, pseudo_bits, correction_bits)


def check_widths(pseudo_bits: int, correction_bits: int) -> None:
    """Raise InputError for a width of an accumulator that is out of range."""
    whole_number(pseudo_bits, "pseudo_bits", most=32)
    whole_number(correction_bits, "correction_bits", most=32)


def join(
    words: NDArray[np.unsignedinteger],
    weights: NDArray[np.int8],
    timesteps: int,
    pseudo_bits: int,
    correction_bits: int,
) -> tuple[NDArray[np.int32], JoinReport]:
    """As :func:`spmspm_report`, of packed spikes ``uint[M, K]``, with nothing left to check."""
    spike_fibers = _operand(words)
    weight_fibers = _operand(np.ascontiguousarray(weights.T))
    rows, columns = words.shape[0], weights.shape[1]
    require(4 * timesteps * rows * columns, "the outputs")
    outputs = np.empty((timesteps, rows, columns), dtype=np.int32)
    active = spike_fibers.values.astype(np.uint64)
    signed = weight_fibers.values.astype(np.int8, copy=False)

    def work(first: int, end: int) -> NDArray[np.int64]:
        counts = np.zeros(len(_COUNTERS) + 4, dtype=np.int64)
        _join_rows(
            spike_fibers.masks,
            spike_fibers.offsets,
            active,
            weight_fibers.masks,
            weight_fibers.offsets,
            signed,
            first,
            end,
            pseudo_bits,
            correction_bits,
            outputs,
            counts,
        )
        return counts

    steps = rows * columns * spike_fibers.masks.shape[1]
    counted = np.stack(in_blocks(work, rows, steps))
    counts = dict(zip(_COUNTERS, counted.sum(axis=0).tolist(), strict=False))
    low_pseudo, low_correction = counted[:, -4:-2].min(axis=0).tolist()
    high_pseudo, high_correction = counted[:, -2:].max(axis=0).tolist()
    report = JoinReport(
        pseudo_bits=pseudo_bits,
        correction_bits=correction_bits,
        outputs=outputs.size,
        pseudo_range=(low_pseudo, high_pseudo),
        correction_range=(low_correction, high_correction),
        **counts,
    )
    return outputs, report


_COUNTERS = (
    "matches",
    "discarded",
    "corrections",
    "pseudo_overflows",
    "correction_overflows",
    "affected_outputs",
    "wrong_outputs",
)
"""What the compiled kernel counts, in its order; two lowest and two highest sums come after."""


@dataclass(frozen=True, eq=False)
class _Operand:
    """Fibers as a TPPE gets them, in 64-bit halves of chunks.

    Attributes:
        masks: ``uint64[fibers, halves]``, bitmasks.
        offsets: ``int64[fibers, halves]``, values before each half.
        values: ``[nonzeros]``, fiber by fiber.
    """

    masks: NDArray[np.uint64]
    offsets: NDArray[np.int64]
    values: NDArray[np.generic]


def _operand(matrix: NDArray[np.generic]) -> _Operand:
    fibers, length = matrix.shape
    chunks = -(-length // CHUNK_BITS)
    held = np.zeros((fibers, chunks * CHUNK_BITS), dtype=np.bool_)
    np.not_equal(matrix, 0, out=held[:, :length])
    masks = np.packbits(held, axis=1, bitorder="little").view("<u8").astype(np.uint64, copy=False)
    in_halves = np.count_nonzero(held.reshape(fibers, 2 * chunks, CHUNK_BITS // 2), axis=2)
    offsets = np.cumsum(in_halves, dtype=np.int64).reshape(in_halves.shape) - in_halves
    return _Operand(masks, offsets, matrix[held[:, :length]])


def _bits_needed(extremes: Range) -> int:
    low, high = extremes
    return max((-low - 1).bit_length() if low < 0 else 0, high.bit_length()) + 1


@njit
def _join_rows(
    x_masks: NDArray[np.uint64],
    x_offsets: NDArray[np.int64],
    x_words: NDArray[np.uint64],
    w_masks: NDArray[np.uint64],
    w_offsets: NDArray[np.int64],
    w_values: NDArray[np.int8],
    first: int,
    end: int,
    pseudo_bits: int,
    correction_bits: int,
    outputs: NDArray[np.int32],
    counts: NDArray[np.int64],
) -> None:
    timesteps, _, columns = outputs.shape
    all_ones = np.uint64(0xFFFF_FFFF_FFFF_FFFF) >> np.uint64(64 - timesteps)
    half_pseudo, half_correction = 1 << (pseudo_bits - 1), 1 << (correction_bits - 1)
    corrections = np.zeros(timesteps, dtype=np.int64)
    matches = discarded = corrected = pseudo_overflows = correction_overflows = 0
    affected = wrong = low_pseudo = high_pseudo = low_correction = high_correction = 0
    for m in range(first, end):
        for n in range(columns):
            pseudo = 0
            corrections[:] = 0
            pseudo_wrapped = False
            corrections_wrapped = np.uint64(0)
            for half in range(x_masks.shape[1]):
                matched = x_masks[m, half] & w_masks[n, half]
                while matched != 0:
                    matches += 1
                    before = (matched & (~matched + np.uint64(1))) - np.uint64(1)
                    at = w_offsets[n, half] + int(popcount(w_masks[n, half] & before))
                    weight = int(w_values[at])
                    window = (pseudo + half_pseudo) >> pseudo_bits
                    pseudo += weight
                    if (pseudo + half_pseudo) >> pseudo_bits != window:
                        pseudo_overflows += 1
                        pseudo_wrapped = True
                    low_pseudo = min(low_pseudo, pseudo)
                    high_pseudo = max(high_pseudo, pseudo)
                    at = x_offsets[m, half] + int(popcount(x_masks[m, half] & before))
                    silent = x_words[at] ^ all_ones
                    discarded += silent == 0
                    while silent != 0:
                        t = int(lowest_bit(silent))
                        correction = int(corrections[t])
                        window = (correction + half_correction) >> correction_bits
                        correction += weight
                        corrections[t] = correction
                        corrected += 1
                        if (correction + half_correction) >> correction_bits != window:
                            correction_overflows += 1
                            corrections_wrapped |= np.uint64(1) << np.uint64(t)
                        low_correction = min(low_correction, correction)
                        high_correction = max(high_correction, correction)
                        silent &= silent - np.uint64(1)
                    matched &= matched - np.uint64(1)
            for t in range(timesteps):
                outputs[t, m, n] = pseudo - corrections[t]
            if pseudo_wrapped or corrections_wrapped != 0:
                off_by = _wrapped(pseudo, pseudo_bits) - pseudo
                for t in range(timesteps):
                    wrapped = (corrections_wrapped >> np.uint64(t)) & np.uint64(1)
                    affected += pseudo_wrapped or wrapped != 0
                    correction = int(corrections[t])
                    wrong += off_by != _wrapped(correction, correction_bits) - correction
    counts[:] = (
        matches,
        discarded,
        corrected,
        pseudo_overflows,
        correction_overflows,
        affected,
        wrong,
        low_pseudo,
        low_correction,
        high_pseudo,
        high_correction,
    )


@njit
def _wrapped(exact: int, bits: int) -> int:
    """What a two's complement register of so many bits holds of an exact sum."""
    half = 1 << (bits - 1)
    return ((exact + half) & ((1 << bits) - 1)) - half
