"""The rules of Prosperity's simulator: what it answered, and the same rules spelled out."""

from __future__ import annotations

import csv
import json
from math import ceil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from loas_tl import compare, load_spikes
from loas_tl.models.published import neighbours
from loas_tl.models.published.counts import UndefinedError
from loas_tl.models.published.machine import MACHINE, Machine
from loas_tl.models.published.simulator import end_to_end, fast_path, lif, slow_path
from loas_tl.sparsity.product import product_sparsity
from loas_tl.sparsity.words import unrolled
from loas_tl.workload.im2col import Convolution, im2col
from loas_tl.workload.layer import Layer
from tests.sparsity import plain
from tests.test_recordings_kept import DESCRIPTIONS, FOLDER

DATA = Path(__file__).parents[1] / "data"
RECORDED = list(csv.DictReader((DATA / "after_loas.csv").open()))
"""What Prosperity's simulator answered for each recorded layer."""
SLOW = json.loads((DATA / "after_loas_slow_path.json").read_text())
NETWORKS = ("alexnet", "vgg16")


def recorded(network: str) -> list[Layer]:
    spikes = FOLDER / f"{network}_cifar10.npz"
    if not spikes.exists():
        pytest.skip(f"{spikes.name} does not come with the project; set LOAS_TL_RECORDINGS")
    return list(load_spikes(spikes, DESCRIPTIONS[spikes.stem]).layers)


def figures(layer: Layer) -> dict[str, Any]:
    """A layer's figures, by the recorded column."""
    found, cost = product_sparsity(unrolled(layer.spikes), 256, 16), fast_path(layer)
    behind, groups = lif(layer.M * layer.N, layer.T), neighbours.in_four_groups(layer)
    try:
        stsap: tuple[Any, Any] = neighbours.stsap_cycles(layer)[1], neighbours.stsap_dram(layer)
    except UndefinedError:
        stsap = "", ""
    return {
        "T": layer.T,
        "pixels": layer.M,
        "N": layer.N,
        "K": layer.K,
        "spikes": int(layer.spikes.sum()),
        "product_nnz": int(found.residual.sum()),
        "prosperity_compute": cost.compute,
        "prosperity_mem_stall": cost.stall,
        "prosperity_total": cost.cycles,
        "prosperity_dram_bits": cost.dram,
        "prosperity_wgt_read_bits": cost.weight_reads,
        "prosperity_act_read_bits": cost.spike_reads,
        "prosperity_psum_write_bits": cost.psum_writes,
        "lif_cycles": behind.cycles,
        "lif_latency": behind.latency,
        "lif_dram_bits": behind.dram,
        "eyeriss_cycles": neighbours.eyeriss_cycles(layer),
        "sato_cycles": neighbours.sato_cycles(layer),
        "mint_cycles": neighbours.mint_cycles(layer),
        "ptb_cycles": stsap[0],
        "ptb_dram_bits": stsap[1],
        "union_spikes": int(groups.sum()),
        "union_product_nnz": int(product_sparsity(unrolled(groups), 256, 16).residual.sum()),
    }


@pytest.mark.shared
@pytest.mark.parametrize("network", NETWORKS)
def test_recorded_layers_give_every_recorded_figure(network: str) -> None:
    answers = [row for row in RECORDED if row["network"] == network]
    for layer, row in zip(recorded(network), answers, strict=True):
        found = {name: str(value) for name, value in figures(layer).items()}
        assert found == {name: row[name] for name in row if name not in ("network", "layer")}


@pytest.mark.shared
def test_the_designs_give_the_recorded_cycles_and_traffic() -> None:
    columns = {
        "Prosperity": "prosperity_total",
        "MINT": "mint_cycles",
        "SATO": "sato_cycles",
        "Eyeriss-SNN": "eyeriss_cycles",
        "PTB-StSAP": "ptb_cycles",
    }
    for network in NETWORKS:
        recorded(network)
        name = f"{network}_cifar10"
        found = compare(
            spikes=FOLDER / f"{name}.npz", layers=DESCRIPTIONS[name], accelerators=list(columns)
        )
        cycles = {(r.layer, r.accelerator): r.counts.cycles for r in found.layers}
        dram = {(r.layer, r.accelerator): r.counts.moved("dram") for r in found.layers}
        without = {(one.layer, one.accelerator) for one in found.left_out}
        for row in RECORDED:
            if row["network"] != network:
                continue
            layer = f"conv{row['layer']}"
            for accelerator, column in columns.items():
                if row[column]:
                    assert cycles[layer, accelerator] == int(row[column])
                else:
                    assert (layer, accelerator) in without
            assert dram[layer, "Prosperity"] == int(row["prosperity_dram_bits"])
        assert (found.total(found.networks[0], "PTB-StSAP") is None) == bool(without)


@pytest.mark.shared
def test_the_slow_path_gives_its_recorded_figures() -> None:
    layers = {network: recorded(network) for network in NETWORKS}
    for row in SLOW:
        layer = layers[row["network"]][row["layer"] - 1]
        cost, fast = slow_path(layer), fast_path(layer)
        found, tiles = product_sparsity(unrolled(layer.spikes), 256, 16), ceil(layer.N / 128)
        assert row == {
            "network": row["network"],
            "layer": row["layer"],
            "cpu_total": cost.cycles,
            "cuda_path_total": fast.cycles,
            "cpu_compute": cost.compute,
            "cpu_num_ops": int(found.residual.sum()) * layer.N,
            "cpu_dram_bits": cost.dram,
            "cuda_path_dram_bits": fast.dram,
            "cpu_preprocess": cost.detection,
            "exact_match_rows": int(found.exact.sum()) * tiles,
            "all_zero_rows": int(found.empty.sum()) * tiles,
            "product_nnz": int(found.residual.sum()) * tiles,
            "bit_nnz": int(found.ones.sum()) * tiles,
            "bit_sparsity_total": int(found.ones.sum()) * tiles + cost.stall,
        }


@pytest.mark.shared
def test_vgg9_as_the_authors_have_it() -> None:
    path = FOLDER / "vgg9_cifar10.npz"
    if not path.exists():
        pytest.skip(f"{path.name} does not come with the project; set LOAS_TL_RECORDINGS")
    maps = np.load(path)
    layers = []
    for at, n in enumerate((64, 128, 128, 256, 256), start=1):
        rows = im2col(maps[f"conv2d_{at}"], Convolution(3, 1, 1))
        layers.append(Layer(f"{at}", rows, np.ones((rows.shape[2], n), np.int8), taps=9))
    last = maps["fc_0"][:, np.newaxis]
    layers.append(Layer("fc", last, np.ones((last.shape[2], 1024), np.int8)))
    # Behind its last layer the simulator has 4,096 neurons, four for each output.
    found = end_to_end(layers, neurons=[*(one.M * one.N for one in layers[:-1]), 4096])
    assert (found.cycles, found.dram) == (360_240, 53_886_976)
    assert found.bit_density == pytest.approx(0.135011258, abs=5e-10)
    assert found.product_density == pytest.approx(0.045564403, abs=5e-10)


@st.composite
def layers(draw: st.DrawFn) -> Layer:
    t, m, k, n = (draw(st.integers(1, most)) for most in (9, 12, 40, 20))
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    spikes = rng.random((t, m, k)) < draw(st.sampled_from([0.0, 0.1, 0.4, 0.9]))
    weights = np.zeros((k, n), np.int8)
    return Layer("any", spikes, weights, taps=draw(st.sampled_from([1, 9])))


MACHINES = st.builds(Machine, *(st.integers(1, most) for most in (8, 20, 16, 5, 9)))


@settings(deadline=None)
@given(layers(), MACHINES, st.booleans())
def test_prosperity_counts_as_a_walk_over_its_tiles_does(
    layer: Layer, machine: Machine, stored: bool
) -> None:
    """Tile by tile, as its slow path goes; the fast one differs where it says so."""
    rows = layer.spikes.transpose(1, 0, 2).reshape(-1, layer.K)
    m, k, n = machine.tile_m, machine.tile_k, machine.adders
    compute = detection = counted = weights = spikes = exact = reads = psums = 0
    whole = rows.size <= m * k
    kept = k >= layer.K or k * n * 8 >= layer.K * layer.N * 8
    for i in range(0, len(rows), m):
        for at in range(0, layer.N, n):
            for j in range(0, layer.K, k):
                tile, width = rows[i : i + m, j : j + k], min(n, layer.N - at)
                left = plain.residual(tile)
                hits = int((tile.any(axis=1) & ~left.any(axis=1)).sum())
                compute += int(left.sum()) + hits
                exact += hits
                searched = int((tile.sum(axis=1) > 1).sum())
                detection += searched + len(tile) // machine.popcounts
                counted += searched
                if not stored and (at == 0 or not whole):
                    spikes += tile.size // layer.taps
                if i == 0 or not kept:
                    weights += tile.shape[1] * width * 8
                reads += int(left.sum()) * width * 8
                psums += len(tile) * width * 8
    cost = slow_path(layer, machine, stored)
    assert (cost.compute, cost.detection) == (compute, detection)
    assert (cost.weight_dram, cost.spike_dram) == (weights, spikes)
    assert (cost.weight_reads, cost.psum_writes) == (reads, psums)
    first = min(k, layer.K) * min(n, layer.N) * 8
    first += 0 if stored else min(k, layer.K) * min(m, len(rows))
    busy = max(compute, detection)
    stall = first // 1024 + max(0, (weights + spikes - first) // 1024 - busy)
    assert cost.cycles == busy + stall

    fast = fast_path(layer, machine, stored)
    times = ceil(layer.N / n)
    assert fast.compute == compute
    assert fast.detection == counted + len(rows) // machine.popcounts * times
    assert fast.weight_dram == layer.K * layer.N * 8 * ceil(len(rows) / m)
    assert fast.spike_dram == rows.size * times // layer.taps
    assert fast.weight_reads == reads * ceil(len(rows) / m)


@settings(deadline=None)
@given(layers())
def test_the_others_count_as_spelled_out(layer: Layer) -> None:
    x, n = layer.spikes, layer.N
    assert neighbours.mint_cycles(layer, 8) == int(x.sum()) * ceil(n / 8)
    work = [int(x[t, m].sum()) for t in range(layer.T) for m in range(layer.M)]
    assert neighbours.sato_cycles(layer, 5) == max(plain.dealt(work, 5)) * n
    assert neighbours.eyeriss_cycles(layer) == ceil(n / 12) * (x.size // 14)
    timesteps = 1
    while timesteps < layer.T:
        timesteps *= 2
    padded = [x[t] if t < layer.T else np.zeros_like(x[0]) for t in range(timesteps)]
    if timesteps < 4:
        for ask in (neighbours.stsap_cycles, neighbours.in_four_groups):
            with pytest.raises(UndefinedError, match=f"{layer.T}"):
                ask(layer)
        return
    groups = [
        np.any(padded[g * timesteps // 4 : (g + 1) * timesteps // 4], axis=0) for g in range(4)
    ]
    np.testing.assert_array_equal(neighbours.in_four_groups(layer), groups)
    rows = [
        np.any(padded[first : first + 4], axis=0)[m]
        for first in range(0, timesteps, 4)
        for m in range(layer.M)
    ]
    if layer.M == 1 and layer.taps == 1:
        left = int(np.any(rows, axis=0).sum())
    elif len(rows) % 8:
        with pytest.raises(UndefinedError, match="do not divide"):
            neighbours.stsap_cycles(layer)
        return
    else:
        run = len(rows) // 8
        columns = [[rows[c * run + at] for c in range(8)] for at in range(run)]
        left = sum(plain.packed(np.stack(matrix, axis=1)) for matrix in columns)
    compute = left * ceil(n / 16) * 4 + layer.M * 32
    bits = x.size + 8 * layer.K * n + layer.T * layer.M * n
    waits = 1 + max(0, (bits - 1536) // 1024 - compute)
    assert neighbours.stsap_cycles(layer) == (compute, compute + waits)
    assert neighbours.stsap_dram(layer) == bits


def test_neurons_by_hand() -> None:
    # 12,288 neurons on 32 cells, 4 timesteps of 2 cycles; a tile's last 8,192 are waited for.
    behind = lif(12_288, 4)
    assert (behind.cycles, behind.latency, behind.dram, behind.stays) == (3072, 2048, 49_152, False)
    few = lif(120, 32, MACHINE)
    assert (few.cycles, few.latency, few.dram, few.stays) == (256, 256, 0, True)


def test_neurons_of_the_neighbours() -> None:
    layer = Layer("any", np.ones((8, 6, 5), bool), np.ones((5, 7), np.int8))
    assert neighbours.array_lif(layer) == 6 * 7 * 8 * 3 // 16
    assert neighbours.sato_lif(layer) == 6 * 7 * (3 + 1)
    assert neighbours.eyeriss_lif(layer) == 0
    assert neighbours.eyeriss_lif(layer, columns=4) == 2 * 6 * 7 // 14
