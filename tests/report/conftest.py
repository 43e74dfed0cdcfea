"""Run the command as its own tests do."""

from tests.cli.conftest import pipe, run

__all__ = ["pipe", "run"]
