"""Dense traffic of mappings: what each level is read, filled and updated with, zeros and all."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from loas_tl.timeloop.mapper.loops import Floats, Nests
from loas_tl.timeloop.mapper.reuse import product_of, sent_by, units_ask


@dataclass(frozen=True)
class Traffic:
    """Scalar accesses of each level (first index) and tensor (second), [B] each.

    Attributes:
        reads, fills, updates: per instance; zero where the level does not keep the tensor.
        copies: instances a mapping uses of the compute units (first) and of each level;
            x_copies, y_copies: by axis.
        iterations: of one compute unit; computes: of all of them.
    """

    reads: list[list[Floats]]
    fills: list[list[Floats]]
    updates: list[list[Floats]]
    copies: list[Floats]
    x_copies: list[Floats]
    y_copies: list[Floats]
    iterations: Floats
    computes: Floats


@dataclass(frozen=True)
class _Flow:
    """One tensor's words, by level.

    Attributes:
        asked: for from inside; received: from outside; passed_on: by neighbours.
        part: of the tensor that an instance sees.
    """

    asked: list[Floats]
    received: list[Floats]
    passed_on: list[Floats]
    part: list[Floats]


def traffic_of(nests: Nests, keep: tuple[tuple[bool, ...], ...]) -> Traffic:
    """Dense traffic.

    Args:
        nests: the loop nests.
        keep: for each level and tensor whether it is kept there.
    """
    machine = nests.machine
    temporal = [p for p, spatial in enumerate(nests.spatial) if not spatial]
    copies, x_copies, y_copies = _copies(nests)
    reads: list[list[Floats]] = [[] for _ in machine.levels]
    fills: list[list[Floats]] = [[] for _ in machine.levels]
    updates: list[list[Floats]] = [[] for _ in machine.levels]
    nothing = np.zeros(len(nests.mappings))
    for t, tensor in enumerate(machine.tensors):
        flow = _tensor(nests, t, keep, copies)
        outermost = max(level for level, flags in enumerate(keep) if flags[t])
        for level in range(len(machine.levels)):
            if not keep[level][t]:
                for counts in (reads, fills, updates):
                    counts[level].append(nothing)
                continue
            peers = flow.passed_on[level]
            read = flow.asked[level] + peers
            filled = peers if level == outermost else flow.received[level] + peers
            if tensor.read_write:
                updates[level].append(_rounded(flow.asked[level]))
                reads[level].append(_rounded(read - flow.part[level]))
                if level != outermost:
                    filled = filled - flow.part[level]
                fills[level].append(_rounded(filled))
            else:
                updates[level].append(nothing)
                reads[level].append(_rounded(read))
                fills[level].append(np.floor(filled))
    iterations = product_of(nests.bound[temporal])
    return Traffic(
        reads,
        fills,
        updates,
        copies,
        x_copies,
        y_copies,
        iterations,
        iterations * copies[0],
    )


def _rounded(words: Floats) -> Floats:
    """Halves away from zero."""
    return np.floor(words + 0.5)


def _tensor(
    nests: Nests, t: int, keep: tuple[tuple[bool, ...], ...], copies: list[Floats]
) -> _Flow:
    levels = len(nests.machine.levels)
    nothing = np.zeros(len(nests.mappings))
    asked = [units_ask(nests, t)]
    received: list[Floats] = []
    passed_on: list[Floats] = []
    for level in range(1, levels):
        sent = sent_by(nests, t, level)
        received.append(sent.received)
        if keep[level - 1][t]:
            asked.append(sent.read)
            passed_on.append(sent.passed_on / copies[level])
        else:
            asked.append(asked[level - 1] * sent.for_each)
            passed_on.append(nothing)
    parts = [nests.size(t, levels - 1)] * levels
    for level in reversed(range(levels - 1)):
        loops = [p for p in nests.loops(level + 1, level + 1) if nests.spatial[p]]
        if loops:
            spread = nests.sizes(t)[loops[-1]]
            parts[level] = parts[level + 1] * nests.size(t, level) // spread
        else:
            parts[level] = parts[level + 1]
    return _Flow(
        asked, [*received, nothing], [*passed_on, nothing], [part.astype(float) for part in parts]
    )


def _copies(nests: Nests) -> tuple[list[Floats], list[Floats], list[Floats]]:
    """Instances in use of the compute units and then of each level: in all, along X, along Y."""
    batch = len(nests.mappings)
    used = [[np.ones(batch)] for _ in range(3)]
    dimensions = len(nests.machine.dimensions)
    for level in reversed(range(len(nests.machine.levels))):
        spread = [np.ones(batch)] * 3
        for s, slot in enumerate(nests.slots):
            if slot.spatial and slot.level == level:
                bounds = nests.bound[s * dimensions : (s + 1) * dimensions]
                on_x = np.arange(dimensions)[:, np.newaxis] < nests.mappings.split[s]
                along = (np.where(on_x, bounds, 1), np.where(on_x, 1, bounds))
                spread = [product_of(bounds), *map(product_of, along)]
        for values, factor in zip(used, spread, strict=True):
            values.append(values[-1] * factor)
    copies, along_x, along_y = (values[::-1] for values in used)
    return copies, along_x, along_y
