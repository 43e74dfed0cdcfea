"""Figures of an engine's result and of a network."""

from __future__ import annotations

from matplotlib.figure import Figure as Canvas

from loas_tl.report.colours import ACTIONS, KINDS, PLAIN
from loas_tl.report.panel import Bar
from loas_tl.report.paper import Width
from loas_tl.report.stacks import Quantity, stacked
from loas_tl.report.units import unit_for
from loas_tl.timeloop.result import Result
from loas_tl.workload.network import Network


def energy(result: Result, width: Width = "column") -> Canvas:
    """Energy of each level, of the computes and of the networks, over all instances.

    Args:
        result: what is drawn.
        width: ``"column"`` for 3.5 inches, ``"page"`` for 7.16.

    Raises:
        InputError: where there is no such width.
    """
    parts = {name: level.energy_pj for name, level in result.levels.items()}
    parts[result.compute.name] = result.compute.energy_pj
    for name, spent in result.networks.items():
        parts[name] = parts.get(name, 0.0) + spent
    unit = unit_for(parts.values(), "pJ")
    bars = [Bar(name, [(PLAIN, spent / unit.size)]) for name, spent in parts.items()]
    return stacked([""], [Quantity(f"energy ({unit.name})", [bars])], {}, width, numbered=True)


def accesses(result: Result, width: Width = "column") -> Canvas:
    """Scalar accesses of each level to each tensor, done, over all instances.

    Args and errors are those of :func:`energy`.
    """
    bars = [
        Bar(
            f"{level_name} {tensor_name}",
            [
                (colour, getattr(tensor, action).actual * tensor.instances_used_average)
                for action, colour in ACTIONS.items()
            ],
        )
        for level_name, level in result.levels.items()
        for tensor_name, tensor in level.tensors.items()
    ]
    return stacked([""], [Quantity("accesses", [bars])], ACTIONS, width)


def densities(network: Network, width: Width = "column") -> Canvas:
    """Share of ones in the spikes and of non-zeros in the weights, of each layer.

    Args and errors are those of :func:`energy`.
    """
    rows = [row for row in network.summary().rows if row.captured]
    spikes = [Bar(row.layer, [(KINDS["spikes"], 100 * (row.input_density or 0.0))]) for row in rows]
    weights = [
        Bar(row.layer, [(KINDS["weights"], 100 * (row.weight_density or 0.0))]) for row in rows
    ]
    quantities = [
        Quantity("ones in the spikes (%)", [spikes]),
        Quantity("non-zero weights (%)", [weights]),
    ]
    return stacked([""], quantities, {}, width, numbered=True)
