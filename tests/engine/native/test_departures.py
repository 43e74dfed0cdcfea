"""Where the native engine answers otherwise than Timeloop does, and says so."""

from __future__ import annotations

import math

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from loas_tl.designs.naming import design
from loas_tl.ground.errors import InputError
from loas_tl.timeloop.errors import EngineError, MappingError
from loas_tl.timeloop.native import evaluate
from loas_tl.timeloop.native.computing import above_by_rounding
from loas_tl.timeloop.native.propagation import part_of
from loas_tl.timeloop.rendering.measure import Measured
from loas_tl.timeloop.result import Accesses
from loas_tl.timeloop.spec import parse_spec
from tests.engine.native.compare import figures
from tests.engine.native.nested import NESTED, NESTED_ENERGIES, Rule, densities, nested_rules, rules
from tests.timeloop_runs import Run, answered

WRAPS = "the inner rule saves less than the outer one already did; Timeloop would wrap round"


@pytest.mark.parametrize("run", answered(), ids=lambda run: run.name)
def test_no_recorded_count_has_wrapped(run: Run) -> None:
    """So none of the recorded runs is a departure: only ratios of sums wrap round there."""
    assert all(not isinstance(n, int | float) or n < 2**53 for n in figures(run.result).values())


def test_an_inner_rule_that_saves_less_than_the_outer_one_saves_nothing() -> None:
    result = evaluate(parse_spec(NESTED), NESTED_ENERGIES)
    inner = result.levels["Inner"].tensors["Y"]
    # The inner rule leaves half of the reads, of which the outer one leaves fewer already.
    assert inner.reads == Accesses(algorithmic=960, actual=480)
    assert inner.updates.gated == 0
    assert inner.energy_pj == 1181
    assert result.notes == (f"Inner/Y: {WRAPS}, 0 is counted",)
    assert result.to_dict()["notes"] == list(result.notes)


def test_an_inner_rule_that_saves_more_says_nothing() -> None:
    text = NESTED.replace("density: 0.1", "density: 0.9")
    result = evaluate(parse_spec(text), NESTED_ENERGIES)
    reads = result.levels["Inner"].tensors["Y"].reads
    assert reads.actual > 0
    assert reads.gated > 0
    assert result.notes == ()


ROUNDED_UP = [
    # Rounding alone brings 8 of 6 reads, and 385 of 384 updates.
    (("Middle", "Near"), (2, 3, 2), "reads", 6),
    (("Far", "Middle"), None, "updates", 384),
]


@pytest.mark.parametrize(("levels", "sizes", "kind", "most"), ROUNDED_UP)
def test_no_more_is_done_than_without_rules(
    levels: tuple[str, str], sizes: tuple[int, int, int] | None, kind: str, most: int
) -> None:
    outer, inner = levels
    nested = [Rule(outer, "Y", "gating", ("X",)), Rule(inner, "Y", "gating", ("W",))]
    result = evaluate(parse_spec(rules(nested, sizes=sizes, densities=(0.02, 0.95))))
    accesses = getattr(result.levels[inner].tensors["Y"], kind)
    assert accesses == Accesses(algorithmic=most, actual=most)
    assert result.notes == (f"{inner}/Y: {WRAPS}, 0 is counted",)


def test_metadata_is_left_as_it_is_where_a_rule_saves_less_than_nothing() -> None:
    nested = [Rule("Far", "Y", "gating", ("X",)), Rule("Near", "Y", "gating", ("W",))]
    text = rules(nested, densities=(0.02, 0.95), compressed=True)
    near = evaluate(parse_spec(text)).levels["Near"].tensors["Y"]
    free = evaluate(parse_spec(rules([nested[0]], densities=(0.02, 0.95), compressed=True)))
    unruled = free.levels["Near"].tensors["Y"]
    assert near.metadata is not None
    assert unruled.metadata is not None
    assert near.metadata.updates.actual == unruled.metadata.updates.actual != ()
    assert near.metadata.updates.gated == near.metadata.reads.gated == ()


@settings(max_examples=150, deadline=None)
@given(nested_rules(), densities, densities)
def test_counts_of_nested_rules_are_possible(given_rules: list[Rule], x: float, w: float) -> None:
    try:
        result = evaluate(parse_spec(rules(given_rules, densities=(x, w))))
    except EngineError as error:
        assert "illegal operand probability" in str(error)  # noqa: PT017
        return
    dense = evaluate(parse_spec(rules([])))
    outermost: set[str] = set()
    for name, level in result.levels.items():
        for tensor, stats in level.tensors.items():
            ruled = any(rule.level == name and rule.target == tensor for rule in given_rules)
            for kind in (stats.reads, stats.updates, stats.fills):
                parts = (kind.actual, kind.gated, kind.skipped)
                assert min(parts) >= 0
                assert sum(parts) <= kind.algorithmic
            for kind in (stats.reads, stats.updates):
                if ruled and tensor not in outermost:
                    assert kind.actual + kind.gated + kind.skipped == kind.algorithmic
            if ruled:
                outermost.add(tensor)
    assert 0 <= result.energy_pj <= dense.energy_pj
    assert result.cycles <= dense.cycles


@pytest.mark.parametrize("cluster", [2, 3, 5])
def test_clusters_must_divide_the_instances(cluster: int) -> None:
    width = "depth: 64, width: 8, datawidth: 8"
    assert NESTED.count(width) == 1
    clustered = width.replace("width: 8,", f"width: 240, cluster_size: {cluster},", 1)
    with pytest.raises(InputError) as caught:
        evaluate(parse_spec(NESTED.replace(width, clustered), file="chip.yaml"))
    assert str(caught.value) == (
        "chip.yaml: architecture.nodes[2].attributes.cluster_size: expected a divisor of the 1 "
        f"instances of Inner, got {cluster} (Timeloop stops, too)"
    )
    spread = NESTED.replace(width, clustered).replace(
        "name: Inner\n", f"name: Inner\n    spatial: {{meshX: {2 * cluster}}}\n"
    )
    assert evaluate(parse_spec(spread)).levels["Inner"].instances == 2 * cluster
    more = spread.replace(f"meshX: {2 * cluster}", f"meshX: {2 * cluster + 1}")
    with pytest.raises(InputError, match=f"divisor of the {2 * cluster + 1} instances of Inner"):
        evaluate(parse_spec(more))


METADATA = "depth: 65536, width: 8, datawidth: 8"
FORMAT = """
    sparse_optimizations:
      representation_format:
        data_spaces: [{name: W, ranks: [{format: UOP}, {format: UOP}, {format: CP}]}]
      action_optimization:"""


@pytest.mark.parametrize("depth", [2**25, 2**26 - 1, 2**26, 2**26 + 1, 2**32 - 1])
def test_a_memory_holds_all_the_metadata_that_its_lines_do(depth: int) -> None:
    """2**26 lines of 64 bits are 2**32 bits, of which Timeloop keeps 0."""
    more = f", metadata_storage_depth: {depth}, metadata_storage_width: 64, metadata_datawidth: 8"
    text = NESTED.replace(METADATA, METADATA + more)
    text = text.replace("\n    sparse_optimizations:\n      action_optimization:", FORMAT, 1)
    assert evaluate(parse_spec(text)).levels["Outer"].tensors["W"].metadata is not None
    with pytest.raises(MappingError, match="exceeds metadata buffer capacity 64"):
        evaluate(parse_spec(text.replace(f"storage_depth: {depth}", "storage_depth: 1")))


def test_the_largest_depth_that_timeloop_reads_is_a_depth() -> None:
    text = NESTED.replace("depth: 65536", "depth: 4294967295")
    assert evaluate(parse_spec(text)).levels["Outer"].capacity == 2**32 - 1
    with pytest.raises(InputError, match="from 0 to 4294967295, got 4294967296"):
        evaluate(parse_spec(NESTED.replace("depth: 65536", "depth: 4294967296")))


LARGE = (94_906_267, 2**31 - 1)
"""The first number whose square a double does not hold, and the largest size."""


@pytest.mark.parametrize("size", LARGE)
@pytest.mark.parametrize("fan", [1, 3])
def test_counts_beyond_doubles_are_exact(size: int, fan: int) -> None:
    """Every word of Z is written once, and X and W are met by each word of the other."""
    m, n = size, size - (size % fan)
    text = rules([], sizes=(m, n, 1), fan=fan)
    result = evaluate(parse_spec(text))
    assert result.computes == Accesses(m * n, m * n)
    assert result.cycles == m * n // fan
    assert {level.cycles for level in result.levels.values()} == {m * n // fan}
    written = result.levels["Far"].tensors["Y"]
    assert written.updates == Accesses(m * n, m * n)
    assert written.reads.actual == 0
    assert written.temporal_reductions == 0
    near = result.levels["Near"].tensors
    assert near["X"].reads.actual == near["W"].reads.actual == m * n // fan
    assert near["X"].fills.actual == m
    assert near["Y"].updates.actual == m * n // fan
    assert near["Y"].reads.actual == near["Y"].fills.actual == 0


def test_three_large_dimensions_are_counted() -> None:
    m, n, k = 2_147_483_647, 2_147_483_629, 2_147_483_587
    result = evaluate(parse_spec(rules([], sizes=(m, n, k))))
    assert result.cycles == result.computes.actual == m * n * k
    assert result.levels["Near"].tensors["Y"].updates.actual == m * n * k


@given(st.integers(-(2**80), 2**80), st.floats(0, 1))
@example(2**53 + 3, 1.0)
def test_a_part_of_a_count_is_never_more_than_the_count(count: int, part: float) -> None:
    found = part_of(count, part)
    assert min(0, count) <= found <= max(0, count)
    if abs(count) <= 2**53:
        assert found == math.floor(count * part)


SMALL_LAYERS = [(1, 1, 4, 32, 1.0, 3 / 128), (4, 2, 2, 128, 0.1, 4 / 256)]


def test_an_operand_that_only_rounding_makes_too_dense_is_full() -> None:
    spec = design("LoAS").spec(Measured(1, 1, 4, 32, 1.0, 3 / 128, 0.2))
    result = evaluate(parse_spec(spec.model_spec))
    (note,) = result.notes
    assert note == (
        "W: 1.000043 of the words that arrive are not zero, above 1 only because probabilities "
        "are kept to six decimals; Timeloop would stop (illegal operand probability), 1 is counted"
    )
    # Three weights of 128 meet a spike each.
    assert result.computes.actual == 3


@given(st.integers(1, 4096), st.data())
def test_rounding_is_told_from_what_cannot_be(words: int, data: st.DataObject) -> None:
    """Both numbers are at most half a millionth off; a hundredth of the words is more."""
    nonzeros = data.draw(st.integers(0, words))
    exact = nonzeros / words
    density = math.floor(exact * 1e6 + 0.5) / 1e6
    saved = math.floor((1 - exact) * 1e6 + 0.5) / 1e6
    assert above_by_rounding(density, 1 - saved)
    assert not above_by_rounding(exact, exact - 0.01)


def test_an_operand_that_really_is_too_dense_is_refused() -> None:
    """W is read only where two tensors are not empty, which is more seldom than either is."""
    twice = [Rule("Near", "W", "skipping", ("X", "W"))]
    text = rules(twice, densities=(0.5, 0.1))
    with pytest.raises(EngineError, match=r"X: more non-zeros arrive .*illegal operand"):
        evaluate(parse_spec(text))
