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
    chunk: int = -1  # whose matches are being issued
    fetched: int = -1  # the last chunk whose bitmasks are in a buffer, or on their way
    fetching: int = 0  # cycles until they are there
    left: int = 0  # matches of the chunk still to be issued
    latched: int = -1  # the last chunk the laggy prefix-sum has taken up, or needs no more
    counting: int = 0  # cycles it still needs for it
    held: deque[int] = field(default_factory=deque)  # chunks whose offsets are being held
    fifo: deque[int] = field(default_factory=deque)  # the chunk of each entry
    spent: Counter[str] = field(default_factory=Counter)

    def run(self) -> Counter[str]:
        if self.matches:
            if self.unit.overlapped:  # fetched while the output before was at work
                self.fetched = 0
            while True:
                self.start()
                if self.done():
                    break
                self.tick()
        return self.spent

    @property
    def laggy(self) -> Laggy | None:
        laggy = self.unit.laggy
        return None if laggy is not None and laggy.hidden else laggy

    @property
    def last_fetch(self) -> int:
        """The chunk after the last one is the first of the next output."""
        return len(self.matches) - 1 + self.unit.overlapped

    def done(self) -> bool:
        at_the_end = self.chunk == len(self.matches) - 1 and self.fetched == self.last_fetch
        return at_the_end and not self.fetching and not self.left and not self.fifo

    def needs_latching(self, chunk: int) -> bool:
        if self.laggy is None or self.laggy.lookup:
            return False
        return not (self.laggy.skip_empty and self.matches[chunk] == 0)

    def start(self) -> None:
        """Begin whatever can begin with this cycle."""
        # The matches of a chunk begin when those before are issued and its bitmasks are there.
        more = self.chunk + 1 < len(self.matches)
        if more and not self.left and self.fetched > self.chunk and not self.fetching:
            self.chunk += 1
            self.left = self.matches[self.chunk]
        # A chunk is latched in a cycle in which everything it needs is free.
        for chunk in range(self.latched + 1, self.chunk + 1):
            if not self.needs_latching(chunk):
                self.latched = chunk
                continue
            assert self.laggy is not None
            if self.counting or len(self.held) >= self.laggy.offset_buffers:
                break
            self.latched = chunk
            self.counting = -(-self.unit.chunk // self.laggy.adders)
            self.held.append(chunk)
            break
        # A buffer is free for the next fetch when nothing in it is needed any more.
        if self.fetching or self.fetched == self.last_fetch:
            return
        if self.unit.overlapped:
            free = self.fetched == self.chunk and self.latched >= self.chunk - 1
        else:
            free = self.fetched == self.chunk and not self.left and self.latched == self.chunk
        if free:
            self.fetched += 1
            self.fetching = self.unit.fetch_cycles

    def tick(self) -> None:
        room = self.laggy is None or len(self.fifo) < self.laggy.fifo_depth
        pushes = self.left > 0 and room
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
        if pushes:
            return "match"
        if self.left:
            return "fifo_stall"
        if self.chunk == len(self.matches) - 1 and self.fifo:
            return "drain"
        return "fetch" if self.fetching else "laggy_stall"

    def offsets_ready(self, chunk: int) -> bool:
        if self.laggy is not None and self.laggy.lookup:
            return True
        return chunk in self.held and not (chunk == self.held[-1] and self.counting)

    def release(self) -> None:
        """Let go of the offsets of chunks whose entries have all left."""
        while self.held:
            oldest = self.held[0]
            counting = oldest == self.held[-1] and self.counting
            issuing = oldest == self.chunk and self.left
            if counting or issuing or oldest in self.fifo:
                return
            self.held.popleft()
