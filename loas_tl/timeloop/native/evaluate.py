"""The whole model: a machine and a mapping to a result.

The order is Timeloop's, so that of several reasons to refuse a mapping the same one is given:
formats against the mapping, the loop nest, formats' ranks, rules, computes, then each storage
level from the innermost outwards.

Source: Timeloop (ISPASS 2019) and Sparseloop (MICRO 2022), section 5; timeloop-model 4cf6d4c.
"""

from __future__ import annotations

from collections.abc import Mapping as Dictionary
from dataclasses import dataclass

from loas_tl.ground.errors import InputError
from loas_tl.timeloop.errors import EngineError, MappingError
from loas_tl.timeloop.native import buffer, overbooking
from loas_tl.timeloop.native.actions import savings
from loas_tl.timeloop.native.computing import Computes, computes
from loas_tl.timeloop.native.density import DensityModel, density_model
from loas_tl.timeloop.native.formats import Fibers
from loas_tl.timeloop.native.machine import Machine
from loas_tl.timeloop.native.mapping import Mapping, build_mapping
from loas_tl.timeloop.native.nest import Nest, analyse
from loas_tl.timeloop.native.occupancy import Stored, dense, expected
from loas_tl.timeloop.native.propagation import Counts, Propagated, dense_counts, propagate
from loas_tl.timeloop.native.ranks import check_formats, map_ranks
from loas_tl.timeloop.native.report import LevelReport, TensorReport, result_of
from loas_tl.timeloop.native.resolve import build_machine
from loas_tl.timeloop.prices import Given, Prices
from loas_tl.timeloop.prices import prices as prices_of
from loas_tl.timeloop.result import Result
from loas_tl.timeloop.spec.specification import Spec, check_spec
from loas_tl.timeloop.spec.tables import EnergyTable


def evaluate(
    spec: Spec,
    energies: EnergyTable | None = None,
    areas: Dictionary[str, float] | None = None,
    *,
    prices: Prices | Given | None = None,
    models: Dictionary[str, DensityModel] | None = None,
) -> Result:
    """Evaluates a specification with its mapping.

    Args:
        spec: The specification; its mapping must be complete.
        energies: pJ by component and action (as Accelergy's ERT names them). By default the
            specification's own ERT, else placeholders of 1 pJ an action, which the result says.
            What a table leaves out Timeloop has figures for, which the result's notes say.
        areas: µm² by component; by default the specification's own ART, else 1 µm² each.
        prices: in place of both: pJ by class and action, before what the component models say, or
            all prices (:func:`loas_tl.timeloop.prices.prices`). ``{}`` is the models alone. The
            result says which components have none.
        models: Of data spaces by name, density models in place of the specification's.

    Returns:
        Cycles, energy in pJ, area in µm², and accesses by level and tensor.

    Raises:
        MappingError: The architecture cannot carry out the mapping; with Timeloop's reason.
        EngineError: Counts are too large to be represented.
        InputError: The specification asks for what this engine does not model, by name; or there
            are energies and prices.

    >>> import loas_tl
    >>> layer = loas_tl.generate_network("V-L8").layers[0]
    >>> text = loas_tl.design("LoAS").spec(layer).model_spec
    >>> result = loas_tl.native.evaluate(loas_tl.spec.parse_spec(text))
    >>> result.cycles, list(result.levels)[:3]
    (8991, ['SpikeDRAM', 'WeightDRAM', 'OutputDRAM'])
    """
    check_spec(spec)
    if prices is not None:
        if energies is not None or areas is not None:
            raise InputError("energies and areas come with prices; expected one of the two")
        cost = prices if isinstance(prices, Prices) else prices_of(spec, prices)
        return cost.mark(evaluate(spec, cost.energies, cost.areas, models=models))
    architecture = spec.attached()
    machine = build_machine(spec, energies, areas, attached=architecture)
    return evaluate_mapping(
        machine, build_mapping(machine, architecture, spec.mapping_file), models=models
    )


def evaluate_mapping(
    machine: Machine,
    mapping: Mapping,
    *,
    models: Dictionary[str, DensityModel] | None = None,
) -> Result:
    """Evaluates one mapping on a machine.

    Args:
        machine: The hardware and the problem.
        mapping: Complete, of that problem.
        models: Of data spaces by name, density models in place of the specification's.

    Returns:
        As :func:`evaluate`.

    Raises:
        MappingError: The architecture cannot carry out the mapping; with Timeloop's reason.
        EngineError: Counts are too large to be represented.
        InputError: The specification asks for what this engine does not model, by name.
    """
    try:
        return _evaluate(machine, mapping, models or {})
    except OverflowError as error:
        raise EngineError("counts too large to be represented") from error


def _evaluate(machine: Machine, mapping: Mapping, given: Dictionary[str, DensityModel]) -> Result:
    for tensor in range(len(machine.problem.data_spaces)):
        if not any(level.keep[tensor] for level in mapping.levels):
            raise MappingError(
                machine.compute.name, "one of the tensors is bypassed in all storage levels"
            )
    check_formats(machine, mapping)
    nest = analyse(machine, mapping)
    models = _models(machine, nest, given)
    analysis = _sparse(machine, mapping, nest, models) if machine.sparse else _dense(nest, models)
    compute_cycles = _compute_cycles(machine, nest, analysis.computes)
    spilled: dict[tuple[int, int], float] = {}
    levels = [
        _level(machine, nest, analysis, level, compute_cycles, spilled, part.least_confidence)
        for level, part in enumerate(mapping.levels)
    ]
    return result_of(
        machine, mapping, nest, analysis.propagated, analysis.computes, compute_cycles, levels
    )


@dataclass(frozen=True)
class _Analysis:
    """All that is known before the levels are looked at one by one."""

    models: list[DensityModel]
    fibers: list[dict[int, Fibers]]
    stored: list[list[Stored]]
    propagated: Propagated
    computes: Computes


def _models(
    machine: Machine, nest: Nest, given: Dictionary[str, DensityModel]
) -> list[DensityModel]:
    # As in Timeloop a tensor is as large as the loops make it if all run in full.
    sizes = nest.extents[-1][-1]
    return [
        given.get(d.name)
        or density_model(machine.problem.densities[d.name], projection.size(sizes))
        for d, projection in zip(machine.problem.data_spaces, nest.projections, strict=True)
    ]


def _dense(nest: Nest, models: list[DensityModel]) -> _Analysis:
    total = nest.computes
    return _Analysis(
        models=models,
        fibers=[{} for _ in nest.tiles],
        stored=[[dense(tile) for tile in tiles] for tiles in nest.tiles],
        propagated=dense_counts(nest),
        computes=Computes(total, total),
    )


def _sparse(
    machine: Machine, mapping: Mapping, nest: Nest, models: list[DensityModel]
) -> _Analysis:
    fibers: list[dict[int, Fibers]] = [{} for _ in nest.tiles]
    if machine.formats:
        fibers = [map_ranks(machine, mapping, nest, tensor) for tensor in range(len(nest.tiles))]
    stored = [
        [
            expected(
                tile,
                machine.levels[level].formats[tensor],
                fibers[tensor].get(level),
                models[tensor],
                sifted=tile.parent is not None
                and machine.levels[tile.parent].formats[tensor] is not None,
            )
            for level, tile in enumerate(tiles)
        ]
        for tensor, tiles in enumerate(nest.tiles)
    ]
    saved = savings(machine, mapping, nest, stored, models)
    propagated = propagate(machine, nest, stored, saved)
    done = computes(machine, nest, stored, models, propagated)
    return _Analysis(models, fibers, stored, propagated, done)


def _compute_cycles(machine: Machine, nest: Nest, done: Computes) -> int:
    compute = machine.compute
    x, y = nest.used_x[-1], nest.used_y[-1]
    for used, available, what in (
        (x * y, compute.instances, "instances"),
        (x, compute.mesh_x, "X expansion"),
        (y, compute.mesh_y, "Y expansion"),
    ):
        if used > available:
            raise MappingError(
                compute.name,
                f"mapped max Arithmetic {what} {used} exceeds hardware instances {available}",
            )
    if nest.cycles is not None:
        return nest.cycles
    return -(-(done.actual + done.gated) // nest.units)


def _held(
    machine: Machine, nest: Nest, analysis: _Analysis, level: int, least_confidence: float
) -> list[buffer.Contents]:
    """What each tensor occupies."""
    storage = machine.levels[level]
    fibers = [analysis.fibers[t].get(level) for t in range(len(nest.tiles))]
    held = [
        buffer.contents(machine, level, t, nest, fibers[t], analysis.models[t])
        for t in range(len(nest.tiles))
    ]
    if not storage.overbooking or not machine.sparse:
        return held
    stored = [there[level] for there in analysis.stored]
    parts = overbooking.shares(storage, held, stored)
    return [
        overbooking.fit(
            storage,
            t,
            nest.tiles[t][level],
            fibers[t],
            held[t],
            analysis.models[t],
            parts[t],
            least_confidence,
        )
        for t in range(len(nest.tiles))
    ]


def _level(
    machine: Machine,
    nest: Nest,
    analysis: _Analysis,
    level: int,
    compute_cycles: int,
    spilled: dict[tuple[int, int], float],
    least_confidence: float,
) -> LevelReport:
    """One level; ``spilled`` has the pJ that overbooked levels cost their parents' tensors."""
    storage = machine.levels[level]
    used = nest.used_x[level], nest.used_y[level]
    tensors = range(len(nest.tiles))
    stored = [analysis.stored[t][level] for t in tensors]
    counts: list[Counts] = [analysis.propagated.counts[t][level] for t in tensors]
    held = _held(machine, nest, analysis, level, least_confidence)
    instances = [there.instances for there in stored]
    buffer.check(storage, held, instances, used, least_confidence)
    traffic = buffer.performance(storage, counts, stored, used, compute_cycles)
    clusters = min(used[0] * used[1], storage.instances // storage.cluster_size)
    reports = []
    for t in tensors:
        form = storage.formats[t]
        tile, confidence = nest.tiles[t][level], held[t].confidence
        blocks = buffer.accesses(
            storage,
            counts[t],
            stored[t],
            tile,
            analysis.models[t],
            compressed=machine.sparse and form is not None and form.compressed,
        )
        cost = buffer.energy(storage, blocks, confidence) + spilled.pop((level, t), 0.0)
        if confidence != 1.0 and tile.parent is not None:
            extra = buffer.overflow(machine.levels[tile.parent], blocks, confidence)
            spilled[tile.parent, t] = extra
        reports.append(
            TensorReport(
                tile=tile,
                counts=counts[t],
                stored=stored[t],
                held=held[t],
                density=analysis.models[t].name,
                energy_per_instance=cost / (used[0] * used[1] / clusters),
            )
        )
    return LevelReport(traffic, used, reports)
