"""Timing of one inner-join unit: what a pair of fibers takes, cycle by cycle.

The unit, as it is modelled (LoAS, MICRO 2024, section IV-C; a cycle is numbered by when it starts):

- A chunk's bitmasks are fetched in ``fetch_cycles``. There is one buffer for each bitmask, so the
  next chunk's fetch waits until the last match of this one has been issued and the laggy
  prefix-sum has latched its spike bitmask. A unit that is ``overlapped`` has two: the next chunk is
  fetched from when this one's matches begin to be issued, once the chunk before has been latched;
  so is the first chunk of the next output, which belongs to this output.
- From then on one match a cycle goes through the fast prefix-sum: its weight is added to the
  pseudo-accumulator, and the match enters the FIFOs. A chunk without a match takes no cycle more.
  With the FIFOs full, issuing stalls; a freed entry can be used in the cycle after.
- The laggy prefix-sum latches a chunk as soon as its bitmask is there, the chunk before is done
  with, and one of its ``offset_buffers`` (by default there is one) is free: a chunk's offsets are
  held until none of its entries is left in the FIFOs. ``ceil(chunk / adders)`` cycles after it was
  latched a chunk's offsets are ready.
- From then on one entry a cycle leaves the FIFOs, at the earliest in the cycle after it entered:
  the packed word is read, an all-ones word discards the weight, any other sends it to the
  correction accumulators, all of them at once.
- The output is done when the last match has been issued and the last entry has left.

With a fast prefix-sum on both bitmasks every offset is known at once: no FIFO, no correction. A
laggy one that is ``hidden`` takes as long. One that is a ``lookup`` holds no chunk: an entry leaves
the FIFOs in the cycle after it entered.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import astuple, dataclass

import numpy as np
from numpy.typing import NDArray

from loas_tl.ground.compiled import njit
from loas_tl.ground.errors import InputError
from loas_tl.models.machine import InnerJoin, Laggy

PARTS = 5


@dataclass(frozen=True)
class Timeline:
    """Cycles of one output on one unit, by what the unit did; all integers.

    Attributes:
        fetch: bitmasks being fetched.
        match: a match issued.
        fifo_stall: a match held up by full FIFOs.
        laggy_stall: the next fetch held up, as the laggy prefix-sum had not latched the chunk.
        drain: all matches issued, entries still leaving the FIFOs.
    """

    fetch: int
    match: int
    fifo_stall: int
    laggy_stall: int
    drain: int

    def __add__(self, other: Timeline) -> Timeline:
        return Timeline(*(a + b for a, b in zip(astuple(self), astuple(other), strict=True)))

    @property
    def cycles(self) -> int:
        """All of them."""
        return self.fetch + self.match + self.fifo_stall + self.laggy_stall + self.drain


def timeline(matches: Sequence[int] | NDArray[np.integer], unit: InnerJoin) -> Timeline:
    """Cycles of one output.

    Args:
        matches: ``[chunks]``, matches of each chunk of the pair of fibers, in order.
        unit: the inner-join unit; handing the output over is not counted here.

    Raises:
        InputError: where a chunk has less than 0 matches or more than the chunk's bits.
    """
    counts = np.asarray(matches, dtype=np.int64).reshape(-1)
    if counts.size and not 0 <= counts.min() <= counts.max() <= unit.chunk:
        raise InputError(f"matches of a chunk; expected 0 to {unit.chunk}, its bits")
    parts = np.zeros(PARTS, dtype=np.int64)
    join(counts, counts.size, settings(unit), *memory(unit), parts)
    return Timeline(*parts.tolist())


def settings(unit: InnerJoin) -> NDArray[np.int64]:
    """What :func:`join` takes of a unit, ``int64[7]``, in the order of the constants below."""
    laggy = unit.laggy or Laggy()
    latency = 0 if laggy.hidden else unit.latency
    return np.array(
        [
            *(unit.fetch_cycles, unit.overlapped, latency, laggy.skip_empty),
            *(laggy.fifo_depth, laggy.offset_buffers, laggy.lookup),
        ],
        dtype=np.int64,
    )


FETCH, OVERLAPPED, LATENCY, SKIP_EMPTY, FIFO_DEPTH, OFFSET_BUFFERS, LOOKUP = range(7)


def memory(*units: InnerJoin) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Room for what :func:`join` has to remember of any of these units."""
    laggy = [unit.laggy or Laggy() for unit in units]
    return (
        np.zeros(max(one.fifo_depth for one in laggy), dtype=np.int64),
        np.zeros(max(one.offset_buffers for one in laggy), dtype=np.int64),
    )


@njit
def join(
    matches: NDArray[np.int64],
    chunks: int,
    unit: NDArray[np.int64],
    popped: NDArray[np.int64],
    released: NDArray[np.int64],
    parts: NDArray[np.int64],
) -> int:
    """Cycles of one output; adds them to ``parts`` in the order of :class:`Timeline`.

    ``unit`` is what :func:`settings` gives. ``popped`` remembers when each of the last entries left
    the FIFOs, ``released`` when each offset buffer became free; what they hold at first does not
    matter.
    """
    fetch, latency, skip_empty = unit[FETCH], unit[LATENCY], unit[SKIP_EMPTY]
    overlapped, depth, buffers = unit[OVERLAPPED], unit[FIFO_DEPTH], unit[OFFSET_BUFFERS]
    lookup = unit[LOOKUP]
    released[:buffers] = 0
    entered = 0
    slot = buffer = 0  # the oldest of what popped and released remember
    last_pop = -1
    ready = 0  # when the laggy prefix-sum is done with its last chunk
    latched = before = 0  # when it took up the chunk, and the one before that
    now = started = 0
    fetched = stalled = waited = total = 0
    for c in range(chunks):
        begin = max(now, latched)  # the spike bitmask is needed in its buffer until then
        if overlapped:  # the first chunk came while the output before was at work
            begin = max(started, before) if c else -fetch
        if begin > now:
            waited += begin - now
            now = begin
        if begin + fetch > now:
            fetched += begin + fetch - now
            now = begin + fetch
        started = now
        before = latched
        found = matches[c]
        total += found
        if latency == 0:
            now += found
            continue
        if found == 0 and (skip_empty or lookup):
            latched = now
            continue
        latched = now if lookup else max(now, ready, released[buffer])
        ready = 0 if lookup else latched + latency
        for _ in range(found):
            if entered >= depth and popped[slot] >= now:
                stalled += popped[slot] + 1 - now
                now = popped[slot] + 1
            last_pop = max(last_pop + 1, now + 1, ready)
            popped[slot] = last_pop
            slot = slot + 1 if slot + 1 < depth else 0
            entered += 1
            now += 1
        released[buffer] = ready if found == 0 else last_pop + 1
        buffer = buffer + 1 if buffer + 1 < buffers else 0
    drain = max(last_pop + 1 - now, 0)
    now += drain
    if overlapped and chunks:  # the first chunk of the next output
        begin = max(started, before)
        if begin > now:
            waited += begin - now
            now = begin
        if begin + fetch > now:
            fetched += begin + fetch - now
            now = begin + fetch
    parts[0] += fetched
    parts[1] += total
    parts[2] += stalled
    parts[3] += waited
    parts[4] += drain
    return now
