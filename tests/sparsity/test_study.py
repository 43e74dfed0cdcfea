"""What each kind of sparsity leaves of the same spikes."""

from __future__ import annotations

import json

import numpy as np
import pytest

from loas_tl import Layer, Network
from loas_tl.studies.sparsity import Left, left_of, measure_sparsity
from tests.sparsity import plain
from tests.test_recordings_kept import DESCRIPTIONS, FOLDER

RNG = np.random.default_rng(1)
LAYER = Layer("a", RNG.random((4, 9, 40)) < 0.3, np.ones((40, 3), np.int8))
OTHER = Layer("b", RNG.random((4, 12, 30)) < 0.1, np.ones((30, 3), np.int8))


def test_counts_of_a_layer() -> None:
    left = left_of(LAYER, 20, 8)
    x = LAYER.spikes
    rows = x.transpose(1, 0, 2).reshape(-1, 40)
    assert (left.spikes, left.ones) == (x.size, int(x.sum()))
    assert left.product == sum(map(sum, plain.product(rows, 20, 8)["residual"]))
    again = x.sum(axis=0) > 1
    assert (left.neurons, left.active) == (again.size, int(x.any(axis=0).sum()))
    assert left.firing_again == int(again.sum())
    for matrix, found in ((again, left.packed_product), (again.T, left.transposed_product)):
        assert found == sum(map(sum, plain.product(matrix, 20, 8)["residual"]))
    # What patterns have and the row has not is taken off again.
    assert abs(left.pattern - left.ones) <= left.difference <= left.ones
    assert left.calibrated_on_itself


def test_totals_are_sums_of_layers() -> None:
    found = measure_sparsity(networks=Network("n", (LAYER, OTHER)))
    assert found.totals["n"] == left_of(LAYER) + left_of(OTHER)
    document = json.loads(found.to_json())
    assert [row["layer"] for row in document["layers"]] == ["a", "b"]
    [total] = document["totals"]
    assert total["ones_density"] == total["ones"] / total["spikes"]
    assert list(found.to_frame()["product"]) == [row["product"] for row in document["layers"]]


@pytest.mark.shared
@pytest.mark.parametrize(
    ("network", "neurons", "own", "transposed"),
    [("alexnet", 24.14, 11.98, 9.12), ("vgg16", 21.18, 8.10, 7.68)],
)
def test_prosperitys_table_has_the_transposed_matrix(
    network: str, neurons: float, own: float, transposed: float
) -> None:
    spikes = FOLDER / f"{network}_cifar10.npz"
    if not spikes.exists():
        pytest.skip(f"{spikes.name} does not come with the project; set LOAS_TL_RECORDINGS")
    found = measure_sparsity(spikes=spikes, layers=DESCRIPTIONS[spikes.stem])
    [left] = found.totals.values()
    assert isinstance(left, Left)
    percent = {name: round(100 * share, 2) for name, share in left.densities().items()}
    assert percent["firing_again"] == neurons
    assert (percent["packed_product"], percent["transposed_product"]) == (own, transposed)
