"""Real-valued inputs, sums of spikes, attention, shortcuts, and what no layer stands for."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from loas_tl import InputError, capture, compare
from tests.trained.models import N, T, coarse, spikes, whys

pytestmark = pytest.mark.snn

torch = pytest.importorskip("torch")
nn = torch.nn


def flops(model: Any, *inputs: Any) -> int:
    from torch.utils.flop_counter import FlopCounterMode

    with FlopCounterMode(display=False) as counter:
        model(*inputs)
    return int(counter.get_total_flops())


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
