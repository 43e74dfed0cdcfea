"""The command's fixtures serve here, too."""

from tests.cli.conftest import pipe, run, run_apart

__all__ = ["pipe", "run", "run_apart"]
