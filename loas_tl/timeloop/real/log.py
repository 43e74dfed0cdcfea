"""What Timeloop and its helpers say on their way."""

from __future__ import annotations

import re
from dataclasses import dataclass

from loas_tl.timeloop.errors import EngineError, EngineRunError, parse_rejection


@dataclass(frozen=True)
class Found:
    """A mapping that timeloop-mapper has found better than those before.

    Attributes:
        thread: that found it.
        cycles: it needs.
        utilization: share of the compute units' cycles that are used.
        pj_per_compute: energy.
        mapping: in Timeloop's short form.
    """

    thread: int
    cycles: int
    utilization: float
    pj_per_compute: float
    mapping: str


_FOUND = re.compile(
    r"\[\s*(?P<thread>\d+)\] Utilization = (?P<utilization>\S+) \|.*"
    r"pJ/Compute =\s*(?P<energy>\S+) \| (?:(?P<mapping>L\d.*?)\s*\| )?Cycles = (?P<cycles>\d+)"
    r"(?: \| (?P<mapping_last>L\d.*))?"
)
_VALID = re.compile(r"STATEMENT: (?P<valid>\d+) valid mappings found")
_ERROR = re.compile(r"^\s*(ERROR\b|Error:|FATAL|Exception\b|\w*(Error|Exception): )")
ACCELERGY_FAILED = "Failed to run Accelergy"
"""In Timeloop's log where it got no prices."""

_NO_ESTIMATOR = re.compile(
    r"Can not find an (?P<what>energy|area) estimator for (?P<kind>\w+)\(.*?\)(?P<action>\.\w+)?"
)
_RESIDUAL = re.compile(r"constraints\.Factor'.* with value \"(?P<factor>\w+=\d+,\d+)\"")
"""timeloopfe's refusal of a loop that runs short."""
_ABORT = re.compile(r"Assertion .* failed|what\(\): |Segmentation fault|terminate called")


def parse_found(line: str) -> Found | None:
    """The mapping in a line of the mapper's log, None in another line."""
    match = _FOUND.search(line)
    if match is None:
        return None
    return Found(
        thread=int(match["thread"]),
        cycles=int(match["cycles"]),
        utilization=float(match["utilization"]),
        pj_per_compute=float(match["energy"]),
        mapping=(match["mapping"] or match["mapping_last"] or "").strip(),
    )


def valid_mappings(log: str) -> int | None:
    """How many valid mappings the mapper's threads say they saw; None where they do not say."""
    counts = [int(match["valid"]) for match in _VALID.finditer(log)]
    return sum(counts) if counts else None


def accelergy_error(log: str, said: str) -> str | None:
    """Why Accelergy failed, where a run failed by that and it says why; None otherwise.

    Args:
        log: Timeloop's.
        said: Accelergy's own.
    """
    if ACCELERGY_FAILED not in log:
        return None
    missing = _NO_ESTIMATOR.search(said)
    if missing is not None:
        return (
            f"Accelergy has no estimator of the {missing['what']} of {missing['kind']}"
            f"{missing['action'] or ''}; install the plug-in that has one, or take --engine native"
        )
    errors = [line.strip() for line in said.splitlines() if _ERROR.search(line)]
    return f"Accelergy failed ({errors[-1]})" if errors else None


def error_from(log: str, file: object = None) -> EngineError:
    """The error that a log of a failed run tells of, in its own words."""
    lines = [line.strip() for line in log.splitlines() if line.strip()]
    for line in lines:
        if rejection := parse_rejection(line, file=file):
            return rejection
        if residual := _RESIDUAL.search(line):
            return EngineRunError(
                f"{residual['factor']}: timeloopfe takes no factor with a residual; "
                "--engine native counts it",
                log=log,
                file=file,
            )
    tail = "\n".join(lines[-20:])
    told = [line for line in lines if _ERROR.search(line)] or [
        line for line in lines if _ABORT.search(line)
    ]
    if told:
        # What comes last is what ended the run; a warning of a helper may come first.
        return EngineRunError(told[-1].removeprefix("ERROR:").strip(), log=tail, file=file)
    last = lines[-1] if lines else "it said nothing"
    return EngineRunError(f"Timeloop ended without a result ({last})", log=tail, file=file)
