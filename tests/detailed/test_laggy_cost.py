from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from loas_tl import InputError, Layer, Network
from loas_tl.designs.dense import PTB
from loas_tl.designs.design import Design
from loas_tl.designs.gospa import GOSPA_SNN
from loas_tl.designs.loas import LOAS, LOAS_N_MAJOR
from loas_tl.designs.sparten import SPARTEN_SNN
from loas_tl.models.detailed.model import count_detailed
from loas_tl.models.machine import InnerJoin, Laggy
from loas_tl.studies.laggy_cost import NEGLIGIBLE, laggy_cost
from loas_tl.studies.sweep import ADDERS, RANDOM, RandomLayer, SweepRow, sweep
from loas_tl.workload.source import LayerSource, layer_sources
from tests.detailed.test_model import make_layer

UNIT = InnerJoin(fetch_cycles=2, laggy=Laggy(skip_empty=True), compress=True)
NETWORK = Network(
    "two",
    (
        make_layer(1, (4, 40, 40, 300), 0.2, 0.1),
        replace(make_layer(2, (4, 20, 33, 500), 0.1, 0.02), name="other"),
    ),
)


def cycles(layer: Layer, unit: InnerJoin) -> int:
    return count_detailed(layer, [replace(LOAS.dataflow(), machine=unit)])[0].schedule.cycles


def test_the_declared_unit_is_the_default() -> None:
    assert LOAS.machine == UNIT
    assert laggy_cost(layer_sources(NETWORK)) == laggy_cost(layer_sources(NETWORK), LOAS)


def test_each_unit_takes_what_loas_takes_with_it() -> None:
    layers, _ = laggy_cost(layer_sources(NETWORK))
    laggy = Laggy(skip_empty=True)
    for layer, cost in zip(NETWORK.layers, layers, strict=True):
        assert (cost.network, cost.layer) == ("two", layer.name)
        assert cost.laggy == cycles(layer, UNIT)
        assert cost.two_fast == cycles(layer, replace(UNIT, laggy=None))
        assert cost.skipping == cycles(layer, replace(UNIT, laggy=replace(laggy, skip_empty=True)))
        assert cost.two_buffers == cycles(
            layer, replace(UNIT, laggy=replace(laggy, offset_buffers=2))
        )
        assert cost.by_adders == {
            n: cycles(layer, replace(UNIT, laggy=replace(laggy, adders=n)))
            for n in (16, 32, 64, 128)
        }
        assert cost.both <= min(cost.skipping, cost.two_buffers) <= cost.laggy
        assert cost.two_fast <= cost.laggy


def test_matches_are_counted_and_those_of_full_words_are_discarded() -> None:
    layers, _ = laggy_cost(layer_sources(NETWORK))
    for layer, cost in zip(NETWORK.layers, layers, strict=True):
        kept = (layer.weights != 0).astype(int)
        assert cost.matches == int((layer.spikes.any(axis=0).astype(int) @ kept).sum())
        assert cost.discarded == int((layer.spikes.all(axis=0).astype(int) @ kept).sum())
        assert cost.outputs == layer.M * layer.N
        assert cost.chunks == cost.outputs * -(-layer.K // 128)


def test_the_total_is_the_sum_and_its_overhead_that_of_the_sums() -> None:
    layers, [total] = laggy_cost(layer_sources(NETWORK))
    assert total.layer is None
    assert total.laggy == sum(cost.laggy for cost in layers)
    assert total.matches == sum(cost.matches for cost in layers)
    assert total.overhead == pytest.approx(
        sum(cost.laggy for cost in layers) / sum(cost.two_fast for cost in layers) - 1
    )
    shares = [value for key, value in total.record().items() if key.endswith("_share")]
    assert sum(shares) == pytest.approx(1)  # type: ignore[arg-type]


def test_the_adders_needed_are_the_fewest_that_cost_almost_nothing() -> None:
    long = Network("long", (make_layer(3, (4, 16, 16, 3000), 0.1, 0.1),))
    [cost], _ = laggy_cost(layer_sources(long))
    fewer = [adders for adders in (16, 32, 64, 128) if adders < (cost.adders_needed or 0)]
    assert fewer
    for adders in fewer:
        taken = cycles(long.layers[0], replace(UNIT, laggy=Laggy(adders, skip_empty=True)))
        assert taken / cost.two_fast - 1 > NEGLIGIBLE
    assert cost.by_adders[cost.adders_needed or 0] / cost.two_fast - 1 <= NEGLIGIBLE


def test_no_number_of_adders_may_do() -> None:
    [cost], _ = laggy_cost(layer_sources(Network("one", NETWORK.layers[:1])))
    slow = replace(cost, by_adders={16: 2 * cost.two_fast, 128: int(1.06 * cost.two_fast)})
    assert slow.adders_needed is None
    assert slow.record()["adders_needed"] is None


@pytest.mark.parametrize(
    "design", [SPARTEN_SNN, GOSPA_SNN, PTB, Design(name="Bare")], ids=lambda d: d.label
)
@pytest.mark.parametrize("study", [laggy_cost, sweep])
def test_a_unit_of_two_fast_has_nothing_to_compare(
    study: Callable[[list[LayerSource], Design], object], design: Design
) -> None:
    with pytest.raises(InputError, match=f"^{design.label} has no laggy prefix-sum; expected LoAS"):
        study(layer_sources(NETWORK), design)


def test_another_design_starts_from_its_own_unit_and_dataflow() -> None:
    design = LOAS_N_MAJOR.with_(pes=8, laggy_adders=32, fifo_depth=2, skip_empty=True)
    layers, _ = laggy_cost(layer_sources(NETWORK), design)
    unit = replace(UNIT, laggy=Laggy(32, 2, skip_empty=True))
    assert design.machine == unit
    for layer, cost in zip(NETWORK.layers, layers, strict=True):
        of = replace(design.dataflow(), machine=unit)
        fast = replace(of, machine=replace(unit, laggy=None))
        found = [one.schedule.cycles for one in count_detailed(layer, [of, fast])]
        assert [cost.laggy, cost.two_fast] == found
        assert cost.skipping == cost.laggy
        assert list(cost.by_adders) == [32, 64, 128]
        assert cost.by_adders[32] == cost.laggy


def line(rows: list[SweepRow], parameter: str, network: str) -> list[SweepRow]:
    return [row for row in rows if (row.parameter, row.network) == (parameter, network)]


def test_a_sweep_has_a_row_for_each_value_and_each_is_that_of_its_unit() -> None:
    rows = sweep(layer_sources(NETWORK), random=RandomLayer(M=16, N=16, K=256))
    assert rows == sweep(layer_sources(NETWORK), LOAS, RandomLayer(M=16, N=16, K=256))
    assert [row.value for row in line(rows, "adders", "two")] == list(ADDERS)
    for row in line(rows, "adders", "two"):
        unit = replace(UNIT, laggy=Laggy(adders=int(row.value), skip_empty=True))
        assert row.laggy == sum(cycles(layer, unit) for layer in NETWORK.layers)
    for row in line(rows, "chunk", "two"):
        fast = replace(UNIT, chunk=int(row.value), laggy=None)
        assert row.two_fast == sum(cycles(layer, fast) for layer in NETWORK.layers)
        # A design whose chunk is another has tiles of that chunk.
        wide = LOAS.with_(chunk_bits=int(row.value)).dataflow()
        assert wide.tile_k == row.value
        found = [count_detailed(layer, [wide])[0].schedule.cycles for layer in NETWORK.layers]
        assert row.laggy == sum(found)
    for row in line(rows, "fifo_depth", "two"):
        unit = replace(UNIT, laggy=Laggy(fifo_depth=int(row.value), skip_empty=True))
        assert row.laggy == sum(cycles(layer, unit) for layer in NETWORK.layers)
    for row in line(rows, "timesteps", RANDOM):
        # As many lanes as timesteps: a match is one of all of them.
        drawn = RandomLayer(T=int(row.value), M=16, N=16, K=256).make(0)
        lanes = LOAS.with_(timesteps=drawn.T).dataflow()
        [found_there] = count_detailed(drawn, [lanes])
        assert (row.laggy, row.matches) == (
            found_there.schedule.cycles,
            int((drawn.spikes.any(axis=0).astype(int) @ (drawn.weights != 0)).sum()),
        )
    overheads = [row.overhead for row in line(rows, "fifo_depth", "two")]
    assert overheads == sorted(overheads, reverse=True)
    for parameter in ("timesteps", "spike_density", "weight_density"):
        matches = [row.matches for row in line(rows, parameter, RANDOM)]
        assert matches == sorted(matches)
        assert len(matches) > 5


def test_a_random_layer_has_the_densities_asked_for() -> None:
    layer = RandomLayer(active=0.3, weights=0.05).make(0)
    assert layer.spikes.any(axis=0).mean() == pytest.approx(0.3, abs=0.01)
    assert (layer.weights != 0).mean() == pytest.approx(0.05, abs=0.005)
    same = RandomLayer(active=0.3, weights=0.05).make(0)
    np.testing.assert_array_equal(layer.spikes, same.spikes)
