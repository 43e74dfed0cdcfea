"""What the papers leave open, read three ways: by hand, and reading by reading."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import loas_tl
from loas_tl import InputError, Layer
from loas_tl.designs.design import Design
from loas_tl.designs.gamma import GAMMA_SNN
from loas_tl.designs.gospa import GOSPA_SNN
from loas_tl.designs.loas import LOAS, LOAS_FT, LOAS_N_MAJOR
from loas_tl.designs.readings import READINGS, Reading, read
from loas_tl.designs.sparten import SPARTEN_SNN
from loas_tl.models.dataflow import TiledAccelerator
from loas_tl.models.detailed.model import PLIF_CYCLES, count_detailed, walk_layer
from loas_tl.models.machine import InnerJoin, System
from loas_tl.models.published.tiled import Operands
from loas_tl.workload.source import layer_sources
from tests.detailed.plain_layer import plain_layer
from tests.detailed.test_model import make_layer

DESIGNS = (LOAS, LOAS_FT, LOAS_N_MAJOR, SPARTEN_SNN, GOSPA_SNN, GAMMA_SNN)


@pytest.fixture(scope="module")
def layer7() -> Layer:
    [source] = [one for one in layer_sources("vgg16") if one.layer == "7"]
    return source.make()


def machine_of(design: Design) -> tuple[TiledAccelerator, InnerJoin]:
    dataflow = design.dataflow()
    assert isinstance(dataflow, TiledAccelerator)
    assert isinstance(dataflow.machine, InnerJoin)
    return dataflow, dataflow.machine


def matches_of(spikes: np.ndarray, layer: Layer, chunk: int) -> np.ndarray:
    """``[M, N, chunks]`` matches of each pair of chunks."""
    kept = (layer.weights != 0).astype(int)
    pieces = range(0, layer.K, chunk)
    return np.stack([spikes[:, k : k + chunk].astype(int) @ kept[k : k + chunk] for k in pieces], 2)


def test_vgg16_layer_7_by_hand(layer7: Layer) -> None:
    assert (layer7.M, layer7.N, layer7.K) == (16, 512, 2304)
    matches = matches_of(np.asarray(layer7.spikes.any(axis=0)), layer7, 128)
    chunks = 512 * 18  # pairs of chunks of a TPPE: 512 columns pass, 18 chunks each
    slowest = int(matches.sum(axis=2).max(axis=0).sum())  # each column waits for its slowest lane
    assert (chunks, slowest) == (9_216, 14_317)
    empty = float((matches == 0).mean())
    assert empty == pytest.approx(0.45, abs=0.005)

    # Two fast prefix-sums: a cycle to fetch a chunk, one a match, one to hand a column over. Beside
    # it: the spikes of the last column, and their compression.
    literal, unit = machine_of(read(LOAS, "literal"))
    fast = replace(literal, machine=replace(unit, laggy=None))
    alone = [d.schedule.alone["compute"] for d in count_detailed(layer7, [fast, literal])]
    assert alone[0] - PLIF_CYCLES - 1 == chunks + slowest + 512 == 24_045
    assert PLIF_CYCLES == 1  # all timesteps at once

    # Literally, the laggy prefix-sum takes 8 cycles for each chunk, from when it is latched; the
    # chunk after is latched when the entries of this one are out, one a cycle after that. So a lane
    # takes 8 cycles a chunk and one a match; columns wait for their slowest lane, and start with a
    # fetch and a last entry each: some 3 % more than the mean lane.
    a_lane = 8 * chunks + int(matches.sum(axis=(1, 2)).mean())
    assert a_lane == pytest.approx(82_000, rel=0.01)
    assert a_lane < alone[1] < 1.08 * a_lane
    assert alone[1] == pytest.approx(88_000, rel=0.02)

    # Plausibly, a chunk takes two cycles to fetch; those without a match take no more. Of the
    # others each takes its 8 cycles and its matches.
    plausible, _ = machine_of(read(LOAS, "plausible"))
    [found] = count_detailed(layer7, [plausible])
    per_lane = (np.where(matches > 0, 8 + matches, 2)).sum(axis=2)
    at_least = int(per_lane.max(axis=0).sum())
    assert at_least == pytest.approx(found.schedule.alone["compute"], rel=0.10)

    # SparTen-SNN: 32 groups of 16 columns, 64 rows in four timesteps, 18 chunks each.
    spikes = layer7.spikes.reshape(-1, layer7.K)
    in_groups = matches_of(spikes, layer7, 128).sum(axis=2).reshape(64, 32, 16)
    slowest = int(in_groups.max(axis=2).sum())
    assert slowest == 31_288
    dataflow, _ = machine_of(read(SPARTEN_SNN, "literal"))
    [found] = count_detailed(layer7, [dataflow])
    assert found.schedule.alone["compute"] - PLIF_CYCLES == 2_048 * 18 + slowest + 2_048 == 70_200


@pytest.mark.parametrize(
    ("network", "cycles"), [("alexnet", 137_379), ("vgg16", 1_266_572)], ids=["alexnet", "vgg16"]
)
def test_gamma_merges_the_rows_of_64_spikes(network: str, cycles: int) -> None:
    total = 0
    for source in layer_sources(network):
        layer = source.make()
        [walk] = walk_layer([GAMMA_SNN.dataflow()], Operands(layer), [System()])
        total += int(walk.compute.sum())
    assert total == cycles


@pytest.mark.parametrize("reading", READINGS)
@pytest.mark.parametrize("design", DESIGNS, ids=str)
def test_every_reading_is_the_plain_machine(design: Design, reading: Reading) -> None:
    layer = make_layer(7, (2, 20, 40, 300), 0.2, 0.1)
    a = read(design, reading).dataflow()
    assert isinstance(a, TiledAccelerator)
    plain = plain_layer(a, layer, System())
    [walk] = walk_layer([a], Operands(layer), [System()])
    for ours, counted in (
        (walk.compute, plain.compute),
        (walk.sram, plain.sram),
        (walk.busy, plain.busy),
    ):
        assert ours.sum() == counted.total()


@pytest.mark.parametrize("design", DESIGNS, ids=str)
def test_the_plausible_reading_is_the_default_and_the_claimed_one_the_fastest(
    design: Design,
) -> None:
    layer = make_layer(3, (4, 40, 40, 600), 0.1, 0.1)
    cycles = {}
    for reading in READINGS:
        one = read(design, reading)
        assert one.label == design.label
        dataflow = one.dataflow()
        assert dataflow is not None
        [found] = count_detailed(layer, [dataflow])
        cycles[reading] = found.schedule.cycles
    assert read(design, "plausible") == design
    assert cycles["claimed"] < min(cycles["plausible"], cycles["literal"])


def test_what_was_set_stays_and_is_in_the_label() -> None:
    one = read(loas_tl.design("LoAS", fetch_cycles=5, pes=8), "literal")
    assert one.with_(fetch_cycles=5) == one
    assert one.label == "LoAS pes=8 fetch_cycles=5"


def test_an_unknown_reading_is_refused() -> None:
    with pytest.raises(InputError, match="reading: is 'kind'; expected one of claimed, plaus"):
        read(LOAS, "kind")  # type: ignore[arg-type]
