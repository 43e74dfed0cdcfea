"""Engine's results of several specifications as rows, with a total."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from loas_tl.ground.sums import in_order
from loas_tl.timeloop.frames import TOTAL
from loas_tl.timeloop.result import Result

if TYPE_CHECKING:
    import pandas as pd


def results_frame(names: Sequence[str], results: Sequence[Result]) -> pd.DataFrame:
    """The frames of results one below the other, the specification in the first column.

    Several end in a row of the total: cycles one after the other, and energy.

    Args:
        names: of the specifications.
        results: of each.
    """
    import pandas as pd

    frames = [
        result.to_frame().assign(spec=name) for name, result in zip(names, results, strict=True)
    ]
    if len(results) > 1:
        frames.append(pd.DataFrame([{"spec": TOTAL, "level": TOTAL, **total(results)}]))
    frame = pd.concat([one.dropna(axis="columns", how="all") for one in frames], ignore_index=True)
    columns = max((list(one.drop(columns="spec")) for one in frames), key=len)
    frame = frame.reindex(columns=["spec", *columns])
    return frame.fillna({"tensor": ""})


def results_csv(names: Sequence[str], results: Sequence[Result]) -> str:
    """:func:`results_frame` as CSV."""
    return str(results_frame(names, results).to_csv(index=False))


def total(results: Sequence[Result]) -> dict[str, float]:
    """``cycles`` and ``energy_pJ`` of results one after the other."""
    return {
        "cycles": in_order(result.cycles for result in results),
        "energy_pJ": in_order(result.energy_pj for result in results),
    }


def total_line(results: Sequence[Result]) -> str:
    """The total in a line."""
    whole = total(results)
    return (
        f"total of {len(results)}: {whole['cycles']:,.0f} cycles, "
        f"{whole['energy_pJ'] / 1e3:,.3f} nJ"
    )
