"""``loas-tl completion``: what makes a shell complete commands, options and names."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from typing import Any

SHELLS = ("bash", "zsh", "fish")
LAYERS = "layers"
ABOUT = f"the shell; {LAYERS}: names for --layer, of the words on standard input (scripts ask)"


def add_to(commands: Any, top: argparse.ArgumentParser) -> None:
    """Add the subcommand's arguments; ``top`` is the command that is completed."""
    about = "print what makes a shell complete commands, options and names"
    command = commands.add_parser("completion", help=about, description=about, allow_abbrev=False)
    command.add_argument("shell", choices=(*SHELLS, LAYERS), help=ABOUT)
    command.set_defaults(run=lambda arguments: _run(arguments.shell, top))


def _run(shell: str, top: argparse.ArgumentParser) -> None:
    if shell == LAYERS:
        from loas_tl.cli.layer_names import layer_names

        line = sys.stdin.read().splitlines()
        sys.stdout.write("".join(f"{name}\n" for name in layer_names(line)))
    else:
        _print(shell, top)


def _print(shell: str, top: argparse.ArgumentParser) -> None:
    import shtab

    from loas_tl.cli.layer_names import BASH, COMPLETE
    from loas_tl.designs.registry import designs
    from loas_tl.exploration.figures import OBJECTIVES
    from loas_tl.exploration.workloads import PREFIX, VARIED
    from loas_tl.ground.titles import SINGLE_LAYERS
    from loas_tl.workload.shipped import shipped_networks
    from loas_tl.workload.statistics import published_networks
    from loas_tl.workload.variant import KEYS

    names = {
        "network": [*published_networks(), *SINGLE_LAYERS, *shipped_networks()],
        # Spaces and dashes do not matter in names of designs, but a shell parts words at spaces.
        "accelerator": [one.label.replace(" ", "-") for one in designs()],
    }
    names["design"] = names["baseline"] = names["accelerator"]
    keys = list(dict.fromkeys(key for one in designs() for key in one.parameters))
    names["set"] = [f"{key}=" for key in keys]
    names["workload_set"] = [f"{key}=" for key in KEYS]
    names["vary"] = [*names["set"], *(f"{PREFIX}{key}=" for key in VARIED)]
    names["objective"] = list(OBJECTIVES)
    for action in _actions(top):
        metavar = action.metavar if isinstance(action.metavar, str) else ""
        # Specs have variables of their own, one behind each --set.
        of_a_spec = action.dest == "set" and action.nargs is None
        of_a_file = action.dest == "network" and metavar == "FILE"
        if action.dest in names and not (of_a_spec or of_a_file):
            action.choices = names[action.dest]
        elif "--layer" in action.option_strings:
            action.complete = COMPLETE  # type: ignore[attr-defined]
        elif "DIR" in metavar:
            action.complete = shtab.DIRECTORY  # type: ignore[attr-defined]
        elif any(word in metavar for word in ("FILE", "SPEC", "YAML", ".py")):
            action.complete = shtab.FILE  # type: ignore[attr-defined]
    sys.stdout.write(shtab.complete(top, shell, preamble={"bash": BASH}) + "\n")


def _actions(of: argparse.ArgumentParser) -> Iterator[argparse.Action]:
    for action in of._actions:
        if isinstance(action, argparse._SubParsersAction):
            for command in action.choices.values():
                yield from _actions(command)
        else:
            yield action
