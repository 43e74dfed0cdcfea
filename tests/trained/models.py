"""Small models of each framework, with weights of few digits, so that sums are exact."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from loas_tl.workload.network import Network
from loas_tl.workload.samples import SampledLayer

T, N = 4, 3

Case = tuple[Any, Any, dict[str, Any]]
"""A model, its inputs, and more arguments of ``capture``."""


def coarse(model: Any, seed: int = 0, unit: float = 1 / 16) -> Any:
    """Have weights that are few multiples of ``unit``, half of them zero: nothing is rounded."""
    import torch

    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for parameter in model.parameters():
            if parameter.dim() < 2:
                parameter.copy_((parameter / unit).round() * unit)
                continue
            whole = torch.randint(-20, 40, parameter.shape, generator=generator)
            kept = torch.rand(parameter.shape, generator=generator) < 0.5
            parameter.copy_(whole * kept * unit)
    return model


def spikes(*shape: int, share: float = 0.4, seed: int = 1) -> Any:
    import torch

    return (torch.rand(shape, generator=torch.Generator().manual_seed(seed)) < share).float()


def spikingjelly_multi() -> Case:
    pytest.importorskip("spikingjelly")
    from spikingjelly.activation_based import functional, layer, neuron
    from torch import nn

    net = nn.Sequential(
        layer.Conv2d(2, 8, 3, padding=1, bias=False),
        neuron.LIFNode(),
        layer.Conv2d(8, 8, 3, stride=2, padding=1, groups=8),
        neuron.IFNode(),
        layer.Conv2d(8, 6, (3, 1), padding=(2, 0), dilation=(2, 1)),
        neuron.IFNode(),
        layer.SeqToANNContainer(nn.Conv2d(6, 6, 2, padding="same"), nn.BatchNorm2d(6)),
        neuron.IFNode(),
        layer.Flatten(),
        layer.Linear(6 * 16, 10),
        neuron.IFNode(),
    )
    functional.set_step_mode(net, "m")
    return coarse(net), spikes(T, N, 2, 8, 8), {}


def spikingjelly_single() -> Case:
    net, inputs, _ = spikingjelly_multi()
    from spikingjelly.activation_based import functional
    from torch import nn

    functional.set_step_mode(net, "s")
    net[6] = nn.Sequential(*net[6].children())
    return net, inputs, {"time_axis": 0}


def snntorch_loop() -> Case:
    snntorch = pytest.importorskip("snntorch")
    import torch
    from torch import nn

    class Net(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.conv = nn.Conv2d(2, 4, 3, stride=2)
            self.lif1 = snntorch.Leaky(beta=0.5, init_hidden=True)
            self.fc = nn.Linear(4 * 9, 5, bias=False)
            self.lif2 = snntorch.Leaky(beta=0.5)

        def forward(self, x: Any) -> Any:
            memory, out = self.lif2.reset_mem(), []
            for step in x:
                spike, memory = self.lif2(self.fc(self.lif1(self.conv(step)).flatten(1)), memory)
                out.append(spike)
            return torch.stack(out)

    return coarse(Net()), spikes(T, N, 2, 8, 8), {}


def norse_loop() -> Case:
    norse = pytest.importorskip("norse.torch")
    import torch
    from torch import nn

    net = norse.SequentialState(
        nn.Conv2d(2, 4, 3), norse.LIFBoxCell(), nn.Flatten(1), nn.Linear(4 * 36, 5)
    )

    class Loop(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.net = net

        def forward(self, x: Any) -> Any:
            state, out = None, []
            for step in x:
                spike, state = self.net(step, state)
                out.append(spike)
            return torch.stack(out)

    return coarse(Loop()), spikes(T, N, 2, 8, 8), {}


def norse_lifted() -> Case:
    norse = pytest.importorskip("norse.torch")
    from torch import nn

    net = norse.SequentialState(
        norse.Lift(nn.Conv2d(2, 4, 3)), norse.LIF(), nn.Flatten(2), nn.Linear(4 * 36, 5)
    )
    return coarse(net), spikes(T, N, 2, 8, 8), {}


def plain_loop() -> Case:
    torch = pytest.importorskip("torch")
    from torch import nn

    class Net(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.line = nn.Conv1d(2, 4, 3, padding=1, dilation=1)
            self.fc = nn.Linear(4 * 9, 5)

        def forward(self, x: Any) -> Any:
            volts, out = 0.0, []
            for step in x:
                volts = volts + self.line(step)
                spike = (volts >= 1).float()
                volts = volts * (1 - spike)
                out.append(self.fc(spike.flatten(1)))
            return torch.stack(out)

    return coarse(Net()), spikes(T, N, 2, 9), {"timesteps": T}


def plain_folded() -> Case:
    torch = pytest.importorskip("torch")
    from torch import nn

    class Net(nn.Module):
        """Time is folded into the batch, ``[T * N, ...]``."""

        def __init__(self) -> None:
            super().__init__()
            self.conv = nn.Conv2d(2, 4, 3, padding=1)
            self.fc = nn.Linear(4 * 36, 5)

        def forward(self, x: Any) -> Any:
            currents = self.conv(x.flatten(0, 1)).unflatten(0, x.shape[:2])
            return self.fc((currents.cumsum(0) >= 1).float().flatten(2))

    assert torch
    return coarse(Net()), spikes(T, N, 2, 6, 6), {"timesteps": T}


CASES: dict[str, Callable[[], Case]] = {
    "spikingjelly-multi": spikingjelly_multi,
    "spikingjelly-single": spikingjelly_single,
    "snntorch": snntorch_loop,
    "norse": norse_loop,
    "norse-lifted": norse_lifted,
    "torch-loop": plain_loop,
    "torch-folded": plain_folded,
}


def own_outputs(case: Case) -> dict[str, Any]:
    """By layer, what the framework itself computes, ``[N, T, M, channels]``."""
    import torch

    from loas_tl.trained.frameworks import reset

    model, inputs, more = case
    kept: dict[str, list[Any]] = {}
    handles = [
        module.register_forward_hook(
            lambda *seen, path=path: kept.setdefault(path, []).append(seen[2].clone())
        )
        for path, module in model.named_modules()
        if isinstance(module, torch.nn.Conv1d | torch.nn.Conv2d | torch.nn.Linear)
    ]
    model.eval()
    reset(model)
    with torch.no_grad():
        if "time_axis" in more:
            for step in inputs:
                model(step)
        else:
            model(inputs)
    for handle in handles:
        handle.remove()
    reset(model)
    found = {}
    for path, outs in kept.items():
        whole = torch.stack(outs) if len(outs) > 1 else outs[0]
        module = model.get_submodule(path)
        whole = whole.reshape(T, N, *_single(whole, module))
        if not isinstance(module, torch.nn.Linear):
            whole = whole.flatten(3).transpose(2, 3)
        else:
            whole = whole.reshape(T, N, -1, whole.shape[-1])
        found[path] = np.asarray(whole.transpose(0, 1).double())
    return found


def _single(whole: Any, module: Any) -> tuple[int, ...]:
    """The axes of one output of one timestep."""
    import torch

    axes = {torch.nn.Linear: 1, torch.nn.Conv1d: 2}
    count = next((n for kind, n in axes.items() if isinstance(module, kind)), 3)
    return tuple(whole.shape[-count:])


def whys(network: Network) -> dict[str, str]:
    return {one.name: one.why for one in network.uncovered}


def linear(**how: Any) -> tuple[Any, Any]:
    from torch import nn

    return coarse(nn.Sequential(nn.Linear(16, 8, bias=False), **how)), spikes(N, 16)


def only(network: Network) -> SampledLayer:
    (layer,) = network.layers
    assert isinstance(layer, SampledLayer)
    return layer
