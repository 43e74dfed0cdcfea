"""How Prosperity's public simulator counts the accelerators that it is compared with.

MINT, SATO, PTB with StSAP packing and Eyeriss with spikes; their traffic is Prosperity's times a
factor each. Written anew from its rules (github.com/dubcyfor3/Prosperity).
"""

from __future__ import annotations

from math import log2

import numpy as np
from numpy.typing import NDArray

from loas_tl.models.published.counts import UndefinedError
from loas_tl.models.published.simulator import BUS_BITS, VALUE_BITS
from loas_tl.sparsity.dealing import deal
from loas_tl.sparsity.packing import packed_rows
from loas_tl.workload.layer import Layer

WINDOW = 4
"""Timesteps in which PTB counts a neuron once, and timesteps of a fold of LoAS's there."""


def mint_cycles(layer: Layer, columns: int = 128) -> int:
    """MINT (ASP-DAC 2024): a spike a cycle for so many columns, in perfect balance."""
    return int(np.count_nonzero(layer.spikes)) * -(-layer.N // columns)


def sato_cycles(layer: Layer, pes: int = 128) -> int:
    """SATO (DAC 2022): rows, timestep by timestep, dealt to the PEs; each does N columns."""
    work = np.count_nonzero(layer.spikes, axis=2).reshape(-1)
    return int(deal(work, pes).max()) * layer.N


def eyeriss_cycles(layer: Layer, rows: int = 14, columns: int = 12) -> int:
    """Eyeriss with spikes: a weight-stationary array without sparsity."""
    return -(-layer.N // columns) * (layer.K * layer.T * layer.M // rows)


def stsap_cycles(layer: Layer, rows: int = 16, columns: int = 8) -> tuple[int, int]:
    """PTB with StSAP: cycles without and with what waits for DRAM.

    Raises:
        UndefinedError: where the columns do not divide the pixels of all windows.
    """
    compute = stsap_rows(layer, columns) * -(-layer.N // rows) * WINDOW + layer.M * 2 * rows
    first = rows * columns * (VALUE_BITS + WINDOW)
    middle = (stsap_dram(layer) - first) // BUS_BITS
    return compute, compute + first // BUS_BITS + max(0, middle - compute)


def stsap_dram(layer: Layer) -> int:
    """Bits that PTB's stalls are of: spikes, weights and output spikes once each."""
    t, m, k, n = layer.T, layer.M, layer.K, layer.N
    return t * m * k + VALUE_BITS * k * n + t * m * n


def stsap_rows(layer: Layer, columns: int = 8, pad: bool = False) -> int:
    """Rows of the array that are left after packing.

    Args:
        layer: the tensors.
        columns: of the array; each has a run of the windows' pixels.
        pad: whether pixels of zeros fill the last run up; the simulator fails there.

    Raises:
        UndefinedError: where the columns do not divide them, and they are not filled up.
    """
    windows = in_windows(layer, pad)
    if layer.M == 1 and layer.taps == 1:  # fully connected: an input that ever fires is a row
        return int(windows.any(axis=(0, 1)).sum())
    rows = windows.reshape(-1, layer.K)
    missing = -len(rows) % columns
    if missing and not pad:
        raise UndefinedError(
            f"PTB's {columns} columns do not divide {len(rows)} pixels of its windows, where "
            "Prosperity's simulator fails"
        )
    if missing:
        rows = np.concatenate([rows, np.zeros((missing, layer.K), dtype=np.bool_)])
    runs = rows.reshape(columns, -1, layer.K).transpose(1, 2, 0)
    return int(packed_rows(np.ascontiguousarray(runs)).sum())


def array_lif(layer: Layer) -> int:
    """Cycles of the neurons of PTB's array, and of MINT's."""
    return layer.M * layer.N * layer.T * 3 // 16


def sato_lif(layer: Layer) -> int:
    """Cycles of SATO's neurons: a tree over the timesteps each."""
    return int(layer.M * layer.N * (log2(layer.T) + 1))


def eyeriss_lif(layer: Layer, rows: int = 14, columns: int = 12) -> int:
    """Cycles of the neurons on Eyeriss's array; none of fewer timesteps than columns."""
    return layer.T // columns * layer.M * layer.N // rows


def in_windows(layer: Layer, pad: bool = False) -> NDArray[np.bool_]:
    """Neurons that fire in each window of four timesteps, ``bool[windows, M, K]``.

    The timesteps are filled up to a power of two. Of fewer than four the simulator makes nothing.

    Raises:
        UndefinedError: there, unless ``pad`` fills them up to a window.
    """
    timesteps = power_of_two(layer.T)
    if timesteps < WINDOW and not pad:
        raise UndefinedError(f"PTB's window is {WINDOW} timesteps, and the layer has {layer.T}")
    return _grouped(layer.spikes, max(timesteps, WINDOW), -1, WINDOW)


def in_four_groups(layer: Layer) -> NDArray[np.bool_]:
    """Timesteps as the simulator's LoAS packs them: four groups, ``bool[4, M, K]``.

    With T = 4 a group is a timestep, and nothing is packed.

    Raises:
        UndefinedError: of fewer than four timesteps.
    """
    timesteps = power_of_two(layer.T)
    if timesteps < WINDOW:
        raise UndefinedError(
            f"the simulator's LoAS has four groups of the layer's {layer.T} timesteps"
        )
    return _grouped(layer.spikes, timesteps, WINDOW, -1)


def _grouped(
    spikes: NDArray[np.bool_], timesteps: int, groups: int, each: int
) -> NDArray[np.bool_]:
    filled = np.zeros((timesteps, *spikes.shape[1:]), dtype=np.bool_)
    filled[: len(spikes)] = spikes
    shape = (groups, each, *spikes.shape[1:])
    grouped: NDArray[np.bool_] = np.logical_or.reduce(filled.reshape(shape), axis=1)
    return grouped


def power_of_two(timesteps: int) -> int:
    """The smallest power of two that is not below."""
    return int(2 ** np.ceil(log2(timesteps)))
