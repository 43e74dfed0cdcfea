"""Generate pruned weights: channels of unequal density, as lottery-ticket pruning leaves them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from loas_tl.workload.structure import Structure


def generate_weights(
    shape: tuple[int, int, int],
    nonzero: int,
    channel: NDArray[np.float64],
    structure: Structure,
    unevenness: float,
    rng: np.random.Generator,
) -> NDArray[np.int8]:
    """Generate ``int8[K, N]`` with exactly so many non-zero weights.

    A weight survives pruning with odds that are the product of its input channel's, its output
    channel's and its kernel's.

    Args:
        shape: input channels, kernel positions, output channels (N); K is the first two's product.
        nonzero: weights that survive.
        channel: ``float64[channels]``, the drive of each input channel, standard normal.
        structure: spreads that are the same for every layer.
        unevenness: spread of the log-density between output channels.
        rng: where the randomness comes from.
    """
    channels, taps, n = shape
    follows = structure.drive_follows
    own = np.sqrt(1 - follows**2) * rng.standard_normal(channels)
    odds = structure.input_spread * (follows * channel + own)[:, np.newaxis]
    odds = odds + unevenness * rng.standard_normal((1, n))
    odds = odds + structure.kernel_share * unevenness * rng.standard_normal((channels, n))
    # Exponential races: keeping the first to arrive draws without replacement by these odds.
    arrival = rng.standard_exponential((channels, taps, n), dtype=np.float32)
    arrival *= np.exp(-odds, dtype=np.float32)[:, np.newaxis, :]
    flat = arrival.reshape(-1)
    weights = np.zeros(flat.size, dtype=np.int8)
    if nonzero:
        kept = np.argpartition(flat, nonzero - 1)[:nonzero]
        weights[kept] = _values(nonzero, rng)
    return weights.reshape(channels * taps, n)


def _values(count: int, rng: np.random.Generator) -> NDArray[np.int8]:
    """Signed 8-bit values that are never zero; pruning keeps the large ones."""
    size = 1 + np.minimum(np.rint(np.abs(rng.normal(40, 25, count))), 126)
    return (size * rng.choice([-1, 1], count)).astype(np.int8)
