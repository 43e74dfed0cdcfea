"""Reads the files of a run, of Timeloop or of a call, into what scripts take."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from loas_tl.timeloopfe.v4.output_stats import (
    PICO,
    SQUARE_MICRO,
    MultipliableDict,
    OutputStats,
    OutputStatsList,
    energies_of,
    stats_of,
)

if TYPE_CHECKING:
    from loas_tl.timeloop.spec import Spec
    from loas_tl.timeloopfe.v4.specification import Specification

__all__ = [
    "MultipliableDict",
    "OutputStats",
    "OutputStatsList",
    "cycle_seconds",
    "get_area_from_art",
    "parse_stats_file",
    "parse_timeloop_output",
]


def parse_stats_file(path: str | Path) -> tuple[float, float, float, dict[str, float]]:
    """Reads a ``stats.txt``, of Timeloop or of a call.

    Args:
        path: the file.

    Returns:
        Cycles, computes, utilization from 0 to 100, and energy in J by component.

    Raises:
        InputError: it is none.
    """
    from loas_tl.timeloop.real.stats import read_stats

    result = read_stats(Path(path))
    energies = {name: energy * PICO for name, energy in energies_of(result).items()}
    return result.cycles, result.computes.algorithmic, 100 * result.utilization, energies


def get_area_from_art(path: str | Path) -> dict[str, float]:
    """Reads an ``ART.yaml``.

    Args:
        path: the file.

    Returns:
        m2 of all instances, by component.

    Raises:
        InputError: it is none.
    """
    from loas_tl.timeloop.real.tables import read_art, read_instances

    instances = read_instances(Path(path), "ART")
    areas = read_art(Path(path))
    return {name: area * instances.get(name, 1) * SQUARE_MICRO for name, area in areas.items()}


def parse_timeloop_output(spec: Specification, output_dir: str | Path, prefix: str) -> OutputStats:
    """Reads the files of a run, of Timeloop or of a call.

    Args:
        spec: that was run, for its variables.
        output_dir: the folder.
        prefix: ``timeloop-model`` or ``timeloop-mapper``.

    Returns:
        Counts, and energies and areas in SI units.

    Raises:
        InputError: a file is missing or is none of theirs.
    """
    from loas_tl.timeloop.real.stats import read_stats

    folder = Path(output_dir)
    result = read_stats(folder / f"{prefix}.stats.txt")
    areas = get_area_from_art(folder / f"{prefix}.ART.yaml")
    mapping = folder / f"{prefix}.map.txt"
    typed = spec.typed()
    return stats_of(
        result,
        {name: area / SQUARE_MICRO for name, area in areas.items()},
        typed.variables or {},
        cycle_seconds(typed),
        mapping.read_text("utf-8") if mapping.is_file() else "",
        (),
    )


def cycle_seconds(spec: Spec) -> float:
    """The length of a cycle.

    Args:
        spec: the specification.

    Returns:
        Seconds, of the variables, else of the first node that has them, else 1 ns.
    """
    from loas_tl.timeloop.spec import cycle

    given = cycle.cycle_seconds(spec)
    return 1e-9 if given is None else given
