"""PTB: parallel time batching on a dense systolic array (HPCA 2022)."""

from __future__ import annotations

from loas_tl.accelerators.declaration import EnergyConstants, OutputStationaryArray

# One PE is a 12-bit accumulator and an 8-bit weight register at 32 nm; an action takes their
# dynamic power (0.02917 and 0.01504 mW) for a 2.5 ns cycle. The array's 64 PEs leak 0.61 mW
# beside the 124.5 mW of the global cache, the same as LoAS's.
ACTION_PJ = 0.111

PTB = OutputStationaryArray(
    name="PTB",
    about="dense weights, 16 pixels by 4 timesteps on a systolic array",
    pixels=16,
    channels=1,
    timesteps=4,
    skew=15,
    kept=1.0,
    on_chip_bytes=256 * 1024,
    energy=EnergyConstants(published_compute=ACTION_PJ, leakage_mW=125.1, action_pJ=ACTION_PJ),
)
