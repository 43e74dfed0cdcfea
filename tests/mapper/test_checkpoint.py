from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from loas_tl.ground.errors import InputError
from loas_tl.timeloop.mapper import Found, search
from loas_tl.timeloop.mapper.state import State
from loas_tl.timeloop.spec import parse_spec
from tests.mapper.examples import keeps, matmul
from tests.mapper.test_search import LARGE, find, same

MEDIUM = matmul(
    m=8, n=8, k=8, cache_constraints=keeps("A", "B", "Z"), buffer_constraints=keeps("A", "B", "Z")
)


def stopped_after(text: str, mappings: int, path: Path, **options: object) -> Found:
    def progress(state: State, _: float) -> None:
        if state.mappings >= mappings:
            raise KeyboardInterrupt

    return find(text, checkpoint=path, progress=progress, jobs=1, **options)


@pytest.mark.parametrize(
    ("text", "options"), [(LARGE, {"max_mappings": 9000}), (MEDIUM, {})], ids=["bred", "in order"]
)
def test_a_resumed_search_ends_as_if_it_had_never_stopped(
    tmp_path: Path, text: str, options: dict[str, object]
) -> None:
    path = tmp_path / "search.npz"
    first = stopped_after(text, 2000, path, **options)
    assert first.interrupted
    second = stopped_after(text, 5000, path, **options)
    assert second.mappings > first.mappings
    last = find(text, checkpoint=path, jobs=2, **options)
    whole = find(text, jobs=1, **options)
    assert same(last, whole)
    assert last.exhaustive == whole.exhaustive
    assert last.seconds > second.seconds > first.seconds


def test_a_finished_search_answers_at_once(tmp_path: Path) -> None:
    path = tmp_path / "search.npz"
    once = find(LARGE, max_mappings=3000, checkpoint=path, jobs=1)
    rounds: list[int] = []
    again = find(
        LARGE,
        max_mappings=3000,
        checkpoint=path,
        jobs=1,
        progress=lambda state, _: rounds.append(state.round),
    )
    assert same(once, again)
    assert rounds == []


def test_a_larger_budget_goes_on(tmp_path: Path) -> None:
    path = tmp_path / "search.npz"
    find(LARGE, max_mappings=3000, checkpoint=path, jobs=1)
    more = find(LARGE, max_mappings=6000, checkpoint=path, jobs=1)
    assert more.mappings == 6000


@pytest.mark.parametrize("options", [{"seed": 1}, {"metric": "energy"}], ids=["seed", "metric"])
def test_another_searchs_checkpoint_is_refused(tmp_path: Path, options: dict[str, object]) -> None:
    path = tmp_path / "search.npz"
    find(LARGE, max_mappings=1000, checkpoint=path, jobs=1)
    before = path.read_bytes()
    with pytest.raises(InputError, match="checkpoint of another search"):
        find(LARGE, max_mappings=1000, checkpoint=path, jobs=1, **options)
    assert path.read_bytes() == before


def test_another_specifications_checkpoint_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "search.npz"
    find(LARGE, max_mappings=1000, checkpoint=path, jobs=1)
    other = LARGE.replace("density: 0.3", "density: 0.4")
    with pytest.raises(InputError, match="checkpoint of another search"):
        find(other, max_mappings=1000, checkpoint=path, jobs=1)


@pytest.mark.parametrize(
    "content",
    [b"", b"not an archive", b"PK\x03\x04 broken"],
    ids=["empty", "text", "broken archive"],
)
def test_what_is_no_checkpoint_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "search.npz"
    path.write_bytes(content)
    with pytest.raises(InputError, match=r"search\.npz"):
        find(LARGE, max_mappings=1000, checkpoint=path, jobs=1)
    assert path.read_bytes() == content


@pytest.mark.parametrize(
    ("name", "count"), [("reasons", [["Buffer", "is full", "many"]]), ("round", -10)]
)
def test_counts_that_are_none_are_refused(tmp_path: Path, name: str, count: object) -> None:
    path = tmp_path / "search.npz"
    find(LARGE, max_mappings=1000, checkpoint=path, jobs=1)
    with np.load(path) as archive:
        arrays = dict(archive)
    facts = json.loads(arrays["facts"].tobytes())
    facts[name] = count
    arrays["facts"] = np.frombuffer(json.dumps(facts).encode(), dtype=np.uint8)
    np.savez(path, **arrays)
    with pytest.raises(InputError, match=r"search\.npz"):
        find(LARGE, max_mappings=2000, checkpoint=path, jobs=1)


@pytest.mark.parametrize("energy", [1.0, float("nan")], ids=["too good", "no number"])
def test_a_best_mapping_that_does_not_cost_what_it_says_is_refused(
    tmp_path: Path, energy: float
) -> None:
    path = tmp_path / "search.npz"
    find(LARGE, max_mappings=1000, checkpoint=path, jobs=1)
    with np.load(path) as archive:
        arrays = dict(archive)
    facts = json.loads(arrays["facts"].tobytes())
    facts["best"][0] = energy
    arrays["facts"] = np.frombuffer(json.dumps(facts).encode(), dtype=np.uint8)
    np.savez(path, **arrays)
    before = path.read_bytes()
    with pytest.raises(InputError, match=r"search\.npz: is no checkpoint .* by the model"):
        find(LARGE, max_mappings=2000, checkpoint=path, jobs=1)
    assert path.read_bytes() == before


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> dict[str, np.ndarray]:
    """The arrays of a checkpoint."""
    path = tmp_path_factory.mktemp("kept") / "search.npz"
    find(LARGE, max_mappings=1000, checkpoint=path, jobs=1)
    with np.load(path) as archive:
        return dict(archive)


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("island0_factors", lambda factors: factors - 1),
        ("island0_factors", lambda factors: factors * 100),
        ("island0_factors", lambda factors: factors.astype(float)),
        ("island0_order", lambda order: order * 0),
        ("island0_split", lambda split: split - 4),
        ("island0_split", lambda split: split + 1),
        ("best_split", lambda split: split[1:]),
        ("island0_keep", lambda keep: keep - 49),
        ("island0_keep", lambda keep: keep + 1000),
        ("island0_cost", lambda cost: cost[1:]),
        ("island0_cost", lambda cost: cost.astype(np.float32)),
        ("island0_cost", lambda cost: cost * np.nan),
        ("island0_tie", lambda tie: tie[1:]),
        ("seen0", lambda seen: seen.reshape(2, -1)),
        ("seen0", lambda seen: seen.astype(float)),
    ],
)
def test_mappings_and_numbers_that_none_can_be_are_refused(
    tmp_path: Path,
    kept: dict[str, np.ndarray],
    name: str,
    change: Callable[[np.ndarray], np.ndarray],
) -> None:
    path = tmp_path / "search.npz"
    np.savez(path, allow_pickle=False, **kept | {name: change(kept[name])})
    with pytest.raises(InputError, match=r"search\.npz: cannot be read; expected a checkpoint"):
        find(LARGE, max_mappings=2000, checkpoint=path, jobs=1)


def test_objects_in_a_checkpoint_are_not_unpickled(tmp_path: Path) -> None:
    path = tmp_path / "search.npz"
    np.savez(path, facts=np.array([{"a": 1}], dtype=object))
    with pytest.raises(InputError, match="no checkpoint"):
        find(LARGE, max_mappings=1000, checkpoint=path, jobs=1)


def test_a_place_that_cannot_be_written_is_refused_first(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="is a folder"):
        search(parse_spec(LARGE), checkpoint=tmp_path, max_mappings=10)
