"""The ``loas-tl`` command. Each subcommand is a module, imported only when it runs."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from typing import NoReturn

from loas_tl import __version__
from loas_tl.cli import (
    capture,
    compare,
    designs,
    doctor,
    energy,
    explore,
    formats,
    innerjoin,
    model,
    networks,
    plugins,
    render,
    reproduce,
    sparsity,
    summary,
    validate,
)
from loas_tl.cli import map as mapping
from loas_tl.ground.errors import InputError

COMMANDS = (
    capture,
    summary,
    compare,
    explore,
    reproduce,
    innerjoin,
    formats,
    sparsity,
    render,
    model,
    mapping,
    validate,
    energy,
    plugins,
    doctor,
    networks,
    designs,
)
"""Modules of the subcommands, in the order that --help lists them."""


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        """One line and exit code 2; argparse would print its usage first."""
        self.exit(2, f"loas-tl: error: {' '.join(message.split())} (see {self.prog} --help)\n")


def parser() -> argparse.ArgumentParser:
    """The command's arguments."""
    top = _Parser(
        prog="loas-tl",
        description="Model LoAS and other dual-sparse spiking accelerators.",
        allow_abbrev=False,
    )
    top.add_argument("--version", action="version", version=f"loas-tl {__version__}")
    commands = top.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for module in COMMANDS:
        module.add_to(commands)
    return top


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; returns the exit code (2 for anything the user can mend)."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    try:
        parsed = parser().parse_args(arguments)
        code: int | None = parsed.run(parsed)
        sys.stdout.flush()
    except InputError as error:
        print(f"loas-tl: error: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("loas-tl: interrupted", file=sys.stderr)
        return 130
    except BrokenPipeError:
        # The reader (say, head) has gone: not our error, and nothing is left to flush to.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    return code or 0
