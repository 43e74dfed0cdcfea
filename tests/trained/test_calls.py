"""How capturing is asked for: axes, samples, timesteps; what it leaves as it was, and refuses."""

from __future__ import annotations

import copy
from typing import Any

import numpy as np
import pytest

from loas_tl import InputError, capture
from tests.trained.models import N, T, coarse, linear, only, plain_loop, spikes

pytestmark = pytest.mark.snn

torch = pytest.importorskip("torch")
nn = torch.nn


def test_batches_of_a_loader_are_samples() -> None:
    model, x = linear()
    labels = torch.zeros(7)
    inputs = spikes(7, 16)
    loader = torch.utils.data.DataLoader(torch.utils.data.TensorDataset(inputs, labels), 3)
    layer = only(capture(model, loader, timesteps=1, samples=5))
    assert layer.samples == 5
    for sample in range(5):
        np.testing.assert_array_equal(layer.layer(sample).spikes[0, 0], inputs[sample].bool())
    assert only(capture(model, loader, timesteps=1)).samples == 7
    with pytest.raises(InputError, match="has 7 samples; expected 9"):
        capture(model, loader, timesteps=1, samples=9)
    assert x.shape == (N, 16)


def test_a_layer_that_is_used_twice_in_a_timestep_is_two() -> None:
    class Twice(nn.Module):  # type: ignore[misc, name-defined]
        def __init__(self) -> None:
            super().__init__()
            self.fc = nn.Linear(16, 16)

        def forward(self, x: Any) -> Any:
            for step in x:
                self.fc((self.fc(step) > 0).float())
            return x

    network = capture(coarse(Twice()), spikes(T, N, 16), timesteps=T)
    assert [one.name for one in network.layers] == ["fc", "fc@2"]
    assert [one.T for one in network.layers] == [T, T]


@pytest.mark.parametrize("timesteps", [2, 3, 8])
def test_timesteps_that_a_loop_does_not_have_are_refused(timesteps: int) -> None:
    model, inputs, _ = plain_loop()
    with pytest.raises(InputError, match=rf"timesteps: is {timesteps}, but .* 4 times; expected 4"):
        capture(model, inputs, timesteps=timesteps, batch_axis=1)


def test_inputs_without_samples_are_refused() -> None:
    import torch

    with pytest.raises(InputError, match=r"inputs: have shape \[0, 5\]; expected samples"):
        capture(torch.nn.Linear(5, 2), torch.zeros(0, 5), timesteps=4)


def test_the_first_axes_may_be_samples_and_then_time() -> None:
    class Net(nn.Module):  # type: ignore[misc, name-defined]
        def __init__(self) -> None:
            super().__init__()
            self.conv, self.fc = nn.Conv2d(2, 3, 3), nn.Linear(8, 4)

        def forward(self, x: Any) -> Any:
            self.conv(x.flatten(0, 1))
            return self.fc(x[..., 0].flatten(2))

    x = spikes(N, T, 2, 4, 4)
    network = capture(Net(), x, timesteps=T, batch_axis=0, batch_first=True)
    for sample in range(N):
        fc = network.layers[1].layer(sample).spikes[:, 0]
        np.testing.assert_array_equal(fc, x[sample, ..., 0].flatten(1).bool())
        maps = network.layers[0].words[sample, 0]
        np.testing.assert_array_equal(maps & 1 != 0, x[sample, 0].bool())


def test_a_model_is_left_as_it_was() -> None:
    pytest.importorskip("spikingjelly")
    from spikingjelly.activation_based import functional, layer, neuron

    class Net(nn.Module):  # type: ignore[misc, name-defined]
        def __init__(self) -> None:
            super().__init__()
            self.conv, self.norm = layer.Conv2d(2, 4, 3), layer.BatchNorm2d(4)
            self.fire, self.drop = neuron.IFNode(), nn.Dropout(0.5)

        def forward(self, x: Any) -> Any:
            return self.drop(self.fire(self.norm(self.conv(x))))

    model = Net()
    functional.set_step_mode(model, "m")
    model.norm.eval()
    hooked = model.conv.register_forward_hook(lambda *_: None)
    model(spikes(T, N, 2, 6, 6)).sum().backward()
    functional.reset_net(model)
    before = {key: value.clone() for key, value in model.state_dict().items()}
    gradients = {key: value.grad.clone() for key, value in model.named_parameters()}
    hooks = [(len(m._forward_hooks), len(m._forward_pre_hooks)) for m in model.modules()]
    random = torch.random.get_rng_state()
    capture(model, spikes(T, N, 2, 6, 6))
    assert model.training
    assert not model.norm.training
    assert model.drop.training
    for key, value in model.state_dict().items():
        assert torch.equal(value, before[key])
    for key, value in model.named_parameters():
        assert value.requires_grad
        assert torch.equal(value.grad, gradients[key])
    assert hooks == [(len(m._forward_hooks), len(m._forward_pre_hooks)) for m in model.modules()]
    assert torch.equal(torch.random.get_rng_state(), random)
    assert torch.is_grad_enabled()
    assert model.fire.v == 0.0
    hooked.remove()


def test_a_model_that_fails_is_left_as_it_was() -> None:
    model = nn.Sequential(nn.Linear(4, 4), nn.Linear(5, 4)).train()
    with pytest.raises(RuntimeError):
        capture(model, spikes(N, 4), timesteps=1)
    assert model.training
    assert not model[0]._forward_hooks
    assert not model[0]._forward_pre_hooks


@pytest.mark.parametrize(
    ("arguments", "mention"),
    [
        ({}, "expected timesteps=T"),
        ({"timesteps": 0}, "timesteps: is 0"),
        ({"timesteps": 4.0}, "timesteps: is 4.0; expected a whole number"),
        ({"timesteps": True}, "timesteps: is True; expected a whole number"),
        ({"timesteps": 1, "samples": 2.5}, "samples: is 2.5; expected a whole number"),
        ({"timesteps": 65}, "65 timesteps are more than 64"),
        ({"timesteps": 1, "encoding": "rate"}, "encoding: is 'rate'"),
        ({"timesteps": 1, "attention": "all"}, "attention: is 'all'"),
        ({"timesteps": 1, "rounding": "group"}, "rounding: is 'group'"),
        ({"timesteps": 1, "batch_axis": 2}, "batch_axis: is 2"),
        ({"time_axis": 3}, "time_axis: is 3"),
        ({"time_axis": 0, "timesteps": 2}, "timesteps: is 2"),
        ({"timesteps": 1, "batch_axis": 1}, "its first axis is"),
    ],
)
def test_what_cannot_be_told_is_refused_in_a_line(arguments: Any, mention: str) -> None:
    model, x = linear()
    if arguments.get("timesteps") == 65:
        x = spikes(65, 2, 16)
    with pytest.raises(InputError) as refused:
        capture(model, x, **arguments)
    assert mention in str(refused.value)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("precision", [torch.float64, torch.bfloat16])
def test_a_model_of_any_precision_takes_the_inputs(precision: Any) -> None:
    model = nn.Linear(16, 3).to(precision)
    given = spikes(T, N, 16)
    axes: Any = {"time_axis": 0, "batch_axis": 1, "name": "same"}
    found = capture(model, given, **axes).layers[0]
    single = capture(copy.deepcopy(model).float(), given, **axes).layers[0]
    np.testing.assert_array_equal(found.weights, single.weights)
    np.testing.assert_array_equal(found.words, single.words)


@pytest.mark.parametrize(
    ("model", "mention"),
    [
        (lambda: nn.Sequential(nn.LazyLinear(3)), "model: 0 is a LazyLinear without shapes yet"),
        (lambda: torch.jit.script(nn.Linear(16, 3)), "is a TorchScript module"),
        (lambda: nn.Sequential(torch.jit.script(nn.Linear(16, 3))), "model: 0 is a TorchScript"),
    ],
)
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_what_cannot_be_watched_is_refused(model: Any, mention: str) -> None:
    with pytest.raises(InputError, match=mention):
        capture(model(), spikes(N, 16), timesteps=1)


def test_a_bilinear_layer_is_named_and_counted() -> None:
    class Two(nn.Module):  # type: ignore[misc, name-defined]
        def __init__(self) -> None:
            super().__init__()
            self.first, self.second = nn.Linear(16, 8), nn.Bilinear(16, 16, 3)

        def forward(self, x: Any) -> Any:
            return self.first(x), self.second(x, x)

    network = capture(Two(), spikes(T, N, 16), time_axis=0, batch_axis=1)
    [missing] = network.uncovered
    assert missing.name == "second.bilinear"
    assert missing.operations == T * 3 * 16 * 16
    assert "two operands" in missing.why


@pytest.mark.parametrize(
    ("model", "inputs", "mention"),
    [
        ("resnet", None, "model: is a str"),
        (None, "text", "inputs: is a str"),
        (None, 3, "inputs: is a int"),
        (None, [], "no batches"),
    ],
)
def test_what_is_no_model_or_no_inputs_is_refused(model: Any, inputs: Any, mention: str) -> None:
    with pytest.raises(InputError, match=mention):
        capture(model or linear()[0], inputs, timesteps=1)


def test_a_model_without_spikes_says_why_nothing_is_captured() -> None:
    model, _ = linear()
    with pytest.raises(InputError, match="nothing to capture: 0: its inputs are real-valued"):
        capture(model, torch.randn(N, 16), timesteps=1)
