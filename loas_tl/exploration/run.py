"""Explore a design space: ``loas_tl.explore``."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from numbers import Integral
from typing import Any, Literal

from loas_tl.comparison import dataflow_of
from loas_tl.designs.accountings import Entrant
from loas_tl.designs.design import Design
from loas_tl.designs.effects import Model as Seen
from loas_tl.designs.effects import unseen
from loas_tl.designs.parameter import plain
from loas_tl.designs.readings import Reading
from loas_tl.exploration.batch import Batch, State
from loas_tl.exploration.constraints import Constraint, parse_constraint
from loas_tl.exploration.figures import DEFAULT, OBJECTIVES, TRAFFIC
from loas_tl.exploration.how import MODELS, How, ModelName
from loas_tl.exploration.identity import text_key, version
from loas_tl.exploration.points import Point, assembled
from loas_tl.exploration.ranges import Axis
from loas_tl.exploration.result import Space, objective
from loas_tl.exploration.runners import runner_of
from loas_tl.exploration.samplers import (
    SAMPLERS,
    Sampler,
    SamplerName,
    Score,
    by_chance,
    check_points,
    grid,
)
from loas_tl.exploration.space import Dimensions, described, dimensions
from loas_tl.exploration.store import Store
from loas_tl.exploration.workloads import PREFIX, Workload
from loas_tl.ground.errors import InputError
from loas_tl.ground.given import check_mapping, names_of, path_of
from loas_tl.ground.raised import of_file
from loas_tl.workload.source import Networks, Samples, coverages

Progress = Callable[[State], None]

METRICS: dict[str, Literal["cycles", "energy", "edp"]] = {
    "cycles": "cycles",
    "seconds": "cycles",
    "energy_pJ": "energy",
    "edp": "edp",
}
"""What a search for mappings makes small, by the first of these among the objectives."""


def explore(
    accelerators: Iterable[str | Design] | str | Design,
    networks: Networks | None = None,
    *,
    vary: Mapping[str, object],
    tensors: str | os.PathLike[str] | None = None,
    spikes: str | os.PathLike[str] | None = None,
    layers: str | os.PathLike[str] | None = None,
    settings: Mapping[str, str] | None = None,
    workload: Mapping[str, object] | None = None,
    model: ModelName = "published",
    mappings: int | None = None,
    objectives: Sequence[str] | str = DEFAULT,
    constraints: Sequence[str] | str = (),
    sampler: SamplerName | None = None,
    points: int | None = None,
    seed: int = 0,
    sampler_seed: int | None = None,
    samples: Samples = "each",
    reading: Reading = "plausible",
    accounting: Literal["published", "own"] = "published",
    store: str | os.PathLike[str] | None = None,
    jobs: int | None = None,
    scheduler: Any = None,
    progress: Progress | None = None,
) -> Space:
    """Evaluate many designs, and find those that no other one is better than.

    A point's figures are those of :func:`loas_tl.compare` (or of ``model`` and ``map``) for that
    design, to the last digit, whatever the sampler, ``jobs`` and ``scheduler``. A process keeps
    what its points have in common in 384 MiB at most
    (:data:`loas_tl.exploration.evaluation.KEPT`).

    Args:
        accelerators: names or designs, as for :func:`loas_tl.compare`; those that have a key vary
            it, the others do not.
        networks: as for :func:`loas_tl.compare`, as are ``tensors``, ``spikes`` and ``layers``.
        vary: by key (a parameter, or ``workload.timesteps``, ``workload.weight_density``,
            ``workload.seed``) several values, or a text as behind ``--vary KEY=``: ``"8,16,32"``,
            ``"8..64:8"``, ``"8..64*2"``, ``"0.1..0.9"``.
        tensors: see ``networks``.
        spikes: see ``networks``.
        layers: see ``networks``.
        settings: parameters for every accelerator that has them.
        workload: ``timesteps`` and ``weight_density`` of generated networks.
        model: ``"published"`` or ``"detailed"``, as for :func:`loas_tl.compare`; ``"timeloop"``:
            the Timeloop spec with its own mapping by the native engine; ``"mapped"``: with the best
            mapping of a search over ``mappings`` of them.
        mappings: see ``model``; 2,000 unless given.
        objectives: what is to be small, or large: ``cycles``, ``seconds``, ``energy_pJ``, ``edp``
            (J s), ``area_mm2``, ``power_mW``, ``dram_KiB``, ``sram_KiB``, ``utilisation``; of
            several networks the geometric mean, or of one of them ``vgg16.cycles``.
        constraints: bounds that a design has to keep, ``"area_mm2<=3"``.
        sampler: ``"grid"`` (the default), ``"random"``, ``"nsga2"`` or ``"tpe"``.
        points: at most; by default the whole grid, or 100.
        seed: of generated tensors, of the search for mappings, and of the sampler where that has
            none of its own.
        sampler_seed: of the sampler alone, so that other points of the same workload are looked at.
        samples: of layers that hold several, as for :func:`loas_tl.compare`.
        reading: of what the papers leave open, likewise; the detailed model alone depends on it.
        accounting: by whose rules designs count that were published by rules of their own.
        store: an SQLite file. What is in it is not run again, and what is found is kept as it
            comes.
        jobs: processes; by default one a core.
        scheduler: of Dask, an address (``"tcp://..."``) or a ``dask.distributed.Client``, in place
            of processes of this machine.
        progress: called as points are done.

    Returns:
        All points, with fronts and best designs.

    Raises:
        InputError: where something given cannot be used; the message is one line.

    >>> import loas_tl
    >>> space = loas_tl.explore("LoAS", "V-L8", vary={"pes": [8, 16]}, jobs=1)
    >>> [(one["pes"], one["cycles"]) for one in space.points]
    [(8, 27267), (16, 14213)]
    >>> space.best("cycles")["pes"]
    16
    """
    if model not in MODELS:
        raise InputError(f"unknown model {model!r}; expected one of {', '.join(MODELS)}")
    check_mapping(vary, "vary")
    if isinstance(accelerators, str | Design) or not isinstance(accelerators, Iterable):
        accelerators = [accelerators]
    wanted = names_of(objectives, "--objective")
    bounds = names_of(constraints, "--constraint")
    if store is not None:
        path_of(store, "store")
    _at_least(1, jobs=jobs, mappings=mappings)
    _at_least(0, seed=seed, sampler_seed=sampler_seed)
    check_points(points)
    if model != "detailed" and reading != "plausible":
        raise InputError("acts on the detailed model alone", key="--reading")
    if accounting not in ("published", "own"):
        raise InputError(f"is {accounting!r}; expected published or own", key="--accounting")
    found = dimensions(accelerators, vary, settings, reading)
    for one in found:
        _has_model(one.base, model)
    task = Workload(networks, tensors, spikes, layers, seed, workload, samples)
    task.check({k.removeprefix(PREFIX): v for k, v in vary.items() if k.startswith(PREFIX)})
    plans = task.plans()
    names = tuple(dict.fromkeys(plan.network for plan in plans))
    try:
        chosen = tuple(dict.fromkeys(objective(name, names).name for name in wanted))
    except InputError as error:
        raise InputError(str(error), key="--objective") from None
    if not chosen:
        raise InputError("no objectives given; expected at least one", key="--objective")
    several = names if len(names) > 1 else ()
    known = [*OBJECTIVES, *(f"{n}.{name}" for n in several for name in OBJECTIVES)]
    kept = tuple(parse_constraint(text, known) for text in bounds)
    _counted(model, (*chosen, *(each.name for each in kept)))
    how = replace(_how(model, mappings, chosen, seed), accounting=accounting)
    sampling = _sampling(
        sampler, found, points, seed if sampler_seed is None else sampler_seed, chosen, kept
    )
    asked = {
        "space": described(found),
        "workload": [recipe.key for plan in plans for recipe in plan.recipes],
        "networks": list(names),
        "objectives": list(chosen),
        "constraints": [str(each) for each in kept],
        "model": how.key,
        "sampler": sampler or "grid",
        "points": points,
        "seed": seed,
        **({} if sampler_seed in (None, seed) else {"sampler_seed": sampler_seed}),
        "version": version(),
    }
    key = text_key(repr(sorted(asked.items())))
    notes = (*_notes(found, model), *_of_networks(task))
    asked["notes"] = list(notes)
    with Store(store) as results, runner_of(scheduler, jobs) as runner:
        results.begin(key, asked)
        batch = Batch(results, runner, task, how, key, progress)
        study = _study(sampler, store, key, chosen)
        answer: list[Point] = []
        try:
            candidates = next(sampling)
            while True:
                came = batch.evaluate(candidates, points_in_all=_expected(sampler, points))
                scores = [_score(point, chosen, kept) for point in came]
                if study is not None:
                    study.keep(candidates, scores)
                candidates = sampling.send(scores)
        except StopIteration:
            pass
        except KeyboardInterrupt:
            batch.interrupt()
        finally:
            if study is not None:
                study.close()
        answer = batch.points()
    return Space(
        points=tuple(answer),
        networks=names,
        objectives=chosen,
        constraints=kept,
        model=model,
        varied=tuple(vary),
        interrupted=batch.interrupted,
        asked=asked,
        notes=notes,
    )


def _of_networks(task: Workload) -> list[str]:
    """What is to be said of the networks: means of samples, and what they leave out."""
    sources = task.sources()
    counts = {one.network: len(one.samples) for one in sources}
    said = [f"{name}: mean of {n} samples" for name, n in counts.items() if n > 1]
    return said + [f"{name}: {coverage}" for name, coverage in coverages(sources).items()]


def read_space(store: str | os.PathLike[str]) -> Space:
    """The space that was last explored into a store, as far as it was; nothing is run.

    Args:
        store: the SQLite file.

    Returns:
        The space; its points have no designs.

    Raises:
        InputError: where the file is no store, or has no space.

    >>> import loas_tl
    >>> vary = {"pes": [8, 16]}
    >>> space = loas_tl.explore("LoAS", "V-L8", vary=vary, store="space.db", jobs=1)
    >>> loas_tl.read_space("space.db").to_json() == space.to_json()
    True
    """
    path_of(store, "store")
    with of_file(store), Store(store, read_only=True) as results:
        spaces = results.spaces()
        if not spaces:
            raise InputError("has no space; expected one of an earlier run", file=store)
        key, asked = spaces[0]

        def find(design: str, recipe: str) -> Any:
            layer = results.layer_of(recipe)
            if layer is None:
                return None
            return results.find(design, layer, asked["model"], asked["version"])

        points = tuple(assembled(row, find) for row in results.rows(key))
    varied = dict.fromkeys(name for one in asked["space"] for name in one["vary"])
    notes = list(asked["notes"])
    if len(spaces) > 1:
        notes.append(f"the store has {len(spaces)} spaces; this is the one that was run last")
    return Space(
        points=points,
        networks=tuple(asked["networks"]),
        objectives=tuple(asked["objectives"]),
        constraints=tuple(parse_constraint(text, _Any()) for text in asked["constraints"]),
        model=asked["model"].split()[0],
        varied=tuple(varied),
        asked=asked,
        notes=tuple(notes),
    )


class _Any(frozenset[str]):
    """Every name: what is in a store was checked when it was asked."""

    def __contains__(self, _: object) -> bool:
        return True


def _at_least(least: int, **given: int | None) -> None:
    for name, value in given.items():
        if value is None:
            continue
        option = f"--{name.replace('_', '-')}"
        if not isinstance(value, Integral) or isinstance(value, bool):
            raise InputError(
                f"is {value!r}; expected a whole number, {least} or more",
                key=option,
            )
        if value < least:
            raise InputError(f"is {value}; expected {least} or more", key=option)


def _has_model(design: Design, model: ModelName) -> None:
    if model in ("published", "detailed"):
        dataflow_of(Entrant(design), model)
    else:
        design.timeloop_or_refuse()


def _counted(model: ModelName, names: Iterable[str]) -> None:
    """Refuse figures that a model does not give (InputError)."""
    if model in ("published", "detailed"):
        return
    for name in names:
        if name.rpartition(".")[2] in TRAFFIC:
            raise InputError(
                f"the {model} model gives no {name}; expected one of "
                f"{', '.join(one for one in OBJECTIVES if one not in TRAFFIC)}",
                key="--objective",
            )


def _how(model: ModelName, mappings: int | None, objectives: Sequence[str], seed: int) -> How:
    if model != "mapped":
        if mappings is not None:
            raise InputError("goes with model mapped", key="--mappings")
        return How(model)
    plain = [name.rpartition(".")[2] for name in objectives]
    metric = next((METRICS[name] for name in plain if name in METRICS), METRICS["edp"])
    how = How(model, metric=metric, seed=seed)
    return how if mappings is None else replace(how, mappings=mappings)


def _sampling(
    sampler: SamplerName | None,
    found: Sequence[Dimensions],
    points: int | None,
    seed: int,
    objectives: Sequence[str],
    constraints: Sequence[Constraint],
) -> Sampler:
    if sampler not in (None, *SAMPLERS):
        raise InputError(f"unknown sampler {sampler!r}; expected one of {', '.join(SAMPLERS)}")
    if sampler in ("nsga2", "tpe"):
        from loas_tl.exploration.guided import guided

        return guided(sampler, found, points, seed, len(objectives), len(constraints))
    return (by_chance if sampler == "random" else grid)(found, points, seed)


def _expected(sampler: SamplerName | None, points: int | None) -> int | None:
    from loas_tl.exploration.samplers import POINTS

    return (points or POINTS) if sampler in ("nsga2", "tpe") else None


def _study(
    sampler: SamplerName | None,
    store: str | os.PathLike[str] | None,
    key: str,
    objectives: Sequence[str],
) -> Any:
    if sampler not in ("nsga2", "tpe") or store is None:
        return None
    from loas_tl.exploration.guided import Study

    return Study(store, f"{sampler} {key}", objectives)


def _score(point: Point, names: Sequence[str], constraints: Sequence[Constraint]) -> Score:
    values = [point.figures.get(name) for name in names]
    if any(value is None for value in values):
        return Score(None)
    signs = (OBJECTIVES[name.rpartition(".")[2]].sign for name in names)
    return Score(
        tuple(sign * float(value or 0.0) for sign, value in zip(signs, values, strict=True)),
        tuple(each.excess(point.figures) for each in constraints),
    )


def _notes(found: Sequence[Dimensions], model: ModelName) -> tuple[str, ...]:
    """What is to be said of keys that a model does not see, and of what it leaves out."""
    seen: Seen = "timeloop" if model == "mapped" else model
    lines = []
    for one in found:
        for axis in one.axes:
            changed = _changed(one.base, axis)
            if changed is not None:
                # One value stands for the key.
                said = f"{axis.key}={plain(getattr(changed, axis.key))}"
                lines += [
                    f"{one.base.label}: {axis.key}{line.removeprefix(said)}"
                    for line in unseen(changed, (seen, "energy"))
                    if line.startswith(said)
                ]
    if model in ("timeloop", "mapped"):
        lines.append("area_mm2 is of what the Timeloop spec holds; its switches are left out")
    return tuple(dict.fromkeys(lines))


def _changed(base: Design, axis: Axis) -> Design | None:
    """The design with another value of an axis; None of a workload's, or where none can be."""
    if axis.key.startswith(PREFIX):
        return None
    for value in axis.values[:8] or (axis.high,):
        with suppress(InputError):
            if (changed := base.with_(**{axis.key: value})) != base:
                return changed
    return None
