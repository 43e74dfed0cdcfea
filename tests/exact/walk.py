"""The mapped loop nest walked element by element: slow, and right by being plain.

Every iteration of every loop is visited. Who holds which tile when is written down, and from that
what moved, what it met, what it counted. Shares no code with ``loas_tl.exact``; it reads the
resolved hardware and mapping.
"""

from __future__ import annotations

import itertools
import math
from collections import defaultdict
from fractions import Fraction
from typing import Any

from loas_tl.timeloop.native.machine import Machine
from loas_tl.timeloop.native.mapping import Mapping
from tests.exact.plain_tiles import Tiles

KINDS = ("algorithmic", "actual", "gated", "skipped")


class Event:
    """A tile on its way between two levels: where to, its words, the iterations that meet it."""

    def __init__(self, outer: Any, words: Any, copies: Any) -> None:
        self.outer = outer  # (level, its place in space)
        self.words = words
        self.copies = copies  # copies of the inner level that take part
        self.points: list[Any] = []
        self.first: Any = frozenset()  # a written tensor's words that the outer level sees
        self.first_at: Any = {}  # the same of each copy


class Walk(Tiles):
    """All events and counts of one mapping on one set of masks."""

    def __init__(self, machine: Machine, mapping: Mapping, masks: Any) -> None:
        super().__init__(machine, mapping, masks)
        self.events = {
            (t, level): self._events(t, level, n)
            for t in self.tensors
            for n, level in enumerate(self.kept[t])
        }
        self.rules = self._rules()

    # Events.

    def _events(self, tensor: Any, level: Any, number: Any) -> Any:
        inner = self.kept[tensor][number - 1] if number else -1
        passes = self._neighbours_pass(tensor, inner + 1)
        keeps = inner >= 0 and tensor not in self.mapping.levels[inner].no_temporal_reuse
        multicast = all(
            tensor not in self.mapping.levels[between].no_multicast
            for between in range(inner + 1, level + 1)
        )
        # What each copy of the inner level holds, step by step.
        history: Any = defaultdict(dict)
        for counters, at in self.points:
            copy = self._place(counters, inner, space=True)
            time = self._place(counters, inner, space=False)
            history[copy].setdefault(time, (self._tile(tensor, inner, at), []))[1].append(
                (counters, at)
            )
        events = {}
        outer_spaces = sum(1 for where, _, _, axis in self.loops if axis and where > level)
        for copy, steps in history.items():
            previous = None
            started = None
            for time in sorted(steps):
                tile, points = steps[time]
                if previous != tile or not (keeps or passes):
                    started = time
                previous = tile
                key = (copy[:outer_spaces], started, tile, None if multicast else copy)
                if key not in events:
                    words = self._tile_words(tensor, inner, tile)
                    events[key] = Event((level, copy[:outer_spaces]), words, set())
                events[key].copies.add(copy)
                events[key].points += points
        ordered = [events[key] for key in sorted(events, key=lambda k: (k[1], k[0], k[2]))]
        if self.written[tensor]:
            seen: Any = defaultdict(set)
            for event in ordered:
                event.first = frozenset(w for w in event.words if w not in seen[event.outer])
                seen[event.outer] |= set(event.words)
            # Copies of the inner level see words for the first time, too.
            arrived: Any = defaultdict(set)
            for event in ordered:
                for copy in sorted(event.copies):
                    event.first_at[copy] = frozenset(
                        w for w in event.words if w not in arrived[copy]
                    )
                    arrived[copy] |= set(event.words)
        return ordered

    def _neighbours_pass(self, tensor: Any, level: Any) -> Any:
        """Whether every unit has a neighbour that wants the same of a level's fan-out."""
        if level > 0 or tensor in self.mapping.levels[level].no_link_transfer:
            return False
        units = {}
        spatial = [(d, b, a) for where, d, b, a in self.loops if where == level and a and b > 1]
        for counters in itertools.product(*(range(b) for _, b, _ in spatial)):
            x = y = 0
            for counter, (_, bound, axis) in zip(counters, spatial, strict=True):
                if axis == "X":
                    x = x * bound + counter
                else:
                    y = y * bound + counter
            wants = tuple(
                c for c, (d, _, _) in zip(counters, spatial, strict=True) if d in self.axes[tensor]
            )
            units[x, y] = wants
        if len(units) < 2:
            return False
        return all(
            any(units.get(n) == wants for n in ((x + 1, y), (x - 1, y), (x, y + 1), (x, y - 1)))
            for (x, y), wants in units.items()
        )

    # Rules.

    def _met(self, tensor: Any, level: Any, event: Any, on: Any) -> Any:
        """Every word of the condition that an event meets, its whole block's included."""
        met = {self._word(on, at) for _, at in event.points}
        dimension = self._target_dimension(tensor, level)
        if dimension not in self.axes[on]:
            return met
        number = self.kept[tensor].index(level)
        inner = self.kept[tensor][number - 1] if number else -1
        step, tile = self._reach(inner)[dimension], self._reach(level)[dimension]
        blocks = math.ceil(self.machine.levels[level].block_size / len(event.words))
        length = min(blocks * step, tile)
        axis = self.axes[on].index(dimension)
        more = set()
        for word in met:
            base = word[axis] // tile * tile
            start = base + (word[axis] - base) // length * length
            for i in range(start, min(start + length, base + tile)):
                more.add((*word[:axis], i, *word[axis + 1 :]))
        return more

    def _between(self, tensor: Any, level: Any) -> Any:
        """Loops between a level and the next inner one, innermost first."""
        number = self.kept[tensor].index(level)
        inner = self.kept[tensor][number - 1] if number else -1
        return inner, [loop for loop in reversed(self.loops) if inner < loop[0] <= level]

    def _target_loop(self, tensor: Any, level: Any) -> Any:
        inner, loops = self._between(tensor, level)
        for number, (where, dimension, bound, axis) in enumerate(loops):
            matters = bound > 1 and dimension in self.axes[tensor]
            if inner >= 0:
                if matters:
                    return number, loops
                continue
            following = loops[number + 1] if number + 1 < len(loops) else None
            in_space_above = following and following[0] == where and following[3]
            if not in_space_above or (axis and matters):
                return number, loops
        return len(loops) - 1, loops

    def _target_dimension(self, tensor: Any, level: Any) -> Any:
        number, loops = self._target_loop(tensor, level)
        return loops[number][1]

    def _walkable(self, tensor: Any, level: Any, on: Any) -> Any:
        """Whether the condition is met in order."""
        number, loops = self._target_loop(tensor, level)
        inner, _ = self._between(tensor, level)
        if not loops[number][3]:
            return True
        cut = False
        staying = True
        for place, (_, dimension, bound, axis) in enumerate(loops[number:]):
            if place and bound == 1:
                continue
            if not axis:
                if inner < 0 or dimension in self.axes[tensor]:
                    staying = False
                if not staying:
                    continue
            if cut and dimension in self.axes[on]:
                return False
            if dimension in self.axes[tensor] and dimension in self.axes[on]:
                cut = True
        return True

    def _meets(self, tensor: Any, level: Any, event: Any, on: Any) -> Any:
        if not self._walkable(tensor, level, on):
            return True
        return any(self.masks[on][word] for word in self._met(tensor, level, event, on))

    def _rules(self) -> Any:
        """(level, tensor) -> (type, condition), the one that saves most."""
        found: Any = {}
        for action in self.machine.actions:
            best: Any = None
            for option in action.options:
                level = min(lv for lv in self.kept[option.target] if lv >= action.level)
                storage = self.machine.levels[level]
                share = self._saved_share(option, level)
                cost = storage.energies["random_read"] / storage.block_size
                saved = cost * self._moved(option.target, level) * share
                if best is None or saved >= best[0] * (1 - 1e-9):
                    best = (saved, level, option, share)
            _, level, option, share = best
            known = found.get((level, option.target))
            if known is None or known[2] < share:
                found[level, option.target] = (action.type, option.on, share)
        return found

    def _saved_share(self, option: Any, level: Any) -> Any:
        done = total = 0
        for event in self.events[option.target, level]:
            total += len(event.points)
            if all(self._meets(option.target, level, event, on) for on in option.on):
                done += len(event.points)
        return 1 - done / total

    def _moved(self, tensor: Any, level: Any) -> Any:
        """Words a read moves, with the metadata that goes along in words of data."""
        number = self.kept[tensor].index(level)
        inner = self.kept[tensor][number - 1] if number else level
        storage = self.machine.levels[level]
        held = self.held_tiles(tensor, level)
        words = sum(self._nonzeros(tensor, level, tile) for tile in held) / max(len(held), 1)
        if self.machine.levels[inner].formats[tensor] is not None:
            tiles = self.held_tiles(tensor, inner)
            metadata = sum(
                sum(m + p for m, p in self.metadata_of_tile(tensor, inner, tile)) for tile in tiles
            ) / max(len(tiles), 1)
            words += float(metadata) * (storage.metadata_word_bits // storage.word_bits)
        return words

    # Counts.

    def _exists(self, tensor: Any, level: Any, event: Any) -> Any:
        """Whether rules further out leave an event."""
        for (outer, target), (_, conditions, _) in self.rules.items():
            if target != tensor or outer <= level:
                continue
            counters = event.points[0][0]
            around = self._event_at(tensor, outer, counters)
            if not all(self._meets(tensor, outer, around, on) for on in conditions):
                return False
        return True

    def _event_at(self, tensor: Any, level: Any, counters: Any) -> Any:
        cache = self.__dict__.setdefault("_by_point", {})
        if (tensor, level) not in cache:
            cache[tensor, level] = {
                point: event for event in self.events[tensor, level] for point, _ in event.points
            }
        return cache[tensor, level][counters]

    def accesses(
        self, tensor: Any, level: Any, weight: Any, action: Any, rule_applies: Any = True
    ) -> Any:
        """The four kinds of reads, fills or updates; ``weight`` of a word is what counts."""
        counts = dict.fromkeys(KINDS, Fraction(0))
        if action == "fills":
            return self._filled(tensor, level, weight, counts)
        if action == "updates" and not self.written[tensor]:
            return counts
        reread = tensor in self.mapping.levels[level].rmw_first_update
        rule = self.rules.get((level, tensor)) if rule_applies else None
        for event in self.events[tensor, level]:
            words = event.words
            if action == "reads" and self.written[tensor] and not reread:
                words = [w for w in words if w not in event.first]
            counts["algorithmic"] += len(words)
            if not words or not self._exists(tensor, level, event):
                continue
            amount = sum(weight(w) for w in words if self._arrives(tensor, level, w))
            kind = "actual"
            if rule is not None and not all(
                self._meets(tensor, level, event, on) for on in rule[1]
            ):
                kind = rule[0]
            counts[kind] += amount
        return counts

    def _filled(self, tensor: Any, level: Any, weight: Any, counts: Any) -> Any:
        number = self.kept[tensor].index(level)
        if number + 1 == len(self.kept[tensor]):
            return counts
        outer = self.kept[tensor][number + 1]
        reread = tensor in self.mapping.levels[level].rmw_first_update
        for event in self.events[tensor, outer]:
            rule = self.rules.get((outer, tensor))
            sent = self._exists(tensor, outer, event) and (
                rule is None or all(self._meets(tensor, outer, event, on) for on in rule[1])
            )
            for copy in event.copies:
                words = event.words
                if self.written[tensor] and not reread:
                    words = [w for w in words if w not in event.first_at[copy]]
                counts["algorithmic"] += len(words)
                if sent:
                    counts["actual"] += sum(
                        weight(w) for w in words if self._arrives(tensor, level, w)
                    )
        return counts

    def tensor(self, tensor: Any, level: Any) -> Any:
        """Reads, fills and updates, and the metadata's of each rank, innermost first."""
        form = self.machine.levels[level].formats[tensor]

        def data(word: Any) -> int:
            return 1 if form is None else int(self.masks[tensor][word])

        result = {a: self.accesses(tensor, level, data, a) for a in ("reads", "fills", "updates")}
        if form is None:
            return result, []
        number = self.kept[tensor].index(level)
        inner_form = self.machine.levels[self.kept[tensor][max(number - 1, 0)]].formats[tensor]
        sent = 0 if inner_form is None else len(inner_form.ranks)
        shares = self._metadata_cache(tensor, level)
        metadata = [
            {
                action: [
                    self.accesses(
                        tensor,
                        level,
                        lambda w, r=rank, i=part: shares[w][r][i],
                        action,
                        rule_applies=rank < sent,
                    )
                    for part in (0, 1)
                ]
                for action in ("reads", "fills", "updates")
            }
            for rank in range(len(form.ranks))
        ]
        return result, metadata

    def _takes_part(self, counters: Any) -> Any:
        """Whether no rule keeps a compute's operands away."""
        return all(
            self._meets(t, level, self._event_at(t, level, counters), on)
            for (level, t), (_, conditions, _) in self.rules.items()
            if not self.written[t]
            for on in conditions
        )

    def computes(self) -> Any:
        """The four kinds, and which iterations take a cycle."""
        compute = self.machine.compute
        operands = [t for t in self.tensors if not self.written[t]]
        counts = dict.fromkeys(KINDS, 0)
        busy = {}
        for counters, at in self.points:
            counts["algorithmic"] += 1
            busy[counters] = 0
            if not self._takes_part(counters):
                continue
            states = []
            for t in operands:
                formatted = self.machine.levels[self.kept[t][0]].formats[t] is not None
                nonzero = self.masks[t][self._word(t, at)]
                states.append("value" if nonzero else "missing" if formatted else "zero")
            if states == ["missing", "missing"]:
                continue
            if states == ["value", "value"]:
                kind = "actual"
            elif "missing" in states and compute.skipping:
                kind = "skipped"
            else:
                kind = "gated" if compute.gating else "actual"
            counts[kind] += 1
            busy[counters] = int(kind != "skipped")
        return counts, busy

    def slowest(self, busy: Any) -> Any:
        """Cycles with all copies waiting for the slowest: every unit has a clock.

        Step by step in time, each unit's clock goes on where it is busy. Whenever a loop in time
        goes on, the copies inside it have waited for each other: their clocks are set to the
        latest of them.
        """
        space = [n for n, (_, _, _, axis) in enumerate(self.loops) if axis]
        time = [n for n, (_, _, _, axis) in enumerate(self.loops) if not axis]
        steps: Any = defaultdict(dict)
        for counters, _ in self.points:
            unit = tuple(counters[n] for n in space)
            steps[tuple(counters[n] for n in time)][unit] = busy[counters]
        clocks: Any = defaultdict(int)
        before: Any = None
        for now in sorted(steps):
            if before is not None:
                moved = next(n for n, a, b in zip(time, before, now, strict=True) if a != b)
                outside = sum(1 for n in space if n < moved)
                latest: Any = defaultdict(int)
                for unit, clock in clocks.items():
                    latest[unit[:outside]] = max(latest[unit[:outside]], clock)
                clocks = defaultdict(int, {u: latest[u[:outside]] for u in clocks})
            for unit, cycles in steps[now].items():
                clocks[unit] += cycles
            before = now
        return max(clocks.values())

    def units(self) -> Any:
        """Places in space."""
        return len({self._place(counters, -1, space=True) for counters, _ in self.points})

    def waiting(self, level: Any) -> Any:
        """Cycles that a level's words take at its bandwidth, its copies sharing them evenly."""
        storage = self.machine.levels[level]
        copies = len({self._place(counters, level, space=True) for counters, _ in self.points})
        reading = writing = Fraction(0)
        for tensor in self.tensors:
            if level not in self.kept[tensor]:
                continue
            scale = Fraction(storage.bandwidth_scale[tensor])
            data, metadata = self.tensor(tensor, level)
            parts = [(data, Fraction(1))]
            for rank, actions in enumerate(metadata):
                form = storage.formats[tensor].ranks[rank]
                for part, bits in enumerate((form.metadata_bits, form.payload_bits)):
                    kinds = {action: both[part] for action, both in actions.items()}
                    parts.append((kinds, Fraction(bits, storage.word_bits)))
            for kinds, size in parts:
                reads, updates = kinds["reads"], kinds["updates"]
                reading += size * scale * (reads["actual"] + reads["gated"])
                writing += size * scale * (updates["actual"] + updates["gated"])
                writing += size * scale * kinds["fills"]["actual"]
        taken = [
            words / copies / Fraction(limit)
            for words, limit in (
                (reading, storage.read_bandwidth),
                (writing, storage.write_bandwidth),
                (reading + writing, storage.shared_bandwidth),
            )
            if limit
        ]
        return max(taken, default=Fraction(0))

    def idle_loops(self) -> Any:
        """Loops of more than one iteration of dimensions that neither operand has, outermost first.

        Of each: whether in space, whether other loops are outside and inside it, and whether the
        output has the dimension.
        """
        ours = {d for t in self.tensors if not self.written[t] for d in self.axes[t]}
        output = {d for t in self.tensors if self.written[t] for d in self.axes[t]}
        real = [loop for loop in self.loops if loop[2] > 1]
        return [
            (bool(axis), n > 0, n + 1 < len(real), dimension in output)
            for n, (_, dimension, _, axis) in enumerate(real)
            if dimension not in ours
        ]
