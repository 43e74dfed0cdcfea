"""Rules of Timeloop's that few specifications show, in batches."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from loas_tl.timeloop.mapper import density
from loas_tl.timeloop.mapper.density import Sums
from loas_tl.timeloop.mapper.strategy import Setup
from loas_tl.timeloop.native.density import density_model
from loas_tl.timeloop.result import Result
from loas_tl.timeloop.spec import parse_spec
from loas_tl.timeloop.spec.problem import Density
from tests.engine.native.nested import Rule, rules
from tests.engine.native.test_details import tied, with_format
from tests.mapper.examples import model, some
from tests.mapper.test_evaluate import assert_equal, uneven


@settings(max_examples=25, deadline=None)
@given(st.sampled_from([0.0005, 0.01, 0.25, 0.9]), st.integers(0, 2**32))
def test_levels_must_be_as_full_in_batches_as_in_the_model(least: float, seed: int) -> None:
    text = rules([], mapped=False).replace(
        "depth: 4096, ", f"depth: 64, min_utilization: {least}, "
    )
    setup = Setup.of(parse_spec(text))
    assert_equal(setup, seed, count=40)


def test_a_level_is_too_empty_below_its_least_utilization_and_not_at_it() -> None:
    """Three words of 12, and a fourth of a memory of 12."""
    text = rules([], mapped=False).replace("depth: 4096, ", "depth: 12, min_utilization: 0.25, ")
    setup = Setup.of(parse_spec(text))
    mappings = some(setup, 400, 0)
    evaluation = setup.judge()(mappings)
    valid = 0
    for index in range(400):
        result = model(setup, mappings, index)
        assert isinstance(result, Result) == evaluation.valid[index]
        valid += isinstance(result, Result)
    assert valid
    more = Setup.of(parse_spec(text.replace("utilization: 0.25", "utilization: 0.26")))
    fewer = more.judge()(mappings)
    assert fewer.valid.sum() < valid
    assert any("minimum utilization" in reason for _, reason in fewer.reasons)


@pytest.mark.parametrize("gate", ["Far", "Middle", "Near"])
def test_levels_leak_in_batches_with_the_level_that_has_their_power_gate(gate: str) -> None:
    text = rules([], fan=4, mapped=False)
    at = text.index("datawidth: 8", text.index("name: Near"))
    text = text[:at] + f"power_gated_at: '{gate}', " + text[at:]
    spec = parse_spec(text)
    energies = {level: {"leak": 1000.0} for level in ("Far", "Middle", "Near")}
    setup = Setup.of(spec, energies=energies)
    assert_equal(setup, 3, count=60)
    results = [model(setup, some(setup, 60, 3), index) for index in range(60)]
    near = [r.levels["Near"].leakage_pj / r.cycles / 1000 for r in results if isinstance(r, Result)]
    # All four behind a gate of which there is one; else as many as are in use.
    assert set(near) == ({1.0, 2.0, 3.0, 4.0} if gate == "Near" else {4.0})


@pytest.mark.parametrize("swap", [False, True])
def test_the_last_of_equal_options_is_taken_in_batches(swap: bool) -> None:
    for level in ("Near", "Middle", "Far"):
        # What loops save of the reads of one tensor they do not save of the other's.
        spec = parse_spec(tied(swap=swap, level=level, mapped=False))
        setup = Setup.of(spec, energies=uneven(spec, 0))
        assert_equal(setup, 0, count=150)


@settings(max_examples=20, deadline=None)
@given(
    st.sampled_from(["CP", "B", "RLE", "UOP", "UB"]),
    st.sampled_from([0, 1, 3, 5, 12, 16]),
    st.sampled_from([0, 2, 7, 16]),
    st.integers(0, 2**32),
)
def test_words_of_metadata_are_as_wide_in_batches(
    name: str, metadata: int, payload: int, seed: int
) -> None:
    rank = f"format: {name}, metadata_word_bits: {metadata}, payload_word_bits: {payload}"
    text = with_format(48, 4, *[rank] * 8)
    spec = parse_spec(
        text[: text.index("mapping:")] + text[text.index("sparse_optimizations:\n  t") :]
    )
    assert_equal(Setup.of(spec, energies=uneven(spec, seed)), seed, count=12)


@settings(max_examples=15, deadline=None)
@given(
    st.sampled_from(["Near", "Middle", "Far"]),
    st.booleans(),
    st.floats(0.05, 0.95),
    st.floats(0.05, 0.95),
    st.integers(0, 2**32),
)
def test_the_option_that_saves_most_is_taken_in_batches(
    level: str, compressed: bool, x: float, w: float, seed: int
) -> None:
    """Options for different tensors; what moves of Y is with a format its metadata as well."""
    rule = Rule(level, "Y", "gating", ("X",))
    text = rules([rule], densities=(x, w), mapped=False, compressed=compressed)
    one = "{target: Y, condition_on: [X]}"
    assert text.count(f"[{one}]") == 1
    several = f"[{one}, {{target: X, condition_on: [W]}}, {{target: Y, condition_on: [W]}}]"
    spec = parse_spec(text.replace(f"[{one}]", several))
    assert_equal(Setup.of(spec, energies=uneven(spec, seed)), seed, count=12)


@settings(max_examples=6, deadline=None)
@given(st.sampled_from([16, 20, 24]), st.sampled_from([16, 32]), st.integers(0, 2**32))
def test_blocks_that_are_partly_full_count_in_batches(side: int, width: int, seed: int) -> None:
    """Tiles of as many blocks as are about where Timeloop counts them full, or not."""
    rule = Rule("Near", "Y", "gating", ("X",))
    text = rules([rule], sizes=(side, side, 2), width=width, mapped=False, compressed=True)
    spec = parse_spec(text)
    assert_equal(Setup.of(spec, energies=uneven(spec, seed)), seed, count=60)


FLATTENED = ["", "flattened_rankIDs: [[K, N]]", "flattened_rankIDs: [[K], [N]]"] + [
    f"flattened_rankIDs: [[{name}]]" for name in "KN"
]


@settings(max_examples=30, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["CP", "B", "RLE", "UOP", "UB"]),
            st.sampled_from([2, 5, 12]),
            st.sampled_from(FLATTENED),
        ),
        min_size=2,
        max_size=6,
    ),
    st.booleans(),
    st.integers(0, 2**32),
)
def test_ranks_take_their_loops_in_batches(
    ranks: list[tuple[str, int, str]], passes: bool, seed: int
) -> None:
    """Each rank has a format and words of its own, and may be for some dimensions only."""
    written = [
        f"format: {name}, metadata_word_bits: {bits}, payload_word_bits: {bits + 2}"
        + (f", {flat}" if flat else "")
        for name, bits, flat in sorted(ranks, key=lambda rank: rank[0] not in ("UOP", "UB"))
    ]
    text = with_format(48, 4, *written)
    text = text[: text.index("mapping:")] + text[text.index("sparse_optimizations:\n  t") :]
    if passes:  # past the memory in the middle: more loops are the outer one's
        kept = "{keep: [X, W, Y]}"
        far, middle, near, rest = text.split(kept)
        text = f"{far}{kept}{middle}{{keep: [X, Y], bypass: [W]}}{near}{kept}{rest}"
    spec = parse_spec(text)
    assert_equal(Setup.of(spec, energies=uneven(spec, seed)), seed, count=12)


@pytest.mark.parametrize("width", [8, 16])
def test_metadata_takes_bandwidth_in_words_of_data_in_batches(width: int) -> None:
    rank = "format: CP, metadata_word_bits: 12, payload_word_bits: 7"
    text = with_format(48, 4, *[rank] * 8)
    text = text[: text.index("mapping:")] + text[text.index("sparse_optimizations:\n  t") :]
    far = "width: 64, datawidth: 8"
    assert text.count(far) == 1
    slow = f"width: 64, datawidth: {width}, read_bandwidth: 0.25, write_bandwidth: 0.25"
    spec = parse_spec(text.replace(far, slow))
    setup = Setup.of(spec, energies=uneven(spec, 2))
    assert_equal(setup, 2, count=60)


NESTED_ROWS = """
architecture:
  version: 0.4
  nodes:
  - !Component {name: Main, class: DRAM, attributes: {width: 8, datawidth: 8}}
  - !Container {name: Group, spatial: {meshX: 2}}
  - !Component
    name: Row
    class: SRAM
    attributes: {depth: 4096, width: 8, datawidth: 8}
    constraints: {dataspace: {keep: [I, W, O]}}
  - !Container {name: PE, spatial: {meshX: 3}}
  - !Component
    name: Own
    class: SRAM
    attributes: {depth: 4096, width: 8, datawidth: 8}
    constraints: {dataspace: {keep: [I, W, O]}}
  - !Component {name: mac, class: intmac, attributes: {datawidth: 8}}
problem:
  version: 0.4
  shape:
    dimensions: [P, R]
    data_spaces:
    - {name: I, projection: [[[P], [R]]]}
    - {name: W, projection: [[[R]]]}
    - {name: O, projection: [[[P]]], read_write: true}
  instance: {P: 12, R: 3}
"""


def test_words_that_arrive_are_cut_to_whole_ones_in_batches() -> None:
    """What neighbours in a row of three pass on counts for all six elements, in thirds."""
    spec = parse_spec(NESTED_ROWS)
    setup = Setup.of(spec, energies=uneven(spec, 0))
    assert_equal(setup, 1, count=150)


def test_what_is_cut_off_long_distributions_has_no_weight(monkeypatch: pytest.MonkeyPatch) -> None:
    one = density_model(Density("hypergeometric", 0.3), 20_000)
    counts, chances = one.occupancies(1000)
    monkeypatch.setattr(density, "_LONG", len(counts))
    np.testing.assert_array_equal(Sums(one)._distribution(1000, False)[0], counts)
    monkeypatch.setattr(density, "_LONG", len(counts) - 1)
    kept, weights = Sums(one)._distribution(1000, False)
    assert len(kept) < len(counts)
    likely = chances > 1e-20
    np.testing.assert_array_equal(kept, counts[likely])
    np.testing.assert_array_equal(weights, chances[likely])
    assert chances[~likely].sum() < 1e-18
