"""Train, prune and ship ``digits_vgg9``, the trained network that comes with the package.

    python benchmarks/train_digits_vgg9.py WORK [--epochs N] [--rounds N]

WORK keeps a checkpoint after every stage, so that a run that was stopped goes on. Needs ``pip
install '.[dev-snn]'``. The last stage writes the network to ``loas_tl/data/networks`` and what
was measured on the way to ``benchmarks/results/digits_vgg9.json``.

Data: scikit-learn's 1,797 handwritten digits of 8 x 8 pixels, brought to 32 x 32 bilinearly, a
quarter of them kept for testing. Network: seven 3 x 3 convolutions and two linear layers with LIF
neurons (SpikingJelly), T = 4, the image itself as the current of the first layer at every timestep.
Pruning: iterative magnitude pruning with rewinding (lottery tickets): train, remove half of what is
left by magnitude over all layers, set the rest back to what it was after the first epoch, again.
"""

from __future__ import annotations

import argparse
import json
import time
from pathlib import Path
from typing import Any

import torch
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split
from spikingjelly.activation_based import functional, layer, neuron, surrogate
from torch import Tensor, nn

from loas_tl import Network, capture
from loas_tl.workload.shipped import FOLDER

TIMESTEPS = 4
ENCODER = 16
CHANNELS = ("pool", 32, 32, "pool", 64, 64, "pool", 128, 128)
HIDDEN = 256
SAMPLES = 16
"""Test images whose spikes are shipped: the first ones, unchosen."""
RESULT = Path(__file__).parent / "results" / "digits_vgg9.json"
BATCH = 32
RATE = 2e-3
KEPT_AT_LEAST = 0.01
"""Share of a layer's weights that pruning over all layers never goes below."""


class Silence(nn.Module):
    """Drops the spikes of neurons that fire exactly once, as LoAS-FT does with a layer's inputs."""

    def __init__(self) -> None:
        super().__init__()
        self.on = False

    def forward(self, spikes: Tensor) -> Tensor:
        """``[T, ...]`` spikes to ``[T, ...]`` spikes."""
        return spikes * (spikes.sum(0) != 1) if self.on else spikes


class Vgg9(nn.Module):
    """``[N, 1, 32, 32]`` images to ``[N, 10]`` scores; the last layer's currents are averaged."""

    def __init__(self) -> None:
        super().__init__()
        self.conv1 = layer.Conv2d(1, ENCODER, 3, padding=1, bias=False)
        self.norm1 = layer.BatchNorm2d(ENCODER)
        self.features = nn.Sequential(_lif())
        channels, extent, place = ENCODER, 32, 2
        for step in CHANNELS:
            if step == "pool":
                self.features.append(layer.MaxPool2d(2))
                extent //= 2
                continue
            out = int(step)
            self.features.append(Silence())
            self.features.add_module(
                f"conv{place}", layer.Conv2d(channels, out, 3, padding=1, bias=False)
            )
            self.features.append(layer.BatchNorm2d(out))
            self.features.append(_lif())
            channels, place = out, place + 1
        self.silence1 = Silence()
        self.fc1 = layer.Linear(channels * extent**2, HIDDEN, bias=False)
        self.norm2 = layer.BatchNorm1d(HIDDEN)
        self.fire = _lif()
        self.silence2 = Silence()
        self.fc2 = layer.Linear(HIDDEN, 10)
        functional.set_step_mode(self, "m")
        # The first layer's input is the same at every timestep: it is computed once.
        functional.set_step_mode(nn.ModuleList([self.conv1, self.norm1]), "s")

    def forward(self, images: Tensor) -> Tensor:
        """Scores of images."""
        currents = self.norm1(self.conv1(images))
        spikes = self.features(currents.expand(TIMESTEPS, *currents.shape)).flatten(2)
        hidden = self.fc1(self.silence1(spikes))
        hidden = self.fire(self.norm2(hidden.unsqueeze(-1)).squeeze(-1))
        return self.fc2(self.silence2(hidden)).mean(0)


def _lif() -> nn.Module:
    return neuron.LIFNode(tau=2.0, detach_reset=True, surrogate_function=surrogate.ATan())


def digits() -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Images ``[N, 1, 32, 32]`` from 0 to 1 and labels, for training and for testing."""
    data = load_digits()
    images = torch.tensor(data.images[:, None] / 16, dtype=torch.float32)
    images = nn.functional.interpolate(images, size=(32, 32), mode="bilinear", align_corners=False)
    at, apart = train_test_split(
        range(len(images)), test_size=0.25, random_state=0, stratify=data.target
    )
    labels = torch.tensor(data.target)
    return images[at], labels[at], images[apart], labels[apart]


def weighted(net: nn.Module) -> dict[str, Any]:
    """Convolutions and linear layers by name."""
    return {
        name: module
        for name, module in net.named_modules()
        if isinstance(module, nn.Conv2d | nn.Linear)
    }


def accuracy(net: nn.Module, images: Tensor, labels: Tensor) -> float:
    """Share of images that are named rightly."""
    net.eval()
    right = 0
    with torch.no_grad():
        for at in range(0, len(images), BATCH):
            right += int((net(images[at : at + BATCH]).argmax(1) == labels[at : at + BATCH]).sum())
            functional.reset_net(net)
    return right / len(images)


def train(
    net: nn.Module,
    masks: dict[str, Tensor],
    data: tuple[Tensor, Tensor],
    epochs: int,
    rate: float = RATE,
    after_first: dict[str, Tensor] | None = None,
) -> None:
    """Train with the pruned weights held at zero; the rate falls along a half cosine.

    ``after_first`` gets the state after the first epoch.
    """
    images, labels = data
    optimizer = torch.optim.AdamW(net.parameters(), lr=rate, weight_decay=1e-4)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, epochs)
    layers = weighted(net)
    for epoch in range(epochs):
        net.train()
        started = time.perf_counter()
        for at in torch.split(torch.randperm(len(images)), BATCH):
            # A shift by up to two pixels, the same for the whole batch.
            shift = torch.randint(-2, 3, (2,)).tolist()
            batch = images[at].roll(shift, (2, 3))
            loss = nn.functional.cross_entropy(net(batch), labels[at], label_smoothing=0.05)
            optimizer.zero_grad()
            torch.autograd.backward(loss)
            optimizer.step()
            functional.reset_net(net)
            with torch.no_grad():
                for name, mask in masks.items():
                    layers[name].weight *= mask
        schedule.step()
        seconds = time.perf_counter() - started
        print(f"  epoch {epoch + 1}/{epochs}: loss {loss.item():.3f}, {seconds:.0f} s", flush=True)
        if after_first is not None and epoch == 0:
            after_first.update({key: value.clone() for key, value in net.state_dict().items()})


def pruned(net: nn.Module, masks: dict[str, Tensor], share: float) -> dict[str, Tensor]:
    """Masks without the smallest ``share`` of what is left, over all layers but the first."""
    layers = weighted(net)
    left = torch.cat(
        [layers[name].weight.detach().abs()[mask != 0] for name, mask in masks.items()]
    )
    threshold = left.kthvalue(int(share * left.numel())).values
    out = {}
    for name, mask in masks.items():
        size = layers[name].weight.detach().abs() * mask
        least = size.flatten().kthvalue(int((1 - KEPT_AT_LEAST) * size.numel())).values
        out[name] = (size > torch.minimum(threshold, least)).float() * mask
    return out


def density(masks: dict[str, Tensor]) -> float:
    """Share of weights that are left."""
    return sum(float(m.sum()) for m in masks.values()) / sum(m.numel() for m in masks.values())


def lottery(work: Path, epochs: int, rounds: int) -> tuple[Vgg9, dict[str, Tensor], list[Any]]:
    """The pruned network, its masks and the accuracy after every round."""
    train_images, train_labels, test_images, test_labels = digits()
    torch.manual_seed(0)
    net = Vgg9()
    masks = {
        name: torch.ones_like(module.weight) for name, module in list(weighted(net).items())[1:]
    }
    early: dict[str, Tensor] = {}
    history: list[Any] = []
    for number in range(rounds + 1):
        kept = work / f"round{number}.pt"
        if kept.exists():
            state = torch.load(kept, weights_only=True)
            early, masks, history = state["early"], state["masks"], state["history"]
            net.load_state_dict(state["net"])
            continue
        if number:
            masks = pruned(net, masks, 0.5)
            net.load_state_dict(early)
            with torch.no_grad():
                for name, mask in masks.items():
                    weighted(net)[name].weight *= mask

        keep = early if number == 0 else None
        train(net, masks, (train_images, train_labels), epochs, after_first=keep)
        found = accuracy(net, test_images, test_labels)
        history.append({"round": number, "density": density(masks), "accuracy": found})
        print(f"round {number}: {history[-1]}", flush=True)
        state = {"early": early, "masks": masks, "history": history, "net": net.state_dict()}
        torch.save(state, kept)
    return net, masks, history


def silenced(work: Path, net: Vgg9, masks: dict[str, Tensor], epochs: int) -> dict[str, float]:
    """Accuracy with neurons that fire once silenced, at once and after fine-tuning with it."""
    train_images, train_labels, test_images, test_labels = digits()
    for module in net.modules():
        if isinstance(module, Silence):
            module.on = True
    at_once = accuracy(net, test_images, test_labels)
    kept = work / "silenced.pt"
    if kept.exists():
        net.load_state_dict(torch.load(kept, weights_only=True))
    else:
        torch.manual_seed(1)
        train(net, masks, (train_images, train_labels), epochs, rate=RATE / 4)
        torch.save(net.state_dict(), kept)
    return {"silenced": at_once, "fine_tuned": accuracy(net, test_images, test_labels)}


def export(net: Any, images: Tensor, labels: Tensor) -> tuple[Network, float]:
    """The network of the first 16 test images, and the accuracy with its 8-bit weights."""
    network = capture(
        net, images[:SAMPLES], fold_batchnorm=True, rounding="channel", name="digits_vgg9"
    )
    norms = {"fc1": net.norm2} | {
        f"features.{name}": net.features[at + 1]
        for at, (name, module) in enumerate(net.features.named_children())
        if isinstance(module, nn.Conv2d)
    }
    with torch.no_grad():
        for one in network.layers:
            used = torch.tensor((one.weights[0, 0] * one.origin.scale).T, dtype=torch.float32)
            norm = norms.get(one.name)
            if norm is not None:
                gain = norm.weight / torch.sqrt(norm.running_var + norm.eps)
                used = used / gain[:, None]
            module = net.get_submodule(one.name)
            module.weight.copy_(used.reshape(module.weight.shape))
    return network, accuracy(net, images, labels)


def main() -> None:
    about = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    about.add_argument("work", type=Path)
    about.add_argument("--epochs", type=int, default=6)
    about.add_argument("--rounds", type=int, default=5)
    asked = about.parse_args()
    asked.work.mkdir(parents=True, exist_ok=True)
    torch.set_num_threads(1)
    net, masks, history = lottery(asked.work, asked.epochs, asked.rounds)
    trained = {key: value.clone() for key, value in net.state_dict().items()}
    tuned = silenced(asked.work, net, masks, asked.epochs // 2)
    for module in net.modules():
        if isinstance(module, Silence):
            module.on = False
    net.load_state_dict(trained)
    _, _, images, labels = digits()
    network, rounded = export(net, images, labels)
    network.save(FOLDER / "digits_vgg9.npz")
    summary = network.summary()
    measured = {
        "test_images": len(labels),
        "accuracy_dense": history[0]["accuracy"],
        "accuracy_pruned": history[-1]["accuracy"],
        "accuracy_8_bit_weights": rounded,
        "accuracy_neurons_that_fire_once_silenced": tuned["silenced"],
        "accuracy_fine_tuned_with_them_silenced": tuned["fine_tuned"],
        "weight_density": history[-1]["density"],
        "rounds": history,
        "bytes": (FOLDER / "digits_vgg9.npz").stat().st_size,
    }
    RESULT.write_text(json.dumps(measured, indent=1) + "\n")
    print(summary)
    print(json.dumps(measured, indent=1))


if __name__ == "__main__":
    main()
