"""Stellar: spike skipping with all timesteps of a neuron at once, dense weights (HPCA 2024)."""

from __future__ import annotations

from loas_tl.designs.composition import StellarComposition
from loas_tl.designs.constants import constants
from loas_tl.designs.ptb import COMPUTE, LEAKAGE_MW
from loas_tl.models.declaration import OutputStationaryArray

STELLAR = OutputStationaryArray(
    name="Stellar",
    about="dense weights, 4 pixels by 4 channels, all timesteps at once, spikes skipped",
    pixels=4,
    channels=4,
    timesteps=None,
    skew=6,
    kept=0.2,
    on_chip_bytes=256 * 1024,
    # 64 accumulators (4 x 4 outputs, 4 timesteps), so the same constants as PTB.
    energy=constants(StellarComposition(), published_compute=COMPUTE, leakage_mW=LEAKAGE_MW),
)
