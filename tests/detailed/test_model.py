from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from loas_tl import InputError, Layer
from loas_tl.designs import dense, gamma, gospa, loas, sparten
from loas_tl.designs.design import Design
from loas_tl.models.dataflow import OutputStationaryArray, TiledAccelerator
from loas_tl.models.detailed.model import PLIF_CYCLES, count_detailed, walk_layer
from loas_tl.models.detailed.schedule import RESOURCES
from loas_tl.models.machine import IdBroadcast, InnerJoin, Laggy, Merger, System
from loas_tl.models.published.model import count
from loas_tl.models.published.tiled import LOOPS, Operands, dram_by_step
from tests.detailed.plain_layer import plain_layer, plain_overlap

LOAS, LOAS_FT = loas.LOAS.dataflow(), loas.LOAS_FT.dataflow()
LOAS_N_MAJOR = loas.LOAS_N_MAJOR.dataflow()
TILED = (
    *(LOAS, LOAS_FT, LOAS_N_MAJOR),
    *(sparten.SPARTEN_SNN.dataflow(), sparten.SPARTEN_ANN.dataflow()),
    *(gospa.GOSPA_SNN.dataflow(), gamma.GAMMA_SNN.dataflow(), gamma.GAMMA_ANN.dataflow()),
)
PTB, STELLAR = dense.PTB.dataflow(), dense.STELLAR.dataflow()


def make_layer(seed: int, shape: tuple[int, int, int, int], spikes: float, weights: float) -> Layer:
    t, m, n, k = shape
    rng = np.random.default_rng(seed)
    x = rng.random((t, m, k)) < spikes
    w = np.where(rng.random((k, n)) < weights, rng.integers(1, 100, (k, n)), 0)
    return Layer("small", x, w.astype(np.int8))


@st.composite
def layers(draw: st.DrawFn) -> Layer:
    shape = draw(st.tuples(*(st.integers(1, most) for most in (16, 6, 6, 70))))
    densities = st.sampled_from([0.0, 0.05, 0.3, 1.0])
    return make_layer(draw(st.integers(0, 2**32)), shape, draw(densities), draw(densities))


@st.composite
def accelerators(draw: st.DrawFn, some: Sequence[TiledAccelerator] = TILED) -> TiledAccelerator:
    a = draw(st.sampled_from(some))
    tile_m, tile_n = draw(st.integers(1, 5)), draw(st.integers(1, 5))
    tile_k = draw(st.sampled_from([8, 32, 100]))
    machine = a.machine
    if isinstance(machine, InnerJoin):
        chunk = draw(st.sampled_from([8, 24, 64, 128, 300]))
        laggy = Laggy(
            adders=draw(st.integers(1, min(chunk, 128))),
            fifo_depth=draw(st.integers(1, 64)),
            offset_buffers=draw(st.integers(1, 2)),
            skip_empty=draw(st.booleans()),
            hidden=draw(st.sampled_from([False, False, True])),
            lookup=draw(st.sampled_from([False, False, True])),
        )
        machine = replace(
            machine,
            chunk=chunk,
            fetch_cycles=draw(st.integers(1, 2)),
            overlapped=draw(st.booleans()),
            keeps_chunk=draw(st.booleans()),
            handover_cycles=draw(st.integers(0, 2)),
            laggy=laggy if machine.laggy else None,
        )
    elif isinstance(machine, IdBroadcast):
        machine = IdBroadcast(
            fifos=draw(st.integers(1, 4)),
            overlapped=draw(st.booleans()),
            coordinate_bits=draw(st.sampled_from([8, 1, 13])),
            psum_bits=draw(st.integers(1, 40)),
        )
    elif isinstance(machine, Merger):
        machine = Merger(
            radix=draw(st.sampled_from([1, 2, 64])),
            overlapped=draw(st.booleans()),
            startup_cycles=draw(st.integers(1, 7)),
            coordinate_bits=draw(st.sampled_from([6, 1, 13])),
            psum_bits=draw(st.sampled_from([8, 24, 1])),
            spike_value_bits=draw(st.sampled_from([1, 8])),
        )
    return replace(
        a,
        name="changed",
        tile_m=tile_m,
        tile_n=tile_n,
        tile_k=tile_k,
        x_buffer=draw(st.integers(tile_m * tile_k, 2000)),
        w_buffer=draw(st.integers(tile_n * tile_k, 2000)),
        # Those that pack no words, or activations, have no lanes; the others have some or all.
        timesteps=draw(st.integers(1, 8) | st.none()) if a.timesteps else None,
        weight_bits=draw(st.sampled_from([8, 4, 16])),
        pointer_bits=draw(st.sampled_from([32, 8, 63])),
        machine=machine,
    )


systems = st.builds(
    System,
    banks=st.sampled_from([1, 3, 16]),
    line_bytes=st.sampled_from([1, 4, 32]),
    dram_bytes_per_s=st.sampled_from([1e8, 3.3e9, 128e9]),
)


@pytest.mark.parametrize("published", TILED, ids=lambda a: a.name)
@settings(max_examples=20, deadline=None)
@given(layer=layers(), data=st.data(), system=systems)
def test_every_step_and_line_is_that_of_the_plain_model(
    published: TiledAccelerator, layer: Layer, data: st.DataObject, system: System
) -> None:
    a = data.draw(accelerators([published]))
    plain = plain_layer(a, layer, system)
    [walk] = walk_layer([a], Operands(layer), [system])
    for ours, counted in (
        (walk.compute, plain.compute),
        (walk.sram, plain.sram),
        (walk.busy, plain.busy),
    ):
        assert {at: cycles for at, cycles in np.ndenumerate(ours) if cycles} == +counted
    lines = Counter({("sram_read", kind): count for kind, count in walk.reads.items()})
    lines.update({("sram_write", kind): count for kind, count in walk.writes.items()})
    assert +lines == +plain.lines
    if walk.lanes is not None:
        spent = asdict(walk.lanes.joining)
        spent |= {"handover": walk.lanes.handover, "idle": walk.lanes.idle}
        assert +Counter(spent) == +plain.lanes


@settings(max_examples=90, deadline=None)
@given(layers(), accelerators(), systems)
def test_a_layer_takes_the_cycles_of_its_overlapped_steps(
    layer: Layer, a: TiledAccelerator, system: System
) -> None:
    operands = Operands(layer)
    [detail] = count_detailed(layer, [a], system)
    [walk] = walk_layer([a], operands, [system])
    dram = dram_by_step(a, operands, detail.published)
    if isinstance(a.machine, InnerJoin):
        dram = dram.sum(axis=3, keepdims=True)
    if isinstance(a.machine, Merger):
        dram = dram.sum(axis=(2, 3), keepdims=True)
    order = [
        LOOPS.index(loop) for loop in ("tmnk" if isinstance(a.machine, Merger) else a.loop_order)
    ]
    steps = list(
        zip(
            *(
                x.transpose(order).ravel().tolist()
                for x in (walk.compute, walk.sram, walk.busy, dram)
            ),
            strict=True,
        )
    )
    tail = PLIF_CYCLES
    if isinstance(a.machine, InnerJoin) and a.machine.compress:
        tail += -(-a.machine.chunk // a.machine.laggy.adders) if a.machine.laggy else 1
    clock = plain_overlap(steps, system.dram_bits_per_cycle, tail)
    assert detail.schedule.cycles == detail.counts.cycles == clock.total()
    assert detail.schedule.bound == {resource: clock[resource] for resource in RESOURCES}
    for resource in RESOURCES:
        assert detail.schedule.alone[resource] <= detail.schedule.cycles


@settings(max_examples=30, deadline=None)
@given(layers(), st.lists(accelerators(), max_size=3), st.lists(st.integers(1, 3), max_size=3))
def test_accelerators_counted_together_are_those_counted_alone(
    layer: Layer, some: list[TiledAccelerator], fetches: list[int]
) -> None:
    # Units that differ in timing alone are walked together.
    likes = [
        replace(a, machine=replace(a.machine, fetch_cycles=fetch))
        for a in some
        for fetch in fetches
        if isinstance(a.machine, InnerJoin)
    ]
    together = count_detailed(layer, [*some, *likes])
    assert together == [count_detailed(layer, [a])[0] for a in (*some, *likes)]


@settings(max_examples=60, deadline=None)
@given(layers(), accelerators())
def test_dram_traffic_by_step_adds_up_to_the_published(layer: Layer, a: TiledAccelerator) -> None:
    [published] = count(layer, [a])
    by_step = dram_by_step(a, Operands(layer), published)
    assert by_step.min() >= 0
    assert by_step.sum() == published.moved("dram")
    [detail] = count_detailed(layer, [a])
    assert detail.counts.moved("dram") == published.moved("dram")
    assert detail.published == published


@pytest.mark.parametrize("a", TILED, ids=lambda a: a.name)
def test_a_published_machine_is_the_plain_one(a: TiledAccelerator) -> None:
    layer = make_layer(7, (2, 20, 40, 300), 0.2, 0.1)
    plain = plain_layer(a, layer, System())
    [walk] = walk_layer([a], Operands(layer), [System()])
    assert walk.compute.sum() == plain.compute.total()
    assert walk.busy.sum() == plain.busy.total()


@pytest.mark.parametrize("timesteps", range(1, 17))
@pytest.mark.parametrize("design", [loas.LOAS, loas.LOAS_FT, loas.LOAS_N_MAJOR], ids=str)
def test_more_timesteps_than_lanes_are_timed_in_passes(design: Design, timesteps: int) -> None:
    layer = make_layer(timesteps, (timesteps, 18, 18, 200), 0.2, 0.1)
    for lanes in range(1, 9):
        a = design.with_(timesteps=lanes).dataflow()
        assert isinstance(a, TiledAccelerator)
        plain = plain_layer(a, layer, System())
        [walk] = walk_layer([a], Operands(layer), [System()])
        assert len(walk.compute) == -(-timesteps // lanes)
        for ours, counted in (
            (walk.compute, plain.compute),
            (walk.sram, plain.sram),
            (walk.busy, plain.busy),
        ):
            assert {at: cycles for at, cycles in np.ndenumerate(ours) if cycles} == +counted


def test_passes_compute_what_the_groups_of_timesteps_do_alone() -> None:
    whole = make_layer(5, (8, 40, 40, 300), 0.2, 0.1)
    parts = [Layer("part", whole.spikes[group], whole.weights) for group in (slice(4), slice(4, 8))]
    walks = [walk_layer([LOAS], Operands(one), [System()])[0] for one in (whole, *parts)]
    together, *apart = walks
    np.testing.assert_array_equal(
        together.compute, np.concatenate([one.compute for one in apart], axis=0)
    )


def test_the_first_transfers_land_at_the_steps_that_miss() -> None:
    # Two row tiles, whose weights are the same: those come once, the spikes of each at its start.
    x = np.zeros((1, 32, 128), dtype=bool)
    x[0, :16, :3] = x[0, 16:, 5:9] = True
    w = np.zeros((128, 32), dtype=np.int8)
    w[0] = 1
    layer = Layer("two", x, w)
    operands = Operands(layer)
    [published] = count(layer, [LOAS])
    once = 1 * 16 * (3 + 4) + 32 * 128  # T bits an active neuron, a bit a neuron
    by_step = dram_by_step(LOAS, operands, published).ravel()
    first = 16 * 3 + 16 * 128 + 8 * 32 + 128 * 32
    assert by_step.tolist() == [first + once // 2, 16 * 4 + 16 * 128 + once // 2]


def test_a_slower_memory_makes_a_layer_dram_bound() -> None:
    layer = make_layer(1, (4, 64, 64, 256), 0.3, 0.3)
    [fast] = count_detailed(layer, [LOAS], System(dram_bytes_per_s=1e15))
    [slow] = count_detailed(layer, [LOAS], System(dram_bytes_per_s=1e8))
    assert fast.schedule.bound_by != "dram"
    assert slow.schedule.bound_by == "dram"
    assert slow.schedule.cycles >= slow.schedule.alone["dram"] > fast.schedule.cycles
    a_cycle = System(dram_bytes_per_s=1e8).dram_bits_per_cycle
    assert slow.schedule.alone["dram"] == math.ceil(slow.counts.moved("dram") / a_cycle)


def test_fewer_banks_make_a_layer_sram_bound() -> None:
    layer = make_layer(1, (4, 64, 64, 256), 0.3, 0.3)
    [narrow] = count_detailed(layer, [LOAS], System(banks=1))
    assert narrow.schedule.bound_by == "sram"


@pytest.mark.parametrize("timesteps", [4, 1, 5, 16])
@pytest.mark.parametrize("array", [PTB, STELLAR], ids=lambda a: a.name)
def test_a_dense_array_keeps_its_published_cycles_but_for_the_memory(
    array: OutputStationaryArray, timesteps: int
) -> None:
    layer = make_layer(1, (timesteps, 64, 64, 256), 0.3, 0.3)
    [fast] = count_detailed(layer, [array], System(dram_bytes_per_s=1e18))
    [slow] = count_detailed(layer, [array], System(dram_bytes_per_s=1e7))
    assert fast.published == slow.published == count(layer, [array])[0]
    assert fast.schedule.cycles == pytest.approx(fast.published.cycles + PLIF_CYCLES, abs=1)
    assert slow.schedule.bound_by == "dram"


def test_an_accelerator_without_a_machine_is_refused() -> None:
    unknown = replace(LOAS, name="unknown", machine=None)
    with pytest.raises(InputError, match="unknown has no machine; the detailed model expects"):
        count_detailed(make_layer(1, (1, 2, 2, 2), 1.0, 1.0), [unknown])


@pytest.mark.parametrize("own", [PTB, *TILED], ids=lambda a: a.name)
def test_each_accelerator_has_its_own_system_unless_one_is_given(
    own: TiledAccelerator | OutputStationaryArray,
) -> None:
    layer = make_layer(1, (4, 40, 40, 256), 0.3, 0.3)
    slow = System(banks=2, dram_bytes_per_s=1e9)
    with_it = replace(own, system=slow)
    assert count_detailed(layer, [with_it, own]) == [
        *count_detailed(layer, [own], slow),
        *count_detailed(layer, [with_it], System()),
    ]
    assert own.system == System()


@pytest.mark.parametrize("key", ["banks", "line_bytes", "dram_bytes_per_s", "clock_hz"])
@pytest.mark.parametrize("value", [0, -1, float("nan")])
def test_impossible_systems_are_refused(key: str, value: float) -> None:
    with pytest.raises(InputError, match=f"{key} is .*; expected a number above 0"):
        System(**{key: value})  # type: ignore[arg-type]
