"""Figures of an engine's result and of a network."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import matplotlib as mpl
from matplotlib.figure import Figure as Canvas

from loas_tl.report.colours import KINDS, PARTS
from loas_tl.report.plots import STYLE
from loas_tl.report.units import unit_for
from loas_tl.timeloop.result import Result
from loas_tl.workload.network import Network

ACTIONS = {"reads": PARTS["compute"], "fills": PARTS["sram"], "updates": PARTS["dram"]}


def energy(result: Result) -> Canvas:
    """Energy of each level, of the computes and of the networks, over all instances."""
    parts = {name: level.energy_pj for name, level in result.levels.items()}
    parts[result.compute.name] = result.compute.energy_pj
    for name, spent in result.networks.items():
        parts[name] = parts.get(name, 0.0) + spent
    unit = unit_for(parts.values(), "pJ")
    lengths = {"energy": [spent / unit.size for spent in parts.values()]}
    return _bars(list(parts), lengths, {"energy": PARTS["compute"]}, f"energy ({unit.name})")


def accesses(result: Result) -> Canvas:
    """Scalar accesses of each level to each tensor, done, over all instances."""
    names, lengths = [], {action: list[float]() for action in ACTIONS}
    for level_name, level in result.levels.items():
        for tensor_name, tensor in level.tensors.items():
            names.append(f"{level_name} {tensor_name}")
            for action, done in lengths.items():
                each = getattr(tensor, action).actual
                done.append(each * tensor.instances_used_average)
    return _bars(names, lengths, ACTIONS, "accesses")


def densities(network: Network) -> Canvas:
    """Share of ones in the spikes and of non-zeros in the weights, of each layer."""
    rows = [row for row in network.summary().rows if row.captured]
    lengths = {
        "spikes": [100 * (row.input_density or 0.0) for row in rows],
        "weights": [100 * (row.weight_density or 0.0) for row in rows],
    }
    names = [row.layer for row in rows]
    return _bars(names, lengths, KINDS, "density (%)", beside=True)


def _bars(
    names: Sequence[str],
    lengths: Mapping[str, Sequence[float]],
    colours: Mapping[str, str],
    label: str,
    beside: bool = False,
) -> Canvas:
    """A horizontal bar a name, parts one after the other, or one below the other."""
    with mpl.rc_context(STYLE):
        canvas = Canvas(figsize=(5.5, 1.1 + 0.24 * len(names)), layout="constrained")
        axes = canvas.add_subplot()
        left = [0.0] * len(names)
        thick = 0.8 / len(lengths) if beside else 0.7
        for at, (part, values) in enumerate(lengths.items()):
            shift = thick * (at - (len(lengths) - 1) / 2) if beside else 0.0
            axes.barh(
                [place + shift for place in range(len(names))],
                values,
                left=None if beside else left,
                height=thick,
                color=colours[part],
                label=part,
            )
            left = [a + b for a, b in zip(left, values, strict=True)]
        axes.set_yticks(range(len(names)), names, parse_math=False)
        axes.invert_yaxis()
        axes.set_xlabel(label, parse_math=False)
        if len(lengths) > 1:
            canvas.legend(loc="outside lower center", ncols=len(lengths), frameon=False)
    return canvas
