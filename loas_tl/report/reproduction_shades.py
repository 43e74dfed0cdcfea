"""How differences from the published evaluation are drawn."""

from __future__ import annotations

from loas_tl.report.colours import Mark
from loas_tl.reproduction.item import NEAR

SHADES = {
    f"within {100 * NEAR:g} %": Mark("#487098", "circle"),
    "farther off": Mark("#D05010", "triangle-up"),
}
"""By how large they are."""
