"""What a command may take of the machine: ``--max-memory`` and ``--jobs``, the same for all."""

from __future__ import annotations

import argparse
import sys


def add_limits(command: argparse.ArgumentParser) -> None:
    """Add ``--max-memory``."""
    command.add_argument(
        "--max-memory",
        type=float,
        metavar="GB",
        help="that tensors of a layer or a file may take (default: 8)",
    )


def apply_limits(arguments: argparse.Namespace) -> None:
    """Hold the command to its limits; what is cut is said.

    Raises:
        InputError: a limit is none.
    """
    if getattr(arguments, "max_memory", None) is not None:
        from loas_tl.ground.memory import allow

        allow(arguments.max_memory * 1e9)
    jobs = getattr(arguments, "jobs", None)
    if jobs is not None and jobs > 1:
        from loas_tl.ground.processes import processors

        most = processors()
        if jobs > most:
            print(
                f"loas-tl: warning: --jobs {jobs} is cut to {most}, as many as there are "
                "processors",
                file=sys.stderr,
            )
            arguments.jobs = most
