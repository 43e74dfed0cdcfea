"""Batches against the recorded runs of Timeloop, and against the model of single mappings."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from loas_tl.timeloop.errors import MappingError
from loas_tl.timeloop.mapper.evaluate import Details, Evaluation, Evaluator
from loas_tl.timeloop.mapper.loops import Mappings, slots_of
from loas_tl.timeloop.mapper.machine import Machine
from loas_tl.timeloop.mapper.strategy import Setup
from loas_tl.timeloop.mapper.tiles import Keep
from loas_tl.timeloop.native import build_machine, build_mapping
from loas_tl.timeloop.native.energies import COMPUTE_ACTIONS, STORAGE_ACTIONS
from loas_tl.timeloop.native.mapping import Mapping
from loas_tl.timeloop.spec import parse_spec
from loas_tl.timeloop.spec.specification import Spec
from loas_tl.timeloop.spec.tables import EnergyTable
from tests.mapper.examples import freed, matmul, model, some
from tests.timeloop_runs import Run, answered, refused


def given_mapping(machine: Machine, mapping: Mapping) -> tuple[Mappings, list[Keep]]:
    """The mapping of a specification as a batch of one."""
    slots = slots_of(machine)
    shape = (len(slots), len(machine.dimensions), 1)
    factors, order = np.ones(shape, np.int64), np.zeros(shape, np.int64)
    split = np.zeros((len(slots), 1), np.int64)
    for s, slot in enumerate(slots):
        level = mapping.levels[slot.level]
        for i, loop in enumerate(level.spatial if slot.spatial else level.temporal):
            factors[s, loop.dimension], order[s, i] = loop.bound, loop.dimension
            split[s] += loop.axis == "X"
    keep = tuple(level.keep for level in mapping.levels)
    return Mappings(factors, order, split, np.zeros(1, np.int64)), [keep]


def price(run: Run) -> tuple[Machine, Evaluation, Details | None]:
    spec = parse_spec(run.spec)
    architecture = spec.attached()
    hardware = build_machine(spec, attached=architecture)
    machine = Machine.of(hardware)
    evaluator = Evaluator(machine)
    batch, keep = given_mapping(machine, build_mapping(hardware, architecture))
    return machine, evaluator(batch, keep), evaluator.details


def close(ours: float, theirs: float) -> bool:
    """Up to Timeloop's own rounding."""
    return abs(ours - theirs) <= max(1, 1e-3 * abs(theirs))


@pytest.mark.parametrize("run", answered(), ids=lambda run: run.name)
def test_counts_and_costs_are_those_of_timeloop(run: Run) -> None:
    machine, evaluation, details = price(run)
    expected = run.result
    assert evaluation.valid.all()
    assert close(evaluation.cycles[0], expected.cycles)
    assert close(evaluation.energy[0], expected.energy_pj)
    assert details is not None
    for state in ("actual", "gated", "skipped"):
        assert close(getattr(details.computed, state)[0], getattr(expected.computes, state))
    for (level, t), counts in details.counts.items():
        stats = expected.levels.get(machine.levels[level].name)
        if stats is None:
            continue  # Timeloop shows no level without any access
        tensor = stats.tensors[machine.tensors[t].name]
        assert close(details.tiles[level, t].most[0], tensor.capacity)
        for kind in ("read", "fill", "update"):
            accesses = getattr(tensor, f"{kind}s")
            for state in ("actual", "gated", "skipped"):
                words = counts.data.get((state, kind), np.zeros(1))
                assert close(words[0], getattr(accesses, state)), (level, t, kind, state)


@pytest.mark.parametrize("run", refused(), ids=lambda run: run.name)
def test_mappings_are_refused_for_timeloops_reasons(run: Run) -> None:
    _, evaluation, _ = price(run)
    assert not evaluation.valid.any()
    assert np.isinf(evaluation.energy).all()
    ((level, reason),) = evaluation.reasons
    assert level == run.rejection.level
    assert MappingError(level, _with_numbers(reason)).kind == run.rejection.kind


def _with_numbers(reason: str) -> str:
    return reason.replace("tile size exceeds", "tile size 2 exceeds").replace(
        "capacity", "capacity 1"
    )


SPARSE_RUNS = [run.name for run in answered() if not run.name.startswith("dense")]


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(SPARSE_RUNS), st.integers(0, 2**32))
def test_batches_are_equal_to_the_model(name: str, seed: int) -> None:
    spec = freed(name)
    assert_equal(Setup.of(spec, energies=uneven(spec, seed)), seed, count=6)


@settings(max_examples=20, deadline=None)
@given(
    st.booleans(),
    st.sampled_from(["meshX: 4", "meshX: 2, meshY: 2", "meshY: 3"]),
    st.integers(0, 2**32),
)
def test_batches_are_equal_to_the_model_with_free_bypass(
    sparse: bool, mesh: str, seed: int
) -> None:
    spec = parse_spec(matmul(m=6, n=4, k=8, mesh=mesh, sparse=sparse))
    assert_equal(Setup.of(spec, energies=uneven(spec, seed)), seed, count=16)


FORMATS = """
sparse_optimizations:
  version: 0.4
  targets:
  - target: DRAM
    representation_format:
      data_spaces:
      - {name: A, ranks: [{format: CP}, {format: RLE}, {format: B}, {format: CP}]}
      - {name: Z, ranks: [{format: UOP}, {format: CP}, {format: B}, {format: CP}]}
    action_optimization:
    - type: gating
      options: [{target: B, condition_on: [A]}]
"""


@pytest.mark.parametrize("width", [8, 16, 24, 64])
@settings(max_examples=2, deadline=None)
@given(seed=st.integers(0, 2**32))
def test_batches_are_equal_to_the_model_where_tensors_change_their_form(
    width: int, seed: int
) -> None:
    """Compressed in the DRAM, as they are inside; of blocks of three the model knows nothing."""
    both = "decompression_supported: true, compression_supported: true"
    metadata = "metadata_storage_width: 64, metadata_datawidth: 4"
    text = matmul(m=6, n=4, k=8, sparse=True, rest=FORMATS.partition("targets:\n")[2])
    for old, new in (
        ("{depth: ", f"{{{both}, depth: "),
        ("{width: 64, ", f"{{{metadata}, width: {width}, "),
        ("densities: {", "densities: {Z: 0.4, "),
    ):
        assert old in text
        text = text.replace(old, new)
    spec = parse_spec(text)
    setup = Setup.of(spec, energies=uneven(spec, seed))
    assert_equal(setup, seed, count=10)
    assert setup.judge()(some(setup, 16, seed)).valid.any() == (width != 24)


def uneven(spec: Spec, seed: int) -> EnergyTable:
    """A different cost for everything that has one, so that equal energies are equal counts."""
    rng = np.random.default_rng(seed)
    actions = [*STORAGE_ACTIONS, *COMPUTE_ACTIONS]
    names = {placed.node.name for placed in spec.attached().placed()}
    return {
        name: dict(zip(actions, (rng.random(len(actions)) * 9).tolist(), strict=True))
        for name in sorted(names)
    }


def assert_equal(setup: Setup, seed: int, count: int) -> None:
    mappings = some(setup, count, seed)
    evaluation = setup.judge()(mappings)
    for index in range(len(mappings)):
        expected = model(setup, mappings, index)
        if isinstance(expected, str):
            assert not evaluation.valid[index], expected
        else:
            assert evaluation.valid[index]
            assert evaluation.cycles[index] == expected.cycles
            assert evaluation.energy[index] == pytest.approx(expected.energy_pj, rel=1e-9)


def test_a_mapping_costs_the_same_alone_and_in_company() -> None:
    setup = Setup.of(freed("hyper-0006"))
    mappings = some(setup, 64, 0)
    together = setup.judge()(mappings)
    alone = [setup.judge()(mappings.take(np.array([i]))) for i in range(0, 64, 7)]
    assert [one.energy[0] for one in alone] == together.energy[::7].tolist()
    assert [one.cycles[0] for one in alone] == together.cycles[::7].tolist()


def test_costs_are_by_metric() -> None:
    setup = Setup.of(parse_spec(matmul()))
    evaluation = setup.judge()(some(setup, 8, 0))
    np.testing.assert_array_equal(evaluation.cost("energy"), evaluation.energy)
    np.testing.assert_array_equal(evaluation.cost("cycles"), evaluation.cycles)
    both = evaluation.energy * 1e-12 * evaluation.cycles
    np.testing.assert_array_equal(evaluation.cost("edp"), both)


def test_no_mappings_cost_nothing() -> None:
    setup = Setup.of(parse_spec(matmul()))
    nothing = some(setup, 4, 0).take(np.zeros(4, bool))
    assert len(setup.judge()(nothing).energy) == 0
