"""What of a result's figures misleads who takes them for more than they are, a sentence each.

The figures are Timeloop's: nothing is counted otherwise because of what is said here.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

from loas_tl.timeloop.native.computing import Computes
from loas_tl.timeloop.native.energies import STORAGE_ACTIONS
from loas_tl.timeloop.native.machine import Machine
from loas_tl.timeloop.native.propagation import Propagated
from loas_tl.timeloop.result import LevelStats

FEW = 0.001
"""Below this share of the computes that are left, computes without an operand do not mislead."""


def on_computes(machine: Machine, done: Computes) -> Iterator[str]:
    """Computes that are not done and cost as much, and those that are not counted at all.

    Args:
        machine: with the prices.
        done: what the compute units do.
    """
    compute = machine.compute
    whole = compute.energies["random_compute"]
    for kind, number in (("gated", done.gated), ("skipped", done.skipped)):
        price = compute.energies[f"{kind}_compute"]
        if number and price >= whole > 0:
            yield (
                f"{compute.name}: {number:,} {kind} computes cost {price:.4g} pJ each, no less "
                f"than one that is done, as in Timeloop without a price of their own: give --price "
                f"{compute.component_class}.compute_{kind}=PJ, or compute_{kind} in an ERT"
            )
    whole_problem = math.prod(machine.problem.sizes.values())
    if done.algorithmic != whole_problem:
        yield (
            f"{compute.name}: {done.algorithmic:,} computes are counted, the problem has "
            f"{whole_problem:,}: where loops run short Timeloop counts whole computes of an "
            "average number of units; factors that divide their dimensions count all"
        )


def on_gated_operands(machine: Machine, propagated: Propagated) -> Iterator[str]:
    """Computes whose operand a level gates, which Timeloop takes from the cycles as well."""
    for gated in propagated.gated_operands:
        if gated.computes < FEW * propagated.computes:
            continue
        level = machine.levels[gated.level].name
        tensor = machine.problem.data_spaces[gated.tensor].name
        yield (
            f"{machine.compute.name}: {gated.computes:,} computes whose {tensor} {level} gates are "
            "neither done, gated nor skipped, and take no cycle, as in Timeloop: gating reads of "
            "an operand counts there like skipping them; to spend the cycles, leave the rule out "
            "and gate computes alone (compute_optimization)"
        )


def on_metadata(machine: Machine, levels: dict[str, LevelStats]) -> Iterator[str]:
    """Accesses to metadata that nothing prices, outermost level first.

    Args:
        machine: with the prices.
        levels: what was counted, by name, outermost first.
    """
    storages = {storage.name: storage for storage in machine.levels}
    for name, level in levels.items():
        given = machine.ert.get(name, {})
        lacking = {
            action: words
            for action, words in _words(level).items()
            if words and not any(one in given for one in STORAGE_ACTIONS[_RANDOM[action]])
        }
        if not lacking or not any(given.values()):
            continue
        words = ", ".join(
            f"{number:,.0f} words {_DONE[action]}" for action, number in lacking.items()
        )
        asked = " and ".join(dict.fromkeys(_PRICED[action] for action in lacking))
        yield (
            f"{name}: metadata ({words}, an instance) costs 0 pJ, as in Timeloop without a price "
            f"for {asked}: give --price {storages[name].component_class}.ACTION=PJ (pJ a line of "
            f"{storages[name].metadata_width} bits), or have them in an ERT"
        )


_RANDOM = {
    "reads": "random_metadata_read",
    "fills": "random_metadata_fill",
    "updates": "random_metadata_update",
}
_PRICED = {"reads": "metadata_read", "fills": "metadata_write", "updates": "metadata_write"}


_DONE = {"reads": "read", "fills": "filled", "updates": "updated"}


def _words(level: LevelStats) -> dict[str, float]:
    """Words of metadata by action, of all tensors."""
    found = [tensor.metadata for tensor in level.tensors.values() if tensor.metadata is not None]
    return {
        action: sum(getattr(metadata, action).to_dict()["actual"] for metadata in found)
        for action in _RANDOM
    }
