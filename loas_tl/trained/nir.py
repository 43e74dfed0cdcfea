"""Networks from NIR graphs: run with NumPy for T timesteps, and captured as a model would be."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from loas_tl.ground.errors import InputError
from loas_tl.ground.files import stem
from loas_tl.trained.assemble import Assembly
from loas_tl.trained.calls import Call, Site
from loas_tl.trained.layout import Layout
from loas_tl.trained.neurons import LIKE, Array, Like, Step, neuron, single
from loas_tl.trained.operands import keep_array
from loas_tl.workload.archive import readable
from loas_tl.workload.im2col import SAME, Convolution, im2col
from loas_tl.workload.network import Network
from loas_tl.workload.rounding import PER, Per

NEURONS = ("IF", "LIF", "LI", "CubaLIF", "CubaLI")
WEIGHTED = ("Linear", "Affine", "Conv1d", "Conv2d")
OTHERS = ("Input", "Output", "Flatten", "AvgPool2d", "SumPool2d", "Scale", "Threshold")


@dataclass(frozen=True, eq=False)
class NirRun:
    """What :func:`run_nir` gives.

    Attributes:
        network: what was captured.
        outputs: by node, what it handed on: ``float32[T, N, ...]``.
    """

    network: Network
    outputs: Mapping[str, NDArray[np.float32]]


def from_nir(graph: Any, inputs: Any, **how: Any) -> Network:
    """Run a NIR graph and take what its weighted nodes multiply.

    Args:
        graph: a ``nir.NIRGraph``, or the file that one was written to.
        inputs: ``float[T, N, ...]``, or ``float[N, ...]`` with ``timesteps``.
        how: ``timesteps``, ``like``, ``dt``, ``encoding``, ``rounding`` and ``name``, as of
            :func:`~loas_tl.trained.nir.run_nir`.

    Returns:
        The network.

    Raises:
        InputError: for a node that is not known, by its name; for recurrent edges; and where
            shapes do not fit.

    >>> import loas_tl
    >>> import nir
    >>> import numpy as np
    >>> weights = np.array([[1.0, 0.0, 2.0], [0.0, -1.0, 0.0]])  # N, K
    >>> graph = nir.NIRGraph.from_list(
    ...     nir.Input(np.array([3])), nir.Linear(weights), nir.Output(np.array([2]))
    ... )
    >>> spikes = np.ones((4, 5, 3))  # T, samples, K
    >>> [layer] = loas_tl.from_nir(graph, spikes).layers
    >>> layer.T, layer.samples, layer.K, layer.N
    (4, 5, 3, 2)
    """
    return run_nir(graph, inputs, **how).network


def run_nir(
    graph: Any,
    inputs: Any,
    *,
    timesteps: int | None = None,
    like: Like = "nir",
    dt: float = 1e-4,
    encoding: Literal["bitplanes"] | None = None,
    rounding: Per = "tensor",
    name: str | None = None,
) -> NirRun:
    """Run a NIR graph, timestep by timestep, in single precision.

    Args:
        graph: a ``nir.NIRGraph``, or the file that one was written to.
        inputs: ``[T, N, ...]``, or ``[N, ...]`` with ``timesteps``, the same at each of them.
        timesteps: T of inputs without a time axis.
        like: who wrote the graph, see :mod:`loas_tl.trained.neurons`.
        dt: length of a timestep in the unit of the time constants; SpikingJelly and snnTorch
            write graphs for 0.0001, Norse for 0.001.
        encoding: as of :func:`loas_tl.capture`.
        rounding: likewise.
        name: of the network.

    Raises:
        InputError: for a node that is not known, by its name; for recurrent edges; and where
            shapes do not fit.
    """
    if like not in LIKE:
        raise InputError(f"is {like!r}; expected one of {', '.join(LIKE)}", key="like")
    if rounding not in PER:
        raise InputError(f"is {rounding!r}; expected one of {', '.join(PER)}", key="rounding")
    if not dt > 0:
        raise InputError(f"is {dt}; expected a length of time above 0", key="dt")
    read, called = _graph(graph)
    x = single(inputs)
    if timesteps is not None:
        x = np.broadcast_to(x, (timesteps, *x.shape))
    if x.ndim < 3:
        raise InputError(
            f"have shape {list(x.shape)}; expected [T, N, ...], or [N, ...] with timesteps",
            key="inputs",
        )
    order = _in_order(read)
    sites: dict[str, Site] = {}
    steps = {key: _node(key, read.nodes[key], dt, like, encoding, sites) for key in order}
    before: dict[str, list[str]] = {key: [] for key in order}
    for source, target in read.edges:
        before[target].append(source)
    outputs: dict[str, list[Array]] = {key: [] for key in order}
    for now in x:
        values: dict[str, Array] = {}
        for key in order:
            given = [values[source] for source in before[key]] or [now]
            try:
                values[key] = steps[key](_sum(given))
            except (ValueError, IndexError) as error:
                shapes = ", ".join(str(list(one.shape)) for one in given)
                raise InputError(
                    f"does not fit inputs of shape {shapes} ({error})", key=key
                ) from None
            outputs[key].append(values[key])
    layout = Layout(len(x), x.shape[1], True, False)
    assembly = Assembly(None)
    assembly.add(sites, layout)
    network = assembly.network(name or called, None, False, rounding)
    return NirRun(network, {key: np.stack(value) for key, value in outputs.items()})


def _sum(given: list[Array]) -> Array:
    """What several edges hand to a node."""
    return given[0] if len(given) == 1 else np.asarray(np.sum(given, axis=0), dtype=np.float32)


def _graph(graph: Any) -> tuple[Any, str]:
    if not isinstance(graph, str | os.PathLike):
        if not (hasattr(graph, "nodes") and hasattr(graph, "edges")):
            raise InputError(
                f"is a {type(graph).__name__}; expected a nir.NIRGraph or its file", key="graph"
            )
        return graph, "nir"
    path = Path(graph)
    readable(path, "a NIR graph")
    try:
        import nir
    except ImportError:
        raise InputError(
            "needs nir to be read; install it with pip install 'loas-tl[nir]'", file=path
        ) from None
    try:
        return nir.read(path), stem(path)
    except Exception as error:  # h5py and nir raise nearly anything for a damaged file
        raise InputError(
            f"cannot be read ({str(error)[:80]}); expected a NIR graph", file=path
        ) from None


def _in_order(graph: Any) -> list[str]:
    """Nodes, each behind those that it reads; InputError for cycles and for edges to nowhere."""
    waiting: dict[str, set[str]] = {key: set() for key in graph.nodes}
    for source, target in graph.edges:
        for end in (source, target):
            if end not in waiting:
                raise InputError(f"has an edge to {end!r}, which is no node", key="graph")
        waiting[target].add(source)
    order: list[str] = []
    while waiting:
        ready = [key for key, sources in waiting.items() if not sources - set(order)]
        if not ready:
            raise InputError(
                f"has recurrent edges among {', '.join(sorted(waiting))}; expected none",
                key="graph",
            )
        order += ready
        for key in ready:
            del waiting[key]
    return order


def _node(
    key: str,
    node: Any,
    dt: float,
    like: Like,
    encoding: str | None,
    sites: dict[str, Site],
) -> Step:
    """What a node does in a timestep."""
    kind = type(node).__name__
    if kind in NEURONS:
        return neuron(kind, node, dt, like)
    if kind in WEIGHTED:
        return _weighted(key, kind, node, encoding, sites)
    if kind in ("Input", "Output"):
        return lambda x: x
    if kind == "Flatten":
        return _flatten(node)
    if kind in ("AvgPool2d", "SumPool2d"):
        return _pool(kind, node)
    if kind == "Scale":
        scale = single(node.scale)
        return lambda x: x * scale
    if kind == "Threshold":
        threshold = single(node.threshold)
        return lambda x: single(x > threshold)
    known = ", ".join((*WEIGHTED, *NEURONS, *OTHERS))
    raise InputError(f"is a {kind}, which is not known; expected one of {known}", key=key)


def _weighted(key: str, kind: str, node: Any, encoding: str | None, sites: dict[str, Site]) -> Step:
    weights = single(node.weight)
    bias = single(node.bias) if getattr(node, "bias", None) is not None else None
    site = Site(
        key,
        "convolution" if kind.startswith("Conv") else "linear",
        kind,
        weights.astype(np.float64),
        bias=None if bias is None else bias.astype(np.float64),
    )
    sites[key] = site
    if site.kind == "convolution":
        site.convolution = _convolution(node, kind)
        site.groups = int(node.groups)
        multiply = _convolve(weights, site.convolution, site.groups, kind)
    else:
        turned = np.ascontiguousarray(weights.T)
        multiply = lambda x: x @ turned  # noqa: E731 - the other one is made likewise
    shape = (-1,) + (1,) * (2 if kind == "Conv2d" else 1 if kind == "Conv1d" else 0)

    def step(x: Array) -> Array:
        out = multiply(x)
        depth = weights[0].size
        operand = keep_array(x, encoding is not None)
        site.calls.append(Call(operand, None, x.shape, out.size * depth))
        return out if bias is None else out + bias.reshape(shape)

    return step


def _convolution(node: Any, kind: str) -> Convolution:
    def sides(value: Any) -> tuple[int, int]:
        both = np.broadcast_to(np.asarray(value, dtype=np.int64), 2 if kind == "Conv2d" else 1)
        return (int(both[0]), int(both[1])) if kind == "Conv2d" else (1, int(both[0]))

    padding: Any = node.padding
    if isinstance(padding, str | bytes):
        text = padding.decode() if isinstance(padding, bytes) else padding
        padding = SAME if text == SAME else 0
    else:
        down, across = sides(padding)
        padding = (down, across) if kind == "Conv2d" else (0, across)
    kernel = tuple(int(extent) for extent in node.weight.shape[2:])
    return Convolution(
        (1, *kernel)[-2:],  # type: ignore[arg-type]
        sides(node.stride),
        padding,
        sides(node.dilation),
    )


def _convolve(weights: Array, how: Convolution, groups: int, kind: str) -> Callable[[Array], Array]:
    matrices = np.split(weights.reshape(len(weights), -1), groups)

    def multiply(x: Array) -> Array:
        maps = x if kind == "Conv2d" else x[:, :, np.newaxis]
        down, across = how.output(*maps.shape[2:])
        parts = np.split(maps, groups, axis=1)
        # [N, M, K] @ [K, channels], a group at a time; then channels come first.
        out = np.concatenate(
            [im2col(part, how) @ matrix.T for part, matrix in zip(parts, matrices, strict=True)],
            axis=2,
        ).swapaxes(1, 2)
        extent = (down, across) if kind == "Conv2d" else (across,)
        return np.ascontiguousarray(out).reshape(len(x), -1, *extent)

    return multiply


def _flatten(node: Any) -> Step:
    def step(x: Array) -> Array:
        axes = x.ndim - 1  # of one sample
        start, end = (int(at) % axes + 1 for at in (node.start_dim, node.end_dim))
        return x.reshape(*x.shape[:start], -1, *x.shape[end + 1 :])

    return step


def _pool(kind: str, node: Any) -> Step:
    kernel, stride, padding = (
        tuple(int(one) for one in np.broadcast_to(np.asarray(value), 2))
        for value in (node.kernel_size, node.stride, node.padding)
    )
    how = Convolution(kernel, stride, padding)  # type: ignore[arg-type]

    def step(x: Array) -> Array:
        samples, channels = x.shape[:2]
        down, across = how.output(*x.shape[2:])
        windows = im2col(x, how).reshape(samples, down, across, channels, how.taps)
        total = windows.sum(axis=4, dtype=np.float32)
        out = total / np.float32(how.taps) if kind == "AvgPool2d" else total
        return np.ascontiguousarray(out.transpose(0, 3, 1, 2))

    return step
