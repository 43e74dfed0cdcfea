"""Completion by shells, and what stands at the end of helps."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from loas_tl.cli.commands import parser
from loas_tl.cli.examples import EXAMPLES
from tests.cli.outcome import Run
from tests.workload.examples import layers_file, spikes, weights

ASK = """
source {script}
COMP_WORDS=({words}) COMP_CWORD=$((${{#COMP_WORDS[@]}} - 1))
{function} ; printf '%s\\n' "${{COMPREPLY[@]}}"
"""


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_a_script_names_commands_options_and_designs(run: Run, shell: str) -> None:
    outcome = run("completion", shell)
    outcome.assert_succeeded()
    for word in ("compare", "innerjoin", "reading", "SparTen-SNN", "resnet19"):
        assert word in outcome.out


@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        ("loas-tl comp", {"compare", "completion"}),
        ("loas-tl compare --bas", {"--baseline"}),
        ("loas-tl compare --network alex", {"alexnet"}),
        ("loas-tl compare --network V-", {"V-L8"}),
        ("loas-tl explore LoAS --objective ene", {"energy_pJ"}),
        ("loas-tl explore LoAS --vary laggy_a", {"laggy_adders="}),
        ("loas-tl explore LoAS --vary workload.s", {"workload.spike_density=", "workload.seed="}),
        ("loas-tl compare --set clock", {"clock_MHz="}),
        ("loas-tl compare --workload-set weight", {"weight_density="}),
        ("loas-tl compare --accelerator Sp", {"SparTen", "SparTen-SNN"}),
        ("loas-tl render LoAS --network alexnet --layer ''", {"1", "2", "3", "4"}),
        ("loas-tl validate --network vgg16 alexnet --layer 3 1", {"1", "10", "11", "12"}),
        ("loas-tl formats --network digits_vgg9 --layer fc", {"fc1", "fc2"}),
        ("loas-tl formats --tensors {folder}/n.npz --layer c", {"conv.1"}),
        ("loas-tl formats --tensors {folder}/none.npz --layer ''", set()),
        ("loas-tl formats --network nothing --layer ''", set()),
        ("loas-tl formats --spikes s.npz --layers s.yaml --layer ''", set()),
    ],
)
def test_bash_completes(run: Run, tmp_path: Path, typed: str, offered: set[str]) -> None:
    bash = shutil.which("bash")
    if bash is None:
        pytest.skip("there is no bash")
    script = tmp_path / "loas-tl.bash"
    script.write_text(run("completion", "bash").out)
    line = script.read_text().strip().splitlines()[-1]  # complete ... -F FUNCTION loas-tl
    function = line.split("-F ")[1].split()[0]
    layers_file(tmp_path / "n.npz", **{"conv.1": (spikes(1, 2, 2), weights(2, 2))})
    # Shells ask the command that is installed beside this Python.
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    ask = ASK.format(script=script, words=typed.format(folder=tmp_path), function=function)
    done = subprocess.run(  # noqa: S603
        [bash, "-c", ask],
        capture_output=True,
        text=True,
        check=True,
        env=os.environ | {"PATH": path},
    )
    assert set(done.stdout.split()) == offered


def test_other_shells_are_refused() -> None:
    with pytest.raises(SystemExit):
        parser().parse_args(["completion", "cmd"])


def test_every_command_has_examples_that_its_parser_takes() -> None:
    [commands] = [one for one in parser()._actions if one.dest == "==SUPPRESS=="]
    assert isinstance(commands.choices, dict)
    assert set(EXAMPLES) == set(commands.choices)
    for name, lines in EXAMPLES.items():
        assert all(line in commands.choices[name].format_help() for line in lines)
        for line in lines:
            words = shlex.split(line.split(" > ")[0])
            assert words[:2] == ["loas-tl", name]
            parser().parse_args(words[1:])
