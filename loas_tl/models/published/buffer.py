"""The on-chip buffer of one operand: looked up by content, first in first out."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray


def misses(
    ids: NDArray[np.int64], nnz: NDArray[np.int64], capacity: int, extents: Sequence[int]
) -> tuple[NDArray[np.bool_], int]:
    """Walk the tiles of a nest of loops through a buffer.

    Args:
        ids: identity of the tile at each step, ``int64`` with an axis for each loop, outermost
            first; an axis has extent 1 where its loop comes back to the same tiles.
        nnz: non-zeros of the tiles, ``int64`` of the same shape.
        capacity: non-zeros that fit; at least those of the fullest tile.
        extents: of the loops.

    Returns:
        ``bool[extents]``, where the tile was not resident, and the element hits: all non-zeros of
        a tile found resident, all but one of a tile that had to be fetched.
    """
    missed = np.zeros(tuple(extents), dtype=np.bool_)
    once = tuple(axis for axis, extent in enumerate(missed.shape) if extent == 1)
    _walk(_Buffer(capacity), ids.squeeze(once), nnz.squeeze(once), missed.squeeze(once))
    hits = int(nnz.sum()) * (missed.size // ids.size) - int(np.count_nonzero(missed))
    return missed, hits


def _walk(
    buffer: _Buffer, ids: NDArray[np.int64], nnz: NDArray[np.int64], missed: NDArray[np.bool_]
) -> None:
    """Walk the loops in order, the last one fastest, and mark the steps that miss."""
    if ids.shape == missed.shape:
        fetched = np.zeros(ids.size, dtype=np.bool_)
        fetched[buffer.fetch(ids.ravel().tolist(), nnz.ravel().tolist())] = True
        missed[...] = fetched.reshape(missed.shape)
    elif ids.shape[-1] < missed.shape[-1]:
        # The innermost loop stays at a tile, which is resident after its first step.
        _walk(buffer, ids[..., 0], nnz[..., 0], missed[..., 0])
    elif ids.shape[0] == missed.shape[0]:
        for outer in range(len(missed)):
            _walk(buffer, ids[outer], nnz[outer], missed[outer])
    else:
        for outer in range(len(missed)):
            before = buffer.state
            _walk(buffer, ids[0], nnz[0], missed[outer])
            if buffer.is_as(before):
                # So all the passes that are left go as this one did.
                missed[outer + 1 :] = missed[outer]
                break


class _Buffer:
    """Tiles in the order they came in; those before ``head`` have left."""

    def __init__(self, capacity: int) -> None:
        self._capacity = capacity
        self._used = 0
        self._resident: dict[int, int] = {}  # non-zeros by tile
        self._queue: list[int] = []
        self._head = 0

    def fetch(self, tiles: list[int], sizes: list[int]) -> list[int]:
        """Walk a sequence of tiles with so many non-zeros; the steps that miss."""
        missed = []
        resident, queue, head, used = self._resident, self._queue, self._head, self._used
        for step, tile in enumerate(tiles):
            if tile in resident:
                continue
            missed.append(step)
            used += sizes[step]
            while used > self._capacity:
                used -= resident.pop(queue[head])
                head += 1
            resident[tile] = sizes[step]
            queue.append(tile)
        self._head, self._used = head, used
        return missed

    @property
    def state(self) -> tuple[int, int]:
        """What of the queue is resident: where it starts and where it ends."""
        return self._head, len(self._queue)

    def is_as(self, before: tuple[int, int]) -> bool:
        """Whether the same tiles are resident, in the same order, as at an earlier state."""
        (head, tail), (first, end) = self.state, before
        if before == self.state:
            return True
        return tail - head == end - first and self._queue[head:] == self._queue[first:end]
