"""How weights may be kept: masks, parametrisations, sparse tensors; how they are rounded."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from loas_tl import capture
from tests.trained.models import N, T, coarse, linear, only, spikes, whys

pytestmark = pytest.mark.snn

torch = pytest.importorskip("torch")
nn = torch.nn


def test_pruned_weights_are_those_that_the_mask_leaves() -> None:
    from torch.nn.utils import prune

    model, x = linear()
    prune.random_unstructured(model[0], "weight", amount=0.5)
    layer = only(capture(model, x, timesteps=1))
    np.testing.assert_array_equal(
        layer.weights[0, 0] * layer.origin.scale, model[0].weight.detach().T
    )
    assert layer.origin.density == np.count_nonzero(model[0].weight.detach()) / 128


def test_parametrised_weights_are_those_that_the_layer_uses() -> None:
    from torch.nn.utils import parametrize

    class Ternary(nn.Module):  # type: ignore[misc, name-defined]
        def forward(self, weight: Any) -> Any:
            return weight.sign() * 0.3

    model, x = linear()
    parametrize.register_parametrization(model[0], "weight", Ternary())
    layer = only(capture(model, x, timesteps=1))
    assert set(np.unique(layer.weights)) == {-1, 0, 1}
    assert layer.origin.scale == pytest.approx(0.3)
    assert "rounded" not in " ".join(layer.origin.notes)


def test_a_layer_that_masks_its_weights_itself_is_taken_with_its_mask() -> None:
    class Masked(nn.Linear):  # type: ignore[misc, name-defined]
        def forward(self, x: Any) -> Any:
            return nn.functional.linear(x, self.weight * (self.weight > 1))

    model, x = coarse(nn.Sequential(Masked(16, 8, bias=False))), spikes(N, 16)
    layer = only(capture(model, x, timesteps=1))
    used = (model[0].weight * (model[0].weight > 1)).detach().T
    np.testing.assert_array_equal(layer.weights[0, 0] * layer.origin.scale, used)


def test_sparse_weights_are_read() -> None:
    model, x = linear()
    dense = model[0].weight.detach().T.clone()
    model[0].weight = nn.Parameter(model[0].weight.detach().to_sparse_csr())
    layer = only(capture(model, x, timesteps=1))
    np.testing.assert_array_equal(layer.weights[0, 0] * layer.origin.scale, dense)


def test_weights_that_change_are_refused_by_name() -> None:
    class Noisy(nn.Linear):  # type: ignore[misc, name-defined]
        def forward(self, x: Any) -> Any:
            return nn.functional.linear(x, self.weight + torch.rand_like(self.weight))

    class Loop(nn.Module):  # type: ignore[misc, name-defined]
        def __init__(self) -> None:
            super().__init__()
            self.noisy, self.fc = Noisy(16, 4), nn.Linear(16, 4)

        def forward(self, x: Any) -> Any:
            return [self.noisy(step) + self.fc(step) for step in x]

    network = capture(Loop(), spikes(T, N, 16), timesteps=T)
    assert whys(network) == {"noisy": "its weights change from call to call"}


@pytest.mark.parametrize("rounding", ["tensor", "channel"])
def test_weights_are_rounded_and_what_rounding_loses_is_counted(rounding: Any) -> None:
    model, x = nn.Sequential(nn.Linear(64, 8)), spikes(N, 64)
    with torch.no_grad():
        model[0].weight.mul_(torch.logspace(0, 4, 8)[:, None])
        model[0].weight[torch.rand(8, 64) < 0.5] = 0
    layer = only(capture(model, x, timesteps=1, rounding=rounding))
    given = model[0].weight.detach().T.double().numpy()
    assert np.abs(layer.weights[0, 0] * layer.origin.scale - given).max() <= (
        layer.origin.scale.max() / 2 * 1.0001
    )
    assert not layer.weights[0, 0][given == 0].any()
    lost = np.count_nonzero(given) - np.count_nonzero(layer.weights)
    assert layer.origin.rounded_to_zero == lost
    assert (lost > 50) == (rounding == "tensor")


def test_a_batch_normalisation_behind_a_layer_is_folded_in_where_asked() -> None:
    model = nn.Sequential(nn.Conv2d(2, 4, 3), nn.BatchNorm2d(4))
    model[1].running_mean.uniform_(-1, 1)
    model[1].running_var.uniform_(0.5, 2)
    with torch.no_grad():
        model[1].weight.uniform_(0.5, 2)
        model[1].bias.uniform_(-1, 1)
    x = spikes(N, 2, 6, 6)
    layer = only(capture(model, x, timesteps=1, fold_batchnorm=True, rounding="channel"))
    expected = model.eval()(x).detach()[0].flatten(1).T
    assert np.abs(layer.outputs(0)[0] - expected.numpy()).max() < 18 * layer.origin.scale.max()
    assert "BatchNorm folded in" in layer.origin.notes
    plain = only(capture(model, x, timesteps=1))
    np.testing.assert_allclose(plain.outputs(0)[0], model[0](x).detach()[0].flatten(1).T, atol=0.05)
