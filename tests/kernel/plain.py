"""A TPPE, P-LIF neurons and a network, step by step as they are described."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

CHUNK = 128


@dataclass
class Register:
    """A two's complement accumulator that says when it wraps round."""

    bits: int
    value: int = 0
    exact: int = 0
    overflows: int = 0
    extremes: list[int] = field(default_factory=lambda: [0, 0])

    def add(self, number: int) -> None:
        """Accumulate, and wrap round if need be."""
        total = self.value + number
        wrapped = total % 2**self.bits
        if wrapped >= 2 ** (self.bits - 1):
            wrapped -= 2**self.bits
        self.overflows += wrapped != total
        self.value = wrapped
        self.exact += number
        self.extremes = [min(self.extremes[0], self.exact), max(self.extremes[1], self.exact)]


def dense(x: NDArray[Any], w: NDArray[Any]) -> NDArray[np.int64]:
    """The integer product, timestep by timestep."""
    return np.stack([at_t.astype(np.int64) @ w.astype(np.int64) for at_t in x])


def inner_joins(
    x: NDArray[np.bool_], w: NDArray[np.int8], pseudo_bits: int, correction_bits: int
) -> tuple[NDArray[np.int64], dict[str, Any]]:
    """Every output by an inner join, and what :class:`~loas_tl.kernel.JoinReport` says of them."""
    timesteps, rows, length = x.shape
    columns = w.shape[1]
    outputs = np.zeros((timesteps, rows, columns), dtype=np.int64)
    counts = dict.fromkeys(
        ("matches", "discarded", "corrections", "pseudo_overflows", "correction_overflows"), 0
    ) | {"affected_outputs": 0, "wrong_outputs": 0}
    pseudo_range, correction_range = [0, 0], [0, 0]
    for m in range(rows):
        spike_mask = [bool(x[:, m, k].any()) for k in range(length)]
        words = [x[:, m, k].tolist() for k in range(length) if spike_mask[k]]
        for n in range(columns):
            weight_mask = [bool(w[k, n]) for k in range(length)]
            weights = [int(w[k, n]) for k in range(length) if weight_mask[k]]
            pseudo = Register(pseudo_bits)
            corrections = [Register(correction_bits) for _ in range(timesteps)]
            for chunk in range(0, length, CHUNK):
                for k in range(chunk, min(chunk + CHUNK, length)):
                    if not (spike_mask[k] and weight_mask[k]):
                        continue
                    counts["matches"] += 1
                    weight = weights[sum(weight_mask[:k])]
                    pseudo.add(weight)
                    word = words[sum(spike_mask[:k])]
                    if all(word):
                        counts["discarded"] += 1
                        continue
                    for t, bit in enumerate(word):
                        if not bit:
                            corrections[t].add(weight)
                            counts["corrections"] += 1
            counts["pseudo_overflows"] += pseudo.overflows
            pseudo_range = _wider(pseudo_range, pseudo.extremes)
            for t, correction in enumerate(corrections):
                counts["correction_overflows"] += correction.overflows
                correction_range = _wider(correction_range, correction.extremes)
                outputs[t, m, n] = pseudo.exact - correction.exact
                counts["affected_outputs"] += bool(pseudo.overflows or correction.overflows)
                counts["wrong_outputs"] += pseudo.value - correction.value != outputs[t, m, n]
    ranges = {"pseudo_range": tuple(pseudo_range), "correction_range": tuple(correction_range)}
    return outputs, counts | ranges


def _wider(one: list[int], other: list[int]) -> list[int]:
    return [min(one[0], other[0]), max(one[1], other[1])]


def plif(outputs: NDArray[Any], v_th: float, tau: float) -> NDArray[np.bool_]:
    """Leaky integrate-and-fire with a hard reset, one neuron after the other."""
    timesteps, *shape = outputs.shape
    spikes = np.zeros(outputs.shape, dtype=np.bool_)
    for at in np.ndindex(*shape):
        left = 0.0
        for t in range(timesteps):
            potential = float(outputs[(t, *at)]) + left
            fired = potential > v_th
            spikes[(t, *at)] = fired
            left = tau * potential * (1 - fired)
    return spikes


def convolve(
    maps: NDArray[Any], w: NDArray[Any], kernel: int, stride: int, padding: int
) -> NDArray[np.int64]:
    """``int64[T, N, H', W']`` of maps ``[T, C, H, W]`` and weights ``[C * kernel**2, N]``."""
    timesteps, channels, height, width = maps.shape
    padded = np.zeros(
        (timesteps, channels, height + 2 * padding, width + 2 * padding), dtype=np.int64
    )
    padded[:, :, padding : padding + height, padding : padding + width] = maps
    down = (height + 2 * padding - kernel) // stride + 1
    across = (width + 2 * padding - kernel) // stride + 1
    kernels = w.astype(np.int64).reshape(channels, kernel, kernel, -1)
    found = np.zeros((timesteps, kernels.shape[3], down, across), dtype=np.int64)
    for i in range(down):
        for j in range(across):
            patch = padded[:, :, i * stride : i * stride + kernel, j * stride : j * stride + kernel]
            found[:, :, i, j] = np.einsum("tcyx,cyxn->tn", patch, kernels)
    return found


def max_pool(maps: NDArray[np.bool_], pool: int) -> NDArray[np.bool_]:
    """The maximum of each ``pool x pool`` block of ``bool[T, C, H, W]``."""
    timesteps, channels, height, width = maps.shape
    pooled = np.zeros((timesteps, channels, height // pool, width // pool), dtype=np.bool_)
    for i in range(height // pool):
        for j in range(width // pool):
            block = maps[:, :, i * pool : (i + 1) * pool, j * pool : (j + 1) * pool]
            pooled[:, :, i, j] = block.max(axis=(2, 3))
    return pooled


def as_rows(maps: NDArray[Any]) -> NDArray[Any]:
    """``[T, M, N]`` of maps ``[T, N, H, W]``."""
    return maps.reshape(*maps.shape[:2], -1).transpose(0, 2, 1)


def random_case(seed: int | Sequence[int], most: tuple[int, int, int]) -> tuple[Any, Any]:
    """Spikes and weights of random shapes (M, K and N up to ``most``), T and densities."""
    rng = np.random.default_rng(seed)
    timesteps = int(rng.choice([1, 2, 4, 4, 4, 8, 9, 16, 31, 33, 63, 64]))
    rows, length, columns = (int(rng.integers(1, extent + 1)) for extent in most)
    x = rng.random((timesteps, rows, length)) < rng.choice([0, 0.05, 0.3, 0.9, 1])
    kept = rng.random((length, columns)) < rng.choice([0, 0.05, 0.3, 1])
    w = np.where(kept, rng.integers(-128, 128, (length, columns)), 0).astype(np.int8)
    return x, w
