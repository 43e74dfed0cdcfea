"""What every design is held to, whatever a subclass declares or a user sets."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from loas_tl.components.technology import SMALLEST_NM
from loas_tl.designs.figures import PublishedFigures
from loas_tl.designs.parameter import plain
from loas_tl.ground.errors import InputError
from loas_tl.ground.kib import BITS_PER_KIB
from loas_tl.models.dataflow import Dataflow, TileError

if TYPE_CHECKING:
    from loas_tl.designs.design import Design

PLACEHOLDERS = -1
"""The technology that has Accelergy answer 1 pJ an action; nothing else can be priced at it."""

PARTITIONS = ("input", "weight", "output")
"""Of the cache."""


def check_technology(design: Design) -> None:
    """Refuse nodes that nothing can be scaled to."""
    if PLACEHOLDERS != design.technology < SMALLEST_NM:
        raise InputError(
            f"is {design.technology}; expected {SMALLEST_NM:g} to 90 nm, or {PLACEHOLDERS}",
            key=f"{design.name}.technology",
        )


def check_declaration(design: Design) -> None:
    """Refuse what a class cannot say of itself."""
    known = design.parameters
    for name, extent in design.spread.items():
        if name not in known or extent not in ("T", "M", "N"):
            raise InputError(
                f"{design.name}: spread has {name!r}: {extent!r}; expected parameters, each of "
                "T, M or N"
            )
    if (
        len(design.shares) != len(PARTITIONS)
        or not all(isinstance(one, Fraction) and one > 0 for one in design.shares)
        or sum(design.shares) > 1
    ):
        raise InputError(
            f"{design.name}: shares are {design.shares!r}; expected three Fractions, of input, "
            "weights and outputs, that add up to 1 at most"
        )
    if not isinstance(design.published, PublishedFigures | None):
        raise InputError(f"{design.name}: published is no PublishedFigures")


def check_dataflow(design: Design) -> None:
    """Refuse what no dataflow can be; of a tile that does not fit, say what would make room."""
    try:
        dataflow = design.dataflow()
    except TileError as error:
        partition = "input" if error.buffer == "x_buffer" else "weight"
        raise InputError(
            f"{error}; lower the tile's parameters, or raise cache_KiB ({design.cache_KiB}) or "
            f"{partition}_cache_KiB ({plain(design.partition(partition))})"
        ) from None
    if not isinstance(dataflow, Dataflow | None):
        raise InputError(
            f"{design.name}: dataflow is a {type(dataflow).__name__}; expected a "
            "TiledAccelerator, an OutputStationaryArray or None"
        )


def check_partitions(design: Design) -> None:
    """Refuse partitions that do not fit into the cache."""
    sizes = {f"{one}_cache_KiB": design.partition(one) for one in PARTITIONS}
    if sum(sizes.values()) > design.cache_KiB:
        listed = ", ".join(f"{name} ({plain(size)})" for name, size in sizes.items())
        raise InputError(
            f"is {design.cache_KiB}, but its partitions {listed} "
            f"take {plain(sum(sizes.values()))} KiB; expected room for them",
            key=f"{design.name}.cache_KiB",
        )


def check_cache(design: Design) -> None:
    """Refuse lines of broken bytes, and banks without a line."""
    if design.line_bits % 8:
        raise InputError(
            f"is {design.line_bits}; expected whole bytes, a multiple of 8",
            key=f"{design.name}.line_bits",
        )
    lines = design.cache_KiB * BITS_PER_KIB // design.line_bits
    if lines < design.cache_banks:
        raise InputError(
            f"is {design.cache_KiB}, {lines} lines of {design.line_bits} bits; expected one for "
            f"each of {design.cache_banks} cache_banks",
            key=f"{design.name}.cache_KiB",
        )
