"""An engine's result as rows: levels and tensors, computes, what is of no level, the total."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from loas_tl.ground.sums import in_order

if TYPE_CHECKING:
    import pandas as pd

    from loas_tl.timeloop.result import Number, Result, TensorStats

TOTAL = "total"
"""What the row of a whole run is called, and that of several."""

IDLE = "idle leakage, not charged"
"""What the row of leakage is called that Timeloop leaves out of the total."""

COLUMNS = (
    *("level", "tensor", "instances", "instances_used_average", "cycles"),
    *("reads", "fills", "updates", "computes", "capacity", "energy_pJ"),
)
METADATA = ("metadata_reads", "metadata_fills", "metadata_updates")
"""Further columns where a tensor is compressed: words of metadata."""
BRIEF = ("level", "tensor", "cycles", "reads", "fills", "updates", "energy_pJ")


def besides(result: Result) -> dict[str, float]:
    """Energy in pJ that is charged beside accesses and computes; what there is none of is left out.

    Args:
        result: whose energy it is.

    Returns:
        Of temporal reductions, of generating addresses, of networks and of leakage.
    """
    tensors = [tensor for level in result.levels.values() for tensor in level.tensors.values()]
    found = {
        "reductions": in_order(tensor.reduction_energy_pj for tensor in tensors),
        "addresses": in_order(tensor.address_energy_pj for tensor in tensors),
        "networks": in_order(result.networks.values()),
        "leakage": in_order(level.leakage_pj for level in result.levels.values()),
    }
    return {name: energy for name, energy in found.items() if energy}


def frame_of(result: Result) -> pd.DataFrame:
    """The frame of :meth:`Result.to_frame`."""
    rows = rows_of(result)
    compressed = any(METADATA[0] in row for row in rows)
    return _frame(rows, (*COLUMNS, *METADATA) if compressed else COLUMNS)


def brief_of(result: Result) -> pd.DataFrame:
    """The frame of :meth:`Result.brief`."""
    return _frame(rows_of(result, idle=True), BRIEF)


def rows_of(result: Result, idle: bool = False) -> list[dict[str, Any]]:
    """The rows, without what a row has nothing of.

    Args:
        result: whose they are.
        idle: whether leakage that is not charged stands below the total.
    """
    bare = result.without_price
    rows: list[dict[str, Any]] = []
    for name, level in result.levels.items():
        for tensor_name, tensor in level.tensors.items():
            rows.append(
                {
                    "level": name,
                    "tensor": tensor_name,
                    "instances": level.instances,
                    "instances_used_average": tensor.instances_used_average,
                    "cycles": level.cycles,
                    "reads": tensor.reads.actual,
                    "fills": tensor.fills.actual,
                    "updates": tensor.updates.actual,
                    "capacity": tensor.capacity,
                    "energy_pJ": None if name in bare else tensor.energy_pj,
                }
                | _metadata_of(tensor)
            )
    compute = result.compute
    rows.append(
        {
            "level": compute.name,
            "instances": compute.instances,
            "instances_used_average": compute.instances_used_average,
            "cycles": compute.cycles,
            "computes": result.computes.actual,
            "energy_pJ": None if compute.name in bare else compute.energy_pj,
        }
    )
    rows += [{"level": name, "energy_pJ": energy} for name, energy in besides(result).items()]
    rows.append({"level": TOTAL, "cycles": result.cycles, "energy_pJ": result.energy_pj})
    if idle and result.idle_leakage_pj:
        rows.append({"level": IDLE, "energy_pJ": result.idle_leakage_pj})
    return rows


def _metadata_of(tensor: TensorStats) -> dict[str, Number]:
    if tensor.metadata is None:
        return {}
    words = tensor.metadata.to_dict()
    return {f"metadata_{action}": words[action]["actual"] for action in _ACTIONS}


_ACTIONS = ("reads", "fills", "updates")


def _frame(rows: Sequence[dict[str, Any]], names: Sequence[str]) -> pd.DataFrame:
    import pandas as pd

    return pd.DataFrame(rows, columns=list(names)).fillna({"tensor": ""})
