"""``loas-tl capture``: a network out of a trained PyTorch model or a NIR graph."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from loas_tl.cli.output import inputs_of
from loas_tl.ground.errors import InputError

EXPECTED = "expected module.py:factory, a function or class that makes the model, or a .nir graph"


def add_to(commands: Any) -> None:
    """Add the subcommand's arguments."""
    about = "capture the layers of a trained spiking network, for --tensors of every command"
    command = commands.add_parser(
        "capture",
        help=about,
        description=f"{about}. The Python file is a program and runs as one: capture only what "
        "you would run. Weights and inputs are read without running anything in them.",
        allow_abbrev=False,
    )
    command.add_argument(
        "model",
        metavar="MODULE.py:FACTORY|GRAPH.nir",
        help="what makes the model, called without arguments; or a NIR graph, run with NumPy",
    )
    command.add_argument(
        "--inputs",
        type=Path,
        required=True,
        metavar="FILE",
        help=".npz (its arrays are the arguments) or .pt, as the model takes them",
    )
    command.add_argument(
        "--weights", type=Path, metavar="FILE", help=".pth or .safetensors, a state dict"
    )
    command.add_argument("--timesteps", type=int, metavar="N", help="T (default: as neurons say)")
    command.add_argument("--samples", type=int, metavar="N", help="how many (default: all)")
    command.add_argument(
        "--time-axis",
        type=int,
        metavar="N",
        help="of the inputs, where the model takes a timestep at a time",
    )
    command.add_argument(
        "--batch-axis", type=int, metavar="N", help="of the inputs (default: found)"
    )
    command.add_argument(
        "--batch-first", action="store_true", help="axes that hold both are [N,T], not [T,N]"
    )
    command.add_argument(
        "--encoding",
        choices=("bitplanes",),
        help="take inputs of up to 8 bits, pixels or averages of spikes, as bit-planes",
    )
    command.add_argument(
        "--attention",
        choices=("per-timestep",),
        help="take products of two computed operands, a spMspM a timestep and head",
    )
    command.add_argument(
        "--fold-batchnorm", action="store_true", help="into the weights of the layer before"
    )
    command.add_argument(
        "--rounding",
        choices=("tensor", "channel"),
        default="tensor",
        help="of weights to 8 bits: one scale a tensor (default) or a channel",
    )
    command.add_argument(
        "--like",
        choices=("nir", "spikingjelly", "snntorch", "snntorch-zero"),
        help="who wrote the NIR graph: which neurons these are step by step (default: nir)",
    )
    command.add_argument(
        "--dt", type=float, metavar="TIME", help="of a NIR graph's timestep (default: 0.0001)"
    )
    command.add_argument("--name", help="of the network (default: the model's class)")
    command.add_argument(
        "-o", "--out", type=Path, required=True, metavar="FILE.npz", help="what is written"
    )
    command.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> None:
    """Capture, write, and print the summary."""
    from loas_tl.ground.files import check_writable

    if arguments.out.suffix != ".npz":
        raise InputError("expected a name that ends in .npz", file=arguments.out)
    check_writable([arguments.out], inputs_of(arguments))
    network = _captured(arguments)
    network.save(arguments.out)
    from loas_tl.report.summary import print_summary
    from loas_tl.report.table import console

    print_summary(network.summary(), console())
    print(f"network: {arguments.out}")


OF_MODELS = {
    "weights": "--weights",
    "samples": "--samples",
    "time_axis": "--time-axis",
    "batch_axis": "--batch-axis",
    "batch_first": "--batch-first",
    "attention": "--attention",
    "fold_batchnorm": "--fold-batchnorm",
}
"""Options that a NIR graph has no use for."""

OF_GRAPHS = {"like": "--like", "dt": "--dt"}
"""Options that a model has no use for."""


def _refuse(arguments: argparse.Namespace, useless: dict[str, str], what: str) -> None:
    for key, option in useless.items():
        if getattr(arguments, key) not in (None, False):
            raise InputError(f"has no effect on {what}; expected it left out", key=option)


def _graph(arguments: argparse.Namespace) -> Any:
    from loas_tl.ground.raised import of_file
    from loas_tl.trained.nir import from_nir
    from loas_tl.workload.archive import open_archive

    _refuse(arguments, OF_MODELS, "a NIR graph")
    with open_archive(arguments.inputs, "the graph's inputs [T, N, ...]") as archive:
        [key, *others] = archive.keys
        if others:
            raise InputError("holds several arrays; expected one", file=arguments.inputs)
        inputs = archive.read(key, "numbers [T, N, ...]")
    if inputs.dtype.kind not in "biuf":
        raise InputError(
            f"has dtype {inputs.dtype}; expected numbers", file=arguments.inputs, key=key
        )
    with of_file(arguments.inputs):
        return from_nir(
            arguments.model,
            inputs,
            timesteps=arguments.timesteps,
            like=arguments.like or "nir",
            dt=1e-4 if arguments.dt is None else arguments.dt,
            encoding=arguments.encoding,
            rounding=arguments.rounding,
            name=arguments.name,
        )


def _captured(arguments: argparse.Namespace) -> Any:
    from loas_tl.trained.model import capture

    if Path(arguments.model).suffix == ".nir":
        return _graph(arguments)
    _refuse(arguments, OF_GRAPHS, "a model; it belongs to a NIR graph")
    file, _, factory = arguments.model.rpartition(":")
    if not file or not factory or Path(file).suffix != ".py":
        raise InputError(EXPECTED, key=arguments.model)
    try:
        import torch
    except ImportError:
        raise InputError(
            "capture needs PyTorch; install it with pip install 'loas-tl[torch]'"
        ) from None
    from loas_tl.designs.naming import run_file
    from loas_tl.trained.files import load_inputs, load_weights

    make = getattr(run_file(Path(file)), factory, None)
    if make is None:
        raise InputError(f"has no {factory!r}; {EXPECTED}", file=file)
    try:
        model = make if isinstance(make, torch.nn.Module) else make()
    except InputError:
        raise
    except Exception as error:  # it is anyone's program
        said = f"{type(error).__name__}: {error}"
        raise InputError(f"{said}; {EXPECTED}", file=file, key=factory) from None
    if arguments.weights is not None:
        load_weights(model, arguments.weights)
    inputs = load_inputs(arguments.inputs)
    try:
        return capture(
            model,
            inputs,
            timesteps=arguments.timesteps,
            samples=arguments.samples,
            time_axis=arguments.time_axis,
            batch_axis=arguments.batch_axis,
            batch_first=arguments.batch_first,
            encoding=arguments.encoding,
            attention=arguments.attention,
            fold_batchnorm=arguments.fold_batchnorm,
            rounding=arguments.rounding,
            name=arguments.name,
        )
    except InputError as error:
        error.add_file(arguments.inputs, file)
        raise
    except Exception as error:  # the model is anyone's program
        raise InputError(
            f"does not run on {arguments.inputs}: {type(error).__name__}: {error}; expected a "
            "model that runs on the inputs",
            file=file,
            key=factory,
        ) from None
