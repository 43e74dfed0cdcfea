"""PTB: parallel time batching on a dense systolic array (HPCA 2022)."""

from __future__ import annotations

from loas_tl.designs.composition import PtbComposition
from loas_tl.designs.constants import constants
from loas_tl.models.declaration import OutputStationaryArray

# One PE is a 12-bit accumulator and an 8-bit weight register at 32 nm. The formula's constants:
# their action for 2.5 ns, and 0.61 mW of leakage of 64 PEs beside the 124.5 mW of the cache.
COMPUTE = 0.111
LEAKAGE_MW = 125.1

PTB = OutputStationaryArray(
    name="PTB",
    about="dense weights, 16 pixels by 4 timesteps on a systolic array",
    pixels=16,
    channels=1,
    timesteps=4,
    skew=15,
    kept=1.0,
    on_chip_bytes=256 * 1024,
    energy=constants(PtbComposition(), published_compute=COMPUTE, leakage_mW=LEAKAGE_MW),
)
