"""``loas-tl capture``: a network out of a trained PyTorch model or a NIR graph."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from loas_tl.ground.errors import InputError

EXPECTED = "expected module.py:factory, a function or class that makes the model"


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
        "model", metavar="MODULE.py:FACTORY", help="what makes the model, called without arguments"
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
    check_writable([arguments.out])
    network = _captured(arguments)
    network.save(arguments.out)
    from loas_tl.report.summary import print_summary
    from loas_tl.report.table import console

    print_summary(network.summary(), console())
    print(f"network: {arguments.out}")


def _captured(arguments: argparse.Namespace) -> Any:
    from loas_tl.trained.model import capture

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
        if arguments.weights is not None:
            load_weights(model, arguments.weights)
        return capture(
            model,
            load_inputs(arguments.inputs),
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
    except InputError:
        raise
    except Exception as error:  # the model is anyone's program
        raise InputError(
            f"{type(error).__name__}: {error}; expected a model that runs on the inputs",
            file=file,
            key=factory,
        ) from None
