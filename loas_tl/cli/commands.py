"""All subcommands. Each is a module, and imports what it works with only when it runs."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from typing import Any, NoReturn

from loas_tl import __version__
from loas_tl.cli import (
    capture,
    compare,
    completion,
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
from loas_tl.cli.examples import Formatter, epilog
from loas_tl.cli.limits import add_limits, apply_limits
from loas_tl.cli.output import TYPED
from loas_tl.ground.errors import shortened, visible

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


WITHOUT_TENSORS = ("plugins", "doctor", "networks", "designs", "completion")

MOST = 400
"""Characters of what is wrong with arguments."""


class _Parser(argparse.ArgumentParser):
    more: Callable[[], str] | None = None
    """What is said before the examples, and takes more than parsers to know."""

    def format_help(self) -> str:
        if self.more is None:
            return super().format_help()
        before = self.epilog
        self.epilog = f"{self.more()}\n{before or ''}"
        try:
            return super().format_help()
        finally:
            self.epilog = before

    def error(self, message: str) -> NoReturn:
        """One line and exit code 2; argparse would print its usage first."""
        said = shortened(visible(" ".join(message.split())), MOST)
        self.exit(2, f"loas-tl: error: {said} (see {self.prog} --help)\n")

    def _get_values(self, action: argparse.Action, arg_strings: list[str]) -> Any:
        # Up to Python 3.12 an option's value that is "--" gets lost, and a list takes its place.
        if action.option_strings and arg_strings == ["--"]:
            raise argparse.ArgumentError(action, "is --; expected a value")
        return super()._get_values(action, arg_strings)


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
    completion.add_to(commands, top)
    for name, command in commands.choices.items():
        if name not in WITHOUT_TENSORS:
            add_limits(command)
        command.epilog, command.formatter_class = epilog(name), Formatter
    return top


def run(arguments: Sequence[str] | None = None) -> int:
    """Run the subcommand that arguments name; returns its exit code."""
    parsed = parser().parse_args(arguments)
    setattr(parsed, TYPED, [*(sys.argv[1:] if arguments is None else arguments)])
    apply_limits(parsed)
    import logging  # not for --help

    # Where matplotlib keeps its fonts is nobody's affair; a line that it says is no error of ours.
    logging.getLogger("matplotlib").setLevel(logging.ERROR)
    code: int | None = parsed.run(parsed)
    return code or 0
