"""How differences from the published evaluation are drawn."""

from __future__ import annotations

from loas_tl.report.colours import FAR, Mark
from loas_tl.report.colours import NEAR as NEAR_COLOUR
from loas_tl.reproduction.item import NEAR

SHADES = {
    f"within {100 * NEAR:g}%": Mark(NEAR_COLOUR, "circle"),
    "farther off": Mark(FAR, "triangle-up"),
}
"""By how large they are."""
