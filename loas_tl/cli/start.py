"""Where the command begins: nothing is imported before Ctrl-C has an answer."""

from __future__ import annotations


def main() -> int:
    """Run :func:`loas_tl.cli.main.main`; 130 where Ctrl-C comes before that."""
    try:
        from loas_tl.cli.main import main as command

        return command()
    except KeyboardInterrupt:
        import sys

        sys.stderr.write("loas-tl: interrupted\n")
        return 130
