"""The same tensors without structure: non-zeros moved to places drawn anew."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt


def shuffled(
    tensors: dict[str, npt.NDArray[np.bool_]], seed: int = 0
) -> dict[str, npt.NDArray[np.bool_]]:
    """Each tensor with as many non-zeros as before, anywhere with the same probability."""
    rng = np.random.default_rng(seed)
    return {name: _shuffled(mask, rng) for name, mask in tensors.items()}


def _shuffled(mask: npt.NDArray[np.bool_], rng: np.random.Generator) -> npt.NDArray[np.bool_]:
    flat = np.zeros(mask.size, np.bool_)
    nonzeros = int(np.count_nonzero(mask))
    flat[rng.choice(mask.size, nonzeros, replace=False, shuffle=False)] = True
    return flat.reshape(mask.shape)
