"""The options that name designs, the same for every command that takes one."""

from __future__ import annotations

import argparse

NAMING = "LoAS, LoAS:pes=32,cache_KiB=512, or FILE.py:NAME (`loas-tl designs` lists them)"


def add_set(command: argparse._ActionsContainer) -> None:
    """Add ``--set``."""
    command.add_argument(
        "--set",
        nargs="+",
        action="extend",
        default=[],
        metavar="KEY=VALUE",
        help="a parameter, for every named design that has it (`loas-tl designs NAME` lists them)",
    )


def add_accelerators(command: argparse._ActionsContainer, default: str) -> None:
    """Add ``--accelerator`` for several designs, and ``--set``."""
    command.add_argument(
        "--accelerator",
        nargs="+",
        action="extend",
        metavar="NAME",
        help=f"{NAMING}; default: {default}",
    )
    add_set(command)


def settings_of(arguments: argparse.Namespace) -> dict[str, str]:
    """What ``--set`` says; raises InputError where it cannot be read."""
    from loas_tl.designs.naming import parse_settings

    return parse_settings(arguments.set)
