"""The inner-join unit, cycle by cycle and part by part: slow, plain, and written apart.

Every part looks at the state in which the cycle begins, and its effects show in the next cycle.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Sequence
from dataclasses import dataclass, field

from loas_tl.models.machine import InnerJoin, Laggy


@dataclass
class Unit:
    unit: InnerJoin
    matches: Sequence[int]
    chunk: int = -1  # whose bitmasks are in the buffers, or being fetched
    fetching: int = 0
    left: int = 0  # matches of the chunk still to be issued
    latched: int = -1  # the last chunk the laggy prefix-sum has taken up
    counting: int = 0  # cycles it still needs for it
    held: deque[int] = field(default_factory=deque)  # chunks whose offsets are being held
    fifo: deque[int] = field(default_factory=deque)  # the chunk of each entry
    spent: Counter[str] = field(default_factory=Counter)

    def run(self) -> Counter[str]:
        if self.matches:
            self.begin_fetch()
            while not self.done():
                self.tick()
        return self.spent

    def begin_fetch(self) -> None:
        self.chunk += 1
        self.fetching = self.unit.fetch_cycles
        self.left = self.matches[self.chunk]

    @property
    def in_last_chunk(self) -> bool:
        return self.chunk == len(self.matches) - 1

    def done(self) -> bool:
        return self.in_last_chunk and not self.fetching and not self.left and not self.fifo

    @property
    def laggy(self) -> Laggy | None:
        return self.unit.laggy

    def waits_to_be_latched(self) -> bool:
        if self.laggy is None or self.fetching or self.latched >= self.chunk:
            return False
        return not (self.laggy.skip_empty and self.matches[self.chunk] == 0)

    def tick(self) -> None:
        # A chunk is latched at the start of a cycle in which everything it needs is free.
        if self.waits_to_be_latched() and not self.counting:
            assert self.laggy is not None
            if len(self.held) < self.laggy.offset_buffers:
                self.latched = self.chunk
                self.counting = -(-self.unit.chunk // self.laggy.adders)
                self.held.append(self.chunk)
        # From then on the bitmask buffer is free for the next chunk.
        issued = not self.fetching and not self.left
        if issued and not self.in_last_chunk and not self.waits_to_be_latched():
            self.begin_fetch()

        room = self.laggy is None or len(self.fifo) < self.laggy.fifo_depth
        pushes = not self.fetching and self.left > 0 and room
        pops = bool(self.fifo) and self.offsets_ready(self.fifo[0])
        self.spent[self.doing(pushes)] += 1
        if self.fetching:
            self.fetching -= 1
        if pushes:
            self.left -= 1
        if pops:
            self.fifo.popleft()
        if pushes and self.laggy:
            self.fifo.append(self.chunk)
        if self.counting:
            self.counting -= 1
        self.release()

    def doing(self, pushes: bool) -> str:
        if self.fetching:
            return "fetch"
        if pushes:
            return "match"
        if self.left:
            return "fifo_stall"
        return "drain" if self.in_last_chunk else "laggy_stall"

    def offsets_ready(self, chunk: int) -> bool:
        return chunk in self.held and not (chunk == self.latched and self.counting)

    def release(self) -> None:
        """Let go of the offsets of chunks whose entries have all left."""
        while self.held:
            oldest = self.held[0]
            counting = oldest == self.latched and self.counting
            issuing = oldest == self.chunk and self.left
            if counting or issuing or oldest in self.fifo:
                return
            self.held.popleft()
