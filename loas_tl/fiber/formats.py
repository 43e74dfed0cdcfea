"""The operands of whole networks in several sparse formats, side by side.

Source: of fibers LoAS (MICRO 2024), section IV-A; the other formats are common ones.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial, reduce
from operator import add
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

from loas_tl.fiber import sizes
from loas_tl.fiber.encoding import WEIGHT_BITS
from loas_tl.fiber.layout import LINE_BYTES, MOST_LINE_BYTES, POINTER_BITS, Layout, whole_number
from loas_tl.fiber.sizes import Size
from loas_tl.ground.kib import BITS_PER_KIB
from loas_tl.ground.nearest import unknown
from loas_tl.ground.shown import Shown
from loas_tl.ground.spread import flat, spreads
from loas_tl.ground.titles import network_named, network_titles
from loas_tl.workload.layer import Layer
from loas_tl.workload.network import Coverage
from loas_tl.workload.source import (
    LayerSource,
    Networks,
    Progress,
    Samples,
    chosen,
    coverages,
    layer_sources,
    on_each_sample,
    renamed,
)

if TYPE_CHECKING:
    import pandas as pd

Operand = Literal["spikes", "weights"]
OPERANDS: tuple[Operand, ...] = ("spikes", "weights")

FORMATS = ("fiber", "fiber-lines", "csr", "coo", "bitmask", "run-length")
"""Fibers, fibers in whole lines, and what each timestep (or the weights) takes in other formats."""


@dataclass(frozen=True)
class FormatSize:
    """One operand of a layer, or of a whole network (``layer`` is None), in one format.

    Attributes:
        network, layer: names.
        operand: the spikes ``X[T,M,K]`` or the weights ``W[K,N]``.
        format: one of :data:`FORMATS`.
        size: its bits.
        nonzeros: spikes, or weights that are not zero.
        fiber_bits: what the operand takes as fibers, to compare with.
        samples: the sizes of each sample where there are several; this one is their mean then,
            rounded to whole numbers.
    """

    network: str
    layer: str | None
    operand: Operand
    format: str
    size: Size
    nonzeros: int
    fiber_bits: int
    samples: tuple[FormatSize, ...] = ()

    def __add__(self, other: FormatSize) -> FormatSize:
        """Another layer's, or another spMspM's of the same layer, on top; samples go."""
        return replace(
            self,
            size=self.size + other.size,
            nonzeros=self.nonzeros + other.nonzeros,
            fiber_bits=self.fiber_bits + other.fiber_bits,
            samples=(),
        )

    @classmethod
    def mean(cls, samples: Sequence[FormatSize]) -> FormatSize:
        """The mean over samples.

        Args:
            samples: the size of each, at least one.

        Returns:
            Their mean, rounded to whole numbers; of one sample itself.
        """
        if len(samples) == 1:
            return samples[0]
        return replace(
            samples[0],
            size=Size.mean([one.size for one in samples]),
            nonzeros=round(sum(one.nonzeros for one in samples) / len(samples)),
            fiber_bits=round(sum(one.fiber_bits for one in samples) / len(samples)),
            samples=tuple(samples),
        )

    @property
    def over_fiber(self) -> float:
        """Ratio of its bits to those of the fibers."""
        return self.size.bits / self.fiber_bits

    @property
    def coordinates_per_nonzero(self) -> float | None:
        """Ratio of coordinates, run lengths and pointers to non-zeros; None without non-zeros."""
        return self.size.coordinates / self.nonzeros if self.nonzeros else None

    def record(self) -> dict[str, Any]:
        """One row of a report; the unit is in the name of the column."""
        row: dict[str, Any] = {"network": self.network}
        if self.layer is not None:
            row["layer"] = self.layer
        row |= {
            "operand": self.operand,
            "format": self.format,
            "size_KiB": self.size.bits / BITS_PER_KIB,
            "size_bits": self.size.bits,
            "value_bits": self.size.values,
            "metadata_bits": self.size.metadata,
            "padding_bits": self.size.padding,
            "nonzeros": self.nonzeros,
            "coordinates": self.size.coordinates,
            "coordinates_per_nonzero": self.coordinates_per_nonzero,
            "over_fiber": self.over_fiber,
        }
        if self.samples:
            row["samples"] = len(self.samples)
            row["spread"] = spreads([one.record() for one in self.samples])
        return row


@dataclass(frozen=True, repr=False)
class Formats(Shown):
    """The result of :func:`measure_formats`.

    Attributes:
        layers: one size for each layer, operand and format, in order.
        totals: the layers of each network added up.
        line_bytes, pointer_bits: widths that were assumed, of a line and of a pointer.
        notes: what was asked for without effect, and what is to be said of the sizes, a line each.
        coverage: by network, how much of it its layers stand for; only where that is not all.
    """

    layers: tuple[FormatSize, ...]
    totals: tuple[FormatSize, ...]
    line_bytes: int
    pointer_bits: int
    notes: tuple[str, ...] = ()
    coverage: Mapping[str, Coverage] = field(default_factory=dict)

    @property
    def headline(self) -> str:
        """Networks, and the widths that were assumed."""
        return (
            f"{network_titles(self.networks)} in {len(FORMATS)} formats, pointers of "
            f"{self.pointer_bits} bits, lines of {self.line_bytes} bytes"
        )

    def brief(self) -> pd.DataFrame:
        """The totals: size, what of it is metadata and padding, and size over the fibers'."""
        names = ["network", "operand", "format", "size_KiB", "metadata_bits", "padding_bits"]
        return self.to_frame(totals=True)[[*names, "nonzeros", "over_fiber"]]

    @property
    def networks(self) -> list[str]:
        """Names of the networks, in order."""
        return list(dict.fromkeys(total.network for total in self.totals))

    def total(self, network: str, operand: Operand, name: str) -> FormatSize:
        """The total of one operand of a network in one format.

        Args:
            network: its name or its title, in whatever case.
            operand: ``"spikes"`` or ``"weights"``.
            name: of the format, one of :data:`FORMATS`.

        Returns:
            Its size.

        Raises:
            InputError: where there is none, with the nearest name.
        """
        meant = network_named(network, self.networks)
        if operand not in OPERANDS:
            raise unknown(str(operand), list(OPERANDS), "no operand is called")
        for total in self.totals:
            if (total.network, total.operand, total.format) == (meant, operand, name):
                return total
        raise unknown(str(name), list(FORMATS), "no format is called")

    def to_frame(self, totals: bool = False) -> pd.DataFrame:
        """A pandas frame with one row a layer, operand and format, or of the totals.

        Args:
            totals: whether rows are totals of networks.

        Returns:
            The frame; the unit is in the name of a column.
        """
        import pandas as pd

        rows = [row.record() for row in (self.totals if totals else self.layers)]
        return pd.DataFrame([flat(row) for row in rows])

    def to_dict(self) -> dict[str, Any]:
        """The object of :meth:`to_json`: the assumed widths, ``layers`` and ``totals``."""
        document: dict[str, Any] = {
            "line_bytes": self.line_bytes,
            "pointer_bits": self.pointer_bits,
            "layers": [row.record() for row in self.layers],
            "totals": [row.record() for row in self.totals],
            "notes": list(self.notes),
        }
        if self.coverage:
            document["coverage"] = {name: of.record() for name, of in self.coverage.items()}
        return document


def measure_formats(
    networks: Networks | None = None,
    *,
    tensors: str | os.PathLike[str] | None = None,
    spikes: str | os.PathLike[str] | None = None,
    layers: str | os.PathLike[str] | None = None,
    layer: str | Iterable[str] | None = None,
    seed: int = 0,
    line_bytes: int = LINE_BYTES,
    pointer_bits: int = POINTER_BITS,
    samples: Samples = "each",
    progress: Progress | None = None,
    only: Iterable[str] | None = None,
) -> Formats:
    """Measure the spikes and weights of networks in each of :data:`FORMATS`.

    Args:
        networks: names or :class:`~loas_tl.Network` objects, by default the three networks with
            published figures; see :func:`~loas_tl.workload.source.layer_sources`.
        tensors: a file of tensors, instead of ``networks``.
        spikes: a file of recorded feature maps, instead of ``networks``.
        layers: the YAML file that describes the layers of ``spikes``.
        layer: names of layers, or one; by default all.
        seed: of generated tensors.
        line_bytes: bytes of a line of the memory that fibers lie in.
        pointer_bits: width of every pointer, of fibers and of the other formats.
        samples: of layers that have several: see :func:`~loas_tl.compare`.
        progress: called after each layer.
        only: what ``layer`` was called before.

    Returns:
        Sizes in bits by layer, operand and format, and their totals.

    Raises:
        InputError: where something given cannot be used; the message is one line.

    >>> import loas_tl
    >>> found = loas_tl.measure_formats("V-L8")
    >>> spikes = [one for one in found.layers if one.operand == "spikes"]
    >>> [(one.format, round(one.over_fiber, 2)) for one in spikes[:3]]
    [('fiber', 1.0), ('fiber-lines', 1.07), ('csr', 2.96)]
    """
    # Checked before any layer is made.
    whole_number(line_bytes, "line_bytes", most=MOST_LINE_BYTES)
    whole_number(pointer_bits, "pointer_bits", most=63)
    sources = layer_sources(
        networks, tensors=tensors, spikes=spikes, layers=layers, seed=seed, samples=samples
    )
    sources = chosen(sources, renamed(layer, only, "only"), "layer")
    work = partial(layer_sizes, line_bytes=line_bytes, pointer_bits=pointer_bits)
    measured = on_each_sample(sources, work, progress)
    rows = [
        FormatSize.mean([_of_sample(source, operand, name, parts) for parts in layer])
        for source, layer in zip(sources, measured, strict=True)
        for operand in OPERANDS
        for name in FORMATS
    ]
    several = tuple(
        f"{source.network}: {source.layer} is {len(source.samples[0])} spMspMs a sample; the "
        "weights of each count"
        for source in sources
        if len(source.samples[0]) > 1
    )
    narrow = tuple(
        line
        for source, layer in zip(sources, measured, strict=True)
        for line in _too_narrow(source, layer, 8 * line_bytes, pointer_bits)
    )
    notes = (*several, *narrow)
    return Formats(
        tuple(rows), tuple(_totals(rows)), line_bytes, pointer_bits, notes, coverages(sources)
    )


def _too_narrow(
    source: LayerSource, samples: Sequence[Sequence[Sizes]], line_bits: int, pointer_bits: int
) -> Iterator[str]:
    """A line for each operand whose fibers lie in more lines than a pointer can name."""
    for operand in OPERANDS:
        sizes = (part[operand][1]["fiber-lines"].bits for parts in samples for part in parts)
        lines = max(sizes) // line_bits
        if lines > 1 << pointer_bits:
            yield (
                f"{source.network}: {source.layer}: the {operand} lie in {lines:,} lines, of which "
                f"pointers of {pointer_bits} bits name {1 << pointer_bits:,}; "
                f"{(lines - 1).bit_length()} bits would do"
            )


Sizes = dict[Operand, tuple[int, dict[str, Size]]]
"""Of each operand the non-zeros, and the size in each format."""


def _of_sample(
    source: LayerSource, operand: Operand, name: str, parts: Sequence[Sizes]
) -> FormatSize:
    """The size of one sample's operand, all its spMspMs added up."""
    sizes = []
    for part in parts:
        nonzeros, of = part[operand]
        sizes.append(
            FormatSize(
                *(source.network, source.layer, operand, name),
                size=of[name],
                nonzeros=nonzeros,
                fiber_bits=of["fiber"].bits,
            )
        )
    return reduce(add, sizes)


def layer_sizes(
    layer: Layer, line_bytes: int = LINE_BYTES, pointer_bits: int = POINTER_BITS
) -> Sizes:
    """Non-zeros, and the size in each format, of the spikes and of the weights of a layer."""
    spike_layout = Layout(layer.K, layer.T, line_bytes, pointer_bits)
    weight_layout = Layout(layer.K, WEIGHT_BITS, line_bytes, pointer_bits)
    active = np.count_nonzero(layer.packed, axis=1).astype(np.int64)
    kept = np.count_nonzero(layer.weights, axis=0).astype(np.int64)
    return {
        "spikes": _in_each_format(layer.spikes, 0, active, spike_layout),
        # By column, as fibers are: so CSR is of the transpose, that is CSC.
        "weights": _in_each_format(layer.weights.T[np.newaxis], WEIGHT_BITS, kept, weight_layout),
    }


def _in_each_format(
    stack: NDArray[np.generic], value_bits: int, of_fibers: NDArray[np.int64], layout: Layout
) -> tuple[int, dict[str, Size]]:
    matrices, rows, columns = stack.shape
    gaps = sizes.gap_histogram(stack.reshape(matrices * rows, columns))
    nonzeros = int(gaps.sum())
    extents = {"matrices": matrices, "rows": rows, "columns": columns, "nonzeros": nonzeros}
    pointer_bits = layout.pointer_bits
    return nonzeros, {
        "fiber": sizes.fiber_size(of_fibers, layout),
        "fiber-lines": sizes.fiber_lines_size(of_fibers, layout),
        "csr": sizes.csr_size(**extents, value_bits=value_bits, pointer_bits=pointer_bits),
        "coo": sizes.coo_size(**extents, value_bits=value_bits, pointer_bits=pointer_bits),
        "bitmask": sizes.bitmask_size(**extents, value_bits=value_bits),
        "run-length": sizes.run_length_size(
            gaps,
            matrices=matrices,
            rows=rows,
            value_bits=value_bits,
            run_bits=sizes.best_run_bits(gaps),
            pointer_bits=pointer_bits,
        ),
    }


def _totals(rows: list[FormatSize]) -> list[FormatSize]:
    of_network: dict[tuple[str, Operand, str], list[FormatSize]] = {}
    for row in rows:
        of_network.setdefault((row.network, row.operand, row.format), []).append(row)
    return [_sum(layers) for layers in of_network.values()]


def _sum(layers: Sequence[FormatSize]) -> FormatSize:
    """The layers of a network, sample by sample; a layer of one sample counts for each."""
    count = max(len(one.samples) for one in layers)
    if count:
        return FormatSize.mean(
            [_sum([(one.samples or (one,) * count)[at] for one in layers]) for at in range(count)]
        )
    return replace(reduce(add, layers), layer=None)
