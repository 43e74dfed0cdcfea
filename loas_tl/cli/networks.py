"""``loas-tl networks``: which workloads and accelerators there are."""

from __future__ import annotations

import argparse
from typing import Any


def add_to(commands: Any) -> None:
    """Add the subcommand's arguments."""
    about = "list the networks, accelerators and layer descriptions there are"
    command = commands.add_parser("networks", help=about, description=about, allow_abbrev=False)
    command.set_defaults(run=run)


def run(_: argparse.Namespace) -> None:
    """Print the tables."""
    from rich.text import Text

    from loas_tl.designs.registry import designs
    from loas_tl.ground.fitted import FittedTable
    from loas_tl.ground.titles import SINGLE_LAYERS
    from loas_tl.report.table import console, print_whole
    from loas_tl.workload.recordings import shipped_descriptions
    from loas_tl.workload.shipped import load_shipped, shipped_networks
    from loas_tl.workload.statistics import published_networks

    to = console()
    table = FittedTable(title="Networks (--network)", title_justify="left", title_style="bold")
    table.add_column("network")
    table.figures("layers", "T", "largest M x N x K", "silent neurons", "weight sparsity")
    table.least = ("largest M x N x K", "T", "layers")
    for name, layers in published_networks().items():
        largest = max(layers, key=lambda layer: layer.M * layer.N * layer.K)
        neurons = sum(layer.M * layer.K for layer in layers)
        positions = sum(layer.K * layer.N for layer in layers)
        table.add_row(
            name,
            str(len(layers)),
            str(layers[0].T),
            f"{largest.M} x {largest.N} x {largest.K}",
            f"{1 - sum(layer.active_neurons for layer in layers) / neurons:.1%}",
            f"{1 - sum(layer.weights for layer in layers) / positions:.1%}",
        )
    print_whole(to, table)
    single = [f"{name} ({of} {layer})" for name, (of, layer) in SINGLE_LAYERS.items()]
    to.print(f"Single layers by the published figures' names: {', '.join(single)}")
    table = FittedTable(
        title="Trained networks, with samples (--network)", title_justify="left", title_style="bold"
    )
    table.add_column("network")
    table.figures("layers", "samples", "T", "not captured")
    table.least = ("not captured", "T", "samples")
    for name in shipped_networks():
        network = load_shipped(name)
        coverage = network.coverage
        table.add_row(
            name,
            str(coverage.layers),
            str(network.samples),
            str(network.layers[0].T),
            f"{len(coverage.missing)}, {coverage.share:.1%} of the operations",
        )
    print_whole(to, table)
    table = FittedTable(
        title="Accelerators (--accelerator)", title_justify="left", title_style="bold"
    )
    table.add_column("accelerator")
    table.add_column("what it does")
    for one in designs():
        table.add_row(Text(one.label), Text(one.about))
    print_whole(to, table)
    to.print("[bold]Layer descriptions of recorded spikes (--layers)[/bold]")
    for path in shipped_descriptions():
        print(path)
