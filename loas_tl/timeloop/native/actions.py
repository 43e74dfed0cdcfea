"""Skipping and gating at storage levels: how often a read of the target is not done.

A rule says: do not read a tile of the *target* where the tile of the *condition* it would meet
is all zeros. Which tiles meet follows from the loop nest:

- The granularity is the tile of the target that leaves the level at once: of the innermost loop
  that matters to the target between this level and the next that keeps it (its target loop). At
  the innermost level, single words.
- Spatial loops above the target loop, and loops that leave a spatial tile of the target where it
  is, enlarge the condition's tile: all of it is met while the target stays.
- If the target loop walks a dimension that both tensors have, only one iteration's part is met;
  a memory that reads a block at a time meets a block's part.

With the tile known by its size, the density model gives the probability that it is empty. Several
conditions count as independent: the read is done where none of their tiles is empty.

Source: Sparseloop (MICRO 2022), section 5.3.4, and the counts of timeloop-model 4cf6d4c.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from loas_tl.timeloop.errors import EngineError, MappingError
from loas_tl.timeloop.native.density import DensityModel
from loas_tl.timeloop.native.machine import Action, Condition, Machine
from loas_tl.timeloop.native.mapping import Loop, Mapping
from loas_tl.timeloop.native.nest import Nest
from loas_tl.timeloop.native.occupancy import Stored
from loas_tl.timeloop.native.tiles import Projection


@dataclass(frozen=True)
class Saving:
    """What a level does about a tensor's reads: ``gated`` or ``skipped``, how often."""

    type: str
    probability: float


Savings = dict[tuple[int, int], Saving]
"""(level, tensor) -> what is done there."""


@dataclass(frozen=True)
class _Target:
    """Where the target's tile is found.

    Attributes:
        level: that keeps the target; child: the next inner one, None for the compute level.
        dimension: of the target loop; spatial: whether it is a spatial loop.
        reach: each dimension's extent of the target's tile.
        met: each dimension's extent of the condition's tile, before shared dimensions are cut.
        loops: the target loop and those that enlarge the condition's tile.
        words: whether single words are met (no dimension is cut then).
    """

    level: int
    child: int | None
    dimension: int
    spatial: bool
    reach: tuple[int, ...]
    met: tuple[int, ...]
    loops: tuple[Loop, ...]
    words: bool


def savings(
    machine: Machine,
    mapping: Mapping,
    nest: Nest,
    stored: list[list[Stored]],
    models: list[DensityModel],
) -> Savings:
    """What every rule saves.

    Args:
        machine: The hardware with its rules.
        mapping: The mapping.
        nest: Its dense analysis.
        stored: [tensor][level] expected contents.
        models: Each tensor's density.

    Raises:
        MappingError: A rule's target is kept nowhere; with Timeloop's reason.
    """
    found: Savings = {}
    for action in machine.actions:
        level, tensor, probability = _best(machine, mapping, nest, stored, models, action)
        known = found.get((level, tensor))
        # Of several rules for the same tile the one that saves more counts.
        if known is None or known.probability < probability:
            found[level, tensor] = Saving(action.type, probability)
    return found


def _best(
    machine: Machine,
    mapping: Mapping,
    nest: Nest,
    stored: list[list[Stored]],
    models: list[DensityModel],
    action: Action,
) -> tuple[int, int, float]:
    """The option that saves most energy; the last of equals."""
    choices = []
    for number, option in enumerate(action.options):
        level, probability, words = _impact(
            machine, mapping, nest, stored, models, action.level, option
        )
        storage = machine.levels[level]
        cost = storage.energies["random_read"] / storage.block_size
        choices.append((cost * words * probability, number, level, option.target, probability))
    return max(choices)[2:]


def _impact(
    machine: Machine,
    mapping: Mapping,
    nest: Nest,
    stored: list[list[Stored]],
    models: list[DensityModel],
    level: int,
    option: Condition,
) -> tuple[int, float, float]:
    """The level whose reads are saved, how often, and the words that one read moves."""
    tiles = nest.tiles[option.target]
    source = next((i for i in range(level, len(tiles)) if tiles[i].size), None)
    if source is None:
        name = machine.problem.data_spaces[option.target].name
        raise MappingError(
            machine.levels[level].name,
            f"skipping/gating for {name}does not have a source storage for datastreams"
            f"{machine.levels[level].name}",
        )
    target = _target(mapping, nest, option.target, source)
    block_size = machine.levels[source].block_size
    effectual = 1.0
    for condition in option.on:
        size = _met_size(
            target, nest.projections[option.target], nest.projections[condition], block_size
        )
        if size is not None:
            effectual *= 1 - models[condition].probability(size, 0)
    # What goes to the inner level is what its format holds.
    inner = source if target.child is None else target.child
    storage = machine.levels[source]
    ratio = storage.metadata_word_bits // storage.word_bits
    if stored[option.target][inner].formatted and not stored[option.target][inner].metadata:
        raise EngineError(
            f"{machine.levels[inner].name}: a tile too large for Timeloop to bound its non-zeros"
        )
    words = stored[option.target][source].data
    words += stored[option.target][inner].metadata_words * ratio
    return source, 1 - effectual, words


def _target(mapping: Mapping, nest: Nest, tensor: int, source: int) -> _Target:
    """Finds the target loop and what it meets."""
    child = nest.tiles[tensor][source].child
    relevant = nest.projections[tensor].dimensions
    nested = [
        (level, index)
        for level in range(0 if child is None else child + 1, source + 1)
        for index in range(len(mapping.levels[level].loops))
    ]

    def loop_at(position: int) -> Loop:
        level, index = nested[position]
        return mapping.levels[level].loops[index]

    words = False
    chosen = len(nested) - 1
    for position in range(len(nested)):
        loop = loop_at(position)
        matters = loop.dimension in relevant and loop.bound > 1
        if child is None:
            level, index = nested[position]
            row = mapping.levels[level].loops
            last_in_space = index + 1 >= len(row) or not row[index + 1].axis
            words = last_in_space and not loop.axis
            matters = matters or last_in_space
        if matters:
            chosen = position
            break
    loop = loop_at(chosen)
    level, index = nested[chosen]
    reach = (1,) * len(nest.extents[0][0]) if words else nest.extents[level][index]
    loops = [loop]
    met = list(reach)
    spatial = bool(loop.axis)
    stationary = spatial
    for position in range(chosen + 1, len(nested)):
        upper = loop_at(position)
        if upper.bound <= 1:
            continue
        matters = upper.dimension in relevant
        # A spatial tile of the target stays until a loop in time moves it on.
        stays = stationary and not upper.axis and child is not None and not matters
        if upper.axis or stays:
            met[upper.dimension] *= upper.bound
            loops.append(upper)
        if spatial and not upper.axis and (child is None or matters):
            stationary = False
    return _Target(
        source, child, loop.dimension, spatial, tuple(reach), tuple(met), tuple(loops), words
    )


def _met_size(
    target: _Target, projection: Projection, condition: Projection, block_size: int
) -> int | None:
    """Words of the condition's tile that a read of the target meets; None for no saving."""
    shared = projection.dimensions & condition.dimensions
    cuts: dict[int, float] = {}
    together = 1.0
    for loop in () if target.words else target.loops:
        if target.spatial and cuts and loop.dimension in condition.dimensions:
            # The condition's tile would have to be walked out of order.
            return None
        if loop.dimension in shared:
            cuts[loop.dimension] = cuts.get(loop.dimension, 1.0) * loop.bound
            together *= loop.bound
    met = list(target.met)
    scaling: float = math.ceil(block_size / (projection.size(target.reach) / together))
    for dimension in sorted(cuts):
        effective = cuts[dimension] / scaling
        met[dimension] = math.ceil(met[dimension] / effective)
        scaling = scaling / cuts[dimension]
    if scaling > 1:
        met[target.dimension] = int(met[target.dimension] * scaling)
    return condition.size(tuple(met))
