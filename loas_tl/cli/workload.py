"""The options that say which workload to run, the same for every command that runs one."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from loas_tl.ground.errors import InputError


def add_workload(
    command: argparse.ArgumentParser, seed: str = "of generated tensors"
) -> argparse._ArgumentGroup:
    """Add the group of arguments, and return it; ``seed`` says what that one is of."""
    source = command.add_argument_group("workload (default: alexnet vgg16 resnet19)")
    one = source.add_mutually_exclusive_group()
    one.add_argument(
        "--network",
        nargs="+",
        action="extend",
        metavar="NAME",
        help="generated networks, single layers of them by the published figures' names (A-L4, "
        "V-L8, R-L19, T-HFF), or trained ones that come with the package",
    )
    one.add_argument(
        "--tensors",
        type=Path,
        metavar="FILE",
        help=".npz of a captured network, or of <layer>/x bool[T,M,K] and <layer>/w integer[K,N], "
        "or LoAS's .pth",
    )
    one.add_argument(
        "--spikes", type=Path, metavar="FILE", help=".npz of recorded feature maps, with --layers"
    )
    source.add_argument(
        "--layers", type=Path, metavar="YAML", help="what reads each recorded feature map"
    )
    source.add_argument("--seed", type=int, default=0, metavar="N", help=f"{seed} (default: 0)")
    source.add_argument(
        "--samples",
        type=_samples,
        default="each",
        metavar="each|together|N",
        help="of layers that hold several: each and their mean, all in one spMspM (one below the "
        "other in M), or one by its number (default: each)",
    )
    return source


def add_workload_set(source: argparse._ArgumentGroup) -> None:
    """Add ``--workload-set``."""
    source.add_argument(
        "--workload-set",
        nargs="+",
        action="extend",
        default=[],
        metavar="KEY=VALUE",
        help="timesteps=8, weight_density=0.316, spike_density=0.1: of generated networks, instead "
        "of the published; activation_density=0.561: an ANN for SparTen and Gamma beside it",
    )


def workload_settings(arguments: argparse.Namespace) -> dict[str, str]:
    """What ``--workload-set`` says; raises InputError where it cannot be read."""
    from loas_tl.designs.naming import parse_settings

    return parse_settings(arguments.workload_set, "--workload-set")


def workload(arguments: argparse.Namespace) -> dict[str, Any]:
    """What was asked for, as named arguments of ``layer_sources`` and of what builds on it.

    Raises:
        InputError: where one of ``--spikes`` and ``--layers`` comes without the other.
    """
    if arguments.layers is not None and arguments.spikes is None:
        raise InputError("--layers goes with --spikes FILE; expected both")
    if arguments.spikes is not None and arguments.layers is None:
        raise InputError("--spikes needs --layers YAML, which describes the layers")
    return {
        "networks": arguments.network,
        "tensors": arguments.tensors,
        "spikes": arguments.spikes,
        "layers": arguments.layers,
        "seed": arguments.seed,
        "samples": arguments.samples,
    }


def _samples(text: str) -> str | int:
    """The value of ``--samples``."""
    return int(text) if text.isascii() and text.isdigit() else text
