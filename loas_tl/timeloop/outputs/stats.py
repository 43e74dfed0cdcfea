"""``stats.txt``: a result as timeloop-model prints it.

Levels come innermost first. What the engine does not know of (operational intensity of a level
that is never accessed, networks without energy) is not in Timeloop's report either.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass

from loas_tl.timeloop.native.machine import Machine
from loas_tl.timeloop.outputs.levels import compute_block, storage_block
from loas_tl.timeloop.outputs.text import INDENT, decimal, quotient, title, whole
from loas_tl.timeloop.result import LevelStats, Result

_INTENSITY_WIDTH = 40
_UJ = 1e6
_MM2 = 1e6


def write_stats(result: Result, machine: Machine) -> str:
    """The report.

    Args:
        result: of the native engine.
        machine: that it was evaluated on.
    """
    return "\n".join(_report(result, machine)) + "\n"


def _report(result: Result, machine: Machine) -> Iterator[str]:
    yield from title("Buffer and Arithmetic Levels")
    yield from _level(0, compute_block(result, machine))
    for index, storage in enumerate(machine.levels):
        level = result.levels.get(storage.name)
        if level is not None:
            yield from _level(index + 1, storage_block(result, machine, storage, level))
            yield ""
    yield from title("Networks")
    yield ""
    work = _Work.of(result, machine)
    yield from _intensity(result, machine, work)
    yield ""
    yield ""
    yield from _summary(result, work)
    done = result.computes
    algorithmic = ("Algorithmic Computes", "fJ/Algorithmic-Compute", done.algorithmic)
    actual = ("Actual Computes" if machine.sparse else "Computes", "fJ/Compute", done.actual)
    for name, unit, computes in (algorithmic, actual) if machine.sparse else (actual,):
        yield ""
        yield f"{name} = {whole(computes)}"
        yield unit
        yield from _shares(result, machine, computes)
    yield ""


def _level(number: int, block: Iterator[str]) -> Iterator[str]:
    yield from title(f"Level {number}")
    yield from block


def _accesses(level: LevelStats) -> int:
    """Words over all instances, as if nothing were saved."""
    return sum(
        int(
            t.instances_used_average
            * (t.reads.algorithmic + t.fills.algorithmic + t.updates.algorithmic)
        )
        for t in level.tensors.values()
    )


@dataclass(frozen=True)
class _Work:
    """What a compute unit does.

    Attributes:
        computes: done; reductions: of them, those that add to a partial result.
        traffic: words that have to be moved at least: all tensors, where they are kept outermost.
    """

    computes: int
    reductions: int
    traffic: int

    @classmethod
    def of(cls, result: Result, machine: Machine) -> _Work:
        whole_tensors: dict[str, int] = {}
        for mapped in result.mapping or ():
            for tensor, (_, stored) in mapped.tiles.items():
                if stored:
                    whole_tensors.setdefault(tensor, int(stored))
        written = [d.name for d in machine.problem.data_spaces if d.read_write]
        computes = int(result.computes.actual)
        reductions = computes - sum(whole_tensors.get(name, 0) for name in written)
        # Timeloop's own difference wraps round where fewer computes are done than there are sums.
        return cls(computes, max(reductions, 0), sum(whole_tensors.values()))

    @property
    def operations(self) -> int:
        """Both."""
        return self.computes + self.reductions


def _intensity(result: Result, machine: Machine, work: _Work) -> Iterator[str]:
    """Operations an access. Words are taken for as wide as the level's own."""
    yield from title("Operational Intensity Stats")

    def line(key: str, value: str) -> str:
        return f"{INDENT}{key:<{_INTENSITY_WIDTH}}: {value}"

    yield line("Total elementwise ops", str(work.computes))
    yield line("Total reduction ops", str(work.reductions))
    yield line("Total ops", str(work.operations))
    yield line("Total memory accesses required", str(work.traffic))
    in_bytes = machine.levels[-1].word_bits * work.traffic // 8
    yield line("Optimal Op per Byte", decimal(quotient(work.operations, in_bytes)))
    yield ""
    for storage in machine.levels:
        yield f"=== {storage.name} ==="
        level = result.levels.get(storage.name)
        accesses = _accesses(level) if level is not None else 0
        if accesses:
            yield line("Total scalar accesses", str(accesses))
            in_bytes = storage.word_bits * accesses // 8
            yield line("Op per Byte", decimal(quotient(work.operations, in_bytes)))


def _summary(result: Result, work: _Work) -> Iterator[str]:
    yield from title("Summary Stats")
    cycles = result.cycles
    yield f"GFLOPs (@1GHz): {decimal(quotient(work.operations, cycles))}"
    yield f"Utilization: {100 * result.utilization:.2f}%"
    yield f"Cycles: {whole(cycles)}"
    yield f"Energy: {result.energy_pj / _UJ:.2f} uJ"
    yield f"EDP(J*cycle): {cycles * result.energy_pj / 1e12:.2e}"
    yield f"Area: {result.area_um2 / _MM2:.2f} mm^2"


def _shares(result: Result, machine: Machine, computes: float) -> Iterator[str]:
    names = [machine.compute.name, *(storage.name for storage in machine.levels)]
    # Timeloop leaves room for its networks, which it names after the levels that they join.
    width = max(len(f"{a} <==> {b}") for a, b in itertools.pairwise(names)) + 1
    energies = {result.compute.name: result.compute.energy_pj}
    energies |= {name: level.energy_pj for name, level in result.levels.items()}
    for name in names:
        if energies.get(name):
            yield f"{INDENT}{name:<{width}}= {decimal(quotient(energies[name] * 1000, computes))}"
    total = quotient(result.energy_pj * 1000, computes)
    yield f"{INDENT}{'Total':<{width}}= {decimal(total)}"
