"""Generated networks at other timesteps and densities of weights."""

from __future__ import annotations

import numpy as np
import pytest

from loas_tl import InputError, Network, compare, generate_network
from loas_tl.ground.titles import SINGLE_LAYERS
from loas_tl.workload.ann import generate_ann
from loas_tl.workload.statistics import statistics_of


def silent(network: str, timesteps: int, layer: int = 2) -> tuple[float, float]:
    """Silent words of a layer, as they are and after fine-tuning."""
    made = generate_network(network, timesteps=timesteps).layers[layer]
    assert timesteps == made.T
    return float((made.packed == 0).sum()), float((made.packed_fine_tuned == 0).sum())


def test_published_values_change_nothing_but_the_name() -> None:
    usual, same = generate_network("alexnet"), generate_network("alexnet", timesteps=4)
    assert same.name == "alexnet timesteps=4"
    for one, other in zip(usual.layers, same.layers, strict=True):
        np.testing.assert_array_equal(one.spikes, other.spikes)
        np.testing.assert_array_equal(one.weights, other.weights)


@pytest.mark.parametrize(("timesteps", "trained", "tuned"), [(6, 0.92, 0.99), (8, 0.91, 0.97)])
def test_silent_neurons_follow_the_published_ratios(
    timesteps: int, trained: float, tuned: float
) -> None:
    before, before_tuned = silent("vgg16", 4)
    after, after_tuned = silent("vgg16", timesteps)
    assert after / before == pytest.approx(trained, rel=1e-3)
    assert after_tuned / before_tuned == pytest.approx(tuned / 1.13, rel=1e-3)


def test_neurons_keep_their_rate() -> None:
    at_4, at_8 = (generate_network("vgg16", timesteps=t).layers[3] for t in (4, 8))
    assert at_8.spikes.sum() / at_4.spikes.sum() == pytest.approx(2, rel=2e-3)


def test_fewer_timesteps_are_the_first_ones() -> None:
    at_4, at_2 = (generate_network("alexnet", timesteps=t).layers[0] for t in (4, 2))
    np.testing.assert_array_equal(at_4.spikes[:2], at_2.spikes)


def test_weight_density_is_that_of_every_layer() -> None:
    for layer in generate_network("alexnet", weight_density=0.316).layers:
        assert (layer.weights != 0).mean() == pytest.approx(0.316, abs=1e-3)
    assert (generate_network("alexnet", weight_density=1e-9).layers[0].weights != 0).sum() == 1


def test_every_network_can_have_any_timesteps() -> None:
    for timesteps in (1, 5, 64):
        [layer] = [generate_network("alexnet", timesteps=timesteps).layers[-1]]
        assert timesteps == layer.T
        assert layer.spikes.any()
    assert statistics_of("alexnet")[0].T == 4


def test_nothing_published_stands_beside_a_variant() -> None:
    answer = compare("alexnet", accelerators="LoAS", workload={"timesteps": "8"})
    assert answer.networks == ["alexnet timesteps=8"]
    assert not answer.generated


@pytest.mark.parametrize(
    ("workload", "said"),
    [
        ({"timestep": 8}, "did you mean 'timesteps'?"),
        ({"timesteps": 0}, "workload timesteps: is 0; expected a whole number from 1 to 64"),
        ({"timesteps": 2.5}, "expected a whole number"),
        ({"weight_density": "x"}, "workload weight_density: is 'x'; expected a number"),
        ({"weight_density": 1.5}, "expected a share above 0, at most 1"),
        ({"weight_density": float("nan")}, "expected a share above 0, at most 1"),
    ],
)
def test_what_cannot_be_is_refused(workload: dict[str, object], said: str) -> None:
    with pytest.raises(InputError, match=said.replace("?", r"\?")):
        compare("alexnet", workload=workload)


def test_a_network_of_ones_own_has_its_own_timesteps() -> None:
    with pytest.raises(InputError, match="go with generated networks"):
        compare(generate_network("alexnet"), workload={"timesteps": 8})


@pytest.mark.parametrize("density", [0.001, 0.1, 0.6])
@pytest.mark.parametrize("timesteps", [None, 1, 8])
def test_spike_density_is_that_of_every_layer(density: float, timesteps: int | None) -> None:
    made = generate_network("alexnet", timesteps=timesteps, spike_density=density)
    for layer, one in zip(made.layers, statistics_of("alexnet"), strict=True):
        # Of fewer timesteps than generated, the first are not exactly as dense as all.
        near = 0.2 if timesteps == 1 else 0.01
        wanted = density * layer.spikes.size
        # A pixel of a map is read up to nine times.
        assert layer.spikes.sum() == pytest.approx(wanted, rel=near, abs=9)
        assert (layer.weights != 0).sum() == one.weights


def test_neurons_fire_as_often_at_another_spike_density() -> None:
    usual, thin = (generate_network("vgg16", spike_density=d).layers[3] for d in (None, 0.05))
    rate, at_thin = (one.spikes.sum() / (one.packed != 0).sum() for one in (usual, thin))
    assert at_thin == pytest.approx(rate, rel=0.01)


def test_spikes_leave_padding_alone() -> None:
    layer = generate_network("vgg16", spike_density=1).layers[-1]
    assert layer.spikes.mean() == pytest.approx(4 / 9)  # 3x3 over a map of 2x2


def test_accelerators_for_anns_run_the_twin_and_others_the_spikes() -> None:
    running = ["SparTen-SNN", "SparTen", "LoAS", "Gamma"]
    beside = compare("alexnet", accelerators=running, workload={"activation_density": 0.5})
    snn = compare("alexnet", accelerators=["SparTen-SNN", "LoAS"])
    ann = compare(generate_ann("alexnet", 0.5), accelerators=["SparTen", "Gamma"])
    assert beside.accelerators == running
    for alone in (snn, ann):
        for total in alone.totals:
            same = beside.total("alexnet activation_density=0.5", total.accelerator)
            assert same is not None
            assert same.counts == total.counts
            assert same.pe_cycles == total.pe_cycles
    ann_notes = {note for name in ("SparTen", "Gamma") for note in beside.notes.pop(name)}
    assert {note.split(",")[0] for note in ann_notes} == {"runs the activations of the ANN twin"}


def test_what_an_accelerator_for_anns_takes_for_activations_is_said() -> None:
    def notes(network: str | Network) -> str:
        return " ".join(compare(network, accelerators="SparTen").layers[0].notes)

    assert "takes the SNN's active neurons for activations" in notes("A-L4")
    assert "active neurons" not in notes(generate_ann("A-L4", 0.5))


def test_the_detailed_model_runs_the_twin_too() -> None:
    workload = {"activation_density": 0.5}
    [beside] = compare("V-L8", accelerators="SparTen", workload=workload, model="both").totals
    twins = generate_ann("V-L8", 0.5)
    [alone] = compare(twins, accelerators="SparTen", model="both").totals
    assert beside.detailed is not None
    assert alone.detailed is not None
    assert beside.detailed.counts == alone.detailed.counts


def test_single_layers_have_the_names_of_the_published_figures() -> None:
    for name, (network, number) in SINGLE_LAYERS.items():
        [one] = statistics_of(name.lower())
        assert (one.network, one.layer) == (network, number)
    whole, single = (compare(name, accelerators="LoAS") for name in ("alexnet", "a-l4"))
    assert single.networks == ["A-L4"]
    assert single.layers[0].counts == whole.layers[2].counts
