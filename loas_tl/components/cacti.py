"""CACTI 7's answers for 540 SRAMs, as a table."""

from __future__ import annotations

from functools import cache

from loas_tl.ground.data import read_data

Axes = tuple[float, float, float, float]
"""Technology in nm, size in bytes, banks, bytes of an access."""

QUANTITIES = ("read_nJ", "write_nJ", "leakage_per_bank_mW", "area_mm2")


@cache
def table() -> dict[Axes, tuple[float, float, float, float]]:
    """CACTI's answers: nJ a read, nJ a write, mW of leakage a bank, mm²."""
    return {
        (
            float(row["technology_nm"]),
            float(row["size_bytes"]),
            float(row["banks"]),
            float(row["block_bytes"]),
        ): (
            float(row["read_nJ"]),
            float(row["write_nJ"]),
            float(row["leakage_per_bank_mW"]),
            float(row["area_mm2"]),
        )
        for row in read_data("cacti_sram.csv")
    }
