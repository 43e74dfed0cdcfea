"""Dense traffic of mappings: what each level is read, filled and updated with, zeros and all.

Timeloop walks the nest with every loop in time at its first iteration and once more for all
others, and sends a level the difference between its tile and the one before, if the tile moves
on as it did the last time; else the whole tile. That has a closed form: of the loops around a
tile, innermost first, those that do not move it send nothing, the first that does sends the new
part, and the others the whole tile, unless their step happens to be zero or the same one.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from loas_tl.mapper.arithmetic import unique_rows
from loas_tl.mapper.loops import Bools, Floats, Ints, Nests
from loas_tl.mapper.machine import Machine, Tensor


@dataclass(frozen=True)
class Traffic:
    """Scalar accesses of each level (first index) and tensor (second), [B] each.

    Attributes:
        reads, fills, updates: per instance; zero where the level does not keep the tensor.
        copies: instances a mapping uses of the compute units (first) and of each level;
            x_copies, y_copies: by axis.
        iterations: of one compute unit; computes: of all of them.
        unsure: mappings with traffic between neighbours that this closed form leaves out.
    """

    reads: list[list[Floats]]
    fills: list[list[Floats]]
    updates: list[list[Floats]]
    copies: list[Floats]
    x_copies: list[Floats]
    y_copies: list[Floats]
    iterations: Floats
    computes: Floats
    unsure: Bools


def traffic_of(nests: Nests, keep: tuple[tuple[bool, ...], ...]) -> Traffic:
    """Dense traffic.

    Args:
        nests: the loop nests.
        keep: for each level and tensor whether it is kept there.
    """
    machine = nests.machine
    temporal = [p for p, spatial in enumerate(nests.spatial) if not spatial]
    spatial = [p for p, is_spatial in enumerate(nests.spatial) if is_spatial]
    iterations = _product(nests.bound[temporal])
    unsure = np.zeros(len(nests.mappings), bool)
    reads: list[list[Floats]] = [[] for _ in machine.levels]
    fills: list[list[Floats]] = [[] for _ in machine.levels]
    updates: list[list[Floats]] = [[] for _ in machine.levels]
    for t, tensor in enumerate(machine.tensors):
        contents, shares, parts, doubtful = _tensor(nests, t, keep, iterations)
        unsure |= doubtful
        kept = [level for level, flags in enumerate(keep) if flags[t]]
        nothing = np.zeros(len(nests.mappings))
        for level in range(len(machine.levels)):
            if level not in kept:
                for counts in (reads, fills, updates):
                    counts[level].append(nothing)
                continue
            content, share = contents[level], shares[level]
            outermost = level == kept[-1]
            filled = nothing if outermost else share
            if tensor.read_write:
                updates[level].append(content)
                reads[level].append(content - parts[level])
                fills[level].append(filled if outermost else filled - parts[level])
            else:
                updates[level].append(nothing)
                reads[level].append(content)
                fills[level].append(filled)
    copies, x_copies, y_copies = _copies(nests)
    return Traffic(
        reads,
        fills,
        updates,
        copies,
        x_copies,
        y_copies,
        iterations,
        iterations * _product(nests.bound[spatial]),
        unsure,
    )


def _product(bounds: Ints) -> Floats:
    return np.prod(bounds, axis=0, dtype=np.float64)


def _tensor(
    nests: Nests, t: int, keep: tuple[tuple[bool, ...], ...], iterations: Floats
) -> tuple[list[Floats], list[Floats], list[Floats], Bools]:
    """Accesses from inside, deliveries from outside and share of the tensor, by level."""
    machine, tensor = nests.machine, nests.machine.tensors[t]
    levels = len(machine.levels)
    scatters: list[Floats | None] = []
    unsure = np.zeros(len(nests.mappings), bool)
    for level in range(levels):
        loops = [p for p in nests.loops(level, level) if nests.spatial[p]]
        scatters.append(_scatter(nests, t, loops) if loops else None)
        if loops and not tensor.separable:
            unsure |= _meets(nests, tensor, loops)
    delivered = [_delivered(nests, t, level)[0] for level in range(levels - 1)]
    contents: list[Floats] = []
    for level in range(levels):
        scatter = scatters[level]
        if level == 0:
            content = _points(nests, t, scatter, iterations)
        else:
            inside = delivered[level - 1] if keep[level - 1][t] else contents[level - 1]
            content = inside if scatter is None else inside * scatter
        contents.append(content)
    parts = [nests.size(t, levels - 1)] * levels
    for level in range(levels - 2, -1, -1):
        loops = [p for p in nests.loops(level + 1, level + 1) if nests.spatial[p]]
        if loops:
            spread = nests.sizes(t)[loops[-1]]
            parts[level] = parts[level + 1] * nests.size(t, level) // spread
        else:
            parts[level] = parts[level + 1]
    shares = [*delivered, np.zeros(len(nests.mappings))]
    return contents, shares, [part.astype(np.float64) for part in parts], unsure


def _delivered(nests: Nests, t: int, level: int) -> tuple[Floats, Floats]:
    """Words an instance of the level receives over the run, and visits at which nothing moves.

    Level -1 stands for the compute units, whose tile is one iteration.
    """
    tensor = nests.machine.tensors[t]
    inner = nests.end(level) + 1
    loops = [p for p in range(inner, len(nests.level)) if not nests.spatial[p]]
    if level >= 0:
        tile = nests.size(t, level).astype(np.float64)
    else:
        tile = np.ones(len(nests.mappings))
    if tensor.separable:
        moved = nests.relevant(t)[loops] & nests.nontrivial[loops]
        moving = np.logical_or.accumulate(moved, axis=0)
        visits = _product(np.where(moving, nests.bound[loops], 1))
        return tile * visits, _product(nests.bound[loops]) - visits
    return _sliding(nests, tensor, level, loops, tile)


def _sliding(
    nests: Nests, tensor: Tensor, level: int, loops: list[int], tile: Floats
) -> tuple[Floats, Floats]:
    """:func:`_delivered` where tiles may overlap (sums of dimensions, strides)."""
    batch = len(nests.mappings)
    end = nests.end(level)
    widths = np.ones((len(tensor.projection), batch))
    if level >= 0:
        for r, rank in enumerate(tensor.projection):
            widths[r] += sum(abs(c) * (nests.extent[d][end] - 1) for d, c in rank)
    back = np.zeros((len(tensor.projection), batch))
    usual = np.zeros_like(back)
    found = np.zeros(batch, bool)
    sent, still = np.zeros(batch), np.zeros(batch)
    for p in loops:
        bound, dimension = nests.bound[p], nests.dimension[p]
        active = bound > 1
        step = np.zeros_like(back)
        for r, rank in enumerate(tensor.projection):
            for d, c in rank:
                stride = nests.extent[d][p - 1] if p else 1
                step[r] += np.where(active & (dimension == d), c * stride, 0)
        move = step - back
        back += step
        moves = (move != 0).any(axis=0)
        first = active & moves & ~found
        usual = np.where(first, move, usual)
        found |= first
        same = found & (move == usual).all(axis=0)
        new = np.where(same, _new_part(move, widths, tile), tile)
        new = np.where(moves, new, 0.0)
        sent = np.where(active, sent * bound + (bound - 1) * new, sent)
        still = np.where(active, still * bound + np.where(moves, 0, bound - 1), still)
    return tile + sent, still


def _new_part(move: Floats, widths: Floats, tile: Floats) -> Floats:
    """Words of a box that a box one move before does not hold, if only one rank moves."""
    distance = np.abs(move)
    apart = (distance >= widths).any(axis=0) | ((move != 0).sum(axis=0) != 1)
    return np.where(apart, tile, tile * (distance / widths).max(axis=0))


def _scatter(nests: Nests, t: int, loops: list[int]) -> Floats:
    """Different tiles that one instance sends to those below it."""
    tensor = nests.machine.tensors[t]
    spread = nests.relevant(t)[loops] & nests.nontrivial[loops]
    if tensor.separable:
        return _product(np.where(spread, nests.bound[loops], 1))
    different = np.ones(len(nests.mappings))
    for rank in tensor.projection:
        rows = []
        for d, c in rank:
            mine = nests.dimension[loops] == d
            rows.append(np.where(mine, nests.bound[loops], 1).max(axis=0))
            below = nests.extent[d][loops[0] - 1] if loops[0] else np.ones_like(rows[0])
            rows.append(abs(c) * below)
        table = np.stack(rows)
        first, group = unique_rows(table)
        counts = [_sums(column.reshape(-1, 2)) for column in table[:, first].T]
        different *= np.array(counts, np.float64)[group]
    return different


def _sums(terms: Ints) -> int:
    sums = np.zeros(1, np.int64)
    for bound, stride in terms.tolist():
        sums = np.unique(sums[:, np.newaxis] + np.arange(bound) * stride)
    return len(sums)


def _meets(nests: Nests, tensor: Tensor, loops: list[int]) -> Bools:
    """Mappings that spread a sum of dimensions, where neighbours may pass tiles on."""
    summed = [d for rank in tensor.projection for d, c in rank if len(rank) > 1 or c != 1]
    table = np.zeros(len(nests.machine.dimensions), bool)
    table[summed] = True
    met: Bools = (table[nests.dimension[loops]] & nests.nontrivial[loops]).any(axis=0)
    return met


def _points(nests: Nests, t: int, scatter: Floats | None, iterations: Floats) -> Floats:
    """Words the compute units ask the innermost level for.

    Units get a word from a neighbour that had it one iteration before instead, which matters
    where a loop in time does not change the word.
    """
    if scatter is None:
        return iterations
    _, still = _delivered(nests, t, -1)
    alone = _without_neighbours(nests, t)
    return scatter * (iterations - still) + np.minimum(alone, scatter) * still


def _without_neighbours(nests: Nests, t: int) -> Floats:
    """Different words among units none of whose neighbours uses the same word."""
    machine: Machine = nests.machine
    loops = [p for p in nests.loops(0, 0) if nests.spatial[p]]
    level = machine.levels[0]
    split = nests.mappings.split[0]
    table = np.concatenate([nests.bound[loops], nests.dimension[loops], split[np.newaxis]])
    first, group = unique_rows(table)
    count = len(loops)
    values = [
        _lonely(
            column[:count].tolist(),
            column[count : 2 * count].tolist(),
            int(column[-1]),
            machine.tensors[t],
            (level.fanout_x, level.fanout_y),
        )
        for column in table[:, first].T
    ]
    return np.array(values, np.float64)[group]


def _lonely(
    bounds: list[int], dimensions: list[int], split: int, tensor: Tensor, fanout: tuple[int, int]
) -> int:
    units = int(np.prod(bounds))
    along_x, along_y = int(np.prod(bounds[:split])), int(np.prod(bounds[split:]))
    width, height = max(fanout[0], along_x), max(fanout[1], along_y)
    place, rest = {}, np.arange(units)
    for bound, dimension in zip(bounds, dimensions, strict=True):
        place[dimension] = rest % bound
        rest = rest // bound
    words = np.zeros((len(tensor.projection), units), np.int64)
    for r, rank in enumerate(tensor.projection):
        for d, c in rank:
            words[r] += c * place[d]
    column, row = np.arange(units) % width, np.arange(units) // width
    met = np.zeros(units, bool)
    for there, distance in (
        (column > 0, -1),
        (column < width - 1, 1),
        (row > 0, -width),
        (row < height - 1, width),
    ):
        if abs(distance) == 1 and width == 1 or abs(distance) != 1 and height == 1:
            continue
        other = np.arange(units) + distance
        valid = there & (other >= 0) & (other < units)
        same = (words[:, other[valid]] == words[:, valid]).all(axis=0)
        met[np.flatnonzero(valid)[same]] = True
    alone = words[:, ~met]
    return len(np.unique(alone, axis=1).T) if alone.size else 0


def _copies(nests: Nests) -> tuple[list[Floats], list[Floats], list[Floats]]:
    """Instances in use of the compute units and then of each level: in all, along X, along Y."""
    batch = len(nests.mappings)
    used = [[np.ones(batch)] for _ in range(3)]
    dimensions = len(nests.machine.dimensions)
    for level in range(len(nests.machine.levels) - 1, -1, -1):
        spread = [np.ones(batch)] * 3
        for s, slot in enumerate(nests.slots):
            if slot.spatial and slot.level == level:
                bounds = nests.bound[s * dimensions : (s + 1) * dimensions]
                on_x = np.arange(dimensions)[:, np.newaxis] < nests.mappings.split[s]
                along = (np.where(on_x, bounds, 1), np.where(on_x, 1, bounds))
                spread = [_product(bounds), *map(_product, along)]
        for values, factor in zip(used, spread, strict=True):
            values.append(values[-1] * factor)
    copies, along_x, along_y = (values[::-1] for values in used)
    return copies, along_x, along_y
