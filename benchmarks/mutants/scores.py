"""What came of each mutant, as it is kept: a line a mutant."""

from __future__ import annotations

import csv
import os
from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .packages import PACKAGES

if TYPE_CHECKING:
    from .sample import Key, Mutant

CAUGHT, TIMEOUT, SURVIVED = "caught", "timeout", "survived"
OUTCOMES = (CAUGHT, TIMEOUT, SURVIVED)
"""A test failed; a test took ten times its time, which is caught as well; all tests passed."""


@dataclass(frozen=True)
class Score:
    """A mutant and what came of it.

    Attributes:
        package: whose it is.
        file, line, column: where.
        nth: how many of the same line and column come before it in the file.
        operator: of cosmic-ray.
        code: the line.
        becomes: the mutated line.
        outcome: :data:`CAUGHT`, :data:`TIMEOUT` or :data:`SURVIVED`.
        by: the test that failed; ``import`` where already an import did.
        why: written by hand: why a survivor is none that a test could catch.
    """

    package: str
    file: str
    line: int
    column: int
    nth: int
    operator: str
    code: str
    becomes: str
    outcome: str
    by: str = ""
    why: str = ""

    @classmethod
    def of(cls, mutant: Mutant, outcome: str, by: str, why: str = "") -> Score:
        """The score of a mutant."""
        place = (mutant.package, mutant.file, mutant.line, mutant.column, mutant.nth)
        return cls(*place, mutant.operator, mutant.code, mutant.becomes, outcome, by, why)

    @property
    def key(self) -> Key:
        """That of its mutant."""
        return self.file, self.code, self.column, self.nth, self.operator


def read(path: Path) -> dict[Key, Score]:
    """Scores that were kept, by mutant; none where there is no file."""
    if not path.exists():
        return {}
    with path.open(encoding="utf-8", newline="") as file:
        rows: list[dict[str, Any]] = list(csv.DictReader(file))
        for row in rows:
            row |= {name: int(row[name]) for name in ("line", "column", "nth")}
        scores = [Score(**row) for row in rows]
        return {score.key: score for score in scores}


def write(path: Path, scores: Iterable[Score]) -> None:
    """Keeps scores in the order of their places; the file is whole at any moment."""
    part = path.with_name(path.name + ".part")
    with part.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, [field.name for field in fields(Score)], lineterminator="\n")
        writer.writeheader()
        order = sorted(scores, key=lambda score: (score.file, score.line, score.column))
        writer.writerows(map(asdict, order))
    part.replace(path)


def table(scores: Iterable[Score]) -> list[str]:
    """Rows of the table in ``docs/mutants.md``, by package in the order of ``PACKAGES``.

    Mutants, caught, share; of those that survived: the same as the original (the reason begins
    with ``same``), explained otherwise, not read yet.
    """
    rows = list(scores)
    lines = []
    for name in [*(package.name for package in PACKAGES), "all"]:
        mine = [score for score in rows if name in (score.package, "all")]
        left = [score.why for score in mine if score.outcome == SURVIVED]
        caught, same = len(mine) - len(left), sum(why.startswith("same") for why in left)
        unread = left.count("")
        share = f"{caught / len(mine):.0%}"
        numbers = (len(mine), caught, share, same, len(left) - same - unread, unread)
        lines.append(f"| {name} | {' | '.join(map(str, numbers))} |")
    return lines


def summary(scores: Iterable[Score]) -> str:
    """Mutants and how many were caught, a line a package."""
    rows = list(scores)
    lines = [f"{'package':10}{'mutants':>8}{'caught':>8}{'timeout':>8}{'survived':>9}{'':>8}"]
    for name in [*dict.fromkeys(score.package for score in rows), "all"]:
        mine = [score.outcome for score in rows if name in (score.package, "all")]
        if mine:
            caught, late = mine.count(CAUGHT), mine.count(TIMEOUT)
            lines.append(
                f"{name:10}{len(mine):8}{caught:8}{late:8}{mine.count(SURVIVED):9}"
                f"{(caught + late) / len(mine):8.1%}"
            )
    unread = sum(score.outcome == SURVIVED and not score.why for score in rows)
    lines.append(f"{unread} survivors without a word on why")
    return os.linesep.join(lines)
