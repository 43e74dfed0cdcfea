"""``loas-tl plugins``: make Accelergy find the energy models."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any


def add_to(commands: Any) -> None:
    """Add the subcommand's arguments."""
    about = "make Accelergy v0.4 find the energy models, or take them out again"
    command = commands.add_parser("plugins", help=about, description=about, allow_abbrev=False)
    doings = command.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for name, run, what in (
        ("install", run_install, "enter the plug-ins in Accelergy's configuration"),
        ("where", run_where, "print where the plug-ins are, and whether Accelergy is told"),
        ("uninstall", run_uninstall, "leave Accelergy's configuration as it was"),
    ):
        doing = doings.add_parser(name, help=what, description=what, allow_abbrev=False)
        doing.add_argument(
            "--config",
            type=Path,
            metavar="FILE",
            help="Accelergy's configuration (default: accelergy_config.yaml here, "
            "else ~/.config/accelergy/accelergy_config.yaml)",
        )
        doing.set_defaults(run=run)


def run_install(arguments: argparse.Namespace) -> None:
    """Enter the plug-ins in the configuration."""
    from loas_tl.timeloop.accelergy import plugins

    config = arguments.config or plugins.configuration()
    if plugins.install(config):
        print(f"{config}: now names {plugins.folder()}")
    else:
        print(f"{config}: already names {plugins.folder()}")


def run_where(arguments: argparse.Namespace) -> None:
    """Print the plug-ins' folder, then what the configuration has of it."""
    from loas_tl.timeloop.accelergy import plugins

    config = arguments.config or plugins.configuration()
    if arguments.config is None and not config.exists():
        state = "does not exist"
    else:
        state = "names them" if plugins.installed(config) else "does not name them"
    print(plugins.folder())
    print(f"{config}: {state}")


def run_uninstall(arguments: argparse.Namespace) -> None:
    """Take the plug-ins out of the configuration."""
    from loas_tl.timeloop.accelergy import plugins

    config = arguments.config or plugins.configuration()
    out = plugins.uninstall(config)
    for folder in out:
        if folder != str(plugins.folder()):
            print(f"{config}: no longer names {folder}, which is gone")
    if str(plugins.folder()) in out:
        print(f"{config}: is as it was")
    elif not out:
        print(f"{config}: does not name {plugins.folder()}")
