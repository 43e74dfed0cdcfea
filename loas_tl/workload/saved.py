"""Networks as ``.npz`` files of packed maps, weights and one JSON text.

The text, an array called :data:`SAVED`, says how each layer reads its maps and what is missing of
the network; ``<layer>/words`` and ``<layer>/w`` are those of
:class:`~loas_tl.workload.samples.SampledLayer`.
"""

from __future__ import annotations

import io
import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field

from loas_tl.ground.errors import InputError
from loas_tl.ground.files import write_all
from loas_tl.workload.archive import SAVED
from loas_tl.workload.layer import Layer
from loas_tl.workload.samples import SampledLayer

if TYPE_CHECKING:
    from loas_tl.workload.network import Network

Side = Annotated[int, Field(ge=0, le=65_536)]
Step = Annotated[int, Field(ge=1, le=65_536)]


class Strict(BaseModel):
    """What all parts have in common."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class ConvolutionText(Strict):
    """Of :class:`~loas_tl.workload.im2col.Convolution`."""

    kernel: tuple[Step, Step]
    stride: tuple[Step, Step]
    padding: tuple[tuple[Side, Side], tuple[Side, Side]]
    dilation: tuple[Step, Step]


class LayerText(Strict):
    """Of :class:`~loas_tl.workload.samples.SampledLayer`, without its arrays."""

    name: str
    timesteps: Annotated[int, Field(ge=1, le=64)]
    convolution: ConvolutionText | None = None
    groups: Step = 1
    planes: Step = 1
    kind: str = ""
    step: float = 1.0
    density: float | None = None
    rounded_to_zero: Annotated[int, Field(ge=0)] = 0
    notes: tuple[str, ...] = ()


class UncoveredText(Strict):
    """Of :class:`~loas_tl.workload.network.Uncovered`."""

    name: str
    kind: str
    why: str
    operations: Annotated[int, Field(ge=0)]
    at: Annotated[int, Field(ge=0)]


class Document(Strict):
    """The whole text."""

    format: Literal[1]
    name: str
    layers: tuple[LayerText, ...]
    uncovered: tuple[UncoveredText, ...] = ()


def save_network(network: Network, path: str | os.PathLike[str]) -> None:
    """Write a network; see :meth:`Network.save`."""
    target = Path(path)
    if target.suffix != ".npz":
        raise InputError("expected a name that ends in .npz", file=target)
    arrays: dict[str, NDArray[np.generic]] = {}
    layers = []
    for one in network.layers:
        layer = one if isinstance(one, SampledLayer) else _as_sampled(one)
        arrays[f"{layer.name}/words"] = layer.words
        arrays[f"{layer.name}/w"] = layer.weights
        arrays[f"{layer.name}/scale"] = layer.origin.scale
        if layer.origin.bias is not None:
            arrays[f"{layer.name}/bias"] = layer.origin.bias
        layers.append(_described(layer))
    document = Document(
        format=1,
        name=network.name,
        layers=tuple(layers),
        uncovered=tuple(UncoveredText(**vars(one)) for one in network.uncovered),
    )
    arrays = {SAVED: np.array(document.model_dump_json(exclude_defaults=True)), **arrays}
    buffer = io.BytesIO()
    np.savez_compressed(buffer, **arrays)  # type: ignore[arg-type]
    write_all({target: buffer.getvalue()})


def _as_sampled(layer: Layer) -> SampledLayer:
    return SampledLayer(
        layer.name,
        layer.packed[np.newaxis, np.newaxis],
        layer.weights[np.newaxis, np.newaxis],
        layer.T,
    )


def _described(layer: SampledLayer) -> LayerText:
    how, origin = layer.convolution, layer.origin
    return LayerText(
        name=layer.name,
        timesteps=layer.timesteps,
        convolution=None
        if how is None
        else ConvolutionText(
            kernel=how.kernel, stride=how.stride, padding=how.padding, dilation=how.dilation
        ),
        groups=layer.groups,
        planes=layer.planes,
        kind=origin.kind,
        step=origin.step,
        density=origin.density,
        rounded_to_zero=origin.rounded_to_zero,
        notes=origin.notes,
    )
