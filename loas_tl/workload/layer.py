"""A layer: one dual-sparse spMspM over T timesteps."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from loas_tl.ground.errors import InputError
from loas_tl.ground.memory import require

MAX_TIMESTEPS = 64
"""Widest packed word; T timesteps of a neuron are kept in one unsigned integer of T bits."""


@dataclass(frozen=True, eq=False)
class Layer:
    """One layer, ``O[t, m, n] = sum_k spikes[t, m, k] * weights[k, n]``.

    Attributes:
        name: what reports call it.
        spikes: ``bool[T, M, K]``; M output pixels, K inputs of one output (im2col order: the
            channel is the slow index of K, the kernel position the fast one).
        weights: ``int8[K, N]``; N output channels, signed 8-bit weights.
        origin: the file it came from, for error messages.
        taps: kernel positions of the convolution whose im2col the rows are; 1 where they are
            none's, or it is not known.
        siblings: gives the same layer on other inputs, where there are several; what is
            calibrated on inputs is calibrated on those.
        twin: the same layer of an ANN, one timestep whose active neurons are the activations that
            are not zero; accelerators for ANNs run it instead. None where there is none.

    Raises:
        InputError: where a shape, a type or a value does not fit; spikes must be 0 or 1, weights
            whole numbers from -128 to 127, no extent zero, and K the same for both.

    >>> import loas_tl
    >>> spikes, weights = [[[1, 0, 1]], [[1, 0, 0]]], [[5, -1], [9, 9], [0, 2]]
    >>> layer = loas_tl.Layer("fc", spikes, weights)
    >>> layer.T, layer.M, layer.N, layer.K
    (2, 1, 2, 3)
    >>> layer.packed.tolist()  # the first neuron fires in both timesteps
    [[3, 0, 1]]
    """

    name: str
    spikes: NDArray[np.bool_]
    weights: NDArray[np.int8]
    origin: object = field(default=None, repr=False)
    taps: int = 1
    siblings: Callable[[], tuple[Layer, ...]] | None = field(default=None, repr=False)
    twin: Layer | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        # Tensors come from anywhere; keep one dtype and layout from here on.
        object.__setattr__(self, "spikes", as_spikes(self.spikes, self.origin, f"{self.name}/x"))
        object.__setattr__(self, "weights", as_weights(self.weights, self.origin, f"{self.name}/w"))
        check_shapes(self.name, self.spikes.shape, self.weights.shape, self.origin)

    @classmethod
    def of_words(
        cls,
        name: str,
        words: NDArray[np.unsignedinteger],
        timesteps: int,
        weights: NDArray[np.int8],
        origin: object = None,
        taps: int = 1,
        siblings: Callable[[], tuple[Layer, ...]] | None = None,
    ) -> Layer:
        """The layer whose spikes are packed already; see :func:`pack`.

        Args:
            name: what reports call it.
            words: ``uint[M, K]``, timestep t in bit t.
            timesteps: T of them.
            weights: ``int8[K, N]``.
            origin: the file it came from, for error messages.
            taps: kernel positions of the convolution whose im2col the rows are.
            siblings: gives the same layer on other inputs.

        Returns:
            The layer.

        Raises:
            InputError: where a shape, a type or a value does not fit.
        """
        layer = cls(name, unpack(words, timesteps), weights, origin, taps, siblings)
        layer.__dict__["packed"] = words  # where cached_property keeps it
        return layer

    @property
    def T(self) -> int:  # noqa: N802 - the field's own name for it
        """Timesteps."""
        return int(self.spikes.shape[0])

    @property
    def M(self) -> int:  # noqa: N802
        """Output pixels (rows of the spike matrix)."""
        return int(self.spikes.shape[1])

    @property
    def K(self) -> int:  # noqa: N802
        """Inputs of one output."""
        return int(self.spikes.shape[2])

    @property
    def N(self) -> int:  # noqa: N802
        """Output channels."""
        return int(self.weights.shape[1])

    @property
    def operations(self) -> int:
        """Multiply-accumulates over all timesteps, zeros included."""
        return self.T * self.M * self.K * self.N

    @cached_property
    def packed(self) -> NDArray[np.unsignedinteger]:
        """``uint[M, K]``: the packed-spike tensor P; bit t of a word is set when it fires at t.

        A silent neuron's word is 0. LoAS (MICRO 2024), section IV-A.
        """
        return pack(self.spikes)

    @cached_property
    def packed_fine_tuned(self) -> NDArray[np.unsignedinteger]:
        """``uint[M, K]``: P with neurons that fire exactly once made silent (LoAS-FT)."""
        words = self.packed
        # A word with a single bit set shares no bit with its predecessor.
        once = (words & (words - words.dtype.type(1))) == 0
        return np.where(once, words.dtype.type(0), words)


def check_shapes(
    name: str, spikes: tuple[int, ...], weights: tuple[int, ...], origin: object = None
) -> None:
    """Refuse a layer by its shapes ``[T, M, K]`` and ``[K, N]`` alone.

    Raises:
        InputError: K is not the same, or its tensors take more memory than they may.
    """
    if spikes[2] != weights[0]:
        transposed = "; w looks transposed, as PyTorch keeps it" if spikes[2] == weights[1] else ""
        raise InputError(
            f"x has K = {spikes[2]} but w has K = {weights[0]}; expected x[T,M,K] and w[K,N] with "
            f"the same K{transposed}",
            file=origin,
            key=name,
        )
    check_memory(name, spikes, weights[1], origin)


def check_memory(name: str, spikes: tuple[int, ...], channels: int, origin: object = None) -> None:
    """Refuse a layer whose tensors take more memory than they may.

    Args:
        name: of it.
        spikes: their shape, ``[T, M, K]``.
        channels: N.
        origin: its file.

    Raises:
        InputError: as said.
    """
    timesteps, pixels, depth = spikes
    word = word_dtype(min(timesteps, MAX_TIMESTEPS)).itemsize if timesteps else 0
    needed = pixels * depth * (timesteps + word) + depth * channels
    require(needed, "its tensors", file=origin, key=name)


def pack(spikes: NDArray[np.bool_]) -> NDArray[np.unsignedinteger]:
    """Pack ``bool[T, M, K]`` spikes into ``uint[M, K]`` words, timestep t in bit t (T <= 64)."""
    timesteps = spikes.shape[0]
    words = np.zeros(spikes.shape[1:], dtype=word_dtype(timesteps))
    for t in range(timesteps):
        words |= spikes[t].astype(words.dtype) << words.dtype.type(t)
    return words


def unpack(words: NDArray[np.unsignedinteger], timesteps: int) -> NDArray[np.bool_]:
    """Spikes ``bool[T, M, K]`` of packed words ``uint[M, K]``; undoes :func:`pack`."""
    spikes = np.empty((timesteps, *words.shape), dtype=np.bool_)
    for t in range(timesteps):
        np.not_equal(words & (words.dtype.type(1) << words.dtype.type(t)), 0, out=spikes[t])
    return spikes


def word_dtype(timesteps: int) -> np.dtype[np.unsignedinteger]:
    """The narrowest unsigned integer that holds a word of so many timesteps (1 to 64)."""
    width = next(bits for bits in (8, 16, 32, 64) if timesteps <= bits)
    return np.dtype(f"u{width // 8}")


def as_spikes(array: object, file: object, key: str) -> NDArray[np.bool_]:
    """Check a spike tensor and return it as contiguous ``bool[T, M, K]``; raises InputError."""
    tensor = _numeric(array, file, key, "bool[T,M,K]", ndim=3)
    if tensor.shape[0] > MAX_TIMESTEPS:
        raise InputError(
            f"{tensor.shape[0]} timesteps; expected at most {MAX_TIMESTEPS}", file=file, key=key
        )
    return as_binary(tensor, file, key)


def as_binary(tensor: NDArray[np.generic], file: object, key: str) -> NDArray[np.bool_]:
    """Return a 0/1 tensor as contiguous bool; raises InputError for any other value."""
    if tensor.dtype == np.bool_:
        return np.ascontiguousarray(tensor, dtype=np.bool_)
    wrong = (tensor != 0) & (tensor != 1)  # NaN differs from both
    if wrong.any():
        raise InputError(
            f"found {tensor[wrong][0]}; expected spikes that are 0 or 1", file=file, key=key
        )
    return np.ascontiguousarray(tensor != 0)


def as_weights(array: object, file: object, key: str) -> NDArray[np.int8]:
    """Check a weight matrix and return it as contiguous ``int8[K, N]``; raises InputError."""
    matrix = _numeric(array, file, key, "integer[K,N]", ndim=2)
    if matrix.dtype == np.int8:
        return np.ascontiguousarray(matrix, dtype=np.int8)
    if matrix.dtype.kind == "f":
        fractional = matrix != np.trunc(matrix)  # NaN differs from itself
        if fractional.any() or not np.isfinite(matrix).all():
            found = matrix[fractional | ~np.isfinite(matrix)][0]
            raise InputError(
                f"found {found}; expected whole numbers (loas_tl.round_weights makes them)",
                file=file,
                key=key,
            )
    outside = (matrix < -128) | (matrix > 127)
    if outside.any():
        raise InputError(
            f"found {matrix[outside][0]}; expected 8-bit weights, -128 to 127", file=file, key=key
        )
    return np.ascontiguousarray(matrix.astype(np.int8))


def _numeric(array: object, file: object, key: str, expected: str, ndim: int) -> NDArray[Any]:
    tensor = np.asarray(array)
    if tensor.dtype.kind not in "biuf":
        raise InputError(f"has dtype {tensor.dtype}; expected {expected}", file=file, key=key)
    if tensor.ndim != ndim or 0 in tensor.shape:
        shape = "[" + ",".join(str(extent) for extent in tensor.shape) + "]"
        more = "; several samples go through SampledLayer.of_spikes and Network.save"
        raise InputError(
            f"has shape {shape}; expected {expected} with every extent at least 1"
            + (more if ndim == 3 and tensor.ndim > ndim else ""),
            file=file,
            key=key,
        )
    return tensor
