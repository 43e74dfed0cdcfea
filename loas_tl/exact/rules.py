"""Skipping and gating: which events of a tensor a level leaves out.

A rule says: the target's tile is not read (or updated) where the condition's words that it would
meet are all zeros. What it meets are all words of the condition in the event's span: in every
copy that shares the event, for as long as the tile stays. A memory that moves a block at a time
leaves a block out only where nothing in it is wanted.

As in Timeloop, hardware takes of several options, and of several rules for the same tile, the one
that saves most; here by what it really saves. It cannot walk the condition out of order: where
copies of the target's tile walk a dimension both have, and a loop outside walks the condition
further while they stay, the rule saves nothing.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from loas_tl.exact.arrays import Bools, Factor, any_in_blocks, any_within, integrate
from loas_tl.exact.events import Crossing
from loas_tl.exact.masks import Masks
from loas_tl.exact.nest import Nest
from loas_tl.timeloop.errors import MappingError
from loas_tl.timeloop.native.machine import Action, Condition, Machine


@dataclass(frozen=True)
class Met:
    """What events meet of a condition.

    Attributes:
        tensor: the condition's index.
        words: that one event meets.
        where: of each word, whether the events it belongs to meet a non-zero.
    """

    tensor: int
    words: int
    where: Factor


@dataclass(frozen=True)
class Rule:
    """What a level does about a tensor.

    Attributes:
        type: ``gated`` or ``skipped``.
        met: of each condition that can be walked in order.
        share: of events that do not take place.
    """

    type: str
    met: tuple[Met, ...]
    share: float

    @property
    def done(self) -> tuple[Factor, ...]:
        """Factors whose product says which events take place."""
        return tuple(met.where for met in self.met)


Rules = dict[tuple[int, int], Rule]
"""(level, tensor) -> rule."""


Moved = Callable[[int, int], float]


@dataclass(frozen=True)
class _Option:
    level: int
    target: int
    rule: Rule
    saved: float


@dataclass(frozen=True)
class Chooser:
    """Finds the rules that apply.

    Attributes:
        machine: the hardware with its rules.
        nest: the loops.
        masks: of each tensor, where it is not zero.
        crossings: of each tensor, innermost first.
        moved: words, metadata included, that one read of a tensor (its first argument) from a
            level moves on average.
    """

    machine: Machine
    nest: Nest
    masks: Masks
    crossings: list[list[Crossing]]
    moved: Moved

    def rules(self) -> Rules:
        """All rules that apply.

        Raises:
            MappingError: a rule's target is kept nowhere.
        """
        found: Rules = {}
        for action in self.machine.actions:
            option = self._best(action)
            known = found.get((option.level, option.target))
            if known is None or known.share < option.rule.share:
                found[option.level, option.target] = option.rule
        return found

    def _best(self, action: Action) -> _Option:
        options = [self._option(action, condition) for condition in action.options]
        best = options[0]
        for option in options[1:]:
            # Of equals the last; means of the same values may differ in their last bits.
            if option.saved >= best.saved * (1 - 1e-9):
                best = option
        return best

    def _option(self, action: Action, condition: Condition) -> _Option:
        outwards = (c for c in self.crossings[condition.target] if c.outer >= action.level)
        crossing = next(outwards, None)
        if crossing is None:
            name = self.machine.problem.data_spaces[condition.target].name
            raise MappingError(
                self.machine.levels[action.level].name,
                f"skipping/gating for {name} does not have a source storage",
            )
        level = self.machine.levels[crossing.outer]
        rule = self._rule(crossing, condition, action.type)
        # With nothing to choose from, what a read moves need not be known.
        words = self.moved(condition.target, crossing.outer) if len(action.options) > 1 else 1.0
        saved = level.energies["random_read"] / level.block_size * words * rule.share
        return _Option(crossing.outer, condition.target, rule, saved)

    def _rule(self, crossing: Crossing, condition: Condition, kind: str) -> Rule:
        nest = self.nest
        block_size = self.machine.levels[crossing.outer].block_size
        met = tuple(
            _met(nest, self.masks[on], crossing, on, block_size)
            for on in condition.on
            if not _out_of_order(nest, crossing, on)
        )
        done = integrate(nest.sizes, [each.where for each in met])
        return Rule(kind, met, 1 - done / math.prod(nest.sizes))


def _met(nest: Nest, mask: Bools, crossing: Crossing, on: int, block_size: int) -> Met:
    axes = nest.tensors[on]
    met = any_within(nest, axes, mask, crossing.span)
    words = nest.product(crossing.span, axes)
    dimension = nest.loops[_target_position(nest, crossing)].dimension
    if dimension in axes:
        tile_words = nest.product(crossing.inside, nest.tensors[crossing.tensor])
        step = nest.product(crossing.inside, [dimension])
        tile = nest.product(nest.inside(crossing.outer), [dimension])
        length = min(math.ceil(block_size / tile_words) * step, tile)
        met = any_in_blocks(met, axes.index(dimension), tile, length)
        spanned = nest.product(crossing.span, [dimension])
        words = words // spanned * max(spanned, length)
    return Met(on, words, Factor(axes, met))


def _between(nest: Nest, crossing: Crossing) -> list[int]:
    """Loops from the crossing out to the outer level's last, innermost first."""
    first = 0 if crossing.inner is None else crossing.inner + 1
    return [p for p, loop in enumerate(nest.loops) if first <= loop.level <= crossing.outer]


def _target_position(nest: Nest, crossing: Crossing) -> int:
    """The loop along which the target's tiles follow one another.

    The innermost loop of more than one iteration that matters to the target. At the compute
    level, where all words move in every step, the innermost loop in time, or the outermost loop
    in space below it if none of those matters.
    """
    between = _between(nest, crossing)
    relevant = nest.tensors[crossing.tensor]
    for index, position in enumerate(between):
        loop = nest.loops[position]
        matters = loop.bound > 1 and loop.dimension in relevant
        if matters and (crossing.inner is not None or loop.axis):
            return position
        if crossing.inner is None:
            following = between[index + 1] if index + 1 < len(between) else None
            above = following is not None and nest.loops[following]
            same = above and above.level == loop.level and above.axis
            if not same:
                return position
    return between[-1]


def _out_of_order(nest: Nest, crossing: Crossing, on: int) -> bool:
    """Whether the condition would have to be walked out of order (see the module)."""
    position = _target_position(nest, crossing)
    if not nest.loops[position].axis:
        return False
    relevant = nest.tensors[crossing.tensor]
    condition = nest.tensors[on]
    cut = False
    moved = False
    for other in [p for p in _between(nest, crossing) if p >= position]:
        loop = nest.loops[other]
        if loop.bound == 1 and other != position:
            continue
        if not loop.axis:
            # A loop in time that moves the target on ends its stay; at the compute level any.
            moved = moved or crossing.inner is None or loop.dimension in relevant
            if moved:
                continue
        if cut and loop.dimension in condition:
            return True
        cut = cut or (loop.dimension in relevant and loop.dimension in condition)
    return False
