"""The items of the published evaluation that can be computed."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from loas_tl.ground.errors import InputError
from loas_tl.ground.given import check_seed
from loas_tl.ground.nearest import unknown
from loas_tl.reproduction import ann, baselines, dense, timesteps, workloads
from loas_tl.reproduction.item import Item, Reproduction
from loas_tl.reproduction.runs import Runs

ITEMS: tuple[Item, ...] = (
    Item("table2", "Table II: sparsity of the workloads", workloads.table_2),
    Item("fig5", "Fig. 5: partial sums of GoSPA-SNN over timesteps", timesteps.fig_5),
    Item("fig12-speedup", "Fig. 12: speedup, and the gain of LoAS-FT", baselines.fig_12_speedup),
    Item("fig12-energy", "Fig. 12: energy over LoAS-FT", baselines.fig_12_energy),
    Item("fig13", "Fig. 13: traffic over LoAS-FT", baselines.fig_13),
    Item("fig14", "Fig. 14: off-chip traffic of three layers by kind", baselines.fig_14),
    Item("fig16a", "Fig. 16a: a TPPE over timesteps", timesteps.fig_16a),
    Item("fig16b", "Fig. 16b: silent neurons over timesteps", workloads.fig_16b),
    Item("fig17", "Fig. 17: VGG16 over weight sparsity and timesteps", timesteps.fig_17),
    Item("fig18", "Fig. 18: against SparTen and Gamma on the ANN", ann.fig_18),
    Item("fig19", "Fig. 19: PTB and Stellar over LoAS-FT", dense.fig_19),
)

NOT_COMPUTED = {"fig11": "Fig. 11: accuracy; it needs training"}
"""Items that no model can give."""


def reproduce(
    items: Sequence[str] = (),
    seed: int = 0,
    progress: Callable[[int, int, str], None] | None = None,
) -> Reproduction:
    """Compute items of the published evaluation.

    Args:
        items: names; by default all.
        seed: of the generated tensors.
        progress: called after each item.

    Returns:
        The rows of each item, in the evaluation's order.

    Raises:
        InputError: for an unknown name, naming the nearest.
    """
    known = {item.name: item for item in ITEMS}
    for name in items:
        if name in NOT_COMPUTED:
            raise InputError(f"{name}: {NOT_COMPUTED[name]}")
        if name not in known:
            raise unknown(name, list(known), "the published evaluation has no", "ITEM")
    check_seed(seed)
    chosen = [item for item in ITEMS if not items or item.name in items]
    runs = Runs(seed)
    rows = Reproduction()
    for done, item in enumerate(chosen, start=1):
        rows[item] = item.rows(runs)
        if progress is not None:
            progress(done, len(chosen), item.title)
    return rows
