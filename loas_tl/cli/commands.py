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

    def parse_known_args(  # type: ignore[override]
        self, args: Sequence[str] | None = None, namespace: argparse.Namespace | None = None
    ) -> tuple[argparse.Namespace, list[str]]:
        """Refuse what is not known here: the help of the whole command knows no option of ours."""
        given = list(sys.argv[1:] if args is None else args)
        ours = given[: _end(given, whole=self._subparsers is None)]
        self._refuse([text for text in ours if self._is_unknown(text)])
        parsed, rest = super().parse_known_args(given, namespace)
        self._refuse(rest)
        return parsed, rest

    def _is_unknown(self, text: str) -> bool:
        """Whether argparse would take it for an option, and has none."""
        name = text.partition("=")[0]
        return name.startswith("--") and " " not in text and name not in self._option_string_actions

    def _refuse(self, unknown: Sequence[str]) -> None:
        if not unknown:
            return
        from loas_tl.ground.nearest import nearest  # not for --help

        options = [name[2:] for name in self._option_string_actions if name.startswith("--")]
        hint = nearest(unknown[0].partition("=")[0].lstrip("-"), options, "--").strip()
        said = f"unrecognized arguments: {' '.join(unknown)}"
        self.error(f"{said}; {hint}" if hint else said)

    def error(self, message: str) -> NoReturn:
        """One line and exit code 2; argparse would print its usage first."""
        said = shortened(visible(" ".join(message.split())), MOST)
        self.exit(2, f"loas-tl: error: {said} (see {self.prog} --help)\n")

    def _get_values(self, action: argparse.Action, arg_strings: list[str]) -> Any:
        # Up to Python 3.12 an option's value that is "--" gets lost, and a list takes its place.
        if action.option_strings and arg_strings == ["--"]:
            raise argparse.ArgumentError(action, "is --; expected a value")
        return super()._get_values(action, arg_strings)


def _end(given: Sequence[str], whole: bool) -> int:
    """How many arguments come before a ``--``, or of a command with subcommands before theirs."""
    ends = (at for at, text in enumerate(given) if text == "--" or not (whole or text[:1] == "-"))
    return next(ends, len(given))


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
