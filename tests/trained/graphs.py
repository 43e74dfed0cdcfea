"""NIR graphs that frameworks wrote, with the spikes of the networks that they are of."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from tests.trained.models import spikes

T, N = 6, 3

Kept = tuple[Any, Any, dict[str, Any]]
"""A graph, its inputs ``[T, N, ...]``, and by neuron its spikes ``[T, N, ...]``."""


@dataclass
class Graph:
    """As much of a NIR graph as running it needs."""

    nodes: dict[str, Any]
    edges: list[tuple[str, str]] = field(default_factory=list)


def node(kind: str, **attributes: Any) -> Any:
    """A node of this kind, which is the name of its class."""
    return type(kind, (SimpleNamespace,), {})(**attributes)


def spikingjelly(tau: float, decay_input: bool) -> tuple[Any, Any, Any, list[Any]]:
    """A model, its inputs ``[T, N, ...]``, its graph, and what each module hands on."""
    torch = pytest.importorskip("torch")
    pytest.importorskip("spikingjelly")
    pytest.importorskip("nirtorch")
    from spikingjelly.activation_based import functional, layer, neuron
    from spikingjelly.activation_based.nir_exchange import export_to_nir

    torch.manual_seed(0)
    net = torch.nn.Sequential(
        layer.Conv2d(2, 8, 3, padding=1),
        neuron.LIFNode(tau=tau, decay_input=decay_input, v_threshold=0.3),
        layer.AvgPool2d(2, 2),
        layer.Conv2d(8, 8, 3, stride=2),
        neuron.IFNode(v_threshold=0.2),
        layer.Flatten(),
        layer.Linear(8, 10),
        neuron.LIFNode(v_threshold=0.1),
    ).eval()
    functional.set_step_mode(net, "m")
    inputs = spikes(T, N, 2, 8, 8)
    graph = export_to_nir(net, inputs)
    functional.reset_net(net)
    return net, inputs, graph, outputs_of(net, inputs)


def outputs_of(net: Any, inputs: Any) -> list[Any]:
    import torch

    kept: list[Any] = []
    handles = [
        module.register_forward_hook(lambda *seen: kept.append(np.array(seen[2].detach())))
        for module in net
    ]
    with torch.no_grad():
        net(inputs)
    for handle in handles:
        handle.remove()
    return kept


def snntorch(beta: float, mechanism: str) -> Kept:
    """A network of a Leaky and a Synaptic layer."""
    torch = pytest.importorskip("torch")
    snn = pytest.importorskip("snntorch")
    from snntorch import utils
    from snntorch.export_nir import export_to_nir

    torch.manual_seed(0)
    how = {"init_hidden": True, "reset_mechanism": mechanism}

    def each(neurons: int, value: float) -> Any:
        return torch.full((neurons,), value)  # the exporter has one for each neuron

    net = torch.nn.Sequential(
        torch.nn.Linear(20, 30),
        snn.Leaky(beta=each(30, beta), threshold=each(30, 0.4), **how),
        torch.nn.Linear(30, 8, bias=False),
        snn.Synaptic(each(8, 0.6), each(8, beta), threshold=each(8, 0.2), **how),
    )
    inputs = spikes(T, N, 20)
    expected = []
    utils.reset(net)
    with torch.no_grad():
        for step in inputs:
            first = net[1](net[0](step))
            expected.append((np.array(first), np.array(net[3](net[2](first)))))
    utils.reset(net)
    graph = export_to_nir(net, inputs[0], ignore_dims=[0])
    neurons = neurons_of(graph)
    found = {key: np.stack([step[at] for step in expected]) for at, key in enumerate(neurons)}
    return graph, inputs, found


def neurons_of(graph: Any) -> list[str]:
    return [key for key, one in graph.nodes.items() if hasattr(one, "v_threshold")]


PARAMETERS = (
    *("weight", "bias", "stride", "padding", "dilation", "groups", "start_dim", "end_dim"),
    *("tau", "r", "v_leak", "v_threshold", "v_reset", "tau_syn", "tau_mem", "w_in"),
    "kernel_size",
)


def write(path: Path, kept: Kept) -> None:
    """Keep a graph, its inputs and its spikes in an ``.npz``."""
    graph, inputs, expected = kept
    arrays: dict[str, Any] = {"inputs": np.asarray(inputs)}
    for key, one in graph.nodes.items():
        arrays |= {
            f"{key}/{name}": np.asarray(getattr(one, name))
            for name in PARAMETERS
            if getattr(one, name, None) is not None
        }
    arrays |= {f"{key}/expected": spikes != 0 for key, spikes in expected.items()}
    kinds = {key: type(one).__name__ for key, one in graph.nodes.items()}
    arrays["graph"] = np.array(json.dumps({"kinds": kinds, "edges": list(graph.edges)}))
    np.savez_compressed(path, **arrays)


def read(path: Path) -> Kept:
    """What :func:`write` kept."""
    with np.load(path) as arrays:
        described = json.loads(str(arrays["graph"]))
        of: dict[str, dict[str, Any]] = {key: {} for key in described["kinds"]}
        expected = {}
        for name in arrays.files:
            key, _, part = name.rpartition("/")
            if part == "expected":
                expected[key] = arrays[name]
            elif key:
                of[key][part] = arrays[name]
        nodes = {key: node(kind, **of[key]) for key, kind in described["kinds"].items()}
        edges = [(source, target) for source, target in described["edges"]]
        return Graph(nodes, edges), arrays["inputs"], expected
