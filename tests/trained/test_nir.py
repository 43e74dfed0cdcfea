"""NIR graphs: spikes as of the framework that wrote them, captured as a model is."""

from __future__ import annotations

import itertools
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from loas_tl import InputError, capture, from_nir
from loas_tl.ground import memory
from loas_tl.trained.nir import run_nir
from loas_tl.workload.samples import SampledLayer
from tests.trained import graphs
from tests.trained.graphs import Graph, N, T, node

KEPT = Path(__file__).parents[1] / "data" / "captures"


@pytest.mark.snn
@pytest.mark.parametrize(("tau", "decay_input"), [(2.0, True), (3.0, True), (2.5, False)])
def test_spikes_of_a_spikingjelly_network_are_equal_at_every_step(
    tau: float, decay_input: bool
) -> None:
    net, inputs, graph, expected = graphs.spikingjelly(tau, decay_input)
    ran = run_nir(graph, inputs, like="spikingjelly", encoding="bitplanes")
    nodes = [ran.outputs[key] for key in ran.outputs if key not in ("input_1", "output")]
    assert len(nodes) == len(expected)
    for ours, theirs in zip(nodes, expected, strict=True):
        np.testing.assert_allclose(ours, theirs, atol=1e-5)
    for at in (1, 4, 7):  # neurons
        np.testing.assert_array_equal(nodes[at], expected[at])
        assert 0 < expected[at].mean() < 1
    captured = capture(net, inputs, encoding="bitplanes")
    for ours, theirs in zip(ran.network.layers, captured.layers, strict=True):
        np.testing.assert_array_equal(ours.words, theirs.words)
        np.testing.assert_array_equal(ours.weights, theirs.weights)
        assert ours.operations == theirs.operations


@pytest.mark.snn
@pytest.mark.parametrize("beta", [0.5, 0.9, 0.37])
@pytest.mark.parametrize("mechanism", ["subtract", "zero"])
def test_spikes_of_a_snntorch_network_are_equal_at_every_step(beta: float, mechanism: str) -> None:
    graph, inputs, expected = graphs.snntorch(beta, mechanism)
    like: Any = "snntorch" if mechanism == "subtract" else "snntorch-zero"
    ran = run_nir(graph, inputs, like=like)
    for key, theirs in expected.items():
        assert 0 < theirs.mean() < 1
        np.testing.assert_array_equal(ran.outputs[key], theirs)
    assert [one.K for one in ran.network.layers] == [20, 30]


@pytest.mark.parametrize("name", ["spikingjelly", "snntorch", "snntorch-zero"])
def test_spikes_are_those_that_were_kept_of_the_framework(name: Any) -> None:
    graph, inputs, expected = graphs.read(KEPT / f"nir-{name}.npz")
    how: Any = {"encoding": "bitplanes"} if name == "spikingjelly" else {}
    ran = run_nir(graph, inputs, like=name, **how)
    assert expected
    for key, theirs in expected.items():
        np.testing.assert_array_equal(ran.outputs[key], theirs)


@pytest.mark.snn
def test_a_graph_is_read_from_its_file(tmp_path: Path) -> None:
    nir = pytest.importorskip("nir")
    _, inputs, graph, _ = graphs.spikingjelly(2.0, True)
    path = tmp_path / "net.nir"
    nir.write(path, graph)
    whole = from_nir(path, inputs, like="spikingjelly", encoding="bitplanes")
    assert whole.name == "net"
    same = from_nir(graph, inputs, like="spikingjelly", encoding="bitplanes", name="net")
    assert str(whole.summary()) == str(same.summary())
    path.write_bytes(b"not HDF5")
    with pytest.raises(InputError, match=r"net\.nir: cannot be read"):
        from_nir(path, inputs)


# Nodes need no more than their attributes: what follows runs without any framework.


def chain(**nodes: Any) -> Graph:
    whole = {"input": node("Input"), **nodes, "output": node("Output")}
    names = list(whole)
    return Graph(whole, list(itertools.pairwise(names)))


RNG = np.random.default_rng(5)
ROWS = (RNG.random((T, N, 8)) < 0.4).astype(np.float32)
MAPS = (RNG.random((T, N, 4, 6, 5)) < 0.4).astype(np.float32)
MATRIX = RNG.integers(-8, 9, (5, 8)) / 8
ONES = np.ones(5)


def by_hand(currents: Any, step: Any) -> Any:
    """Neurons written down one timestep after the other; ``step(volts, current)``."""
    volts, out = np.zeros_like(currents[0]), []
    for current in currents:
        volts, spikes = step(volts, current)
        out.append(spikes)
    return np.stack(out)


def test_integrators_fire_above_their_threshold_and_are_set_back() -> None:
    fires = node("IF", r=ONES * 1e4, v_threshold=ONES * 0.5, v_reset=ONES * 0.25)
    ran = run_nir(chain(fc=node("Linear", weight=MATRIX), fires=fires), ROWS)

    def step(volts: Any, current: Any) -> Any:
        volts = volts + current
        spikes = volts > 0.5
        return np.where(spikes, 0.25, volts), spikes

    np.testing.assert_array_equal(ran.outputs["fires"], by_hand(ROWS @ MATRIX.T, step))


@pytest.mark.parametrize(("like", "at"), [("nir", False), ("spikingjelly", True)])
def test_frameworks_part_at_the_threshold_itself(like: Any, at: bool) -> None:
    fires = node("IF", r=ONES * 1e4, v_threshold=ONES, v_reset=ONES * 0)
    weights = np.eye(5, 8)
    ran = run_nir(chain(fc=node("Linear", weight=weights), fires=fires), ROWS * 0 + 1, like=like)
    assert ran.outputs["fires"][0].all() == at


def test_a_current_of_its_own_decays_in_cuba_neurons() -> None:
    fires = node(
        "CubaLIF",
        tau_syn=ONES * 2e-4,
        tau_mem=ONES * 4e-4,
        r=ONES * 4,
        w_in=ONES * 2,
        v_leak=ONES * 0,
        v_threshold=ONES * 1.5,
        v_reset=ONES * 0,
    )
    ran = run_nir(chain(fc=node("Linear", weight=MATRIX), fires=fires), ROWS)
    held = np.zeros((N, 5))

    def step(volts: Any, current: Any) -> Any:
        nonlocal held
        held = 0.5 * held + current
        volts = 0.75 * volts + held
        spikes = volts > 1.5
        return np.where(spikes, 0, volts), spikes

    np.testing.assert_array_equal(ran.outputs["fires"], by_hand(ROWS @ MATRIX.T, step))


def test_pooling_flattening_scaling_and_sums() -> None:
    twos = np.array([2, 2])
    pool = {"kernel_size": twos, "stride": twos, "padding": twos * 0}
    graph = Graph(
        {
            "input": node("Input"),
            "sum": node("SumPool2d", **pool),
            "mean": node("AvgPool2d", **pool),
            "scaled": node("Scale", scale=np.array(4.0)),
            "flat": node("Flatten", start_dim=0, end_dim=-1),
            "over": node("Threshold", threshold=np.array(4.0)),
            "output": node("Output"),
            "fc": node("Affine", weight=np.eye(3, 24), bias=np.arange(3.0)),
        },
        [
            *(("input", "sum"), ("input", "mean"), ("mean", "scaled")),
            *(("sum", "flat"), ("scaled", "flat"), ("flat", "over"), ("over", "fc")),
            ("fc", "output"),
        ],
    )
    ran = run_nir(graph, MAPS)
    pooled = MAPS[..., :4].reshape(T, N, 4, 3, 2, 2, 2).sum(axis=(4, 6))
    np.testing.assert_array_equal(ran.outputs["sum"], pooled)
    np.testing.assert_array_equal(ran.outputs["flat"], 2 * pooled.reshape(T, N, -1))
    over = 2 * pooled.reshape(T, N, -1) > 4
    np.testing.assert_array_equal(ran.outputs["output"], over[..., :3] + np.arange(3))
    (fc,) = ran.network.layers
    np.testing.assert_array_equal(fc.layer(1).spikes[:, 0], over[:, 1])


@pytest.mark.parametrize(
    ("groups", "stride", "padding", "dilation"),
    [(1, 1, "same", 1), (2, (2, 1), (1, 0), 1), (4, 1, 2, (2, 1)), (1, 2, "valid", 1)],
)
def test_convolutions_of_every_shape(groups: int, stride: Any, padding: Any, dilation: Any) -> None:
    weights = RNG.integers(-4, 5, (8, 4 // groups, 3, 2)).astype(float)
    how = {"stride": stride, "padding": padding, "dilation": dilation, "groups": groups}
    conv = node("Conv2d", weight=weights, bias=np.arange(8.0), **how)
    ran = run_nir(chain(conv=conv), MAPS)
    (layer,) = ran.network.layers
    assert isinstance(layer, SampledLayer)
    out = ran.outputs["conv"]
    for sample in range(N):
        ours = layer.outputs(sample)
        np.testing.assert_array_equal(ours, out[:, sample].reshape(T, 8, -1).swapaxes(1, 2))


def test_inputs_without_a_time_axis_are_the_same_at_every_timestep() -> None:
    graph = chain(fc=node("Linear", weight=MATRIX))
    ran = run_nir(graph, ROWS[0], timesteps=T)
    np.testing.assert_array_equal(ran.outputs["fc"], np.stack([ROWS[0] @ MATRIX.T] * T))


@pytest.mark.parametrize(
    ("graph", "how", "mention"),
    [
        (chain(odd=node("Delay", delay=1)), {}, "odd: is a Delay, which is not known"),
        (chain(inner=node("NIRGraph")), {}, "inner: is a NIRGraph"),
        (
            Graph({"a": node("Output"), "b": node("Output")}, [("a", "b"), ("b", "a")]),
            {},
            "recurrent edges among a, b",
        ),
        (Graph({"a": node("Input")}, [("a", "b")]), {}, "edge to 'b'"),
        (chain(fc=node("Linear", weight=MATRIX[:, :5])), {}, "fc: does not fit inputs of shape"),
        (chain(fc=node("Linear", weight=MATRIX)), {"like": "lava"}, "like: is 'lava'"),
        (chain(fc=node("Linear", weight=MATRIX)), {"dt": 0}, "dt: is 0"),
        (chain(fc=node("Linear", weight=MATRIX)), {"rounding": "row"}, "rounding: is 'row'"),
        (chain(), {}, "nothing to capture"),
        (3, {}, "graph: is a int"),
        ("none.nir", {}, "none.nir: no such file"),
    ],
)
def test_what_cannot_run_is_refused_by_name(graph: Any, how: Any, mention: str) -> None:
    with pytest.raises(InputError) as refused:
        from_nir(graph, ROWS, **how)
    assert mention in str(refused.value)
    assert "\n" not in str(refused.value)


def test_rows_without_samples_are_refused() -> None:
    with pytest.raises(InputError, match=r"expected \[T, N, ...\]"):
        from_nir(chain(fc=node("Linear", weight=MATRIX)), ROWS[:, 0])


CONV = {"stride": 1, "padding": 0, "dilation": 1, "groups": 1}
KERNELS = RNG.integers(-4, 5, (8, 4, 3, 2)).astype(float)
POOL = {"kernel_size": 2, "stride": 2, "padding": 0}


@pytest.mark.parametrize(
    ("made", "inputs", "mention"),
    [
        (node("Conv2d", weight=KERNELS, bias=None, **CONV | {"stride": 0}), MAPS, "stride is [0]"),
        (node("Conv2d", weight=KERNELS, bias=None, **CONV | {"groups": 3}), MAPS, "multiple of"),
        (node("Conv2d", weight=KERNELS, bias=None, **CONV | {"padding": -1}), MAPS, "padding is"),
        (node("Conv2d", weight=KERNELS, bias=None, **CONV | {"padding": 65536}), MAPS, "GB"),
        (node("Conv2d", weight=KERNELS, bias=None, **CONV | {"dilation": 2.5}), MAPS, "dilation"),
        (node("Conv2d", weight=KERNELS, bias=None, **CONV | {"dilation": 9}), MAPS, "fit inputs"),
        (node("Conv2d", weight=KERNELS, bias=ONES, **CONV), MAPS, "bias has shape [5]"),
        (node("Conv2d", weight=MATRIX, bias=None, **CONV), MAPS, "weight has shape [5, 8]"),
        (node("Linear", weight=np.ones((10**8, 1))[:, :0]), ROWS, "weight has shape"),
        (node("Linear", weight=MATRIX.astype(str)), ROWS, "weight is no array of numbers"),
        (node("IF", r=np.ones((9, 1, 1, 1)), v_threshold=1, v_reset=0), ROWS, "does not fit"),
        (node("IF", r=1, v_reset=0), ROWS, "v_threshold is no array of numbers"),
        (node("Scale", scale=np.ones((7, 1, 1))), ROWS, "has parameters of shape [7, 1, 1]"),
        (node("AvgPool2d", **POOL | {"kernel_size": [2, 2, 2]}), MAPS, "kernel_size is not 2"),
        (node("SumPool2d", **POOL), ROWS, "odd: does not fit inputs of shape"),
        (node("Flatten", start_dim=0.5, end_dim=-1), MAPS, "start_dim and end_dim"),
    ],
)
def test_nodes_of_nonsense_are_refused_by_name(
    made: Any, inputs: Any, mention: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(memory._Allowed, "bytes", 10**8)
    with pytest.raises(InputError) as refused:
        from_nir(chain(odd=made), inputs)
    assert mention in str(refused.value)
    assert str(refused.value).startswith("odd: ")


def test_maps_without_an_axis_of_samples_are_refused_by_the_node_that_reads_them() -> None:
    weight = np.ones((4, 2, 3, 3), np.float32)
    how = {"stride": 1, "padding": 1, "dilation": 1, "groups": 1}
    graph = chain(conv=node("Conv2d", weight=weight, bias=np.zeros(4, np.float32), **how))
    said = r"^conv: does not fit inputs of shape \[2, 6, 6\] \(expected \[N, C, H, W\]"
    with pytest.raises(InputError, match=said):
        from_nir(graph, np.ones((3, 2, 6, 6), np.float32))


def test_neurons_that_never_fire_are_warned_of_and_their_readers_noted() -> None:
    first, second = (node("Linear", weight=np.ones(shape)) for shape in ((5, 8), (3, 5)))

    def graph(r: float) -> Graph:
        fires = node("IF", r=r * ONES, v_threshold=ONES, v_reset=0 * ONES)
        return chain(a=first, fires=fires, b=second)

    with pytest.warns(UserWarning, match=r"fires: not one neuron fires in .*; dt is 0.0001"):
        silent = from_nir(graph(1.0), ROWS, like="spikingjelly")
    assert "its inputs have no spikes at all" in silent.summary().rows[1].why
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for r, dt in ((1e4, 1e-4), (1.0, 1.0)):
            fired = from_nir(graph(r), ROWS, like="spikingjelly", dt=dt)
            assert "no spikes" not in fired.summary().rows[1].why


@pytest.mark.parametrize("timesteps", [0, 65, 10**9])
def test_timesteps_that_no_layer_has_are_refused_before_they_run(timesteps: int) -> None:
    said = rf"timesteps: is {timesteps}; expected a whole number from 1 to 64"
    with pytest.raises(InputError, match=said):
        from_nir(chain(fc=node("Linear", weight=MATRIX)), ROWS[0], timesteps=timesteps)


def test_outputs_that_would_not_fit_are_said_after_one_timestep(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(memory._Allowed, "bytes", 900)
    with pytest.raises(InputError, match=r"^fc: what nodes hand on would take .*memory.allow"):
        from_nir(chain(fc=node("Linear", weight=MATRIX)), ROWS)


def test_long_chains_are_put_in_order_at_once() -> None:
    many = {f"n{at}": node("Output") for at in range(3000)}
    with pytest.raises(InputError, match="nothing to capture"):
        from_nir(chain(**many), ROWS[:1])
