"""All files of one run."""

from __future__ import annotations

from loas_tl.timeloop.native.machine import Machine
from loas_tl.timeloop.outputs.map import write_map
from loas_tl.timeloop.outputs.stats import write_stats
from loas_tl.timeloop.outputs.tables import write_art, write_ert
from loas_tl.timeloop.result import Result


def output_files(result: Result, machine: Machine, prefix: str) -> dict[str, str]:
    """The texts of ``PREFIX.stats.txt``, ``.map.txt``, ``.ERT.yaml`` and ``.ART.yaml``, by name.

    Args:
        result: of the native engine.
        machine: that it was evaluated on.
        prefix: ``timeloop-model`` or ``timeloop-mapper``.

    Returns:
        The texts by name.
    """
    return {
        f"{prefix}.stats.txt": write_stats(result, machine),
        f"{prefix}.map.txt": write_map(result),
        f"{prefix}.ERT.yaml": write_ert(machine),
        f"{prefix}.ART.yaml": write_art(machine),
    }
