"""Networks from recorded feature maps and a YAML file that describes their layers."""

from __future__ import annotations

import os
import zlib
from pathlib import Path
from typing import Annotated, Any, Literal

import numpy as np
import yaml
from numpy.typing import NDArray
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from loas_tl.ground.data import DATA
from loas_tl.ground.errors import InputError
from loas_tl.workload.archive import open_archive, readable
from loas_tl.workload.generate import median_unevenness
from loas_tl.workload.im2col import SAME, Convolution, Pair
from loas_tl.workload.layer import Layer, as_weights
from loas_tl.workload.maps import EXPECTED_MAP, Maps, maps_of
from loas_tl.workload.network import Network
from loas_tl.workload.rounding import Per, round_weights
from loas_tl.workload.samples import SampledLayer
from loas_tl.workload.structure import DEFAULT
from loas_tl.workload.weights import generate_weights


class _Loader(yaml.SafeLoader):
    """Plain values only, and no key twice: a layer would silently take another's place."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        """The mapping of a node; raises where a key is repeated."""
        keys = [self.construct_object(key, deep=True) for key, _ in node.value]
        for key, (at, _) in zip(keys, node.value, strict=True):
            if keys.count(key) > 1:
                problem = f"{key!r} is there twice"
                raise yaml.constructor.ConstructorError(None, None, problem, at.start_mark)
        return super().construct_mapping(node, deep)


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


def _twice(value: object) -> object:
    """One number stands for both ways, also one in a list."""
    if isinstance(value, list | tuple):
        return tuple(value) * 2 if len(value) == 1 else tuple(value)
    return (value, value)


def _kernel(value: object) -> object:
    """A list of one number stays one: the kernel of a map of one dimension."""
    return tuple(value) if isinstance(value, list | tuple) else (value, value)


def _twice_or_same(value: object) -> object:
    """``same`` is None from here on."""
    if value is None:
        raise ValueError("expected numbers or same")
    return None if value == SAME else _twice(value)


Extent = Annotated[int, Field(ge=1, le=65_536)]
Extents = Annotated[tuple[Extent, Extent], BeforeValidator(_twice)]
Kernel = Annotated[tuple[Extent, ...], BeforeValidator(_kernel), Field(min_length=1, max_length=2)]
Sides = Annotated[int, Field(ge=0, le=64)]
Padding = Annotated[tuple[Sides, Sides] | None, BeforeValidator(_twice_or_same)]
BatchAxis = Annotated[int, Field(ge=0, le=4)]


class RecordedLayer(_Strict):
    """How one recorded feature map becomes a layer. Of two numbers the first is down the map.

    Attributes:
        kernel: extent of the convolution that reads the map, in the file one number or two; leave
            it out for a fully connected layer, which reads a whole map as one row (channel, row,
            column). A list of one number reads maps of one dimension, ``[T,C,L]``.
        stride, dilation: in the file one number or two.
        padding: in the file one number, two, or ``same``, which is None here.
        groups: of channels that are convolved apart; as many as channels for a depthwise one.
        pool: extent and stride of a max pooling of the map before it is read.
        output_channels: N.
        batch_axis: which axis of the array counts samples; None for an array of one sample.
        weight_sparsity: share of the weights that are zero; not needed with a weights file.
        unevenness: of generated weights, see ``loas_tl.workload.weights``.
    """

    output_channels: Extent
    kernel: Kernel | None = None
    stride: Extents = (1, 1)
    padding: Padding = (0, 0)
    dilation: Extents = (1, 1)
    groups: Extent = 1
    pool: Extents = (1, 1)
    batch_axis: BatchAxis | None = None
    weight_sparsity: Annotated[float, Field(ge=0, le=1)] | None = None
    unevenness: Annotated[float, Field(ge=0, le=10)] | None = None

    @model_validator(mode="after")
    def _of_a_convolution(self) -> RecordedLayer:
        given = self.model_fields_set & {"stride", "padding", "dilation", "groups"}
        if self.kernel is None and given:
            raise ValueError(
                f"{sorted(given)[0]} goes with kernel; without it the layer is fully connected"
            )
        if self.padding is None and self.stride != (1, 1):
            raise ValueError("padding same goes with stride 1 only")
        return self

    @property
    def line(self) -> bool:
        """Whether it reads maps of one dimension, ``[T,C,L]``."""
        return self.kernel is not None and len(self.kernel) == 1

    @property
    def convolution(self) -> Convolution | None:
        """The layer's im2col, None where it is fully connected; a line is a map of one row."""
        if self.kernel is None:
            return None
        stride, dilation = self.stride, self.dilation
        padding: Pair | str = SAME if self.padding is None else self.padding
        if self.line:
            stride, dilation = (1, stride[1]), (1, dilation[1])
            padding = padding if isinstance(padding, str) else (0, padding[1])
        down, across = (1, *self.kernel)[-2:]
        return Convolution((down, across), stride, padding, dilation)


class Recording(_Strict):
    """The YAML file: which arrays of the ``.npz`` are layers, in order.

    Attributes:
        network: a name for reports; by default the name of the ``.npz``.
        weights: an ``.npz`` of ``<layer>`` integer[K,N], or [N,C/groups,kernel...] as PyTorch
            keeps them, relative to the YAML file; layers that it lacks get generated weights.
        rounding: one scale a ``tensor`` or one a ``channel`` where those weights are to be rounded
            to 8 bits.
        batch_axis: of all layers that name none.
        layers: by the name of the feature map.
    """

    network: str | None = None
    weights: str | None = None
    rounding: Literal["tensor", "channel"] | None = None
    batch_axis: BatchAxis | None = None
    layers: Annotated[dict[str, RecordedLayer], Field(min_length=1)]


def load_spikes(
    spikes: str | os.PathLike[str], layers: str | os.PathLike[str], seed: int = 0
) -> Network:
    """Load recorded feature maps as a network.

    Args:
        spikes: ``.npz`` with one array a layer, bool[T,C,H,W] or bool[T,features], with one more
            axis where there are several samples.
        layers: YAML file, see :class:`Recording`.
        seed: of generated weights.

    Raises:
        InputError: where a file, or something in it, is not as expected.
    """
    spikes, layers = Path(spikes), Path(layers)
    recording = read_recording(layers)
    given = _given_weights(recording, layers)
    built: list[Layer | SampledLayer] = []
    with open_archive(spikes, EXPECTED_MAP) as archive:
        for name, layer in recording.layers.items():
            axis = recording.batch_axis if layer.batch_axis is None else layer.batch_axis
            array = archive.read(name, EXPECTED_MAP)
            read = maps_of(
                array,
                layer.convolution,
                line=layer.line,
                batch_axis=axis,
                pool=layer.pool,
                groups=layer.groups,
                file=spikes,
                key=name,
            )
            weights = given.get(name)
            if weights is None:
                matrix = _generated_weights(layers, name, layer, read, seed)
            else:
                file = layers.parent / (recording.weights or "")
                matrix = _as_matrix(weights, read, name, recording.rounding, file)
                if matrix.shape[1] != layer.output_channels:
                    raise InputError(
                        f"is {layer.output_channels} but the weights file has "
                        f"N = {matrix.shape[1]}",
                        file=layers,
                        key=f"layers.{name}.output_channels",
                    )
            built.append(_built(name, layer, read, matrix, axis is not None, spikes))
    return Network(recording.network or spikes.stem, tuple(built))


def read_recording(path: Path) -> Recording:
    """Read and check the YAML file; raises InputError naming the key."""
    readable(path, "a YAML file with 'layers'")
    try:
        document = yaml.load(path.read_text(encoding="utf-8"), _Loader)  # noqa: S506 - it is safe
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        where = f" (line {mark.line + 1}: {getattr(error, 'problem', '')})" if mark else ""
        raise InputError(f"is not valid YAML{where}", file=path) from None
    try:
        return Recording.model_validate(document)
    except ValidationError as error:
        first = error.errors()[0]
        place = list(first["loc"])
        while place and isinstance(place[-1], int):  # of two numbers the key is what is named
            place.pop()
        key = ".".join(str(part) for part in place) or None
        raise InputError(_plain(first["type"], first["msg"]), file=path, key=key) from None


def _plain(kind: str, message: str) -> str:
    if kind == "extra_forbidden":
        return (
            "unknown key; expected one of network, weights, layers, or of a layer's "
            + ", ".join(RecordedLayer.model_fields)
        )
    if kind == "model_type":
        return "expected keys with values"
    if kind == "missing":
        return "missing; expected a value"
    if kind == "value_error":
        message = message.removeprefix("Value error, ")
    return message[0].lower() + message[1:]


def _built(
    name: str,
    layer: RecordedLayer,
    read: Maps,
    matrix: NDArray[np.int8],
    sampled: bool,
    origin: Path,
) -> Layer | SampledLayer:
    if sampled or layer.groups > 1:
        spikes = read.maps if read.convolution is not None else read.rows
        return SampledLayer.of_spikes(name, spikes, matrix, read.convolution, layer.groups)
    taps = 1 if read.convolution is None else read.convolution.taps
    return Layer(name, read.unrolled(0), matrix, origin, taps)


def _given_weights(recording: Recording, layers: Path) -> dict[str, NDArray[np.generic]]:
    if recording.weights is None:
        return {}
    path = layers.parent / recording.weights
    with open_archive(path, "<layer> integer[K,N] weights") as archive:
        return {
            name: archive.read(name, "integer[K,N]")
            for name in recording.layers
            if name in archive.keys
        }


def _as_matrix(
    weights: NDArray[np.generic], read: Maps, name: str, rounding: Per | None, file: Path
) -> NDArray[np.int8]:
    """Weights of a file as ``int8[K, N]``."""
    depth, how = read.depth, read.convolution
    if how is not None and weights.shape[2:] in (how.kernel, how.kernel[1:]) and weights.ndim > 2:
        # As PyTorch keeps those of a convolution: [N, C / groups, kernel...].
        weights = weights.reshape(weights.shape[0], -1).T
    if rounding is not None and weights.ndim == 2 and weights.dtype.kind in "biuf":
        weights = round_weights(weights, rounding).weights
    try:
        matrix = as_weights(weights, file, name)
    except InputError as error:
        if weights.dtype.kind == "f" and "whole numbers" in str(error):
            raise InputError(f"{error}; 'rounding: tensor' in the YAML rounds them") from None
        raise
    if matrix.shape[0] != depth:
        turned = "; they look transposed, as PyTorch keeps those of a linear layer"
        raise InputError(
            f"has K = {matrix.shape[0]}, but its layer's x has K = {depth}; expected the same K"
            + (turned if matrix.shape[1] == depth else ""),
            file=file,
            key=name,
        )
    return matrix


def _generated_weights(
    path: Path, name: str, layer: RecordedLayer, read: Maps, seed: int
) -> NDArray[np.int8]:
    if layer.weight_sparsity is None:
        raise InputError(
            "missing; expected a share of zeros between 0 and 1, or a weights file",
            file=path,
            key=f"layers.{name}.weight_sparsity",
        )
    if layer.output_channels % layer.groups:
        raise InputError(
            f"is {layer.groups}; expected a divisor of the {layer.output_channels} output channels",
            file=path,
            key=f"layers.{name}.groups",
        )
    rng = np.random.default_rng([seed, zlib.crc32(name.encode())])
    taps = 1 if read.convolution is None else read.convolution.taps
    fires = read.spikes_per_channel().reshape(layer.groups, -1)
    width = layer.output_channels // layer.groups
    each = (1 - layer.weight_sparsity) * read.depth * width
    unevenness = median_unevenness() if layer.unevenness is None else layer.unevenness
    # Of all groups together as many as asked for, whatever each would round to.
    ends = [round(each * group) for group in range(layer.groups + 1)]
    return np.concatenate(
        [
            generate_weights(
                taps, width, ends[at + 1] - ends[at], of_group, DEFAULT, unevenness, rng
            )
            for at, of_group in enumerate(fires)
        ],
        axis=1,
    )


def shipped_descriptions() -> list[Path]:
    """YAML files that come with the package, for recordings of AlexNet and VGG16 on CIFAR-10."""
    return sorted((DATA / "recordings").glob("*.yaml"))
