"""A tensor's reads, fills and updates in a level, its metadata's, and what its tiles occupy."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

import numpy as np
import numpy.typing as npt

from loas_tl.exact.arrays import Factor, any_within, integrate, sums_within
from loas_tl.exact.events import Crossing
from loas_tl.exact.fibers import RankShares, Share, shares
from loas_tl.exact.masks import Masks
from loas_tl.exact.nest import Nest, Positions
from loas_tl.exact.result import ExactMetadata, ExactTensor, RankCapacity
from loas_tl.exact.rules import Rules
from loas_tl.exact.windows import Fresh, Terms, words_of
from loas_tl.ground.errors import InputError
from loas_tl.ground.sums import in_order
from loas_tl.timeloop.native.machine import Machine, StorageFormat
from loas_tl.timeloop.native.mapping import Mapping
from loas_tl.timeloop.result import Accesses, FormatAccesses, Rank

Floats = npt.NDArray[np.float64]

WHOLE = Share(None, Fraction(1))
"""Every word of a tensor that is stored as it is."""


@dataclass
class Counter:
    """Counts of one mapping.

    Attributes:
        machine, mapping, nest: what is executed.
        masks: of each tensor, where it is not zero.
        crossings: of each tensor, innermost first.
        ranks: of each tensor and level, the loops of each rank, innermost first.
        total: adds a product up over the iteration space; :func:`arrays.independent` counts as
            if tensors had nothing to do with each other.
    """

    machine: Machine
    mapping: Mapping
    nest: Nest
    masks: Masks
    crossings: list[list[Crossing]]
    ranks: list[dict[int, list[Positions]]]
    total: Callable[[Sequence[int], list[Factor]], float] = integrate
    _arrays: dict[int, dict[Positions, Factor]] = field(default_factory=dict)

    def fresh(self, crossing: Crossing) -> Fresh | None:
        """Where the words of a tensor indexed by sums are fresh; None of any other tensor."""
        if not self.nest.window(crossing.tensor):
            return None
        inner = crossing.inner
        reuse = self.mapping.levels[inner].no_temporal_reuse if inner is not None else ()
        between = self.mapping.levels[0 if inner is None else inner + 1 : crossing.outer + 1]
        return Fresh(
            self.nest,
            crossing.tensor,
            crossing,
            multicast=all(crossing.tensor not in level.no_multicast for level in between),
            keeps=inner is not None and crossing.tensor not in reuse,
        )

    def moved(self, tensor: int, level: int) -> float:
        """Words that a read moves on average, the inner level's metadata in words of data."""
        inners = {crossing.outer: crossing.inner for crossing in self.crossings[tensor]}
        storage = self.machine.levels[level]
        ratio = storage.metadata_word_bits // storage.word_bits
        inner = inners[level]
        metadata = self._capacities(tensor, level if inner is None else inner)
        words = in_order(float(m.mean() + p.mean()) for m, p in metadata)
        return float(self._held(tensor, level).mean()) + ratio * words

    def leaving(self, level: int, tensor: int, rules: Rules) -> Accesses:
        """Words that leave a level inwards: reads, or updates of the tensor that is written."""
        crossing = next(c for c in self.crossings[tensor] if c.outer == level)
        return self._kinds(crossing, self._words(level, tensor), rules, None)

    def tensor(self, level: int, tensor: int, rules: Rules) -> ExactTensor:
        """Everything about a tensor in a level."""
        number = next(i for i, c in enumerate(self.crossings[tensor]) if c.outer == level)
        crossing = self.crossings[tensor][number]
        above = self.crossings[tensor][number + 1 :]
        form = self.machine.levels[level].formats[tensor]
        words = self._words(level, tensor)
        held = self._held(tensor, level) if form is not None else None
        size = self.words(tensor, level)
        return ExactTensor(
            reads=self._reads(crossing, words, rules),
            fills=self._fills(crossing, above, words, rules),
            updates=self._updates(crossing, words, rules),
            capacity_mean=size if held is None else float(held.mean()),
            capacity_max=size if held is None else float(held.max()),
            tile_size=size,
            instances=self.nest.instances(level) * self._nonempty_share(tensor, level),
            metadata=None if form is None else self._metadata(crossing, above, form, rules),
        )

    def words(self, tensor: int, level: int) -> int:
        """Of a tensor's tile in a level."""
        if self.nest.window(tensor):
            return words_of(self.nest, tensor, self.nest.inside(level))
        return self.nest.words(tensor, level)

    def bandwidth_cycles(self, level: int, tensors: dict[str, ExactTensor]) -> float:
        """Cycles at a level's bandwidth, shared evenly by its copies.

        Done and gated accesses take bandwidth; metadata counts in words of data.
        """
        storage = self.machine.levels[level]
        reading = writing = 0.0
        for tensor, space in enumerate(self.machine.problem.data_spaces):
            if space.name not in tensors:
                continue
            counted = tensors[space.name]
            scale = storage.bandwidth_scale[tensor]
            reads = counted.reads.actual + counted.reads.gated
            writes = counted.fills.actual + counted.updates.actual + counted.updates.gated
            form = storage.formats[tensor]
            if counted.metadata is not None and form is not None:
                meta = counted.metadata
                reads += _bits(form, meta.reads) / storage.word_bits
                writes += (_bits(form, meta.fills) + _bits(form, meta.updates)) / storage.word_bits
            reading += reads * scale
            writing += writes * scale
        copies = self.nest.instances(level)
        limits = (
            (storage.read_bandwidth, reading),
            (storage.write_bandwidth, writing),
            (storage.shared_bandwidth, reading + writing),
        )
        return max((words / copies / limit for limit, words in limits if limit), default=0.0)

    # What is left out, and what is counted.

    def _words(self, level: int, tensor: int) -> Share:
        """What a level stores of a tensor: all of it, or with a format its non-zeros."""
        if self.machine.levels[level].formats[tensor] is None:
            return WHOLE
        return Share(self._any(tensor, frozenset()), Fraction(1))

    def _any(self, tensor: int, free: Positions) -> Factor:
        """Of each word, whether any is not zero that differs from it in the given loops only."""
        known = self._arrays.setdefault(tensor, {})
        free = frozenset(p for p in free if self.nest.loops[p].bound > 1)
        if free not in known:
            axes = self.nest.tensors[tensor]
            known[free] = Factor(axes, any_within(self.nest, axes, self.masks[tensor], free))
        return known[free]

    def _sifted(self, tensor: int, level: int) -> bool:
        """Whether the level's outer one has a format, and so never sends it an empty tile."""
        kept = self.nest.kept(tensor)
        place = kept.index(level)
        outer = kept[place + 1] if place + 1 < len(kept) else None
        return outer is not None and self.machine.levels[outer].formats[tensor] is not None

    def _arrives(self, tensor: int, level: int) -> list[Factor]:
        """Which words lie in tiles that were not sifted out from a level outwards."""
        for outer in self.nest.kept(tensor):
            if outer >= level and self._sifted(tensor, outer):
                return [self._any(tensor, self.nest.inside(outer))]
        return []

    def _nonempty_share(self, tensor: int, level: int) -> float:
        if not self._sifted(tensor, level):
            return 1.0
        nonempty = self._any(tensor, self.nest.inside(level))
        return integrate(self.nest.sizes, [nonempty]) / math.prod(self.nest.sizes)

    def _first(self, crossing: Crossing, *, at_inner: bool = False) -> list[Factor]:
        """Which iterations belong to a written word's first event."""
        again = crossing.again(self.nest, at_inner=at_inner)
        factors = []
        for dimension, size in enumerate(self.nest.sizes):
            index = np.arange(size)
            first = np.ones(size, np.bool_)
            stride = 1
            for position in self.nest.where(range(len(self.nest.loops)), dimension):
                bound = self.nest.loops[position].bound
                if position in again and bound > 1:
                    first &= (index // stride) % bound == 0
                stride *= bound
            if not first.all():
                factors.append(Factor((dimension,), first))
        return factors

    def _count(
        self, share: Share, factors: list[Factor], repeats: int, terms: Terms | None = None
    ) -> float:
        own = [] if share.where is None else [share.where]
        total = in_order(
            self.total(self.nest.sizes, [*own, *factors, *term]) for term in terms or [[]]
        )
        return total * share.part.numerator / (share.part.denominator * repeats)

    def _kinds(
        self, crossing: Crossing, words: Share, rules: Rules, minus: list[Factor] | None
    ) -> Accesses:
        """Accesses of the outer level in each kind; without the first ones where ``minus``."""
        tensor = crossing.tensor
        repeats = crossing.repeats(self.nest)
        offered = self._outer_rules(tensor, crossing.outer, rules)
        offered += self._arrives(tensor, crossing.outer)
        rule = rules.get((crossing.outer, tensor))
        fresh = self.fresh(crossing)
        terms = fresh.leaving() if fresh is not None else None
        ruled = any(target == tensor for _, target in rules)
        if fresh is not None and ruled and fresh.shares:
            name = self.machine.problem.data_spaces[tensor].name
            raise InputError(
                f"a rule for {name}, of which copies share words of a window, is not executed"
            )

        def count(share: Share, factors: list[Factor]) -> float:
            total = self._count(share, factors, repeats, terms)
            if minus is not None:
                total -= self._count(share, [*factors, *minus], repeats)
            return total

        algorithmic = count(WHOLE, [])
        present = count(words, offered)
        done = present if rule is None else count(words, [*offered, *rule.done])
        saved = present - done
        return Accesses(
            algorithmic,
            done,
            gated=saved if rule is not None and rule.type == "gated" else 0,
            skipped=saved if rule is not None and rule.type == "skipped" else 0,
        )

    def _outer_rules(self, tensor: int, level: int, rules: Rules) -> list[Factor]:
        """What rules of levels further out leave of a tensor's events."""
        return [
            factor
            for (outer, target), rule in rules.items()
            if target == tensor and outer > level
            for factor in rule.done
        ]

    def _reads(self, crossing: Crossing, words: Share, rules: Rules) -> Accesses:
        tensor = crossing.tensor
        if not self.nest.written[tensor]:
            return self._kinds(crossing, words, rules, None)
        # A partial sum is read back to be added to, except the first time.
        reread = tensor in self.mapping.levels[crossing.outer].rmw_first_update
        return self._kinds(crossing, words, rules, None if reread else self._first(crossing))

    def _updates(self, crossing: Crossing, words: Share, rules: Rules) -> Accesses:
        if not self.nest.written[crossing.tensor]:
            return Accesses()
        return self._kinds(crossing, words, rules, None)

    def _fills(
        self, crossing: Crossing, above: list[Crossing], words: Share, rules: Rules
    ) -> Accesses:
        """Words that arrive from the next outer level that keeps the tensor."""
        if not above:
            return Accesses()
        source = above[0]
        tensor, level = crossing.tensor, crossing.outer
        repeats = source.repeats_at_inner(self.nest)
        arriving = self._outer_rules(tensor, level, rules) + self._arrives(tensor, level)
        fresh = self.fresh(source)
        terms = fresh.arriving() if fresh is not None else None
        algorithmic = self._count(WHOLE, [], repeats, terms)
        actual = self._count(words, arriving, repeats, terms)
        reread = tensor in self.mapping.levels[level].rmw_first_update
        if self.nest.written[tensor] and not reread:
            # Partial sums that never were are not fetched.
            first = self._first(source, at_inner=True)
            algorithmic -= self._count(WHOLE, first, repeats)
            actual -= self._count(words, [*arriving, *first], repeats)
        return Accesses(algorithmic, actual)

    # What tiles occupy.

    def _tiles(self, tensor: int, level: int, share: Share) -> Floats:
        """Words of every tile that the level ever holds."""
        inside = self.nest.inside(level)
        axes = self.nest.tensors[tensor]
        where = np.ones(self.masks[tensor].shape, np.bool_)
        if share.where is not None:
            where = share.where.values.astype(np.bool_, copy=False)
        tiles = sums_within(self.nest, axes, where, inside).ravel().astype(np.float64)
        if self._sifted(tensor, level):
            mask = sums_within(self.nest, axes, self.masks[tensor], inside).ravel()
            tiles = tiles[mask > 0]
        if not len(tiles):
            return np.zeros(1)
        return tiles * (share.part.numerator / share.part.denominator)

    def _held(self, tensor: int, level: int) -> Floats:
        return self._tiles(tensor, level, Share(self._any(tensor, frozenset()), Fraction(1)))

    def _shares(self, tensor: int, level: int) -> list[RankShares]:
        form = self.machine.levels[level].formats[tensor]
        if form is None:
            return []
        known = self._arrays.setdefault(tensor, {})
        ranks = self.ranks[tensor][level]
        return shares(self.nest, tensor, form, ranks, self.masks[tensor], known)

    def _capacities(self, tensor: int, level: int) -> list[tuple[Floats, Floats]]:
        """Metadata and payload words of each tile, by rank, innermost first."""

        def words(share: Share | None) -> Floats:
            return np.zeros(1) if share is None else self._tiles(tensor, level, share)

        return [(words(rank.metadata), words(rank.payload)) for rank in self._shares(tensor, level)]

    def _metadata(
        self, crossing: Crossing, above: list[Crossing], form: StorageFormat, rules: Rules
    ) -> ExactMetadata:
        tensor, level = crossing.tensor, crossing.outer
        inner = level if crossing.inner is None else crossing.inner
        inner_form = self.machine.levels[inner].formats[tensor]
        sent = 0 if inner_form is None else len(inner_form.ranks)
        ranks = self._shares(tensor, level)
        # A rule saves only the ranks that go to the inner level.
        own = {key: rule for key, rule in rules.items() if key != (level, tensor)}

        def by_rank(count: Callable[[Share, Rules], Accesses]) -> FormatAccesses:
            counted = [
                tuple(
                    Accesses() if share is None else count(share, rules if index < sent else own)
                    for share in (rank.metadata, rank.payload)
                )
                for index, rank in enumerate(ranks)
            ]
            return FormatAccesses(
                *(
                    tuple(Rank(getattr(m, kind), getattr(p, kind)) for m, p in reversed(counted))
                    for kind in ("actual", "gated", "skipped")
                )
            )

        capacities = self._capacities(tensor, level)
        return ExactMetadata(
            ranks=tuple(rank.format for rank in reversed(form.ranks)),
            reads=by_rank(lambda share, some: self._reads(crossing, share, some)),
            fills=by_rank(lambda share, some: self._fills(crossing, above, share, some)),
            updates=by_rank(lambda share, some: self._updates(crossing, share, some)),
            capacity_mean=tuple(
                RankCapacity(float(m.mean()), float(p.mean())) for m, p in reversed(capacities)
            ),
            capacity_max=tuple(
                RankCapacity(float(m.max()), float(p.max())) for m, p in reversed(capacities)
            ),
        )


def _bits(form: StorageFormat, accesses: FormatAccesses) -> float:
    """Bits of metadata that take bandwidth."""
    return in_order(
        word.metadata * rank.metadata_bits + word.payload * rank.payload_bits
        for words in (accesses.actual, accesses.gated)
        for word, rank in zip(reversed(words), form.ranks, strict=False)
    )
