"""The options that say what actions cost, for the commands that count energy."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

from loas_tl.ground.errors import InputError

if TYPE_CHECKING:
    from loas_tl.cli.engine import SpecFiles
    from loas_tl.timeloop.prices import Prices
    from loas_tl.timeloop.spec import Spec


def add_prices(command: argparse.ArgumentParser) -> None:
    """Add --prices and --price."""
    command.add_argument(
        "--prices",
        choices=("models", "accelergy"),
        default="models",
        help="of the native engine: by loas-tl's models, or by a real Accelergy (default: models)",
    )
    command.add_argument(
        "--price",
        action="append",
        default=[],
        metavar="CLASS.ACTION=PJ",
        help="pJ of an action of a component class, before what the models say; repeatable",
    )


def refuse_prices(arguments: argparse.Namespace) -> None:
    """Refuse prices where the real Timeloop gets its own.

    Raises:
        InputError: where any were given.
    """
    if arguments.prices == "accelergy":
        raise InputError("--prices goes with --engine native; the real one runs Accelergy itself")
    if arguments.price:
        raise InputError("--price goes with --engine native; Accelergy prices for the real one")


def prices_of(arguments: argparse.Namespace, spec: Spec) -> Prices:
    """What a spec's components cost.

    Raises:
        InputError: where a price is given that cannot be used.
    """
    if arguments.prices == "accelergy":
        if arguments.price:
            raise InputError("--price goes with --prices models; Accelergy takes none")
        from loas_tl.timeloop.running import accelergy_prices

        return accelergy_prices(spec)
    from loas_tl.timeloop.prices import prices

    given = None
    if arguments.price:
        from loas_tl.timeloop.accelergy.given import parse_prices

        given = parse_prices(arguments.price)
    return prices(spec, given)


def warn_of_unpriced(files: SpecFiles, cost: Prices) -> None:
    """Say on standard error what has no price, a line for each component."""
    for each in cost.unpriced:
        print(f"loas-tl: warning: {files.name}: {each}", file=sys.stderr)
