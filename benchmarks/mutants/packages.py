"""The packages that are mutated, and the tests that are to catch it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Package:
    """A package of the project under mutation.

    Attributes:
        name: as it stands in the scores.
        folder: of its sources.
        tests: files and folders of tests that are run for its mutants.
        by_the_clock: tests that are not, as they fail where others need the machine.
    """

    name: str
    folder: str
    tests: tuple[str, ...]
    by_the_clock: tuple[str, ...] = ()


PACKAGES = (
    Package(
        "engine",
        "loas_tl/timeloop/native",
        (
            "tests/engine/native",
            "tests/mapper/test_details.py",
            "tests/mapper/test_evaluate.py",
            "tests/test_timeloop_cases.py",
        ),
    ),
    Package(
        "mapper",
        "loas_tl/timeloop/mapper",
        ("tests/mapper",),
        by_the_clock=("tests/mapper/test_search.py::test_the_time_limit_is_kept",),
    ),
    Package("detailed", "loas_tl/models/detailed", ("tests/detailed",)),
    Package("exact", "loas_tl/exact", ("tests/exact",)),
    Package("energy", "loas_tl/components", ("tests/energy",)),
)
"""Engine, mapper, detailed model, exact execution, energy models."""
