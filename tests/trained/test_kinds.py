"""Real-valued inputs, sums of spikes, attention, shortcuts; how weights may be kept; axes."""

from __future__ import annotations

import copy
from typing import Any

import numpy as np
import pytest

from loas_tl import InputError, capture, compare
from loas_tl.workload.network import Network
from loas_tl.workload.samples import SampledLayer
from tests.trained.models import N, T, coarse, plain_loop, spikes

pytestmark = pytest.mark.snn

torch = pytest.importorskip("torch")
nn = torch.nn


def flops(model: Any, *inputs: Any) -> int:
    from torch.utils.flop_counter import FlopCounterMode

    with FlopCounterMode(display=False) as counter:
        model(*inputs)
    return int(counter.get_total_flops())


def whys(network: Network) -> dict[str, str]:
    return {one.name: one.why for one in network.uncovered}


class Fire(nn.Module):  # type: ignore[misc, name-defined]
    """Neurons over a leading time axis."""

    def forward(self, x: Any) -> Any:
        return (x.cumsum(0) >= 1).float().diff(dim=0, prepend=torch.zeros_like(x[:1])).abs()


def folded(layer: Any, x: Any) -> Any:
    """A layer on ``[T, N, ...]``."""
    return layer(x.flatten(0, 1)).unflatten(0, x.shape[:2])


class Sew(nn.Module):  # type: ignore[misc, name-defined]
    """A spike-element-wise residual block after an encoding layer, then an average pooling."""

    def __init__(self) -> None:
        super().__init__()
        self.encode = nn.Conv2d(1, 4, 3, padding=1)
        self.first = nn.Conv2d(4, 4, 3, padding=1)
        self.second = nn.Conv2d(4, 4, 3, padding=1)
        self.fire = Fire()
        self.after = nn.Conv2d(4, 6, 3, stride=2)
        self.pooled = nn.Linear(4, 5)

    def forward(self, x: Any) -> Any:
        shortcut = self.fire(self.encode(x).expand(T, *x.shape[:1], 4, 8, 8))
        spikes = self.fire(folded(self.first, shortcut))
        spikes = self.fire(folded(self.second, spikes)) + shortcut  # 0, 1 or 2
        folded(self.after, spikes)
        return self.pooled(shortcut[..., :2, :2].mean((3, 4)))


def test_a_residual_block_has_bit_planes_and_says_what_is_missing() -> None:
    model, images = coarse(Sew()), torch.rand(N, 1, 8, 8)
    network = capture(model, images, timesteps=T)
    assert [one.name for one in network.layers] == ["first", "second", "after"]
    after = network.layers[2]
    assert after.planes == 2
    assert whys(network)["encode"] == "its inputs are real-valued"
    assert "0 to 4 times 0.25" in whys(network)["pooled"]
    assert network.coverage.operations * N * 2 == flops(model, images)
    assert "2 bit-planes" in str(network.summary())
    seen: list[Any] = []
    model.after.register_forward_hook(lambda *given: seen.append(given[2]))
    model(images)
    expected = seen[0].detach().unflatten(0, (T, N)).flatten(3).transpose(2, 3)
    np.testing.assert_array_equal(after.outputs(1), expected[:, 1])
    found = compare(network, accelerators=["LoAS", "SparTen-SNN"])
    assert found.coverage["Sew"].share == pytest.approx(
        sum(one.operations for one in network.uncovered) / network.coverage.operations
    )


def test_averages_of_spikes_are_taken_as_bit_planes_where_asked() -> None:
    model, images = coarse(Sew()), torch.rand(N, 1, 8, 8)
    network = capture(model, images, timesteps=T, encoding="bitplanes")
    assert list(whys(network)) == ["encode"]
    pooled = network.layers[3]
    assert pooled.origin.step == 0.25
    seen: list[Any] = []
    model.pooled.register_forward_hook(lambda *given: seen.append(given[2]))
    model(images)
    np.testing.assert_allclose(pooled.outputs(2)[:, 0], seen[0].detach()[:, 2], atol=1e-5)


def test_pixels_of_8_bits_are_bit_planes_where_asked() -> None:
    model = coarse(nn.Sequential(nn.Conv2d(1, 4, 3), nn.Flatten(), nn.Linear(4 * 36, 3)))
    pixels = torch.randint(0, 256, (N, 1, 8, 8)) / 255
    network = capture(model, pixels, timesteps=1, encoding="bitplanes")
    assert network.layers[0].planes == 8
    assert network.layers[0].origin.step == pytest.approx(1 / 255)
    np.testing.assert_allclose(
        network.layers[0].outputs(0)[0],
        model[0](pixels).detach()[0].flatten(1).T,
        atol=1e-4,
    )


class Attention(nn.Module):  # type: ignore[misc, name-defined]
    """Spikformer's self-attention: products of spikes, without a softmax."""

    def __init__(self, how: str) -> None:
        super().__init__()
        self.q, self.k, self.v, self.out = (nn.Linear(8, 8, bias=False) for _ in range(4))
        self.fire, self.how = Fire(), how

    def forward(self, x: Any) -> Any:
        q, k, v = (
            self.fire(layer(x)).unflatten(3, (2, 4)).transpose(2, 3)
            for layer in (self.q, self.k, self.v)
        )
        if self.how == "sdpa":
            parts = (part.flatten(0, 1) for part in (q, k, v))
            mixed = nn.functional.scaled_dot_product_attention(*parts).unflatten(0, x.shape[:2])
        elif self.how == "einsum":
            mixed = torch.einsum("tbhlm,tbhmd->tbhld", torch.einsum("tbhld,tbhmd->tbhlm", q, k), v)
        elif self.how == "matmul":
            mixed = torch.matmul(torch.matmul(q, k.transpose(-1, -2)), v)
        else:
            mixed = (q @ k.transpose(-1, -2)) @ v
        return self.out(self.fire(mixed.transpose(2, 3).flatten(3) * 0.125))


@pytest.mark.parametrize("how", ["@", "matmul", "einsum", "sdpa"])
def test_attention_is_recognised_and_counted(how: str) -> None:
    model, x = coarse(Attention(how)), spikes(T, N, 6, 8)
    network = capture(model, x, timesteps=T)
    assert [one.name for one in network.layers] == ["q", "k", "v", "out"]
    products = 2 * T * 2 * 6 * 6 * 4
    assert sum(one.operations for one in network.uncovered) == products
    if how == "sdpa":
        assert "softmax" in whys(network)["scaled_dot_product_attention"]
        return
    assert list(whys(network)) == ["matmul", "matmul#2"]
    assert "LoAS keeps weights" in whys(network)["matmul"]
    assert network.coverage.operations * N * 2 == flops(model, x)


@pytest.mark.parametrize("how", ["@", "einsum"])
def test_attention_is_taken_one_timestep_at_a_time_where_asked(how: str) -> None:
    model, x = coarse(Attention(how)), spikes(T, N, 6, 8)
    network = capture(model, x, timesteps=T, attention="per-timestep")
    assert not network.uncovered
    first, second = (one for one in network.layers if one.name.startswith("matmul"))
    assert (first.T, first.parts) == (1, T * 2)
    assert second.planes > 1  # sums of matches
    assert first.operations == T * 2 * 6 * 6 * 4
    q, k, v = (
        model.fire(layer(x)).unflatten(3, (2, 4)).transpose(2, 3).detach()
        for layer in (model.q, model.k, model.v)
    )
    scores = q @ k.transpose(-1, -2)
    ours = first.outputs(1).reshape(T, 2, 6, 6)
    expected = np.asarray(scores[:, 1])
    assert (ours == expected).all() or (ours == expected.swapaxes(2, 3)).all()
    if how == "@":
        np.testing.assert_array_equal(
            second.outputs(1).reshape(T, 2, 6, 4), (scores @ v)[:, 1].numpy()
        )
    assert compare(network, accelerators=["LoAS"]).totals[0].counts.cycles > 0
    with pytest.raises(InputError, match="cannot be put together"):
        compare(network, accelerators=["LoAS"], samples="together")


def test_spikingjellys_own_spikformer_is_captured_as_it_comes() -> None:
    pytest.importorskip("spikingjelly")
    from spikingjelly.activation_based import functional
    from spikingjelly.activation_based.model.spikformer import Spikformer

    how = {"T": T, "img_size_h": 32, "img_size_w": 32, "embed_dims": 64, "num_heads": 2}
    model, images = Spikformer(**how, depths=1, num_classes=10), torch.rand(2, 3, 32, 32)
    network = capture(model, images, fold_batchnorm=True)
    assert next(iter(whys(network).values())) == "its inputs are real-valued"
    assert [one.kind for one in network.uncovered] == ["Conv2d", "matmul", "matmul"]
    functional.reset_net(model)
    assert network.coverage.operations * 2 * 2 == flops(model.eval(), images)
    functional.reset_net(model)
    whole = capture(model, images, attention="per-timestep")
    assert [one.kind for one in whole.uncovered] == ["Conv2d"]
    assert whole.coverage.operations == network.coverage.operations


def test_multi_head_attention_of_torch_is_counted_as_torch_counts_it() -> None:
    class Net(nn.Module):  # type: ignore[misc, name-defined]
        def __init__(self) -> None:
            super().__init__()
            self.fc = nn.Linear(8, 8)
            self.mha = nn.MultiheadAttention(8, 2, batch_first=True)

        def forward(self, x: Any) -> Any:
            y = self.fc(x)
            return self.mha(y, y, y)[0]

    model, x = Net().eval(), spikes(N, 6, 8)
    network = capture(model, x, timesteps=1)
    assert [one.name for one in network.layers] == ["fc"]
    assert network.coverage.operations * N * 2 == flops(model, x)


def test_what_no_layer_stands_for_is_named() -> None:
    class Net(nn.Module):  # type: ignore[misc, name-defined]
        def __init__(self) -> None:
            super().__init__()
            self.up = nn.ConvTranspose2d(2, 2, 2, stride=2)
            self.volume = nn.Conv3d(1, 2, 1)
            self.free = nn.Parameter(torch.rand(8, 3))
            self.fc = nn.Linear(8, 3)
            self.lstm = nn.LSTM(8, 4)

        def forward(self, x: Any) -> Any:
            self.up(x)
            self.volume(x.unsqueeze(1))
            row = x.flatten(1)
            self.lstm(row[None])
            return self.fc(row) + row @ self.free

    network = capture(Net(), spikes(N, 2, 2, 2), timesteps=1)
    said = whys(network)
    assert said["up"] == "transposed convolutions are not covered"
    assert "three dimensions" in said["volume"]
    assert "make it a module" in said["matmul"]
    assert any("operations are not counted" in why for why in said.values())
    kinds = {one.name: one.kind for one in network.uncovered}
    assert (kinds["up"], kinds["volume"]) == ("ConvTranspose2d", "Conv3d")


def linear(**how: Any) -> tuple[Any, Any]:
    return coarse(nn.Sequential(nn.Linear(16, 8, bias=False), **how)), spikes(N, 16)


def only(network: Network) -> SampledLayer:
    (layer,) = network.layers
    assert isinstance(layer, SampledLayer)
    return layer


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
