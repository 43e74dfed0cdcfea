"""Networks from recorded feature maps and a YAML file that describes their layers."""

from __future__ import annotations

import os
import zlib
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import yaml
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from loas_tl.ground.data import DATA
from loas_tl.ground.errors import InputError
from loas_tl.workload.archive import Archive, open_archive, readable
from loas_tl.workload.generate import median_unevenness
from loas_tl.workload.im2col import Convolution, im2col
from loas_tl.workload.layer import MAX_TIMESTEPS, Layer, Network, as_binary, as_weights
from loas_tl.workload.structure import DEFAULT
from loas_tl.workload.weights import generate_weights, spikes_per_channel

EXPECTED_MAP = "bool[T,C,H,W] or bool[T,features] spikes"


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


class RecordedLayer(_Strict):
    """How one recorded feature map becomes a layer.

    Attributes:
        kernel, stride, padding: of the convolution that reads the map; leave them out for a
            fully connected layer.
        output_channels: N.
        weight_sparsity: share of the weights that are zero; not needed with a weights file.
        unevenness: of generated weights, see ``loas_tl.workload.weights``.
    """

    output_channels: Annotated[int, Field(ge=1, le=65_536)]
    kernel: Annotated[int, Field(ge=1)] = 1
    stride: Annotated[int, Field(ge=1)] = 1
    padding: Annotated[int, Field(ge=0, le=64)] = 0
    weight_sparsity: Annotated[float, Field(ge=0, le=1)] | None = None
    unevenness: Annotated[float, Field(ge=0, le=10)] | None = None

    @property
    def convolution(self) -> Convolution:
        """The layer's im2col."""
        return Convolution(self.kernel, self.stride, self.padding)


class Recording(_Strict):
    """The YAML file: which arrays of the ``.npz`` are layers, in order.

    Attributes:
        network: a name for reports; by default the name of the ``.npz``.
        weights: an ``.npz`` of ``<layer>`` integer[K,N], relative to the YAML file; layers that
            it lacks get generated weights.
        layers: by the name of the feature map.
    """

    network: str | None = None
    weights: str | None = None
    layers: Annotated[dict[str, RecordedLayer], Field(min_length=1)]


def load_spikes(
    spikes: str | os.PathLike[str], layers: str | os.PathLike[str], seed: int = 0
) -> Network:
    """Load recorded feature maps as a network.

    Args:
        spikes: ``.npz`` with one array a layer, bool[T,C,H,W] or bool[T,features].
        layers: YAML file, see :class:`Recording`.
        seed: of generated weights.

    Raises:
        InputError: where a file, or something in it, is not as expected.
    """
    spikes, layers = Path(spikes), Path(layers)
    recording = read_recording(layers)
    built = []
    with open_archive(spikes, EXPECTED_MAP) as archive:
        for name, layer in recording.layers.items():
            rows = _rows(archive, name, layer)
            weights = _given_weights(recording, layers, name)
            if weights is None:
                weights = _generated_weights(layers, name, layer, rows, seed)
            elif weights.shape[0] != rows.shape[2]:
                raise InputError(
                    f"has K = {weights.shape[0]}, but its layer's x has K = {rows.shape[2]}; "
                    "expected the same K",
                    file=layers.parent / (recording.weights or ""),
                    key=name,
                )
            elif weights.shape[1] != layer.output_channels:
                raise InputError(
                    f"is {layer.output_channels} but the weights file has N = {weights.shape[1]}",
                    file=layers,
                    key=f"layers.{name}.output_channels",
                )
            built.append(Layer(name, rows, weights, origin=spikes))  # type: ignore[arg-type]
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
        key = ".".join(str(part) for part in first["loc"]) or None
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
    return message[0].lower() + message[1:]


def _rows(archive: Archive, name: str, layer: RecordedLayer) -> NDArray[np.bool_]:
    recorded = archive.read(name, EXPECTED_MAP)
    if recorded.ndim == 2:
        recorded = recorded[:, :, np.newaxis, np.newaxis]
    if recorded.ndim != 4 or 0 in recorded.shape or recorded.dtype.kind not in "biuf":
        raise InputError(
            f"has dtype {recorded.dtype} and shape {list(recorded.shape)}; "
            f"expected {EXPECTED_MAP} with every extent at least 1",
            file=archive.path,
            key=name,
        )
    if recorded.shape[0] > MAX_TIMESTEPS:
        raise InputError(
            f"{recorded.shape[0]} timesteps; expected at most {MAX_TIMESTEPS}",
            file=archive.path,
            key=name,
        )
    maps = as_binary(recorded, archive.path, name)
    height, width = maps.shape[2:]
    if min(layer.convolution.positions(extent) for extent in (height, width)) < 1:
        raise InputError(
            f"a {layer.kernel}x{layer.kernel} kernel with padding {layer.padding} does not fit a "
            f"{height}x{width} map",
            file=archive.path,
            key=name,
        )
    return im2col(maps, layer.convolution)


def _given_weights(recording: Recording, layers: Path, name: str) -> NDArray[np.generic] | None:
    if recording.weights is None:
        return None
    path = layers.parent / recording.weights
    with open_archive(path, "<layer> integer[K,N] weights") as archive:
        if name not in archive.keys:
            return None
        return as_weights(archive.read(name, "integer[K,N]"), path, name)


def _generated_weights(
    path: Path, name: str, layer: RecordedLayer, rows: NDArray[np.bool_], seed: int
) -> NDArray[np.int8]:
    if layer.weight_sparsity is None:
        raise InputError(
            "missing; expected a share of zeros between 0 and 1, or a weights file",
            file=path,
            key=f"layers.{name}.weight_sparsity",
        )
    taps, n = layer.kernel**2, layer.output_channels
    return generate_weights(
        taps,
        n,
        round((1 - layer.weight_sparsity) * rows.shape[2] * n),
        spikes_per_channel(rows, taps),
        DEFAULT,
        median_unevenness() if layer.unevenness is None else layer.unevenness,
        np.random.default_rng([seed, zlib.crc32(name.encode())]),
    )


def shipped_descriptions() -> list[Path]:
    """YAML files that come with the package, for recordings of AlexNet and VGG16 on CIFAR-10."""
    return sorted((DATA / "recordings").glob("*.yaml"))
