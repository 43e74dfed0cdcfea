"""Run a network from its first spikes to its last output as LoAS would.

Source: LoAS (MICRO 2024, arXiv:2407.14073), section IV.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from loas_tl.fiber.encoding import SpikeFibers
from loas_tl.ground.bits import popcount_all
from loas_tl.ground.errors import InputError
from loas_tl.kernel.compressor import compress
from loas_tl.kernel.inner_join import (
    CORRECTION_BITS,
    PSEUDO_BITS,
    JoinReport,
    check_widths,
    join,
)
from loas_tl.kernel.layers import INPUT, SpikingLayer
from loas_tl.kernel.plif import plif_words
from loas_tl.kernel.signals import Signal
from loas_tl.kernel.spmspm import check_depth
from loas_tl.workload.layer import unpack

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, eq=False)
class LayerRun:
    """What one layer of a network did.

    Attributes:
        name: of the layer.
        outputs: ``int32[T, M, N]``, what its neurons got: its spMspM and what earlier layers add.
        fibers: what the compressor wrote of its spikes, after pooling: a fiber of N neurons for
            each pixel or row. None for a layer without neurons.
        extent: height and width of the map that those pixels are of; None for rows.
        report: of its inner joins.
        K: inputs of one output.
        input_density: share of ones in its ``x[T, M, K]``.
        active_density: share of its neurons ``(m, k)`` that fire at least once.
        weight_density: share of its weights that are not zero.
        firing_rate: share of ones in its spikes ``[T, M, N]``, before pooling; None without
            neurons.
    """

    name: str
    outputs: NDArray[np.int32]
    fibers: SpikeFibers | None
    extent: tuple[int, int] | None
    report: JoinReport
    K: int
    input_density: float
    active_density: float
    weight_density: float
    firing_rate: float | None

    @property
    def spikes(self) -> NDArray[np.bool_] | None:
        """What the layer hands on, ``bool[T, C, H, W]`` or ``bool[T, M, N]``."""
        if self.fibers is None:
            return None
        rows = self.fibers.decode()
        if self.extent is None:
            return rows
        return rows.transpose(0, 2, 1).reshape(len(rows), -1, *self.extent)

    def record(self) -> dict[str, Any]:
        """One row of a table."""
        timesteps, rows, columns = self.outputs.shape
        report = self.report
        return {
            "layer": self.name,
            "T": timesteps,
            "M": rows,
            "N": columns,
            "K": self.K,
            "input_density": self.input_density,
            "active_density": self.active_density,
            "weight_density": self.weight_density,
            "firing_rate": self.firing_rate,
            "matches": report.matches,
            "corrections": report.corrections,
            "pseudo_overflows": report.pseudo_overflows,
            "correction_overflows": report.correction_overflows,
            "wrong_outputs": report.wrong_outputs,
            "pseudo_bits_needed": report.pseudo_bits_needed,
            "correction_bits_needed": report.correction_bits_needed,
        }


@dataclass(frozen=True, eq=False)
class NetworkRun:
    """What :func:`run_network` found.

    Attributes:
        layers: what each layer did, in order.
    """

    layers: tuple[LayerRun, ...]

    @property
    def outputs(self) -> NDArray[np.int32]:
        """Of the last layer, ``int32[T, M, N]``."""
        return self.layers[-1].outputs

    @property
    def spikes(self) -> NDArray[np.bool_] | None:
        """Of the last layer, ``bool[T, C, H, W]`` or ``bool[T, M, N]``; None without neurons."""
        return self.layers[-1].spikes

    def __getitem__(self, name: str) -> LayerRun:
        for layer in self.layers:
            if layer.name == name:
                return layer
        raise KeyError(name)

    def to_frame(self) -> pd.DataFrame:
        """A pandas frame with one row a layer."""
        import pandas as pd

        return pd.DataFrame([layer.record() for layer in self.layers])


def run_network(
    layers: Sequence[SpikingLayer],
    first_spikes: object,
    *,
    pseudo_bits: int = PSEUDO_BITS,
    correction_bits: int = CORRECTION_BITS,
) -> NetworkRun:
    """Run a whole network: each layer reads the fibers that an earlier one's compressor wrote.

    A layer decodes its input fibers, unrolls them by im2col if it is a convolution, multiplies by
    inner joins (:func:`~loas_tl.kernel.spmspm_report`), adds what earlier layers contribute, and
    has P-LIF neurons, max pooling and the compressor make the fibers of the next layer.

    Args:
        layers: in the order in which they run.
        first_spikes: ``bool[T, C, H, W]`` (a map), ``bool[T, M, K]`` (rows) or ``bool[T, K]``
            (one row), T from 1 to 64.
        pseudo_bits: width of the pseudo-accumulator, 1 to 32. Overflows are reported for each
            layer; the outputs are exact whatever the widths.
        correction_bits: width of the correction accumulators, 1 to 32.

    Returns:
        What each layer did, in order.

    Raises:
        InputError: where a layer does not fit what it reads or adds; the message names it.

    Source: LoAS (MICRO 2024, arXiv:2407.14073), section IV.

    >>> import loas_tl
    >>> layers = [
    ...     loas_tl.SpikingLayer("hidden", [[2, 0], [0, 3]], loas_tl.PLif(v_th=1)),
    ...     loas_tl.SpikingLayer("last", [[1], [1]]),
    ... ]
    >>> run = loas_tl.run_network(layers, [[1, 0], [1, 1]])  # T = 2, K = 2
    >>> run["hidden"].spikes.astype(int).tolist()
    [[[1, 0]], [[1, 1]]]
    >>> run.outputs.tolist()
    [[[1]], [[2]]]
    """
    check_widths(pseudo_bits, correction_bits)
    runner = Runner(first_spikes, pseudo_bits, correction_bits)
    layers = list(layers)
    if not layers:
        raise InputError("no layers; expected at least one", key="layers")
    return NetworkRun(tuple(runner.run(layer) for layer in layers))


class Runner:
    """Runs one layer after the other, and keeps what later ones may read or add."""

    def __init__(self, first_spikes: object, pseudo_bits: int, correction_bits: int) -> None:
        self._first = Signal.of(first_spikes)
        self._widths = (pseudo_bits, correction_bits)
        self._done: dict[str, LayerRun] = {}
        self._last = INPUT

    def run(self, layer: SpikingLayer) -> LayerRun:
        """Run the next layer; raises InputError where it does not fit."""
        outputs, statistics = self.currents(layer)
        return self.finish(layer, outputs, statistics)

    def currents(self, layer: SpikingLayer) -> tuple[NDArray[np.int32], dict[str, Any]]:
        """What the next layer's neurons get, ``int32[T, M, N]``, and statistics of its spMspM."""
        if not isinstance(layer, SpikingLayer):
            kind = type(layer).__name__
            raise InputError(f"holds a {kind}; expected SpikingLayer objects", key="layers")
        if layer.name in self._done:
            raise InputError(f"two layers are called {layer.name!r}", key="layers")
        source = self._signal(layer.reads or self._last, f"{layer.name}/reads")
        words = source.rows(layer.convolution, layer.name)
        if words.shape[1] != layer.weights.shape[0]:
            raise InputError(
                f"reads K = {words.shape[1]} but has weights of K = {layer.weights.shape[0]}; "
                "expected the same K",
                key=layer.name,
            )
        check_depth(words.shape[1], layer.name)
        outputs, report = join(words, layer.weights, source.timesteps, *self._widths)
        statistics = {
            "report": report,
            "K": words.shape[1],
            "input_density": popcount_all(words) / (words.size * source.timesteps),
            "active_density": int(np.count_nonzero(words)) / words.size,
            "weight_density": int(np.count_nonzero(layer.weights)) / layer.weights.size,
        }
        return self._with_residuals(layer, outputs), statistics

    def finish(
        self, layer: SpikingLayer, outputs: NDArray[np.int32], statistics: dict[str, Any]
    ) -> LayerRun:
        """Have the layer's neurons fire, and keep what they hand on."""
        timesteps, rows, columns = outputs.shape
        extent, fibers, rate = self.extent(layer), None, None
        if layer.neurons is not None:
            words = plif_words(outputs, layer.neurons)
            rate = popcount_all(words) / (timesteps * rows * columns)
            handed_on = Signal(words, timesteps, extent).pooled(layer.pool, layer.name)
            fibers, extent = compress(handed_on.words, timesteps), handed_on.extent
        elif layer.pool != 1:
            raise InputError("pools, but has no neurons; expected spikes", key=layer.name)
        done = LayerRun(layer.name, outputs, fibers, extent, firing_rate=rate, **statistics)
        self._done[layer.name] = done
        self._last = layer.name
        return done

    def extent(self, layer: SpikingLayer) -> tuple[int, int] | None:
        """Height and width of the map that the next layer computes; None where it gives rows."""
        read = self._signal(layer.reads or self._last, layer.name).extent
        if layer.convolution is None or read is None:
            return None
        return layer.convolution.output(*read)

    def _signal(self, name: str, key: str) -> Signal:
        """The spikes of an earlier layer, as read from its fibers."""
        if name == INPUT:
            return self._first
        run = self._earlier(name, key)
        if run.fibers is None:
            raise InputError(
                f"{name!r} has no neurons; expected the name of a layer that fires", key=key
            )
        return Signal(run.fibers.words(), run.fibers.timesteps, run.extent)

    def _earlier(self, name: str, key: str) -> LayerRun:
        if name not in self._done:
            known = ", ".join([INPUT, *self._done])
            raise InputError(f"no layer {name!r} before it; expected one of {known}", key=key)
        return self._done[name]

    def _with_residuals(self, layer: SpikingLayer, outputs: NDArray[np.int32]) -> NDArray[np.int32]:
        if not layer.adds:
            return outputs
        total = outputs.astype(np.int64)
        for residual in layer.adds:
            added = self._contribution(residual.layer, f"{layer.name}/adds")
            if added.shape != outputs.shape:
                raise InputError(
                    f"{residual.layer!r} gives [T,M,N] = {list(added.shape)}; "
                    f"expected {list(outputs.shape)}",
                    key=f"{layer.name}/adds",
                )
            total += residual.scale * added.astype(np.int64)
        narrowed = total.astype(np.int32)
        if (narrowed != total).any():
            raise InputError("outputs outgrow 32 bits; expected a smaller scale", key=layer.name)
        return narrowed

    def _contribution(self, name: str, key: str) -> NDArray[np.generic]:
        run = None if name == INPUT else self._earlier(name, key)
        if run is not None and run.fibers is None:
            return run.outputs
        signal = self._signal(name, key)
        return unpack(signal.words, signal.timesteps)
