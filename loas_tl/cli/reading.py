"""The options that say how the detailed model takes what the papers leave open."""

from __future__ import annotations

import argparse

from loas_tl.ground.errors import InputError

CHOICES = ("claimed", "plausible", "literal", "all")


def add_reading(command: argparse._ActionsContainer) -> None:
    """Add ``--reading`` and ``--fetch-cycles``."""
    command.add_argument(
        "--reading",
        choices=CHOICES,
        help="of what the papers leave open, by the detailed model: as the authors argue, the "
        "plausible one, the strictest, or all three (default: plausible)",
    )
    command.add_argument(
        "--fetch-cycles",
        metavar="N",
        help="cycles to fetch a chunk's bitmasks, for every bitmask machine; the same as "
        "--set fetch_cycles=N",
    )


def reading_of(arguments: argparse.Namespace, settings: dict[str, str]) -> str | None:
    """The reading that was asked for, None where none was; ``settings`` get the fetch cycles.

    Raises:
        InputError: where the fetch cycles come twice.
    """
    if arguments.fetch_cycles is not None:
        if "fetch_cycles" in settings:
            raise InputError(
                "comes as an option of its own, too; expected fetch_cycles once", key="--set"
            )
        settings["fetch_cycles"] = arguments.fetch_cycles
    reading: str | None = arguments.reading
    return reading
