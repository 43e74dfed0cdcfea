from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from loas_tl.ground.errors import InputError
from loas_tl.timeloop.mapper import bounds, space
from loas_tl.timeloop.mapper.loops import Mappings
from loas_tl.timeloop.mapper.moves import cross, mutate, neighbours
from loas_tl.timeloop.mapper.space import Space
from loas_tl.timeloop.mapper.strategy import Setup
from loas_tl.timeloop.spec import parse_spec
from tests.mapper.examples import keeps, matmul, some

SPACES = {
    "free": matmul(m=12, n=4, k=6),
    "two-dimensional": matmul(m=12, n=4, k=6, mesh="meshX: 3, meshY: 2"),
    "column": matmul(mesh="meshY: 2"),
    "sparse": matmul(m=12, n=4, k=6, sparse=True),
    "bounded": matmul(
        m=12,
        n=4,
        k=6,
        cache_constraints="temporal: {factors: [M<=3, N=2, K>=2], permutation: [K]}",
        buffer_constraints="temporal: {factors: [N=1]}",
    ),
    "split": matmul(m=12, mesh="meshX: 2, meshY: 2", pe_constraints="spatial: {split: 1}"),
}


def space_of(text: str) -> Space:
    return Setup.of(parse_spec(text)).space


@pytest.fixture(params=list(SPACES.values()), ids=list(SPACES))
def of(request: pytest.FixtureRequest) -> Space:
    return space_of(request.param)


def assert_lawful(of: Space, mappings: Mappings) -> None:
    """Factors multiply to the problem, orders are orders, and all bounds are kept."""
    sizes = np.array(of.machine.sizes)[:, np.newaxis]
    assert (mappings.factors.prod(axis=0) == sizes).all()
    assert (np.sort(mappings.order, axis=1) == np.arange(len(sizes))[:, np.newaxis]).all()
    assert of.allows(mappings.factors).all()
    for s, first in enumerate(of.bounds.first):
        assert (mappings.order[s, : len(first)] == np.array(first)[:, np.newaxis]).all()
        assert mappings.split[s].min() >= min(of.bounds.splits[s])
        assert mappings.split[s].max() <= max(of.bounds.splits[s])
    assert mappings.keep.min() >= 0
    assert mappings.keep.max() < len(of.bounds.keeps)


@given(seed=st.integers(0, 2**32))
@settings(max_examples=10, deadline=None)
@pytest.mark.parametrize("text", SPACES.values(), ids=list(SPACES))
def test_random_mappings_and_their_offspring_are_lawful(text: str, seed: int) -> None:
    of = space_of(text)
    rng = np.random.default_rng(seed)
    parents = of.sample(rng, 50)
    assert_lawful(of, parents)
    assert of.fits(parents).all()
    children = [
        mutate(of, rng, parents),
        cross(rng, parents, of.sample(rng, len(parents)).take(np.arange(len(parents)))),
        neighbours(of, parents.take(np.array([0]))),
    ]
    for mappings in children:
        assert_lawful(of, mappings)
        assert_lawful(of, of.canonical(mappings))


def test_mutations_change_something(of: Space) -> None:
    rng = np.random.default_rng(0)
    parents = of.sample(rng, 200)
    children = mutate(of, rng, parents)
    changed = (children.factors != parents.factors).any(axis=(0, 1))
    changed |= (children.order != parents.order).any(axis=(0, 1))
    changed |= (children.split != parents.split).any(axis=0) | (children.keep != parents.keep)
    assert changed.mean() > 0.5


def test_a_canonical_mapping_stays_as_it_is_and_costs_the_same(of: Space) -> None:
    rng = np.random.default_rng(1)
    drawn = of._draw(rng, 400, None)
    drawn = drawn.take(of.fits(drawn))
    canonical = of.canonical(drawn)
    again = of.canonical(canonical)
    np.testing.assert_array_equal(canonical.order, again.order)
    np.testing.assert_array_equal(canonical.split, again.split)
    setup = Setup.of(
        parse_spec(next(t for t in SPACES.values() if space_of(t).bounds == of.bounds))
    )
    judge = setup.judge()
    np.testing.assert_array_equal(judge(drawn).energy, judge(canonical).energy)
    np.testing.assert_array_equal(judge(drawn).cycles, judge(canonical).cycles)


def test_neighbours_are_one_change_away() -> None:
    of = space_of(SPACES["free"])
    mapping = of.sample(np.random.default_rng(3), 1)
    around = neighbours(of, mapping)
    moved = (around.factors != mapping.factors).sum(axis=(0, 1))
    swapped = (around.order != mapping.order).sum(axis=(0, 1))
    assert set(zip(moved.tolist(), swapped.tolist(), strict=True)) <= {(2, 0), (0, 2)}
    assert (around.keep == mapping.keep).all()


def test_constraints_bound_the_factors() -> None:
    of = space_of(SPACES["bounded"])
    cache = next(s for s, slot in enumerate(of.bounds.slots) if slot.level == 2)
    assert of.bounds.least[cache] == (1, 2, 2)
    assert of.bounds.most[cache] == (3, 2, 6)
    mappings = some(Setup.of(parse_spec(SPACES["bounded"])), 100, 0)
    assert (mappings.factors[cache, 1] == 2).all()
    assert (mappings.order[cache, 0] == 2).all()


@pytest.mark.parametrize(
    ("constraint", "least", "most"),
    [
        ("factors: [M=0]", (4, 1, 1), (4, 4, 4)),  # the whole dimension
        ("factors: [M=8]", (1, 1, 1), (4, 4, 4)),  # more than there is is ignored, as by Timeloop
        ("factors: [M<=8]", (1, 1, 1), (4, 4, 4)),
        ("factors_only: [M=2]", (2, 1, 1), (2, 1, 1)),
        ("no_iteration_over_dataspaces: [A]", (1, 1, 1), (1, 4, 1)),
        ("default_max_factor: 2", (1, 1, 1), (2, 2, 2)),
        ("default_min_factor: 2", (2, 2, 2), (4, 4, 4)),
        # A bound of one's own stands in for the default, as in Timeloop.
        ("default_max_factor: 2, factors: [M<=3]", (1, 1, 1), (3, 2, 2)),
        ("default_max_factor: 3, factors: [M<=2, N=4]", (1, 4, 1), (2, 4, 3)),
        ("default_min_factor: 2, factors: [M>=1, N<=3]", (1, 2, 2), (4, 3, 4)),
        ("factors: [M>=2, M<=3]", (2, 1, 1), (3, 4, 4)),
    ],
)
def test_each_form_of_constraint(
    constraint: str, least: tuple[int, ...], most: tuple[int, ...]
) -> None:
    of = space_of(matmul(cache_constraints=f"temporal: {{{constraint}}}"))
    cache = next(s for s, slot in enumerate(of.bounds.slots) if slot.level == 2)
    assert (of.bounds.least[cache], of.bounds.most[cache]) == (least, most)


def test_a_mapping_in_the_specification_is_a_constraint() -> None:
    rest = "mapping:\n- {target: Cache, type: temporal, factors: [M=2, N=1], permutation: [K]}\n"
    of = space_of(matmul(rest=rest))
    cache = next(s for s, slot in enumerate(of.bounds.slots) if slot.level == 2)
    assert of.bounds.most[cache] == (2, 1, 4)
    assert of.bounds.first[cache] == (2,)


def test_what_is_kept_is_free_where_nothing_is_said() -> None:
    of = space_of(matmul())
    # Cache and Buffer may keep each of three tensors or not, DRAM keeps all, the PE none.
    assert len(of.bounds.keeps) == 2**6
    assert all(keep[3] == (True, True, True) for keep in of.bounds.keeps)
    assert all(keep[1] == (False, False, False) for keep in of.bounds.keeps)
    text = matmul(cache_constraints=keeps("A", bypasses=("B",)))
    assert len(space_of(text).bounds.keeps) == 2**4
    assert all(keep[2][:2] == (True, False) for keep in space_of(text).bounds.keeps)


def test_formats_narrow_what_can_be_kept() -> None:
    rest = """
sparse_optimizations:
  version: 0.4
  targets:
  - target: DRAM
    representation_format:
      data_spaces: [{name: A, ranks: [{format: CP}, {format: CP}, {format: CP}]}]
"""
    attributes = "width: 64, datawidth: 8, metadata_storage_width: 64, metadata_datawidth: 4"
    text = matmul(rest=rest).replace("width: 64, datawidth: 8", attributes)
    of = space_of(text)
    # Nothing inside can take A apart, so nothing inside keeps it.
    assert all(not keep[level][0] for keep in of.bounds.keeps for level in (0, 2))


def test_the_most_loops_and_the_least_parallelism() -> None:
    rest = "mapper: {version: 0.4, max_temporal_loops_in_a_mapping: 3}\n"
    of = space_of(matmul(buffer_constraints="utilization: {min: 1.0}", rest=rest))
    mappings = of.sample(np.random.default_rng(0), 100)
    temporal = [s for s, slot in enumerate(of.bounds.slots) if not slot.spatial]
    spatial = [s for s, slot in enumerate(of.bounds.slots) if slot.spatial]
    assert (mappings.factors[temporal] > 1).sum(axis=(0, 1)).max() <= 3
    assert (mappings.factors[spatial].prod(axis=(0, 1)) == 2).all()


def test_a_dimension_with_too_many_factorisations_is_drawn_from(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(space, "MOST_FACTORISATIONS", 4)
    of = space_of(matmul(m=720, n=360, k=240, cache=4096, buffer=4096))
    assert not of.complete
    assert all(len(rows) <= 4 for rows in of.factors)
    assert_lawful(of, of.sample(np.random.default_rng(0), 20))


@pytest.mark.parametrize(("most", "complete"), [(11, True), (10, False)])
def test_up_to_eight_times_as_many_factorisations_as_are_kept_are_listed(
    monkeypatch: pytest.MonkeyPatch, most: int, complete: bool
) -> None:
    """Six factors of two go to four slots in 84 ways; eight times 11 are 88, eight times 10 80."""
    monkeypatch.setattr(space, "MOST_FACTORISATIONS", most)
    assert space_of(matmul(m=64, n=2, k=2)).complete == complete


@pytest.mark.parametrize(
    ("mesh", "splits"),
    [
        ("meshX: 2", (3,)),
        ("meshY: 2", (0,)),
        ("meshX: 1, meshY: 2", (0,)),
        ("meshX: 2, meshY: 2", (0, 1, 2, 3)),
    ],
)
def test_loops_go_over_from_x_to_y_where_a_mesh_has_both(
    mesh: str, splits: tuple[int, ...]
) -> None:
    bounds = space_of(matmul(mesh=mesh)).bounds
    fans = [s for s, slot in enumerate(bounds.slots) if slot.spatial]
    assert [bounds.splits[s] for s in fans] == [splits]


def test_of_very_many_levels_few_factorisations_are_drawn() -> None:
    """Else listing them takes minutes and GB, whatever the time limit."""
    level = "{name: L%d, class: storage, attributes: {depth: 4096, width: 8, datawidth: 8}, "
    kept = "constraints: {dataspace: {keep: [A, B, Z]}}}"
    many = "".join(f"  - !Component {level % n}{kept}\n" for n in range(100))
    all_kept = "dataspace: {keep: [A, B, Z]}"
    text = matmul(m=4096, n=4096, k=4096, cache_constraints=all_kept, buffer_constraints=all_kept)
    before, component, after = text.partition("  - !Component\n    name: Cache")
    assert component
    of = space_of(f"{before}{many}{component}{after}")
    assert of.factors[0].shape[1] > 100
    assert all(1_000 < len(rows) <= 25_600 for rows in of.factors)
    assert all((rows.prod(axis=1) == 4096).all() for rows in of.factors)
    assert all(len(np.unique(rows, axis=0)) == len(rows) for rows in of.factors[:1])


def test_drawn_factors_may_be_as_large_as_their_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(space, "MOST_FACTORISATIONS", 40)
    of = space_of(matmul(m=720, n=2, k=2, cache_constraints="temporal: {factors: [M<=2]}"))
    assert not of.complete
    cache = next(s for s, slot in enumerate(of.bounds.slots) if slot.level == 2)
    assert set(of.factors[0][:, cache].tolist()) == {1, 2}


@pytest.mark.parametrize(
    ("text", "mentions"),
    [
        (
            matmul(cache_constraints="temporal: {factors: [M>=4, M<=2]}"),
            ("nodes[1].constraints.temporal.factors", "none of M"),
        ),
        (
            matmul(cache_constraints="temporal: {remainders: 2}"),
            ("remainders", "mapspace.template: ruby"),
        ),
        (
            matmul(cache_constraints="temporal: {factors: ['M=3,1']}"),
            ("ruby a search finds residuals itself", "M=3,1"),
        ),
        (matmul(rest="mapspace: {version: 0.4, template: opal}\n"), ("mapspace.template", "opal")),
        (
            matmul(pe_constraints="spatial: {factors: [M=4]}"),
            ("no valid mapping", "fan-out of 2 (X) x 1 (Y)"),
        ),
    ],
)
def test_what_cannot_be_is_refused(text: str, mentions: tuple[str, ...]) -> None:
    with pytest.raises(InputError) as error:
        some(Setup.of(parse_spec(text)), 4, 0)
    for mention in mentions:
        assert mention in str(error.value)


def test_too_many_ways_to_keep_tensors_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bounds, "MOST_KEEPS", 8)
    with pytest.raises(InputError, match="64 ways to keep or bypass"):
        space_of(matmul())
