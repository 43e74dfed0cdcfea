"""Networks from NIR graphs: run with NumPy for T timesteps, and captured as a model would be."""

from __future__ import annotations

import os
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from loas_tl.ground.errors import InputError
from loas_tl.ground.files import stem
from loas_tl.ground.given import check_number, check_whole
from loas_tl.ground.memory import require
from loas_tl.ground.raised import as_input_error, of_file
from loas_tl.trained.assemble import Assembly
from loas_tl.trained.calls import Site
from loas_tl.trained.layout import Layout
from loas_tl.trained.neurons import LIKE, Array, Like, Step, single
from loas_tl.trained.nir_file import read_graph
from loas_tl.trained.nir_nodes import FIRING, KINDS, step_of
from loas_tl.workload.layer import MAX_TIMESTEPS
from loas_tl.workload.network import Network
from loas_tl.workload.rounding import PER, Per


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
    check_number(dt, "dt")
    if not 0 < dt < np.inf:
        raise InputError(f"is {dt}; expected a length of time above 0", key="dt")
    with np.errstate(all="ignore"):
        x = _timesteps(_numbers(inputs), timesteps)
    if not isinstance(graph, str | os.PathLike):
        return _run(graph, "nir", x, like, dt, encoding, rounding, name)
    path = Path(graph)
    with of_file(path):
        read = read_graph(path, KINDS)
        return _run(read, stem(path), x, like, dt, encoding, rounding, name)


def _numbers(inputs: Any) -> Array:
    try:
        return single(inputs)
    except (TypeError, ValueError):
        raise InputError("are no array of numbers; expected one", key="inputs") from None


def _timesteps(x: Array, timesteps: int | None) -> Array:
    """The inputs with an axis of time."""
    if timesteps is not None:
        check_whole(timesteps, 1, MAX_TIMESTEPS, "timesteps")
        x = np.broadcast_to(x, (timesteps, *x.shape))
    if x.ndim < 3 or not x.size:
        raise InputError(
            f"have shape {list(x.shape)}; expected [T, N, ...], or [N, ...] with timesteps",
            key="inputs",
        )
    check_whole(len(x), 1, MAX_TIMESTEPS, "timesteps")
    return x


def _run(
    graph: Any,
    called: str,
    x: Array,
    like: Like,
    dt: float,
    encoding: str | None,
    rounding: Per,
    name: str | None,
) -> NirRun:
    if not (hasattr(graph, "nodes") and hasattr(graph, "edges")):
        raise InputError(
            f"is a {type(graph).__name__}; expected a nir.NIRGraph or its file", key="graph"
        )
    order = _in_order(graph)
    sites: dict[str, Site] = {}
    steps: dict[str, Step] = {}
    before: dict[str, list[str]] = {key: [] for key in order}
    for source, target in graph.edges:
        before[target].append(source)
    outputs: dict[str, list[Array]] = {key: [] for key in order}
    with np.errstate(all="ignore"):  # what is not finite is real-valued, and said to be
        for key in order:
            with _of_node(key):
                steps[key] = step_of(key, graph.nodes[key], dt, like, encoding, sites)
        for now in x:
            values: dict[str, Array] = {}
            kept = 0
            for key in order:
                given = [values[source] for source in before[key]] or [now]
                with _of_node(key, given):
                    values[key] = steps[key](_sum(given))
                    kept += values[key].nbytes * len(x)
                    require(kept, "what nodes hand on")
                outputs[key].append(values[key])
    for key in order:
        if type(graph.nodes[key]).__name__ in FIRING and not any(map(np.any, outputs[key])):
            warnings.warn(
                f"{key}: not one neuron fires in {len(x)} timesteps; dt is {dt:g}, is the graph "
                "made for another?",
                stacklevel=4,
            )
    layout = Layout(len(x), x.shape[1], True, False)
    assembly = Assembly(None)
    assembly.add(sites, layout)
    network = assembly.network(name or called, None, False, rounding)
    return NirRun(network, {key: np.stack(value) for key, value in outputs.items()})


@contextmanager
def _of_node(key: str, given: Sequence[Array] = ()) -> Iterator[None]:
    """What is raised in the block names the node, and what it was given."""
    shapes = ", ".join(str(list(one.shape)) for one in given[:4])
    try:
        yield
    except InputError as error:
        said = str(error)
        if shapes and "GB" not in said:
            said = f"does not fit inputs of shape {shapes} ({said})"
        raise InputError(said if said.startswith(f"{key}: ") else f"{key}: {said}") from None
    except MemoryError as error:
        raise as_input_error(error, key=key) from None
    except (ValueError, IndexError, TypeError, ArithmeticError):  # in words about NumPy's arrays
        raise InputError(f"does not fit inputs of shape {shapes}", key=key) from None


def _sum(given: list[Array]) -> Array:
    """What several edges hand to a node."""
    return given[0] if len(given) == 1 else np.asarray(np.sum(given, axis=0), dtype=np.float32)


def _in_order(graph: Any) -> list[str]:
    """Nodes, each behind those that it reads; InputError for cycles and for edges to nowhere."""
    waiting: TopologicalSorter[str] = TopologicalSorter(dict.fromkeys(graph.nodes, ()))
    for source, target in graph.edges:
        for end in (source, target):
            if end not in graph.nodes:
                raise InputError(f"has an edge to {end!r}, which is no node", key="graph")
        waiting.add(target, source)
    try:
        return [*waiting.static_order()]
    except CycleError as error:
        among = ", ".join(sorted(set(error.args[1])))
        raise InputError(f"has recurrent edges among {among}; expected none", key="graph") from None
