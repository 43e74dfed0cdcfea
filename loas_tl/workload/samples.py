"""A layer on several inputs: one set of weights, many spike tensors."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from loas_tl.ground.errors import InputError
from loas_tl.workload.im2col import Convolution, im2col
from loas_tl.workload.layer import (
    MAX_TIMESTEPS,
    Layer,
    as_binary,
    as_weights,
    pack,
    word_dtype,
)

SIBLINGS = 4
"""Other inputs of a layer, at most, that something is calibrated on."""
MAP_AXES = 5
ROW_AXES = 4


@dataclass(frozen=True, eq=False)
class Origin:
    """What a layer was before it was one of whole numbers; for the summary, and to scale back.

    Attributes:
        kind: such as ``Conv2d``.
        scale: what a weight of 1 stands for, ``float64[1]`` or one an output channel.
        step: what an input of 1 stands for, in the unit of the model's own inputs; 1 where that
            is dimensionless.
        bias: what is added to each output channel, ``float64[N]``; None for nothing.
        density: share of non-zero weights before they were rounded.
        rounded_to_zero: weights that are zero only since.
        notes: what was done to it, a few words each.
    """

    kind: str = ""
    scale: NDArray[np.float64] = field(default_factory=lambda: np.ones(1))
    step: float = 1.0
    bias: NDArray[np.float64] | None = None
    density: float | None = None
    rounded_to_zero: int = 0
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class SampledLayer:
    """One layer of a network on several inputs; its maps are unrolled when they are asked for.

    A layer is one spMspM, or several that are added up: one a group of its channels, one a
    bit-plane of inputs that are small whole numbers (plane p counts ``2**p``-fold), one a
    timestep and head of an attention product.

    Attributes:
        name: what reports call it.
        words: packed spikes (timestep t in bit t), ``uint[samples, factors, C, H, W]`` of maps
            that ``convolution`` reads, or ``uint[samples, factors, M, K]`` of rows.
        weights: ``int8[samples or 1, factors / planes or 1, K, N]``, K of one group.
        timesteps: T.
        convolution: how maps are read; None for rows.
        groups: of channels that are convolved apart; 1 for one.
        planes: bit-planes of each input, neighbours among the factors, the lowest first.
        origin: what it was before.

    Raises:
        InputError: where shapes do not fit each other.

    >>> import loas_tl
    >>> import numpy as np
    >>> spikes = np.zeros((2, 4, 3, 8, 8), dtype=bool)  # samples, T, C, H, W
    >>> convolution = loas_tl.workload.im2col.Convolution(3, padding=1)
    >>> weights = [[1] * 5] * 27  # K, N
    >>> layer = loas_tl.SampledLayer.of_spikes("conv", spikes, weights, convolution)
    >>> layer.samples, layer.T, layer.M, layer.N, layer.K
    (2, 4, 64, 5, 27)
    >>> layer.layer(sample=1).spikes.shape
    (4, 64, 27)
    """

    name: str
    words: NDArray[np.unsignedinteger]
    weights: NDArray[np.int8]
    timesteps: int
    convolution: Convolution | None = None
    groups: int = 1
    planes: int = 1
    origin: Origin = field(default_factory=Origin)

    def __post_init__(self) -> None:
        axes = ROW_AXES if self.convolution is None else MAP_AXES
        expected = "uint[samples, factors, " + ("M, K]" if axes == ROW_AXES else "C, H, W]")
        if self.words.ndim != axes or self.words.dtype.kind != "u" or 0 in self.words.shape:
            self._refuse("words", f"has shape {list(self.words.shape)}; expected {expected}")
        if not 1 <= self.timesteps <= min(MAX_TIMESTEPS, 8 * self.words.dtype.itemsize):
            self._refuse("timesteps", f"is {self.timesteps}; expected 1 to {MAX_TIMESTEPS}")
        if self.weights.ndim != 4 or 0 in self.weights.shape:
            self._refuse(
                "weights", f"has shape {list(self.weights.shape)}; expected int8[.., .., K, N]"
            )
        flat = as_weights(self.weights.reshape(-1, self.weights.shape[3]), None, f"{self.name}/w")
        object.__setattr__(self, "weights", flat.reshape(self.weights.shape))
        samples, factors = self.words.shape[:2]
        kinds, rest = self.weights.shape[:2]
        if (
            kinds not in (1, samples)
            or factors % self.planes
            or rest
            not in (
                1,
                factors // self.planes,
            )
        ):
            self._refuse(
                "weights",
                f"has shape {list(self.weights.shape)}; expected those of {samples} samples, "
                f"{factors // self.planes} factors each, or 1",
            )
        channels = self.words.shape[2 if axes == MAP_AXES else 3]
        taps = 1 if self.convolution is None else self.convolution.taps
        if channels % self.groups or self.N % self.groups:
            self._refuse("groups", f"is {self.groups}; expected a divisor of both channels")
        if channels // self.groups * taps != self.K:
            self._refuse(
                "weights",
                f"has K = {self.K}; expected the inputs' {channels // self.groups * taps}",
            )
        if self.convolution is not None and not self.convolution.fits(*self.words.shape[3:]):
            height, width = self.words.shape[3:]
            self._refuse("words", f"a {self.convolution} does not fit a {height}x{width} map")

    @classmethod
    def of_spikes(
        cls,
        name: str,
        spikes: object,
        weights: object,
        convolution: Convolution | None = None,
        groups: int = 1,
    ) -> SampledLayer:
        """A layer from spikes that are not packed yet.

        Args:
            name: what reports call it.
            spikes: ``bool[samples, T, M, K]``, or ``bool[samples, T, C, H, W]`` of maps.
            weights: ``integer[K, N]``, -128 to 127.
            convolution: how maps are read.
            groups: of channels.

        Returns:
            The layer.

        Raises:
            InputError: where something does not fit.
        """
        tensor = np.asarray(spikes)
        axes = ROW_AXES if convolution is None else MAP_AXES
        if tensor.dtype.kind not in "biuf" or tensor.ndim != axes or 0 in tensor.shape:
            expected = "M,K]" if convolution is None else "C,H,W]"
            raise InputError(
                f"has dtype {tensor.dtype} and shape {list(tensor.shape)}; "
                f"expected bool[samples,T,{expected} with every extent at least 1",
                key=f"{name}/x",
            )
        if tensor.shape[1] > MAX_TIMESTEPS:
            raise InputError(
                f"{tensor.shape[1]} timesteps; expected at most {MAX_TIMESTEPS}", key=f"{name}/x"
            )
        binary = as_binary(tensor, None, f"{name}/x")
        words = pack(binary.swapaxes(0, 1))[:, np.newaxis]
        matrix = as_weights(weights, None, f"{name}/w")[np.newaxis, np.newaxis]
        return cls(name, words, matrix, tensor.shape[1], convolution, groups)

    @property
    def samples(self) -> int:
        """How many inputs."""
        return int(self.words.shape[0])

    @property
    def parts(self) -> int:
        """The spMspMs of one sample."""
        return int(self.words.shape[1]) * self.groups

    @property
    def T(self) -> int:  # noqa: N802 - the field's own name for it
        """Timesteps of one spMspM."""
        return self.timesteps

    @property
    def M(self) -> int:  # noqa: N802
        """Output pixels (rows of the spike matrix)."""
        if self.convolution is None:
            return int(self.words.shape[2])
        down, across = self.convolution.output(*self.words.shape[3:])
        return down * across

    @property
    def K(self) -> int:  # noqa: N802
        """Inputs of one output."""
        return int(self.weights.shape[2])

    @property
    def N(self) -> int:  # noqa: N802
        """Output channels, of all groups."""
        return int(self.weights.shape[3])

    @property
    def operations(self) -> int:
        """Multiply-accumulates of one sample, zeros included; bit-planes of an input are one."""
        factors = self.words.shape[1] // self.planes
        return int(factors * self.T * self.M * self.K * self.N)

    def layer(self, sample: int = 0, part: int = 0) -> Layer:
        """One of a sample's spMspMs.

        Args:
            sample: which, from 0.
            part: which, from 0; parts are the groups of the first factor, then the next.

        Returns:
            Its spikes and weights, unrolled.
        """
        factor, group = divmod(part, self.groups)

        def siblings() -> tuple[Layer, ...]:
            others = (other for other in range(self.samples) if other != sample)
            return tuple(
                self._layer(self.words[other : other + 1], other, factor, group)
                for other in islice(others, SIBLINGS)
            )

        made = self._layer(self.words[sample : sample + 1], sample, factor, group)
        return made if self.samples == 1 else replace(made, siblings=siblings)

    def together(self, part: int = 0) -> Layer:
        """All samples in one spMspM, one below the other in M.

        Args:
            part: which, as of :meth:`layer`.

        Returns:
            Spikes of all samples, and the weights that they share.

        Raises:
            InputError: where each sample has weights of its own.
        """
        if self.samples > 1 and self.weights.shape[0] > 1:
            raise InputError(
                "each sample has operands of its own in place of weights, so that samples cannot "
                "be put together; expected samples each",
                key=self.name,
            )
        factor, group = divmod(part, self.groups)
        return self._layer(self.words, 0, factor, group)

    def outputs(self, sample: int = 0) -> NDArray[np.float64]:
        """What the layer computes of a sample, in the unit that it was given in.

        Args:
            sample: which, from 0.

        Returns:
            ``float64[T, M, N]``: ``x @ w`` of its planes and groups, times the scales, plus the
            bias. Of an attention product ``float64[factors, 1, M, N]``, one a timestep and head.
        """
        rests = []
        for rest in range(self.words.shape[1] // self.planes):
            total = np.zeros((self.T, self.M, self.N))
            for plane in range(self.planes):
                first = (rest * self.planes + plane) * self.groups
                parts = [self.layer(sample, first + group) for group in range(self.groups)]
                products = [one.spikes.astype(np.float64) @ one.weights for one in parts]
                total += 2.0**plane * np.concatenate(products, axis=2)
            rests.append(total * (self.origin.step * self.origin.scale))
        found = np.stack(rests) if len(rests) > 1 else rests[0]
        return found if self.origin.bias is None else found + self.origin.bias

    def _layer(
        self, words: NDArray[np.unsignedinteger], sample: int, factor: int, group: int
    ) -> Layer:
        rest = factor // self.planes
        kinds, rests = self.weights.shape[:2]
        matrix = self.weights[sample if kinds > 1 else 0, rest if rests > 1 else 0]
        width = self.N // self.groups
        matrix = matrix[:, group * width : (group + 1) * width]
        operand = words[:, factor]
        if self.convolution is not None:
            channels = operand.shape[1] // self.groups
            operand = im2col(
                operand[:, group * channels : (group + 1) * channels], self.convolution
            )
        else:
            operand = operand[:, :, group * self.K : (group + 1) * self.K]
        rows = np.ascontiguousarray(operand.reshape(-1, self.K))
        narrow = rows.astype(word_dtype(self.timesteps), copy=False)
        taps = 1 if self.convolution is None else self.convolution.taps
        return Layer.of_words(self.name, narrow, self.timesteps, matrix, taps=taps)

    def _refuse(self, key: str, problem: str) -> None:
        raise InputError(problem, key=f"{self.name}/{key}")
