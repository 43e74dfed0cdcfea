"""What the nodes of a NIR graph do in a timestep."""

from __future__ import annotations

from collections.abc import Callable
from math import prod
from typing import Any

import numpy as np

from loas_tl.ground.errors import InputError
from loas_tl.ground.memory import require
from loas_tl.trained.calls import Call, Site
from loas_tl.trained.neurons import Array, Like, Step, neuron, single
from loas_tl.trained.nir_file import unknown
from loas_tl.trained.operands import keep_array
from loas_tl.workload.im2col import SAME, Convolution, im2col

NEURONS = {
    "IF": ("r", "v_threshold", "v_reset"),
    "LIF": ("tau", "r", "v_leak", "v_threshold", "v_reset"),
    "LI": ("tau", "r", "v_leak"),
    "CubaLIF": ("tau_syn", "tau_mem", "r", "w_in", "v_leak", "v_threshold", "v_reset"),
    "CubaLI": ("tau_syn", "tau_mem", "r", "w_in", "v_leak"),
}
"""By kind, what there is one of for each neuron."""
FIRING = ("IF", "LIF", "CubaLIF")
"""Those that put out spikes."""
WEIGHTED = {"Linear": 2, "Affine": 2, "Conv1d": 3, "Conv2d": 4}
"""By kind, the axes of weights."""
OTHERS = ("Input", "Output", "Flatten", "AvgPool2d", "SumPool2d", "Scale", "Threshold")
KINDS = (*WEIGHTED, *NEURONS, *OTHERS)

MOST = 65_536
"""Of extents, strides, padding and groups."""


def step_of(
    key: str,
    node: Any,
    dt: float,
    like: Like,
    encoding: str | None,
    sites: dict[str, Site],
) -> Step:
    """What a node does in a timestep.

    Args:
        key: the node's name.
        node: of a graph.
        dt: length of a timestep.
        like: who wrote the graph.
        encoding: as of :func:`loas_tl.capture`.
        sites: takes those of weighted nodes.

    Returns:
        One timestep's input ``float32[N, ...]`` to its output; raises ValueError, IndexError or
        InputError for inputs that do not fit.

    Raises:
        InputError: the node is not known, or its parameters are none.
    """
    kind = type(node).__name__
    if kind in NEURONS:
        numbers = [_numbers(node, name) for name in NEURONS[kind]]
        return _each(neuron(kind, node, dt, like), *numbers)
    if kind in WEIGHTED:
        return _weighted(key, kind, node, encoding, sites)
    if kind in ("Input", "Output"):
        return lambda x: x
    if kind == "Flatten":
        return _flatten(node)
    if kind in ("AvgPool2d", "SumPool2d"):
        return _pool(kind, node)
    if kind == "Scale":
        scale = _numbers(node, "scale")
        return _each(lambda x: x * scale, scale)
    if kind == "Threshold":
        threshold = _numbers(node, "threshold")
        return _each(lambda x: single(x > threshold), threshold)
    raise unknown(kind, KINDS, key=key)


def _each(step: Step, *parameters: Array) -> Step:
    """A step that has a parameter for each input, or one for all; it makes nothing larger."""
    shapes = [one.shape for one in parameters]

    def checked(x: Array) -> Array:
        if np.broadcast_shapes(x.shape, *shapes) != x.shape:
            raise InputError(f"has parameters of shape {[*max(shapes, key=prod)]}")
        return step(x)

    return checked


def _numbers(node: Any, name: str) -> Array:
    """A parameter in single precision."""
    given = np.asarray(getattr(node, name, None))
    if given.dtype.kind not in "biuf":
        raise InputError(f"{name} is no array of numbers")
    return single(given)


def _whole(
    node: Any, name: str, count: int, low: int, otherwise: int | None = None
) -> tuple[int, ...]:
    """``count`` whole numbers, given as one or as many."""
    given = np.asarray(getattr(node, name, otherwise))
    if given.dtype.kind not in "biuf" or given.size not in (1, count):
        raise InputError(f"{name} is not {count} whole number{'s' * (count > 1)}")
    if not ((given == np.rint(given)) & (low <= given) & (given <= MOST)).all():
        raise InputError(f"{name} is {given.ravel().tolist()}; expected {low} to {MOST}")
    return tuple(int(one) for one in np.broadcast_to(given.ravel(), count))


def _weighted(key: str, kind: str, node: Any, encoding: str | None, sites: dict[str, Site]) -> Step:
    weights = _numbers(node, "weight")
    axes = WEIGHTED[kind]
    if weights.ndim != axes or not weights.size:
        raise InputError(f"weight has shape {[*weights.shape]}; expected {axes} axes")
    bias = _numbers(node, "bias") if getattr(node, "bias", None) is not None else None
    if bias is not None and bias.shape != weights.shape[:1]:
        raise InputError(f"bias has shape {[*bias.shape]}; expected {[len(weights)]}")
    site = Site(
        key,
        "convolution" if axes > 2 else "linear",
        kind,
        weights.astype(np.float64),
        bias=None if bias is None else bias.astype(np.float64),
    )
    sites[key] = site
    if site.kind == "convolution":
        site.convolution = _convolution(node, kind)
        [site.groups] = _whole(node, "groups", 1, 1, 1)
        if len(weights) % site.groups:
            raise InputError(f"has {len(weights)} output channels; expected a multiple of groups")
        multiply = _convolve(weights, site.convolution, site.groups, kind)
    else:
        turned = np.ascontiguousarray(weights.T)

        def multiply(x: Array) -> Array:
            require(x.size // len(turned) * len(weights) * 4, "its outputs")
            return x @ turned

    shape = (-1,) + (1,) * (axes - 2)

    def step(x: Array) -> Array:
        out = multiply(x)
        depth = weights[0].size
        operand = keep_array(x, encoding is not None)
        site.calls.append(Call(operand, None, x.shape, out.size * depth))
        return out if bias is None else out + bias.reshape(shape)

    return step


def _convolution(node: Any, kind: str) -> Convolution:
    count = 2 if kind == "Conv2d" else 1

    def sides(name: str, low: int) -> tuple[int, int]:
        found = _whole(node, name, count, low)
        return (found[0], found[1]) if count == 2 else (1, found[0])

    padding: Any = node.padding.decode() if isinstance(node.padding, bytes) else node.padding
    if isinstance(padding, str):
        if padding not in (SAME, "valid"):
            raise InputError(f"padding is {padding!r}; expected {SAME!r}, 'valid' or numbers")
        padding = SAME if padding == SAME else 0
    else:
        down, across = sides("padding", 0)
        padding = (down, across) if count == 2 else (0, across)
    kernel = tuple(int(extent) for extent in node.weight.shape[2:])
    return Convolution(
        (1, *kernel)[-2:],  # type: ignore[arg-type]
        sides("stride", 1),
        padding,
        sides("dilation", 1),
    )


def _unrolled(maps: Array, how: Convolution) -> Array:
    """As :func:`~loas_tl.workload.im2col.im2col`, where there is memory for it."""
    if not how.fits(*maps.shape[2:]):
        raise ValueError
    down, across = how.output(*maps.shape[2:])
    (above, below), (left, right) = how.padding
    height, width = maps.shape[2:]
    padded = (height + above + below) * (width + left + right)
    pixels = padded + down * across * how.taps
    require(maps.shape[0] * maps.shape[1] * pixels * 4, "its inputs, unrolled,")
    return im2col(maps, how)


def _convolve(weights: Array, how: Convolution, groups: int, kind: str) -> Callable[[Array], Array]:
    matrices = np.split(weights.reshape(len(weights), -1), groups)

    def multiply(x: Array) -> Array:
        if x.ndim != weights.ndim:
            axes = ", ".join("NCHW" if kind == "Conv2d" else "NCL")
            raise InputError(f"expected [{axes}], N the samples")
        maps = x if kind == "Conv2d" else x[:, :, np.newaxis]
        down, across = how.output(*maps.shape[2:])
        require(len(x) * down * across * len(weights) * 4, "its outputs")
        parts = np.split(maps, groups, axis=1)
        # [N, M, K] @ [K, channels], a group at a time; then channels come first.
        out = np.concatenate(
            [_unrolled(part, how) @ matrix.T for part, matrix in zip(parts, matrices, strict=True)],
            axis=2,
        ).swapaxes(1, 2)
        extent = (down, across) if kind == "Conv2d" else (across,)
        return np.ascontiguousarray(out).reshape(len(x), -1, *extent)

    return multiply


def _flatten(node: Any) -> Step:
    ends = [np.asarray(getattr(node, name, None)) for name in ("start_dim", "end_dim")]
    if any(one.dtype.kind not in "iu" or one.size != 1 for one in ends):
        raise InputError("start_dim and end_dim are not two whole numbers")

    def step(x: Array) -> Array:
        axes = x.ndim - 1  # of one sample
        start, end = (int(at.item()) % axes + 1 for at in ends)
        return x.reshape(*x.shape[:start], -1, *x.shape[end + 1 :])

    return step


def _pool(kind: str, node: Any) -> Step:
    kernel, stride = (_whole(node, name, 2, 1) for name in ("kernel_size", "stride"))
    how = Convolution(kernel, stride, _whole(node, "padding", 2, 0))  # type: ignore[arg-type]

    def step(x: Array) -> Array:
        samples, channels = x.shape[:2]
        down, across = how.output(*x.shape[2:])
        windows = _unrolled(x, how).reshape(samples, down, across, channels, how.taps)
        total = windows.sum(axis=4, dtype=np.float32)
        out = total / np.float32(how.taps) if kind == "AvgPool2d" else total
        return np.ascontiguousarray(out.transpose(0, 3, 1, 2))

    return step
