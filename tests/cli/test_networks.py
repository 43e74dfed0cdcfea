from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

import loas_tl
from loas_tl.designs import registry
from loas_tl.designs.loas import LOAS
from loas_tl.workload.description import read_recording
from loas_tl.workload.statistics import published_networks
from tests.cli.outcome import Run


def cells(table: str, first: str) -> list[str]:
    """The row of a printed table that begins with this cell."""
    for line in table.splitlines():
        row = [cell.strip() for cell in re.split(r"[│┃|]", line)][1:-1]
        if row and row[0] == first:
            return row
    raise AssertionError(f"no row of {first!r}")


@pytest.mark.parametrize("network", published_networks())
def test_each_network_is_listed_with_its_layers_and_timesteps(run: Run, network: str) -> None:
    outcome = run("networks")
    outcome.assert_succeeded()
    layers = published_networks()[network]
    largest = max(layers, key=lambda layer: layer.M * layer.N * layer.K)
    row = cells(outcome.out, network)
    assert row[1:3] == [str(len(layers)), str(layers[0].T)]
    assert row[3] == f"{largest.M} x {largest.N} x {largest.K}"
    for share in row[4:]:
        assert 0 < float(share.rstrip("%")) < 100


def test_each_accelerator_is_listed_with_what_it_does(run: Run) -> None:
    shown = run("networks").out
    for name in registry.names():
        assert cells(shown, name)[1] == registry.find(name).about


def test_a_registered_accelerator_is_listed(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry, "_registered", dict(registry._registered))
    loas_tl.register(replace(LOAS, name="Mine [x]", about="LoAS with a name in brackets"))
    assert cells(run("networks").out, "Mine [x]")[1] == "LoAS with a name in brackets"


def test_the_descriptions_listed_can_be_read(run: Run) -> None:
    paths = [Path(line) for line in run("networks").out.splitlines() if line.endswith(".yaml")]
    assert len(paths) == 3
    for path in paths:
        assert read_recording(path).layers


def test_whatever_is_listed_is_accepted(run: Run) -> None:
    for network in published_networks():
        assert published_networks()[network][0].network == network
    for name in registry.names():
        outcome = run("compare", "--accelerator", name, "--network", "no such network")
        # Only the network is refused, so the accelerator was known.
        outcome.assert_refused("no such network")


def test_it_takes_no_arguments(run: Run) -> None:
    run("networks", "alexnet").assert_refused("alexnet")


def test_a_trained_network_is_listed_and_summarised_by_name(run: Run) -> None:
    assert "digits_vgg9" in run("networks").out
    assert "digits_vgg9: 16 samples" in run("summary", "digits_vgg9").out
    run("compare", "--network", "nothing").assert_refused("digits_vgg9")
