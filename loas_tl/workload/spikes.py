"""Generate spikes like those of a trained SNN: a feature map over T timesteps, then im2col."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from loas_tl.workload.im2col import im2col, multiplicity
from loas_tl.workload.smoothing import smooth
from loas_tl.workload.statistics import LayerStatistics
from loas_tl.workload.structure import Structure, stratified_normal

_COUNT_PRIOR = {2: 1.0, 3: 0.2}
"""Recorded neurons that fire more than once mostly fire twice or every time."""


def generate_spikes(
    statistics: LayerStatistics, structure: Structure, rng: np.random.Generator
) -> NDArray[np.bool_]:
    """Generate ``bool[T, M, K]`` with the statistics' counts.

    Active neurons, fine-tuned active neurons and spikes, counted after im2col, are within 3 of
    the statistics (im2col fixes how often a pixel counts: 4, 6 or 9 times for a 3x3 kernel), or
    as near as the map allows where the statistics contradict it.
    """
    extent = statistics.extent
    shape = (statistics.channels, extent, extent)
    reads = np.broadcast_to(multiplicity(extent, extent, statistics.convolution), shape).ravel()
    drive = _drive(shape, structure, rng).ravel()
    counts = _spike_counts(drive, reads, statistics, structure, rng)
    maps = _timing(counts, statistics.T, structure, rng).reshape(statistics.T, *shape)
    return im2col(maps, statistics.convolution)


def _drive(
    shape: tuple[int, int, int], structure: Structure, rng: np.random.Generator
) -> NDArray[np.float64]:
    """How strongly each neuron is driven, ``float64[C, H, W]``."""
    channels, height, width = shape

    def field(noise: NDArray[np.float64]) -> NDArray[np.float64]:
        if height * width == 1 or structure.smoothing_px == 0:
            return noise
        smoothed = smooth(noise, structure.smoothing_px)
        return smoothed / max(float(smoothed.std()), 1e-12)

    noise = field(rng.standard_normal(shape)) * np.sqrt(1 - structure.white)
    noise += rng.standard_normal(shape) * np.sqrt(structure.white)
    common = field(rng.standard_normal((1, height, width)))
    channel = stratified_normal(channels, rng)[:, np.newaxis, np.newaxis]
    return noise + structure.common_drive * common + structure.channel_drive * channel


def _spike_counts(
    drive: NDArray[np.float64],
    reads: NDArray[np.int64],
    statistics: LayerStatistics,
    structure: Structure,
    rng: np.random.Generator,
) -> NDArray[np.int64]:
    """Spikes of each neuron, ``int64[C*H*W]``: the strongest driven fire, the stronger the more."""
    timesteps = statistics.T
    counts = np.zeros(drive.size, dtype=np.int64)
    order = np.argsort(-drive)
    active = _take(order, reads, statistics.active_neurons)
    counts[active] = 1
    if timesteps == 1:
        return counts
    # A neuron driven harder fires more often, though not strictly so.
    level = drive[active] + structure.count_jitter * rng.standard_normal(active.size)
    ranked = active[np.argsort(-level)]
    once = int(reads[active].sum()) - statistics.active_neurons_ft
    several = ranked[~np.isin(ranked, _take(ranked[::-1], reads, once))]
    counts[several] = 2
    shares = _shares(timesteps, (statistics.spikes - once) / max(statistics.active_neurons_ft, 1))
    read = np.cumsum(reads[several]) / max(int(reads[several].sum()), 1)
    highest_first = np.arange(timesteps, 1, -1)
    counts[several] = highest_first[
        np.searchsorted(np.cumsum(shares[::-1])[:-1], read, side="left")
    ]
    return _settle(counts, reads, several, statistics.spikes, timesteps)


def _shares(timesteps: int, mean: float) -> NDArray[np.float64]:
    """Share of the neurons with 2, ..., T spikes among those with several, by a tilted prior."""
    values = np.arange(2, timesteps + 1)
    prior = np.array([_COUNT_PRIOR.get(int(v), _COUNT_PRIOR[3]) for v in values])
    prior[-1] = 1.0
    if values.size == 1:
        return np.ones(1)

    centred = values - values.mean()

    def tilted(tilt: float) -> NDArray[np.float64]:
        weight = prior * np.exp(tilt * centred)
        return np.asarray(weight / weight.sum())

    low, high = -30.0, 30.0
    for _ in range(60):  # the mean rises with the tilt
        middle = (low + high) / 2
        low, high = (middle, high) if tilted(middle) @ values < mean else (low, middle)
    return tilted((low + high) / 2)


def _settle(
    counts: NDArray[np.int64],
    reads: NDArray[np.int64],
    several: NDArray[np.int64],
    spikes: int,
    timesteps: int,
) -> NDArray[np.int64]:
    """Add or remove single spikes of neurons with several until the total is ``spikes``."""
    missing = spikes - int((counts * reads).sum())
    sign = 1 if missing > 0 else -1
    can = (counts[several] < timesteps) if sign > 0 else (counts[several] > 2)
    # Spread the changes over the whole drive range, so that no level is singled out.
    candidates = several[can]
    stride = max(candidates.size // max(abs(missing), 1), 1)
    candidates = np.concatenate([candidates[offset::stride] for offset in range(stride)])
    counts[_take(candidates, reads, abs(missing))] += sign
    return counts


def _take(order: NDArray[np.int64], reads: NDArray[np.int64], total: int) -> NDArray[np.int64]:
    """The first neurons of ``order`` whose reads add up to ``total``, or just under it.

    A neuron that would overshoot is passed over for a later one that fits.
    """
    read = reads[order]
    sums = np.cumsum(read)
    full = int(np.searchsorted(sums, total, side="right"))
    left = total - (int(sums[full - 1]) if full else 0)
    taken = [order[:full]]
    for width in sorted(set(read[full:].tolist()), reverse=True):
        if 0 < width <= left:
            fits = order[full:][read[full:] == width][: left // width]
            taken.append(fits)
            left -= width * fits.size
    return np.concatenate(taken)


def _timing(
    counts: NDArray[np.int64], timesteps: int, structure: Structure, rng: np.random.Generator
) -> NDArray[np.bool_]:
    """When each neuron fires, ``bool[T, C*H*W]``: evenly spaced, with a phase of its own.

    An integrate-and-fire neuron under a steady drive does that; so timesteps are correlated.
    """
    phase = rng.random(counts.size) ** structure.phase_power
    # Spike i of c comes when i + phase periods of T / c have passed.
    steps = np.arange(timesteps)[:, np.newaxis]
    due = np.ceil((steps + 1) * counts / timesteps - phase).clip(0)
    before = np.ceil(steps * counts / timesteps - phase).clip(0)
    return np.asarray(due > before)
