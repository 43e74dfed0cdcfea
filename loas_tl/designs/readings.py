"""How the papers' silence on timing is read: three readings, as strict for every accelerator.

The papers leave open how long a chunk takes to fetch, what a chunk without a match costs, and what
is hidden behind what; nothing of it was measured. Each design says by its parameters what a
reading of it is; what was set by hand stays.

``claimed``
    as the authors argue: everything that can go on beside the matches or the merging does.
``plausible``
    the default. A chunk without a match is passed over; a bitmask machine takes two cycles to
    fetch a chunk, as the cache's access time of 1.358 ns is longer than a cycle of 1.25 ns.
``literal``
    what is not said does not happen: every chunk goes through the laggy prefix-sum, in the one
    cycle that its bitmask takes to arrive.

Source: LoAS (MICRO 2024), sections IV-B to IV-D and V; CACTI 7 for the access time.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Literal

from loas_tl.ground.errors import InputError

if TYPE_CHECKING:
    from loas_tl.designs.design import Design

Reading = Literal["claimed", "plausible", "literal"]
READINGS: tuple[Reading, ...] = ("claimed", "plausible", "literal")
DEFAULT: Reading = "plausible"

NEVER_MEASURED = (
    "The published evaluation counts matches alone; it never measured what fetching, empty chunks "
    "and the laggy prefix-sum cost."
)
"""Said wherever figures of a reading stand."""

FETCH_CYCLES = 2
"""A cache bank's access time in cycles of the published clock: 1.358 ns of 1.25 ns."""

TO_FETCH = "to bring a chunk's bitmasks from the cache to a PE"
UNDER = "whether the next chunk is fetched while this one's matches are issued"


def read(design: Design, reading: Reading, keep: Collection[str] = ()) -> Design:
    """A design as a reading has it, under its own name; parameters that were set stay.

    Args:
        design: the plausible one.
        reading: one of :data:`READINGS`.
        keep: parameters that were set, though to their defaults.

    Raises:
        InputError: for an unknown reading.
    """
    if reading not in READINGS:
        raise InputError(
            f"is {reading!r}; expected one of {', '.join(READINGS)}, or all", key="--reading"
        )
    known = design.parameters
    values: dict[str, Any] = {
        name: value
        for name, value in design.readings.get(reading, {}).items()
        if name in known and name not in design.set_ and name not in keep
    }
    if not values:
        return design
    # What the reading says is usual in it, so that it is no part of the label.
    usual = design.origin or design.with_(**{name: known[name].default for name in design.changed})
    return replace(design, origin=replace(usual, origin=None, **values), **values)
