"""An option that a command has not: the nearest it has, and its own help."""

from __future__ import annotations

import argparse

import pytest

from loas_tl.cli.commands import parser
from tests.cli.outcome import Run

[SUBCOMMANDS] = [
    one.choices for one in parser()._actions if isinstance(one, argparse._SubParsersAction)
]


@pytest.mark.parametrize("command", SUBCOMMANDS)
def test_every_subcommand_points_to_its_own_help(command: str, run: Run) -> None:
    outcome = run(command, "--hlep")
    outcome.assert_refused(
        f"unrecognized arguments: --hlep; did you mean '--help'? (see loas-tl {command} --help)"
    )


def test_the_nearest_is_named_before_what_is_missing(run: Run) -> None:
    outcome = run("explore", "LoAS", "--network", "V-L8", "--vry", "pes=8,16")
    outcome.assert_refused("--vry; did you mean '--vary'? (see loas-tl explore --help)")
    run("compare", "--netwrok=V-L8").assert_refused("did you mean '--network'?")
    run("--vresion", "compare").assert_refused("'--version'? (see loas-tl --help)")


def test_what_has_no_like_is_refused_without_a_guess(run: Run) -> None:
    outcome = run("compare", "--zzz", "V-L8")
    outcome.assert_refused("unrecognized arguments: --zzz (see loas-tl compare --help)")
    run("compare", "V-L8").assert_refused("arguments: V-L8 (see loas-tl compare --help)")


def test_a_list_of_what_is_expected_ends_between_names(run: Run) -> None:
    outcome = run("energy", "LoAS", "--set", "pe=8")
    outcome.assert_refused("LoAS has no 'pe'; did you mean 'pes'? expected one of ", " more")
    assert " ... " not in outcome.err
