"""Networks from recorded feature maps, as a YAML file describes their layers."""

from __future__ import annotations

import os
import zlib
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from loas_tl.ground.data import DATA
from loas_tl.ground.errors import InputError
from loas_tl.ground.files import stem
from loas_tl.ground.given import check_seed, path_of
from loas_tl.workload.archive import open_archive
from loas_tl.workload.description import RecordedLayer, Recording, read_recording
from loas_tl.workload.generate import median_unevenness
from loas_tl.workload.layer import Layer, as_weights, check_memory
from loas_tl.workload.maps import EXPECTED_MAP, Maps, maps_of
from loas_tl.workload.network import Network, Uncovered
from loas_tl.workload.rounding import Per, round_weights
from loas_tl.workload.samples import SampledLayer
from loas_tl.workload.structure import DEFAULT
from loas_tl.workload.weights import generate_weights


def load_spikes(
    spikes: str | os.PathLike[str], layers: str | os.PathLike[str], seed: int = 0
) -> Network:
    """Load recorded feature maps as a network.

    Args:
        spikes: ``.npz`` with one array a layer, bool[T,C,H,W] or bool[T,features], with one more
            axis where there are several samples.
        layers: YAML file, see :class:`~loas_tl.workload.description.Recording`.
        seed: of generated weights.

    Returns:
        The network, called as the YAML file says, or as the file of spikes. Arrays that the YAML
        has no layer of are not covered, and said to be.

    Raises:
        InputError: where a file, or something in it, is not as expected.

    >>> import loas_tl
    >>> import numpy as np
    >>> from pathlib import Path
    >>> np.savez("maps.npz", conv=np.ones((4, 2, 6, 6), dtype=bool))  # T, C, H, W
    >>> layer = "{kernel: 3, output_channels: 5, weight_sparsity: 0.9}"
    >>> _ = Path("layers.yaml").write_text(f"layers: {{conv: {layer}}}")
    >>> network = loas_tl.load_spikes("maps.npz", "layers.yaml")
    >>> [layer] = network.layers
    >>> layer.name, layer.T, layer.M, layer.N, layer.K
    ('conv', 4, 16, 5, 18)
    """
    check_seed(seed)
    spikes, layers = path_of(spikes, "spikes"), path_of(layers, "layers")
    recording = read_recording(layers)
    given = _given_weights(recording, layers)
    built: list[Layer | SampledLayer] = []
    with open_archive(spikes, EXPECTED_MAP) as archive:
        described = recording.layers
        uncovered = tuple(
            Uncovered(name, "array", f"{layers.name} has no layer of this name", 0, at)
            for at, name in enumerate(_in_order(list(described), archive.keys))
            if name not in described
        )
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
                check_memory(name, read.shape, layer.output_channels, spikes)
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
    return Network(recording.network or stem(spikes), tuple(built), uncovered)


def _in_order(described: list[str], recorded: list[str]) -> list[str]:
    """Layers as they are described, and each other array behind the one before it in the file."""
    behind: dict[str, list[str]] = {"": [], **{name: [] for name in described}}
    last = ""
    for name in recorded:
        if name in behind:
            last = name
        else:
            behind[last].append(name)
    return [*behind.pop(""), *(one for name in behind for one in (name, *behind[name]))]


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
