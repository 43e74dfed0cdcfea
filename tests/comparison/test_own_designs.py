"""Accelerators of one's own, and parameters of published ones."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, ClassVar

import pytest

from loas_tl import (
    Design,
    EnergyConstants,
    InputError,
    Layer,
    Network,
    OutputStationaryArray,
    PublishedFigures,
    compare,
    design,
    register,
)
from loas_tl.designs import registry
from loas_tl.designs.dense import PTB
from loas_tl.designs.loas import LOAS, Loas
from loas_tl.designs.sparten import SPARTEN_SNN
from tests.comparison.examples import FIRST, NUMBERS, SECOND, by_key


@pytest.mark.usefixtures("own_registry")
def test_a_design_of_ones_own_may_run_only_where_it_is_asked_for() -> None:
    @dataclass(frozen=True, kw_only=True)
    class Quiet(Loas):
        compared: ClassVar[bool] = False
        name: str = "Quiet"

    register(Quiet())
    assert "Quiet" in registry.names()
    assert "Quiet" not in compare(FIRST).accelerators
    assert compare(FIRST, accelerators=["quiet"]).accelerators == ["Quiet"]


def test_a_declaration_of_ones_own_is_compared_beside_the_published_ones() -> None:
    twin, wider = LOAS.with_(name="Twin"), LOAS.with_(name="Wider", tile_n=64)
    assert wider.dataflow().w_buffer == 8192
    rows = by_key(compare(FIRST, accelerators=["LoAS", twin, wider]))
    for layer in ("a", "b", None):
        loas = rows["first", layer, "LoAS"]
        assert rows["first", layer, "Twin"] == loas | {"accelerator": "Twin"}
        # A wider tile changes how often things move, not what is computed.
        assert rows["first", layer, "Wider"]["computes"] == loas["computes"]
    assert "Twin" not in registry.names()


def test_energy_constants_of_ones_own_change_energy_alone() -> None:
    @dataclass(frozen=True, kw_only=True)
    class Hungry(Loas):
        published: ClassVar[PublishedFigures | None] = PublishedFigures(58.0, 124.98)
        name: str = "Hungry"

        @cached_property
        def constants(self) -> EnergyConstants:
            return replace(super().constants, action_pJ=58.0)

    rows = by_key(compare(FIRST, accelerators=[LOAS, Hungry()]))
    loas, changed = rows["first", None, "LoAS"], rows["first", None, "Hungry"]
    for key in NUMBERS[:4]:
        assert changed[key] == loas[key]
    assert changed["energy_pJ"] == pytest.approx(
        loas["energy_pJ"] + (58.0 - LOAS.constants.action_pJ) * loas["computes"]
    )
    assert changed["energy_published"] == pytest.approx(
        loas["energy_published"] + (58.0 - 5.8) * loas["computes"]
    )


@dataclass(frozen=True, kw_only=True)
class Mesh(Design):
    """8 pixels by 8 channels, a timestep at a time."""

    name: str = "Mesh"

    @property
    def pe_count(self) -> int:
        """An output each."""
        return 64

    def dataflow(self) -> OutputStationaryArray:
        """Plain folds."""
        return OutputStationaryArray(
            name=self.label,
            pixels=8,
            channels=8,
            timesteps=1,
            skew=0,
            kept=1.0,
            on_chip_bytes=1024,
            system=self.system,
        )


def test_a_dense_array_of_ones_own_is_compared() -> None:
    comparison = compare(SECOND, accelerators=[Mesh()])
    (row,) = comparison.layers
    # One fold for 8 pixels by 8 channels at each of 2 timesteps, K cycles each.
    assert row.counts.cycles == 2 * 200
    assert row.utilization == (2 * 5 * 3 * 200) / (64 * 2 * 200)
    assert row.physical is not None
    assert row.physical.compute == 0
    unpriced = "its PEs are not declared: their energy, area and leakage are unpriced"
    assert row.notes == (unpriced,)
    assert comparison.notes == {"Mesh": [unpriced]}
    assert comparison.baseline == "Mesh"


def test_parameters_change_what_they_act_on_and_are_in_the_name() -> None:
    def rows(**values: Any) -> dict[str, Any]:
        one = LOAS.with_(**values)
        expected = " ".join(["LoAS", *(f"{key}={value}" for key, value in values.items())])
        comparison = compare(FIRST, accelerators=[one])
        assert comparison.accelerators == [expected]
        return by_key(comparison)["first", None, expected]

    usual, small, slow = rows(), rows(pes=4), rows(clock_MHz=400)
    assert small["cycles"] > usual["cycles"]
    assert slow["cycles"] == usual["cycles"]
    # Twice the time, twice the leakage; the published formula knows one clock only.
    assert slow["leakage_pJ"] == pytest.approx(2 * usual["leakage_pJ"], rel=1e-12)
    for column in ("dram_pJ", "sram_pJ", "compute_pJ", "energy_published"):
        assert slow[column] == usual[column]
    two = rows(timesteps=2)
    (layer_a, layer_b) = FIRST.layers
    halves = [
        Layer(f"{layer.name}{first}", layer.spikes[first : first + 2], layer.weights)
        for layer in (layer_a, layer_b)
        for first in (0, 2)
    ]
    apart = compare(Network("halves", tuple(halves)), accelerators=[LOAS.with_(timesteps=2)])
    for column in ("cycles", "computes"):
        assert two[column] == getattr(apart.totals[0].counts, column)


def test_settings_are_for_every_accelerator_that_has_them() -> None:
    by_setting = compare(FIRST, accelerators=["LoAS", "PTB"], settings={"pes": "8"})
    assert by_setting.accelerators == ["LoAS pes=8", "PTB"]
    by_name = compare(FIRST, accelerators=["LoAS:pes=8", "PTB"])
    by_design = compare(FIRST, accelerators=[design("LoAS", pes=8), PTB])
    assert by_setting == by_name == by_design


def test_what_stands_idle_is_said_of_the_layer_and_counted_in_the_total() -> None:
    comparison = compare(FIRST, accelerators=["LoAS:pes=15"])
    of_a, of_b = comparison.layers  # 20 rows and 9
    said = "pes=15 for 9 rows (M): 6 stand idle"
    assert said in of_b.notes
    assert said not in of_a.notes
    assert f"{said} (in 1 of 2 layers)" in comparison.totals[0].notes


@pytest.mark.usefixtures("own_registry")
def test_a_registered_declaration_goes_by_its_name() -> None:
    mine = SPARTEN_SNN.with_(name="My SparTen")
    assert register(mine) is mine
    assert compare(FIRST, accelerators=["my-sparten"]) == compare(FIRST, accelerators=[mine])


@pytest.mark.usefixtures("own_registry")
def test_registering_the_same_declaration_again_changes_nothing() -> None:
    mine = LOAS.with_(name="Mine")
    register(mine)
    register(LOAS.with_(name="Mine"))
    assert registry.names().count("Mine") == 1


@pytest.mark.usefixtures("own_registry")
def test_another_declaration_of_a_registered_name_is_refused() -> None:
    with pytest.raises(InputError, match="already is an accelerator 'LoAS'"):
        register(LOAS.with_(name="loas", cache_KiB=512))
    assert registry.find("LoAS") is LOAS


@pytest.mark.parametrize(
    ("changed", "mention"),
    [
        ({"loop_order": "mnk"}, "loop_order"),
        ({"tile_k": 0}, "tile_k"),
        ({"x_buffer": 100}, "x_buffer"),
        ({"w_buffer": 100}, "w_buffer"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_an_impossible_declaration_is_refused_where_it_is_made(
    changed: dict[str, Any], mention: str
) -> None:
    with pytest.raises(InputError, match=f"Mine: {mention} .*expected"):
        replace(LOAS.dataflow(), name="Mine", **changed)


@pytest.mark.parametrize(
    ("changed", "mention"),
    [
        ({"tile_n": 0}, "Mine.tile_n: is 0; expected a whole number from 1 to 4096 columns"),
        ({"pes": "many"}, "Mine.pes: is 'many'; expected a whole number from 1 to 1024 TPPEs"),
        ({"technology": 5}, "Mine.technology: is 5; expected 7 to 90 nm, or -1"),
        (
            {"input_cache_KiB": 1, "pes": 32},
            "Mine: x_buffer is 2048; expected room for a full tile of 4096",
        ),
        ({"output_cache_KiB": 200}, "Mine.cache_KiB: is 256, but its partitions"),
        ({"laggy_adders": 256}, "Mine.laggy_adders: is 256; expected at most the 128"),
        ({"pse": 8}, "LoAS has no 'pse'; did you mean 'pes'?"),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else "",
)
def test_an_impossible_design_is_refused_where_it_is_made(
    changed: dict[str, Any], mention: str
) -> None:
    with pytest.raises(InputError, match=re.escape(mention)) as refused:
        LOAS.with_(name="Mine", **changed)
    assert isinstance(refused.value, ValueError)


def test_a_declaration_may_not_pass_for_a_published_one() -> None:
    @dataclass(frozen=True, kw_only=True)
    class Other(Loas):
        """Not LoAS, whatever it says."""

    for one in (Other(), Other(name="lo-as"), LOAS.with_(name="lo-as", pes=8)):
        with pytest.raises(InputError, match="there already is an accelerator 'LoAS'"):
            compare(FIRST, accelerators=[one])
    assert compare(FIRST, accelerators=[replace(LOAS)]).accelerators == ["LoAS"]
    # LoAS with another number of PEs says so, however it was made.
    for one in (LOAS.with_(pes=8), LOAS.with_(name="LoAS", pes=8), Loas(pes=8)):
        assert compare(FIRST, accelerators=["LoAS", one]).accelerators == ["LoAS", "LoAS pes=8"]
