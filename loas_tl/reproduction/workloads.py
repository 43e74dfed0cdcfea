"""Table II, and the silent neurons of Fig. 16b."""

from __future__ import annotations

from loas_tl.reproduction.item import Row
from loas_tl.reproduction.runs import Runs
from loas_tl.workload.generate import generate_network
from loas_tl.workload.statistics import statistics_of

IMPOSED = "imposed on the generated spikes, so no prediction"


def table_2(runs: Runs) -> list[Row]:
    """Densities of the generated networks beside the published statistics."""
    rows = []
    for letter, network in runs.networks.items():
        layers = generate_network(network, runs.seed).layers
        known = statistics_of(network)
        neurons = sum(one.M * one.K for one in known)
        weights = sum(one.K * one.N for one in known)
        slots = sum(one.T * one.M * one.K for one in known)
        figures = (
            ("spike sparsity", sum(int(x.spikes.sum()) for x in layers), "spikes", slots),
            (
                "silent neurons",
                sum(int(x.spikes.any(axis=0).sum()) for x in layers),
                "active_neurons",
                neurons,
            ),
            (
                "silent neurons, fine-tuned",
                sum(int((x.spikes.sum(axis=0) > 1).sum()) for x in layers),
                "active_neurons_ft",
                neurons,
            ),
            (
                "weight sparsity",
                sum(int((x.weights != 0).sum()) for x in layers),
                "weights",
                weights,
            ),
        )
        for what, ours, attribute, of in figures:
            published = sum(getattr(one, attribute) for one in known)
            rows.append(
                Row(
                    f"{letter}, {what}",
                    100 * (1 - ours / of),
                    100 * (1 - published / of),
                    "%",
                    IMPOSED,
                )
            )
    return rows


SILENT = {6: (0.92, 0.99), 8: (0.91, 0.97)}


def fig_16b(runs: Runs) -> list[Row]:
    """Silent neurons of VGG16 over those as trained at T = 4."""
    base = _silent(runs, 4)[0]
    note = "over the fine-tuned network's own neurons at T = 4; which network it is, is not stated"
    rows = [Row("T = 4, fine-tuned", _silent(runs, 4)[1] / base, 1.13, "ratio", note)]
    for timesteps, published in SILENT.items():
        for what, ours, theirs in zip(
            ("", ", fine-tuned"), _silent(runs, timesteps), published, strict=True
        ):
            rows.append(Row(f"T = {timesteps}{what}", ours / base, theirs, "ratio", IMPOSED))
    return rows


def _silent(runs: Runs, timesteps: int) -> tuple[int, int]:
    """Neurons that never fire, and that fire once at most."""
    changed = {} if timesteps == 4 else {"timesteps": timesteps}
    layers = generate_network("vgg16", runs.seed, **changed).layers
    fired = [layer.spikes.sum(axis=0) for layer in layers]
    never = sum(int((one == 0).sum()) for one in fired)
    return never, sum(int((one <= 1).sum()) for one in fired)
