"""What the energy of a design is made of."""

from __future__ import annotations

from loas_tl.components.units import in_mW, in_pJ
from loas_tl.designs.composition import Composition
from loas_tl.models.declaration import EnergyConstants


def constants(
    design: Composition,
    *,
    published_compute: float,
    leakage_mW: float,  # noqa: N803 - the unit as it is written
) -> EnergyConstants:
    """What an accelerator's energy is made of: the published constants, and those of the models.

    Args:
        design: the accelerator's parts; a compute is an action of its PE.
        published_compute: the published formula's weight of a compute.
        leakage_mW: the published formula's static power.
    """
    return EnergyConstants(
        published_compute=published_compute,
        leakage_mW=leakage_mW,
        action_pJ=in_pJ(design.pe().energy("compute")),
        static_mW=in_mW(design.leakage),
    )
