"""Dense SNN accelerators: folds of an output-stationary array."""

from __future__ import annotations

from fractions import Fraction
from math import ceil

from loas_tl.models.dataflow import KINDS, MEMORIES, OutputStationaryArray
from loas_tl.models.published.counts import Counts
from loas_tl.workload.layer import Layer


def count_dense(accelerator: OutputStationaryArray, layer: Layer) -> Counts:
    """Count cycles, computes and traffic of one layer on an output-stationary array.

    The cycles are the published ones. The traffic is that of a plain array: each operand comes
    from DRAM once where one of the two fits on chip; otherwise the one is cut into pieces that
    fit and the other streams past each piece. Output spikes go back once. On chip, each fold
    reads K spike vectors (the share that skipping leaves to be read) and K weight vectors of the
    array's width, skipped or not, as the lists behind the published figures have it.
    """
    a, timesteps, m, n, k = accelerator, layer.T, layer.M, layer.N, layer.K
    at_once = timesteps if a.timesteps is None else a.timesteps
    kept, read = (Fraction(share).limit_denominator(1000) for share in (a.kept, a.spikes_read))
    folds = ceil(m / a.pixels) * ceil(n / a.channels) * ceil(timesteps / at_once)

    spike_bits, weight_bits = timesteps * m * k, a.weight_bits * k * n
    capacity = 8 * a.on_chip_bytes
    whole_spikes = (spike_bits, weight_bits * ceil(spike_bits / capacity))
    whole_weights = (spike_bits * ceil(weight_bits / capacity), weight_bits)
    from_dram = dict(
        zip(("spikes", "weights"), min(whole_spikes, whole_weights, key=sum), strict=True)
    )
    outputs = timesteps * m * n

    bits = {(memory, kind): 0 for memory in MEMORIES for kind in KINDS}
    bits["dram", "spikes"] = from_dram["spikes"] + outputs
    bits["dram", "weights"] = from_dram["weights"]
    bits["sram_write", "spikes"] = outputs  # fills from DRAM are in none of those lists
    # Vectors are as wide as the outputs of a fold; edges are clipped.
    bits["sram_read", "spikes"] = ceil(read * spike_bits * ceil(n / a.channels)) + outputs
    bits["sram_read", "weights"] = weight_bits * ceil(m / a.pixels) * ceil(timesteps / at_once)
    return Counts(
        cycles=ceil(kept * folds * (k + a.skew)),
        computes=ceil(kept * timesteps * m * n * k),
        bits=bits,
        hits={},
        misses={},
    )
