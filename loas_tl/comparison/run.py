"""Compare accelerators on networks: the package's front door, ``loas_tl.compare``."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from loas_tl.comparison.comparison import BASELINE, MODELS, Comparison, Model
from loas_tl.comparison.counting import (
    Counted,
    count_layer,
    dataflow_of,
    result_of,
    timed,
)
from loas_tl.comparison.result import LeftOut, Result, added, whole
from loas_tl.designs.accountings import ACCOUNTINGS, Accounting, Entrant, entrants
from loas_tl.designs.design import Design
from loas_tl.designs.effects import Model as DesignModel
from loas_tl.designs.effects import odd, repriced, unseen
from loas_tl.designs.naming import ALL, choose, design
from loas_tl.designs.readings import DEFAULT, READINGS, Reading, read
from loas_tl.designs.registry import compared
from loas_tl.ground.errors import InputError
from loas_tl.workload.source import (
    LayerSource,
    Networks,
    Progress,
    Samples,
    coverages,
    layer_sources,
    on_each_sample,
)


def compare(
    networks: Networks | None = None,
    *,
    tensors: str | os.PathLike[str] | None = None,
    spikes: str | os.PathLike[str] | None = None,
    layers: str | os.PathLike[str] | None = None,
    accelerators: Iterable[str | Design] | str | Design | None = None,
    settings: Mapping[str, str] | None = None,
    baseline: str | None = None,
    seed: int = 0,
    workload: Mapping[str, object] | None = None,
    model: Model = "published",
    samples: Samples = "each",
    accounting: Accounting = "published",
    reading: Reading = DEFAULT,
    progress: Progress | None = None,
) -> Comparison:
    """Run networks through accelerators, by the published models unless asked otherwise.

    Give at most one of ``networks``, ``tensors`` and ``spikes``; by default the three networks
    with published figures are generated.

    Args:
        networks: names (``loas-tl networks`` lists them) or :class:`~loas_tl.Network` objects.
        tensors: an ``.npz`` of ``<layer>/x`` bool[T,M,K] and ``<layer>/w`` integer[K,N], or a
            ``.pth`` of LoAS's own artifact.
        spikes: an ``.npz`` of recorded feature maps, described by ``layers``.
        layers: a YAML file with each layer's kernel, stride, padding, output channels and weights.
        accelerators: names (``"LoAS"``, ``"LoAS:pes=32"``, ``"mine.py:WIDE"``) or designs;
            ``"all"`` is all that are registered; by default LoAS and its baselines.
        settings: parameters for every accelerator that has them.
        baseline: the accelerator that speedups and energy ratios are over; by default
            SparTen-SNN where it runs, else the first.
        seed: of generated tensors.
        workload: ``timesteps``, ``weight_density`` and ``spike_density`` of generated networks,
            where they are not to be the published ones, and the ``activation_density`` of an ANN
            twin that accelerators for ANNs run instead; what was published does not stand beside
            them then.
        model: ``"published"`` counts as the published evaluation did, ``"detailed"`` times the
            machines cycle by cycle (``loas_tl.models.detailed``), ``"both"`` puts them side by
            side.
        samples: of layers that have several, ``"each"`` gives their mean and spread,
            ``"together"`` puts them into M, a number takes one.
        accounting: ``"published"`` counts each accelerator by the rules it was published by,
            ``"own"`` all of them by one walk with one cache, HBM, technology and clock; with
            ``"both"`` those published by other rules than LoAS's evaluation's come twice.
        reading: how the detailed model takes what the papers leave open: ``"claimed"``,
            ``"plausible"`` or ``"literal"`` (``loas_tl.designs.readings``).
        progress: called after each layer.

    Returns:
        Results by layer and accelerator, and their totals.

    Raises:
        InputError: where something given cannot be used; the message is one line.

    >>> import loas_tl
    >>> comparison = loas_tl.compare("V-L8", accelerators=["SparTen-SNN", "LoAS"])
    >>> comparison
    <Comparison: SparTen-SNN, LoAS on V-L8 (VGG16 layer 7), published model>
    >>> frame = comparison.brief()
    >>> frame[["accelerator", "cycles", "speedup"]].round(2)
       accelerator  cycles  speedup
    0  SparTen-SNN   53160     1.00
    1         LoAS   14213     3.74
    """
    [comparison] = compare_readings(
        networks,
        tensors=tensors,
        spikes=spikes,
        layers=layers,
        accelerators=accelerators,
        settings=settings,
        baseline=baseline,
        seed=seed,
        workload=workload,
        model=model,
        samples=samples,
        accounting=accounting,
        readings=(reading,),
        progress=progress,
    )
    return comparison


def compare_readings(
    networks: Networks | None = None,
    *,
    tensors: str | os.PathLike[str] | None = None,
    spikes: str | os.PathLike[str] | None = None,
    layers: str | os.PathLike[str] | None = None,
    accelerators: Iterable[str | Design] | str | Design | None = None,
    settings: Mapping[str, str] | None = None,
    baseline: str | None = None,
    seed: int = 0,
    workload: Mapping[str, object] | None = None,
    model: Model = "detailed",
    samples: Samples = "each",
    accounting: Accounting = "published",
    readings: Sequence[Reading] = READINGS,
    progress: Progress | None = None,
) -> list[Comparison]:
    """:func:`compare` under several readings, by default all; tensors are made only once.

    What accelerators read from the cache does not depend on when, so that three readings take
    little longer than one.

    Args:
        networks: see :func:`compare`, as all that is not described otherwise.
        tensors: see there.
        spikes: see there.
        layers: see there.
        accelerators: see there.
        settings: see there.
        baseline: see there.
        seed: see there.
        workload: see there.
        model: see there; ``"published"`` has no readings but the default.
        samples: see there.
        accounting: see there.
        readings: of what the papers leave open (``loas_tl.designs.readings``).
        progress: see there.

    Returns:
        A comparison for each reading, in order.

    Raises:
        InputError: as :func:`compare` does.
    """
    for what, asked, known in (("model", model, MODELS), ("accounting", accounting, ACCOUNTINGS)):
        if asked not in known:
            raise InputError(f"unknown {what} {asked!r}; expected one of {', '.join(known)}")
    if accelerators is not None and not isinstance(accelerators, Iterable):
        accelerators = [accelerators]
    if isinstance(accelerators, str):
        accelerators = [accelerators]
    named = list(compared() if accelerators is None else accelerators)
    chosen = choose(named, settings)
    if model == "published" and tuple(readings) != (DEFAULT,):
        raise InputError(
            "acts on the detailed model alone; expected model detailed or both with it",
            key="--reading",
        )
    left_out = []
    if ALL in named and model != "published":
        left_out = [LeftOut(one.label, "no detailed model") for one in chosen if not timed(one)]
        chosen = [one for one in chosen if timed(one)]
    over = _baseline(entrants(chosen, accounting), baseline)
    read_as = [
        entrants([read(one, reading, settings or ()) for one in chosen], accounting)
        for reading in readings
    ]
    everyone = [entrant for running in read_as for entrant in running]
    dataflows = [dataflow_of(one, model) for one in everyone]
    for one in chosen:
        _ = one.constants  # complain before tensors are made
    sources = layer_sources(
        networks,
        tensors=tensors,
        spikes=spikes,
        layers=layers,
        seed=seed,
        settings=workload,
        samples=samples,
    )
    answers = on_each_sample(
        sources, lambda layer: count_layer(layer, everyone, dataflows, model), progress
    )
    comparisons = []
    for number, (reading, running) in enumerate(zip(readings, read_as, strict=True)):
        own = slice(number * len(running), (number + 1) * len(running))
        counted = [[[parts[own] for parts in sample] for sample in layer] for layer in answers]
        results, totals, without = _results(sources, running, counted, model)
        comparisons.append(
            Comparison(
                results,
                totals,
                frozenset(source.network for source in sources if source.generated),
                model,
                tuple(running),
                over,
                coverages(sources),
                (*left_out, *without),
                reading,
            )
        )
    return comparisons


def _results(
    sources: Sequence[LayerSource],
    running: Sequence[Entrant],
    answers: Sequence[Sequence[Sequence[Sequence[Counted | str]]]],
    model: Model,
) -> tuple[tuple[Result, ...], tuple[Result, ...], list[LeftOut]]:
    """Layers, totals and what has no figures, of what was counted.

    Args:
        sources: the layers.
        running: the accelerators.
        answers: of each layer, each sample and each of its parts, by accelerator; a text says why
            there is no count.
        model: which model counted.
    """
    said = {one.label: _notes(one, model) for one in running}
    results, left_out = [], []
    for source, of_layer in zip(sources, answers, strict=True):
        for at, entrant in enumerate(running):
            counted = [[parts[at] for parts in sample] for sample in of_layer]
            why = next((c for sample in counted for c in sample if isinstance(c, str)), None)
            if why is not None:
                left_out.append(LeftOut(entrant.label, why, source.network, source.layer))
                continue
            results.append(
                Result.mean(
                    [
                        whole(
                            [
                                result_of(source, entrant, part, said[entrant.label])
                                for part in sample
                                if not isinstance(part, str)
                            ]
                        )
                        for sample in counted
                    ]
                )
            )
    partly = {(one.network, one.accelerator) for one in left_out}
    totals = tuple(
        total
        for total in _totals(results, said)
        if (total.network, total.accelerator) not in partly
    )
    return tuple(results), totals, left_out


def _baseline(running: Sequence[Entrant], asked: str | None) -> str:
    """The label of the accelerator that ratios are over; InputError where it does not run."""
    labels = [one.label for one in running]
    if asked is not None:
        if asked in labels:
            return asked
        wanted = design(asked)
        first = [one for one in running if not one.beside]
        exact = [one for one in first if one.design == wanted and one.label == wanted.label]
        found = exact or [one for one in first if wanted in (one.design, one.design.origin)]
        if len(found) != 1:
            raise InputError(
                f"{asked!r} {'is several' if found else 'does not run'} here; expected one of "
                f"{', '.join(labels)}",
                key="--baseline",
            )
        return found[0].label
    if BASELINE in labels:
        return BASELINE
    return next((one.label for one in running if one.design.name == BASELINE), labels[0])


def _notes(entrant: Entrant, model: Model) -> tuple[str, ...]:
    """What is to be said of a design's figures, whatever the layer."""
    one = entrant.design
    if entrant.rules is not None:
        return (*unseen(one, ("rules",)), *entrant.rules.notes)
    asked: tuple[DesignModel, ...] = ("published", "detailed") if model == "both" else (model,)
    notes = unseen(one, (*asked, "energy"))
    if one.published is not None and one.published.compute is not None and repriced(one):
        notes.append(
            f"energy_published has {type(one).name}'s published constants, whatever is set"
        )
    if one.pe() is None:
        notes.append("its PEs are not declared: their energy, area and leakage are unpriced")
    return (*notes, *odd(one), *one.chip.outside())


def _totals(results: Sequence[Result], said: Mapping[str, tuple[str, ...]]) -> list[Result]:
    """The layers of each network and accelerator added up, with their notes counted."""
    layers: dict[tuple[str, str], list[Result]] = {}
    for result in results:
        layers.setdefault((result.network, result.accelerator), []).append(result)
    totals = []
    for (_, accelerator), of_network in layers.items():
        total = added(of_network)
        general = said[accelerator]
        of_layers = [note for r in of_network for note in r.notes if note not in general]
        words = [
            f"{note} (in {of_layers.count(note)} of {len(of_network)} layers)"
            for note in dict.fromkeys(of_layers)
        ]
        totals.append(replace(total, notes=(*general, *words)))
    return totals
